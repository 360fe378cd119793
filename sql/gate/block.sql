-- The block list: a set of records, each from one event. Nothing shortens a
-- record; the longest one that holds wins when it is read.

CREATE FUNCTION smsengage_internal.block_end(block_interval interval, blocked_at timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN block_interval IS NULL THEN CAST('infinity' AS timestamptz)
		WHEN NOT pg_catalog.isfinite(blocked_at) THEN blocked_at
		ELSE pg_catalog.timezone('UTC', pg_catalog.timezone('UTC', blocked_at) OPERATOR(pg_catalog.+) block_interval) END;
END;
COMMENT ON FUNCTION smsengage_internal.block_end(interval, timestamptz) IS 'When an interval from this moment ends, by the calendar of UTC; infinity for NULL. Used by block_expiry() and the block list.';

-- Reading

CREATE FUNCTION smsengage.blocks_at(at timestamptz, for_recipient text DEFAULT NULL)
RETURNS TABLE (recipient text, account text, code integer, blocked_at timestamptz, expires_at timestamptz, scope text, deletable boolean, source text, reason text, event_key bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
BEGIN
	-- two statements, as one plan would not use the index for one number
	IF for_recipient IS NOT NULL THEN
		RETURN QUERY
		SELECT b.recipient, b.account, b.code, b.blocked_at, b.expires_at, b.scope, b.deletable, b.source, b.reason, b.event_key
		FROM smsengage_internal.block_accounts() a
		JOIN smsengage.block b ON b.account = a
		WHERE b.recipient = for_recipient AND b.blocked_at <= at AND (growing IS NULL OR b.code <> ALL (growing))
			AND NOT (b.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at BETWEEN b.blocked_at AND at));
	ELSE
		RETURN QUERY
		SELECT b.recipient, b.account, b.code, b.blocked_at, b.expires_at, b.scope, b.deletable, b.source, b.reason, b.event_key
		FROM smsengage.block b
		WHERE b.blocked_at <= at AND (growing IS NULL OR b.code <> ALL (growing))
			AND NOT (b.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at BETWEEN b.blocked_at AND at));
	END IF;
	IF growing IS NOT NULL THEN
		RETURN QUERY SELECT g.* FROM smsengage_internal.growing_blocks(at, for_recipient, growing) g;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.blocks_at(timestamptz, text) IS 'The records, of one number or of all, that began up to this moment and had not been removed by then; expires_at with growth. A record holds while at < expires_at and its scope is not none.';

CREATE FUNCTION smsengage_internal.growing_blocks(at timestamptz, for_recipient text, codes integer[])
RETURNS TABLE (recipient text, account text, code integer, blocked_at timestamptz, expires_at timestamptz, scope text, deletable boolean, source text, reason text, event_key bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH own AS (
		SELECT b.*, p.block_interval, p.growth, p.max_interval,
			CASE b.scope WHEN 'local' THEN b.account END AS whose
		FROM smsengage.block b
		CROSS JOIN LATERAL (
			SELECT v.block_interval, v.growth, v.max_interval
			FROM smsengage.block_policy v
			WHERE v.code = b.code AND v.valid_from <= b.blocked_at
			ORDER BY v.valid_from DESC
			LIMIT 1) p
		WHERE b.code = ANY (codes) AND b.blocked_at <= at AND (for_recipient IS NULL OR b.recipient = for_recipient)
			AND NOT (b.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at BETWEEN b.blocked_at AND at))
	), apart AS (
		SELECT o.*, (o.blocked_at >= lag(o.expires_at) OVER w)::integer AS another
		FROM own o
		WINDOW w AS (PARTITION BY o.recipient, o.code, o.whose ORDER BY o.blocked_at, o.event_key)
	), counted AS (
		SELECT a.*, sum(a.another) OVER (PARTITION BY a.recipient, a.code, a.whose ORDER BY a.blocked_at, a.event_key) AS before
		FROM apart a
	)
	SELECT c.recipient, c.account, c.code, c.blocked_at,
		CASE WHEN c.growth = 1 OR coalesce(c.before, 0) = 0 THEN c.expires_at
			ELSE smsengage_internal.block_end(least(c.max_interval, c.block_interval * least(c.growth ^ least(c.before, 30), 1000000)::double precision), c.blocked_at) END,
		c.scope, c.deletable, c.source, c.reason, c.event_key
	FROM counted c;
END
$$;
COMMENT ON FUNCTION smsengage_internal.growing_blocks(timestamptz, text, integer[]) IS 'The records of codes whose policy grows: the interval is multiplied once for each earlier block of the number and code (of the account where it is local). Failures within one interval, such as the parts of a message, are one block. A function of the set of records, so that their order of arrival does not matter. Used by blocks_at().';

CREATE FUNCTION smsengage.block_expiry(code integer, blocked_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expiry timestamptz;
BEGIN
	SELECT smsengage_internal.block_end(p.block_interval, block_expiry.blocked_at) INTO expiry
	FROM smsengage.block_policy p
	WHERE p.code = block_expiry.code AND p.valid_from <= block_expiry.blocked_at
	ORDER BY p.valid_from DESC
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = format('no block policy has the code %s', code),
			HINT = 'The table block_policy holds the codes.';
	END IF;
	RETURN expiry;
END
$$;
COMMENT ON FUNCTION smsengage.block_expiry(integer, timestamptz) IS 'When a first block of this code that begins at this moment ends, by the policy of that moment: the first moment that is free. The moment itself where the policy never blocks, infinity where it blocks for ever. Raises 22023 for a code without a policy.';

CREATE FUNCTION smsengage.is_blocked(recipient text, account text DEFAULT NULL, at timestamptz DEFAULT now())
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asked text := smsengage_internal.asked_account(account);
	numbers text[] := smsengage_internal.numbers_asked(recipient, coalesce(asked, smsengage_internal.ruled_account(account)), at);
BEGIN
	RETURN EXISTS (
		SELECT FROM unnest(numbers) n
		CROSS JOIN LATERAL smsengage_internal.blocks_for(smsengage_internal.spellings_of(n), asked, is_blocked.at));
END
$$;
COMMENT ON FUNCTION smsengage.is_blocked(text, text, timestamptz) IS 'Whether a block of the number held for the account at this moment, past or present: by the records that began up to then and had not been removed by then, of the account itself and global ones of whatever account, seen or not. The end of a block is outside of it.';

-- Writing: by events only

CREATE FUNCTION smsengage_internal.block_terms(code integer, at timestamptz, OUT expires_at timestamptz, OUT scope text, OUT deletable boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	policy record;
BEGIN
	SELECT v.scope, v.user_deletable, v.block_interval INTO policy
	FROM smsengage.block_policy v
	WHERE v.code = block_terms.code AND v.valid_from <= at
	ORDER BY v.valid_from DESC
	LIMIT 1;
	scope := coalesce(policy.scope, 'none');
	deletable := coalesce(policy.user_deletable, true);
	expires_at := CASE scope WHEN 'none' THEN at ELSE smsengage_internal.block_end(policy.block_interval, at) END;
END
$$;
COMMENT ON FUNCTION smsengage_internal.block_terms(integer, timestamptz) IS 'What the policy of a code says of a block that begins then: its end, its scope (none without a policy) and whether users may remove it. Used by ingestion and doctor().';
