-- Papers: what left the house, byte by byte, and what it was made of.

-- How the company was called and reached as long as its settings had a version; written when they change. What no
-- version says is what the settings say now.
CREATE TABLE letterheads (
    version BIGINT PRIMARY KEY,
    content TEXT NOT NULL
);

-- A row for every document that was issued. What a paper is made of is fixed with it: the document itself never changes,
-- and the letterhead and the template are named.
CREATE TABLE papers (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    letterhead BIGINT NOT NULL,
    template BIGINT NOT NULL,
    -- When it is set next; none once it is set, and of one that is set when somebody asks for it.
    due_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    input TEXT,
    input_hash TEXT,
    bytes BYTEA,
    bytes_hash TEXT,
    set_at TIMESTAMPTZ
);
CREATE INDEX papers_due ON papers (due_at, document_id) WHERE due_at IS NOT NULL;

-- What was issued before there were papers is set when somebody asks for it.
INSERT INTO papers (document_id, letterhead, template)
    SELECT id, COALESCE((SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'version'), 0), 1 FROM documents
    WHERE number IS NOT NULL;
