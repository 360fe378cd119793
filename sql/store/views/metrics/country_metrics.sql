CREATE OR REPLACE VIEW smsengage.country_metrics WITH (security_invoker = true) AS
SELECT r.country,
:include delivery_counts.inc,
:include delivery_rates.inc
FROM smsengage.country_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.country_metrics IS 'country_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is country.';
COMMENT ON COLUMN smsengage.country_metrics.country IS 'Country of the recipients (ISO 3166-1 alpha-2); NULL if the number does not tell';
:include delivery_comments.inc
