CREATE OR REPLACE VIEW smsengage.engagement_summary WITH (security_invoker = true) AS
SELECT r.day, r.bulk_message, r.event_type, r.events, r.individuals
FROM smsengage.engagement_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.engagement_summary IS 'engagement_report() of the last 90 days (UTC): events by type, send and day, for tools that read views. Its key is (day, event_type, bulk_message).';
COMMENT ON COLUMN smsengage.engagement_summary.day IS 'Day on which they happened (UTC)';
COMMENT ON COLUMN smsengage.engagement_summary.bulk_message IS 'The send; NULL: all events of the type, with and without one';
COMMENT ON COLUMN smsengage.engagement_summary.event_type IS 'Type of the events';
COMMENT ON COLUMN smsengage.engagement_summary.events IS 'Number of events';
COMMENT ON COLUMN smsengage.engagement_summary.individuals IS 'Number of different people; does not add up over rows';
