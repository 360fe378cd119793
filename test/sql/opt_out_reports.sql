-- Opt-outs in reports: messages sent against them and what scope that broke,
-- and the growth of a list, which counts changes of state.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
\pset format unaligned
\pset null '-'
SELECT smsengage.create_store();
CREATE FUNCTION pg_temp.put(kind text, at text, number integer, account text DEFAULT NULL, sender text DEFAULT NULL, message text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
	SELECT i.accepted FROM smsengage.ingest('native', jsonb_strip_nulls(jsonb_build_object('event_type', kind, 'event_time', at, 'message_id', message,
		'recipient', '+120255501' || lpad(number::text, 2, '0'), 'account', account, 'sender_id', sender))) i
$$;
-- to each number a message from everywhere, also from a sender and from an account that is not named
CREATE TABLE route (name text, account text, sender text);
INSERT INTO route VALUES ('A 111', 'A', '111'), ('A 222', 'A', '222'), ('A ?', 'A', NULL), ('B 333', 'B', '333'), ('?', NULL, NULL);
CREATE TABLE said (n integer, what text, kind text, account text, sender text, at text);
INSERT INTO said VALUES (1, 'nothing', NULL, NULL, NULL, NULL), (2, 'STOP to A 111', 'UNSUBSCRIBE', 'A', '111', '2026-01-02T00:00:00Z'), (3, 'STOP to A', 'UNSUBSCRIBE', 'A', NULL, '2026-01-02T00:00:00Z'),
	(4, 'STOP without an account', 'UNSUBSCRIBE', NULL, NULL, '2026-01-02T00:00:00Z'), (5, 'STOP to A 111, taken back', 'UNSUBSCRIBE', 'A', '111', '2026-01-02T00:00:00Z'), (5, NULL, 'SUBSCRIBE', 'A', '111', '2026-01-03T00:00:00Z'),
	(6, 'STOP to A 111, START to A 222', 'UNSUBSCRIBE', 'A', '111', '2026-01-02T00:00:00Z'), (6, NULL, 'SUBSCRIBE', 'A', '222', '2026-01-03T00:00:00Z'),
	(7, 'STOP to A after the message', 'UNSUBSCRIBE', 'A', NULL, '2026-01-06T00:00:00Z');
SELECT sum(pg_temp.put(kind, at, n, account, sender)) FROM said WHERE kind IS NOT NULL;
SELECT sum(pg_temp.put('SENT', '2026-01-05T00:00:00Z', n, account, sender, name || ' to ' || n)) FROM route, generate_series(1, 9) n;
INSERT INTO smsengage.block_policy (code, valid_from, description, scope, block_interval) VALUES (9001, '-infinity', 'local', 'local', '300 days'), (9002, '-infinity', 'global', 'global', '300 days');
SELECT smsengage.add_block('+12025550108', 9001, 'A', '2026-01-02'), smsengage.add_block('+12025550109', 9002, 'A', '2026-01-02'), smsengage.add_block('+12025550103', 9001, 'A', '2026-01-02');
INSERT INTO said (n, what) VALUES (8, 'blocked by A'), (9, 'blocked by A for all');
CREATE FUNCTION forbidden() RETURNS TABLE (what text, "A 111" text, "A 222" text, "A ?" text, "B 333" text, "?" text) LANGUAGE sql STABLE AS $$
	WITH found AS (
		SELECT m.message_id, right(m.recipient, 2)::integer AS n, split_part(m.message_id, ' to ', 1) AS route, CASE f.reason WHEN 'opted out' THEN '' ELSE f.reason || ': ' END || f.broken_scope AS broken
		FROM smsengage.forbidden_sends('2026-01-05', '2026-01-06') f JOIN smsengage.message m USING (message_key)
	)
	SELECT s.what, max(f.broken) FILTER (WHERE f.route = 'A 111'), max(f.broken) FILTER (WHERE f.route = 'A 222'), max(f.broken) FILTER (WHERE f.route = 'A ?'),
		max(f.broken) FILTER (WHERE f.route = 'B 333'), max(f.broken) FILTER (WHERE f.route = '?')
	FROM said s LEFT JOIN found f ON f.n = s.n WHERE s.what IS NOT NULL GROUP BY s.n, s.what ORDER BY s.n
$$;
SELECT * FROM forbidden();
-- it forbids what the gate forbids, for opt-outs and blocks
CREATE FUNCTION not_as_gate() RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT m.message_id FROM smsengage.message m
	CROSS JOIN LATERAL smsengage.can_send(m.recipient, m.account, m.sender_id, at => m.send_time) c
	WHERE m.send_time = '2026-01-05' AND (c.reasons && '{unsubscribed,global_block,partial_block}') <> EXISTS (SELECT FROM smsengage.forbidden_sends('2026-01-05', '2026-01-06') f WHERE f.message_key = m.message_key)
$$;
SELECT * FROM not_as_gate();
INSERT INTO smsengage.consent_scope VALUES ('A', '-infinity', 'sender');
SELECT * FROM forbidden();
SELECT * FROM not_as_gate();
UPDATE smsengage.consent_scope SET scope = 'everywhere';
SELECT * FROM forbidden();
SELECT * FROM not_as_gate();
SELECT count(*) AS of_b FROM smsengage.forbidden_sends('2026-01-05', '2026-01-06', 'B');
DELETE FROM smsengage.consent_scope;

-- the same for opt-outs whose deadline runs
SELECT account, sender, right(recipient, 2) AS number, scope, messages_since, broken_scope FROM smsengage_internal.open_revocations('2026-01-07') ORDER BY 3, 1, 2;
INSERT INTO smsengage.consent_scope VALUES ('A', '-infinity', 'sender');
SELECT account, sender, right(recipient, 2) AS number, scope, messages_since, broken_scope FROM smsengage_internal.open_revocations('2026-01-07') ORDER BY 3, 1, 2;
UPDATE smsengage.consent_scope SET scope = 'everywhere';
SELECT account, sender, right(recipient, 2) AS number, scope, messages_since, broken_scope FROM smsengage_internal.open_revocations('2026-01-07') ORDER BY 3, 1, 2;
SELECT smsengage.drop_store(true);

-- two opt-outs in a row are one, of one sender or of two; so are opt-ins; a word to one sender does not take back that to all
SELECT smsengage.create_store();
SELECT sum(pg_temp.put('DELIVERED', '2026-02-01T08:00:00Z', n, 'A', '111', 'd' || n)) FROM generate_series(1, 4) n;
SELECT sum(pg_temp.put(kind, '2026-02-0' || day || 'T10:00:00Z', n, 'A', s)) FROM (VALUES
	(1, 1, 'UNSUBSCRIBE', '111'), (1, 1, 'UNSUBSCRIBE', '222'), (1, 2, 'UNSUBSCRIBE', NULL), (1, 3, 'SUBSCRIBE', '111'), (1, 4, 'SUBSCRIBE', NULL), (1, 5, 'SUBSCRIBE', NULL),
	(2, 1, 'SUBSCRIBE', NULL), (2, 2, 'SUBSCRIBE', '111'), (2, 3, 'UNSUBSCRIBE', '111'), (2, 3, 'SUBSCRIBE', '111'),
	(5, 1, 'UNSUBSCRIBE', NULL), (6, 1, 'UNSUBSCRIBE', NULL), (7, 1, 'UNSUBSCRIBE', NULL), (8, 1, 'UNSUBSCRIBE', NULL), (9, 1, 'UNSUBSCRIBE', NULL)) v(n, day, kind, s);
SELECT day, subscribes, unsubscribes, opt_ins, opt_outs, list_growth FROM smsengage.daily_report('UTC', '2026-02-01', '2026-02-06');
-- more opted out than were delivered to: no rate by event date; the share of those reached
SELECT day, delivered_by_event_date, opt_outs, unsubscribe_rate_by_event_date FROM smsengage.daily_event_report('UTC', '2026-02-01', '2026-02-03');
SELECT metric, value, numerator, denominator FROM smsengage.health('2026-02-01', '2026-02-06') WHERE metric = 'unsubscribe_rate';
-- at random: what subscription_state() says before and after each word
SELECT setseed(0.3) \g /dev/null
SELECT count(i.accepted) FROM (
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('event_type', (ARRAY['UNSUBSCRIBE', 'SUBSCRIBE'])[1 + floor(2 * random())::int], 'event_time', timestamptz '2026-03-01' + floor(240 * random()) * interval '1 hour', 'event_id', n,
		'recipient', '+12025550' || 100 + floor(60 * random()), 'account', (ARRAY['A', 'B'])[1 + floor(2 * random())::int], 'sender_id', (ARRAY['111', '222', NULL])[1 + floor(3 * random())::int])))::text AS words
	FROM generate_series(1, 900) n) w, smsengage.ingest('native', w.words) i;
