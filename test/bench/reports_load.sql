-- Traffic for reports.sh: messages no. :first to :last of 60 days, as payloads
-- of the native format through ingest(), 1,000 messages each.  The same number
-- is always the same message, so sessions may load parts side by side.
CREATE OR REPLACE FUNCTION pg_temp.draw(seed bigint, what integer, n bigint)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ((hashint8extended(seed, what) % n) + n) % n $$;

CREATE OR REPLACE PROCEDURE pg_temp.load(first bigint, last bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	stored bigint := 0;
	batch bigint;
BEGIN
	FOR start IN first..last BY 1000 LOOP
		SELECT i.accepted INTO batch
		FROM (
			SELECT string_agg(e.event::text, E'\n') AS payload
			FROM (
				-- one campaign after the other, each within half a day
				SELECT m.no, c.campaign, p.person,
					timestamptz '2026-01-01 06:00Z' + c.campaign * interval '173 minutes' + pg_temp.draw(m.no, 1, 12 * 3600 * 1000) * interval '1 millisecond' AS sent,
					CASE pg_temp.draw(p.person, 2, 3) WHEN 0 THEN '+447700900' WHEN 1 THEN '+1202555' ELSE '+3361111' END || lpad(p.person::text, 7, '0') AS recipient
				FROM generate_series(start, least(start + 999, last)) m(no)
				CROSS JOIN LATERAL (SELECT m.no / 16000 AS campaign) c
				CROSS JOIN LATERAL (SELECT pg_temp.draw(m.no, 3, 2000000) AS person) p
			) m
			CROSS JOIN LATERAL (
				SELECT pg_temp.draw(m.no, 4, 100) AS fate, pg_temp.draw(m.no, 5, 100) AS act,
					m.sent + (2 + pg_temp.draw(m.no, 6, 60)) * interval '1 second' AS done,
					'shop ' || m.campaign % 3 AS account
			) f
			CROSS JOIN LATERAL (
				SELECT jsonb_build_object('event_type', k.type, 'event_time', to_char(k.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
					'event_id', k.type || m.no || k.suffix, 'account', f.account, 'message_id', k.message_id,
					'bulk_message', CASE WHEN k.message_id IS NOT NULL THEN 'campaign ' || m.campaign END,
					'individual_id', 'p' || m.person, 'recipient', m.recipient, 'sender_id', '1000' || m.campaign % 6) || k.more AS event
				FROM (VALUES
					('SENT', m.sent, 'm' || m.no, '', true, jsonb_build_object('price', 0.0065, 'price_currency', CASE WHEN m.campaign % 3 = 0 THEN 'USD' ELSE 'EUR' END)),
					(CASE WHEN f.fate < 88 THEN 'DELIVERED' WHEN f.fate < 93 THEN 'UNDELIVERED' WHEN f.fate < 95 THEN 'EXPIRED' ELSE 'TRANSIENT' END,
						f.done, 'm' || m.no, '', f.fate < 98, '{}'),
					('CLICK', f.done + pg_temp.draw(m.no, 7, 7200) * interval '1 second', 'm' || m.no, '', f.act < 14 AND f.fate < 88,
						jsonb_build_object('link_name', 'link ' || pg_temp.draw(m.no, 8, 40), 'user_agent',
							CASE WHEN pg_temp.draw(m.no, 9, 50) = 0 THEN 'Mozilla/5.0 (compatible; bitlybot/3.0)' ELSE 'Mozilla/5.0 (Linux; Android 14; rv ' || pg_temp.draw(m.no, 10, 500) || ')' END)),
					('CLICK', f.done + (7200 + pg_temp.draw(m.no, 11, 3)) * interval '1 second', 'm' || m.no, 'b', f.act < 3 AND f.fate < 88,
						jsonb_build_object('link_name', 'link ' || pg_temp.draw(m.no, 8, 40), 'user_agent', 'Mozilla/5.0 (iPhone)')),
					('REPLY', f.done + pg_temp.draw(m.no, 12, 18000) * interval '1 second', NULL, '', f.act = 20, jsonb_build_object('message_text', 'thanks')),
					('UNSUBSCRIBE', f.done + pg_temp.draw(m.no, 13, 18000) * interval '1 second', NULL, '', f.act = 21 AND f.fate < 40, jsonb_build_object('keyword', 'STOP', 'message_text', 'STOP'))
				) k(type, at, message_id, suffix, wanted, more)
				WHERE k.wanted
			) e
		) x
		CROSS JOIN LATERAL smsengage.ingest('native', x.payload) i;
		stored := stored + batch;
		COMMIT;
		IF start % 200000 < 1000 THEN
			RAISE NOTICE 'message %, % events', start, stored;
		END IF;
	END LOOP;
END
$$;

CALL pg_temp.load(:first, :last);
