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

COMMENT ON VIEW smsengage.transactional_event IS 'Transactional SMS events of Salesforce''s Event Notification Service, every attribute. One row per event.';
COMMENT ON COLUMN smsengage.transactional_event.event_category_type IS 'TransactionalSendEvents.SmsSent, SmsNotSent, SmsTransient, SmsDelivered or SmsBounced (eventCategoryType)';
COMMENT ON COLUMN smsengage.transactional_event.timestamp_utc IS 'When it happened (timestampUTC)';
COMMENT ON COLUMN smsengage.transactional_event.composite_id IS 'Tracks one message to one recipient (compositeId)';
COMMENT ON COLUMN smsengage.transactional_event.composite_tsid IS 'Triggered send (composite.tsid)';
COMMENT ON COLUMN smsengage.transactional_event.composite_job_id IS 'SMS send (composite.jobId)';
COMMENT ON COLUMN smsengage.transactional_event.composite_batch_id IS 'Batch of the send job (composite.batchId)';
COMMENT ON COLUMN smsengage.transactional_event.composite_mobile_number IS 'Recipient''s number as given (composite.mobileNumber)';
COMMENT ON COLUMN smsengage.transactional_event.composite_subscriber_id IS 'Recipient''s subscriber id (composite.subscriberId)';
COMMENT ON COLUMN smsengage.transactional_event.definition_key IS 'External key of the send definition (definitionKey)';
COMMENT ON COLUMN smsengage.transactional_event.definition_id IS 'Id of the send definition (definitionId)';
COMMENT ON COLUMN smsengage.transactional_event.mid IS 'Business unit that made the event (mid)';
COMMENT ON COLUMN smsengage.transactional_event.eid IS 'Enterprise of the business unit (eid)';
COMMENT ON COLUMN smsengage.transactional_event.info_to IS 'Recipient''s number (info.to)';
COMMENT ON COLUMN smsengage.transactional_event.info_subscriber_key IS 'Recipient''s subscriber key (info.subscriberKey)';
COMMENT ON COLUMN smsengage.transactional_event.info_message_key IS 'Id of the message, given by the sender (info.messageKey)';
COMMENT ON COLUMN smsengage.transactional_event.info_ordinal IS 'Part of a multi-part message, from 0 (info.ordinal)';
COMMENT ON COLUMN smsengage.transactional_event.info_status_code IS 'Status code; of SmsNotSent another code space (info.statusCode)';
COMMENT ON COLUMN smsengage.transactional_event.info_status_message IS 'Name of the status (info.statusMessage)';
COMMENT ON COLUMN smsengage.transactional_event.info_reason IS 'Reason of SmsNotSent (info.reason)';
COMMENT ON COLUMN smsengage.transactional_event.info_from IS 'Sender (info.from or info.fromAddress)';
COMMENT ON COLUMN smsengage.transactional_event.info_country_code IS 'ISO 3166 code of the recipient''s country (info.countryCode)';
COMMENT ON COLUMN smsengage.transactional_event.event_key IS 'Key of the event, with timestamp_utc';
COMMENT ON COLUMN smsengage.transactional_event.message_key IS 'Key of the message';
