-- segment_rule: comparison.

-- comparison, by the bytes of the canonical text

CREATE FUNCTION smsengage.segment_rule_eq(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_eq(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of = operator';
CREATE FUNCTION smsengage.segment_rule_ne(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_ne(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of <> operator';
CREATE FUNCTION smsengage.segment_rule_lt(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_lt(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of < operator';
CREATE FUNCTION smsengage.segment_rule_le(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_le(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of <= operator';
CREATE FUNCTION smsengage.segment_rule_gt(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_gt(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of > operator';
CREATE FUNCTION smsengage.segment_rule_ge(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_ge(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of >= operator';
CREATE FUNCTION smsengage.segment_rule_cmp(smsengage.segment_rule, smsengage.segment_rule) RETURNS integer
	AS 'MODULE_PATHNAME', 'sms_segment_rule_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_cmp(smsengage.segment_rule, smsengage.segment_rule) IS 'order of the canonical texts by their bytes: -1, 0 or 1';
CREATE FUNCTION smsengage.segment_rule_hash(smsengage.segment_rule) RETURNS integer
	AS 'MODULE_PATHNAME', 'sms_segment_rule_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_hash(smsengage.segment_rule) IS 'hash of the canonical text';
CREATE FUNCTION smsengage.segment_rule_hash_extended(smsengage.segment_rule, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'sms_segment_rule_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_hash_extended(smsengage.segment_rule, bigint) IS 'seeded hash of the canonical text';

CREATE OPERATOR smsengage.= (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_eq,
	COMMUTATOR = OPERATOR(smsengage.=), NEGATOR = OPERATOR(smsengage.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR smsengage.= (smsengage.segment_rule, smsengage.segment_rule) IS 'equal canonical text';
CREATE OPERATOR smsengage.<> (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_ne,
	COMMUTATOR = OPERATOR(smsengage.<>), NEGATOR = OPERATOR(smsengage.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR smsengage.<> (smsengage.segment_rule, smsengage.segment_rule) IS 'other canonical text';
CREATE OPERATOR smsengage.< (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_lt,
	COMMUTATOR = OPERATOR(smsengage.>), NEGATOR = OPERATOR(smsengage.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR smsengage.< (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts before';
CREATE OPERATOR smsengage.<= (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_le,
	COMMUTATOR = OPERATOR(smsengage.>=), NEGATOR = OPERATOR(smsengage.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR smsengage.<= (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts before or is equal';
CREATE OPERATOR smsengage.> (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_gt,
	COMMUTATOR = OPERATOR(smsengage.<), NEGATOR = OPERATOR(smsengage.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR smsengage.> (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts after';
CREATE OPERATOR smsengage.>= (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_ge,
	COMMUTATOR = OPERATOR(smsengage.<=), NEGATOR = OPERATOR(smsengage.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR smsengage.>= (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts after or is equal';

CREATE OPERATOR CLASS smsengage.segment_rule_ops DEFAULT FOR TYPE smsengage.segment_rule USING btree AS
	OPERATOR 1 smsengage.<, OPERATOR 2 smsengage.<=, OPERATOR 3 smsengage.=,
	OPERATOR 4 smsengage.>=, OPERATOR 5 smsengage.>,
	FUNCTION 1 smsengage.segment_rule_cmp(smsengage.segment_rule, smsengage.segment_rule);
COMMENT ON OPERATOR CLASS smsengage.segment_rule_ops USING btree IS 'order of the canonical texts by their bytes';
COMMENT ON OPERATOR FAMILY smsengage.segment_rule_ops USING btree IS 'order of the canonical texts by their bytes';
CREATE OPERATOR CLASS smsengage.segment_rule_ops DEFAULT FOR TYPE smsengage.segment_rule USING hash AS
	OPERATOR 1 smsengage.=,
	FUNCTION 1 smsengage.segment_rule_hash(smsengage.segment_rule),
	FUNCTION 2 smsengage.segment_rule_hash_extended(smsengage.segment_rule, bigint);
COMMENT ON OPERATOR CLASS smsengage.segment_rule_ops USING hash IS 'hash of the canonical text';
COMMENT ON OPERATOR FAMILY smsengage.segment_rule_ops USING hash IS 'hash of the canonical text';
