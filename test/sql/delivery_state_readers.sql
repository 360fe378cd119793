-- delivery_state: how reports outrank each other, and what is read from them
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = smsengage, smsengage_internal, pg_catalog;

-- Salesforce ENS: the highest code is final, whatever the times say
CREATE FUNCTION pg_temp.ens(class text, code int, minute int, part int DEFAULT NULL) RETURNS delivery_state
RETURN delivery_report(class, code, '2021-02-05 22:00Z'::timestamptz + minute * interval '1 minute', part => part, ranking => 'code');
CREATE TABLE fact (fact text, state delivery_state);
INSERT INTO fact VALUES
	('4500 after 4000: undelivered', pg_temp.ens('delivered', 4000, 1, 0) || pg_temp.ens('undelivered', 4500, 2, 0)),
	('4500 before 4000: the same', pg_temp.ens('delivered', 4000, 2, 0) || pg_temp.ens('undelivered', 4500, 1, 0)),
	('late 3000 after 4000', pg_temp.ens('delivered', 4000, 1, 0) || pg_temp.ens('in_transit', 3000, 9, 0)),
	('NotSent below 2000', pg_temp.ens('not_sent', 31, 5) || pg_temp.ens('sent', 2000, 1)),
	('NotSent below SmsSent', pg_temp.ens('not_sent', 1040, 5) || pg_temp.ens('sent', 0, 1)),
	('NotSent above 1501', pg_temp.ens('not_sent', 1, 1) || pg_temp.ens('not_sent', 1501, 5)),
	('1501 above queued', pg_temp.ens('not_sent', 1501, 1) || pg_temp.ens('accepted', 1000, 5)),
	('NotSent 1000 is not queued 1000', pg_temp.ens('not_sent', 1000, 1) || pg_temp.ens('accepted', 1000, 5)),
	('4501: expired', pg_temp.ens('sent', 2000, 0, 0) || pg_temp.ens('expired', 4501, 3, 0)),
	('4500 and 4501', pg_temp.ens('expired', 4501, 3, 0) || pg_temp.ens('undelivered', 4500, 4, 0)),
	('3400: unknown to the carrier', pg_temp.ens('sent', 2000, 0, 0) || pg_temp.ens('in_transit', 3400, 3, 0)),
	('part 1 undelivered, part 0 delivered', pg_temp.ens('delivered', 4000, 1, 0) || pg_temp.ens('undelivered', 4500, 2, 1)),
	('both parts delivered', pg_temp.ens('sent', 0, 0) || pg_temp.ens('delivered', 4000, 1, 0) || pg_temp.ens('delivered', 4000, 2, 1)),
	('part 1 open', pg_temp.ens('sent', 0, 0) || pg_temp.ens('delivered', 4000, 1, 0) || pg_temp.ens('in_transit', 3002, 2, 1)),
	('SmsSent after delivery', pg_temp.ens('delivered', 4000, 1, 0) || pg_temp.ens('sent', 0, 9)),
	('NotSent, yet delivered', pg_temp.ens('not_sent', 48, 1) || pg_temp.ens('delivered', 4000, 2, 0)),
	('two parts failed', pg_temp.ens('undelivered', 4505, 7, 0) || pg_temp.ens('undelivered', 4500, 5, 1)),
	('code missing', pg_temp.ens('delivered', 0, 1, 0) || pg_temp.ens('in_transit', 3002, 2, 0));
SELECT fact, status_class(state) AS class, status_code(state) AS code, decision_split(state) AS split, is_conflicting(state) AS conflict,
	   parts_delivered(state) || '/' || parts_known(state) AS parts, sent_at(state)::time AS sent, done_at(state)::time AS done
FROM fact;

-- providers with clocks: final before open, then the latest; delivered at a tie
TRUNCATE fact;
CREATE FUNCTION pg_temp.inf(class text, code int, minute int, channel text DEFAULT 'SMS', sent int DEFAULT 0) RETURNS delivery_state
RETURN delivery_report(class, code, '2024-11-09 16:00Z'::timestamptz + minute * interval '1 minute', channel,
	sent_at => '2024-11-09 16:00Z'::timestamptz + sent * interval '1 minute');
