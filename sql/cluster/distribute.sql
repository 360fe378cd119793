-- Spreading a store over a cluster, and bringing it back.

CREATE FUNCTION smsengage_internal.store_distribution()
RETURNS TABLE (relation text, how text, distribution_column text, together_with text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
	SELECT d.relation, d.how, d.distribution_column, d.together_with
	FROM (VALUES
		-- an event is where its message is, so that a report finds both in one place
		('message', 'distributed', 'message_key', NULL),
		('event', 'distributed', 'message_key', 'message'),
		('content_drift', 'distributed', 'event_key', NULL),
		('event_identity', 'distributed', 'digest', 'message'),
		('provider_notice', 'distributed', 'digest', 'message'),
		-- sums are made where the chunk is
		('engagement_tally', 'distributed', 'chunk', NULL),
		('outcome_tally', 'distributed', 'send_cell', NULL),
		-- what is known of a number is in one place
		('contact_point', 'distributed', 'recipient', NULL),
		('block', 'distributed', 'recipient', 'contact_point'),
		('unblock', 'distributed', 'recipient', 'contact_point'),
		('subscription', 'distributed', 'recipient', 'contact_point'),
		('consent_entry', 'distributed', 'recipient', 'contact_point'),
		-- queues and chains, whose rows are locked one by one
		('rejected_event', 'local', NULL, NULL),
		('rejected_count', 'local', NULL, NULL),
		('inbox', 'local', NULL, NULL),
		('inbox_taken', 'local', NULL, NULL),
		('load_progress', 'local', NULL, NULL),
		('consent_ledger', 'local', NULL, NULL),
		('consent_seal', 'local', NULL, NULL)
	) AS d (relation, how, distribution_column, together_with);
END;
COMMENT ON FUNCTION smsengage_internal.store_distribution() IS 'How distribute_store() spreads tables: distributed by the hash of a column, or local to the coordinator. Every other table of the store is a reference table: whole on every node. Used by distribute_store().';

CREATE FUNCTION smsengage_internal.check_cluster()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ready boolean;
	taken text;
BEGIN
	PERFORM smsengage_internal.check_store_place();
	IF to_regproc('pg_catalog.create_distributed_table') IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the extension citus is not in this database',
			HINT = 'Install Citus on all nodes, then say CREATE EXTENSION citus.';
	END IF;
	IF NOT smsengage_internal.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = 'this database has no store';
	END IF;
	IF current_setting('max_prepared_transactions')::integer = 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'max_prepared_transactions is 0, so that no transaction could span nodes',
			HINT = 'Set it to max_connections or more on every node and restart.';
	END IF;
	EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_node n WHERE n.groupid = 0)' INTO ready;
	IF NOT ready THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the cluster does not know its coordinator',
			HINT = 'SELECT citus_set_coordinator_host(''this host'');';
	END IF;
	EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_node n WHERE n.isactive AND n.shouldhaveshards)' INTO ready;
	IF NOT ready THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the cluster has no node to keep shards on',
			HINT = 'SELECT citus_add_node(''worker host'', 5432);';
	END IF;
	EXECUTE $q$
		SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', r.nodename, r.nodeport) || ' ' || r.result, ', ')
		FROM (
			SELECT n.nodename, n.nodeport, w.success, w.result
			FROM pg_catalog.run_command_on_workers($1) w
			JOIN pg_catalog.pg_dist_node n USING (nodename, nodeport)) r
		WHERE NOT r.success OR r.result <> ''$q$
	INTO taken USING format(
		'SELECT coalesce(pg_catalog.string_agg(c.relname, '' ''), '''') FROM pg_catalog.pg_class c WHERE c.relnamespace = pg_catalog.to_regnamespace(''smsengage'') AND c.relname = ANY (%L)',
		ARRAY(SELECT t.relation FROM smsengage_internal.store_places() t WHERE t.place IS NULL));
	IF taken IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'duplicate_table',
			MESSAGE = 'workers have tables or views of the store already, or cannot be asked',
			DETAIL = taken;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_cluster() IS 'Raises, with what to do, where distribute_store() cannot work: 55000 without Citus, coordinator, workers or prepared transactions, 42P01 without a store, 42P07 if names are taken on a worker. Used by distribute_store().';

CREATE FUNCTION smsengage_internal.store_places()
RETURNS TABLE (relation text, kind "char", place text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known regclass[] := '{}';
BEGIN
	IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
		EXECUTE 'SELECT pg_catalog.array_agg(p.logicalrelid) FROM pg_catalog.pg_dist_partition p' INTO known;
	END IF;
	RETURN QUERY
	SELECT c.relname::text, c.relkind, CASE WHEN c.oid = ANY (known::oid[]) THEN 'cluster' END
	FROM pg_class c
	WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
	ORDER BY c.oid;
END
$$;
COMMENT ON FUNCTION smsengage_internal.store_places() IS 'The tables of the store, and whether the cluster knows them. Used by distribute_store().';

CREATE FUNCTION smsengage_internal.swap_identities(identities boolean)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	numbered record;
	next bigint;
BEGIN
	FOR numbered IN
		SELECT c.oid::regclass AS name, a.attname, d.seqrelid::regclass AS sequence, format('smsengage.%I', c.relname || '_' || a.attname || '_seq') AS wanted
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		CROSS JOIN LATERAL (SELECT pg_get_serial_sequence(c.oid::regclass::text, a.attname)::regclass AS seqrelid) d
		WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
			AND d.seqrelid IS NOT NULL AND (a.attidentity = '') = identities
		ORDER BY c.oid
	LOOP
		next := nextval(numbered.sequence);
		IF identities THEN
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', numbered.name, numbered.attname);
			EXECUTE format('DROP SEQUENCE %s', numbered.sequence);
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I ADD GENERATED BY DEFAULT AS IDENTITY (START %s)', numbered.name, numbered.attname, next);
		ELSE
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP IDENTITY', numbered.name, numbered.attname);
			EXECUTE format('CREATE SEQUENCE %s START %s OWNED BY %s.%I', numbered.wanted, next, numbered.name, numbered.attname);
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT nextval(%L)', numbered.name, numbered.attname, numbered.wanted);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.swap_identities(boolean) IS 'Makes sequences of the store''s identity columns, which a cluster cannot give back, or identity columns again. Used by distribute_store() and undistribute_store().';

CREATE FUNCTION smsengage_internal.key_events(by_message boolean)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	ALTER TABLE smsengage.event DROP CONSTRAINT event_pkey;
	IF by_message THEN
		UPDATE smsengage.event e SET message_key = smsengage_internal.event_home(e.event_key) WHERE e.message_key IS NULL;
		-- one identity has one message key, so this admits no more events than the key of before
		ALTER TABLE smsengage.event ADD CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key, message_key);
	ELSE
		ALTER TABLE smsengage.event ALTER COLUMN message_key DROP NOT NULL;
		UPDATE smsengage.event e SET message_key = NULL WHERE e.message_id IS NULL;
		ALTER TABLE smsengage.event ADD CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.key_events(boolean) IS 'Gives every event a message key and makes that a part of the primary key, as a cluster needs it; or takes both away again. Used by distribute_store() and undistribute_store().';

CREATE FUNCTION smsengage.distribute_store()
RETURNS TABLE (relation text, how text, distribution_column text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET lock_timeout = '10s'
AS $$
DECLARE
	piece record;
	name text;
BEGIN
	PERFORM smsengage_internal.check_cluster();
	PERFORM smsengage_internal.check_isolation('distribute_store()');
	-- whoever writes must have ended, and is told to wait
	FOR piece IN SELECT t.relation FROM smsengage_internal.store_places() t WHERE t.place IS NULL LOOP
		EXECUTE format('LOCK TABLE smsengage.%I IN SHARE ROW EXCLUSIVE MODE', piece.relation);
	END LOOP;
	IF smsengage_internal.cluster_place() = 'alone' THEN
		PERFORM smsengage_internal.swap_identities(false);
		PERFORM smsengage_internal.key_events(true);
		-- not kept there
		DELETE FROM smsengage.outcome_tally;
	END IF;
	FOR piece IN
		SELECT p.policyname, p.tablename FROM pg_policies p
		WHERE p.schemaname = 'smsengage' AND p.tablename IN (SELECT t.relation FROM smsengage_internal.store_places() t WHERE t.place IS NULL)
	LOOP
		EXECUTE format('DROP POLICY %I ON smsengage.%I', piece.policyname, piece.tablename);
	END LOOP;
	FOR piece IN
		SELECT t.relation, coalesce(d.how, 'reference') AS how, d.distribution_column, d.together_with
		FROM smsengage_internal.store_places() t
		LEFT JOIN smsengage_internal.store_distribution() d ON d.relation = t.relation
		WHERE t.place IS NULL
		ORDER BY d.together_with IS NOT NULL, t.relation
	LOOP
		name := format('smsengage.%I', piece.relation);
		IF piece.how = 'distributed' THEN
			EXECUTE 'SELECT pg_catalog.create_distributed_table($1, $2, colocate_with => $3)'
			USING name::regclass, piece.distribution_column, coalesce('smsengage.' || piece.together_with, 'none');
		ELSIF piece.how = 'local' THEN
			EXECUTE 'SELECT pg_catalog.citus_add_local_table_to_metadata($1)' USING name::regclass;
		ELSE
			EXECUTE 'SELECT pg_catalog.create_reference_table($1)' USING name::regclass;
		END IF;
		IF piece.how <> 'local' THEN
			EXECUTE 'SELECT pg_catalog.truncate_local_data_after_distributing_table($1)' USING name::regclass;
		END IF;
		relation := piece.relation;
		how := piece.how;
		distribution_column := piece.distribution_column;
		RETURN NEXT;
	END LOOP;
	IF FOUND THEN
		PERFORM smsengage_internal.access_rules();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.distribute_store() IS 'Spreads the store, data included, over the Citus cluster whose coordinator this is, in the caller''s transaction, and returns what it did with each table; nothing if all was done before. Call it again after migrate(). Waits 10 seconds for running writers (55P03). Raises, with what to do, 55000 without Citus, coordinator, workers or prepared transactions, 42P01 without a store, 42P07 if names are taken on a worker.';

CREATE FUNCTION smsengage.undistribute_store()
RETURNS TABLE (relation text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET lock_timeout = '10s'
AS $$
DECLARE
	piece record;
BEGIN
	PERFORM smsengage_internal.check_store_place();
	PERFORM smsengage_internal.check_isolation('undistribute_store()');
	-- one connection to a node, as functions and policies change in the same transaction
	PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
	FOR piece IN SELECT p.policyname, p.tablename FROM pg_policies p WHERE p.schemaname = 'smsengage' LOOP
		EXECUTE format('DROP POLICY %I ON smsengage.%I', piece.policyname, piece.tablename);
	END LOOP;
	FOR relation IN SELECT t.relation FROM smsengage_internal.store_places() t WHERE t.place IS NOT NULL LOOP
		EXECUTE 'SELECT pg_catalog.undistribute_table($1)' USING format('smsengage.%I', relation)::regclass;
		RETURN NEXT;
	END LOOP;
	PERFORM smsengage_internal.swap_identities(true);
	PERFORM smsengage_internal.key_events(false);
	PERFORM smsengage_internal.rebuild_outcomes();
	PERFORM smsengage_internal.access_rules();
END
$$;
COMMENT ON FUNCTION smsengage.undistribute_store() IS 'Brings the store back to the coordinator, which needs the room for it; returns the tables it moved.';
