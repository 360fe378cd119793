-- Consent: what people said about being written to, as entries that are only
-- ever added, and the state that follows from them.

CREATE FUNCTION smsengage.consent_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.keyword (
		account text COLLATE "C" NOT NULL DEFAULT '',
		sender text COLLATE "C" NOT NULL DEFAULT '',
		keyword text COLLATE "C" NOT NULL CONSTRAINT keyword_keyword_check CHECK (btrim(keyword) <> ''),
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		action text COLLATE "C" NOT NULL CONSTRAINT keyword_action_check CHECK (action IN ('STOP', 'START', 'HELP', 'REPLY', 'NONE')),
		reply_group text,
		CONSTRAINT keyword_reply_group_check CHECK (action <> 'REPLY' OR coalesce(reply_group, '') <> ''),
		CONSTRAINT keyword_sender_check CHECK (sender NOT LIKE '+%'),
		CONSTRAINT keyword_pkey PRIMARY KEY (account, sender, keyword, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.keyword_setting (
		account text COLLATE "C" NOT NULL DEFAULT '',
		sender text COLLATE "C" NOT NULL DEFAULT '',
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		defaults boolean NOT NULL DEFAULT true,
		loose boolean NOT NULL DEFAULT false,
		languages text[] NOT NULL DEFAULT '{}',
		by_country boolean NOT NULL DEFAULT false,
		CONSTRAINT keyword_setting_sender_check CHECK (sender NOT LIKE '+%'),
		CONSTRAINT keyword_setting_pkey PRIMARY KEY (account, sender, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.subscription (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		sender text COLLATE "C" NOT NULL,
		state text COLLATE "C" NOT NULL CONSTRAINT subscription_state_check CHECK (state IN ('SUBSCRIBED', 'UNSUBSCRIBED')),
		source text COLLATE "C" NOT NULL,
		CONSTRAINT subscription_pkey PRIMARY KEY (account, recipient, sender)
	);
	-- the gate asks for all that a number has said
	CREATE INDEX IF NOT EXISTS subscription_recipient_idx ON smsengage.subscription (recipient);

	CREATE TABLE IF NOT EXISTS smsengage.consent_entry (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		seal_no bigint,
		salt uuid NOT NULL DEFAULT gen_random_uuid(),
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		sender text COLLATE "C" NOT NULL,
		state text COLLATE "C" NOT NULL,
		source text COLLATE "C" NOT NULL,
		evidence text,
		CONSTRAINT consent_entry_pkey PRIMARY KEY (account, recipient, event_time, event_key)
	);
	CREATE INDEX IF NOT EXISTS consent_entry_keyword_idx ON smsengage.consent_entry (event_time) WHERE source = 'keyword';
	CREATE INDEX IF NOT EXISTS consent_entry_seal_no_idx ON smsengage.consent_entry (event_key) WHERE seal_no IS NULL;

	CREATE TABLE IF NOT EXISTS smsengage.consent_ledger (
		seal_no bigint NOT NULL,
		digest bytea NOT NULL,
		CONSTRAINT consent_ledger_pkey PRIMARY KEY (seal_no, digest)
	);

	CREATE TABLE IF NOT EXISTS smsengage.consent_seal (
		seal_no bigint CONSTRAINT consent_seal_pkey PRIMARY KEY,
		sealed_at timestamptz NOT NULL,
		entries bigint NOT NULL,
		previous bytea NOT NULL,
		hash bytea NOT NULL
	);

	PERFORM smsengage.describe('smsengage.keyword', 'Keywords of accounts and senders, beside or in place of the default ones (see default_keywords()); versions by valid_from, read at the time of the message. The row of the sender goes before that of the account, that before the one for all, that before the defaults.', $c$
		account: Account it holds for; empty: all
		sender: Our number it holds for, without plus; empty: all
		keyword: The word, in any spelling: fold_keyword() of it is compared; the whole message must be the word
		valid_from: From when on this version holds
		action: STOP, START, HELP; REPLY: answered by the group; NONE: an ordinary word, also where it is a default one
		reply_group: Name of the group of replies that a REPLY belongs to$c$);
	PERFORM smsengage.describe('smsengage.keyword_setting', 'How keywords are matched; the row of the sender goes before that of the account, that before the one for all. Without a row: defaults, not loose.', $c$
		account: Account it holds for; empty: all
		sender: Our number it holds for, without plus; empty: all
		valid_from: From when on this version holds
		defaults: Whether the default keywords count as well
		loose: Whether a stop word beside other words is a stop ("Stop please"), as match_keyword() says
		languages: Languages whose default keywords count as well (ISO 639-1); see default_keywords()
		by_country: Whether those of the language of the person''s country do (keyword_language())$c$);
	PERFORM smsengage.describe('smsengage.subscription', 'What each person last said to each sender: the latest entry of consent_entry; at one instant UNSUBSCRIBED wins. Somebody without a row said nothing.', $c$
		event_time: When it was said
		event_key: The event, together with event_time
		recipient: The person's number
		account: Account it was said to
		sender: Our number it was said to, without plus; empty: every sender of the account
		state: SUBSCRIBED or UNSUBSCRIBED
		source: event: the provider says so; keyword: by a keyword in a message; failure: by a failure that means it$c$);
	PERFORM smsengage.describe('smsengage.consent_entry', 'Everything that was said about consent; rows are only added. It outlives the events it came from.', $c$
		event_time: When it was said
		event_key: The event, together with event_time
		seal_no: The seal that holds its digest; NULL until the next seal_consent()
		salt: Key of the digest; without it nobody can tell from the digest what it was made of
		recipient: The person's number
		account: Account it was said to
		sender: Our number it was said to, without plus; empty: every sender of the account
		state: SUBSCRIBED or UNSUBSCRIBED
		source: event, keyword or failure
		evidence: What was said: the text of the message, the reason, the error$c$);
	PERFORM smsengage.describe('smsengage.consent_ledger', 'Keyed digests of the sealed entries. They stay when an entry is erased, and then say nothing of it.', $c$
		seal_no: The seal
		digest: SHA-256 over salt and columns of an entry, see consent_digest()$c$);
	PERFORM smsengage.describe('smsengage.consent_seal', 'The chain of seals: each hash covers the one before it. Whoever keeps a copy of a hash can prove that no entry up to it was changed or added later.', $c$
		seal_no: Number of the seal, from 1
		sealed_at: When it was made
		entries: Number of digests
		previous: Hash of the seal before it; empty for the first
		hash: SHA-256 over previous, number, time and digests, see seal_hash()$c$);
END
$$;
COMMENT ON FUNCTION smsengage.consent_tables() IS 'Makes the tables of keywords and consent that are missing. Used by gate_tables().';

-- Keywords

CREATE FUNCTION smsengage.keyword_row(word text, account text, sender text, at timestamptz, loose boolean, OUT action text, OUT reply_group text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
	SELECT k.action, k.reply_group INTO action, reply_group
	FROM smsengage.keyword k
	CROSS JOIN LATERAL (SELECT smsengage.fold_keyword(k.keyword) AS folded) f
	WHERE k.account IN ('', account) AND k.sender IN ('', sender) AND k.valid_from <= at
		AND (f.folded = word OR loose AND k.action = 'STOP' AND starts_with(word, f.folded || ' '))
	ORDER BY f.folded = word DESC, k.sender DESC, k.account DESC, k.valid_from DESC
	LIMIT 1;
END
$$;
COMMENT ON FUNCTION smsengage.keyword_row(text, text, text, timestamptz, boolean) IS 'What the table keyword says of a folded word at a moment, the row of the sender before that of the account; loose: also of a message that begins with a stop word. NULLs without a row. Used by keyword_action().';

CREATE FUNCTION smsengage.keyword_action(message_text text, sender text DEFAULT '', at timestamptz DEFAULT now(), account text DEFAULT '', recipient text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := coalesce(account, '');
	our_sender text := smsengage.sender_key(sender);
	setting record;
	word text := smsengage.fold_keyword(message_text);
	languages text[];
	found record;
	is_default text;
BEGIN
	IF coalesce(word, '') = '' OR at IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT s.loose, s.defaults, s.languages, s.by_country INTO setting
	FROM smsengage.keyword_setting s
	WHERE s.account IN ('', our_account) AND s.sender IN ('', our_sender) AND s.valid_from <= at
	ORDER BY s.sender DESC, s.account DESC, s.valid_from DESC
	LIMIT 1;

	found := smsengage.keyword_row(word, our_account, our_sender, at, coalesce(setting.loose, false));
	IF found.action IS NULL AND coalesce(setting.defaults, true) THEN
		languages := coalesce(setting.languages, '{}');
		IF setting.by_country THEN
			languages := array_remove(languages || smsengage.keyword_language(recipient), NULL);
		END IF;
		is_default := smsengage.matched_keyword(message_text, coalesce(setting.loose, false), languages);
		-- beside other words it is still the word that a row is about
		IF is_default <> word THEN
			found := smsengage.keyword_row(is_default, our_account, our_sender, at, false);
		END IF;
		IF found.action IS NULL THEN
			RETURN smsengage.match_keyword(message_text, coalesce(setting.loose, false), languages);
		END IF;
	END IF;
	RETURN CASE found.action WHEN 'NONE' THEN NULL WHEN 'REPLY' THEN found.reply_group ELSE found.action END;
END
$$;
COMMENT ON FUNCTION smsengage.keyword_action(text, text, timestamptz, text, text) IS 'What an inbound message asks for at this sender and moment: STOP, START, HELP, or the reply group of a custom keyword; NULL for an ordinary message. The whole message must be the word, as fold_keyword() folds both, in every locale the same; see keyword and keyword_setting for exceptions. recipient: the person, whose country may switch on a language.';

-- Writing: by events only

CREATE FUNCTION smsengage.store_consent(effects smsengage.effect_row[])
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
COMMENT ON FUNCTION smsengage.store_consent(smsengage.effect_row[]) IS 'Adds entries to consent_entry and brings subscription up to date: the latest entry wins, at one instant UNSUBSCRIBED, then the greater key. Used by store_effects().';

CREATE FUNCTION smsengage.rebuild_subscriptions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.subscription IN SHARE ROW EXCLUSIVE MODE;
	PERFORM smsengage.rebuild_effects(ARRAY['subscribe', 'unsubscribe', 'inbound'],
		(SELECT min(e.event_time) FROM smsengage.event e));
	DELETE FROM smsengage.subscription;
	INSERT INTO smsengage.subscription (recipient, account, sender, state, event_time, event_key, source)
	SELECT l.* FROM smsengage.last_entries() l;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_subscriptions() IS 'Adds the entries that stored events ask for and that are missing, and makes subscription anew from all entries. An entry is never taken back, also where a keyword that it came from no longer exists. Ingestion of consent waits meanwhile.';

CREATE FUNCTION smsengage.record_consent(recipient text, subscribed boolean, account text DEFAULT '', sender text DEFAULT '', at timestamptz DEFAULT now(), evidence text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage.normalize_recipient(recipient);
	kind text := CASE WHEN subscribed THEN 'SUBSCRIBE' ELSE 'UNSUBSCRIBE' END;
BEGIN
	IF coalesce(number, '') = '' OR subscribed IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient, consent and time must not be null or empty';
	END IF;
	PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', kind, 'event_time', smsengage.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
		'sender_id', nullif(sender, ''), 'message_text', evidence,
		'event_id', smsengage.content_digest(kind, coalesce(account, ''), number, smsengage.sender_key(sender), smsengage.iso_time(at))::text)),
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
	asked text := smsengage.asked_account(account);
BEGIN
	SELECT s.state, s.since INTO state, since
	FROM smsengage.state_of_consent(smsengage.normalize_recipient(recipient), asked, smsengage.asked_sender(asked, sender), at) s;
END
$$;
COMMENT ON FUNCTION smsengage.subscription_state(text, text, text, timestamptz) IS 'What the person had last said to the account, at a moment, past or present: SUBSCRIBED or UNSUBSCRIBED and since when; NULL if nothing. An opt-out holds as far as consent_scope says, for all senders of the account without a row there, until a later opt-in to its sender, to all senders, or to the one that is asked for; one without an account holds for all. account or sender NULL, or never met: each of them, so any opt-out counts. At one instant UNSUBSCRIBED. Raises 42501 for an account that the caller may not read.';

CREATE FUNCTION smsengage.state_of_consent(number text, our_account text, our_sender text, at timestamptz, OUT state text, OUT since timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
	subscribed timestamptz;
	unseen timestamptz;
BEGIN
	WITH said AS MATERIALIZED (
		SELECT s.account, s.sender, s.state, s.event_time
		FROM smsengage.subscription s
		WHERE s.recipient = number AND s.event_time <= at
		UNION ALL
		SELECT c.account, c.sender, c.state, c.event_time
		FROM smsengage.subscription s
		JOIN smsengage.consent_entry c ON c.recipient = s.recipient AND c.account = s.account AND c.sender = s.sender AND c.event_time <= at
		WHERE s.recipient = number AND s.event_time > at
		UNION ALL
		-- an opt-out outlives the erasure of the number
		SELECT o.account, o.sender, 'UNSUBSCRIBED', o.event_time
		FROM smsengage.forgotten_opt_outs(ARRAY[number], at) o
		WHERE smsengage.any_forgotten_opt_out()
	), reaching AS (
		SELECT w.*, CASE WHEN scoped THEN smsengage.scope_of_consent(w.account, w.event_time, at) ELSE 'account' END AS scope
		FROM said w
	)
	SELECT max(p.event_time) FILTER (WHERE p.state = 'UNSUBSCRIBED' AND NOT EXISTS (
			SELECT FROM said w
			WHERE w.state = 'SUBSCRIBED' AND w.event_time > p.event_time AND (w.account = p.account OR p.account = '' AND w.account = our_account)
				AND w.sender IN ('', p.sender, our_sender))),
		max(p.event_time) FILTER (WHERE p.state = 'SUBSCRIBED')
	INTO since, subscribed
	FROM reaching p
	WHERE (our_account IS NULL OR p.account IN ('', our_account) OR p.scope = 'everywhere' AND p.state = 'UNSUBSCRIBED')
		AND (our_sender IS NULL OR p.sender IN ('', our_sender) OR p.scope <> 'sender');
	IF row_security_active('smsengage.subscription') THEN
		SELECT max(o.event_time) INTO unseen
		FROM smsengage.opt_outs_for_all(ARRAY[number], at) o
		WHERE NOT (o.nobody AND our_account IS NOT NULL AND coalesce(subscribed > o.event_time, false));
		since := greatest(since, unseen);
	END IF;
	state := CASE WHEN since IS NOT NULL THEN 'UNSUBSCRIBED' WHEN subscribed IS NOT NULL THEN 'SUBSCRIBED' END;
	since := coalesce(since, subscribed);
END
$$;
COMMENT ON FUNCTION smsengage.state_of_consent(text, text, text, timestamptz) IS 'subscription_state() of a number as normalize_recipient() writes it, for asked_account() and asked_sender(). Used by subscription_state() and can_send().';

CREATE FUNCTION smsengage.messages_sent(recipient text, account text, sender text, since timestamptz, until timestamptz)
RETURNS TABLE (account_of text, sent_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	people bigint[];
BEGIN
	people := CASE WHEN account IS NULL THEN ARRAY(
		SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = 'tel:' || recipient
		UNION ALL
		SELECT c.individual_no FROM smsengage.contact_accounts() a JOIN smsengage.contact_point c ON c.account = a AND c.recipient = messages_sent.recipient)
	ELSE ARRAY(
		SELECT i.individual_no FROM smsengage.individual i WHERE i.scope = account AND i.individual_id = 'tel:' || recipient
		UNION ALL
		SELECT c.individual_no FROM smsengage.contact_point c WHERE c.account = messages_sent.account AND c.recipient = messages_sent.recipient) END || 0::bigint;
	RETURN QUERY
	SELECT s.account, min(s.sent)
	FROM (
		SELECT e.account, coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END) AS sent,
			e.message_key, e.event_key
		FROM smsengage.event e
		WHERE e.individual_no = ANY (people) AND e.event_time > since AND e.recipient = messages_sent.recipient
			AND (messages_sent.account IS NULL OR e.account = messages_sent.account) AND e.status_class <> 3
			AND (coalesce(messages_sent.sender, '') = '' OR smsengage.sender_key(e.sender_id) = messages_sent.sender)) s
	WHERE s.sent > since AND s.sent <= until
	GROUP BY s.account, s.message_key, CASE WHEN s.message_key IS NULL THEN s.event_key END
	ORDER BY 2;
END
$$;
COMMENT ON FUNCTION smsengage.messages_sent(text, text, text, timestamptz, timestamptz) IS 'When messages went to a number (as normalize_recipient() writes it) from an account (NULL: each) and sender (empty or NULL: each), after since and up to until: one row a message, counted from events that tell when it was sent. Used by can_send().';

CREATE FUNCTION smsengage.contact_accounts()
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
COMMENT ON FUNCTION smsengage.contact_accounts() IS 'The accounts that have contact points. Used by messages_sent(), whose look-ups begin with the account.';

CREATE FUNCTION smsengage.business_days_after(at timestamptz, days integer)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- whole weeks, then the days left over, of which those beyond Friday skip a weekend
	SELECT pg_catalog.timezone('UTC', CAST(b.monday AS timestamp)
		OPERATOR(pg_catalog.+) pg_catalog.make_interval(
			days => (b.weekday + days) / 5 * 7 + (b.weekday + days) % 5)
		OPERATOR(pg_catalog.+) CASE WHEN b.is_weekend THEN '1 day'::interval ELSE b.of_day END)
	FROM (
		SELECT pg_catalog.date_trunc('week', u.utc) AS monday,
			least(CAST(pg_catalog.date_part('isodow', u.utc) AS integer) - 1, 4) AS weekday,
			CAST(pg_catalog.date_part('isodow', u.utc) AS integer) > 5 AS is_weekend,
			u.utc - pg_catalog.date_trunc('day', u.utc) AS of_day
		FROM (SELECT pg_catalog.timezone('UTC', at) AS utc) u) b;
END;
COMMENT ON FUNCTION smsengage.business_days_after(timestamptz, integer) IS 'So many business days, Monday to Friday in UTC, later; what comes in at a weekend counts from Friday''s end. Public holidays are not known here, so that the deadline is never later than the true one. Used by the view open_revocation.';

CREATE FUNCTION smsengage.open_revocations(at timestamptz)
RETURNS TABLE (recipient text, account text, sender text, revoked_at timestamptz, source text, deadline timestamptz, messages_since bigint, last_message_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	-- one by one: messages are found by person and time, and nothing else finds them fast
	FOR recipient, account, sender, revoked_at, source, deadline IN
		SELECT s.recipient, s.account, s.sender, s.event_time, s.source, smsengage.business_days_after(s.event_time, 10)
		FROM smsengage.subscription s
		WHERE s.state = 'UNSUBSCRIBED' AND s.event_time > open_revocations.at - interval '20 days'
			AND smsengage.business_days_after(s.event_time, 10) > open_revocations.at
	LOOP
		SELECT count(*), max(t.sent_at) INTO messages_since, last_message_at
		FROM smsengage.messages_sent(recipient, account, sender, revoked_at, open_revocations.at) t;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.open_revocations(timestamptz) IS 'Opt-outs whose ten business days are not over at a moment, with what went out since. Used by the view open_revocation.';

CREATE FUNCTION smsengage.consent_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.open_revocation WITH (security_invoker = true) AS
	SELECT r.recipient COLLATE "C" AS recipient, r.account COLLATE "C" AS account, r.sender COLLATE "C" AS sender, r.revoked_at, r.source COLLATE "C" AS source, r.deadline,
		ceil(extract(epoch FROM r.deadline - now()) / 3600)::integer AS hours_left,
		r.messages_since, r.last_message_at
	FROM smsengage.open_revocations(now()) r;
	PERFORM smsengage.describe('smsengage.open_revocation', 'Opt-outs whose deadline has not passed: 47 CFR 64.1200(a)(10) gives ten business days to honour a revocation everywhere, and allows one message that confirms it. Public holidays are not known here.', $c$
		recipient: The person's number
		account: Account
		sender: Our number, without plus; empty: every sender of the account
		revoked_at: When the person opted out
		source: event, keyword or failure
		deadline: Ten business days later (Monday to Friday, UTC)
		hours_left: Hours up to the deadline
		messages_since: Messages that went out since then; more than one confirmation is too many
		last_message_at: The last of them$c$);
END
$$;
COMMENT ON FUNCTION smsengage.consent_views() IS 'Makes or replaces the view open_revocation. Used by gate_tables().';

-- The ledger

CREATE FUNCTION smsengage.consent_digest(salt uuid, recipient text, account text, sender text, state text, event_time timestamptz, event_key bigint, source text, evidence text)
RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(' ', salt,
		smsengage.content_digest(recipient, account, sender, state, smsengage.iso_time(event_time), CAST(event_key AS text), source, evidence),
		salt), 'UTF8'));
END;
COMMENT ON FUNCTION smsengage.consent_digest(uuid, text, text, text, text, timestamptz, bigint, text, text) IS 'Digest of a consent entry: SHA-256 over the salt, content_digest() of the columns, and the salt again, as text with blanks between. Without the salt it cannot be guessed from number and time. Used by seal_consent() and consent_verify().';

CREATE FUNCTION smsengage.seal_hash(previous bytea, seal_no bigint, sealed_at timestamptz, digests bytea)
RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.sha256(previous OPERATOR(pg_catalog.||)
		pg_catalog.convert_to(pg_catalog.concat_ws(' ', seal_no, smsengage.iso_time(sealed_at)), 'UTF8') OPERATOR(pg_catalog.||) digests);
END;
COMMENT ON FUNCTION smsengage.seal_hash(bytea, bigint, timestamptz, bytea) IS 'Hash of a seal: SHA-256 over the hash before it, number and time as text, and the digests in their order. Used by seal_consent() and consent_verify().';

CREATE FUNCTION smsengage.seal_consent()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last record;
	this_no bigint;
	sealed bigint;
	moment timestamptz;
BEGIN
	PERFORM smsengage.check_isolation('seal_consent()');
	-- one sealer at a time; writers do not wait, what they add is sealed next time
	LOCK TABLE smsengage.consent_seal IN SHARE ROW EXCLUSIVE MODE;
	moment := clock_timestamp();
	SELECT s.seal_no, s.hash INTO last FROM smsengage.consent_seal s ORDER BY s.seal_no DESC LIMIT 1;
	this_no := coalesce(last.seal_no, 0) + 1;
	UPDATE smsengage.consent_entry c SET seal_no = this_no WHERE c.seal_no IS NULL;
	GET DIAGNOSTICS sealed = ROW_COUNT;
	IF sealed = 0 THEN
		RETURN 0;
	END IF;
	INSERT INTO smsengage.consent_ledger (seal_no, digest)
	SELECT this_no, smsengage.consent_digest(c.salt, c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source, c.evidence)
	FROM smsengage.consent_entry c
	WHERE c.seal_no = this_no;
	INSERT INTO smsengage.consent_seal (seal_no, sealed_at, entries, previous, hash)
	SELECT this_no, moment, sealed, coalesce(last.hash, ''::bytea),
		smsengage.seal_hash(coalesce(last.hash, ''::bytea), this_no, moment, string_agg(l.digest, ''::bytea ORDER BY l.digest))
	FROM smsengage.consent_ledger l
	WHERE l.seal_no = this_no;
	RETURN sealed;
END
$$;
COMMENT ON FUNCTION smsengage.seal_consent() IS 'Seals the consent entries that are not sealed yet: their digests enter the ledger, and a hash over them and the seal before is kept. Returns how many. Called by maintain().';

CREATE FUNCTION smsengage.consent_proof(recipient text, sender text DEFAULT NULL, at timestamptz DEFAULT now(), account text DEFAULT NULL)
RETURNS TABLE (state text, event_time timestamptz, source text, evidence text, applies_to text, decides boolean, seal_no bigint, sealed_at timestamptz, seal_hash text, verified boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	number text := smsengage.normalize_recipient(recipient);
	our_account text := smsengage.asked_account(account);
	our_sender text := smsengage.asked_sender(our_account, sender);
	verdict record := smsengage.state_of_consent(number, our_account, our_sender, at);
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
BEGIN
	RETURN QUERY
	-- first the entries: on a cluster they are elsewhere than ledger and seals
	WITH entry AS MATERIALIZED (
		SELECT c.state, c.event_time, c.event_key, c.source, c.evidence, c.sender, c.seal_no,
			smsengage.consent_digest(c.salt, c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source, c.evidence) AS digest
		FROM smsengage.consent_entry c
		CROSS JOIN LATERAL (SELECT CASE WHEN scoped THEN smsengage.scope_of_consent(c.account, c.event_time, consent_proof.at) ELSE 'account' END AS scope) r
		WHERE c.recipient = number AND c.event_time <= consent_proof.at
			AND (our_account IS NULL OR c.account IN ('', our_account) OR r.scope = 'everywhere')
			AND (our_sender IS NULL OR c.sender IN ('', our_sender) OR r.scope <> 'sender')
	)
	SELECT c.state, c.event_time, c.source, c.evidence, c.sender,
		row_number() OVER (ORDER BY c.state = verdict.state AND c.event_time = verdict.since DESC NULLS LAST, c.event_time DESC, c.state DESC, c.event_key DESC) = 1,
		c.seal_no, s.sealed_at, encode(s.hash, 'hex'),
		CASE WHEN c.seal_no IS NOT NULL THEN l.digest IS NOT NULL END
	FROM entry c
	LEFT JOIN smsengage.consent_seal s ON s.seal_no = c.seal_no
	LEFT JOIN smsengage.consent_ledger l ON l.seal_no = c.seal_no AND l.digest = c.digest
	ORDER BY c.event_time DESC, c.state DESC, c.event_key DESC;
END
$$;
COMMENT ON FUNCTION smsengage.consent_proof(text, text, timestamptz, text) IS 'Everything that the person had said up to a moment and that reaches this sender and account (NULL: any), latest first: state, when, source, the words, which sender it applies to (empty: all); decides marks the entry that counts; verified: the entry is as it was sealed (NULL: not sealed yet). No row: nothing was said.';

CREATE FUNCTION smsengage.consent_verify()
RETURNS TABLE (seal_no bigint, problem text, entries bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH entry AS MATERIALIZED (
		SELECT e.seal_no, smsengage.consent_digest(e.salt, e.recipient, e.account, e.sender, e.state, e.event_time, e.event_key, e.source, e.evidence) AS digest
		FROM smsengage.consent_entry e
		WHERE e.seal_no IS NOT NULL
	), content AS (
		SELECT l.seal_no, count(*) AS n, string_agg(l.digest, ''::bytea ORDER BY l.digest) AS digests
		FROM smsengage.consent_ledger l
		GROUP BY l.seal_no
	), chain AS (
		SELECT s.*, lag(s.hash, 1, ''::bytea) OVER w AS before, row_number() OVER w AS place
		FROM smsengage.consent_seal s
		WINDOW w AS (ORDER BY s.seal_no)
	)
	SELECT c.seal_no, 'a seal before this one is missing', NULL::bigint FROM chain c WHERE c.seal_no <> c.place
		AND NOT EXISTS (SELECT FROM chain b WHERE b.seal_no = c.seal_no - 1)
	UNION ALL
	SELECT c.seal_no, 'does not continue the seal before it', NULL FROM chain c WHERE c.previous <> c.before
	UNION ALL
	SELECT c.seal_no, 'digests or hash were changed', NULL
	FROM chain c
	LEFT JOIN content t ON t.seal_no = c.seal_no
	WHERE t.n IS DISTINCT FROM c.entries
		OR c.hash IS DISTINCT FROM smsengage.seal_hash(c.previous, c.seal_no, c.sealed_at, t.digests)
	UNION ALL
	SELECT t.seal_no, 'digests without a seal', t.n
	FROM content t
	WHERE NOT EXISTS (SELECT FROM smsengage.consent_seal s WHERE s.seal_no = t.seal_no)
	UNION ALL
	SELECT e.seal_no, 'entries were changed or added after the seal', count(*)
	FROM entry e
	WHERE NOT EXISTS (SELECT FROM smsengage.consent_ledger l WHERE l.seal_no = e.seal_no AND l.digest = e.digest)
	GROUP BY e.seal_no
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.consent_verify() IS 'What is wrong with the consent ledger; no row if nothing. An entry that was erased is no fault: its digest stays in the chain.';
