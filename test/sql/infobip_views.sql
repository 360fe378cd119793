-- Infobip's data extensions as views, and what a journey decides by.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
\pset null '-'
BEGIN;
SELECT count(*) AS made FROM smsengage.create_store();

-- The attributes are those of the vendor's tables, in their order, in plain
-- types, each with a comment; then come our own keys.
SELECT c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, -1), ', ' ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relname IN ('sms_delivery_report', 'omni_delivery_report', 'unified_url_tracking', 'sms_url_tracking', 'viber_url_tracking',
	'inbound_message', 'journey_data', 'message_detail')
GROUP BY c.relname ORDER BY c.relname COLLATE "C";
SELECT c.relname, a.attname AS without_comment
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relname IN ('message_report', 'sms_delivery_report', 'omni_delivery_report', 'unified_url_tracking', 'sms_url_tracking', 'viber_url_tracking',
	'inbound_message', 'journey_report', 'journey_data', 'message_detail') AND col_description(c.oid, a.attnum) IS NULL;

-- A multi-part message with all there is to report
SELECT accepted FROM smsengage.ingest('infobip', '{"results": [{"bulkId": "b1", "messageId": "full", "to": "447700900001", "from": "InfoShop",
	"sentAt": "2024-11-09T16:00:00.123+0000", "doneAt": "2024-11-09T17:00:03.456+0100", "smsCount": 3, "mccMnc": "23430",
	"callbackData": "{\"ActivityId\":\"a1\"}", "price": {"pricePerMessage": 0.0054, "currency": "EUR"},
	"status": {"groupId": 2, "groupName": "UNDELIVERABLE", "id": 9, "name": "UNDELIVERABLE_NOT_DELIVERED", "description": "Message sent not delivered"},
	"error": {"groupId": 1, "groupName": "HANDSET_ERRORS", "id": 27, "name": "EC_ABSENT_SUBSCRIBER", "description": "Absent Subscriber", "permanent": false}}]}', 'shop');
-- the same as a row of the data extension, under another id
SELECT accepted FROM smsengage.ingest('infobip', '{"messageId": "row", "messageCount": 3, "to": "447700900001", "pricePerMessage": 0.0054, "priceCurrency": "EUR",
	"statusGroupId": 2, "statusGroupName": "UNDELIVERABLE", "statusId": 9, "statusName": "UNDELIVERABLE_NOT_DELIVERED", "statusDescription": "Message sent not delivered",
	"errorGroupId": 1, "errorGroupName": "HANDSET_ERRORS", "errorId": 27, "errorName": "EC_ABSENT_SUBSCRIBER", "errorDescription": "Absent Subscriber", "errorPermanent": false,
	"callbackData": "{\"ActivityId\":\"a1\"}", "sentAt": "2024-11-09T16:00:00.123+0000", "doneAt": "2024-11-09T16:00:03.456+0000", "originalMCC": "234", "originalMNC": "30", "channel": "SMS"}', 'shop');
-- ids only: names come from the code tables
SELECT accepted FROM smsengage.ingest('infobip', '{"messageId": "bare", "to": "447700900001", "status": {"groupId": 2, "id": 9}, "error": {"groupId": 1, "id": 27}, "doneAt": "2024-11-09T16:00:03.456+0000"}', 'shop');
\x
SELECT * FROM smsengage.sms_delivery_report WHERE message_id = 'full';
SELECT * FROM smsengage.sms_delivery_report WHERE message_id = 'row';
SELECT * FROM smsengage.sms_delivery_report WHERE message_id = 'bare';
\x
-- every code by group: names of 87 and 4102 depend on it; 100 is REJECTED
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"messageId": "e87", "status": {"groupId": 4, "id": 87}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "r87", "status": {"groupId": 5, "id": 87}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "r100", "status": {"groupId": 5, "id": 100}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "r14", "status": {"groupId": 5, "id": 14, "name": "REJECTED_DESTINATION_BLACKLISTED"}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "u4102", "status": {"groupId": 2, "id": 31}, "error": {"groupId": 2, "id": 4102}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "o4102", "status": {"groupId": 2, "id": 31}, "error": {"groupId": 3, "id": 4102}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "p26", "status": {"groupId": 1, "id": 26}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "op", "status": {"groupId": 3, "id": 2}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "new", "status": {"groupId": 4, "id": 999, "name": "EXPIRED_NEW"}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "newgroup", "status": {"groupId": 9, "id": 999}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "noid", "status": {"groupId": 3}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "nogroup", "status": {"id": 5}, "doneAt": "2024-11-09T16:00:00Z"}]', 'codes');
SELECT r.message_id, r.status_group_id AS gid, r.status_group_name, r.status_id, r.status_name, r.error_group_name, r.error_name, r.error_permanent AS perm, j.decision, d.delivered_to
FROM smsengage.sms_delivery_report r
	JOIN smsengage.journey_data j USING (message_key) JOIN smsengage.message_detail d USING (message_key)
