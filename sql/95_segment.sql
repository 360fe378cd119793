-- Segments: rules over the store.

CREATE FUNCTION smsengage.rule_segments(rule smsengage.segment_rule)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'sms_rule_segments' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;
COMMENT ON FUNCTION smsengage.rule_segments(smsengage.segment_rule) IS 'The names of the saved segments that a rule names.';

CREATE FUNCTION smsengage.segment_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.segment_definition (
		name text COLLATE "C" CONSTRAINT segment_definition_pkey PRIMARY KEY,
		rule text NOT NULL,
		description text,
		saved_at timestamptz NOT NULL,
		account text COLLATE "C" NOT NULL DEFAULT ''
	);
	CREATE TABLE IF NOT EXISTS smsengage.individual_link (
		individual_no bigint NOT NULL,
		other_no bigint NOT NULL,
		valid_from timestamptz NOT NULL,
		account text COLLATE "C" NOT NULL,
		CONSTRAINT individual_link_pkey PRIMARY KEY (account, individual_no, other_no)
	);
	PERFORM smsengage.describe('smsengage.segment_definition', 'Saved segments: a rule under a name. In another rule: in segment ''name''.', $c$
		name: Name of the segment
		rule: The rule, in its canonical form
		description: What it is for
		saved_at: When it was saved last
		account: Account whose readers see it; empty: all do$c$);
	PERFORM smsengage.describe('smsengage.individual_link', 'People who are one person. Made by link_individuals() from LINK events; read where unified is asked for.', $c$
		individual_no: The lower number
		other_no: The higher number
		valid_from: Since when they are linked
		account: Account that says so, and in whose segments it holds; empty: in those of every account$c$);
END
$$;
COMMENT ON FUNCTION smsengage.segment_tables() IS 'Makes the tables of segments that are missing. Used by migrate().';

-- sets of people

CREATE FUNCTION smsengage.segment(rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint)
AS 'MODULE_PATHNAME', 'sms_segment' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000;
COMMENT ON FUNCTION smsengage.segment(smsengage.segment_rule, timestamptz, text, boolean) IS 'The people for whom the rule holds at a moment: exact, as the caller''s transaction sees the events. account: only events of this account (NULL: of all that the caller may see). unified: people who are linked, by that account or for all of them (NULL: by any that the caller may see), count as one, shown under the lowest number that has events there. individual_id is the provider''s id, or the phone number of who is known by it alone. Raises 42704 for an unknown segment, 22023 for an unknown time zone, 54001 where saved segments or periods are too many.';

CREATE FUNCTION smsengage.segment(rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint)
AS 'MODULE_PATHNAME', 'sms_segment_text' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000;
COMMENT ON FUNCTION smsengage.segment(text, timestamptz, text, boolean) IS 'The same for a rule as text. Raises 42601 with the position of what cannot be read.';

