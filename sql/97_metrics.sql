-- Metrics.  One thing has one name everywhere: sent, delivered, failed,
-- expired, pending, unknown count messages by the day they were sent; clicks,
-- replies, unsubscribes count events by the day they happened; what counts
-- reports by the day they came about ends in _by_event_date.

CREATE FUNCTION smsengage.rate(numerator numeric, denominator numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN denominator OPERATOR(pg_catalog.<>) 0 THEN pg_catalog.round(numerator OPERATOR(pg_catalog./) denominator, 6) END;
END;
COMMENT ON FUNCTION smsengage.rate(numeric, numeric) IS 'numerator / denominator to six places; NULL if the denominator is 0. Used by reports.';

CREATE FUNCTION smsengage.day_start(day date, zone text)
RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- where the clock is set back over midnight, the day begins the first time
	SELECT min(b.begins)
	FROM (SELECT pg_catalog.timezone(zone, day::timestamp) OPERATOR(pg_catalog.-) (k OPERATOR(pg_catalog.*) '15 minutes'::interval) AS begins
		FROM pg_catalog.generate_series(0, 8) k) b
	WHERE pg_catalog.timezone(zone, b.begins)::date OPERATOR(pg_catalog.>=) day;
END;
COMMENT ON FUNCTION smsengage.day_start(date, text) IS 'The instant at which a day of a time zone begins. Raises 22023 for an unknown zone. Used by reports.';

CREATE FUNCTION smsengage.report_bounds(INOUT since date, INOUT until date, zone text, at timestamptz, OUT day_starts timestamptz[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.check_migrated();
	IF zone IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'zone and at must not be null';
	END IF;
	until := coalesce(until, (at AT TIME ZONE zone)::date + 1);
	since := coalesce(since, until - 30);
	IF since >= until THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'the period is empty',
			HINT = 'until is the day after the last one.';
	END IF;
	IF until - since > 36600 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the period is longer than 100 years';
	END IF;
	day_starts := ARRAY(SELECT smsengage.day_start(since + d, zone) FROM generate_series(0, until - since) d);
END
$$;
COMMENT ON FUNCTION smsengage.report_bounds(date, date, text, timestamptz) IS 'The days [since, until) of a zone as instants, one more than days; by default the last 30 up to the day of at. Raises 22023 for an empty period or an unknown zone, 22004 for NULL, 55000 as check_migrated(). Used by reports.';

CREATE FUNCTION smsengage.bounds_level(bounds timestamptz[])
RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN pg_catalog.bool_and(b OPERATOR(pg_catalog.=) smsengage.cell_start(3, b)) THEN 3
		WHEN pg_catalog.bool_and(b OPERATOR(pg_catalog.=) smsengage.cell_start(2, b)) THEN 2
		ELSE 1
	END::smallint
	FROM pg_catalog.unnest(bounds) b;
END;
COMMENT ON FUNCTION smsengage.bounds_level(timestamptz[]) IS 'The coarsest level of tallies with a cell boundary at each of these instants, which must be quarter hours. Used by reports.';

CREATE FUNCTION smsengage.window_cells(since timestamptz, until timestamptz)
RETURNS TABLE (level smallint, first_cell timestamptz, last_cell timestamptz)
AS 'MODULE_PATHNAME', 'sms_window_cells' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 4;
COMMENT ON FUNCTION smsengage.window_cells(timestamptz, timestamptz) IS 'The coarsest cells of tallies that make up the period: of each level, from the start of the first up to the end of the last. Raises 22023 where an end is no quarter hour. Used by event_counts().';

-- counting

CREATE FUNCTION smsengage.outcome_counts(bounds timestamptz[], account text, at timestamptz)
RETURNS TABLE (bucket integer, outcome text, account_name text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text,
	messages numeric, parts numeric, priced numeric, cost numeric)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	exact smallint := smsengage.bounds_level(bounds);
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
	-- open messages sent before this are past every deadline
	late timestamptz := smsengage.cell_start(exact, at - make_interval(hours => (SELECT max(d.deadline_hours) FROM smsengage.delivery_deadline d)));
BEGIN
	RETURN QUERY
	SELECT width_bucket(t.send_cell, bounds), t.outcome, t.account, t.provider, t.channel, nullif(t.bulk_message, ''), nullif(t.sender_id, ''),
		nullif(t.country, ''), nullif(t.price_currency, ''), sum(t.messages), sum(t.parts), sum(t.priced), sum(t.cost)
	FROM (
		SELECT o.* FROM smsengage.outcome_rows(ARRAY[0, exact], since, until) o
		WHERE o.outcome <> 'open'
		UNION ALL
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, 'unknown', o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage.outcome_rows(ARRAY[0, exact], since, least(until, late)) o
		WHERE o.outcome = 'open'
		UNION ALL
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost,
			CASE WHEN o.send_cell + make_interval(hours => coalesce(d.deadline_hours, other.deadline_hours)) <= at THEN 'unknown' ELSE 'pending' END,
			o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage.outcome_rows('{0,1}', greatest(since, late), until) o
		LEFT JOIN smsengage.delivery_deadline d ON d.provider = o.provider
		LEFT JOIN smsengage.delivery_deadline other ON other.provider = ''
		WHERE o.outcome = 'open'
	) t
	WHERE t.account = outcome_counts.account OR outcome_counts.account IS NULL
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
END
$$;
COMMENT ON FUNCTION smsengage.outcome_counts(timestamptz[], text, timestamptz) IS 'Messages by how they ended, for those sent between two neighbours of bounds (bucket n: from the n-th on). bounds are quarter hours, rising. Open messages are pending until the provider''s deadline (delivery_deadline) has passed at the moment given, and unknown after it. Used by reports.';

CREATE FUNCTION smsengage.delivery_figures(bounds timestamptz[], breakdown text, account text, at timestamptz)
RETURNS TABLE (bucket integer, value text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	SELECT f.bucket, f.value, f.attempted, f.not_sent, f.sent, f.delivered, f.delivered_handset, f.delivered_operator, f.failed, f.expired, f.pending, f.unknown,
		f.failed + f.expired, f.delivered + f.pending + f.unknown, f.delivered + f.failed + f.expired, f.parts,
		smsengage.rate(f.delivered, f.sent),
		smsengage.rate(f.delivered, f.sent),
		smsengage.rate(f.delivered + f.pending + f.unknown, f.sent),
		smsengage.rate(f.delivered, f.delivered + f.failed + f.expired),
		smsengage.rate(f.delivered + f.failed + f.expired, f.sent),
		smsengage.rate(f.failed + f.expired, f.sent),
		smsengage.rate(f.sent, f.attempted)
	FROM (
		SELECT c.bucket,
			CASE breakdown WHEN 'bulk_message' THEN c.bulk_message WHEN 'sender_id' THEN c.sender_id WHEN 'country' THEN c.country
				WHEN 'provider' THEN c.provider WHEN 'channel' THEN c.channel WHEN 'account' THEN c.account_name ELSE '' END AS value,
			sum(c.messages)::bigint AS attempted,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'not_sent'), 0)::bigint AS not_sent,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS sent,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0)::bigint AS delivered,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'delivered'), 0)::bigint AS delivered_handset,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'operator'), 0)::bigint AS delivered_operator,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'failed'), 0)::bigint AS failed,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'expired'), 0)::bigint AS expired,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'pending'), 0)::bigint AS pending,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'unknown'), 0)::bigint AS unknown,
			coalesce(sum(c.parts) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS parts
		FROM smsengage.outcome_counts(bounds, account, at) c
		GROUP BY 1, 2
	) f
	WHERE f.attempted <> 0;
