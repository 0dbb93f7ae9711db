-- The archive: papers lie outside the database too.

-- When a paper is filed next: set as soon as the paper is set, none once it is filed.
ALTER TABLE papers ADD COLUMN file_due_at TIMESTAMPTZ;
ALTER TABLE papers ADD COLUMN file_attempts BIGINT NOT NULL DEFAULT 0;
-- Why it could not be filed the last time, and when that was; none of what has not failed or is filed.
ALTER TABLE papers ADD COLUMN file_error TEXT;
ALTER TABLE papers ADD COLUMN file_failed_at TIMESTAMPTZ;
ALTER TABLE papers ADD COLUMN filed_at TIMESTAMPTZ;
CREATE INDEX papers_file_due ON papers (file_due_at, document_id) WHERE file_due_at IS NOT NULL;
-- Without an archive all papers wait, and none has failed: this one stays small.
CREATE INDEX papers_unfiled ON papers (file_failed_at, document_id) WHERE file_failed_at IS NOT NULL;

-- What was set before there was an archive is filed as soon as there is one.
UPDATE papers SET file_due_at = set_at WHERE set_at IS NOT NULL;
