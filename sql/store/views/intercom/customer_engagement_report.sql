CREATE OR REPLACE VIEW smsengage.customer_engagement_report WITH (security_invoker = true) AS
SELECT c.account, c.channel, c.bulk_message, c.sent, c.delivered, c.clicks, c.replies, c.unsubscribes,
	c.sent_people, c.delivered_people, c.seen_people, c.clicked_people, c.replied_people, c.unsubscribed_people,
	smsengage_internal.rate(c.delivered_people, c.sent_people)::numeric(9,6) AS delivered_people_rate,
	smsengage_internal.rate(c.clicked_people, c.sent_people)::numeric(9,6) AS click_to_reach,
	smsengage_internal.rate(c.replied_people, c.sent_people)::numeric(9,6) AS reply_to_reach
FROM (
	SELECT s.account, coalesce(s.channel, 'SMS') AS channel, s.bulk_message,
		count(*) FILTER (WHERE s.stage = 'sent') AS sent,
		count(*) FILTER (WHERE s.stage = 'delivered') AS delivered,
		count(*) FILTER (WHERE s.stage = 'clicked') AS clicks,
		count(*) FILTER (WHERE s.stage = 'replied') AS replies,
		count(*) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribes,
		count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'sent') AS sent_people,
		count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'delivered') AS delivered_people,
		count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'seen') AS seen_people,
		count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'clicked') AS clicked_people,
		count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'replied') AS replied_people,
		count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribed_people
	FROM (
		SELECT m.account, m.channel, m.bulk_message, m.individual_no, t.stage
		FROM smsengage.message m
		CROSS JOIN LATERAL (VALUES
			('sent', smsengage.message_outcome(m.state) <> 'not_sent'),
			('delivered', smsengage.message_outcome(m.state) IN ('delivered', 'operator')),
			('seen', smsengage.seen_at(m.state) IS NOT NULL)) t(stage, reached)
		WHERE t.reached AND NOT smsengage_internal.is_test(m.callback_data)
		UNION ALL
		-- sendings that name no message, as Salesforce's
		SELECT e.account, e.channel, e.bulk_message, e.individual_no, 'sent'
		FROM smsengage.event e
		WHERE e.event_type = 'SENT' AND e.message_id IS NULL
		UNION ALL
		SELECT e.account, coalesce(m.channel, e.channel), coalesce(m.bulk_message, e.bulk_message), coalesce(nullif(e.individual_no, 0), m.individual_no), 'clicked'
		FROM smsengage.event e
		LEFT JOIN smsengage.message m ON m.message_key = e.message_key
		WHERE e.event_type = 'CLICK' AND :FIRST_PART(e.):
		UNION ALL
		SELECT a.account_name, m.channel, a.bulk_message, coalesce(m.individual_no, a.individual_no), t.stage
		FROM smsengage.attributed_answers('-infinity', 'infinity') a
		LEFT JOIN smsengage.message m ON m.message_key = a.message_key
		CROSS JOIN LATERAL (VALUES ('replied', a.event_type = 'REPLY'), ('unsubscribed', a.meaning = 'opt-out')) t(stage, reached)
		WHERE t.reached
	) s
	GROUP BY 1, 2, 3
) c;

COMMENT ON VIEW smsengage.customer_engagement_report IS 'Intercom''s customer engagement report: how many different people each send reached and moved, SMS beside the other channels. One row per account, channel and send, over all time; that is its key. The row with bulk_message NULL has what belongs to no send: answers that could not be attributed within 4 hours, too.';
COMMENT ON COLUMN smsengage.customer_engagement_report.account IS 'Account that sent';
COMMENT ON COLUMN smsengage.customer_engagement_report.channel IS 'Channel as reports and events name it; SMS if they name none';
COMMENT ON COLUMN smsengage.customer_engagement_report.bulk_message IS 'The send; NULL: what belongs to none';
COMMENT ON COLUMN smsengage.customer_engagement_report.sent IS 'Messages handed over';
COMMENT ON COLUMN smsengage.customer_engagement_report.delivered IS 'Of these, confirmed by handset or operator';
COMMENT ON COLUMN smsengage.customer_engagement_report.clicks IS 'Clicks, machines included';
COMMENT ON COLUMN smsengage.customer_engagement_report.replies IS 'Replies';
COMMENT ON COLUMN smsengage.customer_engagement_report.unsubscribes IS 'Opt-outs, replies with a keyword that means it among them';
COMMENT ON COLUMN smsengage.customer_engagement_report.sent_people IS 'Different people it was sent to';
COMMENT ON COLUMN smsengage.customer_engagement_report.delivered_people IS 'Different people it was delivered to';
COMMENT ON COLUMN smsengage.customer_engagement_report.seen_people IS 'Different people who had it displayed, where the channel tells';
COMMENT ON COLUMN smsengage.customer_engagement_report.clicked_people IS 'Different people who clicked, machines included';
COMMENT ON COLUMN smsengage.customer_engagement_report.replied_people IS 'Different people who replied';
COMMENT ON COLUMN smsengage.customer_engagement_report.unsubscribed_people IS 'Different people who opted out';
COMMENT ON COLUMN smsengage.customer_engagement_report.delivered_people_rate IS 'delivered_people / sent_people; NULL without anyone';
COMMENT ON COLUMN smsengage.customer_engagement_report.click_to_reach IS 'clicked_people / sent_people; NULL without anyone';
COMMENT ON COLUMN smsengage.customer_engagement_report.reply_to_reach IS 'replied_people / sent_people; NULL without anyone';
