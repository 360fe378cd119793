-- Whether there is a store, and whether it is spread over a cluster.

CREATE FUNCTION smsengage_internal.store_exists()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.to_regclass('smsengage.event') IS NOT NULL;
END;
COMMENT ON FUNCTION smsengage_internal.store_exists() IS 'Whether create_store() has been called in this database. Used by migrate().';

CREATE FUNCTION smsengage_internal.store_is_distributed()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_store_is_distributed_sql' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.store_is_distributed() IS 'Whether distribute_store() has spread the store over a cluster. Costs a look into the catalogue cache. Used by ingestion and reports.';
