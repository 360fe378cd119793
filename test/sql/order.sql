-- The order of arrival changes nothing: events of many messages and people,
-- shuffled, repeated and split into payloads in 10 ways, end in the same tables
-- and views but for arrival times and the numbers that people were given.
-- Seed: 42.
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
SET client_min_messages = warning;
SELECT setseed(0.42);
CREATE TABLE fact AS
SELECT n, provider, payload::text FROM (
	SELECT n, 'salesforce_ens' AS provider, json_build_object('eventCategoryType', 'TransactionalSendEvents.Sms' || CASE code WHEN 1000 THEN 'NotSent' WHEN 2000 THEN 'Sent' WHEN 3000 THEN 'Transient' WHEN 3001 THEN 'Transient' WHEN 4000 THEN 'Delivered' ELSE 'Bounced' END,
		'timestampUTC', 1768039200000 + (random() * 5184000000)::bigint, 'compositeId', 'c' || m, 'definitionKey', (ARRAY['d1', 'd2', NULL])[1 + floor(random() * 3)::integer], 'mid', 7, 'eid', 9, 'composite', json_build_object('tsid', 't' || m),
		'info', json_build_object('to', 12025550100 + m % 90 + CASE WHEN random() < 0.1 THEN 1 ELSE 0 END, 'subscriberKey', CASE WHEN random() < 0.9 THEN 's' || m % 40 END, 'messageKey', 'm' || m, 'ordinal', CASE WHEN code >= 3000 AND random() < 0.5 THEN floor(random() * 3) END,
			'statusCode', CASE WHEN random() < 0.9 THEN code END, 'from', (ARRAY['12345', '54321', NULL])[1 + floor(random() * 3)::integer])) AS payload
	FROM (SELECT n, floor(random() * 30)::integer AS m, (ARRAY[1000, 2000, 3000, 3001, 4000, 4500, 4501, 4504])[1 + floor(random() * 8)::integer] AS code FROM generate_series(1, 240) n) r
	UNION ALL
	SELECT 1000 + n, 'salesforce_dmo', json_build_object('EventID', 'ev-' || n, 'EventType', (ARRAY['SENT', 'NOT_SENT', 'UNDELIVERED', 'CLICK', 'HELP', 'SUBSCRIBE', 'UNSUBSCRIBE', 'CONFIRMATION'])[1 + floor(random() * 8)::integer],
		'EventDateTime', to_char(timestamp '2026-01-10' + random() * interval '60 days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'CreatedTime', '2026-04-01T00:00:00Z', 'BulkMessage', 'b' || floor(random() * 3), 'MessageID', CASE WHEN random() < 0.7 THEN 'm' || floor(random() * 20) END,
		'IndividualID', CASE WHEN random() < 0.7 THEN 'i' || n % 15 END, 'RecipientPhone', 12025550100 + n % 15, 'SenderID', CASE WHEN random() < 0.5 THEN '12345' END, 'DeliveryErrorCode', (ARRAY[4500, 4501, 4504, NULL])[1 + floor(random() * 4)::integer], 'LinkName', 'link ' || n % 4)
	FROM generate_series(1, 150) n
	UNION ALL
	SELECT 2000 + n, 'infobip', json_build_object('results', json_build_array(json_build_object('messageId', 'x' || m, 'to', 12025550100 + m, 'from', (ARRAY['Shop', 'Info', NULL])[1 + n % 3],
		'sentAt', '2026-02-01T10:00:0' || n % 10 || '.000+0000', 'doneAt', '2026-02-01T10:0' || n % 10 || ':30.000+0000', 'smsCount', CASE WHEN n % 2 = 0 THEN 1 + m % 3 END,
		'callbackData', CASE WHEN m = 3 THEN '{"test":true}' WHEN n % 4 = 0 THEN 'order ' || n % 7 END, 'price', CASE WHEN n % 3 > 0 THEN json_build_object('pricePerMessage', 0.0125 * (1 + n % 2), 'currency', 'EUR') END,
		'status', (ARRAY['{"groupId":1,"id":7}', '{"groupId":3,"id":2}', '{"groupId":3,"id":5}', '{"groupId":4,"id":15}', '{"groupId":2,"id":9}']::json[])[1 + n % 5])))
	FROM (SELECT n, n % 17 AS m FROM generate_series(1, 80) n) r) f;

-- Everything that is stored or shown, row by row, people by name. Times of arrival
-- differ from run to run: received_at, random salts and secrets, and created_time where the payload has none.
CREATE FUNCTION picture() RETURNS TABLE (relation text, rows bigint, digest text) LANGUAGE plpgsql AS $$
DECLARE
	r record;
	q text;
BEGIN
	FOR r IN SELECT c.oid::regclass AS name, c.relname FROM pg_class c
		WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
			-- rows of these are chunks and deltas, by number
			AND c.relname NOT IN ('engagement_tally', 'outcome_tally', 'series') ORDER BY c.relname
	LOOP
		SELECT string_agg(CASE
				WHEN a.attname IN ('received_at', 'rejected_at', 'first_seen', 'last_seen', 'salt', 'secret') OR (a.attname = 'created_time' AND r.relname = 'event') THEN NULL
				WHEN a.attname IN ('created_time', 'CreatedTime') THEN format('CASE WHEN t.%I < ''2026-06-01 00:00+00'' THEN t.%I END', a.attname, a.attname)
				WHEN a.attname = 'individual_no' THEN '(SELECT i.scope || '' '' || i.individual_id FROM smsengage.individual i WHERE i.individual_no = t.individual_no)'
				ELSE format('t.%I', a.attname) END, ', ' ORDER BY a.attnum)
		INTO q FROM pg_attribute a WHERE a.attrelid = r.name AND a.attnum > 0 AND NOT a.attisdropped;
		relation := r.name;
		EXECUTE format('SELECT count(*), md5(string_agg(x, E''\n'' ORDER BY x)) FROM (SELECT ROW(%s)::text COLLATE "C" AS x FROM %s t) s', q, r.name) INTO rows, digest;
		RETURN NEXT;
	END LOOP;
END $$;

CREATE FUNCTION as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE run (seed integer, calls integer, accepted bigint, duplicate bigint, relation text, rows bigint, digest text);
CREATE FUNCTION arrive(seed integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c record;
	i record;
	calls integer := 0;
	accepted bigint := 0;
	duplicate bigint := 0;
BEGIN
	IF smsengage_internal.store_exists() THEN
		PERFORM smsengage.drop_store(true);
	END IF;
	PERFORM smsengage.create_store();
	-- which the tags of masked views are made with
	UPDATE smsengage.store_secret SET secret = 'the same in every run';
	IF seed > 8 THEN
		-- with a trigger there, rows go in by SQL: it must come to the same
		CREATE TRIGGER by_sql BEFORE INSERT ON smsengage.individual FOR EACH ROW EXECUTE FUNCTION as_it_is();
	END IF;
	PERFORM setseed(seed / 100.0);
	-- each event once and some more often, in payloads of 2 to 1000
	FOR c IN
		WITH copies AS MATERIALIZED (SELECT f.provider, f.payload, random() AS place FROM fact f, generate_series(1, CASE WHEN seed = 0 THEN 1 WHEN random() < 0.2 + 0 * f.n THEN 3 ELSE 1 END)),
		placed AS MATERIALIZED (SELECT provider, payload, row_number() OVER (ORDER BY CASE WHEN seed = 0 THEN 0 ELSE place END) / (ARRAY[1000, 50, 7, 20, 200, 2, 400])[1 + seed % 7] AS call FROM copies)
		SELECT provider, '[' || string_agg(payload, ',') || ']' AS payload FROM placed GROUP BY call, provider ORDER BY call, provider
	LOOP
		SELECT * INTO i FROM smsengage.ingest(c.provider, c.payload);
		calls := calls + 1;
		accepted := accepted + i.accepted;
		duplicate := duplicate + i.duplicate;
	END LOOP;
	INSERT INTO run SELECT seed, calls, accepted, duplicate, p.* FROM picture() p;
END $$;
-- one transaction each: a store has many tables, and each takes a lock
\o /dev/null
SELECT format('SELECT arrive(%s)', seed) FROM generate_series(0, 10) seed \gexec
\o
SELECT count(DISTINCT seed) AS runs FROM run;

SELECT count(DISTINCT calls) > 5 AS split, max(calls) > 150 AS many_calls, count(DISTINCT accepted) AS same_accepted, max(accepted) AS accepted, count(DISTINCT duplicate) > 4 AS repeated FROM run;
SELECT relation, min(rows) AS rows, count(DISTINCT digest) AS digests, count(DISTINCT rows) AS counts FROM run WHERE relation IN ('smsengage.event', 'smsengage.event_identity', 'smsengage.message', 'smsengage.individual', 'smsengage.contact_point', 'smsengage.message_engagement', 'smsengage."MessageEngagement"', 'smsengage.transactional_event') GROUP BY relation ORDER BY relation COLLATE "C";
-- no table and no view, named above or not, differs
SELECT relation FROM run GROUP BY relation HAVING count(DISTINCT coalesce(digest, '')) <> 1;
-- and what follows from the events follows from them
SELECT * FROM smsengage.doctor();

-- state and columns of a message are merges of its events
SELECT count(*) AS messages,
	count(*) FILTER (WHERE m.state::text = e.state::text) AS states,
	count(*) FILTER (WHERE m.first_time = e.first_time AND m.last_time = e.last_time) AS times,
	count(*) FILTER (WHERE ROW(m.individual_no, m.parts, m.account, m.provider, m.message_id, m.recipient, m.sender_id, m.channel, m.bulk_message, m.template, m.price, m.price_currency, m.callback_data)
		IS NOT DISTINCT FROM ROW(e.individual_no, e.parts, e.account, e.provider, e.message_id, e.recipient, e.sender_id, e.channel, e.bulk_message, e.template, e.price, e.price_currency, e.callback_data)) AS columns
FROM smsengage.message m FULL JOIN (
	SELECT message_key, smsengage.merge(smsengage_internal.event_state(provider, status_class, status_code, error_code, channel, part, event_time, sent_time, time_source)) AS state, min(event_time) AS first_time, max(event_time) AS last_time,
		max(individual_no) AS individual_no, max(parts) AS parts, max(account) AS account, max(provider) AS provider, max(message_id) AS message_id, max(recipient) AS recipient, max(sender_id) AS sender_id, max(channel) AS channel,
		max(bulk_message) AS bulk_message, max(template) AS template, max(price) AS price, max(price_currency) AS price_currency, max(callback_data) AS callback_data
	FROM smsengage.event WHERE message_key IS NOT NULL AND status_class IS NOT NULL GROUP BY message_key) e USING (message_key);
SELECT count(*) > 60 AS enough, count(DISTINCT smsengage.status_group(state)) > 3 AS varied FROM smsengage.message;
-- so are the numbers of people
SELECT count(*) AS contacts, count(*) FILTER (WHERE c.last_day = e.last_day) AS days
FROM smsengage.contact_point c FULL JOIN (SELECT individual_no, account, recipient, max((event_time AT TIME ZONE 'UTC')::date) AS last_day FROM smsengage.event WHERE individual_no > 0 AND individual_id IS NOT NULL AND recipient <> '' GROUP BY 1, 2, 3) e USING (individual_no, account, recipient);

DROP TABLE fact, run;
DROP FUNCTION arrive, picture;
DO $$ BEGIN PERFORM smsengage.drop_store(true); END $$;
DROP FUNCTION as_it_is;
