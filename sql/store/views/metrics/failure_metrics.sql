CREATE OR REPLACE VIEW smsengage.failure_metrics WITH (security_invoker = true) AS
SELECT r.issue, r.issue_kind, r.issue_messages, r.sent, r.issue_rate::numeric(9,6) AS issue_rate
FROM smsengage.failure_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.failure_metrics IS 'failure_report() of the last 90 days (UTC), for tools that read views. Its key is issue.';
COMMENT ON COLUMN smsengage.failure_metrics.issue IS 'One of Intercom''s eight issue reasons';
COMMENT ON COLUMN smsengage.failure_metrics.issue_kind IS 'Kind of it, as in delivery_issue_reason';
COMMENT ON COLUMN smsengage.failure_metrics.issue_messages IS 'Messages that failed or expired for it';
COMMENT ON COLUMN smsengage.failure_metrics.sent IS 'Messages handed over, of all';
COMMENT ON COLUMN smsengage.failure_metrics.issue_rate IS 'issue_messages / sent';
