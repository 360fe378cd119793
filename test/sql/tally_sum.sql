-- tally: sum() in all its uses, split(), storage
SET search_path = smsengage, smsengage_internal, pg_catalog;
SELECT sum(t), count(*) FROM (SELECT '{1}'::tally WHERE false) v(t);
SELECT sum(t) FROM (VALUES (NULL::tally), (NULL)) v(t);
SELECT sum(t) FROM (VALUES (NULL::tally), ('{3}'), (NULL), ('{3,4:2}'), ('{}')) v(t);
SELECT sum(t) FROM (VALUES ('{7}'::tally)) v(t);

-- a reference: 100,000 deltas, seed printed
SELECT setseed(0.25), 'seed 0.25' AS seed;
CREATE TEMP TABLE delta AS
SELECT i, i % 3 AS g, (random() ^ 3 * 65535)::int AS a, (random() * 65535)::int AS b, 1 + (random() ^ 8 * 1000)::int AS n
FROM generate_series(1, 100000) i;
ALTER TABLE delta ADD t tally;
UPDATE delta SET t = tally(ARRAY[a, b], ARRAY[n, 1]);
CREATE INDEX ON delta (i);
VACUUM ANALYZE delta;
CREATE FUNCTION pg_temp.reference(low int, high int) RETURNS tally LANGUAGE sql AS $$
	SELECT tally(array_agg(o), array_agg(c))
	FROM delta, LATERAL (VALUES (a, n), (b, 1)) v(o, c) WHERE i BETWEEN low AND high
$$;
SELECT individuals(s), total(s), s = pg_temp.reference(1, 100000) AS same FROM (SELECT sum(t) FROM delta) v(s);
-- small sums stay small, dense ones come out the same
SELECT count(*) AS sizes, count(*) FILTER (WHERE s IS DISTINCT FROM pg_temp.reference(1, size)) AS wrong
FROM unnest('{1,2,3,20,50,100,200,500,1000,2000,5000,10000,30000}'::int[]) size,
	LATERAL (SELECT sum(t) FROM delta WHERE i <= size) v(s);
-- one person, many deltas
SELECT sum('{9}'::tally) FROM generate_series(1, 100000);
-- large first value, then small ones, and the other way round
SELECT count(DISTINCT s) AS one FROM (
	SELECT sum(t ORDER BY individuals(t)) FROM (VALUES (pg_temp.reference(1, 100000)), ('{1}'), ('{65535:5}')) v(t)
	UNION ALL
	SELECT sum(t ORDER BY individuals(t) DESC) FROM (VALUES (pg_temp.reference(1, 100000)), ('{1}'), ('{65535:5}')) v(t)) v(s);

-- groups by hashing and by sorting
SET enable_hashagg = off;
SELECT g, individuals(sum(t)), total(sum(t)) FROM delta GROUP BY g ORDER BY g;
RESET enable_hashagg;
SET enable_sort = off;
SELECT g, individuals(sum(t)), total(sum(t)) FROM delta GROUP BY g ORDER BY 2 DESC;
RESET enable_sort;
SELECT g, total(sum(t)) FROM delta GROUP BY ROLLUP (g) ORDER BY g;
-- 100,000 groups do not outgrow work_mem
SET work_mem = '1MB';
SET hash_mem_multiplier = 1;
CREATE FUNCTION pg_temp.hash_memory(query text) RETURNS TABLE (spilled boolean, memory_within_8mb boolean) LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) ' || query INTO plan;
	plan := plan->0->'Plan';
	RETURN QUERY SELECT (plan->>'HashAgg Batches')::int > 1, (plan->>'Peak Memory Usage')::int < 8192;
END;
$$;
SET enable_sort = off;
SET max_parallel_workers_per_gather = 0;
SELECT * FROM pg_temp.hash_memory('SELECT (i * 7) % 100000, sum(t) FROM delta, generate_series(1, 3) GROUP BY 1');
SELECT count(*), sum(total(s)) = (SELECT 3 * sum(total(t)) FROM delta) AS complete
FROM (SELECT sum(t) FROM delta, generate_series(1, 3) GROUP BY (i * 7) % 100000) v(s);
RESET enable_sort;
RESET work_mem;
RESET hash_mem_multiplier;

