-- By send.

CREATE FUNCTION smsengage.campaign_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL,
	attribution interval DEFAULT '4 hours', at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (bulk_message text,
	:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: :name: bigint,
	:list delivery_columns DELIVERY_RATE: :name: numeric,
	clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, helps bigint, sent_by_event_date bigint)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH figures AS MATERIALIZED (
		SELECT * FROM smsengage_internal.delivery_figures(bounds, 'bulk_message', account, at)
	), named AS MATERIALIZED (
		SELECT c.value AS bulk, coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clicks,
			coalesce(sum(c.individuals), 0)::bigint AS clickers, coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0)::bigint AS sent
		FROM (
			SELECT x.* FROM smsengage_internal.event_counts(bounds, '{CLICK}', 'bulk_message', account, true) x
			UNION ALL
			SELECT x.* FROM smsengage_internal.event_counts(bounds, '{SENT}', 'bulk_message', account, false) x
		) c
		GROUP BY 1
	), unnamed AS MATERIALIZED (
		-- what names no bulk message is what is left
		SELECT (coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0) - (SELECT coalesce(sum(n.clicks), 0) FROM named n))::bigint AS clicks,
			(coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0) - (SELECT coalesce(sum(n.sent), 0) FROM named n))::bigint AS sent
		FROM smsengage_internal.event_counts(bounds, '{CLICK,SENT}', '', account, false) c
	), events AS MATERIALIZED (
		SELECT n.bulk, n.clicks, n.clickers, n.sent FROM named n
		UNION ALL
		SELECT NULL, u.clicks, NULL, u.sent FROM unnamed u
	), said AS MATERIALIZED (
		SELECT c.event_time, c.event_key, c.state
		FROM smsengage.consent_entry c
		WHERE c.source = 'keyword' AND c.event_time >= bounds[1] AND c.event_time < bounds[2]
	), answers AS MATERIALIZED (
		-- as answered_messages(), which would write all of them once more
		SELECT a.bulk,
			count(*) FILTER (WHERE a.event_type = 'REPLY') AS replies,
			count(*) FILTER (WHERE a.meaning = 'opt-in') AS subscribes,
			count(*) FILTER (WHERE a.meaning = 'opt-out') AS unsubscribes,
			count(*) FILTER (WHERE a.event_type = 'HELP') AS helps
		FROM (
			SELECT m.bulk_message AS bulk, m.event_type, smsengage_internal.answer_meaning(m.event_type, s.state) AS meaning
			FROM smsengage_internal.asked_messages(bounds[1], bounds[2], attribution, account) m
			LEFT JOIN said s ON s.event_time = m.event_time AND s.event_key = m.event_key
		) a
		GROUP BY 1
	), machine AS MATERIALIZED (
		SELECT c.value AS bulk, c.clicks, c.clickers
		FROM smsengage_internal.machine_clicks(bounds, 'bulk_message', account) c
		WHERE human
	), shared AS MATERIALIZED (
		-- counted as (other): not known of each
		SELECT n.value AS bulk, bool_or(n.event_type = 'CLICK') AS clicks, bool_or(n.event_type = 'SENT') AS sent
		FROM smsengage_internal.shared_names('{CLICK,SENT}', 'bulk_message', account, bounds[1]) n
		GROUP BY 1
	), bulks AS (
		SELECT f.value AS bulk FROM figures f UNION SELECT e.bulk FROM events e WHERE e.clicks <> 0 OR e.sent <> 0 UNION SELECT a.bulk FROM answers a
	)
	SELECT b.bulk,
		:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: coalesce(f.:name:, 0),
		:list delivery_columns DELIVERY_RATE: f.:name:,
		CASE WHEN k.known THEN coalesce(e.clicks, 0) END, CASE WHEN k.known AND b.bulk IS NOT NULL THEN coalesce(e.clickers, 0) END,
		CASE WHEN human AND k.known THEN coalesce(e.clicks, 0) - coalesce(m.clicks, 0) END,
		CASE WHEN human AND k.known AND b.bulk IS NOT NULL THEN coalesce(e.clickers, 0) - coalesce(m.clickers, 0) END,
		coalesce(a.replies, 0), coalesce(a.subscribes, 0), coalesce(a.unsubscribes, 0), coalesce(a.helps, 0),
		CASE WHEN o.sent IS NOT TRUE THEN coalesce(e.sent, 0) END
	FROM bulks b
	LEFT JOIN figures f ON coalesce(f.value, '') = coalesce(b.bulk, '')
	LEFT JOIN events e ON coalesce(e.bulk, '') = coalesce(b.bulk, '')
	LEFT JOIN answers a ON coalesce(a.bulk, '') = coalesce(b.bulk, '')
	LEFT JOIN machine m ON coalesce(m.bulk, '') = coalesce(b.bulk, '')
	LEFT JOIN shared o ON o.bulk = b.bulk
	CROSS JOIN LATERAL (SELECT o.clicks IS NOT TRUE AS known) k
	ORDER BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.campaign_report(date, date, text, text, interval, timestamptz, boolean) IS 'One row for each bulk message with something in the days [since, until) of a zone, by default the last 30: messages by the day they were sent, clicks and answers by the day they happened. Answers belong to the message that the provider names, else to the last one sent to the number within the window attribution. The row with bulk_message NULL has what belongs to none: messages and clicks without one, answers that could not be attributed. The row (other) has the clicks of bulk messages beyond the limit new_names, whose own columns of clicks are NULL. human => false leaves out the columns of human clicks. Columns: metric_dictionary. Raises 22023 for an unknown zone, an empty period or a negative window.';
