-- Who sees what: roles of one account, masked readers, writers that do not
-- read, admins; hostile names in the path.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE access_reader;
CREATE ROLE access_other;
CREATE ROLE access_masked;
CREATE ROLE access_writer;
CREATE ROLE access_admin;
CREATE ROLE access_team;
CREATE ROLE access_member IN ROLE access_team;
CREATE ROLE access_nobody;
SELECT smsengage.create_store();
SELECT sum(i.accepted) FROM unnest(ARRAY['acme', 'zebra']) a, smsengage.ingest('native', format('[
	{"event_type":"SENT","event_id":"1","event_time":"2026-03-01T10:00:00Z","message_id":"m-%1$s","recipient":"+12025550101","message_text":"secret of %1$s"},
	{"event_type":"UNDELIVERED","event_id":"2","event_time":"2026-03-01T10:01:00Z","message_id":"m-%1$s","recipient":"+12025550101","error_code":"520"},
	{"event_type":"CLICK","event_id":"3","event_time":"2026-03-02T10:00:00Z","recipient":"+12025550102","link_name":"Sale"},
	{"event_type":"REPLY","event_id":"4","event_time":"2026-03-02T11:00:00Z","recipient":"+12025550102","sender_id":"12345","message_text":"STOP"},
	{"event_type":"NONSENSE"}]', a), a) i;
SELECT smsengage.grant_reader('access_reader', 'acme');
SELECT smsengage.grant_reader('access_other', 'zebra');
SELECT smsengage.grant_masked_reader('access_masked', 'acme');
SELECT smsengage.grant_ingest('access_writer', 'acme');
SELECT smsengage.grant_admin('access_admin');
SELECT smsengage.grant_reader('access_team', 'acme');
SELECT smsengage.grant_reader('no_such_role', 'acme');
SELECT smsengage.grant_reader('access_reader', NULL);

-- every relation a reader may select from: no word of the other account in it, and something of its own in those that have an account
CREATE FUNCTION leaks() RETURNS TABLE (relation text, rows_of_other bigint) LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT c.oid::regclass AS name FROM pg_class c
		WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND has_table_privilege(c.oid, 'SELECT') ORDER BY c.relname
	LOOP
		EXECUTE format('SELECT count(*) FROM %s t WHERE t::text LIKE ''%%zebra%%''', r.name) INTO rows_of_other;
		relation := r.name;
		IF rows_of_other > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION leaks() TO PUBLIC;
SELECT count(*) > 10 AS owner_sees_both FROM leaks();
SET ROLE access_reader;
SELECT * FROM leaks();
SELECT account, count(*) FROM smsengage.event GROUP BY 1;
SELECT count(*) AS messages FROM smsengage.message;
SELECT scope, individual_id FROM smsengage.individual ORDER BY 2;
SELECT account FROM smsengage.rejected_event;
SELECT account, event_type, sum(smsengage.total(t.tally)) FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE dimension = '' GROUP BY 1, 2 ORDER BY 2;
SELECT count(*) AS tallies_without_series FROM smsengage.engagement_tally t WHERE NOT EXISTS (SELECT FROM smsengage.series s WHERE s.series_no = t.series_no);
SELECT smsengage.segment_size('known', '2026-04-01') AS all_i_see, smsengage.segment_size('known', '2026-04-01', 'zebra') AS of_the_other;
SELECT * FROM smsengage.segment('click', '2026-04-01');
SELECT smsengage.is_blocked('+12025550101', 'zebra', '2026-03-01 10:30+00');
SELECT smsengage.is_blocked('+12025550101', 'acme', '2026-03-01 10:30+00') AS own_block, smsengage.is_blocked('+12025550101', at => '2026-03-01 10:30+00') AS of_any;
SELECT smsengage.can_send('+12025550101', 'zebra');
SELECT smsengage.can_send_all(ARRAY['+12025550101'], 'zebra');
SELECT smsengage.consent_proof('+12025550101', account => 'zebra');
SELECT smsengage.subscription_state('+12025550102', 'zebra', '12345', '2026-04-01');
-- a reader changes nothing
SELECT * FROM smsengage.ingest('native', '{"event_type":"CLICK"}', 'acme');
DELETE FROM smsengage.event;
INSERT INTO smsengage.account_role (role, kind, account) VALUES ('access_reader', 'read', '*');
SELECT * FROM smsengage.store_secret;
SELECT * FROM smsengage.event_2026_03;
SELECT count(*) FROM smsengage.event_masked;
SELECT account, kind, role FROM smsengage.account_role;
SET ROLE access_other;
SELECT DISTINCT account FROM smsengage.event;
-- rights come with membership
SET ROLE access_member;
SELECT DISTINCT account FROM smsengage.event;
SET ROLE access_nobody;
SELECT count(*) FROM smsengage.event;

-- masked: no number, no text
SET ROLE access_masked;
SELECT event_type, account, recipient, message_text FROM smsengage.event_masked ORDER BY event_time;
SELECT * FROM leaks();
SELECT count(*) FROM smsengage.event;
RESET ROLE;
CREATE FUNCTION unmasked() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	r regclass;
	found boolean;
BEGIN
	FOR r IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relname LIKE '%\_masked' ORDER BY 1 LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %s t WHERE t::text LIKE ''%%2025550%%'' OR t::text LIKE ''%%secret of%%'')', r) INTO found;
		IF found THEN
			RETURN NEXT r;
		END IF;
	END LOOP;
