-- Damage of every kind in every part: doctor() names it, rebuild(part) repairs
-- it, and then nothing differs; sums that forget() kept are neither damage nor lost.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT smsengage.create_store();
SELECT i.* FROM smsengage.ingest('native', '[
	{"event_type":"SENT","event_id":"1","event_time":"2026-03-01T10:00:00Z","message_id":"m1","recipient":"+12025550101","individual_id":"anna","account":"acme","bulk_message":"spring"},
	{"event_type":"DELIVERED","event_id":"2","event_time":"2026-03-01T10:00:05Z","message_id":"m1","recipient":"+12025550101","individual_id":"anna","account":"acme","bulk_message":"spring"},
	{"event_type":"CLICK","event_id":"3","event_time":"2026-03-02T10:00:00Z","message_id":"m1","recipient":"+12025550101","individual_id":"anna","account":"acme","bulk_message":"spring","link_name":"shop"},
	{"event_type":"UNDELIVERED","event_id":"4","event_time":"2026-03-02T11:00:00Z","message_id":"m2","recipient":"+12025550102","account":"acme","error_code":"500"},
	{"event_type":"REPLY","event_id":"5","event_time":"2026-03-03T11:00:00Z","recipient":"+12025550102","sender_id":"22000","account":"acme","message_text":"STOP"},
	{"event_type":"SUBSCRIBE","event_id":"6","event_time":"2026-03-04T11:00:00Z","recipient":"+12025550103","sender_id":"22000","account":"acme"},
	{"event_type":"SENT","event_id":"7","event_time":"2026-03-05T11:00:00Z","message_id":"m3","recipient":"+12025550103","account":"acme"},
	{"event_type":"LINK","event_id":"8","event_time":"2026-03-06T11:00:00Z","scope":"acme","individual_id":"tel:+12025550102","other_scope":"acme","other_individual_id":"tel:+12025550103","account":"acme"}]') i;
SELECT smsengage.unblock('+12025550102', 'acme', '2026-03-03 00:00Z');
CALL smsengage.fold();
SELECT * FROM smsengage.doctor();

-- one damage, what doctor() says of that part and of all, and the repair
CREATE FUNCTION picture() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	-- engagement_tally and outcome_tally by their sums: how many rows make a cell is nobody's business
	FOR r IN SELECT s.name FROM smsengage_internal.store_relations() s WHERE s.kind = 'r' AND s.name NOT IN ('engagement_tally', 'outcome_tally', 'store_relation', 'store_secret', 'consent_entry') ORDER BY 1 LOOP
		RETURN QUERY EXECUTE format('SELECT %L || '': '' || t::text FROM smsengage.%I t', r.name, r.name);
	END LOOP;
	RETURN QUERY SELECT format('tally %s %s %s %s %s %s', t.series_no, t.level, t.cell_start, t.chunk, smsengage.sum(t.tally), sum(t.anonymous)) FROM smsengage.engagement_tally t WHERE t.level > 0 GROUP BY t.series_no, t.level, t.cell_start, t.chunk;
END $$;
CREATE TABLE whole AS SELECT p FROM picture() p;
CREATE PROCEDURE try(damage text, part text) LANGUAGE plpgsql AS $$
DECLARE
	said text;
	everywhere text;
	rest text;
	lost bigint;
BEGIN
	EXECUTE damage;
	said := (SELECT string_agg(DISTINCT d.problem, ', ') FROM smsengage.doctor(part) d);
	everywhere := (SELECT string_agg(DISTINCT d.part, ', ' ORDER BY d.part) FROM smsengage.doctor() d);
	CALL smsengage.rebuild(part);
	rest := (SELECT string_agg(format('%s %s %s', d.part, d.item, d.problem), ', ') FROM smsengage.doctor() d);
	lost := (SELECT count(*) FROM (SELECT p FROM whole EXCEPT SELECT p FROM picture() p) x) + (SELECT count(*) FROM (SELECT p FROM picture() p EXCEPT SELECT p FROM whole) x);
	RAISE INFO '% | % | in: % | left: % | rows that differ from before: %', damage, said, everywhere, coalesce(rest, 'nothing'), lost;
