-- Tallies against the events that they are made of: checked, and made again.

CREATE FUNCTION smsengage_internal.event_tallies(since timestamptz, until timestamptz, chunk integer)
RETURNS TABLE (series_no bigint, day timestamptz, chunk_no integer, quarters smsengage.day_tally)
LANGUAGE plpgsql STABLE ROWS 100000
SET search_path = pg_catalog, pg_temp
-- every event looks its series up: by hash, and few groups of many rows
SET enable_nestloop = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	low bigint := CASE WHEN chunk > 0 THEN smsengage.chunk_start(chunk) WHEN chunk = 0 THEN 1 ELSE 0 END;
	high bigint := CASE WHEN chunk >= 0 THEN smsengage.chunk_start(chunk) + 65536 WHEN chunk = -1 THEN 1 ELSE 140737488355328 END;
	kept text[] := ARRAY(SELECT d.dimension FROM smsengage.tally_dimension d) || ''::text;
BEGIN
	RETURN QUERY
	SELECT c.series_no, c.day, c.chunk, smsengage_internal.count_day(c.event_time, c.place)
	FROM (
		SELECT s.series_no, smsengage_internal.cell_start(:LEVEL_DAY:, e.event_time) AS day, e.event_time,
			CASE WHEN e.individual_no = 0 THEN -1 ELSE smsengage.chunk_of(e.individual_no) END AS chunk,
			smsengage.chunk_offset(e.individual_no) AS place
		FROM smsengage.event e
		CROSS JOIN LATERAL (
			VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', e.bulk_message), ('link_name', e.link_name)
		) d (dimension, value)
		LEFT JOIN smsengage.series s ON s.account = e.account AND s.event_type = e.event_type AND s.dimension = d.dimension AND s.value = d.value
		WHERE e.event_time >= since AND e.event_time < until AND :FIRST_PART(e.):
			AND e.individual_no >= low AND e.individual_no < high
			AND d.value IS NOT NULL AND d.dimension = ANY (kept)
	) c
	GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_tallies(timestamptz, timestamptz, integer) IS 'What the events in [since, until) count in the quarter hours of each day, of one chunk of people or (NULL) of all; series_no is NULL for a series that has no number. Used by check_tallies() and rebuild_tallies().';

