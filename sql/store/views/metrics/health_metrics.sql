CREATE OR REPLACE VIEW smsengage.health_metrics WITH (security_invoker = true) AS
SELECT h.metric, smsengage_internal.plain_amount(h.value)::numeric(38,6) AS value, h.numerator, h.denominator, h.lowest::numeric(12,6) AS lowest, h.highest::numeric(12,6) AS highest, h.healthy
FROM smsengage.health() h;

COMMENT ON VIEW smsengage.health_metrics IS 'health() of the last 30 days (UTC). Its key is metric; limits: health_threshold.';
COMMENT ON COLUMN smsengage.health_metrics.metric IS 'Name of the metric';
COMMENT ON COLUMN smsengage.health_metrics.value IS 'Its value; NULL: there is nothing to judge by';
COMMENT ON COLUMN smsengage.health_metrics.numerator IS 'What was divided; NULL for p50_seconds';
COMMENT ON COLUMN smsengage.health_metrics.denominator IS 'By what; for p50_seconds the number of messages measured';
COMMENT ON COLUMN smsengage.health_metrics.lowest IS 'Healthy from here on';
COMMENT ON COLUMN smsengage.health_metrics.highest IS 'Healthy up to here';
COMMENT ON COLUMN smsengage.health_metrics.healthy IS 'Whether the value is within the limits';
