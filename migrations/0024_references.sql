-- What the customers call the contracts that an invoice bills stays as it was when it was issued.

-- Several are separated by commas. What was issued before has none, as it was printed then.
ALTER TABLE papers ADD COLUMN reference TEXT NOT NULL DEFAULT '';
