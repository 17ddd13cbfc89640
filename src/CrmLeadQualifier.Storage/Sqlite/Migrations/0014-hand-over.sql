-- The clock of every hand-over, as it was known: a row is never changed, a later one of the same hand-over (lead and MQL instant) supersedes it. And who was told that an answer is overdue.

CREATE TABLE hand_over (
    id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL REFERENCES lead (id),
    mql_at INTEGER NOT NULL,
    handed_over_at INTEGER,
    due_at INTEGER,
    first_contact_at INTEGER,
    first_contact_kind TEXT,
    is_day_only INTEGER NOT NULL,
    was_in_contact INTEGER NOT NULL,
    owner_id TEXT,
    owner_changes INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX hand_over_by_lead ON hand_over (lead_id, mql_at);
CREATE INDEX hand_over_by_mql ON hand_over (mql_at);

CREATE TABLE overdue_notice (
    record_id INTEGER NOT NULL REFERENCES record (id),
    mql_at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    state TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (record_id, mql_at, channel)
) STRICT, WITHOUT ROWID;

CREATE INDEX overdue_notice_open ON overdue_notice (connection_id) WHERE state IN ('due', 'sending');

CREATE VIEW hand_over_view AS
SELECT id, lead_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', mql_at / 1000.0, 'unixepoch') AS mql_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', handed_over_at / 1000.0, 'unixepoch') AS handed_over_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch') AS due_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', first_contact_at / 1000.0, 'unixepoch') AS first_contact_at,
    first_contact_kind, is_day_only, was_in_contact, owner_id, owner_changes,
    strftime('%Y-%m-%dT%H:%M:%fZ', seen_at / 1000.0, 'unixepoch') AS seen_at
FROM hand_over;
