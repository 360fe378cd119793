-- Which clicks are by machines.

CREATE FUNCTION smsengage_internal.clicks_soon_after_arrival(times timestamptz[], keys bigint[], people bigint[], messages uuid[], longest interval)
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
			SELECT smsengage_internal.arrived_at(m.state) AS arrived OFFSET 0
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
COMMENT ON FUNCTION smsengage_internal.clicks_soon_after_arrival(timestamptz[], bigint[], bigint[], uuid[], interval) IS 'Those of the clicks (time, key, person, message) that a rule of delay ascribes to a machine: no later than longest after the message arrived, as a report of the same person, or of nobody, says. Some more than once. Used by clicks_by_machines().';

CREATE FUNCTION smsengage_internal.clicks_by_machines(since timestamptz, until timestamptz)
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
	people bigint[] := CASE WHEN margin IS NULL THEN '{}' ELSE smsengage_internal.people_with_bursts(since - margin, until + margin) END;
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
	SELECT array_agg(a.agent_start), array_agg(CASE WHEN a.is_whole THEN a.rule_name END) INTO agents, names FROM smsengage_internal.agents_of_machines(since, until) a;
	margin := coalesce(margin, '0');
	WITH candidate AS MATERIALIZED (
		SELECT c.* FROM smsengage_internal.candidate_clicks(since - margin, until + margin, people, longest) c
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
			AND :FIRST_PART(k.):
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
		SELECT c.event_time, c.event_key, c.rule_name FROM smsengage_internal.clicks_soon_after_arrival(early_times, early_keys, early_people, early_messages, longest) c
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
		WHERE :FIRST_PART(e.):
	) m
	ORDER BY m.event_time, m.event_key, m.rule_name;
END
$$;
COMMENT ON FUNCTION smsengage_internal.clicks_by_machines(timestamptz, timestamptz) IS 'The clicks in [since, until) that a rule ascribes to a machine, each with the first such rule. Reads the clicks that a rule could match: by agent, and those of candidate_clicks(). Used by reports.';
