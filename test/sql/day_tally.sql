-- day_tally: text, bytes, sums, pieces, and what a day says of its quarter hours
SET search_path = smsengage, smsengage_internal, pg_catalog;
SET timezone = 'UTC';
-- the result of a statement, or code, message and detail of its error
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	detail text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, 'NULL');
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' / ', SQLSTATE, SQLERRM, nullif(detail, ''));
END;
$$;

-- text: what is read, and how it is written
SELECT quote_literal(text) AS text, pg_temp.outcome(format('SELECT %L::day_tally', text)) AS outcome
FROM (VALUES
	(1, '{}'), (2, '{0:{0}}'), (3, '{95:{65535:2147483647}}'), (4, '{40:{3,17:2},41:{3}}'), (5, E' { 07 : {\t3 ,17 : 2 } ,\n8:{0}} '),
	(20, ''), (21, '{'), (22, '{3}'), (23, '{3:}'), (24, '{3:{}}'), (25, '{3:{1},}'), (26, '{3:{1}'), (27, '{3:{1}}x'), (28, '{3:{1}{2}}'), (29, '{3,17:2}'),
	(40, '{4:{1},3:{1}}'), (41, '{3:{1},3:{1}}'), (42, '{3:{2,1}}'),
	(60, '{96:{1}}'), (61, '{-1:{1}}'), (62, '{3:{65536}}'), (63, '{3:{1:0}}'), (64, '{3:{1:2147483648}}')
) v(no, text) ORDER BY no;

-- sums and readers
SELECT statement, pg_temp.outcome('SELECT ' || statement) AS outcome
FROM (VALUES
	(1, $$day_tally('2026-03-29 10:00Z', '{3,17:2}')$$),
	(2, $$day_tally('2026-03-29 23:59:59.999999Z', '{3}')$$),
	(3, $$day_tally('1969-12-31 23:30Z', '{3}')$$),
	(4, $$day_tally('2026-03-29 10:00Z', '{}')$$),
	(5, $$day_tally('infinity', '{3}')$$),
	(10, $$day_tally_add('{1:{3},5:{2}}', '{0:{1},1:{3:2,4}}')$$),
	(11, $$day_tally_add('{}', '{95:{1}}')$$),
	(12, $$day_tally_add('{1:{3:2147483647}}', '{2:{3}}')$$),
	(13, $$day_tally_add('{1:{3:2147483647}}', '{1:{3}}')$$),
	(20, $$day_total('{1:{3:2147483647},2:{3:2147483647}}'::day_tally)$$),
	(21, $$day_total('{}'::day_tally)$$),
	(22, $$day_count_of('{1:{3:2,4},7:{3}}'::day_tally, 3)$$),
	(23, $$day_count_of('{1:{3:2,4},7:{3}}'::day_tally, 5)$$),
	(24, $$day_count_of('{1:{3}}'::day_tally, 65536)$$),
	(25, $$day_bytes('{}'::day_tally)$$),
	(30, $$tally('{0:{1},1:{1,2},4:{3},95:{1}}', '2026-03-29Z', '2026-03-29 00:15Z', '2026-03-29 23:45Z')$$),
	(31, $$tally('{0:{1},1:{1,2},4:{3},95:{1}}', '2026-03-29Z', '-infinity', 'infinity')$$),
	(32, $$tally('{0:{1},1:{1,2},4:{3},95:{1}}', '2026-03-29Z', '2026-03-29 00:00:00.000001Z', '2026-03-29 00:15:00.000001Z')$$),
	(33, $$tally('{0:{1}}', '2026-03-29Z', '2026-03-30Z', '2026-03-31Z')$$),
	(34, $$tally('{1:{3:2147483647},2:{3}}', '2026-03-29Z', '-infinity', 'infinity')$$),
	(40, $$day_without('{1:{3:2,4},7:{3},9:{5}}', 3)$$),
	(41, $$day_tally_of('{1:{3:2,4},7:{3},9:{5}}', 3)$$),
	(42, $$day_tally_outside('{0:{1},1:{1,2},4:{3},95:{1}}', '2026-03-29Z', '2026-03-29 00:15Z', '2026-03-29 23:45Z')$$),
	(43, $$day_tally_count(NULL, now(), 1)$$)
) v(no, statement) ORDER BY no;
SELECT sum(d), sum(d) FILTER (WHERE false) AS of_none FROM (VALUES ('{1:{3}}'::day_tally), ('{}'), (NULL), ('{1:{3},2:{0}}')) v(d);
SELECT count_day(at, o), count_day(at, o) FILTER (WHERE false) AS of_none
FROM (VALUES ('2026-03-29 10:14:59.999999Z'::timestamptz, 7), ('2026-03-29 10:15Z', 7), ('2026-03-29 10:00Z', 7), ('2026-03-29 00:00Z', 65535), (NULL, 3), ('2026-03-29Z', NULL)) v(at, o);
SELECT pg_temp.outcome($$SELECT count_day(now(), 65536)$$);

-- the quarter hours of a row between bounds; without bounds, each
SELECT bounds, q.* FROM (VALUES ('{}'::timestamptz[]), ('{2026-03-29 00:15Z,2026-03-29 01:00Z,2026-03-29 23:45Z}'), ('{2026-03-28Z,2026-03-30Z}'), ('{2026-03-30Z,2026-03-31Z}'), ('{2026-03-29Z}')) b(bounds),
	quarter_hour_cells(0, '2026-03-29Z', '{0:{1},1:{1,2},3:{2},4:{3},95:{1}}', bounds) q ORDER BY b.bounds, q.cell_start;
