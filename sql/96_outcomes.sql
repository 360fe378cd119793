-- Outcomes: how messages ended, counted where they are stored.

CREATE FUNCTION smsengage.message_outcome(state smsengage.delivery_state)
RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'sms_delivery_outcome' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.message_outcome(smsengage.delivery_state) IS 'How a message ended, as reports count it: delivered (to the handset), operator (confirmed no further than the operator), failed, expired, not_sent (never handed over) or open.';

CREATE FUNCTION smsengage.send_time(state smsengage.delivery_state, first_time timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT COALESCE(smsengage.sent_at(state), first_time);
END;
COMMENT ON FUNCTION smsengage.send_time(smsengage.delivery_state, timestamptz) IS 'When a message was sent: as its reports say, else the time of the earliest of them. Reports "by send date" go by it.';

CREATE FUNCTION smsengage.arrived_at(state smsengage.delivery_state)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_delivery_arrived_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.arrived_at(smsengage.delivery_state) IS 'When a message was delivered to the handset, or sent where no such report is known: from when on it can be read. Used by rules of machine clicks and reports.';

CREATE FUNCTION smsengage.billed_parts(state smsengage.delivery_state, parts smallint)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT COALESCE(parts::integer, greatest(smsengage.parts_known(state), 1));
END;
COMMENT ON FUNCTION smsengage.billed_parts(smsengage.delivery_state, smallint) IS 'Number of parts of a message: as the provider says, else as many as were reported, at least 1. Used by reports.';

CREATE FUNCTION smsengage.message_cost(provider text, price numeric, parts integer)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN provider OPERATOR(pg_catalog.=) 'infobip' THEN price OPERATOR(pg_catalog.*) parts::numeric ELSE price END;
END;
COMMENT ON FUNCTION smsengage.message_cost(text, numeric, integer) IS 'What a message cost: Infobip states the price of one part (pricePerMessage), every other provider that of the message.';

CREATE FUNCTION smsengage.is_test(callback_data text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT COALESCE(smsengage.callback_field(callback_data, 'test') OPERATOR(pg_catalog.=) 'true', false);
END;
COMMENT ON FUNCTION smsengage.is_test(text) IS 'Whether the callback data of a message says that it is a test: a field test that is true. Such messages are in no metric. Used by reports.';

CREATE FUNCTION smsengage.plain_amount(amount numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN pg_catalog.abs(amount) OPERATOR(pg_catalog.<) 1e31 THEN amount END;
END;
COMMENT ON FUNCTION smsengage.plain_amount(numeric) IS 'An amount that fits numeric(38,6), as views have it; NULL for a larger one, so that an absurd price spoils its own row only. Used by reports.';

CREATE FUNCTION smsengage.outcome_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	fresh boolean := to_regclass('smsengage.outcome_tally') IS NULL;
	-- the same in both tables
	facts text := $c$
		send_cell: Where the cell begins that send_time() of the messages lies in (UTC)
		parts: Parts of these messages
		priced: How many of the messages have a price
		cost: What they cost together, in price_currency
		outcome: delivered, operator, failed, expired, not_sent or open: see message_outcome()
		account: Account that sent them
		provider: Provider that reported them
		channel: Channel; SMS if the reports name none
		bulk_message: Send that they belong to; empty if none is named
		sender_id: Our number, short code or name; empty if unknown
		country: Country of the recipient (ISO 3166); empty if the number does not tell
		price_currency: ISO 4217 code; empty if none is known$c$;
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.outcome_tally (
		send_cell timestamptz NOT NULL,
		messages bigint NOT NULL,
		parts bigint NOT NULL,
		priced bigint NOT NULL,
		cost numeric NOT NULL,
		level smallint NOT NULL,
		outcome text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		provider text COLLATE "C" NOT NULL,
		channel text COLLATE "C" NOT NULL,
		bulk_message text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C" NOT NULL,
		country text COLLATE "C" NOT NULL,
		price_currency text COLLATE "C" NOT NULL
	);
	CREATE TABLE IF NOT EXISTS smsengage.kept_outcome (
		send_cell timestamptz NOT NULL,
		messages bigint NOT NULL,
		parts bigint NOT NULL,
		priced bigint NOT NULL,
		cost numeric NOT NULL,
		outcome text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		provider text COLLATE "C" NOT NULL,
		channel text COLLATE "C" NOT NULL,
		bulk_message text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C" NOT NULL,
		country text COLLATE "C" NOT NULL,
		price_currency text COLLATE "C" NOT NULL
	);
	CREATE INDEX IF NOT EXISTS outcome_tally_idx ON smsengage.outcome_tally (level, send_cell);
	CREATE TABLE IF NOT EXISTS smsengage.delivery_deadline (
		provider text COLLATE "C" CONSTRAINT delivery_deadline_pkey PRIMARY KEY,
		deadline_hours integer NOT NULL,
		CONSTRAINT delivery_deadline_check CHECK (deadline_hours > 0)
	);
	IF fresh THEN
		INSERT INTO smsengage.delivery_deadline (provider, deadline_hours)
		VALUES ('', 72), ('infobip', 48), ('aws', 72)
		ON CONFLICT DO NOTHING;
		PERFORM smsengage.rebuild_outcomes();
	END IF;
	-- few rows of event are in these; reports on clicks and answers need no others
	CREATE INDEX IF NOT EXISTS event_click_idx ON smsengage.event (event_time) INCLUDE (event_key, individual_no, message_key, part)
		WHERE event_type = 'CLICK';
	CREATE INDEX IF NOT EXISTS event_agent_idx ON smsengage.event ((left(user_agent, 250)) COLLATE "C", event_time) WHERE event_type = 'CLICK';
	-- what tallies do not tell of the arrival of messages
	CREATE INDEX IF NOT EXISTS event_part_idx ON smsengage.event (event_time) INCLUDE (message_key)
		WHERE status_class IN (4, 9, 10) AND (part > 0 OR event_type = 'CLICK');
	CREATE INDEX IF NOT EXISTS event_sent_time_idx ON smsengage.event (sent_time) INCLUDE (message_key)
		WHERE sent_time IS NOT NULL AND status_class IS NOT NULL;
	CREATE INDEX IF NOT EXISTS event_answer_idx ON smsengage.event (event_time)
		INCLUDE (event_key, message_key, event_type, account, recipient, sender_id, bulk_message)
		WHERE event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP');
	CREATE INDEX IF NOT EXISTS message_account_recipient_send_time_idx ON smsengage.message (account, recipient, send_time);
	-- of version 1.0
	DROP INDEX IF EXISTS smsengage.message_recipient_idx;

	PERFORM smsengage.describe('smsengage.kept_outcome', 'What messages count for in outcome_tally that forget(keep_sums => true) erased.', $c$
		messages: Number of messages$c$ || facts);
	PERFORM smsengage.describe('smsengage.outcome_tally', 'How many messages ended how, by quarter hour of sending. A message that changes takes itself out where it was and adds itself where it is, so rows are only added; what holds of a cell is the sum of its rows at one level and of the rows of level 0 inside it. fold() joins rows.', $c$
		messages: Number of messages; negative where they were taken out
		level: Length of the cell: 0 newly added and 1 quarter hour, 2 hour, 3 day$c$ || facts);
	PERFORM smsengage.describe('smsengage.delivery_deadline', 'How long after sending an outcome can be expected; an open message is pending before and unknown after. Rows may be edited; that with an empty provider must stay.', $c$
		provider: Name of the provider; empty: for those without a row
		deadline_hours: Counted from the quarter hour of sending$c$);
END
$$;
COMMENT ON FUNCTION smsengage.outcome_tables() IS 'Makes the tables and indexes of reports that are missing. Used by migrate().';

-- What a message counts for.  Every place that counts messages reads these
-- columns, so that none can differ.
CREATE FUNCTION smsengage.outcome_facts(
	state smsengage.delivery_state, first_time timestamptz, parts smallint, price numeric, provider text, channel text,
	bulk_message text, sender_id text, recipient text, price_currency text, callback_data text,
	OUT send_cell timestamptz, OUT outcome text, OUT billed integer, OUT cost numeric, OUT channel_name text, OUT bulk text, OUT sender text, OUT country text, OUT currency text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT smsengage.cell_start(1, smsengage.send_time(state, first_time)),
		smsengage.message_outcome(state),
		smsengage.billed_parts(state, parts),
		smsengage.message_cost(provider, price, smsengage.billed_parts(state, parts)),
		COALESCE(channel, 'SMS'),
		COALESCE(bulk_message, ''),
		COALESCE(sender_id, ''),
		COALESCE(smsengage.country_of(recipient), ''),
		COALESCE(price_currency, '')
	WHERE NOT smsengage.is_test(callback_data);
END;
COMMENT ON FUNCTION smsengage.outcome_facts(smsengage.delivery_state, timestamptz, smallint, numeric, text, text, text, text, text, text, text) IS 'Where and as what a message counts in outcome_tally; no row for a test. Used by outcome_tally.';

CREATE FUNCTION smsengage.keeps_outcomes()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT NOT smsengage.store_is_distributed();
END;
COMMENT ON FUNCTION smsengage.keeps_outcomes() IS 'Whether outcome_tally is kept. On a cluster it is not: reports count messages there, on all nodes at once. Used by reports and ingestion.';

CREATE FUNCTION smsengage.store_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known uuid[];
	fresh uuid[];
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		INSERT INTO smsengage.message AS m (
			message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient, sender_id,
			channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT r.* FROM smsengage.batch_messages(batch, people, event_keys) r
		ON CONFLICT (message_key) DO UPDATE SET
			first_time = least(m.first_time, excluded.first_time),
			last_time = greatest(m.last_time, excluded.last_time),
			individual_no = greatest(m.individual_no, excluded.individual_no),
			parts = greatest(m.parts, excluded.parts),
			recipient = greatest(m.recipient, excluded.recipient),
			sender_id = greatest(m.sender_id, excluded.sender_id),
			channel = greatest(m.channel, excluded.channel),
			bulk_message = greatest(m.bulk_message, excluded.bulk_message),
			template = greatest(m.template, excluded.template),
			price = trim_scale(greatest(m.price, excluded.price)),
			price_currency = greatest(m.price_currency, excluded.price_currency),
			callback_data = greatest(m.callback_data, excluded.callback_data),
			state = smsengage.delivery_merge(m.state, excluded.state);
		RETURN;
	END IF;

	-- Messages not known yet, then the others: what these were before is read
	-- under the lock that the update takes anyway.
	WITH given AS MATERIALIZED (
		SELECT r.* FROM smsengage.batch_messages(batch, people, event_keys) r
	), added AS (
		INSERT INTO smsengage.message AS m (
			message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient, sender_id,
			channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT g.* FROM given g
		ON CONFLICT DO NOTHING
		RETURNING m.message_key
	)
	SELECT array_agg(g.message_key) FILTER (WHERE a.message_key IS NULL), array_agg(a.message_key) INTO known, fresh
	FROM given g LEFT JOIN added a USING (message_key);
	PERFORM smsengage.count_messages(fresh, 1);
	IF known IS NULL THEN
		RETURN;
	END IF;
	WITH changed AS (
		UPDATE smsengage.message m SET
			first_time = least(m.first_time, b.first_time),
			last_time = greatest(m.last_time, b.last_time),
			individual_no = greatest(m.individual_no, b.individual_no),
			parts = greatest(m.parts, b.parts),
			recipient = greatest(m.recipient, b.recipient),
			sender_id = greatest(m.sender_id, b.sender_id),
			channel = greatest(m.channel, b.channel),
			bulk_message = greatest(m.bulk_message, b.bulk_message),
			template = greatest(m.template, b.template),
			price = trim_scale(greatest(m.price, b.price)),
			price_currency = greatest(m.price_currency, b.price_currency),
			callback_data = greatest(m.callback_data, b.callback_data),
			state = smsengage.delivery_merge(m.state, b.state)
		FROM (
			SELECT r.*, o AS old
			FROM smsengage.batch_messages(batch, people, event_keys, known) r
			JOIN smsengage.message o ON o.message_key = r.message_key
			ORDER BY r.message_key
			FOR UPDATE OF o
		) b
		WHERE m.message_key = b.message_key
		RETURNING b.old, m AS new
	), moved AS (
		SELECT -1 AS sign, (c.old).* FROM changed c
		UNION ALL
		SELECT 1, (c.new).* FROM changed c
	)
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT f.send_cell, sum(a.sign), sum(a.sign * f.billed), coalesce(sum(a.sign) FILTER (WHERE f.cost IS NOT NULL), 0), coalesce(sum(a.sign * f.cost), 0), 0,
		f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM moved a
	CROSS JOIN LATERAL smsengage.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency, a.callback_data) f
	GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	HAVING sum(a.sign) <> 0 OR sum(a.sign * f.billed) <> 0 OR sum(a.sign * f.cost) <> 0
		OR sum(a.sign) FILTER (WHERE f.cost IS NOT NULL) <> 0;
END
$$;
COMMENT ON FUNCTION smsengage.store_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Merges the delivery reports among the events with these keys into message and counts what changed in outcome_tally. Used by insert_by_sql().';

CREATE FUNCTION smsengage.outcomes_of_messages(keys uuid[] DEFAULT NULL)
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
		CROSS JOIN LATERAL smsengage.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
		GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT f.send_cell, count(*), sum(f.billed)::bigint, count(f.cost), coalesce(sum(f.cost), 0), f.outcome, m.account, m.provider,
		f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM smsengage.message m
	CROSS JOIN LATERAL smsengage.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
	GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
	RETURN QUERY
	SELECT k.send_cell, k.messages, k.parts, k.priced, k.cost, k.outcome, k.account, k.provider, k.channel, k.bulk_message, k.sender_id, k.country, k.price_currency
	FROM smsengage.kept_outcome k;
END
$$;
COMMENT ON FUNCTION smsengage.outcomes_of_messages(uuid[]) IS 'What outcome_tally must add up to: counted from message, and what forget() kept; of some messages only, if keys are given. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.count_messages(keys uuid[], sign integer)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		RETURN;
	END IF;
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.send_cell, sign * o.messages, sign * o.parts, sign * o.priced, sign * o.cost, 0, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
	FROM smsengage.outcomes_of_messages(coalesce(keys, '{}')) o;
END
$$;
COMMENT ON FUNCTION smsengage.count_messages(uuid[], integer) IS 'Adds messages to outcome_tally (sign 1) or takes them out (-1). Whoever deletes or replaces rows of message calls it, before and after, under a lock on them. Used by ingestion and forget().';

CREATE FUNCTION smsengage.keep_outcomes(keys uuid[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.kept_outcome (send_cell, messages, parts, priced, cost, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.* FROM smsengage.outcomes_of_messages(coalesce(keys, '{}')) o;
END
$$;
COMMENT ON FUNCTION smsengage.keep_outcomes(uuid[]) IS 'Notes what messages count for that are about to be deleted, so that they go on being counted. Used by forget().';

CREATE FUNCTION smsengage.outcome_rows(levels integer[], since timestamptz, until timestamptz)
RETURNS TABLE (send_cell timestamptz, messages bigint, parts bigint, priced bigint, cost numeric, outcome text, account text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.keeps_outcomes() THEN
		RETURN QUERY
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage.outcome_tally o
		WHERE o.level = ANY (levels) AND o.send_cell >= since AND o.send_cell < until;
	ELSE
		RETURN QUERY
		SELECT o.* FROM smsengage.outcomes_of_messages() o
		WHERE o.send_cell >= since AND o.send_cell < until;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.outcome_rows(integer[], timestamptz, timestamptz) IS 'Rows that add up to the messages of [since, until) by outcome: of outcome_tally at these levels, or counted from message where it is not kept. Used by reports.';

CREATE FUNCTION smsengage.rebuild_outcomes()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		RETURN;
	END IF;
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.message IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.outcome_tally;
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, 0, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
	FROM smsengage.outcomes_of_messages() o;
	PERFORM smsengage.fold_outcomes();
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_outcomes() IS 'Counts outcome_tally anew from message, with the sums that forget() kept. Keeps ingestion waiting meanwhile. Used by rebuild().';

CREATE FUNCTION smsengage.outcome_difference()
RETURNS TABLE (level smallint, send_cell timestamptz, outcome text, account text, bulk_message text, messages bigint, counted bigint)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		RETURN;
	END IF;
	RETURN QUERY
	WITH truth AS MATERIALIZED (SELECT * FROM smsengage.outcomes_of_messages()), expected AS (
		SELECT l.level::smallint AS level, smsengage.cell_start(l.level, t.send_cell) AS send_cell, t.outcome, t.account, t.provider, t.channel, t.bulk_message, t.sender_id, t.country, t.price_currency,
			sum(t.messages) AS messages, sum(t.parts) AS parts, sum(t.priced) AS priced, sum(t.cost) AS cost
		FROM truth t CROSS JOIN generate_series(1, 3) l(level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	), found AS (
		SELECT l.level::smallint AS level, smsengage.cell_start(l.level, t.send_cell) AS send_cell, t.outcome, t.account, t.provider, t.channel, t.bulk_message, t.sender_id, t.country, t.price_currency,
			sum(t.messages) AS messages, sum(t.parts) AS parts, sum(t.priced) AS priced, sum(t.cost) AS cost
		FROM smsengage.outcome_tally t JOIN generate_series(1, 3) l(level) ON t.level IN (0, l.level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	)
	SELECT level, send_cell, outcome, account, bulk_message, coalesce(e.messages, 0)::bigint, coalesce(f.messages, 0)::bigint
	FROM expected e
	FULL JOIN found f USING (level, send_cell, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	WHERE (coalesce(e.messages, 0), coalesce(e.parts, 0), coalesce(e.priced, 0), coalesce(e.cost, 0))
		<> (coalesce(f.messages, 0), coalesce(f.parts, 0), coalesce(f.priced, 0), coalesce(f.cost, 0));
END
$$;
COMMENT ON FUNCTION smsengage.outcome_difference() IS 'Where outcome_tally differs from message, at each level; no row if nowhere. Used by doctor().';

CREATE FUNCTION smsengage.fold_outcomes()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	deltas bigint;
BEGIN
	-- one statement, so that every snapshot sees either the deltas or what they became
	WITH gone AS (
		DELETE FROM smsengage.outcome_tally t WHERE t.level = 0 RETURNING t.*
	), fresh AS (
		SELECT l.level::smallint AS level, smsengage.cell_start(l.level, g.send_cell) AS send_cell, g.outcome, g.account, g.provider, g.channel, g.bulk_message, g.sender_id, g.country, g.price_currency,
			sum(g.messages)::bigint AS messages, sum(g.parts)::bigint AS parts, sum(g.priced)::bigint AS priced, sum(g.cost) AS cost
		FROM gone g CROSS JOIN generate_series(1, 3) l(level)
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
COMMENT ON FUNCTION smsengage.fold_outcomes() IS 'Adds the rows of level 0 of outcome_tally to the cells of the other levels and deletes them; returns how many. Changes no report. Used by fold().';
