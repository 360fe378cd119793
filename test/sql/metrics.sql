-- Metrics against small data computed by hand.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/reports.sql'
\i :include
\set ECHO all
\pset format unaligned
\pset null '-'
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SELECT smsengage.create_store();

-- nothing yet: a row for each day, and no rate
SELECT day, sent, delivery_rate, delivery_rate_high, settled_share, clicks, unique_clickers, human_clicks FROM smsengage.daily_report('UTC', '2026-03-10', '2026-03-12');
SELECT count(*) AS campaigns FROM smsengage.campaign_report('2026-03-10', '2026-03-12');

-- campaign spring, sent on March 10 at 10:00
SELECT pg_temp.put('SENT', 'm1', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550101","individual_id":"p1","sender_id":"1000","price":0.05,"price_currency":"EUR"}');
SELECT pg_temp.put('DELIVERED', 'm1', '2026-03-10 10:00:04Z', '{"recipient":"+12025550101","individual_id":"p1"}');
-- m2: the receipt comes first, and everything twice
SELECT pg_temp.put('DELIVERED', 'm2', '2026-03-10 10:00:30Z', '{"recipient":"+447700900002","individual_id":"p2"}') FROM generate_series(1, 2);
SELECT pg_temp.put('SENT', 'm2', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+447700900002","individual_id":"p2","sender_id":"1000","price":0.05,"price_currency":"EUR"}') FROM generate_series(1, 2);
-- m3: no further than the operator
SELECT pg_temp.put('SENT', 'm3', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550103","individual_id":"p3","sender_id":"1000","price":0.05,"price_currency":"EUR"}');
SELECT pg_temp.put('TRANSIENT', 'm3', '2026-03-10 10:00:05Z', '{"status_class":"to_operator"}');
-- m4 failed, m5 expired, m6 open, m7 never sent
SELECT pg_temp.put('SENT', 'm4', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550104","individual_id":"p4","sender_id":"1000","price":0.07,"price_currency":"USD"}');
SELECT pg_temp.put('UNDELIVERED', 'm4', '2026-03-10 10:01Z');
SELECT pg_temp.put('SENT', 'm5', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550105","individual_id":"p5","sender_id":"1000"}');
SELECT pg_temp.put('EXPIRED', 'm5', '2026-03-11 10:00Z');
SELECT pg_temp.put('SENT', 'm6', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550106","individual_id":"p6","sender_id":"1000"}');
SELECT pg_temp.put('NOT_SENT', 'm7', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550107","individual_id":"p7","sender_id":"1000"}');
-- m8: one part of two failed, so it failed; m9: failed, then delivered
SELECT pg_temp.put('SENT', 'm8', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550108","individual_id":"p8","sender_id":"1000","parts":2}');
SELECT pg_temp.put('DELIVERED', 'm8', '2026-03-10 10:00:09Z', '{"part":0,"individual_id":"p8"}');
SELECT pg_temp.put('UNDELIVERED', 'm8', '2026-03-10 10:00:08Z', '{"part":1,"individual_id":"p8"}');
SELECT pg_temp.put('DELIVERED', 'm9', '2026-03-10 12:00Z', '{"recipient":"+12025550109","individual_id":"p9"}');
SELECT pg_temp.put('SENT', 'm9', '2026-03-10 10:00Z', '{"bulk_message":"spring","recipient":"+12025550109","individual_id":"p9","sender_id":"1000"}');
SELECT pg_temp.put('UNDELIVERED', 'm9', '2026-03-10 10:02Z');

-- nine asked for, one not sent; 4 delivered (m1 m2 m9 handset, m3 operator), m4 m8 failed, m5 expired, m6 open
\x
SELECT bulk_message, attempted, not_sent, sent, delivered, delivered_handset, delivered_operator, failed, expired, pending, unknown, not_delivered, possibly_delivered, settled, parts,
	delivery_rate, delivery_rate_low, delivery_rate_high, delivery_rate_settled, settled_share, failure_rate, handover_rate
FROM smsengage.campaign_report('2026-03-10', '2026-03-11', at => '2026-03-11 00:00Z');
\x
SELECT pg_temp.sums('2026-03-01', '2026-04-01', '2026-03-11');
SELECT message_id, outcome, is_conflicting, partly_delivered, parts, send_time, delivered_time FROM smsengage.message_summary ORDER BY 1;

-- open is pending up to the deadline, 72 hours from the quarter hour of sending, and unknown from then on
SELECT at, pending, unknown, sent FROM unnest('{2026-03-10 10:00Z,2026-03-13 09:59:59.999999Z,2026-03-13 10:00Z,2026-05-01 00:00Z}'::timestamptz[]) at,
	smsengage.sender_report('2026-03-10', '2026-03-11', at => at);
UPDATE smsengage.delivery_deadline SET deadline_hours = 24 WHERE provider = '';
SELECT at, pending, unknown FROM unnest('{2026-03-11 09:59:59Z,2026-03-11 10:00Z}'::timestamptz[]) at, smsengage.sender_report('2026-03-10', '2026-03-11', at => at);
INSERT INTO smsengage.delivery_deadline VALUES ('native', 1);
SELECT at, pending, unknown FROM unnest('{2026-03-10 10:59:59Z,2026-03-10 11:00Z}'::timestamptz[]) at, smsengage.sender_report('2026-03-10', '2026-03-11', at => at);
-- the same after folding, in a zone of quarter hours, and far away
CALL smsengage.fold();
SELECT at, pending, unknown FROM unnest('{2026-03-10 10:59:59Z,2026-03-10 11:00Z}'::timestamptz[]) at, smsengage.sender_report('2026-03-10', '2026-03-11', 'Asia/Kathmandu', at => at);
SELECT at, pending, unknown FROM unnest('{2026-03-10 10:59:59Z,2026-03-10 11:00Z}'::timestamptz[]) at, smsengage.sender_report('2026-03-10', '2026-03-11', at => at);
DELETE FROM smsengage.delivery_deadline WHERE provider = 'native';
UPDATE smsengage.delivery_deadline SET deadline_hours = 72 WHERE provider = '';
SELECT pg_temp.sums('2026-03-01', '2026-04-01', '2026-03-11');

-- a receipt that comes late moves its message, and nothing else
SELECT pg_temp.put('DELIVERED', 'm6', '2026-03-14 09:00Z', '{"individual_id":"p6"}');
SELECT delivered, pending, unknown, sent FROM smsengage.campaign_report('2026-03-10', '2026-03-11', at => '2026-03-15');
-- m10 is met by its receipt, after midnight; that it was sent the day before is told later; and a campaign, later still
SELECT pg_temp.put('DELIVERED', 'm10', '2026-03-12 00:00:10Z', '{"recipient":"+12025550110","individual_id":"p10"}');
SELECT day, sent, delivered FROM smsengage.daily_report('UTC', '2026-03-11', '2026-03-13');
SELECT pg_temp.put('SENT', 'm10', '2026-03-11 23:59:50Z', '{"recipient":"+12025550110","individual_id":"p10"}');
SELECT day, sent, delivered FROM smsengage.daily_report('UTC', '2026-03-11', '2026-03-13');
SELECT bulk_message, sent FROM smsengage.campaign_report('2026-03-11', '2026-03-13') WHERE sent > 0;
SELECT pg_temp.put('SEEN', 'm10', '2026-03-12 08:00Z', '{"recipient":"+12025550110","individual_id":"p10","bulk_message":"late"}');
SELECT bulk_message, sent, delivered FROM smsengage.campaign_report('2026-03-11', '2026-03-13') WHERE sent > 0;
SELECT pg_temp.sums('2026-03-01', '2026-04-01', '2026-03-15');
-- the deltas are gone once folded, and folding again changes nothing
CALL smsengage.fold();
SELECT count(*) FILTER (WHERE level = 0) AS deltas, min(messages) AS fewest, sum(messages) FILTER (WHERE level = 1) AS quarters, sum(messages) FILTER (WHERE level = 2) AS hours, sum(messages) FILTER (WHERE level = 3) AS days
FROM smsengage.outcome_tally;
CALL smsengage.fold();
SELECT pg_temp.sums('2026-03-01', '2026-04-01', '2026-03-15');
SELECT smsengage_internal.rebuild_outcomes();
SELECT pg_temp.sums('2026-03-01', '2026-04-01', '2026-03-15');
-- and a difference is found
UPDATE smsengage.outcome_tally SET messages = messages + 1 WHERE level = 3 AND outcome = 'expired';
SELECT level, send_cell, outcome, messages, counted FROM smsengage_internal.outcome_difference();
SELECT smsengage_internal.rebuild_outcomes();

-- cost by currency; what has no price is in no sum
SELECT price_currency, provider, price_basis, sent, delivered, priced, parts, cost, cost_delivered, wasted_cost, priced_share, cost_per_delivered, cost_per_message FROM smsengage.cost_report('2026-03-10', '2026-03-11');
-- Infobip: by part; the others by message
SELECT p, smsengage.message_cost(p, 0.01, 3) FROM unnest('{infobip,engagelab,aws,twilio,native}'::text[]) p;
SELECT country, sent, delivered FROM smsengage.country_report('2026-03-10', '2026-03-11');
SELECT sender_id, sent FROM smsengage.sender_report('2026-03-10', '2026-03-12');
-- a price that comes late
SELECT pg_temp.put('DELIVERED', 'm3', '2026-03-10 10:05Z', '{"individual_id":"p3"}');
SELECT pg_temp.put('TRANSIENT', 'm5', '2026-03-10 10:05Z', '{"price":0.5,"price_currency":"EUR"}');
SELECT price_currency, sent, priced, cost, cost_delivered, wasted_cost FROM smsengage.cost_report('2026-03-10', '2026-03-11');
SELECT pg_temp.sums('2026-03-01', '2026-04-01', '2026-03-15');

-- time to deliver of March 10: 4, 30, 300, 7200 and 342000 seconds; m8 failed and does not enter
SELECT * FROM smsengage.time_to_deliver('2026-03-10', '2026-03-11');
SELECT value, delivered_handset, p50_seconds FROM smsengage.time_to_deliver('2026-03-10', '2026-03-11', breakdown => 'country');
-- clocks that contradict each other are counted apart
SELECT pg_temp.put('SENT', 'm11', '2026-03-20 10:00Z', '{"individual_id":"p1"}'), pg_temp.put('DELIVERED', 'm11', '2026-03-20 09:59:59Z', '{"individual_id":"p1"}');
SELECT delivered_handset, measured, negative, p50_seconds, within_5_seconds, censored, p50_seconds_censored FROM smsengage.time_to_deliver('2026-03-20', '2026-03-21');

-- clicks: p1 twice, p2 once, on spring; one of nobody; p2 on another day
SELECT pg_temp.put('CLICK', 'm1', '2026-03-10 11:00Z', '{"bulk_message":"spring","individual_id":"p1","link_name":"sale"}');
SELECT pg_temp.put('CLICK', 'm1', '2026-03-10 13:00Z', '{"bulk_message":"spring","individual_id":"p1","link_name":"shop"}');
SELECT pg_temp.put('CLICK', 'm2', '2026-03-10 23:59:59.999999Z', '{"bulk_message":"spring","individual_id":"p2","link_name":"sale"}') FROM generate_series(1, 3);
SELECT pg_temp.put('CLICK', NULL, '2026-03-10 12:00Z', '{"bulk_message":"spring","link_name":"sale"}');
SELECT pg_temp.put('CLICK', 'm2', '2026-03-11 00:00Z', '{"bulk_message":"spring","individual_id":"p2","link_name":"sale"}');
SELECT pg_temp.put('CLICK', NULL, '2026-03-11 12:00Z', '{"individual_id":"p9"}');
SELECT day, clicks, unique_clickers, human_clicks, human_clickers FROM smsengage.daily_report('UTC', '2026-03-10', '2026-03-12');
SELECT bulk_message, clicks, unique_clickers FROM smsengage.campaign_report('2026-03-10', '2026-03-12');
SELECT * FROM smsengage.link_report('2026-03-10', '2026-03-12');
SELECT * FROM smsengage.click_hours('2026-03-10', '2026-03-12', 'Asia/Kathmandu');
-- folded, and without tallies of links: the same
CALL smsengage.fold();
SELECT * FROM smsengage.link_report('2026-03-10', '2026-03-12');
DELETE FROM smsengage.tally_dimension;
SELECT * FROM smsengage.link_report('2026-03-10', '2026-03-12');
SELECT bulk_message, clicks, unique_clickers FROM smsengage.campaign_report('2026-03-10', '2026-03-12');
INSERT INTO smsengage.tally_dimension VALUES ('bulk_message', '-infinity'), ('link_name', '-infinity');
-- a report and a segment count the same people
SELECT r.unique_clickers, smsengage.segment_size('click[bulk_message = ''spring''] >= 1 between ''2026-03-10'' and ''2026-03-12''', '2026-04-01') AS segment
FROM smsengage.campaign_report('2026-03-10', '2026-03-12') r WHERE r.bulk_message = 'spring';
SELECT r.link_name, r.unique_clickers, smsengage.segment_size(format('click[link_name = %L] >= 1 between ''2026-03-10'' and ''2026-03-12''', r.link_name), '2026-04-01') AS segment FROM smsengage.link_report('2026-03-10', '2026-03-12') r WHERE r.link_name IS NOT NULL;
SELECT r.day, r.event_type, r.individuals, smsengage.segment_size(format('%s >= 1 between %L and %L', lower(r.event_type), r.day, r.day + 1), '2026-04-01') AS segment
FROM smsengage.engagement_report('2026-03-10', '2026-03-13') r WHERE r.bulk_message IS NULL AND r.individuals <> smsengage.segment_size(format('%s >= 1 between %L and %L', lower(r.event_type), r.day, r.day + 1), '2026-04-01');
SELECT count(*) AS compared FROM smsengage.engagement_report('2026-03-10', '2026-03-13') WHERE bulk_message IS NULL;
-- by event date: the receipt of m6 counts on the day it came about
SELECT day, sent_by_event_date, not_sent_by_event_date, delivered_by_event_date, undelivered_by_event_date, expired_by_event_date, seen_by_event_date FROM smsengage.daily_event_report('UTC', '2026-03-10', '2026-03-15');

-- answers belong to the last message within the window: m20 at 09:00, m21 at 10:00, both to +12025550120
SELECT pg_temp.put('SENT', 'm20', '2026-03-16 09:00Z', '{"bulk_message":"one","recipient":"+12025550120","individual_id":"p20","sender_id":"+1000"}');
SELECT pg_temp.put('SENT', 'm21', '2026-03-16 10:00Z', '{"bulk_message":"two","recipient":"+12025550120","individual_id":"p20","sender_id":"2000"}');
SELECT pg_temp.put('NOT_SENT', 'm22', '2026-03-16 10:30Z', '{"bulk_message":"three","recipient":"+12025550120","individual_id":"p20"}');
SELECT pg_temp.put('REPLY', NULL, at, jsonb_build_object('recipient', '+12025550120', 'message_text', text, 'sender_id', sender))
FROM (VALUES (timestamptz '2026-03-16 08:59:59Z', 'before any', NULL), ('2026-03-16 09:00Z', 'at once', NULL), ('2026-03-16 09:59:59Z', 'to one', NULL), ('2026-03-16 10:40Z', 'to two', NULL),
	('2026-03-16 10:41Z', 'to the sender of one', '1000'), ('2026-03-16 12:59:59Z', 'to one, in time', '1000'), ('2026-03-16 13:00Z', 'to one, late', '1000'), ('2026-03-16 13:59:59.9Z', 'to two, in time', NULL),
	('2026-03-16 14:00Z', 'late', NULL), ('2026-03-16 10:50Z', 'other number', 'x')) v(at, text, sender);
SELECT pg_temp.put('UNSUBSCRIBE', NULL, '2026-03-16 10:45Z', '{"recipient":"+12025550120","keyword":"STOP","message_text":"STOP"}');
SELECT pg_temp.put('UNSUBSCRIBE', NULL, '2026-03-16 10:46Z', '{"recipient":"+12025550199","keyword":"STOP","message_text":"STOP"}');
-- the provider names the message, days later
SELECT pg_temp.put('REPLY', 'm20', '2026-03-18 10:46Z', '{"recipient":"+12025550120","message_text":"named"}');
SELECT event_time, event_type, message_text, bulk_message FROM smsengage.attributed_answers('2026-03-16', '2026-03-19') ORDER BY 1;
SELECT bulk_message, sent, not_sent, replies, unsubscribes FROM smsengage.campaign_report('2026-03-16', '2026-03-19');
SELECT bulk_message, replies, unsubscribes FROM smsengage.campaign_report('2026-03-16', '2026-03-19', attribution => '1 minute');
SELECT bulk_message, replies FROM smsengage.campaign_report('2026-03-16', '2026-03-19', attribution => '0') WHERE replies > 0;
-- spread or not, the sum is that of the day
SELECT sum(replies), sum(unsubscribes) FROM smsengage.daily_report('UTC', '2026-03-16', '2026-03-19');

-- only one account
SELECT smsengage.ingest('native', '{"event_type":"SENT","message_id":"m1","event_time":"2026-03-10T10:00:00Z","account":"other","bulk_message":"spring","individual_id":"p1"}');
SELECT a.account, r.sent FROM (VALUES ('shop'), ('other'), ('none'), (NULL)) a(account), LATERAL smsengage.daily_report('UTC', '2026-03-10', '2026-03-11', a.account) r;

-- errors
SELECT * FROM smsengage.daily_report('Mars/Olympus');
SELECT * FROM smsengage.daily_report(NULL);
SELECT * FROM smsengage.daily_report('UTC', '2026-03-10', '2026-03-10');
SELECT * FROM smsengage.campaign_report('2026-03-10', '2026-03-09');
SELECT * FROM smsengage.campaign_report('0001-01-01', '2026-03-09');
SELECT * FROM smsengage.campaign_report('2026-03-10', '2026-03-11', attribution => '-1 hour');
SELECT * FROM smsengage.time_to_deliver(breakdown => 'colour');
SELECT * FROM smsengage_internal.outcome_counts(NULL, NULL, now());
UPDATE smsengage.delivery_deadline SET deadline_hours = 0;
SELECT smsengage_internal.rate(1, 0) AS none, smsengage_internal.rate(0, 7) AS zero, smsengage_internal.rate(2, 3) AS rate, smsengage_internal.rate(NULL, 3) AS unknown;
SELECT smsengage.drop_store(true);

-- days of zones: three days about each change of the clock, a message and a click every 13 minutes, against plain SQL
SELECT smsengage.create_store();
CREATE TEMP TABLE moment AS
SELECT d.zone, t.at FROM (VALUES ('Europe/Berlin', date '2026-03-28'), ('Europe/Berlin', '2026-10-24'), ('America/Havana', '2024-11-02'), ('Atlantic/Azores', '2026-10-24'), ('America/Santiago', '2026-04-04'),
	('America/Santiago', '2026-09-05'), ('Africa/Cairo', '2026-04-23'), ('Australia/Lord_Howe', '2026-04-04'), ('Asia/Kathmandu', '2026-05-01'), ('Australia/Eucla', '2026-05-01'), ('Pacific/Apia', '2011-12-29'), ('UTC', '2026-05-01')) d(zone, day),
	LATERAL generate_series(d.day::timestamptz - interval '14 hours', d.day::timestamptz + interval '86 hours', '13 minutes') t(at);
SELECT sum(i.accepted) AS stored, sum(i.rejected) AS rejected
FROM (SELECT string_agg(json_build_object('event_type', y.type, 'message_id', zone || at, 'event_id', y.type || zone || at, 'event_time', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'individual_id', extract(epoch FROM at)::bigint % 31, 'account', zone)::text, E'\n') AS payload
	FROM moment, (VALUES ('SENT'), ('CLICK')) y(type) GROUP BY zone) p, LATERAL smsengage.ingest('native', p.payload) i;
CREATE FUNCTION pg_temp.compare() RETURNS TABLE (zone text, days bigint, hours text, messages numeric, differences bigint)
LANGUAGE sql
AS $$
	SELECT z.zone, count(*), string_agg(DISTINCT (extract(epoch FROM n.next - r.day_start) / 3600)::numeric(5,2)::text, ' '), sum(r.sent),
		count(*) FILTER (WHERE (r.sent, r.clicks, r.unique_clickers) IS DISTINCT FROM (p.sent, p.clicks, p.clickers))
	FROM (SELECT zone, min((at AT TIME ZONE zone)::date) AS since, max((at AT TIME ZONE zone)::date) + 1 AS until FROM moment GROUP BY zone, date_trunc('month', at + interval '3 days')) z,
		LATERAL smsengage.daily_report(z.zone, z.since, z.until, z.zone) r,
		LATERAL (SELECT smsengage_internal.day_start(r.day + 1, z.zone) AS next) n,
		LATERAL (SELECT count(*) AS sent, count(*) AS clicks, count(DISTINCT extract(epoch FROM at)::bigint % 31) AS clickers FROM moment m WHERE m.zone = z.zone AND (m.at AT TIME ZONE z.zone)::date = r.day) p
	GROUP BY z.zone, z.since ORDER BY 1, z.since
$$;
SELECT * FROM pg_temp.compare();
CALL smsengage.fold();
SELECT * FROM pg_temp.compare() WHERE differences > 0;
SELECT smsengage.drop_store(true);

-- funnel: sent, delivered, clicked, within a time
CREATE TEMP TABLE step (who integer, type text, at timestamptz);
INSERT INTO step VALUES (1, 'SENT', '2026-01-01 10:00Z'), (1, 'DELIVERED', '2026-01-01 10:01Z'), (1, 'CLICK', '2026-01-01 11:00Z'),
	(2, 'CLICK', '2026-01-01 11:00Z'), (2, 'DELIVERED', '2026-01-01 10:01Z'), (2, 'SENT', '2026-01-01 10:00Z'),
	(3, 'DELIVERED', '2026-01-01 10:00Z'), (3, 'SENT', '2026-01-01 10:01Z'), (3, 'CLICK', '2026-01-01 10:02Z'),
	(4, 'SENT', '2026-01-01 10:00Z'), (4, 'DELIVERED', '2026-01-01 10:00Z'), (4, 'CLICK', '2026-01-01 10:00Z'),
	(5, 'SENT', '2026-01-01 10:00Z'), (5, 'DELIVERED', '2026-01-01 10:01Z'), (5, 'CLICK', '2026-01-01 11:00:00.000001Z'),
	(6, 'SENT', '2026-01-01 08:00Z'), (6, 'SENT', '2026-01-01 10:00Z'), (6, 'DELIVERED', '2026-01-01 10:05Z'), (6, 'CLICK', '2026-01-01 10:30Z'),
	(7, 'REPLY', '2026-01-01 10:00Z'), (8, 'SENT', '2026-01-01 10:00Z'), (8, NULL, '2026-01-01 10:00Z'), (8, 'DELIVERED', NULL);
-- 3: the click came after the delivery that came before the sending; 5: a microsecond late; 6: counts from the later sending
SELECT who, smsengage.funnel(type, at, '{SENT,DELIVERED,CLICK}', '1 hour') AS in_an_hour, smsengage.funnel(type, at, '{SENT,DELIVERED,CLICK}', NULL) AS ever,
	smsengage.funnel(type, at, '{SENT,DELIVERED,CLICK}', '0') AS at_once, smsengage.funnel(type, at, '{SENT,SENT}', NULL) AS sent_twice FROM step GROUP BY who ORDER BY who;
SELECT smsengage.funnel(type, at, '{SENT}', NULL) AS of_nothing FROM step WHERE false;
SELECT smsengage.funnel(type, at, '{}', NULL) FROM step;
SELECT smsengage.funnel(type, at, '{SENT,NULL}', NULL) FROM step;
SELECT smsengage.funnel(type, at, NULL, NULL) FROM step;
SELECT smsengage.funnel(type, at, array_fill('SENT'::text, '{33}'), NULL) FROM step;
SELECT smsengage.funnel(type, at, '{SENT}', '1 month') FROM step;
SELECT smsengage.funnel(type, at, '{SENT}', '-1 second') FROM step;
SELECT smsengage_internal.funnel_add(NULL, 'SENT', now(), '{SENT}', NULL);
-- a hundred thousand people in two processes and in one: the same
CREATE TEMP TABLE reached (way integer, steps integer, people bigint);
CREATE TABLE public.funnel_step AS SELECT n % 20000 AS who, (ARRAY['SENT', 'DELIVERED', 'CLICK', 'REPLY'])[1 + (hashint4(n) & 3)] AS type, timestamptz '2026-01-01Z' + (hashint4(n + 7) & 65535) * interval '1 second' AS at
FROM generate_series(1, 200000) n;
SET max_parallel_workers_per_gather = 0;
INSERT INTO reached SELECT 1, f.steps, count(*) FROM (SELECT smsengage.funnel(type, at, '{SENT,DELIVERED,CLICK,REPLY}', '3 hours') AS steps FROM public.funnel_step GROUP BY who) f GROUP BY 2;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT smsengage.funnel(type, at, '{SENT,DELIVERED,CLICK,REPLY}', '3 hours') AS steps FROM public.funnel_step GROUP BY who;
INSERT INTO reached SELECT 2, f.steps, count(*) FROM (SELECT smsengage.funnel(type, at, '{SENT,DELIVERED,CLICK,REPLY}', '3 hours') AS steps FROM public.funnel_step GROUP BY who) f GROUP BY 2;
SELECT steps, min(people) > 0 AS some, count(*) AS ways FROM reached GROUP BY steps, people ORDER BY steps;
-- the whole table is one funnel, too
SELECT smsengage.funnel(type, at, '{SENT,DELIVERED,CLICK,REPLY}', '1 day') FROM public.funnel_step;
DROP TABLE public.funnel_step;
