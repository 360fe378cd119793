-- doc/reference.md, made from the catalogue: types and functions that users
-- call, by subject, then tables and views, each with its comment.
-- From the top of the tree, in a database with the extension and a store:
--   psql -X -q -At -f test/reference.sql      (make reference does all of it)
-- 060_manual.pl holds that doc/reference.md is what this prints.
--
-- Not for users: what a type, an operator or an index needs, functions of
-- smsengage_internal, and those that another function alone calls.

-- Which room of sql/ makes which function and type.
\set made `grep -roE '^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE|AGGREGATE|TYPE) smsengage[.][a-z_0-9]+' sql/*/ | LC_ALL=C sort`

-- A name that two rooms have (status_group of a code, of a state) stands in
-- the first of these sections.
CREATE TEMP TABLE section (no integer, title text, rooms text[], guide text);
INSERT INTO section VALUES
	(1, 'Ingestion', '{ingest}', '[Receiving](receiving.md)'),
	(2, 'Providers and webhooks', '{provider,webhook}', '[Receiving](receiving.md#providers)'),
	(3, 'Delivery states', '{delivery}', '[Reading](reading.md)'),
	(4, 'Segments and rules', '{segment,rule}', '[Segments](segments.md)'),
	(5, 'Tallies', '{tally}', '[Segments](segments.md#tallies)'),
	(6, 'Block list, consent, gate', '{gate}', '[The gate](gate.md)'),
	(7, 'Reports and metrics', '{report}', '[Reports](reports.md)'),
	(8, 'Texts and numbers', '{text}', '[Text and codes](text.md)'),
	(9, 'Codes', '{taxonomy}', '[Text and codes](text.md#codes)'),
	(10, 'Store and housekeeping', '{store,doctor,erasure}', '[Operations](operations.md)'),
	(11, 'Rights', '{access}', '[Access](access.md)'),
	(12, 'Cluster', '{cluster}', '[Scaling](scaling.md#citus)'),
	(99, 'Others', '{}', '[README](../README.md)');

CREATE TEMP TABLE home AS
SELECT m[2] AS name, min(coalesce(s.no, 99)) AS no
FROM regexp_matches(:'made', 'sql/([a-z_]+)/[^:]*:CREATE (?:OR REPLACE )?[A-Z]+ smsengage[.]([a-z_0-9]+)', 'g') m
LEFT JOIN section s ON m[1] = ANY (s.rooms)
GROUP BY m[2];

CREATE TEMP TABLE said (
	kind text,
	name text COLLATE "C",
	head text,
	entry text
);

-- functions
WITH part AS (
	SELECT oprcode::oid AS oid FROM pg_operator
	UNION SELECT amproc::oid FROM pg_amproc
	UNION SELECT unnest(ARRAY[typinput::oid, typoutput::oid, typreceive::oid, typsend::oid]) FROM pg_type
), face AS (
	SELECT p.oid, p.proname, p.proretset, p.proallargtypes, p.proargmodes, p.proargnames, d.description,
		   CASE p.prokind WHEN 'p' THEN 'CALL ' WHEN 'a' THEN 'aggregate ' ELSE '' END AS kind,
		   regexp_replace(pg_get_function_result(p.oid), '^SETOF ', 'rows of ') AS result,
		   row_number() OVER (PARTITION BY p.proname ORDER BY length(d.description) DESC, p.oid::regprocedure::text COLLATE "C") AS no
	FROM pg_proc p
	LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
	WHERE p.pronamespace = 'smsengage'::regnamespace
		AND p.oid NOT IN (SELECT oid FROM part)
		AND coalesce(d.description, '') !~ '\mUsed by '
), signature AS (
	SELECT f.*, a.arguments, c.columns
	FROM face f
	CROSS JOIN LATERAL (
		SELECT string_agg(regexp_replace(regexp_replace(regexp_replace(a, ' DEFAULT ', ' = '), '::[a-z \[\]]+$', ''), '^IN ', ''), ', ' ORDER BY n) AS arguments
		FROM regexp_split_to_table(pg_get_function_arguments(f.oid), ', ') WITH ORDINALITY AS s(a, n)
		WHERE a !~ '^(OUT|INOUT) '
	) a
	CROSS JOIN LATERAL (
		SELECT string_agg(CASE WHEN cardinality(f.proargnames) > 20 THEN f.proargnames[n]
							   ELSE f.proargnames[n] || ' ' || format_type(f.proallargtypes[n], NULL) END, ', ' ORDER BY n) AS columns
		FROM generate_subscripts(f.proargmodes, 1) n
		WHERE f.proargmodes[n] IN ('o', 'b', 't')
	) c
), line AS (
	SELECT s.proname, s.no, s.description,
		   CASE s.no WHEN 1 THEN format('`%s%s(%s)`%s', s.kind, s.proname, s.arguments,
										CASE WHEN s.columns IS NOT NULL THEN format(' → %s`%s`', CASE WHEN s.proretset THEN 'rows of ' ELSE '' END, s.columns)
											 WHEN s.result <> 'void' THEN format(' → `%s`', s.result) ELSE '' END)
			ELSE format('`%s`', s.oid::regprocedure) END AS text
	FROM signature s
)
INSERT INTO said
SELECT 'function', proname,
	   replace(replace(replace(string_agg(text, '; also ' ORDER BY no), 'smsengage.', ''), 'timestamp with time zone', 'timestamptz'), 'time without time zone', 'time'),
	   min(description) FILTER (WHERE no = 1)
