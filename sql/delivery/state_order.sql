-- delivery_state: comparison, for sorting, grouping and hash joins.

-- Comparison

CREATE FUNCTION smsengage.delivery_state_lt(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_lt';
COMMENT ON FUNCTION smsengage.delivery_state_lt(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of < operator';

CREATE FUNCTION smsengage.delivery_state_le(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_le';
COMMENT ON FUNCTION smsengage.delivery_state_le(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of <= operator';

CREATE FUNCTION smsengage.delivery_state_eq(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_eq';
COMMENT ON FUNCTION smsengage.delivery_state_eq(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of = operator';

CREATE FUNCTION smsengage.delivery_state_ne(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_ne';
COMMENT ON FUNCTION smsengage.delivery_state_ne(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of <> operator';

CREATE FUNCTION smsengage.delivery_state_ge(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_ge';
COMMENT ON FUNCTION smsengage.delivery_state_ge(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of >= operator';

CREATE FUNCTION smsengage.delivery_state_gt(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_gt';
COMMENT ON FUNCTION smsengage.delivery_state_gt(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of > operator';

CREATE FUNCTION smsengage.delivery_state_cmp(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_cmp';
COMMENT ON FUNCTION smsengage.delivery_state_cmp(smsengage.delivery_state, smsengage.delivery_state) IS 'order of the bytes of two delivery states: negative, 0 or positive';

CREATE FUNCTION smsengage.delivery_state_hash(smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_hash';
COMMENT ON FUNCTION smsengage.delivery_state_hash(smsengage.delivery_state) IS 'hash of a delivery state';

CREATE FUNCTION smsengage.delivery_state_hash_extended(smsengage.delivery_state, pg_catalog.int8)
RETURNS pg_catalog.int8
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_hash_extended';
COMMENT ON FUNCTION smsengage.delivery_state_hash_extended(smsengage.delivery_state, pg_catalog.int8) IS 'seeded 64-bit hash of a delivery state';

CREATE OPERATOR smsengage.= (
	FUNCTION = smsengage.delivery_state_eq,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.=), NEGATOR = OPERATOR(smsengage.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
COMMENT ON OPERATOR smsengage.= (smsengage.delivery_state, smsengage.delivery_state) IS 'the same knowledge';

CREATE OPERATOR smsengage.<> (
	FUNCTION = smsengage.delivery_state_ne,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.<>), NEGATOR = OPERATOR(smsengage.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR smsengage.<> (smsengage.delivery_state, smsengage.delivery_state) IS 'not the same knowledge';

CREATE OPERATOR smsengage.< (
	FUNCTION = smsengage.delivery_state_lt,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.>), NEGATOR = OPERATOR(smsengage.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR smsengage.< (smsengage.delivery_state, smsengage.delivery_state) IS 'comes before in the order of bytes';

CREATE OPERATOR smsengage.<= (
	FUNCTION = smsengage.delivery_state_le,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.>=), NEGATOR = OPERATOR(smsengage.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR smsengage.<= (smsengage.delivery_state, smsengage.delivery_state) IS 'comes before in the order of bytes, or is equal';

CREATE OPERATOR smsengage.>= (
	FUNCTION = smsengage.delivery_state_ge,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.<=), NEGATOR = OPERATOR(smsengage.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR smsengage.>= (smsengage.delivery_state, smsengage.delivery_state) IS 'comes after in the order of bytes, or is equal';

CREATE OPERATOR smsengage.> (
	FUNCTION = smsengage.delivery_state_gt,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.<), NEGATOR = OPERATOR(smsengage.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR smsengage.> (smsengage.delivery_state, smsengage.delivery_state) IS 'comes after in the order of bytes';

CREATE OPERATOR CLASS smsengage.delivery_state_ops
DEFAULT FOR TYPE smsengage.delivery_state USING btree AS
	OPERATOR 1 smsengage.<,
	OPERATOR 2 smsengage.<=,
	OPERATOR 3 smsengage.=,
	OPERATOR 4 smsengage.>=,
	OPERATOR 5 smsengage.>,
	FUNCTION 1 smsengage.delivery_state_cmp(smsengage.delivery_state, smsengage.delivery_state),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS smsengage.delivery_state_ops USING btree IS 'grouping and sorting of delivery states by their bytes';
COMMENT ON OPERATOR FAMILY smsengage.delivery_state_ops USING btree IS 'grouping and sorting of delivery states by their bytes';

CREATE OPERATOR CLASS smsengage.delivery_state_hash_ops
DEFAULT FOR TYPE smsengage.delivery_state USING hash AS
	OPERATOR 1 smsengage.=,
	FUNCTION 1 smsengage.delivery_state_hash(smsengage.delivery_state),
	FUNCTION 2 smsengage.delivery_state_hash_extended(smsengage.delivery_state, pg_catalog.int8);
COMMENT ON OPERATOR CLASS smsengage.delivery_state_hash_ops USING hash IS 'hashing of delivery states by their bytes';
COMMENT ON OPERATOR FAMILY smsengage.delivery_state_hash_ops USING hash IS 'hashing of delivery states by their bytes';
