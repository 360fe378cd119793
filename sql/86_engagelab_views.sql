-- EngageLab's console pages, SMS Status and SMS Reply, for every provider.

CREATE FUNCTION smsengage.status_subcategory(provider text, status_class smallint, status_code text, error_code text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_status_subcategory_of_report' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.status_subcategory(text, smallint, text, text) IS 'EngageLab''s subcategory of a report: one of eight if it was not sent, of ten if it could not be delivered; NULL otherwise. The arguments are columns of event.';

CREATE FUNCTION smsengage.event_subcategory(provider text, status_class smallint, status_code text, status_name text, error_code text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- log_not_sent() says it by name
	SELECT CASE WHEN provider OPERATOR(pg_catalog.=) 'native' AND status_class OPERATOR(pg_catalog.=) 3::smallint
			AND status_name IN ('Global block', 'Partial block', 'Unsubscribe', 'Keyword block', 'Variable error', 'Content error', 'Frequency overrun')
		THEN status_name ELSE smsengage.status_subcategory(provider, status_class, status_code, error_code) END;
END;
COMMENT ON FUNCTION smsengage.event_subcategory(text, smallint, text, text, text) IS 'status_subcategory() of a stored event, or the name that log_not_sent() gave it. Used by sms_status and block_report().';

CREATE FUNCTION smsengage.engagelab_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.sms_status WITH (security_invoker = true) AS
	SELECT smsengage.status_category(m.state) AS status,
		CASE WHEN smsengage.status_class(m.state) IN ('not_sent', 'undelivered', 'expired') THEN s.subcategory END AS subcategory,
		m.account AS sms_user,
		coalesce(m.parts::integer, nullif(smsengage.parts_known(m.state), 0)) AS entries,
		m.recipient,
		m.template,
		s.template_type,
		s.label,
		least(m.first_time, smsengage.sent_at(m.state)) AS request_time,
		smsengage.sent_at(m.state) AS channel_send_time,
		smsengage.done_at(m.state) AS receipt_time,
		m.last_time AS update_time,
		s.send_log,
		m.provider,
		m.message_id,
		m.message_key::text AS message_key
	FROM smsengage.message m
	LEFT JOIN LATERAL (
		SELECT string_agg(concat_ws(' ', to_char(e.event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
				e.event_type, 'part ' || e.part, e.channel, e.status_code, e.status_name, e.error_code, e.error_text),
				E'\n' ORDER BY e.event_time, e.part NULLS FIRST, e.status_class, e.event_key) AS send_log,
			max(coalesce(e.extra #>> '{custom_args,label}', e.extra ->> 'label') COLLATE "C") AS label,
			max(coalesce(e.extra #>> '{custom_args,template_type}', e.extra ->> 'template_type', e.extra ->> 'messageType') COLLATE "C") AS template_type,
			(array_agg(smsengage.event_subcategory(e.provider, e.status_class, e.status_code, e.status_name, e.error_code)
				ORDER BY e.event_time DESC, e.status_class DESC, e.event_key)
				FILTER (WHERE e.status_class = c.number))[1] AS subcategory
		FROM smsengage.event e
		CROSS JOIN LATERAL (SELECT CASE smsengage.status_class(m.state)
				WHEN 'not_sent' THEN 3 WHEN 'expired' THEN 7 WHEN 'undelivered' THEN 8 END AS number) c
		WHERE e.message_key = m.message_key
			AND e.individual_no IN (m.individual_no, 0)
			AND e.event_time BETWEEN m.first_time AND m.last_time
			AND e.status_class IS NOT NULL
	) s ON true;
	PERFORM smsengage.describe('smsengage.sms_status', 'EngageLab''s page SMS Status, for every provider: one row per message with delivery reports. Filter by its columns.', $c$
		status: Sending, Delivered, Wait result, Process failed (never given to a channel) or Send failed; NULL if no report could be read
		subcategory: Why it failed: one of eight reasons of Process failed, one of ten of Send failed
		sms_user: Account that sent it (SMS_USER)
		entries: Number of messages it was billed as, if known (parts)
		recipient: The person's number
		template: Template of the message
		template_type: Type of the template, where custom_args of the send, a native event or AWS (messageType) say it
		label: Label of the send, where its custom_args or a native event have one
		request_time: When it was asked for: the earliest that is known of it
		channel_send_time: When it was given to the channel
		receipt_time: When its final result came about
		update_time: Time of its latest report
		send_log: Its reports in order, a line each: time (UTC), event type, part, channel, status, error
		provider: Which provider reported it
		message_id: The provider's id of the message
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.sms_reply WITH (security_invoker = true) AS
	SELECT e.event_time AS reply_time,
		coalesce(e.extra ->> 'operator', e.extra ->> 'mccMnc', e.extra ->> 'server', e.provider) AS operator,
		coalesce(e.template, m.template) AS template,
		coalesce(e.message_text, e.keyword) AS content,
		e.recipient AS phone,
		coalesce(e.extra #>> '{custom_args,label}', e.extra ->> 'label') AS label,
		e.account AS sms_user,
		e.sender_id,
		e.keyword,
		e.event_type,
		e.provider,
		e.event_key
	FROM smsengage.event e
	LEFT JOIN smsengage.message m ON m.message_key = e.message_key
	WHERE e.event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP', 'CONFIRMATION')
		AND (e.event_type = 'REPLY' OR e.message_text IS NOT NULL);
	PERFORM smsengage.describe('smsengage.sms_reply', 'EngageLab''s page SMS Reply, for every provider: one row per inbound message. Filter by its columns.', $c$
		reply_time: When it was written
		operator: The network it came by, if the provider says so; else the provider
		template: Template of the message replied to, if the provider says which
		content: Text of the reply, or its keyword
		phone: The person's number
		label: Label, where the event has one
		sms_user: Account that got it (SMS_USER)
		sender_id: Our number that it was sent to
		keyword: Keyword that was recognised
		event_type: REPLY, or what its keyword means: SUBSCRIBE, UNSUBSCRIBE, HELP, CONFIRMATION
		provider: Which provider reported it
		event_key: Key of the event, with reply_time$c$);
END
$$;
COMMENT ON FUNCTION smsengage.engagelab_views() IS 'Makes or replaces the views of EngageLab''s console. Used by migrate().';