FROM line
GROUP BY proname;

-- types of their arguments and results
INSERT INTO said
SELECT DISTINCT 'type', t.typname, NULL, d.description
FROM pg_proc p
JOIN said s ON s.kind = 'function' AND s.name = p.proname
JOIN pg_type t ON t.oid = ANY (p.prorettype || p.proargtypes::oid[]) AND t.typnamespace = 'smsengage'::regnamespace AND t.typtype IN ('b', 'c')
JOIN pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_type'::regclass
WHERE p.pronamespace = 'smsengage'::regnamespace;

-- operators that are more than comparisons
INSERT INTO said
SELECT 'operator', o.oprname || ' ' || t.typname, format('`%s %s %s` → `%s`', l.typname, o.oprname, t.typname, r.typname),
	   coalesce(od.description, fd.description)
FROM pg_operator o
JOIN pg_type l ON l.oid = o.oprleft
JOIN pg_type t ON t.oid = o.oprright
JOIN pg_type r ON r.oid = o.oprresult
LEFT JOIN pg_description od ON od.objoid = o.oid AND od.classoid = 'pg_operator'::regclass
LEFT JOIN pg_description fd ON fd.objoid = o.oprcode AND fd.classoid = 'pg_proc'::regclass
WHERE o.oprnamespace = 'smsengage'::regnamespace AND r.typname <> 'bool';

INSERT INTO said
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, c.relname, NULL, d.description
FROM pg_class c
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
	AND c.relname NOT LIKE '%\_masked';

-- Markdown, and a sentence unless it begins with a name
UPDATE said SET entry = regexp_replace(CASE WHEN entry ~ '^\w+\(' OR kind IN ('table', 'view') THEN entry ELSE upper(left(entry, 1)) || substr(entry, 2) END, '([^.])$', '\1.');
UPDATE said SET entry = replace(entry, '*', '\*');
UPDATE said SET entry = regexp_replace(entry, E'\n\n((?:[^\n]+\n)+[^\n]+)\n\n', E'\n\n```text\n\\1\n```\n\n');

\echo '# Reference'
\echo
\echo 'Made from the comments of the catalogue by `make reference`. All names are in schema `smsengage`. Times are `timestamptz`, dates are days in the zone given, zones are names of the tz database. An argument with `=` may be left out; name arguments with `=>`. Five-character codes are SQLSTATEs. `at` is the moment asked for; `account` NULL means every account that you may see.'
\echo
SELECT string_agg(format('[%s](#%s)', title, replace(translate(lower(title), ',', ''), ' ', '-')), ' · ' ORDER BY no)
	   || ' · [Operators](#operators) · [Types](#types) · [Tables](#tables) · [Views](#views)'
FROM section s
WHERE EXISTS (SELECT FROM said f LEFT JOIN home h USING (name) WHERE f.kind = 'function' AND coalesce(h.no, 99) = s.no);

SELECT text
FROM (
	SELECT s.no, '' AS name, format(E'\n## %s\n\nGuide: %s.', s.title, s.guide) AS text
	FROM section s
	WHERE EXISTS (SELECT FROM said f LEFT JOIN home h USING (name) WHERE f.kind = 'function' AND coalesce(h.no, 99) = s.no)
	UNION ALL
	SELECT coalesce(h.no, 99), f.name, format(E'\n### %s\n\n%s\n\n%s', f.name, f.head, f.entry)
	FROM said f
	LEFT JOIN home h USING (name)
	WHERE f.kind = 'function'
) p
ORDER BY no, name;

\echo
\echo '## Operators'
SELECT format(E'\n%s<br>\n%s', head, entry) FROM said WHERE kind = 'operator' ORDER BY name;
\echo
\echo '## Types'
SELECT format(E'\n### Type %s\n\n%s', name, entry) FROM said WHERE kind = 'type' ORDER BY name;
\echo
\echo '## Tables'
\echo
\echo '`\\d+ smsengage.message` shows the columns of a table or view with their comments.'
\echo
\echo '| Name | What |'
\echo '|---|---|'
SELECT format('| `%s` | %s |', name, replace(entry, '|', '\|')) FROM said WHERE kind = 'table' ORDER BY name;
\echo
\echo '## Views'
\echo
\echo 'Each view with an account and numbers or texts has a masked twin, `..._masked`.'
\echo
\echo '| Name | What |'
\echo '|---|---|'
SELECT format('| `%s` | %s |', name, replace(entry, '|', '\|')) FROM said WHERE kind = 'view' ORDER BY name;
