-- What the nightly reconcile saw, and what the watch found wrong.

-- When a listing of everything last showed a record: one that it no longer shows is asked for by its id.
CREATE TABLE sighting (
    record_id INTEGER PRIMARY KEY REFERENCES record (id),
    seen_at INTEGER NOT NULL
) STRICT;

-- What is wrong at present, once per cause.
CREATE TABLE alert (
    subject TEXT NOT NULL,
    cause TEXT NOT NULL,
    sentence TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    PRIMARY KEY (subject, cause)
) STRICT, WITHOUT ROWID;

-- The last turn failed because the CRM refused us: only an admin can help.
ALTER TABLE job ADD COLUMN is_refused INTEGER NOT NULL DEFAULT 0;
