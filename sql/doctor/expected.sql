-- What the events say that other tables should hold.

CREATE FUNCTION smsengage_internal.event_messages(since timestamptz, keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT (m.message).*
	FROM (
		SELECT smsengage_internal.merged_message(smsengage_internal.report_message(e.message_key, e.event_time, e.individual_no, e.parts, e.account, e.provider,
			e.message_id, e.recipient, e.sender_id, e.channel, e.bulk_message, e.template, e.price, e.price_currency, e.callback_data,
			smsengage_internal.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel, e.part, e.event_time, e.sent_time, e.time_source))) AS message
		FROM smsengage.event e
		WHERE e.message_id IS NOT NULL AND e.status_class IS NOT NULL AND (keys IS NULL OR e.message_key = ANY (keys))
		GROUP BY e.message_key
		HAVING min(e.event_time) >= since
	) m;
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_messages(timestamptz, uuid[]) IS 'The messages as the stored events give them, of those whose first report lies at or after a moment; some of them only, if keys are given. Used by doctor(), rebuild() and forget().';

CREATE FUNCTION smsengage_internal.event_people()
RETURNS TABLE (individual_no bigint, scope text, individual_id text, likely_scope text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- the scope of a name is not in every event
	RETURN QUERY
	SELECT e.individual_no, max(CASE WHEN e.individual_id IS NULL THEN e.account END), max(coalesce(e.individual_id, 'tel:' || e.recipient)),
		concat(max(e.provider), '/', max(e.account))
	FROM smsengage.event e
	WHERE e.individual_no <> 0
	GROUP BY e.individual_no;
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_people() IS 'The people as the stored events name them; scope NULL where only the table individual has it, likely_scope for when that lost it. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage_internal.event_contacts()
RETURNS TABLE (individual_no bigint, account text, recipient text, last_day date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.individual_no, e.account, e.recipient, max(timezone('UTC', e.event_time)::date)
	FROM smsengage.event e
	WHERE e.individual_no <> 0 AND e.individual_id IS NOT NULL AND e.recipient <> ''
	GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_contacts() IS 'The contact points as the stored events give them. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage_internal.last_entries()
RETURNS TABLE (recipient text, account text, sender text, state text, event_time timestamptz, event_key bigint, source text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT DISTINCT ON (c.account, c.recipient, c.sender)
		c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source
	FROM smsengage.consent_entry c
	ORDER BY c.account, c.recipient, c.sender, c.event_time DESC, c.state DESC, c.event_key DESC;
END
$$;
COMMENT ON FUNCTION smsengage_internal.last_entries() IS 'What the table subscription must say, by the entries of consent. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage_internal.identity_times(since timestamptz)
RETURNS TABLE (digest uuid, event_key bigint, stored timestamptz, event_time timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- an identity without event belongs to one that was forgotten, or is no longer kept
	RETURN QUERY
	WITH identity AS MATERIALIZED (
		SELECT i.digest, ('x' || translate(left(i.digest::text, 18), '-', ''))::bit(64)::bigint AS key, i.event_time
		FROM smsengage.event_identity i
	), dated AS MATERIALIZED (
		SELECT e.event_key, e.event_time,
			smsengage_internal.event_is_timeless(e.provider, e.event_type, e.event_id, e.time_source) AS timeless
		FROM smsengage.event e
		WHERE e.event_time >= since
	)
	SELECT i.digest, d.event_key, i.event_time, d.event_time
	FROM dated d
	LEFT JOIN identity i ON i.key = d.event_key
	WHERE i.event_time <> d.event_time OR i.digest IS NULL AND d.timeless;
END
$$;
COMMENT ON FUNCTION smsengage_internal.identity_times(timestamptz) IS 'Identities that say another time than their event has, and events of which the identity is missing (digest NULL), where that is certain. Used by doctor() and rebuild().';
