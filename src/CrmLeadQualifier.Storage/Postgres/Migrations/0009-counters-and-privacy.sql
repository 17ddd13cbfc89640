-- What a CRM counts on a record, as last read: where it refuses the stream itself, growth stands for activities.
ALTER TABLE record ADD COLUMN counters_json text NOT NULL DEFAULT '{}';

-- The spans of time in which counters stand for a stream: nothing of the stream itself is taken in for them. Without an end: it is refused still.
CREATE TABLE counted_span (
    connection_id bigint NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    stream text COLLATE "C" NOT NULL,
    since bigint NOT NULL,
    until bigint,
    is_whole boolean NOT NULL,
    PRIMARY KEY (connection_id, stream, since)
);

-- Records that were parked because something else writes them: many within an hour pause pushing.
CREATE TABLE parking (
    connection_id bigint NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    record_id bigint NOT NULL REFERENCES record (id),
    at bigint NOT NULL,
    PRIMARY KEY (connection_id, record_id)
);

CREATE INDEX record_gone ON record (connection_id, id) WHERE is_gone;
