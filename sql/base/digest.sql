-- Keys made of content.

CREATE FUNCTION smsengage_internal.content_digest(VARIADIC fields text[])
RETURNS uuid
AS 'MODULE_PATHNAME', 'sms_content_digest' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.content_digest(text[]) IS 'BLAKE2b-128 (RFC 7693) over the fields, each with its length, so that no two lists look alike; NULL differs from the empty text. The same on every server, for ever. Used by ingestion.';
