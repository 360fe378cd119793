-- Tables of payloads, the inbox, and what was rejected before
\set VERBOSITY terse
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SELECT smsengage.create_store();

CREATE FUNCTION ens(n integer, at bigint DEFAULT 1740823200000) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT format('{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":%s,"compositeId":"c-%s",'
				  '"definitionKey":"spring","mid":7301234,"eid":7300001,"info":{"to":"120255501%s","subscriberKey":"customer-%s",'
				  '"messageKey":"m-%s","ordinal":0,"statusCode":"4000","statusMessage":"Delivered","from":"55501"}}',
				  at + n * 1000, n, lpad((n % 100)::text, 2, '0'), n % 7, n)
$$;
CREATE FUNCTION store_digest() RETURNS TABLE (events bigint, messages bigint, people bigint, contacts bigint, tallied bigint, digest text)
LANGUAGE sql AS $$
	SELECT (SELECT count(*) FROM smsengage.event), (SELECT count(*) FROM smsengage.message),
		   (SELECT count(*) FROM smsengage.individual), (SELECT count(*) FROM smsengage.contact_point),
		   (SELECT sum(smsengage.total(t.tally)) FROM smsengage.engagement_tally t WHERE t.level = 0),
		   (SELECT md5(string_agg(concat_ws('|', e.event_time, e.event_key, e.message_key, e.status_code, e.recipient, i.scope, i.individual_id), ','
					   ORDER BY e.event_time, e.event_key))
			FROM smsengage.event e LEFT JOIN smsengage.individual i USING (individual_no))
$$;
CREATE PROCEDURE new_store() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM smsengage.drop_store(true);
	PERFORM smsengage.create_store();
END
$$;

-- one object a row, several lines a row, an array a row; rows that are gone,
-- rows without a payload, payloads that are broken
CREATE TABLE source (no integer, payload text);
INSERT INTO source SELECT n, ens(n) FROM generate_series(1, 40) n;
INSERT INTO source SELECT 0, 'gone' FROM generate_series(1, 5);
INSERT INTO source VALUES (41, ens(41) || E'\n' || ens(42)), (43, '[' || ens(43) || ',' || ens(44) || ', ' || ens(45) || ']'),
	(50, NULL), (51, NULL), (52, '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered"'), (53, 'no JSON'), (54, ''),
	(55, ens(1)), (46, ens(46));
DELETE FROM source WHERE no = 0;
CALL smsengage.ingest_from('salesforce_ens', 'source');
SELECT reason FROM smsengage.rejected_event ORDER BY 1;
SELECT reason FROM smsengage.provider_notice ORDER BY 1;
SELECT * FROM store_digest();
-- nothing of it stays behind
SELECT count(*) FROM smsengage.load_progress;
-- once more: all is known
CALL smsengage.ingest_from('salesforce_ens', 'source');

-- the same whatever the batches, and each in a transaction of its own
CALL new_store();
CALL smsengage.ingest_from('salesforce_ens', 'source', batch_rows => 1);
SELECT * FROM store_digest();
SELECT count(DISTINCT received_at) = 43 AS one_transaction_a_batch FROM smsengage.event;
CALL new_store();
CALL smsengage.ingest_from('auto', 'source', batch_bytes => 1000);
SELECT * FROM store_digest();
SELECT count(DISTINCT received_at) > 10 AS several_transactions FROM smsengage.event;

-- in a transaction block, and in a function: no commit
CALL new_store();
BEGIN;
CALL smsengage.ingest_from('salesforce_ens', 'source', batch_rows => 10);
ROLLBACK;
SELECT count(*) FROM smsengage.event;
CREATE FUNCTION load_it() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
	unused bigint;
BEGIN
	CALL smsengage.ingest_from('salesforce_ens', 'source', batch_rows => 10, payloads => unused, nulls => unused,
		accepted => n, duplicate => unused, rejected => unused, ignored => unused);
	RETURN n;
END
$$;
SELECT load_it();
SELECT count(DISTINCT received_at) FROM smsengage.event;

