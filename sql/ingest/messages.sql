-- What a batch says of messages. How two rows of one message are merged is said
-- in C alone; ingestion, doctor() and rebuild() all come to these functions.

CREATE FUNCTION smsengage_internal.report_message(message_key uuid, event_time timestamptz, individual_no bigint, parts smallint, account text, provider text, message_id text, recipient text, sender_id text, channel text, bulk_message text, template text, price numeric, price_currency text, callback_data text, state smsengage.delivery_state)
RETURNS smsengage.message_row
AS 'MODULE_PATHNAME', 'sms_report_message' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION smsengage_internal.report_message(uuid, timestamptz, bigint, smallint, text, text, text, text, text, text, text, text, numeric, text, text, smsengage.delivery_state) IS 'The message that one stored delivery report makes, from its columns and event_state(): the same that batch_messages() said of it when it came in. NULL without a state. Used by event_messages().';

CREATE FUNCTION smsengage_internal.message_merge(a smsengage.message_row, b smsengage.message_row)
RETURNS smsengage.message_row
AS 'MODULE_PATHNAME', 'sms_message_merge_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION smsengage_internal.message_merge(smsengage.message_row, smsengage.message_row) IS 'What two rows of one message are together: the earliest first_time and the latest last_time, the greatest of every other column, delivery_merge() of the states; what it is known by is as in the first. Used by store_messages() and merged_message().';

CREATE AGGREGATE smsengage_internal.merged_message(smsengage.message_row) (
	SFUNC = smsengage_internal.message_merge,
	STYPE = smsengage.message_row,
	COMBINEFUNC = smsengage_internal.message_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage_internal.merged_message(smsengage.message_row) IS 'message_merge() of all rows of one message. Used by event_messages().';

CREATE FUNCTION smsengage_internal.merge_message_column(name text, a anyelement, b anyelement)
RETURNS anyelement
AS 'MODULE_PATHNAME', 'sms_merge_message_column' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.merge_message_column(text, anyelement, anyelement) IS 'What message_merge() makes of one column; raises 22023 for what is none of message, or of another type. Used by merge_messages().';

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
		first_time = smsengage_internal.merge_message_column('first_time', m.first_time, excluded.first_time),
		last_time = smsengage_internal.merge_message_column('last_time', m.last_time, excluded.last_time),
		individual_no = smsengage_internal.merge_message_column('individual_no', m.individual_no, excluded.individual_no),
		parts = smsengage_internal.merge_message_column('parts', m.parts, excluded.parts),
		recipient = smsengage_internal.merge_message_column('recipient', m.recipient, excluded.recipient),
		sender_id = smsengage_internal.merge_message_column('sender_id', m.sender_id, excluded.sender_id),
		channel = smsengage_internal.merge_message_column('channel', m.channel, excluded.channel),
		bulk_message = smsengage_internal.merge_message_column('bulk_message', m.bulk_message, excluded.bulk_message),
		template = smsengage_internal.merge_message_column('template', m.template, excluded.template),
		price = smsengage_internal.merge_message_column('price', m.price, excluded.price),
		price_currency = smsengage_internal.merge_message_column('price_currency', m.price_currency, excluded.price_currency),
		callback_data = smsengage_internal.merge_message_column('callback_data', m.callback_data, excluded.callback_data),
		state = smsengage_internal.merge_message_column('state', m.state, excluded.state);
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
	IF NOT smsengage_internal.outcomes_are_counted() THEN
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
			(first_time, last_time, individual_no, parts, recipient, sender_id, channel, bulk_message, template, price,
				price_currency, callback_data, state)
			= ROW(n.first_time, n.last_time, n.individual_no, n.parts, n.recipient, n.sender_id, n.channel, n.bulk_message, n.template, n.price,
				n.price_currency, n.callback_data, n.state)
		FROM (
			SELECT r AS given, ROW(o.message_key, o.first_time, o.last_time, o.individual_no, o.parts, o.account, o.provider, o.message_id,
				o.recipient, o.sender_id, o.channel, o.bulk_message, o.template, o.price, o.price_currency, o.callback_data,
				o.state)::smsengage.message_row AS old
			FROM smsengage_internal.batch_messages(batch, people, event_keys, known) r
			JOIN smsengage.message o ON o.message_key = r.message_key
			ORDER BY r.message_key
			FOR UPDATE OF o
		) b
		CROSS JOIN LATERAL smsengage_internal.message_merge(b.old, b.given) n
		WHERE m.message_key = n.message_key
		RETURNING b.old, n AS new
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
