-- Filters of rules: every operator on every column that a rule can name, with
-- values that are there, between those, and none; for sets and for one person
-- as plain SQL over event has it.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set VERBOSITY terse
SELECT smsengage.create_store();
-- a column of the owner's own is none that a rule can name
ALTER TABLE smsengage.event ADD COLUMN landing_score numeric;
-- people of whom each has another of the values of every column, or none
SELECT sum(i.accepted) AS accepted
FROM generate_series(1, 24) n, smsengage.ingest('native', jsonb_strip_nulls(jsonb_build_object(
	'event_type', CASE n % 3 WHEN 0 THEN 'UNDELIVERED' ELSE 'CLICK' END, 'event_id', 'e' || n, 'event_time', timestamptz '2026-01-01Z' + n * interval '1 hour',
	'individual_id', 'p' || n % 12, 'account', (ARRAY['a', 'b', 'A'])[1 + n % 3],
	'part', (ARRAY[0, 1, 2, NULL])[1 + n % 4], 'parts', (ARRAY[1, 3, NULL])[1 + n % 3], 'price', (ARRAY[0.05, 0.5, 5, NULL, -1])[1 + n % 5], 'price_currency', (ARRAY['EUR', 'USD', NULL])[1 + n % 3],
	'error_permanent', (ARRAY[true, false, NULL])[1 + n % 3], 'channel', (ARRAY['SMS', 'MMS', NULL])[1 + n % 3]) ||
	(SELECT jsonb_object_agg(c, CASE WHEN (n + length(c)) % 4 > 0 THEN (ARRAY['Sale', 'sale', 'o''brien', 'ü_\%', ''])[1 + (n + length(c)) % 5] END)
	FROM unnest('{bulk_message,callback_data,device_name,device_type,error_text,link_name,link_url,message_text,os,template,user_agent,status_name}'::text[]) c))::text) i;
UPDATE smsengage.event SET landing_score = (ARRAY[1, 2.5, NULL])[1 + event_key % 3] WHERE event_key IS NOT NULL;

