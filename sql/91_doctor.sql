-- Proof and repair: every merge again, from the events.

CREATE FUNCTION smsengage.event_messages(since timestamptz, keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.message_key, min(e.event_time), max(e.event_time), max(e.individual_no), max(e.parts), max(e.account), max(e.provider),
		max(e.message_id), max(e.recipient), max(e.sender_id), max(e.channel), max(e.bulk_message), max(e.template), trim_scale(max(e.price)),
		max(e.price_currency), max(e.callback_data COLLATE "C"),
		smsengage.merge(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel, e.part, e.event_time, e.sent_time, e.time_source))
	FROM smsengage.event e
	WHERE e.message_id IS NOT NULL AND e.status_class IS NOT NULL AND (keys IS NULL OR e.message_key = ANY (keys))
	GROUP BY e.message_key
	HAVING min(e.event_time) >= since;
END
$$;
COMMENT ON FUNCTION smsengage.event_messages(timestamptz, uuid[]) IS 'The messages as the stored events give them, of those whose first report lies at or after a moment; some of them only, if keys are given. Used by doctor(), rebuild() and forget().';

CREATE FUNCTION smsengage.event_people()
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
COMMENT ON FUNCTION smsengage.event_people() IS 'The people as the stored events name them; scope NULL where only the table individual has it, likely_scope for when that lost it. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.event_contacts()
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
COMMENT ON FUNCTION smsengage.event_contacts() IS 'The contact points as the stored events give them. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.last_entries()
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
COMMENT ON FUNCTION smsengage.last_entries() IS 'What the table subscription must say, by the entries of consent. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.identity_times(since timestamptz)
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
			smsengage.event_is_timeless(e.provider, e.event_type, e.event_id, e.time_source) AS timeless
		FROM smsengage.event e
		WHERE e.event_time >= since
	)
	SELECT i.digest, d.event_key, i.event_time, d.event_time
	FROM dated d
	LEFT JOIN identity i ON i.key = d.event_key
	WHERE i.event_time <> d.event_time OR i.digest IS NULL AND d.timeless;
END
$$;
COMMENT ON FUNCTION smsengage.identity_times(timestamptz) IS 'Identities that say another time than their event has, and events of which the identity is missing (digest NULL), where that is certain. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.doctor(which text DEFAULT NULL)
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage.horizon();
	since_day date := CASE WHEN isfinite(smsengage.horizon()) THEN timezone('UTC', smsengage.horizon())::date ELSE '-infinity' END;
