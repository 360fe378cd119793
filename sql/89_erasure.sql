-- What is not kept: people who were forgotten, events that are too old.

CREATE FUNCTION smsengage.erasure_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.store_secret (
		secret text COLLATE "C" CONSTRAINT store_secret_pkey PRIMARY KEY
	);
	INSERT INTO smsengage.store_secret (secret)
	SELECT gen_random_uuid()::text || gen_random_uuid()::text
	WHERE NOT EXISTS (SELECT FROM smsengage.store_secret);

	CREATE TABLE IF NOT EXISTS smsengage.forgotten (
		digest uuid CONSTRAINT forgotten_pkey PRIMARY KEY,
		until timestamptz NOT NULL
	);
	-- the latest of them is asked for by every ingest()
	CREATE INDEX IF NOT EXISTS forgotten_until_idx ON smsengage.forgotten (until);
	CREATE TABLE IF NOT EXISTS smsengage.forgotten_opt_out (
		digest uuid NOT NULL,
		event_time timestamptz NOT NULL,
		account text COLLATE "C" NOT NULL,
		sender text COLLATE "C" NOT NULL,
		CONSTRAINT forgotten_opt_out_pkey PRIMARY KEY (digest, account, sender)
	);
	CREATE TABLE IF NOT EXISTS smsengage.retention (
		account text COLLATE "C" CONSTRAINT retention_pkey PRIMARY KEY,
		keep interval NOT NULL CONSTRAINT retention_keep_check CHECK (keep >= '1 day'),
		horizon timestamptz NOT NULL DEFAULT '-infinity',
		keep_rejected interval CONSTRAINT retention_keep_rejected_check CHECK (keep_rejected >= '1 day')
	);
	-- not in version 1.0
	IF NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = 'smsengage.retention'::regclass AND a.attname = 'keep_rejected' AND NOT a.attisdropped) THEN
		ALTER TABLE smsengage.retention ADD COLUMN keep_rejected interval CONSTRAINT retention_keep_rejected_check CHECK (keep_rejected >= '1 day');
	END IF;
	PERFORM smsengage.describe('smsengage.store_secret', 'Key of the digests that stand for people who were forgotten. Whoever has it can test whether a number is among them.', $c$
		secret: The key, made with the store$c$);
	PERFORM smsengage.describe('smsengage.forgotten', 'Who was forgotten, as keyed digests: events of them up to that time are ignored when they come again.', $c$
		digest: Keyed digest of a number, of a person, or of a piece that was rejected
		until: Events up to this time are ignored$c$);
	PERFORM smsengage.describe('smsengage.forgotten_opt_out', 'Opt-outs of numbers that were forgotten: they still hold.', $c$
		digest: Keyed digest of the number
		event_time: When the opt-out was
		account: Account it was said to
		sender: Our number it was said to, without plus; empty: every sender of the account$c$);
	PERFORM smsengage.describe('smsengage.retention', 'How long events are kept. Tallies and messages are kept longer: they hold no text.', $c$
		account: Account it holds for; * for those without a row
		keep: How long; maintain() moves the horizon
		keep_rejected: How long rejected_event and provider_notice are kept, from their arrival; NULL: up to the horizon
		horizon: Events before it are gone, and ignored when they come again$c$);
END
$$;
COMMENT ON FUNCTION smsengage.erasure_tables() IS 'Makes the tables of erasure and retention that are missing. Used by migrate().';

