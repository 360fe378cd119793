-- Rights: by role and kind, for no more than was granted, whatever a role makes
-- of the session, the schema and the catalogue.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never

-- The catalogue.  Every PL/pgSQL function pins its path, and no SQL function has
-- a body that is parsed when it is called; procedures, which cannot pin it and
-- commit, are run with a hostile path by 091_hostile.pl.
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prokind <> 'p' AND l.lanname IN ('plpgsql', 'sql')
	AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false) AND p.prosqlbody IS NULL;
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prosecdef;
CREATE VIEW member AS
SELECT p.*, p.proname = ANY (smsengage_internal.pure_functions()) AS is_pure, p.proname = ANY (smsengage_internal.reader_functions()) AS is_for_readers,
	has_function_privilege('public', p.oid, 'EXECUTE') AS is_public
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'smsengage';
SELECT m.oid::regprocedure AS public_and_not_named FROM member m WHERE m.is_public <> (m.is_pure OR m.is_for_readers);
SELECT n AS named_twice_or_not_there FROM unnest(smsengage_internal.pure_functions() || smsengage_internal.reader_functions()) n
WHERE (SELECT count(*) FROM unnest(smsengage_internal.pure_functions() || smsengage_internal.reader_functions()) o WHERE o = n) > 1 OR NOT EXISTS (SELECT FROM member m WHERE m.proname = n);
SELECT m.oid::regprocedure AS pure_and_not_immutable FROM member m WHERE m.is_pure AND m.provolatile <> 'i';
SELECT m.oid::regprocedure AS public_with_a_batch_or_state FROM member m
WHERE m.is_public AND ('smsengage.parsed_batch'::regtype = ANY (m.proargtypes::oid[]) OR m.prorettype = 'smsengage.parsed_batch'::regtype);
SELECT m.oid::regprocedure AS without_its_owner FROM member m WHERE NOT m.is_public AND NOT has_function_privilege('pg_database_owner', m.oid, 'EXECUTE');
-- what everybody may call and can write: each asks who calls, or leaves it to the tables
SELECT m.proname FROM member m WHERE m.is_public AND m.provolatile = 'v' GROUP BY 1 ORDER BY m.proname COLLATE "C";
SELECT count(*) FILTER (WHERE NOT is_public) > 150 AS most_of_what_works_is_for_the_owner FROM member;