BEGIN
	PERFORM smsengage.check_part(which);
	IF which IS NULL OR which = 'message' THEN
		RETURN QUERY
		SELECT 'message'::text, coalesce(m.message_key, x.message_key)::text,
			CASE WHEN m.message_key IS NULL THEN 'missing' WHEN x.message_key IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
		FROM (SELECT s.message_key, (ROW(s.*)::text) COLLATE "C" AS content FROM smsengage.event_messages(since) s) x
		FULL JOIN (SELECT r.message_key, r.first_time,
					(ROW(r.message_key, r.first_time, r.last_time, r.individual_no, r.parts, r.account, r.provider, r.message_id, r.recipient,
						r.sender_id, r.channel, r.bulk_message, r.template, trim_scale(r.price), r.price_currency, r.callback_data, r.state)::text) COLLATE "C" AS content
				   FROM smsengage.message r) m USING (message_key)
		-- of a message from before, some events may still be there
		WHERE m.content IS DISTINCT FROM x.content AND (m.message_key IS NULL OR m.first_time >= since);
	END IF;

	IF which IS NULL OR which = 'individual' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT p.individual_no, p.scope, p.individual_id FROM smsengage.event_people() p
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
	END IF;

	IF which IS NULL OR which = 'individual_link' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT l.account, l.individual_no, l.other_no, l.valid_from FROM smsengage.event_links('-infinity', 'infinity', NULL) l
		), found AS MATERIALIZED (
			SELECT l.account, l.individual_no, l.other_no, l.valid_from FROM smsengage.individual_link l WHERE l.valid_from >= since
		)
		SELECT 'individual_link'::text, format('%s, %s', coalesce(f.individual_no, w.individual_no), coalesce(f.other_no, w.other_no)),
			CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
		FROM found f
		FULL JOIN wanted w ON w.account = f.account AND w.individual_no = f.individual_no AND w.other_no = f.other_no
		WHERE f.valid_from IS DISTINCT FROM w.valid_from
			AND NOT EXISTS (SELECT FROM smsengage.individual_link o WHERE o.account = w.account AND o.individual_no = w.individual_no AND o.other_no = w.other_no AND o.valid_from < since);
	END IF;

	IF which IS NULL OR which = 'event_identity' THEN
		RETURN QUERY
		SELECT 'event_identity'::text, t.event_key::text, CASE WHEN t.digest IS NULL THEN 'missing' ELSE 'says another time than its event' END
		FROM smsengage.identity_times(since) t;
	END IF;

	IF which IS NULL OR which = 'contact_point' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT c.individual_no, c.account, c.recipient, c.last_day FROM smsengage.event_contacts() c
		), found AS MATERIALIZED (
			SELECT c.individual_no, c.account, c.recipient, c.last_day FROM smsengage.contact_point c
		)
		SELECT 'contact_point'::text, coalesce(f.individual_no, w.individual_no)::text,
			CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from the events' END
		FROM found f
		FULL JOIN wanted w ON w.individual_no = f.individual_no AND w.account = f.account AND w.recipient = f.recipient
		WHERE f.last_day IS DISTINCT FROM w.last_day AND (w.individual_no IS NOT NULL OR f.last_day >= since_day);
	END IF;

	IF which IS NULL OR which = 'block' THEN
		RETURN QUERY
		WITH effect AS MATERIALIZED (
			SELECT x.* FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind IN ('block', 'unblock')
		), wanted AS MATERIALIZED (
			SELECT x.recipient, x.event_time, x.event_key, x.code, x.account, t.expires_at, t.scope, t.deletable
			FROM effect x
			CROSS JOIN LATERAL smsengage.block_terms(x.code, x.event_time) t
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
			IS DISTINCT FROM ROW(w.account, w.expires_at, smsengage.block_scope(w.scope, f.confined), w.deletable);

		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT x.recipient, x.event_time, x.event_key, x.account FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind = 'unblock'
		), found AS MATERIALIZED (
			SELECT u.recipient, u.unblocked_at, u.event_key, u.account FROM smsengage.unblock u WHERE u.unblocked_at >= since
		)
		SELECT 'block'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'its removal is missing' ELSE 'no event removes it' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.event_time = f.unblocked_at AND w.event_key = f.event_key AND w.account = f.account
		WHERE f.event_key IS NULL OR w.event_key IS NULL;
	END IF;

	IF which IS NULL OR which = 'subscription' THEN
		-- an entry outlives its event and the keyword it came from
		RETURN QUERY
		WITH effect AS MATERIALIZED (
			SELECT x.* FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind IN ('subscribe', 'unsubscribe', 'inbound')
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
			SELECT l.recipient, l.account, l.sender, l.event_key, format('%s %s %s', l.state, l.event_time, l.source) AS content FROM smsengage.last_entries() l
		), found AS MATERIALIZED (
			SELECT s.recipient, s.account, s.sender, s.event_key, format('%s %s %s', s.state, s.event_time, s.source) AS content FROM smsengage.subscription s
		)
		SELECT 'subscription'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'missing' WHEN w.event_key IS NULL THEN 'no entry makes it' ELSE 'is not what the last entry says' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.account = f.account AND w.sender = f.sender
		WHERE f.content IS DISTINCT FROM w.content OR f.event_key IS DISTINCT FROM w.event_key;
	END IF;

	IF which IS NULL OR which = 'engagement_tally' THEN
		RETURN QUERY
		SELECT 'engagement_tally'::text, format('series %s', s.series_no), 'its digest is not that of the series'::text
		FROM smsengage.series s
		WHERE s.digest <> smsengage.series_digest(s.account, s.event_type, s.dimension, s.value);

		RETURN QUERY
		SELECT 'engagement_tally'::text, format('series %s, level %s, %s, chunk %s', t.series_no, t.level, t.cell_start, t.chunk), 'differs from the events'::text
		FROM smsengage.check_tallies(since, 'infinity') t;
	END IF;

	IF which IS NULL OR which = 'outcome_tally' THEN
		RETURN QUERY
		SELECT 'outcome_tally'::text, format('%s, level %s, %s', o.outcome, o.level, o.send_cell), 'differs from the messages'::text
		FROM smsengage.outcome_difference() o;
	END IF;

	IF which IS NULL OR which = 'access' THEN
		RETURN QUERY
		SELECT 'access'::text, a.item, a.problem FROM smsengage.access_problems() a;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.doctor(text) IS 'Recomputes every merge from the stored events and lists what is missing, wrong or too much, in all parts or the one given (as for rebuild()); no row if all is well. Reads everything: for quiet hours. Shows keys, never numbers or texts. Sums that forget() kept are of events that are gone, and are not asked for. Raises 22023 for another part.';

CREATE FUNCTION smsengage.check_part(part text)
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
COMMENT ON FUNCTION smsengage.check_part(text) IS 'Raises 22023 for what is no part of the store. Used by doctor() and rebuild().';

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
	keys := ARRAY(SELECT d.item::uuid FROM smsengage.doctor('message') d);
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

