-- Clearing: lines that draw quotas keep their id when they are moved, and the record of how they came out.

ALTER TABLE document_lines ADD COLUMN line_id TEXT;
-- Whether the clearing item was left on.
ALTER TABLE document_lines ADD COLUMN clears BOOLEAN NOT NULL DEFAULT FALSE;
-- What was decided, as JSON: it is read as a whole and answers "why", also when terms have changed since.
ALTER TABLE document_lines ADD COLUMN clearing TEXT;
-- The net total of the clearing item.
ALTER TABLE document_lines ADD COLUMN item BIGINT NOT NULL DEFAULT 0;
-- What it draws; none where nothing was drawn, and on the lines of an invoice that come from a delivery note.
ALTER TABLE document_lines ADD COLUMN draw_id TEXT;
-- The line of the delivery note from which an invoice has it.
ALTER TABLE document_lines ADD COLUMN note_line TEXT;
CREATE UNIQUE INDEX document_lines_line ON document_lines (line_id) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX document_lines_draw ON document_lines (draw_id) WHERE draw_id IS NOT NULL;
-- A delivery note is invoiced once, however many people begin with it.
CREATE UNIQUE INDEX document_lines_note ON document_lines (note_line) WHERE note_line IS NOT NULL;

-- A draw of a draft: it counts, but the document can still take it back.
ALTER TABLE draw_state ADD COLUMN hold BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX draw_state_hold ON draw_state (account_id) WHERE hold;
