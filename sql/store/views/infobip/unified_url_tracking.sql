CREATE OR REPLACE VIEW smsengage.unified_url_tracking WITH (security_invoker = true) AS
SELECT 'CLICKED'::text AS notification_type,
	e.message_id,
	nullif(e.recipient, '') AS recipient,
	e.link_url AS url,
	e.event_time AS send_date_time,
	e.device_type,
	e.os,
	e.device_name,
	coalesce(e.callback_data, m.callback_data) AS callback_data,
	coalesce(e.channel, (
		SELECT r.channel
		FROM smsengage.reports(m.state) r
		ORDER BY r.class IN ('delivered', 'seen') DESC, r.at DESC NULLS LAST, r.channel
		LIMIT 1), 'SMS') AS channel,
	e.account,
	e.provider,
	e.event_key
FROM smsengage.event e
LEFT JOIN smsengage.message m ON m.message_key = e.message_key
WHERE e.event_type = 'CLICK';

COMMENT ON VIEW smsengage.unified_url_tracking IS 'Infobip''s data extension "Unified URL Tracking": one row per click, of every provider. Links that are shortened and not tracked (WhatsApp headers and template buttons) make no clicks; link previews and scanners do.';
COMMENT ON COLUMN smsengage.unified_url_tracking.notification_type IS 'CLICKED (notificationType)';
COMMENT ON COLUMN smsengage.unified_url_tracking.message_id IS 'Id of the message (messageId)';
COMMENT ON COLUMN smsengage.unified_url_tracking.recipient IS 'Who clicked (recipient)';
COMMENT ON COLUMN smsengage.unified_url_tracking.url IS 'What was clicked; compare it exactly to split by link (url)';
COMMENT ON COLUMN smsengage.unified_url_tracking.send_date_time IS 'When it was clicked, in spite of its name (sendDateTime)';
COMMENT ON COLUMN smsengage.unified_url_tracking.device_type IS 'Phone or desktop (deviceType)';
COMMENT ON COLUMN smsengage.unified_url_tracking.os IS 'Operating system of the device (os)';
COMMENT ON COLUMN smsengage.unified_url_tracking.device_name IS 'Maker of the device (deviceName)';
COMMENT ON COLUMN smsengage.unified_url_tracking.callback_data IS 'What the sender attached to the message (callbackData)';
COMMENT ON COLUMN smsengage.unified_url_tracking.channel IS 'Channel of the click; if it names none, the one that delivered the message; else SMS (channel)';
COMMENT ON COLUMN smsengage.unified_url_tracking.account IS 'Account that the click was ingested for';
COMMENT ON COLUMN smsengage.unified_url_tracking.provider IS 'Who reported it';
COMMENT ON COLUMN smsengage.unified_url_tracking.event_key IS 'Key of the event, with send_date_time';
