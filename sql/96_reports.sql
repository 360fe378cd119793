-- Reports: how messages ended, counted where they are stored, and the views
-- and functions of the reports that the vendors' own screens show.

CREATE FUNCTION smsengage.message_outcome(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE smsengage.status_class(state)
		WHEN 'delivered' THEN 'delivered' WHEN 'seen' THEN 'delivered'
		WHEN 'to_operator' THEN 'operator'
		WHEN 'undelivered' THEN 'failed'
		WHEN 'expired' THEN 'expired'
		WHEN 'not_sent' THEN 'not_sent'
		ELSE 'open'
	END;
END;
COMMENT ON FUNCTION smsengage.message_outcome(smsengage.delivery_state) IS 'How a message ended, as reports count it: delivered (to the handset), operator (confirmed no further than the operator), failed, expired, not_sent (never handed over) or open.';

CREATE FUNCTION smsengage.send_time(state smsengage.delivery_state, first_time timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT COALESCE(smsengage.sent_at(state), first_time);
END;
COMMENT ON FUNCTION smsengage.send_time(smsengage.delivery_state, timestamptz) IS 'When a message was sent: as its reports say, else the time of the earliest of them. Reports "by send date" go by it.';

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
	CREATE INDEX IF NOT EXISTS event_click_idx ON smsengage.event (event_time) WHERE event_type = 'CLICK';
	CREATE INDEX IF NOT EXISTS event_answer_idx ON smsengage.event (event_time)
		WHERE event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP');
	CREATE INDEX IF NOT EXISTS message_recipient_idx ON smsengage.message (recipient);

	PERFORM smsengage.describe('smsengage.outcome_tally', 'How many messages ended how, by quarter hour of sending. A message that changes takes itself out where it was and adds itself where it is, so rows are only added; what holds of a cell is the sum of its rows at one level and of the rows of level 0 inside it. fold() joins rows.', $c$
		send_cell: Where the cell begins that send_time() of the messages lies in (UTC)
		messages: Number of messages; negative where they were taken out
		parts: Parts of these messages
		priced: How many of the messages have a price
		cost: What they cost together, in price_currency
		level: Length of the cell: 0 newly added and 1 quarter hour, 2 hour, 3 day
		outcome: delivered, operator, failed, expired, not_sent or open: see message_outcome()
		account: Account that sent them
		provider: Provider that reported them
		channel: Channel; SMS if the reports name none
		bulk_message: Send that they belong to; empty if none is named
		sender_id: Our number, short code or name; empty if unknown
		country: Country of the recipient (ISO 3166); empty if the number does not tell
		price_currency: ISO 4217 code; empty if none is known$c$);
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
	bulk_message text, sender_id text, recipient text, price_currency text,
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
		COALESCE(price_currency, '');
END;
COMMENT ON FUNCTION smsengage.outcome_facts(smsengage.delivery_state, timestamptz, smallint, numeric, text, text, text, text, text, text) IS 'Where and as what a message counts in outcome_tally. Used by outcome_tally.';

CREATE FUNCTION smsengage.keeps_outcomes()
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.cluster_place() = 'alone';
END
$$;
COMMENT ON FUNCTION smsengage.keeps_outcomes() IS 'Whether outcome_tally is kept. On a cluster it is not: reports count messages there, on all nodes at once. Used by reports and ingestion.';

CREATE FUNCTION smsengage.store_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fresh uuid[];
	n bigint;
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
			price = greatest(m.price, excluded.price),
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
		RETURNING m.*
	), counted AS (
		INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
		SELECT f.send_cell, count(*), sum(f.billed), count(f.cost), coalesce(sum(f.cost), 0), 0, f.outcome, a.account, a.provider,
			f.channel_name, f.bulk, f.sender, f.country, f.currency
		FROM added a
		CROSS JOIN LATERAL smsengage.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency) f
		GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	)
	SELECT coalesce(array_agg(a.message_key), '{}'), (SELECT count(*) FROM given) INTO fresh, n FROM added a;
	IF n = cardinality(fresh) THEN
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
			price = greatest(m.price, b.price),
			price_currency = greatest(m.price_currency, b.price_currency),
			callback_data = greatest(m.callback_data, b.callback_data),
			state = smsengage.delivery_merge(m.state, b.state)
		FROM (
			SELECT r.*, o AS old
			FROM smsengage.batch_messages(batch, people, event_keys) r
			JOIN smsengage.message o ON o.message_key = r.message_key
			WHERE NOT r.message_key = ANY (fresh)
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
	CROSS JOIN LATERAL smsengage.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency) f
	GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	HAVING sum(a.sign) <> 0 OR sum(a.sign * f.billed) <> 0 OR sum(a.sign * f.cost) <> 0
		OR sum(a.sign) FILTER (WHERE f.cost IS NOT NULL) <> 0;
