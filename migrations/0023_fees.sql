-- Fees of collectors: what of them was billed, and what is due.

-- What stands beside a line with a fee, as it does beside the terms of a contract: next_period was never billed, and all
-- before it were, though some may be cancelled since. A line without a fee, or whose fee has ended, is due no more.
ALTER TABLE billing_lines ADD COLUMN next_period BIGINT NOT NULL DEFAULT 0;
ALTER TABLE billing_lines ADD COLUMN next_due DATE;
CREATE INDEX billing_lines_due ON billing_lines (next_due, project_id) WHERE next_due IS NOT NULL;

CREATE TABLE fee_claims (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    line_id TEXT NOT NULL REFERENCES billing_lines (id),
    period BIGINT NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    service_until DATE NOT NULL,
    -- The fee with which it was billed, as JSON.
    fee TEXT NOT NULL,
    document_id TEXT NOT NULL,
    -- Which line of the document bills it.
    place BIGINT NOT NULL,
    net BIGINT NOT NULL,
    cancelled BOOLEAN NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    by_name TEXT NOT NULL
);
-- A period is never billed twice, whatever crashes or runs side by side.
CREATE UNIQUE INDEX fee_claims_once ON fee_claims (line_id, period) WHERE NOT cancelled;
CREATE INDEX fee_claims_project ON fee_claims (project_id, line_id, period);
CREATE INDEX fee_claims_document ON fee_claims (document_id, place);

-- What a run notes is of a contract, or of the fee of a billing line: then the project of that is named.
ALTER TABLE billing_run_items RENAME COLUMN contract_id TO owner_id;
ALTER TABLE billing_run_items ADD COLUMN project_id TEXT;

-- A run for the fees of one project.
ALTER TABLE billing_runs ADD COLUMN project_id TEXT;
