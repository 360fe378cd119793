-- Counting messages and events.

-- counting

CREATE FUNCTION smsengage_internal.outcome_counts(bounds timestamptz[], account text, at timestamptz)
RETURNS TABLE (bucket integer, outcome text, account_name text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text,
	messages numeric, parts numeric, priced numeric, cost numeric)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	exact smallint := smsengage_internal.bounds_level(bounds);
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
	-- open messages sent before this are past every deadline
	late timestamptz := smsengage_internal.cell_start(exact, at - make_interval(hours => (SELECT max(d.deadline_hours) FROM smsengage.delivery_deadline d)));
BEGIN
	RETURN QUERY
	SELECT width_bucket(t.send_cell, bounds), t.outcome, t.account, t.provider, t.channel, nullif(t.bulk_message, ''), nullif(t.sender_id, ''),
		nullif(t.country, ''), nullif(t.price_currency, ''), sum(t.messages), sum(t.parts), sum(t.priced), sum(t.cost)
	FROM (
		SELECT o.* FROM smsengage_internal.outcome_rows(ARRAY[:LEVEL_DELTA:, exact], since, until) o
		WHERE o.outcome <> 'open'
		UNION ALL
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, 'unknown', o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage_internal.outcome_rows(ARRAY[:LEVEL_DELTA:, exact], since, least(until, late)) o
		WHERE o.outcome = 'open'
		UNION ALL
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost,
			CASE WHEN o.send_cell + make_interval(hours => coalesce(d.deadline_hours, other.deadline_hours)) <= at THEN 'unknown' ELSE 'pending' END,
			o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage_internal.outcome_rows('{:LEVEL_DELTA:,:LEVEL_QUARTER_HOUR:}', greatest(since, late), until) o
		LEFT JOIN smsengage.delivery_deadline d ON d.provider = o.provider
		LEFT JOIN smsengage.delivery_deadline other ON other.provider = ''
		WHERE o.outcome = 'open'
	) t
	WHERE t.account = outcome_counts.account OR outcome_counts.account IS NULL
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
END
$$;
COMMENT ON FUNCTION smsengage_internal.outcome_counts(timestamptz[], text, timestamptz) IS 'Messages by how they ended, for those sent between two neighbours of bounds (bucket n: from the n-th on). bounds are quarter hours, rising. Open messages are pending until the provider''s deadline (delivery_deadline) has passed at the moment given, and unknown after it. Used by reports.';

