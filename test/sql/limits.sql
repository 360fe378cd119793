-- What one call, account or day may take of the store: partitions, names, room
-- for what was not understood; and what one rule may ask for.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE limits_ingest;
CREATE ROLE limits_admin;
SELECT smsengage.create_store();
SELECT smsengage.grant_ingest('limits_ingest', a) FROM unnest('{A,B,C,D}'::text[]) a;
SELECT smsengage.grant_admin('limits_admin');
SELECT name, value, everyone FROM smsengage.store_limit ORDER BY 1;
INSERT INTO smsengage.store_limit VALUES ('new_name', 3, true);
UPDATE smsengage.store_limit SET value = -1 WHERE name = 'new_names';
UPDATE smsengage.store_limit SET value = 0 WHERE name = 'new_partitions';
UPDATE smsengage.store_limit SET value = 100000 WHERE name = 'past_months';
-- the owner's alone
SET ROLE limits_admin;
UPDATE smsengage.store_limit SET value = NULL;
SET ROLE limits_ingest;
SELECT * FROM smsengage.store_limit;
SELECT smsengage_internal.names_made('A', 'link_name', current_date);
RESET ROLE;

-- months -------------------------------------------------------------------
-- this month and those before it, by number: 0 is this one
CREATE FUNCTION month(ago integer) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT timezone('UTC', date_trunc('month', timezone('UTC', now())) - make_interval(months => ago)) $$;
CREATE FUNCTION clicks(name text, VARIADIC ago integer[]) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT json_agg(json_build_object('event_type', 'CLICK', 'event_time', month(a) + interval '1 hour', 'individual_id', name || a, 'link_name', 'link'))::text FROM unnest(ago) a $$;
-- by numbers of months ago; what has no end reaches to the beginning
CREATE FUNCTION parts() RETURNS TABLE (name text, since text, until integer, events bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
	p record;
BEGIN
	FOR p IN SELECT x.*, (x.partition::oid)::regclass::text AS relation FROM smsengage_internal.event_partitions() x LOOP
		name := regexp_replace(p.relation, '[0-9]{4}_[0-9]{2}', 'YYYY_MM');
		since := CASE WHEN isfinite(p.since) THEN (12 * (extract(year FROM month(0)) - extract(year FROM p.since)) + extract(month FROM month(0)) - extract(month FROM p.since))::text ELSE '-' END;
		until := 12 * (extract(year FROM month(0)) - extract(year FROM p.until)) + extract(month FROM month(0)) - extract(month FROM p.until);
		EXECUTE format('SELECT count(*) FROM %s', p.relation) INTO events;
		RETURN NEXT;
	END LOOP;
END $$;
-- a new store: one body of 322 months makes three partitions
SET ROLE limits_ingest;
SELECT (12 * (extract(year FROM now()) - 2000) + extract(month FROM now()))::integer AS months \gset
SELECT accepted - :months AS more_than_months, duplicate, rejected, ignored
FROM smsengage.submit('native', clicks('bomb', VARIADIC ARRAY(SELECT generate_series(0, :months - 1))), 'A');
RESET ROLE;
SELECT name, since, until, events > 250 AS many FROM parts();
SELECT count(*) = 12 * (extract(year FROM now()) - 2000) + extract(month FROM now()) AS all_there FROM smsengage.event;
SELECT bool_and(c.relrowsecurity AND c.relowner = (SELECT o.relowner FROM pg_class o WHERE o.oid = 'smsengage.event'::regclass)) AS closed_and_the_owners
FROM smsengage_internal.event_partitions() p JOIN pg_class c ON c.oid = p.partition;
-- the owner's go where there is room for them, too
SELECT * FROM smsengage.ingest('native', clicks('owner', 0, 1, 2, 30, 250), 'A');
SELECT smsengage_internal.make_partition(month(40)::date);
SELECT count(*) FROM parts();
-- until the owner says so
SELECT smsengage.split_past(NULL);
SELECT smsengage.split_past(month(4)::date) - :months AS more_than_months;
SELECT name, since, until, events FROM parts() WHERE since <> '-';
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);

