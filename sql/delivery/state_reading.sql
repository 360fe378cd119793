-- delivery_state: what reports ask it for.

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
