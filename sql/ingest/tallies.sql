-- What a batch adds to the tallies.

CREATE FUNCTION smsengage_internal.batch_series(batch smsengage.parsed_batch, event_keys bigint[], dimensions text[])
RETURNS TABLE (no integer, digest uuid, account text, event_type text, dimension text, value text)
AS 'MODULE_PATHNAME', 'sms_batch_series' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.batch_series(smsengage.parsed_batch, bigint[], text[]) IS 'The series in which the events with these keys count: one for account and type, one more for each of these dimensions in which an event has a value. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_tallies(batch smsengage.parsed_batch, people bigint[], event_keys bigint[], dimensions text[], series_nos bigint[])
RETURNS TABLE (series_no bigint, cell_start timestamptz, chunk integer, tally smsengage.tally, anonymous bigint)
AS 'MODULE_PATHNAME', 'sms_batch_tallies' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_tallies(smsengage.parsed_batch, bigint[], bigint[], text[], bigint[]) IS 'What the events with these keys add to the tallies of their series (numbers in the order of batch_series()), in quarter hours. A message counts once, by its first part; events of nobody are in chunk -1, as anonymous. Used by ingestion.';

CREATE FUNCTION smsengage_internal.series_digest(account text, event_type text, dimension text, value text)
RETURNS uuid
AS 'MODULE_PATHNAME', 'sms_series_digest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.series_digest(text, text, text, text) IS 'The key of a series. Used by ingestion.';

CREATE FUNCTION smsengage_internal.add_tallies(batch smsengage.parsed_batch, people bigint[], event_keys bigint[], limited boolean DEFAULT smsengage_internal.caller_is_limited())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	dimensions text[] := ARRAY(SELECT d.dimension FROM smsengage.tally_dimension d);
	series_nos bigint[];
BEGIN
	SELECT pg_catalog.array_agg((SELECT s.series_no FROM smsengage.series s WHERE s.digest OPERATOR(pg_catalog.=) b.digest) ORDER BY b.no)
	INTO series_nos
	FROM smsengage_internal.batch_series(batch, event_keys, dimensions) b;
	-- later parts of messages count nowhere
	IF series_nos IS NULL THEN
		RETURN;
	END IF;
	IF pg_catalog.array_position(series_nos, NULL) IS NOT NULL THEN
		PERFORM smsengage_internal.add_series(batch, event_keys, dimensions, series_nos, limited);
		SELECT pg_catalog.array_agg((SELECT s.series_no FROM smsengage.series s WHERE s.digest OPERATOR(pg_catalog.=) b.digest) ORDER BY b.no)
		INTO series_nos
		FROM smsengage_internal.batch_series(batch, event_keys, dimensions) b;
	END IF;
	INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
	SELECT t.series_no, t.cell_start, t.anonymous, t.chunk, :LEVEL_DELTA:, t.tally
	FROM smsengage_internal.batch_tallies(batch, people, event_keys, dimensions, series_nos) t;
END
$$;
COMMENT ON FUNCTION smsengage_internal.add_tallies(smsengage.parsed_batch, bigint[], bigint[], boolean) IS 'Appends what the events with these keys add to the tallies. Used by insert_by_sql().';
