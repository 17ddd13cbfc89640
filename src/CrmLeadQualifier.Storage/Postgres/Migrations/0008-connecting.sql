-- What connecting needs: who refreshes a connection's token, authorizations that an admin is on the way to giving, rows that a CRM told to have changed, and connections that are no more.

ALTER TABLE connection ADD COLUMN disconnected_at bigint;

CREATE TABLE token_lock (
    connection_id bigint PRIMARY KEY REFERENCES connection (id),
    owner text NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE pending_authorization (
    ticket text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    crm text NOT NULL,
    base_url text,
    secrets bytea NOT NULL,
    is_replacing boolean NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE touched (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint NOT NULL REFERENCES connection (id),
    stream text COLLATE "C" NOT NULL,
    row_id text COLLATE "C" NOT NULL,
    UNIQUE (connection_id, stream, row_id)
);

CREATE INDEX write_by_instant ON write (sent_at);
