-- What a batch says of messages.

CREATE FUNCTION smsengage_internal.merge_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.message AS m (
		message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient, sender_id,
		channel, bulk_message, template, price, price_currency, callback_data, state)
	SELECT r.* FROM smsengage_internal.batch_messages(batch, people, event_keys) r
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
END
$$;
COMMENT ON FUNCTION smsengage_internal.merge_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Merges the delivery reports among the events with these keys into message, where outcome_tally is not kept. Used by store_messages().';

CREATE FUNCTION smsengage_internal.store_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known uuid[];
	fresh uuid[];
BEGIN
	IF NOT smsengage_internal.keeps_outcomes() THEN
		PERFORM smsengage_internal.merge_messages(batch, people, event_keys);
		RETURN;
	END IF;

	-- Messages not known yet, then the others: what these were before is read
	-- under the lock that the update takes anyway.
	WITH given AS MATERIALIZED (
		SELECT r.* FROM smsengage_internal.batch_messages(batch, people, event_keys) r
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
	PERFORM smsengage_internal.count_messages(fresh, 1);
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
			FROM smsengage_internal.batch_messages(batch, people, event_keys, known) r
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
	SELECT f.send_cell, sum(a.sign), sum(a.sign * f.billed), coalesce(sum(a.sign) FILTER (WHERE f.cost IS NOT NULL), 0), coalesce(sum(a.sign * f.cost), 0), :LEVEL_DELTA:,
		f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM moved a
	CROSS JOIN LATERAL smsengage_internal.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency, a.callback_data) f
	GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	HAVING sum(a.sign) <> 0 OR sum(a.sign * f.billed) <> 0 OR sum(a.sign * f.cost) <> 0
		OR sum(a.sign) FILTER (WHERE f.cost IS NOT NULL) <> 0;
END
$$;
COMMENT ON FUNCTION smsengage_internal.store_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Merges the delivery reports among the events with these keys into message and counts what changed in outcome_tally. Used by insert_by_sql().';
