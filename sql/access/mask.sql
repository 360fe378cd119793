-- Views without phone numbers and texts, for those who may see neither.

CREATE FUNCTION smsengage_internal.masked_reads(view regclass)
RETURNS SETOF regclass
AS 'MODULE_PATHNAME', 'sms_masked_reads' LANGUAGE C STABLE STRICT ROWS 1;
COMMENT ON FUNCTION smsengage_internal.masked_reads(regclass) IS 'What a masked view reads past the rows of its reader''s accounts: no row, or it is not to be granted. Told by the query that the server has stored. Used by masked_views() and unsafe_masked_views().';

CREATE FUNCTION smsengage_internal.masked_rows(source text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_masked_rows' LANGUAGE C STABLE STRICT COST 100000;
COMMENT ON FUNCTION smsengage_internal.masked_rows(text) IS 'The rows of the masked view of a view that calls functions which read tables: of the accounts for which the caller is a masked reader, read with the rights of the store''s owner. Raises 42501 for who is none, and within functions of indexes, policies and materialized views, which PostgreSQL runs for others; 42P01 for another name. Used by masked views.';

CREATE FUNCTION smsengage_internal.masked_kind(word text, type oid)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		-- these are made of a number and little else
		WHEN type OPERATOR(pg_catalog.=) CAST('uuid'::regtype AS oid) OR word IN ('messagekey', 'eventkey', 'sampleeventkey') THEN 'key'
		WHEN word OPERATOR(pg_catalog.~) 'phone|mobile|recipient|msisdn|^(to|from)?number$|^infoto$' THEN
			CASE WHEN type OPERATOR(pg_catalog.=) CAST('text'::regtype AS oid) THEN 'number' ELSE 'text' END
		WHEN type OPERATOR(pg_catalog.=) ANY (CAST(ARRAY['boolean'::regtype, 'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'numeric'::regtype,
			'real'::regtype, 'double precision'::regtype, 'date'::regtype, 'timestamptz'::regtype, 'interval'::regtype] AS oid[])) THEN 'plain'
		WHEN type OPERATOR(pg_catalog.<>) CAST('text'::regtype AS oid) THEN 'text'
		WHEN word OPERATOR(pg_catalog.~) '^(message|messagetext|content|cleantext|text|response|evidence|sendlog|callbackdata|resolvedurl|extra)$|payload|reason$|errortext$|errordescription$|statusmessage$' THEN 'text'
		WHEN word IN ('account', 'smsuser', 'mid', 'internalorganizationid') THEN 'account'
		-- our own clock, written as digits
		WHEN word OPERATOR(pg_catalog.=) 'senddatetime' THEN 'plain'
		WHEN word OPERATOR(pg_catalog.=) 'keyword' THEN 'keyword'
		WHEN word OPERATOR(pg_catalog.=) 'keywordgroup' THEN 'group'
		WHEN word OPERATOR(pg_catalog.~) 'url$' THEN 'url'
		WHEN word OPERATOR(pg_catalog.~) 'sender|^infofrom$|^bulkmessage$|^content(id|title)$|template|linkname|label|^definitionkey$|^rulename$' THEN 'name'
		WHEN word OPERATOR(pg_catalog.~) 'id$|subscriber|key$' THEN 'id'
		ELSE 'pattern' END;
END;
COMMENT ON FUNCTION smsengage_internal.masked_kind(text, oid) IS 'How a column is masked, by its name in lower case without underscores, and its type: plain and account as they are; key and id as a tag; number by mask_number(), url by mask_url(), name by mask_name(), pattern by mask_text(), which is what a text gets of which nothing is known; keyword and group (of keywords) only where they are the store''s; text not at all shown. Used by masked_columns().';

CREATE FUNCTION smsengage_internal.masked_columns(source regclass)
RETURNS TABLE (place smallint, name name, type regtype, kind text, expression text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH found AS (
		SELECT a.attnum, a.attname, a.atttypid, smsengage_internal.masked_kind(lower(replace(a.attname, '_', '')), a.atttypid) AS kind,
			a.atttypid = 'numeric'::regtype AND a.atttypmod = -1 AS is_amount
		FROM pg_attribute a
		WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'smsengage.delivery_state'::regtype
	), whole AS (
		SELECT CASE count(*) FILTER (WHERE f.kind = 'number') WHEN 0 THEN 'NULL::text' WHEN 1 THEN min(format('t.%I', f.attname)) FILTER (WHERE f.kind = 'number')
				ELSE format('pg_catalog.concat_ws('','', %s)', string_agg(format('t.%I', f.attname), ', ' ORDER BY f.attnum) FILTER (WHERE f.kind = 'number')) END AS own,
			coalesce(min(format('t.%I', f.attname)) FILTER (WHERE f.kind = 'account'), 'NULL::text') AS account,
			'(SELECT s.secret FROM store_secret s)' AS secret,
			-- words by which keywords are known, default ones or of the store, for all accounts or this one
			'CASE WHEN smsengage.match_keyword(t.%1$I) IS NOT NULL OR t.%1$I IN (''opt-in'', ''opt-out'', ''help'', ''keyword'')'
				' OR ('''', smsengage.fold_keyword(t.%1$I)) IN (SELECT k.account, smsengage.fold_keyword(d) FROM keyword k CROSS JOIN LATERAL pg_catalog.unnest(ARRAY[k.keyword, k.reply_group]) d)'
				' OR (%2$s, smsengage.fold_keyword(t.%1$I)) IN (SELECT k.account, smsengage.fold_keyword(d) FROM keyword k CROSS JOIN LATERAL pg_catalog.unnest(ARRAY[k.keyword, k.reply_group]) d)'
				' THEN smsengage_internal.mask_text(%4$s, %3$s) END' AS words
		FROM found f
	)
	SELECT f.attnum, f.attname, CASE WHEN f.kind IN ('plain', 'account') OR f.kind = 'key' AND f.atttypid = 'bigint'::regtype THEN f.atttypid::regtype ELSE 'text'::regtype END, f.kind,
		CASE f.kind
			WHEN 'key' THEN format(CASE WHEN f.atttypid = 'bigint'::regtype THEN 'smsengage_internal.mask_key(t.%I, %s)' ELSE 'smsengage_internal.mask_key(t.%I::text, %s)' END, f.attname, w.secret)
			WHEN 'id' THEN format('smsengage_internal.mask_id(t.%I, %s, %s)', f.attname, w.account, w.secret)
			WHEN 'number' THEN format('smsengage_internal.mask_number(t.%I)', f.attname)
			WHEN 'url' THEN format('smsengage_internal.mask_url(t.%I, %s, %s, %s)', f.attname, w.own, w.account, w.secret)
			WHEN 'name' THEN format('smsengage_internal.mask_name(t.%I, %s, %s, %s)', f.attname, w.own, w.account, w.secret)
			WHEN 'keyword' THEN format(w.words, f.attname, w.account, w.own, format('smsengage.fold_keyword(t.%I)', f.attname))
			WHEN 'group' THEN format(w.words, f.attname, w.account, w.own, format('t.%I', f.attname))
			WHEN 'pattern' THEN format('smsengage_internal.mask_text(t.%I, %s)', f.attname, w.own)
			WHEN 'account' THEN format('t.%I', f.attname)
			WHEN 'plain' THEN format(CASE WHEN f.is_amount THEN 'smsengage_internal.plain_amount(t.%I)::numeric(38,6)' ELSE 't.%I' END, f.attname)
			ELSE 'NULL::text' END
	FROM found f
	CROSS JOIN whole w
	ORDER BY f.attnum;
END
$$;
COMMENT ON FUNCTION smsengage_internal.masked_columns(regclass) IS 'The columns of a table or view as its masked view shows them, see masked_kind(); the expressions ask t, and the WITH queries keyword and store_secret. Used by masked_query() and masked_views().';

CREATE FUNCTION smsengage_internal.masked_sources()
RETURNS TABLE (relation regclass, name text, calls boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT r.relation, r.name, EXISTS (
		WITH RECURSIVE used AS (
			SELECT r.relation::oid AS oid
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
		WHERE f.provolatile <> 'i' AND f.pronamespace IN ('smsengage'::regnamespace, 'smsengage_internal'::regnamespace))
	FROM smsengage_internal.store_relations() r
	WHERE (r.kind = 'v' AND right(r.name, 7) <> '_masked' OR r.name IN ('event', 'message', 'block', 'subscription'))
		AND EXISTS (SELECT FROM smsengage_internal.masked_columns(r.relation) m WHERE m.kind IN ('number', 'text'));
END
$$;
COMMENT ON FUNCTION smsengage_internal.masked_sources() IS 'The tables and views that have a masked view, and whether they call functions that read tables: those do so with the rights of who asks. Used by masked_views() and masked_rows().';

CREATE FUNCTION smsengage_internal.masked_part(relation regclass, given boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := (SELECT c.relname FROM pg_class c WHERE c.oid = relation);
	columns text[] := ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped);
	condition text;
BEGIN
	-- given: masked_rows() knows whom it asks for
	IF 'account' = ANY (columns) THEN
		condition := CASE WHEN given THEN ' WHERE $1 OR x.account = ANY ($2)'
			ELSE ' WHERE (SELECT smsengage.acts_for(''masked''::text, ''*''::text)) OR x.account IN (SELECT a FROM smsengage_internal.accounts_for(''masked''::text) a)' END
			-- what is said for all accounts
			|| CASE WHEN name = 'keyword' THEN ' OR x.account = ''''' ELSE '' END;
	ELSIF 'individual_no' = ANY (columns) AND NOT given THEN
		condition := ' WHERE (SELECT smsengage.acts_for(''masked''::text, ''*''::text)) OR EXISTS (SELECT FROM event e WHERE e.individual_no = x.individual_no)';
	ELSIF name IN ('store_secret', 'delivery_deadline') THEN
		condition := '';
	ELSE
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = format('no masked view can read %s, which has no account', relation);
	END IF;
	RETURN format('%I AS NOT MATERIALIZED (SELECT x.* FROM smsengage.%1$I x%s)', name, condition);
END
$$;
COMMENT ON FUNCTION smsengage_internal.masked_part(regclass, boolean) IS 'The WITH query of a table: the rows that a masked reader''s accounts have in it. Raises 0A000 for one whose rows belong to no account. Used by masked_query().';

CREATE FUNCTION smsengage_internal.query_of_view(view regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	query text;
BEGIN
	-- The server writes names that this path finds without their schema, as the
	-- names of WITH queries are: so nothing in its text needs to be changed.  Only
	-- here, and where the text is read, as objects of others may be in the schema.
	PERFORM set_config('search_path', 'pg_catalog, smsengage, pg_temp', true);
	query := pg_catalog.pg_get_viewdef(view);
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	RETURN rtrim(query, ';');
END
$$;
COMMENT ON FUNCTION smsengage_internal.query_of_view(regclass) IS 'The query of a view, with names in the schema smsengage as WITH queries have them. Used by masked_query().';

CREATE FUNCTION smsengage_internal.make_masked_view(statement text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- as query_of_view() wrote it
	PERFORM set_config('search_path', 'pg_catalog, smsengage, pg_temp', true);
	EXECUTE statement;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$$;
COMMENT ON FUNCTION smsengage_internal.make_masked_view(text) IS 'Runs a statement that makes a view with a query of masked_query(). Used by masked_views().';

CREATE FUNCTION smsengage_internal.masked_query(source regclass, calls boolean)
RETURNS TABLE (query text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
SET intervalstyle = 'postgres'
SET timezone = 'UTC'
SET extra_float_digits = 1
SET bytea_output = 'hex'
SET quote_all_identifiers = off
SET standard_conforming_strings = on
AS $$
DECLARE
	part record;
	pieces text[] := ARRAY[smsengage_internal.masked_part('smsengage.store_secret', calls), smsengage_internal.masked_part('smsengage.keyword', calls)];
BEGIN
	IF calls THEN
		pieces := pieces || smsengage_internal.masked_part(source, calls);
	ELSE
		FOR part IN
			WITH RECURSIVE used AS (
				SELECT source::oid AS oid, 0 AS depth
				UNION
				SELECT d.refobjid, u.depth + 1
				FROM used u
				JOIN pg_rewrite w ON w.ev_class = u.oid
				JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> u.oid
			), needed AS (
				SELECT u.oid, u.depth FROM used u
				UNION ALL
				-- people show through events
				SELECT 'smsengage.event'::regclass, 0 FROM used u
				WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = u.oid AND a.attname = 'individual_no')
			)
			SELECT c.oid, c.relname, c.relkind = 'v' AS is_view
			FROM needed n
			JOIN smsengage_internal.store_relations() r ON r.relation = n.oid
			JOIN pg_class c ON c.oid = n.oid
			WHERE c.relname NOT IN ('store_secret', 'keyword')
			GROUP BY 1, 2, 3
			ORDER BY c.relkind = 'v', c.relname <> 'event', max(n.depth) DESC, c.relname
		LOOP
			pieces := pieces || CASE WHEN part.is_view THEN format('%I AS NOT MATERIALIZED (%s)', part.relname, smsengage_internal.query_of_view(part.oid))
				ELSE smsengage_internal.masked_part(part.oid, calls) END;
		END LOOP;
	END IF;
	query := format('WITH %s SELECT %s FROM %I t', array_to_string(pieces, ', '),
		(SELECT string_agg(format('%s AS %I', m.expression, m.name), ', ' ORDER BY m.place) FROM smsengage_internal.masked_columns(source) m),
		(SELECT c.relname FROM pg_class c WHERE c.oid = source));
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION smsengage_internal.masked_query(regclass, boolean) IS 'The query of the masked view of a table or view: all that it reads as WITH queries, tables with the rows that its reader may see, views in their order. Of one that calls functions, the query that masked_rows() runs: $1, whether for all accounts, $2 the accounts. Used by masked_views() and masked_rows().';

CREATE FUNCTION smsengage_internal.masked_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET datestyle = 'ISO'
SET intervalstyle = 'postgres'
SET timezone = 'UTC'
SET extra_float_digits = 1
SET bytea_output = 'hex'
SET quote_all_identifiers = off
SET standard_conforming_strings = on
AS $$
DECLARE
	source record;
	columns text;
	masked regclass;
	rights text[];
	granting text;
	read regclass;
BEGIN
	FOR source IN SELECT s.relation, s.name, s.name || '_masked' AS masked, s.calls FROM smsengage_internal.masked_sources() s ORDER BY s.name LOOP
		columns := (SELECT string_agg(format('%I %s', m.name, m.type), ', ' ORDER BY m.place) FROM smsengage_internal.masked_columns(source.relation) m);
		masked := to_regclass(format('smsengage.%I', source.masked));
		rights := '{}';
		-- other columns than before, and not only more: no replacing
		IF NOT starts_with(columns || ', ', (SELECT string_agg(format('%I %s, ', a.attname, a.atttypid::regtype), '' ORDER BY a.attnum) FROM pg_attribute a
			WHERE a.attrelid = masked AND a.attnum > 0))
		THEN
			rights := smsengage_internal.drop_view(masked);
		END IF;
		-- with the owner's rights, since its readers have none to what is masked
		PERFORM smsengage_internal.make_masked_view(format('CREATE OR REPLACE VIEW smsengage.%I WITH (security_barrier = true) AS %s', source.masked,
			CASE WHEN source.calls THEN format('SELECT t.* FROM smsengage_internal.masked_rows(%L::text) AS t(%s)', source.name, columns)
				ELSE (SELECT q.query FROM smsengage_internal.masked_query(source.relation, false) q) END));
		FOREACH granting IN ARRAY rights LOOP
			EXECUTE granting;
		END LOOP;
		read := (SELECT r FROM smsengage_internal.masked_reads(format('smsengage.%I', source.masked)::regclass) r LIMIT 1);
		IF read IS NOT NULL THEN
			RAISE EXCEPTION USING ERRCODE = 'internal_error',
				MESSAGE = format('the masked view of %s would read %s for everybody', source.name, read);
		END IF;
		PERFORM smsengage_internal.note_relation(format('smsengage.%I', source.masked)::regclass);
		EXECUTE format('COMMENT ON VIEW smsengage.%I IS %L', source.masked, source.name || ' without phone numbers and texts, for grant_masked_reader().');
		EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN smsengage.%I.%I IS %L', source.masked, m.name, concat_ws(': ', CASE m.kind
				WHEN 'text' THEN 'Not shown' WHEN 'number' THEN 'Masked' WHEN 'url' THEN 'Without user, query and fragment; numbers masked' WHEN 'keyword' THEN 'Only a word of the store' WHEN 'group' THEN 'Only a word of the store'
				WHEN 'name' THEN 'Numbers masked' WHEN 'pattern' THEN 'Numbers masked' WHEN 'id' THEN 'As a tag' WHEN 'key' THEN 'As a tag' END,
				coalesce(col_description(source.relation, m.place), m.name))), '; ')
			FROM smsengage_internal.masked_columns(source.relation) m);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.masked_views() IS 'Makes, of each view with phone numbers or texts and of four tables, one without; raises (and makes none) if one would read rows of other accounts. Used by migrate().';

CREATE FUNCTION smsengage_internal.unsafe_masked_views()
RETURNS TABLE (name text, read regclass)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT r.name, m FROM smsengage_internal.store_relations() r
	CROSS JOIN LATERAL smsengage_internal.masked_reads(r.relation) m
	WHERE r.kind = 'v' AND right(r.name, 7) = '_masked'
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage_internal.unsafe_masked_views() IS 'The masked views that would show a reader rows of other accounts, and what they read. Used by access_problems().';
