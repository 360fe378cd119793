-- Giving and taking access.

CREATE FUNCTION smsengage.acts_for(kind text, account text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_acts_for_sql' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.acts_for(text, text) IS 'Whether the current user acts for an account in reading (read), in reading masked views (masked), in ingestion (ingest), in blocks for other accounts (block) or in administration (admin); the owner of the store and superusers do. The empty account is one of its own. Raises 22023 for another kind.';

CREATE FUNCTION smsengage_internal.accounts_for(kind text)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'sms_accounts_for' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.accounts_for(text) IS 'The accounts for which acts_for() is true; * means all. Used by masked views.';

CREATE FUNCTION smsengage_internal.role_now(role regrole, role_name text, cluster bigint)
RETURNS oid
AS 'MODULE_PATHNAME', 'sms_role_now' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.role_now(regrole, text, bigint) IS 'The role that a row of account_role means, NULL if there is none: the role itself on the server where it was granted, elsewhere if it still has the name. A role that was made anew under an old name is another. Used by the grant functions and doctor().';

CREATE FUNCTION smsengage_internal.granted()
RETURNS TABLE (role oid, role_name text, kind text, account text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT g.oid, g.rolname::text, r.kind, r.account
	FROM smsengage.account_role r
	JOIN pg_roles g ON g.oid = smsengage_internal.role_now(r.role, r.role_name, r.cluster);
END
$$;
COMMENT ON FUNCTION smsengage_internal.granted() IS 'The rows of account_role whose role there is, under the name that it has now. Used by the grant functions and migrate().';

-- IMMUTABLE, so that a policy is decided when a query is planned: what is left
-- for a reader of single accounts is that the account is one of a few constants,
-- which an index can find, so that no row of others is touched; and no part of
-- the plan is executed for such a row alone, which EXPLAIN would tell.  Plans are
-- made again for another user, when privileges on a table change, as they do
-- with every grant of ours, and when roles change (account_role.c).
CREATE FUNCTION smsengage_internal.plans_for_everything()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_plans_for_everything' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.plans_for_everything() IS 'sees_everything() at the moment when a query is planned. Used by the policies, and by nothing else.';

CREATE FUNCTION smsengage_internal.plans_for_administration()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_administers' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.plans_for_administration() IS 'Whether the caller is an administrator, at the moment when a query is planned. Used by the policies, and by nothing else.';

CREATE FUNCTION smsengage_internal.plans_for_accounts()
RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_plans_for_accounts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.plans_for_accounts() IS 'visible_accounts() at the moment when a query is planned. Used by the policies, and by nothing else.';

CREATE FUNCTION smsengage.submit(provider text, payload text, account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_submit_text' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.submit(text, text, text) IS 'ingest() for roles that may write and not read: runs as the owner of the store, after it has looked whether the caller acts for the account (grant_ingest()). NULL: whatever account the events name, for roles that act for all. Raises 42501 where the caller does not, and within functions of indexes, policies and materialized views, which PostgreSQL runs for others. Limits: store_limit; raises 54000 where the events need more new partitions than that.';

CREATE FUNCTION smsengage.submit(provider text, payload bytea, account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_submit_bytea' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.submit(text, bytea, text) IS 'The same for the raw bytes of a request.';

CREATE FUNCTION smsengage_internal.records_of_store()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY['store_secret', 'event_identity', 'load_progress', 'forgotten', 'forgotten_opt_out', 'inbox', 'inbox_taken'];
END;
COMMENT ON FUNCTION smsengage_internal.records_of_store() IS 'Tables that only the owner of the store reads. Used by the grant functions.';

CREATE FUNCTION smsengage_internal.settings_of_store()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY['account_country', 'block_policy', 'consent_scope', 'content_rule', 'country_rule', 'delivery_deadline', 'frequency_cap', 'health_threshold', 'keyword', 'keyword_setting',
		'machine_click_rule', 'quiet_hours', 'retention', 'segment_definition', 'sender_pool', 'tally_dimension'];
END;
COMMENT ON FUNCTION smsengage_internal.settings_of_store() IS 'Tables that an administrator may write: what says how events are to be understood. Events, and what follows from them, come by submit(). Used by the grant functions.';

CREATE FUNCTION smsengage_internal.grant_relations(role_name text, as_what text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text := (
		SELECT string_agg(r.relation::text, ', ' ORDER BY r.name)
		FROM smsengage_internal.store_relations() r
		WHERE CASE as_what WHEN 'admin' THEN r.name = ANY (smsengage_internal.settings_of_store())
			WHEN 'masked' THEN right(r.name, 7) = '_masked'
			ELSE right(r.name, 7) <> '_masked' AND r.name <> ALL (smsengage_internal.records_of_store())
				-- on a cluster these have no policy
				AND NOT (r.name = ANY (smsengage_internal.shown_by_person()) AND smsengage_internal.store_is_distributed()
						 AND NOT EXISTS (SELECT FROM smsengage_internal.granted() a WHERE a.role_name = grant_relations.role_name AND a.kind IN ('read', 'admin') AND a.account = '*')) END);
BEGIN
	EXECUTE format('GRANT %s ON %s TO %I', CASE as_what WHEN 'admin' THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE 'SELECT' END, names, role_name);
	IF as_what = 'admin' THEN
		EXECUTE format('GRANT SELECT, INSERT, DELETE ON smsengage.inbox, smsengage.inbox_taken TO %I', role_name);
		EXECUTE format('GRANT DELETE ON smsengage.rejected_event, smsengage.provider_notice TO %I', role_name);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.grant_relations(text, text) IS 'Grants a role what a reader, a masked reader (masked) or an admin may do with the tables and views of the store. Used by the grant functions and migrate().';

CREATE FUNCTION smsengage_internal.apply_grants(role oid)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = error
AS $$
DECLARE
	name text := (SELECT g.rolname FROM pg_roles g WHERE g.oid = apply_grants.role);
	owner oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = 'smsengage.event'::regclass);
	kinds text[] := ARRAY(SELECT DISTINCT g.kind FROM smsengage_internal.granted() g WHERE g.role = apply_grants.role);
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
		PERFORM smsengage_internal.grant_relations(name, 'reader');
	END IF;
	IF 'masked' = ANY (kinds) THEN
		PERFORM smsengage_internal.grant_relations(name, 'masked');
	END IF;
	IF 'admin' = ANY (kinds) THEN
		PERFORM smsengage_internal.grant_relations(name, 'admin');
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.apply_grants(oid) IS 'Gives a role the privileges that its rows in account_role stand for, and takes others on the store''s tables and views. Used by the grant functions and migrate().';

CREATE FUNCTION smsengage_internal.drop_stale_grants()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.account_role r WHERE smsengage_internal.role_now(r.role, r.role_name, r.cluster) IS NULL;
	-- what was restored or renamed is noted as it is now
	UPDATE smsengage.account_role r SET role_name = g.rolname, cluster = s.system_identifier
	FROM pg_roles g, pg_control_system() s
	WHERE g.oid = r.role AND NOT smsengage_internal.store_is_distributed() AND (r.role_name <> g.rolname OR r.cluster <> s.system_identifier);
END
$$;
COMMENT ON FUNCTION smsengage_internal.drop_stale_grants() IS 'Deletes rows of account_role whose role is gone, so that no other role ever has their rights. Used by the grant functions, migrate() and maintain().';

CREATE FUNCTION smsengage_internal.note_role(role_name text, kind text, account text)
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
	PERFORM smsengage_internal.drop_stale_grants();
	INSERT INTO smsengage.account_role (role, kind, account, role_name, cluster)
	SELECT grantee, note_role.kind, note_role.account, note_role.role_name, s.system_identifier FROM pg_control_system() s
	ON CONFLICT DO NOTHING;
	PERFORM smsengage_internal.apply_grants(grantee);
	IF smsengage_internal.store_is_distributed() THEN
		PERFORM smsengage_internal.cluster_access_rules();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.note_role(text, text, text) IS 'Records that a role acts for an account in one kind, and grants what belongs to it. Used by the grant functions.';

CREATE FUNCTION smsengage.grant_reader(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.note_role(role_name, 'read', account);
END
$$;
COMMENT ON FUNCTION smsengage.grant_reader(text, text) IS 'Lets a role read what belongs to an account (* for all): events, messages, tallies, segments, reports. Called again, it adds an account. On a cluster, a role for single accounts reads no tallies and people, and so no segments (42501). Raises 42704 for an unknown role.';

CREATE FUNCTION smsengage.grant_masked_reader(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage_internal.store_is_distributed() THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = 'masked views cannot be granted on a cluster',
			DETAIL = 'A node asks the others with the rights of the role itself, which has none to the tables.';
	END IF;
	PERFORM smsengage_internal.note_role(role_name, 'masked', account);
END
$$;
COMMENT ON FUNCTION smsengage.grant_masked_reader(text, text) IS 'Lets a role read the masked views of an account (* for all): no phone number, no text. Raises 0A000 on a cluster.';

CREATE FUNCTION smsengage.grant_ingest(role_name text, account text, global_blocks boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.note_role(role_name, 'ingest', account);
	IF global_blocks THEN
		PERFORM smsengage_internal.note_role(role_name, 'block', account);
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
	PERFORM smsengage_internal.note_role(role_name, 'admin', '*');
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
	PERFORM smsengage_internal.drop_stale_grants();
	IF grantee IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('role "%s" does not exist', role_name);
	END IF;
	DELETE FROM smsengage.account_role r
	WHERE smsengage_internal.role_now(r.role, r.role_name, r.cluster) = grantee AND (revoke_access.account IS NULL OR r.account = revoke_access.account);
	IF smsengage_internal.store_is_distributed() THEN
		PERFORM smsengage_internal.cluster_access_rules();
	END IF;
	PERFORM smsengage_internal.apply_grants(grantee);
END
$$;
COMMENT ON FUNCTION smsengage.revoke_access(text, text) IS 'Takes an account from a role, or (NULL) all of them; what none of the rest needs, it may do no longer. Raises 42704 for an unknown role.';
