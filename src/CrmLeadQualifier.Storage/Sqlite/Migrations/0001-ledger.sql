-- Instants are UTC milliseconds since 1970, flags 0 or 1, texts in *_json JSON; an id of 0 means "none". The views show instants as text, for people.

CREATE TABLE connection (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    crm TEXT NOT NULL,
    account_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    resume_mode TEXT,
    state TEXT,
    settings TEXT NOT NULL,
    secrets BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    pushed_fingerprint TEXT,
    provisioned_fingerprint TEXT,
    epoch INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE lease (
    connection_id INTEGER PRIMARY KEY REFERENCES connection (id),
    epoch INTEGER NOT NULL,
    owner TEXT NOT NULL,
    machine TEXT NOT NULL,
    process_id INTEGER NOT NULL,
    process_started TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cursor (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    stream TEXT NOT NULL,
    fast INTEGER,
    slow INTEGER,
    is_first_read_done INTEGER NOT NULL,
    position TEXT,
    window_from INTEGER,
    window_to INTEGER,
    read_at INTEGER,
    refusal TEXT,
    refused_at INTEGER,
    PRIMARY KEY (connection_id, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE stamp (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    stream TEXT NOT NULL,
    row_id TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    PRIMARY KEY (connection_id, stream, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stamp_by_instant ON stamp (connection_id, stream, stamp);

CREATE TABLE definition (
    version INTEGER PRIMARY KEY,
    agreement_fingerprint TEXT NOT NULL,
    scoring_fingerprint TEXT NOT NULL,
    yaml TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    proposed_by TEXT,
    note TEXT
) STRICT;

CREATE TABLE signature (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES definition (version),
    role TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    fingerprint TEXT NOT NULL
) STRICT;

CREATE TABLE lead (
    id INTEGER PRIMARY KEY,
    stage TEXT NOT NULL,
    is_held INTEGER NOT NULL,
    is_released INTEGER NOT NULL,
    is_due INTEGER NOT NULL,
    next_due_at INTEGER,
    scoring_fingerprint TEXT,
    status TEXT,
    total INTEGER,
    scored_at INTEGER,
    version INTEGER NOT NULL,
    hand_over_record_id INTEGER NOT NULL,
    state_json TEXT NOT NULL,
    score_json TEXT,
    notes_json TEXT NOT NULL
) STRICT;

-- The four ways of being due, each in the order of ids.
CREATE INDEX lead_due ON lead (id) WHERE is_due = 1;
CREATE INDEX lead_released ON lead (id) WHERE is_released = 1;
CREATE INDEX lead_next_due ON lead (id, next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX lead_by_scoring_fingerprint ON lead (scoring_fingerprint) WHERE scoring_fingerprint IS NOT NULL;
CREATE INDEX lead_held ON lead (total) WHERE is_held = 1;

CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    object TEXT NOT NULL,
    external_id TEXT NOT NULL,
    lead_id INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    is_gone INTEGER NOT NULL,
    owner_id TEXT,
    company_id TEXT,
    lifecycle TEXT,
    lifecycle_due TEXT,
    hand_over_due INTEGER NOT NULL,
    push_due INTEGER NOT NULL,
    push_not_before INTEGER,
    link_due INTEGER NOT NULL,
    history_due INTEGER NOT NULL,
    has_overrides INTEGER NOT NULL,
    is_baseline INTEGER NOT NULL,
    parked TEXT,
    attributes_json TEXT NOT NULL,
    known_json TEXT NOT NULL,
    desired_json TEXT,
    sales_due_json TEXT NOT NULL,
    overrides_json TEXT NOT NULL,
    foreign_json TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX record_by_external_id ON record (connection_id, external_id, object);
CREATE INDEX record_by_lead ON record (lead_id);
CREATE INDEX record_present ON record (connection_id) WHERE is_gone = 0;
CREATE INDEX record_by_company ON record (connection_id, company_id) WHERE company_id IS NOT NULL;
CREATE INDEX record_link_due ON record (id) WHERE link_due = 1;
CREATE INDEX record_history_due ON record (connection_id) WHERE history_due = 1;
CREATE INDEX record_push_due ON record (connection_id, id, push_not_before) WHERE push_due = 1;
CREATE INDEX record_overridden ON record (connection_id) WHERE has_overrides = 1;

CREATE TABLE identity (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    record_id INTEGER NOT NULL REFERENCES record (id),
    PRIMARY KEY (kind, value, record_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_by_record ON identity (record_id);

CREATE TABLE attribute_value (
    record_id INTEGER NOT NULL REFERENCES record (id),
    since INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (record_id, since, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE company (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    external_id TEXT NOT NULL,
    attributes_json TEXT NOT NULL,
    PRIMARY KEY (connection_id, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE owner (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    external_id TEXT NOT NULL,
    user_id TEXT,
    email TEXT,
    name TEXT,
    is_active INTEGER NOT NULL,
    PRIMARY KEY (connection_id, external_id)
) STRICT, WITHOUT ROWID;

-- The primary key keeps a lead's activities on the same pages, latest first: that is how scoring reads them.
CREATE TABLE activity (
    lead_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    connection_id INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    attributes_json TEXT NOT NULL,
    email TEXT,
    user_id TEXT,
    is_approximate INTEGER NOT NULL,
    is_day_only INTEGER NOT NULL,
    copy_of TEXT,
    is_withdrawn INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (lead_id, at DESC, connection_id, external_id, record_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX activity_by_external_id ON activity (connection_id, record_id, external_id);
CREATE INDEX activity_by_email ON activity (connection_id, email) WHERE email IS NOT NULL;

CREATE TABLE transition (
    id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL REFERENCES lead (id),
    from_stage TEXT NOT NULL,
    to_stage TEXT NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    agreement_fingerprint TEXT NOT NULL,
    scoring_fingerprint TEXT NOT NULL,
    profile INTEGER NOT NULL,
    behaviour INTEGER NOT NULL,
    intent INTEGER NOT NULL,
    grade TEXT,
    source TEXT,
    owner_id TEXT,
    run TEXT NOT NULL
) STRICT;

CREATE INDEX transition_by_lead ON transition (lead_id);
CREATE INDEX transition_by_cause ON transition (cause, seen_at);

CREATE TABLE verdict (
    id INTEGER PRIMARY KEY,
    record_id INTEGER NOT NULL REFERENCES record (id),
    value TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT,
    comment TEXT,
    recontact_on INTEGER,
    said_by TEXT,
    is_approximate INTEGER NOT NULL,
    is_withdrawal INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    is_decided INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX verdict_identity ON verdict (record_id, at, value, ifnull(reason, ''), is_withdrawal);

CREATE TABLE deal (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    closed_at INTEGER,
    amount TEXT,
    records_json TEXT NOT NULL,
    PRIMARY KEY (connection_id, id)
) STRICT, WITHOUT ROWID;

-- A deal may be read before its people, so what it names are the CRM's ids.
CREATE TABLE deal_record (
    connection_id INTEGER NOT NULL,
    record_id TEXT NOT NULL,
    deal_id TEXT NOT NULL,
    PRIMARY KEY (connection_id, record_id, deal_id),
    FOREIGN KEY (connection_id, deal_id) REFERENCES deal (connection_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX deal_record_by_deal ON deal_record (connection_id, deal_id);

CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    counts TEXT,
    message TEXT
) STRICT;

CREATE INDEX run_by_instant ON run (at);

CREATE TABLE write (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    record_id INTEGER NOT NULL REFERENCES record (id),
    field TEXT NOT NULL,
    before TEXT NOT NULL,
    value TEXT NOT NULL,
    state TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    reason TEXT
) STRICT;

CREATE INDEX write_by_record ON write (record_id, sent_at);
CREATE INDEX write_by_run ON write (run);
CREATE INDEX write_open ON write (connection_id) WHERE state IN ('sent', 'unknown');

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    stream TEXT NOT NULL,
    external_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (connection_id, stream, external_id)
) STRICT;

CREATE VIEW lead_view AS
SELECT id, stage, status, total, is_held, is_released, is_due,
    strftime('%Y-%m-%dT%H:%M:%fZ', next_due_at / 1000.0, 'unixepoch') AS next_due_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', scored_at / 1000.0, 'unixepoch') AS scored_at,
    version, hand_over_record_id
FROM lead;

CREATE VIEW transition_view AS
SELECT id, lead_id, from_stage, to_stage, cause,
    strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at,
    strftime('%Y-%m-%dT%H:%M:%fZ', seen_at / 1000.0, 'unixepoch') AS seen_at,
    profile, behaviour, intent, grade, source, owner_id, run
FROM transition;

CREATE VIEW activity_view AS
SELECT lead_id, connection_id, external_id, record_id, kind,
    strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at,
    attributes_json, is_withdrawn
FROM activity;

CREATE VIEW write_view AS
SELECT id, run, connection_id, record_id, field, before, value, state,
    strftime('%Y-%m-%dT%H:%M:%fZ', sent_at / 1000.0, 'unixepoch') AS sent_at,
    reason
FROM write;
