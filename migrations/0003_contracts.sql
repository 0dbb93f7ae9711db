-- Articles, contract types, contracts, claims, documents, billing runs.

CREATE TABLE product_groups (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    quota TEXT NOT NULL
);
CREATE UNIQUE INDEX product_groups_name ON product_groups (name_folded);

CREATE TABLE product_sub_groups (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    group_id TEXT NOT NULL REFERENCES product_groups (id),
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    quota TEXT NOT NULL
);
CREATE UNIQUE INDEX product_sub_groups_name ON product_sub_groups (group_id, name_folded);

CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    number TEXT NOT NULL,
    number_folded TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    group_id TEXT REFERENCES product_groups (id),
    sub_group_id TEXT REFERENCES product_sub_groups (id),
    unit TEXT NOT NULL,
    price TEXT NOT NULL,
    vat_rate TEXT NOT NULL
);
CREATE UNIQUE INDEX articles_number ON articles (number_folded);
CREATE INDEX articles_group ON articles (group_id);
CREATE INDEX articles_sub_group ON articles (sub_group_id);

-- Terms are one JSON value: they are copied, kept and compared as a whole, and nothing inside is searched.
CREATE TABLE contract_types (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    terms TEXT NOT NULL
);
CREATE UNIQUE INDEX contract_types_name ON contract_types (name_folded);

-- What stands beside the terms: computed from them when they are saved or a period is billed, so that what is due is
-- a range of an index. next_period was never billed, and all before it were, though some may be cancelled since.
CREATE TABLE contracts (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    number TEXT NOT NULL,
    number_folded TEXT COLLATE "C" NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    type_id TEXT REFERENCES contract_types (id),
    account_id TEXT REFERENCES accounts (id),
    responsible TEXT NOT NULL,
    reference TEXT NOT NULL,
    start_on DATE NOT NULL,
    billing_start DATE NOT NULL,
    cancelled_on DATE,
    agreed_end DATE,
    ends_on DATE,
    automatic BOOLEAN NOT NULL,
    consolidated BOOLEAN NOT NULL,
    next_period BIGINT NOT NULL,
    next_due DATE,
    to_do_on DATE,
    edited_by TEXT NOT NULL
);
CREATE UNIQUE INDEX contracts_number ON contracts (number_folded);
CREATE INDEX contracts_type ON contracts (type_id);
CREATE INDEX contracts_customer ON contracts (customer_id, number_folded);
CREATE UNIQUE INDEX contracts_account ON contracts (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX contracts_due ON contracts (next_due, id) WHERE next_due IS NOT NULL;
CREATE INDEX contracts_to_do ON contracts (to_do_on, id) WHERE to_do_on IS NOT NULL;

-- Every state of the terms: a claim names the one with which it was billed.
CREATE TABLE contract_versions (
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    version BIGINT NOT NULL,
    terms TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (contract_id, version)
);

CREATE TABLE claims (
    id TEXT PRIMARY KEY,
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    period BIGINT NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    service_until DATE NOT NULL,
    contract_version BIGINT NOT NULL,
    document_id TEXT NOT NULL,
    net BIGINT NOT NULL,
    cancelled BOOLEAN NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    by_name TEXT NOT NULL
);
-- A period is never billed twice, whatever crashes or runs side by side.
CREATE UNIQUE INDEX claims_once ON claims (contract_id, period) WHERE NOT cancelled;
CREATE INDEX claims_contract ON claims (contract_id, period);
CREATE INDEX claims_document ON claims (document_id);

CREATE TABLE claim_lots (
    lot_id TEXT PRIMARY KEY,
    claim_id TEXT NOT NULL REFERENCES claims (id),
    amount BIGINT NOT NULL,
    quota_from DATE NOT NULL,
    quota_until DATE NOT NULL
);
CREATE INDEX claim_lots_claim ON claim_lots (claim_id);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    number TEXT,
    number_folded TEXT COLLATE "C",
    customer_id TEXT NOT NULL REFERENCES customers (id),
    currency TEXT NOT NULL,
    date DATE NOT NULL,
    due_on DATE NOT NULL,
    payment_days BIGINT NOT NULL,
    delivery TEXT NOT NULL,
    net BIGINT NOT NULL,
    vat BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    run_id TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    issued_at TIMESTAMPTZ,
    issued_by TEXT
);
CREATE UNIQUE INDEX documents_number ON documents (number_folded) WHERE number_folded IS NOT NULL;
CREATE INDEX documents_date ON documents (date, id);
CREATE INDEX documents_customer ON documents (customer_id, date, id);
CREATE INDEX documents_drafts ON documents (date, id) WHERE state = 'draft';

CREATE TABLE document_lines (
    document_id TEXT NOT NULL REFERENCES documents (id),
    place BIGINT NOT NULL,
    article_id TEXT,
    group_id TEXT,
    sub_group_id TEXT,
    text TEXT NOT NULL,
    quantity TEXT NOT NULL,
    unit TEXT NOT NULL,
    seconds BIGINT,
    price TEXT NOT NULL,
    discount TEXT NOT NULL,
    vat_rate TEXT NOT NULL,
    total BIGINT NOT NULL,
    contract_id TEXT,
    service_from DATE,
    service_until DATE,
    PRIMARY KEY (document_id, place)
);

-- A run works as long as somebody holds it; one that nobody holds any more is taken up again by whoever sees it first.
CREATE TABLE billing_runs (
    id TEXT PRIMARY KEY,
    as_of DATE NOT NULL,
    issue BOOLEAN NOT NULL,
    customer_id TEXT,
    contract_id TEXT,
    nightly_on DATE,
    state TEXT NOT NULL,
    contracts BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    started_by TEXT NOT NULL,
    held_by TEXT,
    held_until TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    -- The figures of a run that has ended, as JSON; until then they are counted.
    totals TEXT
);
CREATE UNIQUE INDEX billing_runs_nightly ON billing_runs (nightly_on) WHERE nightly_on IS NOT NULL;
CREATE INDEX billing_runs_started ON billing_runs (started_at, id);
CREATE INDEX billing_runs_working ON billing_runs (held_until) WHERE state = 'working';

CREATE TABLE billing_run_items (
    run_id TEXT NOT NULL REFERENCES billing_runs (id),
    contract_id TEXT NOT NULL,
    period BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    document_id TEXT,
    currency TEXT NOT NULL,
    net BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    PRIMARY KEY (run_id, contract_id, period)
);
-- In the order in which people read them: unbilled, skipped, billed.
CREATE INDEX billing_run_items_outcome ON billing_run_items (run_id, outcome DESC, contract_id, period);

-- The terms of an account from that entry on, where they were ever changed. The first row says what held before.
CREATE TABLE account_policies (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    from_seq BIGINT NOT NULL,
    overbooking BOOLEAN NOT NULL,
    overbooking_limit BIGINT,
    deficits TEXT NOT NULL,
    PRIMARY KEY (account_id, from_seq)
);

-- Lots of which less than a fifth is left, said so that no amount is too large for it.
CREATE INDEX lot_state_little ON lot_state (usable_until, usable_from, account_id)
    WHERE drawn >= granted - (granted - 1) / 5 AND NOT revoked;
