-- What was blocked, and what failed.

CREATE FUNCTION smsengage.block_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (subcategory text, code integer, scope text, blocked bigint, attempted bigint, block_rate numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
	all_attempted bigint := coalesce((SELECT sum(f.attempted) FROM smsengage_internal.delivery_figures(bounds, '', account, at) f), 0);
	stopped record;
BEGIN
	-- gathered first, as the blocks of a number are not on every node of a cluster
	SELECT array_agg(x.recipient) AS recipients, array_agg(x.account) AS accounts, array_agg(x.send_time) AS times, array_agg(x.subcategory) AS subcategories
	INTO stopped
	FROM (
		SELECT m.recipient, m.account, smsengage.send_time(m.state, m.first_time) AS send_time, e.subcategory
		FROM smsengage.message m
		CROSS JOIN LATERAL (
			SELECT smsengage_internal.event_subcategory(k.provider, k.status_class, k.status_code, k.status_name, k.error_code) AS subcategory
			FROM smsengage.event k
			WHERE k.message_key = m.message_key AND k.individual_no IN (m.individual_no, 0)
				AND k.event_time BETWEEN m.first_time AND m.last_time AND k.status_class = :CLASS_NOT_SENT:
			ORDER BY k.event_time DESC, k.event_key
			LIMIT 1
		) e
		WHERE smsengage.message_outcome(m.state) = 'not_sent' AND width_bucket(smsengage.send_time(m.state, m.first_time), bounds) = 1
			AND (m.account = block_report.account OR block_report.account IS NULL) AND NOT smsengage_internal.is_test(m.callback_data)
			AND e.subcategory IN ('Global block', 'Partial block')
	) x;
	RETURN QUERY
	SELECT x.subcategory, x.code, x.scope, x.n, all_attempted, smsengage_internal.rate(x.n, all_attempted)
	FROM (
		SELECT m.subcategory, b.code, b.scope, count(*) AS n
		FROM unnest(stopped.recipients, stopped.accounts, stopped.times, stopped.subcategories) m(recipient, account, send_time, subcategory)
		LEFT JOIN LATERAL (
			SELECT r.code, r.scope
			FROM smsengage_internal.visible_blocks(smsengage_internal.spellings_of(m.recipient), m.account, m.send_time) r
			ORDER BY r.expires_at DESC, r.event_key
			LIMIT 1
		) b ON m.recipient <> ''
		GROUP BY 1, 2, 3
	) x
	ORDER BY x.n DESC, 1, 2, 3;
END
$$;
COMMENT ON FUNCTION smsengage.block_report(date, date, text, text, timestamptz) IS 'Attempts of the days [since, until) of a zone that a block list stopped (EngageLab''s Global block and Partial block; log_not_sent() records those that can_send() refused), by the record of the number that held at that moment: code and scope, NULL where only the provider knows it. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.failure_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (issue text, issue_kind text, issue_messages bigint, sent bigint, issue_rate numeric)
LANGUAGE plpgsql STABLE ROWS 8
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
	all_sent bigint := coalesce((SELECT sum(f.sent) FROM smsengage_internal.delivery_figures(bounds, '', account, at) f), 0);
BEGIN
	RETURN QUERY
	SELECT r.issue, i.kind, count(*), all_sent, smsengage_internal.rate(count(*), all_sent)
	FROM smsengage.delivery_issue_report r
	JOIN smsengage.delivery_issues() i ON i.issue = r.issue
	WHERE r.send_time >= bounds[1] AND r.send_time < bounds[2] AND r.outcome <> 'not_sent' AND NOT r.is_test
		AND (r.account = failure_report.account OR failure_report.account IS NULL)
	GROUP BY 1, 2
	ORDER BY 3 DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage.failure_report(date, date, text, text, timestamptz) IS 'The failure rate of messages sent in the days [since, until) of a zone, by reason: Intercom''s issues, for every provider. Adds up to not_delivered. Columns: metric_dictionary.';
