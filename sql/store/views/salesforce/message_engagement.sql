-- Salesforce's models: MessageEngagement (Data 360) and, in
-- transactional_event, the transactional SMS events of the Event Notification
-- Service.
CREATE OR REPLACE VIEW smsengage.message_engagement WITH (security_invoker = true) AS
SELECT e.event_id,
	e.created_time,
	e.event_time AS event_date_time,
	e.bulk_message,
	e.event_type,
	CASE WHEN e.event_type IN ('SUBSCRIBE', 'UNSUBSCRIBE', 'HELP') THEN e.recipient END AS recipient_phone_number,
	CASE WHEN e.event_type = 'CONFIRMATION' AND e.extra ->> 'MOPhoneNumber' IS NULL THEN e.recipient END AS contact_point_phone_number,
	CASE WHEN e.event_type = 'CONFIRMATION' AND e.extra ->> 'MOPhoneNumber' IS NOT NULL THEN e.recipient END AS mo_phone_number,
	CASE WHEN e.event_type = 'CLICK' THEN e.recipient END AS recipient_phone,
	e.sender_id,
	e.message_text AS message,
	e.keyword,
	e.unsubscribe_source,
	e.unsubscribe_reason,
	e.individual_id,
	e.link_name,
	e.link_url,
	e.resolved_url,
	e.user_agent,
	e.message_id,
	e.error_text AS delivery_error_text,
	e.error_code AS delivery_error_code,
	e.account
FROM smsengage.event e
WHERE e.event_type IN (:SALESFORCE_TYPES:);

COMMENT ON VIEW smsengage.message_engagement IS 'Salesforce''s MessageEngagement: its eight event types, its fields, from every provider. Sent means handed to the aggregator; there is no Delivered here (see message). One row per event.';
COMMENT ON COLUMN smsengage.message_engagement.event_id IS 'Identifier of the event (EventID)';
COMMENT ON COLUMN smsengage.message_engagement.created_time IS 'When the record was made (CreatedTime)';
COMMENT ON COLUMN smsengage.message_engagement.event_date_time IS 'When the event happened (EventDateTime)';
COMMENT ON COLUMN smsengage.message_engagement.bulk_message IS 'Identifier of the send (BulkMessage)';
COMMENT ON COLUMN smsengage.message_engagement.event_type IS 'SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK or UNDELIVERED (EventType)';
COMMENT ON COLUMN smsengage.message_engagement.recipient_phone_number IS 'Inbound events: the person''s number (Salesforce writes RecpientPhoneNumber)';
COMMENT ON COLUMN smsengage.message_engagement.contact_point_phone_number IS 'Confirmation: where it was received, unless mo_phone_number says it (ContactPointPhoneNumber)';
COMMENT ON COLUMN smsengage.message_engagement.mo_phone_number IS 'Confirmation: the number that wrote (MOPhoneNumber)';
COMMENT ON COLUMN smsengage.message_engagement.recipient_phone IS 'Click: number associated with the link (RecipientPhone)';
COMMENT ON COLUMN smsengage.message_engagement.sender_id IS 'Short or long code (SenderID)';
COMMENT ON COLUMN smsengage.message_engagement.message IS 'Message text (Message)';
COMMENT ON COLUMN smsengage.message_engagement.keyword IS 'Keyword that was recognised (Keyword)';
COMMENT ON COLUMN smsengage.message_engagement.unsubscribe_source IS 'Source of the opt-out (UnsubscribeSource)';
COMMENT ON COLUMN smsengage.message_engagement.unsubscribe_reason IS 'Reason of the opt-out (UnsubscribeReason)';
COMMENT ON COLUMN smsengage.message_engagement.individual_id IS 'The person, as the provider names it (IndividualID)';
COMMENT ON COLUMN smsengage.message_engagement.link_name IS 'Name or alias of the clicked link (LinkName)';
COMMENT ON COLUMN smsengage.message_engagement.link_url IS 'Full target of the clicked link (LinkURL)';
COMMENT ON COLUMN smsengage.message_engagement.resolved_url IS 'Personalised target of the clicked link (ResolvedURL)';
COMMENT ON COLUMN smsengage.message_engagement.user_agent IS 'What the browser said of itself; for reference only (UserAgent)';
COMMENT ON COLUMN smsengage.message_engagement.message_id IS 'Identifier of the originating send (MessageID)';
COMMENT ON COLUMN smsengage.message_engagement.delivery_error_text IS 'Standard error text (DeliveryErrorText)';
COMMENT ON COLUMN smsengage.message_engagement.delivery_error_code IS 'Standard error code (DeliveryErrorCode)';
COMMENT ON COLUMN smsengage.message_engagement.account IS 'Business unit, MID or user of the provider (InternalOrganizationId)';
