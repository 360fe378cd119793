-- Tallies in the store: exact counts of people over any window, kept by
-- appending what each batch adds, and joined here.

CREATE FUNCTION smsengage_internal.take_turn(part regclass, number bigint, together boolean, wait boolean)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_take_turn' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.take_turn(regclass, bigint, boolean, boolean) IS 'Takes the lock on a numbered part of a table of the store until the end of the transaction, alone or together with others who ask so; false where it is taken and there is no waiting. No advisory lock: only who may delete from the table can have it (42501). Used by fold() and the rebuild functions.';

CREATE FUNCTION smsengage_internal.fold_series(folded bigint[], since timestamptz, until timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- each fresh cell finds its rows by the index, however many there are
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	deltas bigint;
BEGIN
	-- what another fold() or rebuild_tallies() is at is left to it
	IF NOT smsengage_internal.take_turn('smsengage.engagement_tally', 0, true, false) THEN
		RETURN 0;
	END IF;
	folded := ARRAY(SELECT f FROM unnest(folded) f WHERE smsengage_internal.take_turn('smsengage.engagement_tally', f, false, false));
	-- One statement, so that every snapshot sees either the deltas or what they
	-- became. A row of a cell joins the new sum unless it is larger than four
	-- times what has gathered beside it; so a cell has few rows, each five
	-- times the one before, and a large row is rewritten seldom.
	WITH gone AS (
		DELETE FROM smsengage.engagement_tally t
		WHERE t.series_no = ANY (folded) AND t.level = :LEVEL_DELTA: AND t.cell_start >= since AND t.cell_start < until
		RETURNING t.series_no, t.cell_start, t.chunk, t.tally, t.anonymous
	), quarters AS (
		SELECT g.series_no, g.cell_start, g.chunk, smsengage.sum(g.tally) AS tally, sum(g.anonymous)::bigint AS anonymous
		FROM gone g GROUP BY 1, 2, 3
	), days AS (
		SELECT q.series_no, smsengage_internal.cell_start(:LEVEL_DAY:, q.cell_start) AS cell_start, q.chunk, smsengage.sum(q.tally) AS tally, sum(q.anonymous)::bigint AS anonymous,
			smsengage.sum(smsengage.day_tally(q.cell_start, CASE WHEN q.chunk >= 0 THEN q.tally ELSE smsengage.tally('{0}', ARRAY[q.anonymous::integer]) END)) AS quarters
		FROM quarters q GROUP BY 1, 2, 3
	), weeks AS (
		SELECT d.series_no, smsengage_internal.cell_start(:LEVEL_WEEK:, d.cell_start) AS cell_start, d.chunk, smsengage.sum(d.tally) AS tally, sum(d.anonymous)::bigint AS anonymous
		FROM days d GROUP BY 1, 2, 3
	), weeks_8 AS (
		SELECT w.series_no, smsengage_internal.cell_start(:LEVEL_8_WEEKS:, w.cell_start) AS cell_start, w.chunk, smsengage.sum(w.tally) AS tally, sum(w.anonymous)::bigint AS anonymous
		FROM weeks w GROUP BY 1, 2, 3
	), weeks_64 AS (
		SELECT w.series_no, smsengage_internal.cell_start(:LEVEL_64_WEEKS:, w.cell_start) AS cell_start, w.chunk, smsengage.sum(w.tally) AS tally, sum(w.anonymous)::bigint AS anonymous
		FROM weeks_8 w GROUP BY 1, 2, 3
	), fresh AS (
		SELECT d.series_no, :LEVEL_QUARTER_HOUR:::smallint AS level, d.cell_start, d.chunk, d.anonymous, NULL::smsengage.tally AS tally, d.quarters FROM days d
		UNION ALL SELECT d.series_no, 3::smallint, d.cell_start, d.chunk, d.anonymous, d.tally, NULL FROM days d
		UNION ALL SELECT w.series_no, 4::smallint, w.cell_start, w.chunk, w.anonymous, w.tally, NULL FROM weeks w
		UNION ALL SELECT w.series_no, 5::smallint, w.cell_start, w.chunk, w.anonymous, w.tally, NULL FROM weeks_8 w
		UNION ALL SELECT w.series_no, 6::smallint, w.cell_start, w.chunk, w.anonymous, w.tally, NULL FROM weeks_64 w
	), beside AS (
		SELECT t.series_no, t.level, t.cell_start, t.chunk, coalesce(smsengage.bytes(t.tally), smsengage_internal.day_bytes(t.quarters)) AS size,
			coalesce(smsengage.bytes(f.tally), smsengage_internal.day_bytes(f.quarters)) + coalesce(sum(coalesce(smsengage.bytes(t.tally), smsengage_internal.day_bytes(t.quarters))) OVER (
				PARTITION BY t.series_no, t.level, t.cell_start, t.chunk ORDER BY coalesce(smsengage.bytes(t.tally), smsengage_internal.day_bytes(t.quarters))
				ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS gathered
		FROM fresh f
		JOIN smsengage.engagement_tally t ON t.series_no = f.series_no AND t.level = f.level AND t.cell_start = f.cell_start AND t.chunk = f.chunk
	), small AS (
		SELECT b.series_no, b.level, b.cell_start, b.chunk, max(b.size) AS size
		FROM beside b
		WHERE b.size <= 4 * b.gathered
		GROUP BY 1, 2, 3, 4
	), joined AS (
		DELETE FROM smsengage.engagement_tally t
		USING small s
		WHERE t.series_no = s.series_no AND t.level = s.level AND t.cell_start = s.cell_start AND t.chunk = s.chunk
			AND coalesce(smsengage.bytes(t.tally), smsengage_internal.day_bytes(t.quarters)) <= s.size
		RETURNING t.series_no, t.level, t.cell_start, t.chunk, t.anonymous, t.tally, t.quarters
	), sums AS (
		SELECT a.series_no, a.level, a.cell_start, a.chunk, sum(a.anonymous)::bigint AS anonymous, smsengage.sum(a.tally) AS tally, smsengage.sum(a.quarters) AS quarters
		FROM (SELECT f.* FROM fresh f UNION ALL SELECT j.* FROM joined j) a
		GROUP BY 1, 2, 3, 4
	), put AS (
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally, quarters)
		SELECT s.series_no, s.cell_start, s.anonymous, s.chunk, s.level, piece.tally, piece.quarters
		FROM sums s
		CROSS JOIN LATERAL (
			SELECT p AS tally, NULL::smsengage.day_tally AS quarters FROM smsengage.split(s.tally) p
			UNION ALL
			SELECT NULL, p FROM smsengage_internal.day_split(s.quarters) p
		) piece
		ORDER BY s.series_no, s.level, s.cell_start, s.chunk
	)
	SELECT count(*) INTO deltas FROM gone;
	RETURN deltas;
END
$$;
COMMENT ON FUNCTION smsengage_internal.fold_series(bigint[], timestamptz, timestamptz) IS 'Adds the deltas of these series in [since, until) to the cells of every level and deletes them; returns how many. Leaves a series that another session is at, and all of them, while rebuild_tallies() is. Used by fold().';

CREATE FUNCTION smsengage_internal.tallies_are_received()
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = 'smsengage.engagement_tally'::regclass);
END
$$;
COMMENT ON FUNCTION smsengage_internal.tallies_are_received() IS 'Whether a subscription brings the rows of engagement_tally. What is folded here would be counted again when the publisher folds it. Used by maintain() and fold().';

CREATE PROCEDURE smsengage.fold()
LANGUAGE plpgsql
AS $$
DECLARE
	piece pg_catalog.record;
BEGIN
	CALL smsengage_internal.read_committed();
	IF smsengage_internal.tallies_are_received() THEN
		RETURN;
	END IF;
	-- Eight weeks at a time, of one series that has many deltas, or of up to
	-- 200 that have few: a statement by itself costs as much as a hundred deltas.
	-- The lateral query asks the index once for each series, where the whole table
	-- would be read otherwise; the chunk is there for clusters, which ask where it is.
	FOR piece IN
		SELECT pg_catalog.array_agg(n.series_no ORDER BY n.series_no) AS series_nos, n.since
		FROM (
			SELECT d.series_no, d.since, pg_catalog.row_number() OVER w AS no, pg_catalog.sum(d.deltas) OVER w AS deltas
			FROM (
				SELECT s.series_no, c.since, pg_catalog.sum(c.deltas) AS deltas
				FROM smsengage.series s
				CROSS JOIN LATERAL (
					SELECT t.chunk, smsengage_internal.cell_start(:LEVEL_8_WEEKS:, t.cell_start) AS since, pg_catalog.count(*) AS deltas
					FROM smsengage.engagement_tally t
					WHERE t.series_no OPERATOR(pg_catalog.=) s.series_no AND t.level OPERATOR(pg_catalog.=) :LEVEL_DELTA:::smallint
					GROUP BY 1, 2
				) c
				WHERE s.own
				GROUP BY 1, 2
			) d
			WINDOW w AS (PARTITION BY d.since ORDER BY d.series_no)
		) n
		GROUP BY n.since, n.no OPERATOR(pg_catalog./) 200, pg_catalog.div(n.deltas, 10000)
		ORDER BY 2, 1
	LOOP
		PERFORM smsengage_internal.fold_series(piece.series_nos, piece.since, smsengage_internal.cell_end(:LEVEL_8_WEEKS:, piece.since));
		IF smsengage_internal.may_commit() THEN
			COMMIT AND CHAIN;
		END IF;
	END LOOP;
	PERFORM smsengage_internal.fold_outcomes();
END
$$;
COMMENT ON PROCEDURE smsengage.fold() IS 'Joins what ingestion appended to the tallies. Changes no answer, only its cost; may run beside ingestion, readers and another fold(), and blocks none of them. Does nothing where a subscription brings the tallies of another store, which folds them. Called outside of a transaction block it commits piece by piece.';
