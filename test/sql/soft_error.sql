-- From PostgreSQL 16 on: bad text is an error as a value, with the code and
-- the words that are raised otherwise; for good text there is none.
-- (Below 16 the Makefile leaves this test out.)
SET search_path = smsengage, smsengage_internal, pg_catalog;
CREATE FUNCTION pg_temp.raised(input text, type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE format('SELECT %L::%s', input, type);
	RETURN NULL;
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' / ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END;
$$;

CREATE TEMP TABLE input (no int GENERATED ALWAYS AS IDENTITY, type text, input text);
INSERT INTO input (type, input) VALUES
	('tally', '{}'), ('tally', '{3,17:2}'), ('tally', '{3,'), ('tally', '{4,3}'), ('tally', '{65536}'),
	('tally', '{3:2147483648}'), ('tally', ''),
	('segment_rule', 'click >= 3 in last 1 month'), ('segment_rule', 'click >= '), ('segment_rule', ''),
	('segment_rule', 'click >= 1 in last month'), ('segment_rule', repeat('(', 100) || 'known' || repeat(')', 100)),
	('segment_rule', repeat('x', 70000)),
	('delivery_state', 'nonsense'), ('delivery_state', '{'), ('delivery_state', '');

SELECT no, type, left(input, 30) AS input, pg_input_is_valid(input, type) AS valid, i.sql_error_code AS code, i.message,
	   i.detail, i.hint
FROM input, pg_input_error_info(input, type) i
ORDER BY no;

-- the same as what is raised
SELECT no, type, pg_temp.raised(input, type) AS raised,
	   nullif(concat_ws(' / ', i.sql_error_code, i.message, i.detail, i.hint), '') AS soft
FROM input, pg_input_error_info(input, type) i
WHERE pg_temp.raised(input, type) IS DISTINCT FROM nullif(concat_ws(' / ', i.sql_error_code, i.message, i.detail, i.hint), '')
ORDER BY no;

-- memory of a soft error goes with it
SELECT count(*) AS bad
FROM generate_series(1, 20000) n
WHERE NOT pg_input_is_valid('{' || n || ',' || n || '}', 'tally') AND NOT pg_input_is_valid('click > ' || n || ' in', 'segment_rule')
	AND NOT pg_input_is_valid('SMS gone' || n, 'delivery_state');
