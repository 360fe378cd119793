-- Erasing a person.

CREATE FUNCTION smsengage_internal.drop_from_tallies(numbers bigint[], keep_sums boolean)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rows_changed bigint := 0;
	one bigint;
	changed bigint;
BEGIN
	FOREACH one IN ARRAY numbers LOOP
		WITH hit AS (
			DELETE FROM smsengage.engagement_tally t
			WHERE t.chunk = smsengage.chunk_of(one)
				AND coalesce(smsengage.count_of(t.tally, smsengage.chunk_offset(one)), smsengage.day_count_of(t.quarters, smsengage.chunk_offset(one))) > 0
			RETURNING t.series_no, t.level, t.cell_start, t.chunk, t.anonymous, t.tally, t.quarters
		), left_over AS (
			INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally, quarters)
			SELECT h.series_no, h.cell_start, h.anonymous, h.chunk, h.level,
				smsengage.tally_without(h.tally, smsengage.chunk_offset(one)), smsengage_internal.day_without(h.quarters, smsengage.chunk_offset(one))
			FROM hit h
		), kept AS (
			INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally, quarters)
			SELECT h.series_no, h.cell_start,
				sum(coalesce(smsengage.count_of(h.tally, smsengage.chunk_offset(one)), smsengage.day_count_of(h.quarters, smsengage.chunk_offset(one)))),
				-2, h.level, CASE WHEN h.level <> :LEVEL_QUARTER_HOUR: THEN '{}'::smsengage.tally END, smsengage.sum(smsengage_internal.day_tally_of(h.quarters, smsengage.chunk_offset(one)))
			FROM hit h
			WHERE keep_sums
			GROUP BY 1, 2, h.level
		)
		SELECT count(*) INTO changed FROM hit;
		rows_changed := rows_changed + changed;
	END LOOP;
	DELETE FROM smsengage.engagement_tally t
	WHERE coalesce(smsengage.total(t.tally), smsengage.day_total(t.quarters)) = 0 AND t.anonymous = 0;
	RETURN rows_changed;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drop_from_tallies(bigint[], boolean) IS 'Takes people out of the tallies of all time; with keep_sums their events stay as events of nobody. Used by forget().';

CREATE FUNCTION smsengage_internal.erase_events(people bigint[], number text, keep_sums boolean,
	OUT erased bigint, OUT since timestamptz, OUT until timestamptz, OUT messages uuid[], OUT affected bigint[], OUT times timestamptz[], OUT keys bigint[])
