-- native: the extension's own format, for every other source.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/any_order.sql'
\i :include
\set ECHO all
\pset format unaligned
SET timezone = 'UTC';
-- every column of parsed_event is a member that the reference names, or is known to be dropped or computed
SELECT a.attname FROM pg_attribute a
WHERE a.attrelid = (SELECT typrelid FROM pg_type WHERE oid = 'smsengage.parsed_event'::regtype) AND a.attnum > 0
	AND NOT EXISTS (SELECT FROM smsengage.native_format f WHERE f.member = a.attname) ORDER BY a.attnum;
-- and every member the reference names is read: none ends up in extra
SELECT p.outcome, p.reason, p.extra
FROM smsengage.parse('native', (SELECT json_object_agg(f.member, CASE f.type WHEN 'integer' THEN '1' WHEN 'numeric' THEN '1.5' WHEN 'time' THEN '2024-05-06T07:08:09Z' WHEN 'boolean' THEN 'true'
		WHEN 'json' THEN NULL ELSE CASE f.member WHEN 'event_type' THEN 'SENT' WHEN 'status_class' THEN 'sent' ELSE 'x' END END)::text
	FROM smsengage.native_format f WHERE f.member NOT IN ('other_individual_id', 'valid_from'))) p;

-- every event type; the class follows, or is given
SELECT t.event_type, p.outcome, p.status_class, g.status_class AS given
FROM smsengage.event_types() t,
	smsengage.parse('native', format('{"event_type":"%s","recipient":"+12025550101","individual_id":"a","other_individual_id":"b"}', t.event_type)) p,
	smsengage.parse('native', format('{"event_type":"%s","status_class":"to_operator","recipient":"+12025550101","individual_id":"a","other_individual_id":"b"}', t.event_type)) g;

-- what it cannot do without
SELECT p.outcome, p.reason
FROM unnest(ARRAY['{}', '{"event_type":"BOUNCE"}', '{"event_type":null}', '{"event_type":"SENT","status_class":"gone"}', '{"event_type":"LINK","individual_id":"a"}', '{"event_type":"LINK","other_individual_id":"a"}',
	'{"event_type":"BLOCK"}', '{"event_type":"UNBLOCK","individual_id":"a"}', '{"event_type":"SENT","event_time":"2024-05-06 07:08"}', '{"event_type":"SENT","part":300}', '{"event_type":"SENT","price":"1,5"}',
	'{"event_type":"SENT","error_permanent":"maybe"}', '{"event_type":"SENT","event_time":"1999-12-31T23:59:59Z"}']) c, smsengage.parse('native', c) p;

-- identity: event_key, else event_id, each with the type; else all that is said
SELECT n, count(DISTINCT p.event_key) AS events
FROM (VALUES (1, '{"event_type":"CLICK","event_id":"e","event_time":1700000000,"recipient":"+12025550101"}'), (1, '{"event_type":"click","event_id":"e","event_time":1700000001}'),
	(2, '{"event_type":"SENT","event_id":"e"}'), (2, '{"event_type":"CLICK","event_id":"e"}'),
	(3, '{"event_type":"SENT","event_key":7,"event_id":"e"}'), (3, '{"event_type":"SENT","event_key":"7","event_id":"f"}'), (3, '{"event_type":"SENT","event_key":8,"event_id":"e"}'),
	(4, '{"event_type":"CLICK","event_time":1700000000,"link_url":"a"}'), (4, '{"event_type":"CLICK","event_time":1700000000,"link_url":"b"}'), (4, '{"event_type":"CLICK","event_time":1700000001,"link_url":"a"}'),
	(4, '{"event_type":"CLICK","event_time":1700000000,"link_url":"a","os":"x"}'), (4, '{"link_url":"a","event_time":"2023-11-14T22:13:20Z","event_type":"CLICK","note":1}')) v(n, c),
	smsengage.parse('native', v.c) p GROUP BY n ORDER BY n;

-- the person: native/account and id, the scope given, or the number
SELECT p.scope, p.individual_id, p.recipient
FROM unnest(ARRAY['{"event_type":"CLICK","account":"shop","individual_id":7,"recipient":"+12025550101"}', '{"event_type":"CLICK","individual_id":"k","scope":"salesforce_ens/12"}',
	'{"event_type":"CLICK","account":"shop","recipient":"12025550101"}', '{"event_type":"CLICK","account":"shop","recipient":"12025550101","scope":"x"}']) c, smsengage.parse('native', c) p;
