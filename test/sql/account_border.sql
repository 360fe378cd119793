-- What arrives for one account, or by a role of one account, stays in it:
-- scopes, links, contact points, blocks
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT smsengage.create_store();
CREATE ROLE regress_read_a;
CREATE ROLE regress_read_b;
CREATE ROLE regress_ingest_a;
CREATE ROLE regress_both_a;
SELECT smsengage.grant_reader('regress_read_a', 'A'), smsengage.grant_reader('regress_read_b', 'B'), smsengage.grant_ingest('regress_ingest_a', 'A'),
	smsengage.grant_reader('regress_both_a', 'A'), smsengage.grant_ingest('regress_both_a', 'A');
SELECT accepted FROM smsengage.ingest('native', '[
	{"account": "B", "event_type": "HELP", "event_time": "2026-03-02T09:00:00Z", "individual_id": "bob", "recipient": "+12025550102"},
	{"account": "B", "event_type": "CLICK", "event_time": "2026-03-02T09:01:00Z", "individual_id": "bob", "link_name": "l"},
	{"account": "B", "event_type": "CLICK", "event_time": "2026-03-02T09:02:00Z", "individual_id": "bea", "link_name": "l"},
	{"account": "B", "event_type": "HELP", "event_time": "2026-03-02T09:03:00Z", "recipient": "+12025550103"},
	{"account": "A", "event_type": "HELP", "event_time": "2026-03-02T09:00:00Z", "individual_id": "al", "recipient": "+12025550111"},
	{"account": "A", "event_type": "HELP", "event_time": "2026-03-02T09:00:00Z", "individual_id": "amy", "recipient": "+12025550112"}]');
CREATE VIEW b_sees AS
SELECT s.individual_id, s.recipient, u.n AS unified FROM smsengage.segment_recipients('click', account => 'B') s, (SELECT smsengage.segment_size('click', account => 'B', unified => true) AS n) u;
TABLE b_sees ORDER BY 1;

---------------------------------------------------------------------------
-- A scope that is another account's: neither read, nor redirected, nor linked
SET ROLE regress_both_a;
SELECT accepted, rejected FROM smsengage.submit('native', '{"scope": "native/B", "event_type": "HELP", "event_time": "2026-03-06T09:00:00Z", "individual_id": "bob"}', 'A');
SELECT individual_id, recipient FROM smsengage.segment_recipients('help');
RESET ROLE;
SET ROLE regress_ingest_a;
SELECT accepted, rejected FROM smsengage.submit('native', '[
	{"scope": "native/B", "event_type": "HELP", "event_time": "2026-11-30T09:00:00Z", "individual_id": "bob", "recipient": "+12025550199"},
	{"scope": "B", "event_type": "HELP", "event_time": "2026-11-30T09:00:00Z", "individual_id": "tel:+12025550103"},
	{"sco\u0070e": "native/B", "event_type": "HELP", "event_time": "2026-11-30T09:00:01Z", "individual_id": "bob", "recipient": "+12025550199"},
	{"scope": "native\/B", "event_type": "HELP", "event_time": "2026-11-30T09:00:02Z", "individual_id": "bob", "recipient": "+12025550199"},
	{"scope": "crm", "event_type": "HELP", "event_time": "2026-11-30T09:00:03Z", "individual_id": "bob"},
	{"scope": "nativ/A", "event_type": "HELP", "event_time": "2026-11-30T09:00:04Z", "individual_id": "bob"},
	{"scope": "native/native/A", "event_type": "HELP", "event_time": "2026-11-30T09:00:05Z", "individual_id": "bob"},
	{"scope": "salesforce_ens/9", "event_type": "HELP", "event_time": "2026-11-30T09:00:06Z", "individual_id": "gus"}]', 'A');
