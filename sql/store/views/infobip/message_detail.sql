CREATE OR REPLACE VIEW smsengage.message_detail WITH (security_invoker = true) AS
SELECT r.message_id,
	r.to_number AS recipient,
	r.from_sender AS sender_id,
	r.channel,
	r.decision,
	r.delivered_to,
	r.retryable,
	CASE WHEN NOT r.is_final THEN r.first_sent_at + interval '48 hours' END AS expires_at,
	r.cost,
	r.price_currency,
	coalesce(smsengage.callback_field(r.callback_data, 'principalEntityId'), r.regional::json #>> '{indiaDlt,principalEntityId}') AS principal_entity_id,
	coalesce(smsengage.callback_field(r.callback_data, 'contentTemplateId'), r.regional::json #>> '{indiaDlt,contentTemplateId}') AS content_template_id,
	coalesce(smsengage.callback_field(r.callback_data, 'resellerCode'), r.regional::json #>> '{southKorea,resellerCode}') AS reseller_code,
	smsengage_internal.is_test(r.callback_data) AS is_test,
	r.account,
	r.provider,
	r.message_key
FROM smsengage.message_report r
WHERE r.decides;

COMMENT ON VIEW smsengage.message_detail IS 'What else is known about a message, one row each, of every provider but Salesforce.';
COMMENT ON COLUMN smsengage.message_detail.message_id IS 'Id of the message';
COMMENT ON COLUMN smsengage.message_detail.recipient IS 'The person''s number';
COMMENT ON COLUMN smsengage.message_detail.sender_id IS 'Our number or name';
COMMENT ON COLUMN smsengage.message_detail.channel IS 'The channel that decides; NULL means SMS';
COMMENT ON COLUMN smsengage.message_detail.decision IS 'DELIVERED, UNDELIVERABLE, REJECTED, EXPIRED or NOT_AVAILABLE, as in journey_data';
COMMENT ON COLUMN smsengage.message_detail.delivered_to IS 'handset, or operator where the handset has not confirmed; NULL if not delivered';
COMMENT ON COLUMN smsengage.message_detail.retryable IS 'For a failure: whether the same message may arrive at another time; not if the error is permanent';
COMMENT ON COLUMN smsengage.message_detail.expires_at IS 'While the outcome is open: end of Infobip''s default validity, 48 hours after sending; another validity counts from sent_at of journey_data';
COMMENT ON COLUMN smsengage.message_detail.cost IS 'What all channels cost: Infobip price times parts, others the price';
COMMENT ON COLUMN smsengage.message_detail.price_currency IS 'ISO 4217 code of the cost';
COMMENT ON COLUMN smsengage.message_detail.principal_entity_id IS 'India DLT: entity, from the callback data or regional.indiaDlt of the payload';
COMMENT ON COLUMN smsengage.message_detail.content_template_id IS 'India DLT: template, from the same places';
COMMENT ON COLUMN smsengage.message_detail.reseller_code IS 'LMS in South Korea, from the callback data or regional.southKorea of the payload';
COMMENT ON COLUMN smsengage.message_detail.is_test IS 'Whether the callback data has a field test that is true';
COMMENT ON COLUMN smsengage.message_detail.account IS 'Account of the message';
COMMENT ON COLUMN smsengage.message_detail.provider IS 'Who reported it';
COMMENT ON COLUMN smsengage.message_detail.message_key IS 'Key of the message';