END $$;
CALL try('DELETE FROM smsengage.message WHERE message_id = ''m1''', 'message');
CALL try('UPDATE smsengage.message SET last_time = last_time + interval ''1 second'' WHERE message_id = ''m1''', 'message');
CALL try('UPDATE smsengage.message SET state = (SELECT state FROM smsengage.message WHERE message_id = ''m2'') WHERE message_id = ''m1''', 'message');
CALL try('INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, account, provider, message_id, recipient, state) SELECT ''00000000-0000-0000-0000-000000000001'', first_time, last_time, individual_no, account, provider, message_id, recipient, state FROM smsengage.message m WHERE message_id = ''m1''', 'message');
-- a generated column with another value, as a damaged page may have it
CREATE PROCEDURE plain_send_time(generated "char") LANGUAGE sql AS $$ UPDATE pg_attribute SET attgenerated = generated WHERE attrelid = 'smsengage.message'::regclass AND attname = 'send_time' $$;
CALL try('DO $d$ BEGIN CALL plain_send_time(''''); UPDATE smsengage.message SET send_time = send_time + interval ''1 day'' WHERE message_id = ''m1''; CALL plain_send_time(''s''); END $d$', 'message');
CALL try('DO $d$ BEGIN CALL plain_send_time(''''); UPDATE smsengage.message SET send_time = NULL; CALL plain_send_time(''s''); END $d$', 'message');
DROP PROCEDURE plain_send_time;
CALL try('DELETE FROM smsengage.individual WHERE individual_id = ''anna''', 'individual');
CALL try('DELETE FROM smsengage.individual WHERE individual_id = ''tel:+12025550102''', 'individual');
CALL try('UPDATE smsengage.individual SET individual_id = ''bob'' WHERE individual_id = ''anna''', 'individual');
CALL try('UPDATE smsengage.individual SET scope = ''zebra'' WHERE individual_id = ''tel:+12025550102''', 'individual');
CALL try('DELETE FROM smsengage.individual_link', 'individual_link');
CALL try('UPDATE smsengage.individual_link SET valid_from = ''2020-01-01Z''', 'individual_link');
CALL try('UPDATE smsengage.individual_link SET account = ''zebra''', 'individual_link');
CALL try('INSERT INTO smsengage.individual_link SELECT 1, 99, ''2026-03-01Z'', ''shop''', 'individual_link');
CALL try('UPDATE smsengage.event_identity SET event_time = ''2020-01-01Z'' WHERE digest = (SELECT min(digest::text)::uuid FROM smsengage.event_identity)', 'event_identity');
CALL try('DELETE FROM smsengage.contact_point', 'contact_point');
CALL try('UPDATE smsengage.contact_point SET last_day = ''2026-12-01''', 'contact_point');
CALL try('UPDATE smsengage.contact_point SET last_day = ''2026-01-01''', 'contact_point');
CALL try('UPDATE smsengage.contact_point SET recipient = ''+12025550199''', 'contact_point');
CALL try('UPDATE smsengage.contact_point SET account = ''zebra''', 'contact_point');
CALL try('INSERT INTO smsengage.contact_point SELECT 99, ''2026-03-01'', ''shop'', ''+12025550199''', 'contact_point');
CALL try('DELETE FROM smsengage.block', 'block');
CALL try('UPDATE smsengage.block SET expires_at = expires_at + interval ''1 day''', 'block');
CALL try('UPDATE smsengage.block SET scope = ''none''', 'block');
CALL try('UPDATE smsengage.block SET account = ''zebra''', 'block');
CALL try('UPDATE smsengage.block SET code = 510', 'block');
CALL try('INSERT INTO smsengage.block SELECT (jsonb_populate_record(b, ''{"event_key":1}'')).* FROM smsengage.block b', 'block');
CALL try('DELETE FROM smsengage.unblock', 'block');
CALL try('INSERT INTO smsengage.unblock SELECT (jsonb_populate_record(b, ''{"event_key":1}'')).* FROM smsengage.unblock b', 'block');
CALL try('DELETE FROM smsengage.subscription', 'subscription');
CALL try('UPDATE smsengage.subscription SET state = CASE state WHEN ''SUBSCRIBED'' THEN ''UNSUBSCRIBED'' ELSE ''SUBSCRIBED'' END', 'subscription');
CALL try('UPDATE smsengage.subscription SET event_time = event_time + interval ''1 day''', 'subscription');
CALL try('INSERT INTO smsengage.subscription SELECT (jsonb_populate_record(s, ''{"recipient":"+12025550199"}'')).* FROM smsengage.subscription s LIMIT 1', 'subscription');
CALL try('DELETE FROM smsengage.consent_entry', 'subscription');
CALL try('DELETE FROM smsengage.engagement_tally', 'engagement_tally');
CALL try('DELETE FROM smsengage.engagement_tally WHERE level = 3', 'engagement_tally');
CALL try('UPDATE smsengage.engagement_tally SET quarters = (SELECT smsengage.sum(q) FROM (VALUES (quarters), (quarters)) v (q)) WHERE level = 1', 'engagement_tally');
CALL try('UPDATE smsengage.engagement_tally SET chunk = 5 WHERE level = 1', 'engagement_tally');
CALL try('INSERT INTO smsengage.engagement_tally SELECT series_no, ''2025-01-01Z'', 0, 0, 0, ''{1}'' FROM smsengage.series', 'engagement_tally');
CALL try('INSERT INTO smsengage.engagement_tally SELECT series_no, ''2026-01-01Z'', 7, -1, 0, ''{}'' FROM smsengage.series', 'engagement_tally');
CALL try('DELETE FROM smsengage.outcome_tally', 'outcome_tally');
CALL try('UPDATE smsengage.outcome_tally SET messages = messages + 1', 'outcome_tally');
CALL try('UPDATE smsengage.outcome_tally SET outcome = ''failed'' WHERE outcome = ''delivered''', 'outcome_tally');
CALL try('INSERT INTO smsengage.outcome_tally SELECT (jsonb_populate_record(o, ''{"bulk_message":"autumn","level":0}'')).* FROM smsengage.outcome_tally o', 'outcome_tally');
-- with a new number
CALL try('DELETE FROM smsengage.series WHERE event_type = ''CLICK''', 'engagement_tally');
-- what is named only: a lost identity comes back with the next delivery, two people of one number are nobody's guess
BEGIN;
DELETE FROM smsengage.event_identity;
SELECT part, problem, count(*) FROM smsengage.doctor() GROUP BY 1, 2;
SELECT * FROM smsengage.ingest('native', '{"event_type":"CLICK","event_id":"3","event_time":"2026-03-02T10:00:00Z","message_id":"m1","recipient":"+12025550101","individual_id":"anna","account":"acme","bulk_message":"spring","link_name":"shop"}');
SELECT part, problem, count(*) FROM smsengage.doctor() GROUP BY 1, 2;
ROLLBACK;
BEGIN;
INSERT INTO smsengage.individual (individual_no, scope, individual_id) SELECT individual_no, 'acme', 'twin' FROM smsengage.individual WHERE individual_id = 'anna';
SELECT part, problem FROM smsengage.doctor();
ROLLBACK;
BEGIN;
UPDATE smsengage.series SET digest = '00000000-0000-0000-0000-000000000001' WHERE event_type = 'CLICK' AND dimension = '';
SELECT part, problem FROM smsengage.doctor();
ROLLBACK;
SELECT * FROM smsengage.doctor('block');
SELECT * FROM smsengage.doctor('nonsense');
CALL smsengage.rebuild('nonsense');

