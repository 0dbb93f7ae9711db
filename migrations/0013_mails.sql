-- Mails: what leaves the house for whom, and how it went.

-- The mail that goes with an issued document has the id of the document, so that it is made once. The state and the time
-- of the next attempt are the queue: no other table knows of a mail.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    -- The how many-th reminder it is; 0 of one that brings its document.
    reminder BIGINT NOT NULL,
    -- The day of a reminder, as the company's clocks show it.
    reminded_on DATE,
    document_id TEXT NOT NULL REFERENCES documents (id),
    -- Addresses with commas between; empty while nobody knows one.
    recipients TEXT NOT NULL,
    state TEXT NOT NULL,
    -- When it is tried next. While somebody hands it over: until when nobody else looks at it. None when nothing is to do.
    due_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL,
    -- Why it has not left, as JSON.
    problem TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    sent_at TIMESTAMPTZ,
    answer TEXT
);
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_document ON mails (document_id, created_at, id);
-- What waits or failed is little beside what has left.
CREATE INDEX mails_waiting ON mails (created_at, id) WHERE state = 'waiting';
CREATE INDEX mails_stuck ON mails (created_at, id) WHERE state = 'waiting' AND problem IS NOT NULL;
CREATE INDEX mails_to_decide ON mails (created_at, id) WHERE state IN ('failed', 'unclear');

-- How often and when a customer was reminded of an invoice.
ALTER TABLE documents ADD COLUMN reminders BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN reminded_on DATE;

-- Nothing ever stood in it: papers and mails are queues of their own.
DROP TABLE outbox;