INSERT INTO fact VALUES
	('pending', pg_temp.inf('sent', 7, 1)),
	('delivered to operator', pg_temp.inf('sent', 7, 2) || pg_temp.inf('to_operator', 2, 1)),
	('then to handset', pg_temp.inf('to_operator', 2, 9) || pg_temp.inf('delivered', 5, 3)),
	('late pending', pg_temp.inf('delivered', 5, 3) || pg_temp.inf('sent', 7, 8)),
	('undelivered after delivered', pg_temp.inf('delivered', 5, 3) || pg_temp.inf('undelivered', 9, 4)),
	('undelivered and delivered at once', pg_temp.inf('delivered', 5, 3) || pg_temp.inf('undelivered', 9, 3)),
	('expired', pg_temp.inf('expired', 15, 60)),
	('rejected', pg_temp.inf('not_sent', 14, 0)),
	('delivered twice', pg_temp.inf('delivered', 5, 4) || pg_temp.inf('delivered', 5, 3)),
	('seen, then undelivered', pg_temp.inf('seen', 0, 5, 'VIBER') || pg_temp.inf('undelivered', 9, 6, 'VIBER')),
	('seen twice, delivered late', pg_temp.inf('seen', 0, 5, 'VIBER') || pg_temp.inf('seen', 0, 4, 'VIBER') || pg_temp.inf('delivered', 5, 3, 'VIBER')),
	('failover: RCS failed, SMS delivered', pg_temp.inf('undelivered', 9, 1, 'RCS') || pg_temp.inf('delivered', 5, 2, 'SMS', 1)),
	('failover: RCS failed, SMS open', pg_temp.inf('undelivered', 9, 1, 'RCS') || pg_temp.inf('sent', 7, 2, 'SMS', 1)),
	('failover: both failed', pg_temp.inf('not_sent', 12, 1, 'RCS') || pg_temp.inf('undelivered', 4, 2, 'SMS', 1)),
	('failover: failed and expired', pg_temp.inf('undelivered', 9, 1, 'RCS') || pg_temp.inf('expired', 15, 2, 'SMS', 1)),
	('unknown code only', pg_temp.inf('unknown', 777, 1)),
	('unknown code and pending', pg_temp.inf('unknown', 777, 5) || pg_temp.inf('sent', 7, 1)),
	('no clock', delivery_report('delivered', 5) || delivery_report('undelivered', 9)),
	('clock beats none', delivery_report('delivered', 5) || pg_temp.inf('undelivered', 9, 1));
SELECT fact, status_class(state) AS class, status_code(state) AS code, is_final(state) AS final, is_conflicting(state) AS conflict,
	   delivered_to(state) AS "to", sent_at(state)::time AS sent, done_at(state)::time AS done, seen_at(state)::time AS seen
FROM fact;

-- no clock in the payload (Twilio): class alone, final before open
SELECT a || ' + ' || b AS reports, status_class(delivery_report(a, ranking => 'class') || delivery_report(b, ranking => 'class'))
FROM (VALUES ('accepted', 'sent'), ('sent', 'not_sent'), ('sent', 'delivered'), ('not_sent', 'undelivered'),
	('undelivered', 'delivered'), ('delivered', 'seen'), ('expired', 'undelivered')) AS t(a, b);

-- every class on its own, and nothing at all
SELECT class, status_class(s), status_group(s), status_group_id(s) AS id, status_category(s), decision_split(s), is_final(s) AS final,
	   delivered_to(s) AS "to", parts_known(s) AS known, parts_delivered(s) AS delivered
FROM (VALUES ('unknown'), ('accepted'), ('not_sent'), ('sent'), ('in_transit'), ('to_operator'), ('expired'), ('undelivered'),
	('delivered'), ('seen'), (NULL)) AS t(class), LATERAL (SELECT coalesce(delivery_report(class, 1), '') AS s) c;
