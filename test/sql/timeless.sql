-- An event whose identity has no time is one event however many clocks it
-- comes with: of every provider, and wherever its copies meet.
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT smsengage.create_store();

-- @id is what is new in a payload, @at a clock
CREATE TEMP TABLE kind (n serial, provider text, name text, payload text, type text);
INSERT INTO kind (provider, name, payload, type) VALUES
	('aws', 'inbound with a clock', '{"inboundMessageId":"@id","eventTimestamp":@at000,"originationNumber":"+12025550101","messageBody":"hi"}', 'reply'),
	('aws', 'status with an inbound id', '{"eventType":"TEXT_DELIVERED","messageId":"m","inboundMessageId":"@id","eventTimestamp":@at000,"destinationPhoneNumber":"+12025550102"}', 'delivered'),
	('engagelab', 'reply', '{"rows":[{"itime":@at,"response":{"event":"uplink_message","response_data":{"message_sid":"@id","from":"+12025550103","body":"hi"}}}]}', 'reply'),
	('engagelab', 'status with a message_sid', '{"rows":[{"message_id":"m","to":"+12025550104","itime":@at,"status":{"message_status":"delivered","status_data":{"msg_time":@at}},"response":{"response_data":{"message_sid":"@id"}}}]}', 'delivered'),
	('engagelab', 'status without msg_time', '{"rows":[{"message_id":"@id","to":"+12025550105","itime":@at,"status":{"message_status":"delivered"}}]}', 'delivered'),
	('engagelab', 'block with a message_sid', '{"rows":[{"mobile_number":"+12025550106","interception_time":@at,"code":560,"response":{"response_data":{"message_sid":"@id"}}}]}', 'block'),
	('salesforce_dmo', 'row', '{"EventID":"@id","EventType":"Click","EventDateTime":@at,"IndividualID":"dmo","RecpientPhoneNumber":"+12025550107"}', 'click'),
	('infobip', 'inbound', '{"results":[{"messageId":"@id","from":"12025550108","to":"55501","receivedAt":@at,"text":"hi"}]}', 'reply'),
	('intercom', 'notification', '{"topic":"content_stat.sms","created_at":@at,"app_id":"a","data":{"item":{"id":"@id","content_stat":{"id":"@id","stat_type":"keyword_reply","created_at":@at,"receipt_id":"r"},"user":{"id":"u"}}}}', 'reply'),
	('intercom', 'export row', '{"receipt_id":"@id","user_id":"ic","content_type":"sms","received_at":@at}', 'sent'),
	('native', 'event_id', '{"event_type":"CLICK","event_id":"@id","event_time":@at,"individual_id":"nat","recipient":"+12025550109"}', 'click'),
	('native', 'event_key', '{"event_type":"CLICK","event_key":"@id","event_time":@at,"individual_id":"key","recipient":"+12025550110"}', 'click'),
	('native', 'time_source', '{"event_type":"CLICK","time_source":"arrival","link_name":"@id","event_time":@at,"individual_id":"src","recipient":"+12025550111"}', 'click');
CREATE FUNCTION pg_temp.at(k kind, id text, VARIADIC clocks int[]) RETURNS text LANGUAGE sql
AS $$ SELECT string_agg(replace(replace(k.payload, '@id', id), '@at', (1760000000 + c)::text), E'\n' ORDER BY o) FROM unnest(clocks) WITH ORDINALITY u (c, o) $$;

-- all of them are understood; the clock is not in the key
SELECT k.n, k.provider, k.name, count(*) AS events, count(DISTINCT p.event_time) AS times, count(DISTINCT p.event_key) AS keys, min(p.event_type) AS event_type
FROM kind k, smsengage.parse(k.provider, pg_temp.at(k, 'k', 0, 1, 2)) p
WHERE p.outcome = 'event'
GROUP BY k.n, k.provider, k.name ORDER BY k.n;

-- in one payload, in any order; in payloads one after the other; known and then
-- with a new clock beside it, which was counted once more
SELECT k.n, (SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(k.provider, pg_temp.at(k, 'one' || k.n, 2, 0, 1)) i) FROM kind k ORDER BY 1;
SELECT k.n, (SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(k.provider, pg_temp.at(k, 'two' || k.n, 1)) i) AS first,
	(SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(k.provider, pg_temp.at(k, 'two' || k.n, 0)) i) AS second
