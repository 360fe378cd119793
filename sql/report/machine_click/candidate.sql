-- Who may have clicks by machines, from tallies.

CREATE FUNCTION smsengage_internal.people_with_bursts(since timestamptz, until timestamptz)
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
	first_day := smsengage_internal.cell_start(:LEVEL_DAY:, first_day);
	days := ARRAY(SELECT first_day + make_interval(hours => 24 * n) FROM generate_series(0, ceil(extract(epoch FROM last_day - first_day) / 86400)::integer + 1) n);
	RETURN (
		WITH cell AS MATERIALIZED (
			SELECT c.bucket, c.chunk, c.tally, c.anonymous FROM smsengage_internal.cell_sums(days, '{CLICK}', '', NULL, true) c
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
COMMENT ON FUNCTION smsengage_internal.people_with_bursts(timestamptz, timestamptz) IS 'The people who clicked often enough within two days to have made a burst in [since, until), by the tallies, and 0 if nobody is known of some clicks; NULL where a rule asks for more than a day, or there is no click: then all have to be looked at. Used by clicks_by_machines().';

CREATE FUNCTION smsengage_internal.people_clicking_beside_events_of_days(since timestamptz, until timestamptz)
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
	day timestamptz := smsengage_internal.cell_start(:LEVEL_DAY:, since);
BEGIN
	WHILE day < until LOOP
		RETURN QUERY
		WITH given AS MATERIALIZED (
			SELECT t.series_no = ANY (clicked) AS is_click, t.chunk, t.level, t.cell_start,
				CASE WHEN t.level = :LEVEL_QUARTER_HOUR: THEN t.quarters WHEN t.chunk >= 0 THEN smsengage.day_tally(t.cell_start, t.tally) END AS quarters
			FROM unnest(clicked || reported) s(series_no)
			JOIN smsengage.engagement_tally t ON t.series_no = s.series_no
			WHERE t.level IN (:LEVEL_DELTA:, :LEVEL_QUARTER_HOUR:) AND t.cell_start >= day AND t.cell_start < smsengage_internal.cell_end(:LEVEL_DAY:, day) AND t.chunk >= -1
		)
		SELECT p.individual_no, p.cell_start
		FROM (
			SELECT g.chunk, array_agg(g.quarters) FILTER (WHERE g.is_click) AS clicks, array_agg(g.quarters) FILTER (WHERE NOT g.is_click) AS reports
			FROM given g
			WHERE g.chunk >= 0
			GROUP BY 1
		) c
		CROSS JOIN LATERAL smsengage_internal.same_quarter_hour(c.chunk, day, c.clicks, c.reports) p
		UNION ALL
		-- reports of nobody
		SELECT DISTINCT 0, coalesce(q.cell_start, g.cell_start)
		FROM given g
		LEFT JOIN LATERAL smsengage_internal.quarter_hour_cells(g.chunk, day, g.quarters, '{}') q ON true
		WHERE g.chunk < 0 AND NOT g.is_click;
		day := smsengage_internal.cell_end(:LEVEL_DAY:, day);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.people_clicking_beside_events_of_days(timestamptz, timestamptz) IS 'Who clicked in the quarter hour of an event of another type of the same person, by the tallies of the days of [since, until); person 0: a quarter hour with such events of nobody. Used by people_clicking_beside_events().';

CREATE FUNCTION smsengage_internal.people_clicking_beside_events(since timestamptz, until timestamptz)
RETURNS TABLE (individual_no bigint, cell_start timestamptz)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
DECLARE
	ends timestamptz[] := ARRAY(SELECT smsengage_internal.cell_start(:LEVEL_DAY:, since + n * (until - since) / 4) FROM generate_series(1, 3) n) || until;
BEGIN
	-- no worker may ask the other nodes of a cluster
	IF until - since < interval '2 days' OR smsengage_internal.store_is_distributed() THEN
		RETURN QUERY SELECT p.* FROM smsengage_internal.people_clicking_beside_events_of_days(since, until) p;
		RETURN;
	END IF;
	-- in pieces, of which workers may take some
	RETURN QUERY
	SELECT p.* FROM smsengage_internal.people_clicking_beside_events_of_days(since, ends[1]) p
	UNION ALL SELECT p.* FROM smsengage_internal.people_clicking_beside_events_of_days(ends[1], ends[2]) p
	UNION ALL SELECT p.* FROM smsengage_internal.people_clicking_beside_events_of_days(ends[2], ends[3]) p
	UNION ALL SELECT p.* FROM smsengage_internal.people_clicking_beside_events_of_days(ends[3], ends[4]) p;
END
$$;
COMMENT ON FUNCTION smsengage_internal.people_clicking_beside_events(timestamptz, timestamptz) IS 'Who clicked in the quarter hour of an event of another type of the same person, by the tallies of the days of [since, until); person 0: a quarter hour with such events of nobody. Used by candidate_clicks().';

CREATE FUNCTION smsengage_internal.candidate_clicks_by_tally(since timestamptz, until timestamptz, people bigint[], quarters bytea, nobody timestamptz[], longest interval)
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
	people_set bytea := smsengage_internal.number_set(people);
BEGIN
	RETURN QUERY
	SELECT c.event_time, c.event_key, c.individual_no, c.message_key, c.in_burst,
		-- who is not in a burst is here for this
		NOT c.in_burst OR coalesce(smsengage_internal.arrived_at(m.state) BETWEEN c.event_time - longest AND c.event_time, false)
	FROM (
		SELECT e.event_time, e.event_key, e.individual_no, e.message_key, smsengage_internal.in_set(e.individual_no, (SELECT people_set)) AS in_burst,
			e.message_key IS NOT NULL AND longest IS NOT NULL
				-- the report may be of the quarter hour before
				AND (e.individual_no = 0 OR e.event_time < smsengage_internal.cell_start(:LEVEL_QUARTER_HOUR:, e.event_time) + longest
					OR smsengage_internal.in_quarter_hour_set(e.individual_no, e.event_time, (SELECT quarters))
					OR cardinality(nobody) > 0 AND smsengage_internal.cell_start(:LEVEL_QUARTER_HOUR:, e.event_time) = ANY (nobody)) AS may_be_early
		FROM smsengage.event e
		WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND :FIRST_PART(e.):
	) c
	LEFT JOIN smsengage.message m ON m.message_key = CASE WHEN c.may_be_early THEN c.message_key END
	WHERE (c.in_burst OR c.may_be_early)
		AND (c.in_burst OR smsengage_internal.arrived_at(m.state) BETWEEN c.event_time - longest AND c.event_time);
END
$$;
COMMENT ON FUNCTION smsengage_internal.candidate_clicks_by_tally(timestamptz, timestamptz, bigint[], bytea, timestamptz[], interval) IS 'The clicks in [since, until) of these people (of 0: of nobody), and of the others those that came within longest of the arrival of their message: looked for among the clicks of nobody, of the beginning of a quarter hour, of a person in a quarter hour (quarters, by quarter_hour_set()), and of a quarter hour (nobody). Used by candidate_clicks().';

CREATE FUNCTION smsengage_internal.candidate_clicks(since timestamptz, until timestamptz, people bigint[], longest interval)
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
	quarters bytea := smsengage_internal.quarter_hour_set('{}', '{}');
	nobody timestamptz[] := '{}';
BEGIN
	SELECT min(e.event_time), max(e.event_time) INTO first_click, last_click
	FROM smsengage.event e WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until;
	IF first_click IS NULL THEN
		RETURN;
	END IF;
	IF people IS NULL OR longest > '5 minutes' OR last_click - first_click > '10 years' OR smsengage_internal.store_is_distributed() THEN
		-- tallies would leave most of them, or are on other nodes
		RETURN QUERY
		SELECT e.event_time, e.event_key, e.individual_no, m.message_key,
			people IS NULL OR e.individual_no = ANY (people), longest IS NOT NULL AND m.message_key IS NOT NULL
		FROM smsengage.event e
		-- on a cluster an event without a message has a key of its own there
		CROSS JOIN LATERAL (SELECT nullif(e.message_key, smsengage_internal.event_home(e.event_key)) AS message_key) m
		WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND :FIRST_PART(e.):;
		RETURN;
	END IF;
	IF longest IS NOT NULL THEN
		SELECT smsengage_internal.quarter_hour_set(coalesce(array_agg(p.individual_no) FILTER (WHERE p.individual_no <> 0), '{}'),
				coalesce(array_agg(p.cell_start) FILTER (WHERE p.individual_no <> 0), '{}')),
			coalesce(array_agg(p.cell_start) FILTER (WHERE p.individual_no = 0), '{}')
		INTO quarters, nobody
		FROM smsengage_internal.people_clicking_beside_events(first_click, last_click + interval '1 microsecond') p;
	END IF;
	RETURN QUERY
	SELECT t.* FROM smsengage_internal.candidate_clicks_by_tally(since, until, people, quarters, nobody, longest) t
	UNION ALL
	-- later parts are in no tally
	SELECT e.event_time, e.event_key, e.individual_no, e.message_key, false, true
	FROM smsengage.event e
	WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until
		AND e.message_key IN (
			SELECT k.message_key
			FROM smsengage.event k
			WHERE :UNTALLIED_ARRIVAL(k.):
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
COMMENT ON FUNCTION smsengage_internal.candidate_clicks(timestamptz, timestamptz, bigint[], interval) IS 'The clicks in [since, until) that could be of a burst, as they are of these people (of 0: of nobody; NULL: all), or could have come within longest of the arrival of their message, some more than once: by the tallies, and where these do not tell, by the reports. Used by clicks_by_machines().';
