-- The ends of time: what lies beyond them is refused or clipped, and wraps
-- nowhere (make ubsan traps where it does).
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = smsengage, smsengage_internal, public;
CREATE FUNCTION pg_temp.outcome(statement text, VARIADIC at timestamptz[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE statement INTO result USING at[1], at[2];
	RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE TEMP TABLE instant (n serial, at timestamptz);
INSERT INTO instant (at) VALUES ('-infinity'), ('4714-11-24 00:00Z BC'), ('4714-11-25 00:00Z BC'), ('0001-01-01Z'), ('1999-12-26 23:59:59.999999Z'), ('2026-01-01 00:00Z'),
	('9999-12-31 23:59:59.999999Z'), ('10003-06-01Z'), ('294276-12-31 00:00Z'), ('294276-12-31 00:15Z'), ('294276-12-31 23:59:59.999999Z'), ('infinity');

-- cells, and the quarter hours of a day
SELECT i.at, l AS level, pg_temp.outcome(format('SELECT cell_start(%s, $1)', l), i.at) AS starts, pg_temp.outcome(format('SELECT cell_end(%s, $1)', l), i.at) AS ends
FROM instant i, unnest('{1,6}'::int[]) l WHERE i.n <> ALL ('{5,6}') ORDER BY i.n, l;
SELECT i.at, q.n, pg_temp.outcome(q.q, i.at) FROM instant i, (VALUES
	(1, 'SELECT string_agg((c.cell_start, c.tally)::text, '' '') FROM quarter_hour_cells(0, $1, ''{0:{1},95:{2}}'', ''{}'') c'),
	(2, 'SELECT string_agg((m.individual_no, m.cell_start)::text, '' '') FROM same_quarter_hour(0, $1, ''{"{0:{1},95:{2}}"}'', ''{"{0:{1},95:{2}}"}'') m'),
	(3, 'SELECT day_tally($1, ''{1}'')'),
	(4, 'SELECT count_day($1, 1)'),
	(5, 'SELECT day_tally_outside(''{0:{1},95:{2}}'', $1, ''-infinity'', ''infinity'')'),
	(6, 'SELECT tally(''{0:{1},95:{2}}''::day_tally, $1, ''-infinity'', ''infinity'')'),
	(7, 'SELECT length(quarter_hour_set(''{1,2}'', ARRAY[$1, $1]))')) q (n, q)
WHERE i.n = ANY ('{1,2,9,10,11,12}') ORDER BY q.n, i.n;
SELECT a.at AS since, b.at AS until, pg_temp.outcome('SELECT (count(*), min(c.level), max(c.level), min(c.first_cell), max(c.last_cell)) FROM window_cells($1, $2) c', a.at, b.at)
FROM instant a, instant b WHERE a.n = ANY ('{1,2,3,6,8,9}') AND b.n = ANY ('{6,8,9,10,12}') ORDER BY a.n, b.n;
SELECT pg_temp.outcome('SELECT length(quarter_hour_set(''{1,2}'', ARRAY[$1, $2]))', '4714-11-25 00:00Z BC', '294276-12-31 00:00Z');

-- windows of rules
SELECT r AS rule, i.at, pg_temp.outcome(format('SELECT rule_window(%L, 1, $1)', r), i.at)
FROM unnest(ARRAY['click in last 30 days', 'click more than 1000 years ago', 'click in this week', 'click in previous year at time zone ''Asia/Kathmandu''',
	'click since ''9999-12-31 23:59:59.999999-15:59''', 'click before ''0001-01-01 00:00+15:59''', 'click in 1 of last 1000 months']) WITH ORDINALITY r (r, n), instant i
WHERE i.n = ANY ('{1,2,3,11,12}') ORDER BY r.n, i.n;
-- sets and people
SELECT create_store();
SELECT ingest('native', '[{"event_type":"CLICK","event_id":"1","event_time":"2026-01-01T00:00:00Z","individual_id":"a","recipient":"+12025550101"},'
	'{"event_type":"SENT","event_id":"2","event_time":"2026-01-01T00:00:00Z","individual_id":"a","recipient":"+12025550101"}]');
CALL fold();
SELECT r AS rule, i.at, pg_temp.outcome(format('SELECT segment_size(%L, $1)', r), i.at) AS size, pg_temp.outcome(format('SELECT count(*) FROM segment(%L, $1)', r), i.at) AS members,
	pg_temp.outcome(format('SELECT is_member(1, %L::segment_rule, $1)', r), i.at) AS member,
	pg_temp.outcome(format('SELECT string_agg((e.holds, e.next_change)::text, '' '' ORDER BY e.no) FROM explain_membership(''a'', %L, $1) e', r), i.at) AS explained
FROM unnest(ARRAY['click >= 1', 'not click', 'click in last 30 days', 'click more than 1 year ago', 'sent then click within 1000 years', 'sent not followed by click within 1 minute']) WITH ORDINALITY r (r, n), instant i
ORDER BY r.n, i.n;
SELECT a.at AS since, b.at AS until, pg_temp.outcome('SELECT segment_changes(1, ''click in last 30 days'', $1, NULL, false, $2)', a.at, b.at) AS rolling,
	pg_temp.outcome('SELECT segment_changes(1, ''click since ''''2026-01-02'''' or sent before ''''9000-01-01'''''', $1, NULL, false, $2)', a.at, b.at) AS fixed
FROM instant a, instant b WHERE a.n = ANY ('{1,2,3,6,9}') AND b.n = ANY ('{6,9,11,12}') ORDER BY a.n, b.n;
SELECT a.at AS since, b.at AS until, pg_temp.outcome('SELECT count(*) FROM segment_change(''known'', $1, $2)', a.at, b.at) AS known, pg_temp.outcome('SELECT count(*) FROM segment_change(''click'', $1, $2)', a.at, b.at) AS clicked
FROM instant a, instant b WHERE a.n = ANY ('{1,2,6,11,12}') AND b.n = ANY ('{2,6,9,11,12}') ORDER BY a.n, b.n;
SELECT i.at, pg_temp.outcome('SELECT segment_overlap(''known'', ''click'', $1)', i.at) FROM instant i ORDER BY i.n;
-- the last number of all is in no group of chunks
SELECT n, pg_temp.outcome(format('SELECT is_member(%s, ''click >= 1''::segment_rule, $1)', n), '2026-02-01Z') FROM unnest('{1,0,-1,140737488355327,140737421246464,140737488355328,9223372036854775807}'::bigint[]) n;

-- arrivals: an event without a clock happened then
CREATE TABLE public.arrived AS SELECT '{"event_type":"CLICK"}'::text AS payload;
SELECT i.at, pg_temp.outcome('SELECT string_agg((p.outcome, p.event_time, p.reason)::text, '' '') FROM parse(''native'', ''{"event_type":"CLICK","individual_id":"a"}'', NULL, $1) p', i.at) AS parsed,
	pg_temp.outcome('SELECT (SELECT count(*) FROM batch_events(b, ''{1}'', ARRAY(SELECT digest FROM batch_identities(b)))) FROM batch(''native'', ''{"event_type":"CLICK","individual_id":"a"}''::text, NULL, $1) b', i.at) AS rows
FROM instant i ORDER BY i.n;
SELECT i.at, pg_temp.outcome('SELECT batch_all(''native'', ARRAY[''{"event_type":"CLICK"}''::bytea], NULL, ARRAY[$1])', i.at) AS read,
	pg_temp.outcome('SELECT batch_all(''native'', ARRAY[''{"event_type":"CLICK"}''::bytea], NULL, ARRAY[$1], ''unread'')', i.at) AS unread,
	pg_temp.outcome('SELECT batch_from(''native'', ''public.arrived'', ''payload'', NULL, $1, NULL, 1, 1)', i.at) AS from_a_table
FROM instant i WHERE i.n = ANY ('{1,2,4,6,7,8,12}') ORDER BY i.n;
DROP TABLE public.arrived;
INSERT INTO inbox (provider, payload, received_at) SELECT 'native', convert_to(format('{"event_type":"CLICK","individual_id":"a","link_name":"%s"}', i.n), 'UTF8'), i.at FROM instant i;
CALL drain_inbox();
SELECT payload, reason FROM rejected_event ORDER BY payload COLLATE "C";
SELECT event_time, link_name FROM event WHERE time_source = 'arrival' ORDER BY 1;
-- a source is full of wrong times: what it had taken stays
SELECT segment_size('click >= 2', '9999-12-31 23:59Z'), segment_size('click >= 2', '10003-01-01Z'), segment_size('click >= 2', '294276-01-01Z');
SELECT * FROM doctor();
-- until when an answer of the gate may change
SELECT i.at, pg_temp.outcome('SELECT count(*) FROM moments_for_all(''{+12025550101}'', $1)', i.at) FROM instant i ORDER BY i.n;
SELECT drop_store(true);

-- when a message was sent, and what it counts for: by its state, or by its first event
SELECT i.at, pg_temp.outcome('SELECT send_time(delivery_report(''delivered'', 1, $1), ''2026-01-01Z'')', i.at) AS by_state,
	pg_temp.outcome('SELECT send_time(delivery_report(''undelivered'', 1, ''2026-01-01Z''), $1)', i.at) AS by_first,
	pg_temp.outcome('SELECT f.send_cell FROM outcome_facts(delivery_report(''delivered'', 1, ''2026-01-01Z''), $1, 1::smallint, 1, ''native'', ''SMS'', NULL, NULL, NULL, ''EUR'', NULL) f', i.at) AS cell,
	pg_temp.outcome('SELECT r.first_time FROM report_message(''00000000-0000-0000-0000-000000000001'', $1, 1, 1::smallint, '''', ''native'', ''m'', NULL, NULL, ''SMS'', NULL, NULL, 1, ''EUR'', NULL,
		delivery_report(''delivered'', 1, ''2026-01-01Z'')) r', i.at) AS reported
FROM instant i ORDER BY i.n;

-- quiet hours, reports of delivery
SELECT i.at, pg_temp.outcome('SELECT quiet_until(''+12025550101'', NULL, NULL, $1, ''{18:00}'', ''{08:00}'')', i.at) AS quiet, pg_temp.outcome('SELECT quiet_until(NULL, ''Pacific/Kiritimati'', NULL, $1, ''{00:00}'', ''{24:00}'')', i.at) AS always,
	pg_temp.outcome('SELECT delivery_report(''sent'', 1, $1)', i.at) AS report,
	pg_temp.outcome('SELECT event_state(''native'', 4::smallint, NULL, NULL, NULL, NULL, $1, $1, NULL)', i.at) AS state
FROM instant i WHERE i.n <> ALL ('{5,8}') ORDER BY i.n;
-- what there is of the kind: who adds one, adds it above
SELECT p.oid::regprocedure AS takes_an_instant FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND l.lanname = 'c' AND ('timestamptz'::regtype = ANY (p.proargtypes) OR 'timestamptz[]'::regtype = ANY (p.proargtypes))
ORDER BY p.oid::regprocedure::text COLLATE "C";