-- every type that holds payloads; temporary, unlogged, partitioned, inherited
CALL new_store();
CREATE TEMP TABLE as_json AS SELECT payload::json AS body FROM source WHERE no <= 10;
CREATE UNLOGGED TABLE as_jsonb AS SELECT payload::jsonb AS "Body of it" FROM source WHERE no BETWEEN 11 AND 20;
CREATE MATERIALIZED VIEW as_bytea AS SELECT convert_to(payload, 'UTF8') AS body FROM source WHERE no BETWEEN 21 AND 30;
CREATE TABLE as_varchar (no integer, body varchar) PARTITION BY RANGE (no);
CREATE TABLE as_varchar_2 PARTITION OF as_varchar FOR VALUES FROM (35) TO (60);
CREATE TABLE as_varchar_1 PARTITION OF as_varchar FOR VALUES FROM (30) TO (35);
INSERT INTO as_varchar SELECT no, payload FROM source WHERE no > 30;
CALL smsengage.ingest_from('salesforce_ens', 'as_json', 'body');
CALL smsengage.ingest_from('salesforce_ens', 'as_jsonb', 'Body of it');
CALL smsengage.ingest_from('salesforce_ens', 'as_bytea', 'body');
CALL smsengage.ingest_from('salesforce_ens', 'as_varchar', 'body', batch_rows => 3);
SELECT * FROM store_digest();
CREATE TABLE parent (payload text);
CREATE TABLE child () INHERITS (parent);
INSERT INTO parent VALUES (ens(60));
INSERT INTO child VALUES (ens(61)), (ens(62));
CALL smsengage.ingest_from('salesforce_ens', 'parent');
-- bytes that are not UTF-8 cost one payload, not its neighbours
CREATE TABLE bytes AS SELECT convert_to(ens(n), 'UTF8') AS payload FROM generate_series(63, 65) n;
UPDATE bytes SET payload = overlay(payload PLACING '\xff'::bytea FROM 40 FOR 1) WHERE encode(payload, 'escape') LIKE '%c-64%';
CALL smsengage.ingest_from('salesforce_ens', 'bytes');
-- a given account
CALL smsengage.ingest_from('salesforce_ens', 'bytes', account => '99');
CREATE TABLE empty (payload text);
CALL smsengage.ingest_from('salesforce_ens', 'empty');
-- values outside of their row
CREATE TABLE big AS SELECT '[' || string_agg(ens(n), ',') || ']' AS payload FROM generate_series(100, 1099) n;
INSERT INTO big SELECT '[' || string_agg(ens(n), ',') || ']' FROM generate_series(1100, 2099) n;
CALL smsengage.ingest_from('salesforce_ens', 'big', batch_bytes => 1000);

-- what will not do
CREATE VIEW a_view AS SELECT * FROM source;
CALL smsengage.ingest_from('salesforce_ens', 'a_view');
CALL smsengage.ingest_from('salesforce_ens', 'source', 'no');
CALL smsengage.ingest_from('salesforce_ens', 'source', 'nowhere');
CALL smsengage.ingest_from('salesforce_ens', 'source', 'ctid');
CALL smsengage.ingest_from('somebody', 'source');
CALL smsengage.ingest_from(NULL, 'source');
CALL smsengage.ingest_from('salesforce_ens', NULL);
CALL smsengage.ingest_from('salesforce_ens', 'source', batch_rows => 0);
CALL smsengage.ingest_from('salesforce_ens', 'source', batch_bytes => NULL);
SELECT smsengage_internal.batch_all(NULL, ARRAY['x'::bytea], NULL, ARRAY[now()]);
SELECT smsengage_internal.batch_all('auto', ARRAY['x'::bytea], NULL, ARRAY[now(), now()]);
SELECT count(*) FROM smsengage.load_progress;