CREATE FUNCTION smsengage.check_tallies(since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity')
RETURNS TABLE (series_no bigint, level integer, cell_start timestamptz, chunk integer, expected smsengage.tally, found smsengage.tally)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- events of nobody are shown as those of number 0
	RETURN QUERY
	WITH event_cell AS MATERIALIZED (
		SELECT e.series_no, q.cell_start, e.chunk_no AS chunk, q.tally
		FROM smsengage_internal.event_tallies(check_tallies.since, check_tallies.until, NULL) e
		CROSS JOIN LATERAL smsengage_internal.quarter_hour_cells(0, e.day, e.quarters, '{}') q
	), tally_cell AS MATERIALIZED (
		SELECT t.series_no, t.level, t.cell_start, t.chunk,
			CASE WHEN t.chunk >= 0 THEN t.tally ELSE smsengage.tally('{0}', ARRAY[t.anonymous::integer]) END AS tally
		FROM smsengage.engagement_tally t
		-- of sums that were kept the events are gone
		WHERE t.level <> :LEVEL_QUARTER_HOUR: AND t.chunk >= -1
		UNION ALL
		SELECT t.series_no, t.level, q.cell_start, t.chunk, q.tally
		FROM smsengage.engagement_tally t
		CROSS JOIN LATERAL smsengage_internal.quarter_hour_cells(0, t.cell_start, t.quarters, '{}') q
		WHERE t.level = :LEVEL_QUARTER_HOUR: AND t.chunk >= -1
	), wanted AS (
		SELECT e.series_no, l AS level, smsengage_internal.cell_start(l, e.cell_start) AS cell_start, e.chunk, smsengage.sum(e.tally) AS tally
		FROM event_cell e CROSS JOIN unnest('{:LEVEL_QUARTER_HOUR:,:LEVEL_DAY:,:LEVEL_WEEK:,:LEVEL_8_WEEKS:,:LEVEL_64_WEEKS:}'::integer[]) l
		GROUP BY 1, 2, 3, 4
	), kept AS (
		SELECT t.series_no, l AS level, smsengage_internal.cell_start(l, t.cell_start) AS cell_start, t.chunk, smsengage.sum(t.tally) AS tally
		FROM tally_cell t JOIN unnest('{:LEVEL_QUARTER_HOUR:,:LEVEL_DAY:,:LEVEL_WEEK:,:LEVEL_8_WEEKS:,:LEVEL_64_WEEKS:}'::integer[]) l ON t.level = l OR t.level = :LEVEL_DELTA:
		GROUP BY 1, 2, 3, 4
	), compared AS (
		SELECT coalesce(w.series_no, k.series_no) AS series_no, coalesce(w.level, k.level) AS level,
			coalesce(w.cell_start, k.cell_start) AS cell_start, coalesce(w.chunk, k.chunk) AS chunk,
			coalesce(w.tally, '{}') AS expected, coalesce(k.tally, '{}') AS found
		FROM wanted w
		FULL JOIN kept k ON k.series_no = w.series_no AND k.level = w.level AND k.cell_start = w.cell_start AND k.chunk = w.chunk
	)
	SELECT c.series_no, c.level, c.cell_start, c.chunk, c.expected, c.found
	FROM compared c
	LEFT JOIN smsengage.series s ON s.series_no = c.series_no AND s.own
	LEFT JOIN smsengage.tally_dimension d ON d.dimension = s.dimension
	WHERE c.expected OPERATOR(smsengage.<>) c.found
		-- cells that are inside the time asked for, and of which all should be there
		AND c.cell_start >= check_tallies.since
		AND smsengage_internal.cell_end(c.level, c.cell_start) <= check_tallies.until
		AND (s.dimension IS NULL OR s.dimension = '' OR c.cell_start >= d.complete_from)
	ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION smsengage.check_tallies(timestamptz, timestamptz) IS 'The cells in [since, until) whose tallies are not what the events say; no row is good. Reads all events of that time.';

CREATE FUNCTION smsengage_internal.add_missing_series(since timestamptz, until timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.series (digest, account, event_type, dimension, value, made_on, own)
	SELECT smsengage_internal.series_digest(n.account, n.event_type, n.dimension, n.value) AS digest, n.*, timezone('UTC', now())::date, true
	FROM (
		SELECT DISTINCT e.account, e.event_type, d.dimension, d.value
		FROM (
			SELECT DISTINCT i.account, i.event_type, i.bulk_message, i.link_name
			FROM smsengage.event i
			WHERE i.event_time >= since AND i.event_time < until
		) e
		CROSS JOIN LATERAL (
			VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', e.bulk_message), ('link_name', e.link_name)
		) d (dimension, value)
		WHERE d.dimension = '' OR d.dimension IN (SELECT k.dimension FROM smsengage.tally_dimension k)
	) n
	LEFT JOIN smsengage.series s ON s.account = n.account AND s.event_type = n.event_type AND s.dimension = n.dimension AND s.value = n.value
	WHERE n.value IS NOT NULL AND s.series_no IS NULL
	ORDER BY 1
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.add_missing_series(timestamptz, timestamptz) IS 'Numbers the series of the events in [since, until) that have no number. Used by rebuild_tallies().';

CREATE FUNCTION smsengage_internal.rebuild_quarters(series_nos bigint[], since timestamptz, until timestamptz, chunk integer)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- In one statement, so that one snapshot has either both the events and the
	-- delta of an ingestion beside us, or none of them.
	WITH deltas AS (
		DELETE FROM smsengage.engagement_tally t
		WHERE t.series_no = ANY (series_nos) AND t.level = :LEVEL_DELTA: AND t.cell_start >= rebuild_quarters.since AND t.cell_start < rebuild_quarters.until
			-- not t.chunk = ...: a cluster would send all of this to the node of the chunk, which cannot ask for events
			AND t.chunk >= -1 AND coalesce(t.chunk = rebuild_quarters.chunk, true)
	), gone AS (
		DELETE FROM smsengage.engagement_tally t
		WHERE t.series_no = ANY (series_nos) AND t.level = :LEVEL_QUARTER_HOUR: AND t.cell_start >= smsengage_internal.cell_start(:LEVEL_DAY:, rebuild_quarters.since) AND t.cell_start < rebuild_quarters.until
			AND t.chunk >= -1 AND coalesce(t.chunk = rebuild_quarters.chunk, true)
		RETURNING t.series_no, t.cell_start, t.chunk, t.quarters
	), counted AS MATERIALIZED (
		SELECT c.* FROM smsengage_internal.event_tallies(rebuild_quarters.since, rebuild_quarters.until, rebuild_quarters.chunk) c
	), days AS (
		-- of the days at the ends, the other quarter hours stay as they are
		SELECT a.series_no, a.day, a.chunk_no, smsengage.sum(a.quarters) AS quarters
		FROM (
			SELECT e.series_no, e.day, e.chunk_no, e.quarters FROM counted e
			UNION ALL
			SELECT g.series_no, g.cell_start, g.chunk, smsengage_internal.day_tally_outside(g.quarters, g.cell_start, rebuild_quarters.since, rebuild_quarters.until)
			FROM gone g
			WHERE g.cell_start < rebuild_quarters.since OR smsengage_internal.cell_end(:LEVEL_DAY:, g.cell_start) > rebuild_quarters.until
		) a
		GROUP BY 1, 2, 3
	)
	INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, quarters)
	SELECT d.series_no, d.day, CASE WHEN d.chunk_no < 0 THEN smsengage.day_total(d.quarters) ELSE 0 END, d.chunk_no, :LEVEL_QUARTER_HOUR:, p
	FROM days d
	CROSS JOIN LATERAL smsengage_internal.day_split(d.quarters) p
	ORDER BY d.series_no, d.day, d.chunk_no;
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_quarters(bigint[], timestamptz, timestamptz, integer) IS 'Makes the quarter hours of [since, until) again from events. Used by rebuild_tallies().';

CREATE FUNCTION smsengage_internal.rebuild_level(coarser integer, series_nos bigint[], since timestamptz, until timestamptz, chunk integer)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	WITH gone AS (
		DELETE FROM smsengage.engagement_tally t
		WHERE t.series_no = ANY (series_nos) AND t.level = coarser AND t.cell_start >= since AND t.cell_start < until
			AND t.chunk >= -1 AND (rebuild_level.chunk IS NULL OR t.chunk = rebuild_level.chunk)
	), sums AS (
		SELECT t.series_no, smsengage_internal.cell_start(coarser, t.cell_start) AS cell_start, t.chunk, sum(t.anonymous)::bigint AS anonymous,
			smsengage.sum(CASE
				WHEN coarser > :LEVEL_DAY: OR t.chunk < 0 THEN coalesce(t.tally, '{}')
				ELSE smsengage.tally(t.quarters, t.cell_start, t.cell_start, smsengage_internal.cell_end(:LEVEL_DAY:, t.cell_start))
			END) AS tally
		FROM smsengage.engagement_tally t
		WHERE t.series_no = ANY (series_nos) AND t.level = CASE coarser WHEN :LEVEL_DAY: THEN :LEVEL_QUARTER_HOUR: ELSE coarser - 1 END
			AND t.cell_start >= since AND t.cell_start < until
			AND t.chunk >= -1 AND (rebuild_level.chunk IS NULL OR t.chunk = rebuild_level.chunk)
		GROUP BY 1, 2, 3
	)
	INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
	SELECT s.series_no, s.cell_start, s.anonymous, s.chunk, coarser, p
	FROM sums s CROSS JOIN LATERAL smsengage.split(s.tally) p
	ORDER BY s.series_no, s.cell_start, s.chunk;
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_level(integer, bigint[], timestamptz, timestamptz, integer) IS 'Sums the cells of one level in [since, until), which are whole cells of it, again from the level below. Used by rebuild_tallies().';

CREATE FUNCTION smsengage.rebuild_tallies(since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity', chunk integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- of what is older than events are kept only the tallies know
	kept_from timestamptz := greatest(since, smsengage_internal.horizon());
	first_cell timestamptz := smsengage_internal.cell_start(:LEVEL_QUARTER_HOUR:, kept_from);
	last_cell timestamptz := smsengage_internal.cell_end(:LEVEL_QUARTER_HOUR:, until - interval '1 microsecond');
	everything boolean := kept_from = '-infinity' AND until = 'infinity' AND chunk IS NULL;
	series_nos bigint[];
	piece record;
BEGIN
	IF since IS NULL OR until IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'since and until must not be null';
	END IF;
	PERFORM smsengage_internal.begin_rebuild();
	-- fold() moves what is deleted here: one of them at a time
	PERFORM smsengage_internal.take_turn('smsengage.engagement_tally', 0, false, true);

	PERFORM smsengage_internal.add_missing_series(first_cell, last_cell);
	series_nos := ARRAY(SELECT s.series_no FROM smsengage.series s WHERE s.own);

	-- quarter hours from events, a week at a time
	FOR piece IN
		SELECT CASE WHEN w = b.low THEN first_cell ELSE w END AS since,
			CASE WHEN w >= b.high THEN last_cell ELSE w + interval '168 hours' END AS until
		FROM (
			-- a cell may be wrong where no event is
			SELECT smsengage_internal.cell_start(:LEVEL_WEEK:, coalesce(min(x.at), now())) AS low,
				smsengage_internal.cell_start(:LEVEL_WEEK:, coalesce(max(x.at), now())) AS high
			FROM (
				SELECT e.event_time AS at FROM smsengage.event e
				UNION ALL
				SELECT t.cell_start FROM smsengage.engagement_tally t WHERE t.level IN (:LEVEL_DELTA:, :LEVEL_QUARTER_HOUR:) AND t.chunk >= -1
			) x
			WHERE x.at >= first_cell AND x.at < last_cell
		) b
		CROSS JOIN LATERAL generate_series(b.low, b.high, interval '168 hours') w
	LOOP
		PERFORM smsengage_internal.rebuild_quarters(series_nos, piece.since, piece.until, rebuild_tallies.chunk);
	END LOOP;

	-- each coarser level from the one below, where cells were touched
	FOR coarser IN :LEVEL_DAY:..:LEVEL_64_WEEKS: LOOP
		first_cell := smsengage_internal.cell_start(coarser, first_cell);
		last_cell := smsengage_internal.cell_end(coarser, last_cell - interval '1 microsecond');
		PERFORM smsengage_internal.rebuild_level(coarser, series_nos, first_cell, last_cell, rebuild_tallies.chunk);
	END LOOP;

	IF everything THEN
		DELETE FROM smsengage.engagement_tally t WHERE t.series_no <> ALL (series_nos);
	END IF;
	IF rebuild_tallies.until = 'infinity' AND rebuild_tallies.chunk IS NULL THEN
		UPDATE smsengage.tally_dimension d SET complete_from = kept_from
		WHERE d.complete_from > kept_from;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_tallies(timestamptz, timestamptz, integer) IS 'Makes the tallies of [since, until) again from events, of one chunk of people (-1: of nobody) or, without chunk, of all; coarser cells that reach beyond are summed again from finer ones. To be called after events were erased or given to another person, in the same transaction. Without an end it also makes a dimension added later complete from since on. Ingestion and readers may go on; waits for fold().';

CREATE FUNCTION smsengage.name_series(account text, names text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint;
BEGIN
	-- waits for every ingestion that goes by the numbers of before
	PERFORM smsengage_internal.lock_erasure('name_series()');
	UPDATE smsengage.series s SET series_no = nextval(pg_get_serial_sequence('smsengage.series', 'series_no')), own = true
	WHERE s.account = name_series.account AND NOT s.own AND (names IS NULL OR s.value = ANY (names));
	GET DIAGNOSTICS n = ROW_COUNT;
	IF n > 0 THEN
		PERFORM smsengage.rebuild_tallies(smsengage_internal.horizon(), 'infinity');
	END IF;
	RETURN n;
END
$$;
COMMENT ON FUNCTION smsengage.name_series(text, text[]) IS 'Gives names of an account that are counted as (other) series of their own, all of them or these, makes the tallies again, and returns how many series that were. For the owner, when the limit new_names met names that are wanted, and for quiet hours: ingestion waits. Raises 0A000 in transactions that keep one snapshot (REPEATABLE READ, SERIALIZABLE).';

CREATE FUNCTION smsengage.add_tally_dimension(dimension text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- Waits for every ingestion that goes by the dimensions of before. Their
	-- events lie two days ahead at the most.
	LOCK TABLE smsengage.tally_dimension IN ACCESS EXCLUSIVE MODE;
	INSERT INTO smsengage.tally_dimension (dimension, complete_from)
	VALUES (add_tally_dimension.dimension, clock_timestamp() + interval '48 hours')
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.add_tally_dimension(text) IS 'Keeps tallies by one more attribute, bulk_message or link_name, for events from two days ahead on; rebuild_tallies(since) adds those before. Nothing changes for one that is kept already. Waits for ingestions that are under way. Raises 23514 for another attribute.';
