-- What keeps views and policies of the store from holding on to functions and
-- to other views that are about to change. An update script makes these
-- functions before it does anything else (sql/changes.pl), so they ask the
-- catalogue only, and nothing that an older version may not have.

CREATE FUNCTION smsengage_internal.not_migrated()
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
		MESSAGE = 'the store is of an older version',
		HINT = 'SELECT smsengage.migrate()';
END
$$;
COMMENT ON FUNCTION smsengage_internal.not_migrated() IS 'Raises 55000: the store is of an older version. Views and policies call it between ALTER EXTENSION smsengage UPDATE and migrate(), so that they show an error, and never no rows. Used by stub_view() and check_migrated().';

CREATE FUNCTION smsengage_internal.is_of_store(relation oid)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('smsengage.store_relation') IS NULL OR to_regclass('smsengage.event') IS NULL THEN
		RETURN false;
	END IF;
	RETURN EXISTS (
		SELECT FROM smsengage.store_relation r
		JOIN pg_class c ON c.relname = r.relation
		WHERE c.oid = coalesce(pg_partition_root(is_of_store.relation), is_of_store.relation)
			AND c.relnamespace = 'smsengage'::regnamespace
			AND c.relowner = (SELECT o.relowner FROM pg_class o WHERE o.oid = 'smsengage.event'::regclass));
END
$$;
COMMENT ON FUNCTION smsengage_internal.is_of_store(oid) IS 'Whether a table, one of its partitions or a view belongs to the store, as store_relations() has it. Used by release_members() and drop_view().';