END
$$;
COMMENT ON FUNCTION smsengage.store_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Merges the delivery reports among the events with these keys into message and counts what changed in outcome_tally. Used by ingest_batch().';

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
	SELECT f.send_cell, sign * count(*), sign * sum(f.billed), sign * count(f.cost), sign * coalesce(sum(f.cost), 0), 0, f.outcome, m.account, m.provider,
		f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM smsengage.message m
	CROSS JOIN LATERAL smsengage.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency) f
	WHERE m.message_key = ANY (keys)
	GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
END
$$;
COMMENT ON FUNCTION smsengage.count_messages(uuid[], integer) IS 'Adds messages to outcome_tally (sign 1) or takes them out (-1). Whoever deletes or replaces rows of message calls it, before and after, under a lock on them. Used by ingestion and forget().';

CREATE FUNCTION smsengage.outcomes_of_messages()
RETURNS TABLE (send_cell timestamptz, messages bigint, parts bigint, priced bigint, cost numeric, outcome text, account text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT f.send_cell, count(*), sum(f.billed)::bigint, count(f.cost), coalesce(sum(f.cost), 0), f.outcome, m.account, m.provider,
		f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM smsengage.message m
	CROSS JOIN LATERAL smsengage.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency) f
	GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
END
$$;
COMMENT ON FUNCTION smsengage.outcomes_of_messages() IS 'What outcome_tally must add up to, counted from message. Used by doctor() and rebuild().';

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
	LOCK TABLE smsengage.message IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.outcome_tally;
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, 0, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
	FROM smsengage.outcomes_of_messages() o;
	PERFORM smsengage.fold_outcomes();
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_outcomes() IS 'Counts outcome_tally anew from message. Keeps ingestion waiting meanwhile. Used by rebuild().';

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

CREATE FUNCTION smsengage.event_issue(provider text, event_type text, status_code text, error_code text, error_text text,
	OUT issue text, OUT meaning text, OUT possible_fix text, OUT retryable boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- SmsNotSent of ENS has a code space of its own
	IF provider = 'salesforce_ens' AND event_type = 'NOT_SENT' THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, 'not_sent', NULL, status_code) d;
	END IF;
	IF issue IS NULL AND nullif(error_code, '0') IS NOT NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_code) d;
	END IF;
	IF issue IS NULL AND NOT (provider = 'salesforce_ens' AND event_type = 'NOT_SENT') THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, status_code) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_text) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.issue, d.meaning, d.possible_fix, d.retryable INTO issue, meaning, possible_fix, retryable
		FROM smsengage.delivery_issues() d WHERE d.kind = CASE event_type WHEN 'EXPIRED' THEN 'unreachable' ELSE 'account' END;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.event_issue(text, text, text, text, text) IS 'Intercom''s delivery issue behind a failure, from the columns of its event: by the error code, else the status code, else the text. Without a code that a table has, an expired message is "Recipient number was unreachable", any other "Something went wrong". Used by the reports of delivery issues.';

