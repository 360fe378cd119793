CREATE OR REPLACE VIEW smsengage.viber_url_tracking WITH (security_invoker = true) AS
SELECT u.notification_type, u.message_id, u.recipient, u.url,
	trunc(extract(epoch FROM u.send_date_time) * 1000)::bigint::text AS send_date_time,
	u.device_type, u.os, u.device_name, u.callback_data, u.account, u.provider, u.event_key
FROM smsengage.unified_url_tracking u
WHERE upper(u.channel) LIKE 'VIBER%';

COMMENT ON VIEW smsengage.viber_url_tracking IS 'Infobip''s data extension "Viber URL Tracking" (deprecated there): clicks in Viber messages.';
COMMENT ON COLUMN smsengage.viber_url_tracking.notification_type IS 'CLICKED (notificationType)';
COMMENT ON COLUMN smsengage.viber_url_tracking.message_id IS 'Id of the message (messageId)';
COMMENT ON COLUMN smsengage.viber_url_tracking.recipient IS 'Who clicked (recipient)';
COMMENT ON COLUMN smsengage.viber_url_tracking.url IS 'What was clicked; compare it exactly to split by link (url)';
COMMENT ON COLUMN smsengage.viber_url_tracking.send_date_time IS 'When it was clicked, in spite of its name: milliseconds since 1970, as Infobip posts it (sendDateTime)';
COMMENT ON COLUMN smsengage.viber_url_tracking.device_type IS 'Phone or desktop (deviceType)';
COMMENT ON COLUMN smsengage.viber_url_tracking.os IS 'Operating system of the device (os)';
COMMENT ON COLUMN smsengage.viber_url_tracking.device_name IS 'Maker of the device (deviceName)';
COMMENT ON COLUMN smsengage.viber_url_tracking.callback_data IS 'What the sender attached to the message (callbackData)';
COMMENT ON COLUMN smsengage.viber_url_tracking.account IS 'Account that the click was ingested for';
COMMENT ON COLUMN smsengage.viber_url_tracking.provider IS 'Who reported it';
COMMENT ON COLUMN smsengage.viber_url_tracking.event_key IS 'Key of the event';
