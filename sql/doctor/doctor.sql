-- Proof: every merge again, from the events; what the store holds otherwise.

CREATE FUNCTION smsengage_internal.check_messages()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage_internal.horizon();
BEGIN
	RETURN QUERY
	SELECT 'message'::text, coalesce(m.message_key, x.message_key)::text,
		CASE WHEN m.message_key IS NULL THEN 'missing' WHEN x.message_key IS NULL THEN 'no event makes it'
			WHEN m.content <> x.content THEN 'differs from its events' ELSE 'its send_time is not send_time()' END
	FROM (SELECT s.message_key, (ROW(s.*)::text) COLLATE "C" AS content FROM smsengage_internal.event_messages(since) s) x
	FULL JOIN (SELECT r.message_key, r.first_time,
				(ROW(r.message_key, r.first_time, r.last_time, r.individual_no, r.parts, r.account, r.provider, r.message_id, r.recipient,
					r.sender_id, r.channel, r.bulk_message, r.template, trim_scale(r.price), r.price_currency, r.callback_data, r.state)::text) COLLATE "C" AS content,
				r.send_time IS DISTINCT FROM smsengage.send_time(r.state, r.first_time) AS misplaced
			   FROM smsengage.message r) m USING (message_key)
	-- of a message from before, some events may still be there
	WHERE (m.content IS DISTINCT FROM x.content OR m.misplaced) AND (m.message_key IS NULL OR m.first_time >= since);
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_messages() IS 'What doctor() finds wrong in message. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_individuals()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH wanted AS MATERIALIZED (
		SELECT p.individual_no, p.scope, p.individual_id FROM smsengage_internal.event_people() p
	), found AS MATERIALIZED (
		SELECT i.individual_no, count(*) AS people, min(i.scope) AS scope, min(i.individual_id) AS individual_id FROM smsengage.individual i GROUP BY 1
	)
	SELECT 'individual'::text, coalesce(f.individual_no, w.individual_no)::text,
		CASE WHEN f.individual_no IS NULL THEN 'an event belongs to a number that nobody has'
			WHEN f.people > 1 THEN 'several people have the number'
			ELSE 'its events name somebody else' END
	FROM found f
	FULL JOIN wanted w ON w.individual_no = f.individual_no
	WHERE f.individual_no IS NULL OR f.people > 1 OR w.individual_id <> f.individual_id OR w.scope <> f.scope;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_individuals() IS 'What doctor() finds wrong in individual. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_individual_links()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage_internal.horizon();
BEGIN
	RETURN QUERY
	WITH wanted AS MATERIALIZED (
		SELECT l.account, l.individual_no, l.other_no, l.valid_from FROM smsengage_internal.event_links('-infinity', 'infinity', NULL) l
	), found AS MATERIALIZED (
		SELECT l.account, l.individual_no, l.other_no, l.valid_from FROM smsengage.individual_link l WHERE l.valid_from >= since
	)
	SELECT 'individual_link'::text, format('%s, %s', coalesce(f.individual_no, w.individual_no), coalesce(f.other_no, w.other_no)),
		CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
	FROM found f
	FULL JOIN wanted w ON w.account = f.account AND w.individual_no = f.individual_no AND w.other_no = f.other_no
	WHERE f.valid_from IS DISTINCT FROM w.valid_from
		AND NOT EXISTS (SELECT FROM smsengage.individual_link o WHERE o.account = w.account AND o.individual_no = w.individual_no AND o.other_no = w.other_no AND o.valid_from < since);
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_individual_links() IS 'What doctor() finds wrong in individual_link. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_event_identities()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage_internal.horizon();
BEGIN
	RETURN QUERY
	SELECT 'event_identity'::text, t.event_key::text, CASE WHEN t.digest IS NULL THEN 'missing' ELSE 'says another time than its event' END
	FROM smsengage_internal.identity_times(since) t;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_event_identities() IS 'What doctor() finds wrong in event_identity. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_contact_points()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since_day date := CASE WHEN isfinite(smsengage_internal.horizon()) THEN timezone('UTC', smsengage_internal.horizon())::date ELSE '-infinity' END;
