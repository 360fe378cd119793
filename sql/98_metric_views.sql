-- Health, and the metrics as views for tools that cannot call functions.

CREATE FUNCTION smsengage.health_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	fresh boolean := to_regclass('smsengage.health_threshold') IS NULL;
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.health_threshold (
		metric text COLLATE "C" CONSTRAINT health_threshold_pkey PRIMARY KEY,
		lowest numeric(12,6),
		highest numeric(12,6),
		note text,
		CONSTRAINT health_threshold_check CHECK (lowest IS NOT NULL OR highest IS NOT NULL)
	);
	IF fresh THEN
		INSERT INTO smsengage.health_threshold (metric, lowest, highest, note)
		VALUES
			('delivery_rate_settled', 0.9, NULL, 'a value to begin with'),
			('unreachable_rate', NULL, 0.05, 'disconnected, unreachable or blocked: Klaviyo alerts above 5 % of sends'),
			('carrier_rate', NULL, 0.1, 'refused by the carrier, or for a reason unknown: Klaviyo alerts above 10 % of sends'),
			('click_rate', 0.06, NULL, 'Klaviyo alerts below 6 %'),
			('unsubscribe_rate', NULL, 0.013, 'Klaviyo alerts above 1.3 %'),
			('p50_seconds', NULL, 10, 'Twilio asks for one-time codes in less than 10 s'),
			('rejected_inbound', NULL, 0, 'what a person said must not be lost: look into rejected_event'),
			('unreadable_fields', NULL, 0, 'a provider has changed something, or sends what it should not: look at drift'),
			('lost_share', NULL, 0, 'nothing that was not understood should be lost')
		ON CONFLICT DO NOTHING;
	END IF;
	PERFORM smsengage.describe('smsengage.health_threshold', 'From where on health() calls a metric unhealthy. May be edited.', $c$
		metric: Name of the metric, as in health()
		lowest: Healthy from here on; NULL: no lower limit
		highest: Healthy up to here; NULL: no upper limit
		note: Where the value comes from$c$);
END
$$;
COMMENT ON FUNCTION smsengage.health_tables() IS 'Makes the table of thresholds that is missing, with what vendors publish. Used by migrate().';

CREATE FUNCTION smsengage.health(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (metric text, value numeric, numerator bigint, denominator bigint, lowest numeric, highest numeric, healthy boolean)
LANGUAGE plpgsql STABLE ROWS 9
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH figure AS MATERIALIZED (
		SELECT f.sent, f.delivered, f.settled FROM smsengage.delivery_figures(bounds, '', account, at) f
	), event AS MATERIALIZED (
		SELECT coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'DELIVERED'), 0)::bigint AS reached,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'UNSUBSCRIBE'), 0)::bigint
				+ coalesce((SELECT k.unsubscribes FROM smsengage.keyword_consents(bounds, account) k), 0) AS unsubscribes
		FROM smsengage.event_counts(bounds, '{CLICK,DELIVERED,UNSUBSCRIBE}', '', account, true) c
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
		SELECT 'delivery_rate_settled' AS metric, smsengage.rate(f.delivered, f.settled) AS value, f.delivered AS numerator, f.settled AS denominator FROM figure f
		UNION ALL SELECT 'unreachable_rate', smsengage.rate(i.unreachable, f.sent), i.unreachable, f.sent FROM issue i, figure f
		UNION ALL SELECT 'carrier_rate', smsengage.rate(i.carrier, f.sent), i.carrier, f.sent FROM issue i, figure f
		UNION ALL SELECT 'click_rate', smsengage.rate(e.clickers, e.reached), e.clickers, e.reached FROM event e
		UNION ALL SELECT 'unsubscribe_rate', smsengage.rate(e.unsubscribes, e.reached), e.unsubscribes, e.reached FROM event e
		UNION ALL SELECT 'p50_seconds', t.p50_seconds, NULL, t.measured FROM smsengage.time_to_deliver(days.since, days.until, zone, account, '', at) t
		-- what a person said and nobody took in; a piece that does not tell what it is may be that
		UNION ALL SELECT 'rejected_inbound', count(*), count(*), NULL FROM smsengage.rejected_event r
			WHERE r.received_at >= bounds[1] AND r.received_at < bounds[2] AND (r.account = health.account OR health.account IS NULL)
				AND coalesce(r.event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP'), true)
		UNION ALL SELECT 'unreadable_fields', coalesce(sum(n.events), 0), coalesce(sum(n.events), 0)::bigint, NULL FROM smsengage.field_note n
			WHERE n.last_seen >= bounds[1] AND n.first_seen < bounds[2] AND (n.account = health.account OR health.account IS NULL)
		UNION ALL SELECT 'lost_share', smsengage.rate(p.lost, p.pieces), p.lost, p.pieces FROM piece p
	)
	SELECT t.metric, f.value, f.numerator, f.denominator, t.lowest, t.highest,
		CASE WHEN f.value IS NOT NULL THEN coalesce(f.value >= t.lowest, true) AND coalesce(f.value <= t.highest, true) END
	FROM smsengage.health_threshold t
	JOIN found f ON f.metric = t.metric
	ORDER BY t.metric;