SELECT * FROM quarter_hour_cells(-1, '2026-03-29Z', '{0:{0:7},4:{0}}', '{2026-03-28Z,2026-03-30Z}');
SELECT count(*) FROM quarter_hour_cells(0, '2026-03-29Z', NULL, '{}');
SELECT pg_temp.outcome($$SELECT count(*) FROM quarter_hour_cells(0, '2026-03-29Z', '{}', '{NULL}')$$);

-- a full day is stored in pieces that fit a page
SELECT setseed(0.31), 'seed 0.31' AS seed;
CREATE TEMP TABLE item AS
SELECT '2026-03-29Z'::timestamptz + floor(power(random(), 3) * 96)::int * interval '15 minutes' AS at, floor(random() * random() * 65536)::int AS o FROM generate_series(1, 200000);
CREATE TEMP TABLE day AS SELECT count_day(at, o) AS d FROM item;
SELECT count(*) AS pieces, max(pg_column_size(p)) <= 7800 AS fit, sum(p)::text = min(d::text) AS same, sum(day_total(p)) AS events
FROM day, day_split(d) p;
SELECT count(*) AS wrong FROM day, quarter_hour_cells(0, '2026-03-29Z', d, '{}') q
FULL JOIN (SELECT at, tally(array_agg(o)) AS t FROM item GROUP BY 1) i ON i.at = q.cell_start
WHERE q.tally IS DISTINCT FROM i.t OR q.anonymous <> 0;
SELECT tally(d, '2026-03-29Z', '2026-03-29 00:30Z', '2026-03-29 12:00Z') = t AS same
FROM day, (SELECT tally(array_agg(o)) AS t FROM item WHERE at >= '2026-03-29 00:30Z' AND at < '2026-03-29 12:00Z') i;
-- in any order, in any grouping
SELECT sum(part ORDER BY random())::text = min(d::text) AS same FROM day, (SELECT count_day(at, o) AS part FROM item GROUP BY o % 7) p;
SELECT day_without(d, 5)::text = (SELECT count_day(at, o) FROM item WHERE o <> 5)::text AS without,
	day_tally_of(d, 5)::text = (SELECT count_day(at, 0) FROM item WHERE o = 5)::text AS of_one,
	day_tally_outside(d, '2026-03-29Z', '2026-03-29 00:30Z', '2026-03-29 12:00Z')::text =
		(SELECT count_day(at, o) FROM item WHERE NOT (at >= '2026-03-29 00:30Z' AND at < '2026-03-29 12:00Z'))::text AS outside,
	d::text::day_tally::text = d::text AS text_form
FROM day;

-- the wire carries the bytes; what is not canonical is refused
SELECT day_tally_send('{}'), day_tally_send('{40:{3,17:2}}');
CREATE TEMP TABLE got (no int, d day_tally);
CREATE TEMP TABLE raw (no int, b bytea);
INSERT INTO raw VALUES (1, '\x01'), (3, (SELECT day_tally_send(d) FROM day));
\copy (SELECT no, b FROM raw ORDER BY no) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
SELECT no, left(d::text, 20) AS d, day_tally_send(d) = b AS same FROM got JOIN raw USING (no) ORDER BY no;
\set VERBOSITY terse
-- empty; version 2; a quarter hour without events; cut; number 96; falling; a plane of a wrong count
\copy (SELECT 1, ''::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x02'::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x012800'::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x01280100000001'::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x016001000000010003'::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x0128010000000100032801000000010003'::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x012801000100010003'::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
-- and the one that is right
\copy (SELECT 2, '\x012801000000010003'::bytea) TO 'results/day_tally_wire.data' (FORMAT binary)
\copy got FROM 'results/day_tally_wire.data' (FORMAT binary)
SELECT d FROM got WHERE no = 2;

-- equality is that of content, the order that of the bytes, as of tallies
CREATE TEMP TABLE pair (d day_tally);
INSERT INTO pair VALUES ('{}'), ('{40:{3}}'), ('{40:{3,17:2}}'), ('{41:{3}}'), ('{40:{3},41:{3}}');
INSERT INTO pair SELECT d FROM pair;
INSERT INTO pair SELECT d FROM day;
SELECT count(*), count(DISTINCT d), count(*) FILTER (WHERE d = '{40:{3,17:2}}'::day_tally) FROM pair;
SELECT count(*) FROM pair a, pair b
WHERE (a.d = b.d) <> (a.d::text = b.d::text) OR (a.d <> b.d) = (a.d = b.d)
	OR (a.d < b.d) <> (day_tally_cmp(a.d, b.d) < 0) OR (a.d <= b.d) <> (day_tally_cmp(a.d, b.d) <= 0)
	OR (a.d > b.d) <> (day_tally_cmp(a.d, b.d) > 0) OR (a.d >= b.d) <> (day_tally_cmp(a.d, b.d) >= 0)
	OR day_tally_cmp(a.d, b.d) <> -day_tally_cmp(b.d, a.d)
	OR a.d = b.d AND (day_tally_hash(a.d) <> day_tally_hash(b.d) OR day_tally_hash_extended(a.d, 7) <> day_tally_hash_extended(b.d, 7));
SET enable_sort = off;
SELECT count(*) FROM (SELECT d FROM pair GROUP BY d) g;
SET enable_hashagg = off;
SET enable_sort = on;
SELECT count(*) FROM (SELECT d FROM pair GROUP BY d) g;
RESET enable_hashagg;
RESET enable_sort;
SELECT opcname, amname, opcdefault FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod WHERE opcintype = 'day_tally'::regtype ORDER BY 2;
