-- The lines of the reference in README.md, one for each function of the face
-- and one for each table and view, from their comments.  060_readme.pl holds
-- that each stands in README.md as it is here; to print them:
--   psql -X -At -f test/reference.sql
--
-- Not of the face: what a type, an operator or an index needs, functions of
-- smsengage_internal, and those that another function alone calls.
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
	SELECT s.proname, s.no,
		   -- a sentence, unless it begins with a name
		   regexp_replace(CASE WHEN s.description ~ '^\w+\(' THEN s.description ELSE upper(left(s.description, 1)) || substr(s.description, 2) END,
						  '([^.])$', '\1.') AS said,
		   CASE s.no WHEN 1 THEN format('`%s%s(%s)`%s', s.kind, s.proname, s.arguments,
										CASE WHEN s.columns IS NOT NULL THEN format(' → %s`%s`', CASE WHEN s.proretset THEN 'rows of ' ELSE '' END, s.columns)
											 WHEN s.result <> 'void' THEN format(' → `%s`', s.result) ELSE '' END)
			ELSE format('`%s`', s.oid::regprocedure) END AS text
	FROM signature s
)
SELECT format('- %s.<br>%s', replace(replace(replace(string_agg(text, '; also ' ORDER BY no), 'smsengage.', ''), 'timestamp with time zone', 'timestamptz'), 'time without time zone', 'time'),
			  replace(min(said) FILTER (WHERE no = 1), '*', '\*'))
FROM line
GROUP BY proname
ORDER BY proname COLLATE "C";

SELECT format('| `%s` | %s |', c.relname, replace(replace(d.description, '|', '\|'), '*', '\*'))
FROM pg_class c
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
	AND c.relname NOT LIKE '%\_masked'
ORDER BY c.relkind = 'v', c.relname COLLATE "C";
