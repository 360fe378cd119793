-- States, arrays and rows that nobody of ours made: anyone may make an
-- aggregate of the functions of another, hand any array to a function that
-- ingestion calls, and the owner of the store may change a table.
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = smsengage, smsengage_internal, public;

-- what a statement says, or why it does not
CREATE FUNCTION pg_temp.outcome(statement text, argument bytea DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE statement INTO result USING argument;
	RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION pg_temp.little(n bigint, size int DEFAULT 8) RETURNS bytea LANGUAGE sql
AS $$ SELECT string_agg(decode(lpad(to_hex((n >> 8 * i) & 255), 2, '0'), 'hex'), '' ORDER BY i) FROM generate_series(0, size - 1) i $$;

-- count_people(): a state without room was written behind
CREATE AGGREGATE pg_temp.joined(bytea) (SFUNC = people_combine, STYPE = bytea, INITCOND = '\x000000000000000000000000', FINALFUNC = people_count);
CREATE AGGREGATE pg_temp.added(bigint) (SFUNC = people_add, STYPE = bytea, INITCOND = '\x000000000000000000000000', FINALFUNC = people_count);
CREATE AGGREGATE pg_temp.added_raw(bigint) (SFUNC = people_add, STYPE = bytea, INITCOND = '\x000000000000000000000000');
CREATE AGGREGATE pg_temp.joined_raw(bytea) (SFUNC = people_combine, STYPE = bytea);
-- a state: four bytes, then the count and the numbers
CREATE FUNCTION pg_temp.people(n bigint, numbers bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT '\x00000000'::bytea || pg_temp.little(n) || numbers $$;
SELECT pg_temp.joined(s) FROM (SELECT ('\x00000000a086010000000000' || repeat('4141414141414141', 100000))::bytea AS s) q;
SELECT pg_temp.added(n) AS different, pg_temp.added(n % 5) AS five FROM generate_series(1, 100000) n;
SELECT length(pg_temp.added_raw(n)) FROM generate_series(1, 17) n;
SELECT people_count(pg_temp.added_raw(n)), people_count(pg_temp.added_raw(n % 3)) FROM generate_series(1, 1000) n;
SELECT people_count(pg_temp.joined_raw(s)) FROM (SELECT pg_temp.added_raw(n) AS s FROM generate_series(1, 1000) n GROUP BY n % 7) q;
-- too short, counts that the bytes do not hold or that are negative
SELECT s.name, pg_temp.outcome('SELECT people_count($1)', s.state) AS counted, pg_temp.outcome('SELECT people_count(people_add($1, 5))', s.state) AS added,
	pg_temp.outcome('SELECT people_count(people_combine($1, $1))', s.state) AS joined, pg_temp.outcome('SELECT people_count(people_combine(NULL, $1))', s.state) AS copied
FROM (VALUES ('nothing', '\x'::bytea), ('a byte', '\x00'), ('no room', pg_temp.people(0, '')), ('one of none', pg_temp.people(1, '')), ('one of a byte', pg_temp.people(1, '\x01')),
	('one of one', pg_temp.people(1, pg_temp.little(7))), ('the same twice', pg_temp.people(2, pg_temp.little(7) || pg_temp.little(7))), ('three of two', pg_temp.people(3, pg_temp.little(7) || pg_temp.little(7))),
	('minus one', pg_temp.people(-1, pg_temp.little(7))), ('most', pg_temp.people(9223372036854775807, pg_temp.little(7))), ('least', pg_temp.people(-9223372036854775808, pg_temp.little(7))),
	('wraps to 0 bytes', pg_temp.people(2305843009213693952, pg_temp.little(7))), ('wraps to 8 bytes', pg_temp.people(2305843009213693953, pg_temp.little(7)))) s (name, state);
-- from a table: short headers, compressed, and where no number is aligned
CREATE TEMP TABLE kept (pad "char", s bytea);
INSERT INTO kept SELECT 'x', pg_temp.people(n, (SELECT string_agg(pg_temp.little(i), '') FROM generate_series(1, n) i)) FROM unnest('{1,3,20,300,3000}'::bigint[]) n;
SELECT people_count(s) AS n, people_count(people_add(s, 1)) AS known, people_count(people_add(s, 0)) AS more, people_count(people_combine(s, s)) AS twice FROM kept ORDER BY 1;
SELECT pg_temp.joined(s) FROM kept;
DROP TABLE kept;

-- funnel(): any marks will do
CREATE AGGREGATE pg_temp.stepped(text, timestamptz, text[], interval) (SFUNC = funnel_add, STYPE = bytea, FINALFUNC = funnel_final,
	INITCOND = '\x00000000010000000000000000000000000000000000000000000000');
CREATE AGGREGATE pg_temp.funnels(bytea) (SFUNC = funnel_combine, STYPE = bytea, FINALFUNC = funnel_final);
-- version, steps, within, marks
CREATE FUNCTION pg_temp.funnel(version bigint, steps bigint, within bigint, n bigint, marks bytea) RETURNS bytea LANGUAGE sql
AS $$ SELECT '\x00000000'::bytea || pg_temp.little(version, 4) || pg_temp.little(steps, 4) || pg_temp.little(within) || pg_temp.little(n) || marks $$;
CREATE FUNCTION pg_temp.mark(at bigint, steps bigint) RETURNS bytea LANGUAGE sql AS $$ SELECT pg_temp.little(at) || pg_temp.little(steps) $$;
SELECT pg_temp.stepped(t, a, '{SENT,CLICK}', NULL) FROM (VALUES ('SENT', now()), ('CLICK', now() + interval '1 day')) v (t, a);
SELECT pg_temp.funnels(s) FROM (VALUES (pg_temp.funnel(1, 2, -1, 1, pg_temp.mark(10, 1))), (pg_temp.funnel(1, 2, -1, 1, pg_temp.mark(20, 2)))) v (s);
SELECT s.name, pg_temp.outcome('SELECT pg_temp.funnels($1) FROM generate_series(1, 2)', s.state) AS reached
FROM (VALUES ('nothing', '\x'::bytea), ('a byte', '\x00'), ('no mark', pg_temp.funnel(1, 2, -1, 0, '')), ('one of none', pg_temp.funnel(1, 2, -1, 1, '')),
	('one of five bytes', pg_temp.funnel(1, 2, -1, 1, '\x0000000000')), ('another version', pg_temp.funnel(2, 2, -1, 0, '')), ('33 steps', pg_temp.funnel(1, 33, -1, 0, '')),
	('most steps', pg_temp.funnel(1, 4294967295, -1, 0, '')), ('32 steps at once', pg_temp.funnel(1, 32, -1, 1, pg_temp.mark(0, -1))), ('no steps', pg_temp.funnel(1, 0, -1, 1, pg_temp.mark(0, -1))),
	('most marks', pg_temp.funnel(1, 2, 0, -1, pg_temp.mark(0, 1))), ('wraps to 0 bytes', pg_temp.funnel(1, 2, 0, 1152921504606846976, pg_temp.mark(0, 1))),
	-- from the first instant to the last is more than an int64
	('ever', pg_temp.funnel(1, 2, 9223372036854775807, 2, pg_temp.mark(9223372036854775807, 2) || pg_temp.mark(-9223372036854775808, 1))),
	('at the end', pg_temp.funnel(1, 2, 1, 2, pg_temp.mark(9223372036854775807, 2) || pg_temp.mark(9223372036854775806, 1))),
	('no limit', pg_temp.funnel(1, 2, -9223372036854775808, 2, pg_temp.mark(9223372036854775807, 2) || pg_temp.mark(-9223372036854775808, 1)))) s (name, state);
SELECT funnel(t, a, '{SENT,CLICK}', '1 day') AS in_a_day, funnel(t, a, '{SENT,CLICK}', NULL) AS ever FROM (VALUES ('SENT', timestamptz '-infinity'), ('CLICK', 'infinity')) v (t, a);

-- sums of tallies: the states are values of their types, which are checked when they are made
CREATE AGGREGATE pg_temp.tallied(tally) (SFUNC = tally_add, STYPE = tally, INITCOND = '{7:2}');
CREATE AGGREGATE pg_temp.counted(timestamptz, int) (SFUNC = day_tally_count, STYPE = day_tally);
CREATE AGGREGATE pg_temp.counted_on(timestamptz, int) (SFUNC = day_tally_count, STYPE = day_tally, INITCOND = '{3:{4}}');
CREATE AGGREGATE pg_temp.day_added(day_tally) (SFUNC = day_tally_add, STYPE = day_tally, INITCOND = '{0:{1}}');
SELECT pg_temp.tallied(t) FROM (VALUES ('{7}'::tally), ('{8}'), ('{7:3}')) v (t);
SELECT n, pg_temp.tallied(t) OVER (ORDER BY n), sum(t) OVER (ORDER BY n) FROM (VALUES (1, '{7}'::tally), (2, '{8}'), (3, '{7:3}')) v (n, t);
SELECT n, pg_temp.counted(a, n) OVER (ORDER BY n) FROM (VALUES (1, timestamptz '2026-01-01 00:00Z'), (2, '2026-01-01 23:59Z')) v (n, a);
SELECT pg_temp.day_added(d) FROM (VALUES ('{0:{1}}'::day_tally), ('{95:{65535:2147483647}}')) v (d);
SELECT pg_temp.outcome(q) FROM unnest(ARRAY['SELECT pg_temp.counted_on(now(), 1)', 'SELECT pg_temp.counted(''infinity'', 1)', 'SELECT pg_temp.counted(now(), 65536)',
	'SELECT pg_temp.counted(now(), -1)', 'SELECT pg_temp.day_added(d) FROM (VALUES (''{0:{1:2147483647}}''::day_tally)) v (d)']) q;

-- sets as a bytea
SELECT s.set, pg_temp.outcome('SELECT (in_set(0, $1), in_set(1, $1), in_set(-9223372036854775808, $1))', s.set)
FROM (VALUES ('\x'::bytea), ('\x00'), (pg_temp.little(1) || '\x00'), (pg_temp.little(1)), (pg_temp.little(1) || pg_temp.little(1)),
	(pg_temp.little(0) || pg_temp.little(2) || pg_temp.little(3)), (pg_temp.little(0) || pg_temp.little(2) || pg_temp.little(3) || pg_temp.little(4))) s (set);
-- how many quarter hours there are, and which is the first, is the caller's to say
SELECT n, pg_temp.outcome('SELECT (in_quarter_hour_set(0, ''2000-01-01 00:00Z'', $1), in_quarter_hour_set(1, ''3000-01-01 00:00Z'', $1))',
	pg_temp.little(n, 4) || pg_temp.little(0) || decode(repeat('00', 64), 'hex'))
FROM unnest('{0,1,17,18,-1,2147483647,1073741823,536870911,-2147483648}'::bigint[]) n;
SELECT n, pg_temp.outcome('SELECT (in_quarter_hour_set(0, ''2000-01-01 00:00Z'', $1), in_quarter_hour_set(0, ''294276-12-31Z'', $1), in_quarter_hour_set(0, ''4714-11-24 00:00Z BC'', $1), in_quarter_hour_set(0, ''infinity'', $1))',
	pg_temp.little(1, 4) || pg_temp.little(n) || decode(repeat('00', 16), 'hex'))
FROM unnest('{9223372036854775807,-9223372036854775808}'::bigint[]) n;
-- and where the people of one begin
SELECT n, pg_temp.outcome('SELECT (in_quarter_hour_set(7, ''2000-01-01 00:00Z'', $1), in_quarter_hour_set(9, ''2000-01-01 00:01Z'', $1))',
	pg_temp.little(1, 4) || pg_temp.little(0) || pg_temp.little(0, 4) || pg_temp.little(n, 4) || pg_temp.little(7) || pg_temp.little(8))
FROM unnest('{0,1,2,3,-1,2147483647}'::bigint[]) n;
SELECT pg_temp.outcome('SELECT length(number_set(array_fill(NULL::bigint, ''{67108864}'')))');
-- one that was stored, where nothing is aligned
CREATE TEMP TABLE stored (pad "char", s bytea);
INSERT INTO stored SELECT 'x', quarter_hour_set(array_agg(n), array_agg(timestamptz '2026-01-01 00:00Z' + n * interval '1 minute')) FROM unnest('{1,10,100,1000}'::int[]) m, generate_series(1, m) n GROUP BY m;
SELECT length(s), in_quarter_hour_set(1, '2026-01-01 00:14Z', s) AS first, in_quarter_hour_set(100, '2026-01-01 01:44Z', s) AS hundredth FROM stored ORDER BY 1;
DROP TABLE stored;

-- what ingestion calls, with other arrays than it gives
CREATE TEMP TABLE made AS SELECT batch('native', '[{"event_type":"CLICK","event_id":"1","event_time":"2026-01-01T00:00:00Z","individual_id":"a","recipient":"+12025550101","link_name":"l"},'
	'{"event_type":"CLICK","event_id":"2","event_time":"2026-01-01T00:00:00Z","individual_id":"b","recipient":"+12025550102","link_name":"m"},'
	'{"event_type":"DELIVERED","event_id":"3","event_time":"2026-01-01T00:00:00Z","message_id":"m","individual_id":"c","recipient":"+12025550103"}]', NULL, '2026-01-02Z') AS b;
CREATE TEMP TABLE tried (people bigint[], keys bigint[], what text);
INSERT INTO tried SELECT p.people, k.keys, k.what
FROM (SELECT array_agg(event_key ORDER BY event_key) AS own FROM made, batch_copies(b)) o,
	LATERAL (VALUES (o.own, 'all'), (o.own[1:1], 'one'), (o.own || o.own, 'all twice'), (o.own[1:1] || o.own[1:1] || o.own[1:1], 'one three times'), ('{}', 'none'), (NULL, 'null'),
		(ARRAY[1, 2, 3], 'others'), (array_fill(o.own[2], '{100000}'), 'one very often')) k (keys, what),
	(VALUES ('{1,2,3}'::bigint[]), ('{1,2}'), ('{}'), (NULL), ('{1,2,3,4}'), ('{{1,2,3}}'), ('[7:9]={1,2,3}'), ('{1,NULL,3}'), ('{0,0,0}'), ('{-1,140737488355327,140737488355328}'), ('{-9223372036854775808,9223372036854775807,1}')) p (people);
CREATE FUNCTION pg_temp.given(statement text, people bigint[], keys bigint[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE statement INTO result USING people, keys;
	RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT t.people, f.name, string_agg(DISTINCT pg_temp.given(f.statement, t.people, t.keys), '; ') AS outcomes
FROM tried t, (VALUES
	('batch_tallies', 'SELECT count(*) FROM made, LATERAL batch_tallies(b, $1, $2, ''{link_name}'', ARRAY(SELECT no::bigint FROM batch_series(b, $2, ''{link_name}''))) x'),
	('batch_events', 'SELECT count(*) FROM made, batch_events(b, $1, ARRAY(SELECT digest FROM made, batch_identities(b))) x'),
	('batch_messages', 'SELECT count(*) FROM made, batch_messages(b, $1, $2) x'),
	('batch_contacts', 'SELECT count(*) FROM made, batch_contacts(b, $1, $2) x')) f (name, statement)
GROUP BY t.people, f.name ORDER BY t.people::text COLLATE "C", f.name COLLATE "C";
SELECT what, pg_temp.given('SELECT count(*) FROM made, batch_tallies(b, $1, $2, ''{link_name}'', ''{1}'') x', people, keys) AS with_one_series,
	pg_temp.given('SELECT count(*) FROM made, batch_tallies(b, $1, $2, ''{link_name}'', ARRAY(SELECT no::bigint FROM batch_series(b, $2, ''{link_name}''))) x', people, keys) AS tallies,
	pg_temp.given('SELECT count(*) FROM made, batch_contacts(b, $1, $2) x', people, keys) AS contacts,
	pg_temp.given('SELECT batch_without(b, $2) FROM made', people, keys) AS without, pg_temp.given('SELECT c.events FROM made, batch_counts(batch_without(b, $2)) c', people, keys) AS remain
FROM tried WHERE people = '{1,2,3}' ORDER BY 1;
-- a source, with limits that were taken for sizes
CREATE TABLE public.hostile_source (payload text);
INSERT INTO public.hostile_source VALUES ('{"event_type":"CLICK","event_time":"2026-01-01T00:00:00Z"}');
SELECT v.*, pg_temp.outcome(format('SELECT batch_from(''native'', ''public.hostile_source'', ''payload'', NULL, now(), NULL, %s, %s)', coalesce(v.rows, 'NULL'), coalesce(v.bytes, 'NULL')))
FROM (VALUES ('1', '-26800568'), ('0', '1'), ('-2147483648', '2147483647'), ('1', '0'), (NULL, '1'), ('1', NULL), ('2147483647', '2147483647'), ('1', '1')) v (rows, bytes);
DROP TABLE public.hostile_source;

-- what there is of the kind: who adds one, adds it above
SELECT a.aggfnoid::regprocedure AS aggregate, a.aggtranstype::regtype AS state FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') ORDER BY a.aggfnoid::regprocedure::text COLLATE "C";
SELECT p.oid::regprocedure AS takes_bytes FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND l.lanname = 'c' AND 'bytea'::regtype = ANY (p.proargtypes) ORDER BY p.oid::regprocedure::text COLLATE "C";
SELECT p.oid::regprocedure AS takes_a_batch_and_arrays FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND l.lanname = 'c' AND 'parsed_batch'::regtype = ANY (p.proargtypes) AND ('bigint[]'::regtype = ANY (p.proargtypes) OR 'uuid[]'::regtype = ANY (p.proargtypes))
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- a store whose owner changed it
SELECT create_store();
SELECT ingest('native', '[{"event_type":"SENT","event_id":"1","event_time":"2026-01-01T00:00:00Z","message_id":"m","individual_id":"a","recipient":"+12025550101"},'
	'{"event_type":"CLICK","event_id":"2","event_time":"2026-01-01T00:00:00Z","individual_id":"a","recipient":"+12025550101","link_name":"l"}]');
CALL fold();
CREATE FUNCTION pg_temp.changed(change text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE change;
	EXECUTE statement INTO result;
	RAISE EXCEPTION USING ERRCODE = 'TEST0', MESSAGE = coalesce(result, 'NULL');
EXCEPTION
	WHEN SQLSTATE 'TEST0' THEN RETURN SQLERRM;
	WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE TEMP TABLE change (n serial, name text, sql text);
INSERT INTO change (name, sql) VALUES ('no tallies', 'UPDATE smsengage.engagement_tally SET tally = NULL, quarters = NULL'),
	('integer tallies', 'ALTER TABLE smsengage.engagement_tally DROP COLUMN tally; ALTER TABLE smsengage.engagement_tally ADD tally integer DEFAULT 7'),
	('bytea quarters', 'ALTER TABLE smsengage.engagement_tally DROP COLUMN quarters; ALTER TABLE smsengage.engagement_tally ADD quarters bytea DEFAULT ''x'''),
	('no states', 'ALTER TABLE smsengage.message ALTER state DROP NOT NULL; UPDATE smsengage.message SET state = NULL'),
	('no accounts', 'ALTER TABLE smsengage.event ALTER account DROP NOT NULL; UPDATE smsengage.event SET account = NULL'),
	('no ids', 'ALTER TABLE smsengage.individual DROP CONSTRAINT individual_pkey; ALTER TABLE smsengage.individual ALTER individual_id DROP NOT NULL; UPDATE smsengage.individual SET individual_id = NULL'),
	('a hundred with one number', 'INSERT INTO smsengage.individual (individual_no, scope, individual_id) SELECT individual_no, n::text, n::text FROM smsengage.individual, generate_series(1, 100) n'),
	('the largest number', 'UPDATE smsengage.individual SET individual_no = 9223372036854775807'),
	('no dimensions', 'ALTER TABLE smsengage.tally_dimension DROP CONSTRAINT tally_dimension_pkey; ALTER TABLE smsengage.tally_dimension ALTER dimension DROP NOT NULL; UPDATE smsengage.tally_dimension SET dimension = NULL'),
	('another column', 'INSERT INTO smsengage.forgotten SELECT (jsonb_populate_record(NULL::smsengage.forgotten, ''{"digest":"00000000-0000-0000-0000-000000000000","until":"2020-01-01Z"}'')).*; ALTER TABLE smsengage.forgotten RENAME until TO since');
SELECT c.name, s.name AS asked, pg_temp.changed(c.sql, s.sql) AS outcome FROM change c, (VALUES
	(1, 'size', $$SELECT segment_size('click >= 1', '2026-02-01Z')$$), (1, 'quarters', $$SELECT segment_size('click in last 5 hours', '2026-01-01 03:07Z')$$), (2, 'dimension', $$SELECT segment_size('click[link_name = ''l''] >= 1', '2026-02-01Z')$$),
	(3, 'known', $$SELECT count(*) FROM segment('known and not individual in (''b'')', '2026-02-01Z')$$),
	(4, 'member', $$SELECT is_member(1, 'click[sender_id is null] >= 1'::segment_rule, '2026-02-01Z')$$), (5, 'bucket', $$SELECT is_member(1, 'bucket 100%'::segment_rule, '2026-02-01Z')$$),
	(6, 'ingest', $$SELECT accepted FROM ingest('native', '[{"event_type":"DELIVERED","event_id":"3","event_time":"2026-01-02T00:00:00Z","message_id":"m","individual_id":"a","recipient":"+12025550101"}]')$$)) s (n, name, sql)
ORDER BY c.n, s.n, s.name;
SELECT * FROM doctor();
SELECT drop_store(true);
