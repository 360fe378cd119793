-- Random clicks, reports in any order and rules: what reports take for a click
-- by a machine must be what the plain definition says.  MACHINE_ROUNDS makes a
-- longer run, MACHINE_SEED another one.
\getenv rounds MACHINE_ROUNDS
\if :{?rounds} \else \set rounds 20 \endif
\getenv seed MACHINE_SEED
\if :{?seed} \else \set seed 0.2 \endif
\echo seed :seed
SET timezone = 'UTC';
SET client_min_messages = warning;
SELECT smsengage.create_store();
SELECT setseed(:seed) \g /dev/null

CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
AS $$ SELECT choices[1 + floor(random() * cardinality(choices))::int] $$;
CREATE FUNCTION dice(sides int) RETURNS int LANGUAGE sql VOLATILE
AS $$ SELECT floor(random() * sides)::int $$;
-- about midnight, many where quarter hours begin, or within one
CREATE FUNCTION random_instant() RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$ SELECT timestamptz '2026-03-10 23:15Z' + dice(7) * interval '15 minutes' + dice(2) * interval '7 minutes' + (dice(7) - 3) * interval '250 ms' + CASE dice(4) WHEN 0 THEN dice(900) * interval '1 second' ELSE '0' END $$;
-- few messages and people, so that they meet; reports may name another person, a part, a time of sending, or nobody
CREATE FUNCTION random_event() RETURNS json LANGUAGE sql VOLATILE AS $$
	SELECT json_strip_nulls(json_build_object('event_type', t.type, 'event_time', to_char(random_instant() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'event_id', dice(1000000), 'account', m.account, 'message_id', CASE WHEN dice(20) > 0 THEN 'm' || m.no END,
		'individual_id', CASE WHEN t.type <> 'CLICK' AND m.no % 4 = 0 OR dice(8) = 0 THEN NULL WHEN dice(8) = 0 THEN 'p' || dice(40) ELSE 'p' || m.no END,
		'recipient', CASE WHEN m.no % 4 > 0 AND dice(3) = 0 THEN '+1202555010' || m.no % 10 END,
		'part', CASE WHEN dice(8) = 0 THEN dice(3) END,
		'sent_time', CASE WHEN t.type <> 'CLICK' AND dice(6) = 0 THEN to_char(random_instant() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END,
		'channel', CASE WHEN t.type <> 'CLICK' THEN pick('SMS', 'VIBER', NULL, NULL, NULL) END,
		'user_agent', CASE WHEN t.type = 'CLICK' THEN pick('phone', 'phone', 'phone', 'phone', 'Googlebot/2.1', repeat('x', 260) || ' curlbot', NULL) END))
	FROM (SELECT pick('CLICK', 'CLICK', 'CLICK', 'SENT', 'DELIVERED', 'DELIVERED', 'UNDELIVERED', 'TRANSIENT', 'SEEN', 'REPLY') AS type) t,
		(SELECT n AS no, pick('a', 'a', 'b') AS account FROM dice(40) n) m
$$;

CREATE FUNCTION plain_marks(since timestamptz, until timestamptz) RETURNS TABLE (event_time timestamptz, event_key bigint, rule_name text) LANGUAGE sql STABLE AS $$
	WITH click AS MATERIALIZED (
		SELECT e.*, coalesce(nullif(e.individual_no, 0)::text, CASE WHEN e.message_id IS NOT NULL THEN e.message_key::text END) AS who
		FROM smsengage.event e WHERE e.event_type = 'CLICK' AND coalesce(e.part, 0) = 0
	), mark AS (
		SELECT c.event_time, c.event_key, r.rule_name FROM click c JOIN smsengage.machine_click_rule r ON r.enabled AND r.kind = 'agent' AND c.user_agent ~* r.agent_pattern
		UNION ALL
		SELECT c.event_time, c.event_key, r.rule_name
		FROM click c
		JOIN smsengage.message m ON m.message_key = c.message_key
		JOIN smsengage.machine_click_rule r ON r.enabled AND r.kind = 'delay'
			AND c.event_time >= smsengage_internal.arrived_at(m.state) AND c.event_time < smsengage_internal.arrived_at(m.state) + make_interval(secs => r.seconds::double precision)
		WHERE c.individual_no = 0 OR EXISTS (
			SELECT FROM smsengage.event k
			WHERE k.message_key = c.message_key AND k.status_class IS NOT NULL AND smsengage_internal.arrived_at(m.state) IN (k.event_time, k.sent_time) AND k.individual_no IN (0, c.individual_no))
		UNION ALL
		SELECT c.event_time, c.event_key, r.rule_name
		FROM click c
		JOIN smsengage.machine_click_rule r ON r.enabled AND r.kind = 'burst'
		-- some n clicks of whom this is one, first to last within seconds
		WHERE EXISTS (
			SELECT FROM click f
			WHERE f.who = c.who AND (f.event_time, f.event_key) <= (c.event_time, c.event_key)
				AND (SELECT count(*) FROM click x WHERE x.who = c.who AND (x.event_time, x.event_key) >= (f.event_time, f.event_key) AND (x.event_time, x.event_key) < (c.event_time, c.event_key)) < r.clicks
				AND (SELECT y.event_time FROM click y WHERE y.who = c.who AND (y.event_time, y.event_key) >= (f.event_time, f.event_key)
					ORDER BY y.event_time, y.event_key OFFSET r.clicks - 1 LIMIT 1) <= f.event_time + make_interval(secs => r.seconds::double precision))
	)
	SELECT m.event_time, m.event_key, min(m.rule_name) FROM mark m WHERE m.event_time >= since AND m.event_time < until GROUP BY 1, 2
$$;

CREATE TABLE result (round int, marked bigint, early bigint, differences bigint);
CREATE PROCEDURE play(rounds int) LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz;
	until timestamptz;
BEGIN
	FOR round IN 1..rounds LOOP
		PERFORM smsengage.ingest('native', (SELECT json_agg(random_event()) FROM generate_series(1, 60)));
		IF dice(5) = 0 THEN
			CALL smsengage.fold();
		END IF;
		UPDATE smsengage.machine_click_rule SET enabled = CASE kind WHEN 'delay' THEN dice(8) ELSE dice(3) END > 0;
		UPDATE smsengage.machine_click_rule SET seconds = pick('0.5', '1', '1', '2', '60', '400')::numeric WHERE kind = 'delay';
		UPDATE smsengage.machine_click_rule SET seconds = pick('0.5', '2', '60')::numeric, clicks = 2 + dice(3) WHERE kind = 'burst';
		since := pick('-infinity', random_instant()::text)::timestamptz;
		until := pick('infinity', random_instant()::text)::timestamptz;
		INSERT INTO result
		SELECT round, count(*), count(*) FILTER (WHERE coalesce(p.rule_name, m.rule_name) = 'delay'),
			count(*) FILTER (WHERE p.event_key IS NULL OR m.event_key IS NULL OR p.rule_name <> m.rule_name)
		FROM plain_marks(since, until) p FULL JOIN smsengage_internal.clicks_by_machines(since, until) m USING (event_time, event_key);
		COMMIT;
	END LOOP;
END
$$;
CALL play(:rounds);
SELECT * FROM result WHERE differences > 0;
SELECT sum(marked) > 50 AS many_marked, sum(early) > 5 AS many_early FROM result;
SELECT count(*) FROM smsengage.doctor();
SELECT smsengage.drop_store(true);
