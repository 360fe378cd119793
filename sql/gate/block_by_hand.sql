-- Blocks by hand, and other policies for the past.

CREATE FUNCTION smsengage.rebuild_blocks()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	horizon timestamptz := (SELECT min(e.event_time) FROM smsengage.event e);
	kept record;
BEGIN
	PERFORM smsengage_internal.begin_rebuild();
	LOCK TABLE smsengage.block, smsengage.unblock IN SHARE ROW EXCLUSIVE MODE;
	-- who reported a block stands here only
	SELECT array_agg(b.account) AS accounts, array_agg(b.recipient) AS recipients, array_agg(b.blocked_at) AS times, array_agg(b.event_key) AS keys
	INTO kept
	FROM smsengage.block b
	WHERE b.confined AND b.blocked_at >= horizon;
	DELETE FROM smsengage.block b WHERE b.blocked_at >= horizon;
	DELETE FROM smsengage.unblock u WHERE u.unblocked_at >= horizon;
	PERFORM smsengage_internal.rebuild_effects(ARRAY['block', 'unblock'], horizon);
	UPDATE smsengage.block b SET confined = true, scope = smsengage_internal.block_scope(b.scope, true)
	FROM unnest(kept.accounts, kept.recipients, kept.times, kept.keys) k(account, recipient, blocked_at, event_key)
	WHERE b.account = k.account AND b.recipient = k.recipient AND b.blocked_at = k.blocked_at AND b.event_key = k.event_key;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_blocks() IS 'Makes the block list anew from the stored events and the policies; records older than the first stored event stay, and so does what is known of who reported a block (confined). Ingestion of failures waits meanwhile.';

CREATE FUNCTION smsengage_internal.ingest_native(event jsonb, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	counts record;
BEGIN
	-- as the owner, for whoever acts for the account
	counts := smsengage.submit('native', event::text, account);
	IF counts.accepted + counts.duplicate <> 1 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'the event was not accepted',
			DETAIL = coalesce((SELECT p.reason FROM smsengage.parse('native', event::text, account) p LIMIT 1), 'It is older than what is kept, or its person was forgotten.');
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.ingest_native(jsonb, text) IS 'Stores one native event; raises 22023 with the reason where ingest() would reject it, 42501 for who does not act for the account. Used by what is done by hand.';

CREATE FUNCTION smsengage_internal.iso_time(at timestamptz)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.to_char(pg_catalog.timezone('UTC', at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END;
COMMENT ON FUNCTION smsengage_internal.iso_time(timestamptz) IS 'A moment as native events write it: ISO 8601, UTC, microseconds. Used by what is done by hand.';

CREATE FUNCTION smsengage.add_block(recipient text, code integer, account text DEFAULT '', at timestamptz DEFAULT now(), reason text DEFAULT NULL)
RETURNS timestamptz
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expiry timestamptz := smsengage.block_expiry(code, at);
	number text := smsengage_internal.number_by_hand(recipient, account, at);
BEGIN
	IF coalesce(number, '') = '' OR code IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient, code and time must not be null or empty';
	END IF;
	PERFORM smsengage_internal.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', 'BLOCK', 'event_time', smsengage_internal.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
		'error_code', code::text, 'error_text', reason,
		'event_id', smsengage_internal.content_digest('BLOCK', coalesce(account, ''), number, code::text, smsengage_internal.iso_time(at))::text)),
		coalesce(account, ''));
	RETURN expiry;
END
$$;
COMMENT ON FUNCTION smsengage.add_block(text, integer, text, timestamptz, text) IS 'Blocks a number by hand, as a native event BLOCK: from at on, by the policy of the code. Returns when it ends (growth not included). The same call again changes nothing. Raises 22023 for a code without a policy, 22004 for NULL.';

