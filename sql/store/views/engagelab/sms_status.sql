-- EngageLab's console pages, SMS Status and SMS Reply, for every provider.
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
		(array_agg(smsengage_internal.event_subcategory(e.provider, e.status_class, e.status_code, e.status_name, e.error_code)
			ORDER BY e.event_time DESC, e.status_class DESC, e.event_key)
			FILTER (WHERE e.status_class = c.number))[1] AS subcategory
	FROM smsengage.event e
	CROSS JOIN LATERAL (SELECT CASE smsengage.status_class(m.state)
			WHEN 'not_sent' THEN :CLASS_NOT_SENT: WHEN 'expired' THEN :CLASS_EXPIRED: WHEN 'undelivered' THEN :CLASS_UNDELIVERED: END AS number) c
	WHERE e.message_key = m.message_key
		AND e.individual_no IN (m.individual_no, 0)
		AND e.event_time BETWEEN m.first_time AND m.last_time
		AND e.status_class IS NOT NULL
) s ON true;

COMMENT ON VIEW smsengage.sms_status IS 'EngageLab''s page SMS Status, for every provider: one row per message with delivery reports. Filter by its columns.';
COMMENT ON COLUMN smsengage.sms_status.status IS 'Sending, Delivered, Wait result, Process failed (never given to a channel) or Send failed; NULL if no report could be read';
COMMENT ON COLUMN smsengage.sms_status.subcategory IS 'Why it failed: one of eight reasons of Process failed, one of ten of Send failed';
COMMENT ON COLUMN smsengage.sms_status.sms_user IS 'Account that sent it (SMS_USER)';
COMMENT ON COLUMN smsengage.sms_status.entries IS 'Number of messages it was billed as, if known (parts)';
COMMENT ON COLUMN smsengage.sms_status.recipient IS 'The person''s number';
COMMENT ON COLUMN smsengage.sms_status.template IS 'Template of the message';
COMMENT ON COLUMN smsengage.sms_status.template_type IS 'Type of the template, where custom_args of the send, a native event or AWS (messageType) say it';
COMMENT ON COLUMN smsengage.sms_status.label IS 'Label of the send, where its custom_args or a native event have one';
COMMENT ON COLUMN smsengage.sms_status.request_time IS 'When it was asked for: the earliest that is known of it';
COMMENT ON COLUMN smsengage.sms_status.channel_send_time IS 'When it was given to the channel';
COMMENT ON COLUMN smsengage.sms_status.receipt_time IS 'When its final result came about';
COMMENT ON COLUMN smsengage.sms_status.update_time IS 'Time of its latest report';
COMMENT ON COLUMN smsengage.sms_status.send_log IS 'Its reports in order, a line each: time (UTC), event type, part, channel, status, error';
COMMENT ON COLUMN smsengage.sms_status.provider IS 'Which provider reported it';
COMMENT ON COLUMN smsengage.sms_status.message_id IS 'The provider''s id of the message';
COMMENT ON COLUMN smsengage.sms_status.message_key IS 'Key of the message';
