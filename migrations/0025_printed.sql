-- Whoever prints finds what is to be printed without reading all that leaves by mail; the same for what is not sent at all.
CREATE INDEX documents_printed ON documents (date, id) WHERE delivery = 'print';
CREATE INDEX documents_kept_back ON documents (date, id) WHERE delivery = 'none';
