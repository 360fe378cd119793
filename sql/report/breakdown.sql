-- By sender, country and provider.

CREATE FUNCTION smsengage_internal.breakdown_report(breakdown text, since date, until date, zone text, account text, at timestamptz)
RETURNS TABLE (value text,
	:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: :name: bigint,
	:list delivery_columns DELIVERY_RATE: :name: numeric
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	days record := smsengage_internal.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT f.value,
		:list delivery_columns: f.:name:
	FROM smsengage_internal.delivery_figures(ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]], breakdown, account, at) f
	ORDER BY f.sent DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage_internal.breakdown_report(text, date, date, text, text, timestamptz) IS 'The delivery columns of one period for each value of a breakdown of delivery_figures(), most messages first. Used by reports.';

CREATE FUNCTION smsengage.sender_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (sender_id text,
	:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: :name: bigint,
	:list delivery_columns DELIVERY_RATE: :name: numeric
)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage_internal.breakdown_report('sender_id', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.sender_report(date, date, text, text, timestamptz) IS 'One row for each sender (our number, short code or name; NULL if the reports name none): messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.country_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (country text,
	:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: :name: bigint,
	:list delivery_columns DELIVERY_RATE: :name: numeric
)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage_internal.breakdown_report('country', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.country_report(date, date, text, text, timestamptz) IS 'One row for each country of the recipients (ISO 3166-1 alpha-2 by the number; NULL if it does not tell): messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.provider_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (provider text,
	:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: :name: bigint,
	:list delivery_columns DELIVERY_RATE: :name: numeric
)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage_internal.breakdown_report('provider', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.provider_report(date, date, text, text, timestamptz) IS 'One row for each provider: messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';
