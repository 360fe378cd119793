-- Intercom's outbound SMS reporting, row by row of the comparison of products
-- (C01 to C11), for messages of several providers.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/reports.sql'
\i :include
\set ECHO all
\pset format unaligned
\pset null '-'
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SELECT smsengage.create_store();
-- Intercom's own: two receipts, one failure, a keyword reply
SELECT i.* FROM (VALUES ('receipt', 9001, 'c1', '+12025550101', '2026-03-10T10:00:00.000Z', 1), ('receipt', 9002, 'c2', '+12025550102', '2026-03-10T10:00:00.000Z', 2),
	('sms_failure', 9002, 'c2', '+12025550102', '2026-03-10T10:00:02.000Z', 3), ('keyword_reply', 9001, 'c1', '+12025550101', '2026-03-10T10:05:00.000Z', 4)) v(stat, receipt, contact, phone, at, id),
	smsengage.ingest('intercom', json_build_object('type', 'notification_event', 'topic', 'content_stat.sms', 'id', 'notif_' || v.id, 'app_id', 'app', 'created_at', 1773136800 + v.id, 'delivery_attempts', 1, 'first_sent_at', 1773136800 + v.id,
		'data', json_build_object('type', 'notification_event_data', 'item', json_build_object('type', 'content_stat.sms', 'created_at', v.at,
			'content_stat', json_build_object('id', 70000 + v.id, 'content_type', 'sms', 'content_id', 55, 'stat_type', v.stat, 'ruleset_id', 29, 'content_title', 'Autumn sale', 'ruleset_version_id', 301, 'receipt_id', v.receipt),
			'contact', json_build_object('type', 'contact', 'id', v.contact, 'phone', v.phone))))::text) i;
-- the same by another provider, with delivery reports: one failure for each of the eight reasons
SELECT pg_temp.put('SENT', m, '2026-03-10 10:00Z', jsonb_build_object('bulk_message', 'spring', 'recipient', '+120255501' || right(m, 2), 'individual_id', 'p' || m, 'sender_id', '1000')) FROM unnest('{s11,s12,s13,s20,s21,s22,s23,s24,s25,s26,s27}'::text[]) m;
SELECT pg_temp.put('DELIVERED', 's11', '2026-03-10 10:00:07Z'), pg_temp.put('DELIVERED', 's12', '2026-03-10 10:02Z'), pg_temp.put('DELIVERED', 's13', '2026-03-10 10:02Z');
SELECT pg_temp.put('UNDELIVERED', 's2' || i.issue_no - 1, '2026-03-10 10:03Z', jsonb_build_object('error_text', i.issue)) FROM smsengage.delivery_issues() i;
-- s11: a keyword, then two other answers; s12: two answers at one instant; s13: none; and one of a stranger
SELECT pg_temp.put('REPLY', NULL, at, jsonb_build_object('recipient', recipient, 'message_text', text, 'keyword', keyword, 'event_id', text)) FROM (VALUES
	(timestamptz '2026-03-10 10:10Z', '+12025550111', 'YES', 'YES'), ('2026-03-10 10:12Z', '+12025550111', 'when do you open?', NULL), ('2026-03-10 10:11Z', '+12025550111', 'where are you?', NULL), ('2026-03-10 10:20Z', '+12025550111', 'stop', NULL),
	('2026-03-10 11:00Z', '+12025550112', 'first', NULL), ('2026-03-10 11:00Z', '+12025550112', 'second', NULL), ('2026-03-10 11:00Z', '+12025550199', 'who is this?', NULL)) v(at, recipient, text, keyword);
SELECT pg_temp.put('UNSUBSCRIBE', NULL, '2026-03-10 10:30Z', '{"recipient":"+12025550112","keyword":"STOP","message_text":"STOP"}');
SELECT pg_temp.put('CLICK', 's11', '2026-03-10 10:09Z', '{"individual_id":"ps11","bulk_message":"spring"}');
SELECT pg_temp.put('SENT', 'w1', '2026-03-10 12:00Z', '{"bulk_message":"spring","channel":"WHATSAPP","recipient":"+12025550113","individual_id":"ps13"}'), pg_temp.put('SEEN', 'w1', '2026-03-10 12:01Z', '{"channel":"WHATSAPP","individual_id":"ps13","bulk_message":"spring"}');

