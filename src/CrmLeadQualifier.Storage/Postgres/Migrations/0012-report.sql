-- What the weekly report reads and keeps.

-- What reports count a lead as, from when to when: a lead has one row for each time in which none of this changed, so that any instant of the past is answered by a look. created_at is
-- null where no CRM says it; status is excluded, unscorable, or not_yet for every other; because_json the exclusions or the missing attributes.
CREATE TABLE standing (
    lead_id bigint NOT NULL REFERENCES lead (id),
    since bigint NOT NULL,
    until bigint,
    created_at bigint,
    source text COLLATE "C",
    source_detail text COLLATE "C",
    country text COLLATE "C",
    status text COLLATE "C" NOT NULL,
    because_json text COLLATE "C" NOT NULL,
    PRIMARY KEY (lead_id, since)
);

CREATE INDEX standing_by_creation ON standing (created_at) WHERE created_at IS NOT NULL;

-- Every lead that was scored before gets its row with the next run.
UPDATE lead SET is_due = true WHERE scored_at IS NOT NULL;

-- The clocks of hand-overs among all that was written, and what users did towards people among all activities.
CREATE INDEX write_hand_over ON write (sent_at) WHERE field IN ('handed_over_at', 'answer_due_at');
CREATE INDEX activity_contact ON activity (lead_id, at) WHERE user_id IS NOT NULL AND copy_of IS NULL AND NOT is_withdrawn AND kind IN ('call', 'email_sent', 'meeting');

-- When we saw a record at one of the portal's own lifecycle stages. What stood there when we first read the record is no entry: when that came about is not known.
CREATE TABLE lifecycle_sighting (
    record_id bigint NOT NULL REFERENCES record (id),
    at bigint NOT NULL,
    stage text COLLATE "C" NOT NULL,
    is_entry boolean NOT NULL,
    PRIMARY KEY (record_id, at)
);

CREATE INDEX lifecycle_entry ON lifecycle_sighting (at) WHERE is_entry;
CREATE INDEX write_lifecycle ON write (sent_at) WHERE field = 'lifecycle';

-- A report as both teams were given it: never changed.
CREATE TABLE report (
    week text COLLATE "C" PRIMARY KEY,
    made_at bigint NOT NULL,
    as_of bigint NOT NULL,
    known_at bigint NOT NULL,
    language text NOT NULL,
    json text NOT NULL,
    html text NOT NULL,
    mailed_at bigint
);