-- a load that was interrupted is taken up behind its last batch
CALL new_store();
SELECT smsengage_internal.load_begin('salesforce_ens', 'source', 'payload', NULL, false) AS load_no \gset
SELECT smsengage_internal.load_step(:load_no, 10, 1000000), smsengage_internal.load_step(:load_no, 10, 1000000);
SELECT source, payload_column, provider, account, last, payloads, nulls, accepted FROM smsengage.load_progress;
CALL smsengage.ingest_from('salesforce_ens', 'source', resume => true);
SELECT count(*) FROM smsengage.load_progress;
SELECT * FROM store_digest();
-- not if the table was filled anew since, or if other arguments are given
SELECT smsengage_internal.load_begin('salesforce_ens', 'source', 'payload', NULL, false) AS load_no \gset
SELECT smsengage_internal.load_step(:load_no, 10, 1000000);
CALL smsengage.ingest_from('salesforce_ens', 'source', account => '7301234', resume => true);
CREATE TABLE copy AS TABLE source;
TRUNCATE source;
INSERT INTO source SELECT * FROM copy;
CALL smsengage.ingest_from('salesforce_ens', 'source', resume => true);
SELECT count(*) FROM smsengage.load_progress;

-- the inbox
CALL new_store();
SELECT smsengage.inbox('salesforce_ens', ens(1)), smsengage.inbox('salesforce_ens', convert_to(ens(2), 'UTF8'), '7301234'),
	   smsengage.inbox('auto', ens(3) || ens(1)), smsengage.inbox('auto', 'nonsense');
SELECT smsengage.inbox('somebody', ens(1));
SELECT smsengage.inbox('auto', ens(1), repeat('x', 513));
INSERT INTO smsengage.inbox (provider, payload, received_at) VALUES
	('salesforce_ens', convert_to(ens(4), 'UTF8'), '2025-03-02'),
	-- the check of inbox() was left out: this one cannot even be parsed
	('somebody', convert_to(ens(5), 'UTF8'), '2025-03-02'),
	('salesforce_ens', convert_to(ens(6), 'UTF8'), '2025-03-03');
CALL smsengage.drain_inbox(2);
SELECT count(*) FROM smsengage.inbox;
CALL smsengage.drain_inbox();
CALL smsengage.drain_inbox();
SELECT count(*) FROM smsengage.inbox;
SELECT provider, account, reason FROM smsengage.rejected_event ORDER BY reason;
-- the arrival is that of the payload
SELECT event_id, received_at FROM smsengage.event WHERE received_at < '2025-04-01' ORDER BY 1;
-- a transaction that fails leaves everything in the inbox
SELECT smsengage.inbox('salesforce_ens', ens(7)) > 0;
BEGIN;
CALL smsengage.drain_inbox();
ROLLBACK;
SELECT count(*) FROM smsengage.inbox;
CALL smsengage.drain_inbox();

-- what was rejected, once more: this one is nonsense still, the one of
-- somebody is understood by who finds the provider out
SELECT * FROM smsengage.retry_rejected();
SELECT provider, reason FROM smsengage.rejected_event;
-- as an older library would have left them
INSERT INTO smsengage.rejected_event (digest, received_at, provider, account, reason, payload, payload_bytes)
SELECT md5(n::text)::uuid, '2025-03-05 12:00+00'::timestamptz, 'salesforce_ens', '', 'was not understood', ens(n), NULL FROM generate_series(2000, 3200) n
UNION ALL
SELECT md5('b')::uuid, '2025-03-05 12:00+00'::timestamptz, 'salesforce_ens', '7301234', 'was not understood', 'shown', convert_to(ens(4000), 'UTF8');
SELECT * FROM smsengage.retry_rejected('infobip');
SELECT * FROM smsengage.retry_rejected('salesforce_ens');
SELECT received_at, count(*) FROM smsengage.event WHERE event_id >= 'c-2000' AND event_id < 'c-5' AND length(event_id) > 3 GROUP BY 1;
SELECT * FROM smsengage.retry_rejected();
SELECT reason FROM smsengage.rejected_event;

-- no store, no load
SELECT smsengage.drop_store(true);
CALL smsengage.drain_inbox();
DROP TABLE source, copy, empty, big, bytes, parent, child, as_varchar, as_jsonb CASCADE;
DROP FUNCTION ens, store_digest, load_it;
DROP PROCEDURE new_store;
