-- What belongs to the store, and where one can be.

CREATE FUNCTION smsengage_internal.note_relation(made regclass)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.store_relation (relation)
	SELECT c.relname FROM pg_class c WHERE c.oid = made
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.note_relation(regclass) IS 'Notes that a table or view belongs to the store. Used by migrate().';

CREATE FUNCTION smsengage_internal.store_relations()
RETURNS TABLE (relation regclass, name text, kind "char")
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.oid::regclass, c.relname::text, c.relkind
	FROM smsengage.store_relation r
	JOIN pg_class c ON c.relname = r.relation
	WHERE c.relnamespace = 'smsengage'::regnamespace
		AND c.relowner = (SELECT o.relowner FROM pg_class o WHERE o.oid = 'smsengage.event'::regclass);
END
$$;
COMMENT ON FUNCTION smsengage_internal.store_relations() IS 'The tables (kind r or p) and views (v) of the store; not what its owner may have beside them in the schema. Used by what drops, grants or protects all of them.';

CREATE FUNCTION smsengage_internal.check_store_place()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	group_id integer;
BEGIN
	IF getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = format('the database has the encoding %s, a store needs UTF8', getdatabaseencoding()),
			HINT = 'Create a database with ENCODING ''UTF8'' TEMPLATE template0.';
	END IF;
	IF NOT has_schema_privilege('smsengage', 'CREATE') THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = format('role "%s" may not create tables in the schema smsengage', current_user),
			HINT = format('The owner of the schema can say: GRANT CREATE ON SCHEMA smsengage TO %I.', current_user);
	END IF;
	IF to_regclass('pg_catalog.pg_dist_local_group') IS NOT NULL THEN
		EXECUTE 'SELECT groupid FROM pg_catalog.pg_dist_local_group' INTO group_id;
		IF group_id <> 0 THEN
			RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
				MESSAGE = 'this is a worker of a cluster',
				HINT = 'Call this function on the coordinator.';
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_store_place() IS 'Raises, with what to do, where a store cannot be made: other encoding than UTF8 (0A000), no right to create in the schema (42501), worker of a cluster (55000). Used by create_store().';

-- Tables and views of the store are the files in store/tables and store/views,
-- changes of tables those in store/migrations. The build makes
-- store_statements() of them, one row a statement.

CREATE FUNCTION smsengage_internal.is_new(relation text)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN NOT EXISTS (SELECT FROM smsengage.store_relation r WHERE r.relation = is_new.relation);
END
$$;
COMMENT ON FUNCTION smsengage_internal.is_new(text) IS 'Whether migrate() is making this table at this moment: it is there, and not noted yet. Used by what fills tables.';

CREATE FUNCTION smsengage_internal.forget_lost()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- what is gone is not noted any more, so that is_new() tells
	IF to_regclass('smsengage.store_relation') IS NOT NULL THEN
		DELETE FROM smsengage.store_relation r WHERE to_regclass(format('smsengage.%I', r.relation)) IS NULL;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.forget_lost() IS 'Takes tables and views that are gone out of store_relation. Used by migrate().';

CREATE FUNCTION smsengage_internal.make_relations(step text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	statement record;
BEGIN
	IF step = 'tables' THEN
		PERFORM smsengage_internal.forget_lost();
	END IF;
	FOR statement IN
		SELECT s.file, format('/* %s */ %s', s.file, s.command) AS command, s.described, substring(s.command FROM '^CREATE OR REPLACE VIEW ([^ ]+)') AS view
		FROM smsengage_internal.store_statements() s
		WHERE s.step = make_relations.step
		ORDER BY s.no
	LOOP
		-- an error shows where the statement stands
		IF statement.view IS NULL THEN
			EXECUTE statement.command;
		ELSE
			PERFORM smsengage_internal.replace_view(statement.view, statement.command);
		END IF;
		IF statement.described IS NOT NULL THEN
			PERFORM smsengage_internal.note_relation(statement.described::regclass);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.make_relations(text) IS 'Makes what is missing of the store: tables; rest (indexes and comments of tables, which are noted then); views (made, replaced, or dropped and made if they have other columns). Used by migrate().';

CREATE FUNCTION smsengage_internal.make_migrations()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	missing text[] := ARRAY(SELECT m FROM unnest(smsengage_internal.store_migrations()) m EXCEPT SELECT s.migration FROM smsengage.store_migration s);
	statement record;
BEGIN
	-- a new store has its tables as they are meant to be
	IF missing <> '{}' AND NOT smsengage_internal.is_new('event') THEN
		-- no column can change or go while a view reads it
		PERFORM smsengage_internal.stub_view(r.relation) FROM smsengage_internal.store_relations() r WHERE r.kind = 'v';
		FOR statement IN
			SELECT format('/* %s */ %s', s.file, s.command) AS command
			FROM smsengage_internal.store_statements() s
			WHERE s.step = 'migrations' AND s.file = ANY (missing)
			ORDER BY s.no
		LOOP
			EXECUTE statement.command;
		END LOOP;
		PERFORM smsengage_internal.forget_lost();
	END IF;
	INSERT INTO smsengage.store_migration (migration) SELECT m FROM unnest(missing) m;
END
$$;
COMMENT ON FUNCTION smsengage_internal.make_migrations() IS 'Runs the files of store/migrations that the store has not had yet, in their order; notes them all for a new store. Used by migrate().';
