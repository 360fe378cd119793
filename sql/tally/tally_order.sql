-- tally: comparison.

-- Equality is that of content. The order serves sorting only.
CREATE FUNCTION smsengage.tally_eq(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_ne(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_lt(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_le(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_gt(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_ge(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_cmp(smsengage.tally, smsengage.tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_hash(smsengage.tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_hash_extended(smsengage.tally, pg_catalog.int8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_tally_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION smsengage.tally_eq(smsengage.tally, smsengage.tally) IS 'Equal in content';
COMMENT ON FUNCTION smsengage.tally_ne(smsengage.tally, smsengage.tally) IS 'Different in content';
COMMENT ON FUNCTION smsengage.tally_lt(smsengage.tally, smsengage.tally) IS 'Before in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_le(smsengage.tally, smsengage.tally) IS 'Not after in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_gt(smsengage.tally, smsengage.tally) IS 'After in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_ge(smsengage.tally, smsengage.tally) IS 'Not before in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_cmp(smsengage.tally, smsengage.tally) IS 'Order of the bytes; it has no meaning of its own';
COMMENT ON FUNCTION smsengage.tally_hash(smsengage.tally) IS 'Hash of a tally';
COMMENT ON FUNCTION smsengage.tally_hash_extended(smsengage.tally, pg_catalog.int8) IS 'Hash of a tally with a seed';

CREATE OPERATOR smsengage.= (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_eq,
	COMMUTATOR = OPERATOR(smsengage.=),
	NEGATOR = OPERATOR(smsengage.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR smsengage.<> (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_ne,
	COMMUTATOR = OPERATOR(smsengage.<>),
	NEGATOR = OPERATOR(smsengage.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR smsengage.< (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_lt,
	COMMUTATOR = OPERATOR(smsengage.>),
	NEGATOR = OPERATOR(smsengage.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR smsengage.<= (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_le,
	COMMUTATOR = OPERATOR(smsengage.>=),
	NEGATOR = OPERATOR(smsengage.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR smsengage.> (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_gt,
	COMMUTATOR = OPERATOR(smsengage.<),
	NEGATOR = OPERATOR(smsengage.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
CREATE OPERATOR smsengage.>= (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_ge,
	COMMUTATOR = OPERATOR(smsengage.<=),
	NEGATOR = OPERATOR(smsengage.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);

COMMENT ON OPERATOR smsengage.= (smsengage.tally, smsengage.tally) IS 'Equal in content';
COMMENT ON OPERATOR smsengage.<> (smsengage.tally, smsengage.tally) IS 'Different in content';
COMMENT ON OPERATOR smsengage.< (smsengage.tally, smsengage.tally) IS 'Before in the order for sorting';
COMMENT ON OPERATOR smsengage.<= (smsengage.tally, smsengage.tally) IS 'Not after in the order for sorting';
COMMENT ON OPERATOR smsengage.> (smsengage.tally, smsengage.tally) IS 'After in the order for sorting';
COMMENT ON OPERATOR smsengage.>= (smsengage.tally, smsengage.tally) IS 'Not before in the order for sorting';

CREATE OPERATOR CLASS smsengage.tally_ops DEFAULT FOR TYPE smsengage.tally USING btree AS
	OPERATOR 1 smsengage.<,
	OPERATOR 2 smsengage.<=,
	OPERATOR 3 smsengage.=,
	OPERATOR 4 smsengage.>=,
	OPERATOR 5 smsengage.>,
	FUNCTION 1 smsengage.tally_cmp(smsengage.tally, smsengage.tally);
COMMENT ON OPERATOR CLASS smsengage.tally_ops USING btree IS 'Sorting and grouping of tallies by content';

CREATE OPERATOR CLASS smsengage.tally_ops DEFAULT FOR TYPE smsengage.tally USING hash AS
	OPERATOR 1 smsengage.=,
	FUNCTION 1 smsengage.tally_hash(smsengage.tally),
	FUNCTION 2 smsengage.tally_hash_extended(smsengage.tally, pg_catalog.int8);
COMMENT ON OPERATOR CLASS smsengage.tally_ops USING hash IS 'Hashing of tallies by content';
