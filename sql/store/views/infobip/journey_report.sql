CREATE OR REPLACE VIEW smsengage.journey_report WITH (security_invoker = true) AS
SELECT r.message_id,
	coalesce(r.status_name, r.decision) AS status_name,
	coalesce(r.status_group_name, r.status_group) AS status_group_name,
	r.decision,
	r.error_name,
	r.first_sent_at AS sent_at,
	r.decided_at AS done_at,
	r.seen_at,
	CASE WHEN r.seen_at IS NULL THEN 'NOT_SEEN' ELSE 'SEEN' END AS seen,
	coalesce(c.url, 'NOT_CLICKED') AS url,
	CASE WHEN c.url IS NULL THEN 'NOT_CLICKED' ELSE 'CLICKED' END AS clicked,
	r.account,
	r.provider,
	r.recipient,
	r.message_key
FROM smsengage.message_report r
-- a fence: asked once
CROSS JOIN LATERAL (SELECT r.last_click_url AS url GROUP BY 1) c
WHERE r.decides;

COMMENT ON VIEW smsengage.journey_report IS 'What journey_data and journey_status() are made of.';
COMMENT ON COLUMN smsengage.journey_report.message_id IS 'Id of the message';
COMMENT ON COLUMN smsengage.journey_report.status_name IS 'Name of the status in the report that decides (statusName)';
COMMENT ON COLUMN smsengage.journey_report.status_group_name IS 'Its group (statusGroupName)';
COMMENT ON COLUMN smsengage.journey_report.decision IS 'DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, by the group and not by how the name begins; else NOT_AVAILABLE';
COMMENT ON COLUMN smsengage.journey_report.error_name IS 'Name of the error (errorName)';
COMMENT ON COLUMN smsengage.journey_report.sent_at IS 'When the message was sent (sentAt)';
COMMENT ON COLUMN smsengage.journey_report.done_at IS 'When the outcome was reached; NULL while there is none (doneAt)';
COMMENT ON COLUMN smsengage.journey_report.seen_at IS 'When it was first seen (seenAt)';
COMMENT ON COLUMN smsengage.journey_report.seen IS 'SEEN or NOT_SEEN';
COMMENT ON COLUMN smsengage.journey_report.url IS 'What the recipient clicked last, or NOT_CLICKED; all clicks are in unified_url_tracking (url)';
COMMENT ON COLUMN smsengage.journey_report.clicked IS 'CLICKED or NOT_CLICKED';
COMMENT ON COLUMN smsengage.journey_report.account IS 'Account of the message';
COMMENT ON COLUMN smsengage.journey_report.provider IS 'Who reported it';
COMMENT ON COLUMN smsengage.journey_report.recipient IS 'The number that it was sent to';
COMMENT ON COLUMN smsengage.journey_report.message_key IS 'Key of the message';
