-- Ingestion: counts, redelivery, people, partitions, and the same rows whatever
-- the session's settings.
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
\pset null '(null)'
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.create_store(); END $$;
CREATE FUNCTION ens(n integer, at text, who text, kind text DEFAULT 'Sent', code text DEFAULT NULL, mid text DEFAULT '7') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('eventCategoryType', 'TransactionalSendEvents.Sms' || kind, 'timestampUTC', at, 'compositeId', 'c' || n, 'mid', mid,
	'info', jsonb_build_object('to', 12025550100 + n, 'subscriberKey', who, 'messageKey', 'm' || n, 'statusCode', code)) $$;

-- one new, then known; repeated in one payload; the overloads agree
SELECT * FROM smsengage.ingest('salesforce_ens', ens(1, '2026-01-10T10:00:00Z', 'a'));
SELECT * FROM smsengage.ingest('salesforce_ens', ens(1, '2026-01-10T10:00:00Z', 'a')::json);
SELECT * FROM smsengage.ingest('salesforce_ens', ens(1, '2026-01-10T10:00:00Z', 'a')::text);
SELECT * FROM smsengage.ingest('auto', convert_to(ens(1, '2026-01-10T10:00:00Z', 'a')::text, 'UTF8'), '7');
SELECT * FROM smsengage.ingest('salesforce_ens', jsonb_build_array(ens(1, '2026-01-10T10:00:00Z', 'a'), ens(2, '2026-01-10T10:00:01Z', 'b'), ens(2, '2026-01-10T10:00:01Z', 'b'), ens(2, '2026-01-10T10:00:01.000Z', 'b')));
SELECT event_time, message_id, event_type, account, provider FROM smsengage.event ORDER BY event_time;
-- a literal is text; each form can be named
SELECT * FROM smsengage.ingest('salesforce_ens', '[]');
SELECT * FROM smsengage.ingest(payload => '[]'::json, provider => 'salesforce_ens', account => '7');

-- a batch with bad events stores the good ones and keeps the bad ones, once
SELECT * FROM smsengage.ingest('salesforce_ens', format('[%s,{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":"soon","info":{"to":"+12025550199"}},{"bad":nul},%s,17]', ens(3, '2026-01-10T10:00:03Z', 'c'), ens(4, '2026-01-10T10:00:04Z', 'd')));
SELECT * FROM smsengage.ingest('salesforce_ens', format('[%s,{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":"soon","info":{"to":"+12025550199"}},{"bad":nul},%s,17]', ens(3, '2026-01-10T10:00:03Z', 'c'), ens(4, '2026-01-10T10:00:04Z', 'd')));
SELECT provider, account, reason, payload, payload_bytes, received_at <= now() AS known FROM smsengage.rejected_event ORDER BY payload;
-- the same piece under another account is another one; bytes are kept where the text differs
SELECT * FROM smsengage.ingest('salesforce_ens', '17', 'unit');
SELECT * FROM smsengage.ingest('salesforce_ens', '\x7b2261223a22e9227d'::bytea);
SELECT * FROM smsengage.ingest('auto', '{"a":1}');
SELECT provider, account, reason, payload, payload_bytes FROM smsengage.rejected_event WHERE account <> '' OR payload_bytes IS NOT NULL OR provider = 'auto' ORDER BY payload;
-- what is no engagement is a notice
SELECT * FROM smsengage.ingest('salesforce_ens', '{"callbackId":"c","verificationKey":"k"}');
SELECT * FROM smsengage.ingest('salesforce_ens', '{"callbackId":"c","verificationKey":"k"}');
SELECT * FROM smsengage.ingest('salesforce_ens', '');
SELECT provider, account, reason, payload FROM smsengage.provider_notice ORDER BY payload;
-- a contradicting account rejects, a missing one is filled
SELECT * FROM smsengage.ingest('salesforce_ens', ens(5, '2026-01-10T10:00:05Z', 'e'), '8');
SELECT * FROM smsengage.ingest('salesforce_ens', ens(5, '2026-01-10T10:00:05Z', 'e') - 'mid', '8');
SELECT account, message_id FROM smsengage.event WHERE message_id = 'm5';

-- a later part of a message alone
SELECT * FROM smsengage.ingest('salesforce_ens', jsonb_set(ens(6, '2026-01-10T10:00:06Z', 'e', 'Delivered', '4000'), '{info,ordinal}', '1'));

