-- Infobip's payloads: every sample, every kind of event, every trap.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\pset null '-'
\getenv abs_srcdir PG_ABS_SRCDIR
\set arrival '2026-01-01 00:00:00+00'

-- Samples: delivery reports of versions 2 and 3, of the Messages API, of other
-- channels, of a failover, and the rows of the data extensions.
\set file :abs_srcdir '/../contrib/samples/infobip/sms_dlr_v2.json'
\set sms_dlr_v2 `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/sms_dlr_v3.json'
\set sms_dlr_v3 `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/messages_api_delivery.json'
\set messages_api_delivery `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/viber_dlr.json'
\set viber_dlr `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/whatsapp_dlr.json'
\set whatsapp_dlr `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/rcs_failover_sms_dlr.json'
\set rcs_failover_sms_dlr `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/sfmc_sms_delivery_report_row.json'
\set sms_row `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/sfmc_omni_report_row.json'
\set omni_row `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/seen.json'
\set seen `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/messages_api_seen.json'
\set messages_api_seen `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/sms_click.json'
\set click `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/sfmc_unified_url_tracking_row.json'
\set click_row `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/sms_inbound_mo_json_2.json'
\set mo_json_2 `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/infobip/sms_inbound_mo_messages_api_json.json'
\set mo_messages_api `cat :'file'`

CREATE TEMP TABLE sample (name text, payload text);
INSERT INTO sample VALUES
	('messages_api_delivery', :'messages_api_delivery'), ('messages_api_seen', :'messages_api_seen'),
	('mo_json_2', :'mo_json_2'), ('mo_messages_api', :'mo_messages_api'), ('omni_row', :'omni_row'),
	('rcs_failover_sms_dlr', :'rcs_failover_sms_dlr'), ('seen', :'seen'), ('click', :'click'),
	('click_row', :'click_row'), ('sms_dlr_v2', :'sms_dlr_v2'), ('sms_dlr_v3', :'sms_dlr_v3'),
	('sms_row', :'sms_row'), ('viber_dlr', :'viber_dlr'), ('whatsapp_dlr', :'whatsapp_dlr');

CREATE TEMP TABLE said AS
SELECT s.name, e.* FROM sample s, smsengage.parse('infobip', s.payload, null, :'arrival') e;

SELECT name, event_no, outcome, event_type, status_class, event_time, sent_time, recipient, sender_id
FROM said ORDER BY name COLLATE "C", event_no;
SELECT name, message_id, event_id, bulk_message, channel, parts, price, price_currency
FROM said ORDER BY name COLLATE "C", event_no;
SELECT name, status_code, status_name, error_code, error_text, error_permanent, callback_data
FROM said WHERE status_class IS NOT NULL ORDER BY name COLLATE "C", event_no;
SELECT name, message_text, keyword, link_url, device_type, os, device_name
FROM said WHERE status_class IS NULL ORDER BY name COLLATE "C", event_no;
-- every member without a column is in extra, each as it was written
SELECT name, event_no, extra::jsonb FROM said WHERE extra IS NOT NULL ORDER BY name COLLATE "C", event_no;
-- nobody is named: the number is the person, in the account
SELECT count(*) AS events, count(*) FILTER (WHERE scope = '') AS by_number, count(individual_id) AS named FROM said;
SELECT DISTINCT scope, account FROM smsengage.parse('infobip', :'sms_dlr_v2', 'shop', :'arrival');

-- auto finds Infobip in each of them
SELECT s.name, string_agg(DISTINCT e.provider, ' ') AS provider, bool_and(e.event_key = f.event_key) AS same
FROM sample s, smsengage.parse('auto', s.payload, null, :'arrival') e
	JOIN said f USING (event_no) WHERE f.name = s.name
GROUP BY s.name ORDER BY s.name COLLATE "C";

-- The counters of the envelope are dropped; inside an event messageCount is
-- the number of parts; anything else beside the events is kept.
SELECT outcome, parts, reason, raw
FROM smsengage.parse('infobip', '{"messageCount": 7, "results": [{"messageId": "m", "messageCount": 3, "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00.000+0000"}], "pendingMessageCount": 2, "cursor": "c9"}', null, :'arrival');
SELECT count(*) FROM smsengage.parse('infobip', '{"results": [], "messageCount": 0, "pendingMessageCount": 0}', null, :'arrival');
-- the same events as an array, one by one, or in an envelope
SELECT count(DISTINCT event_key), count(*)
FROM (SELECT '[' || (:'sms_dlr_v3'::json #>> '{results,0}') || ']' UNION ALL SELECT :'sms_dlr_v3'::json #>> '{results,0}'
	UNION ALL SELECT '{"results": [' || (:'sms_dlr_v3'::json #>> '{results,0}') || ']}') p(payload),
	smsengage.parse('infobip', p.payload, null, :'arrival');

-- Status: group and id.  87 is in two groups, 100 is called UNDELIVERABLE_ and
-- is rejected, 2 is in group DELIVERED and not final, 23 says nothing of the
-- first message; an unknown id falls back to its group, an unknown group to
-- unknown.
SELECT g.id AS group_id, c.code, e.event_type, e.status_class, e.message_key IS NOT NULL AS of_message
FROM (VALUES
	(1, 0, '0'), (2, 0, '1'), (3, 1, '26'), (4, 1, '3'), (5, 1, '7'), (6, 2, '4'), (7, 2, '9'), (8, 3, '2'), (9, 3, '5'),
	(10, 4, '15'), (11, 4, '87'), (12, 5, '87'), (13, 5, '14'), (14, 5, '100'), (15, 5, '23'),
	(16, 1, '777'), (17, 2, '777'), (18, 3, '777'), (19, 4, '777'), (20, 5, '777'), (21, 9, '5'), (22, 9, '777'), (23, -7, '1'),
	(24, null, '5'), (25, null, '23'), (26, null, '777'), (27, 3, null), (28, 5, '"023"'), (29, 2, '"x"')) t(no, g, c)
	CROSS JOIN LATERAL (SELECT t.g) g(id) CROSS JOIN LATERAL (SELECT t.c) c(code),
	smsengage.parse('infobip', format('{"messageId": "m", "status": {"groupId": %s, "id": %s}, "doneAt": "2024-11-09T16:00:00.000+0000"}',
		coalesce(t.g::text, 'null'), coalesce(t.c, 'null')), null, :'arrival') e
ORDER BY t.no;

-- error_text is the description, else the name; the permanent flag is the
-- payload's; older documents write BLACKLISTED for id 14
SELECT status_class, status_name, error_code, error_text, error_permanent, extra -> 'error' AS error
FROM (VALUES
	('{"id": 14, "groupId": 5, "name": "REJECTED_DESTINATION_BLACKLISTED"}', '{"groupId": 2, "id": 2052, "name": "EC_BLACKLISTED_DESTINATIONADDRESS", "permanent": true}'),
	('{"id": 9, "groupId": 2}', '{"groupId": 1, "id": 27, "name": "EC_ABSENT_SUBSCRIBER", "description": "", "permanent": "false"}'),
	('{"id": 9, "groupId": 2}', '{"groupId": 1, "id": 1, "description": "Unknown Subscriber", "name": "EC_UNKNOWN_SUBSCRIBER", "permanent": false}'),
	('{"id": 9, "groupId": 2}', '{"groupId": 1, "id": 99999}'),
	('{"id": 9, "groupId": 2}', 'null')) v(status, error),
	smsengage.parse('infobip', format('{"messageId": "m", "status": %s, "error": %s, "doneAt": "2024-11-09T16:00:00.000+0000"}', v.status, v.error), null, :'arrival');

-- Offsets without a colon, and any other
SELECT t AS done_at, event_time, reason
FROM unnest(ARRAY['2024-11-09T16:00:00.000+0000', '2024-03-03T14:22:35.000+0100', '2024-04-09T16:01:56.494-0300',
	'2024-01-01T00:00:00.000+0530', '2024-01-01T00:00:00+01:00', '2024-01-01T00:00:00Z', '2023-12-31 23:59:59.999-0930',
	'2024-01-01T00:00:00', '2024-02-30T00:00:00+0000', '1999-12-31T23:59:59+0000', '2026-01-04T00:00:00+0000']) t,
	smsengage.parse('infobip', format('{"messageId": "m", "status": {"groupId": 3}, "doneAt": "%s"}', t), null, :'arrival');

-- Clocks: doneAt, else sentAt, else the arrival
SELECT m AS members, event_time, sent_time, time_source
FROM unnest(ARRAY['"doneAt": "2024-11-09T16:00:02+0000", "sentAt": "2024-11-09T16:00:00+0000"', '"doneAt": null, "sentAt": "2024-11-09T16:00:00+0000"', '"sentAt": ""']) m,
	smsengage.parse('infobip', '{"messageId": "m", "status": {"groupId": 3}, ' || m || '}', null, :'arrival');

-- Missing and null members
SELECT outcome, event_type, recipient, reason
FROM unnest(ARRAY[
	'{"messageId": "m", "status": {"id": 5}}',
	'{"messageId": "m", "to": null, "from": null, "bulkId": "", "price": null, "error": null, "smsCount": null, "callbackData": null, "status": {"groupId": 3, "id": null}}',
	'{"messageId": "m", "price": {"pricePerMessage": null, "currency": ""}, "status": {"groupId": 3}}',
	'{"messageId": "", "status": {"groupId": 3}}',
	'{"to": "447700900001", "status": {"groupId": 3}}',
	'{"messageId": "m", "status": {}}',
	'{"messageId": "m", "status": "DELIVERED", "event": "DELIVERY"}',
	'{"messageId": "m", "status": {"groupId": "three"}}',
	'{"messageId": "m", "status": {"groupId": 3}, "price": {"pricePerMessage": "cheap"}}',
	'{"messageId": "m"}', '{}', '[]', '"x"', '{"results": {}}']) p,
	smsengage.parse('infobip', p, null, :'arrival');

-- Prices are exact, of any length
SELECT p AS given, price FROM unnest(ARRAY['0', '0.0054', '0.10', '1e-3', '123456789012345678.123456789', '"0.15"']) p,
	smsengage.parse('infobip', '{"messageId": "m", "status": {"groupId": 3}, "price": {"pricePerMessage": ' || p || ', "currency": "EUR"}}', null, :'arrival');

-- The event member: mixes, typing indicators, words that are not known
SELECT event_no, outcome, event_type, message_id, event_id, reason
FROM smsengage.parse('infobip', '{"results": [
	{"event": "DELIVERY", "channel": "SMS", "messageId": "a", "status": {"groupId": 3, "id": 5}, "doneAt": "2024-11-09T16:00:00+0000"},
	{"event": "SEEN", "channel": "WHATSAPP", "messageId": "b", "seenAt": "2024-11-09T16:00:01+0000"},
	{"event": "MO", "channel": "SMS", "messageId": "c", "pairedMessageId": "a", "content": [{"type": "TEXT", "text": "hi"}], "receivedAt": "2024-11-09T16:00:02+0000"},
	{"event": "TYPING_STARTED", "channel": "RCS", "messageId": "d", "receivedAt": "2024-11-09T16:00:03+0000"},
	{"event": "TYPING_STOPPED", "channel": "RCS", "messageId": "d", "receivedAt": "2024-11-09T16:00:04+0000"},
	{"event": "REACTION", "messageId": "e"},
	{"event": "SEEN", "channel": "RCS", "seenAt": "2024-11-09T16:00:05+0000"},
	{"event": "MO", "channel": "RCS", "content": []},
	{"notificationType": "CLICKED", "messageId": "a", "url": "https://example.com/"}]}', null, :'arrival');

-- Inbound: the person is recipient and the event is timeless; of several
-- pieces of content the first text counts, another stays in extra
SELECT event_id, recipient, sender_id, message_text, keyword, channel, parts, extra::jsonb
FROM smsengage.parse('infobip', '[
	{"messageId": "i1", "from": "447700900001", "to": "12345", "text": "Stop it", "cleanText": "it", "keyword": "STOP", "receivedAt": "2024-11-09T16:00:00+0000", "smsCount": 2},
	{"event": "MO", "channel": "WHATSAPP", "messageId": "i2", "sender": "447700900001", "destination": "InfoShop", "content": [{"type": "IMAGE", "url": "https://example.com/i.png"}, "caption", {"type": "TEXT", "text": "STOP please", "cleanText": "please", "keyword": "STOP"}, {"type": "TEXT", "text": "last"}], "receivedAt": "2024-11-09T16:00:00Z"},
	{"event": "MO", "channel": "WHATSAPP", "messageId": "i3", "sender": "447700900001", "destination": "InfoShop", "content": [{"type": "LOCATION", "latitude": 1.50, "longitude": 2}], "receivedAt": "2024-11-09T16:00:00Z"},
	{"messageId": "i4", "sender": "447700900001", "to": "InfoShop", "integrationType": "VIBER", "message": {"type": "TEXT", "text": "old form"}, "receivedAt": "2024-11-09T16:00:00.000+00:00"}]', null, :'arrival');
SELECT count(DISTINCT event_key) = 1 AS timeless
FROM unnest(ARRAY['2024-11-09T16:00:00Z', '2024-11-09T17:00:00Z']) t,
	smsengage.parse('infobip', format('{"messageId": "i1", "from": "12025550101", "text": "a", "receivedAt": "%s"}', t), null, :'arrival');

-- A click's time in its three forms; a click without message or recipient
SELECT t AS send_date_time, event_time, count(*) OVER (PARTITION BY event_key) AS same, reason
FROM unnest(ARRAY['1704106800000', '"1704106800000"', '"1704106800"', '"2024-01-01T11:00:00.000+0000"', '"2024-01-01T12:00:00+01:00"', '"1704106800001"', '"yesterday"', 'true']) WITH ORDINALITY u(t, no),
	smsengage.parse('infobip', format('{"notificationType": "CLICKED", "messageId": "m", "recipient": "447700900001", "url": "https://example.com/", "sendDateTime": %s}', t), null, :'arrival')
ORDER BY no;
SELECT outcome, recipient, message_id, time_source, reason
FROM unnest(ARRAY['"recipient": "447700900001"', '"messageId": "m"', '"deviceType": "Phone"']) m,
	smsengage.parse('infobip', '{"url": "https://example.com/", ' || m || '}', null, :'arrival');

-- An omni row tells delivery and seen: one event or two
SELECT v.seen_at, e.event_no, e.event_type, e.status_class, e.event_time, e.sent_time, e.channel, e.status_code, e.error_code, e.price, e.extra IS NULL AS no_extra
FROM (VALUES ('null'), ('""'), ('"2024-02-03T08:30:00.000+0000"')) v(seen_at),
	smsengage.parse('infobip', format('{"messageId": "v", "to": "447700900001", "statusGroupId": 3, "statusId": 5, "errorId": 0, "pricePerMessage": 0.15, "channel": "VIBER", "sentAt": "2024-02-03T00:00:00.000+0000", "doneAt": "2024-02-03T00:01:01.000+0000", "seenAt": %s}', v.seen_at), null, :'arrival') e;
-- the seen half is rejected, the other is not; the whole row is
SELECT event_no, outcome, event_type, reason
FROM smsengage.parse('infobip', '[{"messageId": "v", "statusGroupId": 3, "statusId": 5, "doneAt": "2024-02-03T00:01:01Z", "seenAt": "2126-02-03T00:01:01Z"},
	{"messageId": "v", "statusGroupId": 3, "statusId": 5, "doneAt": "2126-02-03T00:01:01Z", "seenAt": "2024-02-03T00:01:01Z"}]', null, :'arrival');

-- What makes an event: each of these is another one, and a repetition is not
SELECT count(*) AS events, count(DISTINCT event_key) AS keys
FROM (SELECT '[{"messageId":"1","status":{"groupId":2,"id":9},"doneAt":"2024-11-09T16:00:00Z"},
	{"messageId":"2","status":{"groupId":2,"id":9},"doneAt":"2024-11-09T16:00:00Z"},
	{"messageId":"1","status":{"groupId":3,"id":9},"doneAt":"2024-11-09T16:00:00Z"},
	{"messageId":"1","status":{"groupId":2,"id":4},"doneAt":"2024-11-09T16:00:00Z"},
	{"messageId":"1","status":{"groupId":2,"id":9},"doneAt":"2024-11-09T16:00:00.001Z"},
	{"messageId":"1","status":{"groupId":2,"id":9},"error":{"id":1},"doneAt":"2024-11-09T16:00:00Z"},
	{"messageId":"1","status":{"groupId":2,"id":9},"channel":"VIBER","doneAt":"2024-11-09T16:00:00Z"},
	{"messageId":"1","seenAt":"2024-11-09T16:00:00Z"},
	{"messageId":"1","seenAt":"2024-11-09T16:00:01Z"},
	{"messageId":"1","url":"u","sendDateTime":"2024-11-09T16:00:00Z"},
	{"messageId":"1","url":"v","sendDateTime":"2024-11-09T16:00:00Z"},
	{"messageId":"1","url":"u","recipient":"447700900001","sendDateTime":"2024-11-09T16:00:00Z"},
	{"messageId":"1","url":"u","sendDateTime":"2024-11-09T16:00:01Z"},
	{"messageId":"1","receivedAt":"2024-11-09T16:00:00Z"}]') p(p),
	LATERAL (SELECT * FROM smsengage.parse('infobip', p.p, null, :'arrival') UNION ALL SELECT * FROM smsengage.parse('infobip', p.p, null, :'arrival')) e;
-- legs of one id are one message; accounts are not
SELECT count(DISTINCT message_key) AS messages
FROM (SELECT * FROM smsengage.parse('infobip', '[{"messageId":"1","status":{"groupId":2},"channel":"RCS"},{"messageId":"1","status":{"groupId":3},"channel":"SMS"},{"messageId":"1","seenAt":"2024-11-09T16:00:00Z"}]', 'a', :'arrival')
	UNION ALL SELECT * FROM smsengage.parse('infobip', '{"messageId":"1","status":{"groupId":2}}', 'b', :'arrival')) e;
-- ids are text: 20 digits, leading zeros
SELECT message_id FROM smsengage.parse('infobip', '[{"messageId":"00033644485987105283959","status":{"groupId":3}},{"messageId":33644485987105283959,"status":{"groupId":3}}]', null, :'arrival');

-- No setting changes what is read
CREATE TEMP TABLE other AS SELECT * FROM said WHERE false;
SET timezone = 'Australia/Lord_Howe';
SET datestyle = 'SQL, DMY';
INSERT INTO other SELECT s.name, e.* FROM sample s, smsengage.parse('infobip', s.payload, null, :'arrival') e;
SELECT count(*) FROM (SELECT to_jsonb(s) FROM said s UNION SELECT to_jsonb(o) FROM other o) u;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- Fields of callback data
SELECT d AS data, smsengage.callback_field(d, 'a') AS a
FROM unnest(ARRAY['{"a": "x"}', '{"b": 1, "a": 2.50}', '{"a": null, "a": true}', '{"a": {"b": [1]}}', '{"a": "\u00e9\"\\"}', '{"\u0061": "escaped"}',
	'{"A": 1}', '{"a": 1', '{"a": 1} x', '{"a": "\ud800"}', '[{"a": 1}]', 'text', '', ' {"a": " "} ']) d;
SELECT smsengage.callback_field(null, 'a') IS NULL AS no_data, smsengage.callback_field('{"": 1}', '') AS empty_name;
