-- The merge of messages, which C alone says, against least() and greatest() and
-- against what each message counts for by plain SQL. Seed: 42.
SET timezone = 'UTC';
SET client_min_messages = warning;
\pset null '(null)'
SELECT setseed(0.42);

-- few values of each column, so that some are equal, and of each none
CREATE TABLE report AS
SELECT i AS no, '2026-01-01 00:00Z'::timestamptz + (random() * 20)::int * interval '7 minutes' AS at, (random() * 3)::bigint AS individual_no,
	nullif((random() * 4)::smallint, 0) AS parts, (ARRAY['infobip', 'native'])[1 + i % 2] AS provider,
	(ARRAY['+12025550100', '+447700900123', '', '+33999000123'])[1 + (random() * 3)::int] AS recipient,
	(ARRAY['Shop', 'shop', E'\u00e9', NULL])[1 + (random() * 3)::int] AS sender_id, (ARRAY['SMS', 'RCS', NULL])[1 + (random() * 2)::int] AS channel,
	(ARRAY['a', 'B', 'ab', NULL])[1 + (random() * 3)::int] AS bulk_message, (ARRAY['t', '', NULL])[1 + (random() * 2)::int] AS template,
	(ARRAY[0.5, 0.50, 0.25, 'NaN', 1000, NULL])[1 + (random() * 5)::int]::numeric AS price, (ARRAY['EUR', 'USD', NULL])[1 + (random() * 2)::int] AS price_currency,
	(ARRAY['{"test":true}', '{"test":false}', 'x', NULL, NULL])[1 + (random() * 4)::int] AS callback_data,
	smsengage.delivery_report((ARRAY['accepted', 'sent', 'delivered', 'undelivered', 'expired', 'not_sent'])[1 + (random() * 5)::int], (random() * 3)::int,
		'2026-01-01 00:00Z'::timestamptz + (random() * 20)::int * interval '7 minutes', 'SMS', (random() * 3)::int, 'time',
		CASE WHEN random() < 0.5 THEN '2026-01-01 00:00Z'::timestamptz + (random() * 20)::int * interval '7 minutes' END) AS state
FROM generate_series(1, 300) i;
CREATE TABLE one AS
SELECT r.no, smsengage_internal.report_message('00000000-0000-0000-0000-000000000001', r.at, r.individual_no, r.parts, 'A', r.provider, 'm', r.recipient,
	r.sender_id, r.channel, r.bulk_message, r.template, r.price, r.price_currency, r.callback_data, r.state) AS message
FROM report r;
-- one report is its message: the price is written one way only
SELECT count(*) FILTER (WHERE o.message::text <> ROW('00000000-0000-0000-0000-000000000001'::uuid, r.at, r.at, r.individual_no, r.parts, 'A', r.provider, 'm', r.recipient,
	r.sender_id, r.channel, r.bulk_message, r.template, trim_scale(r.price), r.price_currency, r.callback_data, r.state)::text) AS differ, count(*)
FROM one o JOIN report r USING (no);

-- two of them
CREATE TABLE pair AS
SELECT a.no AS a_no, b.no AS b_no, a.message AS a, b.message AS b, smsengage_internal.message_merge(a.message, b.message) AS ab
FROM one a, one b WHERE a.no % 4 < 2 AND b.no % 3 = 0;
SELECT count(*),
	count(*) FILTER (WHERE (p.ab).message_key = (p.a).message_key AND (p.ab).account = (p.a).account AND (p.ab).provider = (p.a).provider AND (p.ab).message_id = (p.a).message_id) AS known_by,
	count(*) FILTER (WHERE (p.ab).first_time = least((p.a).first_time, (p.b).first_time) AND (p.ab).last_time = greatest((p.a).last_time, (p.b).last_time)) AS times,
	count(*) FILTER (WHERE (p.ab).individual_no = greatest((p.a).individual_no, (p.b).individual_no)
		AND (p.ab).parts IS NOT DISTINCT FROM greatest((p.a).parts, (p.b).parts)) AS numbers,
	count(*) FILTER (WHERE (p.ab).recipient = greatest((p.a).recipient COLLATE "C", (p.b).recipient)
		AND (p.ab).sender_id IS NOT DISTINCT FROM greatest((p.a).sender_id COLLATE "C", (p.b).sender_id)
		AND (p.ab).channel IS NOT DISTINCT FROM greatest((p.a).channel COLLATE "C", (p.b).channel)
		AND (p.ab).bulk_message IS NOT DISTINCT FROM greatest((p.a).bulk_message COLLATE "C", (p.b).bulk_message)
		AND (p.ab).template IS NOT DISTINCT FROM greatest((p.a).template COLLATE "C", (p.b).template)
		AND (p.ab).callback_data IS NOT DISTINCT FROM greatest((p.a).callback_data COLLATE "C", (p.b).callback_data)) AS texts,
	count(*) FILTER (WHERE (p.ab).price::text IS NOT DISTINCT FROM trim_scale(greatest((p.a).price, (p.b).price))::text
		AND (p.ab).price_currency IS NOT DISTINCT FROM greatest((p.a).price_currency COLLATE "C", (p.b).price_currency)) AS prices,
	count(*) FILTER (WHERE (p.ab).state::text = smsengage.delivery_merge((p.a).state, (p.b).state)::text) AS states
FROM pair p;
-- in any order, and the same again, but for the provider, which is one
SELECT count(*) FILTER (WHERE p.ab::text <> smsengage_internal.message_merge(p.b, p.a)::text) AS order_tells,
	count(*) FILTER (WHERE p.ab::text <> smsengage_internal.message_merge(p.ab, p.b)::text) AS again_tells,
	count(*) FILTER (WHERE smsengage_internal.message_merge(p.ab, o.message)::text <> smsengage_internal.message_merge(p.a, smsengage_internal.message_merge(p.b, o.message))::text) AS grouping_tells
