-- Clicks by machines: link previews and scanners open links as people do.
-- Every click is kept; what made it is decided when it is read, by the rules
-- as they stand, so that a changed rule re-labels what was stored before.

CREATE FUNCTION smsengage_internal.agents_of_machines(since timestamptz, until timestamptz)
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
	IF smsengage_internal.store_is_distributed() THEN
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
COMMENT ON FUNCTION smsengage_internal.agents_of_machines(timestamptz, timestamptz) IS 'The agents of clicks in [since, until) that a rule of that kind names, by their first 250 characters; those that are longer are to be looked at one by one (is_whole false). Used by clicks_by_machines().';
