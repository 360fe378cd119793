-- How a message ended, and what it cost.

CREATE FUNCTION smsengage.message_outcome(state smsengage.delivery_state)
RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'sms_delivery_outcome' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.message_outcome(smsengage.delivery_state) IS 'How a message ended, as reports count it: delivered (to the handset), operator (confirmed no further than the operator), failed, expired, not_sent (never handed over) or open.';

CREATE FUNCTION smsengage.send_time(state smsengage.delivery_state, first_time timestamptz)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_delivery_send_time' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.send_time(smsengage.delivery_state, timestamptz) IS 'When a message was sent: as its reports say, else the time of the earliest of them. Reports "by send date" go by it.';

CREATE FUNCTION smsengage_internal.arrived_at(state smsengage.delivery_state)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_delivery_arrived_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.arrived_at(smsengage.delivery_state) IS 'When a message was delivered to the handset, or sent where no such report is known: from when on it can be read. Used by rules of machine clicks and reports.';

CREATE FUNCTION smsengage_internal.billed_parts(state smsengage.delivery_state, parts smallint)
RETURNS integer
AS 'MODULE_PATHNAME', 'sms_billed_parts' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.billed_parts(smsengage.delivery_state, smallint) IS 'Number of parts of a message: as the provider says, else as many as were reported, at least 1. Used by reports.';

CREATE FUNCTION smsengage.message_cost(provider text, price numeric, parts integer)
RETURNS numeric
AS 'MODULE_PATHNAME', 'sms_message_cost' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.message_cost(text, numeric, integer) IS 'What a message cost: Infobip states the price of one part (pricePerMessage), every other provider that of the message.';

CREATE FUNCTION smsengage_internal.is_test(callback_data text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_is_test' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.is_test(text) IS 'Whether the callback data of a message says that it is a test: a field test that is true. Such messages are in no metric. Used by reports.';

CREATE FUNCTION smsengage_internal.plain_amount(amount numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN pg_catalog.abs(amount) OPERATOR(pg_catalog.<) 1e31 THEN amount END;
END;
COMMENT ON FUNCTION smsengage_internal.plain_amount(numeric) IS 'An amount that fits numeric(38,6), as views have it; NULL for a larger one, so that an absurd price spoils its own row only. Used by reports.';