END
$$;
COMMENT ON FUNCTION smsengage.health(date, date, text, text, timestamptz) IS 'The metrics of health_threshold for messages and events of the days [since, until) of a zone, by default the last 30, and whether each is within its limits (NULL: there is nothing to judge by).';

CREATE FUNCTION smsengage.metric_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	delivery_columns text := $c$
		attempted: Messages asked for
		not_sent: Of these, never handed over
		sent: attempted - not_sent = delivered + failed + expired + pending + unknown
		delivered: delivered_handset + delivered_operator
		delivered_handset: Confirmed by the handset
		delivered_operator: Confirmed no further than the operator
		failed: Final failure after the hand-over
		expired: Not delivered within the validity
		pending: Open, within the provider's deadline
		unknown: Open, past the provider's deadline
		not_delivered: failed + expired
		possibly_delivered: delivered + pending + unknown
		settled: delivered + failed + expired
		parts: Parts of the messages sent
		delivery_rate: delivered / sent
		delivery_rate_low: The same, lower bound: delivered / sent
		delivery_rate_high: Upper bound: possibly_delivered / sent
		delivery_rate_settled: delivered / settled
		settled_share: settled / sent; below 1 the rates are provisional
		failure_rate: not_delivered / sent
		handover_rate: sent / attempted$c$;
	rates text := 'r.delivery_rate::numeric(9,6) AS delivery_rate, r.delivery_rate_low::numeric(9,6) AS delivery_rate_low, r.delivery_rate_high::numeric(9,6) AS delivery_rate_high,
		r.delivery_rate_settled::numeric(9,6) AS delivery_rate_settled, r.settled_share::numeric(9,6) AS settled_share, r.failure_rate::numeric(9,6) AS failure_rate, r.handover_rate::numeric(9,6) AS handover_rate';
	counts text := 'r.attempted, r.not_sent, r.sent, r.delivered, r.delivered_handset, r.delivered_operator, r.failed, r.expired, r.pending, r.unknown, r.not_delivered, r.possibly_delivered, r.settled, r.parts';
	click_columns text := $c$
		clicks: Clicks of the period, machines included
		unique_clickers: Different people who clicked; does not add up over rows
		human_clicks: Clicks that no rule ascribes to a machine
		human_clickers: Different people with such a click$c$;
	answer_columns text := $c$
		replies: Replies of the period
		subscribes: Opt-ins of the period, replies with a keyword that means it among them
		unsubscribes: Opt-outs of the period, replies with a keyword that means it among them
		helps: Requests for help of the period$c$;
