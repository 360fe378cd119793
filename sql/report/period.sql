-- Metrics. One thing has one name everywhere: sent, delivered, failed,
-- expired, pending, unknown count messages by the day they were sent; clicks,
-- replies, unsubscribes count events by the day they happened; what counts
-- reports by the day they came about ends in _by_event_date.

CREATE FUNCTION smsengage_internal.rate(numerator numeric, denominator numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN denominator OPERATOR(pg_catalog.<>) 0 THEN pg_catalog.round(numerator OPERATOR(pg_catalog./) denominator, 6) END;
END;
COMMENT ON FUNCTION smsengage_internal.rate(numeric, numeric) IS 'numerator / denominator to six places; NULL if the denominator is 0. Used by reports.';

CREATE FUNCTION smsengage_internal.day_start(day date, zone text)
RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- where the clock is set back over midnight, the day begins the first time
	SELECT min(b.begins)
	FROM (SELECT pg_catalog.timezone(zone, day::timestamp) OPERATOR(pg_catalog.-) (k OPERATOR(pg_catalog.*) '15 minutes'::interval) AS begins
		FROM pg_catalog.generate_series(0, 8) k) b
	WHERE pg_catalog.timezone(zone, b.begins)::date OPERATOR(pg_catalog.>=) day;
END;
COMMENT ON FUNCTION smsengage_internal.day_start(date, text) IS 'The instant at which a day of a time zone begins. Raises 22023 for an unknown zone. Used by reports.';

CREATE FUNCTION smsengage_internal.report_bounds(INOUT since date, INOUT until date, zone text, at timestamptz, OUT day_starts timestamptz[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.check_migrated();
	IF zone IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'zone and at must not be null';
	END IF;
	until := coalesce(until, (at AT TIME ZONE zone)::date + 1);
	since := coalesce(since, until - 30);
	IF since >= until THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'the period is empty',
			HINT = 'until is the day after the last one.';
	END IF;
	IF until - since > 36600 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the period is longer than 100 years';
	END IF;
	day_starts := ARRAY(SELECT smsengage_internal.day_start(since + d, zone) FROM generate_series(0, until - since) d);
END
$$;
COMMENT ON FUNCTION smsengage_internal.report_bounds(date, date, text, timestamptz) IS 'The days [since, until) of a zone as instants, one more than days; by default the last 30 up to the day of at. Raises 22023 for an empty period or an unknown zone, 22004 for NULL, 55000 as check_migrated(). Used by reports.';

CREATE FUNCTION smsengage_internal.bounds_level(bounds timestamptz[])
RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN pg_catalog.bool_and(b OPERATOR(pg_catalog.=) smsengage_internal.cell_start(:LEVEL_DAY:, b)) THEN :LEVEL_DAY:
		WHEN pg_catalog.bool_and(b OPERATOR(pg_catalog.=) smsengage_internal.cell_start(:LEVEL_HOUR:, b)) THEN :LEVEL_HOUR:
		ELSE :LEVEL_QUARTER_HOUR:
	END::smallint
	FROM pg_catalog.unnest(bounds) b;
END;
COMMENT ON FUNCTION smsengage_internal.bounds_level(timestamptz[]) IS 'The coarsest level of tallies with a cell boundary at each of these instants, which must be quarter hours. Used by reports.';

CREATE FUNCTION smsengage_internal.window_cells(since timestamptz, until timestamptz)
RETURNS TABLE (level smallint, first_cell timestamptz, last_cell timestamptz)
AS 'MODULE_PATHNAME', 'sms_window_cells' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 4;
COMMENT ON FUNCTION smsengage_internal.window_cells(timestamptz, timestamptz) IS 'The coarsest cells of tallies that make up the period: of each level, from the start of the first up to the end of the last. Raises 22023 where an end is no quarter hour. Used by event_counts().';
