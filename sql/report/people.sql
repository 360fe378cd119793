-- Counting different people.

CREATE FUNCTION smsengage_internal.people_add(state bytea, individual_no bigint)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_people_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.people_add(bytea, bigint) IS 'Adds a person to the state of count_people(); NULL is nobody. Raises 22023 for what is no state. Used by count_people().';
CREATE FUNCTION smsengage_internal.people_combine(bytea, bytea)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_people_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION smsengage_internal.people_combine(bytea, bytea) IS 'Joins two states of count_people(). Used by count_people().';
CREATE FUNCTION smsengage_internal.people_count(state bytea)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_people_count' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.people_count(bytea) IS 'How many different people are in a state. Used by count_people().';

CREATE AGGREGATE smsengage_internal.count_people(individual_no bigint) (
	SFUNC = smsengage_internal.people_add,
	STYPE = bytea,
	SSPACE = 4096,
	FINALFUNC = smsengage_internal.people_count,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = smsengage_internal.people_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage_internal.count_people(bigint) IS 'COUNT(DISTINCT individual_no) without sorting all rows; 0 without people. Used by response_report().';
