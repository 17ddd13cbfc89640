-- Whom stored reports name, and of how many leads the agreement's attributes are known.

-- A stored report holds places instead of people's names and of what sales wrote about them: these are here, and who is erased goes from every report, whose numbers stay.
CREATE TABLE report_name (
    week text COLLATE "C" NOT NULL REFERENCES report (week),
    place integer NOT NULL,
    lead_id bigint NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (week, place)
);

CREATE INDEX report_name_by_lead ON report_name (lead_id);

-- Which of the agreement's attributes are known of a lead, and on which connections it has a record.
ALTER TABLE standing ADD COLUMN known_json text COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE standing ADD COLUMN connections text COLLATE "C" NOT NULL DEFAULT '';
UPDATE lead SET is_due = true WHERE scored_at IS NOT NULL;
