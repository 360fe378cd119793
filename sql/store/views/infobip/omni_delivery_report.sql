CREATE OR REPLACE VIEW smsengage.omni_delivery_report WITH (security_invoker = true) AS
SELECT r.message_id, r.message_count, r.to_number, r.price_per_message, r.price_currency,
	r.status_group_id, r.status_group_name, r.status_id, r.status_name, r.status_description,
	r.error_group_id, r.error_group_name, r.error_id, r.error_name, r.error_description, r.error_permanent,
	r.callback_data, r.sent_at, r.done_at,
	r.seen_at, r.from_sender, r.channel,
	r.account, r.provider, r.message_key
FROM smsengage.message_report r
WHERE r.done_at IS NOT NULL AND upper(r.channel) NOT IN ('SMS', 'LMS');

COMMENT ON VIEW smsengage.omni_delivery_report IS 'Infobip''s data extension "Omni Reports" (MMS, Viber, WhatsApp, RCS, Kakao): the report that decides, one row per message and channel. A report that names no channel counts as SMS.';
COMMENT ON COLUMN smsengage.omni_delivery_report.message_id IS 'Id of the message (messageId)';
COMMENT ON COLUMN smsengage.omni_delivery_report.message_count IS 'Parts the message was sent in; 1 if the report does not say (messageCount)';
COMMENT ON COLUMN smsengage.omni_delivery_report.to_number IS 'Recipient, with + if it is an international number (to)';
COMMENT ON COLUMN smsengage.omni_delivery_report.price_per_message IS 'Price of one part; the cost is this times message_count (pricePerMessage)';
COMMENT ON COLUMN smsengage.omni_delivery_report.price_currency IS 'ISO 4217 code of the price (priceCurrency)';
COMMENT ON COLUMN smsengage.omni_delivery_report.status_group_id IS '0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)';
COMMENT ON COLUMN smsengage.omni_delivery_report.status_group_name IS 'Name of the group; decide by it, not by the beginning of status_name (statusGroupName)';
COMMENT ON COLUMN smsengage.omni_delivery_report.status_id IS 'Id of the status, unique within its group only; NULL where the provider''s code is no number (statusId)';
COMMENT ON COLUMN smsengage.omni_delivery_report.status_name IS 'Name of the status (statusName)';
COMMENT ON COLUMN smsengage.omni_delivery_report.status_description IS 'What the status means (statusDescription)';
COMMENT ON COLUMN smsengage.omni_delivery_report.error_group_id IS 'Id of the error group (errorGroupId)';
COMMENT ON COLUMN smsengage.omni_delivery_report.error_group_name IS 'Name of the error group (errorGroupName)';
COMMENT ON COLUMN smsengage.omni_delivery_report.error_id IS 'Id of the error, 0 for none; NULL where the provider''s code is no number (errorId)';
COMMENT ON COLUMN smsengage.omni_delivery_report.error_name IS 'Name of the error (errorName)';
COMMENT ON COLUMN smsengage.omni_delivery_report.error_description IS 'What the error means (errorDescription)';
COMMENT ON COLUMN smsengage.omni_delivery_report.error_permanent IS 'Whether sending again cannot help, by the report, else by the code table (errorPermanent)';
COMMENT ON COLUMN smsengage.omni_delivery_report.callback_data IS 'What the sender attached to the message; read a field with callback_field() (callbackData)';
COMMENT ON COLUMN smsengage.omni_delivery_report.sent_at IS 'When the message was sent (sentAt)';
COMMENT ON COLUMN smsengage.omni_delivery_report.done_at IS 'When the provider was finished with it, whatever the outcome (doneAt)';
COMMENT ON COLUMN smsengage.omni_delivery_report.seen_at IS 'When the message was first seen; NULL if not (seenAt)';
COMMENT ON COLUMN smsengage.omni_delivery_report.from_sender IS 'Our number or name (from)';
COMMENT ON COLUMN smsengage.omni_delivery_report.channel IS 'The channel that the report names (channel)';
COMMENT ON COLUMN smsengage.omni_delivery_report.account IS 'Account that the report was ingested for';
COMMENT ON COLUMN smsengage.omni_delivery_report.provider IS 'Who reported it';
COMMENT ON COLUMN smsengage.omni_delivery_report.message_key IS 'Key of the message';
