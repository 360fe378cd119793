-- A pool of senders is one sender: asking with its name or with any member is
-- one question. Rows: what was said; columns: with which sender it is asked. The
-- table is in the manual.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.create_store(); END $$;
-- 111 and 222 in the pool main; 333 came on 1 February, 444 left it then; 555 is in none
INSERT INTO smsengage.sender_pool (account, pool, sender, valid_from, member) VALUES
	('A', 'main', '111', '-infinity', true), ('A', 'main', '222', '-infinity', true), ('A', 'main', '333', '2026-02-01Z', true),
	('A', 'main', '444', '-infinity', true), ('A', 'main', '444', '2026-02-01Z', false);
INSERT INTO smsengage.sender_pool (pool, sender) VALUES ('main', '+111');
INSERT INTO smsengage.sender_pool (pool, sender) VALUES ('', '111');
CREATE TABLE said (n integer, what text, sender text, kind text, day date);
INSERT INTO said VALUES
	(1, 'nothing', '111', 'SENT', '2026-01-01'),
	(2, 'STOP to 111', '111', 'UNSUBSCRIBE', '2026-01-05'),
	(3, 'STOP to the pool', 'main', 'UNSUBSCRIBE', '2026-01-05'),
	(4, 'STOP to 333 before it came', '333', 'UNSUBSCRIBE', '2026-01-05'),
	(5, 'STOP to 444 before it left', '444', 'UNSUBSCRIBE', '2026-01-05'),
	(6, 'STOP to 444 after it left', '444', 'UNSUBSCRIBE', '2026-02-05'),
	(7, 'STOP to 111, then START to 222', '111', 'UNSUBSCRIBE', '2026-01-05'),
	(7, NULL, '222', 'SUBSCRIBE', '2026-01-06'),
	(8, 'STOP to 333, then START to 111, before it came', '333', 'UNSUBSCRIBE', '2026-01-05'),
	(8, NULL, '111', 'SUBSCRIBE', '2026-01-06'),
	(9, 'STOP to 444 before and again after it left', '444', 'UNSUBSCRIBE', '2026-01-05'),
	(9, NULL, '444', 'UNSUBSCRIBE', '2026-02-05'),
	(10, 'STOP to 555, then START to 222', '555', 'UNSUBSCRIBE', '2026-01-05'),
	(10, NULL, '222', 'SUBSCRIBE', '2026-01-06'),
	(11, 'STOP to 111, then START to 555', '111', 'UNSUBSCRIBE', '2026-01-05'),
	(11, NULL, '555', 'SUBSCRIBE', '2026-01-06'),
	(12, 'STOP to 444, START to 111 before it left, START to 111 after', '444', 'UNSUBSCRIBE', '2026-01-05'),
	(12, NULL, '111', 'SUBSCRIBE', '2026-01-06'),
	(12, NULL, '111', 'SUBSCRIBE', '2026-02-06');
SELECT sum(accepted) FROM said, LATERAL smsengage.ingest('native', json_build_object('event_type', kind, 'event_time', day || 'T00:00:00Z', 'recipient', '+120255501' || lpad(n::text, 2, '0'), 'account', 'A', 'sender_id', sender)::text) i;
-- every sender is known
SELECT sum(accepted) FROM unnest(ARRAY['111', '222', '333', '444', '555']) s, LATERAL smsengage.ingest('native', json_build_object('event_type', 'SENT', 'event_time', '2026-01-01T00:00:00Z', 'recipient', '+12025550199', 'account', 'A', 'sender_id', s)::text) i;
CREATE TABLE ask (no integer, sender text);
INSERT INTO ask VALUES (1, 'main'), (2, '111'), (3, '+222'), (4, '333'), (5, '444'), (6, '555'), (7, '999'), (8, NULL);
CREATE VIEW answer AS
SELECT s.n, s.what, a.no, CASE WHEN v.allowed THEN 'yes' ELSE v.reasons[1] END AS one,
	(SELECT CASE WHEN c.allowed THEN 'yes' ELSE c.reasons[1] END FROM smsengage.can_send_all(ARRAY['+120255501' || lpad(s.n::text, 2, '0')], 'A', a.sender, at => '2026-03-01 12:00Z') c) AS "all",
	(SELECT t.state FROM smsengage.subscription_state('+120255501' || lpad(s.n::text, 2, '0'), 'A', a.sender, '2026-03-01 12:00Z') t) AS state
FROM said s CROSS JOIN ask a CROSS JOIN LATERAL smsengage.can_send('+120255501' || lpad(s.n::text, 2, '0'), 'A', a.sender, at => '2026-03-01 12:00Z') v
WHERE s.what IS NOT NULL;
CREATE FUNCTION pool_truth() RETURNS TABLE (what text, main text, "111" text, "222" text, "333" text, "444" text, "555" text, unknown text, nothing text) LANGUAGE sql AS $$
	SELECT a.what, max(one) FILTER (WHERE no = 1), max(one) FILTER (WHERE no = 2), max(one) FILTER (WHERE no = 3), max(one) FILTER (WHERE no = 4),
		max(one) FILTER (WHERE no = 5), max(one) FILTER (WHERE no = 6), max(one) FILTER (WHERE no = 7), max(one) FILTER (WHERE no = 8)
	FROM answer a GROUP BY a.n, a.what ORDER BY a.n $$;
