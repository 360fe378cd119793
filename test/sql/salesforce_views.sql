-- Salesforce's models over the store: the field lists, in order, and what each
-- row shows of the event that it is.
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
SET client_min_messages = warning;
\pset null '(null)'
DO $$ BEGIN PERFORM smsengage.create_store(); END $$;
SELECT c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, NULL), ', ' ORDER BY a.attnum) AS columns FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attrelid IN ('smsengage.message_engagement'::regclass, 'smsengage."MessageEngagement"'::regclass, 'smsengage.transactional_event'::regclass) AND a.attnum > 0 GROUP BY 1 ORDER BY 1 COLLATE "C";

SELECT * FROM smsengage.ingest('salesforce_dmo', '[{"EventID":"ev-1","EventType":"SENT","EventDateTime":"2026-01-10T10:00:00Z","CreatedTime":"2026-01-10T10:00:01Z","BulkMessage":"b","MessageID":"m"},
	{"EventID":"ev-2","EventType":"Not_Sent","EventDateTime":"2026-01-10T10:00:02Z","CreatedTime":"2026-01-10T10:00:03Z","BulkMessage":"b"},
	{"EventID":"ev-3","EventType":"SUBSCRIBE","EventDateTime":"2026-01-10T10:00:04Z","CreatedTime":"2026-01-10T10:00:05Z","RecpientPhoneNumber":"+12025550101","SenderID":"12345","Message":"JOIN","Keyword":"JOIN"},
	{"EventID":"ev-4","EventType":"UNSUBSCRIBE","EventDateTime":"2026-01-10T10:00:06Z","CreatedTime":"2026-01-10T10:00:07Z","RecpientPhoneNumber":"12025550101","SenderID":"12345","Message":"STOP","Keyword":"STOP","UnsubscribeSource":"SMS","UnsubscribeReason":"keyword"},
	{"EventID":"ev-5","EventType":"CONFIRMATION","EventDateTime":"2026-01-10T10:00:08Z","CreatedTime":"2026-01-10T10:00:09Z","ContactPointPhoneNumber":"12025550101","SenderID":"12345","Message":"JOIN","Keyword":"JOIN","IndividualID":"i"},
	{"EventID":"ev-6","EventType":"CONFIRMATION","EventDateTime":"2026-01-10T10:00:10Z","CreatedTime":"2026-01-10T10:00:11Z","MOPhoneNumber":"12025550102","Keyword":"JOIN","IndividualID":"i"},
	{"EventID":"ev-7","EventType":"HELP","EventDateTime":"2026-01-10T10:00:12Z","CreatedTime":"2026-01-10T10:00:13Z","RecpientPhoneNumber":"12025550101","Keyword":"HELP"},
	{"EventID":"ev-8","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:14Z","CreatedTime":"2026-01-10T10:00:15Z","LinkName":"Sale","LinkURL":"https://example.com/sale","ResolvedURL":"https://example.com/sale?c=i","RecipientPhone":"12025550101","UserAgent":"Mozilla/5.0","IndividualID":"i"},
	{"EventID":"ev-9","EventType":"UNDELIVERED","EventDateTime":"2026-01-10T10:00:16Z","CreatedTime":"2026-01-10T10:00:17Z","BulkMessage":"b","MessageID":"m","DeliveryErrorText":"Unknown Subscriber","DeliveryErrorCode":4504}]');
SELECT event_id, created_time, event_date_time, bulk_message, event_type, message_id, delivery_error_text, delivery_error_code FROM smsengage.message_engagement ORDER BY event_id;
SELECT event_id, recipient_phone_number, contact_point_phone_number, mo_phone_number, recipient_phone, sender_id, message, keyword, unsubscribe_source, unsubscribe_reason FROM smsengage.message_engagement ORDER BY event_id;
SELECT event_id, individual_id, link_name, link_url, resolved_url, user_agent FROM smsengage.message_engagement WHERE individual_id IS NOT NULL ORDER BY event_id;
-- the vendor's names say the same
SELECT count(*) AS rows, count(*) FILTER (WHERE v::text = w::text) AS same FROM smsengage.message_engagement v JOIN smsengage."MessageEngagement" w ON w."EventID" = v.event_id;
SELECT "EventID", "RecpientPhoneNumber", "ContactPointPhoneNumber", "MOPhoneNumber", "RecipientPhone" FROM smsengage."MessageEngagement" WHERE "EventType" = 'CONFIRMATION' ORDER BY 1;
SELECT count(*) FROM smsengage.transactional_event;

