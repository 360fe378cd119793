-- The features of Salesforce's Event Notification Service, row by row: what a
-- payload of each of the five events says, and where it is found afterwards.
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
SELECT smsengage.create_store();
SELECT i.* FROM smsengage.ingest('salesforce_ens', $$[
 {"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1767261600000,"compositeId":"api.t.j.1.12025550101.7","definitionKey":"appt","mid":111,"eid":999,
  "info":{"to":"12025550101","subscriberKey":"sub-1","messageKey":"mk-1"}},
 {"eventCategoryType":"TransactionalSendEvents.SmsNotSent","timestampUTC":1767261601000,"compositeId":"api.t.j.1.12025550102.8","definitionKey":"appt","definitionId":"def-1","mid":111,"eid":999,
  "info":{"to":"12025550102","subscriberKey":"sub-2","messageKey":"mk-2","statusCode":"28","reason":"on the opt-out list"}},
 {"eventCategoryType":"TransactionalSendEvents.SmsTransient","timestampUTC":1767261602000,"compositeId":"api.t.j.1.12025550101.7","composite":{"tsid":"t","jobId":"j","batchId":"1","mobileNumber":"12025550101","subscriberId":"7"},
  "definitionKey":"appt","definitionId":"def-1","mid":111,"eid":999,"info":{"to":"12025550101","subscriberKey":"sub-1","messageKey":"mk-1","ordinal":0,"statusCode":"3000","statusMessage":"Enroute","from":"12345","countryCode":"US"}},
 {"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1767261603,"compositeId":"api.t.j.1.12025550101.7","composite":{"tsid":"t","jobId":"j","batchId":"1","mobileNumber":"12025550101","subscriberId":"7"},
  "definitionKey":"appt","definitionId":"def-1","mid":111,"eid":999,"info":{"to":"12025550101","subscriberKey":"sub-1","messageKey":"mk-1","ordinal":0,"statusCode":"4000","statusMessage":"Delivered","from":"12345","countryCode":"US"}},
 {"eventCategoryType":"TransactionalSendEvents.SmsBounced","timestampUTC":1767261604000,"compositeId":"api.t.j.1.12025550101.7","composite":{"tsid":"t","jobId":"j","batchId":"1","mobileNumber":"12025550101","subscriberId":"7"},
  "definitionKey":"appt","definitionId":"def-1","mid":111,"eid":999,"info":{"to":"12025550101","subscriberKey":"sub-1","messageKey":"mk-1","ordinal":1,"statusCode":"4500","statusMessage":"Undeliverable","fromAddress":"12345","countryCode":"US"}}]$$) i;

-- E01 SmsSent, E02 SmsNotSent, E03 SmsTransient, E04 SmsDelivered, E05 SmsBounced; E10 the category is the type
SELECT event_category_type, event_type, status_class FROM smsengage.transactional_event t JOIN smsengage.event e USING (event_key) ORDER BY timestamp_utc;
-- E04 the device is reached, which MessageEngagement has no word for; E02 the code is of another space
SELECT smsengage.status_group('salesforce_ens', 'SmsNotSent', NULL, '1000') AS as_not_sent, smsengage.status_group('salesforce_ens', 'SmsDelivered', NULL, '1000') AS as_status;
-- E06 compositeId tracks a message to a recipient, and is no identity of an event
SELECT count(DISTINCT composite_id) AS ids, count(*) AS events FROM smsengage.transactional_event;
-- E07 the parts of composite, on three of the five
SELECT event_category_type, composite_tsid, composite_job_id, composite_batch_id, composite_mobile_number, composite_subscriber_id FROM smsengage.transactional_event ORDER BY timestamp_utc;
-- E08 definitionKey and definitionId (Sent has no id); E09 business unit and enterprise
SELECT event_category_type, definition_key, definition_id, mid, eid FROM smsengage.transactional_event ORDER BY timestamp_utc;
-- E11 messageKey joins the events of a message, E12 subscriberKey is the person, E13 the number, in one form
SELECT m.message_id, m.recipient, i.individual_id, i.scope, count(*) AS events FROM smsengage.message m JOIN smsengage.event e USING (message_key)
JOIN smsengage.individual i ON i.individual_no = m.individual_no GROUP BY 1, 2, 3, 4 ORDER BY 1;
-- E14 code and message, E15 country, E16 from and fromAddress are one sender, E17 the part
SELECT event_category_type, info_status_code, info_status_message, info_reason, info_country_code, info_from, info_ordinal FROM smsengage.transactional_event ORDER BY timestamp_utc;
-- E17 part 0 arrived and part 1 did not: the message has failed, one part of two arrived
SELECT message_id, smsengage.status_group(state), smsengage.parts_known(state), smsengage.parts_delivered(state) FROM smsengage.message ORDER BY 1;
-- E18 timestampUTC in milliseconds, and (the delivered one) in seconds
SELECT event_category_type, timestamp_utc FROM smsengage.transactional_event ORDER BY timestamp_utc;
SELECT smsengage.drop_store(true);