WHERE r.account = 'codes' ORDER BY r.message_id COLLATE "C";

-- No text of a payload makes a view fail
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"messageId": "p1", "statusGroupId": 3, "status": "late", "errorGroupId": {"a": 1}, "error": [1], "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "p2", "statusGroupId": 3, "statusGroupId": "x", "statusId": 5, "mccMnc": 23430, "doneAt": "2024-11-09T16:00:00Z", "regional": []},
	{"messageId": "p3", "statusGroupId": 3, "statusId": "99999999999999999999", "errorId": "EC_X", "doneAt": "2024-11-09T16:00:00Z", "regional": {"indiaDlt": null}}]', 'poison');
SELECT accepted, rejected FROM smsengage.ingest('infobip', '[{"messageId": "p1", "statusGroupId": 3, "status": "late", "error": [1], "doneAt": "2024-11-09T16:00:00Z"}]', 'poison');
SELECT message_id, status_group_id, status_group_name, status_id, error_id, original_mcc, original_mnc FROM smsengage.sms_delivery_report WHERE account = 'poison' ORDER BY message_id;
SELECT message_id, principal_entity_id, retryable FROM smsengage.message_detail WHERE account = 'poison' ORDER BY message_id;

-- Of several reports the final one decides, then the latest; a duplicate
-- submission changes nothing, whenever it comes.
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"messageId": "steps", "to": "447700900002", "status": {"groupId": 3, "id": 5}, "sentAt": "2024-11-09T15:59:00Z", "doneAt": "2024-11-09T16:00:03Z"},
	{"messageId": "steps", "to": "447700900002", "status": {"groupId": 1, "id": 7}, "sentAt": "2024-11-09T15:59:00Z", "doneAt": "2024-11-09T16:00:09Z"},
	{"messageId": "steps", "to": "447700900002", "status": {"groupId": 3, "id": 2}, "sentAt": "2024-11-09T15:59:00Z", "doneAt": "2024-11-09T16:00:08Z"},
	{"messageId": "steps", "to": "447700900002", "status": {"groupId": 5, "id": 23}, "sentAt": "2024-11-09T15:58:00Z", "doneAt": "2024-11-09T16:10:00Z"},
	{"messageId": "two", "to": "447700900002", "status": {"groupId": 4, "id": 15}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "two", "to": "447700900002", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "later", "to": "447700900002", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "later", "status": {"groupId": 2, "id": 9}, "doneAt": "2024-11-09T16:00:01Z"},
	{"messageId": "only23", "to": "447700900002", "status": {"groupId": 5, "id": 23}, "doneAt": "2024-11-09T16:00:00Z"}]', 'order');
SELECT r.message_id, r.status_name, r.done_at, j.decision, j.sent_at, j.done_at AS decided_at
FROM smsengage.sms_delivery_report r JOIN smsengage.journey_data j USING (message_key) WHERE r.account = 'order' ORDER BY r.message_id COLLATE "C";
SELECT message_id, event_type, status_class FROM smsengage.event WHERE account = 'order' AND status_code = '23' ORDER BY message_id COLLATE "C";

