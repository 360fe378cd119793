-- Clicks by machines: link previews and scanners open links as people do.
-- Every click is kept; what made it is decided when it is read, by the rules
-- as they stand, so that a changed rule re-labels what was stored before.

CREATE FUNCTION smsengage.machine_click_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	fresh boolean := to_regclass('smsengage.machine_click_rule') IS NULL;
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.machine_click_rule (
		rule_name text COLLATE "C" CONSTRAINT machine_click_rule_pkey PRIMARY KEY,
		kind text COLLATE "C" NOT NULL,
		agent_pattern text,
		clicks integer,
		seconds numeric(12,3),
		enabled boolean NOT NULL DEFAULT true,
		note text,
		CONSTRAINT machine_click_rule_check CHECK (
			kind = 'agent' AND agent_pattern <> '' AND clicks IS NULL AND seconds IS NULL AND 'x' ~* agent_pattern IS NOT NULL
			OR kind = 'burst' AND agent_pattern IS NULL AND clicks >= 2 AND seconds >= 0 AND clicks IS NOT NULL AND seconds IS NOT NULL
			OR kind = 'delay' AND agent_pattern IS NULL AND clicks IS NULL AND seconds > 0 AND seconds IS NOT NULL)
	);
	IF fresh THEN
		INSERT INTO smsengage.machine_click_rule (rule_name, kind, agent_pattern, clicks, seconds, note)
		VALUES
			('agent: bot', 'agent', E'\\m\\w*(bot|crawler|spider|scanner)\\M', NULL, NULL, 'names itself a robot: bitlybot, Googlebot, Twitterbot, ...'),
			('agent: preview', 'agent', 'facebookexternalhit|whatsapp/|telegrambot|skypeuripreview|google-pagerenderer|googlemessages|bingpreview|link ?preview', NULL, NULL, 'draws the preview of a link'),
			('agent: program', 'agent', E'^(curl|wget|python|java|go-http-client|okhttp|libwww|axios|node)\\M|headless', NULL, NULL, 'a program without a person'),
			('burst', 'burst', NULL, 3, 2, 'several clicks at once'),
			('delay', 'delay', NULL, NULL, 1, 'sooner after delivery than a person can read')
		ON CONFLICT DO NOTHING;
	END IF;
	PERFORM smsengage.describe('smsengage.machine_click_rule', 'What tells clicks by machines. May be edited at any time: reports follow at once, for the past as well.', $c$
		rule_name: Name of the rule; a click by several is labelled with the first
		kind: agent: user_agent matches agent_pattern; burst: clicks of one person (of one message, if nobody is known) within seconds; delay: sooner than seconds after the delivery, or the sending where no delivery is known, as a report of the same person, or of nobody, says
		agent_pattern: Regular expression, upper and lower case alike
		clicks: How many clicks make a burst
		seconds: Length of the burst, or of the delay
		enabled: Whether the rule is in use
		note: Why$c$);
END
$$;
COMMENT ON FUNCTION smsengage.machine_click_tables() IS 'Makes the table of rules that is missing, with rules to begin with. Used by migrate().';