SELECT 'C01 at a glance' AS row, account, bulk_message, channel, sent, delivered, delivery_issues, keyword_replies, first_responses, delivery_rate FROM smsengage.outbound_message_report ORDER BY 2, 3, 4;
SELECT 'C02 delivered to' AS row, bulk_message, channel, delivered_people, first_delivered_time, last_delivered_time FROM smsengage.outbound_message_report WHERE account = 'shop' ORDER BY 3;
SELECT 'C02 to whom and when' AS row, individual_id, recipient, delivered_time FROM smsengage.message_summary WHERE bulk_message = 'spring' AND outcome = 'delivered' ORDER BY 2;
SELECT 'C03 issues' AS row, bulk_message, delivery_issues, issue_people FROM smsengage.outbound_message_report ORDER BY 2, 3;
SELECT 'C03 which customer, which reason' AS row, individual_id, reason, issue_time FROM smsengage.delivery_issue_report WHERE bulk_message = 'spring' ORDER BY 2;
SELECT 'C04 eight reasons' AS row, issue, meaning, retryable, delivery_issues, people FROM smsengage.delivery_issue_summary WHERE bulk_message = 'spring' ORDER BY issue COLLATE "C";
SELECT 'C05 advice' AS row, issue, possible_fix FROM smsengage.delivery_issue_summary WHERE bulk_message = 'spring' ORDER BY issue COLLATE "C";
SELECT 'C05 Intercom''s own failure' AS row, message_id, issue FROM smsengage.delivery_issue_report WHERE provider = 'intercom';
-- the carrier knows of an opt-out that was never told here
SELECT 'C06 opted out at the carrier' AS row, r.recipient, r.issue FROM smsengage.delivery_issue_report r JOIN smsengage.delivery_issue_reason i USING (issue) WHERE i.kind = 'opt_out';
SELECT 'C07 keyword replies' AS row, bulk_message, recipient, response, keyword, keyword_group FROM smsengage.keyword_reply_report WHERE is_keyword_reply ORDER BY reply_time;
SELECT 'C08 first other response' AS row, bulk_message, recipient, CASE WHEN recipient <> '+12025550112' THEN response ELSE 'one of two' END AS response, reply_time FROM smsengage.keyword_reply_report WHERE NOT is_keyword_reply ORDER BY reply_time, recipient;
SELECT 'C08 a tie is decided' AS row, k.event_key = (SELECT min(event_key) FROM smsengage.event e WHERE e.recipient = k.recipient AND e.event_type = 'REPLY') AS lower_key FROM smsengage.keyword_reply_report k WHERE recipient = '+12025550112' AND NOT is_keyword_reply;
SELECT 'C09 by keyword group' AS row, keyword_group, count(*) FROM smsengage.keyword_reply_report WHERE keyword_group IN ('opt-out', 'yes') GROUP BY 2 ORDER BY 2;
SELECT 'C10 customer engagement' AS row, account, channel, bulk_message, sent, delivered, clicks, replies, unsubscribes, sent_people, delivered_people, seen_people, clicked_people, replied_people, unsubscribed_people, delivered_people_rate, click_to_reach, reply_to_reach FROM smsengage.customer_engagement_report ORDER BY 2, 3, 4;
SELECT 'C11 export' AS row;
COPY (SELECT user_id, phone, content_type, content_id, content_title, receipt_id, received_at, delivered_at, status_group, first_open, first_click, first_reply, first_hard_bounce, clicks FROM smsengage.messaging_data_export ORDER BY receipt_id) TO STDOUT (FORMAT csv, HEADER);
SELECT 'C11 one row a receipt' AS row, count(*) = (SELECT count(*) FROM smsengage.message) AS all_of_them, count(DISTINCT message_key) = count(*) AS once FROM smsengage.messaging_data_export;
SELECT smsengage.drop_store(true);
