-- Whether metrics are healthy.

CREATE FUNCTION smsengage.health(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (metric text, value numeric, numerator bigint, denominator bigint, lowest numeric, highest numeric, healthy boolean)
LANGUAGE plpgsql STABLE ROWS 9
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH figure AS MATERIALIZED (
		SELECT f.sent, f.delivered, f.settled FROM smsengage_internal.delivery_figures(bounds, '', account, at) f
	), event AS MATERIALIZED (
		SELECT coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'DELIVERED'), 0)::bigint AS reached,
			smsengage_internal.opted_out_of_reached(bounds[1], bounds[2], account) AS opted_out
		FROM smsengage_internal.event_counts(bounds, '{CLICK,DELIVERED}', '', account, true) c
	), issue AS MATERIALIZED (
		SELECT count(*) FILTER (WHERE i.kind IN ('bad_number', 'unreachable', 'opt_out')) AS unreachable,
			count(*) FILTER (WHERE i.kind IN ('temporary', 'account', 'content', 'country')) AS carrier
		FROM smsengage.delivery_issue_report r
		JOIN smsengage.delivery_issues() i ON i.issue = r.issue
		WHERE r.send_time >= bounds[1] AND r.send_time < bounds[2] AND r.outcome <> 'not_sent' AND NOT r.is_test
			AND (r.account = health.account OR health.account IS NULL)
	), piece AS MATERIALIZED (
		SELECT sum(c.lost_pieces)::bigint AS lost, sum(c.kept_pieces + c.lost_pieces)::bigint AS pieces
		FROM smsengage.rejected_count c
		WHERE c.day >= days.since AND c.day < days.until AND (c.account = health.account OR health.account IS NULL)
	), found AS (
		SELECT 'delivery_rate_settled' AS metric, smsengage_internal.rate(f.delivered, f.settled) AS value, f.delivered AS numerator, f.settled AS denominator FROM figure f
		UNION ALL SELECT 'unreachable_rate', smsengage_internal.rate(i.unreachable, f.sent), i.unreachable, f.sent FROM issue i, figure f
		UNION ALL SELECT 'carrier_rate', smsengage_internal.rate(i.carrier, f.sent), i.carrier, f.sent FROM issue i, figure f
		UNION ALL SELECT 'click_rate', smsengage_internal.rate(e.clickers, e.reached), e.clickers, e.reached FROM event e
		UNION ALL SELECT 'unsubscribe_rate', smsengage_internal.rate(e.opted_out, e.reached), e.opted_out, e.reached FROM event e
		UNION ALL SELECT 'p50_seconds', t.p50_seconds, NULL, t.measured FROM smsengage.time_to_deliver(days.since, days.until, zone, account, '', at) t
		-- what a person said and nobody took in; a piece that does not tell what it is may be that
		UNION ALL SELECT 'rejected_inbound', count(*), count(*), NULL FROM smsengage.rejected_event r
			WHERE r.received_at >= bounds[1] AND r.received_at < bounds[2] AND (r.account = health.account OR health.account IS NULL)
				AND coalesce(:ANSWER(r.):, true)
		UNION ALL SELECT 'unreadable_fields', coalesce(sum(n.events), 0), coalesce(sum(n.events), 0)::bigint, NULL FROM smsengage.field_note n
			WHERE n.last_seen >= bounds[1] AND n.first_seen < bounds[2] AND (n.account = health.account OR health.account IS NULL)
		UNION ALL SELECT 'lost_share', smsengage_internal.rate(p.lost, p.pieces), p.lost, p.pieces FROM piece p
	)
	SELECT t.metric, f.value, f.numerator, f.denominator, t.lowest, t.highest,
		CASE WHEN f.value IS NOT NULL THEN coalesce(f.value >= t.lowest, true) AND coalesce(f.value <= t.highest, true) END
	FROM smsengage.health_threshold t
	JOIN found f ON f.metric = t.metric
	ORDER BY t.metric;
END
$$;
COMMENT ON FUNCTION smsengage.health(date, date, text, text, timestamptz) IS 'The metrics of health_threshold for messages and events of the days [since, until) of a zone, by default the last 30, and whether each is within its limits (NULL: there is nothing to judge by).';