END
$$;
COMMENT ON FUNCTION smsengage.delivery_figures(timestamptz[], text, text, timestamptz) IS 'The delivery columns of every report, for each bucket of outcome_counts() and each value of bulk_message, sender_id, country, provider, channel or account (breakdown; empty: all together). They are explained in metric_dictionary. Used by reports.';

CREATE FUNCTION smsengage.cell_sums(bounds timestamptz[], event_types text[], dimension text, account text, people boolean, named text[] DEFAULT NULL)
RETURNS TABLE (bucket integer, event_type text, value text, chunk integer, tally smsengage.tally, anonymous bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- cells are few, and their index is the way to them; many cells, few groups
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
BEGIN
	RETURN QUERY
	WITH cells AS (
		-- the coarsest cells of one period; of several, those with a boundary at each
		SELECT w.level, w.first_cell, w.last_cell FROM smsengage.window_cells(since, until) w WHERE cardinality(bounds) = 2
		UNION ALL
		SELECT CASE smsengage.bounds_level(bounds) WHEN 3 THEN 3 ELSE 1 END::smallint, since, until WHERE cardinality(bounds) <> 2
		UNION ALL
		SELECT 0::smallint, since, until
	), run AS MATERIALIZED (
		-- quarter hours are in the rows of their days
		SELECT c.level, CASE c.level WHEN 1 THEN smsengage.cell_start(3, c.first_cell) ELSE c.first_cell END AS first_row, c.last_cell,
			CASE WHEN cardinality(bounds) = 2 THEN ARRAY[c.first_cell, c.last_cell] ELSE bounds END AS cell_bounds
		FROM cells c
	), kept AS MATERIALIZED (
		SELECT s.series_no, s.event_type, s.value
		FROM smsengage.series s
		WHERE s.event_type = ANY (event_types) AND s.dimension = cell_sums.dimension AND s.own
			AND (named IS NULL OR s.value = ANY (named))
			AND (s.account = cell_sums.account OR cell_sums.account IS NULL)
	)
	SELECT t.bucket, t.event_type, t.value, t.chunk, smsengage.sum(t.tally) FILTER (WHERE people),
		coalesce(sum(t.anonymous), 0)::bigint
	FROM (
		SELECT width_bucket(coalesce(q.cell_start, r.cell_start), bounds) AS bucket, k.event_type, k.value,
			CASE WHEN people THEN r.chunk END AS chunk, coalesce(q.tally, r.tally) AS tally,
			CASE WHEN r.chunk < 0 THEN coalesce(q.anonymous, r.anonymous) WHEN NOT people THEN smsengage.total(coalesce(q.tally, r.tally)) END AS anonymous
		FROM kept k
		CROSS JOIN run w
		JOIN smsengage.engagement_tally r ON r.series_no = k.series_no AND r.level = w.level AND r.cell_start >= w.first_row AND r.cell_start < w.last_cell
		LEFT JOIN LATERAL smsengage.quarter_cells(r.chunk, r.cell_start, r.quarters, w.cell_bounds) q ON true
		WHERE r.quarters IS NULL OR q.cell_start IS NOT NULL
	) t
	GROUP BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION smsengage.cell_sums(timestamptz[], text[], text, text, boolean, text[]) IS 'The tallies between two neighbours of bounds, which are quarter hours, by type, value of a dimension (of these only, if some are named) and chunk of people. people => false: no tallies and chunks, which take most of the time; all events are in anonymous. Used by reports.';

CREATE FUNCTION smsengage.has_tallies(dimension text, since timestamptz)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN dimension = '' OR EXISTS (SELECT FROM smsengage.tally_dimension d WHERE d.dimension = has_tallies.dimension AND d.complete_from <= since);
END
$$;
COMMENT ON FUNCTION smsengage.has_tallies(text, timestamptz) IS 'Whether tallies of a dimension hold all events since a moment. Used by reports.';

CREATE FUNCTION smsengage.shared_names(event_types text[], dimension text, account text, since timestamptz)
RETURNS TABLE (event_type text, value text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- mostly none, which one look into the index tells
	IF smsengage.has_tallies(dimension, since) THEN
		RETURN QUERY
		SELECT DISTINCT s.event_type, s.value
		FROM smsengage.series o
		JOIN smsengage.series s ON s.event_type = o.event_type AND s.dimension = o.dimension AND s.account = o.account AND NOT s.own
		WHERE o.event_type = ANY (event_types) AND o.dimension = shared_names.dimension AND o.value = '(other)'
			AND (o.account = shared_names.account OR shared_names.account IS NULL);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.shared_names(text[], text, text, timestamptz) IS 'The values of a dimension that are counted together as (other), in tallies from a moment on, by type. Used by reports.';

CREATE FUNCTION smsengage.event_counts(bounds timestamptz[], event_types text[], dimension text, account text, people boolean)
RETURNS TABLE (bucket integer, event_type text, value text, events bigint, individuals bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	IF smsengage.has_tallies(dimension, bounds[1]) THEN
		RETURN QUERY
		SELECT c.bucket, c.event_type, c.value, sum(c.anonymous + coalesce(smsengage.total(c.tally), 0))::bigint, sum(smsengage.individuals(c.tally))::bigint
		FROM smsengage.cell_sums(bounds, event_types, dimension, account, people) c
		GROUP BY 1, 2, 3;
	ELSE
		RETURN QUERY
		SELECT width_bucket(e.event_time, bounds), e.event_type, v.value, count(*), CASE WHEN people THEN count(DISTINCT e.individual_no) FILTER (WHERE e.individual_no > 0) END
		FROM smsengage.event e
		CROSS JOIN LATERAL (SELECT CASE dimension WHEN 'bulk_message' THEN e.bulk_message WHEN 'link_name' THEN e.link_name
			WHEN 'link_url' THEN CASE WHEN e.link_name IS NULL THEN coalesce(e.link_url, '') END END AS value) v
		WHERE e.event_type = ANY (event_types) AND v.value IS NOT NULL
			AND (e.account = event_counts.account OR event_counts.account IS NULL)
			AND e.event_time >= bounds[1] AND e.event_time < bounds[cardinality(bounds)] AND coalesce(e.part, 0) = 0
		GROUP BY 1, 2, 3;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.event_counts(timestamptz[], text[], text, text, boolean) IS 'Events and different people (NULL unless people) by type and by value of a dimension (empty: all events; else bulk_message or link_name, events that have one; link_url: the URL, empty if none, of those without link_name), between two neighbours of bounds, which are quarter hours. From tallies, exact; from events where tallies of the dimension do not reach back. Counts what a segment rule counts: a message once, by its first part. Used by reports.';

-- answers and the messages they answer

CREATE FUNCTION smsengage.asked_messages(since timestamptz, until timestamptz, attribution interval, account text)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, message_key uuid, is_named boolean, bulk_message text, send_time timestamptz)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- each answer finds its message by the index, however many there are; joins
-- without a fence, as no worker takes a part of a fenced one
SET enable_hashjoin = off
SET enable_mergejoin = off
SET parallel_leader_participation = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	span interval := make_interval(secs => extract(epoch FROM attribution));
BEGIN
	IF attribution IS NULL OR attribution < '0' THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the attribution window must not be negative or null';
	END IF;
	PERFORM smsengage.check_migrated();
	IF smsengage.store_is_distributed() THEN
		-- a cluster joins by recipient only what it has gathered first
		RETURN QUERY
		WITH answer AS MATERIALIZED (
			SELECT e.event_time, e.event_key, e.event_type, e.account, e.recipient, e.sender_id, e.bulk_message AS event_bulk, n.message_key, n.bulk_message, n.send_time
			FROM smsengage.event e
			LEFT JOIN smsengage.message n ON n.message_key = e.message_key
			WHERE e.event_time >= since AND e.event_time < until
				AND e.event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP')
				AND (e.account = asked_messages.account OR asked_messages.account IS NULL)
		), candidate AS MATERIALIZED (
			SELECT a.event_time, a.event_key, a.sender_id AS asked_sender, k.message_key, k.bulk_message, k.sender_id, k.state, k.send_time
			FROM answer a
			JOIN smsengage.message k ON k.recipient = a.recipient AND k.account = a.account
				AND k.send_time <= a.event_time AND k.send_time > a.event_time - span
			WHERE a.message_key IS NULL AND a.recipient <> ''
		)
		SELECT DISTINCT ON (a.event_time, a.event_key) a.event_time, a.event_key, a.event_type,
			coalesce(a.message_key, k.message_key), a.message_key IS NOT NULL,
			CASE WHEN a.message_key IS NOT NULL THEN a.bulk_message WHEN k.message_key IS NOT NULL THEN k.bulk_message ELSE a.event_bulk END,
			coalesce(a.send_time, k.send_time)
		FROM answer a
		LEFT JOIN candidate k ON k.event_time = a.event_time AND k.event_key = a.event_key
			AND (k.sender_id IS NULL OR k.asked_sender IS NULL OR smsengage.same_sender(k.sender_id, k.asked_sender))
			AND smsengage.message_outcome(k.state) <> 'not_sent'
		ORDER BY a.event_time, a.event_key, k.send_time DESC, k.message_key;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT DISTINCT ON (e.event_time, e.event_key) e.event_time, e.event_key, e.event_type,
		coalesce(n.message_key, k.message_key), n.message_key IS NOT NULL,
		CASE WHEN n.message_key IS NOT NULL THEN n.bulk_message WHEN k.message_key IS NOT NULL THEN k.bulk_message ELSE e.bulk_message END,
		coalesce(n.send_time, k.send_time)
	FROM smsengage.event e
	LEFT JOIN smsengage.message n ON n.message_key = e.message_key
	LEFT JOIN smsengage.message k ON n.message_key IS NULL AND e.recipient <> ''
		AND k.recipient = e.recipient AND k.account = e.account
		AND k.send_time <= e.event_time AND k.send_time > e.event_time - span
		AND (k.sender_id IS NULL OR e.sender_id IS NULL OR smsengage.same_sender(k.sender_id, e.sender_id))
		AND smsengage.message_outcome(k.state) <> 'not_sent'
	WHERE e.event_time >= since AND e.event_time < until
		AND e.event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP')
		AND (e.account = asked_messages.account OR asked_messages.account IS NULL)
	ORDER BY e.event_time, e.event_key, k.send_time DESC, k.message_key;
END
$$;
COMMENT ON FUNCTION smsengage.asked_messages(timestamptz, timestamptz, interval, text) IS 'Inbound messages in [since, until), each with the message that it answers: the one that the provider names, if we know it (is_named), else the last one that the account sent to this number within the window attribution before, from the sender that got the answer where both are known, else none (message_key NULL). Raises 22023 for a negative window or none, 55000 as check_migrated(). Used by reports.';

CREATE FUNCTION smsengage.answer_meaning(event_type text, said text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE event_type WHEN 'UNSUBSCRIBE' THEN 'opt-out' WHEN 'SUBSCRIBE' THEN 'opt-in' WHEN 'HELP' THEN 'help'
		ELSE CASE said WHEN 'UNSUBSCRIBED' THEN 'opt-out' WHEN 'SUBSCRIBED' THEN 'opt-in' ELSE 'reply' END END;
END;
COMMENT ON FUNCTION smsengage.answer_meaning(text, text) IS 'What an inbound message of a type means: opt-out, opt-in, help or reply; said is the state that a keyword in it brought about (consent_entry), NULL if none. Used by reports.';

CREATE FUNCTION smsengage.answered_messages(since timestamptz, until timestamptz, attribution interval, account text)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, meaning text, message_key uuid, is_named boolean, bulk_message text, send_time timestamptz)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH said AS MATERIALIZED (
		SELECT c.event_time, c.event_key, c.state
		FROM smsengage.consent_entry c
		WHERE c.source = 'keyword' AND c.event_time >= since AND c.event_time < until
	)
	SELECT a.event_time, a.event_key, a.event_type, smsengage.answer_meaning(a.event_type, s.state), a.message_key, a.is_named, a.bulk_message, a.send_time
	FROM smsengage.asked_messages(since, until, attribution, answered_messages.account) a
	LEFT JOIN said s ON s.event_time = a.event_time AND s.event_key = a.event_key;
END
$$;
COMMENT ON FUNCTION smsengage.answered_messages(timestamptz, timestamptz, interval, text) IS 'Inbound messages in [since, until), what each means (opt-out, opt-in, help or reply; a reply whose keyword was one of consent, by consent_entry, is that) and the message it answers, as attributed_answers() says. Used by reports.';

CREATE FUNCTION smsengage.attributed_answers(since timestamptz, until timestamptz, attribution interval DEFAULT '4 hours', account text DEFAULT NULL)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, account_name text, individual_no bigint, recipient text, sender_id text, keyword text, message_text text, status_code text,
	meaning text, message_key uuid, bulk_message text, send_time timestamptz, is_named boolean)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	WITH answered AS MATERIALIZED (
		SELECT m.* FROM smsengage.answered_messages(since, until, attribution, account) m
	)
	SELECT a.event_time, a.event_key, a.event_type, e.account, e.individual_no, e.recipient, e.sender_id, e.keyword, e.message_text, e.status_code,
		a.meaning, a.message_key, a.bulk_message, a.send_time, a.is_named
	FROM answered a
	JOIN smsengage.event e ON e.event_time = a.event_time AND e.event_key = a.event_key;
END
$$;
COMMENT ON FUNCTION smsengage.attributed_answers(timestamptz, timestamptz, interval, text) IS 'Inbound messages (REPLY, SUBSCRIBE, UNSUBSCRIBE, HELP) in [since, until), what each means (opt-out, opt-in, help or reply; a reply with a keyword of consent is that), and the message each answers: the one that the provider names (is_named), else the last one that the account sent to this number, from the sender that got the answer where both are known, no longer before than the window. Without one, message_key is NULL: such answers are counted apart and never spread.';

CREATE FUNCTION smsengage.keyword_consents(bounds timestamptz[], account text)
RETURNS TABLE (bucket integer, subscribes bigint, unsubscribes bigint)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	SELECT width_bucket(c.event_time, bounds), count(*) FILTER (WHERE c.state = 'SUBSCRIBED'), count(*) FILTER (WHERE c.state = 'UNSUBSCRIBED')
	FROM smsengage.consent_entry c
	WHERE c.source = 'keyword' AND c.event_time >= bounds[1] AND c.event_time < bounds[cardinality(bounds)]
		AND (c.account = keyword_consents.account OR keyword_consents.account IS NULL)
	GROUP BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.keyword_consents(timestamptz[], text) IS 'Replies that opted in or out by their keyword, between two neighbours of bounds: events of type REPLY, so none is among those of type SUBSCRIBE and UNSUBSCRIBE. Used by reports.';

-- reports

CREATE FUNCTION smsengage.daily_report(zone text DEFAULT 'UTC', since date DEFAULT NULL, until date DEFAULT NULL, account text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (day date, day_start timestamptz, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric,
	clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, helps bigint, list_growth bigint)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	WITH events AS MATERIALIZED (
		SELECT c.bucket, c.event_type, c.events, c.individuals
		FROM smsengage.event_counts(days.day_starts, '{CLICK,REPLY,SUBSCRIBE,UNSUBSCRIBE,HELP}', '', account, true) c
	), machine AS MATERIALIZED (
		SELECT c.bucket, c.clicks, c.clickers
		FROM smsengage.machine_clicks(days.day_starts, '', account) c
		WHERE human
	)
	SELECT days.since + d.n, days.day_starts[d.n + 1],
		coalesce(f.attempted, 0), coalesce(f.not_sent, 0), coalesce(f.sent, 0), coalesce(f.delivered, 0), coalesce(f.delivered_handset, 0), coalesce(f.delivered_operator, 0),
		coalesce(f.failed, 0), coalesce(f.expired, 0), coalesce(f.pending, 0), coalesce(f.unknown, 0), coalesce(f.not_delivered, 0), coalesce(f.possibly_delivered, 0),
		coalesce(f.settled, 0), coalesce(f.parts, 0),
		f.delivery_rate, f.delivery_rate_low, f.delivery_rate_high, f.delivery_rate_settled, f.settled_share, f.failure_rate, f.handover_rate,
		e.clicks, e.clickers,
		CASE WHEN human THEN e.clicks - coalesce(m.clicks, 0) END,
		CASE WHEN human THEN e.clickers - coalesce(m.clickers, 0) END,
		e.replies, e.subscribes + coalesce(k.subscribes, 0), e.unsubscribes + coalesce(k.unsubscribes, 0), e.helps,
		e.subscribes + coalesce(k.subscribes, 0) - e.unsubscribes - coalesce(k.unsubscribes, 0)
	FROM generate_series(0, days.until - days.since - 1) d(n)
	LEFT JOIN smsengage.delivery_figures(days.day_starts, '', account, at) f ON f.bucket = d.n + 1
	LEFT JOIN machine m ON m.bucket = d.n + 1
	LEFT JOIN smsengage.keyword_consents(days.day_starts, account) k ON k.bucket = d.n + 1
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
	expired_by_event_date bigint, seen_by_event_date bigint, clicks bigint, unique_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, confirmations bigint, helps bigint,
	click_rate_by_event_date numeric, reply_rate_by_event_date numeric, unsubscribe_rate_by_event_date numeric, help_rate_by_event_date numeric)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT days.since + x.n, days.day_starts[x.n + 1], x.sent, x.not_sent, x.delivered, x.undelivered, x.expired, x.seen, x.clicks, x.clickers,
		x.replies, x.subscribes, x.unsubscribes, x.confirmations, x.helps,
		smsengage.rate(x.clicks, x.delivered), smsengage.rate(x.replies, x.delivered), smsengage.rate(x.unsubscribes, x.delivered), smsengage.rate(x.helps, x.delivered)
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
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'HELP'), 0)::bigint AS helps
		FROM generate_series(0, days.until - days.since - 1) d(n)
		LEFT JOIN (
			SELECT x.* FROM smsengage.event_counts(days.day_starts, '{CLICK}', '', account, true) x
			UNION ALL
			SELECT x.* FROM smsengage.event_counts(days.day_starts,
				'{SENT,NOT_SENT,DELIVERED,UNDELIVERED,REJECTED,EXPIRED,SEEN,REPLY,SUBSCRIBE,UNSUBSCRIBE,CONFIRMATION,HELP}', '', account, false) x
		) c ON c.bucket = d.n + 1
		LEFT JOIN smsengage.keyword_consents(days.day_starts, account) k ON k.bucket = d.n + 1
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
	days record := smsengage.report_bounds(since, until, zone, at);
	types text[] := ARRAY(SELECT t.event_type FROM smsengage.event_types() t);
