-- Cancelling a whole run: what was asked, and what came of each document.

-- The latest cancellation of a run. As long as somebody has to work on it, the state of the run is 'cancelling', and it is
-- held like a run that bills.
CREATE TABLE billing_run_undos (
    run_id TEXT PRIMARY KEY REFERENCES billing_runs (id),
    reason TEXT NOT NULL,
    -- When the plan was made that the person saw.
    seen_at TIMESTAMPTZ,
    -- How many documents it began with.
    documents BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    started_by TEXT NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX billing_runs_cancelling ON billing_runs (held_until) WHERE state = 'cancelling';

-- Written in the transaction that undoes the document. What is told of it is JSON: it is shown as a whole, and nothing
-- inside is searched.
CREATE TABLE billing_run_undo_items (
    run_id TEXT NOT NULL REFERENCES billing_run_undos (run_id),
    place BIGINT NOT NULL,
    document_id TEXT NOT NULL,
    refused BOOLEAN NOT NULL,
    -- Refused, or no longer as it was seen: it is shown first.
    notable BOOLEAN NOT NULL,
    told TEXT NOT NULL,
    PRIMARY KEY (run_id, document_id)
);
CREATE INDEX billing_run_undo_items_told ON billing_run_undo_items (run_id, notable DESC, place);
