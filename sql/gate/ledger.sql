-- The ledger of consent: nobody can change an entry unseen.

-- The ledger

CREATE FUNCTION smsengage_internal.consent_digest(salt uuid, recipient text, account text, sender text, state text, event_time timestamptz, event_key bigint, source text, evidence text)
RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(' ', salt,
		smsengage_internal.content_digest(recipient, account, sender, state, smsengage_internal.iso_time(event_time), CAST(event_key AS text), source, evidence),
		salt), 'UTF8'));
END;
COMMENT ON FUNCTION smsengage_internal.consent_digest(uuid, text, text, text, text, timestamptz, bigint, text, text) IS 'Digest of a consent entry: SHA-256 over the salt, content_digest() of the columns, and the salt again, as text with blanks between. Without the salt it cannot be guessed from number and time. Used by seal_consent() and consent_verify().';

CREATE FUNCTION smsengage_internal.seal_hash(previous bytea, seal_no bigint, sealed_at timestamptz, digests bytea)
RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.sha256(previous OPERATOR(pg_catalog.||)
		pg_catalog.convert_to(pg_catalog.concat_ws(' ', seal_no, smsengage_internal.iso_time(sealed_at)), 'UTF8') OPERATOR(pg_catalog.||) digests);
END;
COMMENT ON FUNCTION smsengage_internal.seal_hash(bytea, bigint, timestamptz, bytea) IS 'Hash of a seal: SHA-256 over the hash before it, number and time as text, and the digests in their order. Used by seal_consent() and consent_verify().';

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
	PERFORM smsengage_internal.check_isolation('seal_consent()');
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
	SELECT this_no, smsengage_internal.consent_digest(c.salt, c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source, c.evidence)
	FROM smsengage.consent_entry c
	WHERE c.seal_no = this_no;
	INSERT INTO smsengage.consent_seal (seal_no, sealed_at, entries, previous, hash)
	SELECT this_no, moment, sealed, coalesce(last.hash, ''::bytea),
		smsengage_internal.seal_hash(coalesce(last.hash, ''::bytea), this_no, moment, string_agg(l.digest, ''::bytea ORDER BY l.digest))
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
	our_account text := smsengage_internal.asked_account(account);
	our_senders text[] := smsengage_internal.asked_senders(our_account, sender, at);
	numbers text[] := smsengage_internal.numbers_asked(recipient, coalesce(our_account, smsengage_internal.ruled_account(account)), at);
	spellings text[] := ARRAY(SELECT s FROM unnest(numbers) n CROSS JOIN LATERAL unnest(smsengage_internal.spellings_of(n)) s);
	verdict record;
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
BEGIN
	SELECT s.state, s.since INTO verdict
	FROM smsengage.subscription_state(recipient, account, sender, at) s;
	RETURN QUERY
	-- first the entries: on a cluster they are elsewhere than ledger and seals
	WITH entry AS MATERIALIZED (
		SELECT c.state, c.event_time, c.event_key, c.source, c.evidence, c.sender, c.seal_no,
			smsengage_internal.consent_digest(c.salt, c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source, c.evidence) AS digest
		FROM smsengage.consent_entry c
		CROSS JOIN LATERAL (SELECT CASE WHEN scoped THEN smsengage_internal.scope_of_consent(c.account, c.event_time, consent_proof.at) ELSE 'account' END AS scope) r
		WHERE c.recipient = ANY (spellings) AND c.event_time <= consent_proof.at
			AND (our_account IS NULL OR c.account IN ('', our_account) OR r.scope = 'everywhere')
			AND (r.scope <> 'sender' OR smsengage_internal.opt_out_reaches(c.sender, c.event_time,
				CASE WHEN c.account = '' THEN our_account ELSE c.account END, our_senders))
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
		SELECT e.seal_no, smsengage_internal.consent_digest(e.salt, e.recipient, e.account, e.sender, e.state, e.event_time, e.event_key, e.source, e.evidence) AS digest
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
		OR c.hash IS DISTINCT FROM smsengage_internal.seal_hash(c.previous, c.seal_no, c.sealed_at, t.digests)
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
