-- The complete kernel: ends of accounts, carry-over, grants that are taken back, and origins.

ALTER TABLE accounts ADD COLUMN ends_on DATE;

-- Where a grant or draw comes from; empty for the other kinds.
ALTER TABLE entries ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN carried_from DATE;
ALTER TABLE entries ADD COLUMN cap BIGINT;
UPDATE entries SET origin = 'free_quota' WHERE kind = 'grant';
UPDATE entries SET origin = 'by_hand' WHERE kind = 'draw';
CREATE UNIQUE INDEX entries_revoke ON entries (lot_id) WHERE kind = 'revoke';

-- A revoke's parts name the draw that loses.
ALTER TABLE entry_parts ADD COLUMN draw_id TEXT;

ALTER TABLE lot_state ADD COLUMN carried_from DATE;
ALTER TABLE lot_state ADD COLUMN cap BIGINT;
ALTER TABLE lot_state ADD COLUMN drawn_carried BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lot_state ADD COLUMN revoked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE lot_state ADD COLUMN origin TEXT NOT NULL DEFAULT 'free_quota';
-- The lots of which something can have lapsed.
CREATE INDEX lot_state_left ON lot_state (account_id, usable_from) WHERE drawn < granted AND NOT revoked;

CREATE INDEX draw_parts_lot ON draw_parts (lot_id, draw_id);