BEGIN
	RETURN QUERY
	SELECT days.since + c.bucket - 1, CASE WHEN c.dimension <> '' THEN c.value END, c.event_type, c.events, c.individuals
	FROM (
		SELECT '' AS dimension, x.* FROM smsengage.event_counts(days.day_starts, types, '', account, true) x
		UNION ALL
		SELECT 'bulk_message', x.* FROM smsengage.event_counts(days.day_starts, types, 'bulk_message', account, true) x
	) c
	ORDER BY 1, 3, 2 NULLS FIRST;
END
$$;
COMMENT ON FUNCTION smsengage.engagement_report(date, date, text, text, timestamptz) IS 'Salesforce''s engagement by type, send and day: events and different people for each day [since, until) of a zone, event type and bulk message; bulk_message NULL is all of the type and day together, with and without one.';

CREATE FUNCTION smsengage.campaign_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL,
	attribution interval DEFAULT '4 hours', at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (bulk_message text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric,
	clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, helps bigint, sent_by_event_date bigint)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH figures AS MATERIALIZED (
		SELECT * FROM smsengage.delivery_figures(bounds, 'bulk_message', account, at)
	), named AS MATERIALIZED (
		SELECT c.value AS bulk, coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clicks,
			coalesce(sum(c.individuals), 0)::bigint AS clickers, coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0)::bigint AS sent
		FROM (
			SELECT x.* FROM smsengage.event_counts(bounds, '{CLICK}', 'bulk_message', account, true) x
			UNION ALL
			SELECT x.* FROM smsengage.event_counts(bounds, '{SENT}', 'bulk_message', account, false) x
		) c
		GROUP BY 1
	), unnamed AS MATERIALIZED (
		-- what names no bulk message is what is left
		SELECT (coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0) - (SELECT coalesce(sum(n.clicks), 0) FROM named n))::bigint AS clicks,
			(coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0) - (SELECT coalesce(sum(n.sent), 0) FROM named n))::bigint AS sent
		FROM smsengage.event_counts(bounds, '{CLICK,SENT}', '', account, false) c
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
			SELECT m.bulk_message AS bulk, m.event_type, smsengage.answer_meaning(m.event_type, s.state) AS meaning
			FROM smsengage.asked_messages(bounds[1], bounds[2], attribution, account) m
			LEFT JOIN said s ON s.event_time = m.event_time AND s.event_key = m.event_key
		) a
		GROUP BY 1
	), machine AS MATERIALIZED (
		SELECT c.value AS bulk, c.clicks, c.clickers
		FROM smsengage.machine_clicks(bounds, 'bulk_message', account) c
		WHERE human
	), shared AS MATERIALIZED (
		-- counted as (other): not known of each
		SELECT n.value AS bulk, bool_or(n.event_type = 'CLICK') AS clicks, bool_or(n.event_type = 'SENT') AS sent
		FROM smsengage.shared_names('{CLICK,SENT}', 'bulk_message', account, bounds[1]) n
		GROUP BY 1
	), bulks AS (
		SELECT f.value AS bulk FROM figures f UNION SELECT e.bulk FROM events e WHERE e.clicks <> 0 OR e.sent <> 0 UNION SELECT a.bulk FROM answers a
	)
	SELECT b.bulk,
		coalesce(f.attempted, 0), coalesce(f.not_sent, 0), coalesce(f.sent, 0), coalesce(f.delivered, 0), coalesce(f.delivered_handset, 0), coalesce(f.delivered_operator, 0),
		coalesce(f.failed, 0), coalesce(f.expired, 0), coalesce(f.pending, 0), coalesce(f.unknown, 0), coalesce(f.not_delivered, 0), coalesce(f.possibly_delivered, 0),
		coalesce(f.settled, 0), coalesce(f.parts, 0),
		f.delivery_rate, f.delivery_rate_low, f.delivery_rate_high, f.delivery_rate_settled, f.settled_share, f.failure_rate, f.handover_rate,
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

