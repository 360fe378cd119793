-- Proof and repair: every merge again, from the events.

CREATE FUNCTION smsengage.event_messages(since timestamptz, keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.message_key, min(e.event_time), max(e.event_time), max(e.individual_no), max(e.parts), max(e.account), max(e.provider),
		max(e.message_id), max(e.recipient), max(e.sender_id), max(e.channel), max(e.bulk_message), max(e.template), max(e.price),
		max(e.price_currency), max(e.callback_data COLLATE "C"),
		smsengage.merge(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel, e.part, e.event_time, e.sent_time, e.time_source))
	FROM smsengage.event e
	WHERE e.message_key IS NOT NULL AND e.status_class IS NOT NULL AND (keys IS NULL OR e.message_key = ANY (keys))
	GROUP BY e.message_key
	HAVING min(e.event_time) >= since;
END
$$;
COMMENT ON FUNCTION smsengage.event_messages(timestamptz, uuid[]) IS 'The messages as the stored events give them, of those whose first report lies at or after a moment. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.doctor()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since timestamptz := smsengage.horizon();
BEGIN
	RETURN QUERY
	SELECT 'message'::text, coalesce(m.message_key, x.message_key)::text,
		CASE WHEN m.message_key IS NULL THEN 'missing' WHEN x.message_key IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
	FROM (SELECT s.message_key, (ROW(s.*)::text) COLLATE "C" AS content FROM smsengage.event_messages(since) s) x
	FULL JOIN (SELECT r.message_key,
				(ROW(r.message_key, r.first_time, r.last_time, r.individual_no, r.parts, r.account, r.provider, r.message_id, r.recipient,
					r.sender_id, r.channel, r.bulk_message, r.template, r.price, r.price_currency, r.callback_data, r.state)::text) COLLATE "C" AS content
			   FROM smsengage.message r WHERE r.first_time >= since) m USING (message_key)
	WHERE m.content IS DISTINCT FROM x.content;

	RETURN QUERY
	SELECT 'individual'::text, e.individual_no::text, 'an event belongs to a number that nobody has'::text
	FROM (SELECT DISTINCT v.individual_no FROM smsengage.event v WHERE v.individual_no <> 0) e
	WHERE NOT EXISTS (SELECT FROM smsengage.individual i WHERE i.individual_no = e.individual_no);

	RETURN QUERY
	SELECT 'contact_point'::text, coalesce(c.individual_no, x.individual_no)::text,
		CASE WHEN c.individual_no IS NULL THEN 'missing' ELSE 'differs from the events' END
	FROM (SELECT e.individual_no, e.recipient, max(timezone('UTC', e.event_time)::date) AS last_day
		  FROM smsengage.event e
		  WHERE e.individual_no <> 0 AND e.individual_id IS NOT NULL AND e.recipient <> ''
		  GROUP BY 1, 2) x
	LEFT JOIN smsengage.contact_point c ON c.individual_no = x.individual_no AND c.recipient = x.recipient
	WHERE c.last_day IS NULL OR c.last_day < x.last_day;

	RETURN QUERY
	SELECT 'block'::text, x.event_key::text, 'missing'::text
	FROM smsengage.stored_effects(since, 'infinity') x
	WHERE x.kind = 'block'
		AND NOT EXISTS (SELECT FROM smsengage.block b
						WHERE b.recipient = x.recipient AND b.blocked_at = x.event_time AND b.event_key = x.event_key AND b.code = x.code);

	RETURN QUERY
	SELECT 'engagement_tally'::text, format('series %s, level %s, %s, chunk %s', t.series_no, t.level, t.cell_start, t.chunk), 'differs from the events'::text
	FROM smsengage.check_tallies(since, 'infinity') t
	-- sums that forget() kept are of events that are gone
	WHERE t.chunk >= 0 OR smsengage.total(t.found) < smsengage.total(t.expected);

	RETURN QUERY
	SELECT 'outcome_tally'::text, format('%s, level %s, %s', o.outcome, o.level, o.send_cell), 'differs from the messages'::text
	FROM smsengage.outcome_difference() o;