CREATE FUNCTION smsengage.report_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.message_summary WITH (security_invoker = true) AS
	SELECT m.message_key::text AS message_key,
		m.message_id,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		m.template,
		m.sender_id,
		m.recipient,
		smsengage.country_of(m.recipient) AS country,
		m.individual_no,
		i.individual_id,
		smsengage.send_time(m.state, m.first_time) AS send_time,
		(smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		CASE WHEN smsengage.message_outcome(m.state) = 'delivered' THEN smsengage.done_at(m.state) END AS delivered_time,
		smsengage.done_at(m.state) AS done_time,
		smsengage.seen_at(m.state) AS seen_time,
		m.last_time AS update_time,
		CASE WHEN smsengage.message_outcome(m.state) <> 'open' THEN smsengage.message_outcome(m.state)
			WHEN smsengage.cell_start(1, smsengage.send_time(m.state, m.first_time)) + make_interval(hours => coalesce(d.deadline_hours, other.deadline_hours)) <= now() THEN 'unknown'
			ELSE 'pending' END AS outcome,
		smsengage.status_group_id(m.state) AS status_group_id,
		smsengage.status_group(m.state) AS status_group,
		smsengage.status_class(m.state) AS status_class,
		smsengage.status_category(m.state) AS status_category,
		smsengage.status_code(m.state) AS status_code,
		smsengage.is_final(m.state) AS is_final,
		smsengage.is_conflicting(m.state) AS is_conflicting,
		smsengage.billed_parts(m.state, m.parts) AS parts,
		smsengage.parts_known(m.state) > 1 AND smsengage.parts_delivered(m.state) BETWEEN 1 AND smsengage.parts_known(m.state) - 1 AS partly_delivered,
		smsengage.plain_amount(m.price)::numeric(38,6) AS price,
		smsengage.plain_amount(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts)))::numeric(38,6) AS cost,
		m.price_currency
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	LEFT JOIN smsengage.delivery_deadline d ON d.provider = m.provider
	LEFT JOIN smsengage.delivery_deadline other ON other.provider = '';
	PERFORM smsengage.describe('smsengage.message_summary', 'Every message with delivery reports: whom it went to, when, and how it ended. One row per message; its key is message_key. Made for filtering by any column.', $c$
		message_key: Key of the message
		message_id: The provider's id of the message
		account: Account that sent it
		provider: Which provider reported it
		channel: Channel; SMS if the reports name none
		bulk_message: Send that it belongs to
		template: Template of it
		sender_id: Our number, short code or name
		recipient: The person's number; empty if none
		country: Country of the number (ISO 3166-1 alpha-2)
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		send_time: When it was sent; the earliest report where none tells
		send_date: Day of send_time (UTC)
		delivered_time: When it was delivered to the handset
		done_time: When its outcome came about, whatever it is
		seen_time: When it was displayed, if reported
		update_time: Time of its latest report
		outcome: delivered (to the handset), operator (confirmed no further), failed, expired, not_sent, pending, or unknown once the provider's deadline has passed
		status_group_id: Infobip's id of the status group, 0 to 5
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		status_class: Class of the deciding report
		status_category: EngageLab's category: Sending, Wait result, Delivered, Process failed, Send failed
		status_code: The provider's code in the deciding report
		is_final: Whether it has an outcome that is final
		is_conflicting: Whether two different outcomes were reported for one part
		parts: Parts that it was billed as, at least 1
		partly_delivered: Whether some of its parts were delivered and others not
		price: As the provider states it; Infobip: of one part
		cost: What the message cost, in price_currency
		price_currency: ISO 4217 code$c$);

	CREATE OR REPLACE VIEW smsengage.delivery_issue_report WITH (security_invoker = true) AS
	SELECT m.message_key::text AS message_key,
		m.message_id,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		m.template,
		m.sender_id,
		m.recipient,
		m.individual_no,
		i.individual_id,
		smsengage.send_time(m.state, m.first_time) AS send_time,
		(smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		smsengage.done_at(m.state) AS issue_time,
		smsengage.message_outcome(m.state) AS outcome,
		e.status_code,
		e.error_code,
		CASE WHEN e.error_code = '0' THEN coalesce(e.status_name, e.error_text) ELSE coalesce(e.error_text, e.status_name) END AS reason,
		x.issue,
		x.meaning,
		x.possible_fix,
		x.retryable
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	CROSS JOIN LATERAL (
		SELECT CASE smsengage.message_outcome(m.state) WHEN 'not_sent' THEN 3 WHEN 'expired' THEN 7 ELSE 8 END AS status_class
	) c
	LEFT JOIN LATERAL (
		SELECT k.event_type, k.status_code, k.status_name, k.error_code, k.error_text
		FROM smsengage.event k
		WHERE k.message_key = m.message_key AND k.individual_no IN (m.individual_no, 0)
			AND k.event_time BETWEEN m.first_time AND m.last_time AND k.status_class = c.status_class
		ORDER BY k.event_time DESC, k.event_key
		LIMIT 1
	) e ON true
	CROSS JOIN LATERAL smsengage.event_issue(m.provider, e.event_type, e.status_code, e.error_code, e.error_text) x
	WHERE smsengage.message_outcome(m.state) IN ('failed', 'expired', 'not_sent');
	PERFORM smsengage.describe('smsengage.delivery_issue_report', 'Intercom''s delivery issues, for every provider: which message failed to reach whom, why, what that means and what can be done. One row per message that failed, expired or was not sent; its key is message_key.', $c$
		message_key: Key of the message
		message_id: The provider's id of the message
		account: Account that sent it
		provider: Which provider reported it
		channel: Channel; SMS if the reports name none
		bulk_message: Send that it belongs to
		template: Template of it
		sender_id: Our number, short code or name
		recipient: The person's number; empty if none
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		send_time: When it was sent; the earliest report where none tells
		send_date: Day of send_time (UTC)
		issue_time: When the failure came about
		outcome: failed, expired or not_sent
		status_code: The provider's status code
		error_code: The provider's error code
		reason: The provider's own words
		issue: One of Intercom's eight issue reasons
		meaning: What the issue means
		possible_fix: What can be done about it
		retryable: Whether sending again can help$c$);

	CREATE OR REPLACE VIEW smsengage.delivery_issue_summary WITH (security_invoker = true) AS
	SELECT r.account, r.bulk_message, r.send_date, r.provider, r.channel, r.issue, r.meaning, r.possible_fix, r.retryable,
		count(*) AS delivery_issues,
		count(DISTINCT nullif(r.individual_no, 0)) AS people,
		min(r.issue_time) AS first_issue_time,
		max(r.issue_time) AS last_issue_time
	FROM smsengage.delivery_issue_report r
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
	PERFORM smsengage.describe('smsengage.delivery_issue_summary', 'Delivery issues counted, with meaning and fix. Its key is (account, bulk_message, send_date, provider, channel, issue).', $c$
		account: Account that sent them
		bulk_message: Send that they belong to
		send_date: Day of sending (UTC)
		provider: Which provider reported them
		channel: Channel
		issue: One of Intercom's eight issue reasons
		meaning: What the issue means
		possible_fix: What can be done about it
		retryable: Whether sending again can help
		delivery_issues: Number of messages
		people: Number of different people; does not add up over rows
		first_issue_time: When the first failure came about
		last_issue_time: When the last one did$c$);

	CREATE OR REPLACE VIEW smsengage.keyword_reply_report WITH (security_invoker = true) AS
	SELECT a.event_time AS reply_time,
		a.event_key,
		(a.event_time AT TIME ZONE 'UTC')::date AS reply_date,
		a.account,
		a.individual_no,
		i.individual_id,
		a.recipient,
		a.sender_id,
		a.message_key::text AS message_key,
		a.bulk_message,
		a.send_time,
		a.message_text AS response,
		a.keyword,
		a.keyword_group,
		a.keyword_group IS NOT NULL AS is_keyword_reply,
		a.event_type
	FROM (
		SELECT g.*, row_number() OVER (
				PARTITION BY g.keyword_group IS NULL, coalesce(g.message_key::text, ''), CASE WHEN g.recipient <> '' THEN g.recipient ELSE g.individual_no::text END, g.account
				ORDER BY g.event_time, g.event_key) AS no
		FROM (
			SELECT x.*, x.account_name AS account,
				CASE x.event_type WHEN 'SUBSCRIBE' THEN 'opt-in' WHEN 'UNSUBSCRIBE' THEN 'opt-out' WHEN 'HELP' THEN 'help'
					ELSE coalesce(CASE smsengage.match_keyword(x.message_text) WHEN 'START' THEN 'opt-in' WHEN 'STOP' THEN 'opt-out' WHEN 'HELP' THEN 'help' END,
						lower(nullif(x.keyword, '')), CASE WHEN x.status_code = 'keyword_reply' THEN 'keyword' END) END AS keyword_group
			FROM smsengage.attributed_answers('-infinity', 'infinity') x
		) g
	) a
	LEFT JOIN smsengage.individual i ON i.individual_no = a.individual_no
	WHERE a.keyword_group IS NOT NULL OR a.no = 1;
	PERFORM smsengage.describe('smsengage.keyword_reply_report', 'Intercom''s response report, for every provider: every keyword reply with the group of its keyword, and of other answers the first of each recipient to each message (at one time, the one with the lower event_key). Answers belong to the message that the provider names, else to the last one sent to the number within 4 hours; other windows: attributed_answers(). One row per answer; its key is (reply_time, event_key).', $c$
		reply_time: When it was written
		event_key: Key of the event, with reply_time
		reply_date: Day of reply_time (UTC)
		account: Account that got it
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		recipient: The person's number
		sender_id: Our number that it was sent to
		message_key: Key of the message answered; NULL if none could be found
		bulk_message: Send of that message
		send_time: When that message was sent
		response: What was written
		keyword: Keyword that was recognised
		keyword_group: opt-in, opt-out, help, the keyword itself in small letters, or keyword where the provider does not say which (Intercom); NULL if it is no keyword reply
		is_keyword_reply: Whether it is a keyword reply; if not, it is the first response
		event_type: REPLY, SUBSCRIBE, UNSUBSCRIBE or HELP$c$);

	CREATE OR REPLACE VIEW smsengage.outbound_message_report WITH (security_invoker = true) AS
	SELECT m.account,
		m.bulk_message,
		m.channel,
		m.send_date,
		m.first_send_time,
		m.last_send_time,
		m.sent,
		m.delivered,
		m.delivered_people,
		m.first_delivered_time,
		m.last_delivered_time,
		m.delivery_issues,
		m.issue_people,
		coalesce(r.keyword_replies, 0) AS keyword_replies,
		coalesce(r.first_responses, 0) AS first_responses,
		smsengage.rate(m.delivered, m.sent)::numeric(9,6) AS delivery_rate
	FROM (
		SELECT k.account, k.bulk_message, coalesce(k.channel, 'SMS') AS channel, min((f.send_time AT TIME ZONE 'UTC')::date) AS send_date,
			min(f.send_time) AS first_send_time, max(f.send_time) AS last_send_time,
			count(*) FILTER (WHERE f.outcome <> 'not_sent') AS sent,
			count(*) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered,
			count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered_people,
			min(f.delivered_time) AS first_delivered_time, max(f.delivered_time) AS last_delivered_time,
			count(*) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS delivery_issues,
			count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS issue_people
		FROM smsengage.message k
		CROSS JOIN LATERAL (
			SELECT smsengage.send_time(k.state, k.first_time) AS send_time, smsengage.message_outcome(k.state) AS outcome,
				CASE WHEN smsengage.message_outcome(k.state) = 'delivered' THEN smsengage.done_at(k.state) END AS delivered_time
		) f
		GROUP BY 1, 2, 3
	) m
	LEFT JOIN (
		SELECT k.account, k.bulk_message, coalesce(x.channel, 'SMS') AS channel,
			count(*) FILTER (WHERE k.is_keyword_reply) AS keyword_replies, count(*) FILTER (WHERE NOT k.is_keyword_reply) AS first_responses
		FROM smsengage.keyword_reply_report k
		JOIN smsengage.message x ON x.message_key = k.message_key::uuid
		GROUP BY 1, 2, 3
	) r ON r.account = m.account AND r.bulk_message IS NOT DISTINCT FROM m.bulk_message AND r.channel = m.channel;
	PERFORM smsengage.describe('smsengage.outbound_message_report', 'Intercom''s report of each outbound message, for every provider: to how many it was delivered and when, delivery issues, replies. One row per send and channel; its key is (account, bulk_message, channel). The issues themselves: delivery_issue_report; the replies: keyword_reply_report; the recipients: message_summary.', $c$
		account: Account that sent it
		bulk_message: The send; NULL: messages that name none
		channel: Channel; SMS if the reports name none
		send_date: Day on which it was first sent (UTC)
		first_send_time: When it was first sent
		last_send_time: When it was last sent
		sent: Number of messages handed over
		delivered: Of these, confirmed by handset or operator
		delivered_people: Number of different people among these
		first_delivered_time: First delivery to a handset
		last_delivered_time: Last delivery to a handset
		delivery_issues: Number of messages that failed, expired or were not sent
		issue_people: Number of different people among these
		keyword_replies: Number of keyword replies to it
		first_responses: Number of recipients' first other responses to its messages
		delivery_rate: delivered / sent; NULL if none was sent$c$);

	CREATE OR REPLACE VIEW smsengage.customer_engagement_report WITH (security_invoker = true) AS
	SELECT c.account, c.channel, c.bulk_message, c.sent, c.delivered, c.clicks, c.replies, c.unsubscribes,
		c.sent_people, c.delivered_people, c.seen_people, c.clicked_people, c.replied_people, c.unsubscribed_people,
		smsengage.rate(c.delivered_people, c.sent_people)::numeric(9,6) AS delivered_people_rate,
		smsengage.rate(c.clicked_people, c.sent_people)::numeric(9,6) AS click_to_reach,
		smsengage.rate(c.replied_people, c.sent_people)::numeric(9,6) AS reply_to_reach
	FROM (
		SELECT s.account, coalesce(s.channel, 'SMS') AS channel, s.bulk_message,
			count(*) FILTER (WHERE s.stage = 'sent') AS sent,
			count(*) FILTER (WHERE s.stage = 'delivered') AS delivered,
			count(*) FILTER (WHERE s.stage = 'clicked') AS clicks,
			count(*) FILTER (WHERE s.stage = 'replied') AS replies,
			count(*) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribes,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'sent') AS sent_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'delivered') AS delivered_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'seen') AS seen_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'clicked') AS clicked_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'replied') AS replied_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribed_people
		FROM (
			SELECT m.account, m.channel, m.bulk_message, m.individual_no, t.stage
			FROM smsengage.message m
			CROSS JOIN LATERAL (VALUES
				('sent', smsengage.message_outcome(m.state) <> 'not_sent'),
				('delivered', smsengage.message_outcome(m.state) IN ('delivered', 'operator')),
				('seen', smsengage.seen_at(m.state) IS NOT NULL)) t(stage, reached)
			WHERE t.reached
			UNION ALL
			-- sendings that name no message, as Salesforce's
			SELECT e.account, e.channel, e.bulk_message, e.individual_no, 'sent'
			FROM smsengage.event e
			WHERE e.event_type = 'SENT' AND e.message_key IS NULL
			UNION ALL
			SELECT e.account, coalesce(m.channel, e.channel), coalesce(m.bulk_message, e.bulk_message), coalesce(nullif(e.individual_no, 0), m.individual_no), 'clicked'
			FROM smsengage.event e
			LEFT JOIN smsengage.message m ON m.message_key = e.message_key
			WHERE e.event_type = 'CLICK' AND coalesce(e.part, 0) = 0
			UNION ALL
			SELECT a.account_name, m.channel, a.bulk_message, coalesce(m.individual_no, a.individual_no), CASE a.event_type WHEN 'REPLY' THEN 'replied' ELSE 'unsubscribed' END
			FROM smsengage.attributed_answers('-infinity', 'infinity') a
			LEFT JOIN smsengage.message m ON m.message_key = a.message_key
			WHERE a.event_type IN ('REPLY', 'UNSUBSCRIBE')
		) s
		GROUP BY 1, 2, 3
	) c;
	PERFORM smsengage.describe('smsengage.customer_engagement_report', 'Intercom''s customer engagement report: how many different people each send reached and moved, SMS beside the other channels. One row per account, channel and send, over all time; that is its key. The row with bulk_message NULL has what belongs to no send: answers that could not be attributed within 4 hours, too.', $c$
		account: Account that sent
		channel: Channel as reports and events name it; SMS if they name none
		bulk_message: The send; NULL: what belongs to none
		sent: Messages handed over
		delivered: Of these, confirmed by handset or operator
		clicks: Clicks, machines included
		replies: Replies
		unsubscribes: Opt-outs
		sent_people: Different people it was sent to
		delivered_people: Different people it was delivered to
		seen_people: Different people who had it displayed, where the channel tells
		clicked_people: Different people who clicked, machines included
		replied_people: Different people who replied
		unsubscribed_people: Different people who opted out
		delivered_people_rate: delivered_people / sent_people; NULL without anyone
		click_to_reach: clicked_people / sent_people; NULL without anyone
		reply_to_reach: replied_people / sent_people; NULL without anyone$c$);

	CREATE OR REPLACE VIEW smsengage.messaging_data_export WITH (security_invoker = true) AS
	SELECT i.individual_id AS user_id,
		m.recipient AS phone,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS content_type,
		m.bulk_message AS content_id,
		m.template AS content_title,
		m.message_id AS receipt_id,
		m.message_key::text AS message_key,
		smsengage.send_time(m.state, m.first_time) AS received_at,
		CASE WHEN smsengage.message_outcome(m.state) = 'delivered' THEN smsengage.done_at(m.state) END AS delivered_at,
		smsengage.status_group(m.state) AS status_group,
		e.first_open,
		e.first_click,
		e.first_reply,
		e.first_unsubscribe,
		CASE WHEN smsengage.message_outcome(m.state) = 'failed' THEN smsengage.done_at(m.state) END AS first_hard_bounce,
		e.clicks
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	LEFT JOIN LATERAL (
		SELECT min(k.event_time) FILTER (WHERE k.event_type = 'SEEN') AS first_open,
			min(k.event_time) FILTER (WHERE k.event_type = 'CLICK') AS first_click,
			min(k.event_time) FILTER (WHERE k.event_type = 'REPLY') AS first_reply,
			min(k.event_time) FILTER (WHERE k.event_type = 'UNSUBSCRIBE') AS first_unsubscribe,
			count(*) FILTER (WHERE k.event_type = 'CLICK' AND coalesce(k.part, 0) = 0) AS clicks
		FROM smsengage.event k
		WHERE k.individual_no = m.individual_no AND k.message_key = m.message_key
	) e ON true;
	PERFORM smsengage.describe('smsengage.messaging_data_export', 'Intercom''s messaging data export with SMS: one row a receipt (a message to one recipient), made for COPY (SELECT ... FROM smsengage.messaging_data_export) TO STDOUT (FORMAT csv, HEADER). Its key is message_key. Times of clicks and answers are those of events that name the message.', $c$
		user_id: The person, as the provider names it, or tel: and the number
		phone: The person's number; empty if none
		account: Account that sent it
		provider: Which provider reported it
		content_type: Channel; SMS if the reports name none
		content_id: The send that it belongs to
		content_title: Title or template of it
		receipt_id: The provider's id of the message
		message_key: Key of the message
		received_at: When it was sent to the person
		delivered_at: When it was delivered to the handset
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		first_open: When it was first displayed
		first_click: When a link of it was first clicked
		first_reply: When it was first replied to
		first_unsubscribe: When the person opted out by it
		first_hard_bounce: When its delivery failed
		clicks: Number of clicks, machines included$c$);

	CREATE OR REPLACE VIEW smsengage.status_statistics WITH (security_invoker = true) AS
	SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		m.account AS sms_user,
		m.provider,
		m.template,
		smsengage.status_category(m.state) AS status,
		count(*) AS messages,
		sum(smsengage.billed_parts(m.state, m.parts))::bigint AS entries,
		count(DISTINCT nullif(m.individual_no, 0)) AS people
	FROM smsengage.message m
	GROUP BY 1, 2, 3, 4, 5;
	PERFORM smsengage.describe('smsengage.status_statistics', 'EngageLab''s status statistics, for every provider: how many messages of each day are in each of the five states of sms_status. Not limited to 30 days: filter by send_date. Its key is (send_date, sms_user, provider, template, status).', $c$
		send_date: Day of sending (UTC)
		sms_user: Account that sent them (SMS_USER)
		provider: Which provider reported them
		template: Template of the messages
		status: Sending, Delivered, Wait result, Process failed or Send failed; NULL if no report could be read
		messages: Number of messages
		entries: Parts they were billed as
		people: Number of different people; does not add up over rows$c$);

	CREATE OR REPLACE VIEW smsengage.status_group_summary WITH (security_invoker = true) AS
	SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		smsengage.status_group_id(m.state) AS status_group_id,
		smsengage.status_group(m.state) AS status_group,
		count(*) AS messages,
		sum(smsengage.billed_parts(m.state, m.parts))::bigint AS parts,
		smsengage.plain_amount(sum(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts))))::numeric(38,6) AS cost,
		m.price_currency
	FROM smsengage.message m
	GROUP BY 1, 2, 3, 4, 5, 6, 7, m.price_currency;
	PERFORM smsengage.describe('smsengage.status_group_summary', 'Infobip''s summary by status group, for every provider. Its key is (send_date, account, provider, channel, bulk_message, status_group, price_currency).', $c$
		send_date: Day of sending (UTC)
		account: Account that sent them
		provider: Which provider reported them
		channel: Channel; SMS if the reports name none
		bulk_message: Send that they belong to (bulkId)
		status_group_id: Infobip's id of the status group, 0 to 5
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		messages: Number of messages
		parts: Parts they were billed as (messageCount)
		cost: What they cost, in price_currency; NULL without a price
		price_currency: ISO 4217 code$c$);
END
$$;
COMMENT ON FUNCTION smsengage.report_views() IS 'Makes or replaces the views of reports. Used by migrate().';