-- parallel workers
CREATE FUNCTION pg_temp.uses_partial(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan::text LIKE '%"Partial Mode": "Partial"%';
END;
$$;
CREATE TABLE shared_delta AS TABLE delta;
ANALYZE shared_delta;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT pg_temp.uses_partial('SELECT sum(t) FROM shared_delta') AS plain, pg_temp.uses_partial('SELECT sum(t) FROM shared_delta GROUP BY g') AS grouped;
SELECT sum(t) = pg_temp.reference(1, 100000) AS same FROM shared_delta;
SELECT g, individuals(sum(t)), total(sum(t)) FROM shared_delta GROUP BY g ORDER BY g;
DROP TABLE shared_delta;
RESET max_parallel_workers_per_gather;

-- as a window: running and moving; the results kept do not change later
CREATE TEMP TABLE framed AS
SELECT i, sum(t) OVER (ORDER BY i) AS running, sum(t) OVER (ORDER BY i ROWS BETWEEN 49 PRECEDING AND CURRENT ROW) AS moving
FROM delta WHERE i <= 400;
SELECT count(*), count(*) FILTER (WHERE running IS DISTINCT FROM pg_temp.reference(1, i)) AS wrong_running,
	count(*) FILTER (WHERE moving IS DISTINCT FROM pg_temp.reference(i - 49, i)) AS wrong_moving
FROM framed;
SELECT count(DISTINCT s) AS one, max(total(s)) FROM (SELECT sum(t) OVER () FROM delta WHERE i <= 100) v(s);

-- sums of sums, and a sum used twice
SELECT sum(s) = pg_temp.reference(1, 100000) AS same FROM (SELECT sum(t) AS s FROM delta GROUP BY g) v;
SELECT s + s = (SELECT tally(array_agg(offset_no), array_agg(2 * events::int)) FROM entries(s)) AS twice
FROM (SELECT sum(t) FROM delta) v(s);
DO $$
DECLARE
	a smsengage.tally := '{}';
	b smsengage.tally;
BEGIN
	FOR n IN 1..3 LOOP
		b := a;
		a := a + b + '{5}';
	END LOOP;
	RAISE NOTICE '% %', a, b;
END;
$$;

-- overflow, whichever way it is met
\set VERBOSITY sqlstate
SELECT sum(t) FROM (VALUES ('{1:2147483647}'::tally), ('{1}')) v(t);
SELECT sum(t) FROM (SELECT tally(ARRAY(SELECT generate_series(0, 65535)), array_fill(1073741824, '{65536}'))
	FROM generate_series(1, 2)) v(t);
SELECT sum('{5:1073741824}'::tally) FROM generate_series(1, 3);
\set VERBOSITY default
SELECT individuals(sum(t)), total(sum(t)) FROM (
	SELECT tally(ARRAY(SELECT generate_series(0, 65535)), array_fill(1073741823, '{65536}')) FROM generate_series(1, 2)) v(t);

-- split: parts fit, do not overlap, and add up
CREATE TEMP TABLE large AS
SELECT 'everybody' AS name, tally(ARRAY(SELECT generate_series(0, 65535))) AS t
UNION ALL SELECT 'largest', tally(ARRAY(SELECT generate_series(0, 65535)), array_fill(2147483647, '{65536}'))
UNION ALL SELECT 'sum', sum(t) FROM delta
UNION ALL SELECT 'half', sum(t) FROM delta WHERE i <= 3500
UNION ALL SELECT 'one', '{5:3}'
UNION ALL SELECT 'none', '{}';
SELECT name, pg_column_size(l.t + '{}') AS bytes, count(*) AS parts, max(pg_column_size(p)) <= 7800 AS fit,
	min(pg_column_size(p)) FILTER (WHERE no < n) > 7000 AS well_filled,
	sum(p) = l.t AS same, sum(individuals(p)) = individuals(l.t) AS disjoint
FROM large l, LATERAL (SELECT p, row_number() OVER () AS no, count(*) OVER () AS n FROM split(l.t) p) s
GROUP BY name, l.t ORDER BY bytes DESC;
-- stored parts are never moved out of the row
CREATE TABLE stored (series_no int, level smallint, cell_start timestamptz, chunk int, tally tally);
INSERT INTO stored SELECT 1, 1, 'epoch', 1, p FROM large l, split(l.t) p;
SELECT attstorage, pg_relation_size(reltoastrelid) AS toast_bytes, count(*) > 40 AS rows, sum(tally) FILTER (WHERE false) AS none
FROM stored, pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND attname = 'tally'
WHERE c.oid = 'stored'::regclass GROUP BY attstorage, reltoastrelid;
SELECT sum(tally) = (SELECT sum(l.t) FROM large l WHERE name <> 'largest') AS same FROM stored
WHERE individuals(at_least(tally, 1000000)) = 0;
DROP TABLE stored;
