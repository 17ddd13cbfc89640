-- The API calls that all processes on an account share: what was taken of a limit in a window that begins then.

CREATE TABLE budget (
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    policy TEXT NOT NULL,
    since INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (connection_id, policy, since)
) STRICT, WITHOUT ROWID;

-- Records whose activities of the past are to be read record by record: they came with old times, after the time was read.

CREATE TABLE late_read (
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    record_id TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, record_id, due_at)
) STRICT, WITHOUT ROWID;
