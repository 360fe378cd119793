-- Repair: what follows from the events is made anew.

CREATE FUNCTION smsengage_internal.rebuild_messages()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since timestamptz := smsengage_internal.horizon();
	keys uuid[];
BEGIN
	-- which ones differ is found without a lock; only those are made anew under one
	keys := ARRAY(SELECT d.item::uuid FROM smsengage.doctor('message') d);
	IF keys = '{}' THEN
		RETURN 0;
	END IF;
	PERFORM smsengage_internal.begin_rebuild();
	LOCK TABLE smsengage.message IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.message m WHERE m.message_key = ANY (keys);
	INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient,
		sender_id, channel, bulk_message, template, price, price_currency, callback_data, state)
	SELECT x.* FROM smsengage_internal.event_messages(since, keys) x;
	PERFORM smsengage_internal.rebuild_outcomes();
	RETURN cardinality(keys);
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_messages() IS 'Makes the messages that differ from their events anew; returns how many. Readers do not wait; writers wait while those are written. Used by rebuild().';

CREATE FUNCTION smsengage_internal.rebuild_individuals()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong record;
BEGIN
	PERFORM smsengage_internal.begin_rebuild();
	LOCK TABLE smsengage.individual IN SHARE ROW EXCLUSIVE MODE;
	-- who has a number that is another's, and whose number nobody has
	SELECT array_agg(p.individual_no) AS numbers, array_agg(p.individual_id) AS ids, array_agg(coalesce(p.scope, i.scope, p.likely_scope)) AS scopes,
		array_agg(i.individual_id) AS old_ids, array_agg(i.scope) AS old_scopes
	INTO wrong
	FROM smsengage_internal.event_people() p
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
COMMENT ON FUNCTION smsengage_internal.rebuild_individuals() IS 'Gives each number the person that its events name. A lost scope of a name is made of provider and account. Two people who share a number are left to you. Used by rebuild().';

CREATE FUNCTION smsengage_internal.rebuild_identities()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.begin_rebuild();
	WITH wrong AS MATERIALIZED (
		SELECT t.digest, t.event_time FROM smsengage_internal.identity_times(smsengage_internal.horizon()) t WHERE t.digest IS NOT NULL
	)
	UPDATE smsengage.event_identity i SET event_time = w.event_time
	FROM wrong w
	WHERE i.digest = w.digest;
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_identities() IS 'Gives identities the time of their event. A missing one comes back with the next delivery of its event only: it is a digest of more than is stored. Used by rebuild().';

CREATE FUNCTION smsengage_internal.rebuild_contacts()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since date := CASE WHEN isfinite(smsengage_internal.horizon()) THEN timezone('UTC', smsengage_internal.horizon())::date ELSE '-infinity' END;
	people bigint[];
BEGIN
	people := ARRAY(SELECT DISTINCT d.item::bigint FROM smsengage.doctor('contact_point') d);
	IF people = '{}' THEN
		RETURN;
	END IF;
	PERFORM smsengage_internal.begin_rebuild();
	LOCK TABLE smsengage.contact_point IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.contact_point c WHERE c.individual_no = ANY (people) AND c.last_day >= since;
	WITH wanted AS MATERIALIZED (
		SELECT e.* FROM smsengage_internal.event_contacts() e WHERE e.individual_no = ANY (people)
	)
	INSERT INTO smsengage.contact_point AS c (individual_no, account, recipient, last_day)
	SELECT w.individual_no, w.account, w.recipient, w.last_day FROM wanted w ORDER BY 2, 3, 1
	ON CONFLICT (account, recipient, individual_no) DO UPDATE SET last_day = excluded.last_day;
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_contacts() IS 'Makes the contact points of people anew of whom one differs from the events. Used by rebuild().';

CREATE PROCEDURE smsengage.rebuild(part text DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
	step pg_catalog.record;
BEGIN
	PERFORM smsengage_internal.check_part(part);
	CALL smsengage_internal.read_committed();
	PERFORM smsengage_internal.check_isolation('rebuild()');
	FOR step IN
		SELECT s.name, s.call
		FROM (VALUES
			('individual', 'smsengage_internal.rebuild_individuals()'),
			('individual_link', 'smsengage_internal.rebuild_links()'),
			('event_identity', 'smsengage_internal.rebuild_identities()'),
			('message', 'smsengage_internal.rebuild_messages()'),
			('contact_point', 'smsengage_internal.rebuild_contacts()'),
			('block', 'smsengage.rebuild_blocks()'),
			('subscription', 'smsengage.rebuild_subscriptions()'),
			('engagement_tally', 'smsengage.rebuild_tallies(smsengage_internal.horizon(), ''infinity'')'),
			('outcome_tally', 'smsengage_internal.rebuild_outcomes()'),
			('access', 'smsengage_internal.rebuild_access()')
		) AS s (name, call)
		WHERE part IS NULL OR s.name OPERATOR(pg_catalog.=) part
	LOOP
		EXECUTE pg_catalog.format('SELECT %s', step.call);
		IF smsengage_internal.may_commit() THEN COMMIT AND CHAIN; END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE smsengage.rebuild(text) IS 'Makes what follows from the events anew, all of it or one part: message, individual, individual_link, event_identity, contact_point, block, subscription, engagement_tally, outcome_tally, access (owner and row security of partitions, masked views that read too much, rights of roles that are gone). Safe beside load; each part is a transaction. Raises 22023 for another part, 0A000 in a transaction block of REPEATABLE READ or SERIALIZABLE.';