FROM pair p JOIN one o ON o.no = (p.a_no * 7 + p.b_no) % 300 + 1
WHERE (p.a).provider = (p.b).provider;
SELECT count(DISTINCT m::text) AS messages
FROM (SELECT smsengage_internal.merged_message(o.message ORDER BY hashint4(o.no * 31 + seed)) AS m FROM one o, generate_series(1, 10) seed WHERE (o.message).provider = 'native' GROUP BY seed) s;
SELECT smsengage_internal.merged_message(o.message) FROM one o WHERE false;

-- column by column, as a cluster merges
SELECT count(*) FILTER (WHERE ROW((p.ab).first_time, (p.ab).last_time, (p.ab).individual_no, (p.ab).parts, (p.ab).recipient, (p.ab).sender_id, (p.ab).price, (p.ab).state)::text
	<> ROW(smsengage_internal.merge_message_column('first_time', (p.a).first_time, (p.b).first_time), smsengage_internal.merge_message_column('last_time', (p.a).last_time, (p.b).last_time),
		smsengage_internal.merge_message_column('individual_no', (p.a).individual_no, (p.b).individual_no), smsengage_internal.merge_message_column('parts', (p.a).parts, (p.b).parts),
		smsengage_internal.merge_message_column('recipient', (p.a).recipient, (p.b).recipient), smsengage_internal.merge_message_column('sender_id', (p.a).sender_id, (p.b).sender_id),
		smsengage_internal.merge_message_column('price', (p.a).price, (p.b).price), smsengage_internal.merge_message_column('state', (p.a).state, (p.b).state))::text) AS differ
FROM pair p;
SELECT smsengage_internal.merge_message_column('account', 'a'::text, 'b'), smsengage_internal.merge_message_column('parts', NULL, 3::smallint),
	smsengage_internal.merge_message_column('parts', NULL::smallint, NULL), smsengage_internal.merge_message_column(NULL, 'a'::text, 'b');
SELECT smsengage_internal.merge_message_column('parts', 1::bigint, 2::bigint);
SELECT smsengage_internal.merge_message_column('send_time', now(), now());
SELECT smsengage_internal.merge_message_column('price', 'a'::text, 'b');
-- rows with nothing in them
SELECT smsengage_internal.message_merge(NULL, o.message), smsengage_internal.message_merge(o.message, NULL) FROM one o LIMIT 1;
SELECT bool_and(smsengage_internal.message_merge(ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::smsengage.message_row, o.message)::text = o.message::text) AS takes,
	bool_and(smsengage_internal.message_merge(o.message, ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::smsengage.message_row)::text = o.message::text) AS keeps
FROM one o;
SELECT smsengage_internal.report_message(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- what a message counts for, said in SQL
SELECT count(*) AS tests FROM pair p WHERE smsengage_internal.is_test((p.ab).callback_data);
SELECT count(*) AS counted, count(*) FILTER (WHERE f.send_cell = date_bin('15 minutes', coalesce(smsengage.sent_at(m.state), m.first_time), '2000-01-01 00:00Z')) AS cells,
	count(*) FILTER (WHERE f.outcome = smsengage.message_outcome(m.state)) AS outcomes,
	count(*) FILTER (WHERE f.billed = coalesce(m.parts, greatest(smsengage.parts_known(m.state), 1)) AND f.billed = smsengage_internal.billed_parts(m.state, m.parts)) AS parts,
	count(*) FILTER (WHERE f.cost IS NOT DISTINCT FROM CASE m.provider WHEN 'infobip' THEN m.price * f.billed ELSE m.price END
		AND f.cost IS NOT DISTINCT FROM smsengage.message_cost(m.provider, m.price, f.billed)) AS costs,
	count(*) FILTER (WHERE (f.channel_name, f.bulk, f.sender, f.currency) = (coalesce(m.channel, 'SMS'), coalesce(m.bulk_message, ''), coalesce(m.sender_id, ''), coalesce(m.price_currency, ''))) AS texts,
	count(*) FILTER (WHERE f.country = coalesce(smsengage.country_of(m.recipient), '')) AS countries
FROM (SELECT (p.ab).* FROM pair p) m
CROSS JOIN LATERAL smsengage_internal.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
WHERE coalesce(smsengage.callback_field(m.callback_data, 'test'), '') <> 'true';
SELECT s.t, smsengage_internal.is_test(s.t) FROM unnest(ARRAY['{"test":true}', '{"test":"true"}', '{"test":false}', 'true', '', NULL]) s(t);
SELECT count(*) AS rows FROM smsengage_internal.outcome_facts(NULL, now(), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT smsengage.send_time(NULL, '2026-01-01Z'), smsengage.send_time(NULL, '-infinity'), smsengage.send_time(NULL, NULL),
	smsengage.send_time(r.state, NULL) IS NOT DISTINCT FROM smsengage.sent_at(r.state) AS sent, smsengage.send_time(r.state, r.at) = coalesce(smsengage.sent_at(r.state), r.at) AS either
FROM report r WHERE r.no < 5;
SELECT smsengage_internal.billed_parts(NULL, NULL), smsengage_internal.billed_parts(NULL, 3::smallint), smsengage.message_cost(NULL, 0.5, 2), smsengage.message_cost('infobip', 0.5, NULL),
	smsengage.message_cost('infobip', NULL, 2), smsengage.message_cost('native', 0.50, NULL);
DROP TABLE report, one, pair;
