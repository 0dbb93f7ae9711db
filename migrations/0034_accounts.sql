-- The list of all accounts: an index for its order, and one for the same of what an account counts.

CREATE INDEX accounts_name ON accounts (name_folded, id);
CREATE INDEX accounts_unit ON accounts (unit, name_folded, id);
