-- What a worker that serves needs: who may sign in, and how its jobs fare.

CREATE TABLE account (
    name text COLLATE "C" PRIMARY KEY,
    role text NOT NULL,
    password_hash text NOT NULL,
    stamp text NOT NULL,
    is_disabled boolean NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE job (
    name text COLLATE "C" PRIMARY KEY,
    turn bigint NOT NULL,
    state text NOT NULL,
    owner text NOT NULL,
    attempts integer NOT NULL,
    failures integer NOT NULL,
    started_at bigint NOT NULL,
    heartbeat_at bigint NOT NULL,
    ended_at bigint,
    succeeded_at bigint,
    not_before bigint,
    message text,
    stage text,
    stage_since bigint,
    done bigint,
    total bigint,
    brings_history boolean NOT NULL
);