SELECT smsengage.create_store();
SELECT smsengage.grant_ingest('limits_ingest', a) FROM unnest('{A,B,C,D}'::text[]) a;
-- a store in use, with a history of its own: old events share a partition in each gap
SELECT * FROM smsengage.ingest('native', clicks('owner', VARIADIC ARRAY(SELECT generate_series(0, 13)) || '{30,31,32,60}'), 'A');
CALL smsengage.maintain();
SELECT count(*) FROM parts();
SET ROLE limits_ingest;
SELECT * FROM smsengage.submit('native', clicks('old', 13, 14, 29, 30, 33, 59, 60, 61, 200), 'A');
RESET ROLE;
SELECT * FROM parts() WHERE name LIKE '%past%';
-- known: no more of them, and nothing waits for anything
SET ROLE limits_ingest;
SELECT * FROM smsengage.submit('native', clicks('old', VARIADIC ARRAY(SELECT generate_series(13, 300))), 'A');
RESET ROLE;
SELECT count(*) FROM parts();
-- more gaps than a call may fill: nothing is stored, and the owner can
SELECT smsengage.drop_store(true);
SELECT smsengage.create_store();
SELECT smsengage.grant_ingest('limits_ingest', a) FROM unnest('{A,B,C,D}'::text[]) a;
SELECT * FROM smsengage.ingest('native', clicks('owner', 0, 20, 40, 60, 80, 100), 'A');
SET ROLE limits_ingest;
SELECT * FROM smsengage.submit('native', clicks('gaps', 10, 30, 50, 70, 90), 'A');
SELECT * FROM smsengage.submit('native', clicks('gaps', 1, 2, 3, 4), 'A');
SELECT * FROM smsengage.submit('native', clicks('gaps', 1, 30), 'A');
RESET ROLE;
SELECT * FROM parts() WHERE events > 0;
-- the inbox is limited as well: what needs more is rejected, whole, and the owner may retry it
SELECT smsengage.inbox('native', clicks('inbox', 2, 3, 50, 70, 90, 110), 'A') > 0 AS kept;
CALL smsengage.drain_inbox();
SELECT reason FROM smsengage.rejected_event;
SELECT * FROM smsengage.retry_rejected();
SELECT count(*) FROM parts();
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);
-- other limits, for everyone or none
SELECT smsengage.create_store();
SELECT smsengage.grant_ingest('limits_ingest', a) FROM unnest('{A,B,C,D}'::text[]) a;
UPDATE smsengage.store_limit SET value = 2, everyone = true WHERE name = 'new_partitions';
UPDATE smsengage.store_limit SET value = 5, everyone = true WHERE name = 'past_months';
SELECT * FROM smsengage.ingest('native', clicks('owner', 0, 4, 6, 90), 'A');
SELECT * FROM parts();
UPDATE smsengage.store_limit SET everyone = false WHERE name IN ('new_partitions', 'past_months');
SELECT * FROM smsengage.ingest('native', clicks('owner', 1, 2, 3), 'A');
SELECT smsengage.split_past(month(100)::date) AS moved;
SELECT * FROM parts();
UPDATE smsengage.store_limit SET value = NULL WHERE name IN ('new_partitions', 'past_months');
SET ROLE limits_ingest;
SELECT * FROM smsengage.submit('native', clicks('free', 5, 7, 8, 9, 10, 100), 'A');
RESET ROLE;
SELECT count(*) FROM parts() WHERE name ~ 'YYYY';
-- retention takes event_past as it takes months
INSERT INTO smsengage.retention (account, keep) VALUES ('*', '18 months');
CALL smsengage.maintain();
SELECT name, since, until FROM parts() WHERE until > 18;
SELECT min(event_time) >= now() - interval '18 months 1 day' AS kept_only FROM smsengage.event;
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);

