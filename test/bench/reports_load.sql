-- Traffic for reports.sh: :messages messages of 70 days, 2.14 events each, in the
-- tables of the store as ingestion would leave them.  (Ingestion itself has its
-- own bench.)  The same number is always the same message.  Indexes are made
-- after the rows; then they are those of any store.
\set ON_ERROR_STOP on
SET work_mem = '256MB';
SET timezone = 'UTC';
SET client_min_messages = warning;

CREATE FUNCTION public.draw(seed bigint, what integer, n bigint)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ((hashint8extended(seed, what) % n) + n) % n $$;

SELECT smsengage.create_store() \g /dev/null
SELECT smsengage_internal.make_partition(d) FROM unnest('{2026-01-01,2026-02-01,2026-03-01,2026-04-01}'::date[]) d \g /dev/null

-- what is put back at the end
CREATE TABLE public.made_later AS
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition, i.indrelid::regclass::text AS relation,
	(SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
	 FROM pg_constraint c WHERE c.conindid = i.indexrelid) AS constraint_definition,
	(SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) FROM pg_constraint c WHERE c.conindid = i.indexrelid) AS dropping
FROM pg_index i
WHERE i.indrelid IN ('smsengage.event'::regclass, 'smsengage.message'::regclass, 'smsengage.individual'::regclass);
SELECT coalesce(m.dropping, 'DROP INDEX ' || m.name) FROM public.made_later m \gexec

INSERT INTO smsengage.individual (individual_no, scope, individual_id)
SELECT n + 1, 'native/', 'p' || n FROM generate_series(0, 1999999) n;

-- one campaign of 16,000 messages after the other, each within half a day
CREATE PROCEDURE public.add_events(first bigint, last bigint)
LANGUAGE sql
AS $$
INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, sent_time, message_key, status_class, provider, event_type,
	account, message_id, bulk_message, individual_id, recipient, sender_id, keyword, message_text, link_name, user_agent, price, price_currency)
SELECT k.at, hashint8extended(m.no, k.n), m.person + 1, k.at, k.at, NULL,
	CASE WHEN k.n < 4 THEN md5('m' || m.no)::uuid END, k.status_class, 'native', k.type,
	'shop ' || m.campaign % 3, CASE WHEN k.n < 4 THEN 'm' || m.no END, CASE WHEN k.n < 4 THEN 'campaign ' || m.campaign END,
	'p' || m.person, m.recipient, '1000' || m.campaign % 6,
	CASE WHEN k.type = 'UNSUBSCRIBE' THEN 'STOP' END,
	-- every tenth reply opts out by its keyword
	CASE WHEN k.type = 'REPLY' THEN CASE public.draw(m.no, 14, 10) WHEN 0 THEN 'Stop' ELSE 'When do you open?' END WHEN k.type = 'UNSUBSCRIBE' THEN 'STOP' END,
	CASE WHEN k.type = 'CLICK' THEN 'link ' || public.draw(m.no, 8, 40) END,
	CASE WHEN k.type = 'CLICK' THEN
		CASE WHEN public.draw(m.no, 9, 50) = 0 THEN 'Mozilla/5.0 (compatible; bitlybot/3.0)' ELSE 'Mozilla/5.0 (Linux; Android 14; rv ' || public.draw(m.no, 10, 500) || ')' END END,
	CASE WHEN k.n = 0 THEN 0.0065 END, CASE WHEN k.n = 0 THEN CASE WHEN m.campaign % 3 = 0 THEN 'USD' ELSE 'EUR' END END
FROM (
	SELECT g.no, c.campaign, p.person,
		timestamptz '2026-01-01 06:00Z' + c.campaign * interval '173 minutes' + public.draw(g.no, 1, 12 * 3600 * 1000) * interval '1 millisecond' AS sent,
		CASE public.draw(p.person, 2, 3) WHEN 0 THEN '+447700900' WHEN 1 THEN '+1202555' ELSE '+3361111' END || lpad(p.person::text, 7, '0') AS recipient
	FROM generate_series(first, last) g(no)
	CROSS JOIN LATERAL (SELECT g.no / 16000 AS campaign) c
	CROSS JOIN LATERAL (SELECT public.draw(g.no, 3, 2000000) AS person) p
) m
CROSS JOIN LATERAL (
	SELECT public.draw(m.no, 4, 100) AS fate, public.draw(m.no, 5, 100) AS act, m.sent + (2 + public.draw(m.no, 6, 60)) * interval '1 second' AS done
) f
CROSS JOIN LATERAL (VALUES
	(0, 'SENT', 4::smallint, m.sent, true),
	(1, CASE WHEN f.fate < 88 THEN 'DELIVERED' WHEN f.fate < 93 THEN 'UNDELIVERED' WHEN f.fate < 95 THEN 'EXPIRED' ELSE 'TRANSIENT' END,
		(CASE WHEN f.fate < 88 THEN 9 WHEN f.fate < 93 THEN 8 WHEN f.fate < 95 THEN 7 ELSE 5 END)::smallint, f.done, f.fate < 98),
	(2, 'CLICK', NULL, f.done + public.draw(m.no, 7, 7200) * interval '1 second', f.act < 14 AND f.fate < 88),
	(3, 'CLICK', NULL, f.done + (7200 + public.draw(m.no, 11, 3)) * interval '1 second', f.act < 3 AND f.fate < 88),
	(4, 'REPLY', NULL, f.done + public.draw(m.no, 12, 18000) * interval '1 second', f.act = 20),
	(5, 'UNSUBSCRIBE', NULL, f.done + public.draw(m.no, 13, 18000) * interval '1 second', f.act = 21 AND f.fate < 40)
) k(n, type, status_class, at, wanted)
WHERE k.wanted;
$$;