CREATE FUNCTION smsengage_internal.delivery_figures(bounds timestamptz[], breakdown text, account text, at timestamptz)
RETURNS TABLE (bucket integer, value text,
	:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: :name: bigint,
	:list delivery_columns DELIVERY_RATE: :name: numeric
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	SELECT f.bucket, f.value,
		:list delivery_columns DELIVERY_COUNT DELIVERY_SUM: f.:name:,
		:each delivery_columns DELIVERY_RATE: smsengage_internal.rate(f.:numerator:, f.:denominator:)
	FROM (
		SELECT f.*,
			:each delivery_columns DELIVERY_SUM: :value: AS :name:
		FROM (
			SELECT c.bucket,
				CASE breakdown WHEN 'bulk_message' THEN c.bulk_message WHEN 'sender_id' THEN c.sender_id WHEN 'country' THEN c.country
					WHEN 'provider' THEN c.provider WHEN 'channel' THEN c.channel WHEN 'account' THEN c.account_name ELSE '' END AS value,
				:each delivery_columns DELIVERY_COUNT: :value: AS :name:
			FROM smsengage_internal.outcome_counts(bounds, account, at) c
			GROUP BY 1, 2
		) f
	) f
	WHERE f.attempted <> 0;
END
$$;
COMMENT ON FUNCTION smsengage_internal.delivery_figures(timestamptz[], text, text, timestamptz) IS 'The delivery columns of every report, for each bucket of outcome_counts() and each value of bulk_message, sender_id, country, provider, channel or account (breakdown; empty: all together). They are explained in metric_dictionary. Used by reports.';

CREATE FUNCTION smsengage_internal.cell_sums(bounds timestamptz[], event_types text[], dimension text, account text, people boolean, named text[] DEFAULT NULL)
RETURNS TABLE (bucket integer, event_type text, value text, chunk integer, tally smsengage.tally, anonymous bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- cells are few, and their index is the way to them; many cells, few groups
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
BEGIN
	RETURN QUERY
	WITH cells AS (
		-- the coarsest cells of one period; of several, those with a boundary at each
		SELECT w.level, w.first_cell, w.last_cell FROM smsengage_internal.window_cells(since, until) w WHERE cardinality(bounds) = 2
		UNION ALL
		SELECT CASE smsengage_internal.bounds_level(bounds) WHEN :LEVEL_DAY: THEN :LEVEL_DAY: ELSE :LEVEL_QUARTER_HOUR: END::smallint, since, until WHERE cardinality(bounds) <> 2
		UNION ALL
		SELECT :LEVEL_DELTA:::smallint, since, until
	), run AS MATERIALIZED (
		-- quarter hours are in the rows of their days
		SELECT c.level, CASE c.level WHEN :LEVEL_QUARTER_HOUR: THEN smsengage_internal.cell_start(:LEVEL_DAY:, c.first_cell) ELSE c.first_cell END AS first_row, c.last_cell,
			CASE WHEN cardinality(bounds) = 2 THEN ARRAY[c.first_cell, c.last_cell] ELSE bounds END AS cell_bounds
		FROM cells c
	), kept AS MATERIALIZED (
		SELECT s.series_no, s.event_type, s.value
		FROM smsengage.series s
		WHERE s.event_type = ANY (event_types) AND s.dimension = cell_sums.dimension AND s.own
			AND (named IS NULL OR s.value = ANY (named))
			AND (s.account = cell_sums.account OR cell_sums.account IS NULL)
	)
	SELECT t.bucket, t.event_type, t.value, t.chunk, smsengage.sum(t.tally) FILTER (WHERE people),
		coalesce(sum(t.anonymous), 0)::bigint
	FROM (
		SELECT width_bucket(coalesce(q.cell_start, r.cell_start), bounds) AS bucket, k.event_type, k.value,
			CASE WHEN people THEN r.chunk END AS chunk, coalesce(q.tally, r.tally) AS tally,
			CASE WHEN r.chunk < 0 THEN coalesce(q.anonymous, r.anonymous) WHEN NOT people THEN smsengage.total(coalesce(q.tally, r.tally)) END AS anonymous
		FROM kept k
		CROSS JOIN run w
		JOIN smsengage.engagement_tally r ON r.series_no = k.series_no AND r.level = w.level AND r.cell_start >= w.first_row AND r.cell_start < w.last_cell
		LEFT JOIN LATERAL smsengage_internal.quarter_hour_cells(r.chunk, r.cell_start, r.quarters, w.cell_bounds) q ON true
		WHERE r.quarters IS NULL OR q.cell_start IS NOT NULL
	) t
	GROUP BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION smsengage_internal.cell_sums(timestamptz[], text[], text, text, boolean, text[]) IS 'The tallies between two neighbours of bounds, which are quarter hours, by type, value of a dimension (of these only, if some are named) and chunk of people. people => false: no tallies and chunks, which take most of the time; all events are in anonymous. Used by reports.';

CREATE FUNCTION smsengage_internal.has_tallies(dimension text, since timestamptz)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN dimension = '' OR EXISTS (SELECT FROM smsengage.tally_dimension d WHERE d.dimension = has_tallies.dimension AND d.complete_from <= since);
END
$$;
COMMENT ON FUNCTION smsengage_internal.has_tallies(text, timestamptz) IS 'Whether tallies of a dimension hold all events since a moment. Used by reports.';

CREATE FUNCTION smsengage_internal.event_counts(bounds timestamptz[], event_types text[], dimension text, account text, people boolean)
RETURNS TABLE (bucket integer, event_type text, value text, events bigint, individuals bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	IF smsengage_internal.has_tallies(dimension, bounds[1]) THEN
		RETURN QUERY
		SELECT c.bucket, c.event_type, c.value, sum(c.anonymous + coalesce(smsengage.total(c.tally), 0))::bigint, sum(smsengage.individuals(c.tally))::bigint
		FROM smsengage_internal.cell_sums(bounds, event_types, dimension, account, people) c
		GROUP BY 1, 2, 3;
	ELSE
		RETURN QUERY
		SELECT width_bucket(e.event_time, bounds), e.event_type, v.value, count(*), CASE WHEN people THEN count(DISTINCT e.individual_no) FILTER (WHERE e.individual_no > 0) END
		FROM smsengage.event e
		CROSS JOIN LATERAL (SELECT CASE dimension WHEN 'bulk_message' THEN e.bulk_message WHEN 'link_name' THEN e.link_name
			WHEN 'link_url' THEN CASE WHEN e.link_name IS NULL THEN coalesce(e.link_url, '') END END AS value) v
		WHERE e.event_type = ANY (event_types) AND v.value IS NOT NULL
			AND (e.account = event_counts.account OR event_counts.account IS NULL)
			AND e.event_time >= bounds[1] AND e.event_time < bounds[cardinality(bounds)] AND :FIRST_PART(e.):
		GROUP BY 1, 2, 3;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_counts(timestamptz[], text[], text, text, boolean) IS 'Events and different people (NULL unless people) by type and by value of a dimension (empty: all events; else bulk_message or link_name, events that have one; link_url: the URL, empty if none, of those without link_name), between two neighbours of bounds, which are quarter hours. From tallies, exact; from events where tallies of the dimension do not reach back. Counts what a segment rule counts: a message once, by its first part. Used by reports.';
