CREATE OR REPLACE VIEW smsengage.journey_data WITH (security_invoker = true) AS
SELECT j.message_id, j.status_name, j.status_group_name, j.decision, j.error_name, j.sent_at, j.done_at, j.seen_at, j.seen,
	j.url, j.clicked, j.account, j.provider, j.message_key
FROM smsengage.journey_report j;

COMMENT ON VIEW smsengage.journey_data IS 'What Infobip''s connector writes into Journey Data for a decision split: one row per message that has a report, of every provider but Salesforce. For one message, also an unknown one, see journey_status().';
COMMENT ON COLUMN smsengage.journey_data.message_id IS 'Id of the message';
COMMENT ON COLUMN smsengage.journey_data.status_name IS 'Name of the status in the report that decides (statusName)';
COMMENT ON COLUMN smsengage.journey_data.status_group_name IS 'Its group (statusGroupName)';
COMMENT ON COLUMN smsengage.journey_data.decision IS 'DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, by the group and not by how the name begins; else NOT_AVAILABLE';
COMMENT ON COLUMN smsengage.journey_data.error_name IS 'Name of the error (errorName)';
COMMENT ON COLUMN smsengage.journey_data.sent_at IS 'When the message was sent (sentAt)';
COMMENT ON COLUMN smsengage.journey_data.done_at IS 'When the outcome was reached; NULL while there is none (doneAt)';
COMMENT ON COLUMN smsengage.journey_data.seen_at IS 'When it was first seen (seenAt)';
COMMENT ON COLUMN smsengage.journey_data.seen IS 'SEEN or NOT_SEEN';
COMMENT ON COLUMN smsengage.journey_data.url IS 'What the recipient clicked last, or NOT_CLICKED; all clicks are in unified_url_tracking (url)';
COMMENT ON COLUMN smsengage.journey_data.clicked IS 'CLICKED or NOT_CLICKED';
COMMENT ON COLUMN smsengage.journey_data.account IS 'Account of the message';
COMMENT ON COLUMN smsengage.journey_data.provider IS 'Who reported it';
COMMENT ON COLUMN smsengage.journey_data.message_key IS 'Key of the message';
