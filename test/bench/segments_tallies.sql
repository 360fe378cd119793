-- Tallies, all folded, and what they take.
SELECT clock_timestamp() AS began \gset
SELECT smsengage.rebuild_tallies();
INSERT INTO fact SELECT :events, 'seconds of rebuild_tallies()', round(extract(epoch FROM clock_timestamp() - :'began'), 1);
VACUUM ANALYZE smsengage.engagement_tally;
ANALYZE smsengage.series;
INSERT INTO fact SELECT :events, 'bytes of tallies per event and dimension', round(pg_total_relation_size('smsengage.engagement_tally') / (3.0 * :events), 1);
INSERT INTO fact SELECT :events, format('of these for %s', CASE s.dimension WHEN '' THEN 'all events' ELSE s.dimension END),
	round(sum(pg_column_size(t.*) + 4 + 40) / :events.0, 1)	-- with line pointer and index entry
	FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) GROUP BY s.dimension;
INSERT INTO fact SELECT :events, 'megabytes of tallies', pg_total_relation_size('smsengage.engagement_tally') / 1000000;
INSERT INTO fact SELECT :events, 'megabytes of events with their own indexes', round(sum(pg_total_relation_size(inhrelid)) / 1000000)
	FROM pg_inherits WHERE inhparent = 'smsengage.event'::regclass;
