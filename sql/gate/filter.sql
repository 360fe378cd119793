-- Filters over many numbers.

CREATE FUNCTION smsengage_internal.number_filter(numbers text[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_number_filter' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.number_filter(text[]) IS 'A Bloom filter over numbers, for filter_hits(). Used by can_send_all(); not to be stored.';

CREATE FUNCTION smsengage_internal.filter_hits(filter bytea, number text)
RETURNS integer
AS 'MODULE_PATHNAME', 'sms_filter_hits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.filter_hits(bytea, text) IS '1 for every number of the filter and for very few others, else 0. A number and not a boolean, because the planner takes it for rare then. Error 22023 for bytes that are no filter. Used by can_send_all().';