CREATE FUNCTION smsengage_internal.dependents(class regclass, objects oid[])
RETURNS TABLE (classid oid, objid oid, relation oid, whose text, described text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT n.classid, n.objid, n.relation,
		CASE WHEN smsengage_internal.is_of_store(n.relation) THEN 'store'
			WHEN EXISTS (SELECT FROM pg_depend m JOIN pg_extension x ON x.oid = m.refobjid AND x.extname = 'smsengage'
				WHERE m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e'
					AND (m.classid = n.classid AND m.objid = n.objid OR m.classid = 'pg_class'::regclass AND m.objid = n.relation))
			THEN 'extension'
			ELSE 'other' END,
		CASE n.classid WHEN 'pg_rewrite'::regclass THEN pg_describe_object('pg_class'::regclass, n.relation, 0)
			ELSE pg_describe_object(n.classid, n.objid, n.objsubid) END
	FROM (
		SELECT DISTINCT d.classid, d.objid, d.objsubid, CASE d.classid
			WHEN 'pg_rewrite'::regclass THEN (SELECT w.ev_class FROM pg_rewrite w WHERE w.oid = d.objid)
			WHEN 'pg_policy'::regclass THEN (SELECT p.polrelid FROM pg_policy p WHERE p.oid = d.objid)
			WHEN 'pg_attrdef'::regclass THEN (SELECT a.adrelid FROM pg_attrdef a WHERE a.oid = d.objid)
			WHEN 'pg_constraint'::regclass THEN (SELECT k.conrelid FROM pg_constraint k WHERE k.oid = d.objid)
			WHEN 'pg_trigger'::regclass THEN (SELECT t.tgrelid FROM pg_trigger t WHERE t.oid = d.objid)
			WHEN 'pg_class'::regclass THEN coalesce((SELECT i.indrelid FROM pg_index i WHERE i.indexrelid = d.objid), d.objid) END AS relation
		FROM pg_depend d
		WHERE d.refclassid = dependents.class AND d.refobjid = ANY (dependents.objects) AND d.deptype IN ('n', 'a')
	) n
	WHERE coalesce(dependents.class <> 'pg_class'::regclass OR n.relation <> ALL (dependents.objects), true)
	ORDER BY 5;
END
$$;
COMMENT ON FUNCTION smsengage_internal.dependents(regclass, oid[]) IS 'What depends on objects of a system catalogue: in which relation it lies, and whether it belongs to the store, to the extension or to somebody else (other). Used by release_members() and drop_view().';

CREATE FUNCTION smsengage_internal.stub_view(view regclass)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	command text := (
		SELECT format('CREATE OR REPLACE VIEW %s%s AS SELECT %s FROM smsengage_internal.not_migrated()', view,
			(SELECT ' WITH (' || array_to_string(c.reloptions, ', ') || ')' FROM pg_class c WHERE c.oid = view),
			string_agg(format('NULL::%s%s AS %I', format_type(a.atttypid, a.atttypmod),
				' COLLATE ' || nullif(a.attcollation, 0)::regcollation::text, a.attname), ', ' ORDER BY a.attnum))
		FROM pg_attribute a
		WHERE a.attrelid = view AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
	EXECUTE command;
EXCEPTION WHEN object_not_in_prerequisite_state THEN
	-- an update script may replace members of the extension only
	EXECUTE format('ALTER EXTENSION smsengage ADD VIEW %s', view);
	EXECUTE command;
	EXECUTE format('ALTER EXTENSION smsengage DROP VIEW %s', view);
END
$$;
COMMENT ON FUNCTION smsengage_internal.stub_view(regclass) IS 'Gives a view a query that needs nothing and raises as not_migrated(). Columns, rights, comments and what others have built on it stay. Used by release_members(), drop_view() and make_migrations().';

CREATE FUNCTION smsengage_internal.drop_view(view regclass)
RETURNS text[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	others text;
	rights text[];
	dependent record;
BEGIN
	SELECT string_agg(d.described, ', ') INTO others
	FROM smsengage_internal.dependents('pg_class', ARRAY[view::oid]) d
	WHERE d.whose = 'other' OR d.classid <> 'pg_rewrite'::regclass;
	IF others IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist',
			MESSAGE = format('%s gets other columns, and what others made stands on it', view),
			DETAIL = others,
			HINT = 'Drop these, do this again, and make them anew: pg_get_viewdef() has the query of a view.';
	END IF;
	FOR dependent IN SELECT DISTINCT d.relation FROM smsengage_internal.dependents('pg_class', ARRAY[view::oid]) d LOOP
		PERFORM smsengage_internal.stub_view(dependent.relation::regclass);
	END LOOP;
	rights := ARRAY(
		SELECT format('GRANT %s%s ON %s TO %s%s', a.privilege_type, ' (' || quote_ident(g.name) || ')', view,
			CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
		FROM (
			SELECT c.relowner, c.relacl AS acl, NULL::name AS name FROM pg_class c WHERE c.oid = view
			UNION ALL
			SELECT c.relowner, t.attacl, t.attname FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid WHERE c.oid = view AND t.attacl IS NOT NULL
		) g
		CROSS JOIN LATERAL aclexplode(g.acl) a
		WHERE a.grantee <> g.relowner);
	EXECUTE format('DROP VIEW %s', view);
	RETURN rights;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drop_view(regclass) IS 'Drops a view, and returns statements that grant what was granted on it. Views of the store and the extension that stand on it become stubs; raises 2BP01 and names them if others have something there. Used by replace_view() and masked_views().';

CREATE FUNCTION smsengage_internal.replace_view(name text, command text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	rights text[];
	statement text;
	relation regclass := to_regclass(name);
BEGIN
	IF relation IS NULL THEN
		EXECUTE command;
		RETURN;
	END IF;
	BEGIN
		EXECUTE command;
		RETURN;
	EXCEPTION WHEN invalid_table_definition THEN
		-- a column is gone or is another
		NULL;
	END;
	rights := smsengage_internal.drop_view(relation);
	EXECUTE command;
	FOREACH statement IN ARRAY rights LOOP
		BEGIN
			EXECUTE statement;
		EXCEPTION WHEN undefined_column THEN
			-- the right was to a column that is gone
			NULL;
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.replace_view(text, text) IS 'Runs the statement that makes or replaces a view; where it cannot, as columns are gone or others, drops the view first as drop_view() and grants again what was granted. Used by make_relations() and update scripts.';

CREATE FUNCTION smsengage_internal.release_members(members text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	others text;
	functions oid[] := ARRAY(SELECT m::regprocedure::oid FROM unnest(members) m WHERE m LIKE '%(%');
	views oid[] := ARRAY(SELECT m::regclass::oid FROM unnest(members) m WHERE m NOT LIKE '%(%');
	dependent record;
BEGIN
	SELECT string_agg(DISTINCT d.described, ', ') INTO others
	FROM (SELECT * FROM smsengage_internal.dependents('pg_proc', functions) UNION ALL SELECT * FROM smsengage_internal.dependents('pg_class', views)) d
	WHERE d.whose = 'other' AND d.classid NOT IN ('pg_amop'::regclass, 'pg_amproc'::regclass);
	IF others IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist',
			MESSAGE = 'functions or views go, or get other columns or arguments, and what others made stands on them',
			DETAIL = others,
			HINT = 'Drop these, update again, call migrate(), and make them anew: pg_get_viewdef() has the query of a view.';
	END IF;
	FOR dependent IN
		SELECT DISTINCT d.relation::regclass AS relation, p.polname, p.polqual IS NOT NULL AS has_using, p.polwithcheck IS NOT NULL AS has_check
		FROM (SELECT * FROM smsengage_internal.dependents('pg_proc', functions) UNION ALL SELECT * FROM smsengage_internal.dependents('pg_class', views)) d
		LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
		WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass)
	LOOP
		IF dependent.polname IS NULL THEN
			PERFORM smsengage_internal.stub_view(dependent.relation);
		ELSE
			EXECUTE format('ALTER POLICY %I ON %s%s%s', dependent.polname, dependent.relation,
				CASE WHEN dependent.has_using THEN ' USING (smsengage_internal.not_migrated())' END,
				CASE WHEN dependent.has_check THEN ' WITH CHECK (smsengage_internal.not_migrated())' END);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.release_members(text[]) IS 'Takes views and policies off functions (with their arguments) and views that an update is about to drop: they raise as not_migrated() until migrate() makes them anew. Raises 2BP01 and names it if somebody else has something that stands on them. Used by update scripts.';