BEGIN
	RETURN QUERY
	WITH wanted AS MATERIALIZED (
		SELECT c.individual_no, c.account, c.recipient, c.last_day FROM smsengage_internal.event_contacts() c
	), found AS MATERIALIZED (
		SELECT c.individual_no, c.account, c.recipient, c.last_day FROM smsengage.contact_point c
	)
	SELECT 'contact_point'::text, coalesce(f.individual_no, w.individual_no)::text,
		CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from the events' END
	FROM found f
	FULL JOIN wanted w ON w.individual_no = f.individual_no AND w.account = f.account AND w.recipient = f.recipient
	WHERE f.last_day IS DISTINCT FROM w.last_day AND (w.individual_no IS NOT NULL OR f.last_day >= since_day);
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_contact_points() IS 'What doctor() finds wrong in contact_point. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_blocks()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage_internal.horizon();
BEGIN
	RETURN QUERY
	WITH effect AS MATERIALIZED (
		SELECT x.* FROM smsengage_internal.stored_effects(since, 'infinity') x WHERE x.kind IN ('block', 'unblock')
	), wanted AS MATERIALIZED (
		SELECT x.recipient, x.event_time, x.event_key, x.code, x.account, t.expires_at, t.scope, t.deletable
		FROM effect x
		CROSS JOIN LATERAL smsengage_internal.block_terms(x.code, x.event_time) t
		WHERE x.kind = 'block'
	), found AS MATERIALIZED (
		SELECT b.recipient, b.blocked_at, b.event_key, b.code, b.account, b.expires_at, b.scope, b.deletable, b.confined
		FROM smsengage.block b
		WHERE b.blocked_at >= since
	)
	SELECT 'block'::text, coalesce(f.event_key, w.event_key)::text,
		CASE WHEN f.event_key IS NULL THEN 'missing' WHEN w.event_key IS NULL THEN 'no event makes it' ELSE 'differs from its event and the policy' END
	FROM found f
	FULL JOIN wanted w ON w.recipient = f.recipient AND w.event_time = f.blocked_at AND w.event_key = f.event_key AND w.code = f.code
	-- who reported it stands in the block only
	WHERE ROW(f.account, f.expires_at, f.scope, f.deletable)
		IS DISTINCT FROM ROW(w.account, w.expires_at, smsengage_internal.block_scope(w.scope, f.confined), w.deletable);

	RETURN QUERY
	WITH wanted AS MATERIALIZED (
		SELECT x.recipient, x.event_time, x.event_key, x.account FROM smsengage_internal.stored_effects(since, 'infinity') x WHERE x.kind = 'unblock'
	), found AS MATERIALIZED (
		SELECT u.recipient, u.unblocked_at, u.event_key, u.account FROM smsengage.unblock u WHERE u.unblocked_at >= since
	)
	SELECT 'block'::text, coalesce(f.event_key, w.event_key)::text,
		CASE WHEN f.event_key IS NULL THEN 'its removal is missing' ELSE 'no event removes it' END
	FROM found f
	FULL JOIN wanted w ON w.recipient = f.recipient AND w.event_time = f.unblocked_at AND w.event_key = f.event_key AND w.account = f.account
	WHERE f.event_key IS NULL OR w.event_key IS NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_blocks() IS 'What doctor() finds wrong in block. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_subscriptions()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage_internal.horizon();