-- names --------------------------------------------------------------------
SELECT smsengage.create_store();
SELECT smsengage.grant_ingest('limits_ingest', a) FROM unnest('{A,B,C,D}'::text[]) a;
UPDATE smsengage.store_limit SET value = 4 WHERE name = 'new_names';
CREATE FUNCTION named(low integer, high integer) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT json_agg(json_build_object('event_type', CASE WHEN g % 3 = 0 THEN 'SENT' ELSE 'CLICK' END, 'event_time', timestamptz '2026-03-01 00:00Z' + g * interval '1 hour',
		'individual_id', 'p' || g % 5, 'link_name', 'link ' || g % 11, 'bulk_message', 'bulk ' || g % 7, 'message_id', 'm' || g, 'user_agent', CASE WHEN g % 4 = 0 THEN 'Googlebot/2.1' END))::text
	FROM generate_series(low, high) g $$;
-- the same by each way in: pages, a kept snapshot, the inbox, submit(), one by one
SELECT accepted FROM smsengage.ingest('native', named(0, 60), 'A');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT accepted FROM smsengage.ingest('native', named(0, 60), 'B');
COMMIT;
SELECT smsengage.inbox('native', named(0, 60), 'C') > 0 AS kept;
CALL smsengage.drain_inbox();
SET ROLE limits_ingest;
SELECT accepted FROM smsengage.submit('native', named(0, 60), 'D');
RESET ROLE;
SELECT sum(i.accepted) FROM generate_series(60, 0, -1) g, smsengage.ingest('native', named(g, g), 'E') i;
SELECT account, dimension, count(*) FILTER (WHERE own AND value <> '(other)') AS own, count(DISTINCT series_no) FILTER (WHERE value = '(other)') AS others, count(*) FILTER (WHERE NOT own) AS shared
FROM smsengage.series WHERE dimension <> '' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT bool_and(s.series_no = o.series_no) AS shared_with_other FROM smsengage.series s
JOIN smsengage.series o ON o.account = s.account AND o.event_type = s.event_type AND o.dimension = s.dimension AND o.value = '(other)' WHERE NOT s.own;
SELECT * FROM smsengage.doctor();
-- every name is found by segments, whatever it is counted as, in one account and in all
CREATE FUNCTION wrong_names() RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('%s %s %s %s', a, d, v, t)
	FROM (SELECT DISTINCT e.account AS a FROM smsengage.event e UNION SELECT NULL) x
	CROSS JOIN (SELECT DISTINCT n.d, n.v FROM smsengage.event e CROSS JOIN LATERAL (VALUES ('link_name', e.link_name), ('bulk_message', e.bulk_message)) n(d, v) UNION VALUES ('link_name', '(other)')) n
	CROSS JOIN unnest('{click,sent}'::text[]) t
	WHERE ARRAY(SELECT s.individual_no FROM smsengage.segment(format('%s[%s = %L] >= 2 between ''2026-03-01 05:10:00'' and ''2026-03-03 02:00:00''', t, d, v), '2026-04-01', a) s ORDER BY 1)
		<> ARRAY(SELECT e.individual_no FROM smsengage.event e
			WHERE e.event_type = upper(t) AND CASE d WHEN 'link_name' THEN e.link_name ELSE e.bulk_message END = v AND (e.account = a OR a IS NULL)
				AND e.event_time >= '2026-03-01 05:10:00Z' AND e.event_time < '2026-03-03 02:00:00Z' GROUP BY 1 HAVING count(*) >= 2 ORDER BY 1) $$;
