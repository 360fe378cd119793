-- tally: laws against plain SQL over (offset, count) rows, random content
SET search_path = smsengage, smsengage_internal, pg_catalog;
SELECT setseed(0.4711), 'seed 0.4711' AS seed;
CREATE TEMP TABLE item (o int, n int, part int);
CREATE FUNCTION pg_temp.same(t tally, query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	difference bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM (SELECT o, sum(n)::int8 AS n FROM (%s) q GROUP BY o) want
		FULL JOIN smsengage.entries($1) got ON o = offset_no AND n = events WHERE o IS NULL OR offset_no IS NULL', query)
		INTO difference USING t;
	RETURN difference = 0;
END;
$$;
-- fills item with `size` entries in [low, low + span), counts up to `most` with the skew of a power
CREATE FUNCTION pg_temp.fill(size int, low int, span int, most int, power float8) RETURNS void LANGUAGE sql AS $$
	TRUNCATE item;
	INSERT INTO item SELECT low + (random() * (span - 1))::int, 1 + (random() ^ power * (most - 1))::int, (random() * 6)::int
	FROM generate_series(1, size);
$$;
CREATE FUNCTION pg_temp.broken_laws(OUT broken text[], OUT people bigint) LANGUAGE plpgsql AS $$
DECLARE
	t smsengage.tally;
	a smsengage.tally;
	b smsengage.tally;
	wrong text[] := '{}';
	probe record;
BEGIN
	t := (SELECT smsengage.tally(array_agg(o), array_agg(n)) FROM (SELECT * FROM item ORDER BY random()) i);
	a := coalesce((SELECT smsengage.tally(array_agg(o), array_agg(n)) FROM item WHERE part <= 2), '{}');
	b := coalesce((SELECT smsengage.tally(array_agg(o), array_agg(n)) FROM item WHERE part > 2), '{}');
	IF NOT pg_temp.same(t, 'SELECT o, n FROM item') THEN wrong := wrong || 'entries'::text; END IF;
	IF t::text::smsengage.tally IS DISTINCT FROM t THEN wrong := wrong || 'text'::text; END IF;
	IF (SELECT count(DISTINCT o) FROM item) IS DISTINCT FROM smsengage.individuals(t) THEN wrong := wrong || 'individuals'::text; END IF;
	IF (SELECT sum(n) FROM item) IS DISTINCT FROM smsengage.total(t) THEN wrong := wrong || 'total'::text; END IF;
	IF a + b IS DISTINCT FROM t OR b + a IS DISTINCT FROM t THEN wrong := wrong || '+'::text; END IF;
	IF (a + b) + a IS DISTINCT FROM b + (a + a) THEN wrong := wrong || 'associative'::text; END IF;
	IF (SELECT smsengage.sum(p ORDER BY random()) FROM (SELECT smsengage.tally(array_agg(o), array_agg(n)) FROM item GROUP BY part) v(p)) IS DISTINCT FROM t THEN
		wrong := wrong || 'sum'::text;
	END IF;
	IF NOT pg_temp.same(a & b, 'SELECT o, 1 AS n FROM item WHERE part <= 2 INTERSECT SELECT o, 1 FROM item WHERE part > 2') THEN wrong := wrong || '&'::text; END IF;
	IF NOT pg_temp.same(a | b, 'SELECT DISTINCT o, 1 AS n FROM item') THEN wrong := wrong || '|'::text; END IF;
	IF NOT pg_temp.same(a - b, 'SELECT o, 1 AS n FROM item WHERE part <= 2 EXCEPT SELECT o, 1 FROM item WHERE part > 2') THEN wrong := wrong || '-'::text; END IF;
	-- thresholds: small ones, powers of two and their neighbours, the largest count, one more
	FOR probe IN SELECT DISTINCT n FROM (SELECT unnest('{1,2,3,4,5,7,8,9,127,128,129}'::int[])
			UNION ALL SELECT max(total)::int FROM (SELECT sum(n) AS total FROM item GROUP BY o) x
			UNION ALL SELECT max(total)::int + 1 FROM (SELECT sum(n) AS total FROM item GROUP BY o) x) v(n)
	LOOP
		IF NOT pg_temp.same(smsengage.at_least(t, probe.n), format('SELECT o, 1 AS n FROM item GROUP BY o HAVING sum(n) >= %s', probe.n)) THEN
			wrong := wrong || format('at_least %s', probe.n)::text;
		END IF;
	END LOOP;
	-- single counts, of some who have one and of any
	IF EXISTS (SELECT FROM (SELECT o FROM (SELECT o FROM item LIMIT 20) x UNION SELECT (random() * 65535)::int FROM generate_series(1, 20) UNION VALUES (0), (65535)) v(o)
			WHERE smsengage.count_of(t, o) IS DISTINCT FROM (SELECT coalesce(sum(n), 0) FROM item i WHERE i.o = v.o)) THEN
		wrong := wrong || 'count_of'::text;
	END IF;
	IF (SELECT smsengage.sum(p) IS DISTINCT FROM t OR max(pg_column_size(p)) > 7800 OR sum(smsengage.individuals(p)) IS DISTINCT FROM smsengage.individuals(t)
			FROM smsengage.split(t) p) THEN
		wrong := wrong || 'split'::text;
	END IF;
	broken := wrong;
	people := smsengage.individuals(t);
END;
$$;
CREATE TEMP TABLE shape (no int, size int, low int, span int, most int, power float8);
INSERT INTO shape VALUES
	(1, 1, 0, 1, 1, 1), (2, 1, 65535, 1, 2147483646, 0), (3, 2, 0, 65536, 3, 1), (4, 10, 100, 64, 1, 1), (5, 45, 0, 65536, 5, 6),
	(6, 180, 0, 65536, 1000000, 20), (7, 255, 0, 65536, 1, 1), (8, 256, 0, 65536, 1, 1), (9, 400, 3000, 600, 4, 1), (10, 1000, 0, 65536, 50, 8),
	(11, 4400, 0, 65536, 20, 10), (12, 8500, 0, 65536, 1, 1), (13, 10000, 0, 65536, 9, 8), (14, 30000, 0, 65536, 100, 12), (15, 3000, 50000, 15536, 1, 1);
CREATE FUNCTION pg_temp.all_shapes(OUT no int, OUT size int, OUT span int, OUT most int, OUT filled boolean, OUT broken text[])
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	s record;
BEGIN
	FOR s IN SELECT * FROM shape ORDER BY shape.no LOOP
		PERFORM pg_temp.fill(s.size, s.low, s.span, s.most, s.power);
		RETURN QUERY SELECT s.no, s.size, s.span, s.most, l.people BETWEEN s.size / 3 AND s.size, l.broken FROM pg_temp.broken_laws() l;
	END LOOP;
END;
$$;
SELECT * FROM pg_temp.all_shapes();
-- everybody
TRUNCATE item;
INSERT INTO item SELECT i, 1 + (random() ^ 9 * 300)::int, i % 7 FROM generate_series(0, 65535) i;
SELECT people, broken FROM pg_temp.broken_laws();
-- around the switch of forms, where the list has the length of the bitmap: 802 bytes in 100 words
DO $$
DECLARE
	result record;
BEGIN
	FOR size IN 797..807 LOOP
		TRUNCATE item;
		INSERT INTO item SELECT v, 1 + (random() * 0.6)::int, v % 7
		FROM (SELECT v FROM (SELECT generate_series(64, 6462) v) x ORDER BY random() LIMIT size - 1) y UNION ALL SELECT 6463, 1, 0;
		SELECT * INTO result FROM pg_temp.broken_laws();
		IF result.broken <> '{}' OR result.people <> size THEN
			RAISE WARNING 'size %: % %', size, result.people, result.broken;
		END IF;
	END LOOP;
	RAISE NOTICE 'switch of forms done';
END;
$$;
