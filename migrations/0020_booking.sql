-- Projects with their tasks and billing lines, bookings of time, and the portions into which they are split.

CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    number TEXT NOT NULL,
    number_folded TEXT COLLATE "C" NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    closed BOOLEAN NOT NULL,
    -- on, off, or company: whether its bookings may be split.
    splitting TEXT NOT NULL,
    -- How its bookings are rounded: seconds.
    round_minimum BIGINT NOT NULL,
    round_step BIGINT NOT NULL,
    -- Whether only the people below book on it.
    limited BOOLEAN NOT NULL,
    -- The version of its billing lines; 0 as long as it had none.
    lines_version BIGINT NOT NULL
);
CREATE UNIQUE INDEX projects_number ON projects (number_folded);
CREATE INDEX projects_name ON projects (name_folded, id);
CREATE INDEX projects_customer ON projects (customer_id, number_folded);
-- What one can book on.
CREATE INDEX projects_open ON projects (number_folded) WHERE NOT closed;

CREATE TABLE project_people (
    project_id TEXT NOT NULL REFERENCES projects (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_people_user ON project_people (user_id);

CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    closed BOOLEAN NOT NULL
);
CREATE INDEX tasks_project ON tasks (project_id, place);

CREATE TABLE billing_lines (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- What it does, and on which tasks, as JSON: it is read as a whole.
    line TEXT NOT NULL,
    -- The account of a collector.
    account_id TEXT REFERENCES accounts (id),
    -- Whether the time that it collects is shown on activity reports.
    reported BOOLEAN NOT NULL,
    -- Portions still name a line that was taken out.
    removed_at TIMESTAMPTZ
);
CREATE INDEX billing_lines_project ON billing_lines (project_id, place);
CREATE INDEX billing_lines_account ON billing_lines (account_id) WHERE account_id IS NOT NULL;

-- Every state of the billing lines of a project: a booking names the one on which it was poured.
CREATE TABLE billing_line_versions (
    project_id TEXT NOT NULL REFERENCES projects (id),
    version BIGINT NOT NULL,
    lines TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE bookings (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id),
    task_id TEXT NOT NULL REFERENCES tasks (id),
    person_id TEXT NOT NULL REFERENCES users (id),
    date DATE NOT NULL,
    -- When it began, in seconds of the day; none when it came from no timer.
    started BIGINT,
    seconds BIGINT NOT NULL,
    -- What of it is billed: rounded when it was saved.
    billed BIGINT NOT NULL,
    billable BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    -- Its place in the order in which bookings were accepted: microseconds since 1970, or one after the latest of its project.
    accepted BIGINT NOT NULL,
    -- The document on which it stands; it is not changed any more then.
    document_id TEXT REFERENCES documents (id)
);
CREATE UNIQUE INDEX bookings_accepted ON bookings (project_id, accepted);
CREATE INDEX bookings_project ON bookings (project_id, date, id);
CREATE INDEX bookings_person ON bookings (person_id, date, id);
CREATE INDEX bookings_task ON bookings (task_id, date, id);
CREATE INDEX bookings_date ON bookings (date, id);
CREATE INDEX bookings_document ON bookings (document_id) WHERE document_id IS NOT NULL;

-- On what a booking was poured last, as JSON: the audit decides it anew.
CREATE TABLE booking_decisions (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id),
    decided TEXT NOT NULL
);

-- The same booking sent once more by a phone that was offline must not come back to life.
CREATE TABLE deleted_bookings (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    by_name TEXT NOT NULL
);

CREATE TABLE portions (
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    place BIGINT NOT NULL,
    -- line, not_billable or unassigned
    target TEXT NOT NULL,
    line_id TEXT REFERENCES billing_lines (id),
    seconds BIGINT NOT NULL,
    -- What it costs, in minor units.
    amount BIGINT NOT NULL,
    -- What it takes of the account of its line, and by which draw.
    taken BIGINT NOT NULL,
    draw_id TEXT,
    PRIMARY KEY (booking_id, place)
);
CREATE UNIQUE INDEX portions_draw ON portions (draw_id) WHERE draw_id IS NOT NULL;
CREATE INDEX portions_line ON portions (line_id) WHERE line_id IS NOT NULL;
-- Time that somebody has to look at.
CREATE INDEX portions_unassigned ON portions (booking_id) WHERE target = 'unassigned';
