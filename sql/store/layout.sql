-- Tallies of a store that another version of the extension made.

CREATE FUNCTION smsengage_internal.tally_layout()
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	layout text := format('%s people a chunk', smsengage.chunk_start(1));
	monday timestamptz := '2024-01-01 00:00:00+00';
BEGIN
	FOR level IN 1..100 LOOP
		layout := format('%s, %s from %s', layout, smsengage_internal.cell_end(level, monday) - smsengage_internal.cell_start(level, monday),
						 to_char(timezone('UTC', smsengage_internal.cell_start(level, monday)), 'YYYY-MM-DD'));
	END LOOP;
	RETURN layout;
EXCEPTION WHEN invalid_parameter_value THEN
	-- the level above the last
	RETURN layout;
END
$$;
COMMENT ON FUNCTION smsengage_internal.tally_layout() IS 'The levels of tallies in words: the length of their cells. Used by migrate().';

CREATE FUNCTION smsengage_internal.check_layout()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	wanted text := smsengage_internal.tally_layout();
	levels integer := cardinality(string_to_array(wanted, ',')) - 1;
BEGIN
	IF EXISTS (SELECT FROM smsengage.store_layout s WHERE s.layout = wanted) THEN
		RETURN;
	END IF;
	IF EXISTS (SELECT FROM smsengage.store_layout s WHERE split_part(s.layout, ',', 1) <> split_part(wanted, ',', 1)) THEN
		TRUNCATE smsengage.engagement_tally;
		PERFORM smsengage.rebuild_tallies();
	ELSIF EXISTS (SELECT 1 FROM smsengage.engagement_tally) THEN
		-- quarter hours are kept for all time, also of events that are gone
		PERFORM smsengage_internal.begin_rebuild();
		PERFORM smsengage_internal.take_turn('smsengage.engagement_tally', 0, false, true);
		DELETE FROM smsengage.engagement_tally t WHERE t.level > :LEVEL_QUARTER_HOUR:;
		FOR coarse IN :LEVEL_DAY:..levels LOOP
			INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
			SELECT s.series_no, s.cell_start, s.anonymous, s.chunk, coarse, piece
			FROM (
				SELECT t.series_no, smsengage_internal.cell_start(coarse, t.cell_start) AS cell_start, t.chunk, sum(t.anonymous)::bigint AS anonymous,
					smsengage.sum(CASE
						WHEN coarse > :LEVEL_DAY: OR t.chunk < 0 THEN coalesce(t.tally, '{}')
						ELSE smsengage.tally(t.quarters, t.cell_start, t.cell_start, smsengage_internal.cell_end(:LEVEL_DAY:, t.cell_start))
					END) AS tally
				FROM smsengage.engagement_tally t
				WHERE t.level = CASE coarse WHEN :LEVEL_DAY: THEN :LEVEL_QUARTER_HOUR: ELSE coarse - 1 END
				GROUP BY 1, 2, 3
			) s
			CROSS JOIN LATERAL smsengage.split(s.tally) piece
			ORDER BY s.series_no, s.cell_start, s.chunk;
		END LOOP;
		PERFORM smsengage_internal.rebuild_outcomes();
	END IF;
	DELETE FROM smsengage.store_layout;
	INSERT INTO smsengage.store_layout (layout) VALUES (wanted);
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_layout() IS 'Sums the tallies of a store with other levels again, from quarter hours; counts them from events where chunks had another size. Used by migrate().';

CREATE FUNCTION smsengage_internal.index_tails()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	wanted text := 'Numbers that are not of the normal form, by numbering plans of ' || smsengage.numbering_source();
	index regclass;
	described text;
BEGIN
	FOREACH index IN ARRAY ARRAY['smsengage.subscription_tail_idx', 'smsengage.block_tail_idx']::regclass[] LOOP
		described := obj_description(index, 'pg_class');
		IF described IS NOT NULL AND described <> wanted THEN
			EXECUTE format('REINDEX INDEX %s', index);
		END IF;
		IF described IS DISTINCT FROM wanted THEN
			EXECUTE format('COMMENT ON INDEX %s IS %L', index, wanted);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.index_tails() IS 'Makes the indexes over number_tail() anew where they were made with other numbering plans. Used by migrate().';