-- Failover: a report per leg, one message.  The first leg is PENDING with a
-- permanent error, or failed later than the second was delivered.
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"messageId": "fo1", "channel": "RCS", "to": "447700900003", "sender": "RcsShop", "status": {"groupId": 1, "id": 3}, "error": {"groupId": 1, "id": 7002, "permanent": true}, "price": {"pricePerMessage": 0.02, "currency": "EUR"}, "messageCount": 1, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "fo1", "channel": "SMS", "to": "447700900003", "sender": "SmsShop", "status": {"groupId": 3, "id": 5}, "error": {"groupId": 0, "id": 0, "permanent": false}, "price": {"pricePerMessage": 0.005, "currency": "EUR"}, "messageCount": 2, "doneAt": "2024-11-09T16:00:30Z"},
	{"messageId": "fo2", "channel": "WHATSAPP", "to": "447700900003", "status": {"groupId": 2, "id": 9}, "price": {"pricePerMessage": 0.02, "currency": "USD"}, "doneAt": "2024-11-09T16:05:00Z"},
	{"messageId": "fo2", "channel": "SMS", "to": "447700900003", "status": {"groupId": 3, "id": 5}, "price": {"pricePerMessage": 0.005, "currency": "EUR"}, "doneAt": "2024-11-09T16:00:30Z"}]', 'legs');
SELECT message_id, channel, status_name, error_name, price_per_message, message_count FROM smsengage.sms_delivery_report WHERE account = 'legs' ORDER BY message_id;
SELECT message_id, channel, status_name, error_name, from_sender, price_per_message FROM smsengage.omni_delivery_report WHERE account = 'legs' ORDER BY message_id;
SELECT message_id, decision, status_name, done_at FROM smsengage.journey_data WHERE account = 'legs' ORDER BY message_id;
SELECT message_id, channel, sender_id, cost, price_currency FROM smsengage.message_detail WHERE account = 'legs' ORDER BY message_id;

-- Omni: delivery and seen, together or apart; seen alone
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"messageId": "v1", "to": "447700900004", "from": "ViberShop", "statusGroupId": 3, "statusId": 5, "channel": "Viber", "sentAt": "2024-02-03T00:00:00Z", "doneAt": "2024-02-03T00:01:00Z", "seenAt": "2024-02-03T08:30:00Z"},
	{"messageId": "v2", "to": "447700900004", "statusGroupId": 3, "statusId": 5, "channel": "Viber", "sentAt": "2024-02-03T00:00:00Z", "doneAt": "2024-02-03T00:01:00Z", "seenAt": null},
	{"messageId": "w1", "to": "447700900004", "status": {"groupId": 3, "id": 5}, "channel": "WHATSAPP", "doneAt": "2024-02-03T00:01:00Z"},
	{"messageId": "w1", "to": "447700900004", "sentAt": "2024-02-03T00:00:00Z", "seenAt": "2024-02-03T08:31:00Z"},
	{"messageId": "w1", "to": "447700900004", "sentAt": "2024-02-03T00:00:00Z", "seenAt": "2024-02-03T08:30:30Z"},
	{"messageId": "k1", "to": "447700900004", "status": {"groupId": 5, "id": 6}, "channel": "KAKAO_ALIM", "doneAt": "2024-02-03T00:01:00Z"},
	{"messageId": "s1", "to": "447700900004", "sentAt": "2024-02-03T00:00:00Z", "seenAt": "2024-02-03T08:30:00Z"}]', 'omni');
SELECT message_id, channel, status_group_name, status_name, sent_at, done_at, seen_at, from_sender FROM smsengage.omni_delivery_report WHERE account = 'omni' ORDER BY message_id;
SELECT count(*) AS not_sms FROM smsengage.sms_delivery_report WHERE account = 'omni';
SELECT message_id, decision, status_name, sent_at, done_at, seen_at, seen FROM smsengage.journey_data WHERE account = 'omni' ORDER BY message_id;

-- Clicks: channel of the click, else of the leg that was delivered, else SMS
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"notificationType": "CLICKED", "messageId": "v1", "recipient": "447700900004", "url": "https://example.com/v", "sendDateTime": "2024-02-03T08:31:00.250+0000", "callbackData": "c"}]', 'omni');
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"notificationType": "CLICKED", "messageId": "fo2", "recipient": "447700900003", "url": "https://example.com/1", "sendDateTime": 1731168060000},
	{"notificationType": "CLICKED", "messageId": "fo2", "recipient": "447700900003", "url": "https://example.com/2", "sendDateTime": "1731168120"},
	{"notificationType": "CLICKED", "messageId": "fo1", "recipient": "447700900003", "channel": "RCS", "sendDateTime": "1731168120000"},
	{"notificationType": "CLICKED", "messageId": "unknown", "recipient": "447700900003", "url": "https://example.com/3", "sendDateTime": 1731168060000, "recipientInfo": {"deviceType": "Phone", "os": "iOS 12", "deviceName": "Apple"}}]', 'legs');
