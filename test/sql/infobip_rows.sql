-- What Infobip's guide for Salesforce Marketing Cloud offers, row by row of the
-- feature list: what a database can hold or say of it.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
\pset null '-'
BEGIN;
SELECT count(*) AS made FROM smsengage.create_store();

-- I23, I47: reports are stored in tables of one's own, made by one call;
-- I22: several accounts, with the same message ids
SELECT accepted FROM smsengage.ingest('infobip', '{"messageId": "same", "to": "447700900001", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"}', 'unit 1');
SELECT accepted FROM smsengage.ingest('infobip', '{"messageId": "same", "to": "447700900001", "status": {"groupId": 2, "id": 9}, "doneAt": "2024-11-09T16:00:00Z"}', 'unit 2');
SELECT account, message_id, status_group_name FROM smsengage.sms_delivery_report ORDER BY account;

-- I24: columns that a user adds, nullable, computed or checked, survive every load
ALTER TABLE smsengage.event ADD COLUMN campaign text, ADD COLUMN length integer GENERATED ALWAYS AS (char_length(message_text)) STORED,
	ADD COLUMN batch integer DEFAULT 7, ADD CONSTRAINT campaign_check CHECK (campaign <> '');
ALTER TABLE smsengage.message ADD COLUMN owner text;
UPDATE smsengage.message SET owner = 'me' WHERE account = 'unit 1';
-- a partition that stands, and one that is made now
SELECT accepted FROM smsengage.ingest('infobip', '[{"messageId": "same", "to": "447700900001", "status": {"groupId": 1, "id": 7}, "doneAt": "2024-11-09T15:59:00Z"},
	{"messageId": "i24", "from": "447700900001", "to": "12345", "text": "hello", "receivedAt": "2024-12-01T00:00:00Z"}]', 'unit 1');
SELECT event_type, campaign, length, batch, extra FROM smsengage.event WHERE account = 'unit 1' ORDER BY event_time;
SELECT message_id, owner, smsengage.status_group(state) FROM smsengage.message WHERE account = 'unit 1';
SELECT smsengage.migrate();
SELECT accepted, duplicate FROM smsengage.ingest('infobip', '{"messageId": "same", "to": "447700900001", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"}', 'unit 1');

-- I01, I08 to I13, I15, I17, I18: SMS and LMS delivery reports (see infobip_views
-- for every attribute); I02, I16, I19: omni reports; I21: the channels
SELECT accepted FROM smsengage.ingest('infobip', (
	SELECT '[' || string_agg(format('{"messageId": "c%s", "to": "447700900002", "from": "Shop", "channel": "%s", "status": {"groupId": 3, "id": 5}, "price": {"pricePerMessage": 0.0054, "currency": "EUR"}, "messageCount": %s, "sentAt": "2024-11-09T16:00:00Z", "doneAt": "2024-11-09T16:00:01Z"}', n, c, n), ',') || ']'
	FROM unnest(ARRAY['SMS', 'LMS', 'MMS', 'WhatsApp', 'Viber', 'RCS', 'Kakao Alim', 'Kakao ChinguTalk', 'VIBER_BM', 'VIBER_BOT', 'KAKAO_ALIM', 'KAKAO_CHINGUTALK']) WITH ORDINALITY t(c, n)), 'channels');
SELECT m.channel, r.channel AS known_as, s.message_id IS NOT NULL AS sms, o.message_id IS NOT NULL AS omni,
	d.cost, coalesce(s.price_per_message * s.message_count, o.price_per_message * o.message_count) = d.cost AS price_times_parts
FROM smsengage.message m CROSS JOIN LATERAL smsengage.reports(m.state) r JOIN smsengage.message_detail d ON d.message_key = m.message_key::text
	LEFT JOIN smsengage.sms_delivery_report s ON s.message_key = m.message_key::text LEFT JOIN smsengage.omni_delivery_report o ON o.message_key = m.message_key::text
WHERE m.account = 'channels' ORDER BY length(m.message_id), m.message_id;

