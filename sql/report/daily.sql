-- By day.

CREATE FUNCTION smsengage_internal.shared_names(event_types text[], dimension text, account text, since timestamptz)
RETURNS TABLE (event_type text, value text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- mostly none, which one look into the index tells
	IF smsengage_internal.has_tallies(dimension, since) THEN
		RETURN QUERY
		SELECT DISTINCT s.event_type, s.value
		FROM smsengage.series o
		JOIN smsengage.series s ON s.event_type = o.event_type AND s.dimension = o.dimension AND s.account = o.account AND NOT s.own
		WHERE o.event_type = ANY (event_types) AND o.dimension = shared_names.dimension AND o.value = '(other)'
			AND (o.account = shared_names.account OR shared_names.account IS NULL);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.shared_names(text[], text, text, timestamptz) IS 'The values of a dimension that are counted together as (other), in tallies from a moment on, by type. Used by reports.';

-- reports

CREATE FUNCTION smsengage.daily_report(zone text DEFAULT 'UTC', since date DEFAULT NULL, until date DEFAULT NULL, account text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (day date, day_start timestamptz,
	:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: :name: bigint,
	:list delivery_columns DELIVERY_RATE: :name: numeric,
	clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, helps bigint, opt_ins bigint, opt_outs bigint, list_growth bigint)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	WITH events AS MATERIALIZED (
		SELECT c.bucket, c.event_type, c.events, c.individuals
		FROM smsengage_internal.event_counts(days.day_starts, '{CLICK,REPLY,SUBSCRIBE,UNSUBSCRIBE,HELP}', '', account, true) c
	), machine AS MATERIALIZED (
		SELECT c.bucket, c.clicks, c.clickers
		FROM smsengage_internal.machine_clicks(days.day_starts, '', account) c
		WHERE human
	)
	SELECT days.since + d.n, days.day_starts[d.n + 1],
		:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: coalesce(f.:name:, 0),
		:list delivery_columns DELIVERY_RATE: f.:name:,
		e.clicks, e.clickers,
		CASE WHEN human THEN e.clicks - coalesce(m.clicks, 0) END,
		CASE WHEN human THEN e.clickers - coalesce(m.clickers, 0) END,
		e.replies, e.subscribes + coalesce(k.subscribes, 0), e.unsubscribes + coalesce(k.unsubscribes, 0), e.helps,
		coalesce(g.opt_ins, 0), coalesce(g.opt_outs, 0), coalesce(g.opt_ins - g.opt_outs, 0)
	FROM generate_series(0, days.until - days.since - 1) d(n)
	LEFT JOIN smsengage_internal.delivery_figures(days.day_starts, '', account, at) f ON f.bucket = d.n + 1
	LEFT JOIN machine m ON m.bucket = d.n + 1
	LEFT JOIN smsengage_internal.keyword_consents(days.day_starts, account) k ON k.bucket = d.n + 1
	LEFT JOIN smsengage_internal.consent_change_counts(days.day_starts, account) g ON g.bucket = d.n + 1
	CROSS JOIN LATERAL (
		SELECT coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clicks,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'REPLY'), 0)::bigint AS replies,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SUBSCRIBE'), 0)::bigint AS subscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'UNSUBSCRIBE'), 0)::bigint AS unsubscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'HELP'), 0)::bigint AS helps
		FROM events c WHERE c.bucket = d.n + 1
	) e
	ORDER BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.daily_report(text, date, date, text, timestamptz, boolean) IS 'One row for each day [since, until) of a zone, by default the last 30 days: messages by the day they were sent, clicks and answers by the day they happened. human => false leaves out the columns of human clicks and does not read events at all. Columns: metric_dictionary. Raises 22023 for an unknown zone or an empty period.';

