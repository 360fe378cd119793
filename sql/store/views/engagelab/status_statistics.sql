CREATE OR REPLACE VIEW smsengage.status_statistics WITH (security_invoker = true) AS
SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
	m.account AS sms_user,
	m.provider,
	m.template,
	smsengage.status_category(m.state) AS status,
	count(*) AS messages,
	sum(smsengage_internal.billed_parts(m.state, m.parts))::bigint AS entries,
	count(DISTINCT nullif(m.individual_no, 0)) AS people
FROM smsengage.message m
GROUP BY 1, 2, 3, 4, 5;

COMMENT ON VIEW smsengage.status_statistics IS 'EngageLab''s status statistics, for every provider: how many messages of each day are in each of the five states of sms_status. Not limited to 30 days: filter by send_date. Its key is (send_date, sms_user, provider, template, status).';
COMMENT ON COLUMN smsengage.status_statistics.send_date IS 'Day of sending (UTC)';
COMMENT ON COLUMN smsengage.status_statistics.sms_user IS 'Account that sent them (SMS_USER)';
COMMENT ON COLUMN smsengage.status_statistics.provider IS 'Which provider reported them';
COMMENT ON COLUMN smsengage.status_statistics.template IS 'Template of the messages';
COMMENT ON COLUMN smsengage.status_statistics.status IS 'Sending, Delivered, Wait result, Process failed or Send failed; NULL if no report could be read';
COMMENT ON COLUMN smsengage.status_statistics.messages IS 'Number of messages';
COMMENT ON COLUMN smsengage.status_statistics.entries IS 'Parts they were billed as';
COMMENT ON COLUMN smsengage.status_statistics.people IS 'Number of different people; does not add up over rows';