SELECT status_code(s), sent_at(s), done_at(s), seen_at(s), is_conflicting(s) FROM (SELECT ''::delivery_state) AS t(s);
SELECT status_class(NULL::delivery_state), status_group(NULL::delivery_state), is_final(NULL::delivery_state);

-- worst part of all pairs: failures, then open ones, then success
SELECT class_a, string_agg(status_class(delivery_report(class_a, part => 0) || delivery_report(class_b, part => 1)), ' ' ORDER BY b) AS with_each
FROM unnest(ARRAY['not_sent', 'undelivered', 'expired', 'unknown', 'accepted', 'sent', 'in_transit', 'to_operator', 'delivered', 'seen']) WITH ORDINALITY AS x(class_a, a),
	 unnest(ARRAY['not_sent', 'undelivered', 'expired', 'unknown', 'accepted', 'sent', 'in_transit', 'to_operator', 'delivered', 'seen']) WITH ORDINALITY AS y(class_b, b)
GROUP BY a, class_a ORDER BY a;
-- and best channel
SELECT class_a, string_agg(status_class(delivery_report(class_a) || delivery_report(class_b, channel => 'RCS')), ' ' ORDER BY b) AS with_each
FROM unnest(ARRAY['not_sent', 'undelivered', 'expired', 'unknown', 'accepted', 'sent', 'in_transit', 'to_operator', 'delivered', 'seen']) WITH ORDINALITY AS x(class_a, a),
	 unnest(ARRAY['not_sent', 'undelivered', 'expired', 'unknown', 'accepted', 'sent', 'in_transit', 'to_operator', 'delivered', 'seen']) WITH ORDINALITY AS y(class_b, b)
GROUP BY a, class_a ORDER BY a;

-- reports on the whole message count for each part
SELECT status_class(s), parts_delivered(s), parts_known(s)
FROM (VALUES ('SMS seen; SMS/0 delivered; SMS/1 sent'::delivery_state), ('SMS delivered; SMS/0 sent; SMS/1 undelivered'),
	('SMS sent; SMS/0 accepted; SMS/1 delivered'), ('RCS undelivered; SMS sent; SMS/3 delivered')) AS t(s);

-- what is kept
SELECT * FROM reports('SMS sent @2021-02-05T22:00:00Z by code; SMS/1 undelivered 4500 @2021-02-05T22:02:00Z by code, delivered; RCS/0 seen, sent 2021-02-05T22:00:00Z');
SELECT count(*) FROM reports('');

-- the aggregate: groups, empty groups, NULLs, windows, parallel plans
SELECT merge(s) FROM (SELECT ''::delivery_state WHERE false) AS t(s);
SELECT merge(s) FROM (VALUES (NULL::delivery_state), ('SMS sent'), (NULL), ('SMS delivered')) AS t(s);
SELECT id, merge(s) OVER (ORDER BY id) FROM (VALUES (1, 'SMS/0 sent'::delivery_state), (2, 'SMS/0 delivered'), (3, 'SMS/1 sent'), (4, 'SMS/0 undelivered by class')) AS t(id, s) ORDER BY id;
CREATE TABLE many AS
SELECT n % 10 AS message, delivery_report((ARRAY['sent', 'in_transit', 'delivered', 'undelivered'])[n * 7 % 4 + 1], n % 50,
	'2021-02-05 22:00Z'::timestamptz + n * 7919 % 1000 * interval '1 second', part => nullif(n / 10 % 4, 3)) AS report
FROM generate_series(1, 20000) n;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'Aggregate|Gather' THEN RETURN NEXT trim(line); END IF;
	END LOOP;
END $$;
SELECT pg_temp.plan('SELECT message, merge(report) FROM many GROUP BY message');
CREATE TABLE in_parallel AS SELECT message, merge(report) AS state FROM many GROUP BY message;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE in_sequence AS SELECT message, merge(report ORDER BY report DESC) AS state FROM many GROUP BY message;
SELECT count(*) AS messages, count(*) FILTER (WHERE p.state = s.state) AS same FROM in_parallel p JOIN in_sequence s USING (message);
SELECT state FROM in_parallel WHERE message = 3;
DROP TABLE fact, many, in_parallel, in_sequence;