-- with the scope account, a pool tells what an opt-in takes back
SELECT * FROM pool_truth();
-- with the scope sender, also whom an opt-out reaches
INSERT INTO smsengage.consent_scope (account, scope) VALUES ('A', 'sender');
SELECT * FROM pool_truth();
SELECT count(*) AS different FROM answer WHERE one <> "all" OR (one = 'unsubscribed') <> (coalesce(state, '') = 'UNSUBSCRIBED');
-- one question: members and name
SELECT count(*) AS different FROM answer a JOIN answer b USING (n) WHERE a.no = 1 AND b.no IN (2, 3, 4) AND a.one <> b.one;
-- in an audience that is large
SELECT k.no, count(*), count(*) FILTER (WHERE c.allowed) AS allowed, count(*) FILTER (WHERE a.one <> CASE WHEN c.allowed THEN 'yes' ELSE c.reasons[1] END) AS different
FROM ask k CROSS JOIN LATERAL smsengage.can_send_all($$SELECT '+1415555' || g FROM generate_series(1000, 20999) g UNION ALL SELECT '+120255501' || lpad(g::text, 2, '0') FROM generate_series(1, 12) g$$,
	'A', k.sender, at => '2026-03-01 12:00Z') c LEFT JOIN answer a ON a.no = k.no AND '+120255501' || lpad(a.n::text, 2, '0') = c.recipient
WHERE k.no IN (1, 5, 8) GROUP BY 1 ORDER BY 1;
-- a reader of the account, and one of another, who sees neither pools nor consent
CREATE ROLE gate_pool_a;
CREATE ROLE gate_pool_b;
SELECT smsengage.grant_reader('gate_pool_a', 'A'), smsengage.grant_reader('gate_pool_b', 'B');
CREATE TABLE of_owner AS SELECT n, no, one, "all" FROM answer;
GRANT SELECT ON said, ask, of_owner TO gate_pool_a;
SET ROLE gate_pool_a;
SELECT count(*), count(*) FILTER (WHERE CASE WHEN v.allowed THEN 'yes' ELSE v.reasons[1] END <> o.one
	OR (SELECT CASE WHEN c.allowed THEN 'yes' ELSE c.reasons[1] END FROM smsengage.can_send_all(ARRAY['+120255501' || lpad(o.n::text, 2, '0')], 'A', a.sender, at => '2026-03-01 12:00Z') c) <> o.one) AS different
FROM of_owner o JOIN ask a USING (no), LATERAL smsengage.can_send('+120255501' || lpad(o.n::text, 2, '0'), 'A', a.sender, at => '2026-03-01 12:00Z') v;
SELECT pool, sender, member FROM smsengage.sender_pool ORDER BY 1, 2, 3;
INSERT INTO smsengage.sender_pool (account, pool, sender) VALUES ('A', 'main', '555');
SET ROLE gate_pool_b;
SELECT count(*) FROM smsengage.sender_pool;
RESET ROLE;
-- the proof says the same
SELECT sender, (SELECT array_agg(p.applies_to || CASE WHEN p.decides THEN '!' ELSE '' END ORDER BY p.event_time) FROM smsengage.consent_proof('+12025550107', sender, '2026-03-01Z', 'A') p) AS of_7,
	(SELECT array_agg(p.applies_to || CASE WHEN p.decides THEN '!' ELSE '' END ORDER BY p.event_time) FROM smsengage.consent_proof('+12025550105', sender, '2026-03-01Z', 'A') p) AS of_5 FROM ask ORDER BY no;
