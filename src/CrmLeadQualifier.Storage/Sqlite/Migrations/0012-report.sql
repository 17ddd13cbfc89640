-- What the weekly report reads and keeps.

-- What reports count a lead as, from when to when: a lead has one row for each time in which none of this changed, so that any instant of the past is answered by a look. created_at is
-- null where no CRM says it; status is excluded, unscorable, or not_yet for every other; because_json the exclusions or the missing attributes.
CREATE TABLE standing (
    lead_id INTEGER NOT NULL REFERENCES lead (id),
    since INTEGER NOT NULL,
    until INTEGER,
    created_at INTEGER,
    source TEXT,
    source_detail TEXT,
    country TEXT,
    status TEXT NOT NULL,
    because_json TEXT NOT NULL,
    PRIMARY KEY (lead_id, since)
) STRICT;

CREATE INDEX standing_by_creation ON standing (created_at) WHERE created_at IS NOT NULL;

-- Every lead that was scored before gets its row with the next run.
UPDATE lead SET is_due = 1 WHERE scored_at IS NOT NULL;

-- The clocks of hand-overs among all that was written, and what users did towards people among all activities.
CREATE INDEX write_hand_over ON write (sent_at) WHERE field IN ('handed_over_at', 'answer_due_at');
CREATE INDEX activity_contact ON activity (lead_id, at) WHERE user_id IS NOT NULL AND copy_of IS NULL AND NOT is_withdrawn AND kind IN ('call', 'email_sent', 'meeting');

-- When we saw a record at one of the portal's own lifecycle stages. What stood there when we first read the record is no entry: when that came about is not known.
CREATE TABLE lifecycle_sighting (
    record_id INTEGER NOT NULL REFERENCES record (id),
    at INTEGER NOT NULL,
    stage TEXT NOT NULL,
    is_entry INTEGER NOT NULL,
    PRIMARY KEY (record_id, at)
) STRICT;

CREATE INDEX lifecycle_entry ON lifecycle_sighting (at) WHERE is_entry = 1;
CREATE INDEX write_lifecycle ON write (sent_at) WHERE field = 'lifecycle';

-- A report as both teams were given it: never changed.
CREATE TABLE report (
    week TEXT PRIMARY KEY,
    made_at INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    known_at INTEGER NOT NULL,
    language TEXT NOT NULL,
    json TEXT NOT NULL,
    html TEXT NOT NULL,
    mailed_at INTEGER
) STRICT;