CREATE FUNCTION smsengage.daily_event_report(zone text DEFAULT 'UTC', since date DEFAULT NULL, until date DEFAULT NULL, account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (day date, day_start timestamptz, sent_by_event_date bigint, not_sent_by_event_date bigint, delivered_by_event_date bigint, undelivered_by_event_date bigint,
	expired_by_event_date bigint, seen_by_event_date bigint, clicks bigint, unique_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, confirmations bigint, helps bigint, opt_outs bigint,
	click_rate_by_event_date numeric, reply_rate_by_event_date numeric, unsubscribe_rate_by_event_date numeric, help_rate_by_event_date numeric)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT days.since + x.n, days.day_starts[x.n + 1], x.sent, x.not_sent, x.delivered, x.undelivered, x.expired, x.seen, x.clicks, x.clickers,
		x.replies, x.subscribes, x.unsubscribes, x.confirmations, x.helps, x.opt_outs,
		smsengage_internal.rate(x.clicks, x.delivered), smsengage_internal.rate(x.replies, x.delivered),
		CASE WHEN x.opt_outs <= x.delivered THEN smsengage_internal.rate(x.opt_outs, x.delivered) END, smsengage_internal.rate(x.helps, x.delivered)
	FROM (
		SELECT d.n,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0)::bigint AS sent,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'NOT_SENT'), 0)::bigint AS not_sent,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'DELIVERED'), 0)::bigint AS delivered,
			coalesce(sum(c.events) FILTER (WHERE c.event_type IN ('UNDELIVERED', 'REJECTED')), 0)::bigint AS undelivered,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'EXPIRED'), 0)::bigint AS expired,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SEEN'), 0)::bigint AS seen,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clicks,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'REPLY'), 0)::bigint AS replies,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SUBSCRIBE'), 0)::bigint + coalesce(max(k.subscribes), 0) AS subscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'UNSUBSCRIBE'), 0)::bigint + coalesce(max(k.unsubscribes), 0) AS unsubscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CONFIRMATION'), 0)::bigint AS confirmations,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'HELP'), 0)::bigint AS helps,
			coalesce(max(g.opt_outs), 0) AS opt_outs
		FROM generate_series(0, days.until - days.since - 1) d(n)
		LEFT JOIN (
			SELECT x.* FROM smsengage_internal.event_counts(days.day_starts, '{CLICK}', '', account, true) x
			UNION ALL
			SELECT x.* FROM smsengage_internal.event_counts(days.day_starts,
				'{SENT,NOT_SENT,DELIVERED,UNDELIVERED,REJECTED,EXPIRED,SEEN,REPLY,SUBSCRIBE,UNSUBSCRIBE,CONFIRMATION,HELP}', '', account, false) x
		) c ON c.bucket = d.n + 1
		LEFT JOIN smsengage_internal.keyword_consents(days.day_starts, account) k ON k.bucket = d.n + 1
		LEFT JOIN smsengage_internal.consent_change_counts(days.day_starts, account) g ON g.bucket = d.n + 1
		GROUP BY d.n
	) x
	ORDER BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.daily_event_report(text, date, date, text, timestamptz) IS 'One row for each day [since, until) of a zone: events by the day they happened, delivery reports included, whenever their messages were sent, and the rates over delivery reports of that day; rates by the day of sending: response_report(). Also tells of events that name no message, as Salesforce''s. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.engagement_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (day date, bulk_message text, event_type text, events bigint, individuals bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
	types text[] := ARRAY(SELECT t.event_type FROM smsengage.event_types() t);
BEGIN
	RETURN QUERY
	SELECT days.since + c.bucket - 1, CASE WHEN c.dimension <> '' THEN c.value END, c.event_type, c.events, c.individuals
	FROM (
		SELECT '' AS dimension, x.* FROM smsengage_internal.event_counts(days.day_starts, types, '', account, true) x
		UNION ALL
		SELECT 'bulk_message', x.* FROM smsengage_internal.event_counts(days.day_starts, types, 'bulk_message', account, true) x
	) c
	ORDER BY 1, 3, 2 NULLS FIRST;
END
$$;
COMMENT ON FUNCTION smsengage.engagement_report(date, date, text, text, timestamptz) IS 'Salesforce''s engagement by type, send and day: events and different people for each day [since, until) of a zone, event type and bulk message; bulk_message NULL is all of the type and day together, with and without one.';
