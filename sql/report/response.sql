-- What became of messages, by the day they were sent: clicks and answers
-- whenever they came.

CREATE FUNCTION smsengage_internal.message_responses(since timestamptz, until timestamptz, attribution interval, account text)
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
		SELECT k.event_time, k.event_key FROM smsengage_internal.clicks_by_machines(since, until) k
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
COMMENT ON FUNCTION smsengage_internal.message_responses(timestamptz, timestamptz, interval, text) IS 'Clicks and answers in [since, until) by the message they belong to: clicks that name one, answers as attributed_answers() says; no answers where attribution is NULL. Used by reports.';

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
	days record := smsengage_internal.report_bounds(since, until, zone, at);
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
	WITH response AS MATERIALIZED (SELECT p.* FROM smsengage_internal.message_responses(first, at, attribution, response_report.account) p),
	sent AS (
		SELECT m.message_key, m.state, m.first_time, CASE breakdown WHEN 'day' THEN to_char(m.send_time AT TIME ZONE zone, 'YYYY-MM-DD')
				WHEN 'account' THEN m.account WHEN 'provider' THEN m.provider
				WHEN 'channel' THEN coalesce(m.channel, 'SMS') WHEN 'bulk_message' THEN m.bulk_message WHEN 'sender_id' THEN m.sender_id
				WHEN 'country' THEN smsengage.country_of(m.recipient) ELSE '' END AS value,
			nullif(m.individual_no, 0) AS person, smsengage.message_outcome(m.state) AS outcome
		FROM smsengage.message m
		WHERE m.send_time >= first AND m.send_time < last
			AND (m.account = response_report.account OR response_report.account IS NULL)
			AND NOT smsengage_internal.is_test(m.callback_data)
		-- a fence: once for each message, and where it is
		OFFSET 0
	), message AS (
		SELECT s.value, s.person, s.handed_over, s.delivered, s.delivered OR s.open AS ends_well,
			s.delivered OR s.open AND r.human_clicks + r.named_answers > 0 AS reached,
			CASE WHEN r.message_key IS NOT NULL THEN coalesce(smsengage_internal.arrived_at(s.state), s.first_time) END AS arrived,
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
			smsengage_internal.count_people(m.person) FILTER (WHERE m.handed_over) AS people_sent,
			smsengage_internal.count_people(m.person) FILTER (WHERE m.reached) AS people_reached,
			coalesce(sum(m.clicks), 0)::bigint AS clicks,
			coalesce(sum(m.human_clicks) FILTER (WHERE m.reached), 0)::bigint AS human_clicks,
			count(*) FILTER (WHERE m.reached AND m.human_clicks > 0) AS clicked,
			smsengage_internal.count_people(m.person) FILTER (WHERE m.reached AND m.human_clicks > 0) AS people_clicked,
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
		smsengage_internal.rate(f.settled, f.sent), smsengage_internal.rate(f.human_clicks, f.reached), smsengage_internal.rate(f.clicked, f.reached),
		smsengage_internal.rate(f.people_clicked, f.people_reached), smsengage_internal.rate(f.people_clicked, f.people_sent),
		smsengage_internal.rate(f.answered, f.reached), smsengage_internal.rate(f.keyword_answers + f.opt_out_answers, f.answers),
		smsengage_internal.rate(f.opted_out, f.reached), smsengage_internal.rate(f.opted_in, f.sent), smsengage_internal.rate(f.helped, f.reached),
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
