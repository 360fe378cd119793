-- delivery_state: what is known about the delivery of one message.

CREATE TYPE smsengage.delivery_state;

CREATE FUNCTION smsengage.delivery_state_in(pg_catalog.cstring)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_in';
COMMENT ON FUNCTION smsengage.delivery_state_in(pg_catalog.cstring) IS 'text input of delivery_state';

CREATE FUNCTION smsengage.delivery_state_out(smsengage.delivery_state)
RETURNS pg_catalog.cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_out';
COMMENT ON FUNCTION smsengage.delivery_state_out(smsengage.delivery_state) IS 'text output of delivery_state';

CREATE FUNCTION smsengage.delivery_state_recv(pg_catalog.internal)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_recv';
COMMENT ON FUNCTION smsengage.delivery_state_recv(pg_catalog.internal) IS 'binary input of delivery_state; bytes that are not canonical are refused';

CREATE FUNCTION smsengage.delivery_state_send(smsengage.delivery_state)
RETURNS pg_catalog.bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_send';
COMMENT ON FUNCTION smsengage.delivery_state_send(smsengage.delivery_state) IS 'binary output of delivery_state: the stored bytes, the same on every machine';

CREATE TYPE smsengage.delivery_state (
	INPUT = smsengage.delivery_state_in,
	OUTPUT = smsengage.delivery_state_out,
	RECEIVE = smsengage.delivery_state_recv,
	SEND = smsengage.delivery_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = main
);
COMMENT ON TYPE smsengage.delivery_state IS 'What is known about the delivery of one message, merged from its reports in any order. Text: entries separated by ";", each "CHANNEL[/part] class [code] [@time] by code|time|class", then ", sent time", ", seen time" and ", not_sent|expired|undelivered|delivered [time]" for what the deciding report does not imply, e.g. SMS/0 delivered 4000 @2021-02-05T22:30:26.004Z by code, sent 2021-02-05T22:30:20Z. Times carry an offset from UTC. Empty text: no report yet.';

-- Making and merging

CREATE FUNCTION smsengage.delivery_report(
	class pg_catalog.text,
	code pg_catalog.int4 DEFAULT 0,
	at pg_catalog.timestamptz DEFAULT NULL,
	channel pg_catalog.text DEFAULT 'SMS',
	part pg_catalog.int4 DEFAULT NULL,
	ranking pg_catalog.text DEFAULT 'time',
	sent_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_report';
COMMENT ON FUNCTION smsengage.delivery_report(pg_catalog.text, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.int4, pg_catalog.text, pg_catalog.timestamptz) IS
'The delivery state after one report. class: unknown, accepted, not_sent, sent, in_transit, to_operator, expired, undelivered, delivered or seen (NULL: no report, NULL). code: the provider''s, 0 or NULL for none. at: when it happened, by the provider''s clock. channel: a name not in the list is OTHER. part: 0..254, NULL for the whole message. ranking: how reports of this provider outrank each other: code (Salesforce ENS: the highest status code is final; NotSent codes rank below 2000), time (final before open, then the latest) or class (payloads without a clock). sent_at: when the message was sent, if the report tells. Errors: 22023 for an unknown class, ranking or part, 22008 for a time that is infinite or outside the years 0001 to 9999.';

CREATE FUNCTION smsengage.delivery_merge(smsengage.delivery_state, smsengage.delivery_state)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_merge_states';
COMMENT ON FUNCTION smsengage.delivery_merge(smsengage.delivery_state, smsengage.delivery_state) IS 'what both delivery states know together: commutative, associative, idempotent';

CREATE OPERATOR smsengage.|| (
	FUNCTION = smsengage.delivery_merge,
	LEFTARG = smsengage.delivery_state,
	RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.||)
);
COMMENT ON OPERATOR smsengage.|| (smsengage.delivery_state, smsengage.delivery_state) IS 'what both delivery states know together';

CREATE AGGREGATE smsengage.merge(smsengage.delivery_state) (
	SFUNC = smsengage.delivery_merge,
	STYPE = smsengage.delivery_state,
	COMBINEFUNC = smsengage.delivery_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.merge(smsengage.delivery_state) IS 'what all delivery states know together, the same in any order; NULL if there is none';
