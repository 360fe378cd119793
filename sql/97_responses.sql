-- What became of messages, by the day they were sent: clicks and answers
-- whenever they came, cost, time to deliver, what was stopped and why it failed.

CREATE FUNCTION smsengage.people_add(state bytea, individual_no bigint)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_people_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.people_add(bytea, bigint) IS 'Adds a person to the state of count_people(); NULL is nobody. Raises 22023 for what is no state. Used by count_people().';
CREATE FUNCTION smsengage.people_combine(bytea, bytea)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_people_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION smsengage.people_combine(bytea, bytea) IS 'Joins two states of count_people(). Used by count_people().';
CREATE FUNCTION smsengage.people_count(state bytea)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_people_count' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.people_count(bytea) IS 'How many different people are in a state. Used by count_people().';

CREATE AGGREGATE smsengage.count_people(individual_no bigint) (
	SFUNC = smsengage.people_add,
	STYPE = bytea,
	SSPACE = 4096,
	FINALFUNC = smsengage.people_count,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = smsengage.people_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.count_people(bigint) IS 'COUNT(DISTINCT individual_no) without sorting all rows; 0 without people. Used by response_report().';

CREATE FUNCTION smsengage.message_responses(since timestamptz, until timestamptz, attribution interval, account text)
RETURNS TABLE (message_key uuid, clicks bigint, human_clicks bigint, first_human_click timestamptz, named_answers bigint, answers bigint,
	keyword_answers bigint, opt_out_answers bigint, opt_in_answers bigint, help_answers bigint, first_answer timestamptz)
-- more than the planner takes for few different ones, and it would hash the messages instead
LANGUAGE plpgsql STABLE ROWS 150
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	WITH mark AS MATERIALIZED (
		SELECT k.event_time, k.event_key FROM smsengage.machine_marks(since, until) k
	)
	SELECT x.message_key, sum(x.clicks)::bigint, sum(x.human)::bigint, min(x.first_click), sum(x.named)::bigint, sum(x.answers)::bigint,
		sum(x.keywords)::bigint, sum(x.opt_outs)::bigint, sum(x.opt_ins)::bigint, sum(x.helps)::bigint, min(x.first_answer)
	FROM (
		-- of a click, what its index has, but for its account
		SELECT e.message_key, count(*) AS clicks, count(*) FILTER (WHERE m.event_key IS NULL) AS human, min(e.event_time) FILTER (WHERE m.event_key IS NULL) AS first_click,
			0 AS named, 0 AS answers, 0 AS keywords, 0 AS opt_outs, 0 AS opt_ins, 0 AS helps, NULL::timestamptz AS first_answer
		FROM smsengage.event e
		LEFT JOIN mark m ON m.event_time = e.event_time AND m.event_key = e.event_key
		WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND e.message_key IS NOT NULL
			AND (e.account = message_responses.account OR message_responses.account IS NULL)
		GROUP BY 1
		UNION ALL
		SELECT a.message_key, 0, 0, NULL, count(*) FILTER (WHERE a.is_named), count(*),
			count(*) FILTER (WHERE a.meaning IN ('opt-in', 'help') OR a.meaning = 'reply'
				AND (a.keyword <> '' OR a.status_code = 'keyword_reply' OR smsengage.keyword_action(a.message_text, a.sender_id, a.event_time, a.account_name, a.recipient) IS NOT NULL)),
			count(*) FILTER (WHERE a.meaning = 'opt-out'), count(*) FILTER (WHERE a.meaning = 'opt-in'), count(*) FILTER (WHERE a.meaning = 'help'),
			min(a.event_time)
		FROM smsengage.attributed_answers(since, until, coalesce(attribution, '0'), message_responses.account) a
		WHERE a.message_key IS NOT NULL AND attribution IS NOT NULL
		GROUP BY 1
	) x
	GROUP BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.message_responses(timestamptz, timestamptz, interval, text) IS 'Clicks and answers in [since, until) by the message they belong to: clicks that name one, answers as attributed_answers() says; no answers where attribution is NULL. Used by reports.';

CREATE FUNCTION smsengage.response_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, breakdown text DEFAULT 'bulk_message',
	attribution interval DEFAULT '4 hours', at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (value text, sent bigint, delivered bigint, settled bigint, implied_delivered bigint, reached bigint, contradicted bigint, people_sent bigint, people_reached bigint,
	clicks_by_send_date bigint, human_clicks_by_send_date bigint, messages_clicked bigint, people_clicked bigint,
	answers bigint, keyword_answers bigint, opt_out_answers bigint, other_answers bigint, matched_answers bigint,
	messages_answered bigint, messages_opted_out bigint, messages_opted_in bigint, messages_helped bigint,
	settled_share numeric, total_click_rate numeric, unique_click_rate numeric, people_click_rate numeric, click_to_reach numeric,
	reply_rate numeric, keyword_match_rate numeric, opt_out_rate numeric, opt_in_rate numeric, help_rate numeric,
	p50_seconds_to_click numeric, p90_seconds_to_click numeric, p50_seconds_to_answer numeric, p90_seconds_to_answer numeric)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	first timestamptz := days.day_starts[1];
	last timestamptz := days.day_starts[cardinality(days.day_starts)];
BEGIN
	IF breakdown IS NULL OR breakdown NOT IN ('', 'day', 'account', 'provider', 'channel', 'bulk_message', 'sender_id', 'country') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown breakdown',
			HINT = 'It is day, account, provider, channel, bulk_message, sender_id, country or empty.';
	END IF;
	IF attribution IS NULL OR attribution < '0' THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the attribution window must not be negative or null';
	END IF;
	RETURN QUERY
	WITH response AS MATERIALIZED (SELECT p.* FROM smsengage.message_responses(first, at, attribution, response_report.account) p),
	sent AS (
		SELECT m.message_key, m.state, m.first_time, CASE breakdown WHEN 'day' THEN to_char(m.send_time AT TIME ZONE zone, 'YYYY-MM-DD')
				WHEN 'account' THEN m.account WHEN 'provider' THEN m.provider
				WHEN 'channel' THEN coalesce(m.channel, 'SMS') WHEN 'bulk_message' THEN m.bulk_message WHEN 'sender_id' THEN m.sender_id
				WHEN 'country' THEN smsengage.country_of(m.recipient) ELSE '' END AS value,
			nullif(m.individual_no, 0) AS person, smsengage.message_outcome(m.state) AS outcome
		FROM smsengage.message m
		WHERE m.send_time >= first AND m.send_time < last
			AND (m.account = response_report.account OR response_report.account IS NULL)
			AND NOT smsengage.is_test(m.callback_data)
		-- a fence: once for each message, and where it is
		OFFSET 0
	), message AS (
		SELECT s.value, s.person, s.handed_over, s.delivered, s.delivered OR s.open AS ends_well,
			s.delivered OR s.open AND r.human_clicks + r.named_answers > 0 AS reached,
			CASE WHEN r.message_key IS NOT NULL THEN coalesce(smsengage.arrived_at(s.state), s.first_time) END AS arrived,
			r.*
		FROM (
			SELECT x.*, x.outcome <> 'not_sent' AS handed_over, x.outcome IN ('delivered', 'operator') AS delivered, x.outcome = 'open' AS open
			FROM sent x
			OFFSET 0) s
		LEFT JOIN response r ON r.message_key = s.message_key
		OFFSET 0
	), figure AS (
		SELECT m.value,
			count(*) FILTER (WHERE m.handed_over) AS sent,
			count(*) FILTER (WHERE m.delivered) AS delivered,
			count(*) FILTER (WHERE m.handed_over AND (m.delivered OR NOT m.ends_well)) AS settled,
			count(*) FILTER (WHERE m.reached AND NOT m.delivered) AS implied,
			count(*) FILTER (WHERE m.reached) AS reached,
			count(*) FILTER (WHERE NOT m.ends_well AND m.human_clicks + m.named_answers > 0) AS contradicted,
			smsengage.count_people(m.person) FILTER (WHERE m.handed_over) AS people_sent,
			smsengage.count_people(m.person) FILTER (WHERE m.reached) AS people_reached,
			coalesce(sum(m.clicks), 0)::bigint AS clicks,
			coalesce(sum(m.human_clicks) FILTER (WHERE m.reached), 0)::bigint AS human_clicks,
			count(*) FILTER (WHERE m.reached AND m.human_clicks > 0) AS clicked,
			smsengage.count_people(m.person) FILTER (WHERE m.reached AND m.human_clicks > 0) AS people_clicked,
			coalesce(sum(m.answers), 0)::bigint AS answers,
			coalesce(sum(m.keyword_answers), 0)::bigint AS keyword_answers,
			coalesce(sum(m.opt_out_answers), 0)::bigint AS opt_out_answers,
			count(*) FILTER (WHERE m.reached AND m.answers > 0) AS answered,
			count(*) FILTER (WHERE m.reached AND m.opt_out_answers > 0) AS opted_out,
			count(*) FILTER (WHERE m.handed_over AND m.opt_in_answers > 0) AS opted_in,
			count(*) FILTER (WHERE m.reached AND m.help_answers > 0) AS helped,
			array_agg(extract(epoch FROM m.first_human_click - m.arrived)::double precision) FILTER (WHERE m.reached AND m.first_human_click >= m.arrived) AS clicked_after,
			array_agg(extract(epoch FROM m.first_answer - m.arrived)::double precision) FILTER (WHERE m.reached AND m.first_answer >= m.arrived) AS answered_after
		FROM message m
		GROUP BY 1
	)
	SELECT f.value, f.sent, f.delivered, f.settled, f.implied, f.reached, f.contradicted, f.people_sent, f.people_reached,
		f.clicks, f.human_clicks, f.clicked, f.people_clicked,
		f.answers, f.keyword_answers, f.opt_out_answers, f.answers - f.keyword_answers - f.opt_out_answers, f.keyword_answers + f.opt_out_answers,
		f.answered, f.opted_out, f.opted_in, f.helped,
		smsengage.rate(f.settled, f.sent), smsengage.rate(f.human_clicks, f.reached), smsengage.rate(f.clicked, f.reached),
		smsengage.rate(f.people_clicked, f.people_reached), smsengage.rate(f.people_clicked, f.people_sent),
		smsengage.rate(f.answered, f.reached), smsengage.rate(f.keyword_answers + f.opt_out_answers, f.answers),
		smsengage.rate(f.opted_out, f.reached), smsengage.rate(f.opted_in, f.sent), smsengage.rate(f.helped, f.reached),
		round(f.to_click[1]::numeric, 3), round(f.to_click[2]::numeric, 3), round(f.to_answer[1]::numeric, 3), round(f.to_answer[2]::numeric, 3)
	FROM (
		SELECT g.*,
			(SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY x) FROM unnest(g.clicked_after) x) AS to_click,
			(SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY x) FROM unnest(g.answered_after) x) AS to_answer
		FROM figure g
		OFFSET 0) f
	ORDER BY f.sent DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage.response_report(date, date, text, text, text, interval, timestamptz) IS 'What people did with the messages sent in the days [since, until) of a zone, by default the last 30, whenever they did it up to the moment at: clicks that name the message, answers to it. A click by a person, or an answer for which the provider names the message, says that an open message arrived (implied_delivered); to a failed one it is a contradiction, counted apart. One row for each value of a breakdown: bulk_message, day, account, provider, channel, sender_id, country; empty: one row. Reads messages, clicks and answers. Columns: metric_dictionary. Raises 22023 for another breakdown, an unknown zone, an empty period or a negative window.';

