-- Clicks with their label, and counted.

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
		SELECT k.event_time, k.event_key, k.rule_name FROM smsengage_internal.clicks_by_machines(since, until) k
	)
	SELECT e.event_time, e.event_key, e.account, e.individual_no, e.individual_id, e.recipient, CASE WHEN e.message_id IS NOT NULL THEN e.message_key END, e.bulk_message, e.link_name, e.link_url, e.user_agent,
		m.rule_name IS NOT NULL, m.rule_name
	FROM smsengage.event e
	LEFT JOIN mark m ON m.event_time = e.event_time AND m.event_key = e.event_key
	WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until;
END
$$;
COMMENT ON FUNCTION smsengage.labelled_clicks(timestamptz, timestamptz) IS 'Every click in [since, until), whether a machine made it by the rules as they stand (machine_click_rule), and by which.';

CREATE FUNCTION smsengage_internal.machine_clicks(bounds timestamptz[], dimension text, account text)
RETURNS TABLE (bucket integer, value text, clicks bigint, clickers bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
	kept boolean := smsengage_internal.has_tallies(dimension, bounds[1]);
	-- some names are counted together
	shared boolean := kept AND EXISTS (
		SELECT FROM smsengage.series s WHERE s.event_type = 'CLICK' AND s.dimension = machine_clicks.dimension AND s.value = '(other)');
BEGIN
	RETURN QUERY
	WITH named AS (
		SELECT m.event_time, m.individual_no, m.account,
			CASE dimension WHEN '' THEN '' WHEN 'bulk_message' THEN m.bulk_message WHEN 'link_name' THEN m.link_name
				WHEN 'link_url' THEN CASE WHEN m.link_name IS NULL THEN coalesce(m.link_url, '') END END AS value
		FROM smsengage_internal.clicks_by_machines(since, until) m
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
		FROM smsengage_internal.cell_sums(bounds, '{CLICK}', dimension, account, true, ARRAY(SELECT DISTINCT k.value FROM mark k WHERE k.value IS NOT NULL)) c
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
		WHERE NOT kept AND e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND :FIRST_PART(e.):
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
COMMENT ON FUNCTION smsengage_internal.machine_clicks(timestamptz[], text, text) IS 'Clicks by machines between two neighbours of bounds, by a dimension as in event_counts(), and people all of whose clicks there are by machines. Used by reports.';
