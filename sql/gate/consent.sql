-- What people said about being written to: entries that are only ever added,
-- and the state that follows from them.

-- Keywords

CREATE FUNCTION smsengage_internal.keyword_row(word text, account text, senders text[], at timestamptz, loose boolean, OUT action text, OUT reply_group text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
	SELECT k.action, k.reply_group INTO action, reply_group
	FROM smsengage.keyword k
	CROSS JOIN LATERAL (SELECT smsengage.fold_keyword(k.keyword) AS folded) f
	WHERE k.account IN ('', account) AND k.sender = ANY (senders) AND k.valid_from <= at
		AND (f.folded = word OR loose AND k.action = 'STOP' AND starts_with(word, f.folded || ' '))
	ORDER BY f.folded = word DESC, k.sender = senders[1] DESC, k.sender DESC, k.account DESC, k.valid_from DESC
	LIMIT 1;
END
$$;
COMMENT ON FUNCTION smsengage_internal.keyword_row(text, text, text[], timestamptz, boolean) IS 'What the table keyword says of a folded word at a moment, the row of the first of the senders before those of the others, which are its pool, and that of the account; loose: also of a message that begins with a stop word. NULLs without a row. Used by keyword_action().';

-- Writing: by events only

CREATE FUNCTION smsengage_internal.store_consent(effects smsengage.effect_row[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one entry an event; what an earlier delivery stored stays as it is
	INSERT INTO smsengage.consent_entry (recipient, event_time, event_key, account, sender, state, source, evidence)
	SELECT e.recipient, e.event_time, e.event_key, e.account, e.sender,
		CASE WHEN a.action IN ('subscribe', 'START') THEN 'SUBSCRIBED' ELSE 'UNSUBSCRIBED' END, e.source, e.detail
	FROM unnest(effects) e
	CROSS JOIN LATERAL (
		SELECT CASE e.kind WHEN 'inbound' THEN smsengage.keyword_action(e.detail, e.sender, e.event_time, e.account, e.recipient)
			ELSE e.kind END AS action) a
	WHERE a.action IN ('subscribe', 'unsubscribe', 'STOP', 'START')
	-- what was written goes before what the provider took it for
	ORDER BY e.account COLLATE "C", e.recipient COLLATE "C", e.event_time, e.event_key, e.code NULLS FIRST
	ON CONFLICT DO NOTHING;

	INSERT INTO smsengage.subscription AS s (recipient, account, sender, state, event_time, event_key, source)
	SELECT DISTINCT ON (c.account, c.recipient, c.sender)
		c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source
	FROM unnest(effects) e
	JOIN smsengage.consent_entry c ON c.account = e.account AND c.recipient = e.recipient AND c.event_time = e.event_time AND c.event_key = e.event_key
	WHERE e.kind IN ('subscribe', 'unsubscribe', 'inbound')
	ORDER BY c.account, c.recipient, c.sender, c.event_time DESC, c.state DESC, c.event_key DESC
	ON CONFLICT (account, recipient, sender) DO UPDATE SET
		event_time = excluded.event_time, event_key = excluded.event_key, state = excluded.state, source = excluded.source
	WHERE (s.event_time, s.state, s.event_key) < (excluded.event_time, excluded.state, excluded.event_key);
END
$$;
COMMENT ON FUNCTION smsengage_internal.store_consent(smsengage.effect_row[]) IS 'Adds entries to consent_entry and brings subscription up to date: the latest entry wins, at one instant UNSUBSCRIBED, then the greater key. Used by store_effects().';

CREATE FUNCTION smsengage.rebuild_subscriptions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.begin_rebuild();
	LOCK TABLE smsengage.subscription IN SHARE ROW EXCLUSIVE MODE;
	PERFORM smsengage_internal.rebuild_effects(ARRAY['subscribe', 'unsubscribe', 'inbound'],
		(SELECT min(e.event_time) FROM smsengage.event e));
	DELETE FROM smsengage.subscription;
	INSERT INTO smsengage.subscription (recipient, account, sender, state, event_time, event_key, source)
	SELECT l.* FROM smsengage_internal.last_entries() l;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_subscriptions() IS 'Adds the entries that stored events ask for and that are missing, and makes subscription anew from all entries. An entry is never taken back, also where a keyword that it came from no longer exists. Ingestion of consent waits meanwhile.';

CREATE FUNCTION smsengage.record_consent(recipient text, subscribed boolean, account text DEFAULT '', sender text DEFAULT '', at timestamptz DEFAULT now(), evidence text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage_internal.number_by_hand(recipient, account, at);
	kind text := CASE WHEN subscribed THEN 'SUBSCRIBE' ELSE 'UNSUBSCRIBE' END;
BEGIN
	IF coalesce(number, '') = '' OR subscribed IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient, consent and time must not be null or empty';
	END IF;
	PERFORM smsengage_internal.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', kind, 'event_time', smsengage_internal.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
		'sender_id', nullif(sender, ''), 'message_text', evidence,
		'event_id', smsengage_internal.content_digest(kind, coalesce(account, ''), number, smsengage_internal.sender_key(sender), smsengage_internal.iso_time(at))::text)),
		coalesce(account, ''));
END
$$;
COMMENT ON FUNCTION smsengage.record_consent(text, boolean, text, text, timestamptz, text) IS 'Records by hand that a person opted in or out, as a native event SUBSCRIBE or UNSUBSCRIBE; sender empty: for every sender of the account. evidence: the text agreed to, the form, the call. The same call again changes nothing. Raises 22004 for NULL.';

-- Reading

CREATE FUNCTION smsengage.subscription_state(recipient text, account text DEFAULT NULL, sender text DEFAULT NULL, at timestamptz DEFAULT now(),
	OUT state text, OUT since timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asked text := smsengage_internal.asked_account(account);
	numbers text[] := smsengage_internal.numbers_asked(recipient, coalesce(asked, smsengage_internal.ruled_account(account)), at);
BEGIN
	-- of several numbers that it may be, the one that opted out
	SELECT s.state, s.since INTO state, since
	FROM unnest(numbers) n
	CROSS JOIN LATERAL smsengage_internal.state_of_consent(smsengage_internal.spellings_of(n), asked, smsengage_internal.asked_senders(asked, sender, at), at) s
	ORDER BY s.state DESC NULLS LAST, s.since DESC
	LIMIT 1;
END
$$;
COMMENT ON FUNCTION smsengage.subscription_state(text, text, text, timestamptz) IS 'What the person had last said to the account, at a moment, past or present: SUBSCRIBED or UNSUBSCRIBED and since when; NULL if nothing. An opt-out holds as far as consent_scope says, for all senders of the account without a row there, until a later opt-in to its sender, to all senders, or to the one that is asked for; senders of one sender_pool are one; one without an account holds for all. account or sender NULL, or never met: each of them, so any opt-out counts. At one instant UNSUBSCRIBED. Raises 42501 for an account that the caller may not read.';

CREATE FUNCTION smsengage_internal.consent_accounts(asked text, scoped boolean)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF asked IS NOT NULL AND NOT scoped THEN
		RETURN ARRAY['', asked];
	END IF;
	IF smsengage_internal.store_is_distributed() THEN
		RETURN ARRAY(SELECT DISTINCT s.account FROM smsengage.subscription s);
	END IF;
	-- one look into the key for each
	RETURN ARRAY(
		WITH RECURSIVE known AS (
			SELECT (SELECT min(s.account) FROM smsengage.subscription s) AS name
			UNION ALL
			SELECT (SELECT min(s.account) FROM smsengage.subscription s WHERE s.account > k.name) FROM known k WHERE k.name IS NOT NULL
		)
		SELECT k.name FROM known k WHERE k.name IS NOT NULL);
END
$$;
COMMENT ON FUNCTION smsengage_internal.consent_accounts(text, boolean) IS 'The accounts whose opt-outs may reach a question for asked_account(): without scopes of consent that one and none, else each that somebody has spoken to. Look-ups begin with the account, so that no plan tells of the numbers of others. Used by the gate.';

CREATE FUNCTION smsengage_internal.consent_by_entries(numbers text[], accounts text[], our_account text, our_senders text[], at timestamptz,
	OUT opted_out timestamptz, OUT opted_in timestamptz, OUT broken_scope text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
-- arrays make a plan for each call look cheaper, and planning costs more than the look-ups
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
	WITH said AS MATERIALIZED (
		-- all of them: what came later may reach less far
		SELECT c.account, c.sender, c.state, c.event_time, CASE WHEN c.account = '' THEN our_account ELSE c.account END AS pools_of
		FROM smsengage.consent_entry c
		WHERE c.account = ANY (accounts) AND c.recipient = ANY (numbers) AND c.event_time <= at
		UNION ALL
		SELECT o.account, o.sender, 'UNSUBSCRIBED', o.event_time, CASE WHEN o.account = '' THEN our_account ELSE o.account END
		FROM smsengage_internal.forgotten_opt_outs(numbers, at) o
	), reaching AS MATERIALIZED (
		SELECT w.*, smsengage_internal.scope_of_consent(w.account, w.event_time, at) AS scope,
			smsengage_internal.opt_out_reaches(w.sender, w.event_time, w.pools_of, our_senders) AS to_ours
		FROM said w
	)
	SELECT max(h.event_time) FILTER (WHERE h.holds), max(h.event_time) FILTER (WHERE h.state = 'SUBSCRIBED'),
		-- the nearest of those that hold
		(ARRAY['sender', 'account', 'everywhere'])[min(CASE WHEN h.account IS DISTINCT FROM our_account THEN 3
			WHEN h.sender <> '' AND (our_senders IS NOT NULL AND h.to_ours OR our_senders IS NULL AND h.scope = 'sender') THEN 1 ELSE 2 END) FILTER (WHERE h.holds)]
	INTO opted_out, opted_in, broken_scope
	FROM (
		SELECT p.*, p.state = 'UNSUBSCRIBED' AND NOT EXISTS (
				SELECT FROM said w
				WHERE w.state = 'SUBSCRIBED' AND w.event_time > p.event_time AND (w.account = p.account OR p.account = '' AND w.account = our_account)
					AND smsengage_internal.takes_back(w.sender, w.event_time, w.pools_of, p.sender, our_senders)) AS holds
		FROM reaching p
		WHERE (our_account IS NULL OR p.account IN ('', our_account) OR p.scope = 'everywhere' AND p.state = 'UNSUBSCRIBED')
			AND (p.scope <> 'sender' OR p.to_ours)) h;
END
$$;
COMMENT ON FUNCTION smsengage_internal.consent_by_entries(text[], text[], text, text[], timestamptz) IS 'The last opt-out that holds, the last opt-in, and the nearest scope of what holds, of what was said under these numbers to these accounts, where scopes of consent or pools of senders decide. Used by state_of_consent().';

CREATE FUNCTION smsengage_internal.state_of_consent(numbers text[], our_account text, our_senders text[], at timestamptz, OUT state text, OUT since timestamptz, OUT broken_scope text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
-- arrays make a plan for each call look cheaper, and planning costs more than the look-ups
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	scoped boolean;
	pooled boolean;
	accounts text[];
	subscribed timestamptz;
	unseen timestamptz;
BEGIN
	SELECT EXISTS (SELECT FROM smsengage.consent_scope), EXISTS (SELECT FROM smsengage.sender_pool) INTO scoped, pooled;
	accounts := smsengage_internal.consent_accounts(our_account, scoped);
	IF scoped OR pooled THEN
		SELECT e.opted_out, e.opted_in, e.broken_scope INTO since, subscribed, broken_scope
		FROM smsengage_internal.consent_by_entries(numbers, accounts, our_account, our_senders, at) e;
	ELSE
		WITH said AS MATERIALIZED (
			SELECT s.account, s.sender, s.state, s.event_time
			FROM smsengage.subscription s
			WHERE s.account = ANY (accounts) AND s.recipient = ANY (numbers) AND s.event_time <= at
			UNION ALL
			SELECT c.account, c.sender, c.state, c.event_time
			FROM smsengage.subscription s
			JOIN smsengage.consent_entry c ON c.recipient = s.recipient AND c.account = s.account AND c.sender = s.sender AND c.event_time <= at
			WHERE s.account = ANY (accounts) AND s.recipient = ANY (numbers) AND s.event_time > at
			UNION ALL
			-- an opt-out outlives the erasure of the number
			SELECT o.account, o.sender, 'UNSUBSCRIBED', o.event_time
			FROM smsengage_internal.forgotten_opt_outs(numbers, at) o
			WHERE smsengage_internal.any_forgotten_opt_out()
		)
		SELECT max(h.event_time) FILTER (WHERE h.holds), max(h.event_time) FILTER (WHERE h.state = 'SUBSCRIBED'),
			-- the nearest of those that hold
			(ARRAY['sender', 'account', 'everywhere'])[min(CASE WHEN h.account IS DISTINCT FROM our_account THEN 3
				WHEN h.sender = ANY (our_senders) THEN 1 ELSE 2 END) FILTER (WHERE h.holds)]
		INTO since, subscribed, broken_scope
		FROM (
			SELECT p.*, p.state = 'UNSUBSCRIBED' AND NOT EXISTS (
					SELECT FROM said w
					WHERE w.state = 'SUBSCRIBED' AND w.event_time > p.event_time AND (w.account = p.account OR p.account = '' AND w.account = our_account)
						AND (w.sender IN ('', p.sender) OR w.sender = ANY (our_senders))) AS holds
			FROM said p
			WHERE our_account IS NULL OR p.account IN ('', our_account)) h;
	END IF;
	IF row_security_active('smsengage.subscription') THEN
		SELECT max(o.event_time) INTO unseen
		FROM smsengage_internal.opt_outs_for_all(numbers[:1], at) o
		WHERE NOT (o.nobody AND our_account IS NOT NULL AND coalesce(subscribed > o.event_time, false));
		since := greatest(since, unseen);
	END IF;
	state := CASE WHEN since IS NOT NULL THEN 'UNSUBSCRIBED' WHEN subscribed IS NOT NULL THEN 'SUBSCRIBED' END;
	since := coalesce(since, subscribed);
END
$$;
COMMENT ON FUNCTION smsengage_internal.state_of_consent(text[], text, text[], timestamptz) IS 'subscription_state() of a number under its spellings_of(), for asked_account() and asked_senders(); broken_scope: what a message would break, sender (the opt-out was said to this very sender or, where none is stated and it holds for one only, to some), account (to another of the account, or to all) or everywhere (to another account, to none, or no account is stated), the nearest of the opt-outs that hold. Used by subscription_state(), can_send(), consent_of_people() and forbidden_sends().';

CREATE FUNCTION smsengage_internal.contact_accounts()
RETURNS SETOF text
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one look into the key for each
	RETURN QUERY
	WITH RECURSIVE known AS (
		SELECT (SELECT min(c.account) FROM smsengage.contact_point c) AS name
		UNION ALL
		SELECT (SELECT min(c.account) FROM smsengage.contact_point c WHERE c.account > k.name) FROM known k WHERE k.name IS NOT NULL
	)
	SELECT k.name FROM known k WHERE k.name IS NOT NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.contact_accounts() IS 'The accounts that have contact points. Used by messages_sent(), whose look-ups begin with the account.';