-- arguments
SELECT * FROM smsengage.ingest('salesforce', '{}');
SELECT * FROM smsengage.ingest(NULL, '{}');
SELECT * FROM smsengage.ingest('salesforce_ens', NULL::text);
SELECT * FROM smsengage.ingest('salesforce_ens', NULL::bytea);
SELECT * FROM smsengage.ingest('salesforce_ens', NULL::json);
SELECT * FROM smsengage.ingest('salesforce_ens', NULL::jsonb);
SELECT * FROM smsengage.ingest('salesforce_ens', '[]', repeat('x', 513));

-- people: a name in its enterprise or account; nobody is number 0
SELECT * FROM smsengage.ingest('salesforce_ens', jsonb_build_array(ens(10, '2026-01-11T10:00:00Z', 'a', mid => '70') || '{"eid":"1"}', ens(11, '2026-01-11T10:00:01Z', 'a', mid => '71') || '{"eid":1}', ens(12, '2026-01-11T10:00:02Z', 'a', mid => '72'),
	ens(13, '2026-01-11T10:00:03Z', NULL), ens(14, '2026-01-11T10:00:04Z', '')));
SELECT * FROM smsengage.ingest('salesforce_dmo', '[{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-11T10:00:05Z","IndividualID":"a","RecipientPhone":"12025550150"},{"EventID":"2","EventType":"CLICK","EventDateTime":"2026-01-11T10:00:06Z","IndividualID":null,"RecipientPhone":"12025550150"},
	{"EventID":"3","EventType":"CLICK","EventDateTime":"2026-01-12T10:00:05Z","IndividualID":"a","RecipientPhone":"12025550151"},{"EventID":"4","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:05Z","IndividualID":"a","RecipientPhone":"12025550151"}]');
SELECT e.provider, e.message_id, e.event_id, e.account, i.scope, i.individual_id FROM smsengage.event e LEFT JOIN smsengage.individual i USING (individual_no) ORDER BY e.event_time, e.event_id;
SELECT count(*) AS nobody, min(individual_no), max(individual_no) FROM smsengage.event WHERE individual_id IS NULL;
SELECT min(individual_no) > 0 AS numbered, count(*) = count(DISTINCT individual_no) AS once FROM smsengage.individual;
SELECT i.scope, c.recipient, c.last_day FROM smsengage.contact_point c JOIN smsengage.individual i USING (individual_no) WHERE i.individual_id = 'a' ORDER BY scope, recipient;

-- an identity without the time: the first time stays, whatever the batch
SELECT * FROM smsengage.ingest('salesforce_dmo', '{"EventID":"1","EventType":"HELP","EventDateTime":"2026-05-11T10:00:05Z"}');
SELECT * FROM smsengage.ingest('salesforce_dmo', '[{"EventID":"9","EventType":"HELP","EventDateTime":"2026-01-13T10:00:05Z"},{"EventID":"9","EventType":"HELP","EventDateTime":"2026-01-12T10:00:05Z"}]');
SELECT event_id, event_type, event_time FROM smsengage.event WHERE event_id IN ('1', '9') ORDER BY 1;
SELECT count(*) AS identities, (SELECT count(*) FROM smsengage.event WHERE provider = 'salesforce_dmo') AS events FROM smsengage.event_identity;

-- partitions: borders of months and years in UTC, from 2000 on, made once
SELECT * FROM smsengage.ingest('salesforce_ens', (SELECT jsonb_agg(ens(n::integer, at, 'p') ORDER BY n DESC) FROM unnest(ARRAY['2000-01-01T00:00:00Z', '2000-01-31T23:59:59.999999Z', '2000-02-01T00:00:00Z', '2023-12-31T23:59:59.999999Z', '2024-01-01T00:00:00Z', '2024-02-29T23:59:59.999999Z', '2024-03-01T00:00:00Z',
	'2024-03-31T23:30:00-02:00', '2024-05-01T01:00:00+14:00']) WITH ORDINALITY t(at, n)));
SELECT tableoid::regclass AS partition, event_time FROM smsengage.event WHERE event_time < '2025-01-01 00:00+00' ORDER BY event_time;
SELECT c.oid::regclass AS partition, pg_get_expr(c.relpartbound, c.oid) AS bounds, (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) AS indexes,
	(SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype NOT IN ('p', 'n')) AS constraints
FROM pg_class c JOIN pg_inherits h ON h.inhrelid = c.oid WHERE h.inhparent = 'smsengage.event'::regclass ORDER BY c.relname;
DO $$ BEGIN PERFORM smsengage_internal.make_partition('2024-02-29'), smsengage_internal.make_partition('2024-02-01'), smsengage_internal.make_partition('2027-12-31'); END $$;
SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = 'smsengage.event_2027_12'::regclass;

