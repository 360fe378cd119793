-- How the gate is asked: what is not stated, or not known, is strictest. Rows:
-- what was said to whom; columns: how it is asked. The table is in the manual.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.create_store(); END $$;
CREATE TABLE said (n integer, what text, account text, sender text, kind text, day date);
INSERT INTO said VALUES
	(1, 'nothing', 'A', '111', 'SENT', '2026-01-01'),
	(2, 'STOP to A, 111', 'A', '111', 'UNSUBSCRIBE', '2026-01-01'),
	(3, 'STOP to A', 'A', NULL, 'UNSUBSCRIBE', '2026-01-01'),
	(4, 'STOP without an account', NULL, NULL, 'UNSUBSCRIBE', '2026-01-01'),
	(5, 'STOP to A, 111, then START to A, 111', 'A', '111', 'UNSUBSCRIBE', '2026-01-01'),
	(5, NULL, 'A', '111', 'SUBSCRIBE', '2026-01-02'),
	(6, 'STOP to A, 111, then START to A, 222', 'A', '111', 'UNSUBSCRIBE', '2026-01-01'),
	(6, NULL, 'A', '222', 'SUBSCRIBE', '2026-01-02'),
	(7, 'STOP to A, then START to B', 'A', NULL, 'UNSUBSCRIBE', '2026-01-01'),
	(7, NULL, 'B', NULL, 'SUBSCRIBE', '2026-01-02'),
	(8, 'STOP without an account, then START to A', NULL, NULL, 'UNSUBSCRIBE', '2026-01-01'),
	(8, NULL, 'A', NULL, 'SUBSCRIBE', '2026-01-02'),
	(9, 'STOP to A, then START without an account', 'A', NULL, 'UNSUBSCRIBE', '2026-01-01'),
	(9, NULL, NULL, NULL, 'SUBSCRIBE', '2026-01-02'),
	(10, 'START to A, then STOP to A', 'A', NULL, 'SUBSCRIBE', '2026-01-01'),
	(10, NULL, 'A', NULL, 'UNSUBSCRIBE', '2026-01-02'),
	(11, 'local block of A', 'A', NULL, 'BLOCK', '2026-01-01'),
	(12, 'local block without an account', NULL, NULL, 'BLOCK', '2026-01-01'),
	(13, 'global block of A', 'A', NULL, 'GLOBAL', '2026-01-01');
-- all accounts and senders are known
SELECT accepted FROM smsengage.ingest('native', '[{"event_type":"SENT","event_time":"2026-01-01T00:00:00Z","recipient":"+12025550199","account":"A","sender_id":"111"},
	{"event_type":"SENT","event_time":"2026-01-01T00:00:00Z","recipient":"+12025550199","account":"A","sender_id":"222"},
	{"event_type":"SENT","event_time":"2026-01-01T00:00:00Z","recipient":"+12025550199","account":"B","sender_id":"333"}]');
INSERT INTO smsengage.block_policy (code, valid_from, description, scope, block_interval) VALUES (9001, '-infinity', 'local', 'local', '300 days'), (9002, '-infinity', 'global', 'global', '300 days');
SELECT count(smsengage.add_block('+120255501' || lpad(n::text, 2, '0'), CASE kind WHEN 'BLOCK' THEN 9001 ELSE 9002 END, account, day))
FROM said WHERE kind IN ('BLOCK', 'GLOBAL');
SELECT sum(accepted) FROM said, LATERAL smsengage.ingest('native', json_strip_nulls(json_build_object('event_type', kind, 'event_time', day || 'T00:00:00Z', 'recipient', '+120255501' || lpad(n::text, 2, '0'), 'account', account, 'sender_id', sender))::text) i
WHERE kind NOT IN ('BLOCK', 'GLOBAL');
CREATE TABLE ask (no integer, how text, account text, sender text);
INSERT INTO ask VALUES (1, 'A, 111', 'A', '111'), (2, 'A, 222', 'A', '222'), (3, 'A', 'A', NULL), (4, 'B, 333', 'B', '333'), (5, 'unknown account', 'a ', '111'), (6, 'A, unknown sender', 'A', '999'), (7, 'nothing stated', NULL, NULL);
CREATE VIEW answer AS
SELECT s.n, s.what, a.no, (v.reasons)[1] AS one, (SELECT c.reasons[1] FROM smsengage.can_send_all(ARRAY['+120255501' || lpad(s.n::text, 2, '0')], a.account, a.sender, at => '2026-03-01 12:00Z') c) AS "all"
FROM said s CROSS JOIN ask a CROSS JOIN LATERAL smsengage.can_send('+120255501' || lpad(s.n::text, 2, '0'), a.account, a.sender, at => '2026-03-01 12:00Z') v
WHERE s.what IS NOT NULL;
CREATE FUNCTION truth() RETURNS TABLE (what text, "A, 111" text, "A, 222" text, "A" text, "B, 333" text, "unknown account" text, "A, unknown sender" text, "nothing stated" text) LANGUAGE sql AS $$
	SELECT a.what, coalesce(max(one) FILTER (WHERE no = 1), '-'), coalesce(max(one) FILTER (WHERE no = 2), '-'), coalesce(max(one) FILTER (WHERE no = 3), '-'), coalesce(max(one) FILTER (WHERE no = 4), '-'),
		coalesce(max(one) FILTER (WHERE no = 5), '-'), coalesce(max(one) FILTER (WHERE no = 6), '-'), coalesce(max(one) FILTER (WHERE no = 7), '-')
	FROM answer a GROUP BY a.n, a.what ORDER BY a.n $$;
