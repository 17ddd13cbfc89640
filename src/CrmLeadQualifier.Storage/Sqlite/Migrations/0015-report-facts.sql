-- What the report counts by: hand-overs and deals as they were known.

-- When a deal was seen first, and when the way in which it stands was: a report counts by what was known. For deals that were here before, the CRM's own instants stand in.
ALTER TABLE deal ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deal ADD COLUMN outcome_seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE deal SET seen_at = created_at, outcome_seen_at = coalesce(closed_at, created_at);

-- Who moved a record to a stage of the portal's own: person, workflow, connector, import; null where the CRM does not say.
ALTER TABLE lifecycle_sighting ADD COLUMN moved_by TEXT;

-- The leads that a report counts one by one, from the index alone.
CREATE INDEX transition_reported ON transition (lead_id, at, seen_at) WHERE cause IN ('qualified', 'released', 'sales_direct') AND to_stage IN ('mql', 'sql');

-- Hand-overs that no answer has confirmed yet.
CREATE INDEX record_hand_over_due ON record (lead_id) WHERE hand_over_due > 0;

-- Reports read the clock of a hand-over from hand_over, no longer from writes and activities.
DROP INDEX write_hand_over;
DROP INDEX activity_contact;
