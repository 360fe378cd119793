-- The inbox: durable at once, ingested later; and what was rejected before.

-- The inbox: durable at once, ingested later.

CREATE FUNCTION smsengage.inbox(provider text, payload bytea, account text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number bigint;
BEGIN
	PERFORM FROM smsengage.parse(provider, ''::bytea, account);
	INSERT INTO smsengage.inbox (provider, account, payload) VALUES (provider, account, payload)
	RETURNING inbox_no INTO number;
	RETURN number;
END
$$;
COMMENT ON FUNCTION smsengage.inbox(text, bytea, text) IS 'Keeps a payload for drain_inbox() and returns its number. A plain INSERT into the table inbox does the same, but for the check of the provider. Raises 22023 for an unknown provider, 23514 for more than 64 MiB.';

CREATE FUNCTION smsengage.inbox(provider text, payload text, account text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.inbox(provider, convert_to(payload, 'UTF8'), account);
END
$$;
COMMENT ON FUNCTION smsengage.inbox(text, text, text) IS 'The same for a text.';

CREATE FUNCTION smsengage_internal.ingest_payloads(provider text, payloads bytea[], account text, arrivals timestamptz[], limited boolean DEFAULT smsengage_internal.caller_is_limited(),
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n integer := cardinality(payloads);
	reason text;
BEGIN
	BEGIN
		SELECT i.accepted, i.duplicate, i.rejected, i.ignored INTO accepted, duplicate, rejected, ignored
		FROM smsengage_internal.ingest_batch(smsengage_internal.batch_all(provider, payloads, account, arrivals), account, limited) i;
		RETURN;
	EXCEPTION WHEN program_limit_exceeded OR data_exception OR internal_error THEN
		reason := format('cannot be stored: %s (%s)', SQLERRM, SQLSTATE);
	END;
	IF n = 1 THEN
		SELECT i.* INTO accepted, duplicate, rejected, ignored FROM smsengage_internal.reject_payloads(provider, payloads, account, arrivals, reason, limited) i;
		RETURN;
	END IF;
	-- closes in on the payload that cannot be stored
	SELECT sum(i.accepted), sum(i.duplicate), sum(i.rejected), sum(i.ignored) INTO accepted, duplicate, rejected, ignored
	FROM (VALUES (1, n / 2), (n / 2 + 1, n)) AS half(first, last)
	CROSS JOIN LATERAL smsengage_internal.ingest_payloads(provider, payloads[half.first:half.last], account, arrivals[half.first:half.last], limited) i;
END
$$;
COMMENT ON FUNCTION smsengage_internal.ingest_payloads(text, bytea[], text, timestamptz[], boolean) IS 'Ingests payloads that arrived one by one as one batch; one that cannot be stored is rejected by itself. limited: as for ingest_batch(). Used by drain_inbox() and retry_rejected().';

CREATE FUNCTION smsengage.retry_rejected(provider text DEFAULT NULL,
	OUT retried bigint, OUT accepted bigint, OUT duplicate bigint, OUT ignored bigint, OUT still_rejected bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last uuid := '00000000-0000-0000-0000-000000000000';
	digests uuid[];
	times timestamptz[];
	sender record;
	step record;
BEGIN
	retried := 0;
	accepted := 0;
	duplicate := 0;
	ignored := 0;
	still_rejected := 0;
	LOOP
		WITH locked AS (
			SELECT r.digest, r.received_at, octet_length(r.payload) AS bytes
			FROM smsengage.rejected_event r
			WHERE r.digest > last AND (retry_rejected.provider IS NULL OR r.provider = retry_rejected.provider)
			ORDER BY r.digest
			LIMIT 1000
			FOR UPDATE SKIP LOCKED
		), placed AS (
			SELECT l.digest, l.received_at, sum(l.bytes) OVER (ORDER BY l.digest) - l.bytes AS start FROM locked l
		)
		SELECT array_agg(p.digest ORDER BY p.digest), array_agg(p.received_at ORDER BY p.digest) INTO digests, times
		FROM placed p WHERE p.start < 8388608;
		EXIT WHEN digests IS NULL;
		last := digests[cardinality(digests)];
		retried := retried + cardinality(digests);

		FOR sender IN
			WITH gone AS (
				DELETE FROM smsengage.rejected_event r WHERE r.digest = ANY (digests)
				RETURNING r.digest, r.provider, CASE WHEN r.account_given THEN r.account END AS account, r.limited, r.received_at, r.payload, r.payload_bytes
			)
			SELECT g.provider, g.account, g.limited, array_agg(coalesce(g.payload_bytes, convert_to(g.payload, 'UTF8')) ORDER BY g.digest) AS payloads,
				   array_agg(g.received_at ORDER BY g.digest) AS arrivals
			FROM gone g
			GROUP BY g.provider, g.account, g.limited
			ORDER BY g.provider, g.account, g.limited
		LOOP
			IF sender.limited THEN
				SELECT i.* INTO step
				FROM smsengage_internal.ingest_as_limited(sender.provider, sender.payloads, sender.account, sender.arrivals) i;
			ELSE
				SELECT i.* INTO step
				FROM smsengage_internal.ingest_payloads(sender.provider, sender.payloads, sender.account, sender.arrivals, NULL) i;
			END IF;
			accepted := accepted + step.accepted;
			duplicate := duplicate + step.duplicate;
			ignored := ignored + step.ignored;
			still_rejected := still_rejected + step.rejected;
		END LOOP;

		-- what came back keeps its arrival
		UPDATE smsengage.rejected_event r SET received_at = old.received_at
		FROM unnest(digests, times) AS old(digest, received_at)
		WHERE r.digest = old.digest;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.retry_rejected(text) IS 'Ingests what was rejected once more (only of one provider, if named), as if it had arrived then: of use after the library was updated. What goes in, or turns out to be known or no engagement, leaves rejected_event. Returns how many pieces were tried and what their events were.';
CREATE FUNCTION smsengage_internal.inbox_hold(taken_no bigint)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_inbox_hold' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.inbox_hold(bigint) IS 'Tells other drainers that this session is at a batch of the inbox: until inbox_release(), an error, or its end. Raises 42501 for who may not write inbox_taken. Used by drain_inbox().';
CREATE FUNCTION smsengage_internal.inbox_is_held(taken_no bigint)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_inbox_is_held' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.inbox_is_held(bigint) IS 'Whether another session is at that batch. Raises 42501 for who may not write inbox_taken. Used by drain_inbox().';
CREATE FUNCTION smsengage_internal.inbox_release(taken_no bigint)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_inbox_release' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.inbox_release(bigint) IS 'Ends inbox_hold(); false if this session did not hold the batch. Raises 42501 for who may not write inbox_taken. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.inbox_notes(OUT held int8multirange, OUT left_over int8multirange)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT coalesce(range_agg(t.numbers) FILTER (WHERE t.held), '{}'), coalesce(range_agg(t.numbers) FILTER (WHERE NOT t.held), '{}')
	INTO held, left_over
	FROM (SELECT i.numbers, smsengage_internal.inbox_is_held(i.taken_no) AS held FROM smsengage.inbox_taken i) t;
END
$$;
COMMENT ON FUNCTION smsengage_internal.inbox_notes() IS 'The payloads that other sessions are at, and those that were left over by sessions that have ended. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.inbox_left(held int8multirange, left_over int8multirange, at_least integer, OUT inbox_no bigint, OUT times integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT i.inbox_no, n.times INTO inbox_no, times
	FROM smsengage.inbox i
	CROSS JOIN LATERAL (SELECT count(*)::integer AS times FROM smsengage.inbox_taken t WHERE t.numbers @> i.inbox_no AND NOT smsengage_internal.inbox_is_held(t.taken_no)) n
	WHERE i.inbox_no >= lower(left_over) AND i.inbox_no < upper(left_over) AND i.inbox_no <@ left_over AND NOT i.inbox_no <@ held
		AND n.times BETWEEN at_least AND 2
	ORDER BY i.inbox_no
	LIMIT 1
	FOR UPDATE OF i SKIP LOCKED;
	IF NOT FOUND THEN
		-- of what is gone no note is needed
		DELETE FROM smsengage.inbox_taken t
		WHERE t.numbers <@ left_over AND NOT smsengage_internal.inbox_is_held(t.taken_no)
			AND NOT EXISTS (SELECT FROM smsengage.inbox i WHERE i.inbox_no >= lower(t.numbers) AND i.inbox_no < upper(t.numbers) AND i.inbox_no <@ t.numbers);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.inbox_left(int8multirange, int8multirange, integer) IS 'Locks the first payload that was left over so often, and says how often it was; NULL if there is none. Three times is once too often: not even to reject it was possible. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.drain_choose(max_rows bigint, max_bytes bigint, noted boolean, locking boolean, OUT numbers int8multirange, OUT times integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	notes record;
	chosen int8range;
BEGIN
	LOOP
		notes := smsengage_internal.inbox_notes();
		IF notes.left_over <> '{}' AND max_rows > 0 THEN
			-- what may end this session is not taken without a note, unless it is not read
			SELECT int8multirange(int8range(l.inbox_no, l.inbox_no, '[]')), l.times INTO numbers, times
			FROM smsengage_internal.inbox_left(notes.held, notes.left_over, CASE WHEN noted THEN 1 ELSE 2 END) l
			WHERE l.inbox_no IS NOT NULL;
			EXIT WHEN numbers IS NOT NULL;
		END IF;
		times := 0;
		IF locking THEN
			SELECT int8range(min(p.inbox_no), max(p.inbox_no), '[]') INTO chosen
			FROM (SELECT l.inbox_no, sum(l.bytes) OVER (ORDER BY l.inbox_no) - l.bytes AS start
				  FROM (SELECT i.inbox_no, octet_length(i.payload) AS bytes
						FROM smsengage.inbox i
						WHERE NOT i.inbox_no <@ notes.held AND NOT i.inbox_no <@ notes.left_over
						ORDER BY i.inbox_no LIMIT max_rows
						FOR UPDATE SKIP LOCKED) l) p
			WHERE p.start < max_bytes HAVING count(*) > 0;
		ELSE
			SELECT int8range(min(p.inbox_no), max(p.inbox_no), '[]') INTO chosen
			FROM (SELECT l.inbox_no, sum(l.bytes) OVER (ORDER BY l.inbox_no) - l.bytes AS start
				  FROM (SELECT i.inbox_no, octet_length(i.payload) AS bytes
						FROM smsengage.inbox i
						WHERE NOT i.inbox_no <@ notes.held AND NOT i.inbox_no <@ notes.left_over
						ORDER BY i.inbox_no LIMIT max_rows) l) p
			WHERE p.start < max_bytes HAVING count(*) > 0;
		END IF;
		numbers := int8multirange(chosen) - notes.held - notes.left_over;
		-- without a note of its own, it may have run into a session that made one meanwhile
		EXIT WHEN noted OR numbers IS NULL;
		notes := smsengage_internal.inbox_notes();
		numbers := numbers - notes.held;
		EXIT WHEN numbers <> '{}';
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drain_choose(bigint, bigint, boolean, boolean) IS 'The payloads of the inbox that are taken next, NULL if there are none, and how often they were left over: 0, or it is one by itself. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.drain_note(max_rows bigint, max_bytes bigint, locking boolean, OUT taken_no bigint, OUT numbers int8multirange, OUT times integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one after the other, so that nothing is in two notes
	LOCK TABLE smsengage.inbox_taken IN SHARE UPDATE EXCLUSIVE MODE;
	SELECT c.numbers, c.times INTO numbers, times FROM smsengage_internal.drain_choose(max_rows, max_bytes, true, locking) c;
	IF numbers IS NOT NULL THEN
		INSERT INTO smsengage.inbox_taken AS t (taken_at, numbers) VALUES (clock_timestamp(), drain_note.numbers)
		RETURNING t.taken_no INTO taken_no;
		PERFORM smsengage_internal.inbox_hold(taken_no);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drain_note(bigint, bigint, boolean) IS 'Takes payloads of the inbox in hand: notes them, so that it is known afterwards what ended a session. locking: passes over those that a transaction block has taken, which makes no note. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.drain_step(numbers int8multirange, times integer, max_rows bigint,
	OUT payloads bigint, OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rows bigint[];
	sender record;
	step record;
BEGIN
	rows := ARRAY(
		SELECT i.inbox_no FROM smsengage.inbox i
		WHERE i.inbox_no >= lower(numbers) AND i.inbox_no < upper(numbers) AND i.inbox_no <@ numbers
		-- some may have been hidden when these were chosen
		ORDER BY i.inbox_no LIMIT max_rows
		FOR UPDATE SKIP LOCKED);
	payloads := cardinality(rows);
	accepted := 0;
	duplicate := 0;
	rejected := 0;
	ignored := 0;
	FOR sender IN
		WITH gone AS (
			DELETE FROM smsengage.inbox i WHERE i.inbox_no = ANY (rows)
			RETURNING i.inbox_no, i.provider, i.account, i.payload, i.received_at
		)
		SELECT g.provider, g.account, array_agg(g.payload ORDER BY g.inbox_no) AS payloads,
			   array_agg(g.received_at ORDER BY g.inbox_no) AS arrivals
		FROM gone g
		GROUP BY g.provider, g.account
		ORDER BY g.provider, g.account
	LOOP
		IF times < 2 THEN
			SELECT i.* INTO step
			FROM smsengage_internal.ingest_payloads(sender.provider, sender.payloads, sender.account, sender.arrivals, true) i;
		ELSE
			SELECT i.* INTO step
			FROM smsengage_internal.reject_payloads(sender.provider, sender.payloads, sender.account, sender.arrivals,
				'taken twice, and each time the session ended without an answer', true) i;
		END IF;
		accepted := accepted + step.accepted;
		duplicate := duplicate + step.duplicate;
		rejected := rejected + step.rejected;
		ignored := ignored + step.ignored;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drain_step(int8multirange, integer, bigint) IS 'Ingests these payloads of the inbox and takes them out; what was left over twice is rejected unread. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.drain_answer(taken_no bigint, numbers int8multirange, times integer, max_rows bigint,
	OUT payloads bigint, OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint, OUT fault text[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	state text;
	message text;
	detail text;
	hint text;
	context text;
	schema_name text;
	table_name text;
	column_name text;
	type_name text;
	constraint_name text;
BEGIN
	BEGIN
		SELECT s.* INTO payloads, accepted, duplicate, rejected, ignored FROM smsengage_internal.drain_step(numbers, times, max_rows) s;
	EXCEPTION WHEN query_canceled OR OTHERS THEN
		-- an error is an answer: the caller has it, and the payloads stay as they were
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
			context = PG_EXCEPTION_CONTEXT, schema_name = SCHEMA_NAME, table_name = TABLE_NAME, column_name = COLUMN_NAME,
			type_name = PG_DATATYPE_NAME, constraint_name = CONSTRAINT_NAME;
		fault := ARRAY[state, message, detail, hint, context, schema_name, table_name, column_name, type_name, constraint_name];
	END;
	DELETE FROM smsengage.inbox_taken t WHERE t.taken_no = drain_answer.taken_no;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drain_answer(bigint, int8multirange, integer, bigint) IS 'drain_step(), and the end of its note; an error comes as fault, for raise_fault(). Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.raise_fault(fault text[])
RETURNS void
AS 'MODULE_PATHNAME', 'sms_raise_fault' LANGUAGE C IMMUTABLE STRICT;
COMMENT ON FUNCTION smsengage_internal.raise_fault(text[]) IS 'Raises an error that was caught: its state, message, detail, hint, context, schema, table, column, type and constraint; empty is none. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.drain_warn()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	notes record;
	n bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM smsengage.inbox_taken) THEN
		RETURN;
	END IF;
	notes := smsengage_internal.inbox_notes();
	n := (SELECT count(*) FROM smsengage.inbox i
		  WHERE i.inbox_no >= lower(notes.left_over) AND i.inbox_no < upper(notes.left_over) AND i.inbox_no <@ notes.left_over AND NOT i.inbox_no <@ notes.held);
	IF n > 0 THEN
		RAISE WARNING USING
			MESSAGE = format('payloads left in the inbox: %s', n),
			DETAIL = 'Sessions ended while they were at them: see inbox_taken.',
			HINT = 'Outside of a transaction block drain_inbox() takes them one by one. What it leaves ended sessions three times: look at it before you delete it.';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drain_warn() IS 'Warns of payloads that are left over. Used by drain_inbox().';

CREATE PROCEDURE smsengage.drain_inbox(max_rows bigint DEFAULT NULL,
	INOUT payloads bigint DEFAULT 0, INOUT accepted bigint DEFAULT 0, INOUT duplicate bigint DEFAULT 0,
	INOUT rejected bigint DEFAULT 0, INOUT ignored bigint DEFAULT 0)
LANGUAGE plpgsql
AS $$
DECLARE
	noted boolean := smsengage_internal.may_commit();
	locking boolean := NOT noted;
	rows bigint;
	taken pg_catalog.record;
	step pg_catalog.record;
BEGIN
	CALL smsengage_internal.read_committed();
	payloads := 0;
	accepted := 0;
	duplicate := 0;
	rejected := 0;
	ignored := 0;
	LOOP
		rows := least(5000, max_rows OPERATOR(pg_catalog.-) payloads);
		IF noted THEN
			taken := smsengage_internal.drain_note(rows, 8388608, locking);
			COMMIT AND CHAIN;
			EXIT WHEN taken.numbers IS NULL;
			step := smsengage_internal.drain_answer(taken.taken_no, taken.numbers, taken.times, rows);
			COMMIT AND CHAIN;
			PERFORM smsengage_internal.inbox_release(taken.taken_no);
			PERFORM smsengage_internal.raise_fault(step.fault);
			-- a transaction block has some of them; it makes no notes, its locks must tell
			locking := locking OR step.payloads OPERATOR(pg_catalog.=) 0;
		ELSE
			SELECT c.numbers, c.times INTO taken FROM smsengage_internal.drain_choose(rows, 8388608, false, true) c;
			EXIT WHEN taken.numbers IS NULL;
			SELECT s.* INTO step FROM smsengage_internal.drain_step(taken.numbers, taken.times, rows) s;
		END IF;
		payloads := payloads OPERATOR(pg_catalog.+) step.payloads;
		accepted := accepted OPERATOR(pg_catalog.+) step.accepted;
		duplicate := duplicate OPERATOR(pg_catalog.+) step.duplicate;
		rejected := rejected OPERATOR(pg_catalog.+) step.rejected;
		ignored := ignored OPERATOR(pg_catalog.+) step.ignored;
	END LOOP;
	PERFORM smsengage_internal.drain_warn();
END
$$;
COMMENT ON PROCEDURE smsengage.drain_inbox(bigint, bigint, bigint, bigint, bigint, bigint) IS 'Ingests what the inbox holds, the oldest first, up to max_rows payloads, and takes it out, both in one transaction a batch (in the caller''s, if that is a transaction block). Several may run at once: each payload is taken by one of them. A payload that cannot be stored goes to rejected_event and holds up nothing; one that ends the session is taken once more, by itself, and then rejected unread. A transaction block cannot note what it takes: there, what ended a session once is left to a call outside of one, with a warning. The limits of the table store_limit hold as for submit(). Returns what it did.';
