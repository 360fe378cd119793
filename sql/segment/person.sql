-- One person.

-- one person

CREATE FUNCTION smsengage.individual_number(individual_id text)
RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given text := individual_id;
	numbers bigint[];
BEGIN
	numbers := ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = given LIMIT 2);
	IF numbers = '{}' THEN
		numbers := ARRAY(SELECT i.individual_no FROM smsengage.individual i
						 WHERE i.individual_id = 'tel:' || smsengage.normalize_recipient(given) LIMIT 2);
	END IF;
	IF cardinality(numbers) > 1 THEN
		RAISE EXCEPTION USING ERRCODE = 'ambiguous_parameter',
			MESSAGE = 'this id names several people',
			HINT = 'Give the individual_no; the table individual has both.';
	END IF;
	RETURN numbers[1];
END
$$;
COMMENT ON FUNCTION smsengage.individual_number(text) IS 'The number of the person with this id or phone number; NULL if there is none. Raises 42P08 if several people, of different providers or accounts, have it.';

CREATE FUNCTION smsengage.is_member(individual_no bigint, rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_is_member' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION smsengage.is_member(bigint, smsengage.segment_rule, timestamptz, text, boolean) IS 'Whether the rule holds for one person at a moment, by events or tallies. Agrees with segment().';

CREATE FUNCTION smsengage.is_member(individual_id text, rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(smsengage.is_member(smsengage.individual_number(individual_id), rule, at, account, unified), false);
END
$$;
COMMENT ON FUNCTION smsengage.is_member(text, smsengage.segment_rule, timestamptz, text, boolean) IS 'The same for an id or a phone number; false for who is not known. Raises 42P08 for an id that names several people.';

CREATE FUNCTION smsengage.is_member(individual_id text, rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.is_member(individual_id, rule::smsengage.segment_rule, at, account, unified);
END
$$;
COMMENT ON FUNCTION smsengage.is_member(text, text, timestamptz, text, boolean) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.explain_membership(individual_no bigint, rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (no integer, condition text, holds boolean, events bigint, since timestamptz, until timestamptz, first_event timestamptz, last_event timestamptz, next_change timestamptz)
AS 'MODULE_PATHNAME', 'sms_explain_membership' LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000 ROWS 4;
COMMENT ON FUNCTION smsengage.explain_membership(bigint, smsengage.segment_rule, timestamptz, text, boolean) IS 'Why a person is in or out: row 0 is the rule, with the moment at which membership next changes if nothing more happens (NULL: it does not, within a century); then each condition, whether it holds, its window as instants, how many events count in it (periods, for "in K of last N"), and the first and last of them.';

CREATE FUNCTION smsengage.explain_membership(individual_id text, rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (no integer, condition text, holds boolean, events bigint, since timestamptz, until timestamptz, first_event timestamptz, last_event timestamptz, next_change timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000 ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT e.* FROM smsengage.explain_membership(
		coalesce(smsengage.individual_number(individual_id), 0), rule::smsengage.segment_rule, at, account, unified) e;
END
$$;
COMMENT ON FUNCTION smsengage.explain_membership(text, text, timestamptz, text, boolean) IS 'The same for an id or a phone number and a rule as text.';

CREATE FUNCTION smsengage_internal.segment_changes(individual_no bigint, rule smsengage.segment_rule, since timestamptz, account text, unified boolean, until timestamptz)
RETURNS timestamptz[]
AS 'MODULE_PATHNAME', 'sms_segment_changes' LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000;
COMMENT ON FUNCTION smsengage_internal.segment_changes(bigint, smsengage.segment_rule, timestamptz, text, boolean, timestamptz) IS 'The moments in [since, until) at which membership begins and ends, in turn. Used by segment_history().';

CREATE FUNCTION smsengage.segment_history(individual_no bigint, rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS tstzmultirange
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changes timestamptz[] := smsengage_internal.segment_changes(individual_no, rule, since, account, unified, until);
BEGIN
	RETURN coalesce(range_agg(tstzrange(changes[i], coalesce(changes[i + 1], until))), '{}')
	FROM generate_series(1, cardinality(changes), 2) i;
END
$$;
COMMENT ON FUNCTION smsengage.segment_history(bigint, smsengage.segment_rule, timestamptz, timestamptz, text, boolean) IS 'The moments in [since, until) at which the person is a member, as ranges. until may lie ahead: then as if nothing more happened.';

CREATE FUNCTION smsengage.segment_history(individual_id text, rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS tstzmultirange
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.segment_history(coalesce(smsengage.individual_number(individual_id), 0), rule::smsengage.segment_rule, since, until, account, unified);
END
$$;
COMMENT ON FUNCTION smsengage.segment_history(text, text, timestamptz, timestamptz, text, boolean) IS 'The same for an id or a phone number and a rule as text.';
