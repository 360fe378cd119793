-- Intercom: notifications of content_stat.sms and rows of the data export.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/any_order.sql'
\i :include
\set ECHO all
\pset format unaligned
SET timezone = 'UTC';
\set file :abs_srcdir '/../contrib/samples/intercom/content_stat_sms_receipt.json'
\set receipt `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/intercom/content_stat_sms_failure.json'
\set failure `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/intercom/content_stat_sms_keyword_reply.json'
\set keyword_reply `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/intercom/content_stat_sms_unsubscribe.json'
\set unsubscribe `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/intercom/content_stat_sms_goal_success.json'
\set goal_success `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/intercom/export_receipts_row.json'
\set export_row `cat :'file'`
CREATE TEMP TABLE sample (n serial, name text, payload text);
INSERT INTO sample (name, payload) VALUES ('receipt', :'receipt'), ('failure', :'failure'), ('keyword_reply', :'keyword_reply'),
	('unsubscribe', :'unsubscribe'), ('goal_success', :'goal_success'), ('export_row', :'export_row');
SELECT s.name, p.outcome, p.reason, pg_temp.says(p)
FROM sample s, smsengage.parse('intercom', s.payload, arrival => '2026-01-01 00:00Z') p ORDER BY s.n;
-- what has no column stays readable; the attempt's own members do not make another event
SELECT p.extra FROM smsengage.parse('intercom', :'receipt') p;
SELECT p.extra #>> '{data,item,contact,external_id}' AS external_id, p.extra ->> 'delivery_attempts' AS attempts FROM smsengage.parse('intercom', :'receipt') p;

-- the identity is content_stat.id, as a number or as text, whatever the attempt and the notification
SELECT count(DISTINCT p.event_key) AS same
FROM unnest(ARRAY[:'receipt', replace(:'receipt', '"delivery_attempts": 1', '"delivery_attempts": 2'),
	replace(:'receipt', '"id": 70001', '"id": "70001"'), replace(:'receipt', '2023-10-11T15:01:07.000Z', '2023-10-11T15:01:08.000Z')]) c,
	smsengage.parse('intercom', c) p;
SELECT count(DISTINCT p.event_key) AS three
FROM unnest(ARRAY[:'receipt', replace(:'receipt', '"id": 70001', '"id": 70009'), replace(:'receipt', 'a86dr8yl', 'other')]) c,
	smsengage.parse('intercom', c) p;
-- the notification's created_at is made anew for a retry; the item's counts
SELECT p.event_time, p.created_time FROM smsengage.parse('intercom', replace(:'receipt', '1697036467', '1697036999')) p;

-- topics and kinds: ping is a test, others are not lost
SELECT p.outcome, p.reason, p.event_type
FROM unnest(ARRAY['{"type":"notification_event","topic":"ping","app_id":"a","data":{"item":{"message":"zen"}}}',
	replace(:'receipt', '"receipt"', '"tapped"'), replace(:'receipt', 'content_stat.sms",' || E'\n  "id"', 'content_stat.email",' || E'\n  "id"'),
	replace(:'receipt', '"id": 70001', '"id": null'), '{}', '{"receipt_id":"-1"}', '{"receipt_id":"1"}', '{"receipt_id":"1","content_type":"email","received_at":1697036467}']) c,
	smsengage.parse('intercom', c) p;

-- a failure's reason, if it comes: straight and curly quotes, and not in the table
SELECT r, p.status_class, p.error_code, p.error_permanent, p.error_text, (smsengage.delivery_issue('intercom', p.error_text)).retryable
FROM unnest(ARRAY['Recipient''s country is unsupported.', 'Recipient’s country is unsupported', '“Carrier unable to process message at this time.”', 'Aliens.', 'Recipient has unsubscribed from receiving messages.']) r,
	smsengage.parse('intercom', replace(:'failure', '"ruleset_id": 29', '"ruleset_id": 29, "reason": ' || to_json(r))) p;
-- it is no error of a message that was sent
SELECT p.error_code, p.error_text FROM smsengage.parse('intercom', replace(:'receipt', '"ruleset_id": 29', '"ruleset_id": 29, "reason": "Something went wrong - please contact support."')) p;

-- export rows: a column with a time is an event; -1, null and the empty text are none
CREATE FUNCTION pg_temp.row(columns text) RETURNS text LANGUAGE sql
AS $$ SELECT '{"user_id":"u1","user_external_id":"x1","company_id":"-1","content_id":"55","content_type":"sms","content_title":"T","receipt_id":"9001","received_at":1697036467,"series_id":"-1",' || columns || '}' $$;
SELECT p.event_no, p.outcome, p.reason, p.event_type, p.status_class, p.event_time, p.sent_time, p.status_code, p.error_code, p.individual_id
FROM smsengage.parse('intercom', pg_temp.row('"first_reply":"1697036500","first_click":1697036600,"first_unsubscribe":"2023-10-11T15:06:00Z","first_hard_bounce":1697036800,"first_open":1697036900,"reason":"Recipient number was unreachable."')) p;
SELECT count(*) AS receipt_only FROM smsengage.parse('intercom', pg_temp.row('"first_reply":"","first_click":-1,"first_unsubscribe":null,"first_hard_bounce":"-1"')) p;
SELECT p.outcome, p.reason, p.event_type FROM smsengage.parse('intercom', pg_temp.row('"first_reply":"yesterday","first_click":1697036600')) p;
SELECT p.extra ->> 'first_open' AS first_open, p.extra ->> 'first_reply' AS first_reply, p.extra ->> 'user_external_id' AS external_id
FROM smsengage.parse('intercom', pg_temp.row('"first_reply":"1697036500","first_open":1697036900')) p;

SELECT smsengage.create_store();
SELECT * FROM pg_temp.any_order('intercom', (SELECT array_agg(payload ORDER BY n) FROM sample));
SELECT reason FROM smsengage.provider_notice;
SELECT message_id, account, individual_no > 0 AS known, recipient, bulk_message, template, smsengage.status_group(state), smsengage.sent_at(state) FROM smsengage.message ORDER BY 1, 2;
-- a row of a later export, with a column more, is one event more
SELECT * FROM smsengage.ingest('intercom', pg_temp.row('"first_reply":""'), 'a86dr8yl');
SELECT * FROM smsengage.ingest('intercom', pg_temp.row('"first_reply":1697036500'), 'a86dr8yl');
SELECT * FROM smsengage.ingest('intercom', pg_temp.row('"first_reply":1697036500'), 'a86dr8yl');
-- with the account given, it is about the message of the notifications
SELECT count(DISTINCT message_key) FROM smsengage.event WHERE account = 'a86dr8yl' AND message_id = '9001';
SELECT smsengage.drop_store(true);
