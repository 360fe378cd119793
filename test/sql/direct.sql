-- The setting that leaves pages to SQL: the same rows, and nobody's but a
-- superuser's to change.
SET timezone = 'UTC';
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.create_store(), smsengage_internal.make_partition('2026-01-01'); END $$;
-- which way a payload of one event goes, and what comes of it
CREATE FUNCTION way(n integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	payload text := format('{"event_type":"DELIVERED","event_time":"2026-01-10T10:00:00Z","message_id":"m%s","recipient":"+12025550100","individual_id":"ada"}', n);
	stored bigint[] := smsengage_internal.insert_batch(smsengage_internal.batch('native', payload, 'A', now()), NULL);
BEGIN
	RETURN format('%s; then %s', coalesce(cardinality(stored) || ' by pages', 'left to SQL'), (SELECT i FROM smsengage.ingest('native', payload, 'A') i));
END $$;
-- whatever the run is told to do
SET smsengage.direct = on;
SELECT way(1);
SET smsengage.direct = off;
SELECT way(2);
SET smsengage.direct = on;
SELECT way(3);
SELECT count(*) AS events, count(DISTINCT individual_no) AS people, (SELECT count(*) FROM smsengage.message) AS messages FROM smsengage.event;
SELECT name, context, vartype, boot_val, short_desc, extra_desc FROM pg_settings WHERE name LIKE 'smsengage.%';
SET smsengage.dierct = on;
CREATE ROLE direct_user;
SET ROLE direct_user;
SET smsengage.direct = off;
RESET ROLE;

-- it holds where it stands before the library is loaded; but not for who may not
SELECT format('ALTER DATABASE %I SET smsengage.direct = off', current_database()) \gexec
\c -
SELECT way(4);
SHOW smsengage.direct;
SELECT format('ALTER DATABASE %I SET smsengage.direct = on', current_database()) \gexec
\c -
SELECT way(5);
SELECT format('ALTER DATABASE %I RESET smsengage.direct', current_database()) \gexec
\c -
SET ROLE direct_user;
SET smsengage.direct = off;
RESET ROLE;
SELECT count(*) AS loaded FROM smsengage.doctor();
SELECT setting = reset_val AS unchanged FROM pg_settings WHERE name = 'smsengage.direct';
DROP ROLE direct_user;
DROP FUNCTION way;
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.drop_store(true); END $$;
