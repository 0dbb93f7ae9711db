-- What an issued document says of its contracts stays as it was when it was issued.

-- The number of the line's contract on an issued document. The line of a draft has none: a draft shows the present one.
ALTER TABLE document_lines ADD COLUMN contract_number TEXT;

-- What was issued before this was kept says what the contracts say now.
UPDATE document_lines SET contract_number = (SELECT c.number FROM contracts c WHERE c.id = document_lines.contract_id)
    WHERE contract_id IS NOT NULL AND document_id IN (SELECT d.id FROM documents d WHERE d.number IS NOT NULL);