-- other members are kept; those of extra beside them; null ones go
SELECT p.extra FROM unnest(ARRAY['{"event_type":"CLICK","campaign":{"a":1},"provider":"acme","extra":{"x":1,"y":null},"reason":null}', '{"event_type":"CLICK","extra":null}', '{"event_type":"CLICK","extra":[1]}',
	'{"event_type":"CLICK","extra":{}}', '{"extra":{"a":"\u00e9\"}"},"event_type":"CLICK","raw":"r"}', '{"event_type":"LINK","individual_id":"a","other_individual_id":"b"}']) c, smsengage.parse('native', c) p;
SELECT p.event_time, p.extra FROM smsengage.parse('native', '{"event_type":"LINK","individual_id":"a","other_individual_id":"b","valid_from":"2024-01-01T00:00:00+02:00"}') p;

-- a row of parse() of any provider, as JSON, says the same as native
CREATE TEMP TABLE sample AS
SELECT v.provider, v.payload FROM (VALUES
	('salesforce_ens', '[{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1612564224759,"compositeId":"c","composite":{"tsid":"t"},"definitionKey":"d","mid":12,"eid":1,"info":{"to":"12025550101","subscriberKey":"k","messageKey":"m","ordinal":1,"statusCode":"4000","statusMessage":"Delivered","from":"12345","countryCode":"US"}},{"eventCategoryType":"TransactionalSendEvents.SmsTransient","timestampUTC":1612564224758,"compositeId":"c","mid":12,"info":{"messageKey":"m","statusCode":3000}}]'),
	('salesforce_dmo', '{"EventID":"e1","EventType":"CLICK","EventDateTime":"2024-05-06T07:08:09.123456Z","IndividualID":"i","LinkName":"L","Message":"x\ny \"z\""}'),
	('engagelab', '{"rows":[{"message_id":"1972488990804201473","to":"+12025550101","itime":1701234570,"custom_args":{"a":[1,2]},"status":{"message_status":"sent","status_data":{"msg_time":1701234569,"business_id":"9"},"billing":{"cost":0.0050,"currency":"USD"}}}]}'),
	('intercom', '{"receipt_id":"9001","received_at":1697036467,"first_click":1697036600,"user_id":"u"}'),
	('twilio', '{"MessageSid":"SM1","MessageStatus":"delivered","AccountSid":"AC1","To":"+12025550101"}'),
	('aws', '{"eventType":"TEXT_SPAM","eventTimestamp":1686975103470,"messageId":"m1","context":{"a":"b"},"messageStatusDescription":"why"}')) v(provider, payload);
SELECT s.provider, p.event_type, p.event_key <> n.event_key AS own_key,
	to_jsonb(n) - '{event_no,provider,event_key,message_key,extra}'::text[] = to_jsonb(p) - '{event_no,provider,event_key,message_key,extra}'::text[] AS same,
	n.extra::jsonb - 'provider' IS NOT DISTINCT FROM coalesce(p.extra::jsonb, '{}') AS same_extra, n.extra ->> 'provider' AS source
FROM sample s, smsengage.parse(s.provider, s.payload, arrival => '2026-01-01Z') p, smsengage.parse('native', to_json(p)::text, arrival => '2026-01-01Z') n;
-- what parse() did not take as a report is none
SELECT n.event_type, n.status_class FROM smsengage.parse('native', '{"event_type":"REJECTED","event_key":1,"status_class":null}') n;
-- nor is what it ignored or rejected an event
SELECT n.outcome, n.reason FROM smsengage.parse('twilio', '{"MessageSid":"a"}') p, smsengage.parse('native', to_json(p)::text) n;

SELECT smsengage.create_store();
SELECT * FROM pg_temp.any_order('native', (SELECT array_agg(c) FROM unnest(ARRAY[
	'{"event_type":"SENT","event_time":1700000000,"message_id":"m","recipient":"+12025550101","price":0.01,"price_currency":"EUR"}',
	'{"event_type":"DELIVERED","event_time":1700000009,"message_id":"m","recipient":"+12025550101"}',
	'{"event_type":"UNDELIVERED","event_time":1700000005,"message_id":"n","recipient":"+12025550102","error_code":"500"}',
	'[{"event_type":"BLOCK","event_time":1700000005,"recipient":"+12025550102","error_code":500},{"event_type":"UNBLOCK","event_time":1700000006,"recipient":"+12025550102"}]',
	'{"event_type":"LINK","event_time":1700000005,"individual_id":"a","other_individual_id":"b"}',
	'{"event_type":"NONSENSE"}', '{"event_type":"SENT","event_time":1700000000,"message_id":"o","time_source":"arrival"} {"event_type":"ACCEPTED","event_time":1700000003,"message_id":"o","time_source":"arrival"}']) c));