CREATE FUNCTION smsengage.check_isolation(what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = format('%s cannot run in a transaction of isolation level %s', what, current_setting('transaction_isolation')),
			DETAIL = 'It would not see what was committed since the snapshot of the transaction.',
			HINT = 'Run it in READ COMMITTED.';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.check_isolation(text) IS 'Raises 0A000 in transactions that keep one snapshot. Used by what takes a lock and then has to see all that was committed before: forget(), rebuild() and the like.';

CREATE FUNCTION smsengage.lock_erasure(what text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.check_isolation(what);
	-- ingestion and rebuild() have it in ROW SHARE mode, readers do not care
	IF smsengage.store_is_distributed() THEN
		LOCK TABLE smsengage.forgotten IN ACCESS EXCLUSIVE MODE;
	ELSE
		LOCK TABLE smsengage.forgotten IN EXCLUSIVE MODE;
	END IF;
	-- seen by see_erasure() in transactions whose snapshot is older
	UPDATE smsengage.store_secret s SET secret = s.secret;
END
$$;
COMMENT ON FUNCTION smsengage.lock_erasure(text) IS 'Waits until nobody ingests or rebuilds and holds them off until the end of the transaction. Raises as check_isolation(). Used by forget() and where a horizon moves.';

CREATE FUNCTION smsengage.see_erasure()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM 1 FROM smsengage.store_secret FOR SHARE;
END
$$;
COMMENT ON FUNCTION smsengage.see_erasure() IS 'Raises 40001 if somebody was forgotten or a horizon moved since the snapshot of a transaction that keeps it. Used by ingest_batch().';

CREATE FUNCTION smsengage.begin_rebuild()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.check_isolation('rebuild()');
	-- not beside forget(): its events are seen until it commits
	LOCK TABLE smsengage.forgotten IN ROW SHARE MODE;
END
$$;
COMMENT ON FUNCTION smsengage.begin_rebuild() IS 'Holds off forget() until the end of the transaction. Raises as check_isolation(). Used by the rebuild functions.';

CREATE FUNCTION smsengage.admitted(batch smsengage.parsed_batch)
RETURNS smsengage.parsed_batch
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	secret text := (SELECT s.secret FROM smsengage.store_secret s);
	default_horizon timestamptz := coalesce((SELECT r.horizon FROM smsengage.retention r WHERE r.account = '*'), '-infinity');
	identities uuid[] := ARRAY(SELECT i.digest FROM smsengage.batch_identities(batch) i);
	known bigint[];
	keys bigint[];
BEGIN
	-- an event without a clock comes again under a later time, but its identity
	-- stays behind: its person must not be numbered anew
	known := ARRAY(SELECT ('x' || translate(left(k.digest::text, 18), '-', ''))::bit(64)::bigint
				   FROM smsengage.event_identity k WHERE k.digest = ANY (identities));
	WITH subject AS MATERIALIZED (
		SELECT b.* FROM smsengage.batch_subjects(batch) b
	)
	SELECT array_agg(b.event_key) INTO keys
	FROM subject b
	LEFT JOIN smsengage.retention r ON r.account = b.account
	WHERE b.event_time < coalesce(r.horizon, default_horizon)
		OR EXISTS (SELECT FROM smsengage.forgotten f
				   WHERE (f.until >= b.event_time OR b.event_key = ANY (known))
					   AND f.digest IN (smsengage.content_digest(secret, 'recipient', b.recipient),
										smsengage.content_digest(secret, 'individual', b.scope, b.individual_id)));
	IF keys IS NULL THEN
		RETURN batch;
	END IF;
	RETURN smsengage.batch_without(batch, keys);
END
$$;
COMMENT ON FUNCTION smsengage.admitted(smsengage.parsed_batch) IS 'The batch without events of people who were forgotten and events older than what is kept. Used by ingest_batch().';

CREATE FUNCTION smsengage.forgotten_pieces(batch smsengage.parsed_batch, account text)
RETURNS uuid[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	secret text := (SELECT s.secret FROM smsengage.store_secret s);
BEGIN
	RETURN ARRAY(
		SELECT r.digest FROM smsengage.batch_rejects(batch, account) r
		WHERE EXISTS (SELECT FROM smsengage.forgotten f WHERE f.digest = smsengage.content_digest(secret, 'piece', r.digest::text)));
END
$$;
COMMENT ON FUNCTION smsengage.forgotten_pieces(smsengage.parsed_batch, text) IS 'Digests of those of the batch''s rejected and ignored pieces that forget() erased before: they are not kept again. Used by ingest_batch().';

CREATE FUNCTION smsengage.drop_from_tallies(numbers bigint[], keep_sums boolean)
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
				smsengage.tally_without(h.tally, smsengage.chunk_offset(one)), smsengage.day_without(h.quarters, smsengage.chunk_offset(one))
			FROM hit h
		), kept AS (
			INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally, quarters)
			SELECT h.series_no, h.cell_start,
				sum(coalesce(smsengage.count_of(h.tally, smsengage.chunk_offset(one)), smsengage.day_count_of(h.quarters, smsengage.chunk_offset(one)))),
				-2, h.level, CASE WHEN h.level <> 1 THEN '{}'::smsengage.tally END, smsengage.sum(smsengage.day_tally_of(h.quarters, smsengage.chunk_offset(one)))
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
COMMENT ON FUNCTION smsengage.drop_from_tallies(bigint[], boolean) IS 'Takes people out of the tallies of all time; with keep_sums their events stay as events of nobody. Used by forget().';

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
	digests uuid[];
	messages uuid[];
	shared uuid[];
	since timestamptz;
	until timestamptz;
	affected bigint[];
	times timestamptz[];
	keys bigint[];
	pieces uuid[];
	notices uuid[];
	n bigint;
BEGIN
	IF (number IS NULL OR number = '') = (given_id IS NULL OR given_id = '') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'give either a recipient or an individual_id';
	END IF;
	-- one erasure at a time, and none beside ingestion: that has looked for
	-- people to leave out before, and is seen here only when it is committed
	PERFORM smsengage.lock_erasure('forget()');
	secret := (SELECT s.secret FROM smsengage.store_secret s);

	-- the people who go whole: those with the id, or known by the number alone
	people := CASE WHEN number IS NOT NULL
		THEN ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = 'tel:' || number)
		ELSE ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = given_id) END;
	numbers := CASE WHEN number IS NOT NULL THEN ARRAY[number]
		ELSE ARRAY(SELECT DISTINCT c.recipient FROM smsengage.contact_point c WHERE c.individual_no = ANY (people)) END;
	keep_sums := coalesce(keep_sums, false);

	IF NOT coalesce(force, false) THEN
		RETURN QUERY
		SELECT 'event'::text, count(*) FROM smsengage.event e
		WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
		UNION ALL
		SELECT 'message', count(*) FROM smsengage.message m
		WHERE m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number;
		RAISE NOTICE 'nothing was erased: forget(..., force => true) does it, and there is no way back';
		RETURN;
	END IF;

	IF number IS NOT NULL AND EXISTS (SELECT FROM smsengage.inbox i
									  WHERE position(convert_to(digits, 'UTF8') IN i.payload) > 0) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the inbox has payloads that name the number',
			HINT = 'CALL smsengage.drain_inbox() first.';
	END IF;

	WITH gone AS (
		DELETE FROM smsengage.event e
		WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
		RETURNING e.event_time, e.event_key, e.individual_no, e.message_key, e.message_id, e.part, e.account, e.event_type, e.bulk_message, e.link_name
	), kept AS (
		-- of people who are not erased the tallies are made anew below, without these
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
		SELECT s.series_no, smsengage.cell_start(1, g.event_time), count(*), -2, 0, '{}'
		FROM gone g
		CROSS JOIN LATERAL (VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', g.bulk_message), ('link_name', g.link_name)) d (dimension, value)
		JOIN smsengage.series s ON s.account = g.account AND s.event_type = g.event_type AND s.dimension = d.dimension AND s.value = d.value
		WHERE keep_sums AND NOT g.individual_no = ANY (people) AND coalesce(g.part, 0) = 0
			AND (d.dimension = '' OR d.dimension IN (SELECT k.dimension FROM smsengage.tally_dimension k))
		GROUP BY 1, 2
	)
	SELECT count(*), min(g.event_time), max(g.event_time), array_agg(DISTINCT g.message_key) FILTER (WHERE g.message_id IS NOT NULL),
		array_agg(DISTINCT g.individual_no) FILTER (WHERE NOT g.individual_no = ANY (people)), array_agg(g.event_time), array_agg(g.event_key)
	INTO n, since, until, messages, affected, times, keys FROM gone g;
	RETURN QUERY SELECT 'event'::text, n;
	-- numbers of the person that are in nobody else's events
	IF number IS NULL THEN
		numbers := ARRAY(SELECT c FROM unnest(numbers) c EXCEPT SELECT e.recipient FROM smsengage.event e WHERE e.recipient = ANY (numbers));
	END IF;

	messages := ARRAY(
		SELECT m.message_key FROM smsengage.message m
		WHERE m.message_key = ANY (messages) OR m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number);
	IF smsengage.keeps_outcomes() THEN
		PERFORM FROM smsengage.message m WHERE m.message_key = ANY (messages) ORDER BY m.message_key FOR UPDATE;
	END IF;
	-- of some, reports are left that name somebody else, or nobody
	shared := ARRAY(
		SELECT DISTINCT e.message_key FROM smsengage.event e
		WHERE e.message_key = ANY (messages) AND e.message_id IS NOT NULL AND e.status_class IS NOT NULL);
	IF keep_sums THEN
		PERFORM smsengage.keep_outcomes(ARRAY(SELECT m FROM unnest(messages) m EXCEPT SELECT k FROM unnest(shared) k));
		PERFORM smsengage.count_messages(shared, -1);
	ELSE
		PERFORM smsengage.count_messages(messages, -1);
	END IF;
	DELETE FROM smsengage.message m WHERE m.message_key = ANY (messages);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'message'::text, n;
	IF shared <> '{}' THEN
		INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient,
			sender_id, channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT x.* FROM smsengage.event_messages('-infinity', shared) x;
		PERFORM smsengage.count_messages(shared, 1);
	END IF;

	-- who is someone else's person too: their cells are made anew from what is left
	IF affected IS NOT NULL AND since IS NOT NULL THEN
		PERFORM smsengage.rebuild_tallies(since, until + interval '1 microsecond', c)
		FROM (SELECT DISTINCT CASE WHEN a = 0 THEN -1 ELSE smsengage.chunk_of(a) END AS c FROM unnest(affected) a) x;
	END IF;
	n := smsengage.drop_from_tallies(people, keep_sums);
	RETURN QUERY SELECT 'engagement_tally'::text, n;

	DELETE FROM smsengage.contact_point c WHERE c.individual_no = ANY (people) OR number IS NOT NULL AND c.recipient = number;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'contact_point'::text, n;

	-- the opt-out still holds, under a name that only the store's secret gives
	INSERT INTO smsengage.forgotten_opt_out AS o (digest, event_time, account, sender)
	SELECT smsengage.content_digest(secret, 'recipient', s.recipient), s.event_time, s.account, s.sender
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

	WITH gone AS (
		DELETE FROM smsengage.rejected_event r
		WHERE number IS NOT NULL AND position(digits IN r.payload) > 0
			OR given_id IS NOT NULL AND position(to_json(given_id)::text IN r.payload) > 0
		RETURNING r.digest
	)
	SELECT count(*), array_agg(g.digest) INTO n, pieces FROM gone g;
	RETURN QUERY SELECT 'rejected_event'::text, n;
	WITH gone AS (
		DELETE FROM smsengage.provider_notice p
		WHERE number IS NOT NULL AND position(digits IN p.payload) > 0
			OR given_id IS NOT NULL AND position(to_json(given_id)::text IN p.payload) > 0
		RETURNING p.digest
	)
	SELECT count(*), array_agg(g.digest) INTO n, notices FROM gone g;
	RETURN QUERY SELECT 'provider_notice'::text, n;

	-- a statement by itself: in one with the INSERT, a cluster stored nothing for a number
	IF number IS NOT NULL THEN
		digests := ARRAY[smsengage.content_digest(secret, 'recipient', number)];
	ELSE
		digests := ARRAY(SELECT smsengage.content_digest(secret, 'individual', i.scope, i.individual_id) FROM smsengage.individual i WHERE i.individual_no = ANY (people));
	END IF;
	-- what was rejected or ignored is told by its own digest when it comes again
	digests := digests || ARRAY(SELECT smsengage.content_digest(secret, 'piece', d::text) FROM unnest(pieces || notices) d);
	INSERT INTO smsengage.forgotten AS f (digest, until)
	SELECT DISTINCT d, forget.at FROM unnest(digests) d
	ON CONFLICT (digest) DO UPDATE SET until = greatest(f.until, excluded.until);
	DELETE FROM smsengage.individual_link l WHERE l.individual_no = ANY (people) OR l.other_no = ANY (people);
	DELETE FROM smsengage.individual i WHERE i.individual_no = ANY (people);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'individual'::text, n;
END
$$;
COMMENT ON FUNCTION smsengage.forget(text, text, boolean, boolean, timestamptz) IS 'Erases what names a number (recipient) or all that belongs to a person (individual_id), from events, messages, tallies, consent, block list and rejected payloads; numbers of a person that are in nobody else''s events go too; the opt-out of a number still holds, as a keyed digest, and events up to at, and rejected payloads as they were, are ignored when they come again. Without force it only counts. keep_sums: the events and messages go on being counted, as those of nobody. Raises 22023 unless one of the two is given, 55000 while the inbox has payloads that name the number, 0A000 in a transaction of REPEATABLE READ or SERIALIZABLE. A number inside a message to somebody else is not found; ingestion that runs meanwhile may still bring an event: repeat.';

CREATE FUNCTION smsengage.set_horizon(account text, at timestamptz DEFAULT pg_catalog.now())
RETURNS timestamptz
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept smsengage.retention;
	moved timestamptz;
BEGIN
	SELECT r.* INTO kept FROM smsengage.retention r WHERE r.account = set_horizon.account;
	IF kept.account IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = 'the account has no row in the table retention';
	END IF;
	-- whole days, so that a horizon is a whole cell of the tallies too
	moved := date_trunc('day', at - kept.keep, 'UTC');
	IF moved <= kept.horizon THEN
		RETURN kept.horizon;
	END IF;
	-- ingestion that goes by the horizon of before has ended when it is moved
	PERFORM smsengage.lock_erasure('maintain()');
	UPDATE smsengage.retention r SET horizon = greatest(r.horizon, moved) WHERE r.account = set_horizon.account
	RETURNING r.horizon INTO moved;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION smsengage.set_horizon(text, timestamptz) IS 'Moves the horizon of an account (*: of those without a row of their own) to where the table retention says, and returns it; older events are ignored from then on. Waits for ingestion if it moves, once a day that is. Used by maintain().';

CREATE FUNCTION smsengage.drop_expired()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET lock_timeout = '2s'
AS $$
DECLARE
	partition record;
	dropped bigint := 0;
	n bigint;
BEGIN
	FOR partition IN
		SELECT p.partition AS name
		FROM smsengage.event_partitions() p
		JOIN pg_class c ON c.oid = p.partition
		WHERE c.relname ~ '^event_([0-9]{4}_[0-9]{2}|past.*)$'
			AND p.until <= (SELECT min(r.horizon) FROM smsengage.retention r HAVING bool_or(r.account = '*'))
		ORDER BY p.since
	LOOP
		-- while it waits for readers, all others wait for it: not for long, the
		-- events are deleted anyway, and the next call tries again
		BEGIN
			EXECUTE format('SELECT count(*) FROM %s', partition.name) INTO n;
			EXECUTE format('DROP TABLE %s', partition.name);
			dropped := dropped + n;
		EXCEPTION WHEN lock_not_available THEN
			NULL;
		END;
	END LOOP;
	RETURN dropped;
END
$$;
COMMENT ON FUNCTION smsengage.drop_expired() IS 'Drops the partitions of event that lie before every horizon, if no reader keeps it waiting for two seconds, and returns how many events went. Used by maintain().';

CREATE FUNCTION smsengage.delete_expired(account text)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept smsengage.retention;
	others boolean := delete_expired.account = '*';
	rejected_until timestamptz;
	n bigint;
BEGIN
	PERFORM smsengage.check_migrated();
	SELECT r.* INTO kept FROM smsengage.retention r WHERE r.account = delete_expired.account;
	DELETE FROM smsengage.event e
	WHERE e.event_time < kept.horizon
		AND (e.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention r WHERE r.account = e.account));
	GET DIAGNOSTICS n = ROW_COUNT;
	rejected_until := coalesce(now() - kept.keep_rejected, kept.horizon);
	DELETE FROM smsengage.rejected_event r
	WHERE r.received_at < rejected_until
		AND (r.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention o WHERE o.account = r.account));
	DELETE FROM smsengage.provider_notice p
	WHERE p.received_at < rejected_until
		AND (p.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention o WHERE o.account = p.account));
	RETURN n;
