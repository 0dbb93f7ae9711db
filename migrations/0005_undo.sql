-- Undo: cancellations, what they free, and runs that bill it again.

-- The document that a cancellation undoes.
ALTER TABLE documents ADD COLUMN cancels TEXT;
-- Why it was cancelled; stands on the cancellation.
ALTER TABLE documents ADD COLUMN reason TEXT NOT NULL DEFAULT '';
-- A document is cancelled once, however many people begin with it.
CREATE UNIQUE INDEX documents_cancels ON documents (cancels) WHERE cancels IS NOT NULL;
-- The documents of a run, for cancelling it.
CREATE INDEX documents_run ON documents (run_id, id) WHERE run_id IS NOT NULL;

-- Whether the document of the line was cancelled: its delivery note can then be invoiced again.
ALTER TABLE document_lines ADD COLUMN undone BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX document_lines_note;
CREATE UNIQUE INDEX document_lines_note ON document_lines (note_line) WHERE note_line IS NOT NULL AND NOT undone;

-- A re-run bills periods that a cancellation freed: of the contract, only that one of it, or those of an earlier run.
ALTER TABLE billing_runs ADD COLUMN freed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE billing_runs ADD COLUMN freed_period BIGINT;
ALTER TABLE billing_runs ADD COLUMN freed_run TEXT;
