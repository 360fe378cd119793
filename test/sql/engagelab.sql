-- EngageLab: status callbacks, replies, block list rows, calls that are no
-- events; the pages SMS Status and SMS Reply.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/any_order.sql'
\i :include
\set ECHO all
\pset format unaligned
SET timezone = 'UTC';
\set file :abs_srcdir '/../contrib/samples/engagelab/status_plan.json'
\set plan `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/engagelab/status_sent.json'
\set sent `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/engagelab/status_delivered.json'
\set delivered `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/engagelab/status_delivered_failed.json'
\set delivered_failed `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/engagelab/status_sent_failed.json'
\set sent_failed `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/engagelab/uplink_message.json'
\set uplink `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/engagelab/notification_insufficient_balance.json'
\set notification `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/engagelab/url_verification.json'
\set verification `cat :'file'`

CREATE TEMP TABLE sample (n serial, name text, payload text);
INSERT INTO sample (name, payload) VALUES ('plan', :'plan'), ('sent', :'sent'), ('delivered', :'delivered'),
	('delivered_failed', :'delivered_failed'), ('sent_failed', :'sent_failed'), ('uplink', :'uplink'),
	('notification', :'notification'), ('verification', :'verification');
SELECT s.name, p.outcome, p.reason, pg_temp.says(p), p.extra
FROM sample s, smsengage.parse('engagelab', s.payload, arrival => '2026-01-01 00:00Z') p
ORDER BY s.n;

-- one made status row, changed here and there
CREATE FUNCTION pg_temp.row(status text, error_code text DEFAULT '0', id text DEFAULT '1972488990804201472',
	itime bigint DEFAULT 1701234570, msg_time text DEFAULT '1701234569', recipient text DEFAULT '+12025550101')
RETURNS text LANGUAGE sql
AS $$
	SELECT format('{"total":1,"rows":[{"message_id":%s,"to":%s,"server":"sms","channel":"sms","itime":%s,"status":{"message_status":%s,"status_data":{"msg_time":%s},"error_code":%s}}]}',
		to_json(id), to_json(recipient), itime, to_json(status), msg_time, error_code)
$$;

-- message_status: every word, both spellings of sent_failed; no code of an OTP
-- is a delivery state; a word in no table is kept as unknown
SELECT s AS status, p.outcome, p.reason, p.event_type, p.status_class
FROM unnest('{plan,target_valid,target_invalid,sent,sent_fail,sent_failed,delivered,delivered_failed,verified,verified_failed,verified_timeout,lost}'::text[]) s,
	smsengage.parse('engagelab', pg_temp.row(s)) p;

-- error_code 0 is no error, beside a failure too, as a number or as text
SELECT e, p.status_class, p.error_code IS NULL AS none, p.error_code
FROM unnest('{0,"\"0\"",5018,"\"5018\"",500,7777}'::text[]) e, smsengage.parse('engagelab', pg_temp.row('delivered_failed', e)) p;

-- ids of 19 digits that are one and the same as a double
SELECT count(DISTINCT p.message_id) AS ids, count(DISTINCT p.message_key) AS keys, min(p.message_id::numeric), max(p.message_id::numeric)
FROM generate_series(1972488990804201472, 1972488990804201481) id, smsengage.parse('engagelab', pg_temp.row('sent', id => id::text)) p;
SELECT p.message_id FROM smsengage.parse('engagelab', '{"rows":[{"message_id":1972488990804201473,"status":{"message_status":"sent","status_data":{"msg_time":1701234569}}}]}') p;

-- the time is msg_time; without it, itime, and then a later callback is the same event
SELECT p.event_time, p.created_time, p.time_source FROM smsengage.parse('engagelab', pg_temp.row('sent')) p;
SELECT p.event_time, p.created_time, p.time_source FROM smsengage.parse('engagelab', pg_temp.row('sent', msg_time => 'null')) p;
SELECT count(DISTINCT p.event_key) AS same FROM unnest('{1701234570,1701239999}'::bigint[]) i, smsengage.parse('engagelab', pg_temp.row('sent', itime => i)) p;
SELECT count(DISTINCT p.event_key) AS same FROM unnest('{1701234570,1701239999}'::bigint[]) i, smsengage.parse('engagelab', pg_temp.row('sent', itime => i, msg_time => 'null')) p;

-- identity: message, status, time and error
SELECT count(DISTINCT p.event_key) AS five
FROM (VALUES (pg_temp.row('sent')), (pg_temp.row('delivered')), (pg_temp.row('sent', '5018')), (pg_temp.row('sent', id => '2')), (pg_temp.row('sent', msg_time => '1701234568')), (pg_temp.row('sent'))) r(payload),
	smsengage.parse('engagelab', r.payload) p;

-- the account is the given one, else the business id, which stays readable
SELECT p.account, p.extra #>> '{status,status_data,business_id}' AS business_id, p.outcome FROM smsengage.parse('engagelab', :'sent', 'shop') p;
SELECT p.account, p.extra #>> '{status,status_data,business_id}' AS business_id, p.outcome FROM smsengage.parse('engagelab', :'sent', '') p;
-- a second spelling of a value that differs is kept
SELECT p.message_id, p.extra FROM smsengage.parse('engagelab', '{"message_id":"1","itime":1701234570,"status":{"message_status":"sent","status_data":{"msg_time":1701234569,"message_id":"2"}}}') p;

-- calls that are no events: two spellings of the verification, system events
SELECT c AS call, p.outcome, p.reason
FROM unnest(ARRAY['', '{}', ' { } ', '{"total":0,"rows":[]}', '{"rows":[{"server":"sms","itime":1,"system_event":{"event":"account_login","data":{}}}]}']) c
LEFT JOIN LATERAL smsengage.parse('engagelab', c) p ON true;
-- and what is not understood, with the place
SELECT p.outcome, p.reason
FROM unnest(ARRAY['{"rows":[{}]}', '{"rows":[{"itime":1701234570}]}', '{"rows":[7]}',
	'{"rows":[{"itime":1701234570,"response":{"event":"other","response_data":{}}}]}',
	'{"rows":[{"status":{"message_status":"sent","status_data":{"msg_time":1701234569}}}]}',
	'{"rows":[{"message_id":"0","status":{"message_status":"sent","status_data":{"msg_time":1701234569}}}]}',
	'{"rows":[{"message_id":"1","status":{"message_status":"sent","status_data":{"msg_time":"soon"}}}]}']) c,
	smsengage.parse('engagelab', c) p;

-- L07: a row of the block list in three spellings; a reason may be the code or
-- its description; the expiration stays readable
SELECT p.outcome, p.reason, pg_temp.says(p), p.extra
FROM unnest(ARRAY[
	'{"mobile_number":"+12025550101","interception_time":1701234569,"expiration_time":1703826569,"code":500,"reason":"Send Failed-Empty"}',
	'{"mobileNumber":"+12025550101","interceptionTime":"2023-11-29T05:09:29Z","expirationTime":"2023-11-29T06:09:29Z","reasonCode":"0520"}',
	'{"Mobile number":"12025550101","Interception time":"2023-11-29 05:09:29+00","Expiration time":"2023-11-29 05:09:29+00","Reason":"Send Failed-Power off"}',
	'{"mobile_number":"+12025550101","interception_time":1701234569,"reason":590}',
	'{"interception_time":1701234569,"reason":590}',
	'{"mobile_number":"+12025550101","interception_time":"2023-11-29 05:09:29","reason":590}']) c,
	smsengage.parse('engagelab', c, NULL, '2023-12-01 00:00Z') p;

SELECT smsengage.create_store();
-- L01, L02: any order, twice: one message, delivered, with four times and its steps
SELECT * FROM pg_temp.any_order('engagelab', (SELECT array_agg(payload ORDER BY n) FROM sample));
SELECT provider, reason, payload LIKE '%insufficient_balance%' OR payload = '{}' AS whole FROM smsengage.provider_notice ORDER BY reason;
\x on
SELECT * FROM smsengage.sms_status ORDER BY message_id;
SELECT * FROM smsengage.sms_reply;
\x off

-- a retry of a reply has a new itime, and is the same reply
SELECT * FROM smsengage.ingest('engagelab', replace(:'uplink', '1741083306', '1741083399'));
SELECT count(*), min(event_time) FROM smsengage.event WHERE event_type = 'REPLY';
-- two replies are two, though the message id of both is 0
SELECT * FROM smsengage.ingest('engagelab', replace(:'uplink', 'SM1234567890', 'SM1234567891'));
SELECT count(*), count(message_key) FROM smsengage.event WHERE event_type = 'REPLY';

-- L02, L03, L04: every published code has its category and subcategory
SELECT count(i.*) AS ingested
FROM (SELECT row_number() OVER (ORDER BY code) AS n, code FROM smsengage.status_codes()
	  WHERE provider = 'engagelab' AND event_class = 'error' AND code <> '0') c,
	smsengage.ingest('engagelab', pg_temp.row(CASE WHEN c.code::int BETWEEN 500 AND 590 OR c.code IN ('5011', '5012', '5013', '5015', '5016', '5018', '5020')
		THEN 'delivered_failed' ELSE 'sent_failed' END, c.code, '30' || c.n)) i;
SELECT s.status, s.subcategory, string_agg(m.error_code, ' ' ORDER BY m.error_code)
FROM smsengage.sms_status s
JOIN smsengage.event m ON m.message_key::text = s.message_key AND m.error_code IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2;

-- L05, L06, L13: filters are columns, over any period
SELECT * FROM smsengage.ingest('engagelab', '{"rows":[{"message_id":"41","to":"+12025550142","itime":1601234570,"custom_args":{"label":"spring","template_type":"marketing"},"status":{"message_status":"plan","status_data":{"msg_time":1601234569,"template_key":"t"}}}]}', 'shop');
SELECT message_id, label, template_type, entries, request_time
FROM smsengage.sms_status
WHERE label = 'spring' AND template = 't' AND template_type = 'marketing' AND sms_user = 'shop' AND recipient = '+12025550142'
	AND request_time >= '2020-09-27' AND request_time < '2020-09-28' AND status = 'Sending';
SELECT content, operator FROM smsengage.sms_reply
WHERE phone = '+447700900667' AND reply_time >= '2025-03-01' AND reply_time < '2025-04-01' AND sms_user = '' AND label IS NULL ORDER BY event_key;

-- L09 to L11, L08, L10 are policies: here, that a block list row is kept as a fact
SELECT * FROM smsengage.ingest('engagelab', '{"mobile_number":"+12025550101","interception_time":1701234569,"expiration_time":1703826569,"code":500}');
SELECT * FROM smsengage.ingest('engagelab', '[{"mobile_number":"+12025550101","interception_time":1701234569,"expiration_time":1703826569,"code":500},{"mobile_number":"+12025550101","interception_time":1701239999,"expiration_time":1703826569,"code":500}]');
SELECT event_time, recipient, error_code, status_class, message_key, extra FROM smsengage.event WHERE event_type = 'BLOCK' ORDER BY 1;
SELECT smsengage.drop_store(true);