CREATE FUNCTION smsengage.forbidden_sends(since timestamptz, until timestamptz, account text DEFAULT NULL)
RETURNS TABLE (message_key uuid, reason text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	found record;
BEGIN
	PERFORM smsengage.check_migrated();
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
	WHERE CASE WHEN m.opted_out THEN (smsengage.state_of_consent(m.recipient, m.account, nullif(smsengage.sender_key(m.sender_id), ''), m.send_time)).state = 'UNSUBSCRIBED'
		ELSE EXISTS (SELECT FROM smsengage.visible_blocks(m.recipient, m.account, m.send_time)) END
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
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH response AS MATERIALIZED (
		SELECT p.message_key, p.human_clicks
		FROM smsengage.message_responses(bounds[1], at, NULL, account) p
		WHERE human AND p.human_clicks > 0
	), clicked AS MATERIALIZED (
		SELECT m.price_currency AS currency, m.provider, sum(r.human_clicks)::bigint AS human_clicks, count(*) AS messages
		FROM response r
		JOIN smsengage.message m ON m.message_key = r.message_key
		WHERE m.send_time >= bounds[1] AND m.send_time < bounds[2]
			AND smsengage.message_outcome(m.state) IN ('delivered', 'operator', 'open') AND NOT smsengage.is_test(m.callback_data)
		GROUP BY 1, 2
	), against AS MATERIALIZED (
		SELECT s.message_key FROM smsengage.forbidden_sends(bounds[1], bounds[2], account) s WHERE human
	), forbidden AS MATERIALIZED (
		SELECT m.price_currency AS currency, m.provider, sum(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts))) AS cost
		FROM against f
		JOIN smsengage.message m ON m.message_key = f.message_key
		WHERE smsengage.message_outcome(m.state) NOT IN ('failed', 'expired') AND NOT smsengage.is_test(m.callback_data)
		GROUP BY 1, 2
	)
	SELECT f.currency, f.provider, CASE f.provider WHEN 'infobip' THEN 'part' ELSE 'message' END, f.sent, f.delivered, f.delivered_priced, f.priced, f.parts, f.cost, f.cost_delivered, f.wasted,
		CASE WHEN human THEN coalesce(b.cost, 0) END, CASE WHEN human THEN coalesce(c.human_clicks, 0) END, CASE WHEN human THEN coalesce(c.messages, 0) END,
		smsengage.rate(f.priced, f.sent), smsengage.rate(f.cost, f.delivered_priced), smsengage.rate(f.cost, f.priced),
		smsengage.rate(f.cost, c.human_clicks), smsengage.rate(f.cost, c.messages)
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
		FROM smsengage.outcome_counts(bounds, account, at) c
		GROUP BY 1, 2
	) f
	LEFT JOIN clicked c ON c.provider = f.provider AND c.currency IS NOT DISTINCT FROM f.currency
	LEFT JOIN forbidden b ON b.provider = f.provider AND b.currency IS NOT DISTINCT FROM f.currency
	WHERE f.sent <> 0 OR f.cost <> 0
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.cost_report(date, date, text, text, timestamptz, boolean) IS 'What messages sent in the days [since, until) of a zone cost, by currency (never added across; NULL: no currency is known) and provider. price_basis: whether the provider states the price of a part or of a message. human => false leaves out clicks and forbidden_cost, and reads neither events nor messages. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.time_to_deliver(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, breakdown text DEFAULT '', at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (value text, delivered_handset bigint, measured bigint, negative bigint, p50_seconds numeric, p90_seconds numeric, p95_seconds numeric, p99_seconds numeric,
	measured_in_5_seconds bigint, measured_in_1_minute bigint, measured_in_1_hour bigint, within_5_seconds numeric, within_1_minute numeric, within_1_hour numeric,
	censored bigint, p50_seconds_censored numeric, p90_seconds_censored numeric, p95_seconds_censored numeric, p99_seconds_censored numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
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
				AND NOT smsengage.is_test(m.callback_data)
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
		smsengage.rate(t.second_5, t.measured), smsengage.rate(t.minute_1, t.measured), smsengage.rate(t.hour_1, t.measured),
		t.censored, round(e.p50::numeric, 3), round(e.p90::numeric, 3), round(e.p95::numeric, 3), round(e.p99::numeric, 3)
	FROM measure t
	LEFT JOIN estimate e ON e.value IS NOT DISTINCT FROM t.value
	ORDER BY t.value;
