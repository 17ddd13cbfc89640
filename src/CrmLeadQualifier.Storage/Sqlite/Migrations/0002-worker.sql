-- What a worker that serves needs: who may sign in, and how its jobs fare.

CREATE TABLE account (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    stamp TEXT NOT NULL,
    is_disabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    name TEXT PRIMARY KEY,
    turn INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    ended_at INTEGER,
    succeeded_at INTEGER,
    not_before INTEGER,
    message TEXT,
    stage TEXT,
    stage_since INTEGER,
    done INTEGER,
    total INTEGER,
    brings_history INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
