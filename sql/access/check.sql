-- What keeps rights as they are meant: row security of partitions, objects of
-- others in the schema, rights of roles that are gone.

CREATE FUNCTION smsengage_internal.own_functions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing regprocedure[] := ARRAY(
		SELECT p.oid FROM pg_proc p
		JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'smsengage'
		WHERE NOT has_function_privilege(p.oid, 'EXECUTE'));
BEGIN
	IF missing <> '{}' THEN
		PERFORM smsengage_internal.take_execute(missing);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.own_functions() IS 'Lets the caller execute the functions that are for the owner of the store, where it is not the owner of the database. Used by create_store() and migrate().';

CREATE FUNCTION smsengage_internal.take_execute(functions regprocedure[])
RETURNS void
AS 'MODULE_PATHNAME', 'sms_take_execute' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.take_execute(regprocedure[]) IS 'Grants the caller these functions of the extension, whoever owns them. Only for the owner of the store or, before there is one, who may create in the schema; 42501 for others. Used by own_functions().';

CREATE FUNCTION smsengage_internal.objects_of_others(owner oid)
RETURNS TABLE (object text, owner_name name)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH other AS MATERIALIZED (
		SELECT 'pg_class'::regclass AS class, c.oid, c.relname AS name, c.relowner AS role FROM pg_class c
		WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
		UNION ALL
		SELECT 'pg_proc'::regclass, p.oid, p.proname, p.proowner FROM pg_proc p
		WHERE p.pronamespace IN ('smsengage'::regnamespace, 'smsengage_internal'::regnamespace)
		UNION ALL
		SELECT 'pg_type'::regclass, t.oid, t.typname, t.typowner FROM pg_type t
		WHERE t.typnamespace = 'smsengage'::regnamespace AND t.typelem = 0
			AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
	), stray AS MATERIALIZED (
		SELECT o.* FROM other o
		WHERE o.role <> objects_of_others.owner
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
			-- only who owns the table can have attached one to it: foreign_partitions()
			AND NOT EXISTS (SELECT FROM pg_partition_tree(to_regclass('smsengage.event')) t WHERE o.class = 'pg_class'::regclass AND t.relid = o.oid)
	), word AS MATERIALIZED (
		-- what our functions make or call stands with its schema in one of them
		SELECT p.proname::text AS word FROM pg_proc p
		JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		WHERE p.pronamespace IN ('smsengage'::regnamespace, 'smsengage_internal'::regnamespace) AND EXISTS (SELECT FROM stray)
		UNION
		SELECT w[1] FROM pg_proc p
		JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		CROSS JOIN LATERAL regexp_matches(p.prosrc, 'smsengage(?:_internal)?[.]([a-z0-9_]+)', 'g') w
		WHERE p.pronamespace IN ('smsengage'::regnamespace, 'smsengage_internal'::regnamespace) AND EXISTS (SELECT FROM stray)
	)
	SELECT pg_describe_object(s.class, s.oid, 0), g.rolname
	FROM stray s
	LEFT JOIN pg_roles g ON g.oid = s.role
	WHERE s.name ~ '^event_[0-9]' OR EXISTS (SELECT FROM word w WHERE w.word IN (s.name, regexp_replace(s.name, '^masked_|_masked$', ''), regexp_replace(s.name, '_seq$', '')))
	ORDER BY s.class, s.name;
END
$$;
COMMENT ON FUNCTION smsengage_internal.objects_of_others(oid) IS 'Tables, views, sequences, functions and types in the schema that have a name of the store or of one of its functions, and belong neither to this role nor to the extension. Used by create_store(), migrate() and doctor().';

CREATE FUNCTION smsengage_internal.check_owner()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = to_regclass('smsengage.event'));
	stray record;
BEGIN
	IF owner <> current_user::regrole THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = format('the store belongs to the role "%s"', pg_get_userbyid(owner)),
			DETAIL = 'All that belongs to a store has one owner.',
			HINT = format('SET ROLE %I', pg_get_userbyid(owner));
	END IF;
	SELECT * INTO stray FROM smsengage_internal.objects_of_others(coalesce(owner, current_user::regrole)) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = format('%s belongs to the role "%s"', stray.object, stray.owner_name),
			DETAIL = 'It has a name that the store uses, in the schema of the store.',
			HINT = 'Drop it, or move it to another schema. Whoever may create objects in the schema smsengage must be trusted as the owner of the store is.';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_owner() IS 'Raises 42501 where the store belongs to another role than the caller, or where objects of others have its names. Used by create_store() and migrate().';