-- sums that forget() kept: of a person, and of a number in another person's events
CREATE VIEW sums AS
SELECT s.event_type, s.dimension, s.value, sum(CASE WHEN t.chunk < 0 THEN t.anonymous ELSE coalesce(smsengage.total(t.tally), smsengage.day_total(t.quarters)) END) AS events FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE t.level IN (0, 1) GROUP BY 1, 2, 3;
CREATE TABLE sums_before AS SELECT * FROM sums;
CREATE TABLE outcomes_before AS SELECT outcome, sum(messages) AS messages FROM smsengage.outcome_tally WHERE level IN (0, 1) GROUP BY 1;
SELECT * FROM smsengage.forget(recipient => '+12025550101', keep_sums => true, force => true, at => '2026-04-01Z');
SELECT * FROM smsengage.forget(recipient => '+12025550102', keep_sums => true, force => true, at => '2026-04-01Z');
SELECT * FROM smsengage.doctor();
CALL smsengage.fold();
SELECT * FROM smsengage.doctor();
CALL smsengage.rebuild();
SELECT smsengage.rebuild_tallies();
SELECT * FROM smsengage.doctor();
-- all is counted as before
SELECT * FROM sums EXCEPT SELECT * FROM sums_before;
SELECT * FROM sums_before EXCEPT SELECT * FROM sums;
SELECT outcome, sum(messages) AS messages FROM smsengage.outcome_tally WHERE level IN (0, 1) GROUP BY 1 EXCEPT SELECT * FROM outcomes_before;
SELECT smsengage.segment_size('click or undelivered', '2026-05-01') AS people_who_are_gone;
-- without keep_sums they go
SELECT count(*) FROM smsengage.forget(recipient => '+12025550103', force => true, at => '2026-04-01Z');
SELECT * FROM smsengage.doctor();
SELECT event_type, events FROM sums WHERE dimension = '' ORDER BY 1;
-- a person by id takes the numbers along that nobody else has
SELECT i.accepted FROM smsengage.ingest('native', '[
	{"event_type":"UNDELIVERED","event_id":"21","event_time":"2026-03-02T11:00:00Z","message_id":"m21","recipient":"+12025550121","individual_id":"carl","account":"acme","error_code":"500"},
	{"event_type":"UNSUBSCRIBE","event_id":"22","event_time":"2026-03-02T11:00:00Z","recipient":"+12025550121","individual_id":"carl","sender_id":"22000","account":"acme"},
	{"event_type":"UNDELIVERED","event_id":"23","event_time":"2026-03-02T11:00:00Z","message_id":"m23","recipient":"+12025550122","individual_id":"carl","account":"acme","error_code":"500"},
	{"event_type":"CLICK","event_id":"24","event_time":"2026-03-02T11:00:00Z","recipient":"+12025550122","individual_id":"dora","account":"acme"}]') i;