END $$;
SELECT * FROM unmasked();

-- a writer writes for its account, reads nothing, and nobody else's
SET ROLE access_writer;
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_id":"9","event_time":"2026-03-05T10:00:00Z","recipient":"+12025550109"}'::text, 'acme');
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_id":"9","event_time":"2026-03-05T10:00:00Z","recipient":"+12025550109"}'::text, 'zebra');
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK"}'::text, NULL);
SELECT * FROM smsengage.submit('native', '{"event_type":"CLICK","event_id":"10","event_time":"2026-03-05T10:00:00Z","recipient":"+12025550109","account":"zebra"}'::text, 'acme');
SELECT count(*) FROM smsengage.event;
SET ROLE access_reader;
SELECT * FROM smsengage.submit('native', '{}'::text, 'acme');

-- an admin changes policies, not the store
SET ROLE access_admin;
SELECT count(DISTINCT account) FROM smsengage.event;
INSERT INTO smsengage.block_policy (code, valid_from, description, block_interval, scope, user_deletable) VALUES (520, '2026-04-01', 'longer', '2 hours', 'local', true);
SELECT smsengage.save_segment('clickers', 'click');
SELECT smsengage.drop_store(true);

-- functions and operators of the same names in the way change nothing
RESET ROLE;
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '1999-01-01'::timestamptz $$;
CREATE FUNCTION hostile.never(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile operator used'; END $$;
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.never);
CREATE FUNCTION hostile.count(anyelement) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile function used'; END $$;
GRANT USAGE ON SCHEMA hostile TO PUBLIC;
SET search_path = hostile, pg_catalog;
SELECT * FROM smsengage.ingest('native', '[{"event_type":"CLICK","event_id":"20","event_time":"2026-03-06T10:00:00Z","recipient":"+12025550110"}]'::pg_catalog.text, 'acme');
SELECT smsengage.segment_size('click', '2026-04-01');
SET ROLE access_reader;
SELECT smsengage.segment_size('click', '2026-04-01');
RESET ROLE;
SET search_path = public;
DROP SCHEMA hostile CASCADE;

-- revoked
SELECT smsengage.revoke_access('access_reader');
SET ROLE access_reader;
SELECT count(*) FROM smsengage.event;
RESET ROLE;
SELECT smsengage.revoke_access(r) FROM unnest(ARRAY['access_other', 'access_masked', 'access_writer', 'access_admin', 'access_team']) r;
SELECT smsengage.drop_store(true);
DROP FUNCTION leaks(), unmasked();
DROP ROLE access_reader, access_other, access_masked, access_writer, access_admin, access_member, access_team, access_nobody;