FROM kind k ORDER BY 1;
SELECT k.n, (SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(k.provider, pg_temp.at(k, 'six' || k.n, 1)) i) AS first,
	(SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(k.provider, pg_temp.at(k, 'six' || k.n, 1, 2, 3, 0) || pg_temp.at(k, 'new' || k.n, 3, 1)) i) AS second
FROM kind k ORDER BY 1;
-- the same by commands
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT k.n, (SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(k.provider, pg_temp.at(k, 'sql' || k.n, 2, 0, 1) || pg_temp.at(k, 'six' || k.n, 4)) i) FROM kind k ORDER BY 1;
COMMIT;
-- by the inbox, and by a table
INSERT INTO smsengage.inbox (provider, payload) SELECT k.provider, convert_to(pg_temp.at(k, 'box' || k.n, c), 'UTF8') FROM kind k, generate_series(3, 1, -1) c ORDER BY k.n, c DESC;
CALL smsengage.drain_inbox();
CREATE TEMP TABLE source AS SELECT pg_temp.at(k, 'tab' || k.n, c) AS payload FROM kind k, generate_series(1, 3) c WHERE k.provider = 'native' ORDER BY c, k.n;
CALL smsengage.ingest_from('native', 'source', batch_rows => 4);

-- each is there once
SELECT event_key, count(*) FROM smsengage.event GROUP BY 1 HAVING count(*) > 1;
SELECT provider, event_type, count(*) FROM smsengage.event GROUP BY 1, 2 ORDER BY 1, 2;
-- and counted once: one, two, six, new, sql and box of each person
SELECT rule, smsengage.segment_size(rule::smsengage.segment_rule, '2026-01-01Z')
FROM unnest('{reply = 6,delivered = 6,block = 6,sent = 6,click = 6,click = 7,event > 7}'::text[]) rule;
SELECT * FROM smsengage.doctor();
-- and is found again where identities are lost
BEGIN;
DELETE FROM smsengage.event_identity;
SELECT e.provider, count(*) AS events, count(d.item) AS missing
FROM smsengage.event e LEFT JOIN smsengage.doctor('event_identity') d ON d.item = e.event_key::text
GROUP BY 1 ORDER BY 1;
ROLLBACK;

-- what the columns of a stored event say of its identity
SELECT p AS provider, string_agg(t, ' ') FILTER (WHERE smsengage_internal.event_is_timeless(p, t, 'id', NULL)) AS with_id,
	string_agg(t, ' ') FILTER (WHERE smsengage_internal.event_is_timeless(p, t, NULL, NULL)) AS without,
	bool_and(smsengage_internal.event_is_timeless(p, t, NULL, 'arrival')) AS at_arrival
FROM unnest('{salesforce_ens,salesforce_dmo,infobip,engagelab,intercom,native,twilio,aws,nobody}'::text[]) p, unnest('{SENT,REPLY,CLICK,BLOCK}'::text[]) t
GROUP BY p ORDER BY p COLLATE "C";
SELECT smsengage_internal.event_is_timeless(NULL, NULL, NULL, NULL);
SELECT smsengage.drop_store(true);

-- A thousand clocks of one event, then a thousand and one: an array was as long
-- as the keys, and was filled with the events.
SELECT smsengage.create_store();
CREATE FUNCTION pg_temp.clocks(provider text, n int) RETURNS text LANGUAGE sql
AS $$ SELECT '[' || string_agg(pg_temp.at(k, 'X', c), ',' ORDER BY c) || ']' FROM kind k, generate_series(1, clocks.n) c
	WHERE k.provider = clocks.provider AND k.name IN ('inbound with a clock', 'status with a message_sid', 'event_id', 'row') $$;
SELECT p, (SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(p, pg_temp.clocks(p, 1000)) i) AS thousand,
	(SELECT (i.accepted, i.duplicate) FROM smsengage.ingest(p, pg_temp.clocks(p, 1001)) i) AS and_one
FROM unnest('{aws,engagelab,native,salesforce_dmo}'::text[]) p;
INSERT INTO smsengage.inbox (provider, payload) SELECT 'auto', convert_to(pg_temp.clocks(p, 1002), 'UTF8') FROM unnest('{aws,engagelab,native,salesforce_dmo}'::text[]) p;
CALL smsengage.drain_inbox();
SELECT count(*) FROM smsengage.event;
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);
