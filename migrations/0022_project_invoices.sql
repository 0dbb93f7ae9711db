-- Which period of a project a document invoices, and the activity report behind it. The bookings themselves name the
-- document on which they stand; they are free again once it is cancelled, and the report stays.

CREATE TABLE project_invoices (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    -- The days: from the first one to before the second.
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    vat_rate TEXT NOT NULL,
    -- The activity report as JSON, as it was when the document was made.
    report TEXT NOT NULL
);
CREATE INDEX project_invoices_project ON project_invoices (project_id, period_from);