END
$$;
COMMENT ON FUNCTION smsengage.time_to_deliver(date, date, text, text, text, timestamptz) IS 'How long messages sent in the days [since, until) of a zone took to be delivered to the handset: percentiles of done - sent in seconds, and the share within 5 seconds, a minute and an hour of the measured ones. measured: both times are known and not reversed; negative: the provider''s clocks contradict each other, counted apart. The percentiles that end in _censored count messages without an outcome, or delivered to the operator, as still on their way at the moment at (product-limit estimate): NULL where too few have arrived to tell. What failed does not enter. A receipt may itself be late: it is the time the provider knows. breakdown: account, provider, channel, bulk_message, sender_id or country; empty: one row. Raises 22023 for another one.';

CREATE FUNCTION smsengage.block_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (subcategory text, code integer, scope text, blocked bigint, attempted bigint, block_rate numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
	all_attempted bigint := coalesce((SELECT sum(f.attempted) FROM smsengage.delivery_figures(bounds, '', account, at) f), 0);
	stopped record;
BEGIN
	-- gathered first, as the blocks of a number are not on every node of a cluster
	SELECT array_agg(x.recipient) AS recipients, array_agg(x.account) AS accounts, array_agg(x.send_time) AS times, array_agg(x.subcategory) AS subcategories
	INTO stopped
	FROM (
		SELECT m.recipient, m.account, smsengage.send_time(m.state, m.first_time) AS send_time, e.subcategory
		FROM smsengage.message m
		CROSS JOIN LATERAL (
			SELECT smsengage.event_subcategory(k.provider, k.status_class, k.status_code, k.status_name, k.error_code) AS subcategory
			FROM smsengage.event k
			WHERE k.message_key = m.message_key AND k.individual_no IN (m.individual_no, 0)
				AND k.event_time BETWEEN m.first_time AND m.last_time AND k.status_class = 3
			ORDER BY k.event_time DESC, k.event_key
			LIMIT 1
		) e
		WHERE smsengage.message_outcome(m.state) = 'not_sent' AND width_bucket(smsengage.send_time(m.state, m.first_time), bounds) = 1
			AND (m.account = block_report.account OR block_report.account IS NULL) AND NOT smsengage.is_test(m.callback_data)
			AND e.subcategory IN ('Global block', 'Partial block')
	) x;
	RETURN QUERY
	SELECT x.subcategory, x.code, x.scope, x.n, all_attempted, smsengage.rate(x.n, all_attempted)
	FROM (
		SELECT m.subcategory, b.code, b.scope, count(*) AS n
		FROM unnest(stopped.recipients, stopped.accounts, stopped.times, stopped.subcategories) m(recipient, account, send_time, subcategory)
		LEFT JOIN LATERAL (
			SELECT r.code, r.scope
			FROM smsengage.visible_blocks(m.recipient, m.account, m.send_time) r
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
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
	all_sent bigint := coalesce((SELECT sum(f.sent) FROM smsengage.delivery_figures(bounds, '', account, at) f), 0);
BEGIN
	RETURN QUERY
	SELECT r.issue, i.kind, count(*), all_sent, smsengage.rate(count(*), all_sent)
	FROM smsengage.delivery_issue_report r
	JOIN smsengage.delivery_issues() i ON i.issue = r.issue
	WHERE r.send_time >= bounds[1] AND r.send_time < bounds[2] AND r.outcome <> 'not_sent' AND NOT r.is_test
		AND (r.account = failure_report.account OR failure_report.account IS NULL)
	GROUP BY 1, 2
	ORDER BY 3 DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage.failure_report(date, date, text, text, timestamptz) IS 'The failure rate of messages sent in the days [since, until) of a zone, by reason: Intercom''s issues, for every provider. Adds up to not_delivered. Columns: metric_dictionary.';