CREATE FUNCTION smsengage.unblock(recipient text, account text DEFAULT '', at timestamptz DEFAULT now(), reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage_internal.number_by_hand(recipient, account, at);
	own integer;
	fixed integer;
BEGIN
	IF coalesce(number, '') = '' OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient and time must not be null or empty';
	END IF;
	SELECT count(*) FILTER (WHERE b.account = coalesce(unblock.account, '') AND b.deletable),
		count(*) FILTER (WHERE b.account = coalesce(unblock.account, '') AND NOT b.deletable)
	INTO own, fixed
	FROM smsengage_internal.visible_blocks(ARRAY[number], coalesce(unblock.account, ''), unblock.at) b;
	IF own = 0 AND fixed > 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'this block cannot be removed by users',
			DETAIL = 'The policy of its code says so.';
	END IF;
	IF own = 0 AND EXISTS (SELECT FROM smsengage_internal.blocks_for(ARRAY[number], coalesce(unblock.account, ''), unblock.at)) THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'the block comes from another account',
			DETAIL = 'An account can remove its own records only.',
			HINT = 'Ask the operator of the database, once the number is known to work.';
	END IF;
	IF own > 0 THEN
		PERFORM smsengage_internal.ingest_native(jsonb_strip_nulls(jsonb_build_object(
			'event_type', 'UNBLOCK', 'event_time', smsengage_internal.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
			'error_text', reason,
			'event_id', smsengage_internal.content_digest('UNBLOCK', coalesce(account, ''), number, smsengage_internal.iso_time(at))::text)),
			coalesce(account, ''));
	END IF;
	RETURN own;
END
$$;
COMMENT ON FUNCTION smsengage.unblock(text, text, timestamptz, text) IS 'Removes the account''s own records of a number, as a native event UNBLOCK: from at on they no longer hold; before, is_blocked() still says that they did. Returns how many; 0 if there was none. Raises 42501 where only records of another account, or such as users may not remove, block the number.';

-- What another policy would have done

CREATE FUNCTION smsengage.replay_block_policy(code integer, block_interval interval, scope text, since timestamptz, until timestamptz,
	OUT failures bigint, OUT numbers bigint, OUT intercepted bigint, OUT saved bigint, OUT lost bigint, OUT pending bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	step record;
	last_place text[];
	last_number text;
	free_from timestamptz := '-infinity';
	refused uuid[] := '{}';
BEGIN
	IF block_interval < interval '0' OR scope IS NULL OR scope NOT IN ('global', 'local', 'none') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'expected an interval that is not negative and a scope of global, local or none';
	END IF;
	failures := 0; numbers := 0; intercepted := 0; saved := 0; lost := 0; pending := 0;
	FOR step IN
		WITH failed AS (
			SELECT e.recipient, e.account, e.event_time AS at, e.message_key
			FROM smsengage.event e
			CROSS JOIN LATERAL smsengage_internal.event_effects(e.provider, e.event_type, e.status_class, e.status_code, e.status_name,
				e.error_code, e.error_text, e.sender_id, e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.keyword) f
			WHERE f.kind = 'block' AND f.code = code AND e.recipient <> '' AND e.event_type <> 'BLOCK'
				AND e.event_time >= smsengage_internal.block_end(-coalesce(block_interval, interval '100 years'), since) AND e.event_time < until
		), sent AS (
			SELECT m.recipient, m.account, coalesce(smsengage.sent_at(m.state), m.first_time) AS at, m.message_key,
				smsengage.status_group(m.state) AS status_group
			FROM smsengage.message m
			WHERE m.recipient IN (SELECT f.recipient FROM failed f) AND m.last_time >= since
		)
		SELECT s.recipient, CASE scope WHEN 'local' THEN s.account ELSE '' END AS whose, s.at, s.message_key, s.status_group, false AS is_failure
		FROM sent s
		WHERE s.at >= since AND s.at < until AND s.status_group <> 'REJECTED'
		UNION ALL
		SELECT f.recipient, CASE scope WHEN 'local' THEN f.account ELSE '' END, f.at, f.message_key, NULL, true
		FROM failed f
		ORDER BY 1, 2, 3, 6
	LOOP
		IF last_place IS DISTINCT FROM ARRAY[step.recipient, step.whose] THEN
			last_place := ARRAY[step.recipient, step.whose];
			free_from := '-infinity';
			refused := '{}';
		END IF;
		IF step.is_failure THEN
			IF step.at >= since THEN
				failures := failures + 1;
				numbers := numbers + (last_number IS DISTINCT FROM step.recipient)::integer;
				last_number := step.recipient;
			END IF;
			-- what would not have been sent would not have failed
			IF scope <> 'none' AND NOT coalesce(step.message_key = ANY (refused), false) THEN
				free_from := greatest(free_from, smsengage_internal.block_end(block_interval, step.at));
			END IF;
		ELSIF step.at < free_from THEN
			intercepted := intercepted + 1;
			refused := refused || step.message_key;
			CASE step.status_group
				WHEN 'DELIVERED' THEN lost := lost + 1;
				WHEN 'UNDELIVERABLE', 'EXPIRED' THEN saved := saved + 1;
				ELSE pending := pending + 1;
			END CASE;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.replay_block_policy(integer, interval, text, timestamptz, timestamptz) IS 'What another policy for a block code would have done from since up to until: failures of that code and numbers they fell on, messages that it would have intercepted, of those how many failed or expired anyway (saved), were delivered (lost), or have no outcome yet (pending). A message that would have been intercepted renews no block. block_interval NULL: for ever. Other codes'' blocks, removals and growth are left out of account. Raises 22023 for a negative interval or an unknown scope.';
