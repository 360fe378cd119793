-- What is ingested for roles that do not own the store.

CREATE FUNCTION smsengage_internal.by_limited_caller()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_by_limited_caller' LANGUAGE C STABLE;
COMMENT ON FUNCTION smsengage_internal.by_limited_caller() IS 'Whether what runs now was asked for by a role that is not the owner: in submit(). Used by ingestion.';

CREATE FUNCTION smsengage_internal.ingest_as_limited(provider text, payloads bytea[], account text, arrivals timestamptz[],
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_ingest_as_limited' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage_internal.ingest_as_limited(text, bytea[], text, timestamptz[]) IS 'ingest_payloads() of what came by submit() from a role that is not the owner. Used by retry_rejected().';
