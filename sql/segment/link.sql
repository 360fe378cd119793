-- People who are one person: LINK events, and the table that is made of them.

CREATE FUNCTION smsengage_internal.event_links(since timestamptz, until timestamptz, event_keys bigint[])
RETURNS TABLE (account text, individual_no bigint, other_no bigint, valid_from timestamptz)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.account, least(a.individual_no, b.individual_no), greatest(a.individual_no, b.individual_no), min(e.event_time)
	FROM smsengage.event e
	JOIN smsengage.individual a ON a.individual_no = e.individual_no
	JOIN smsengage.individual b ON b.scope = coalesce(e.extra->>'other_scope', a.scope) AND b.individual_id = e.extra->>'other_individual_id'
	WHERE e.event_type = 'LINK' AND e.event_time >= since AND e.event_time <= until AND (event_keys IS NULL OR e.event_key = ANY (event_keys))
		AND a.individual_no <> b.individual_no
	GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_links(timestamptz, timestamptz, bigint[]) IS 'Who is linked, and by which account, by the LINK events in [since, until], of these keys or (NULL) all. Used by add_links() and doctor().';

CREATE FUNCTION smsengage_internal.add_links(since timestamptz, until timestamptz, event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- the other person may not have been met yet
	INSERT INTO smsengage.individual (scope, individual_id)
	SELECT DISTINCT coalesce(e.extra->>'other_scope', a.scope), e.extra->>'other_individual_id'
	FROM smsengage.event e
	JOIN smsengage.individual a ON a.individual_no = e.individual_no
	WHERE e.event_type = 'LINK' AND e.event_time >= since AND e.event_time <= until AND (event_keys IS NULL OR e.event_key = ANY (event_keys))
		AND e.extra->>'other_individual_id' <> ''
		AND NOT EXISTS (
			SELECT FROM smsengage.individual b
			WHERE b.scope = coalesce(e.extra->>'other_scope', a.scope) AND b.individual_id = e.extra->>'other_individual_id')
	ORDER BY 1, 2
	ON CONFLICT DO NOTHING;

	INSERT INTO smsengage.individual_link AS l (account, individual_no, other_no, valid_from)
	SELECT w.account, w.individual_no, w.other_no, w.valid_from
	FROM smsengage_internal.event_links(since, until, event_keys) w
	ORDER BY 1, 2, 3
	ON CONFLICT (account, individual_no, other_no) DO UPDATE SET valid_from = least(l.valid_from, excluded.valid_from);
END
$$;
COMMENT ON FUNCTION smsengage_internal.add_links(timestamptz, timestamptz, bigint[]) IS 'Adds to individual_link what the LINK events in [since, until] say, of these keys or (NULL) all. The other person is the one of other_scope in the event, else of the same scope as the first. Used by ingest_batch() and rebuild_links().';

CREATE FUNCTION smsengage_internal.rebuild_links()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.begin_rebuild();
	LOCK TABLE smsengage.individual_link IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.individual_link l WHERE l.valid_from >= smsengage_internal.horizon();
	PERFORM smsengage_internal.add_links('-infinity', 'infinity', NULL);
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_links() IS 'Makes individual_link again from LINK events; older links than the events that are kept stay. Used by rebuild().';

CREATE FUNCTION smsengage.link_individuals(a text, b text, valid_from timestamptz DEFAULT pg_catalog.now())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a_no bigint := smsengage.individual_number(a);
	b_no bigint := smsengage.individual_number(b);
	rejected bigint;
BEGIN
	IF a IS NULL OR b IS NULL OR valid_from IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'the two ids and valid_from must not be null';
	ELSIF a_no IS NULL OR b_no IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object',
			MESSAGE = CASE WHEN a_no IS NULL THEN 'nobody is known by the first id' ELSE 'nobody is known by the second id' END,
			HINT = 'A LINK event of provider native links people before they are met.';
	ELSIF a_no = b_no THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the two ids name the same person';
	END IF;
	SELECT r.rejected INTO rejected
	FROM smsengage.individual i
	JOIN smsengage.individual o ON o.individual_no = greatest(a_no, b_no)
	CROSS JOIN LATERAL smsengage.submit('native', json_build_object('event_type', 'LINK', 'event_time', valid_from,
		'scope', i.scope, 'individual_id', i.individual_id, 'other_scope', o.scope, 'other_individual_id', o.individual_id)::text, NULL) r
	WHERE i.individual_no = least(a_no, b_no);
	IF rejected > 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'valid_from must lie between the year 2000 and two days from now';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.link_individuals(text, text, timestamptz) IS 'Says that two ids or phone numbers are one person from a moment on, as a LINK event; segments with unified => true then add up what they did, before that moment too. Links go on: who is linked to one of them is linked to all. Raises 42P08 for an id that names several people, 42704 for an unknown one, 22023 if both are the same person or valid_from is too far off.';