-- columns, as the hint of a rule lists them
CREATE TEMP TABLE columns AS
SELECT a.attname::text AS name, CASE WHEN t.typcategory = 'N' THEN 'number' WHEN t.typcategory = 'B' THEN 'boolean' ELSE 'text' END AS kind
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = 'smsengage.event'::regclass AND a.attnum > 0 AND NOT a.attisdropped;
-- as a rule quotes: without E''
CREATE FUNCTION pg_temp.quoted(t text) RETURNS text LANGUAGE sql AS $$ SELECT '''' || replace(t, '''', '''''') || '''' $$;
CREATE FUNCTION pg_temp.can_name(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM format('event[%s is null]', name)::smsengage.segment_rule;
	RETURN true;
EXCEPTION WHEN OTHERS THEN
	RETURN false;
END $$;
DELETE FROM columns WHERE NOT pg_temp.can_name(name);
SELECT kind, count(*), string_agg(name, ' ' ORDER BY name COLLATE "C") AS columns FROM columns GROUP BY kind ORDER BY kind;

-- values of each: some of those there, and what is none of them
CREATE TEMP TABLE value (name text, kind text, given text);
DO $$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT * FROM columns LOOP
		EXECUTE format('INSERT INTO value SELECT %1$L, %2$L, v FROM (SELECT DISTINCT e.%1$I::text AS v FROM smsengage.event e WHERE e.%1$I IS NOT NULL ORDER BY 1 LIMIT 4) d', c.name, c.kind);
	END LOOP;
END $$;
INSERT INTO value SELECT name, kind, v FROM columns, unnest('{1.5,-1000,1000}'::text[]) v WHERE kind = 'number'
UNION ALL SELECT name, kind, v FROM columns, unnest('{true,false}'::text[]) v WHERE kind = 'boolean'
UNION ALL SELECT name, kind, v FROM columns, unnest(ARRAY['Sale', 'no such', '%a%', '_ale', 'ü\_\%\\']) v WHERE kind = 'text';

-- filter: as a rule says it, and as SQL
CREATE TEMP TABLE filter AS
SELECT DISTINCT v.name, v.kind, o.op,
	format('%s %s %s', v.name, o.op, CASE v.kind WHEN 'text' THEN pg_temp.quoted(v.given) ELSE v.given END) AS in_rule,
	format('e.%I %s %s', v.name, o.op, CASE v.kind WHEN 'number' THEN quote_literal(v.given) || '::numeric' ELSE quote_literal(v.given) END) AS in_sql
FROM value v
JOIN (VALUES ('text', '='), ('text', '<>'), ('text', 'like'), ('text', 'not like'), ('boolean', '='), ('boolean', '<>'),
	('number', '='), ('number', '<>'), ('number', '<'), ('number', '<='), ('number', '>'), ('number', '>=')) o(kind, op) ON o.kind = v.kind
UNION
SELECT c.name, c.kind, o.op, c.name || ' ' || o.op, format('e.%I %s', c.name, o.op) FROM columns c, unnest('{is null,is not null}'::text[]) o(op)
UNION
SELECT v.name, v.kind, o.op, format('%s %s (%s)', v.name, o.op, string_agg(DISTINCT CASE v.kind WHEN 'text' THEN pg_temp.quoted(v.given) ELSE v.given END, ', ')),
	format('e.%I %s (%s)', v.name, o.op, string_agg(DISTINCT quote_literal(v.given), ', '))
FROM value v, unnest('{in,not in}'::text[]) o(op) WHERE v.kind = 'text' OR v.kind = 'number' AND v.given IN ('1', '-1000', '5') GROUP BY v.name, v.kind, o.op;
SELECT kind, op, count(DISTINCT name) AS columns, count(*) AS filters FROM filter GROUP BY kind, op ORDER BY kind, op COLLATE "C";

CREATE FUNCTION pg_temp.refusal(rule text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	RETURN 'none: ' || rule::smsengage.segment_rule;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' / ', SQLSTATE, SQLERRM, detail);
END $$;
CREATE FUNCTION pg_temp.compared(filter) RETURNS TABLE (rule text, by_set bigint[], by_person bigint[], by_sql bigint[], problem text) LANGUAGE plpgsql AS $$
BEGIN
	rule := format('event[%s]', $1.in_rule);
	EXECUTE format('SELECT array_agg(DISTINCT e.individual_no ORDER BY e.individual_no) FROM smsengage.event e WHERE e.individual_no > 0 AND (e.part IS NULL OR e.part = 0) AND (%s)', $1.in_sql) INTO by_sql;
	SELECT array_agg(s.individual_no ORDER BY 1) INTO by_set FROM smsengage.segment(rule, '2026-02-01Z') s;
	SELECT array_agg(i.individual_no ORDER BY 1) INTO by_person FROM smsengage.individual i WHERE smsengage.is_member(i.individual_no, rule::smsengage.segment_rule, '2026-02-01Z');
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	problem := SQLSTATE || ' ' || SQLERRM;
	RETURN NEXT;
END $$;
CREATE TEMP TABLE result AS SELECT f.kind, f.op, c.* FROM filter f CROSS JOIN LATERAL pg_temp.compared(f) c;
SELECT kind, op, rule, problem, by_set, by_person, by_sql FROM result
WHERE problem IS NOT NULL OR by_set IS DISTINCT FROM by_sql OR by_person IS DISTINCT FROM by_sql ORDER BY rule COLLATE "C" LIMIT 20;
-- each operator finds some, and not all
SELECT kind, op, max(cardinality(by_sql)) > 0 AS some, bool_or(coalesce(cardinality(by_sql), 0) < 12) AS not_all FROM result GROUP BY kind, op ORDER BY kind, op COLLATE "C";
-- texts have no order, and what is no value of a column is refused
SELECT filter, pg_temp.refusal(format('event[%s]', filter))
FROM unnest(ARRAY['link_name < ''a''', 'link_name >= ''a''', 'error_permanent > true', 'error_permanent in (true)', 'part like ''1''', 'part = ''1''', 'part = one', 'link_name = 1', 'event_time = 1', 'landing_score = 1', 'no_such is null']) filter;
SELECT smsengage.drop_store(true);
