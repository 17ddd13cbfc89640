-- The API calls that all processes on an account share: what was taken of a limit in a window that begins then.

CREATE TABLE budget (
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    policy TEXT NOT NULL,
    since INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (connection_id, policy, since)
) STRICT, WITHOUT ROWID;
