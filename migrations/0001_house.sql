-- One DDL for both engines: BIGINT, TEXT, BOOLEAN, DATE, TIMESTAMPTZ and nothing else.
-- Ids are UUID texts. Amounts are whole seconds or minor units. A lot without end has usable_until 9999-12-31.
-- Folded text is sorted by bytes whatever the server's collation is; SQLite always does, and does not get COLLATE "C".

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE customers (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    number TEXT NOT NULL,
    number_folded TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    street TEXT NOT NULL,
    postcode TEXT NOT NULL,
    city TEXT NOT NULL,
    city_folded TEXT COLLATE "C" NOT NULL,
    country TEXT NOT NULL,
    email TEXT NOT NULL,
    vat_id TEXT NOT NULL
);
CREATE UNIQUE INDEX customers_number ON customers (number_folded);
CREATE INDEX customers_name ON customers (name_folded, id);
CREATE INDEX customers_city ON customers (city_folded, id);

-- The words by which a customer is found, folded: search is a range of this index, never a scan.
CREATE TABLE customer_words (
    word TEXT COLLATE "C" NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    PRIMARY KEY (word, customer_id)
);
CREATE INDEX customer_words_customer ON customer_words (customer_id);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    customer_id TEXT REFERENCES customers (id),
    password_hash TEXT NOT NULL
);
CREATE UNIQUE INDEX users_login ON users (login);
CREATE INDEX users_customer ON users (customer_id);

-- Sessions and tokens are kept as hashes: a copy of the database signs nobody in.
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    unit TEXT NOT NULL,
    overbooking BOOLEAN NOT NULL,
    overbooking_limit BIGINT,
    deficits TEXT NOT NULL,
    next_seq BIGINT NOT NULL,
    balance BIGINT NOT NULL
);
CREATE INDEX accounts_customer ON accounts (customer_id, name_folded, id);

-- The ledger. Append only.
CREATE TABLE entries (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    date DATE NOT NULL,
    movement BIGINT NOT NULL,
    lot_id TEXT,
    draw_id TEXT,
    amount BIGINT NOT NULL,
    valid_from DATE,
    valid_until DATE,
    wanted BIGINT,
    available_before BIGINT,
    available_after BIGINT,
    text TEXT NOT NULL,
    by_name TEXT NOT NULL,
    posted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, seq)
);
CREATE INDEX entries_date ON entries (account_id, date, seq, movement);
CREATE UNIQUE INDEX entries_grant ON entries (lot_id) WHERE kind = 'grant';
CREATE UNIQUE INDEX entries_draw ON entries (draw_id) WHERE kind = 'draw';
CREATE UNIQUE INDEX entries_release ON entries (draw_id) WHERE kind = 'release';

CREATE TABLE entry_parts (
    account_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    place BIGINT NOT NULL,
    lot_id TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (account_id, seq, place)
);

-- State beside the ledger, written in the same transaction and checked against it by `drawdown verify`.
CREATE TABLE lot_state (
    lot_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    seq BIGINT NOT NULL,
    granted BIGINT NOT NULL,
    drawn BIGINT NOT NULL,
    usable_from DATE NOT NULL,
    usable_until DATE NOT NULL
);
CREATE INDEX lot_state_usable ON lot_state (account_id, usable_until, usable_from);

CREATE TABLE draw_state (
    draw_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    seq BIGINT NOT NULL,
    date DATE NOT NULL,
    deficit BIGINT NOT NULL,
    released BOOLEAN NOT NULL
);
-- Holds all that is asked for, so that SQLite takes it and not the index of all draws.
CREATE INDEX draw_state_open ON draw_state (account_id, seq, draw_id, date, deficit) WHERE deficit > 0;
CREATE INDEX draw_state_account ON draw_state (account_id, seq);

CREATE TABLE draw_parts (
    draw_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    lot_id TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (draw_id, place)
);

-- Who changed what: the fields before and after, as JSON.
CREATE TABLE history (
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    by_name TEXT NOT NULL,
    change TEXT NOT NULL,
    PRIMARY KEY (subject, subject_id, number)
);

-- The answer that a key got, kept in the same transaction as what it did.
CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (scope, name)
);
CREATE INDEX idempotency_age ON idempotency (at);

-- Side effects wait here, committed with the change that wants them.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    attempts BIGINT NOT NULL,
    error TEXT,
    done_at TIMESTAMPTZ
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE done_at IS NULL;
