-- How far a word of consent reaches, and what a question leaves open: what is not
-- stated, or was never met, makes the answer stricter.

CREATE FUNCTION smsengage_internal.scope_at(account text, at timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((
		SELECT c.scope FROM smsengage.consent_scope c
		WHERE c.account IN ('', scope_at.account) AND c.valid_from <= at
		ORDER BY c.account DESC, c.valid_from DESC
		LIMIT 1), 'account');
END
$$;
COMMENT ON FUNCTION smsengage_internal.scope_at(text, timestamptz) IS 'How far an opt-out that was said to an account reaches at a moment: sender, account or everywhere. Used by scope_of_consent().';

CREATE FUNCTION smsengage_internal.scope_of_consent(account text, said timestamptz, at timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	scopes text[] := ARRAY[smsengage_internal.scope_at(account, said), smsengage_internal.scope_at(account, at)];
BEGIN
	RETURN CASE WHEN 'everywhere' = ANY (scopes) THEN 'everywhere' WHEN 'account' = ANY (scopes) THEN 'account' ELSE 'sender' END;
END
$$;
COMMENT ON FUNCTION smsengage_internal.scope_of_consent(text, timestamptz, timestamptz) IS 'The wider scope of those in force when an opt-out was said and when it is asked for. Used by subscription_state() and can_send_all().';

CREATE FUNCTION smsengage_internal.scopes_of_consent(accounts text[], at timestamptz)
RETURNS TABLE (account text, since timestamptz, until timestamptz, scope text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
BEGIN
	RETURN QUERY
	SELECT a, v.valid_from, lead(v.valid_from, 1, 'infinity') OVER (PARTITION BY a ORDER BY v.valid_from),
		CASE WHEN scoped THEN smsengage_internal.scope_of_consent(a, v.valid_from, at) ELSE 'account' END
	FROM unnest(accounts) a
	CROSS JOIN LATERAL (
		SELECT '-infinity'::timestamptz
		UNION
		SELECT c.valid_from FROM smsengage.consent_scope c WHERE c.account IN ('', a)
	) v(valid_from);
END
$$;
COMMENT ON FUNCTION smsengage_internal.scopes_of_consent(text[], timestamptz) IS 'scope_of_consent() of these accounts at a moment, for what was said in [since, until). Used by people_by_consent().';

CREATE FUNCTION smsengage_internal.asked_account(account text)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF account IS NULL OR account = '' THEN
		RETURN NULL;
	END IF;
	IF row_security_active('smsengage.subscription') AND NOT smsengage.acts_for('read', account) THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'this role may not read the account',
			HINT = 'Without an account, the answer is the strictest of those that it may read.';
	END IF;
	IF EXISTS (SELECT FROM smsengage.series s WHERE s.account = asked_account.account AND s.own)
		OR EXISTS (SELECT FROM smsengage.subscription s WHERE s.account = asked_account.account)
		OR EXISTS (SELECT FROM smsengage.block b WHERE b.account = asked_account.account)
	THEN
		RETURN account;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.asked_account(text) IS 'The account that a question is for; NULL, which is each of them, where none is stated or the store has never met it. Raises 42501 for one that the caller may not read. Used by the gate.';

CREATE FUNCTION smsengage_internal.ruled_account(account text)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one that has rules is not a typing error
	IF account <> '' AND EXISTS (
		SELECT FROM smsengage.quiet_hours q WHERE q.account = ruled_account.account
		UNION ALL
		SELECT FROM smsengage.country_rule r WHERE r.account = ruled_account.account
		UNION ALL
		SELECT FROM smsengage.content_rule r WHERE r.account = ruled_account.account
		UNION ALL
		SELECT FROM smsengage.account_country c WHERE c.account = ruled_account.account)
	THEN
		RETURN account;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.ruled_account(text) IS 'The account whose rules about texts, countries, quiet hours and ways of writing numbers a question is for that asked_account() does not know; NULL, which is each of them, where it has none. Used by the gate.';

CREATE FUNCTION smsengage_internal.asked_senders(account text, sender text, at timestamptz)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key text := smsengage_internal.sender_key(sender);
	known boolean;
	pooled boolean;
	senders text[] := ARRAY[key];
BEGIN
	IF key = '' THEN
		RETURN NULL;
	END IF;
	-- where nothing hangs on a sender, it need not be known
	SELECT NOT EXISTS (SELECT FROM smsengage.consent_scope c WHERE c.scope = 'sender') AND NOT EXISTS (SELECT FROM smsengage.frequency_cap f WHERE f.sender <> ''),
		EXISTS (SELECT FROM smsengage.sender_pool)
	INTO known, pooled;
	IF pooled THEN
		senders := smsengage_internal.pool_of(account, senders, at);
		known := known OR EXISTS (
			SELECT FROM smsengage.sender_pool p
			WHERE key IN (p.pool, p.sender) AND (asked_senders.account IS NULL OR p.account IN ('', asked_senders.account)));
	END IF;
	IF known
		OR EXISTS (SELECT FROM smsengage.frequency_cap f WHERE f.sender = key AND f.account IN ('', coalesce(asked_senders.account, f.account)))
		OR EXISTS (SELECT FROM smsengage.outcome_tally o WHERE smsengage_internal.sender_key(o.sender_id) = key AND o.account = coalesce(asked_senders.account, o.account))
		OR EXISTS (SELECT FROM smsengage.subscription s WHERE s.sender = key AND s.account = coalesce(asked_senders.account, s.account))
	THEN
		RETURN senders;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.asked_senders(text, text, timestamptz) IS 'The sender that a question is for, as sender_key() writes it, with all of its pool; NULL, which is each of them, where none is stated, or one that is in no pool, no message of the account came from and nobody has spoken to. Used by the gate.';

CREATE FUNCTION smsengage_internal.accounts_for_all(accounts text[])
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT a FROM unnest(smsengage_internal.consent_accounts(NULL, true)) a
		WHERE a <> ALL (accounts) AND (a = '' OR EXISTS (SELECT FROM smsengage.consent_scope c WHERE c.account IN ('', a) AND c.scope = 'everywhere')));
END
$$;
COMMENT ON FUNCTION smsengage_internal.accounts_for_all(text[]) IS 'The accounts beside the given ones whose opt-outs may hold for every account. Used by opt_outs_of_others() and moments_of_others().';

CREATE FUNCTION smsengage_internal.opt_outs_of_others(numbers text[], at timestamptz, accounts text[])
RETURNS TABLE (recipient text, event_time timestamptz, nobody boolean)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	others text[] := smsengage_internal.accounts_for_all(accounts);
	spelled record;
BEGIN
	SELECT array_agg(o.number) AS numbers, array_agg(o.spelling) AS spellings INTO spelled
	FROM smsengage_internal.other_spellings(numbers) o;
	RETURN QUERY
	WITH said AS MATERIALIZED (
		SELECT c.recipient, c.account, c.sender, c.state, c.event_time
		FROM smsengage.consent_entry c
		WHERE c.recipient = ANY (numbers) AND c.event_time <= at AND c.account = ANY (others)
		UNION ALL
		SELECT o.number, c.account, c.sender, c.state, c.event_time
		FROM unnest(spelled.numbers, spelled.spellings) o(number, spelling)
		JOIN smsengage.consent_entry c ON c.recipient = o.spelling
		WHERE c.event_time <= at AND c.account = ANY (others)
	)
	SELECT p.recipient, max(p.event_time), p.account = ''
	FROM said p
	WHERE p.state = 'UNSUBSCRIBED' AND (p.account = '' OR smsengage_internal.scope_of_consent(p.account, p.event_time, at) = 'everywhere')
		AND NOT EXISTS (SELECT FROM said w WHERE w.recipient = p.recipient AND w.account = p.account
			AND w.state = 'SUBSCRIBED' AND w.event_time > p.event_time
			AND smsengage_internal.takes_back(w.sender, w.event_time, p.account, p.sender, NULL))
	GROUP BY p.recipient, p.account = '';
END
$$;
COMMENT ON FUNCTION smsengage_internal.opt_outs_of_others(text[], timestamptz, text[]) IS 'The latest opt-outs of these numbers that hold at a moment for every account, of those beside the given ones; nobody: it came without an account. Used by opt_outs_for_all().';

CREATE FUNCTION smsengage_internal.opt_outs_for_all(numbers text[], at timestamptz)
RETURNS TABLE (recipient text, event_time timestamptz, nobody boolean)
AS 'MODULE_PATHNAME', 'sms_opt_outs_for_all' LANGUAGE C STABLE STRICT COST 10000 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.opt_outs_for_all(text[], timestamptz) IS 'Which of these numbers (as normalize_recipient() writes them) had opted out for every account and where the caller does not see it: without an account (nobody), or where the scope of consent is everywhere; whose it is is not said. No row for who may read no account; raises 42501 within functions of indexes, policies and materialized views, which PostgreSQL runs for others. Used by subscription_state() and can_send_all().';

CREATE FUNCTION smsengage_internal.moments_of_others(numbers text[], until timestamptz, accounts text[])
RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	others text[] := smsengage_internal.accounts_for_all(accounts);
BEGIN
	RETURN QUERY
	SELECT c.event_time FROM smsengage.consent_entry c
	WHERE c.account = ANY (others) AND c.event_time <= moments_of_others.until
		AND c.recipient = ANY (numbers || ARRAY(SELECT o.spelling FROM smsengage_internal.other_spellings(numbers) o))
	UNION
	SELECT s.valid_from FROM smsengage.consent_scope s
	WHERE s.account = ANY (others) AND s.valid_from <= moments_of_others.until AND isfinite(s.valid_from)
	UNION
	SELECT p.valid_from FROM smsengage.sender_pool p
	WHERE (p.account = '' OR p.account = ANY (others)) AND p.valid_from <= moments_of_others.until AND isfinite(p.valid_from);
END
$$;
COMMENT ON FUNCTION smsengage_internal.moments_of_others(text[], timestamptz, text[]) IS 'The moments up to one at which opt_outs_of_others() may change. Used by moments_for_all().';

CREATE FUNCTION smsengage_internal.moments_for_all(numbers text[], until timestamptz)
RETURNS SETOF timestamptz
AS 'MODULE_PATHNAME', 'sms_moments_for_all' LANGUAGE C STABLE STRICT COST 10000 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.moments_for_all(text[], timestamptz) IS 'The moments up to one at which opt_outs_for_all() may change, for who may ask that; not why. Used by segment_history().';
