-- auto: the provider is told by the members of each event.
\getenv abs_srcdir PG_ABS_SRCDIR
\pset format unaligned
SET timezone = 'UTC';
CREATE TEMP TABLE sample (n serial, provider text, payload text);
\set file :abs_srcdir '/../contrib/samples/engagelab/status_delivered.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('engagelab', :'c');
\set file :abs_srcdir '/../contrib/samples/engagelab/uplink_message.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('engagelab', :'c');
\set file :abs_srcdir '/../contrib/samples/engagelab/notification_insufficient_balance.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('engagelab', :'c');
\set file :abs_srcdir '/../contrib/samples/intercom/content_stat_sms_receipt.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('intercom', :'c');
\set file :abs_srcdir '/../contrib/samples/intercom/export_receipts_row.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('intercom', :'c');
\set file :abs_srcdir '/../contrib/samples/twilio/status_callback.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('twilio', :'c');
\set file :abs_srcdir '/../contrib/samples/twilio/inbound_sms.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('twilio', :'c');
\set file :abs_srcdir '/../contrib/samples/aws/eum_sms_event.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('aws', :'c');
\set file :abs_srcdir '/../contrib/samples/aws/eum_inbound_sms.json'
\set c `cat :'file'`
INSERT INTO sample (provider, payload) VALUES ('aws', :'c');
INSERT INTO sample (provider, payload) VALUES
	('native', '{"event_type":"CLICK","event_time":1700000000}'),
	('engagelab', '{"message_id":"1","itime":1701234570,"status":{"message_status":"sent"}}'),
	('engagelab', '{"mobile_number":"+12025550101","interception_time":1701234569,"code":500}'),
	('salesforce_ens', '[{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1612564224759,"compositeId":"c","mid":12,"info":{"messageKey":"m"}}]'),
	('salesforce_dmo', '{"EventID":"e1","EventType":"CLICK","EventDateTime":"2024-05-06T07:08:09Z"}');

-- every sample file of every provider
CREATE FUNCTION pg_temp.found(provider text, payloads text, OUT files bigint, OUT events bigint, OUT found text, OUT rejected bigint) LANGUAGE sql
AS $$
	SELECT (SELECT count(*) FROM regexp_split_to_table(payloads, '\f') f WHERE f <> ''), count(*) FILTER (WHERE p.outcome = 'event'), string_agg(DISTINCT p.provider, ' '), count(*) FILTER (WHERE p.outcome = 'rejected')
	FROM regexp_split_to_table(payloads, '\f') f, smsengage.parse('auto', f, arrival => '2027-01-01Z') p WHERE f <> ''
$$;
\set file :abs_srcdir '/../contrib/samples'
\cd :file
\set c `for f in salesforce_ens/*.json; do cat $f; printf '\f'; done`
SELECT * FROM pg_temp.found('salesforce_ens', :'c');
\set c `for f in salesforce_dmo/*.json; do cat $f; printf '\f'; done`
SELECT * FROM pg_temp.found('salesforce_dmo', :'c');
\set c `for f in infobip/*.json; do cat $f; printf '\f'; done`
SELECT * FROM pg_temp.found('infobip', :'c');
\set c `for f in engagelab/*.json; do cat $f; printf '\f'; done`
SELECT * FROM pg_temp.found('engagelab', :'c');
\set c `for f in intercom/*.json; do cat $f; printf '\f'; done`
SELECT * FROM pg_temp.found('intercom', :'c');
\set c `for f in twilio/*.json; do cat $f; printf '\f'; done`
SELECT * FROM pg_temp.found('twilio', :'c');
\set c `for f in aws/*.json; do cat $f; printf '\f'; done`
SELECT * FROM pg_temp.found('aws', :'c');

-- each is found, and read as if it had been named
SELECT s.n, s.provider, a.provider AS found, a.outcome, a.event_type,
	to_jsonb(a) = to_jsonb(p) AS as_if_named
FROM sample s, smsengage.parse('auto', s.payload, arrival => '2026-01-01Z') a, smsengage.parse(s.provider, s.payload, arrival => '2026-01-01Z') p
ORDER BY s.n;
-- all of them in one array, one after the other, and as a list of payloads
SELECT count(*), count(DISTINCT p.provider) AS providers, string_agg(DISTINCT p.outcome, ' ')
FROM smsengage.parse('auto', (SELECT '[' || string_agg(CASE WHEN payload LIKE '[%' THEN btrim(payload, '[]') ELSE payload END, ',') || ']' FROM sample), arrival => '2026-01-01Z') p;
SELECT count(*), count(DISTINCT p.provider) AS providers FROM smsengage.parse('auto', (SELECT string_agg(payload, E'\n' ORDER BY n) FROM sample), arrival => '2026-01-01Z') p;
-- rows of an envelope are its provider's, whatever their members; leftovers are noticed
SELECT p.event_no, p.outcome, p.reason, p.provider, p.raw
FROM smsengage.parse('auto', '[{"rows":[{"message_id":"2","status":{"message_status":"sent"}},{"message_id":"1","itime":1701234570,"AccountSid":"x","status":{"message_status":"sent"}}],"trace":7}, {"MessageSid":"a","MessageStatus":"sent"}]') p;

-- not to be told
SELECT p.outcome, p.reason, p.provider
FROM unnest(ARRAY['', '{}', ' {} {} ', '[]', '[{}]', '[[]]', '7', '"x"', 'null', '{"id":1}', '{"MessageSid":"a","app_id":"b"}', '{"rows":[],"results":[],"event_type":"SENT"}', '{"EventID":"a","event_type":"SENT"}',
	'{"MessageSid":"a", oops', '[{"event_type":"SENT"}, {"who":"knows"}, {"event_type":"CLICK"}]', 'MessageSid=a&MessageStatus=sent']) c
LEFT JOIN LATERAL smsengage.parse('auto', c) p ON true;
SELECT smsengage.create_store();
SELECT * FROM smsengage.ingest('auto', '[{"event_type":"SENT","event_time":1700000000}, {"who":"knows"}, {}, {"MessageSid":"a","MessageStatus":"sent"}]', 'shop');
SELECT * FROM smsengage.ingest('auto', '[{"event_type":"SENT","event_time":1700000000}, {"who":"knows"}, {}, {"MessageSid":"a","MessageStatus":"sent"}]', 'shop');
SELECT provider, account, reason, payload FROM smsengage.rejected_event UNION ALL SELECT provider, account, reason, payload FROM smsengage.provider_notice ORDER BY 4;
SELECT provider, event_type, account FROM smsengage.event ORDER BY 1;
SELECT smsengage.drop_store(true);
