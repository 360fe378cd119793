-- Pools of senders: one sender under several names.

CREATE FUNCTION smsengage_internal.pool_of(account text, senders text[], at timestamptz)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found text[] := senders;
	more text[];
BEGIN
	-- a sender of two pools joins them
	LOOP
		more := ARRAY(
			SELECT DISTINCT n.name
			FROM (
				SELECT DISTINCT ON (CASE WHEN pool_of.account IS NULL THEN p.account END, p.pool, p.sender) p.pool, p.sender, p.member
				FROM smsengage.sender_pool p
				WHERE (pool_of.account IS NULL OR p.account IN ('', pool_of.account)) AND p.valid_from <= at
				ORDER BY CASE WHEN pool_of.account IS NULL THEN p.account END, p.pool, p.sender, p.account DESC, p.valid_from DESC) v
			CROSS JOIN LATERAL (VALUES (v.pool), (v.sender)) n(name)
			WHERE v.member AND (v.pool = ANY (found) OR v.sender = ANY (found)) AND n.name <> ALL (found));
		EXIT WHEN more = '{}';
		found := found || more;
	END LOOP;
	RETURN found;
END
$$;
COMMENT ON FUNCTION smsengage_internal.pool_of(text, text[], timestamptz) IS 'These senders, as sender_key() writes them, and after them all that are one with them in an account (NULL: in any) at a moment: members and names of their pools. Used by the gate.';

CREATE FUNCTION smsengage_internal.senders_of(account text, sender text, at timestamptz)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key text := smsengage_internal.sender_key(sender);
BEGIN
	IF key = '' THEN
		RETURN NULL;
	END IF;
	IF NOT EXISTS (SELECT FROM smsengage.sender_pool) THEN
		RETURN ARRAY[key];
	END IF;
	RETURN smsengage_internal.pool_of(account, ARRAY[key], at);
END
$$;
COMMENT ON FUNCTION smsengage_internal.senders_of(text, text, timestamptz) IS 'A sender and those that were one with it at a moment, itself first; NULL where none is known. Used for messages.';

CREATE FUNCTION smsengage_internal.opt_out_reaches(sender text, said timestamptz, account text, our_senders text[])
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN our_senders IS NULL OR sender = '' OR sender = ANY (our_senders)
		OR EXISTS (SELECT FROM smsengage.sender_pool) AND sender = ANY (smsengage_internal.pool_of(account, our_senders, said));
END
$$;
COMMENT ON FUNCTION smsengage_internal.opt_out_reaches(text, timestamptz, text, text[]) IS 'Whether what was said to a sender of an account (NULL: of any) is said to one of ours, whose pool is given as it is when it is asked: it is in the pool, or was when it was said. Used by the gate.';

CREATE FUNCTION smsengage_internal.takes_back(sender text, said timestamptz, account text, opted_out_of text, our_senders text[])
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN sender IN ('', opted_out_of)
		OR coalesce(sender = ANY (our_senders) AND opted_out_of <> ALL (our_senders), false)
		OR EXISTS (SELECT FROM smsengage.sender_pool) AND sender = ANY (smsengage_internal.pool_of(account, ARRAY[opted_out_of], said));
END
$$;
COMMENT ON FUNCTION smsengage_internal.takes_back(text, timestamptz, text, text, text[]) IS 'Whether a later opt-in to a sender ends an opt-out of another: it was said to the same pool; or to our own, which the opt-out reaches from outside. That two become one pool ends none. Used by the gate.';
