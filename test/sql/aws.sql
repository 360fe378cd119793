-- AWS End User Messaging: message events and two-way messages.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/any_order.sql'
\i :include
\set ECHO all
\pset format unaligned
SET timezone = 'UTC';
\set file :abs_srcdir '/../contrib/samples/aws/eum_sms_event.json'
\set delivered `cat :'file'`
\set file :abs_srcdir '/../contrib/samples/aws/eum_inbound_sms.json'
\set inbound `cat :'file'`
CREATE TEMP TABLE sample (n serial, name text, payload text);
INSERT INTO sample (name, payload) VALUES ('delivered', :'delivered'), ('inbound', :'inbound');
SELECT s.name, p.outcome, p.reason, pg_temp.says(p), p.extra
FROM sample s, smsengage.parse('aws', s.payload, arrival => '2026-01-01 00:00Z') p ORDER BY s.n;
-- every status; milliseconds; the description is an error text of failures only
CREATE FUNCTION pg_temp.event(status text, more text DEFAULT '', at bigint DEFAULT 1686975103470) RETURNS text LANGUAGE sql
AS $$ SELECT format('{"eventType":%s,"eventTimestamp":%s,"messageId":"m1","destinationPhoneNumber":"+12025550101","messageStatusDescription":"why"%s}', to_json(status), at, more) $$;
SELECT s AS status, p.event_type, p.status_class, p.error_text, p.event_time
FROM unnest('{SENT,PENDING,QUEUED,SUCCESSFUL,DELIVERED,INVALID,INVALID_MESSAGE,UNREACHABLE,CARRIER_UNREACHABLE,BLOCKED,CARRIER_BLOCKED,SPAM,UNKNOWN,TTL_EXPIRED,PROTECT_BLOCKED,NEW}'::text[]) s,
	smsengage.parse('aws', pg_temp.event('TEXT_' || s)) p;
SELECT p.outcome, p.reason, p.event_type
FROM unnest(ARRAY[pg_temp.event('VOICE_COMPLETED'), pg_temp.event('TEXT_'), '{"eventTimestamp":1}', '{"eventType":"TEXT_SENT"}', pg_temp.event('TEXT_SENT', ',"isFinal":"perhaps"')]) c, smsengage.parse('aws', c) p;
-- exact prices of any size, with and without exponent, as number or text; the price is the total
SELECT p.price, p.parts FROM unnest('{0.09582,0,"\"0.00645\"",1e-5,12345678901234567890.0000000001}'::text[]) v,
	smsengage.parse('aws', pg_temp.event('TEXT_DELIVERED', ',"totalMessageParts":3,"totalMessagePrice":' || v)) p;
-- the context may be anything
SELECT p.callback_data FROM unnest('{"{\"a\": 1}","\"x\"",null,"[1,2]"}'::text[]) v, smsengage.parse('aws', pg_temp.event('TEXT_DELIVERED', ',"context":' || coalesce(v, 'null'))) p;
SELECT smsengage.create_store();
INSERT INTO sample (name, payload) VALUES ('queued', pg_temp.event('TEXT_QUEUED', at => 1686975103000)), ('sent', pg_temp.event('TEXT_SENT', at => 1686975103100)),
	('successful', pg_temp.event('TEXT_SUCCESSFUL', at => 1686975103200)), ('unreachable', pg_temp.event('TEXT_UNREACHABLE', at => 1686975103300));
SELECT * FROM pg_temp.any_order('aws', (SELECT array_agg(payload ORDER BY n) FROM sample));
SELECT message_id, smsengage.status_class(state), smsengage.sent_at(state), smsengage.done_at(state), price, callback_data::json ->> 'account' AS context FROM smsengage.message ORDER BY 1;
-- the reply names the message that it follows; no clock: another arrival is the same event
SELECT e.event_type, e.keyword, e.message_key = m.message_key AS of_that_message FROM smsengage.event e, smsengage.message m
WHERE e.event_type = 'REPLY' AND m.message_id = e.message_id;
SELECT b.duplicate FROM smsengage_internal.ingest_batch(smsengage_internal.batch('aws', :'inbound', NULL, '2026-03-03 00:00Z'), NULL) b;
SELECT smsengage.drop_store(true);