-- sent although the pool was told to stop: by 222, not by 555
SELECT sum(accepted) FROM unnest(ARRAY['222', '555']) s, LATERAL smsengage.ingest('native', json_build_object('event_type', 'SENT', 'event_time', '2026-01-10T00:00:00Z', 'recipient', '+12025550102', 'account', 'A', 'sender_id', s, 'message_id', 'm' || s)::text) i;
SELECT m.sender_id, f.reason FROM smsengage.forbidden_sends('2026-01-01Z', '2026-04-01Z') f JOIN smsengage.message m USING (message_key) ORDER BY 1;
-- and what open_revocation counts, of the pool
SELECT r.sender, r.messages_since FROM smsengage_internal.open_revocations('2026-01-11Z') r WHERE r.recipient = '+12025550102';
-- the one confirmation was sent by whichever member
SELECT k.sender, v.allowed FROM ask k, smsengage.can_send('+12025550102', 'A', k.sender, purpose => 'confirmation', at => '2026-03-01 12:00Z') v WHERE k.no IN (2, 4) ORDER BY k.no;
-- a row that comes late is read at its time
SELECT allowed FROM smsengage.can_send('+12025550111', 'A', '666', at => '2026-03-01Z');
INSERT INTO smsengage.sender_pool (account, pool, sender, valid_from) VALUES ('A', 'main', '666', '2026-01-01Z');
SELECT k.sender, v.allowed, (SELECT state FROM smsengage.subscription_state('+12025550111', 'A', k.sender, '2026-03-01Z')) FROM (VALUES ('666'), ('555')) k(sender), smsengage.can_send('+12025550111', 'A', k.sender, at => '2026-03-01Z') v;
-- a pool for all accounts, of which an account takes a member out; two pools that share a member
INSERT INTO smsengage.sender_pool (account, pool, sender, member) VALUES ('', 'main', '777', true), ('A', 'main', '777', false), ('A', 'second', '555', true), ('A', 'second', '888', true);
SELECT smsengage_internal.pool_of('A', ARRAY['777'], now()) AS a, smsengage_internal.pool_of('B', ARRAY['777'], now()) AS b, smsengage_internal.pool_of('A', ARRAY['888'], now()) AS second;
INSERT INTO smsengage.sender_pool (account, pool, sender) VALUES ('A', 'second', '222');
SELECT array_agg(s ORDER BY s) AS joined FROM unnest(smsengage_internal.pool_of('A', ARRAY['888'], now())) s;
SELECT array_agg(s ORDER BY s) AS then FROM unnest(smsengage_internal.pool_of('A', ARRAY['333'], '2026-01-15Z')) s;
DELETE FROM smsengage.sender_pool WHERE pool = 'second';
-- caps: of a member or of the name, it counts what the pool sent
SELECT sum(accepted) FROM unnest(ARRAY['111', '222', 'main']) s, LATERAL smsengage.ingest('native', json_build_object('event_type', 'SENT', 'event_time', '2026-03-01T00:00:00Z', 'recipient', '+12025550151', 'account', 'A', 'sender_id', s, 'message_id', 'c' || s)::text) i;
INSERT INTO smsengage.frequency_cap (account, sender, period, max_messages) VALUES ('A', '222', '1 day', 3);
SELECT k.sender, v.reasons, c.reasons = v.reasons AS same FROM ask k, smsengage.can_send('+12025550151', 'A', k.sender, at => '2026-03-01 12:00Z') v, smsengage.can_send_all(ARRAY['+12025550151'], 'A', k.sender, at => '2026-03-01 12:00Z') c ORDER BY k.no;
UPDATE smsengage.frequency_cap SET max_messages = 4;
SELECT k.sender, v.reasons FROM ask k, smsengage.can_send('+12025550151', 'A', k.sender, at => '2026-03-01 12:00Z') v WHERE k.no IN (1, 8) ORDER BY k.no;
-- keywords: those of the pool, its own row first
INSERT INTO smsengage.keyword (account, sender, keyword, action) VALUES ('A', 'main', 'basta', 'STOP'), ('A', '222', 'basta', 'HELP');
SELECT k.sender, smsengage.keyword_action('Basta', k.sender, '2026-03-01Z', 'A') FROM ask k ORDER BY k.no;
SELECT accepted FROM smsengage.ingest('native', '{"event_type":"REPLY","event_time":"2026-03-02T00:00:00Z","recipient":"+12025550152","account":"A","sender_id":"333","message_text":"BASTA"}');
SELECT state, source FROM smsengage.subscription_state('+12025550152', 'A', '111', '2026-03-03Z') s, LATERAL (SELECT source FROM smsengage.subscription WHERE recipient = '+12025550152') u;
CALL smsengage.rebuild('subscription');
SELECT * FROM smsengage.doctor();
-- a scope that was wider once: what was said then still holds, though said again later
DELETE FROM smsengage.consent_scope;
INSERT INTO smsengage.consent_scope (account, valid_from, scope) VALUES ('A', '-infinity', 'everywhere'), ('A', '2026-02-01Z', 'sender');
SELECT v.reasons, c.reasons AS all_of_them FROM smsengage.can_send('+12025550109', 'A', '555', at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY['+12025550109'], 'A', '555', at => '2026-03-01Z') c;
SELECT accepted FROM smsengage.ingest('native', '{"event_type":"SENT","event_time":"2026-01-01T00:00:00Z","recipient":"+12025550199","account":"B","sender_id":"b"}');
SET ROLE gate_pool_b;
SELECT v.reasons, c.reasons AS all_of_them FROM smsengage.can_send('+12025550109', 'B', 'b', at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY['+12025550109'], 'B', 'b', at => '2026-03-01Z') c;
RESET ROLE;
SELECT smsengage.drop_store(true);
DROP FUNCTION pool_truth();
DROP VIEW answer;
DROP TABLE said, ask, of_owner;
DROP OWNED BY gate_pool_a, gate_pool_b;
DROP ROLE gate_pool_a, gate_pool_b;