-- I03, I04, I05, I20: clicks; the deprecated Viber form has UNIX text;
-- I26: a link on a domain of one's own; I45: which link exactly
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"notificationType": "CLICKED", "messageId": "c5", "recipient": "447700900002", "url": "https://example.com/a", "sendDateTime": "1731168060", "deviceType": "Phone", "os": "iOS 12", "deviceName": "Apple", "callbackData": "c"},
	{"notificationType": "CLICKED", "messageId": "c1", "recipient": "447700900002", "url": "sho.example.org/x1", "sendDateTime": "1731168061000", "deviceType": "desktop", "os": "Windows", "deviceName": "PC", "callbackData": null},
	{"notificationType": "CLICKED", "messageId": "c4", "recipient": "447700900002", "url": "https://example.com/b", "sendDateTime": "2024-11-09T16:01:02.000+0000", "channel": "WhatsApp"}]', 'channels');
SELECT 'viber' AS view, message_id, url, send_date_time FROM smsengage.viber_url_tracking
UNION ALL SELECT 'sms', message_id, url, send_date_time FROM smsengage.sms_url_tracking
UNION ALL SELECT 'unified', message_id, url, send_date_time::text FROM smsengage.unified_url_tracking ORDER BY 1, 2;
SELECT message_id FROM smsengage.unified_url_tracking WHERE account = 'channels' AND url = 'https://example.com/b';

-- I06, I31: inbound messages; what is no text has no text, but is not lost.
-- I30: a reply within a maximum time
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"event": "MO", "channel": "WHATSAPP", "messageId": "r1", "pairedMessageId": "c4", "sender": "447700900002", "destination": "Shop", "content": [{"type": "TEXT", "text": "yes"}], "receivedAt": "2024-11-09T16:30:00Z"},
	{"event": "MO", "channel": "WHATSAPP", "messageId": "r2", "sender": "447700900002", "destination": "Shop", "content": [{"type": "IMAGE", "url": "https://example.com/i.png"}], "receivedAt": "2024-11-09T16:31:00Z"},
	{"event": "MO", "channel": "SMS", "messageId": "r3", "pairedMessageId": "c1", "sender": "447700900002", "destination": "Shop", "content": [{"type": "TEXT", "text": "late"}], "receivedAt": "2024-11-10T16:30:00Z"}]', 'channels');
SELECT message_id, content_type, message_text FROM smsengage.inbound_message WHERE account = 'channels' ORDER BY message_id;
SELECT j.message_id, EXISTS (SELECT FROM smsengage.inbound_message i WHERE i.account = j.account AND i.paired_message_id = j.message_id
	AND i.received_at < j.sent_at + interval '2 hours') AS replied
FROM smsengage.journey_data j WHERE j.account = 'channels' AND j.message_id IN ('c1', 'c2', 'c4') ORDER BY 1;

-- I14, I33, I40, I46: callback data is kept and can be asked: the activity, the
-- subscriber key; the bulk id is what was sent
SELECT accepted FROM smsengage.ingest('infobip', '{"bulkId": "Infobip SMS", "messageId": "cb", "to": "447700900003", "callbackData": "{\"ActivityId\":\"a1\",\"ContactKey\":\"0031\",\"Tier\":\"g\u00f6ld\"}", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"}', 'callback');
SELECT r.message_id, m.bulk_message, smsengage.callback_field(r.callback_data, 'ActivityId') AS activity, smsengage.callback_field(r.callback_data, 'ContactKey') AS contact_key, smsengage.callback_field(r.callback_data, 'Tier') AS tier
FROM smsengage.sms_delivery_report r JOIN smsengage.message m ON m.message_key::text = r.message_key WHERE r.account = 'callback';
-- 4000 characters of it
SELECT accepted FROM smsengage.ingest('infobip', format('{"messageId": "cb2", "to": "447700900003", "callbackData": "%s", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"}', repeat('ü', 4000)), 'callback');
SELECT length(callback_data) FROM smsengage.sms_delivery_report WHERE message_id = 'cb2';

-- I25: may the same message be tried again?  The flag of the report counts
-- more than the table; NULL unless it failed.
SELECT accepted FROM smsengage.ingest('infobip', (
	SELECT '[' || string_agg(format('{"messageId": "t%s", "to": "447700900004", "status": {"groupId": %s, "id": %s}, "error": %s, "sentAt": "2024-11-09T15:00:00Z", "doneAt": "2024-11-09T16:00:00Z"}', n, g, i, e), ',') || ']'
	FROM (VALUES (10, 3, 5, '{"groupId": 0, "id": 0, "permanent": false}'), (11, 1, 7, 'null'), (12, 2, 9, '{"groupId": 1, "id": 27, "permanent": false}'), (13, 2, 9, '{"groupId": 1, "id": 27}'),
		(14, 2, 9, '{"groupId": 1, "id": 27, "permanent": true}'), (15, 2, 9, '{"groupId": 1, "id": 1}'), (16, 2, 9, '{"groupId": 1, "id": 1, "permanent": true}'),
		(17, 4, 15, 'null'), (18, 5, 12, '{"groupId": 0, "id": 0, "permanent": false}'), (19, 5, 52, 'null'), (20, 5, 20, 'null'),
		(21, 2, 777, 'null'), (22, 3, 2, 'null'), (23, 5, 23, 'null'), (24, 2, 9, '{"groupId": 2, "id": 607}')) t(n, g, i, e)), 'retry');