SELECT * FROM wrong_names();
-- reports: what is not told apart is (other), and not nothing
SELECT * FROM smsengage.link_report('2026-03-01', '2026-04-01', account => 'A');
SELECT bulk_message, attempted, clicks, unique_clickers, human_clicks, human_clickers, sent_by_event_date FROM smsengage.campaign_report('2026-03-01', '2026-04-01', account => 'A');
SELECT sum(clicks) = (SELECT count(*) FROM smsengage.event WHERE event_type = 'CLICK') AS all_clicks, sum(human_clicks) = (SELECT count(*) FROM smsengage.event WHERE event_type = 'CLICK' AND user_agent IS NULL) AS all_human
FROM smsengage.link_report('2026-03-01', '2026-04-01');
SELECT link_name, sum(clicks) FROM smsengage.click_hours('2026-03-01', '2026-04-01', account => 'A') GROUP BY 1 ORDER BY 1;
SELECT kind, provider, value, events, sample_event_time IS NOT NULL AS sample FROM smsengage.drift;
-- as it was, after all that makes tallies again
CALL smsengage.fold();
SELECT * FROM smsengage.doctor();
SELECT * FROM wrong_names();
CALL smsengage.rebuild('engagement_tally');
SELECT * FROM smsengage.doctor();
-- the next day more may come; known ones stay what they are
UPDATE smsengage.series SET made_on = made_on - 1;
SELECT accepted FROM smsengage.ingest('native', named(61, 80) , 'A');
SELECT accepted FROM smsengage.ingest('native', replace(named(81, 90), 'link ', 'late '), 'A');
SELECT value, own FROM smsengage.series WHERE account = 'A' AND event_type = 'CLICK' AND dimension = 'link_name' AND value ~ 'late' ORDER BY made_on, value;
SELECT * FROM smsengage.doctor();
-- a person who is forgotten, with and without sums
SELECT sum(erased) > 0 AS erased FROM smsengage.forget(individual_id => 'p1', force => true);
SELECT sum(erased) > 0 AS erased FROM smsengage.forget(individual_id => 'p2', keep_sums => true, force => true);
SELECT * FROM smsengage.doctor();
SELECT * FROM wrong_names();
-- names that are wanted after all
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT smsengage.name_series('A');
ROLLBACK;
SELECT smsengage.name_series('A', '{link 10}');
SELECT link_name, clicks, human_clicks FROM smsengage.link_report('2026-03-01', '2026-04-01', account => 'A') WHERE link_name IN ('link 10', '(other)');
SELECT smsengage.name_series('A') > 0 AS named;
-- but for what was of a person who is forgotten
SELECT count(*) FROM smsengage.link_report('2026-03-01', '2026-04-01', account => 'A') WHERE link_name = '(other)';
SELECT count(*) FROM smsengage.campaign_report('2026-03-01', '2026-04-01', account => 'A') WHERE clicks IS NULL;
SELECT * FROM smsengage.doctor();
SELECT * FROM wrong_names();
-- a name that is called so, and a limit of none
UPDATE smsengage.store_limit SET value = 0 WHERE name = 'new_names';
SELECT accepted FROM smsengage.ingest('native', (SELECT json_agg(json_build_object('event_type', 'CLICK', 'event_time', timestamptz '2026-03-02 00:00Z', 'individual_id', 'p' || g, 'link_name', n))::text
	FROM (VALUES (1, '(other)'), (2, 'x'), (3, '(other)')) v(g, n)), 'F');
SELECT individual_id FROM smsengage.segment('click[link_name = ''(other)'']', '2026-04-01', 'F') ORDER BY 1;
SELECT individual_id FROM smsengage.segment('click[link_name = ''x'']', '2026-04-01', 'F') ORDER BY 1;
SELECT link_name, clicks FROM smsengage.link_report('2026-03-01', '2026-04-01', account => 'F');
SELECT * FROM smsengage.doctor();
-- for limited callers only
UPDATE smsengage.store_limit SET everyone = false WHERE name = 'new_names';
SELECT accepted FROM smsengage.ingest('native', named(0, 5), 'G');
SET ROLE limits_ingest;
SELECT accepted FROM smsengage.submit('native', replace(named(200, 205), 'link ', 'new '), 'D');
RESET ROLE;
SELECT account, bool_or(own), bool_and(own) FROM smsengage.series WHERE account IN ('D', 'G') AND dimension = 'link_name' AND value <> '(other)' AND made_on = timezone('UTC', now())::date GROUP BY 1 ORDER BY 1;
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);

