-- tally: text, bytes, constructor, comparison, limits
SET search_path = smsengage, smsengage_internal, pg_catalog;
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
SELECT quote_literal(text) AS text, pg_temp.outcome(format('SELECT %L::tally', text)) AS outcome
FROM (VALUES
	(1, '{}'), (2, '{0}'), (3, '{65535}'), (4, '{3,17:2,40}'), (5, '{3:1}'), (6, '{007:02}'),
	(7, E' {\t3 ,\n17 : 2 , 40 } \r\n'), (8, '{5:2147483647}'), (9, '{0:2147483647,65535:2147483647}'),
	(10, '{0:00000000000000000000000001}'),
	-- syntax
	(20, ''), (21, ' '), (22, '{'), (23, '}'), (24, '3'), (25, '{3'), (26, '{3,}'), (27, '{,3}'), (28, '{3,,4}'),
	(29, '{3}x'), (30, '{3}{4}'), (31, '{3:}'), (32, '{:3}'), (33, '{3 4}'), (34, '{+3}'), (35, '{3.0}'), (36, '{3:2:1}'),
	(37, '{0x10}'), (38, '[3]'), (39, '{٣}'), (40, E'{3\u00a0}'), (41, '{3;4}'), (42, '{NULL}'), (43, '{3: 2 5}'),
	-- order
	(50, '{4,3}'), (51, '{3,3}'), (52, '{0,0}'), (53, '{1,65535,65535}'),
	-- ranges
	(60, '{65536}'), (61, '{-1}'), (62, '{99999999999999999999999999}'), (63, '{3:0}'), (64, '{3:-1}'),
	(65, '{3:2147483648}'), (66, '{3:18446744073709551617}'), (67, '{1,2:3,65536:1}')
) v(no, text) ORDER BY no;

-- nothing of a refused text is quoted
SELECT pg_temp.outcome($$SELECT '{+12025550101}'::tally$$);

-- constructor
SELECT statement, pg_temp.outcome('SELECT ' || statement) AS outcome
FROM (VALUES
	(1, $$tally(ARRAY[40, 3, 17, 17])$$),
	(2, $$tally(ARRAY[40, 3, 17, 17], ARRAY[1, 2, 3, 4])$$),
	(3, $$tally('{}'::int[])$$),
	(4, $$tally('{}'::int[], '{}')$$),
	(5, $$tally(NULL)$$),
	(6, $$tally(NULL::int[], '{1}')$$),
	(7, $$tally(ARRAY[0, 65535], NULL)$$),
	(8, $$tally('{5}')$$),
	(9, $$tally(offsets => '{5}', counts => '{2147483647}')$$),
	(10, $$tally(offsets => '[7:8]={1,2}'::int[], counts => '[0:1]={3,4}')$$),
	(20, $$tally(ARRAY[65536])$$),
	(21, $$tally(ARRAY[-1])$$),
	(22, $$tally(ARRAY[1, NULL])$$),
	(23, $$tally(ARRAY[1], ARRAY[NULL]::int[])$$),
	(24, $$tally(ARRAY[1], ARRAY[1, 2])$$),
	(25, $$tally(ARRAY[1, 2], '{}')$$),
	(26, $$tally(ARRAY[[1], [2]])$$),
	(27, $$tally(ARRAY[1], ARRAY[0])$$),
	(28, $$tally(ARRAY[1], ARRAY[-2147483648])$$),
	(29, $$tally(ARRAY[1, 1], ARRAY[2147483647, 1])$$),
	(30, $$tally(ARRAY[1, 1, 1], ARRAY[1073741824, 1073741823, 1])$$),
	(31, $$tally(ARRAY[1, 1], ARRAY[1073741824, 1073741823])$$)
) v(no, statement) ORDER BY no;

