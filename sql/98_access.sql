-- Who may see what: accounts are shared out to roles, rows follow.
--
-- Policies ask current_user only.  The owner of the store sees everything (no
-- FORCE ROW LEVEL SECURITY: a dump by the owner must be whole), partitions
-- have no grants.  Views run with the rights of who reads them.

CREATE FUNCTION smsengage.access_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.account_role (
		account text COLLATE "C" NOT NULL,
		role_name text COLLATE "C" NOT NULL,
		CONSTRAINT account_role_pkey PRIMARY KEY (role_name, account)
	);
	PERFORM smsengage.describe('smsengage.account_role', 'Which roles act for which accounts. grant_reader(), grant_ingest() and grant_admin() fill it.', $c$
		account: The account; * for all of them
		role_name: The role; its members have the same right$c$);
END
$$;
COMMENT ON FUNCTION smsengage.access_tables() IS 'Makes the table of access that is missing. Used by migrate().';

CREATE FUNCTION smsengage.visible_accounts()
RETURNS SETOF text
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT r.account FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
	WHERE pg_has_role(g.oid, 'USAGE');
END
$$;
COMMENT ON FUNCTION smsengage.visible_accounts() IS 'The accounts that the caller acts for; * means all. Used by the policies.';

CREATE FUNCTION smsengage.sees_everything()
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM smsengage.visible_accounts() a WHERE a = '*');
END
$$;
COMMENT ON FUNCTION smsengage.sees_everything() IS 'Whether the caller acts for all accounts. Used by the policies.';

CREATE FUNCTION smsengage.outer_role()
RETURNS name
AS 'MODULE_PATHNAME', 'sms_outer_role' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION smsengage.outer_role() IS 'The role that called, also inside of a function that runs with its owner''s rights: what current_user is outside of it. Used by submit().';

CREATE FUNCTION smsengage.access_rules()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	relation record;
	condition text;
