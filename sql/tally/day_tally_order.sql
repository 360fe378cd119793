-- day_tally: comparison, by the functions of tally: it is the bytes that they compare.

-- Equality is that of content. A subscriber finds the rows by it that a
-- publisher changed, as engagement_tally has no key.
CREATE FUNCTION smsengage.day_tally_eq(smsengage.day_tally, smsengage.day_tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_ne(smsengage.day_tally, smsengage.day_tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_lt(smsengage.day_tally, smsengage.day_tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_le(smsengage.day_tally, smsengage.day_tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_gt(smsengage.day_tally, smsengage.day_tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_ge(smsengage.day_tally, smsengage.day_tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_cmp(smsengage.day_tally, smsengage.day_tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_hash(smsengage.day_tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_tally_hash_extended(smsengage.day_tally, pg_catalog.int8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_tally_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION smsengage.day_tally_eq(smsengage.day_tally, smsengage.day_tally) IS 'Equal in content';
COMMENT ON FUNCTION smsengage.day_tally_ne(smsengage.day_tally, smsengage.day_tally) IS 'Different in content';
COMMENT ON FUNCTION smsengage.day_tally_lt(smsengage.day_tally, smsengage.day_tally) IS 'Before in the order for sorting';
COMMENT ON FUNCTION smsengage.day_tally_le(smsengage.day_tally, smsengage.day_tally) IS 'Not after in the order for sorting';
COMMENT ON FUNCTION smsengage.day_tally_gt(smsengage.day_tally, smsengage.day_tally) IS 'After in the order for sorting';
COMMENT ON FUNCTION smsengage.day_tally_ge(smsengage.day_tally, smsengage.day_tally) IS 'Not before in the order for sorting';
COMMENT ON FUNCTION smsengage.day_tally_cmp(smsengage.day_tally, smsengage.day_tally) IS 'Order of the bytes; it has no meaning of its own';
COMMENT ON FUNCTION smsengage.day_tally_hash(smsengage.day_tally) IS 'Hash of a day tally';
COMMENT ON FUNCTION smsengage.day_tally_hash_extended(smsengage.day_tally, pg_catalog.int8) IS 'Hash of a day tally with a seed';

CREATE OPERATOR smsengage.= (
	LEFTARG = smsengage.day_tally, RIGHTARG = smsengage.day_tally,
	FUNCTION = smsengage.day_tally_eq,
	COMMUTATOR = OPERATOR(smsengage.=),
	NEGATOR = OPERATOR(smsengage.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR smsengage.<> (
	LEFTARG = smsengage.day_tally, RIGHTARG = smsengage.day_tally,
	FUNCTION = smsengage.day_tally_ne,
	COMMUTATOR = OPERATOR(smsengage.<>),
	NEGATOR = OPERATOR(smsengage.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR smsengage.< (
	LEFTARG = smsengage.day_tally, RIGHTARG = smsengage.day_tally,
	FUNCTION = smsengage.day_tally_lt,
	COMMUTATOR = OPERATOR(smsengage.>),
	NEGATOR = OPERATOR(smsengage.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR smsengage.<= (
	LEFTARG = smsengage.day_tally, RIGHTARG = smsengage.day_tally,
	FUNCTION = smsengage.day_tally_le,
	COMMUTATOR = OPERATOR(smsengage.>=),
	NEGATOR = OPERATOR(smsengage.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR smsengage.> (
	LEFTARG = smsengage.day_tally, RIGHTARG = smsengage.day_tally,
	FUNCTION = smsengage.day_tally_gt,
	COMMUTATOR = OPERATOR(smsengage.<),
	NEGATOR = OPERATOR(smsengage.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
CREATE OPERATOR smsengage.>= (
	LEFTARG = smsengage.day_tally, RIGHTARG = smsengage.day_tally,
	FUNCTION = smsengage.day_tally_ge,
	COMMUTATOR = OPERATOR(smsengage.<=),
	NEGATOR = OPERATOR(smsengage.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);

COMMENT ON OPERATOR smsengage.= (smsengage.day_tally, smsengage.day_tally) IS 'Equal in content';
COMMENT ON OPERATOR smsengage.<> (smsengage.day_tally, smsengage.day_tally) IS 'Different in content';
COMMENT ON OPERATOR smsengage.< (smsengage.day_tally, smsengage.day_tally) IS 'Before in the order for sorting';
COMMENT ON OPERATOR smsengage.<= (smsengage.day_tally, smsengage.day_tally) IS 'Not after in the order for sorting';
COMMENT ON OPERATOR smsengage.> (smsengage.day_tally, smsengage.day_tally) IS 'After in the order for sorting';
COMMENT ON OPERATOR smsengage.>= (smsengage.day_tally, smsengage.day_tally) IS 'Not before in the order for sorting';

CREATE OPERATOR CLASS smsengage.day_tally_ops DEFAULT FOR TYPE smsengage.day_tally USING btree AS
	OPERATOR 1 smsengage.<,
	OPERATOR 2 smsengage.<=,
	OPERATOR 3 smsengage.=,
	OPERATOR 4 smsengage.>=,
	OPERATOR 5 smsengage.>,
	FUNCTION 1 smsengage.day_tally_cmp(smsengage.day_tally, smsengage.day_tally);
COMMENT ON OPERATOR CLASS smsengage.day_tally_ops USING btree IS 'Sorting and grouping of day tallies by content';

CREATE OPERATOR CLASS smsengage.day_tally_ops DEFAULT FOR TYPE smsengage.day_tally USING hash AS
	OPERATOR 1 smsengage.=,
	FUNCTION 1 smsengage.day_tally_hash(smsengage.day_tally),
	FUNCTION 2 smsengage.day_tally_hash_extended(smsengage.day_tally, pg_catalog.int8);
COMMENT ON OPERATOR CLASS smsengage.day_tally_ops USING hash IS 'Hashing of day tallies by content';