END
$$;
COMMENT ON FUNCTION smsengage.doctor() IS 'Recomputes every merge from the stored events and lists what differs; no row if all is well. Reads everything: for quiet hours. Shows keys, never numbers or texts.';

CREATE FUNCTION smsengage.rebuild_messages()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since timestamptz := smsengage.horizon();
	keys uuid[];
BEGIN
	-- which ones differ is found without a lock; only those are made anew under one
	keys := ARRAY(SELECT d.item::uuid FROM smsengage.doctor() d WHERE d.part = 'message');
	IF keys = '{}' THEN
		RETURN 0;
	END IF;
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.message IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.message m WHERE m.message_key = ANY (keys);
	INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient,
		sender_id, channel, bulk_message, template, price, price_currency, callback_data, state)
	SELECT x.* FROM smsengage.event_messages(since, keys) x;
	PERFORM smsengage.rebuild_outcomes();
	RETURN cardinality(keys);
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_messages() IS 'Makes the messages that differ from their events anew; returns how many. Readers do not wait; writers wait while those are written. Used by rebuild().';

CREATE FUNCTION smsengage.rebuild_contacts()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM smsengage.begin_rebuild();
	INSERT INTO smsengage.contact_point AS c (individual_no, recipient, last_day)
	SELECT e.individual_no, e.recipient, max(timezone('UTC', e.event_time)::date)
	FROM smsengage.event e
	WHERE e.individual_no <> 0 AND e.individual_id IS NOT NULL AND e.recipient <> ''
	GROUP BY 1, 2
	ORDER BY 1, 2
	ON CONFLICT (individual_no, recipient) DO UPDATE SET last_day = excluded.last_day
		WHERE c.last_day < excluded.last_day;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_contacts() IS 'Adds the contact points that the events give and the table lacks; returns how many. Used by rebuild().';

CREATE PROCEDURE smsengage.rebuild(part text DEFAULT NULL)
LANGUAGE plpgsql
AS $$
BEGIN
	IF part IS NOT NULL AND NOT part OPERATOR(pg_catalog.=) ANY (ARRAY['message', 'contact_point', 'block', 'subscription', 'engagement_tally', 'outcome_tally']) THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'there is no such part to rebuild',
			HINT = 'Parts are message, contact_point, block, subscription, engagement_tally and outcome_tally; NULL is all of them.';
	END IF;
	PERFORM smsengage.check_isolation('rebuild()');
	IF part IS NULL OR part OPERATOR(pg_catalog.=) 'message' THEN
		PERFORM smsengage.rebuild_messages();
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END IF;
	IF part IS NULL OR part OPERATOR(pg_catalog.=) 'contact_point' THEN
		PERFORM smsengage.rebuild_contacts();
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END IF;
	IF part IS NULL OR part OPERATOR(pg_catalog.=) 'block' THEN
		PERFORM smsengage.rebuild_blocks();
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END IF;
	IF part IS NULL OR part OPERATOR(pg_catalog.=) 'subscription' THEN
		PERFORM smsengage.rebuild_subscriptions();
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END IF;
	IF part IS NULL OR part OPERATOR(pg_catalog.=) 'engagement_tally' THEN
		PERFORM smsengage.rebuild_tallies(smsengage.horizon(), 'infinity');
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END IF;
	IF part IS NULL OR part OPERATOR(pg_catalog.=) 'outcome_tally' THEN
		PERFORM smsengage.rebuild_outcomes();
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END IF;
END
$$;
COMMENT ON PROCEDURE smsengage.rebuild(text) IS 'Makes what follows from the events anew, all of it or one part: message, contact_point, block, subscription, engagement_tally, outcome_tally. Safe beside load; each part is a transaction. Raises 22023 for another part.';
