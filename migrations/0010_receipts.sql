-- Receipts: what came in for invoices and went back, and what is open.

-- The sum of the standing receipts, kept beside the document so that open items are found without reading receipts.
ALTER TABLE documents ADD COLUMN received BIGINT NOT NULL DEFAULT 0;

CREATE TABLE receipts (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    date DATE NOT NULL,
    amount BIGINT NOT NULL,
    text TEXT NOT NULL,
    -- What a transaction of a bank is known by; none of what was recorded by hand.
    bank_line TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    taken_back_at TIMESTAMPTZ,
    taken_back_by TEXT,
    taken_back_reason TEXT
);
CREATE INDEX receipts_document ON receipts (document_id, date, id);
CREATE INDEX receipts_bank_line ON receipts (bank_line) WHERE bank_line IS NOT NULL;

-- A transaction of a bank is recorded once as long as any of its receipts stands.
CREATE TABLE bank_lines (
    bank_line TEXT PRIMARY KEY,
    file_id TEXT NOT NULL
);

-- What was read of bank files, as JSON: it is copied and shown as a whole.
CREATE TABLE bank_files (
    id TEXT PRIMARY KEY,
    lines TEXT NOT NULL,
    transactions BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL
);
CREATE INDEX bank_files_created ON bank_files (created_at, id);

-- Most invoices are paid: only those of which something is open, and credits, are in these. The statement says the same.
CREATE INDEX documents_open_due ON documents (due_on, id) WHERE (CASE WHEN state = 'issued'
    AND kind IN ('contract_invoice', 'invoice', 'balancing') THEN gross - received WHEN state = 'cancelled' THEN -received
    ELSE 0 END) <> 0;
CREATE INDEX documents_open_amount ON documents ((CASE WHEN state = 'issued'
    AND kind IN ('contract_invoice', 'invoice', 'balancing') THEN gross - received WHEN state = 'cancelled' THEN -received
    ELSE 0 END), due_on, id) WHERE (CASE WHEN state = 'issued'
    AND kind IN ('contract_invoice', 'invoice', 'balancing') THEN gross - received WHEN state = 'cancelled' THEN -received
    ELSE 0 END) <> 0;