SELECT d.message_id, j.status_name, j.error_name, d.decision, d.retryable
FROM smsengage.message_detail d JOIN smsengage.journey_data j USING (message_key) WHERE d.account = 'retry' ORDER BY d.message_id;

-- I44: the validity ends 48 hours after sending, while the outcome is open
SELECT message_id, decision, expires_at FROM smsengage.message_detail WHERE account = 'retry' AND (expires_at IS NOT NULL OR message_id = 't17') ORDER BY message_id;

-- I29: reports asked for while messages are still being sent are open, not failed;
-- I28: observed rate against a limit
SELECT decision, count(*) FROM smsengage.journey_data WHERE account = 'retry' GROUP BY decision ORDER BY decision;
SELECT count(*) AS sent_in_that_second, count(*) <= 500 AS within_limit FROM smsengage.sms_delivery_report WHERE account = 'retry' AND sent_at >= '2024-11-09T15:00:00Z' AND sent_at < '2024-11-09T15:00:01Z';

-- I34, I35, I50: India's DLT ids, Korea's reseller code, the test flag: from the
-- callback data, or from the options of the request if the payload has them
SELECT accepted FROM smsengage.ingest('infobip', '[
	{"messageId": "x1", "to": "447700900005", "callbackData": "{\"principalEntityId\":\"1101\",\"contentTemplateId\":\"0107\",\"test\":true}", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "x2", "to": "447700900005", "regional": {"indiaDlt": {"principalEntityId": "1102", "contentTemplateId": "0108"}, "southKorea": {"resellerCode": 123456789}}, "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "x3", "to": "447700900005", "channel": "LMS", "callbackData": "{\"resellerCode\":\"987654321\",\"test\":\"true\"}", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "x4", "to": "447700900005", "callbackData": "test", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00Z"}]', 'options');
SELECT message_id, principal_entity_id, content_template_id, reseller_code, is_test FROM smsengage.message_detail WHERE account = 'options' ORDER BY message_id;

-- I37: links that are shortened and not tracked make no click: the view says so
SELECT obj_description('smsengage.unified_url_tracking'::regclass) LIKE '%not tracked%' AS says_so;
-- I38: what an RCS suggestion answers, and its payload, is kept
SELECT accepted FROM smsengage.ingest('infobip', '{"event": "MO", "channel": "RCS", "messageId": "s1", "sender": "447700900006", "destination": "Shop", "content": [{"type": "BUTTON_REPLY", "text": "Yes", "payload": "p-1"}], "receivedAt": "2024-11-09T16:30:00Z"}', 'rcs');
SELECT i.message_text, i.content_type, e.extra #>> '{content,0,payload}' AS payload FROM smsengage.inbound_message i JOIN smsengage.event e USING (event_key) WHERE i.account = 'rcs';

-- I41: absence of an event as a value
SELECT status_name, url, seen FROM smsengage.journey_status('never', 'retry');
-- I42: five ways, by the group: an id 100 begins with UNDELIVERABLE_ and is REJECTED
SELECT accepted FROM smsengage.ingest('infobip', '[{"messageId": "w1", "status": {"groupId": 5, "id": 100, "name": "UNDELIVERABLE_REJECTED_PLATFORM"}, "doneAt": "2024-11-09T16:00:00Z"},
	{"messageId": "w2", "status": {"groupId": 2, "id": 97, "name": "BUSY"}, "doneAt": "2024-11-09T16:00:00Z"}]', 'split');
SELECT message_id, status_name, status_name LIKE 'UNDELIVERABLE%' AS by_prefix, decision FROM smsengage.journey_data WHERE account = 'split' ORDER BY 1;
-- I43: on the handset, or with the operator
SELECT message_id, delivered_to, decision FROM smsengage.message_detail WHERE account = 'retry' AND delivered_to IS NOT NULL ORDER BY message_id;
ROLLBACK;
