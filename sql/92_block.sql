-- The block list: a set of records, each from one event.  Nothing shortens a
-- record; the longest one that holds wins when it is read.

CREATE TYPE smsengage.effect_row AS (
	event_time timestamptz,
	event_key bigint,
	account text,
	recipient text,
	kind text,
	code integer,
	sender text,
	source text,
	detail text
);
COMMENT ON TYPE smsengage.effect_row IS 'What an event does to block list or consent. kind: block, unblock, subscribe, unsubscribe, inbound; code: block code, or 1 where detail is the keyword that the provider recognised in a reply; sender: without plus, empty for every sender of the account; source: event, failure, keyword, manual; detail: what was said, or why.';

CREATE FUNCTION smsengage.batch_has_effects(batch smsengage.parsed_batch)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_batch_has_effects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.batch_has_effects(smsengage.parsed_batch) IS 'Whether an event of the batch touches block list or consent. Used by ingest().';

CREATE FUNCTION smsengage.batch_effects(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS SETOF smsengage.effect_row
AS 'MODULE_PATHNAME', 'sms_batch_effects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage.batch_effects(smsengage.parsed_batch, bigint[]) IS 'What the events with these keys do to block list and consent; an event about no number does nothing. Used by ingestion.';

CREATE FUNCTION smsengage.event_effects(provider text, event_type text, status_class smallint, status_code text, status_name text, error_code text, error_text text, sender_id text, message_text text, unsubscribe_source text, unsubscribe_reason text, keyword text DEFAULT NULL,
	OUT kind text, OUT code integer, OUT sender text, OUT source text, OUT detail text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_event_effects_of_columns' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 1;
COMMENT ON FUNCTION smsengage.event_effects(text, text, smallint, text, text, text, text, text, text, text, text, text) IS 'What one stored event does to block list and consent, from its columns: the same that batch_effects() said when it came in. Used by stored_effects().';

CREATE FUNCTION smsengage.sender_key(sender text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_sender_key_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.sender_key(text) IS 'The form in which senders are compared: without a leading plus; empty for NULL. Used by consent and keywords.';

CREATE FUNCTION smsengage.block_end(block_interval interval, blocked_at timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN block_interval IS NULL THEN CAST('infinity' AS timestamptz)
		WHEN NOT pg_catalog.isfinite(blocked_at) THEN blocked_at
		ELSE pg_catalog.timezone('UTC', pg_catalog.timezone('UTC', blocked_at) OPERATOR(pg_catalog.+) block_interval) END;
END;
COMMENT ON FUNCTION smsengage.block_end(interval, timestamptz) IS 'When an interval from this moment ends, by the calendar of UTC; infinity for NULL. Used by block_expiry() and the block list.';

CREATE FUNCTION smsengage.block_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.block_policy (
		code integer NOT NULL CONSTRAINT block_policy_code_check CHECK (code BETWEEN 1 AND 9999),
		valid_from timestamptz NOT NULL,
		description text NOT NULL,
		block_interval interval CONSTRAINT block_policy_block_interval_check CHECK (block_interval >= interval '0'),
		scope text COLLATE "C" NOT NULL CONSTRAINT block_policy_scope_check CHECK (scope IN ('global', 'local', 'none')),
		user_deletable boolean NOT NULL DEFAULT true,
		growth numeric NOT NULL DEFAULT 1 CONSTRAINT block_policy_growth_check CHECK (growth BETWEEN 1 AND 100),
		max_interval interval,
		CONSTRAINT block_policy_max_interval_check CHECK (growth = 1 OR (block_interval IS NOT NULL AND max_interval IS NOT NULL AND max_interval >= block_interval AND block_interval > interval '0')),
		CONSTRAINT block_policy_pkey PRIMARY KEY (code, valid_from)
	);
	INSERT INTO smsengage.block_policy (code, valid_from, description, block_interval, scope, user_deletable)
	SELECT b.code, '-infinity', b.description, b.block_interval, b.scope, b.user_deletable
	FROM smsengage.block_codes() b
	WHERE NOT EXISTS (SELECT FROM smsengage.block_policy p WHERE p.code = b.code AND p.valid_from = '-infinity')
	ON CONFLICT DO NOTHING;

	CREATE TABLE IF NOT EXISTS smsengage.block (
		blocked_at timestamptz NOT NULL,
		expires_at timestamptz NOT NULL,
		event_key bigint NOT NULL,
		code integer NOT NULL,
		deletable boolean NOT NULL,
		confined boolean NOT NULL DEFAULT false,
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		scope text COLLATE "C" NOT NULL,
		source text COLLATE "C" NOT NULL,
		reason text,
		CONSTRAINT block_pkey PRIMARY KEY (account, recipient, blocked_at, event_key)
	);
	-- those of every account are asked for by number
	CREATE INDEX IF NOT EXISTS block_global_idx ON smsengage.block (recipient, blocked_at) WHERE scope = 'global';

	CREATE TABLE IF NOT EXISTS smsengage.unblock (
		unblocked_at timestamptz NOT NULL,
		event_key bigint NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		reason text,
		CONSTRAINT unblock_pkey PRIMARY KEY (account, recipient, unblocked_at, event_key)
	);

	PERFORM smsengage.describe('smsengage.block_policy', 'How long a failure of which kind blocks a number, and for whom; versions by valid_from, read at the time of the event. Filled with the ten codes EngageLab publishes; edit by adding a row with a later valid_from. A row that reaches back takes effect on earlier events by rebuild_blocks().', $c$
		code: Block code; 500 to 590 are EngageLab's, others may be added for blocks by hand
		valid_from: From when on this version holds; -infinity for the defaults
		description: Kind of failure
		block_interval: How long it blocks, in time of UTC; 0: it is recorded and never blocks; NULL: for ever
		scope: global: for every account; local: for the account it happened to; none: never blocks
		user_deletable: Whether the account it came from may remove it with unblock()
		growth: Factor for each block of the same code that this number had before; 1: none
		max_interval: Limit of a grown interval$c$);
	PERFORM smsengage.describe('smsengage.block', 'Every block ever recorded, one row per event; nothing is removed or shortened. Read it with is_blocked() or the view block_list.', $c$
		blocked_at: When the block began: the time of the failure, or the one given to add_block()
		expires_at: First moment that is free again, before growth; the same as blocked_at where the policy never blocks
		event_key: The event that caused it, together with blocked_at
		code: Block code
		deletable: Whether the account it came from may remove it
		confined: Reported by a role that may not block for other accounts (see grant_ingest()): local, also where the policy says global
		recipient: The blocked number
		account: The account it came from
		scope: global, local or none, by the policy at the time and by who reported it
		source: event: a failure or the provider's own list; manual: by hand
		reason: What the provider or person said$c$);
	PERFORM smsengage.describe('smsengage.unblock', 'When accounts removed their records of a number: records that began up to then no longer hold from then on.', $c$
		unblocked_at: From when on the records do not hold
		event_key: The event, together with unblocked_at
		recipient: The number
		account: Whose records were removed
		reason: Why$c$);
END
$$;
COMMENT ON FUNCTION smsengage.block_tables() IS 'Makes the tables of the block list that are missing, with the default policies. Used by gate_tables().';

CREATE FUNCTION smsengage.block_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.block_list WITH (security_invoker = true) AS
	SELECT b.recipient AS mobile_number,
		b.blocked_at AS interception_time,
		b.expires_at AS expiration_time,
		b.reason,
		b.code,
		p.description,
		b.scope,
		b.account,
		b.source,
		b.expires_at > now() AND b.blocked_at <= now() AND b.scope <> 'none' AS is_active,
		CASE WHEN b.scope = 'none' OR b.expires_at <= now() THEN 0
			WHEN isfinite(b.expires_at) THEN ceil(extract(epoch FROM b.expires_at - now()))::bigint END AS remaining_seconds,
		b.deletable AS user_deletable
	FROM (
		SELECT k.recipient, k.account, k.code, k.blocked_at, k.expires_at, k.scope, k.deletable, k.source, k.reason
		FROM smsengage.block k
		WHERE k.code NOT IN (SELECT g.code FROM smsengage.block_policy g WHERE g.growth > 1)
			AND NOT (k.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = k.recipient AND u.account = k.account AND u.unblocked_at BETWEEN k.blocked_at AND now()))
		UNION ALL
		SELECT g.recipient, g.account, g.code, g.blocked_at, g.expires_at, g.scope, g.deletable, g.source, g.reason
		FROM smsengage.growing_blocks(now(), NULL, ARRAY(SELECT g.code FROM smsengage.block_policy g WHERE g.growth > 1)) g) b
	LEFT JOIN LATERAL (
		SELECT v.description
		FROM smsengage.block_policy v
		WHERE v.code = b.code AND v.valid_from <= b.blocked_at
		ORDER BY v.valid_from DESC
		LIMIT 1) p ON true;
	PERFORM smsengage.describe('smsengage.block_list', 'EngageLab''s block list: every record that has not been removed, also those that have expired or never block.', $c$
		mobile_number: Intercepted mobile number
		interception_time: Sending from this time on is intercepted
		expiration_time: Sending from this time on returns to normal; infinity: never
		reason: Details of the sending result that the provider gave, or why it was blocked by hand
		code: Block code
		description: Kind of failure that the code means
		scope: global: for every account; local: for the source account only; none: recorded, never blocks
		account: Source account
		source: event or manual
		is_active: Whether it blocks now
		remaining_seconds: How long it still blocks; 0 if it does not, NULL if for ever
		user_deletable: Whether the source account may remove it with unblock()$c$);
END
$$;
COMMENT ON FUNCTION smsengage.block_views() IS 'Makes or replaces the view block_list. Used by gate_tables().';

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
		FROM smsengage.block_accounts() a
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
		RETURN QUERY SELECT g.* FROM smsengage.growing_blocks(at, for_recipient, growing) g;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.blocks_at(timestamptz, text) IS 'The records, of one number or of all, that began up to this moment and had not been removed by then; expires_at with growth. A record holds while at < expires_at and its scope is not none.';

CREATE FUNCTION smsengage.growing_blocks(at timestamptz, for_recipient text, codes integer[])
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
			ELSE smsengage.block_end(least(c.max_interval, c.block_interval * least(c.growth ^ least(c.before, 30), 1000000)::double precision), c.blocked_at) END,
		c.scope, c.deletable, c.source, c.reason, c.event_key
	FROM counted c;
END
$$;
COMMENT ON FUNCTION smsengage.growing_blocks(timestamptz, text, integer[]) IS 'The records of codes whose policy grows: the interval is multiplied once for each earlier block of the number and code (of the account where it is local). Failures within one interval, such as the parts of a message, are one block. A function of the set of records, so that their order of arrival does not matter. Used by blocks_at().';

CREATE FUNCTION smsengage.block_expiry(code integer, blocked_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expiry timestamptz;
BEGIN
	SELECT smsengage.block_end(p.block_interval, block_expiry.blocked_at) INTO expiry
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
BEGIN
	RETURN EXISTS (
		SELECT FROM smsengage.blocks_for(smsengage.normalize_recipient(is_blocked.recipient), smsengage.asked_account(is_blocked.account), is_blocked.at));
END
$$;
COMMENT ON FUNCTION smsengage.is_blocked(text, text, timestamptz) IS 'Whether a block of the number held for the account at this moment, past or present: by the records that began up to then and had not been removed by then, of the account itself and global ones of whatever account, seen or not. The end of a block is outside of it.';

-- Writing: by events only

CREATE FUNCTION smsengage.block_terms(code integer, at timestamptz, OUT expires_at timestamptz, OUT scope text, OUT deletable boolean)
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
	expires_at := CASE scope WHEN 'none' THEN at ELSE smsengage.block_end(policy.block_interval, at) END;
END
$$;
COMMENT ON FUNCTION smsengage.block_terms(integer, timestamptz) IS 'What the policy of a code says of a block that begins then: its end, its scope (none without a policy) and whether users may remove it. Used by ingestion and doctor().';

CREATE FUNCTION smsengage.store_effects(effects smsengage.effect_row[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kinds text[] := (SELECT array_agg(DISTINCT e.kind) FROM unnest(effects) e);
	confined text[];
BEGIN
	IF 'block' = ANY (kinds) THEN
		-- OFFSET 0: asked once for an account
		confined := ARRAY(
			SELECT a.account FROM (SELECT DISTINCT e.account FROM unnest(effects) e WHERE e.kind = 'block' OFFSET 0) a
			WHERE NOT smsengage.may_block_for_all(a.account));
		INSERT INTO smsengage.block (recipient, blocked_at, event_key, account, code, expires_at, scope, deletable, confined, source, reason)
		SELECT e.recipient, e.event_time, e.event_key, e.account, e.code,
			t.expires_at, smsengage.block_scope(t.scope, e.account = ANY (confined)), t.deletable, e.account = ANY (confined), e.source, e.detail
		FROM unnest(effects) e
		CROSS JOIN LATERAL smsengage.block_terms(e.code, e.event_time) t
		WHERE e.kind = 'block'
		ORDER BY e.account COLLATE "C", e.recipient COLLATE "C", e.event_time, e.event_key
		ON CONFLICT DO NOTHING;
	END IF;
	IF 'unblock' = ANY (kinds) THEN
		INSERT INTO smsengage.unblock (recipient, account, unblocked_at, event_key, reason)
		SELECT e.recipient, e.account, e.event_time, e.event_key, e.detail
		FROM unnest(effects) e
		WHERE e.kind = 'unblock'
		ORDER BY e.account COLLATE "C", e.recipient COLLATE "C", e.event_time, e.event_key
		ON CONFLICT DO NOTHING;
	END IF;
	IF kinds && ARRAY['subscribe', 'unsubscribe', 'inbound'] THEN
		PERFORM smsengage.store_consent(effects);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.store_effects(smsengage.effect_row[]) IS 'Records what events do to block list and consent; the same again changes nothing. Used by ingest() and the rebuild functions.';

CREATE FUNCTION smsengage.stored_effects(since timestamptz, until timestamptz)
RETURNS SETOF smsengage.effect_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.event_time, e.event_key, e.account, e.recipient, f.kind, f.code, f.sender, f.source, f.detail
	FROM smsengage.event e
	CROSS JOIN LATERAL smsengage.event_effects(e.provider, e.event_type, e.status_class, e.status_code, e.status_name,
		e.error_code, e.error_text, e.sender_id, e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.keyword) f
	WHERE e.event_time >= since AND e.event_time < until AND e.recipient <> ''
		AND (e.status_class IN (3, 7, 8) OR e.error_code IS NOT NULL OR e.event_type IN ('BLOCK', 'UNBLOCK', 'SUBSCRIBE', 'UNSUBSCRIBE', 'REPLY'));
END
$$;
COMMENT ON FUNCTION smsengage.stored_effects(timestamptz, timestamptz) IS 'What the stored events from since up to, not including, until do to block list and consent. Used by the rebuild functions.';

CREATE FUNCTION smsengage.rebuild_effects(kinds text[], since timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day timestamptz := since;
	last timestamptz := (SELECT max(e.event_time) FROM smsengage.event e);
	next_day timestamptz;
BEGIN
	-- by day, so that memory stays bounded; days without events are jumped over
	WHILE day <= last LOOP
		next_day := (timezone('UTC', day)::date + 1)::timestamp AT TIME ZONE 'UTC';
		PERFORM smsengage.store_effects(
			ARRAY(SELECT s FROM smsengage.stored_effects(day, next_day) s WHERE s.kind = ANY (kinds)));
		day := (SELECT min(e.event_time) FROM smsengage.event e WHERE e.event_time >= next_day);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_effects(text[], timestamptz) IS 'Records the effects of these kinds of all stored events since a moment. Used by rebuild_blocks() and rebuild_subscriptions().';

CREATE FUNCTION smsengage.rebuild_blocks()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	horizon timestamptz := (SELECT min(e.event_time) FROM smsengage.event e);
	kept record;
BEGIN
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.block, smsengage.unblock IN SHARE ROW EXCLUSIVE MODE;
	-- who reported a block stands here only
	SELECT array_agg(b.account) AS accounts, array_agg(b.recipient) AS recipients, array_agg(b.blocked_at) AS times, array_agg(b.event_key) AS keys
	INTO kept
	FROM smsengage.block b
	WHERE b.confined AND b.blocked_at >= horizon;
	DELETE FROM smsengage.block b WHERE b.blocked_at >= horizon;
	DELETE FROM smsengage.unblock u WHERE u.unblocked_at >= horizon;
	PERFORM smsengage.rebuild_effects(ARRAY['block', 'unblock'], horizon);
	UPDATE smsengage.block b SET confined = true, scope = smsengage.block_scope(b.scope, true)
	FROM unnest(kept.accounts, kept.recipients, kept.times, kept.keys) k(account, recipient, blocked_at, event_key)
	WHERE b.account = k.account AND b.recipient = k.recipient AND b.blocked_at = k.blocked_at AND b.event_key = k.event_key;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_blocks() IS 'Makes the block list anew from the stored events and the policies; records older than the first stored event stay, and so does what is known of who reported a block (confined). Ingestion of failures waits meanwhile.';

CREATE FUNCTION smsengage.ingest_native(event jsonb, account text)
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
COMMENT ON FUNCTION smsengage.ingest_native(jsonb, text) IS 'Stores one native event; raises 22023 with the reason where ingest() would reject it, 42501 for who does not act for the account. Used by what is done by hand.';

CREATE FUNCTION smsengage.iso_time(at timestamptz)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.to_char(pg_catalog.timezone('UTC', at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END;
COMMENT ON FUNCTION smsengage.iso_time(timestamptz) IS 'A moment as native events write it: ISO 8601, UTC, microseconds. Used by what is done by hand.';

CREATE FUNCTION smsengage.add_block(recipient text, code integer, account text DEFAULT '', at timestamptz DEFAULT now(), reason text DEFAULT NULL)
RETURNS timestamptz
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expiry timestamptz := smsengage.block_expiry(code, at);
	number text := smsengage.normalize_recipient(recipient);
BEGIN
	IF coalesce(number, '') = '' OR code IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient, code and time must not be null or empty';
	END IF;
	PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', 'BLOCK', 'event_time', smsengage.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
		'error_code', code::text, 'error_text', reason,
		'event_id', smsengage.content_digest('BLOCK', coalesce(account, ''), number, code::text, smsengage.iso_time(at))::text)),
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
	number text := smsengage.normalize_recipient(recipient);
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
	FROM smsengage.visible_blocks(number, coalesce(unblock.account, ''), unblock.at) b;
	IF own = 0 AND fixed > 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'this block cannot be removed by users',
			DETAIL = 'The policy of its code says so.';
	END IF;
	IF own = 0 AND EXISTS (SELECT FROM smsengage.blocks_for(number, coalesce(unblock.account, ''), unblock.at)) THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'the block comes from another account',
			DETAIL = 'An account can remove its own records only.',
			HINT = 'Ask the operator of the database, once the number is known to work.';
	END IF;
	IF own > 0 THEN
		PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
			'event_type', 'UNBLOCK', 'event_time', smsengage.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
			'error_text', reason,
			'event_id', smsengage.content_digest('UNBLOCK', coalesce(account, ''), number, smsengage.iso_time(at))::text)),
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
			CROSS JOIN LATERAL smsengage.event_effects(e.provider, e.event_type, e.status_class, e.status_code, e.status_name,
				e.error_code, e.error_text, e.sender_id, e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.keyword) f
			WHERE f.kind = 'block' AND f.code = code AND e.recipient <> '' AND e.event_type <> 'BLOCK'
				AND e.event_time >= smsengage.block_end(-coalesce(block_interval, interval '100 years'), since) AND e.event_time < until
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
				free_from := greatest(free_from, smsengage.block_end(block_interval, step.at));
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
