-- Figures of segments.sh, on the data of segments_data.sql, in psql variables
-- events, people, last_day, runs.  Each figure is the median of :runs runs,
-- taken in turns, after one that is not counted.
\set ON_ERROR_STOP on
\timing off
SET client_min_messages = warning;
SET jit = off;

CREATE TABLE figure (what text, run int, ms float8, answer bigint);
CREATE TABLE fact (what text, value text);
CREATE FUNCTION measure(what text, query text, run int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	answer bigint;
	start timestamptz := clock_timestamp();
BEGIN
	EXECUTE query INTO answer;
	INSERT INTO figure VALUES (what, run, extract(epoch FROM clock_timestamp() - start) * 1000, answer);
END $$;
CREATE FUNCTION plain(at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT individual_no FROM smsengage.event WHERE event_type = ''CLICK'' AND event_time >= %L AND event_time < %L
		AND individual_no <> 0 AND (part IS NULL OR part = 0) GROUP BY 1 HAVING count(*) >= 3', at - interval '30 days', at) $$;
CREATE FUNCTION sized(at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT smsengage.segment_size(''click >= 3 in last 30 days'', %L)', at) $$;
CREATE FUNCTION listed(at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT count(individual_id) FROM smsengage.segment(''click >= 3 in last 30 days'', %L)', at) $$;
-- anonymous memory of this backend in kB: now, and at its peak
CREATE FUNCTION memory(line text) RETURNS bigint LANGUAGE sql AS $$
	SELECT substring(pg_read_file('/proc/self/status') FROM line || ':\s*(\d+)')::bigint $$;

-- the best that plain SQL can have
CREATE INDEX plain_sql ON smsengage.event (event_type, event_time) INCLUDE (individual_no, part);
VACUUM ANALYZE smsengage.event;
VACUUM ANALYZE smsengage.engagement_tally;
ANALYZE smsengage.series;

INSERT INTO fact SELECT 'bytes of tallies per event and dimension', round(pg_total_relation_size('smsengage.engagement_tally') / (3.0 * :events), 1)::text;
INSERT INTO fact SELECT format('of these for %s', CASE s.dimension WHEN '' THEN 'all events' ELSE s.dimension END),
	round(sum(pg_column_size(t.*) + 4 + 40) / :events.0, 1)::text	-- with line pointer and index entry
	FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) GROUP BY s.dimension;
INSERT INTO fact SELECT 'megabytes of tallies, of events with their own indexes',
	pg_total_relation_size('smsengage.engagement_tally') / 1000000 || ', ' || round(sum(pg_total_relation_size(inhrelid)) / 1000000)
	FROM pg_inherits WHERE inhparent = 'smsengage.event'::regclass;

-- all folded; the moment is no boundary of anything
SELECT measure('plain SQL', format('SELECT count(*) FROM (%s) p', plain(at)), i),
	measure('plain SQL, ids', format('SELECT count(individual_id) FROM (%s) p JOIN smsengage.individual USING (individual_no)', plain(at)), i)
FROM generate_series(0, 2) i, (SELECT :'last_day'::timestamptz - interval '7 hours 13 minutes 21.5 seconds' AS at) m \g /dev/null
SELECT measure('segment_size, all folded', sized(at), i), measure('segment, ids', listed(at), i)
FROM generate_series(0, :runs) i, (SELECT :'last_day'::timestamptz - interval '7 hours 13 minutes 21.5 seconds' AS at) m \g /dev/null

\c
-- what the library, catalogue and plans take is not the evaluation's
SELECT smsengage.segment_size('individual in (''nobody'')', '2000-01-02') \g /dev/null
SELECT memory('RssAnon') AS before \gset
SELECT smsengage.segment_size('click >= 3 in last 30 days and not click[bulk_message = ''send-1''] in last 50 days', :'last_day') \g /dev/null
INSERT INTO fact SELECT 'megabytes of memory for an evaluation (at most)',
	round((memory('VmHWM') - memory('RssShmem') - memory('RssFile') - :before) / 1024.0, 1)::text;
SELECT count(*) FROM (SELECT smsengage.is_member(i, 'click >= 3 in last 30 days'::smsengage.segment_rule, :'last_day') FROM generate_series(1, 100) i) w \g /dev/null
SELECT setseed(0.1) \g /dev/null
SELECT measure('is_member, a thousand people', format('SELECT count(smsengage.is_member(n, ''click >= 3 in last 30 days''::smsengage.segment_rule, %L))
	FROM (SELECT 1 + floor(random() * %s)::bigint AS n FROM generate_series(1, 1000)) p', :'last_day', :people), i) FROM generate_series(0, :runs) i \g /dev/null

-- one more day, in which each event came by itself and nothing was folded
INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, provider, event_type, account, recipient)
SELECT at, -i, 1 + floor(:people * power(random(), 1.5))::bigint, at, at, 'salesforce_dmo', 'CLICK', 'shop', ''
FROM (SELECT i, :'last_day'::timestamptz + interval '1 day' * i * 60 / :events AS at FROM generate_series(1, :events / 60) i) a;
INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
SELECT s.series_no, smsengage.cell_start(1, e.event_time), 0, smsengage.chunk_of(e.individual_no), 0, smsengage.tally(ARRAY[smsengage.chunk_offset(e.individual_no)])
FROM smsengage.event e, smsengage.series s
WHERE e.event_time > :'last_day' AND s.event_type = 'CLICK' AND s.dimension = '';
VACUUM ANALYZE smsengage.engagement_tally;
VACUUM ANALYZE smsengage.event;
SELECT measure('plain SQL, a day later', format('SELECT count(*) FROM (%s) p', plain(at)), i)
FROM generate_series(0, 2) i, (SELECT :'last_day'::timestamptz + interval '16 hours 46 minutes 38.5 seconds' AS at) m \g /dev/null
SELECT measure('segment_size, a day of singles', sized(at), i)
FROM generate_series(0, :runs) i, (SELECT :'last_day'::timestamptz + interval '16 hours 46 minutes 38.5 seconds' AS at) m \g /dev/null

-- nothing folded: one delta for each quarter hour and chunk
DELETE FROM smsengage.engagement_tally WHERE level > 1;
UPDATE smsengage.engagement_tally SET level = 0 WHERE level = 1;
VACUUM ANALYZE smsengage.engagement_tally;
SELECT measure('segment_size, nothing folded', sized(at), i)
FROM generate_series(0, 3) i, (SELECT :'last_day'::timestamptz - interval '7 hours 13 minutes 21.5 seconds' AS at) m \g /dev/null
