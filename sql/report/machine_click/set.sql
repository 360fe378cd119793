-- Sets of people and quarter hours.

CREATE FUNCTION smsengage_internal.same_quarter_hour(chunk integer, day timestamptz, a smsengage.day_tally[], b smsengage.day_tally[])
RETURNS TABLE (individual_no bigint, cell_start timestamptz)
AS 'MODULE_PATHNAME', 'sms_same_quarter_hour' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.same_quarter_hour(integer, timestamptz, smsengage.day_tally[], smsengage.day_tally[]) IS 'The people of a chunk with an event in one of a and an event in one of b in the same quarter hour of the day, and that quarter hour. Raises 22003 for a negative chunk, 22004 for a null in an array. Used by people_clicking_beside_events_of_days().';

CREATE FUNCTION smsengage_internal.number_set(numbers bigint[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_number_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.number_set(bigint[]) IS 'A set of numbers for in_set(); nulls are left out. Used by candidate_clicks_by_tally().';
CREATE FUNCTION smsengage_internal.in_set(number bigint, set bytea)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_in_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.in_set(bigint, bytea) IS 'Whether a number is in a set that number_set() made. Raises 22023 for another bytea. Used by candidate_clicks_by_tally().';

CREATE FUNCTION smsengage_internal.quarter_hour_set(people bigint[], instants timestamptz[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_quarter_hour_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.quarter_hour_set(bigint[], timestamptz[]) IS 'A set of people by quarter hour for in_quarter_hour_set(): each person in the quarter hour of the instant at the same place. Raises 22023 where there are more of one than of the other, 22004 for a null or infinity, 54000 for instants thousands of years apart. Used by candidate_clicks().';
CREATE FUNCTION smsengage_internal.in_quarter_hour_set(individual_no bigint, at timestamptz, set bytea)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_in_quarter_hour_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.in_quarter_hour_set(bigint, timestamptz, bytea) IS 'Whether a person is in the quarter hour of an instant in a set that quarter_hour_set() made. Raises 22023 for another bytea. Used by candidate_clicks_by_tally().';
