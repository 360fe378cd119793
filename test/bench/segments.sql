-- Figures of segments.sh, in psql variables events, people, last_day, at, runs.
-- Each figure is the median of :runs runs, taken in turns, after one that is
-- not counted.
\timing off
SET client_min_messages = warning;
SELECT CASE WHEN :events < 50000000 THEN 3 ELSE 1 END AS plain_runs, :events < 50000000 AS small \gset

-- all folded; the moment is no boundary of anything
SELECT measure(:events, 'plain SQL', format('SELECT count(*) FROM (%s) p', plain(:'at')), i),
	measure(:events, 'plain SQL, ids', format('SELECT count(individual_id) FROM (%s) p JOIN smsengage.individual USING (individual_no)', plain(:'at')), i)
FROM generate_series(CASE WHEN :'small' THEN 0 ELSE 1 END, :plain_runs) i;
SELECT measure(:events, 'segment_size, all folded', sized(:'at'), i), measure(:events, 'segment, ids', listed(:'at'), i)
FROM generate_series(0, :runs) i;

\c
-- what the library, catalogue and plans take is not the evaluation's
SELECT smsengage.segment_size('individual in (''nobody'')', '2000-01-02');
SELECT memory('RssAnon') AS before \gset
SELECT smsengage.segment_size('click >= 3 in last 30 days and not click[bulk_message = ''send-1''] in last 50 days', :'last_day');
INSERT INTO fact SELECT :events, 'megabytes of memory for an evaluation (at most)',
	round((memory('VmHWM') - memory('RssShmem') - memory('RssFile') - :before) / 1024.0, 1);
SELECT setseed(0.1);
-- other people each time, whose events lie all over the heap
SELECT measure(:events, 'is_member, a thousand people', asked(:people, :'at'), i) FROM generate_series(0, :runs) i;

-- one more day, in which each event came by itself and nothing was folded
INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, provider, event_type, account, recipient)
SELECT at, -i, 1 + floor(:people * power(random(), 1.5))::bigint, at, at, 'salesforce_dmo', 'CLICK', 'shop', ''
FROM (SELECT i, :'last_day'::timestamptz + interval '1 day' * i * 60 / :events AS at FROM generate_series(1::bigint, :events / 60) i) a;
INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
SELECT s.series_no, smsengage_internal.cell_start(1, e.event_time), 0, smsengage.chunk_of(e.individual_no), 0, smsengage.tally(ARRAY[smsengage.chunk_offset(e.individual_no)])
FROM smsengage.event e, smsengage.series s
WHERE e.event_time > :'last_day' AND s.event_type = 'CLICK' AND s.dimension = '';
VACUUM ANALYZE smsengage.engagement_tally;
VACUUM (ANALYZE, INDEX_CLEANUP off) smsengage.event;
SELECT measure(:events, 'plain SQL, a day later', format('SELECT count(*) FROM (%s) p', plain(:'at'::timestamptz + interval '1 day')), i)
FROM generate_series(CASE WHEN :'small' THEN 0 ELSE 1 END, :plain_runs) i;
SELECT measure(:events, 'segment_size, a day of singles', sized(:'at'::timestamptz + interval '1 day'), i)
FROM generate_series(0, :runs) i;

-- nothing folded: one delta for each quarter hour and chunk
BEGIN;
CREATE TEMP TABLE unfolded AS
SELECT t.series_no, q.cell_start, t.chunk, q.tally
FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no)
CROSS JOIN LATERAL smsengage_internal.quarter_hour_cells(t.chunk, t.cell_start, t.quarters, '{}') q
WHERE t.level = 1 AND s.dimension = '';
TRUNCATE smsengage.engagement_tally;
INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
SELECT u.series_no, u.cell_start, 0, u.chunk, 0, p FROM unfolded u CROSS JOIN LATERAL smsengage.split(u.tally) p;
COMMIT;
VACUUM ANALYZE smsengage.engagement_tally;
SELECT measure(:events, 'segment_size, nothing folded', sized(:'at'), i) FROM generate_series(0, 3) i;
DROP TABLE unfolded;
