-- What scoring reads of an activity is one value: reading a dozen columns of each of a lead's activities costs more than all else that scoring does. The columns stay, for people and for
-- finding. An activity that is too long for an index is the one byte 01 there and read from its columns. Numbers are big-endian, texts UTF-8 after their length in two bytes (FFFF: none):
--   00, flags (1: approximate, 2: day only), at, seen_at, connection_id, external_id, record_id, kind, attributes_json, email, user_id, copy_of

DROP VIEW activity_view;
DROP INDEX activity_by_lead;

ALTER TABLE activity ADD COLUMN packed bytea;

CREATE FUNCTION packed_text(text) RETURNS bytea LANGUAGE sql IMMUTABLE
AS 'SELECT coalesce(int2send((octet_length(convert_to($1, ''UTF8'')))::int2) || convert_to($1, ''UTF8''), ''\xffff'')';

UPDATE activity SET
    attributes_json = coalesce(attributes_json, long_attributes_json),
    packed = CASE
        WHEN long_attributes_json IS NOT NULL OR octet_length(attributes_json) + octet_length(external_id) + octet_length(record_id) + octet_length(kind)
            + coalesce(octet_length(email), 0) + coalesce(octet_length(user_id), 0) + coalesce(octet_length(copy_of), 0) > 1900 THEN '\x01'::bytea
        ELSE '\x00'::bytea || set_byte('\x00'::bytea, 0, CASE WHEN is_approximate THEN 1 ELSE 0 END + CASE WHEN is_day_only THEN 2 ELSE 0 END)
            || int8send(at) || int8send(seen_at) || int8send(connection_id) || packed_text(external_id) || packed_text(record_id) || packed_text(kind) || packed_text(attributes_json)
            || packed_text(email) || packed_text(user_id) || packed_text(copy_of)
    END;

DROP FUNCTION packed_text;

ALTER TABLE activity DROP COLUMN long_attributes_json;
ALTER TABLE activity ALTER COLUMN attributes_json SET NOT NULL;
ALTER TABLE activity ALTER COLUMN packed SET NOT NULL;

CREATE INDEX activity_by_lead ON activity (lead_id, at DESC) INCLUDE (is_withdrawn, packed) WHERE lead_id <> 0;

CREATE VIEW activity_view AS
SELECT lead_id, connection_id, external_id, record_id, kind,
    instant_text(at) AS at,
    attributes_json, is_withdrawn
FROM activity;
