-- Outcomes: how messages ended, counted where they are stored.

-- What a message counts for.  Every place that counts messages reads these
-- columns, so that none can differ.
CREATE FUNCTION smsengage_internal.outcome_facts(
	state smsengage.delivery_state, first_time timestamptz, parts smallint, price numeric, provider text, channel text,
	bulk_message text, sender_id text, recipient text, price_currency text, callback_data text,
	OUT send_cell timestamptz, OUT outcome text, OUT billed integer, OUT cost numeric, OUT channel_name text, OUT bulk text, OUT sender text, OUT country text, OUT currency text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_outcome_facts_row' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 1;
COMMENT ON FUNCTION smsengage_internal.outcome_facts(smsengage.delivery_state, timestamptz, smallint, numeric, text, text, text, text, text, text, text) IS 'Where and as what a message counts in outcome_tally; no row for a test. Used by outcome_tally.';

CREATE FUNCTION smsengage_internal.outcomes_are_counted()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT NOT smsengage_internal.store_is_distributed();
END;
COMMENT ON FUNCTION smsengage_internal.outcomes_are_counted() IS 'Whether outcome_tally is kept. On a cluster it is not: reports count messages there, on all nodes at once. Used by reports and ingestion.';

CREATE FUNCTION smsengage_internal.outcomes_of_messages(keys uuid[] DEFAULT NULL)
RETURNS TABLE (send_cell timestamptz, messages bigint, parts bigint, priced bigint, cost numeric, outcome text, account text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- two queries, as no index is used for "all, or these"
	IF keys IS NOT NULL THEN
		RETURN QUERY
		SELECT f.send_cell, count(*), sum(f.billed)::bigint, count(f.cost), coalesce(sum(f.cost), 0), f.outcome, m.account, m.provider,
			f.channel_name, f.bulk, f.sender, f.country, f.currency
		FROM unnest(keys) k(message_key)
		JOIN smsengage.message m ON m.message_key = k.message_key
		CROSS JOIN LATERAL smsengage_internal.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
		GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT f.send_cell, count(*), sum(f.billed)::bigint, count(f.cost), coalesce(sum(f.cost), 0), f.outcome, m.account, m.provider,
		f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM smsengage.message m
	CROSS JOIN LATERAL smsengage_internal.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
	GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
	RETURN QUERY
	SELECT k.send_cell, k.messages, k.parts, k.priced, k.cost, k.outcome, k.account, k.provider, k.channel, k.bulk_message, k.sender_id, k.country, k.price_currency
	FROM smsengage.kept_outcome k;
END
$$;
COMMENT ON FUNCTION smsengage_internal.outcomes_of_messages(uuid[]) IS 'What outcome_tally must add up to: counted from message, and what forget() kept; of some messages only, if keys are given. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage_internal.count_messages(keys uuid[], sign integer)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage_internal.outcomes_are_counted() THEN
		RETURN;
	END IF;
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.send_cell, sign * o.messages, sign * o.parts, sign * o.priced, sign * o.cost, :LEVEL_DELTA:, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
	FROM smsengage_internal.outcomes_of_messages(coalesce(keys, '{}')) o;
END
$$;
COMMENT ON FUNCTION smsengage_internal.count_messages(uuid[], integer) IS 'Adds messages to outcome_tally (sign 1) or takes them out (-1). Whoever deletes or replaces rows of message calls it, before and after, under a lock on them. Used by ingestion and forget().';

CREATE FUNCTION smsengage_internal.note_kept_outcomes(keys uuid[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.kept_outcome (send_cell, messages, parts, priced, cost, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.* FROM smsengage_internal.outcomes_of_messages(coalesce(keys, '{}')) o;
END
$$;
COMMENT ON FUNCTION smsengage_internal.note_kept_outcomes(uuid[]) IS 'Notes what messages count for that are about to be deleted, so that they go on being counted. Used by forget().';

CREATE FUNCTION smsengage_internal.outcome_rows(levels integer[], since timestamptz, until timestamptz)
RETURNS TABLE (send_cell timestamptz, messages bigint, parts bigint, priced bigint, cost numeric, outcome text, account text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage_internal.outcomes_are_counted() THEN
		RETURN QUERY
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage.outcome_tally o
		WHERE o.level = ANY (levels) AND o.send_cell >= since AND o.send_cell < until;
	ELSE
		RETURN QUERY
		SELECT o.* FROM smsengage_internal.outcomes_of_messages() o
		WHERE o.send_cell >= since AND o.send_cell < until;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.outcome_rows(integer[], timestamptz, timestamptz) IS 'Rows that add up to the messages of [since, until) by outcome: of outcome_tally at these levels, or counted from message where it is not kept. Used by reports.';

CREATE FUNCTION smsengage_internal.rebuild_outcomes()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage_internal.outcomes_are_counted() THEN
		RETURN;
	END IF;
	PERFORM smsengage_internal.begin_rebuild();
	LOCK TABLE smsengage.message IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.outcome_tally;
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, :LEVEL_DELTA:, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
	FROM smsengage_internal.outcomes_of_messages() o;
	PERFORM smsengage_internal.fold_outcomes();
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_outcomes() IS 'Counts outcome_tally anew from message, with the sums that forget() kept. Keeps ingestion waiting meanwhile. Used by rebuild().';

CREATE FUNCTION smsengage_internal.outcome_difference()
RETURNS TABLE (level smallint, send_cell timestamptz, outcome text, account text, bulk_message text, messages bigint, counted bigint)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	IF NOT smsengage_internal.outcomes_are_counted() THEN
		RETURN;
	END IF;
	RETURN QUERY
	WITH truth AS MATERIALIZED (SELECT * FROM smsengage_internal.outcomes_of_messages()), expected AS (
		SELECT l.level::smallint AS level, smsengage_internal.cell_start(l.level, t.send_cell) AS send_cell, t.outcome, t.account, t.provider, t.channel, t.bulk_message, t.sender_id, t.country, t.price_currency,
			sum(t.messages) AS messages, sum(t.parts) AS parts, sum(t.priced) AS priced, sum(t.cost) AS cost
		FROM truth t CROSS JOIN generate_series(:LEVEL_QUARTER_HOUR:, :LEVEL_DAY:) l(level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	), found AS (
		SELECT l.level::smallint AS level, smsengage_internal.cell_start(l.level, t.send_cell) AS send_cell, t.outcome, t.account, t.provider, t.channel, t.bulk_message, t.sender_id, t.country, t.price_currency,
			sum(t.messages) AS messages, sum(t.parts) AS parts, sum(t.priced) AS priced, sum(t.cost) AS cost
		FROM smsengage.outcome_tally t JOIN generate_series(:LEVEL_QUARTER_HOUR:, :LEVEL_DAY:) l(level) ON t.level IN (:LEVEL_DELTA:, l.level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	)
	SELECT level, send_cell, outcome, account, bulk_message, coalesce(e.messages, 0)::bigint, coalesce(f.messages, 0)::bigint
	FROM expected e
	FULL JOIN found f USING (level, send_cell, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	WHERE (coalesce(e.messages, 0), coalesce(e.parts, 0), coalesce(e.priced, 0), coalesce(e.cost, 0))
		<> (coalesce(f.messages, 0), coalesce(f.parts, 0), coalesce(f.priced, 0), coalesce(f.cost, 0));
END
$$;
COMMENT ON FUNCTION smsengage_internal.outcome_difference() IS 'Where outcome_tally differs from message, at each level; no row if nowhere. Used by doctor().';

CREATE FUNCTION smsengage_internal.fold_outcomes()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	deltas bigint;
BEGIN
	-- one statement, so that every snapshot sees either the deltas or what they became
	WITH gone AS (
		DELETE FROM smsengage.outcome_tally t WHERE t.level = :LEVEL_DELTA: RETURNING t.*
	), fresh AS (
		SELECT l.level::smallint AS level, smsengage_internal.cell_start(l.level, g.send_cell) AS send_cell, g.outcome, g.account, g.provider, g.channel, g.bulk_message, g.sender_id, g.country, g.price_currency,
			sum(g.messages)::bigint AS messages, sum(g.parts)::bigint AS parts, sum(g.priced)::bigint AS priced, sum(g.cost) AS cost
		FROM gone g CROSS JOIN generate_series(:LEVEL_QUARTER_HOUR:, :LEVEL_DAY:) l(level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	), joined AS (
		DELETE FROM smsengage.outcome_tally t
		USING fresh f
		WHERE t.level = f.level AND t.send_cell = f.send_cell AND t.outcome = f.outcome AND t.account = f.account AND t.provider = f.provider AND t.channel = f.channel
			AND t.bulk_message = f.bulk_message AND t.sender_id = f.sender_id AND t.country = f.country AND t.price_currency = f.price_currency
		RETURNING t.*
	), put AS (
		INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
		SELECT a.send_cell, sum(a.messages), sum(a.parts), sum(a.priced), sum(a.cost), a.level, a.outcome, a.account, a.provider, a.channel, a.bulk_message, a.sender_id, a.country, a.price_currency
		FROM (SELECT f.level, f.send_cell, f.outcome, f.account, f.provider, f.channel, f.bulk_message, f.sender_id, f.country, f.price_currency, f.messages, f.parts, f.priced, f.cost FROM fresh f
			UNION ALL
			SELECT j.level, j.send_cell, j.outcome, j.account, j.provider, j.channel, j.bulk_message, j.sender_id, j.country, j.price_currency, j.messages, j.parts, j.priced, j.cost FROM joined j) a
		GROUP BY a.send_cell, a.level, a.outcome, a.account, a.provider, a.channel, a.bulk_message, a.sender_id, a.country, a.price_currency
		HAVING sum(a.messages) <> 0 OR sum(a.parts) <> 0 OR sum(a.priced) <> 0 OR sum(a.cost) <> 0
		ORDER BY a.level, a.send_cell
	)
	SELECT count(*) INTO deltas FROM gone;
	RETURN deltas;
END
$$;
COMMENT ON FUNCTION smsengage_internal.fold_outcomes() IS 'Adds the rows of level 0 of outcome_tally to the cells of the other levels and deletes them; returns how many. Changes no report. Used by fold().';
