CREATE OR REPLACE VIEW smsengage.campaign_metrics WITH (security_invoker = true) AS
SELECT r.bulk_message,
:include delivery_counts.inc,
:include delivery_rates.inc,
	r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers, r.replies, r.subscribes, r.unsubscribes, r.helps, r.sent_by_event_date
FROM smsengage.campaign_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.campaign_metrics IS 'campaign_report() of the last 90 days (UTC), for tools that read views. Messages by the day they were sent, clicks and answers by the day they happened, answers attributed within 4 hours. Its key is bulk_message; NULL: what belongs to none.';
COMMENT ON COLUMN smsengage.campaign_metrics.bulk_message IS 'The send; NULL: what belongs to none';
:include delivery_comments.inc
:include click_comments.inc
:include answer_comments.inc
COMMENT ON COLUMN smsengage.campaign_metrics.sent_by_event_date IS 'SENT events of the period, with and without a message id';
