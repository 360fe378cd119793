-- Blocks that hold for every account.

CREATE FUNCTION smsengage_internal.may_block_for_all(account text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_may_block_for_all' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION smsengage_internal.may_block_for_all(text) IS 'Whether a block that is reported for an account at this moment may hold for others: not in submit() by a role that was not granted it (grant_ingest()). Used by ingestion.';

CREATE FUNCTION smsengage_internal.block_scope(scope text, confined boolean)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN confined AND scope OPERATOR(pg_catalog.=) 'global' THEN 'local' ELSE scope END;
END;
COMMENT ON FUNCTION smsengage_internal.block_scope(text, boolean) IS 'The scope of a block whose policy has this scope; confined: reported by who may not block for other accounts. Used by ingestion and doctor().';

CREATE FUNCTION smsengage_internal.block_accounts()
RETURNS SETOF text
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage_internal.store_is_distributed() THEN
		RETURN QUERY SELECT DISTINCT b.account FROM smsengage.block b;
		RETURN;
	END IF;
	-- one look into the key for each
	RETURN QUERY
	WITH RECURSIVE known AS (
		SELECT (SELECT min(b.account) FROM smsengage.block b) AS name
		UNION ALL
		SELECT (SELECT min(b.account) FROM smsengage.block b WHERE b.account > k.name) FROM known k WHERE k.name IS NOT NULL
	)
	SELECT k.name FROM known k WHERE k.name IS NOT NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.block_accounts() IS 'The accounts that have records in the block list. Used by blocks_at(), whose look-ups begin with the account.';

CREATE FUNCTION smsengage_internal.visible_blocks(numbers text[], for_account text, at timestamptz)
RETURNS TABLE (account text, code integer, scope text, deletable boolean, expires_at timestamptz, event_key bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 2
SET search_path = pg_catalog, pg_temp
-- arrays make a plan for each call look cheaper, and planning costs more than the look-ups
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
	-- what came without an account holds for all
	accounts text[] := CASE WHEN for_account IS NULL THEN ARRAY(SELECT a FROM smsengage_internal.block_accounts() a) ELSE ARRAY['', for_account] END;
BEGIN
	RETURN QUERY
	SELECT b.account, b.code, b.scope, b.deletable, b.expires_at, b.event_key
	FROM (
		SELECT o.* FROM smsengage.block o WHERE o.account = ANY (accounts) AND o.recipient = ANY (numbers) AND o.scope = 'local'
		UNION ALL
		SELECT o.* FROM smsengage.block o WHERE o.recipient = ANY (numbers) AND o.scope = 'global') b
	WHERE b.blocked_at <= at AND b.expires_at > at AND (growing IS NULL OR b.code <> ALL (growing))
		AND NOT (b.deletable AND EXISTS (
			SELECT FROM smsengage.unblock u
			WHERE u.account = b.account AND u.recipient = b.recipient AND u.unblocked_at BETWEEN b.blocked_at AND at));
	IF growing IS NOT NULL THEN
		RETURN QUERY
		SELECT g.account, g.code, g.scope, g.deletable, g.expires_at, g.event_key
		FROM unnest(numbers) n
		CROSS JOIN LATERAL smsengage_internal.growing_blocks(at, n, growing) g
		WHERE g.expires_at > at AND (g.scope = 'global' OR g.scope = 'local' AND g.account = ANY (accounts));
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.visible_blocks(text[], text, timestamptz) IS 'The records that block a number under its spellings_of() for an account (NULL: for any) at a moment, of those that the caller may see; expires_at with growth. Used by blocks_for(), unblock() and reports.';

CREATE FUNCTION smsengage_internal.ends_of_global_blocks(numbers text[], at timestamptz)
RETURNS TABLE (recipient text, expires_at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
BEGIN
	IF cardinality(numbers) = 1 THEN
		RETURN QUERY
		SELECT numbers[1], max(v.expires_at) FROM smsengage_internal.visible_blocks(numbers, '', at) v HAVING count(*) > 0;
		RETURN;
	END IF;
	-- planned for the length of the array
	RETURN QUERY EXECUTE $q$
		SELECT b.recipient, max(b.expires_at)
		FROM unnest($1) n
		JOIN smsengage.block b ON b.recipient = n
		WHERE (b.scope = 'global' OR b.scope = 'local' AND b.account = '') AND b.blocked_at <= $2 AND b.expires_at > $2 AND ($3 IS NULL OR b.code <> ALL ($3))
			AND NOT EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE b.deletable AND u.account = b.account AND u.recipient = b.recipient AND u.unblocked_at >= b.blocked_at AND u.unblocked_at <= $2)
		GROUP BY 1
		$q$ USING numbers, at, growing;
	IF growing IS NOT NULL THEN
		RETURN QUERY
		SELECT g.recipient, max(g.expires_at)
		FROM smsengage_internal.growing_blocks(at, NULL, growing) g
		JOIN unnest(numbers) n ON n = g.recipient
		WHERE (g.scope = 'global' OR g.scope = 'local' AND g.account = '') AND g.expires_at > at
		GROUP BY 1;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.ends_of_global_blocks(text[], timestamptz) IS 'When the last block ends, of those that hold for every account and that the caller may see, for each number that has one, as it is spelled; a number may come twice. Used by global_block_ends().';

CREATE FUNCTION smsengage_internal.global_block_ends(numbers text[], at timestamptz)
RETURNS TABLE (recipient text, expires_at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	other record;
BEGIN
	RETURN QUERY SELECT e.* FROM smsengage_internal.ends_of_global_blocks(numbers, at) e;
	SELECT array_agg(o.number) AS numbers, array_agg(o.spelling) AS spellings INTO other
	FROM smsengage_internal.other_spellings(numbers) o;
	IF cardinality(other.numbers) > 0 THEN
		RETURN QUERY
		SELECT o.number, e.expires_at
		FROM unnest(other.numbers, other.spellings) o(number, spelling)
		JOIN smsengage_internal.ends_of_global_blocks(other.spellings, at) e ON e.recipient = o.spelling;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.global_block_ends(text[], timestamptz) IS 'The same under every spelling of the numbers. Used by global_blocks().';

CREATE FUNCTION smsengage_internal.global_blocks(numbers text[], at timestamptz)
RETURNS TABLE (recipient text, expires_at timestamptz)
AS 'MODULE_PATHNAME', 'sms_global_blocks' LANGUAGE C STABLE COST 10000 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.global_blocks(text[], timestamptz) IS 'Which of these numbers (as normalize_recipient() writes them) a block holds for every account at a moment, and until when; of whatever account it is, which is not said. A number may come twice. For who may read an account: raises 42501 for others, and within functions of indexes, policies and materialized views, which PostgreSQL runs for others. Used by is_blocked(), can_send() and can_send_all() of a caller who does not see the records of all accounts.';

CREATE FUNCTION smsengage_internal.blocks_for(numbers text[], for_account text, at timestamptz)
RETURNS TABLE (scope text, expires_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT v.scope, v.expires_at FROM smsengage_internal.visible_blocks(numbers, for_account, at) v;
	IF row_security_active('smsengage.block') THEN
		RETURN QUERY SELECT 'global', g.expires_at FROM smsengage_internal.global_blocks(numbers[:1], at) g;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.blocks_for(text[], text, timestamptz) IS 'The scope (global or local) and end of what blocks a number under its spellings_of() for an account at a moment, whoever caused it. Used by is_blocked() and can_send().';
