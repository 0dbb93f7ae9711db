-- Balancing invoices: the lot that a document granted by itself and not by a claim, and the deficits that it bills.

CREATE TABLE document_lots (
    lot_id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    amount BIGINT NOT NULL,
    -- The net price of an hour at which it was billed; none on a money account.
    rate TEXT
);
-- A balancing invoice grants one lot.
CREATE UNIQUE INDEX document_lots_document ON document_lots (document_id);
CREATE INDEX document_lots_account ON document_lots (account_id);
CREATE INDEX document_lots_contract ON document_lots (contract_id);

-- What of which draw's deficit a line bills.
CREATE TABLE document_deficits (
    document_id TEXT NOT NULL,
    draw_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (document_id, draw_id)
);
