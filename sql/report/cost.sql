-- What messages cost.

CREATE FUNCTION smsengage_internal.messages_in_doubt(since timestamptz, until timestamptz, account text)
RETURNS TABLE (message_key uuid, recipient text, account_name text, sender_id text, send_time timestamptz, opted_out boolean)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	-- what was said to these may hold for any other
	wide text[] := smsengage_internal.accounts_for_all('{}');
BEGIN
	RETURN QUERY
	WITH against AS MATERIALIZED (
		SELECT e.account, e.recipient, min(e.event_time) AS begins, true AS opted_out, e.account = ANY (wide) AS is_wide
		FROM smsengage.consent_entry e WHERE e.state = 'UNSUBSCRIBED' AND e.event_time < until GROUP BY 1, 2
		UNION ALL
		SELECT b.account, b.recipient, min(b.blocked_at), false, b.scope = 'global' OR b.account = ''
		FROM smsengage.block b WHERE b.scope IN ('local', 'global') AND b.blocked_at < until GROUP BY 1, 2, 5
	)
	SELECT DISTINCT k.message_key, k.recipient, k.account, k.sender_id, k.send_time, k.opted_out
	FROM (
		SELECT m.message_key, m.recipient, m.account, m.sender_id, m.send_time, m.state, c.opted_out, c.begins
		FROM against c JOIN smsengage.message m ON m.account = c.account AND m.recipient = c.recipient
		UNION ALL
		SELECT m.message_key, m.recipient, m.account, m.sender_id, m.send_time, m.state, c.opted_out, c.begins
		FROM against c JOIN smsengage.message m ON m.recipient = c.recipient
		WHERE c.is_wide AND m.account <> c.account
		UNION ALL
		SELECT m.message_key, m.recipient, m.account, m.sender_id, m.send_time, m.state, c.opted_out, c.begins
		FROM against c JOIN smsengage.message m ON m.account = '' AND m.recipient = c.recipient
		WHERE NOT c.is_wide AND c.account <> ''
	) k
	WHERE k.send_time > k.begins AND k.send_time >= since AND k.send_time < until
		AND smsengage.message_outcome(k.state) <> 'not_sent'
		AND (k.account = messages_in_doubt.account OR messages_in_doubt.account IS NULL);
END
$$;
COMMENT ON FUNCTION smsengage_internal.messages_in_doubt(timestamptz, timestamptz, text) IS 'Messages handed over in [since, until) to numbers that had ever opted out (opted_out) or been blocked by then, in a way that may reach the account. Used by forbidden_sends().';

CREATE FUNCTION smsengage.forbidden_sends(since timestamptz, until timestamptz, account text DEFAULT NULL)
RETURNS TABLE (message_key uuid, reason text, broken_scope text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	found record;
BEGIN
	PERFORM smsengage_internal.check_migrated();
	-- gathered first, as what the functions below look up is not on every node of a cluster;
	-- an account or sender that the message does not name is any
	SELECT array_agg(m.message_key) AS keys, array_agg(m.recipient) AS recipients, array_agg(nullif(m.account_name, '')) AS accounts,
		array_agg(nullif(smsengage_internal.sender_key(m.sender_id), '')) AS senders, array_agg(m.send_time) AS times, array_agg(m.opted_out) AS opted_out
	INTO found
	FROM smsengage_internal.messages_in_doubt(since, until, account) m;
	RETURN QUERY
	SELECT m.key, CASE WHEN bool_or(m.opted_out) THEN 'opted out' ELSE 'blocked' END,
		CASE WHEN bool_or(m.opted_out) THEN min(v.scope) FILTER (WHERE m.opted_out) WHEN bool_or(v.scope = 'local') THEN 'local' ELSE 'global' END
	FROM unnest(found.keys, found.recipients, found.accounts, found.senders, found.times, found.opted_out) m(key, recipient, account, sender, send_time, opted_out)
	CROSS JOIN LATERAL (
		SELECT s.broken_scope AS scope FROM smsengage_internal.state_of_consent(smsengage_internal.spellings_of(m.recipient), m.account, smsengage_internal.senders_of(m.account, m.sender, m.send_time), m.send_time) s
		WHERE m.opted_out AND s.state = 'UNSUBSCRIBED'
		UNION ALL
		SELECT b.scope FROM smsengage_internal.visible_blocks(smsengage_internal.spellings_of(m.recipient), m.account, m.send_time) b
		WHERE NOT m.opted_out AND b.scope IN ('local', 'global')
	) v
	GROUP BY m.key;
END
$$;
COMMENT ON FUNCTION smsengage.forbidden_sends(timestamptz, timestamptz, text) IS 'Messages that were handed over in [since, until) although the person had opted out, or the number was blocked, at that moment, by a record that the caller may see. reason: opted out, else blocked. broken_scope: for an opt-out, sender (it was said to this very sender, or to one of its sender_pool), account (to another sender of the account, or to all of them) or everywhere (to another account whose consent_scope is that, or to none), the nearest that holds; for a block, local or global. A message that names no sender (no account) counts against an opt-out of any. The one confirmation that an opt-out is answered with is among them.';

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