END
$$;
COMMENT ON FUNCTION smsengage.delete_expired(text) IS 'Deletes the events of an account (*: of those without a row of their own) that lie before its horizon, and its rejected events and notices that are older than their own term, or arrived before the horizon if they have none; returns how many events. Raises 55000 as check_migrated(). Used by maintain().';

CREATE FUNCTION smsengage.drop_counts()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.rejected_count c
	WHERE c.day < timezone('UTC', now())::date - 1 AND (c.lost_pieces = 0 OR c.day < timezone('UTC', smsengage.horizon())::date);
END
$$;
COMMENT ON FUNCTION smsengage.drop_counts() IS 'Deletes rows of rejected_count that say nothing any more: of days that are over and nothing was lost, or from before the horizon. Used by maintain().';

CREATE PROCEDURE smsengage.maintain()
LANGUAGE plpgsql
AS $$
DECLARE
	kept pg_catalog.record;
BEGIN
	PERFORM smsengage.make_partition((pg_catalog.timezone('UTC', pg_catalog.now()) OPERATOR(pg_catalog.+) m)::pg_catalog.date)
	FROM pg_catalog.unnest(ARRAY['0 months', '1 month', '2 months']::pg_catalog.interval[]) m;
	IF smsengage.may_commit() THEN COMMIT; END IF;
	FOR kept IN SELECT r.account FROM smsengage.retention r ORDER BY r.account LOOP
		PERFORM smsengage.set_horizon(kept.account);
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END LOOP;
	PERFORM smsengage.drop_expired();
	IF smsengage.may_commit() THEN COMMIT; END IF;
	FOR kept IN SELECT r.account FROM smsengage.retention r ORDER BY r.account LOOP
		PERFORM smsengage.delete_expired(kept.account);
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END LOOP;
	PERFORM smsengage.drop_counts();
	PERFORM smsengage.seal_consent();
	IF smsengage.may_commit() THEN COMMIT; END IF;
	CALL smsengage.fold();
END
$$;
COMMENT ON PROCEDURE smsengage.maintain() IS 'Housekeeping, to be called every few minutes or hours, also beside load: makes the partitions of this month and the next two, moves the horizons of the table retention, seals the consent ledger, folds the tallies. Nothing that is correct depends on it. Raises 0A000 where a horizon would move in a transaction of REPEATABLE READ or SERIALIZABLE.';

CREATE FUNCTION smsengage.horizon()
RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT max(r.horizon) FROM smsengage.retention r), '-infinity');
END
$$;
COMMENT ON FUNCTION smsengage.horizon() IS 'The moment since when the events of every account are kept. Used by rebuild() and doctor().';
