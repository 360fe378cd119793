-- What messages cost.

CREATE FUNCTION smsengage.forbidden_sends(since timestamptz, until timestamptz, account text DEFAULT NULL)
RETURNS TABLE (message_key uuid, reason text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	found record;
BEGIN
	PERFORM smsengage_internal.check_migrated();
	-- gathered first, as what the functions below look up is not on every node of a cluster
	SELECT array_agg(m.message_key) AS keys, array_agg(m.recipient) AS recipients, array_agg(m.account) AS accounts, array_agg(m.sender_id) AS senders,
		array_agg(m.send_time) AS times, array_agg(m.opted_out) AS opted_out
	INTO found
	FROM (
		SELECT DISTINCT k.message_key, k.recipient, k.account, k.sender_id, k.send_time, c.opted_out
		FROM (
			SELECT e.account, e.recipient, e.event_time AS begins, true AS opted_out FROM smsengage.consent_entry e WHERE e.state = 'UNSUBSCRIBED'
			UNION ALL
			SELECT b.account, b.recipient, b.blocked_at, false FROM smsengage.block b WHERE b.scope = 'local'
		) c
		JOIN smsengage.message k ON k.account = c.account AND k.recipient = c.recipient
		WHERE k.send_time > c.begins AND k.send_time >= since AND k.send_time < until
			AND smsengage.message_outcome(k.state) <> 'not_sent'
			AND (k.account = forbidden_sends.account OR forbidden_sends.account IS NULL)
		UNION
		SELECT k.message_key, k.recipient, k.account, k.sender_id, k.send_time, false
		FROM smsengage.block b
		JOIN smsengage.message k ON k.recipient = b.recipient
		WHERE b.scope = 'global' AND k.send_time > b.blocked_at AND k.send_time >= since AND k.send_time < until
			AND smsengage.message_outcome(k.state) <> 'not_sent'
			AND (k.account = forbidden_sends.account OR forbidden_sends.account IS NULL)
	) m;
	RETURN QUERY
	SELECT m.key, CASE WHEN bool_or(m.opted_out) THEN 'opted out' ELSE 'blocked' END
	FROM unnest(found.keys, found.recipients, found.accounts, found.senders, found.times, found.opted_out) m(key, recipient, account, sender_id, send_time, opted_out)
	WHERE CASE WHEN m.opted_out THEN (smsengage_internal.state_of_consent(m.recipient, m.account, nullif(smsengage_internal.sender_key(m.sender_id), ''), m.send_time)).state = 'UNSUBSCRIBED'
		ELSE EXISTS (SELECT FROM smsengage_internal.visible_blocks(m.recipient, m.account, m.send_time)) END
	GROUP BY m.key;
END
$$;
COMMENT ON FUNCTION smsengage.forbidden_sends(timestamptz, timestamptz, text) IS 'Messages that were handed over in [since, until) although the person had opted out of the account or its sender, as far as consent_scope says (where the sender is not known, of any), or the number was blocked at that moment by a record that the caller may see. The one confirmation that an opt-out is answered with is among them.';

CREATE FUNCTION smsengage.cost_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (price_currency text, provider text, price_basis text, sent bigint, delivered bigint, delivered_priced bigint, priced bigint, parts bigint, cost numeric, cost_delivered numeric, wasted_cost numeric,
	forbidden_cost numeric, human_clicks_by_send_date bigint, messages_clicked bigint,
	priced_share numeric, cost_per_delivered numeric, cost_per_message numeric, cost_per_human_click numeric, cost_per_message_clicked numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH response AS MATERIALIZED (
		SELECT p.message_key, p.human_clicks
		FROM smsengage_internal.message_responses(bounds[1], at, NULL, account) p
		WHERE human AND p.human_clicks > 0
	), clicked AS MATERIALIZED (
		SELECT m.price_currency AS currency, m.provider, sum(r.human_clicks)::bigint AS human_clicks, count(*) AS messages
		FROM response r
		JOIN smsengage.message m ON m.message_key = r.message_key
		WHERE m.send_time >= bounds[1] AND m.send_time < bounds[2]
			AND smsengage.message_outcome(m.state) IN ('delivered', 'operator', 'open') AND NOT smsengage_internal.is_test(m.callback_data)
		GROUP BY 1, 2
	), against AS MATERIALIZED (
		SELECT s.message_key FROM smsengage.forbidden_sends(bounds[1], bounds[2], account) s WHERE human
	), forbidden AS MATERIALIZED (
		SELECT m.price_currency AS currency, m.provider, sum(smsengage.message_cost(m.provider, m.price, smsengage_internal.billed_parts(m.state, m.parts))) AS cost
		FROM against f
		JOIN smsengage.message m ON m.message_key = f.message_key
		WHERE smsengage.message_outcome(m.state) NOT IN ('failed', 'expired') AND NOT smsengage_internal.is_test(m.callback_data)
		GROUP BY 1, 2
	)
	SELECT f.currency, f.provider, CASE f.provider WHEN 'infobip' THEN 'part' ELSE 'message' END, f.sent, f.delivered, f.delivered_priced, f.priced, f.parts, f.cost, f.cost_delivered, f.wasted,
		CASE WHEN human THEN coalesce(b.cost, 0) END, CASE WHEN human THEN coalesce(c.human_clicks, 0) END, CASE WHEN human THEN coalesce(c.messages, 0) END,
		smsengage_internal.rate(f.priced, f.sent), smsengage_internal.rate(f.cost, f.delivered_priced), smsengage_internal.rate(f.cost, f.priced),
		smsengage_internal.rate(f.cost, c.human_clicks), smsengage_internal.rate(f.cost, c.messages)
	FROM (
		SELECT c.price_currency AS currency, c.provider,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS sent,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0)::bigint AS delivered,
			coalesce(sum(c.priced) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0)::bigint AS delivered_priced,
			coalesce(sum(c.priced) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS priced,
			coalesce(sum(c.parts) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS parts,
			coalesce(sum(c.cost) FILTER (WHERE c.outcome <> 'not_sent'), 0) AS cost,
			coalesce(sum(c.cost) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0) AS cost_delivered,
			coalesce(sum(c.cost) FILTER (WHERE c.outcome IN ('failed', 'expired')), 0) AS wasted
		FROM smsengage_internal.outcome_counts(bounds, account, at) c
		GROUP BY 1, 2
	) f
	LEFT JOIN clicked c ON c.provider = f.provider AND c.currency IS NOT DISTINCT FROM f.currency
	LEFT JOIN forbidden b ON b.provider = f.provider AND b.currency IS NOT DISTINCT FROM f.currency
	WHERE f.sent <> 0 OR f.cost <> 0
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.cost_report(date, date, text, text, timestamptz, boolean) IS 'What messages sent in the days [since, until) of a zone cost, by currency (never added across; NULL: no currency is known) and provider. price_basis: whether the provider states the price of a part or of a message. human => false leaves out clicks and forbidden_cost, and reads neither events nor messages. Columns: metric_dictionary.';
