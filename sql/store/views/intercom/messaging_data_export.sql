CREATE OR REPLACE VIEW smsengage.messaging_data_export WITH (security_invoker = true) AS
SELECT i.individual_id AS user_id,
	m.recipient AS phone,
	m.account,
	m.provider,
	coalesce(m.channel, 'SMS') AS content_type,
	m.bulk_message AS content_id,
	m.template AS content_title,
	m.message_id AS receipt_id,
	m.message_key::text AS message_key,
	smsengage.send_time(m.state, m.first_time) AS received_at,
	CASE WHEN smsengage.message_outcome(m.state) = 'delivered' THEN smsengage.done_at(m.state) END AS delivered_at,
	smsengage.status_group(m.state) AS status_group,
	e.first_open,
	e.first_click,
	e.first_reply,
	e.first_unsubscribe,
	CASE WHEN smsengage.message_outcome(m.state) = 'failed' THEN smsengage.done_at(m.state) END AS first_hard_bounce,
	e.clicks
FROM smsengage.message m
LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
LEFT JOIN LATERAL (
	SELECT min(k.event_time) FILTER (WHERE k.event_type = 'SEEN') AS first_open,
		min(k.event_time) FILTER (WHERE k.event_type = 'CLICK') AS first_click,
		min(k.event_time) FILTER (WHERE k.event_type = 'REPLY') AS first_reply,
		min(k.event_time) FILTER (WHERE k.event_type = 'UNSUBSCRIBE') AS first_unsubscribe,
		count(*) FILTER (WHERE k.event_type = 'CLICK' AND :FIRST_PART(k.):) AS clicks
	FROM smsengage.event k
	WHERE k.individual_no = m.individual_no AND k.message_key = m.message_key
) e ON true;

COMMENT ON VIEW smsengage.messaging_data_export IS 'Intercom''s messaging data export with SMS: one row a receipt (a message to one recipient), made for COPY (SELECT ... FROM smsengage.messaging_data_export) TO STDOUT (FORMAT csv, HEADER). Its key is message_key. Times of clicks and answers are those of events that name the message.';
COMMENT ON COLUMN smsengage.messaging_data_export.user_id IS 'The person, as the provider names it, or tel: and the number';
COMMENT ON COLUMN smsengage.messaging_data_export.phone IS 'The person''s number; empty if none';
COMMENT ON COLUMN smsengage.messaging_data_export.account IS 'Account that sent it';
COMMENT ON COLUMN smsengage.messaging_data_export.provider IS 'Which provider reported it';
COMMENT ON COLUMN smsengage.messaging_data_export.content_type IS 'Channel; SMS if the reports name none';
COMMENT ON COLUMN smsengage.messaging_data_export.content_id IS 'The send that it belongs to';
COMMENT ON COLUMN smsengage.messaging_data_export.content_title IS 'Title or template of it';
COMMENT ON COLUMN smsengage.messaging_data_export.receipt_id IS 'The provider''s id of the message';
COMMENT ON COLUMN smsengage.messaging_data_export.message_key IS 'Key of the message';
COMMENT ON COLUMN smsengage.messaging_data_export.received_at IS 'When it was sent to the person';
COMMENT ON COLUMN smsengage.messaging_data_export.delivered_at IS 'When it was delivered to the handset';
COMMENT ON COLUMN smsengage.messaging_data_export.status_group IS 'ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN';
COMMENT ON COLUMN smsengage.messaging_data_export.first_open IS 'When it was first displayed';
COMMENT ON COLUMN smsengage.messaging_data_export.first_click IS 'When a link of it was first clicked';
COMMENT ON COLUMN smsengage.messaging_data_export.first_reply IS 'When it was first replied to';
COMMENT ON COLUMN smsengage.messaging_data_export.first_unsubscribe IS 'When the person opted out by it';
COMMENT ON COLUMN smsengage.messaging_data_export.first_hard_bounce IS 'When its delivery failed';
COMMENT ON COLUMN smsengage.messaging_data_export.clicks IS 'Number of clicks, machines included';