SELECT * FROM smsengage.forget(individual_id => 'carl', force => true, at => '2026-04-01Z');
SELECT * FROM smsengage.doctor();
SELECT recipient FROM smsengage.block UNION ALL SELECT recipient FROM smsengage.subscription UNION ALL SELECT recipient FROM smsengage.consent_entry;
SELECT (smsengage.subscription_state('+12025550121', 'acme', '22000', '2026-04-01Z')).state;

-- the store's own relations only
CREATE TABLE smsengage.mine (a integer);
CREATE VIEW smsengage.my_view AS SELECT 1 AS a;
CREATE ROLE doctor_reader;
SELECT smsengage.grant_reader('doctor_reader', '*');
SELECT smsengage.migrate();
SELECT relrowsecurity, has_table_privilege('doctor_reader', 'smsengage.mine', 'SELECT') FROM pg_class WHERE oid = 'smsengage.mine'::regclass;
SELECT smsengage.revoke_access('doctor_reader');
DROP ROLE doctor_reader;
DROP VIEW sums;
SELECT smsengage.drop_store(true);
SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v')
	AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname;
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal')
	AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e');
DROP TABLE smsengage.mine;
DROP VIEW smsengage.my_view;
DROP TABLE whole, sums_before, outcomes_before;
DROP PROCEDURE try(text, text);
DROP FUNCTION picture();