CREATE ROLE rights_reader;
CREATE ROLE rights_masked;
CREATE ROLE rights_ingest;
CREATE ROLE rights_empty;
CREATE ROLE rights_admin;
CREATE ROLE rights_nobody;
CREATE SCHEMA rights_own;
GRANT ALL ON SCHEMA rights_own TO rights_reader, rights_ingest, rights_empty, rights_admin, rights_nobody;
SELECT smsengage.create_store();
SELECT smsengage.ingest('native', format('[
	{"event_type":"SENT","event_id":"1","event_time":"2026-03-01T10:00:00Z","message_id":"m-%1$s","recipient":"+12025550101"},
	{"event_type":"CLICK","event_id":"3","event_time":"2026-03-02T10:00:00Z","recipient":"+12025550102","link_name":"Sale"}]', a), a)
FROM unnest('{A,B}'::text[]) a;
SELECT smsengage.grant_reader('rights_reader', 'A'), smsengage.grant_masked_reader('rights_masked', 'A'), smsengage.grant_ingest('rights_ingest', 'A'),
	smsengage.grant_ingest('rights_empty', ''), smsengage.grant_admin('rights_admin');
SELECT role, kind, account FROM smsengage.account_role ORDER BY role::text COLLATE "C";

-- whom somebody acts for, in what
CREATE FUNCTION rights() RETURNS TABLE (kind text, "A" boolean, "B" boolean, "none" boolean, "all" boolean) LANGUAGE sql AS $$
	SELECT k, smsengage.acts_for(k, 'A'), smsengage.acts_for(k, 'B'), smsengage.acts_for(k, ''), smsengage.acts_for(k, '*')
	FROM unnest('{read,masked,ingest,admin}'::text[]) k $$;
SELECT * FROM rights();
SET ROLE rights_reader;
SELECT * FROM rights();
SET ROLE rights_masked;
SELECT * FROM rights();
SET ROLE rights_ingest;
SELECT * FROM rights();
SET ROLE rights_empty;
SELECT * FROM rights();
SET ROLE rights_admin;
SELECT * FROM rights();
SET ROLE rights_nobody;
SELECT smsengage.acts_for('read', 'A');
RESET ROLE;
SELECT smsengage.acts_for('everything', 'A');

-- what they may do with tables: nothing, or as listed
SELECT g.rolname, a.privilege_type, count(*), string_agg(c.relname, ' ' ORDER BY c.relname COLLATE "C") FILTER (WHERE a.privilege_type <> 'SELECT') AS names
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles g ON g.oid = a.grantee
WHERE c.relnamespace = 'smsengage'::regnamespace AND g.rolname LIKE 'rights%' AND c.relkind IN ('r', 'p', 'S') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT p.oid::regprocedure AS definer FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prosecdef;

-- a domain in the way of a function that the store's owner will call later; also
-- where somebody got at functions that are not for everybody
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA smsengage, smsengage_internal TO rights_ingest;
SET ROLE rights_ingest;
CREATE TABLE rights_own.proof (told text);
CREATE FUNCTION rights_own.chk(v pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO rights_own.proof SELECT current_user || (SELECT secret FROM smsengage.store_secret);
	RETURN true;
END $$;
CREATE DOMAIN rights_own.text AS pg_catalog.text CHECK (rights_own.chk(VALUE));
SET search_path = rights_own, pg_catalog;
SELECT smsengage_internal.add_tallies(smsengage_internal.batch('native', '{}', NULL, now()), NULL, NULL);
RESET search_path;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_time":"2026-03-20T10:00:00Z","individual_id":"zz","link_name":"l"}', 'A');
COMMIT;
SELECT * FROM rights_own.proof;
RESET ROLE;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA smsengage, smsengage_internal FROM rights_ingest;
SET ROLE rights_ingest;
-- the settings of the caller come back, also after an error, and the owner's go
SHOW search_path;
SELECT * FROM smsengage.submit('no such provider', '{}', 'A');
SELECT current_user, current_setting('search_path');
SET search_path = rights_own, pg_catalog;
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_time":"2026-03-21T10:00:00Z","individual_id":"zz","link_name":"l"}', 'A');
SELECT current_user, current_setting('search_path');
RESET search_path;
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_time":"2026-03-21T10:00:00Z","individual_id":"zz","link_name":"l"}', 'B');
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_time":"2026-03-21T10:00:00Z","individual_id":"zz","link_name":"l"}', NULL);
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_time":"2026-03-21T10:00:00Z","individual_id":"zz","link_name":"l"}', '');
-- what an ingest role could ask instead
SELECT * FROM smsengage_internal.forgotten_opt_outs(ARRAY['+12025550102'], now());
SELECT * FROM smsengage_internal.masked_rows('block_list') AS t (a text);
SELECT * FROM smsengage.account_role;
SELECT * FROM smsengage.keyword_reply_report;
SELECT smsengage.can_send('+12025550102', account => 'A');
SELECT smsengage.segment_size('click', account => 'A');
RESET ROLE;

-- the empty account is one of its own, now and when it is tried again
SET ROLE rights_empty;
SELECT * FROM smsengage.submit('native', '{"account":"B","event_type":"UNSUBSCRIBE","event_time":"2026-03-21T10:00:00Z","recipient":"+12025550102"}', '');
SELECT * FROM smsengage.submit('native', '{"event_type":"UNSUBSCRIBE","event_time":"2026-03-21T10:00:00Z","recipient":"+12025550104"}', '');
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK"}', 'A');
RESET ROLE;
SELECT account, account_given, reason FROM smsengage.rejected_event;
SELECT * FROM smsengage.retry_rejected();
SELECT account, recipient, state FROM smsengage.subscription;
SELECT * FROM smsengage.inbox('native', '{"account":"B","event_type":"UNSUBSCRIBE","event_time":"2026-03-21T10:00:00Z","recipient":"+12025550105"}', '');
CALL smsengage.drain_inbox();

-- an administrator writes what says how events are understood, not what the store notes
SET ROLE rights_admin;
INSERT INTO smsengage.store_relation VALUES ('payroll');
INSERT INTO smsengage.store_layout VALUES ('x');
UPDATE smsengage.store_secret SET secret = 'known';
SELECT * FROM smsengage.store_secret;
DELETE FROM smsengage.forgotten;
DELETE FROM smsengage.event_identity;
DELETE FROM smsengage.consent_seal;
DELETE FROM smsengage.consent_ledger;
UPDATE smsengage.load_progress SET part = 'pg_authid'::regclass;
DELETE FROM smsengage.event;
UPDATE smsengage.engagement_tally SET anonymous = 7;
INSERT INTO smsengage.account_role (role, kind, account) VALUES ('rights_nobody', 'read', '*');
INSERT INTO smsengage.frequency_cap (account, purpose, max_messages, period) VALUES ('A', 'marketing', 1, '1 day');
SELECT smsengage.save_segment('clickers', 'click');
SELECT smsengage.add_block('+12025550106', 500, 'A', '2026-03-05 00:00Z') > '2026-03-06', smsengage.unblock('+12025550106', 'A', '2026-03-06 00:00Z');
SELECT smsengage.record_consent('+12025550106', false, '', '', '2026-03-05 00:00Z', 'told us');
SELECT smsengage.log_not_sent('+12025550106', '{blocked}', 'B', at => '2026-03-07 00:00Z');
SELECT smsengage.link_individuals('+12025550104', 'zz', '2026-03-08 00:00Z');
SELECT * FROM smsengage.submit('native', '{"account":"B","event_type":"CLICK","event_time":"2026-03-21T10:00:00Z","recipient":"+12025550101"}', NULL);
SELECT smsengage.inbox('native', '{}', 'A') > 0 AS kept;
SELECT * FROM smsengage.ingest('native', '{}', 'A');
CALL smsengage.drain_inbox();
SELECT smsengage_internal.begin_rebuild();
SELECT smsengage.drop_store(true);
SET ROLE rights_reader;
SELECT smsengage.record_consent('+12025550106', false, 'A');
SELECT smsengage_internal.begin_rebuild();
SELECT smsengage_internal.begin_ingest(NULL);
SELECT smsengage_internal.take_turn('smsengage.engagement_tally', 0, false, true);
SELECT smsengage_internal.take_execute(ARRAY['smsengage.forget(text,text,boolean,boolean,timestamptz)'::regprocedure]);
SELECT smsengage_internal.own_functions();
SELECT smsengage.migrate();
SELECT smsengage.grant_reader('rights_reader', 'B');
RESET ROLE;
-- the rights of begin_ingest() and take_turn(), where somebody got at them
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA smsengage, smsengage_internal TO rights_reader;
SET ROLE rights_reader;
SELECT smsengage_internal.begin_ingest(smsengage_internal.batch('native', '{}', NULL, now()));
SELECT smsengage_internal.take_turn('smsengage.engagement_tally', 0, false, true);
SELECT smsengage_internal.take_turn('pg_class', 0, false, true);
SELECT count(*) AS locks FROM pg_locks WHERE pid = pg_backend_pid() AND (locktype = 'object' OR relation = 'smsengage.forgotten'::regclass);
RESET ROLE;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA smsengage, smsengage_internal FROM rights_reader;

-- a load that was stopped goes on in its source only
CREATE TABLE feed (payload text);
INSERT INTO feed VALUES ('{"event_type":"CLICK","event_id":"f","event_time":"2026-03-09T10:00:00Z","recipient":"+12025550107","account":"A"}');
CREATE TABLE secret_feed (payload text);
INSERT INTO secret_feed VALUES ('{"event_type":"CLICK","event_id":"s","event_time":"2026-03-09T10:00:00Z","recipient":"+12025550108","account":"A"}');
INSERT INTO smsengage.load_progress (source, payload_column, provider, file_no, part, started_at, reported_at)
SELECT 'public.feed', 'payload', 'native', pg_relation_filenode('feed'), 'secret_feed'::regclass, now(), now();
CALL smsengage.ingest_from('native', 'feed', resume => true);
UPDATE smsengage.load_progress SET part = 'feed'::regclass;
SET quote_all_identifiers = on;
CALL smsengage.ingest_from('native', 'feed', resume => true);
RESET quote_all_identifiers;
SELECT count(*) AS left_over FROM smsengage.load_progress;
SELECT event_id FROM smsengage.event WHERE event_id IN ('f', 's');

-- partitions show nothing by themselves, whatever is granted, now and later
ALTER DEFAULT PRIVILEGES IN SCHEMA smsengage GRANT SELECT ON TABLES TO rights_nobody;
SELECT smsengage.ingest('native', '{"event_type":"CLICK","event_time":"2025-07-01T10:00:00Z","recipient":"+12025550101"}', 'B');
GRANT SELECT ON ALL TABLES IN SCHEMA smsengage TO rights_nobody, rights_reader;
GRANT USAGE ON SCHEMA smsengage TO rights_nobody;
SET ROLE rights_nobody;
SELECT (SELECT count(*) FROM smsengage.event) AS event, (SELECT count(*) FROM smsengage.event_2025_07) AS new_month, (SELECT count(*) FROM smsengage.event_2026_03) AS old_month,
	(SELECT count(*) FROM smsengage.forgotten) AS forgotten, (SELECT count(*) FROM smsengage.store_secret) AS secret, (SELECT count(*) FROM smsengage.inbox) AS inbox, (SELECT count(*) FROM smsengage.account_role) AS roles;
SET ROLE rights_reader;
SELECT (SELECT count(*) FROM smsengage.event WHERE account <> 'A') AS event, (SELECT count(*) FROM smsengage.event) > 0 AS own, (SELECT count(*) FROM smsengage.event_2025_07) AS new_month, (SELECT count(*) FROM smsengage.event_2026_03) AS old_month;
RESET ROLE;
ALTER DEFAULT PRIVILEGES IN SCHEMA smsengage REVOKE SELECT ON TABLES FROM rights_nobody;
REVOKE SELECT ON ALL TABLES IN SCHEMA smsengage FROM rights_nobody;
REVOKE USAGE ON SCHEMA smsengage FROM rights_nobody;
-- a partition by hand is named, and closed
CREATE TABLE smsengage.event_by_hand PARTITION OF smsengage.event FOR VALUES FROM ('2010-01-01 00:00Z') TO ('2010-02-01 00:00Z');
SELECT * FROM smsengage.doctor('access');
SELECT smsengage.migrate();
CREATE POLICY open ON smsengage.event_by_hand USING (true);
SELECT * FROM smsengage.doctor();
DROP POLICY open ON smsengage.event_by_hand;
ALTER TABLE smsengage.event_by_hand DISABLE ROW LEVEL SECURITY;
CALL smsengage.rebuild('access');
SELECT * FROM smsengage.doctor();

-- a role that is made anew under an old name is another; one that is renamed is not
CREATE ROLE rights_first;
SELECT smsengage.grant_reader('rights_first', 'B'), smsengage.grant_ingest('rights_first', 'B');
DROP OWNED BY rights_first;
DROP ROLE rights_first;
SELECT * FROM smsengage.doctor();
CREATE ROLE rights_first;
GRANT USAGE ON SCHEMA smsengage TO rights_first;
SET ROLE rights_first;
SELECT * FROM rights();
RESET ROLE;
SELECT smsengage.grant_reader('rights_first', 'A');
SELECT role, kind, account FROM smsengage.account_role WHERE role::oid NOT IN (SELECT oid FROM pg_roles WHERE rolname <> 'rights_first');
SELECT * FROM smsengage.doctor();
ALTER ROLE rights_first RENAME TO rights_second;
SET ROLE rights_second;
SELECT DISTINCT account FROM smsengage.event;
RESET ROLE;
SELECT role_name FROM smsengage.account_role WHERE role = 'rights_second'::regrole;
SELECT smsengage.migrate();
SELECT role_name FROM smsengage.account_role WHERE role = 'rights_second'::regrole;
-- as after a restore elsewhere: the number of a role that was gone there is somebody else's here
INSERT INTO smsengage.account_role (role, kind, account, role_name, cluster) VALUES ('rights_nobody', 'read', '*', 'somebody gone', 1), ('rights_second', 'read', 'B', 'rights_second', 1);
GRANT USAGE ON SCHEMA smsengage TO rights_nobody;
SET ROLE rights_nobody;
SELECT * FROM rights();
SET ROLE rights_second;
SELECT DISTINCT account FROM smsengage.event ORDER BY 1;
RESET ROLE;
SELECT * FROM smsengage.doctor();
SELECT smsengage.revoke_access('rights_second', 'B');
SELECT * FROM smsengage.doctor();
REVOKE USAGE ON SCHEMA smsengage FROM rights_nobody;

-- taking back: all of it, and nothing is said about what was never granted
SET client_min_messages = notice;
SELECT smsengage.grant_ingest('rights_reader', 'A');
SELECT smsengage.grant_masked_reader('rights_reader', 'B');
SELECT smsengage.revoke_access('rights_reader', 'A');
SET ROLE rights_reader;
SELECT * FROM rights();
SELECT count(*) FROM smsengage.block_policy;
SELECT count(*) > 0 AS masked FROM smsengage.event_masked;
RESET ROLE;
SELECT smsengage.revoke_access(r) FROM unnest('{rights_reader,rights_masked,rights_ingest,rights_empty,rights_admin,rights_second}'::text[]) r;
SELECT smsengage.revoke_access('no such role');
SELECT count(*) FROM smsengage.account_role;
SELECT c.relname, a.privilege_type FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles g ON g.oid = a.grantee WHERE g.rolname LIKE 'rights%';
SELECT p.proname FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) a JOIN pg_roles g ON g.oid = a.grantee WHERE g.rolname LIKE 'rights%';
SET ROLE rights_reader;
SELECT count(*) FROM smsengage.event;
RESET ROLE;
SET client_min_messages = warning;

-- objects of others with names of the store are not taken over
SELECT smsengage.drop_store(true);
GRANT CREATE, USAGE ON SCHEMA smsengage TO rights_nobody;
SET ROLE rights_nobody;
CREATE TABLE smsengage.store_relation (relation name PRIMARY KEY);
CREATE TABLE rights_own.told (who text);
CREATE FUNCTION rights_own.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO rights_own.told VALUES (current_user); RETURN NEW; END $$;
CREATE TRIGGER tell AFTER INSERT ON smsengage.store_relation FOR EACH ROW EXECUTE FUNCTION rights_own.tell();
RESET ROLE;
SELECT smsengage.create_store();
SELECT * FROM rights_own.told;
SET ROLE rights_nobody;
DROP TABLE smsengage.store_relation;
CREATE VIEW smsengage.event_masked AS SELECT 1 AS one;
RESET ROLE;
SELECT smsengage.create_store();
SET ROLE rights_nobody;
DROP VIEW smsengage.event_masked;
CREATE FUNCTION smsengage.departed(key integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
RESET ROLE;
SELECT smsengage.create_store();
SET ROLE rights_nobody;
DROP FUNCTION smsengage.departed(integer);
CREATE TABLE smsengage.event_2026_03 (i integer);
RESET ROLE;
SELECT smsengage.create_store();
SET ROLE rights_nobody;
DROP TABLE smsengage.event_2026_03;
-- that is of no concern
CREATE TABLE smsengage.of_mine (i integer);
RESET ROLE;
SELECT smsengage.create_store();
SET ROLE rights_nobody;
CREATE FUNCTION smsengage.departed(relation text, description text) RETURNS void LANGUAGE sql AS 'SELECT';
RESET ROLE;
SELECT smsengage.migrate();
SELECT * FROM smsengage.doctor();
SET ROLE rights_nobody;
DROP FUNCTION smsengage.departed(text, text);
DROP TABLE smsengage.of_mine;
SELECT smsengage.migrate();
RESET ROLE;
REVOKE CREATE ON SCHEMA smsengage FROM rights_nobody;
SELECT smsengage.drop_store(true);

-- a store of a role that owns neither database nor extension
GRANT CREATE, USAGE ON SCHEMA smsengage TO rights_nobody WITH GRANT OPTION;
SET ROLE rights_nobody;
SELECT smsengage.create_store();
SELECT accepted FROM smsengage.ingest('native', '{"event_type":"CLICK","event_time":"2026-03-21T10:00:00Z","recipient":"+12025550101"}', 'A');
SELECT smsengage.grant_ingest('rights_ingest', 'A');
SET ROLE rights_ingest;
SELECT accepted FROM smsengage.submit('native', '{"event_type":"CLICK","event_time":"2025-03-21T10:00:00Z","recipient":"+12025550101"}', 'A');
RESET ROLE;
SELECT DISTINCT c.relowner::regrole FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname LIKE 'event%';
-- given to another, who takes the right by migrate()
GRANT CREATE, USAGE ON SCHEMA smsengage TO rights_admin WITH GRANT OPTION;
REASSIGN OWNED BY rights_nobody TO rights_admin;
REVOKE CREATE ON SCHEMA smsengage FROM rights_nobody CASCADE;
SET ROLE rights_admin;
SELECT accepted FROM smsengage.ingest('native', '{"event_type":"CLICK","event_time":"2026-03-22T10:00:00Z","recipient":"+12025550101"}', 'A');
SELECT smsengage.migrate();
SELECT accepted FROM smsengage.ingest('native', '{"event_type":"CLICK","event_time":"2026-03-22T10:00:00Z","recipient":"+12025550101"}', 'A');
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);
RESET ROLE;
DROP SCHEMA rights_own CASCADE;
DROP TABLE feed, secret_feed;
DROP FUNCTION rights();
DROP VIEW member;
DROP OWNED BY rights_reader, rights_masked, rights_ingest, rights_empty, rights_admin, rights_nobody, rights_second;
DROP ROLE rights_reader, rights_masked, rights_ingest, rights_empty, rights_admin, rights_nobody, rights_second;