CREATE FUNCTION smsengage.machine_agents(since timestamptz, until timestamptz)
RETURNS TABLE (agent_start text, is_whole boolean, rule_name text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- from one agent to the next by the index, and not through all clicks
SET enable_sort = off
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	agents text[];
BEGIN
	IF NOT EXISTS (SELECT 1 FROM smsengage.machine_click_rule r WHERE r.kind = 'agent' AND r.enabled) THEN
		RETURN;
	END IF;
	IF smsengage.store_is_distributed() THEN
		-- each shard its own
		agents := ARRAY(
			SELECT DISTINCT left(e.user_agent, 250) COLLATE "C"
			FROM smsengage.event e
			WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND left(e.user_agent, 250) IS NOT NULL);
	ELSE
		WITH RECURSIVE agent AS (
			(SELECT left(e.user_agent, 250) COLLATE "C" AS name
			FROM smsengage.event e
			WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND left(e.user_agent, 250) IS NOT NULL
			ORDER BY 1
			LIMIT 1)
			UNION ALL
			SELECT n.name
			FROM agent a
			CROSS JOIN LATERAL (
				SELECT left(e.user_agent, 250) COLLATE "C" AS name
				FROM smsengage.event e
				WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND left(e.user_agent, 250) COLLATE "C" > a.name
				ORDER BY 1
				LIMIT 1
			) n
		)
		SELECT array_agg(a.name) INTO agents FROM agent a;
	END IF;
	RETURN QUERY
	SELECT a.name, length(a.name) < 250, min(r.rule_name)
	FROM unnest(agents) a(name)
	LEFT JOIN smsengage.machine_click_rule r ON r.kind = 'agent' AND r.enabled AND a.name ~* r.agent_pattern
	WHERE length(a.name) = 250 OR r.rule_name IS NOT NULL
	GROUP BY a.name;
END
$$;
COMMENT ON FUNCTION smsengage.machine_agents(timestamptz, timestamptz) IS 'The agents of clicks in [since, until) that a rule of that kind names, by their first 250 characters; those that are longer are to be looked at one by one (is_whole false). Used by machine_marks().';

CREATE FUNCTION smsengage.burst_people(since timestamptz, until timestamptz)
RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	clicks integer;
	days timestamptz[];
	first_day timestamptz;
	last_day timestamptz;
BEGIN
	-- a burst of up to a day lies in two days side by side
	SELECT min(r.clicks) INTO clicks FROM smsengage.machine_click_rule r WHERE r.kind = 'burst' AND r.enabled HAVING max(r.seconds) <= 86400;
	SELECT min(e.event_time), max(e.event_time) INTO first_day, last_day
	FROM smsengage.event e WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until;
	IF clicks IS NULL OR first_day IS NULL OR last_day - first_day > interval '10 years' THEN
		RETURN NULL;
	END IF;
	first_day := smsengage.cell_start(3, first_day);
	days := ARRAY(SELECT first_day + make_interval(hours => 24 * n) FROM generate_series(0, ceil(extract(epoch FROM last_day - first_day) / 86400)::integer + 1) n);
	RETURN (
		WITH cell AS MATERIALIZED (
			SELECT c.bucket, c.chunk, c.tally, c.anonymous FROM smsengage.cell_sums(days, '{CLICK}', '', NULL, true) c
		)
		SELECT coalesce(array_agg(DISTINCT m.individual_no), '{}')
		FROM (
			SELECT smsengage.chunk_start(p.chunk) + o.offset_no AS individual_no
			FROM (
				SELECT d.day, c.chunk, smsengage.at_least(smsengage.sum(c.tally), clicks) AS many
				FROM cell c
				CROSS JOIN LATERAL (VALUES (c.bucket), (c.bucket - 1)) d(day)
				WHERE c.chunk >= 0
				GROUP BY 1, 2
			) p
			CROSS JOIN LATERAL smsengage.entries(p.many) o
			UNION ALL
			SELECT 0 FROM cell c WHERE c.anonymous <> 0
		) m);
END
$$;
COMMENT ON FUNCTION smsengage.burst_people(timestamptz, timestamptz) IS 'The people who clicked often enough within two days to have made a burst in [since, until), by the tallies, and 0 if nobody is known of some clicks; NULL where a rule asks for more than a day, or there is no click: then all have to be looked at. Used by machine_marks().';

CREATE FUNCTION smsengage.quarter_meetings(chunk integer, day timestamptz, a smsengage.day_tally[], b smsengage.day_tally[])
RETURNS TABLE (individual_no bigint, cell_start timestamptz)
AS 'MODULE_PATHNAME', 'sms_quarter_meetings' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.quarter_meetings(integer, timestamptz, smsengage.day_tally[], smsengage.day_tally[]) IS 'The people of a chunk with an event in one of a and an event in one of b in the same quarter hour of the day, and that quarter hour. Raises 22003 for a negative chunk, 22004 for a null in an array. Used by prompt_people_of_days().';

CREATE FUNCTION smsengage.prompt_people_of_days(since timestamptz, until timestamptz)
RETURNS TABLE (individual_no bigint, cell_start timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 10000
SET search_path = pg_catalog, pg_temp
-- one plan for all days
SET plan_cache_mode = auto
AS $$
#variable_conflict use_column
DECLARE
	clicked bigint[] := ARRAY(SELECT s.series_no FROM smsengage.series s WHERE s.dimension = '' AND s.event_type = 'CLICK');
	reported bigint[] := ARRAY(SELECT s.series_no FROM smsengage.series s WHERE s.dimension = '' AND s.event_type <> 'CLICK');
	day timestamptz := smsengage.cell_start(3, since);
BEGIN
	WHILE day < until LOOP
		RETURN QUERY
		WITH given AS MATERIALIZED (
			SELECT t.series_no = ANY (clicked) AS is_click, t.chunk, t.level, t.cell_start,
				CASE WHEN t.level = 1 THEN t.quarters WHEN t.chunk >= 0 THEN smsengage.day_tally(t.cell_start, t.tally) END AS quarters
			FROM unnest(clicked || reported) s(series_no)
			JOIN smsengage.engagement_tally t ON t.series_no = s.series_no
			WHERE t.level IN (0, 1) AND t.cell_start >= day AND t.cell_start < smsengage.cell_end(3, day) AND t.chunk >= -1
		)
		SELECT p.individual_no, p.cell_start
		FROM (
			SELECT g.chunk, array_agg(g.quarters) FILTER (WHERE g.is_click) AS clicks, array_agg(g.quarters) FILTER (WHERE NOT g.is_click) AS reports
			FROM given g
			WHERE g.chunk >= 0
			GROUP BY 1
		) c
		CROSS JOIN LATERAL smsengage.quarter_meetings(c.chunk, day, c.clicks, c.reports) p
		UNION ALL
		-- reports of nobody
		SELECT DISTINCT 0, coalesce(q.cell_start, g.cell_start)
		FROM given g
		LEFT JOIN LATERAL smsengage.quarter_cells(g.chunk, day, g.quarters, '{}') q ON true
		WHERE g.chunk < 0 AND NOT g.is_click;
		day := smsengage.cell_end(3, day);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.prompt_people_of_days(timestamptz, timestamptz) IS 'Who clicked in the quarter hour of an event of another type of the same person, by the tallies of the days of [since, until); person 0: a quarter hour with such events of nobody. Used by prompt_people().';

CREATE FUNCTION smsengage.prompt_people(since timestamptz, until timestamptz)
RETURNS TABLE (individual_no bigint, cell_start timestamptz)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
DECLARE
	ends timestamptz[] := ARRAY(SELECT smsengage.cell_start(3, since + n * (until - since) / 4) FROM generate_series(1, 3) n) || until;
BEGIN
	-- no worker may ask the other nodes of a cluster
	IF until - since < interval '2 days' OR smsengage.store_is_distributed() THEN
		RETURN QUERY SELECT p.* FROM smsengage.prompt_people_of_days(since, until) p;
		RETURN;
	END IF;
	-- in pieces, of which workers may take some
	RETURN QUERY
	SELECT p.* FROM smsengage.prompt_people_of_days(since, ends[1]) p
	UNION ALL SELECT p.* FROM smsengage.prompt_people_of_days(ends[1], ends[2]) p
	UNION ALL SELECT p.* FROM smsengage.prompt_people_of_days(ends[2], ends[3]) p
	UNION ALL SELECT p.* FROM smsengage.prompt_people_of_days(ends[3], ends[4]) p;
END
$$;
COMMENT ON FUNCTION smsengage.prompt_people(timestamptz, timestamptz) IS 'Who clicked in the quarter hour of an event of another type of the same person, by the tallies of the days of [since, until); person 0: a quarter hour with such events of nobody. Used by machine_candidates().';

CREATE FUNCTION smsengage.number_set(numbers bigint[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_number_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.number_set(bigint[]) IS 'A set of numbers for in_set(); nulls are left out. Used by tallied_candidates().';
CREATE FUNCTION smsengage.in_set(number bigint, set bytea)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_in_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.in_set(bigint, bytea) IS 'Whether a number is in a set that number_set() made. Raises 22023 for another bytea. Used by tallied_candidates().';

CREATE FUNCTION smsengage.quarter_set(people bigint[], instants timestamptz[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_quarter_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.quarter_set(bigint[], timestamptz[]) IS 'A set of people by quarter hour for in_quarter_set(): each person in the quarter hour of the instant at the same place. Raises 22023 where there are more of one than of the other, 22004 for a null or infinity, 54000 for instants thousands of years apart. Used by machine_candidates().';
CREATE FUNCTION smsengage.in_quarter_set(individual_no bigint, at timestamptz, set bytea)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_in_quarter_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.in_quarter_set(bigint, timestamptz, bytea) IS 'Whether a person is in the quarter hour of an instant in a set that quarter_set() made. Raises 22023 for another bytea. Used by tallied_candidates().';

CREATE FUNCTION smsengage.tallied_candidates(since timestamptz, until timestamptz, people bigint[], quarters bytea, nobody timestamptz[], longest interval)
RETURNS TABLE (event_time timestamptz, event_key bigint, individual_no bigint, message_key uuid, in_burst boolean, is_early boolean)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
-- a click finds its message by the index, however many there are; joins
-- without a fence, so that workers may take parts; sets are subqueries, whose
-- values go to workers as they are, where a constant would go as text
SET enable_hashjoin = off
SET enable_mergejoin = off
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	people_set bytea := smsengage.number_set(people);
BEGIN
	RETURN QUERY
	SELECT c.event_time, c.event_key, c.individual_no, c.message_key, c.in_burst,
		-- who is not in a burst is here for this
		NOT c.in_burst OR coalesce(smsengage.arrived_at(m.state) BETWEEN c.event_time - longest AND c.event_time, false)
	FROM (
		SELECT e.event_time, e.event_key, e.individual_no, e.message_key, smsengage.in_set(e.individual_no, (SELECT people_set)) AS in_burst,
			e.message_key IS NOT NULL AND longest IS NOT NULL
				-- the report may be of the quarter hour before
				AND (e.individual_no = 0 OR e.event_time < smsengage.cell_start(1, e.event_time) + longest
					OR smsengage.in_quarter_set(e.individual_no, e.event_time, (SELECT quarters))
					OR cardinality(nobody) > 0 AND smsengage.cell_start(1, e.event_time) = ANY (nobody)) AS may_be_early
		FROM smsengage.event e
		WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND coalesce(e.part, 0) = 0
	) c
	LEFT JOIN smsengage.message m ON m.message_key = CASE WHEN c.may_be_early THEN c.message_key END
	WHERE (c.in_burst OR c.may_be_early)
		AND (c.in_burst OR smsengage.arrived_at(m.state) BETWEEN c.event_time - longest AND c.event_time);
END
$$;
COMMENT ON FUNCTION smsengage.tallied_candidates(timestamptz, timestamptz, bigint[], bytea, timestamptz[], interval) IS 'The clicks in [since, until) of these people (of 0: of nobody), and of the others those that came within longest of the arrival of their message: looked for among the clicks of nobody, of the beginning of a quarter hour, of a person in a quarter hour (quarters, by quarter_set()), and of a quarter hour (nobody). Used by machine_candidates().';

CREATE FUNCTION smsengage.machine_candidates(since timestamptz, until timestamptz, people bigint[], longest interval)
RETURNS TABLE (event_time timestamptz, event_key bigint, individual_no bigint, message_key uuid, in_burst boolean, is_early boolean)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	first_click timestamptz;
	last_click timestamptz;
	quarters bytea := smsengage.quarter_set('{}', '{}');
	nobody timestamptz[] := '{}';
BEGIN
	SELECT min(e.event_time), max(e.event_time) INTO first_click, last_click
	FROM smsengage.event e WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until;
	IF first_click IS NULL THEN
		RETURN;
	END IF;
	IF people IS NULL OR longest > '5 minutes' OR last_click - first_click > '10 years' OR smsengage.store_is_distributed() THEN
		-- tallies would leave most of them, or are on other nodes
		RETURN QUERY
		SELECT e.event_time, e.event_key, e.individual_no, m.message_key,
			people IS NULL OR e.individual_no = ANY (people), longest IS NOT NULL AND m.message_key IS NOT NULL
		FROM smsengage.event e
		-- on a cluster an event without a message has a key of its own there
		CROSS JOIN LATERAL (SELECT nullif(e.message_key, smsengage.event_home(e.event_key)) AS message_key) m
		WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND coalesce(e.part, 0) = 0;
		RETURN;
	END IF;
	IF longest IS NOT NULL THEN
		SELECT smsengage.quarter_set(coalesce(array_agg(p.individual_no) FILTER (WHERE p.individual_no <> 0), '{}'),
				coalesce(array_agg(p.cell_start) FILTER (WHERE p.individual_no <> 0), '{}')),
			coalesce(array_agg(p.cell_start) FILTER (WHERE p.individual_no = 0), '{}')
		INTO quarters, nobody
		FROM smsengage.prompt_people(first_click, last_click + interval '1 microsecond') p;
	END IF;
	RETURN QUERY
	SELECT t.* FROM smsengage.tallied_candidates(since, until, people, quarters, nobody, longest) t
	UNION ALL
	-- later parts are in no tally
	SELECT e.event_time, e.event_key, e.individual_no, e.message_key, false, true
	FROM smsengage.event e
	WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until
		AND e.message_key IN (
			SELECT k.message_key
			FROM smsengage.event k
			WHERE k.status_class IN (4, 9, 10) AND (k.part > 0 OR k.event_type = 'CLICK')
				AND k.event_time > first_click - longest AND k.event_time <= last_click)
	UNION ALL
	-- nor is a time of sending that another report tells
	SELECT e.event_time, e.event_key, e.individual_no, e.message_key, false, true
	FROM smsengage.event e
	JOIN smsengage.event k ON k.message_key = e.message_key AND k.sent_time <= e.event_time AND k.sent_time > e.event_time - longest
	WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until
		AND k.status_class IS NOT NULL AND k.sent_time > first_click - longest AND k.sent_time <= last_click;
END
$$;
COMMENT ON FUNCTION smsengage.machine_candidates(timestamptz, timestamptz, bigint[], interval) IS 'The clicks in [since, until) that could be of a burst, as they are of these people (of 0: of nobody; NULL: all), or could have come within longest of the arrival of their message, some more than once: by the tallies, and where these do not tell, by the reports. Used by machine_marks().';

CREATE FUNCTION smsengage.early_clicks(times timestamptz[], keys bigint[], people bigint[], messages uuid[], longest interval)
RETURNS TABLE (event_time timestamptz, event_key bigint, rule_name text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- each click finds its message by the index, however many messages there are
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH early AS MATERIALIZED (
		SELECT c.event_time, c.event_key, c.individual_no, c.message_key, o.arrived
		FROM unnest(times, keys, people, messages) c(event_time, event_key, individual_no, message_key)
		JOIN smsengage.message m ON m.message_key = c.message_key
		CROSS JOIN LATERAL (
			-- a fence: once for each message
			SELECT smsengage.arrived_at(m.state) AS arrived OFFSET 0
		) o
		WHERE c.event_time - o.arrived BETWEEN '0' AND longest
	)
	SELECT c.event_time, c.event_key, r.rule_name
	FROM (
		SELECT a.event_time, a.event_key, a.arrived FROM early a WHERE a.individual_no = 0
		UNION ALL
		SELECT a.event_time, a.event_key, a.arrived
		FROM early a
		JOIN smsengage.event k ON k.message_key = a.message_key AND k.event_time = a.arrived AND k.status_class IS NOT NULL AND k.individual_no IN (a.individual_no, 0)
		UNION ALL
		SELECT a.event_time, a.event_key, a.arrived
		FROM early a
		JOIN smsengage.event k ON k.message_key = a.message_key AND k.sent_time = a.arrived AND k.status_class IS NOT NULL AND k.individual_no IN (a.individual_no, 0)
	) c
	JOIN smsengage.machine_click_rule r ON r.kind = 'delay' AND r.enabled AND c.event_time < c.arrived + make_interval(secs => r.seconds::double precision);
END
$$;
COMMENT ON FUNCTION smsengage.early_clicks(timestamptz[], bigint[], bigint[], uuid[], interval) IS 'Those of the clicks (time, key, person, message) that a rule of delay ascribes to a machine: no later than longest after the message arrived, as a report of the same person, or of nobody, says. Some more than once. Used by machine_marks().';

CREATE FUNCTION smsengage.machine_marks(since timestamptz, until timestamptz)
RETURNS TABLE (event_time timestamptz, event_key bigint, account text, individual_no bigint, bulk_message text, link_name text, link_url text, rule_name text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
	-- a burst may begin before the window and end after it
	margin interval := (SELECT make_interval(secs => max(r.seconds)::double precision) FROM smsengage.machine_click_rule r WHERE r.kind = 'burst' AND r.enabled);
	longest interval := (SELECT make_interval(secs => max(r.seconds)::double precision) FROM smsengage.machine_click_rule r WHERE r.kind = 'delay' AND r.enabled);
	people bigint[] := CASE WHEN margin IS NULL THEN '{}' ELSE smsengage.burst_people(since - margin, until + margin) END;
	agents text[];
	names text[];
	burst_times timestamptz[];
	burst_keys bigint[];
	burst_who text[];
	early_times timestamptz[];
	early_keys bigint[];
	early_people bigint[];
	early_messages uuid[];
BEGIN
	SELECT array_agg(a.agent_start), array_agg(CASE WHEN a.is_whole THEN a.rule_name END) INTO agents, names FROM smsengage.machine_agents(since, until) a;
	margin := coalesce(margin, '0');
	WITH candidate AS MATERIALIZED (
		SELECT c.* FROM smsengage.machine_candidates(since - margin, until + margin, people, longest) c
	), b AS (
		-- nobody known: by message
		SELECT array_agg(c.event_time) AS times, array_agg(c.event_key) AS keys, array_agg(coalesce(nullif(c.individual_no, 0)::text, c.message_key::text)) AS who
		FROM candidate c WHERE c.in_burst AND (c.individual_no <> 0 OR c.message_key IS NOT NULL)
	), e AS (
		SELECT array_agg(c.event_time) AS times, array_agg(c.event_key) AS keys, array_agg(c.individual_no) AS people, array_agg(c.message_key) AS messages
		FROM candidate c WHERE c.is_early AND c.event_time >= since AND c.event_time < until
	)
	SELECT b.times, b.keys, b.who, e.times, e.keys, e.people, e.messages
	INTO burst_times, burst_keys, burst_who, early_times, early_keys, early_people, early_messages FROM b, e;
	RETURN QUERY
	WITH rule AS MATERIALIZED (
		SELECT r.* FROM smsengage.machine_click_rule r WHERE r.enabled
	), by_agent AS MATERIALIZED (
		SELECT k.event_time, k.event_key, k.account, k.individual_no, k.bulk_message, k.link_name, k.link_url, k.user_agent
		FROM smsengage.event k
		WHERE k.event_type = 'CLICK' AND k.event_time >= since AND k.event_time < until AND left(k.user_agent, 250) COLLATE "C" = ANY (agents)
			AND coalesce(k.part, 0) = 0
	), by_time AS MATERIALIZED (
		-- the n-th click no later than seconds after the first of them marks all n
		SELECT b.event_time, b.event_key, b.rule_name
		FROM (
			SELECT c.*, min(CASE WHEN c.event_time - c.first_of_burst <= make_interval(secs => c.seconds) THEN c.no - c.clicks + 1 END)
				OVER (PARTITION BY c.rule_name, c.who ORDER BY c.no ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS first_no
			FROM (
				SELECT k.event_time, k.event_key, k.who, r.rule_name, r.clicks, r.seconds::double precision AS seconds,
					row_number() OVER w AS no, lag(k.event_time, r.clicks - 1) OVER w AS first_of_burst
				FROM unnest(burst_times, burst_keys, burst_who) k(event_time, event_key, who)
				CROSS JOIN rule r
				WHERE r.kind = 'burst'
				WINDOW w AS (PARTITION BY r.rule_name, k.who ORDER BY k.event_time, k.event_key)
			) c
		) b
		WHERE b.first_no <= b.no AND b.event_time >= since AND b.event_time < until
		UNION ALL
		SELECT c.event_time, c.event_key, c.rule_name FROM smsengage.early_clicks(early_times, early_keys, early_people, early_messages, longest) c
	)
	SELECT DISTINCT ON (m.event_time, m.event_key) m.event_time, m.event_key, m.account, m.individual_no, m.bulk_message, m.link_name, m.link_url, m.rule_name
	FROM (
		SELECT e.*, a.rule_name
		FROM by_agent e
		JOIN unnest(agents, names) a(agent_start, rule_name) ON a.agent_start = left(e.user_agent, 250)
		WHERE a.rule_name IS NOT NULL
		UNION ALL
		-- the start is not all of it
		SELECT e.*, r.rule_name
		FROM by_agent e
		JOIN rule r ON e.user_agent ~* r.agent_pattern
		WHERE r.kind = 'agent' AND length(e.user_agent) >= 250
		UNION ALL
		SELECT e.event_time, e.event_key, e.account, e.individual_no, e.bulk_message, e.link_name, e.link_url, e.user_agent, k.rule_name
		FROM (SELECT t.event_time, t.event_key, min(t.rule_name) AS rule_name FROM by_time t GROUP BY 1, 2) k
		JOIN smsengage.event e ON e.event_time = k.event_time AND e.event_key = k.event_key
		WHERE coalesce(e.part, 0) = 0
	) m
	ORDER BY m.event_time, m.event_key, m.rule_name;
END
$$;
COMMENT ON FUNCTION smsengage.machine_marks(timestamptz, timestamptz) IS 'The clicks in [since, until) that a rule ascribes to a machine, each with the first such rule. Reads the clicks that a rule could match: by agent, and those of machine_candidates(). Used by reports.';

CREATE FUNCTION smsengage.labelled_clicks(since timestamptz, until timestamptz)
RETURNS TABLE (event_time timestamptz, event_key bigint, account text, individual_no bigint, individual_id text, recipient text, message_key uuid, bulk_message text,
	link_name text, link_url text, user_agent text, machine boolean, rule_name text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH mark AS MATERIALIZED (
		SELECT k.event_time, k.event_key, k.rule_name FROM smsengage.machine_marks(since, until) k
	)
	SELECT e.event_time, e.event_key, e.account, e.individual_no, e.individual_id, e.recipient, CASE WHEN e.message_id IS NOT NULL THEN e.message_key END, e.bulk_message, e.link_name, e.link_url, e.user_agent,
		m.rule_name IS NOT NULL, m.rule_name
	FROM smsengage.event e
	LEFT JOIN mark m ON m.event_time = e.event_time AND m.event_key = e.event_key
	WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until;
END
$$;
COMMENT ON FUNCTION smsengage.labelled_clicks(timestamptz, timestamptz) IS 'Every click in [since, until), whether a machine made it by the rules as they stand (machine_click_rule), and by which.';

CREATE FUNCTION smsengage.machine_clicks(bounds timestamptz[], dimension text, account text)
RETURNS TABLE (bucket integer, value text, clicks bigint, clickers bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
	kept boolean := smsengage.has_tallies(dimension, bounds[1]);
	-- some names are counted together
	shared boolean := kept AND EXISTS (
		SELECT FROM smsengage.series s WHERE s.event_type = 'CLICK' AND s.dimension = machine_clicks.dimension AND s.value = '(other)');
BEGIN
	RETURN QUERY
	WITH named AS (
		SELECT m.event_time, m.individual_no, m.account,
			CASE dimension WHEN '' THEN '' WHEN 'bulk_message' THEN m.bulk_message WHEN 'link_name' THEN m.link_name
				WHEN 'link_url' THEN CASE WHEN m.link_name IS NULL THEN coalesce(m.link_url, '') END END AS value
		FROM smsengage.machine_marks(since, until) m
		WHERE m.account = machine_clicks.account OR machine_clicks.account IS NULL
	), mark AS MATERIALIZED (
		SELECT width_bucket(n.event_time, bounds) AS bucket, n.individual_no,
			CASE WHEN shared AND EXISTS (
					SELECT FROM smsengage.series s
					WHERE s.event_type = 'CLICK' AND s.dimension = machine_clicks.dimension AND s.value = n.value AND s.account = n.account AND NOT s.own)
				THEN '(other)' ELSE n.value END AS value, count(*) AS clicks
		FROM named n
		GROUP BY 1, 2, 3
	), cell AS MATERIALIZED (
		SELECT c.bucket, c.value, c.chunk, c.tally
		FROM smsengage.cell_sums(bounds, '{CLICK}', dimension, account, true, ARRAY(SELECT DISTINCT k.value FROM mark k WHERE k.value IS NOT NULL)) c
		WHERE kept AND c.chunk >= 0
	), person AS (
		SELECT k.bucket, k.individual_no, k.value, smsengage.count_of(c.tally, smsengage.chunk_offset(k.individual_no)) AS clicks
		FROM mark k
		JOIN cell c ON c.bucket = k.bucket AND c.value = k.value AND c.chunk = smsengage.chunk_of(k.individual_no)
		WHERE k.individual_no <> 0
		UNION ALL
		SELECT width_bucket(e.event_time, bounds), e.individual_no,
			CASE dimension WHEN 'bulk_message' THEN e.bulk_message WHEN 'link_name' THEN e.link_name
				WHEN 'link_url' THEN CASE WHEN e.link_name IS NULL THEN coalesce(e.link_url, '') END END, count(*)
		FROM smsengage.event e
		WHERE NOT kept AND e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND coalesce(e.part, 0) = 0
			AND e.individual_no IN (SELECT k.individual_no FROM mark k WHERE k.individual_no <> 0)
			AND (e.account = machine_clicks.account OR machine_clicks.account IS NULL)
		GROUP BY 1, 2, 3
	)
	SELECT k.bucket, k.value, sum(k.clicks)::bigint, count(*) FILTER (WHERE p.clicks = k.clicks)
	FROM mark k
	LEFT JOIN person p ON p.bucket = k.bucket AND p.individual_no = k.individual_no AND p.value = k.value
	GROUP BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.machine_clicks(timestamptz[], text, text) IS 'Clicks by machines between two neighbours of bounds, by a dimension as in event_counts(), and people all of whose clicks there are by machines. Used by reports.';

CREATE FUNCTION smsengage.click_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.click_label WITH (security_invoker = true) AS
	SELECT c.event_time, c.event_key, (c.event_time AT TIME ZONE 'UTC')::date AS event_date, c.account, c.individual_no, c.individual_id, c.recipient, c.message_key::text AS message_key,
		c.bulk_message, c.link_name, c.link_url, c.user_agent, c.machine, c.rule_name
	FROM smsengage.labelled_clicks('-infinity', 'infinity') c;
	PERFORM smsengage.describe('smsengage.click_label', 'Every click, and whether a machine made it by the rules as they stand. One row per click; its key is (event_time, event_key). For a period only: labelled_clicks(since, until).', $c$
		event_time: When it happened (UTC in its offset)
		event_key: Key of the event, with event_time
		event_date: Day of it (UTC)
		account: Account of the event
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it
		recipient: The person's number; empty if none
		message_key: Key of the message; NULL if the click names none
		bulk_message: Send that the click names
		link_name: Name or alias of the link
		link_url: Target of the link
		user_agent: What the browser said of itself
		machine: Whether a rule ascribes it to a machine
		rule_name: The first such rule, in the table machine_click_rule$c$);
END
$$;
COMMENT ON FUNCTION smsengage.click_views() IS 'Makes or replaces the view of labelled clicks. Used by migrate().';
