-- Jobs by which a CRM writes very many records by itself: stored before their rows leave, so that whoever comes after a killed process asks the job what became of them.
CREATE TABLE write_job (
    connection_id bigint NOT NULL REFERENCES connection (id),
    job text COLLATE "C" NOT NULL,
    object text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    -- Its writes are the connection's from one id to the other.
    first_write bigint NOT NULL,
    last_write bigint NOT NULL,
    -- Null: it is not settled yet.
    records bigint,
    taken_ms bigint,
    PRIMARY KEY (connection_id, job)
);
