CREATE OR REPLACE VIEW smsengage.daily_metrics WITH (security_invoker = true) AS
SELECT r.day,
:include delivery_counts.inc,
:include delivery_rates.inc,
	r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers, r.replies, r.subscribes, r.unsubscribes, r.helps, r.opt_ins, r.opt_outs, r.list_growth
FROM smsengage.daily_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.daily_metrics IS 'daily_report() of the last 90 days (UTC), for tools that read views. Messages by the day they were sent, clicks and answers by the day they happened. Its key is day.';
COMMENT ON COLUMN smsengage.daily_metrics.day IS 'Day (UTC)';
:include delivery_comments.inc
:include click_comments.inc
:include answer_comments.inc
COMMENT ON COLUMN smsengage.daily_metrics.opt_ins IS 'Numbers that became opted in';
COMMENT ON COLUMN smsengage.daily_metrics.opt_outs IS 'Numbers that became opted out: changes of the state of consent, two opt-outs in a row are one';
COMMENT ON COLUMN smsengage.daily_metrics.list_growth IS 'opt_ins - opt_outs';
