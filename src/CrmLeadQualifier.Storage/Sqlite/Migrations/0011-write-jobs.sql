-- Jobs by which a CRM writes very many records by itself: stored before their rows leave, so that whoever comes after a killed process asks the job what became of them.
CREATE TABLE write_job (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    job TEXT NOT NULL,
    object TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- Its writes are the connection's from one id to the other.
    first_write INTEGER NOT NULL,
    last_write INTEGER NOT NULL,
    -- Null: it is not settled yet.
    records INTEGER,
    taken_ms INTEGER,
    PRIMARY KEY (connection_id, job)
) STRICT, WITHOUT ROWID;
