-- Partitions of event, as the table itself knows them: whatever they are
-- called, wherever they are, however long they are.
SET timezone = 'UTC';
SELECT * FROM smsengage_internal.event_partitions();
DO $$ BEGIN PERFORM smsengage.create_store(); END $$;
SELECT count(*) FROM smsengage_internal.event_partitions();
CREATE FUNCTION clicks(VARIADIC at text[]) RETURNS text LANGUAGE sql AS
$$ SELECT json_agg(json_build_object('event_type', 'CLICK', 'event_time', t, 'individual_id', 'ada', 'recipient', '+12025550101'))::text FROM unnest(at) t $$;
CREATE FUNCTION missing(VARIADIC at text[]) RETURNS date[] LANGUAGE sql AS
$$ SELECT smsengage_internal.batch_missing_months(smsengage_internal.batch('native', clicks(VARIADIC at), NULL, '2026-05-20Z')) $$;

SELECT missing('2026-01-31T23:59:59.999999Z', '2026-02-01T00:00:00Z', '2026-02-28T00:00:00Z', '2025-12-31T23:00:00Z', '2000-01-01T00:00:00Z');
DO $$ BEGIN PERFORM smsengage_internal.make_partition('2026-01-10'), smsengage_internal.make_partition('2026-02-10'), smsengage_internal.make_partition('2026-04-10'); END $$;
SELECT missing('2026-01-31T23:59:59.999999Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', '2026-04-30T23:59:59Z', '2026-05-01T00:00:00Z');
SELECT missing('2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z');

-- by another name, in another schema
ALTER TABLE smsengage.event_2026_01 RENAME TO january;
CREATE SCHEMA archive;
ALTER TABLE smsengage.event_2026_02 SET SCHEMA archive;
SELECT missing('2026-01-15T00:00:00Z', '2026-02-15T00:00:00Z');
SELECT accepted FROM smsengage.ingest('native', clicks('2026-01-15T00:00:00Z', '2026-02-15T00:00:00Z'));
SELECT tableoid::regclass, event_time FROM smsengage.event ORDER BY event_time;

-- a table of a month's name is no month
CREATE TABLE smsengage.event_2026_03 (other integer);
SELECT missing('2026-03-15T00:00:00Z');
DROP TABLE smsengage.event_2026_03;

-- a detached one is none
ALTER TABLE smsengage.event DETACH PARTITION archive.event_2026_02;
SELECT missing('2026-02-15T00:00:00Z');
ALTER TABLE smsengage.event ATTACH PARTITION archive.event_2026_02 FOR VALUES FROM ('2026-02-01 00:00Z') TO ('2026-03-01 00:00Z');

-- all time before, part of a month, all time behind, and the rest
CREATE TABLE past PARTITION OF smsengage.event FOR VALUES FROM (MINVALUE) TO ('2026-01-01 00:00Z');
CREATE TABLE week PARTITION OF smsengage.event FOR VALUES FROM ('2026-03-10 00:00Z') TO ('2026-03-17 00:00Z');
CREATE TABLE future PARTITION OF smsengage.event FOR VALUES FROM ('2026-06-01 00:00Z') TO (MAXVALUE);
SELECT * FROM smsengage_internal.event_partitions();
SELECT missing('2000-01-01T00:00:00Z', '2026-03-10T00:00:00Z', '2026-03-16T23:59:59Z');
SELECT missing('2026-03-09T23:59:59Z', '2026-03-11T00:00:00Z', '2026-03-17T00:00:00Z', '2026-03-18T00:00:00Z', '2026-05-19T00:00:00Z');
CREATE TABLE rest PARTITION OF smsengage.event DEFAULT;
SELECT partition, since, until FROM smsengage_internal.event_partitions() WHERE since IS NULL;
SELECT missing('2026-03-09T23:59:59Z', '2026-03-11T00:00:00Z');
SELECT accepted FROM smsengage.ingest('native', clicks('2000-01-01T00:00:00Z', '2026-03-11T00:00:00Z', '2026-04-11T00:00:00Z'));
SELECT tableoid::regclass, event_time FROM smsengage.event ORDER BY event_time;

-- those attached by hand get the rights of the rest
DO $$ BEGIN PERFORM smsengage.migrate(); END $$;
DROP FUNCTION missing, clicks;
DO $$ BEGIN PERFORM smsengage.drop_store(true); END $$;
DROP SCHEMA archive;