SELECT message_id, smsengage.status_class(state), smsengage.status_code(state), price, price_currency FROM smsengage.message ORDER BY 1;
-- as json, jsonb and bytea as well
SELECT i.duplicate FROM smsengage.ingest('native', '{"event_type":"SENT","event_time":1700000000,"message_id":"m","recipient":"+12025550101","price":0.01,"price_currency":"EUR"}'::jsonb) i;
SELECT i.accepted FROM smsengage.parse('twilio', '{"MessageSid":"SM1","MessageStatus":"delivered","To":"+12025550101"}') p, smsengage.ingest('native', to_json(p)) i;

-- one price, written in several ways
SELECT * FROM pg_temp.any_order('native', (SELECT array_agg(format('{"event_type":"%s","event_time":%s,"message_id":"%s","recipient":"+12025550101","price":%s}', t, 1700000000 + n, m, price))
	FROM unnest(ARRAY['SENT', 'DELIVERED', 'SEEN'], ARRAY['1.0', '1.00', '1'], ARRAY['0.50', '0.5000', '5e-1']) WITH ORDINALITY u(t, a, b, n) CROSS JOIN LATERAL (VALUES ('p', a), ('q', b)) v(m, price)));
SELECT message_id, price FROM smsengage.message ORDER BY 1;
SELECT * FROM smsengage.doctor('message');
-- a store of before may have kept the zeros: no difference
UPDATE smsengage.message SET price = 1.000 WHERE message_id = 'p';
SELECT * FROM smsengage.doctor();

-- A byte order mark, as exports and gateways put before what they send; and
-- before each part, where such files were joined
SELECT p.outcome, p.event_type, p.message_id, p.raw FROM smsengage.parse('auto', E'\uFEFF{"event_type":"SENT","event_time":1700000000,"message_id":"b"}') p;
SELECT p.outcome, p.event_type, p.message_id, p.reason FROM smsengage.parse('native', convert_to(E'\uFEFF{"event_type":"SENT","event_time":1700000000,"message_id":"b1"}\n{"event_type":"SENT","event_time":1700000000,"message_id":"b2"}\n \uFEFF[{"event_type":"SENT","event_time":1700000000,"message_id":"b3"}]', 'UTF8')) p;
SELECT p.outcome, p.message_id, p.reason, encode(convert_to(p.raw, 'UTF8'), 'escape') AS raw FROM smsengage.parse('native', E'\uFEFF{"event_type":"NONSENSE"}{"event_type":"SENT","event_time":1700000000,"message_id":"b2"}') p;
SELECT p.outcome, p.message_id, p.reason FROM smsengage.parse('native', E'\\xEFBBBF7B7D'::bytea || '\xff'::bytea || convert_to('{"event_type":"SENT","event_time":1700000000,"message_id":"b2"}', 'UTF8')) p;
-- nothing but a mark; not where it stands inside
SELECT p.outcome, p.reason, p.raw = '' AS empty FROM smsengage.parse('native', E'\uFEFF\n') p;
SELECT p.outcome, p.reason FROM smsengage.parse('native', E'[\uFEFF{"event_type":"SENT"}]') p;
SELECT p.outcome, p.reason FROM smsengage.parse('native', '\xEFBB'::bytea) p;
SELECT i.accepted, i.duplicate, i.rejected, i.ignored FROM smsengage.ingest('native', E'\uFEFF{"event_type":"SENT","event_time":1700000000,"message_id":"b"}') i;
SELECT i.accepted, i.duplicate, i.rejected, i.ignored FROM smsengage.ingest('native', convert_to(E'\uFEFF{"event_type":"SENT","event_time":1700000000,"message_id":"b"}', 'UTF8')) i;

-- What is no event keeps its place among the events, and equal pieces are one
SELECT p.event_no, p.outcome, p.message_id, p.reason, p.raw FROM smsengage.parse('native', '1 1 {"event_type":"SENT","event_time":1700000003,"message_id":"z"} [{}, {}, {"event_type":"SENT","event_time":1700000001,"message_id":"y"}] 2') p;
SELECT i.accepted, i.duplicate, i.rejected, i.ignored FROM smsengage.ingest('native', '1 1 {"event_type":"SENT","event_time":1700000003,"message_id":"z"} [{}, {}, {"event_type":"SENT","event_time":1700000001,"message_id":"y"}] 2 {}') i;
SELECT reason, payload FROM smsengage.rejected_event WHERE payload <> '{"event_type":"NONSENSE"}' ORDER BY payload, reason;
SELECT smsengage.drop_store(true);
