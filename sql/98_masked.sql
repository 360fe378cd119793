-- Views without phone numbers and texts, for those who may see neither.

CREATE FUNCTION smsengage.mask_number(number text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN pg_catalog.length(number) < 7 THEN number
		ELSE pg_catalog.left(number, 3) || pg_catalog.repeat('*', pg_catalog.length(number) - 5) || pg_catalog.right(number, 2) END;
END;
COMMENT ON FUNCTION smsengage.mask_number(text) IS 'A phone number with all but its first three and last two characters as stars; what is shorter than seven characters as it is. Used by the masked views.';

CREATE FUNCTION smsengage.mask_inside(value text, VARIADIC numbers text[])
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	digits text;
BEGIN
	-- Salesforce's compositeId ends with the number and an ordinal
	value := regexp_replace(value, '[.][0-9]{7,15}([.][0-9]+)$', E'.*******\\1');
	FOREACH digits IN ARRAY numbers LOOP
		digits := ltrim(digits, '+');
		IF length(digits) >= 7 THEN
			value := replace(value, digits, repeat('*', length(digits)));
		END IF;
	END LOOP;
	RETURN value;
END
$$;
COMMENT ON FUNCTION smsengage.mask_inside(text, text[]) IS 'An id with each of these phone numbers in it as stars, and that in a compositeId. Used by the masked views.';

CREATE FUNCTION smsengage.masked_columns(source regclass)
RETURNS TABLE (place smallint, name name, type regtype, masked boolean, expression text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.attnum, c.attname, CASE WHEN c.kind IN ('text', 'key') THEN 'text'::regtype ELSE c.atttypid::regtype END, c.kind IN ('number', 'text', 'id'),
		CASE c.kind WHEN 'number' THEN format('smsengage.mask_number(t.%I)', c.attname)
			WHEN 'text' THEN 'NULL::text'
			-- an id may be a number
			WHEN 'id' THEN format('CASE WHEN smsengage.calling_code(replace(t.%I, ''tel:'', '''')) IS NULL THEN t.%1$I END', c.attname)
			WHEN 'key' THEN format('t.%I::text', c.attname)
			WHEN 'amount' THEN format('smsengage.plain_amount(t.%I)::numeric(38,6)', c.attname)
			-- some providers put the number into their ids
			WHEN 'name' THEN coalesce(format('smsengage.mask_inside(t.%I, %s)', c.attname,
				string_agg(format('t.%I', c.attname), ', ') FILTER (WHERE c.kind = 'number') OVER ()), format('t.%I', c.attname))
			ELSE format('t.%I', c.attname) END
	FROM (
		SELECT a.attnum, a.attname, a.atttypid,
			CASE WHEN a.atttypid = 'uuid'::regtype THEN 'key'
				WHEN a.atttypid = 'numeric'::regtype AND a.atttypmod = -1 THEN 'amount'
				WHEN n.word ~ '(json|bytea)' OR a.atttypid IN ('json'::regtype, 'bytea'::regtype) THEN 'text'
				WHEN a.atttypid <> 'text'::regtype THEN 'plain'
				WHEN n.word ~ 'phone|mobile|recipient|^(to|from)?number$|^infoto$' THEN 'number'
				WHEN n.word ~ '^(message|messagetext|content|cleantext|text|response|evidence|sendlog|callbackdata|resolvedurl)$|payload|reason$|errortext$|errordescription$|statusmessage$' THEN 'text'
				WHEN n.word ~ 'individualid$|userid$|subscriber' THEN 'id'
				WHEN n.word ~ 'id$' THEN 'name'
				ELSE 'plain' END AS kind
		FROM pg_attribute a
		CROSS JOIN LATERAL (SELECT lower(replace(a.attname, '_', '')) AS word) n
		WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'smsengage.delivery_state'::regtype
	) c
	ORDER BY c.attnum;
END
$$;
COMMENT ON FUNCTION smsengage.masked_columns(regclass) IS 'The columns of a table or view as its masked view shows them: numbers by mask_number(), texts as NULL, ids that are phone numbers as NULL. Told by type and name. Used by masked_views().';

CREATE FUNCTION smsengage.masked_query(source regclass, OUT query text, OUT calls boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
	part record;
	names text;
	pieces text[];
BEGIN
	-- All that the view reads becomes a WITH query of the same name: tables with
	-- the rows that the reader may see, views in their order.
	FOR part IN
		WITH RECURSIVE used AS (
			SELECT source::oid AS oid, 0 AS depth
			UNION
			SELECT d.refobjid, u.depth + 1
			FROM used u
			JOIN pg_rewrite w ON w.ev_class = u.oid
			JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> u.oid
		)
		SELECT c.oid, c.relname, c.relkind, c.relkind = 'v' AS is_view, pg_get_expr(p.polqual, p.polrelid) AS seen, max(u.depth) AS depth
		FROM used u
		JOIN smsengage.store_relations() r ON r.relation = u.oid
		JOIN pg_class c ON c.oid = u.oid
		LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'reader'
		GROUP BY 1, 2, 3, 4, 5
		-- event first, then series: what other tables show hangs on them
		ORDER BY is_view, CASE c.relname WHEN 'event' THEN 0 WHEN 'series' THEN 1 ELSE 2 END, max(u.depth) DESC, c.relname
	LOOP
		names := concat_ws('|', names, part.relname);
		pieces := pieces || format('%I AS NOT MATERIALIZED (%s)', part.relname,
			CASE WHEN part.is_view THEN regexp_replace(rtrim(pg_get_viewdef(part.oid), ';'), format(E'smsengage[.](%s)\\M(?![(])', names), E'\\1', 'g')
				ELSE format('SELECT * FROM smsengage.%I WHERE %s', part.relname, regexp_replace(part.seen, E'smsengage[.](event|series)\\M(?![(])', E'\\1', 'g')) END);
	END LOOP;
	-- a policy by events asks for them
	IF NOT names ~ E'\\mevent\\M' AND EXISTS (SELECT FROM unnest(pieces) p WHERE p ~ E'FROM event\\M') THEN
		pieces := format('event AS NOT MATERIALIZED (SELECT * FROM smsengage.event WHERE %s)',
			(SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p WHERE p.polrelid = 'smsengage.event'::regclass AND p.polname = 'reader')) || pieces;
	END IF;
	query := format('WITH %s SELECT %s FROM %I t', array_to_string(pieces, ', '),
		(SELECT string_agg(format('%s AS %I', m.expression, m.name), ', ' ORDER BY m.place) FROM smsengage.masked_columns(source) m),
		(SELECT c.relname FROM pg_class c WHERE c.oid = source));
	-- a masked reader acts for its accounts in this alone
	query := replace(replace(query, 'smsengage.plans_for_accounts()', '(ARRAY(SELECT a FROM smsengage.accounts_for(''masked''::text) a))'),
		'smsengage.plans_for_everything()', '(SELECT smsengage.acts_for(''masked''::text, ''*''::text))');
	-- functions that read do so with the rights of who asks
	calls := EXISTS (
		WITH RECURSIVE used AS (
			SELECT source::oid AS oid
			UNION
			SELECT d.refobjid
			FROM used u
			JOIN pg_rewrite w ON w.ev_class = u.oid
			JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
		)
		SELECT FROM used u
		JOIN pg_rewrite w ON w.ev_class = u.oid
		JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_proc'::regclass
		JOIN pg_proc f ON f.oid = d.refobjid
		WHERE f.provolatile <> 'i' AND f.pronamespace = 'smsengage'::regnamespace);
END
$$;
COMMENT ON FUNCTION smsengage.masked_query(regclass) IS 'The query of the masked view of a table or view, and whether it calls functions that read tables. Used by masked_views().';

CREATE FUNCTION smsengage.masked_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET client_min_messages = warning
AS $$
DECLARE
	source record;
	query text;
	calls boolean;
BEGIN
	FOR source IN
		SELECT r.relation, r.name, r.name || '_masked' AS masked
		FROM smsengage.store_relations() r
		WHERE (r.kind = 'v' AND right(r.name, 7) <> '_masked' OR r.name IN ('event', 'message', 'block', 'subscription'))
			AND EXISTS (SELECT FROM smsengage.masked_columns(r.relation) m WHERE m.masked)
		ORDER BY r.name
	LOOP
		SELECT m.query, m.calls INTO query, calls FROM smsengage.masked_query(source.relation) m;
		-- other columns than before: no replacing
		IF (SELECT array_agg(format('%s %s', a.attname, a.atttypid::regtype) ORDER BY a.attnum) FROM pg_attribute a
			WHERE a.attrelid = to_regclass(format('smsengage.%I', source.masked)) AND a.attnum > 0)
			<> (SELECT array_agg(format('%s %s', m.name, m.type) ORDER BY m.place) FROM smsengage.masked_columns(source.relation) m)
		THEN
			EXECUTE format('DROP VIEW smsengage.%I', source.masked);
			EXECUTE format('DROP FUNCTION IF EXISTS smsengage.%I()', 'masked_' || source.name);
		END IF;
		IF calls THEN
			-- definer: it reads all and hands out, masked, what belongs to the accounts of who asks
			EXECUTE format('CREATE OR REPLACE FUNCTION smsengage.%I() RETURNS TABLE (%s) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp'
				' AS $f$#variable_conflict use_column%sBEGIN RETURN QUERY SELECT %s FROM %s t WHERE EXISTS (SELECT FROM smsengage.granted() r'
				' WHERE r.account IN (t.account, ''*'') AND r.kind <> ''ingest'' AND pg_has_role(smsengage.outer_role(), r.role, ''USAGE'')); END$f$', 'masked_' || source.name,
				(SELECT string_agg(format('%I %s', m.name, m.type), ', ' ORDER BY m.place) FROM smsengage.masked_columns(source.relation) m), E'\n',
				(SELECT string_agg(m.expression, ', ' ORDER BY m.place) FROM smsengage.masked_columns(source.relation) m), source.relation);
			EXECUTE format('COMMENT ON FUNCTION smsengage.%I() IS %L', 'masked_' || source.name,
				format('Runs as the owner of the store, as %s calls functions that read; returns what belongs to the accounts of the caller, masked. Used by the view %1$s_masked.', source.name));
			query := format('SELECT * FROM smsengage.%I() t', 'masked_' || source.name);
		END IF;
		-- with the owner's rights, since its readers have none to what is masked
		EXECUTE format('CREATE OR REPLACE VIEW smsengage.%I WITH (security_barrier = true) AS %s', source.masked, query);
		PERFORM smsengage.note_relation(format('smsengage.%I', source.masked)::regclass);
		EXECUTE format('COMMENT ON VIEW smsengage.%I IS %L', source.masked, source.name || ' without phone numbers and texts, for grant_masked_reader().');
		EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN smsengage.%I.%I IS %L', source.masked, m.name, coalesce(col_description(source.relation, m.place), m.name)), '; ')
				 FROM smsengage.masked_columns(source.relation) m);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.masked_views() IS 'Makes, of each view with phone numbers or texts and of four tables, one without. Used by migrate().';
