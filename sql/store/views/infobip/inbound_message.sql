CREATE OR REPLACE VIEW smsengage.inbound_message WITH (security_invoker = true) AS
SELECT e.event_id AS message_id,
	e.channel,
	nullif(e.recipient, '') AS from_number,
	e.sender_id AS to_number,
	e.extra #>> '{content,0,type}' AS content_type,
	e.message_text,
	coalesce(e.extra ->> 'cleanText', e.extra #>> '{content,0,cleanText}', e.extra #>> '{message,cleanText}') AS clean_text,
	e.keyword,
	e.event_time AS received_at,
	e.parts::integer AS message_count,
	smsengage_internal.plain_amount(e.price)::numeric(38,6) AS price_per_message,
	e.price_currency,
	e.callback_data,
	e.message_id AS paired_message_id,
	e.account,
	e.provider,
	e.event_key
FROM smsengage.event e
WHERE e.event_type = 'REPLY'
	OR (e.event_type IN ('SUBSCRIBE', 'UNSUBSCRIBE', 'HELP') AND coalesce(e.message_text, e.keyword) IS NOT NULL);

COMMENT ON VIEW smsengage.inbound_message IS 'Infobip''s data extension "Inbound Messages", whose attributes it does not publish; here those of the inbound payload. One row per message from a person, of every provider. The connector stores text only: that is content_type TEXT or NULL.';
COMMENT ON COLUMN smsengage.inbound_message.message_id IS 'Id of the inbound message (messageId)';
COMMENT ON COLUMN smsengage.inbound_message.channel IS 'Channel it came by; NULL if none is named, which means SMS (channel)';
COMMENT ON COLUMN smsengage.inbound_message.from_number IS 'The person (from; in the Messages API sender)';
COMMENT ON COLUMN smsengage.inbound_message.to_number IS 'Our number or name (to; in the Messages API destination)';
COMMENT ON COLUMN smsengage.inbound_message.content_type IS 'TEXT, IMAGE, BUTTON_REPLY, ... if the payload says so (content.type)';
COMMENT ON COLUMN smsengage.inbound_message.message_text IS 'Text or caption; NULL if it has none (text)';
COMMENT ON COLUMN smsengage.inbound_message.clean_text IS 'Text without the keyword (cleanText)';
COMMENT ON COLUMN smsengage.inbound_message.keyword IS 'Keyword that the provider recognised (keyword)';
COMMENT ON COLUMN smsengage.inbound_message.received_at IS 'When it arrived at the provider (receivedAt)';
COMMENT ON COLUMN smsengage.inbound_message.message_count IS 'Parts it was sent in (messageCount, smsCount)';
COMMENT ON COLUMN smsengage.inbound_message.price_per_message IS 'Price of one part (price.pricePerMessage)';
COMMENT ON COLUMN smsengage.inbound_message.price_currency IS 'ISO 4217 code of the price (price.currency)';
COMMENT ON COLUMN smsengage.inbound_message.callback_data IS 'What was attached to the message that it answers, or to the number (callbackData)';
COMMENT ON COLUMN smsengage.inbound_message.paired_message_id IS 'The message that it answers, if the provider knows (pairedMessageId)';
COMMENT ON COLUMN smsengage.inbound_message.account IS 'Account that it was ingested for';
COMMENT ON COLUMN smsengage.inbound_message.provider IS 'Who reported it';
COMMENT ON COLUMN smsengage.inbound_message.event_key IS 'Key of the event, with received_at';