BEGIN
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
		RETURN;
	END IF;
	FOR relation IN
		SELECT c.oid::regclass AS name, c.relname,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account' AND NOT a.attisdropped) AS has_account,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'series_no' AND NOT a.attisdropped) AS has_series,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'individual_no' AND NOT a.attisdropped) AS has_person
		FROM smsengage.store_relations() r
		JOIN pg_class c ON c.oid = r.relation
		WHERE r.kind <> 'v'
	LOOP
		-- people without an account show through events that may be seen
		condition := CASE
			WHEN relation.relname = 'account_role' THEN
				'(SELECT pg_catalog.pg_has_role(g.oid, ''USAGE'') FROM pg_catalog.pg_roles g WHERE g.rolname = role_name)'
			WHEN relation.has_account THEN 'account IN (SELECT a FROM smsengage.visible_accounts() a)'
				-- what is said for all accounts
				|| CASE WHEN relation.relname IN ('keyword', 'keyword_setting', 'frequency_cap', 'quiet_hours', 'content_rule', 'country_rule', 'segment_definition')
					THEN ' OR account = ''''' ELSE '' END
			WHEN relation.relname <> 'series' AND relation.has_series THEN 'series_no IN (SELECT s.series_no FROM smsengage.series s)'
			WHEN relation.has_person THEN format('EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = %I.individual_no)', relation.relname)
			ELSE NULL END;
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS reader ON %s', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS admin ON %s', relation.name);
		IF relation.relname = 'account_role' THEN
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING (%s)', relation.name, condition);
		ELSE
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING ((SELECT smsengage.sees_everything())%s)', relation.name,
						   CASE WHEN condition IS NULL THEN
							   CASE WHEN relation.relname IN ('store_secret', 'event_identity', 'load_progress', 'forgotten', 'consent_ledger', 'consent_seal') THEN ''
							   ELSE ' OR true' END
						   ELSE ' OR ' || condition END);
			EXECUTE format('CREATE POLICY admin ON %s USING ((SELECT smsengage.sees_everything())) WITH CHECK ((SELECT smsengage.sees_everything()))', relation.name);
		END IF;
	END LOOP;
	PERFORM smsengage.access_functions();
	PERFORM smsengage.masked_views();
	-- what is new is granted to those who were granted the rest
	PERFORM smsengage.grant_relations(g.rolname, CASE WHEN a.privilege_type = 'INSERT' THEN 'admin' WHEN c.relname = 'event' THEN 'reader' ELSE 'masked' END)
	FROM pg_class c
	CROSS JOIN LATERAL aclexplode(c.relacl) a
	JOIN pg_roles g ON g.oid = a.grantee AND g.oid <> c.relowner
	WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relname IN ('event', 'event_masked') AND a.privilege_type IN ('SELECT', 'INSERT');
END
$$;
COMMENT ON FUNCTION smsengage.access_rules() IS 'Sets the row-level security of every table of the store. Used by migrate().';

CREATE FUNCTION smsengage.cluster_access_rules()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	everybody text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name);
	all_accounts text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name WHERE r.account = '*');
	relation record;
	reader record;
BEGIN
	FOR relation IN
		SELECT p.polname AS name, p.polrelid::regclass AS on_table FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
		WHERE c.relnamespace = 'smsengage'::regnamespace
	LOOP
		EXECUTE format('DROP POLICY %I ON %s', relation.name, relation.on_table);
	END LOOP;
	IF everybody IS NULL THEN
		RETURN;
	END IF;
	FOR relation IN
		SELECT r.relation AS name, r.name AS relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.relation AND a.attname = 'account' AND NOT a.attisdropped) AS has_account
		FROM smsengage.store_relations() r
		WHERE r.kind <> 'v'
	LOOP
		IF all_accounts IS NOT NULL THEN
			EXECUTE format('CREATE POLICY admin ON %s TO %s USING (true) WITH CHECK (true)', relation.name, all_accounts);
		END IF;
		IF relation.has_account THEN
			-- no shard can ask another table, so the accounts stand here
			FOR reader IN
				SELECT r.role_name, array_agg(r.account ORDER BY r.account) AS accounts
				FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
				GROUP BY r.role_name
			LOOP
				EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO %I USING (%s)', left('reader ' || reader.role_name, 63), relation.name, reader.role_name,
							   CASE relation.relname WHEN 'account_role' THEN format('role_name = %L', reader.role_name)
							   ELSE format('account = ANY (%L)', reader.accounts) END);
			END LOOP;
		ELSIF relation.relname = ANY (smsengage.shown_by_person()) THEN
			-- no rows would be an answer, and a wrong one
			FOR reader IN
				SELECT r.role_name FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
				GROUP BY r.role_name HAVING NOT bool_or(r.account = '*')
			LOOP
				EXECUTE format('REVOKE SELECT ON %s FROM %I', relation.name, reader.role_name);
			END LOOP;
		ELSE
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT TO %s USING (true)', relation.name, everybody);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.cluster_access_rules() IS 'Sets the row-level security of a distributed store from account_role: a policy cannot ask another table there. Used by access_rules() and whatever changes account_role.';

CREATE FUNCTION smsengage.shown_by_person()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY['engagement_tally', 'individual', 'individual_link', 'contact_point'];
END;
COMMENT ON FUNCTION smsengage.shown_by_person() IS 'Tables without an account, whose rows show through events that may be seen. On a cluster only roles that act for all accounts read them. Used by the grant functions.';

CREATE FUNCTION smsengage.grant_relations(role_name text, as_what text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text := (
		SELECT string_agg(r.relation::text, ', ' ORDER BY r.name)
		FROM smsengage.store_relations() r
		WHERE CASE as_what WHEN 'admin' THEN r.kind <> 'v' AND r.name <> 'store_limit'
			WHEN 'masked' THEN r.name LIKE '%\_masked'
			ELSE r.name NOT LIKE '%\_masked' AND r.name NOT IN ('store_secret', 'event_identity', 'load_progress', 'forgotten', 'inbox')
				-- on a cluster these have no policy
				AND NOT (r.name = ANY (smsengage.shown_by_person()) AND smsengage.store_is_distributed()
						 AND NOT EXISTS (SELECT FROM smsengage.account_role a WHERE a.role_name = grant_relations.role_name AND a.account = '*')) END);
BEGIN
	EXECUTE format('GRANT %s ON %s TO %I', CASE as_what WHEN 'admin' THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE 'SELECT' END, names, role_name);
END
$$;
COMMENT ON FUNCTION smsengage.grant_relations(text, text) IS 'Grants a role what a reader, a masked reader (masked) or an admin may do with the tables and views of the store. Used by the grant functions and migrate().';

CREATE FUNCTION smsengage.access_functions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $do$
DECLARE
	type text;
BEGIN
	-- definer: a reader may learn whether a number it names has opted out, and not the
	-- key by which all numbers could be tried
	CREATE OR REPLACE FUNCTION smsengage.pseudonym(VARIADIC fields text[])
	RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
	BEGIN
		RETURN smsengage.content_digest(VARIADIC (SELECT s.secret FROM smsengage.store_secret s) || fields);
	END
	$$;
	COMMENT ON FUNCTION smsengage.pseudonym(text[]) IS 'Keyed digest of a number (''recipient'', number) or a person (''individual'', scope, id); without the store''s secret nothing can be told from it. Used by forget().';

	FOREACH type IN ARRAY ARRAY['text', 'bytea'] LOOP
		-- definer: a role that may ingest and not read has no right to the tables
		EXECUTE format($f$
			CREATE OR REPLACE FUNCTION smsengage.submit(provider text, payload %s, account text,
				OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
			LANGUAGE plpgsql SECURITY DEFINER
			SET search_path = pg_catalog, pg_temp
			AS $$
			BEGIN
				IF NOT EXISTS (
					SELECT FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
					WHERE (r.account = submit.account OR r.account = '*') AND pg_has_role(smsengage.outer_role(), g.oid, 'USAGE'))
				THEN
					RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
						MESSAGE = 'this role may not ingest for this account',
						HINT = 'grant_ingest(role, account) gives the right.';
				END IF;
				SELECT i.* INTO accepted, duplicate, rejected, ignored FROM smsengage.ingest(provider, payload, account) i;
			END
			$$$f$, type);
		EXECUTE format('REVOKE ALL ON FUNCTION smsengage.submit(text, %s, text) FROM PUBLIC', type);
		EXECUTE format($f$COMMENT ON FUNCTION smsengage.submit(text, %s, text) IS 'ingest() for roles that may write and not read: runs as the owner of the store, after it has looked whether the caller acts for the account (grant_ingest()). Raises 42501 where it does not.'$f$, type);
	END LOOP;
END
$do$;
COMMENT ON FUNCTION smsengage.access_functions() IS 'Makes the functions that run with the rights of the store''s owner. Used by migrate().';

CREATE FUNCTION smsengage.note_role(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = note_role.role_name) THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('role "%s" does not exist', role_name);
	END IF;
	IF account IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'the account must not be null',
			HINT = 'The account * means all of them.';
	END IF;
	INSERT INTO smsengage.account_role (role_name, account) VALUES (note_role.role_name, note_role.account) ON CONFLICT DO NOTHING;
	EXECUTE format('GRANT USAGE ON SCHEMA smsengage TO %I', role_name);
	EXECUTE format('GRANT SELECT ON smsengage.account_role TO %I', role_name);
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.note_role(text, text) IS 'Records that a role acts for an account. Used by the grant functions.';

CREATE FUNCTION smsengage.grant_reader(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.note_role(role_name, account);
	PERFORM smsengage.grant_relations(role_name, 'reader');
END
$$;
COMMENT ON FUNCTION smsengage.grant_reader(text, text) IS 'Lets a role read what belongs to an account (* for all): events, messages, tallies, segments, reports. Called again, it adds an account. On a cluster, a role for single accounts reads no tallies and people, and so no segments (42501). Raises 42704 for an unknown role.';

CREATE FUNCTION smsengage.grant_masked_reader(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.store_is_distributed() THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = 'masked views cannot be granted on a cluster',
			DETAIL = 'A node asks the others with the rights of the role itself, which has none to the tables.';
	END IF;
	PERFORM smsengage.note_role(role_name, account);
	PERFORM smsengage.grant_relations(role_name, 'masked');
END
$$;
COMMENT ON FUNCTION smsengage.grant_masked_reader(text, text) IS 'Lets a role read the masked views of an account (* for all): no phone number, no text. Raises 0A000 on a cluster.';

CREATE FUNCTION smsengage.grant_ingest(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.note_role(role_name, account);
	EXECUTE format('GRANT EXECUTE ON FUNCTION smsengage.submit(text, text, text) TO %I', role_name);
	EXECUTE format('GRANT EXECUTE ON FUNCTION smsengage.submit(text, bytea, text) TO %I', role_name);
END
$$;
COMMENT ON FUNCTION smsengage.grant_ingest(text, text) IS 'Lets a role ingest for an account (* for all) by submit(), without reading anything.';

CREATE FUNCTION smsengage.grant_admin(role_name text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.grant_reader(role_name, '*');
	PERFORM smsengage.grant_ingest(role_name, '*');
	PERFORM smsengage.grant_relations(role_name, 'admin');
END
$$;
COMMENT ON FUNCTION smsengage.grant_admin(text) IS 'Lets a role read and change all tables: policies, keywords, caps, segments, retention. Partitions and the store itself are made by its owner only.';

CREATE FUNCTION smsengage.revoke_access(role_name text, account text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.account_role r
	WHERE r.role_name = revoke_access.role_name AND (revoke_access.account IS NULL OR r.account = revoke_access.account);
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
	END IF;
	IF EXISTS (SELECT FROM smsengage.account_role r WHERE r.role_name = revoke_access.role_name) THEN
		RETURN;
	END IF;
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA smsengage FROM %I', role_name);
	EXECUTE format('REVOKE ALL ON FUNCTION smsengage.submit(text, text, text), smsengage.submit(text, bytea, text) FROM %I', role_name);
	EXECUTE format('REVOKE USAGE ON SCHEMA smsengage FROM %I', role_name);
END
$$;
COMMENT ON FUNCTION smsengage.revoke_access(text, text) IS 'Takes an account from a role, or (NULL) all of them; without an account, the grants go too.';