CREATE FUNCTION smsengage_internal.open_partitions()
RETURNS TABLE (partition regclass, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.oid::regclass, CASE WHEN NOT c.relrowsecurity THEN 'has no row security' ELSE 'has a policy of its own' END
	FROM smsengage_internal.store_relations() r
	CROSS JOIN LATERAL pg_partition_tree(r.relation) t
	JOIN pg_class c ON c.oid = t.relid
	WHERE r.kind = 'p' AND t.level > :LEVEL_DELTA:
		AND (NOT c.relrowsecurity OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
	ORDER BY c.relname;
END
$$;
COMMENT ON FUNCTION smsengage_internal.open_partitions() IS 'Partitions that would show rows to whoever is granted them, past the policies of their table. Used by migrate() and doctor().';

CREATE FUNCTION smsengage_internal.close_partitions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	open record;
BEGIN
	FOR open IN
		SELECT o.partition FROM smsengage_internal.open_partitions() o JOIN pg_class c ON c.oid = o.partition
		WHERE o.problem = 'has no row security' AND pg_has_role(c.relowner, 'USAGE')
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', open.partition);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.close_partitions() IS 'Enables row security on partitions that lack it; with no policy they show nothing but through their table. Used by migrate() and rebuild().';

CREATE FUNCTION smsengage_internal.foreign_partitions()
RETURNS TABLE (partition regclass, role oid, owner oid)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.oid::regclass, c.relowner, e.relowner
	FROM pg_class e
	CROSS JOIN LATERAL pg_partition_tree(e.oid) t
	JOIN pg_class c ON c.oid = t.relid
	WHERE e.oid = 'smsengage.event'::regclass AND c.relowner <> e.relowner
	ORDER BY c.relname;
END
$$;
COMMENT ON FUNCTION smsengage_internal.foreign_partitions() IS 'Partitions of event that belong to another role than it does, as a superuser makes them by hand: its owner can neither dump nor drop them. Used by own_partitions() and doctor().';

CREATE FUNCTION smsengage_internal.own_partitions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	foreign_one record;
BEGIN
	FOR foreign_one IN
		SELECT p.partition, p.owner FROM smsengage_internal.foreign_partitions() p
		WHERE pg_has_role(p.role, 'USAGE') AND pg_has_role(p.owner, 'MEMBER')
	LOOP
		EXECUTE format('ALTER TABLE %s OWNER TO %I', foreign_one.partition, pg_get_userbyid(foreign_one.owner));
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.own_partitions() IS 'Gives partitions of event to its owner, if the caller may: a superuser, or who is a member of both roles. Used by maintain() and rebuild().';

CREATE FUNCTION smsengage_internal.access_problems()
RETURNS TABLE (item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	trusted oid[] := ARRAY(
		SELECT c.relowner FROM pg_class c WHERE c.oid = 'smsengage.event'::regclass
		UNION SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()
		UNION SELECT e.extowner FROM pg_extension e WHERE e.extname = 'smsengage'
		UNION SELECT r.oid FROM pg_roles r WHERE r.rolsuper OR r.rolname = 'pg_database_owner');
BEGIN
	RETURN QUERY
	SELECT o.partition::text, o.problem FROM smsengage_internal.open_partitions() o
	UNION ALL
	SELECT p.partition::text, format('belongs to the role %s, and not to the owner of event: a superuser may CALL maintain()', pg_get_userbyid(p.role))
	FROM smsengage_internal.foreign_partitions() p
	UNION ALL
	SELECT r.relation::text, 'has no row security' FROM smsengage_internal.store_relations() r JOIN pg_class c ON c.oid = r.relation
	WHERE r.kind <> 'v' AND NOT c.relrowsecurity
	UNION ALL
	SELECT format('account_role %s, %s', r.role_name, r.kind), 'the role is gone' FROM smsengage.account_role r
	WHERE smsengage_internal.role_now(r.role, r.role_name, r.cluster) IS NULL
	UNION ALL
	SELECT o.object, format('belongs to the role %s, and has a name of the store', o.owner_name)
	FROM smsengage_internal.objects_of_others((SELECT c.relowner FROM pg_class c WHERE c.oid = 'smsengage.event'::regclass)) o
	UNION ALL
	-- a function beside one of ours, with types that fit better, runs in its place
	SELECT 'schema smsengage', format('the role %s may create objects in it', CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)
	FROM pg_namespace n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
	WHERE n.nspname = 'smsengage' AND a.privilege_type = 'CREATE' AND a.grantee <> ALL (trusted)
	UNION ALL
	SELECT r.name, 'belongs to another role than the store' FROM (
		SELECT s.relation AS name FROM smsengage.store_relation s
		EXCEPT SELECT k.name FROM smsengage_internal.store_relations() k) r
	WHERE to_regclass(format('smsengage.%I', r.name)) IS NOT NULL
	UNION ALL
	SELECT m.name, format('reads %s for everybody', m.read) FROM smsengage_internal.unsafe_masked_views() m;
END
$$;
COMMENT ON FUNCTION smsengage_internal.access_problems() IS 'What opens the store to somebody whom its owner did not mean. Used by doctor().';

CREATE FUNCTION smsengage_internal.rebuild_access()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.drop_stale_grants();
	PERFORM smsengage_internal.own_partitions();
	PERFORM smsengage_internal.close_partitions();
	IF EXISTS (SELECT FROM smsengage_internal.unsafe_masked_views()) THEN
		PERFORM smsengage_internal.masked_views();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_access() IS 'Puts right what can be of access_problems(). Used by rebuild().';
