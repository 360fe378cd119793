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
		role regrole NOT NULL,
		kind text COLLATE "C" NOT NULL CONSTRAINT account_role_kind_check CHECK (kind IN ('read', 'masked', 'ingest', 'block', 'admin')),
		account text COLLATE "C" NOT NULL,
		role_name text COLLATE "C" NOT NULL,
		cluster bigint NOT NULL,
		CONSTRAINT account_role_pkey PRIMARY KEY (account, role, kind)
	);
	PERFORM smsengage.describe('smsengage.account_role', 'Which roles act for which accounts, and in what. The grant functions fill it.', $c$
		role: The role; its members have the same right
		kind: read: rows as they are; masked: the masked views; ingest: submit(); block: blocks reported there hold for every account if their policy says so; admin: all of these, and policies, keywords, segments
		account: The account; * for all of them; empty: what has no account
		role_name: Name of the role when it was granted
		cluster: System identifier of the server then: elsewhere, as after a dump and restore, the row holds for a role of that name only$c$);
END
$$;
COMMENT ON FUNCTION smsengage.access_tables() IS 'Makes the table of access that is missing. Used by migrate().';

CREATE FUNCTION smsengage.acts_for(kind text, account text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_acts_for_sql' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.acts_for(text, text) IS 'Whether the current user acts for an account in reading (read), in reading masked views (masked), in ingestion (ingest), in blocks for other accounts (block) or in administration (admin); the owner of the store and superusers do. The empty account is one of its own. Raises 22023 for another kind.';

CREATE FUNCTION smsengage.accounts_for(kind text)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'sms_accounts_for' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage.accounts_for(text) IS 'The accounts for which acts_for() is true; * means all. Used by masked views.';

CREATE FUNCTION smsengage.role_now(role regrole, role_name text, cluster bigint)
RETURNS oid
AS 'MODULE_PATHNAME', 'sms_role_now' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.role_now(regrole, text, bigint) IS 'The role that a row of account_role means, NULL if there is none: the role itself on the server where it was granted, elsewhere if it still has the name. A role that was made anew under an old name is another. Used by the grant functions and doctor().';

CREATE FUNCTION smsengage.granted()
RETURNS TABLE (role oid, role_name text, kind text, account text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT g.oid, g.rolname::text, r.kind, r.account
	FROM smsengage.account_role r
	JOIN pg_roles g ON g.oid = smsengage.role_now(r.role, r.role_name, r.cluster);
END
$$;
COMMENT ON FUNCTION smsengage.granted() IS 'The rows of account_role whose role there is, under the name that it has now. Used by the grant functions and migrate().';

CREATE FUNCTION smsengage.visible_accounts()
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'sms_visible_accounts' LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage.visible_accounts() IS 'The accounts that the caller may read; * means all. Used by the policies.';

CREATE FUNCTION smsengage.sees_everything()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_sees_everything' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.sees_everything() IS 'Whether the caller may read all accounts. Used by the policies.';

-- IMMUTABLE, so that a policy is decided when a query is planned: what is left
-- for a reader of single accounts is that the account is one of a few constants,
-- which an index can find, so that no row of others is touched; and no part of
-- the plan is executed for such a row alone, which EXPLAIN would tell.  Plans are
-- made again for another user, when privileges on a table change, as they do
-- with every grant of ours, and when roles change (account_role.c).
CREATE FUNCTION smsengage.plans_for_everything()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_plans_for_everything' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.plans_for_everything() IS 'sees_everything() at the moment when a query is planned. Used by the policies, and by nothing else.';

CREATE FUNCTION smsengage.plans_for_administration()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_administers' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.plans_for_administration() IS 'Whether the caller is an administrator, at the moment when a query is planned. Used by the policies, and by nothing else.';

CREATE FUNCTION smsengage.plans_for_accounts()
RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_plans_for_accounts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.plans_for_accounts() IS 'visible_accounts() at the moment when a query is planned. Used by the policies, and by nothing else.';

CREATE FUNCTION smsengage.submit(provider text, payload text, account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_submit_text' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.submit(text, text, text) IS 'ingest() for roles that may write and not read: runs as the owner of the store, after it has looked whether the caller acts for the account (grant_ingest()). NULL: whatever account the events name, for roles that act for all. Raises 42501 where the caller does not, and within functions of indexes, policies and materialized views, which PostgreSQL runs for others. Limits: store_limit; raises 54000 where the events need more new partitions than that.';

CREATE FUNCTION smsengage.submit(provider text, payload bytea, account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_submit_bytea' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.submit(text, bytea, text) IS 'The same for the raw bytes of a request.';

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
				'pg_catalog.pg_has_role(CAST(role AS pg_catalog.oid), ''USAGE'')'
			-- what is said for all accounts
			WHEN relation.relname IN ('keyword', 'keyword_setting', 'consent_scope', 'frequency_cap', 'quiet_hours', 'content_rule', 'country_rule', 'segment_definition') THEN
				'account = '''' OR account = ANY (smsengage.plans_for_accounts())'
			-- the same of people, where both are known
			WHEN relation.relname = 'individual_link' THEN
				'account = ANY (smsengage.plans_for_accounts() || CAST('''' AS pg_catalog.text))'
				' AND (account <> '''' OR account = ANY (smsengage.plans_for_accounts())'
				' OR EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = individual_link.individual_no)'
				' AND EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = individual_link.other_no))'
			WHEN relation.has_account THEN 'account = ANY (smsengage.plans_for_accounts())'
			WHEN relation.relname <> 'series' AND relation.has_series THEN 'series_no IN (SELECT s.series_no FROM smsengage.series s)'
			WHEN relation.has_person THEN format('EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = %I.individual_no)', relation.relname)
			ELSE NULL END;
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS reader ON %s', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS admin ON %s', relation.name);
		IF relation.relname = 'account_role' THEN
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING (%s)', relation.name, condition);
		ELSE
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING (smsengage.plans_for_everything()%s)', relation.name,
						   CASE WHEN condition IS NULL THEN
							   CASE WHEN relation.relname IN ('store_secret', 'event_identity', 'load_progress', 'inbox_taken', 'forgotten', 'consent_ledger', 'consent_seal') THEN ''
							   ELSE ' OR true' END
						   ELSE ' OR ' || condition END);
			EXECUTE format('CREATE POLICY admin ON %s USING (smsengage.plans_for_administration()) WITH CHECK ((SELECT smsengage.acts_for(''admin'', ''*'')))', relation.name);
		END IF;
	END LOOP;
	PERFORM smsengage.masked_views();
	PERFORM smsengage.close_partitions();
	PERFORM smsengage.drop_stale_grants();
	-- what is new is granted to those who were granted the rest
	PERFORM smsengage.apply_grants(g.role) FROM (SELECT DISTINCT r.role FROM smsengage.granted() r) g;
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
	everybody text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage.granted() r WHERE r.kind IN ('read', 'admin'));
	all_accounts text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage.granted() r WHERE r.kind IN ('read', 'admin') AND r.account = '*');
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
				FROM smsengage.granted() r
				WHERE r.kind IN ('read', 'admin')
				GROUP BY r.role_name
			LOOP
				EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO %I USING (%s)', left('reader ' || reader.role_name, 63), relation.name, reader.role_name,
							   CASE relation.relname WHEN 'account_role' THEN format('role_name = %L', reader.role_name)
							   ELSE format('account = ANY (%L)', reader.accounts) END);
			END LOOP;
		ELSIF relation.relname = ANY (smsengage.shown_by_person()) THEN
			-- no rows would be an answer, and a wrong one
			FOR reader IN
				SELECT r.role_name FROM smsengage.granted() r
				WHERE r.kind IN ('read', 'admin')
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
	SELECT ARRAY['engagement_tally', 'individual'];
END;
COMMENT ON FUNCTION smsengage.shown_by_person() IS 'Tables without an account, whose rows show through events that may be seen. On a cluster only roles that act for all accounts read them. Used by the grant functions.';

CREATE FUNCTION smsengage.records_of_store()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY['store_secret', 'event_identity', 'load_progress', 'forgotten', 'forgotten_opt_out', 'inbox', 'inbox_taken'];
END;
COMMENT ON FUNCTION smsengage.records_of_store() IS 'Tables that only the owner of the store reads. Used by the grant functions.';

CREATE FUNCTION smsengage.settings_of_store()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY['block_policy', 'consent_scope', 'content_rule', 'country_rule', 'delivery_deadline', 'frequency_cap', 'health_threshold', 'keyword', 'keyword_setting',
		'machine_click_rule', 'quiet_hours', 'retention', 'segment_definition', 'tally_dimension'];
END;
COMMENT ON FUNCTION smsengage.settings_of_store() IS 'Tables that an administrator may write: what says how events are to be understood. Events, and what follows from them, come by submit(). Used by the grant functions.';

CREATE FUNCTION smsengage.grant_relations(role_name text, as_what text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text := (
		SELECT string_agg(r.relation::text, ', ' ORDER BY r.name)
		FROM smsengage.store_relations() r
		WHERE CASE as_what WHEN 'admin' THEN r.name = ANY (smsengage.settings_of_store())
			WHEN 'masked' THEN right(r.name, 7) = '_masked'
			ELSE right(r.name, 7) <> '_masked' AND r.name <> ALL (smsengage.records_of_store())
				-- on a cluster these have no policy
				AND NOT (r.name = ANY (smsengage.shown_by_person()) AND smsengage.store_is_distributed()
						 AND NOT EXISTS (SELECT FROM smsengage.granted() a WHERE a.role_name = grant_relations.role_name AND a.kind IN ('read', 'admin') AND a.account = '*')) END);
BEGIN
	EXECUTE format('GRANT %s ON %s TO %I', CASE as_what WHEN 'admin' THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE 'SELECT' END, names, role_name);
	IF as_what = 'admin' THEN
		EXECUTE format('GRANT SELECT, INSERT, DELETE ON smsengage.inbox, smsengage.inbox_taken TO %I', role_name);
		EXECUTE format('GRANT DELETE ON smsengage.rejected_event, smsengage.provider_notice TO %I', role_name);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.grant_relations(text, text) IS 'Grants a role what a reader, a masked reader (masked) or an admin may do with the tables and views of the store. Used by the grant functions and migrate().';

CREATE FUNCTION smsengage.apply_grants(role oid)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = error
AS $$
DECLARE
	name text := (SELECT g.rolname FROM pg_roles g WHERE g.oid = apply_grants.role);
	owner oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = 'smsengage.event'::regclass);
	kinds text[] := ARRAY(SELECT DISTINCT g.kind FROM smsengage.granted() g WHERE g.role = apply_grants.role);
	in_schema boolean;
	granted record;
BEGIN
	FOR granted IN
		SELECT DISTINCT c.oid::regclass AS relation FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
		WHERE c.relnamespace = 'smsengage'::regnamespace AND a.grantee = apply_grants.role AND c.relowner = owner
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM %I', granted.relation, name);
	END LOOP;
	in_schema := EXISTS (SELECT FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a WHERE n.nspname = 'smsengage' AND a.grantee = apply_grants.role AND a.privilege_type = 'USAGE');
	IF in_schema AND kinds = '{}' THEN
		EXECUTE format('REVOKE USAGE ON SCHEMA smsengage FROM %I', name);
	ELSIF NOT in_schema AND kinds <> '{}' THEN
		EXECUTE format('GRANT USAGE ON SCHEMA smsengage TO %I', name);
	END IF;
	IF kinds <> '{}' AND NOT has_schema_privilege(apply_grants.role, 'smsengage', 'USAGE') THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = format('role "%s" may not grant rights in the schema smsengage', current_user),
			HINT = format('The owner of the schema can say: GRANT USAGE ON SCHEMA smsengage TO %I WITH GRANT OPTION.', current_user);
	END IF;
	IF kinds && '{read,admin}' THEN
		PERFORM smsengage.grant_relations(name, 'reader');
	END IF;
	IF 'masked' = ANY (kinds) THEN
		PERFORM smsengage.grant_relations(name, 'masked');
	END IF;
	IF 'admin' = ANY (kinds) THEN
		PERFORM smsengage.grant_relations(name, 'admin');
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.apply_grants(oid) IS 'Gives a role the privileges that its rows in account_role stand for, and takes others on the store''s tables and views. Used by the grant functions and migrate().';

CREATE FUNCTION smsengage.drop_stale_grants()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.account_role r WHERE smsengage.role_now(r.role, r.role_name, r.cluster) IS NULL;
	-- what was restored or renamed is noted as it is now
	UPDATE smsengage.account_role r SET role_name = g.rolname, cluster = s.system_identifier
	FROM pg_roles g, pg_control_system() s
	WHERE g.oid = r.role AND NOT smsengage.store_is_distributed() AND (r.role_name <> g.rolname OR r.cluster <> s.system_identifier);
END
$$;
COMMENT ON FUNCTION smsengage.drop_stale_grants() IS 'Deletes rows of account_role whose role is gone, so that no other role ever has their rights. Used by the grant functions, migrate() and maintain().';

CREATE FUNCTION smsengage.note_role(role_name text, kind text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	grantee oid := (SELECT r.oid FROM pg_roles r WHERE r.rolname = note_role.role_name);
BEGIN
	IF grantee IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('role "%s" does not exist', role_name);
	END IF;
	IF account IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'the account must not be null',
			HINT = 'The account * means all of them.';
	END IF;
	PERFORM smsengage.drop_stale_grants();
	INSERT INTO smsengage.account_role (role, kind, account, role_name, cluster)
	SELECT grantee, note_role.kind, note_role.account, note_role.role_name, s.system_identifier FROM pg_control_system() s
	ON CONFLICT DO NOTHING;
	PERFORM smsengage.apply_grants(grantee);
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.note_role(text, text, text) IS 'Records that a role acts for an account in one kind, and grants what belongs to it. Used by the grant functions.';

CREATE FUNCTION smsengage.grant_reader(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.note_role(role_name, 'read', account);
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
	PERFORM smsengage.note_role(role_name, 'masked', account);
END
$$;
COMMENT ON FUNCTION smsengage.grant_masked_reader(text, text) IS 'Lets a role read the masked views of an account (* for all): no phone number, no text. Raises 0A000 on a cluster.';

CREATE FUNCTION smsengage.grant_ingest(role_name text, account text, global_blocks boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.note_role(role_name, 'ingest', account);
	IF global_blocks THEN
		PERFORM smsengage.note_role(role_name, 'block', account);
	ELSE
		DELETE FROM smsengage.account_role r
		USING pg_roles g
		WHERE g.rolname = grant_ingest.role_name AND r.role = g.oid AND r.kind = 'block' AND r.account = grant_ingest.account;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.grant_ingest(text, text, boolean) IS 'Lets a role ingest for an account (* for all; the empty one: only what has no account) by submit(), without reading anything. A failure or block that it reports blocks the number for that account only, whatever block_policy says; with global_blocks, for every account where the policy says so. The last call decides.';

CREATE FUNCTION smsengage.grant_admin(role_name text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.note_role(role_name, 'admin', '*');
END
$$;
COMMENT ON FUNCTION smsengage.grant_admin(text) IS 'Lets a role read everything, ingest for every account, record consent, blocks and links by hand, and change what says how events are understood: policies, keywords, caps, segments, retention. What the store notes for itself, and what follows from events, only its owner writes.';

CREATE FUNCTION smsengage.revoke_access(role_name text, account text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	grantee oid := (SELECT r.oid FROM pg_roles r WHERE r.rolname = revoke_access.role_name);
BEGIN
	PERFORM smsengage.drop_stale_grants();
	IF grantee IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('role "%s" does not exist', role_name);
	END IF;
	DELETE FROM smsengage.account_role r
	WHERE smsengage.role_now(r.role, r.role_name, r.cluster) = grantee AND (revoke_access.account IS NULL OR r.account = revoke_access.account);
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
	END IF;
	PERFORM smsengage.apply_grants(grantee);
END
$$;
COMMENT ON FUNCTION smsengage.revoke_access(text, text) IS 'Takes an account from a role, or (NULL) all of them; what none of the rest needs, it may do no longer. Raises 42704 for an unknown role.';
