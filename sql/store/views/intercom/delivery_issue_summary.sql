CREATE OR REPLACE VIEW smsengage.delivery_issue_summary WITH (security_invoker = true) AS
SELECT r.account, r.bulk_message, r.send_date, r.provider, r.channel, r.issue, r.meaning, r.possible_fix, r.retryable,
	count(*) AS delivery_issues,
	count(DISTINCT nullif(r.individual_no, 0)) AS people,
	min(r.issue_time) AS first_issue_time,
	max(r.issue_time) AS last_issue_time
FROM smsengage.delivery_issue_report r
WHERE NOT r.is_test
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

COMMENT ON VIEW smsengage.delivery_issue_summary IS 'Delivery issues counted, with meaning and fix. Its key is (account, bulk_message, send_date, provider, channel, issue).';
COMMENT ON COLUMN smsengage.delivery_issue_summary.account IS 'Account that sent them';
COMMENT ON COLUMN smsengage.delivery_issue_summary.bulk_message IS 'Send that they belong to';
COMMENT ON COLUMN smsengage.delivery_issue_summary.send_date IS 'Day of sending (UTC)';
COMMENT ON COLUMN smsengage.delivery_issue_summary.provider IS 'Which provider reported them';
COMMENT ON COLUMN smsengage.delivery_issue_summary.channel IS 'Channel';
COMMENT ON COLUMN smsengage.delivery_issue_summary.issue IS 'One of Intercom''s eight issue reasons';
COMMENT ON COLUMN smsengage.delivery_issue_summary.meaning IS 'What the issue means';
COMMENT ON COLUMN smsengage.delivery_issue_summary.possible_fix IS 'What can be done about it';
COMMENT ON COLUMN smsengage.delivery_issue_summary.retryable IS 'Whether sending again can help';
COMMENT ON COLUMN smsengage.delivery_issue_summary.delivery_issues IS 'Number of messages';
COMMENT ON COLUMN smsengage.delivery_issue_summary.people IS 'Number of different people; does not add up over rows';
COMMENT ON COLUMN smsengage.delivery_issue_summary.first_issue_time IS 'When the first failure came about';
COMMENT ON COLUMN smsengage.delivery_issue_summary.last_issue_time IS 'When the last one did';
