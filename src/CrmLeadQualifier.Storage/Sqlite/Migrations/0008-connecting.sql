-- What connecting needs: who refreshes a connection's token, authorizations that an admin is on the way to giving, rows that a CRM told to have changed, and connections that are no more.

ALTER TABLE connection ADD COLUMN disconnected_at INTEGER;

CREATE TABLE token_lock (
    connection_id INTEGER PRIMARY KEY REFERENCES connection (id),
    owner TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pending_authorization (
    ticket TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    crm TEXT NOT NULL,
    base_url TEXT,
    secrets BLOB NOT NULL,
    is_replacing INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE touched (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    stream TEXT NOT NULL,
    row_id TEXT NOT NULL,
    UNIQUE (connection_id, stream, row_id)
) STRICT;

CREATE INDEX write_by_instant ON write (sent_at);