CREATE FUNCTION smsengage.segment_size(rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_segment_size' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000;
COMMENT ON FUNCTION smsengage.segment_size(smsengage.segment_rule, timestamptz, text, boolean) IS 'How many people segment() would list.';

CREATE FUNCTION smsengage.segment_size(rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_segment_size_text' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000;
COMMENT ON FUNCTION smsengage.segment_size(text, timestamptz, text, boolean) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.segment_overlap(a smsengage.segment_rule, b smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL,
	OUT only_a bigint, OUT both_rules bigint, OUT only_b bigint)
AS 'MODULE_PATHNAME', 'sms_segment_overlap' LANGUAGE C STABLE PARALLEL RESTRICTED COST 200000;
COMMENT ON FUNCTION smsengage.segment_overlap(smsengage.segment_rule, smsengage.segment_rule, timestamptz, text) IS 'For how many people only the first rule holds, both do, only the second does.';

CREATE FUNCTION smsengage.segment_overlap(a text, b text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL,
	OUT only_a bigint, OUT both_rules bigint, OUT only_b bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT o.* INTO only_a, both_rules, only_b
	FROM smsengage.segment_overlap(a::smsengage.segment_rule, b::smsengage.segment_rule, at, account) o;
END
$$;
COMMENT ON FUNCTION smsengage.segment_overlap(text, text, timestamptz, text) IS 'The same for rules as text.';

CREATE FUNCTION smsengage.segment_change(rule smsengage.segment_rule, since timestamptz, at timestamptz, account text)
RETURNS TABLE (individual_id text, individual_no bigint)
AS 'MODULE_PATHNAME', 'sms_segment_change' LANGUAGE C STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000;
COMMENT ON FUNCTION smsengage.segment_change(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who is a member at a moment and is none at another one. Used by entered() and departed(). since must not be null.';

CREATE FUNCTION smsengage.entered(rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule, since, until, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.entered(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who is a member at until and was none at since; segment_history() tells of one person all there was in between.';

CREATE FUNCTION smsengage.entered(rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule::smsengage.segment_rule, since, until, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.entered(text, timestamptz, timestamptz, text) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.departed(rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule, until, since, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.departed(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who was a member at since and is none at until.';

CREATE FUNCTION smsengage.departed(rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule::smsengage.segment_rule, until, since, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.departed(text, timestamptz, timestamptz, text) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.segment_recipients(rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint, recipient text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH member AS MATERIALIZED (
		SELECT s.individual_id, s.individual_no FROM smsengage.segment(rule, at, account, unified) s
	), met AS MATERIALIZED (
		SELECT DISTINCT ON (p.individual_no) p.individual_no, p.recipient
		FROM member m
		JOIN smsengage.contact_point p ON p.individual_no = m.individual_no
			AND (segment_recipients.account IS NULL OR p.account = segment_recipients.account)
		ORDER BY p.individual_no, p.last_day DESC, p.recipient
	), numbered AS MATERIALIZED (
		SELECT i.individual_no
		FROM member m
		JOIN smsengage.individual i ON i.individual_no = m.individual_no
		WHERE starts_with(i.individual_id, 'tel:')
	)
	SELECT m.individual_id, m.individual_no, coalesce(t.recipient, CASE WHEN n.individual_no IS NOT NULL THEN m.individual_id END)
	FROM member m
	LEFT JOIN met t ON t.individual_no = m.individual_no
	LEFT JOIN numbered n ON n.individual_no = m.individual_no;
END
$$;
COMMENT ON FUNCTION smsengage.segment_recipients(smsengage.segment_rule, timestamptz, text, boolean) IS 'segment() with the number under which each person was last met, by that account if one is given; NULL if none is known.';

CREATE FUNCTION smsengage.segment_recipients(rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint, recipient text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT r.individual_id, r.individual_no, r.recipient
	FROM smsengage.segment_recipients(rule::smsengage.segment_rule, at, account, unified) r;
END
$$;
COMMENT ON FUNCTION smsengage.segment_recipients(text, timestamptz, text, boolean) IS 'The same for a rule as text.';

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

CREATE FUNCTION smsengage.segment_changes(individual_no bigint, rule smsengage.segment_rule, since timestamptz, account text, unified boolean, until timestamptz)
RETURNS timestamptz[]
AS 'MODULE_PATHNAME', 'sms_segment_changes' LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000;
COMMENT ON FUNCTION smsengage.segment_changes(bigint, smsengage.segment_rule, timestamptz, text, boolean, timestamptz) IS 'The moments in [since, until) at which membership begins and ends, in turn. Used by segment_history().';

CREATE FUNCTION smsengage.segment_history(individual_no bigint, rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS tstzmultirange
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changes timestamptz[] := smsengage.segment_changes(individual_no, rule, since, account, unified, until);
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

-- saved segments

CREATE FUNCTION smsengage.save_segment(name text, rule smsengage.segment_rule, description text DEFAULT NULL, account text DEFAULT '')
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text;
BEGIN
	IF coalesce(name, '') = '' OR rule IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a segment needs a name and a rule';
	END IF;
	SELECT s INTO missing
	FROM smsengage.rule_segments(rule) s
	WHERE s <> name AND NOT EXISTS (SELECT FROM smsengage.segment_definition d WHERE d.name = s)
	LIMIT 1;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('there is no segment "%s"', missing);
	END IF;
	IF EXISTS (
		WITH RECURSIVE part (name) AS (
			SELECT s FROM smsengage.rule_segments(save_segment.rule) s
			UNION
			SELECT s FROM part p JOIN smsengage.segment_definition d ON d.name = p.name CROSS JOIN LATERAL smsengage.rule_segments(d.rule::smsengage.segment_rule) s
		)
		SELECT FROM part p WHERE p.name = save_segment.name)
	THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_recursion', MESSAGE = format('segment "%s" would be part of itself', name);
	END IF;
	INSERT INTO smsengage.segment_definition AS d (name, rule, description, saved_at, account)
	VALUES (save_segment.name, save_segment.rule::text, save_segment.description, now(), coalesce(save_segment.account, ''))
	ON CONFLICT ON CONSTRAINT segment_definition_pkey DO UPDATE SET rule = excluded.rule, description = excluded.description, saved_at = excluded.saved_at, account = excluded.account;
END
$$;
COMMENT ON FUNCTION smsengage.save_segment(text, smsengage.segment_rule, text, text) IS 'Saves a rule under a name, or replaces it; with an account, only readers of this account see it and may name it. Raises 42704 if the rule names a segment that there is not, 42P19 if the segment would be part of itself.';

CREATE FUNCTION smsengage.save_segment(name text, rule text, description text DEFAULT NULL, account text DEFAULT '')
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.save_segment(name, rule::smsengage.segment_rule, description, account);
END
$$;
COMMENT ON FUNCTION smsengage.save_segment(text, text, text, text) IS 'The same for a rule as text.';
