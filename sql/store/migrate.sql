-- The store: tables made by create_store(), owned by its caller and not
-- members of the extension, so that a plain dump carries them, DROP EXTENSION
-- refuses while they stand, and a cluster may distribute them. Views have
-- plain types and the caller's rights.

CREATE FUNCTION smsengage.migrate()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.check_store_place();
	PERFORM smsengage_internal.own_functions();
	PERFORM smsengage_internal.check_owner();
	PERFORM smsengage_internal.make_relations('tables');
	PERFORM smsengage_internal.make_migrations();
	PERFORM smsengage_internal.identify_rows();
	PERFORM smsengage_internal.restore_states();
	PERFORM smsengage_internal.fill_limits();
	PERFORM smsengage_internal.fill_tallies();
	PERFORM smsengage_internal.fill_block_policy();
	PERFORM smsengage_internal.make_secret();
	PERFORM smsengage_internal.fill_outcomes();
	PERFORM smsengage_internal.check_layout();
	PERFORM smsengage_internal.fill_machine_click_rules();
	PERFORM smsengage_internal.fill_health_thresholds();
	PERFORM smsengage_internal.make_relations('rest');
	PERFORM smsengage_internal.index_tails();
	PERFORM smsengage_internal.make_relations('views');
	PERFORM smsengage_internal.access_rules();
END
$$;
COMMENT ON FUNCTION smsengage.migrate() IS 'Brings the store up to date with the extension: makes what is missing, replaces views, changes no event. Call it after ALTER EXTENSION smsengage UPDATE; it may be repeated. Raises 42501 for another role than the owner of the store, and where objects of others have the store''s names.';

CREATE FUNCTION smsengage.create_store()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage_internal.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'duplicate_table',
			MESSAGE = 'this database has a store already',
			HINT = 'migrate() brings it up to date.';
	END IF;
	PERFORM smsengage.migrate();
END
$$;
COMMENT ON FUNCTION smsengage.create_store() IS 'Makes the tables and views of the store in schema smsengage, owned by the caller. Raises 42P07 if there is one and, with what to do, 0A000 for another encoding than UTF8, 42501 without the right to create in the schema, 55000 on a worker of a cluster.';

CREATE FUNCTION smsengage.drop_store(force boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	relation record;
	events boolean;
BEGIN
	IF NOT smsengage_internal.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = 'this database has no store';
	END IF;
	IF smsengage_internal.store_is_distributed() THEN
		-- one connection to a node, as views are dropped in the same transaction
		PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
	END IF;
	events := EXISTS (SELECT 1 FROM smsengage.event);
	events := events OR EXISTS (SELECT 1 FROM smsengage.rejected_event);
	IF events AND NOT coalesce(force, false) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the store has events',
			HINT = 'drop_store(force => true) drops them; there is no way back.';
	END IF;
	-- all in one statement: after a restore they are in another order than they were made in
	FOR relation IN
		SELECT CASE r.kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind, string_agg(r.relation::text, ', ') AS names
		FROM smsengage_internal.store_relations() r GROUP BY 1 ORDER BY 1 DESC
	LOOP
		EXECUTE format('DROP %s %s', relation.kind, relation.names);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.drop_store(boolean) IS 'Drops the store''s tables and views, and nothing else that may be in the schema. Refuses (55000) while there are events, unless force is true. Raises 2BP01 if something else depends on them.';
