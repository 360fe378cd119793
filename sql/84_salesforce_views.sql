-- Salesforce's models: MessageEngagement (Data 360) and the transactional SMS
-- events of the Event Notification Service.

CREATE FUNCTION smsengage.salesforce_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
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
	WHERE e.event_type IN ('SENT', 'NOT_SENT', 'SUBSCRIBE', 'UNSUBSCRIBE', 'CONFIRMATION', 'HELP', 'CLICK', 'UNDELIVERED');
	PERFORM smsengage.describe('smsengage.message_engagement', 'Salesforce''s MessageEngagement: its eight event types, its fields, from every provider. Sent means handed to the aggregator; there is no Delivered here (see message). One row per event.', $c$
		event_id: Identifier of the event (EventID)
		created_time: When the record was made (CreatedTime)
		event_date_time: When the event happened (EventDateTime)
		bulk_message: Identifier of the send (BulkMessage)
		event_type: SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK or UNDELIVERED (EventType)
		recipient_phone_number: Inbound events: the person's number (Salesforce writes RecpientPhoneNumber)
		contact_point_phone_number: Confirmation: where it was received, unless mo_phone_number says it (ContactPointPhoneNumber)
		mo_phone_number: Confirmation: the number that wrote (MOPhoneNumber)
		recipient_phone: Click: number associated with the link (RecipientPhone)
		sender_id: Short or long code (SenderID)
		message: Message text (Message)
		keyword: Keyword that was recognised (Keyword)
		unsubscribe_source: Source of the opt-out (UnsubscribeSource)
		unsubscribe_reason: Reason of the opt-out (UnsubscribeReason)
		individual_id: The person, as the provider names it (IndividualID)
		link_name: Name or alias of the clicked link (LinkName)
		link_url: Full target of the clicked link (LinkURL)
		resolved_url: Personalised target of the clicked link (ResolvedURL)
		user_agent: What the browser said of itself; for reference only (UserAgent)
		message_id: Identifier of the originating send (MessageID)
		delivery_error_text: Standard error text (DeliveryErrorText)
		delivery_error_code: Standard error code (DeliveryErrorCode)
		account: Business unit, MID or user of the provider (InternalOrganizationId)$c$);

	CREATE OR REPLACE VIEW smsengage."MessageEngagement" WITH (security_invoker = true) AS
	SELECT v.event_id AS "EventID",
		v.created_time AS "CreatedTime",
		v.event_date_time AS "EventDateTime",
		v.bulk_message AS "BulkMessage",
		v.event_type AS "EventType",
		v.recipient_phone_number AS "RecpientPhoneNumber",
		v.contact_point_phone_number AS "ContactPointPhoneNumber",
		v.mo_phone_number AS "MOPhoneNumber",
		v.recipient_phone AS "RecipientPhone",
		v.sender_id AS "SenderID",
		v.message AS "Message",
		v.keyword AS "Keyword",
		v.unsubscribe_source AS "UnsubscribeSource",
		v.unsubscribe_reason AS "UnsubscribeReason",
		v.individual_id AS "IndividualID",
		v.link_name AS "LinkName",
		v.link_url AS "LinkURL",
		v.resolved_url AS "ResolvedURL",
		v.user_agent AS "UserAgent",
		v.message_id AS "MessageID",
		v.delivery_error_text AS "DeliveryErrorText",
		v.delivery_error_code AS "DeliveryErrorCode",
		v.account AS "InternalOrganizationId"
	FROM smsengage.message_engagement v;
	PERFORM smsengage.describe('smsengage."MessageEngagement"', 'message_engagement under Salesforce''s own names.', $c$
		"EventID": Identifier of the event
		"CreatedTime": When the record was made
		"EventDateTime": When the event happened
		"BulkMessage": Identifier of the send
		"EventType": SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK or UNDELIVERED
		"RecpientPhoneNumber": Inbound events: the person's number (spelt as Salesforce spells it)
		"ContactPointPhoneNumber": Confirmation: where it was received
		"MOPhoneNumber": Confirmation: the number that wrote
		"RecipientPhone": Click: number associated with the link
		"SenderID": Short or long code
		"Message": Message text
		"Keyword": Keyword that was recognised
		"UnsubscribeSource": Source of the opt-out
		"UnsubscribeReason": Reason of the opt-out
		"IndividualID": The person, as the provider names it
		"LinkName": Name or alias of the clicked link
		"LinkURL": Full target of the clicked link
		"ResolvedURL": Personalised target of the clicked link
		"UserAgent": What the browser said of itself
		"MessageID": Identifier of the originating send
		"DeliveryErrorText": Standard error text
		"DeliveryErrorCode": Standard error code
		"InternalOrganizationId": Account: business unit, MID or user of the provider$c$);

	CREATE OR REPLACE VIEW smsengage.transactional_event WITH (security_invoker = true) AS
	SELECT 'TransactionalSendEvents.' ||
			CASE e.event_type
				WHEN 'SENT' THEN 'SmsSent'
				WHEN 'NOT_SENT' THEN 'SmsNotSent'
				WHEN 'TRANSIENT' THEN 'SmsTransient'
				WHEN 'DELIVERED' THEN 'SmsDelivered'
				ELSE 'SmsBounced'
			END AS event_category_type,
		e.event_time AS timestamp_utc,
		e.event_id AS composite_id,
		coalesce(e.extra #>> '{composite,tsid}', e.extra #>> '{composite,Tsid}') AS composite_tsid,
		e.extra #>> '{composite,jobId}' AS composite_job_id,
		e.extra #>> '{composite,batchId}' AS composite_batch_id,
		e.extra #>> '{composite,mobileNumber}' AS composite_mobile_number,
		e.extra #>> '{composite,subscriberId}' AS composite_subscriber_id,
		e.bulk_message AS definition_key,
		e.extra ->> 'definitionId' AS definition_id,
		e.account AS mid,
		e.extra ->> 'eid' AS eid,
		e.recipient AS info_to,
		e.individual_id AS info_subscriber_key,
		e.message_id AS info_message_key,
		e.part AS info_ordinal,
		e.status_code AS info_status_code,
		e.status_name AS info_status_message,
		e.error_text AS info_reason,
		e.sender_id AS info_from,
		coalesce(e.extra #>> '{info,countryCode}', e.extra #>> '{Info,countryCode}') AS info_country_code,
		e.event_key,
		CASE WHEN e.message_id IS NOT NULL THEN e.message_key::text END AS message_key
	FROM smsengage.event e
	WHERE e.provider = 'salesforce_ens';
	PERFORM smsengage.describe('smsengage.transactional_event', 'Transactional SMS events of Salesforce''s Event Notification Service, every attribute. One row per event.', $c$
		event_category_type: TransactionalSendEvents.SmsSent, SmsNotSent, SmsTransient, SmsDelivered or SmsBounced (eventCategoryType)
		timestamp_utc: When it happened (timestampUTC)
		composite_id: Tracks one message to one recipient (compositeId)
		composite_tsid: Triggered send (composite.tsid)
		composite_job_id: SMS send (composite.jobId)
		composite_batch_id: Batch of the send job (composite.batchId)
		composite_mobile_number: Recipient's number as given (composite.mobileNumber)
		composite_subscriber_id: Recipient's subscriber id (composite.subscriberId)
		definition_key: External key of the send definition (definitionKey)
		definition_id: Id of the send definition (definitionId)
		mid: Business unit that made the event (mid)
		eid: Enterprise of the business unit (eid)
		info_to: Recipient's number (info.to)
		info_subscriber_key: Recipient's subscriber key (info.subscriberKey)
		info_message_key: Id of the message, given by the sender (info.messageKey)
		info_ordinal: Part of a multi-part message, from 0 (info.ordinal)
		info_status_code: Status code; of SmsNotSent another code space (info.statusCode)
		info_status_message: Name of the status (info.statusMessage)
		info_reason: Reason of SmsNotSent (info.reason)
		info_from: Sender (info.from or info.fromAddress)
		info_country_code: ISO 3166 code of the recipient's country (info.countryCode)
		event_key: Key of the event, with timestamp_utc
		message_key: Key of the message$c$);
END
$$;
COMMENT ON FUNCTION smsengage.salesforce_views() IS 'Makes or replaces the views of Salesforce''s models. Used by migrate().';
