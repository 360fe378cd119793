CREATE OR REPLACE VIEW smsengage.delivery_issue_report WITH (security_invoker = true) AS
SELECT m.message_key::text AS message_key,
	m.message_id,
	m.account,
	m.provider,
	coalesce(m.channel, 'SMS') AS channel,
	m.bulk_message,
	m.template,
	m.sender_id,
	m.recipient,
	m.individual_no,
	i.individual_id,
	smsengage.send_time(m.state, m.first_time) AS send_time,
	(smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
	smsengage.done_at(m.state) AS issue_time,
	smsengage.message_outcome(m.state) AS outcome,
	e.status_code,
	e.error_code,
	CASE WHEN e.error_code = '0' THEN coalesce(e.status_name, e.error_text) ELSE coalesce(e.error_text, e.status_name) END AS reason,
	x.issue,
	x.meaning,
	x.possible_fix,
	x.retryable,
	smsengage_internal.is_test(m.callback_data) AS is_test
FROM smsengage.message m
LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
CROSS JOIN LATERAL (
	SELECT CASE smsengage.message_outcome(m.state) WHEN 'not_sent' THEN :CLASS_NOT_SENT: WHEN 'expired' THEN :CLASS_EXPIRED: ELSE 8 END AS status_class
) c
LEFT JOIN LATERAL (
	SELECT k.event_type, k.status_code, k.status_name, k.error_code, k.error_text
	FROM smsengage.event k
	WHERE k.message_key = m.message_key AND k.individual_no IN (m.individual_no, 0)
		AND k.event_time BETWEEN m.first_time AND m.last_time AND k.status_class = c.status_class
	ORDER BY k.event_time DESC, k.event_key
	LIMIT 1
) e ON true
CROSS JOIN LATERAL smsengage_internal.event_issue(m.provider, e.event_type, e.status_code, e.error_code, e.error_text) x
WHERE smsengage.message_outcome(m.state) IN ('failed', 'expired', 'not_sent');

COMMENT ON VIEW smsengage.delivery_issue_report IS 'Intercom''s delivery issues, for every provider: which message failed to reach whom, why, what that means and what can be done. One row per message that failed, expired or was not sent; its key is message_key.';
COMMENT ON COLUMN smsengage.delivery_issue_report.message_key IS 'Key of the message';
COMMENT ON COLUMN smsengage.delivery_issue_report.message_id IS 'The provider''s id of the message';
COMMENT ON COLUMN smsengage.delivery_issue_report.account IS 'Account that sent it';
COMMENT ON COLUMN smsengage.delivery_issue_report.provider IS 'Which provider reported it';
COMMENT ON COLUMN smsengage.delivery_issue_report.channel IS 'Channel; SMS if the reports name none';
COMMENT ON COLUMN smsengage.delivery_issue_report.bulk_message IS 'Send that it belongs to';
COMMENT ON COLUMN smsengage.delivery_issue_report.template IS 'Template of it';
COMMENT ON COLUMN smsengage.delivery_issue_report.sender_id IS 'Our number, short code or name';
COMMENT ON COLUMN smsengage.delivery_issue_report.recipient IS 'The person''s number; empty if none';
COMMENT ON COLUMN smsengage.delivery_issue_report.individual_no IS 'Number of the person; 0 if nobody is known';
COMMENT ON COLUMN smsengage.delivery_issue_report.individual_id IS 'The person, as the provider names it, or tel: and the number';
COMMENT ON COLUMN smsengage.delivery_issue_report.send_time IS 'When it was sent; the earliest report where none tells';
COMMENT ON COLUMN smsengage.delivery_issue_report.send_date IS 'Day of send_time (UTC)';
COMMENT ON COLUMN smsengage.delivery_issue_report.issue_time IS 'When the failure came about';
COMMENT ON COLUMN smsengage.delivery_issue_report.outcome IS 'failed, expired or not_sent';
COMMENT ON COLUMN smsengage.delivery_issue_report.status_code IS 'The provider''s status code';
COMMENT ON COLUMN smsengage.delivery_issue_report.error_code IS 'The provider''s error code';
COMMENT ON COLUMN smsengage.delivery_issue_report.reason IS 'The provider''s own words';
COMMENT ON COLUMN smsengage.delivery_issue_report.issue IS 'One of Intercom''s eight issue reasons';
COMMENT ON COLUMN smsengage.delivery_issue_report.meaning IS 'What the issue means';
COMMENT ON COLUMN smsengage.delivery_issue_report.possible_fix IS 'What can be done about it';
COMMENT ON COLUMN smsengage.delivery_issue_report.retryable IS 'Whether sending again can help';
COMMENT ON COLUMN smsengage.delivery_issue_report.is_test IS 'Whether it is a test, by its callback data; counts leave it out';
