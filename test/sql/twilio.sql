-- Twilio: status callbacks and inbound messages, form fields as JSON.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/any_order.sql'
\i :include
\set ECHO all
\pset format unaligned
SET timezone = 'UTC';
\set file :abs_srcdir '/../contrib/samples/twilio/status_callback.json'
\set delivered `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/twilio/status_callback_undelivered.json'
\set undelivered `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/twilio/inbound_sms.json'
\set inbound `cat :'file'`
CREATE TEMP TABLE sample (n serial, name text, payload text);
INSERT INTO sample (name, payload) VALUES ('delivered', :'delivered'), ('undelivered', :'undelivered'), ('inbound', :'inbound');
SELECT s.name, p.outcome, p.reason, pg_temp.says(p), p.extra
FROM sample s, smsengage.parse('twilio', s.payload, arrival => '2026-01-01 00:00Z') p ORDER BY s.n;

-- every status; one in no table is unknown, not lost
CREATE FUNCTION pg_temp.callback(status text, more text DEFAULT '', sid text DEFAULT 'SM01') RETURNS text LANGUAGE sql
AS $$ SELECT format('{"MessageSid":%s,"MessageStatus":%s,"AccountSid":"AC1","To":"+12025550101","From":"+12025550199"%s}', to_json(sid), to_json(status), more) $$;
SELECT s AS status, p.outcome, p.event_type, p.status_class
FROM unnest('{queued,sending,sent,failed,delivered,undelivered,accepted,scheduled,read,partially_delivered,canceled,Delivered,vanished}'::text[]) s,
	smsengage.parse('twilio', pg_temp.callback(s)) p;

-- the older names repeat the newer ones; where they differ, both are kept
SELECT p.message_id, p.status_code, p.extra
FROM unnest(ARRAY[pg_temp.callback('sent', ',"SmsSid":"SM01","SmsStatus":"sent"'), pg_temp.callback('sent', ',"SmsSid":"SM02","SmsStatus":"queued"'),
	'{"SmsSid":"SM03","SmsStatus":"sent"}', '{"SmsMessageSid":"SM04","SmsStatus":"sent"}']) c, smsengage.parse('twilio', c) p;
-- RawDlrDoneDate has no zone and is no clock; no parts before the sending
SELECT p.event_time, p.time_source, p.parts, p.extra ->> 'RawDlrDoneDate' AS raw
FROM unnest(ARRAY[pg_temp.callback('delivered', ',"RawDlrDoneDate":"2302141530","NumSegments":"3"'), pg_temp.callback('accepted', ',"NumSegments":"0"')]) c,
	smsengage.parse('twilio', c, arrival => '2026-01-01 00:00Z') p;
-- other channels, by prefix of the address or by a field
SELECT p.recipient, p.sender_id, p.channel
FROM unnest(ARRAY['{"MessageSid":"a","MessageStatus":"read","To":"whatsapp:+12025550101","From":"whatsapp:+12025550199"}',
	'{"MessageSid":"a","MessageStatus":"read","To":"tel:+12025550101","From":"INFO","ChannelPrefix":"rcs"}',
	'{"MessageSid":"a","SmsStatus":"received","From":"whatsapp:+12025550101","To":"whatsapp:+12025550199","Body":""}']) c, smsengage.parse('twilio', c) p;
-- inbound: opt-out words by OptOutType only; it is no message of ours
SELECT o, p.event_type, p.keyword, p.recipient, p.sender_id, p.event_id, p.message_id, p.status_class
FROM unnest('{STOP,START,HELP,stop,other,NULL}'::text[]) o,
	smsengage.parse('twilio', replace(:'inbound', '"OptOutType": "STOP"', '"OptOutType": ' || coalesce(to_json(o)::text, 'null'))) p;
SELECT p.event_type, p.message_text FROM smsengage.parse('twilio', '{"MessageSid":"a","From":"+12025550101","To":"12345","Body":"hi"}') p;
SELECT p.outcome, p.reason FROM unnest(ARRAY['{}', '{"MessageSid":""}', '{"MessageSid":"a"}', '{"MessageStatus":"sent"}', '{"MessageSid":"a","MessageStatus":"sent","NumSegments":"many"}']) c, smsengage.parse('twilio', c) p;

SELECT smsengage.create_store();
-- no clock: what is said decides, not the order of arrival; 21610 is a refusal
INSERT INTO sample (name, payload) SELECT s, pg_temp.callback(s, e, m)
FROM (VALUES ('queued', '', 'SM01'), ('sending', '', 'SM01'), ('sent', '', 'SM01'), ('delivered', '', 'SM01'), ('queued', '', 'SM02'), ('sent', '', 'SM02'),
	('undelivered', ',"ErrorCode":"30003"', 'SM02'), ('queued', '', 'SM03'), ('sent', '', 'SM03'), ('failed', ',"ErrorCode":"21610"', 'SM04'), ('queued', '', 'SM04')) v(s, e, m);
SELECT * FROM pg_temp.any_order('twilio', (SELECT array_agg(payload ORDER BY n) FROM sample));
SELECT message_id, smsengage.status_class(state), smsengage.status_group(state), smsengage.status_code(state), smsengage.is_final(state) FROM smsengage.message ORDER BY 1;
SELECT message_id, status, subcategory FROM smsengage.sms_status ORDER BY 1;
SELECT event_type, keyword, phone, content FROM smsengage.sms_reply;
-- a callback of another hour is the same event: its identity is message and status
SELECT b.duplicate FROM smsengage_internal.ingest_batch(smsengage_internal.batch('twilio', pg_temp.callback('sent'), NULL, '2026-03-03 00:00Z'), NULL) b;
SELECT smsengage.drop_store(true);