RETURNS record
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	WITH gone AS (
		DELETE FROM smsengage.event e
		WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
		RETURNING e.event_time, e.event_key, e.individual_no, e.message_key, e.message_id, e.part, e.account, e.event_type, e.bulk_message, e.link_name
	), kept AS (
		-- of people who are not erased the tallies are made anew below, without these
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
		SELECT s.series_no, smsengage_internal.cell_start(:LEVEL_QUARTER_HOUR:, g.event_time), count(*), -2, :LEVEL_DELTA:, '{}'
		FROM gone g
		CROSS JOIN LATERAL (VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', g.bulk_message), ('link_name', g.link_name)) d (dimension, value)
		JOIN smsengage.series s ON s.account = g.account AND s.event_type = g.event_type AND s.dimension = d.dimension AND s.value = d.value
		WHERE keep_sums AND NOT g.individual_no = ANY (people) AND :FIRST_PART(g.):
			AND (d.dimension = '' OR d.dimension IN (SELECT k.dimension FROM smsengage.tally_dimension k))
		GROUP BY 1, 2
	)
	SELECT count(*), min(g.event_time), max(g.event_time), array_agg(DISTINCT g.message_key) FILTER (WHERE g.message_id IS NOT NULL),
		array_agg(DISTINCT g.individual_no) FILTER (WHERE NOT g.individual_no = ANY (people)), array_agg(g.event_time), array_agg(g.event_key)
	INTO erased, since, until, messages, affected, times, keys FROM gone g;
END
$$;
COMMENT ON FUNCTION smsengage_internal.erase_events(bigint[], text, boolean) IS 'Erases the events of people and of a number: how many, from when to when, which messages they name, whom else they belong to, and their keys. keep_sums: what they count for stays, as events of nobody. Used by forget().';

CREATE FUNCTION smsengage_internal.erase_messages(messages uuid[], people bigint[], number text, keep_sums boolean)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	shared uuid[];
	n bigint;
BEGIN
	messages := ARRAY(
		SELECT m.message_key FROM smsengage.message m
		WHERE m.message_key = ANY (messages) OR m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number);
	IF smsengage_internal.outcomes_are_counted() THEN
		PERFORM FROM smsengage.message m WHERE m.message_key = ANY (messages) ORDER BY m.message_key FOR UPDATE;
	END IF;
	-- of some, reports are left that name somebody else, or nobody
	shared := ARRAY(
		SELECT DISTINCT e.message_key FROM smsengage.event e
		WHERE e.message_key = ANY (messages) AND e.message_id IS NOT NULL AND e.status_class IS NOT NULL);
	IF keep_sums THEN
		PERFORM smsengage_internal.note_kept_outcomes(ARRAY(SELECT m FROM unnest(messages) m EXCEPT SELECT k FROM unnest(shared) k));
		PERFORM smsengage_internal.count_messages(shared, -1);
	ELSE
		PERFORM smsengage_internal.count_messages(messages, -1);
	END IF;
	DELETE FROM smsengage.message m WHERE m.message_key = ANY (messages);
	GET DIAGNOSTICS n = ROW_COUNT;
	IF shared <> '{}' THEN
		INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient,
			sender_id, channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT x.* FROM smsengage_internal.event_messages('-infinity', shared) x;
		PERFORM smsengage_internal.count_messages(shared, 1);
	END IF;
	RETURN n;
END
$$;
COMMENT ON FUNCTION smsengage_internal.erase_messages(uuid[], bigint[], text, boolean) IS 'Erases messages, those of people and of a number, and makes those anew of which events are left; returns how many. keep_sums: how they ended stays counted. Used by forget().';

CREATE FUNCTION smsengage_internal.erase_consent(numbers text[], secret text, times timestamptz[], keys bigint[])
RETURNS TABLE (part text, erased bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	n bigint;
BEGIN
	-- the opt-out still holds, under a name that only the store's secret gives
	INSERT INTO smsengage.forgotten_opt_out AS o (digest, event_time, account, sender)
	SELECT smsengage_internal.content_digest(secret, 'recipient', s.recipient), s.event_time, s.account, s.sender
	FROM smsengage.subscription s
	WHERE s.recipient = ANY (numbers) AND s.state = 'UNSUBSCRIBED'
	ON CONFLICT ON CONSTRAINT forgotten_opt_out_pkey DO UPDATE SET event_time = greatest(o.event_time, excluded.event_time);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'subscription, kept as a digest'::text, n;
	DELETE FROM smsengage.subscription s WHERE s.recipient = ANY (numbers);
	DELETE FROM smsengage.consent_entry c WHERE c.recipient = ANY (numbers);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'consent_entry'::text, n;
	DELETE FROM smsengage.block b
	WHERE b.recipient = ANY (numbers) OR (b.blocked_at, b.event_key) IN (SELECT * FROM unnest(times, keys));
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'block'::text, n;
	DELETE FROM smsengage.unblock u
	WHERE u.recipient = ANY (numbers) OR (u.unblocked_at, u.event_key) IN (SELECT * FROM unnest(times, keys));
END
$$;
COMMENT ON FUNCTION smsengage_internal.erase_consent(text[], text, timestamptz[], bigint[]) IS 'Erases numbers, and what came from events with these times and keys, from consent and block list; opt-outs stay as keyed digests. Used by forget().';

CREATE FUNCTION smsengage_internal.erase_pieces(number text, digits text, given_id text, OUT rejected uuid[], OUT noticed uuid[])
RETURNS record
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	WITH gone AS (
		DELETE FROM smsengage.rejected_event r
		WHERE number IS NOT NULL AND position(digits IN r.payload) > 0
			OR given_id IS NOT NULL AND position(to_json(given_id)::text IN r.payload) > 0
		RETURNING r.digest
	)
	SELECT array_agg(g.digest) INTO rejected FROM gone g;
	WITH gone AS (
		DELETE FROM smsengage.provider_notice p
		WHERE number IS NOT NULL AND position(digits IN p.payload) > 0
			OR given_id IS NOT NULL AND position(to_json(given_id)::text IN p.payload) > 0
		RETURNING p.digest
	)
	SELECT array_agg(g.digest) INTO noticed FROM gone g;
END
$$;
COMMENT ON FUNCTION smsengage_internal.erase_pieces(text, text, text) IS 'Erases what was rejected or ignored and names a number, written as digits, or an id; returns the digests. Used by forget().';

CREATE FUNCTION smsengage_internal.remember_erased(people bigint[], number text, secret text, pieces uuid[], at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	digests uuid[];
BEGIN
	-- a statement by itself: in one with the INSERT, a cluster stored nothing for a number
	IF number IS NOT NULL THEN
		digests := ARRAY[smsengage_internal.content_digest(secret, 'recipient', number)];
	ELSE
		digests := ARRAY(SELECT smsengage_internal.content_digest(secret, 'individual', i.scope, i.individual_id) FROM smsengage.individual i WHERE i.individual_no = ANY (people));
	END IF;
	-- what was rejected or ignored is told by its own digest when it comes again
	digests := digests || ARRAY(SELECT smsengage_internal.content_digest(secret, 'piece', d::text) FROM unnest(pieces) d);
	INSERT INTO smsengage.forgotten AS f (digest, until)
	SELECT DISTINCT d, remember_erased.at FROM unnest(digests) d
	ON CONFLICT (digest) DO UPDATE SET until = greatest(f.until, excluded.until);
END
$$;
COMMENT ON FUNCTION smsengage_internal.remember_erased(bigint[], text, text, uuid[], timestamptz) IS 'Keeps keyed digests of a number, or of people, and of pieces, so that they are ignored when they come again. Used by forget().';

CREATE FUNCTION smsengage_internal.count_erased(people bigint[], number text)
RETURNS TABLE (part text, erased bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'event'::text, count(*) FROM smsengage.event e
	WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
	UNION ALL
	SELECT 'message', count(*) FROM smsengage.message m
	WHERE m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number;
END
$$;
COMMENT ON FUNCTION smsengage_internal.count_erased(bigint[], text) IS 'How many events and messages forget() would erase. Used by forget().';

CREATE FUNCTION smsengage.forget(recipient text DEFAULT NULL, individual_id text DEFAULT NULL,
	keep_sums boolean DEFAULT false, force boolean DEFAULT false, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (part text, erased bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	given_id text := forget.individual_id;
	number text := smsengage.normalize_recipient(forget.recipient);
	digits text := ltrim(smsengage.normalize_recipient(forget.recipient), '+');
	secret text;
	people bigint[];
	numbers text[];
	gone record;
	pieces uuid[];
	notices uuid[];
	n bigint;
BEGIN
	IF (number IS NULL OR number = '') = (given_id IS NULL OR given_id = '') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'give either a recipient or an individual_id';
	END IF;
	IF coalesce(force, false) THEN
		-- one erasure at a time, and none beside ingestion: that has looked for
		-- people to leave out before, and is seen here only when it is committed
		PERFORM smsengage_internal.lock_erasure('forget()');
		secret := (SELECT s.secret FROM smsengage.store_secret s);
	END IF;

	-- the people who go whole: those with the id, or known by the number alone
	people := CASE WHEN number IS NOT NULL
		THEN ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = 'tel:' || number)
		ELSE ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = given_id) END;
	numbers := CASE WHEN number IS NOT NULL THEN ARRAY[number]
		ELSE ARRAY(SELECT DISTINCT c.recipient FROM smsengage.contact_point c WHERE c.individual_no = ANY (people)) END;
	keep_sums := coalesce(keep_sums, false);

	IF NOT coalesce(force, false) THEN
		RETURN QUERY SELECT c.* FROM smsengage_internal.count_erased(people, number) c;
		RAISE NOTICE 'nothing was erased: forget(..., force => true) does it, and there is no way back';
		RETURN;
	END IF;

	IF number IS NOT NULL AND EXISTS (SELECT FROM smsengage.inbox i
									  WHERE position(convert_to(digits, 'UTF8') IN i.payload) > 0) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the inbox has payloads that name the number',
			HINT = 'CALL smsengage.drain_inbox() first.';
	END IF;

	SELECT e.* INTO gone FROM smsengage_internal.erase_events(people, number, keep_sums) e;
	RETURN QUERY SELECT 'event'::text, gone.erased;
	-- numbers of the person that are in nobody else's events
	IF number IS NULL THEN
		numbers := ARRAY(SELECT c FROM unnest(numbers) c EXCEPT SELECT e.recipient FROM smsengage.event e WHERE e.recipient = ANY (numbers));
	END IF;

	n := smsengage_internal.erase_messages(gone.messages, people, number, keep_sums);
	RETURN QUERY SELECT 'message'::text, n;

	-- who is someone else's person too: their cells are made anew from what is left
	IF gone.affected IS NOT NULL AND gone.since IS NOT NULL THEN
		PERFORM smsengage.rebuild_tallies(gone.since, gone.until + interval '1 microsecond', c)
		FROM (SELECT DISTINCT CASE WHEN a = 0 THEN -1 ELSE smsengage.chunk_of(a) END AS c FROM unnest(gone.affected) a) x;
	END IF;
	n := smsengage_internal.drop_from_tallies(people, keep_sums);
	RETURN QUERY SELECT 'engagement_tally'::text, n;

	DELETE FROM smsengage.contact_point c WHERE c.individual_no = ANY (people) OR number IS NOT NULL AND c.recipient = number;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'contact_point'::text, n;

	RETURN QUERY SELECT c.* FROM smsengage_internal.erase_consent(numbers, secret, gone.times, gone.keys) c;

	SELECT p.rejected, p.noticed INTO pieces, notices FROM smsengage_internal.erase_pieces(number, digits, given_id) p;
	RETURN QUERY VALUES ('rejected_event'::text, coalesce(cardinality(pieces), 0)::bigint), ('provider_notice', coalesce(cardinality(notices), 0));

	PERFORM smsengage_internal.remember_erased(people, number, secret, pieces || notices, forget.at);
	DELETE FROM smsengage.individual_link l WHERE l.individual_no = ANY (people) OR l.other_no = ANY (people);
	DELETE FROM smsengage.individual i WHERE i.individual_no = ANY (people);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'individual'::text, n;
END
$$;
COMMENT ON FUNCTION smsengage.forget(text, text, boolean, boolean, timestamptz) IS 'Erases what names a number (recipient) or all that belongs to a person (individual_id), from events, messages, tallies, consent, block list and rejected payloads; numbers of a person that are in nobody else''s events go too; the opt-out of a number still holds, as a keyed digest, and events up to at, and rejected payloads as they were, are ignored when they come again. Without force it only counts, keeps nobody waiting and runs on a replica. keep_sums: the events and messages go on being counted, as those of nobody. Raises 22023 unless one of the two is given, 55000 while the inbox has payloads that name the number, 0A000 with force in a transaction of REPEATABLE READ or SERIALIZABLE. A number inside a message to somebody else is not found; ingestion that runs meanwhile may still bring an event: repeat.';

CREATE FUNCTION smsengage_internal.drop_counts()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.rejected_count c
	WHERE c.day < timezone('UTC', now())::date - 1 AND (c.lost_pieces = 0 OR c.day < timezone('UTC', smsengage_internal.horizon())::date);
END
$$;
COMMENT ON FUNCTION smsengage_internal.drop_counts() IS 'Deletes rows of rejected_count that say nothing any more: of days that are over and nothing was lost, or from before the horizon. Used by maintain().';
