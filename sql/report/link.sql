-- By link and hour.

CREATE FUNCTION smsengage.link_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (link_name text, link_url text, clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH named AS MATERIALIZED (
		SELECT c.value, c.events, c.individuals FROM smsengage_internal.event_counts(bounds, '{CLICK}', 'link_name', account, true) c
	), missing AS (
		-- events are read for what has no name, if there is any
		SELECT WHERE (SELECT sum(c.events) FROM smsengage_internal.event_counts(bounds, '{CLICK}', '', account, false) c) <> (SELECT coalesce(sum(n.events), 0) FROM named n)
	), unnamed AS (
		SELECT c.value, c.events, c.individuals FROM missing CROSS JOIN LATERAL smsengage_internal.event_counts(bounds, '{CLICK}', 'link_url', account, true) c
	), machine AS MATERIALIZED (
		SELECT 'link_name' AS dimension, x.value, x.clicks, x.clickers FROM smsengage_internal.machine_clicks(bounds, 'link_name', account) x WHERE human
		UNION ALL
		SELECT 'link_url', x.value, x.clicks, x.clickers FROM missing CROSS JOIN LATERAL smsengage_internal.machine_clicks(bounds, 'link_url', account) x WHERE human
	)
	SELECT CASE l.dimension WHEN 'link_name' THEN l.value END, CASE l.dimension WHEN 'link_url' THEN nullif(l.value, '') END, l.events, l.individuals,
		CASE WHEN human THEN l.events - coalesce(m.clicks, 0) END,
		CASE WHEN human THEN l.individuals - coalesce(m.clickers, 0) END
	FROM (SELECT 'link_name' AS dimension, n.* FROM named n UNION ALL SELECT 'link_url', u.* FROM unnamed u) l
	LEFT JOIN machine m ON m.dimension = l.dimension AND m.value = l.value
	ORDER BY l.dimension, l.events DESC, l.value;
END
$$;
COMMENT ON FUNCTION smsengage.link_report(date, date, text, text, timestamptz, boolean) IS 'One row for each link that was clicked in the days [since, until) of a zone, by default the last 30: links with a name, then, by link_url, those that the provider gives no name (Infobip); both NULL: clicks that name neither. (other): names beyond the limit new_names. Unique clickers of links do not add up to those of a campaign: who clicks two links counts at both. human => false leaves out the columns of human clicks.';

CREATE FUNCTION smsengage.click_hours(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (link_name text, hour_of_day integer, clicks bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT s.value, extract(hour FROM coalesce(q.cell_start, t.cell_start) AT TIME ZONE zone)::integer,
		(sum(coalesce(q.anonymous, t.anonymous)) + sum(smsengage.total(coalesce(q.tally, t.tally))))::bigint
	FROM smsengage.series s
	JOIN smsengage.engagement_tally t ON t.series_no = s.series_no
	LEFT JOIN LATERAL smsengage_internal.quarter_hour_cells(t.chunk, t.cell_start, t.quarters, '{}') q ON true
	WHERE s.event_type = 'CLICK' AND s.dimension = 'link_name' AND s.own AND (s.account = click_hours.account OR click_hours.account IS NULL)
		AND t.level IN (:LEVEL_DELTA:, :LEVEL_QUARTER_HOUR:) AND t.cell_start >= smsengage_internal.cell_start(:LEVEL_DAY:, days.day_starts[1])
		AND coalesce(q.cell_start, t.cell_start) >= days.day_starts[1] AND coalesce(q.cell_start, t.cell_start) < days.day_starts[cardinality(days.day_starts)]
	GROUP BY 1, 2
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.click_hours(date, date, text, text, timestamptz) IS 'Clicks of each link by hour of the day in a zone, over the days [since, until), by default the last 30; from tallies.';