SELECT accepted, rejected FROM smsengage.submit('native', '[
	{"scope": "native/B", "event_type": "LINK", "event_time": "2026-01-01T00:00:00Z", "individual_id": "bob", "other_individual_id": "bea"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:01Z", "individual_id": "al", "other_scope": "native/B", "other_individual_id": "bob"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:02Z", "individual_id": "al", "other_scope": "native/A", "other_scope": "native/B", "other_individual_id": "bea"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:03Z", "individual_id": "al", "other\u005fscope": "native/B", "other_individual_id": "bea"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:04Z", "individual_id": "al", "extra": {"other_scope": "native/B"}, "other_individual_id": "bea"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:05Z", "individual_id": "al", "extra": {"other_scop\u0065": "native\/B"}, "other_individual_id": "bea"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:06Z", "individual_id": "al", "other_scope": 9, "other_individual_id": "bea"}]', 'A');
-- its own ones: as the default is, of another provider, of its numbers
SELECT accepted, rejected FROM smsengage.submit('native', '[
	{"scope": "native/A", "event_type": "CLICK", "event_time": "2026-03-06T09:00:00Z", "individual_id": "al", "link_name": "l"},
	{"scope": "salesforce_dmo/A", "event_type": "CLICK", "event_time": "2026-03-06T09:00:00Z", "individual_id": "al", "link_name": "l"},
	{"scope": "A", "event_type": "CLICK", "event_time": "2026-03-06T09:00:00Z", "individual_id": "tel:+12025550111", "link_name": "l"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:00Z", "individual_id": "al", "other_scope": "native/A", "other_individual_id": "amy"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:00Z", "individual_id": "al", "other_scope": null, "other_individual_id": "amy"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:00Z", "individual_id": "al", "other_scope": "salesforce_dmo/A", "other_individual_id": "al"}]', 'A');
RESET ROLE;
SELECT reason, count(*) FROM smsengage.rejected_event GROUP BY 1 ORDER BY 1;
TABLE b_sees ORDER BY 1;
SELECT i.scope, i.individual_id FROM smsengage.individual i ORDER BY 1, 2;

-- an account given by the owner is a border too: what came over it is no other's when it is tried again or drained
SELECT accepted, rejected FROM smsengage.ingest('native', '{"scope": "native/B", "event_type": "HELP", "event_time": "2026-11-30T09:00:00Z", "individual_id": "bob", "recipient": "+12025550198"}', 'A');
SELECT smsengage.inbox('native', '{"scope": "native/B", "event_type": "HELP", "event_time": "2026-11-30T09:00:00Z", "individual_id": "bob", "recipient": "+12025550197"}'::text, 'A') IS NOT NULL AS kept;
CALL smsengage.drain_inbox();
SELECT retried, accepted, still_rejected FROM smsengage.retry_rejected();
CREATE TABLE feed (payload) AS SELECT '{"scope": "native/B", "event_type": "HELP", "event_time": "2026-11-30T09:00:00Z", "individual_id": "bob", "recipient": "+12025550196"}'::text;
CALL smsengage.ingest_from('native', 'feed', account => 'A');
DROP TABLE feed;
TABLE b_sees ORDER BY 1;
-- without one, the owner may say what it likes; A then has what it met, and B what B did
SELECT accepted FROM smsengage.ingest('native', '{"account": "A", "scope": "native/B", "event_type": "CLICK", "event_time": "2026-11-29T09:00:00Z", "individual_id": "bob", "recipient": "+12025550195", "link_name": "l"}');
TABLE b_sees ORDER BY 1;
SELECT individual_id, recipient FROM smsengage.segment_recipients('click', account => 'A') ORDER BY 1, 2;
SELECT individual_id, recipient FROM smsengage.segment_recipients('click') ORDER BY 1, 2;
-- the owner shares a scope
INSERT INTO smsengage.scope_account VALUES ('crm', 'A'), ('crm', 'B');
SET ROLE regress_ingest_a;
SELECT accepted, rejected FROM smsengage.submit('native', '[
	{"scope": "crm", "event_type": "CLICK", "event_time": "2026-11-28T09:00:00Z", "individual_id": "zoe", "link_name": "l"},
	{"event_type": "LINK", "event_time": "2026-01-01T00:00:00Z", "individual_id": "al", "other_scope": "crm", "other_individual_id": "zoe"},
	{"scope": "crm2", "event_type": "CLICK", "event_time": "2026-11-28T09:00:00Z", "individual_id": "zoe", "link_name": "l"}]', 'A');
RESET ROLE;
SELECT retried, accepted, still_rejected FROM smsengage.retry_rejected();

---------------------------------------------------------------------------
-- Two business units of one enterprise: one person, and each has the numbers and links it met
SELECT accepted FROM smsengage.ingest('salesforce_ens', '[
	{"eventCategoryType": "TransactionalSendEvents.SmsSent", "timestampUTC": 1790787200000, "compositeId": "c2", "mid": 2, "eid": 9, "definitionKey": "d", "info": {"to": "12025550152", "subscriberKey": "gus", "messageKey": "k2", "statusCode": 2000}},
	{"eventCategoryType": "TransactionalSendEvents.SmsSent", "timestampUTC": 1790787200000, "compositeId": "c3", "mid": 2, "eid": 9, "definitionKey": "d", "info": {"to": "12025550154", "subscriberKey": "ann", "messageKey": "k3", "statusCode": 2000}}]');
SELECT accepted FROM smsengage.ingest('salesforce_ens', '{"eventCategoryType": "TransactionalSendEvents.SmsSent", "timestampUTC": 1780787200000, "compositeId": "c1", "mid": 1, "eid": 9, "definitionKey": "d", "info": {"to": "12025550151", "subscriberKey": "gus", "messageKey": "k1", "statusCode": 2000}}', '1');
CREATE ROLE regress_read_1;
SELECT smsengage.grant_reader('regress_read_1', '1');
SET ROLE regress_read_1;
SELECT account, recipient FROM smsengage.contact_point;
SELECT individual_id, recipient FROM smsengage.segment_recipients('sent', '2026-12-01Z');
RESET ROLE;
SELECT account, count(DISTINCT individual_no) AS people FROM smsengage.event WHERE provider = 'salesforce_ens' GROUP BY 1 ORDER BY 1;
SELECT individual_id, recipient FROM smsengage.segment_recipients('sent >= 2', '2026-12-01Z');
SELECT individual_id, recipient FROM smsengage.segment_recipients('sent', '2026-12-01Z', account => '1');
-- ann was met by 2 only, and has the lower number: for 1 the link leaves gus as he is
SELECT accepted FROM smsengage.ingest('native', '[
	{"account": "1", "scope": "salesforce_ens/9", "event_type": "LINK", "event_time": "2026-01-01T00:00:00Z", "individual_id": "gus", "other_individual_id": "ann"}]');
SELECT individual_id FROM smsengage.individual WHERE scope = 'salesforce_ens/9' ORDER BY individual_no;
SET ROLE regress_read_1;
SELECT individual_id FROM smsengage.segment('sent', '2026-12-01Z', unified => true);
SELECT smsengage.segment_size('sent', '2026-12-01Z', unified => true);
RESET ROLE;
SELECT individual_id FROM smsengage.segment('sent', '2026-12-01Z', account => '1', unified => true);
SELECT individual_id FROM smsengage.segment('sent', '2026-12-01Z', account => '2', unified => true) ORDER BY 1;
SELECT individual_id FROM smsengage.segment('sent', '2026-12-01Z', unified => true) WHERE individual_id IN ('ann', 'gus');
-- an enterprise is open to whoever is in it, until its units are named
CREATE FUNCTION pg_temp.sent(id text) RETURNS text LANGUAGE sql AS $$ SELECT '{"eventCategoryType": "TransactionalSendEvents.SmsSent", "timestampUTC": 1790787200000, "compositeId": "' || id
	|| '", "mid": 3, "eid": 9, "definitionKey": "d", "info": {"to": "12025550155", "subscriberKey": "gus", "messageKey": "k4", "statusCode": 2000}}' $$;
SELECT accepted, rejected FROM smsengage.ingest('salesforce_ens', pg_temp.sent('c4'), '3');
INSERT INTO smsengage.scope_account VALUES ('salesforce_ens/9', '1'), ('salesforce_ens/9', '2');
SELECT accepted, rejected FROM smsengage.ingest('salesforce_ens', pg_temp.sent('c5'), '3');
SELECT accepted, rejected FROM smsengage.ingest('salesforce_ens', replace(pg_temp.sent('c6'), '"mid": 3', '"mid": 1'), '1');
SELECT accepted, rejected FROM smsengage.ingest('salesforce_ens', replace(pg_temp.sent('c7'), '"mid": 3', '"mid": 9'), '9');

---------------------------------------------------------------------------
-- Blocks
CREATE FUNCTION pg_temp.failed(number text, at text, account text) RETURNS text LANGUAGE sql AS $$
	SELECT json_build_object('account', account, 'event_type', 'UNDELIVERED', 'event_time', at, 'event_id', number || at, 'recipient', number, 'error_code', '500')::text $$;
SET ROLE regress_ingest_a;
SELECT accepted FROM smsengage.submit('native', pg_temp.failed('+12025550152', '2026-05-01T00:00:00Z', 'A'), 'A');
SELECT accepted FROM smsengage.submit('native', '{"event_type": "BLOCK", "event_time": "2026-05-01T00:00:00Z", "event_id": "b", "recipient": "+12025550153", "error_code": "500"}', 'A');
RESET ROLE;
CREATE VIEW reach AS
SELECT b.recipient, b.account, b.scope, b.confined, smsengage.is_blocked(b.recipient, 'A', at) AS a, smsengage.is_blocked(b.recipient, 'B', at) AS b,
	(smsengage.can_send(b.recipient, 'A', at => at)).reasons AS gate_a, (smsengage.can_send(b.recipient, 'B', at => at)).reasons AS gate_b
FROM smsengage.block b, (SELECT timestamptz '2026-05-02Z' AS at) t;
TABLE reach ORDER BY 1, 2;
-- granted, they hold for all; so do the owner's own
SELECT smsengage.grant_ingest('regress_ingest_a', 'A', global_blocks => true);
SELECT kind, account FROM smsengage.account_role WHERE role = 'regress_ingest_a'::regrole ORDER BY 1;
SET ROLE regress_ingest_a;
SELECT accepted FROM smsengage.submit('native', pg_temp.failed('+12025550154', '2026-05-01T00:00:00Z', 'A'), 'A');
RESET ROLE;
SELECT accepted FROM smsengage.ingest('native', pg_temp.failed('+12025550155', '2026-05-01T00:00:00Z', 'A'), 'A');
SELECT smsengage.grant_ingest('regress_ingest_a', 'A');
SELECT kind, account FROM smsengage.account_role WHERE role = 'regress_ingest_a'::regrole ORDER BY 1;
SET ROLE regress_ingest_a;
SELECT accepted FROM smsengage.submit('native', pg_temp.failed('+12025550156', '2026-05-01T00:00:00Z', 'A'), 'A');
RESET ROLE;
TABLE reach ORDER BY 1, 2;
-- what was refused is as confined when it is tried again
INSERT INTO smsengage.scope_account VALUES ('crm3', '1');
SET ROLE regress_ingest_a;
SELECT rejected FROM smsengage.submit('native', '{"scope": "crm3", "event_type": "BLOCK", "event_time": "2026-05-01T00:00:00Z", "individual_id": "x", "recipient": "+12025550158", "error_code": "500"}', 'A');
RESET ROLE;
INSERT INTO smsengage.scope_account VALUES ('crm3', 'A');
SELECT accepted FROM smsengage.retry_rejected();
SELECT recipient, scope, confined FROM smsengage.block WHERE recipient = '+12025550158';
-- unless the owner has delivered the same
SET ROLE regress_ingest_a;
SELECT rejected FROM smsengage.submit('native', '{"scope": "crm4", "event_type": "BLOCK", "event_time": "2026-05-01T00:00:00Z", "individual_id": "x", "recipient": "+12025550159", "error_code": "500"}', 'A');
RESET ROLE;
SELECT rejected FROM smsengage.ingest('native', '{"scope": "crm4", "event_type": "BLOCK", "event_time": "2026-05-01T00:00:00Z", "individual_id": "x", "recipient": "+12025550159", "error_code": "500"}', 'A');
INSERT INTO smsengage.scope_account VALUES ('crm4', 'A');
SELECT accepted FROM smsengage.retry_rejected();
SELECT recipient, scope, confined FROM smsengage.block WHERE recipient = '+12025550159';
-- who reported a block is known after a rebuild, and a policy that reaches back counts for all
CREATE TABLE kept AS TABLE smsengage.block;
SELECT * FROM smsengage.doctor('block');
CALL smsengage.rebuild('block');
TABLE kept EXCEPT TABLE smsengage.block;
INSERT INTO smsengage.block_policy (code, valid_from, description, block_interval, scope) VALUES (500, '2026-04-30', 'longer', '40 days', 'global');
CALL smsengage.rebuild('block');
SELECT recipient, scope, confined, expires_at - blocked_at AS lasts FROM smsengage.block ORDER BY 1;
SELECT * FROM smsengage.doctor('block');
UPDATE smsengage.block SET scope = 'global' WHERE confined;
SELECT count(*) FROM smsengage.doctor('block');
CALL smsengage.rebuild('block');
SELECT * FROM smsengage.doctor('block');
DROP TABLE kept;

-- a reader is told of blocks that hold for every account, not whose they are
SET ROLE regress_read_b;
SELECT smsengage.is_blocked('+12025550155', 'B', '2026-05-02Z') AS by_owner, smsengage.is_blocked('+12025550152', 'B', '2026-05-02Z') AS confined, smsengage.is_blocked('+12025550155', 'B', '2026-07-02Z') AS over;
SELECT allowed, reasons, earliest FROM smsengage.can_send('+12025550155', 'B', at => '2026-05-02Z');
SELECT recipient, allowed, reasons, earliest FROM smsengage.can_send_all(ARRAY['+12025550152', '+12025550154', '+12025550155', '+12025550101', NULL], 'B', at => '2026-05-02Z') ORDER BY 1;
SELECT recipient, expires_at FROM smsengage_internal.global_blocks(ARRAY['+12025550152', '+12025550155'], '2026-05-02Z');
SELECT count(*) FROM smsengage.block;
SELECT count(*) FROM smsengage.blocks_at('2026-05-02Z');
RESET ROLE;
-- and as many as one asks for, with policies that grow
INSERT INTO smsengage.block_policy VALUES (910, '-infinity', 'Growing', '1 day', 'global', true, 3, '9 days');
SELECT count(smsengage.add_block('+12025550157', 910, 'A', t)) FROM unnest('{2026-05-01Z,2026-05-03Z}'::timestamptz[]) t;
SET ROLE regress_read_b;
SELECT at, smsengage.is_blocked('+12025550157', 'B', at), (smsengage.can_send('+12025550157', 'B', at => at)).earliest FROM unnest('{2026-05-01 12:00Z,2026-05-02 12:00Z,2026-05-05 23:00Z,2026-05-06 00:00Z}'::timestamptz[]) at;
SELECT recipient, reasons, earliest FROM smsengage.can_send_all(ARRAY['+12025550157', '+12025550155'], 'B', at => '2026-05-05Z') ORDER BY 1;
SELECT count(*), count(*) FILTER (WHERE NOT allowed) AS blocked FROM smsengage.can_send_all(ARRAY(SELECT '+1202556' || lpad(n::text, 4, '0') FROM generate_series(1, 20000) n) || '+12025550155'::text, 'B', at => '2026-05-02Z');
RESET ROLE;
-- not by who reads nothing, nor where PostgreSQL runs somebody's code for others
SET ROLE regress_ingest_a;
SELECT * FROM smsengage_internal.global_blocks(ARRAY['+12025550155'], '2026-05-02Z');
RESET ROLE;
SELECT smsengage.unblock('+12025550155', 'B', '2026-05-02Z');
SELECT smsengage.unblock('+12025550152', 'A', '2026-05-02Z'), smsengage.unblock('+12025550152', 'B', '2026-05-02Z');

---------------------------------------------------------------------------
DROP VIEW b_sees, reach;
SELECT smsengage.revoke_access(r) FROM unnest('{regress_read_a,regress_read_b,regress_ingest_a,regress_both_a,regress_read_1}'::text[]) r;
SELECT smsengage.drop_store(force => true);
DROP ROLE regress_read_a, regress_read_b, regress_ingest_a, regress_both_a, regress_read_1;
