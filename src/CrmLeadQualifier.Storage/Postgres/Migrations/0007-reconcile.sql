-- What the nightly reconcile saw, and what the watch found wrong.

-- When a listing of everything last showed a record: one that it no longer shows is asked for by its id.
CREATE TABLE sighting (
    record_id bigint PRIMARY KEY REFERENCES record (id),
    seen_at bigint NOT NULL
) WITH (fillfactor = 50);

-- What is wrong at present, once per cause.
CREATE TABLE alert (
    subject text COLLATE "C" NOT NULL,
    cause text COLLATE "C" NOT NULL,
    sentence text NOT NULL,
    raised_at bigint NOT NULL,
    PRIMARY KEY (subject, cause)
);

-- The last turn failed because the CRM refused us: only an admin can help.
ALTER TABLE job ADD COLUMN is_refused boolean NOT NULL DEFAULT false;