CREATE FUNCTION smsengage.rebuild_individuals()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong record;
BEGIN
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.individual IN SHARE ROW EXCLUSIVE MODE;
	-- who has a number that is another's, and whose number nobody has
	SELECT array_agg(p.individual_no) AS numbers, array_agg(p.individual_id) AS ids, array_agg(coalesce(p.scope, i.scope, p.likely_scope)) AS scopes,
		array_agg(i.individual_id) AS old_ids, array_agg(i.scope) AS old_scopes
	INTO wrong
	FROM smsengage.event_people() p
	LEFT JOIN smsengage.individual i ON i.individual_no = p.individual_no
	WHERE i.individual_no IS NULL OR p.individual_id <> i.individual_id OR p.scope <> i.scope;

	DELETE FROM smsengage.individual i
	USING unnest(wrong.numbers, wrong.old_scopes, wrong.old_ids) w(individual_no, scope, individual_id)
	WHERE i.individual_no = w.individual_no AND i.scope = w.scope AND i.individual_id = w.individual_id;
	INSERT INTO smsengage.individual (individual_no, scope, individual_id)
	SELECT w.individual_no, w.scope, w.individual_id
	FROM unnest(wrong.numbers, wrong.scopes, wrong.ids) w(individual_no, scope, individual_id)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_individuals() IS 'Gives each number the person that its events name. A lost scope of a name is made of provider and account. Two people who share a number are left to you. Used by rebuild().';

CREATE FUNCTION smsengage.rebuild_identities()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.begin_rebuild();
	WITH wrong AS MATERIALIZED (
		SELECT t.digest, t.event_time FROM smsengage.identity_times(smsengage.horizon()) t WHERE t.digest IS NOT NULL
	)
	UPDATE smsengage.event_identity i SET event_time = w.event_time
	FROM wrong w
	WHERE i.digest = w.digest;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_identities() IS 'Gives identities the time of their event. A missing one comes back with the next delivery of its event only: it is a digest of more than is stored. Used by rebuild().';

CREATE FUNCTION smsengage.rebuild_contacts()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since date := CASE WHEN isfinite(smsengage.horizon()) THEN timezone('UTC', smsengage.horizon())::date ELSE '-infinity' END;
	people bigint[];
BEGIN
	people := ARRAY(SELECT DISTINCT d.item::bigint FROM smsengage.doctor('contact_point') d);
	IF people = '{}' THEN
		RETURN;
	END IF;
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.contact_point IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.contact_point c WHERE c.individual_no = ANY (people) AND c.last_day >= since;
	WITH wanted AS MATERIALIZED (
		SELECT e.* FROM smsengage.event_contacts() e WHERE e.individual_no = ANY (people)
	)
	INSERT INTO smsengage.contact_point AS c (individual_no, account, recipient, last_day)
	SELECT w.individual_no, w.account, w.recipient, w.last_day FROM wanted w ORDER BY 2, 3, 1
	ON CONFLICT (account, recipient, individual_no) DO UPDATE SET last_day = excluded.last_day;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_contacts() IS 'Makes the contact points of people anew of whom one differs from the events. Used by rebuild().';

CREATE PROCEDURE smsengage.rebuild(part text DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
	step pg_catalog.record;
BEGIN
	PERFORM smsengage.check_part(part);
	PERFORM smsengage.check_isolation('rebuild()');
	FOR step IN
		SELECT s.name, s.call
		FROM (VALUES
			('individual', 'smsengage.rebuild_individuals()'),
			('individual_link', 'smsengage.rebuild_links()'),
			('event_identity', 'smsengage.rebuild_identities()'),
			('message', 'smsengage.rebuild_messages()'),
			('contact_point', 'smsengage.rebuild_contacts()'),
			('block', 'smsengage.rebuild_blocks()'),
			('subscription', 'smsengage.rebuild_subscriptions()'),
			('engagement_tally', 'smsengage.rebuild_tallies(smsengage.horizon(), ''infinity'')'),
			('outcome_tally', 'smsengage.rebuild_outcomes()'),
			('access', 'smsengage.rebuild_access()')
		) AS s (name, call)
		WHERE part IS NULL OR s.name OPERATOR(pg_catalog.=) part
	LOOP
		EXECUTE pg_catalog.format('SELECT %s', step.call);
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE smsengage.rebuild(text) IS 'Makes what follows from the events anew, all of it or one part: message, individual, individual_link, event_identity, contact_point, block, subscription, engagement_tally, outcome_tally, access (row security of partitions, masked views that read too much, rights of roles that are gone). Safe beside load; each part is a transaction. Raises 22023 for another part, 0A000 in a transaction of REPEATABLE READ or SERIALIZABLE.';
