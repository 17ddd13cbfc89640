-- Whom stored reports name, and of how many leads the agreement's attributes are known.

-- A stored report holds places instead of people's names and of what sales wrote about them: these are here, and who is erased goes from every report, whose numbers stay.
CREATE TABLE report_name (
    week TEXT NOT NULL REFERENCES report (week),
    place INTEGER NOT NULL,
    lead_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (week, place)
) STRICT;

CREATE INDEX report_name_by_lead ON report_name (lead_id);

-- Which of the agreement's attributes are known of a lead, and on which connections it has a record.
ALTER TABLE standing ADD COLUMN known_json TEXT NOT NULL DEFAULT '[]';
ALTER TABLE standing ADD COLUMN connections TEXT NOT NULL DEFAULT '';
UPDATE lead SET is_due = 1 WHERE scored_at IS NOT NULL;