SELECT * FROM truth();
SELECT count(*) FROM answer WHERE one IS DISTINCT FROM "all";
-- each sender by itself
INSERT INTO smsengage.consent_scope VALUES ('A', '-infinity', 'sender');
SELECT * FROM truth();
SELECT count(*) FROM answer WHERE one IS DISTINCT FROM "all";
-- for every account; the wider one holds of then and now
INSERT INTO smsengage.consent_scope VALUES ('A', '2026-01-01', 'everywhere'), ('A', '2026-02-01', 'sender');
SELECT * FROM truth();
SELECT count(*) FROM answer WHERE one IS DISTINCT FROM "all";
INSERT INTO smsengage.consent_scope VALUES ('A', '2026-02-01', 'town');
-- a reader of B gets no other answers than the owner
CREATE ROLE gate_asked_b;
SELECT smsengage.grant_reader('gate_asked_b', 'B');
GRANT SELECT ON said, ask, answer TO gate_asked_b;
CREATE TABLE of_owner AS SELECT n, one, "all" FROM answer WHERE no = 4;
GRANT SELECT ON of_owner TO gate_asked_b;
SET ROLE gate_asked_b;
SELECT s.n, o.one AS owner, (v.reasons)[1] AS reader, (SELECT c.reasons[1] FROM smsengage.can_send_all(ARRAY['+120255501' || lpad(s.n::text, 2, '0')], 'B', '333', at => '2026-03-01 12:00Z') c) AS reader_all
FROM said s JOIN of_owner o USING (n) CROSS JOIN LATERAL smsengage.can_send('+120255501' || lpad(s.n::text, 2, '0'), 'B', '333', at => '2026-03-01 12:00Z') v
WHERE s.what IS NOT NULL ORDER BY 1;
SELECT * FROM smsengage.can_send('+12025550101', 'A');
SELECT * FROM smsengage.can_send('+12025550101', 'never met');
SELECT * FROM smsengage.subscription;
RESET ROLE;
-- who said STOP is never allowed, however little is stated
SELECT count(*), count(*) FILTER (WHERE allowed) AS allowed FROM smsengage.can_send_all('SELECT recipient FROM smsengage.subscription WHERE state = ''UNSUBSCRIBED''');
-- caps of any account and sender, where none is stated
DELETE FROM smsengage.consent_scope;
INSERT INTO smsengage.frequency_cap (account, sender, period, max_messages) VALUES ('A', '111', '366 days', 1), ('', '', '366 days', 3);
SELECT a.how, v.reasons, c.reasons = v.reasons AS same FROM ask a, smsengage.can_send('+12025550199', a.account, a.sender, at => '2026-03-01Z') v,
	smsengage.can_send_all(ARRAY['+12025550199'], a.account, a.sender, at => '2026-03-01Z') c ORDER BY a.no;
SELECT smsengage.drop_store(true);
DROP FUNCTION truth();
DROP VIEW answer CASCADE;
DROP TABLE said, ask, of_owner;
DROP OWNED BY gate_asked_b;
DROP ROLE gate_asked_b;
