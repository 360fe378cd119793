-- The table of segments.sh.
WITH m AS (
	SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms, min(ms) AS low, max(ms) AS high, min(answer) AS answer,
		min(answer) = max(answer) AS same
	FROM figure WHERE run > 0 GROUP BY 1
), compared (what, with_what) AS (
	VALUES ('segment_size, all folded', 'plain SQL'), ('segment_size, all folded', 'DuckDB'), ('segment_size, nothing folded', 'plain SQL'),
		('segment_size, a day of singles', 'plain SQL, a day later'), ('segment, ids', 'plain SQL, ids'), ('segment, ids', 'DuckDB, ids'),
		('segment, ids', 'DuckDB, numbers')
)
SELECT m.what, round(m.ms::numeric, 2) AS median_ms, round(m.low::numeric, 2) AS min_ms, round(m.high::numeric, 2) AS max_ms,
	CASE WHEN m.same THEN m.answer::text ELSE 'answers differ' END AS answer,
	(SELECT string_agg(format('%sx %s%s', round((o.ms / m.ms)::numeric, 1), o.what, CASE WHEN o.answer <> m.answer THEN ': another answer' ELSE '' END), '; ')
	 FROM compared c JOIN m o ON o.what = c.with_what WHERE c.what = m.what) AS times_faster
FROM m ORDER BY m.ms DESC;
TABLE fact;