CREATE TABLE change AS
SELECT p.account, p.recipient, p.at, b.state AS before, a.state AS after
FROM (SELECT DISTINCT c.account, c.recipient, c.event_time AS at FROM smsengage.consent_entry c WHERE c.account <> '' AND c.event_time >= '2026-03-01') p
CROSS JOIN LATERAL smsengage.subscription_state(p.recipient, p.account, NULL, p.at) a
CROSS JOIN LATERAL smsengage.subscription_state(p.recipient, p.account, NULL, p.at - interval '1 microsecond') b;
SELECT count(*) > 100 AS many FROM change WHERE before IS DISTINCT FROM after;
WITH found AS (
	SELECT c.* FROM smsengage_internal.consent_changes('2026-03-03', '2026-03-08', NULL) c
), wanted AS (
	SELECT c.* FROM change c WHERE c.before IS DISTINCT FROM c.after AND c.at >= '2026-03-03' AND c.at < '2026-03-08'
)
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE f.recipient IS NULL OR w.recipient IS NULL) AS different
FROM found f FULL JOIN wanted w ON w.account = f.account_name AND w.recipient = f.recipient AND w.at = f.event_time AND (w.after = 'UNSUBSCRIBED') = f.opted_out;
SELECT sum(opt_outs) <= sum(unsubscribes) AS fewer, bool_and(coalesce(unsubscribe_rate_by_event_date, 0) BETWEEN 0 AND 1) AS within FROM smsengage.daily_event_report('UTC', '2026-03-01', '2026-03-12');
SELECT smsengage.drop_store(true);
DROP TABLE said, route, change;
DROP FUNCTION forbidden(), not_as_gate();