BEGIN
	-- an entry outlives its event and the keyword it came from
	RETURN QUERY
	WITH effect AS MATERIALIZED (
		SELECT x.* FROM smsengage_internal.stored_effects(since, 'infinity') x WHERE x.kind IN ('subscribe', 'unsubscribe', 'inbound')
	), entry AS MATERIALIZED (
		SELECT c.recipient, c.event_time, c.event_key FROM smsengage.consent_entry c
	)
	SELECT 'subscription'::text, x.event_key::text, 'its entry of consent is missing'::text
	FROM effect x
	LEFT JOIN entry c ON c.recipient = x.recipient AND c.event_time = x.event_time AND c.event_key = x.event_key
	WHERE c.event_key IS NULL
		AND (x.kind <> 'inbound' OR smsengage.keyword_action(x.detail, x.sender, x.event_time, x.account, x.recipient) IN ('STOP', 'START'));

	RETURN QUERY
	WITH wanted AS MATERIALIZED (
		SELECT l.recipient, l.account, l.sender, l.event_key, format('%s %s %s', l.state, l.event_time, l.source) AS content FROM smsengage_internal.last_entries() l
	), found AS MATERIALIZED (
		SELECT s.recipient, s.account, s.sender, s.event_key, format('%s %s %s', s.state, s.event_time, s.source) AS content FROM smsengage.subscription s
	)
	SELECT 'subscription'::text, coalesce(f.event_key, w.event_key)::text,
		CASE WHEN f.event_key IS NULL THEN 'missing' WHEN w.event_key IS NULL THEN 'no entry makes it' ELSE 'is not what the last entry says' END
	FROM found f
	FULL JOIN wanted w ON w.recipient = f.recipient AND w.account = f.account AND w.sender = f.sender
	WHERE f.content IS DISTINCT FROM w.content OR f.event_key IS DISTINCT FROM w.event_key;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_subscriptions() IS 'What doctor() finds wrong in subscription. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_engagement_tallies()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage_internal.horizon();
BEGIN
	RETURN QUERY
	SELECT 'engagement_tally'::text, format('series %s', s.series_no), 'its digest is not that of the series'::text
	FROM smsengage.series s
	WHERE s.digest <> smsengage_internal.series_digest(s.account, s.event_type, s.dimension, s.value);

	RETURN QUERY
	SELECT 'engagement_tally'::text, format('series %s, level %s, %s, chunk %s', t.series_no, t.level, t.cell_start, t.chunk), 'differs from the events'::text
	FROM smsengage.check_tallies(since, 'infinity') t;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_engagement_tallies() IS 'What doctor() finds wrong in engagement_tally. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_outcome_tallies()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'outcome_tally'::text, format('%s, level %s, %s', o.outcome, o.level, o.send_cell), 'differs from the messages'::text
	FROM smsengage_internal.outcome_difference() o;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_outcome_tallies() IS 'What doctor() finds wrong in outcome_tally. Used by doctor().';

CREATE FUNCTION smsengage_internal.check_accesss()
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'access'::text, a.item, a.problem FROM smsengage_internal.access_problems() a;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_accesss() IS 'What doctor() finds wrong in access. Used by doctor().';

CREATE FUNCTION smsengage.doctor(which text DEFAULT NULL)
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM smsengage_internal.check_part(which);
	IF which IS NULL OR which = 'message' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_messages() c;
	END IF;

	IF which IS NULL OR which = 'individual' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_individuals() c;
	END IF;

	IF which IS NULL OR which = 'individual_link' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_individual_links() c;
	END IF;

	IF which IS NULL OR which = 'event_identity' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_event_identities() c;
	END IF;

	IF which IS NULL OR which = 'contact_point' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_contact_points() c;
	END IF;

	IF which IS NULL OR which = 'block' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_blocks() c;
	END IF;

	IF which IS NULL OR which = 'subscription' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_subscriptions() c;
	END IF;

	IF which IS NULL OR which = 'engagement_tally' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_engagement_tallies() c;
	END IF;

	IF which IS NULL OR which = 'outcome_tally' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_outcome_tallies() c;
	END IF;

	IF which IS NULL OR which = 'access' THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.check_accesss() c;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.doctor(text) IS 'Recomputes every merge from the stored events and lists what is missing, wrong or too much, in all parts or the one given (as for rebuild()); no row if all is well. Reads everything: for quiet hours. Shows keys, never numbers or texts. Sums that forget() kept are of events that are gone, and are not asked for. Raises 22023 for another part.';

CREATE FUNCTION smsengage_internal.check_part(part text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF part <> ALL (ARRAY['message', 'individual', 'individual_link', 'event_identity', 'contact_point', 'block', 'subscription', 'engagement_tally', 'outcome_tally', 'access']) THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'the store has no such part',
			HINT = 'Parts are message, individual, individual_link, event_identity, contact_point, block, subscription, engagement_tally, outcome_tally and access; NULL is all of them.';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_part(text) IS 'Raises 22023 for what is no part of the store. Used by doctor() and rebuild().';
