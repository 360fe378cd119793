-- drift: what arrived and is in no table.
\getenv abs_srcdir PG_ABS_SRCDIR
\pset format unaligned
SET timezone = 'UTC';
SELECT smsengage.create_store();
\set file :abs_srcdir '/../contrib/samples'
\cd :file
\set c `cat engagelab/*.json`
SELECT * FROM smsengage.ingest('auto', :'c');
\set c `cat intercom/*.json`
SELECT * FROM smsengage.ingest('auto', :'c');
\set c `cat twilio/*.json`
SELECT * FROM smsengage.ingest('auto', :'c');
\set c `cat aws/*.json`
SELECT * FROM smsengage.ingest('auto', :'c');
\set c `cat infobip/*.json`
SELECT * FROM smsengage.ingest('auto', :'c');
\set c `cat salesforce_ens/*.json`
SELECT * FROM smsengage.ingest('auto', :'c');
\set c `cat salesforce_dmo/*.json`
SELECT * FROM smsengage.ingest('auto', :'c');
SELECT * FROM smsengage.ingest('auto', '[{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1612564224759,"compositeId":"c","composite":{"tsid":"t","jobId":"j","batchId":"1","mobileNumber":"12025550101","subscriberId":"0"},"definitionKey":"d","definitionId":"i","mid":12,"eid":1,"info":{"to":"12025550101","messageKey":"m","statusCode":"4000","countryCode":"US"}},
	{"EventID":"e1","EventType":"CLICK","EventDateTime":"2024-05-06T07:08:09Z","RecipientPhone":"+12025550101"}, {"event_type":"SENT","event_time":1700000000,"status_code":"own","error_code":"own","any":"thing"}]');
-- all samples are known; two of them are the same report with other columns
SELECT kind, provider, value, events FROM smsengage.drift ORDER BY 1, 2, 3;

CREATE FUNCTION pg_temp.shown() RETURNS TABLE (kind text, provider text, value text, events bigint, seen boolean, sample boolean)
LANGUAGE sql AS $$
	SELECT d.kind, d.provider, d.value, d.events, d.first_seen <= d.last_seen,
		d.sample_payload IS NOT NULL OR EXISTS (SELECT FROM smsengage.event e WHERE e.event_time = d.sample_event_time AND e.event_key = d.sample_event_key)
	FROM smsengage.drift d ORDER BY 1, 2, 3
$$;
-- codes: a status, an error; ENS 1000 is known in two code spaces, 33 in one of them only
SELECT * FROM smsengage.ingest('twilio', '[{"MessageSid":"a","MessageStatus":"vanished"},{"MessageSid":"b","MessageStatus":"vanished"},{"MessageSid":"c","MessageStatus":"Delivered"},{"MessageSid":"d","MessageStatus":"failed","ErrorCode":"39999"}]');
SELECT * FROM smsengage.ingest('salesforce_ens', (SELECT json_agg(json_build_object('eventCategoryType', 'TransactionalSendEvents.' || t, 'timestampUTC', 1612564224759, 'compositeId', t || c, 'mid', 1, 'info', json_build_object('messageKey', 'm', 'statusCode', c)))::text
	FROM unnest('{SmsNotSent,SmsTransient}'::text[]) t, unnest('{1000,33}'::text[]) c));
-- types that nobody knows, in rejected_event
SELECT * FROM smsengage.ingest('auto', '[{"eventCategoryType":"TransactionalSendEvents.SmsRead","timestampUTC":1},{"event_type":"GONE"},{"eventType":"VOICE_X","messageRequestTimestamp":1,"messageId":"v"},
	{"topic":"content_stat.sms","app_id":"a","data":{"item":{"content_stat":{"id":1,"stat_type":"tapped"}}}},{"rows":[{"itime":1701234570,"response":{"event":"other"}}]}, {"EventID":"x","EventType":"OPENED","EventDateTime":1700000000}]');
-- members: at the top, below an object, none below one that is free
SELECT * FROM smsengage.ingest('auto', '[{"rows":[{"message_id":"1","to":"+12025550101","itime":1701234570,"weight":1,"custom_args":{"free":{"of":"all"}},"status":{"message_status":"sent","mood":{"a":1},"status_data":{"msg_time":1701234569,"colour":"red"}}}]},
	{"MessageSid":"z","MessageStatus":"sent","Weight":"1"}, {"MessageSid":"y","MessageStatus":"sent","Weight":null}, {"event_type":"SENT","weight":1}]');
SELECT * FROM pg_temp.shown();

-- content: the first copy stays, a later one that differs counts as duplicate and is noted once
SELECT i.accepted, i.duplicate FROM smsengage.ingest('salesforce_dmo', '{"EventID":"e9","EventType":"CLICK","EventDateTime":"2024-05-06T07:08:09Z","RecipientPhone":"+12025550101","LinkName":"a","Unknown":1}') i;
SELECT i.accepted, i.duplicate FROM smsengage.ingest('salesforce_dmo', '{"EventID":"e9","EventType":"CLICK","EventDateTime":"2024-05-06T07:08:09Z","RecipientPhone":"+12025550101","LinkName":"a","Unknown":1}') i;
SELECT count(*) AS same_is_no_drift FROM smsengage.content_drift;
SELECT i.accepted, i.duplicate FROM smsengage.ingest('salesforce_dmo', '{"EventID":"e9","EventType":"CLICK","EventDateTime":"2024-05-07T07:08:09Z","RecipientPhone":"+12025550102","LinkName":"a"}') i;
SELECT i.accepted, i.duplicate FROM smsengage.ingest('salesforce_dmo', '{"EventID":"e9","EventType":"CLICK","EventDateTime":"2024-05-07T07:08:09Z","RecipientPhone":"+12025550103"}') i;
SELECT recipient, link_name, event_time FROM smsengage.event WHERE event_id = 'e9';
-- within one payload too, and beside new events
SELECT i.accepted, i.duplicate FROM smsengage.ingest('native', '[{"event_type":"REPLY","event_id":"r1","event_time":1700000000,"recipient":"+12025550101","message_text":"a"},{"event_type":"REPLY","event_id":"r1","event_time":1700000000,"recipient":"+12025550101","message_text":"b"},{"event_type":"REPLY","event_id":"r2","event_time":1700000000,"recipient":"+12025550101"}]') i;
-- a later arrival or callback time, another price of the same value: no drift
SELECT b.duplicate FROM smsengage_internal.ingest_batch(smsengage_internal.batch('twilio', '{"MessageSid":"z","MessageStatus":"sent"}', NULL, '2026-01-01Z'), NULL) b;
SELECT i.accepted, i.duplicate FROM smsengage.ingest('engagelab', '{"rows":[{"message_id":"7","itime":1701234570,"status":{"message_status":"sent","status_data":{"msg_time":1701234569},"billing":{"cost":0.005,"currency":"USD"}}}]}') i;
SELECT i.accepted, i.duplicate FROM smsengage.ingest('engagelab', '{"rows":[{"message_id":"7","itime":1701239999,"status":{"message_status":"sent","status_data":{"msg_time":1701234569},"billing":{"cost":0.0050,"currency":"USD"}}}]}') i;
SELECT provider, columns FROM smsengage.content_drift ORDER BY 1;
SELECT * FROM pg_temp.shown() WHERE kind = 'content';
-- no path is listed twice
SELECT x.provider, x.path FROM smsengage_internal.expected_extra() x GROUP BY 1, 2 HAVING count(*) > 1;
SELECT smsengage.drop_store(true);
