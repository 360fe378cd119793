CREATE OR REPLACE VIEW smsengage.outbound_message_report WITH (security_invoker = true) AS
WITH reply AS MATERIALIZED (
	SELECT k.account, k.bulk_message, k.message_key::uuid AS message_key, k.is_keyword_reply FROM smsengage.keyword_reply_report k
)
SELECT m.account,
	m.bulk_message,
	m.channel,
	m.send_date,
	m.first_send_time,
	m.last_send_time,
	m.sent,
	m.delivered,
	m.delivered_people,
	m.first_delivered_time,
	m.last_delivered_time,
	m.delivery_issues,
	m.issue_people,
	coalesce(r.keyword_replies, 0) AS keyword_replies,
	coalesce(r.first_responses, 0) AS first_responses,
	smsengage_internal.rate(m.delivered, m.sent)::numeric(9,6) AS delivery_rate
FROM (
	SELECT k.account, k.bulk_message, coalesce(k.channel, 'SMS') AS channel, min((f.send_time AT TIME ZONE 'UTC')::date) AS send_date,
		min(f.send_time) AS first_send_time, max(f.send_time) AS last_send_time,
		count(*) FILTER (WHERE f.outcome <> 'not_sent') AS sent,
		count(*) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered,
		count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered_people,
		min(f.delivered_time) AS first_delivered_time, max(f.delivered_time) AS last_delivered_time,
		count(*) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS delivery_issues,
		count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS issue_people
	FROM smsengage.message k
	CROSS JOIN LATERAL (
		SELECT smsengage.send_time(k.state, k.first_time) AS send_time, smsengage.message_outcome(k.state) AS outcome,
			CASE WHEN smsengage.message_outcome(k.state) = 'delivered' THEN smsengage.done_at(k.state) END AS delivered_time
	) f
	WHERE NOT smsengage_internal.is_test(k.callback_data)
	GROUP BY 1, 2, 3
) m
LEFT JOIN (
	SELECT k.account, k.bulk_message, coalesce(x.channel, 'SMS') AS channel,
		count(*) FILTER (WHERE k.is_keyword_reply) AS keyword_replies, count(*) FILTER (WHERE NOT k.is_keyword_reply) AS first_responses
	FROM reply k
	JOIN smsengage.message x ON x.message_key = k.message_key
	GROUP BY 1, 2, 3
) r ON r.account = m.account AND r.bulk_message IS NOT DISTINCT FROM m.bulk_message AND r.channel = m.channel;

COMMENT ON VIEW smsengage.outbound_message_report IS 'Intercom''s report of each outbound message, for every provider: to how many it was delivered and when, delivery issues, replies. One row per send and channel; its key is (account, bulk_message, channel). The issues themselves: delivery_issue_report; the replies: keyword_reply_report; the recipients: message_summary.';
COMMENT ON COLUMN smsengage.outbound_message_report.account IS 'Account that sent it';
COMMENT ON COLUMN smsengage.outbound_message_report.bulk_message IS 'The send; NULL: messages that name none';
COMMENT ON COLUMN smsengage.outbound_message_report.channel IS 'Channel; SMS if the reports name none';
COMMENT ON COLUMN smsengage.outbound_message_report.send_date IS 'Day on which it was first sent (UTC)';
COMMENT ON COLUMN smsengage.outbound_message_report.first_send_time IS 'When it was first sent';
COMMENT ON COLUMN smsengage.outbound_message_report.last_send_time IS 'When it was last sent';
COMMENT ON COLUMN smsengage.outbound_message_report.sent IS 'Number of messages handed over';
COMMENT ON COLUMN smsengage.outbound_message_report.delivered IS 'Of these, confirmed by handset or operator';
COMMENT ON COLUMN smsengage.outbound_message_report.delivered_people IS 'Number of different people among these';
COMMENT ON COLUMN smsengage.outbound_message_report.first_delivered_time IS 'First delivery to a handset';
COMMENT ON COLUMN smsengage.outbound_message_report.last_delivered_time IS 'Last delivery to a handset';
COMMENT ON COLUMN smsengage.outbound_message_report.delivery_issues IS 'Number of messages that failed, expired or were not sent';
COMMENT ON COLUMN smsengage.outbound_message_report.issue_people IS 'Number of different people among these';
COMMENT ON COLUMN smsengage.outbound_message_report.keyword_replies IS 'Number of keyword replies to it';
COMMENT ON COLUMN smsengage.outbound_message_report.first_responses IS 'Number of recipients'' first other responses to its messages';
COMMENT ON COLUMN smsengage.outbound_message_report.delivery_rate IS 'delivered / sent; NULL if none was sent';
