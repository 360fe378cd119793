-- Where events lie.

CREATE FUNCTION smsengage_internal.event_home(event_key bigint)
RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.lpad(pg_catalog.to_hex(event_key), 32, '0')::pg_catalog.uuid;
END;
COMMENT ON FUNCTION smsengage_internal.event_home(bigint) IS 'The message key of an event without a message in a distributed store, where every event lies by one: 16 zeros and event_key. No message has such a key. Used by ingestion and distribute_store().';