BEGIN
	EXECUTE 'CREATE OR REPLACE VIEW smsengage.daily_metrics WITH (security_invoker = true) AS
	SELECT r.day, ' || counts || ', ' || rates || ', r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers, r.replies, r.subscribes, r.unsubscribes, r.helps, r.list_growth
	FROM smsengage.daily_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.daily_metrics', 'daily_report() of the last 90 days (UTC), for tools that read views. Messages by the day they were sent, clicks and answers by the day they happened. Its key is day.',
		'day: Day (UTC)' || delivery_columns || click_columns || answer_columns || E'\n list_growth: subscribes - unsubscribes');

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.campaign_metrics WITH (security_invoker = true) AS
	SELECT r.bulk_message, ' || counts || ', ' || rates || ', r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers, r.replies, r.subscribes, r.unsubscribes, r.helps, r.sent_by_event_date
	FROM smsengage.campaign_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.campaign_metrics', 'campaign_report() of the last 90 days (UTC), for tools that read views. Messages by the day they were sent, clicks and answers by the day they happened, answers attributed within 4 hours. Its key is bulk_message; NULL: what belongs to none.',
		'bulk_message: The send; NULL: what belongs to none' || delivery_columns || click_columns || answer_columns || E'\n sent_by_event_date: SENT events of the period, with and without a message id');

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.link_metrics WITH (security_invoker = true) AS
	SELECT r.link_name, r.link_url, r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers
	FROM smsengage.link_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.link_metrics', 'link_report() of the last 90 days (UTC), for tools that read views. Its key is (link_name, link_url).', E'link_name: Name or alias of the link; NULL if the provider gives none\n link_url: Its URL, where it has no name' || click_columns);

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.sender_metrics WITH (security_invoker = true) AS
	SELECT r.sender_id, ' || counts || ', ' || rates || '
	FROM smsengage.sender_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.sender_metrics', 'sender_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is sender_id.', 'sender_id: Our number, short code or name; NULL if the reports name none' || delivery_columns);

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.country_metrics WITH (security_invoker = true) AS
	SELECT r.country, ' || counts || ', ' || rates || '
	FROM smsengage.country_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.country_metrics', 'country_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is country.', 'country: Country of the recipients (ISO 3166-1 alpha-2); NULL if the number does not tell' || delivery_columns);

	CREATE OR REPLACE VIEW smsengage.cost_metrics WITH (security_invoker = true) AS
	SELECT r.price_currency, r.provider, r.price_basis, r.sent, r.delivered, r.delivered_priced, r.priced, r.parts, smsengage.plain_amount(r.cost)::numeric(38,6) AS cost, smsengage.plain_amount(r.cost_delivered)::numeric(38,6) AS cost_delivered, smsengage.plain_amount(r.wasted_cost)::numeric(38,6) AS wasted_cost,
		smsengage.plain_amount(r.forbidden_cost)::numeric(38,6) AS forbidden_cost, r.human_clicks_by_send_date, r.messages_clicked,
		r.priced_share::numeric(9,6) AS priced_share, smsengage.plain_amount(r.cost_per_delivered)::numeric(38,6) AS cost_per_delivered, smsengage.plain_amount(r.cost_per_message)::numeric(38,6) AS cost_per_message,
		smsengage.plain_amount(r.cost_per_human_click)::numeric(38,6) AS cost_per_human_click, smsengage.plain_amount(r.cost_per_message_clicked)::numeric(38,6) AS cost_per_message_clicked
	FROM smsengage.cost_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.cost_metrics', 'cost_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is (price_currency, provider); never add across currencies.', $c$
		price_currency: ISO 4217 code; NULL if none is known
		provider: Which provider reported the messages
		price_basis: part or message: what the provider states the price of
		sent: Messages handed over
		delivered: Of these, confirmed by handset or operator
		delivered_priced: Of these, with a price
		priced: Messages sent that have a price
		parts: Parts of the messages sent
		cost: What the messages sent cost
		cost_delivered: What the delivered ones cost
		wasted_cost: What the failed and expired ones cost
		forbidden_cost: What those cost, besides, that went to people who had opted out or numbers that were blocked
		human_clicks_by_send_date: Clicks on these messages that no rule ascribes to a machine
		messages_clicked: Messages with such a click
		priced_share: priced / sent
		cost_per_delivered: cost / delivered_priced
		cost_per_message: cost / priced
		cost_per_human_click: cost / human_clicks_by_send_date; NULL without clicks
		cost_per_message_clicked: cost / messages_clicked; NULL without clicks$c$);

	CREATE OR REPLACE VIEW smsengage.response_metrics WITH (security_invoker = true) AS
	SELECT r.value AS bulk_message, r.sent, r.delivered, r.settled, r.implied_delivered, r.reached, r.contradicted, r.people_sent, r.people_reached,
		r.clicks_by_send_date, r.human_clicks_by_send_date, r.messages_clicked, r.people_clicked,
		r.answers, r.keyword_answers, r.opt_out_answers, r.other_answers, r.matched_answers, r.messages_answered, r.messages_opted_out, r.messages_opted_in, r.messages_helped,
		r.settled_share::numeric(9,6) AS settled_share, r.total_click_rate::numeric(12,6) AS total_click_rate, r.unique_click_rate::numeric(9,6) AS unique_click_rate,
		r.people_click_rate::numeric(9,6) AS people_click_rate, r.click_to_reach::numeric(9,6) AS click_to_reach, r.reply_rate::numeric(9,6) AS reply_rate,
		r.keyword_match_rate::numeric(9,6) AS keyword_match_rate, r.opt_out_rate::numeric(9,6) AS opt_out_rate, r.opt_in_rate::numeric(9,6) AS opt_in_rate, r.help_rate::numeric(9,6) AS help_rate,
		r.p50_seconds_to_click::numeric(15,3) AS p50_seconds_to_click, r.p90_seconds_to_click::numeric(15,3) AS p90_seconds_to_click,
		r.p50_seconds_to_answer::numeric(15,3) AS p50_seconds_to_answer, r.p90_seconds_to_answer::numeric(15,3) AS p90_seconds_to_answer
	FROM smsengage.response_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.response_metrics', 'response_report() of the last 90 days (UTC), by send: clicks and answers of the messages sent then, whenever they came, for tools that read views. Its key is bulk_message; NULL: messages that name none.', $c$
		bulk_message: The send; NULL: messages that name none
		sent: Messages handed over
		delivered: Of these, confirmed by handset or operator
		settled: Of these, with an outcome
		implied_delivered: Open ones that arrived, as a person clicked or answered
		reached: delivered + implied_delivered
		contradicted: Failed, expired or unsent ones with a click or a named answer
		people_sent: Different people they were sent to
		people_reached: Different people reached
		clicks_by_send_date: Clicks on these messages, machines included
		human_clicks_by_send_date: Clicks by people on those reached
		messages_clicked: Messages reached with such a click
		people_clicked: Different people who made one
		answers: Inbound messages that answer them
		keyword_answers: Of these, with a keyword that is no opt-out
		opt_out_answers: Of these, opt-outs
		other_answers: The rest of them
		matched_answers: keyword_answers + opt_out_answers
		messages_answered: Messages reached with an answer
		messages_opted_out: Messages reached with an opt-out
		messages_opted_in: Messages sent with an opt-in
		messages_helped: Messages reached with a request for help
		settled_share: settled / sent; below 1 the rates are provisional
		total_click_rate: human_clicks_by_send_date / reached; may exceed 1
		unique_click_rate: messages_clicked / reached
		people_click_rate: people_clicked / people_reached
		click_to_reach: people_clicked / people_sent
		reply_rate: messages_answered / reached
		keyword_match_rate: matched_answers / answers
		opt_out_rate: messages_opted_out / reached
		opt_in_rate: messages_opted_in / sent
		help_rate: messages_helped / reached
		p50_seconds_to_click: Half of the first clicks come within, in seconds from the delivery
		p90_seconds_to_click: Nine of ten do
		p50_seconds_to_answer: Half of the first answers come within, in seconds from the delivery
		p90_seconds_to_answer: Nine of ten do$c$);

	CREATE OR REPLACE VIEW smsengage.daily_event_metrics WITH (security_invoker = true) AS
	SELECT r.day, r.sent_by_event_date, r.not_sent_by_event_date, r.delivered_by_event_date, r.undelivered_by_event_date, r.expired_by_event_date, r.seen_by_event_date,
		r.clicks, r.unique_clickers, r.replies, r.subscribes, r.unsubscribes, r.confirmations, r.helps,
		r.click_rate_by_event_date::numeric(15,6) AS click_rate_by_event_date, r.reply_rate_by_event_date::numeric(15,6) AS reply_rate_by_event_date,
		r.unsubscribe_rate_by_event_date::numeric(15,6) AS unsubscribe_rate_by_event_date, r.help_rate_by_event_date::numeric(15,6) AS help_rate_by_event_date
	FROM smsengage.daily_event_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.daily_event_metrics', 'daily_event_report() of the last 90 days (UTC): events by the day they happened, for tools that read views. Its key is day.', $c$
		day: Day (UTC)
		sent_by_event_date: SENT events
		not_sent_by_event_date: NOT_SENT events
		delivered_by_event_date: DELIVERED events
		undelivered_by_event_date: UNDELIVERED and REJECTED events
		expired_by_event_date: EXPIRED events
		seen_by_event_date: SEEN events
		clicks: Clicks, machines included
		unique_clickers: Different people who clicked; does not add up over rows
		replies: Replies
		subscribes: Opt-ins, replies with a keyword that means it among them
		unsubscribes: Opt-outs, replies with a keyword that means it among them
		confirmations: Confirmations of opt-ins and opt-outs
		helps: Requests for help
		click_rate_by_event_date: clicks / delivered_by_event_date
		reply_rate_by_event_date: replies / delivered_by_event_date
		unsubscribe_rate_by_event_date: unsubscribes / delivered_by_event_date
		help_rate_by_event_date: helps / delivered_by_event_date$c$);

	CREATE OR REPLACE VIEW smsengage.block_metrics WITH (security_invoker = true) AS
	SELECT r.subcategory, r.code, r.scope, r.blocked, r.attempted, r.block_rate::numeric(9,6) AS block_rate
	FROM smsengage.block_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.block_metrics', 'block_report() of the last 90 days (UTC), for tools that read views. Its key is (subcategory, code, scope).', $c$
		subcategory: Global block or Partial block, as the provider or can_send() said
		code: Code of the record that held; NULL if only the provider knows it
		scope: global or local, by the record
		blocked: Messages that it stopped
		attempted: Messages asked for, of all
		block_rate: blocked / attempted$c$);

	CREATE OR REPLACE VIEW smsengage.failure_metrics WITH (security_invoker = true) AS
	SELECT r.issue, r.issue_kind, r.issue_messages, r.sent, r.issue_rate::numeric(9,6) AS issue_rate
	FROM smsengage.failure_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.failure_metrics', 'failure_report() of the last 90 days (UTC), for tools that read views. Its key is issue.', $c$
		issue: One of Intercom's eight issue reasons
		issue_kind: Kind of it, as in delivery_issue_reason
		issue_messages: Messages that failed or expired for it
		sent: Messages handed over, of all
		issue_rate: issue_messages / sent$c$);

	CREATE OR REPLACE VIEW smsengage.engagement_summary WITH (security_invoker = true) AS
	SELECT r.day, r.bulk_message, r.event_type, r.events, r.individuals
	FROM smsengage.engagement_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.engagement_summary', 'engagement_report() of the last 90 days (UTC): events by type, send and day, for tools that read views. Its key is (day, event_type, bulk_message).', $c$
		day: Day on which they happened (UTC)
		bulk_message: The send; NULL: all events of the type, with and without one
		event_type: Type of the events
		events: Number of events
		individuals: Number of different people; does not add up over rows$c$);

	CREATE OR REPLACE VIEW smsengage.health_metrics WITH (security_invoker = true) AS
	SELECT h.metric, smsengage.plain_amount(h.value)::numeric(38,6) AS value, h.numerator, h.denominator, h.lowest::numeric(12,6) AS lowest, h.highest::numeric(12,6) AS highest, h.healthy
	FROM smsengage.health() h;
	PERFORM smsengage.describe('smsengage.health_metrics', 'health() of the last 30 days (UTC). Its key is metric; limits: health_threshold.', $c$
		metric: Name of the metric
		value: Its value; NULL: there is nothing to judge by
		numerator: What was divided; NULL for p50_seconds
		denominator: By what; for p50_seconds the number of messages measured
		lowest: Healthy from here on
		highest: Healthy up to here
		healthy: Whether the value is within the limits$c$);
END
$$;
COMMENT ON FUNCTION smsengage.metric_views() IS 'Makes or replaces the views of metrics. Used by migrate().';
