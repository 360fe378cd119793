-- Segments: the people for whom a rule holds.

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
