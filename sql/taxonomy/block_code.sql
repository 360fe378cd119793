-- The block list codes that EngageLab publishes.

CREATE FUNCTION smsengage.block_codes(OUT code pg_catalog.int4, OUT description pg_catalog.text,
	OUT block_interval pg_catalog.interval, OUT scope pg_catalog.text, OUT user_deletable pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_block_codes'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION smsengage.block_codes() IS
'The ten block list codes with the policy EngageLab publishes: how long a failure of this kind blocks the number (0: it is recorded and never blocks), for whom (global, local, none), and whether a user may delete his own record';

CREATE VIEW smsengage.block_code_default AS
	SELECT b.code, b.description,
		CAST(pg_catalog.date_part('epoch', b.block_interval) AS pg_catalog.int8) AS block_seconds,
		b.scope, b.user_deletable
	FROM smsengage.block_codes() AS b;
COMMENT ON VIEW smsengage.block_code_default IS
'The ten block list codes with the policy EngageLab publishes; a store keeps its own, versioned copy in block_policy';
COMMENT ON COLUMN smsengage.block_code_default.code IS 'block list code, 500 to 590';
COMMENT ON COLUMN smsengage.block_code_default.description IS 'kind of failure';
COMMENT ON COLUMN smsengage.block_code_default.block_seconds IS 'how long such a failure blocks the number, in seconds; 0: it is recorded and never blocks';
COMMENT ON COLUMN smsengage.block_code_default.scope IS 'global: for every account; local: for the account it happened to; none: never blocks';
COMMENT ON COLUMN smsengage.block_code_default.user_deletable IS 'true if a user may delete his own record';