-- what was not understood ---------------------------------------------------
SELECT smsengage.create_store();
SELECT smsengage.grant_ingest('limits_ingest', a) FROM unnest('{A,B,C,D}'::text[]) a;
UPDATE smsengage.store_limit SET value = 3000 WHERE name = 'rejected_bytes';
CREATE FUNCTION bad(low integer, high integer) RETURNS text LANGUAGE sql STABLE AS $$ SELECT json_agg(json_build_object('event_type', 'BAD' || g))::text FROM generate_series(low, high) g $$;
CREATE FUNCTION kept() RETURNS TABLE (account text, pieces bigint, kept bigint, lost bigint, within boolean) LANGUAGE sql STABLE AS $$
	SELECT c.account, (SELECT count(*) FROM (SELECT account FROM smsengage.rejected_event UNION ALL SELECT account FROM smsengage.provider_notice) x WHERE x.account = c.account), sum(c.kept_pieces)::bigint, sum(c.lost_pieces)::bigint,
		sum(c.kept_bytes) <= 3000
	FROM smsengage.rejected_count c GROUP BY 1 ORDER BY 1 $$;
SET ROLE limits_ingest;
SELECT * FROM smsengage.submit('native', bad(1, 5), 'A');
-- what comes again takes no room
SELECT * FROM smsengage.submit('native', bad(1, 5), 'A');
SELECT * FROM smsengage.submit('native', bad(1, 40) || '[{"event_type":"CLICK","event_time":"2026-03-01T00:00:00Z","individual_id":"p"}]', 'A');
SELECT * FROM smsengage.submit('native', bad(41, 50), 'A');
-- accounts are apart; one piece too large; notices count, too
SELECT * FROM smsengage.submit('native', bad(1, 2), 'B');
SELECT * FROM smsengage.submit('native', json_build_array(repeat('x', 5000), 'y')::text, 'C');
SELECT * FROM smsengage.submit('intercom', (SELECT json_agg(json_build_object('type', 'notification_event', 'topic', 'ping', 'id', 'n' || g, 'data', json_build_object('item', json_build_object('type', 'ping'))))::text FROM generate_series(1, 30) g), 'D');
RESET ROLE;
SELECT * FROM kept();
-- not for the owner
SELECT * FROM smsengage.ingest('native', bad(51, 80), 'A');
SELECT pieces > 35 AS kept FROM kept() WHERE account = 'A';
-- nothing is lost by trying again
SELECT count(*) AS before FROM smsengage.rejected_event \gset
UPDATE smsengage.store_limit SET everyone = true WHERE name = 'rejected_bytes';
SELECT retried = :before AS all_tried, still_rejected = :before AS all_rejected FROM smsengage.retry_rejected();
SELECT count(*) = :before AS all_there FROM smsengage.rejected_event;
-- for everyone
SELECT * FROM smsengage.ingest('native', bad(81, 90), 'A');
SELECT count(*) = :before AS no_more FROM smsengage.rejected_event;
-- the inbox, which holds nothing up
SELECT smsengage.inbox('native', bad(91, 99), 'A') > 0 AS kept;
CALL smsengage.drain_inbox();
SELECT * FROM smsengage.inbox;
-- it shows
SELECT metric, value > 0 AS some, numerator, denominator > numerator AS not_all, healthy FROM smsengage.health(current_date - 1, current_date + 2) WHERE metric = 'lost_share';
SELECT kind, provider, value, events FROM smsengage.drift WHERE kind = 'lost' ORDER BY provider;
-- a new day; what is over and was not lost goes
UPDATE smsengage.rejected_count SET day = day - 2;
SET ROLE limits_ingest;
SELECT * FROM smsengage.submit('native', bad(41, 42), 'A');
RESET ROLE;
SELECT count(*) FROM smsengage.rejected_event WHERE payload ~ 'BAD4[12]"';
CALL smsengage.maintain();
SELECT account, lost_pieces > 0 AS lost, day < timezone('UTC', now())::date AS over FROM smsengage.rejected_count ORDER BY 1, 3;
SELECT * FROM smsengage.doctor();

-- rules ---------------------------------------------------------------------
SELECT accepted FROM smsengage.ingest('native', (SELECT json_agg(json_build_object('event_type', 'CLICK', 'event_time', timestamptz '2026-03-01 00:00Z' + g * interval '1 hour', 'individual_id', 'p' || g % 5))::text FROM generate_series(1, 100) g), 'A');
SELECT smsengage.link_individuals('p1', 'p2', '2026-03-02Z');
SELECT smsengage.save_segment('d0', 'click >= 3 in last 2 days');
DO $$ BEGIN
	FOR i IN 1..15 LOOP
		PERFORM smsengage.save_segment('d' || i, format('in segment ''d%s'' and (in segment ''d%1$s'' or not in segment ''d%1$s'')', i - 1));
	END LOOP;
