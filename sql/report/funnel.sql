-- Funnels.

-- how far people get

CREATE FUNCTION smsengage_internal.funnel_add(state bytea, event_type text, event_time timestamptz, steps text[], within interval)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_funnel_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION smsengage_internal.funnel_add(bytea, text, timestamptz, text[], interval) IS 'Adds an event to the state of a funnel. Used by funnel().';
CREATE FUNCTION smsengage_internal.funnel_combine(bytea, bytea)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_funnel_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION smsengage_internal.funnel_combine(bytea, bytea) IS 'Joins two states of a funnel. Used by funnel().';
CREATE FUNCTION smsengage_internal.funnel_final(state bytea)
RETURNS integer
AS 'MODULE_PATHNAME', 'sms_funnel_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage_internal.funnel_final(bytea) IS 'How many steps were taken. Used by funnel().';

CREATE AGGREGATE smsengage.funnel(event_type text, event_time timestamptz, steps text[], within interval) (
	SFUNC = smsengage_internal.funnel_add,
	STYPE = bytea,
	SSPACE = 256,
	FINALFUNC = smsengage_internal.funnel_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = smsengage_internal.funnel_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.funnel(text, timestamptz, text[], interval) IS 'How far the events of a group (a person, a message) got through the steps, 0 to the number of steps: each step no earlier than the one before, and all within the given time from the first (NULL: no limit). Events may come in any order. Those of one instant count in the order of the steps; an event is one step, even where a type is named twice. SELECT reached, count(*) FROM (SELECT funnel(event_type, event_time, ''{SENT,DELIVERED,CLICK,REPLY}'', ''7 days'') AS reached FROM smsengage.event GROUP BY individual_no) f GROUP BY reached. Raises 22023 for no or more than 32 steps, a negative limit or one with months, 22004 for a null step.';