SELECT message_id, notification_type, recipient, url, send_date_time, channel, device_type, os, device_name, callback_data FROM smsengage.unified_url_tracking ORDER BY send_date_time, message_id COLLATE "C";
SELECT message_id, url, send_date_time FROM smsengage.sms_url_tracking ORDER BY send_date_time COLLATE "C", message_id COLLATE "C";
SELECT message_id, url, send_date_time FROM smsengage.viber_url_tracking;
SELECT message_id, url, clicked FROM smsengage.journey_data WHERE account IN ('legs', 'omni') ORDER BY message_id;

-- One message by id, known, known under an account, unknown
SELECT accepted FROM smsengage.ingest('infobip', '{"messageId": "plain", "to": "447700900001", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"}');
SELECT id, acc, s.status_name, s.status_group_name, s.decision, s.seen, s.url
FROM (VALUES (1, 'plain', null), (2, 'fo2', 'legs'), (3, 'fo2', null), (4, 'fo2', 'shop'), (5, 'v1', null), (6, 'nobody', null), (7, 'unknown', 'legs'), (8, null, null)) q(no, id, acc),
	smsengage.journey_status(q.id, q.acc) s ORDER BY q.no;

-- Inbound
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"messageId": "in1", "from": "447700900005", "to": "12345", "text": "QUIZ Paris", "cleanText": "Paris", "keyword": "QUIZ", "receivedAt": "2024-11-09T16:10:00.000+0000", "smsCount": 1, "price": {"pricePerMessage": 0.01, "currency": "EUR"}},
	{"event": "MO", "channel": "WHATSAPP", "messageId": "in2", "pairedMessageId": "fo1", "sender": "447700900005", "destination": "InfoShop", "content": [{"type": "IMAGE", "url": "https://example.com/i.png"}], "receivedAt": "2024-11-09T16:11:00.000+0000", "messageCount": 1, "callbackData": "c"}]', 'legs');
\x
SELECT message_id, channel, from_number, to_number, content_type, message_text, clean_text, keyword, received_at, message_count, price_per_message, price_currency, callback_data, paired_message_id, account, provider
FROM smsengage.inbound_message ORDER BY received_at;
\x
-- the reply belongs to the message that it answers
SELECT i.message_id, m.message_id AS answers FROM smsengage.event e JOIN smsengage.message m USING (message_key) JOIN smsengage.inbound_message i USING (event_key) WHERE e.event_type = 'REPLY';
ROLLBACK;

-- Any order, repeated, at once or one by one: the same tables.  Numbers of
-- people are drawn in the order of arrival and stand for (scope, id) here; the
-- reason of a rejection says where in its payload the event was.
BEGIN;
SELECT count(*) AS made FROM smsengage.create_store();
CREATE TEMP TABLE piece (no serial, payload text);
INSERT INTO piece (payload)
SELECT format('{"messageId": "m%s", "to": "4477009000%s", "channel": %s, "status": {"groupId": %s, "id": %s}, "price": {"pricePerMessage": 0.01, "currency": "EUR"}, "sentAt": "2024-11-09T16:00:00+0100", "doneAt": "2024-11-%sT16:00:0%s+0100"}',
	i % 4, 10 + i % 4, (ARRAY['null', '"SMS"', '"RCS"'])[1 + i % 3], g, c, 10 + i % 3, i % 7)
