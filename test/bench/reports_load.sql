-- Traffic for reports.sh: :messages messages of 70 days, 2.14 events each,
-- set into the tables of the store as ingestion would leave them.  (Ingestion
-- itself has its own bench.)  The same number is always the same message.
\set ON_ERROR_STOP on
SET work_mem = '256MB';
SET timezone = 'UTC';

CREATE FUNCTION pg_temp.draw(seed bigint, what integer, n bigint)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ((hashint8extended(seed, what) % n) + n) % n $$;

SELECT smsengage.create_store() \g /dev/null
SELECT smsengage.make_partition(d) FROM unnest('{2026-01-01,2026-02-01,2026-03-01,2026-04-01}'::date[]) d \g /dev/null

INSERT INTO smsengage.individual (individual_no, scope, individual_id)
SELECT n + 1, 'native/', 'p' || n FROM generate_series(0, 1999999) n;

-- one campaign of 16,000 messages after the other, each within half a day
INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, sent_time, message_key, status_class, provider, event_type,
	account, message_id, bulk_message, individual_id, recipient, sender_id, keyword, message_text, link_name, user_agent, price, price_currency)
SELECT k.at, hashint8extended(m.no, k.n), m.person + 1, k.at, k.at, NULL,
	CASE WHEN k.n < 4 THEN md5('m' || m.no)::uuid END, k.status_class, 'native', k.type,
	'shop ' || m.campaign % 3, CASE WHEN k.n < 4 THEN 'm' || m.no END, CASE WHEN k.n < 4 THEN 'campaign ' || m.campaign END,
	'p' || m.person, m.recipient, '1000' || m.campaign % 6,
	CASE WHEN k.type = 'UNSUBSCRIBE' THEN 'STOP' END, CASE WHEN k.n > 3 THEN k.type END,
	CASE WHEN k.type = 'CLICK' THEN 'link ' || pg_temp.draw(m.no, 8, 40) END,
	CASE WHEN k.type = 'CLICK' THEN
		CASE WHEN pg_temp.draw(m.no, 9, 50) = 0 THEN 'Mozilla/5.0 (compatible; bitlybot/3.0)' ELSE 'Mozilla/5.0 (Linux; Android 14; rv ' || pg_temp.draw(m.no, 10, 500) || ')' END END,
	CASE WHEN k.n = 0 THEN 0.0065 END, CASE WHEN k.n = 0 THEN CASE WHEN m.campaign % 3 = 0 THEN 'USD' ELSE 'EUR' END END
FROM (
	SELECT g.no, c.campaign, p.person,
		timestamptz '2026-01-01 06:00Z' + c.campaign * interval '173 minutes' + pg_temp.draw(g.no, 1, 12 * 3600 * 1000) * interval '1 millisecond' AS sent,
		CASE pg_temp.draw(p.person, 2, 3) WHEN 0 THEN '+447700900' WHEN 1 THEN '+1202555' ELSE '+3361111' END || lpad(p.person::text, 7, '0') AS recipient
	FROM generate_series(0, :messages - 1) g(no)
	CROSS JOIN LATERAL (SELECT g.no / 16000 AS campaign) c
	CROSS JOIN LATERAL (SELECT pg_temp.draw(g.no, 3, 2000000) AS person) p
) m
CROSS JOIN LATERAL (
	SELECT pg_temp.draw(m.no, 4, 100) AS fate, pg_temp.draw(m.no, 5, 100) AS act, m.sent + (2 + pg_temp.draw(m.no, 6, 60)) * interval '1 second' AS done
) f
CROSS JOIN LATERAL (VALUES
	(0, 'SENT', 4::smallint, m.sent, true),
	(1, CASE WHEN f.fate < 88 THEN 'DELIVERED' WHEN f.fate < 93 THEN 'UNDELIVERED' WHEN f.fate < 95 THEN 'EXPIRED' ELSE 'TRANSIENT' END,
		(CASE WHEN f.fate < 88 THEN 9 WHEN f.fate < 93 THEN 8 WHEN f.fate < 95 THEN 7 ELSE 5 END)::smallint, f.done, f.fate < 98),
	(2, 'CLICK', NULL, f.done + pg_temp.draw(m.no, 7, 7200) * interval '1 second', f.act < 14 AND f.fate < 88),
	(3, 'CLICK', NULL, f.done + (7200 + pg_temp.draw(m.no, 11, 3)) * interval '1 second', f.act < 3 AND f.fate < 88),
	(4, 'REPLY', NULL, f.done + pg_temp.draw(m.no, 12, 18000) * interval '1 second', f.act = 20),
	(5, 'UNSUBSCRIBE', NULL, f.done + pg_temp.draw(m.no, 13, 18000) * interval '1 second', f.act = 21 AND f.fate < 40)
) k(n, type, status_class, at, wanted)
WHERE k.wanted;

INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, account, provider, message_id, recipient, sender_id, bulk_message, price, price_currency, state)
SELECT e.message_key, min(e.event_time), max(e.event_time), max(e.individual_no), max(e.account), 'native', max(e.message_id), max(e.recipient), max(e.sender_id), max(e.bulk_message),
	max(e.price), max(e.price_currency),
	smsengage.merge(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel, e.part, e.event_time, e.sent_time, e.time_source))
FROM smsengage.event e
WHERE e.status_class IS NOT NULL
GROUP BY e.message_key;

INSERT INTO smsengage.series (digest, account, event_type, dimension, value)
SELECT smsengage.content_digest(s.account, s.event_type, s.dimension, s.value), s.*
FROM (
	SELECT e.account, e.event_type, d.dimension, d.value
	FROM smsengage.event e
	CROSS JOIN LATERAL (VALUES ('', ''), ('bulk_message', e.bulk_message), ('link_name', e.link_name)) d(dimension, value)
	WHERE d.value IS NOT NULL
	GROUP BY 1, 2, 3, 4
) s;

-- quarter hours first, then each level from the one below
INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
SELECT c.series_no, c.cell_start, 0, c.chunk, 1, piece
FROM (
	SELECT s.series_no, smsengage.cell_start(1, e.event_time) AS cell_start, smsengage.chunk_of(e.individual_no) AS chunk,
		smsengage.tally(array_agg(smsengage.chunk_offset(e.individual_no))) AS tally
	FROM smsengage.event e
	CROSS JOIN LATERAL (VALUES ('', ''), ('bulk_message', e.bulk_message), ('link_name', e.link_name)) d(dimension, value)
	JOIN smsengage.series s ON s.account = e.account AND s.event_type = e.event_type AND s.dimension = d.dimension AND s.value = d.value
	GROUP BY 1, 2, 3
) c
CROSS JOIN LATERAL smsengage.split(c.tally) piece;
DO $$
BEGIN
	FOR l IN 2..6 LOOP
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
		SELECT c.series_no, c.cell_start, 0, c.chunk, l, piece
		FROM (
			SELECT t.series_no, smsengage.cell_start(l, t.cell_start) AS cell_start, t.chunk, smsengage.sum(t.tally) AS tally
			FROM smsengage.engagement_tally t
			WHERE t.level = l - 1
			GROUP BY 1, 2, 3
		) c
		CROSS JOIN LATERAL smsengage.split(c.tally) piece;
	END LOOP;
END
$$;
SELECT smsengage.rebuild_outcomes() \g /dev/null
VACUUM ANALYZE;
