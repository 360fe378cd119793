-- Channels.

CREATE FUNCTION smsengage.channels() RETURNS SETOF pg_catalog.text
	AS 'MODULE_PATHNAME', 'sms_channels'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 17;
COMMENT ON FUNCTION smsengage.channels() IS
'Names of the channels a message can go through; OTHER stands for every name that is not in the list';