-- transactional events: every attribute, in both spellings
SELECT * FROM smsengage.ingest('salesforce_ens', '[{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200120,"compositeId":"c1","definitionKey":"d","mid":100,"eid":200,"info":{"to":"12025550101","subscriberKey":"s","messageKey":"m1"}},
	{"eventCategoryType":"TransactionalSendEvents.SmsNotSent","timestampUTC":1768039201000,"compositeId":"c2","definitionKey":"d","definitionId":"did","mid":100,"eid":200,"info":{"to":"12025550101","subscriberKey":"s","messageKey":"m2","reason":"Unsubscribed","statusCode":"1"}},
	{"eventCategoryType":"TransactionalSendEvents.SmsTransient","timestampUTC":1768039202000,"compositeId":"c1","composite":{"tsid":"t","jobId":"j","batchId":"b","mobileNumber":"12025550101","subscriberId":"0"},"definitionKey":"d","definitionId":"did","mid":100,"eid":200,"info":{"to":"12025550101","subscriberKey":"s","messageKey":"m1","ordinal":1,"statusCode":"3000","statusMessage":"Enroute","from":"12345","countryCode":"US"}},
	{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1768039203000,"compositeId":"c1","composite":{"Tsid":"t","jobId":"j","batchId":"b","mobileNumber":"12025550101","subscriberId":"0"},"definitionKey":"d","definitionId":"did","mid":"100","eid":"200","Info":{"to":"12025550101","subscriberKey":"s","messageKey":"m1","ordinal":"1","statusCode":4000,"statusMessage":"Delivered","fromAddress":"12345","countryCode":"US"}},
	{"eventCategoryType":"TransactionalSendEvents.SmsBounced","timestampUTC":1768039204000,"compositeId":"c3","mid":100,"info":{"messageKey":"m3","statusCode":"4501"}},
	{"eventCategoryType":"TransactionalSendEvents.SmsBounced","timestampUTC":1768039205000,"compositeId":"c4","mid":100,"info":{"messageKey":"m4","statusCode":"4500"}}]');
SELECT event_category_type, timestamp_utc, composite_id, composite_tsid, composite_job_id, composite_batch_id, composite_mobile_number, composite_subscriber_id, definition_key, definition_id, mid, eid FROM smsengage.transactional_event ORDER BY timestamp_utc;
SELECT info_to, info_subscriber_key, info_message_key, info_ordinal, info_status_code, info_status_message, info_reason, info_from, info_country_code FROM smsengage.transactional_event ORDER BY timestamp_utc;
SELECT count(*) FROM smsengage.transactional_event t JOIN smsengage.event e ON e.event_key = t.event_key AND e.event_time = t.timestamp_utc AND e.message_key::text = t.message_key;
-- of the transactional events, MessageEngagement has the types that it knows
SELECT event_type, count(*) FROM smsengage.message_engagement GROUP BY 1 ORDER BY 1;

-- "clicked at least three times in the last month", in plain SQL
SELECT * FROM smsengage.ingest('salesforce_dmo', (SELECT json_agg(json_build_object('EventID', 'click-' || who || n, 'EventType', 'CLICK', 'EventDateTime', to_char(timestamp '2026-03-31 12:00' - n * step, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'IndividualID', who))
	FROM (VALUES ('three', 3, interval '1 day'), ('two', 2, interval '1 day'), ('old', 5, interval '20 days'), ('border', 3, interval '10 days')) v(who, times, step), generate_series(1, times) n));
SELECT individual_id, count(*) AS clicks FROM smsengage.message_engagement
WHERE event_type = 'CLICK' AND event_date_time >= timestamptz '2026-03-31 12:00+00' - interval '1 month' AND event_date_time < '2026-03-31 12:00+00' GROUP BY 1 HAVING count(*) >= 3 ORDER BY 1;
DO $$ BEGIN PERFORM smsengage.drop_store(true); END $$;