FROM (VALUES (1, 26), (1, 7), (3, 2), (3, 5), (2, 9), (4, 15), (5, 23), (5, 6), (9, 1)) s(g, c), generate_series(0, 5) i;
INSERT INTO piece (payload)
SELECT format('{"messageId": "m%s", "to": "4477009000%s", "seenAt": "2024-12-01T00:00:0%s+0000"}', i % 4, 10 + i % 4, i) FROM generate_series(0, 5) i;
INSERT INTO piece (payload)
SELECT format('{"messageId": "m%s", "recipient": "4477009000%s", "url": "https://example.com/%s", "sendDateTime": %s}', i % 4, 10 + i % 4, i % 2, 1733011200000 + i) FROM generate_series(0, 5) i;
INSERT INTO piece (payload)
SELECT format('{"messageId": "in%s", "from": "4477009000%s", "to": "12345", "text": "hi", "receivedAt": "2024-12-01T00:00:00+0000"}', i % 3, 10 + i % 3) FROM generate_series(0, 5) i;
INSERT INTO piece (payload) VALUES
	('{"messageId": "o1", "to": "447700900015", "statusGroupId": 3, "statusId": 5, "channel": "VIBER", "doneAt": "2024-12-01T00:00:00Z", "seenAt": "2024-12-01T00:00:05Z"}'),
	('{"messageId": "o1", "to": "447700900015", "statusGroupId": 3, "statusId": 2, "channel": "VIBER", "doneAt": "2024-12-01T00:00:00Z"}'),
	('{"event": "TYPING_STARTED"}'), ('{"event": "NEW"}');
CREATE FUNCTION pg_temp.tables() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ',
		(SELECT md5(string_agg((to_jsonb(e) - 'individual_no' || jsonb_build_object('who', i.scope || '/' || i.individual_id))::text, ',' ORDER BY e.event_time, e.event_key))
			FROM smsengage.event e LEFT JOIN smsengage.individual i USING (individual_no)),
		(SELECT md5(string_agg((to_jsonb(m) - 'individual_no' || jsonb_build_object('who', i.scope || '/' || i.individual_id))::text, ',' ORDER BY m.message_key))
			FROM smsengage.message m LEFT JOIN smsengage.individual i USING (individual_no)),
		(SELECT md5(string_agg(digest || payload, ',' ORDER BY digest)) FROM smsengage.rejected_event),
		(SELECT md5(string_agg(digest || payload, ',' ORDER BY digest)) FROM smsengage.provider_notice))
$$;
CREATE TEMP TABLE outcome (way text, tables text, events bigint, messages bigint);
DO $$
DECLARE
	way text;
	load text;
BEGIN
	FOREACH way IN ARRAY ARRAY['in order', 'backwards', 'shuffled a', 'shuffled b', 'shuffled c', 'at once', 'at once twice'] LOOP
		TRUNCATE smsengage.event, smsengage.event_identity, smsengage.message, smsengage.block, smsengage.unblock, smsengage.subscription, smsengage.consent_entry,
			smsengage.contact_point, smsengage.series, smsengage.engagement_tally, smsengage.outcome_tally, smsengage.individual,
			smsengage.rejected_event, smsengage.provider_notice;
		IF way LIKE 'at once%' THEN
			SELECT '{"results": [' || string_agg(payload, ',' ORDER BY md5(no || way)) || ']}' INTO load FROM piece;
			PERFORM smsengage.ingest('infobip', load);
			IF way LIKE '%twice' THEN
				PERFORM smsengage.ingest('infobip', load);
			END IF;
		ELSE
			-- one by one, every third one again at some other time
			FOR load IN
				SELECT payload FROM (SELECT no, payload, 0 AS again FROM piece UNION ALL SELECT no, payload, 1 FROM piece WHERE no % 3 = 0) p
				ORDER BY CASE way WHEN 'in order' THEN no WHEN 'backwards' THEN -no END, md5(no || way || again)
			LOOP
				PERFORM smsengage.ingest('infobip', load);
			END LOOP;
		END IF;
		INSERT INTO outcome SELECT way, pg_temp.tables(), (SELECT count(*) FROM smsengage.event), (SELECT count(*) FROM smsengage.message);
	END LOOP;
END $$;
SELECT o.way, o.tables = f.tables AS same, o.events, o.messages FROM outcome o, outcome f WHERE f.way = 'in order' ORDER BY o.way COLLATE "C";
-- what is merged at ingestion is the merge of the stored events
SELECT count(*) AS messages, count(*) FILTER (WHERE m.state OPERATOR(smsengage.=) r.state) AS same
FROM smsengage.message m JOIN (
	SELECT message_key, smsengage.merge(smsengage_internal.event_state(provider, status_class, status_code, error_code, channel, part, event_time, sent_time, time_source)) AS state
	FROM smsengage.event WHERE status_class IS NOT NULL GROUP BY message_key) r USING (message_key);
ROLLBACK;
