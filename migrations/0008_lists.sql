-- Lists: an index for every order and every filter, so that a page costs its rows; calendar feeds.
-- What has no end or is due no more comes last both ways. The engines disagree about that, so that each direction has an
-- index that says it.

CREATE INDEX contracts_start ON contracts (start_on, id);
CREATE INDEX contracts_end ON contracts (COALESCE(ends_on, '9999-12-31'), id);
CREATE INDEX contracts_end_desc ON contracts (COALESCE(ends_on, '0001-01-01'), id);
CREATE INDEX contracts_next ON contracts (COALESCE(next_due, '9999-12-31'), id);
CREATE INDEX contracts_next_desc ON contracts (COALESCE(next_due, '0001-01-01'), id);

-- What is rare has an index of its own; what most documents are is found by date.
CREATE INDEX documents_notes ON documents (date, id) WHERE kind = 'delivery_note';
CREATE INDEX documents_invoices ON documents (date, id) WHERE kind = 'invoice';
CREATE INDEX documents_balancing ON documents (date, id) WHERE kind = 'balancing';
CREATE INDEX documents_cancellations ON documents (date, id) WHERE kind = 'cancellation';
CREATE INDEX documents_cancelled ON documents (date, id) WHERE state = 'cancelled';
-- Drafts have no number.
CREATE INDEX documents_by_number ON documents (COALESCE(number_folded, ''), id);

CREATE INDEX billing_runs_as_of ON billing_runs (as_of, id);
CREATE INDEX billing_run_items_unbilled ON billing_run_items (run_id) WHERE outcome = 'unbilled';

-- The open deficits of the company, by date.
CREATE INDEX draw_state_deficits ON draw_state (date, draw_id) WHERE deficit > 0;

-- The lots of which something can lapse on a day: at their end, at the end of their own period, at the end of their
-- account, or on their first day when the account has ended before it.
CREATE INDEX lot_state_ends ON lot_state (usable_until) WHERE drawn < granted AND NOT revoked;
CREATE INDEX lot_state_carried ON lot_state (carried_from) WHERE drawn < granted AND NOT revoked AND cap IS NOT NULL;
CREATE INDEX lot_state_begins ON lot_state (usable_from) WHERE drawn < granted AND NOT revoked;
CREATE INDEX accounts_end ON accounts (ends_on, id) WHERE ends_on IS NOT NULL;

-- The contracts of a run that was made for chosen ones, as JSON.
ALTER TABLE billing_runs ADD COLUMN chosen TEXT;

-- Calendar feeds: the secret of the address is kept as a hash, one for each person.
CREATE TABLE calendar_feeds (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    token_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX calendar_feeds_token ON calendar_feeds (token_hash);
-- The contracts of a person, for the to-dos and the feed.
CREATE INDEX contracts_edited_by ON contracts (edited_by, next_due, id);
CREATE INDEX contracts_responsible ON contracts (responsible, id);