-- reading
SELECT statement, pg_temp.outcome('SELECT ' || statement) AS outcome
FROM (VALUES
	(1, $$individuals('{}')$$),
	(2, $$individuals('{3,17:2,40}')$$),
	(3, $$individuals('{3:2147483647}')$$),
	(4, $$total('{}')$$),
	(5, $$total('{3,17:2,40}')$$),
	(6, $$total('{0:2147483647,1:2147483647,65535:2147483647}')$$),
	(7, $$count_of('{3,17:6,40}', 17)$$),
	(8, $$count_of('{3,17:6,40}', 16)$$),
	(9, $$count_of('{3,17:6,40}', 65535)$$),
	(10, $$count_of('{}', 0)$$),
	(11, $$count_of('{}', 65536)$$),
	(12, $$count_of('{}', -1)$$),
	(20, $$at_least('{3,17:2,40:3}', 1)$$),
	(21, $$at_least('{3,17:2,40:3}', 2)$$),
	(22, $$at_least('{3,17:2,40:3}', 3)$$),
	(23, $$at_least('{3,17:2,40:3}', 4)$$),
	(24, $$at_least('{3,17:2,40:2147483647}', 2147483647)$$),
	(25, $$at_least('{}', 1)$$),
	(26, $$at_least('{3}', 0)$$),
	(27, $$at_least('{3}', -1)$$),
	(30, $$'{3:5,17}'::tally & '{17:2,18}'$$),
	(31, $$'{3:5,17}'::tally | '{17:2,18}'$$),
	(32, $$'{3:5,17}'::tally - '{17:2,18}'$$),
	(33, $$'{3:5,17}'::tally - '{3,17}'$$),
	(34, $$'{3:5}'::tally | '{}'$$),
	(40, $$'{3,17:2,40}'::tally + '{0,3:2,65535:7}'$$),
	(41, $$'{}'::tally + '{}'$$),
	(42, $$'{7:2147483646}'::tally + '{7}'$$),
	(43, $$'{7:2147483647}'::tally + '{7}'$$),
	(44, $$'{7:2147483647}'::tally + '{7:2147483647}'$$)
) v(no, statement) ORDER BY no;
SELECT * FROM entries('{3,17:2,65535:2147483647}');
SELECT * FROM entries('{}');

-- chunks
SELECT n, pg_temp.outcome(format('SELECT (chunk_of(%1$s), chunk_offset(%1$s))', quote_literal(n) || '::int8')) AS chunk_and_offset
FROM unnest('{0,1,65535,65536,5000000,140737488355327,140737488355328,-1,9223372036854775807,-9223372036854775808}'::int8[]) n;
SELECT n, pg_temp.outcome(format('SELECT chunk_start(%s)', quote_literal(n) || '::int4')) AS start
FROM unnest('{0,1,2147483647,-1,-2147483648}'::int4[]) n;
SELECT count(*) AS wrong FROM unnest('{0,77,65535,65536,99999,140737488355327}'::int8[]) n
WHERE chunk_start(chunk_of(n)) + chunk_offset(n) <> n;

-- bytes: a list, a bitmap, and the switch between them at equal length
SELECT tally_send('{}'), tally_send('{3,17:2,40}'), tally_send('{191,384,16704,33025,65535}');
SELECT tally_send(tally(ARRAY(SELECT generate_series(64, 127))));
SELECT n, pg_column_size(t) AS bytes, CASE get_byte(tally_send(t), 2) WHEN 0 THEN 'list' WHEN 32 THEN 'bitmap' END AS form
FROM unnest(ARRAY[801, 802, 803]) n,
	tally(ARRAY(SELECT 0 UNION SELECT 6399 UNION SELECT 7 * i FROM generate_series(1, n - 2) i)) t;
SELECT pg_column_size(tally(ARRAY(SELECT generate_series(0, 65535)))) AS everybody,
	pg_column_size(tally(ARRAY(SELECT generate_series(0, 65535)), array_fill(2147483647, '{65536}'))) AS largest;

-- the wire carries the bytes; what is not canonical is refused
CREATE TEMP TABLE got (no int, t tally);
CREATE TEMP TABLE raw (no int, b bytea);
INSERT INTO raw VALUES (1, '\x0100'), (2, '\x0101000000010003'), (3, tally_send('{3,17:2147483647,40}')),
	(4, tally_send(tally(ARRAY(SELECT generate_series(0, 65535, 2)))));
