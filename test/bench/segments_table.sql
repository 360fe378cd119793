-- The table of segments.sh: figures and ratios by size.
WITH m AS (
	SELECT events, what, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms, min(ms) AS low, max(ms) AS high,
		min(answer) AS answer, min(answer) = max(answer) AS same
	FROM figure WHERE run > 0 GROUP BY 1, 2
), compared (no, what, with_what) AS (
	VALUES (1, 'segment_size, all folded', 'plain SQL'), (2, 'segment_size, all folded', 'DuckDB'), (3, 'segment_size, nothing folded', 'plain SQL'),
		(4, 'segment_size, a day of singles', 'plain SQL, a day later'), (5, 'segment, ids', 'plain SQL, ids'), (6, 'segment, ids', 'DuckDB, ids'),
		(7, 'segment, ids', 'DuckDB, numbers')
), line (no, what, events, value) AS (
	SELECT 100 + dense_rank() OVER (ORDER BY what LIKE 'plain%', what LIKE 'DuckDB%', what), what || ', ms', events,
		round(ms::numeric, CASE WHEN ms < 100 THEN 2 ELSE 0 END) || CASE WHEN same OR what LIKE 'is_member%' THEN '' ELSE ': answers differ' END
	FROM m
	UNION ALL
	SELECT 200 + c.no, format('%s: times faster than %s', c.what, c.with_what), m.events,
		round((o.ms / m.ms)::numeric, 1) || CASE WHEN o.answer <> m.answer THEN ': another answer' ELSE '' END
	FROM compared c JOIN m USING (what) JOIN m o ON o.what = c.with_what AND o.events = m.events
	UNION ALL
	SELECT 300, what || ': min to max, ms', events, round(low::numeric, 2) || ' to ' || round(high::numeric, 2)
	FROM m WHERE what = 'segment_size, all folded'
	UNION ALL
	SELECT 400 + dense_rank() OVER (ORDER BY what), what, events, value::text FROM fact
), growth AS (
	SELECT l.no, l.what, round((o.ms / f.ms)::numeric, 1)::text AS growth
	FROM (SELECT DISTINCT no, what FROM line WHERE no < 200) l
	JOIN m f ON f.what || ', ms' = l.what AND f.events = (SELECT min(events) FROM figure)
	JOIN m o ON o.what || ', ms' = l.what AND o.events = (SELECT max(events) FROM figure)
)
SELECT no, what, CASE WHEN events < 1000000 THEN events || ' events' ELSE events / 1000000 || ' M events' END AS size, value, events AS sorting FROM line
UNION ALL
SELECT no, what, 'growth', growth, 2147483647 FROM growth
ORDER BY no \crosstabview what size value sorting