END $$;
-- three to the fifteenth ways lead to d0
SET statement_timeout = '60s';
SELECT smsengage.segment_size('in segment ''d15''', '2026-03-03'), smsengage.segment_size('in segment ''d0''', '2026-03-03');
SELECT count(*) FROM smsengage.segment('in segment ''d15''', '2026-03-03', unified => true);
SELECT only_a, both_rules, only_b FROM smsengage.segment_overlap('in segment ''d15''', 'in segment ''d14''', '2026-03-03');
SELECT count(*) FROM smsengage.entered('in segment ''d15''', '2026-03-01', '2026-03-03');
SELECT count(*) FROM smsengage.departed('in segment ''d15''', '2026-03-03', '2026-03-09');
SELECT p, smsengage.is_member(p, 'in segment ''d15''', '2026-03-03') FROM unnest('{p0,p1,nobody}'::text[]) p;
SELECT no, holds, next_change FROM smsengage.explain_membership('p0', 'in segment ''d15''', '2026-03-03');
SELECT smsengage.segment_history('p0', 'in segment ''d15''', '2026-02-01', '2026-04-01') = smsengage.segment_history('p0', 'in segment ''d0''', '2026-02-01', '2026-04-01') AS same;
-- too deep, also where the inner ones are known already
SELECT smsengage.save_segment('d16', 'in segment ''d15''');
SELECT smsengage.segment_size('in segment ''d16''', '2026-03-03');
SELECT smsengage.segment_size('in segment ''d15'' or in segment ''d16''', '2026-03-03');
SELECT smsengage.is_member('p0', 'in segment ''d15'' and in segment ''d16''', '2026-03-03');
-- a circle made by hand, which save_segment() refuses
UPDATE smsengage.segment_definition SET rule = 'in segment ''d2'' or click' WHERE name = 'd0';
SELECT smsengage.segment_size('in segment ''d3''', '2026-03-03');
SELECT smsengage.is_member('p0', 'in segment ''d3''', '2026-03-03');
SELECT smsengage.segment_history('p0', 'in segment ''d3''', '2026-02-01', '2026-04-01');
UPDATE smsengage.segment_definition SET rule = 'click >= 3 in last 2 days' WHERE name = 'd0';
-- more of them than one call keeps
SELECT count(smsengage.save_segment('s' || g, format('click >= %s', g))) FROM generate_series(1, 257) g;
SELECT smsengage.segment_size((SELECT string_agg(format('in segment ''s%s''', g), ' or ') FROM generate_series(1, 256) g), '2026-03-09');
SELECT smsengage.segment_size((SELECT string_agg(format('in segment ''s%s''', g), ' or ') FROM generate_series(1, 257) g), '2026-03-09');
-- a million periods
SELECT smsengage.segment_size((SELECT string_agg(format('click in %s of last 1000 days', g), ' or ') FROM generate_series(1, 1000) g), '2026-03-09');
SELECT smsengage.is_member('p0', (SELECT string_agg(format('click in %s of last 1000 days', 999 - g), ' or ') FROM generate_series(1, 500) g), '2026-03-09');
SELECT smsengage.segment_history('p0', (SELECT string_agg(format('click in %s of last 1000 days', 999 - g), ' or ') FROM generate_series(1, 500) g), '2026-02-01', '2026-04-01');
-- and what is asked for in earnest
SELECT smsengage.segment_size('click in 3 of last 365 days and click in 2 of last 30 days', '2026-03-09'), smsengage.is_member('p0', 'click in 3 of last 365 days', '2026-03-09');
RESET statement_timeout;
SELECT smsengage.drop_store(true);
DROP FUNCTION wrong_names(), named(integer, integer), kept(), bad(integer, integer), parts(), clicks(text, integer[]), month(integer);
DROP OWNED BY limits_ingest, limits_admin;
DROP ROLE limits_ingest, limits_admin;