\copy (SELECT no, b FROM raw ORDER BY no) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
SELECT no, left(t::text, 30) AS t, tally_send(t) = b AS same FROM got JOIN raw USING (no) ORDER BY no;
\set VERBOSITY terse
-- none, cut, unknown version, trailing byte, missing plane
\copy (SELECT 1, ''::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x01'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x0200'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x010000'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x0101'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
-- number of offsets too large, plane 31, reserved bit, planes falling
\copy (SELECT 1, '\x0101000100010003'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x01011f0000010003'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x0101400000010003'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x0102010000010003000000010003'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
-- a code longer than needed, a code cut off, an offset beyond the chunk
\copy (SELECT 1, '\x01010000000300ff0500'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x01010000000100c0'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x01010001000400ffffff00'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
-- a bitmap longer than the list, with an empty word, beyond the chunk
\copy (SELECT 1, '\x01012000000a0000000800000000000000'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x0101203f0012000000ffffffffffffffff0000000000000000'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
\copy (SELECT 1, '\x0101203f000a000004ffffffffffffffff'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
-- the same in the last word is good
\copy (SELECT 2, '\x0101203f000a00ff03ffffffffffffffff'::bytea) TO 'results/tally_wire.data' (FORMAT binary)
\copy got FROM 'results/tally_wire.data' (FORMAT binary)
SELECT individuals(t), count_of(t, 65471), count_of(t, 65472), count_of(t, 65535) FROM got WHERE no = 2 AND individuals(t) = 64;
\set VERBOSITY default

-- equality is that of content, whatever the way it was made
SELECT a = b AS eq, a <> b AS ne, tally_cmp(a, b) AS cmp, tally_hash(a) = tally_hash(b) AS hash,
	tally_hash_extended(a, 7) = tally_hash_extended(b, 7) AS hash_extended
FROM (VALUES ('{3,4}'::tally + '{3}', '{3:2,4}'::tally), ('{}', '{}'), ('{3:2}', '{3}'), ('{3}', '{4}'), ('{}', '{0}')) v(a, b);
SELECT count(*) AS wrong
FROM (VALUES ('{}'::tally), ('{0}'), ('{1}'), ('{0:2}'), ('{0,1}'), ('{65535}')) a(a),
	(VALUES ('{}'::tally), ('{0}'), ('{1}'), ('{0:2}'), ('{0,1}'), ('{65535}')) b(b)
WHERE (a < b) <> (tally_cmp(a, b) < 0) OR (a <= b) <> (tally_cmp(a, b) <= 0) OR (a > b) <> (tally_cmp(a, b) > 0)
	OR (a >= b) <> (tally_cmp(a, b) >= 0) OR (a = b) <> (a::text = b::text) OR (a <> b) <> (a::text <> b::text)
	OR tally_cmp(a, b) <> -tally_cmp(b, a);
SELECT opcname, amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'tally'::regtype ORDER BY amname;
SELECT count(DISTINCT t), count(*) FROM (VALUES ('{1}'::tally), ('{1:2}'), ('{1}'), ('{1:2}'::tally)) v(t);

-- properties of the type
SELECT typstorage, typlen, typbyval, typsend::text, typreceive::text FROM pg_type WHERE oid = 'tally'::regtype;
SELECT proname FROM pg_proc WHERE '{tally}'::regtype[] <@ (string_to_array(proargtypes::text, ' ')::oid[]::regtype[] || prorettype::regtype)
	AND (prokind = 'f' AND NOT (proname = 'tally' OR proisstrict) OR provolatile <> 'i' OR proparallel <> 's'
		OR obj_description(oid, 'pg_proc') IS NULL);
-- NULL in, NULL out
SELECT individuals(NULL), total(NULL), at_least(NULL, 1), count_of('{}', NULL), NULL::tally + '{}', (SELECT count(*) FROM split(NULL));
