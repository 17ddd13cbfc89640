-- The API calls that all processes on an account share: what was taken of a limit in a window that begins then. Written several times a second, always the newest rows: they stay in place.

CREATE TABLE budget (
    connection_id bigint NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    policy text COLLATE "C" NOT NULL,
    since bigint NOT NULL,
    used bigint NOT NULL,
    PRIMARY KEY (connection_id, policy, since)
) WITH (fillfactor = 50);

-- Records whose activities of the past are to be read record by record: they came with old times, after the time was read.

CREATE TABLE late_read (
    connection_id bigint NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    record_id text COLLATE "C" NOT NULL,
    due_at bigint NOT NULL,
    PRIMARY KEY (connection_id, record_id, due_at)
);