CREATE FUNCTION smsengage.breakdown_report(breakdown text, since date, until date, zone text, account text, at timestamptz)
RETURNS TABLE (value text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT f.value, f.attempted, f.not_sent, f.sent, f.delivered, f.delivered_handset, f.delivered_operator, f.failed, f.expired, f.pending, f.unknown,
		f.not_delivered, f.possibly_delivered, f.settled, f.parts,
		f.delivery_rate, f.delivery_rate_low, f.delivery_rate_high, f.delivery_rate_settled, f.settled_share, f.failure_rate, f.handover_rate
	FROM smsengage.delivery_figures(ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]], breakdown, account, at) f
	ORDER BY f.sent DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage.breakdown_report(text, date, date, text, text, timestamptz) IS 'The delivery columns of one period for each value of a breakdown of delivery_figures(), most messages first. Used by reports.';

CREATE FUNCTION smsengage.sender_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (sender_id text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage.breakdown_report('sender_id', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.sender_report(date, date, text, text, timestamptz) IS 'One row for each sender (our number, short code or name; NULL if the reports name none): messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.country_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (country text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage.breakdown_report('country', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.country_report(date, date, text, text, timestamptz) IS 'One row for each country of the recipients (ISO 3166-1 alpha-2 by the number; NULL if it does not tell): messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.provider_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (provider text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage.breakdown_report('provider', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.provider_report(date, date, text, text, timestamptz) IS 'One row for each provider: messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.link_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (link_name text, link_url text, clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH named AS MATERIALIZED (
		SELECT c.value, c.events, c.individuals FROM smsengage.event_counts(bounds, '{CLICK}', 'link_name', account, true) c
	), missing AS (
		-- events are read for what has no name, if there is any
		SELECT WHERE (SELECT sum(c.events) FROM smsengage.event_counts(bounds, '{CLICK}', '', account, false) c) <> (SELECT coalesce(sum(n.events), 0) FROM named n)
	), unnamed AS (
		SELECT c.value, c.events, c.individuals FROM missing CROSS JOIN LATERAL smsengage.event_counts(bounds, '{CLICK}', 'link_url', account, true) c
	), machine AS MATERIALIZED (
		SELECT 'link_name' AS dimension, x.value, x.clicks, x.clickers FROM smsengage.machine_clicks(bounds, 'link_name', account) x WHERE human
		UNION ALL
		SELECT 'link_url', x.value, x.clicks, x.clickers FROM missing CROSS JOIN LATERAL smsengage.machine_clicks(bounds, 'link_url', account) x WHERE human
	)
	SELECT CASE l.dimension WHEN 'link_name' THEN l.value END, CASE l.dimension WHEN 'link_url' THEN nullif(l.value, '') END, l.events, l.individuals,
		CASE WHEN human THEN l.events - coalesce(m.clicks, 0) END,
		CASE WHEN human THEN l.individuals - coalesce(m.clickers, 0) END
	FROM (SELECT 'link_name' AS dimension, n.* FROM named n UNION ALL SELECT 'link_url', u.* FROM unnamed u) l
	LEFT JOIN machine m ON m.dimension = l.dimension AND m.value = l.value
	ORDER BY l.dimension, l.events DESC, l.value;
END
$$;
COMMENT ON FUNCTION smsengage.link_report(date, date, text, text, timestamptz, boolean) IS 'One row for each link that was clicked in the days [since, until) of a zone, by default the last 30: links with a name, then, by link_url, those that the provider gives no name (Infobip); both NULL: clicks that name neither. (other): names beyond the limit new_names. Unique clickers of links do not add up to those of a campaign: who clicks two links counts at both. human => false leaves out the columns of human clicks.';

CREATE FUNCTION smsengage.click_hours(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (link_name text, hour_of_day integer, clicks bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT s.value, extract(hour FROM coalesce(q.cell_start, t.cell_start) AT TIME ZONE zone)::integer,
		(sum(coalesce(q.anonymous, t.anonymous)) + sum(smsengage.total(coalesce(q.tally, t.tally))))::bigint
	FROM smsengage.series s
	JOIN smsengage.engagement_tally t ON t.series_no = s.series_no
	LEFT JOIN LATERAL smsengage.quarter_cells(t.chunk, t.cell_start, t.quarters, '{}') q ON true
	WHERE s.event_type = 'CLICK' AND s.dimension = 'link_name' AND s.own AND (s.account = click_hours.account OR click_hours.account IS NULL)
		AND t.level IN (0, 1) AND t.cell_start >= smsengage.cell_start(3, days.day_starts[1])
		AND coalesce(q.cell_start, t.cell_start) >= days.day_starts[1] AND coalesce(q.cell_start, t.cell_start) < days.day_starts[cardinality(days.day_starts)]
	GROUP BY 1, 2
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.click_hours(date, date, text, text, timestamptz) IS 'Clicks of each link by hour of the day in a zone, over the days [since, until), by default the last 30; from tallies.';

-- how far people get

CREATE FUNCTION smsengage.funnel_add(state bytea, event_type text, event_time timestamptz, steps text[], within interval)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_funnel_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION smsengage.funnel_add(bytea, text, timestamptz, text[], interval) IS 'Adds an event to the state of a funnel. Used by funnel().';
CREATE FUNCTION smsengage.funnel_combine(bytea, bytea)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_funnel_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION smsengage.funnel_combine(bytea, bytea) IS 'Joins two states of a funnel. Used by funnel().';
CREATE FUNCTION smsengage.funnel_final(state bytea)
RETURNS integer
AS 'MODULE_PATHNAME', 'sms_funnel_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.funnel_final(bytea) IS 'How many steps were taken. Used by funnel().';

CREATE AGGREGATE smsengage.funnel(event_type text, event_time timestamptz, steps text[], within interval) (
	SFUNC = smsengage.funnel_add,
	STYPE = bytea,
	SSPACE = 256,
	FINALFUNC = smsengage.funnel_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = smsengage.funnel_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.funnel(text, timestamptz, text[], interval) IS 'How far the events of a group (a person, a message) got through the steps, 0 to the number of steps: each step no earlier than the one before, and all within the given time from the first (NULL: no limit). Events may come in any order. Those of one instant count in the order of the steps; an event is one step, even where a type is named twice. SELECT reached, count(*) FROM (SELECT funnel(event_type, event_time, ''{SENT,DELIVERED,CLICK,REPLY}'', ''7 days'') AS reached FROM smsengage.event GROUP BY individual_no) f GROUP BY reached. Raises 22023 for no or more than 32 steps, a negative limit or one with months, 22004 for a null step.';
