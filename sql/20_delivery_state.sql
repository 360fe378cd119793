-- delivery_state: what is known about the delivery of one message

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

-- Reading.  The message is as good as its best channel, a channel as bad as
-- its worst part; reports on the whole message count for each of its parts.

CREATE FUNCTION smsengage.status_group(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_group';
COMMENT ON FUNCTION smsengage.status_group(smsengage.delivery_state) IS 'Status group of the message, as Infobip names them: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED; UNKNOWN if no table has the code, or nothing was reported. "Delivered to operator" is in group DELIVERED, though not final.';

CREATE FUNCTION smsengage.status_group_id(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_group_id';
COMMENT ON FUNCTION smsengage.status_group_id(smsengage.delivery_state) IS 'Infobip''s id of the status group: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; NULL for UNKNOWN';

CREATE FUNCTION smsengage.status_class(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_class';
COMMENT ON FUNCTION smsengage.status_class(smsengage.delivery_state) IS 'class of the deciding report: unknown, accepted, not_sent, sent, in_transit, to_operator, expired, undelivered, delivered or seen; NULL if nothing was reported';

CREATE FUNCTION smsengage.status_category(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_category';
COMMENT ON FUNCTION smsengage.status_category(smsengage.delivery_state) IS 'EngageLab''s category of the message: Sending (accepted), Wait result (sent, no result yet), Delivered, Process failed (never given to a channel), Send failed (undelivered or expired); NULL if nothing was reported';

CREATE FUNCTION smsengage.status_code(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_code';
COMMENT ON FUNCTION smsengage.status_code(smsengage.delivery_state) IS 'the provider''s code in the deciding report; NULL if it has none';

CREATE FUNCTION smsengage.decision_split(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_decision_split';
COMMENT ON FUNCTION smsengage.decision_split(smsengage.delivery_state) IS 'branch of a journey''s decision split (Infobip''s Salesforce connector): DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, else NOT_AVAILABLE';

CREATE FUNCTION smsengage.sent_at(state smsengage.delivery_state)
RETURNS pg_catalog.timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_sent_at';
COMMENT ON FUNCTION smsengage.sent_at(smsengage.delivery_state) IS 'earliest time of sending that any report tells; a report of class sent tells its own time';

CREATE FUNCTION smsengage.done_at(state smsengage.delivery_state)
RETURNS pg_catalog.timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_done_at';
COMMENT ON FUNCTION smsengage.done_at(smsengage.delivery_state) IS 'when the final outcome was reached: the earliest report of a failure of that group, or the time by which every known part was delivered (of each part the earliest report counts); NULL while the message is open or without clocks';

CREATE FUNCTION smsengage.seen_at(state smsengage.delivery_state)
RETURNS pg_catalog.timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_seen_at';
COMMENT ON FUNCTION smsengage.seen_at(smsengage.delivery_state) IS 'earliest time at which the message was displayed, NULL if not reported';

CREATE FUNCTION smsengage.is_final(state smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_is_final';
COMMENT ON FUNCTION smsengage.is_final(smsengage.delivery_state) IS 'whether the message has an outcome: not sent, expired, undelivered, delivered or seen';

CREATE FUNCTION smsengage.is_conflicting(state smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_is_conflicting';
COMMENT ON FUNCTION smsengage.is_conflicting(smsengage.delivery_state) IS 'whether two different outcomes were reported for one part of one channel';

CREATE FUNCTION smsengage.parts_known(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_parts_known';
COMMENT ON FUNCTION smsengage.parts_known(smsengage.delivery_state) IS 'number of parts with reports of their own in the deciding channel; no provider tells the total in advance';

CREATE FUNCTION smsengage.parts_delivered(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_parts_delivered';
COMMENT ON FUNCTION smsengage.parts_delivered(smsengage.delivery_state) IS 'number of those parts that are delivered or seen; a message delivered as a whole, without known parts, counts 1';

CREATE FUNCTION smsengage.delivered_to(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_delivered_to';
COMMENT ON FUNCTION smsengage.delivered_to(smsengage.delivery_state) IS 'how far a delivery is confirmed: handset, or operator only (not final); NULL if not delivered';

CREATE FUNCTION smsengage.reports(
	state smsengage.delivery_state,
	OUT channel pg_catalog.text,
	OUT part pg_catalog.int4,
	OUT class pg_catalog.text,
	OUT code pg_catalog.int4,
	OUT at pg_catalog.timestamptz,
	OUT ranking pg_catalog.text,
	OUT sent_at pg_catalog.timestamptz,
	OUT seen_at pg_catalog.timestamptz,
	OUT conflict pg_catalog.bool)
RETURNS SETOF pg_catalog.record
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 2
AS 'MODULE_PATHNAME', 'sms_delivery_reports';
COMMENT ON FUNCTION smsengage.reports(smsengage.delivery_state) IS 'What is kept of each channel and part (NULL: the whole message): class, code, time and ranking of the deciding report, earliest sent and seen times, and whether two different outcomes were reported.';