-- where the owner has added a column, a trigger or a rule of his own, rows go in by SQL
CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING '%', TG_TABLE_NAME; RETURN NEW; END $$;
ALTER TABLE smsengage.event ADD COLUMN note text DEFAULT 'mine';
SELECT * FROM smsengage.ingest('salesforce_ens', jsonb_build_array(ens(81, '2026-01-11T10:00:00Z', 'p', 'Delivered', '4000'), ens(82, '2026-01-11T10:00:01Z', 'p', 'Delivered', '4000')));
SELECT event_time, note FROM smsengage.event WHERE event_time >= '2026-01-11' AND event_time < '2026-01-12' ORDER BY 1;
ALTER TABLE smsengage.event DROP COLUMN note;
CREATE TRIGGER counted AFTER INSERT ON smsengage.event FOR EACH ROW EXECUTE FUNCTION counted();
CREATE TRIGGER counted AFTER INSERT ON smsengage.message FOR EACH ROW EXECUTE FUNCTION counted();
SELECT * FROM smsengage.ingest('salesforce_ens', jsonb_build_array(ens(81, '2026-01-11T10:00:00Z', 'p', 'Delivered', '4000'), ens(83, '2026-01-11T10:00:02Z', 'p', 'Delivered', '4000')));
DROP TRIGGER counted ON smsengage.event;
DROP TRIGGER counted ON smsengage.message;
-- and behind a dropped column not by SQL again
SELECT * FROM smsengage.ingest('salesforce_ens', jsonb_build_array(ens(83, '2026-01-11T10:00:02Z', 'p', 'Delivered', '4000'), ens(84, '2026-01-11T10:00:03Z', 'p', 'Delivered', '4000')));
CREATE RULE quiet AS ON INSERT TO smsengage.message DO ALSO NOTHING;
SELECT * FROM smsengage.ingest('salesforce_ens', jsonb_build_array(ens(85, '2026-01-11T10:00:04Z', 'p', 'Delivered', '4000')));
SELECT count(*) FROM smsengage.event e JOIN smsengage.message m USING (message_key) WHERE event_time >= '2026-01-11' AND event_time < '2026-01-12';
SELECT count(*) AS differences FROM smsengage.doctor();
DROP FUNCTION counted;

-- C alone stores a plain batch; where a trigger is on any table that it writes
-- to, and for every batch that is not plain, it stores nothing
SET smsengage.direct = on;
CREATE FUNCTION parsed(n integer, payload text DEFAULT NULL) RETURNS smsengage.parsed_batch LANGUAGE sql AS $$
	SELECT smsengage_internal.batch('salesforce_ens', coalesce(payload, ens(n, '2026-01-12T10:00:00Z', 'direct ' || n, 'Delivered', '4000')::text), NULL, now()) $$;
