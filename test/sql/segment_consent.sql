-- "opted out" and "opted in" in rules: what the gate says of the same numbers,
-- for sets and for one person, for the owner and a reader, through time.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\pset null '-'
SELECT smsengage.create_store();
CREATE FUNCTION pg_temp.said(kind text, at text, number integer, account text DEFAULT NULL, sender text DEFAULT NULL, person text DEFAULT NULL, words text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
	SELECT i.accepted FROM smsengage.ingest('native', jsonb_strip_nulls(jsonb_build_object('event_type', kind, 'event_time', at || 'T00:00:00Z',
		'recipient', '+120255501' || lpad(number::text, 2, '0'), 'account', account, 'sender_id', sender, 'individual_id', person, 'message_text', words))) i
$$;
-- everybody was met by A and B at their first numbers
SELECT sum(pg_temp.said('SENT', '2025-12-01', n, a, s)) FROM generate_series(1, 14) n, (VALUES ('A', '111'), ('A', '222'), ('B', '333')) v(a, s);
SELECT sum(pg_temp.said(kind, at, n, a, s, NULL, words)) FROM (VALUES
	(2, 'UNSUBSCRIBE', '2026-01-01', 'A', '111', NULL), (3, 'UNSUBSCRIBE', '2026-01-01', 'A', NULL, NULL), (4, 'UNSUBSCRIBE', '2026-01-01', NULL, NULL, NULL),
	(5, 'UNSUBSCRIBE', '2026-01-01', 'A', '111', NULL), (5, 'SUBSCRIBE', '2026-01-02', 'A', '111', NULL),
	(6, 'UNSUBSCRIBE', '2026-01-01', 'A', '111', NULL), (6, 'SUBSCRIBE', '2026-01-02', 'A', '222', NULL),
	(7, 'UNSUBSCRIBE', '2026-01-01', 'A', NULL, NULL), (7, 'SUBSCRIBE', '2026-01-02', 'B', NULL, NULL),
	(8, 'UNSUBSCRIBE', '2026-01-01', NULL, NULL, NULL), (8, 'SUBSCRIBE', '2026-01-02', 'A', NULL, NULL),
	(9, 'UNSUBSCRIBE', '2026-01-01', 'A', NULL, NULL), (9, 'SUBSCRIBE', '2026-01-02', NULL, NULL, NULL),
	(10, 'SUBSCRIBE', '2026-01-01', 'A', NULL, NULL), (10, 'UNSUBSCRIBE', '2026-01-02', 'A', NULL, NULL),
	(11, 'REPLY', '2026-01-01', 'A', '111', 'Stop'), (12, 'REPLY', '2026-01-01', 'A', '222', 'start'), (12, 'REPLY', '2026-01-03', 'A', '222', 'hello')) v(n, kind, at, a, s, words);
-- by a failure, and by hand
SELECT accepted FROM smsengage.ingest('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsNotSent","timestampUTC":1767225600000,"compositeId":"c","mid":"A","info":{"to":"12025550113","messageKey":"m","statusCode":"27","from":"111"}}');
SELECT smsengage.record_consent('+12025550114', true, 'A', '', '2026-01-01', 'form');
-- named people: gus has two numbers, one of which opted out of A; zoe has one that opted in, and one that nobody asked
SELECT sum(pg_temp.said('CLICK', '2025-12-01', n, a, NULL, p)) FROM (VALUES (20, 'A', 'gus'), (21, 'A', 'gus'), (22, 'A', 'zoe'), (23, 'A', 'zoe'), (21, 'B', 'bob'), (24, 'A', 'ann')) v(n, a, p);
SELECT sum(pg_temp.said(kind, '2026-01-01', n, a)) FROM (VALUES ('UNSUBSCRIBE', 21, 'A'), ('SUBSCRIBE', 20, 'A'), ('SUBSCRIBE', 22, 'A')) v(kind, n, a);

-- The gate asked for each number, the strictest of a person's; and the rule.
CREATE TABLE ask AS SELECT row_number() OVER (ORDER BY account NULLS FIRST, sender NULLS FIRST, at) AS no, account, sender, at
FROM unnest('{A,B,NULL}'::text[]) account, unnest('{111,+222,999,NULL}'::text[]) sender, unnest('{2025-12-01 12:00Z,2026-01-01Z,2026-01-02Z,2026-03-01Z}'::timestamptz[]) at;
CREATE VIEW by_gate AS
SELECT a.no, i.individual_no, max(s.state COLLATE "C") AS state
FROM ask a
JOIN LATERAL (SELECT DISTINCT e.individual_no, e.recipient FROM smsengage.event e WHERE e.event_time < a.at AND (a.account IS NULL OR e.account = a.account)) k ON true
JOIN smsengage.individual i ON i.individual_no = k.individual_no
JOIN LATERAL (SELECT DISTINCT e.recipient FROM smsengage.event e WHERE e.individual_no = i.individual_no AND (a.account IS NULL OR e.account = a.account)) n ON true
CROSS JOIN LATERAL smsengage.subscription_state(n.recipient, a.account, a.sender, a.at) s
GROUP BY a.no, i.individual_no;
CREATE VIEW by_rule AS
SELECT a.no, s.individual_no, r.state, r.rule, smsengage.is_member(s.individual_no, r.rule::smsengage.segment_rule, a.at, a.account) AS alone
FROM ask a
CROSS JOIN LATERAL (SELECT coalesce(' of ' || quote_literal(a.sender), '') AS of_sender) o
CROSS JOIN LATERAL (VALUES ('UNSUBSCRIBED', 'opted out' || of_sender), ('SUBSCRIBED', 'opted in' || of_sender), (NULL, format('not opted out%1$s and not opted in%1$s', of_sender))) r(state, rule)
CROSS JOIN LATERAL smsengage.segment(r.rule, a.at, a.account) s;
-- what differs: nothing; each person known is in one of the three
CREATE FUNCTION differs() RETURNS TABLE (compared bigint, opted_out bigint, opted_in bigint, neither bigint, different bigint, alone bigint) LANGUAGE sql STABLE AS $$
	SELECT count(*), count(*) FILTER (WHERE r.state = 'UNSUBSCRIBED'), count(*) FILTER (WHERE r.state = 'SUBSCRIBED'), count(*) FILTER (WHERE r.no IS NOT NULL AND r.state IS NULL),
		count(*) FILTER (WHERE r.no IS NULL OR g.no IS NULL), count(*) FILTER (WHERE NOT r.alone)
	FROM by_gate g FULL JOIN by_rule r ON r.no = g.no AND r.individual_no = g.individual_no AND r.state IS NOT DISTINCT FROM g.state
$$;
SELECT * FROM differs();
INSERT INTO smsengage.consent_scope VALUES ('A', '-infinity', 'sender');
SELECT * FROM differs();
INSERT INTO smsengage.consent_scope VALUES ('A', '2026-01-01', 'everywhere'), ('A', '2026-02-01', 'sender'), ('', '2026-01-02', 'everywhere');
SELECT * FROM differs();

-- a reader of B gets what the owner gets, of B and of all that he sees
CREATE ROLE segment_consent_b;
SELECT smsengage.grant_reader('segment_consent_b', 'B');
GRANT SELECT ON ask, by_gate, by_rule TO segment_consent_b;
CREATE TABLE of_owner AS SELECT r.no, r.individual_no, r.state FROM by_rule r JOIN ask a USING (no) WHERE a.account = 'B';
GRANT SELECT ON of_owner TO segment_consent_b;
CREATE TABLE history_of_owner AS
SELECT i.individual_no, smsengage.segment_history(i.individual_no, 'opted out', '2025-12-15', '2026-03-01', 'B') AS out, smsengage.segment_history(i.individual_no, 'opted in of ''333''', '2025-12-15', '2026-03-01', 'B') AS "in"
FROM smsengage.individual i WHERE smsengage.is_member(i.individual_no, 'known', '2026-03-01', 'B');
GRANT SELECT ON history_of_owner TO segment_consent_b;
SET ROLE segment_consent_b;
SELECT count(*) AS of_b, count(*) FILTER (WHERE r.no IS NULL OR o.no IS NULL) AS different, count(*) FILTER (WHERE NOT r.alone) AS alone
FROM (SELECT r.* FROM ask a JOIN by_rule r USING (no) WHERE a.account = 'B') r
FULL JOIN of_owner o ON o.no = r.no AND o.individual_no = r.individual_no AND o.state IS NOT DISTINCT FROM r.state;
SELECT count(*) AS histories, count(*) FILTER (WHERE NOT isempty(range_merge(h.out))) AS some,
	count(*) FILTER (WHERE h.out <> smsengage.segment_history(h.individual_no, 'opted out', '2025-12-15', '2026-03-01', 'B') OR h."in" <> smsengage.segment_history(h.individual_no, 'opted in of ''333''', '2025-12-15', '2026-03-01', 'B')) AS different
FROM history_of_owner h;
SELECT * FROM smsengage.segment('opted out', '2026-03-01', 'A');
SELECT count(*) FROM smsengage.subscription;
RESET ROLE;
DELETE FROM smsengage.consent_scope;

-- the moment itself counts, as at the gate; a history has all in between; why
SELECT h.* FROM unnest('{+12025550102,+12025550105,+12025550110}'::text[]) n, LATERAL (SELECT n, smsengage.segment_history(i.individual_no, 'opted out', '2025-12-15', '2026-03-01', 'A') AS out,
	smsengage.segment_history(i.individual_no, 'opted in', '2025-12-15', '2026-03-01', 'A') AS "in" FROM smsengage.individual i WHERE i.individual_id = 'tel:' || n AND i.scope = 'A') h;
SELECT e.no, e.condition, e.holds, e.events, e.since, e.last_event, e.next_change
FROM smsengage.individual i, smsengage.explain_membership(i.individual_no, 'sent in last 90 days and not opted out and not subscribed to ''+111''', '2026-01-01 12:00Z', 'A') e WHERE i.individual_id = 'tel:+12025550105' AND i.scope = 'A';
SELECT e.no, e.condition, e.holds, e.last_event
FROM smsengage.individual i, smsengage.explain_membership(i.individual_no, 'sent in last 90 days and not opted out and not subscribed to ''+111''', '2026-01-03Z', 'A') e WHERE i.individual_id = 'tel:+12025550105' AND i.scope = 'A';
SELECT individual_id FROM smsengage.entered('opted out', '2025-12-31', '2026-01-01', 'A') ORDER BY 1;
SELECT individual_id FROM smsengage.departed('opted out', '2026-01-01', '2026-02-01', 'A') ORDER BY 1;
-- in saved segments, put together with others, and looked into
SELECT smsengage.save_segment('Opted out', 'opted out', 'Not to be texted');
SELECT rule FROM smsengage.segment_definition;
SELECT smsengage.segment_size('in segment ''Opted out''', '2026-03-01', 'A') AS saved, smsengage.segment_size('opted out and sent', '2026-03-01', 'A') AS and_sent, (smsengage.segment_overlap('opted out', 'opted in', '2026-03-01', 'A')).*;
SELECT kind, event_type, condition FROM smsengage.rule_conditions('opted out of ''1'' or subscribed');
SELECT smsengage.rule_and('subscribed', smsengage.rule_not('opted out of ''1''')), 'subscribed'::smsengage.segment_rule OPERATOR(smsengage.=) 'opted in' AS same;
-- who has two numbers is out if one is; and links make people such
SELECT p, smsengage.is_member(p, 'opted out', '2026-03-01'), smsengage.is_member(p, 'opted in', '2026-03-01'), smsengage.is_member(p, 'opted in', '2026-03-01', 'A') AS in_a, smsengage.is_member(p, 'opted out', '2026-03-01', 'B') AS out_b FROM unnest('{gus,zoe,ann,bob}'::text[]) p ORDER BY p;
SELECT smsengage.link_individuals('ann', 'gus', '2025-12-10');
SELECT individual_id FROM smsengage.segment('opted out and click', '2026-03-01', unified => true) ORDER BY 1;
SELECT smsengage.is_member('ann', 'opted out', '2026-03-01', unified => true) AS ann, smsengage.is_member('ann', 'opted out', '2026-03-01') AS alone;
SELECT smsengage.segment_history('ann', 'opted out', '2025-12-15', '2026-03-01', unified => true);

-- who was forgotten and comes back is still opted out, for both
SELECT sum(erased) > 0 AS erased FROM smsengage.forget('+12025550103', force => true, at => '2026-04-01');
SELECT smsengage.segment_size('opted out', '2026-03-01', 'A') AS fewer;
SELECT pg_temp.said('SENT', '2026-04-02', 3, 'A', '111');
SELECT s.individual_id, smsengage.is_member(s.individual_no, 'opted out', '2026-05-01', 'A'), smsengage.segment_history(s.individual_no, 'opted out', '2026-03-01', '2026-05-01', 'A')
FROM smsengage.segment('opted out and sent since ''2026-04-01''', '2026-05-01', 'A') s;
DROP VIEW by_rule, by_gate CASCADE;
SELECT smsengage.drop_store(true);
DROP TABLE ask, of_owner, history_of_owner;
DROP FUNCTION differs();
DROP OWNED BY segment_consent_b;
DROP ROLE segment_consent_b;
