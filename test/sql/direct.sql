-- Events without a clock go in by pages, too. The setting that leaves pages to
-- SQL: the same rows, and nobody's but a superuser's to change.
SET timezone = 'UTC';
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.create_store(), smsengage_internal.make_partition('2026-01-01'); END $$;
-- which way a payload of one event goes, and what comes of it
CREATE FUNCTION way(n integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	payload text := format('{"event_type":"DELIVERED","event_time":"2026-01-10T10:00:00Z","message_id":"m%s","recipient":"+12025550100","individual_id":"ada"}', n);
	stored bigint[] := smsengage_internal.insert_batch(smsengage_internal.batch('native', payload, 'A', now()));
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
-- events whose identity has no time: what ingest() does where there is no ingest_batch() to turn to
SET smsengage.direct = on;
DO $$ BEGIN PERFORM smsengage_internal.make_partition(now()::date), smsengage_internal.make_partition('2026-02-01'); END $$;
CREATE FUNCTION by_itself(provider text, payload text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	ALTER FUNCTION smsengage_internal.ingest_batch(smsengage.parsed_batch, text, boolean) RENAME TO put_away;
	SELECT i INTO result FROM smsengage.ingest(provider, payload, 'A') i;
	ALTER FUNCTION smsengage_internal.put_away(smsengage.parsed_batch, text, boolean) RENAME TO ingest_batch;
	RETURN result;
EXCEPTION WHEN undefined_function THEN
	RETURN 'left to SQL';
END $$;
CREATE FUNCTION callback(sid text, status text DEFAULT 'delivered') RETURNS text LANGUAGE sql
AS $$ SELECT format('{"MessageSid":"%s","MessageStatus":"%s","AccountSid":"A","To":"+12025550101","From":"+12025550199"}', sid, status) $$;
CREATE FUNCTION dmo(id text, at text, who text DEFAULT 'ida') RETURNS text LANGUAGE sql
AS $$ SELECT format('{"EventID":"%s","EventType":"CLICK","EventDateTime":"%s","IndividualID":"%s","RecipientPhone":"12025550150"}', id, at, who) $$;
SELECT by_itself('twilio', callback('SM1')) AS new, by_itself('twilio', callback('SM1')) AS known, by_itself('twilio', callback('SM1', 'sent')) AS other,
	by_itself('twilio', '[' || callback('SM2') || ',' || callback('SM3') || ',' || callback('SM1') || ']') AS some;
SELECT by_itself('salesforce_dmo', dmo('1', '2026-01-12T10:00:00Z')) AS new, by_itself('salesforce_dmo', dmo('1', '2026-01-10T10:00:00Z')) AS earlier,
	by_itself('salesforce_dmo', dmo('1', '2026-02-10T10:00:00Z')) AS later;
SELECT event_id, event_time, (SELECT count(*) FROM smsengage.event_identity i WHERE i.event_time = e.event_time) AS identities FROM smsengage.event e WHERE provider = 'salesforce_dmo';
SELECT event_time, columns FROM smsengage.content_drift;
-- of one that is there twice, ingest_batch() keeps the first it comes to
SELECT by_itself('salesforce_dmo', '[' || dmo('2', '2026-01-12T10:00:00Z') || ',' || dmo('2', '2026-01-11T10:00:00Z') || ']') AS twice;
-- no month yet: nothing is left of it
SELECT by_itself('salesforce_dmo', dmo('3', '2019-01-12T10:00:00Z')) AS no_month;
-- an identity whose event is gone: nothing comes of it again, and nobody is numbered
INSERT INTO smsengage.event_identity SELECT i.digest, i.event_time FROM smsengage_internal.batch_identities(smsengage_internal.batch('salesforce_dmo', dmo('4', '2026-01-12T10:00:00Z'), 'A', now())) i;
SELECT by_itself('salesforce_dmo', dmo('4', '2026-01-13T10:00:00Z')) AS event_is_gone;
-- somebody was forgotten: what is new needs no look, what was known does
INSERT INTO smsengage.forgotten (digest, until) VALUES (md5('one')::uuid, '2026-01-14 00:00Z');
SELECT by_itself('twilio', callback('SM4')) AS new, by_itself('twilio', callback('SM1')) AS known, by_itself('salesforce_dmo', dmo('5', '2026-01-15T10:00:00Z')) AS later,
	by_itself('salesforce_dmo', dmo('6', '2026-01-14T00:00:00Z')) AS earlier, by_itself('twilio', '[' || callback('SM5') || ',' || callback('SM1') || ']') AS some;
DELETE FROM smsengage.forgotten;
INSERT INTO smsengage.retention (account, keep, horizon) VALUES ('A', '1 year', '2026-01-16 00:00Z');
SELECT by_itself('salesforce_dmo', dmo('7', '2026-01-16T00:00:01Z')) AS kept, by_itself('salesforce_dmo', dmo('8', '2026-01-15T10:00:00Z')) AS too_old;
DELETE FROM smsengage.retention;
-- what an owner may have done to the table
CREATE FUNCTION as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
BEGIN;
CREATE TRIGGER own BEFORE INSERT ON smsengage.event_identity FOR EACH ROW EXECUTE FUNCTION as_it_is();
SELECT by_itself('twilio', callback('SM6')) AS trigger, (SELECT i FROM smsengage.ingest('twilio', callback('SM6')) i);
ROLLBACK;
BEGIN;
ALTER TABLE smsengage.event_identity ADD COLUMN note text DEFAULT 'mine';
SELECT by_itself('twilio', callback('SM6')) AS column, (SELECT i FROM smsengage.ingest('twilio', callback('SM6')) i);
SELECT note FROM smsengage.event_identity WHERE note IS NOT NULL LIMIT 1;
ROLLBACK;
BEGIN;
CREATE UNIQUE INDEX ON smsengage.event_identity ((event_time > '2026-02-01 00:00Z')) WHERE event_time > '2026-02-01 00:00Z' AND event_time < '2026-02-03 00:00Z';
SELECT by_itself('salesforce_dmo', dmo('9', '2026-02-01T10:00:00Z')) AS first, by_itself('salesforce_dmo', dmo('10', '2026-02-01T11:00:00Z')) AS unique;
SELECT * FROM smsengage.ingest('salesforce_dmo', dmo('10', '2026-02-01T11:00:00Z'), 'A');
ROLLBACK;
BEGIN;
ALTER TABLE smsengage.event_identity DROP CONSTRAINT event_identity_pkey;
INSERT INTO smsengage.forgotten (digest, until) VALUES (md5('one')::uuid, '2026-01-14 00:00Z');
SELECT smsengage_internal.begin_ingest(smsengage_internal.batch('twilio', callback('SM7'), 'A', now())) AS cannot_tell;
ROLLBACK;
SELECT provider, count(*) AS events, count(DISTINCT individual_no) AS people FROM smsengage.event GROUP BY 1 ORDER BY 1;
SELECT count(*) AS identities FROM smsengage.event_identity;
SELECT individual_id FROM smsengage.individual ORDER BY 1;
SELECT count(*) FROM smsengage.doctor();
DROP FUNCTION by_itself, callback, dmo, as_it_is;
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
