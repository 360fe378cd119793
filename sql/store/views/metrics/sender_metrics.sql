CREATE OR REPLACE VIEW smsengage.sender_metrics WITH (security_invoker = true) AS
SELECT r.sender_id,
:include delivery_counts.inc,
:include delivery_rates.inc
FROM smsengage.sender_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.sender_metrics IS 'sender_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is sender_id.';
COMMENT ON COLUMN smsengage.sender_metrics.sender_id IS 'Our number, short code or name; NULL if the reports name none';
:include delivery_comments.inc
