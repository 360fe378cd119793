CREATE OR REPLACE VIEW smsengage.daily_event_metrics WITH (security_invoker = true) AS
SELECT r.day, r.sent_by_event_date, r.not_sent_by_event_date, r.delivered_by_event_date, r.undelivered_by_event_date, r.expired_by_event_date, r.seen_by_event_date,
	r.clicks, r.unique_clickers, r.replies, r.subscribes, r.unsubscribes, r.confirmations, r.helps, r.opt_outs,
	r.click_rate_by_event_date::numeric(15,6) AS click_rate_by_event_date, r.reply_rate_by_event_date::numeric(15,6) AS reply_rate_by_event_date,
	r.unsubscribe_rate_by_event_date::numeric(15,6) AS unsubscribe_rate_by_event_date, r.help_rate_by_event_date::numeric(15,6) AS help_rate_by_event_date
FROM smsengage.daily_event_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.daily_event_metrics IS 'daily_event_report() of the last 90 days (UTC): events by the day they happened, for tools that read views. Its key is day.';
COMMENT ON COLUMN smsengage.daily_event_metrics.day IS 'Day (UTC)';
COMMENT ON COLUMN smsengage.daily_event_metrics.sent_by_event_date IS 'SENT events';
COMMENT ON COLUMN smsengage.daily_event_metrics.not_sent_by_event_date IS 'NOT_SENT events';
COMMENT ON COLUMN smsengage.daily_event_metrics.delivered_by_event_date IS 'DELIVERED events';
COMMENT ON COLUMN smsengage.daily_event_metrics.undelivered_by_event_date IS 'UNDELIVERED and REJECTED events';
COMMENT ON COLUMN smsengage.daily_event_metrics.expired_by_event_date IS 'EXPIRED events';
COMMENT ON COLUMN smsengage.daily_event_metrics.seen_by_event_date IS 'SEEN events';
COMMENT ON COLUMN smsengage.daily_event_metrics.clicks IS 'Clicks, machines included';
COMMENT ON COLUMN smsengage.daily_event_metrics.unique_clickers IS 'Different people who clicked; does not add up over rows';
COMMENT ON COLUMN smsengage.daily_event_metrics.replies IS 'Replies';
COMMENT ON COLUMN smsengage.daily_event_metrics.subscribes IS 'Opt-ins, replies with a keyword that means it among them';
COMMENT ON COLUMN smsengage.daily_event_metrics.unsubscribes IS 'Opt-outs, replies with a keyword that means it among them';
COMMENT ON COLUMN smsengage.daily_event_metrics.confirmations IS 'Confirmations of opt-ins and opt-outs';
COMMENT ON COLUMN smsengage.daily_event_metrics.helps IS 'Requests for help';
COMMENT ON COLUMN smsengage.daily_event_metrics.opt_outs IS 'Numbers that became opted out: changes of the state of consent';
COMMENT ON COLUMN smsengage.daily_event_metrics.click_rate_by_event_date IS 'clicks / delivered_by_event_date';
COMMENT ON COLUMN smsengage.daily_event_metrics.reply_rate_by_event_date IS 'replies / delivered_by_event_date';
COMMENT ON COLUMN smsengage.daily_event_metrics.unsubscribe_rate_by_event_date IS 'opt_outs / delivered_by_event_date; NULL where that is above 1';
COMMENT ON COLUMN smsengage.daily_event_metrics.help_rate_by_event_date IS 'helps / delivered_by_event_date';