-- what ingest() does where there is no ingest_batch() to turn to
CREATE FUNCTION by_itself(n integer, payload text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	ALTER FUNCTION smsengage_internal.ingest_batch(smsengage.parsed_batch, text, boolean) RENAME TO put_away;
	SELECT i INTO result FROM smsengage.ingest('salesforce_ens', coalesce(payload, ens(n, '2026-01-12T10:00:00Z', 'direct ' || n, 'Delivered', '4000')::text)) i;
	ALTER FUNCTION smsengage_internal.put_away(smsengage.parsed_batch, text, boolean) RENAME TO ingest_batch;
	RETURN result;
EXCEPTION WHEN undefined_function THEN
	RETURN NULL;
END $$;
CREATE FUNCTION as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
DROP RULE quiet ON smsengage.message;
SELECT by_itself(201), cardinality(smsengage_internal.insert_batch(parsed(202)));
SELECT by_itself(201), cardinality(smsengage_internal.insert_batch(parsed(202)));
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY '{individual,event,message,contact_point,series,engagement_tally,outcome_tally}'::text[] LOOP
		EXECUTE format('CREATE TRIGGER as_it_is BEFORE INSERT ON smsengage.%I FOR EACH ROW EXECUTE FUNCTION as_it_is()', name);
		RAISE WARNING '%: %, %', name, by_itself(203), smsengage_internal.insert_batch(parsed(203));
		EXECUTE format('DROP TRIGGER as_it_is ON smsengage.%I', name);
	END LOOP;
	-- nor where a column of one's own has a value to be found
	FOREACH name IN ARRAY '{individual,event,message,contact_point,series,engagement_tally,outcome_tally,tally_dimension}'::text[] LOOP
		EXECUTE format('ALTER TABLE smsengage.%I ADD COLUMN note text DEFAULT ''mine''', name);
		RAISE WARNING '%: %, %', name, by_itself(203), smsengage_internal.insert_batch(parsed(203));
		EXECUTE format('ALTER TABLE smsengage.%I DROP COLUMN note', name);
	END LOOP;
END $$;
SELECT by_itself(0, '[17]') AS rejected, by_itself(0, '') AS ignored, by_itself(0, '[]') AS empty,
	by_itself(0, ens(204, '2026-01-12T10:00:00Z', 'x', 'Bounced', '4500')::text) AS block, by_itself(0, ens(205, '1999-12-31T10:00:00Z', 'x')::text) AS early,
	by_itself(0, ens(206, '2001-01-01T10:00:00Z', 'x')::text) AS other_month;
-- a horizon, or somebody who was forgotten: what is older has to be looked at
INSERT INTO smsengage.retention (account, keep, horizon) VALUES ('8', '1 year', '2026-01-12 10:00Z');
SELECT smsengage_internal.begin_ingest(parsed(203)), by_itself(203) AS horizon;
UPDATE smsengage.retention SET horizon = '2026-01-12 09:59:59.999999Z';
SELECT smsengage_internal.begin_ingest(parsed(203));
INSERT INTO smsengage.forgotten (digest, until) VALUES (md5('one')::uuid, '2026-01-12 09:00Z'), (md5('two')::uuid, '2026-01-12 10:00Z'), (md5('three')::uuid, '-infinity');
SELECT smsengage_internal.begin_ingest(parsed(203)), by_itself(203) AS forgotten;
DELETE FROM smsengage.forgotten WHERE until > '2026-01-12 09:30Z';
SELECT smsengage_internal.begin_ingest(parsed(203));
DROP INDEX smsengage.forgotten_until_idx;
INSERT INTO smsengage.forgotten (digest, until) VALUES (md5('two')::uuid, 'infinity');
SELECT smsengage_internal.begin_ingest(parsed(203));
DELETE FROM smsengage.retention;
DELETE FROM smsengage.forgotten;
SELECT smsengage.migrate();
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT by_itself(203) AS kept_snapshot, smsengage_internal.insert_batch(parsed(203));
COMMIT;
SELECT count(*) FROM smsengage.event WHERE event_time >= '2026-01-12' AND event_time < '2026-01-13';
SELECT by_itself(203);
SELECT count(*) AS differences FROM smsengage.doctor();
DROP FUNCTION parsed, by_itself, as_it_is;
RESET smsengage.direct;

-- the same rows, and partitions with the same bounds, in other settings
CREATE TABLE payload AS SELECT jsonb_agg(ens(n, at, 'p', 'Delivered', '4000')) AS payload FROM (VALUES (1, '2026-01-31T23:59:59Z'), (2, '2026-02-01T00:00:00Z'), (3, '1768039200'), (4, '2026-03-08T02:30:00-05:00'), (5, '2026-03-29T01:30:00Z')) v(n, at);
CREATE FUNCTION rows_in(zone text, style text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	PERFORM smsengage.drop_store(true);
	PERFORM smsengage.create_store();
	PERFORM set_config('timezone', zone, true), set_config('datestyle', style, true), set_config('extra_float_digits', '0', true), set_config('lc_messages', 'C', true), set_config('standard_conforming_strings', CASE WHEN current_setting('server_version_num')::integer < 190000 THEN 'off' ELSE 'on' END, true), set_config('search_path', 'pg_temp', true);
	PERFORM smsengage.ingest('salesforce_ens', p.payload) FROM public.payload p;
	PERFORM set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, MDY', true), set_config('standard_conforming_strings', 'on', true), set_config('search_path', 'public', true);
	SELECT md5(string_agg(format('%s %s %s %s %s', e.tableoid::regclass, e.event_time, e.event_key, e.message_key, e.recipient), E'\n' ORDER BY e.event_time)) || md5((SELECT string_agg(format('%s %s %s', m.message_key, m.first_time, m.state), E'\n' ORDER BY m.message_key) FROM smsengage.message m))
		|| md5((SELECT string_agg(pg_get_expr(c.relpartbound, c.oid), ',' ORDER BY c.relname) FROM pg_class c WHERE c.relispartition AND c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'r')) INTO result FROM smsengage.event e;
	RETURN result;
END $$;
SELECT count(DISTINCT r) AS results, count(r) FROM (VALUES (1, 'UTC', 'ISO, MDY'), (2, 'America/New_York', 'SQL, DMY'), (3, 'Asia/Kathmandu', 'German'), (4, 'Pacific/Apia', 'Postgres, MDY'), (5, 'America/Havana', 'SQL, MDY'), (6, '<+15>-15', 'ISO, YMD')) v(n, zone, style), rows_in(zone, style) r;

DROP FUNCTION rows_in, ens;
DROP TABLE payload;
SELECT smsengage.drop_store();
DO $$ BEGIN PERFORM smsengage.drop_store(true); END $$;
