-- Who came and who went.

CREATE FUNCTION smsengage_internal.segment_change(rule smsengage.segment_rule, since timestamptz, at timestamptz, account text)
RETURNS TABLE (individual_id text, individual_no bigint)
AS 'MODULE_PATHNAME', 'sms_segment_change' LANGUAGE C STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000;
COMMENT ON FUNCTION smsengage_internal.segment_change(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who is a member at a moment and is none at another one. Used by entered() and departed(). since must not be null.';

CREATE FUNCTION smsengage.entered(rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage_internal.segment_change(rule, since, until, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.entered(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who is a member at until and was none at since; segment_history() tells of one person all there was in between.';

CREATE FUNCTION smsengage.entered(rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage_internal.segment_change(rule::smsengage.segment_rule, since, until, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.entered(text, timestamptz, timestamptz, text) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.departed(rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage_internal.segment_change(rule, until, since, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.departed(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who was a member at since and is none at until.';

CREATE FUNCTION smsengage.departed(rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage_internal.segment_change(rule::smsengage.segment_rule, until, since, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.departed(text, timestamptz, timestamptz, text) IS 'The same for a rule as text.';
