-- How long delivery takes.

CREATE FUNCTION smsengage.time_to_deliver(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, breakdown text DEFAULT '', at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (value text, delivered_handset bigint, measured bigint, negative bigint, p50_seconds numeric, p90_seconds numeric, p95_seconds numeric, p99_seconds numeric,
	measured_in_5_seconds bigint, measured_in_1_minute bigint, measured_in_1_hour bigint, within_5_seconds numeric, within_1_minute numeric, within_1_hour numeric,
	censored bigint, p50_seconds_censored numeric, p90_seconds_censored numeric, p95_seconds_censored numeric, p99_seconds_censored numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
BEGIN
	IF breakdown IS NULL OR breakdown NOT IN ('', 'account', 'provider', 'channel', 'bulk_message', 'sender_id', 'country') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown breakdown',
			HINT = 'It is account, provider, channel, bulk_message, sender_id, country or empty.';
	END IF;
	RETURN QUERY
	WITH one AS MATERIALIZED (
		SELECT d.value, d.done_at IS NULL AS open, extract(epoch FROM coalesce(d.done_at, at) - d.sent_at)::double precision AS seconds
		FROM (
			SELECT CASE breakdown WHEN 'account' THEN m.account WHEN 'provider' THEN m.provider WHEN 'channel' THEN coalesce(m.channel, 'SMS')
					WHEN 'bulk_message' THEN m.bulk_message WHEN 'sender_id' THEN m.sender_id WHEN 'country' THEN smsengage.country_of(m.recipient) END AS value,
				o.outcome, o.sent_at,
				CASE o.outcome WHEN 'delivered' THEN smsengage.done_at(m.state) END AS done_at
			FROM smsengage.message m
			CROSS JOIN LATERAL (
				-- a fence: once for each message
				SELECT smsengage.sent_at(m.state) AS sent_at, smsengage.message_outcome(m.state) AS outcome OFFSET 0
			) o
			WHERE m.send_time >= days.day_starts[1] AND m.send_time < days.day_starts[cardinality(days.day_starts)]
				AND o.outcome IN ('delivered', 'open', 'operator')
				AND (m.account = time_to_deliver.account OR time_to_deliver.account IS NULL)
				AND NOT smsengage_internal.is_test(m.callback_data)
		) d
		WHERE d.outcome = 'delivered' OR d.sent_at <= at
	), measure AS (
		SELECT d.value, count(*) FILTER (WHERE NOT d.open) AS delivered, count(*) FILTER (WHERE NOT d.open AND d.seconds >= 0) AS measured,
			count(*) FILTER (WHERE NOT d.open AND d.seconds < 0) AS negative, count(*) FILTER (WHERE d.open) AS censored,
			percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY d.seconds) FILTER (WHERE NOT d.open AND d.seconds >= 0) AS p,
			count(*) FILTER (WHERE NOT d.open AND d.seconds BETWEEN 0 AND 5) AS second_5, count(*) FILTER (WHERE NOT d.open AND d.seconds BETWEEN 0 AND 60) AS minute_1,
			count(*) FILTER (WHERE NOT d.open AND d.seconds BETWEEN 0 AND 3600) AS hour_1
		FROM one d
		GROUP BY d.value
	), step AS (
		-- how many of those still waiting are delivered at each time, and how many wait
		SELECT d.value, d.seconds, count(*) FILTER (WHERE NOT d.open) AS ended,
			sum(count(*)) OVER (PARTITION BY d.value ORDER BY d.seconds DESC) AS waiting
		FROM one d
		WHERE d.seconds >= 0
		GROUP BY 1, 2
	), curve AS (
		SELECT s.value, s.seconds,
			exp(sum(CASE WHEN s.ended >= s.waiting THEN '-Infinity' ELSE ln(1 - s.ended::double precision / s.waiting::double precision) END)
				OVER (PARTITION BY s.value ORDER BY s.seconds ROWS UNBOUNDED PRECEDING)) AS share_waiting
		FROM step s
		WHERE s.ended > 0
	), estimate AS (
		SELECT c.value, min(c.seconds) FILTER (WHERE c.share_waiting <= 0.5 + 1e-9) AS p50, min(c.seconds) FILTER (WHERE c.share_waiting <= 0.1 + 1e-9) AS p90,
			min(c.seconds) FILTER (WHERE c.share_waiting <= 0.05 + 1e-9) AS p95, min(c.seconds) FILTER (WHERE c.share_waiting <= 0.01 + 1e-9) AS p99
		FROM curve c
		GROUP BY c.value
	)
	SELECT t.value, t.delivered, t.measured, t.negative,
		round(t.p[1]::numeric, 3), round(t.p[2]::numeric, 3), round(t.p[3]::numeric, 3), round(t.p[4]::numeric, 3),
		t.second_5, t.minute_1, t.hour_1,
		smsengage_internal.rate(t.second_5, t.measured), smsengage_internal.rate(t.minute_1, t.measured), smsengage_internal.rate(t.hour_1, t.measured),
		t.censored, round(e.p50::numeric, 3), round(e.p90::numeric, 3), round(e.p95::numeric, 3), round(e.p99::numeric, 3)
	FROM measure t
	LEFT JOIN estimate e ON e.value IS NOT DISTINCT FROM t.value
	ORDER BY t.value;
END
$$;
COMMENT ON FUNCTION smsengage.time_to_deliver(date, date, text, text, text, timestamptz) IS 'How long messages sent in the days [since, until) of a zone took to be delivered to the handset: percentiles of done - sent in seconds, and the share within 5 seconds, a minute and an hour of the measured ones. measured: both times are known and not reversed; negative: the provider''s clocks contradict each other, counted apart. The percentiles that end in _censored count messages without an outcome, or delivered to the operator, as still on their way at the moment at (product-limit estimate): NULL where too few have arrived to tell. What failed does not enter. A receipt may itself be late: it is the time the provider knows. breakdown: account, provider, channel, bulk_message, sender_id or country; empty: one row. Raises 22023 for another one.';
