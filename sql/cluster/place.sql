-- A store on a Citus cluster. Nothing of Citus is needed to build or load
-- this: its functions are called by name, where they are.

CREATE FUNCTION smsengage_internal.cluster_place()
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place text;
BEGIN
	IF NOT smsengage_internal.store_is_distributed() THEN
		RETURN 'alone';
	END IF;
	EXECUTE 'SELECT CASE g.groupid WHEN 0 THEN ''coordinator'' ELSE ''worker'' END FROM pg_catalog.pg_dist_local_group g' INTO place;
	RETURN place;
END
$$;
COMMENT ON FUNCTION smsengage_internal.cluster_place() IS 'Where this is: coordinator or worker of a cluster over which distribute_store() has spread the store; else alone. Used by the functions that write.';

CREATE FUNCTION smsengage_internal.ask_coordinator(command text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answer record;
BEGIN
	EXECUTE 'SELECT c.success, c.result FROM pg_catalog.run_command_on_coordinator($1) c' INTO answer USING command;
	IF NOT answer.success THEN
		RAISE EXCEPTION USING ERRCODE = 'connection_exception',
			MESSAGE = 'the coordinator could not do its part',
			DETAIL = answer.result;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.ask_coordinator(text) IS 'Runs a statement on the coordinator of a cluster, in a transaction of its own. Raises 08000 with what it said. Used by ingestion.';
