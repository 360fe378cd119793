-- Row-level security. Policies ask current_user only. The owner of the store
-- sees everything (no FORCE ROW LEVEL SECURITY: a dump by the owner must be
-- whole), partitions have no grants. Views run with the rights of who reads
-- them.

CREATE FUNCTION smsengage_internal.access_rules()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	relation record;
	condition text;
BEGIN
	IF smsengage_internal.store_is_distributed() THEN
		PERFORM smsengage_internal.cluster_access_rules();
		RETURN;
	END IF;
	FOR relation IN
		SELECT c.oid::regclass AS name, c.relname,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account' AND NOT a.attisdropped) AS has_account,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'series_no' AND NOT a.attisdropped) AS has_series,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'individual_no' AND NOT a.attisdropped) AS has_person
		FROM smsengage_internal.store_relations() r
		JOIN pg_class c ON c.oid = r.relation
		WHERE r.kind <> 'v'
	LOOP
		-- people without an account show through events that may be seen
		condition := CASE
			WHEN relation.relname = 'account_role' THEN
				'pg_catalog.pg_has_role(CAST(role AS pg_catalog.oid), ''USAGE'')'
			-- what is said for all accounts
			WHEN relation.relname IN ('keyword', 'keyword_setting', 'consent_scope', 'sender_pool', 'account_country', 'frequency_cap', 'quiet_hours', 'content_rule', 'country_rule',
				'segment_definition') THEN
				'account = '''' OR account = ANY (smsengage_internal.plans_for_accounts())'
			-- the same of people, where both are known
			WHEN relation.relname = 'individual_link' THEN
				'account = ANY (smsengage_internal.plans_for_accounts() || CAST('''' AS pg_catalog.text))'
				' AND (account <> '''' OR account = ANY (smsengage_internal.plans_for_accounts())'
				' OR EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = individual_link.individual_no)'
				' AND EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = individual_link.other_no))'
			WHEN relation.has_account THEN 'account = ANY (smsengage_internal.plans_for_accounts())'
			WHEN relation.relname <> 'series' AND relation.has_series THEN 'series_no IN (SELECT s.series_no FROM smsengage.series s)'
			WHEN relation.has_person THEN format('EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = %I.individual_no)', relation.relname)
			ELSE NULL END;
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS reader ON %s', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS admin ON %s', relation.name);
		IF relation.relname = 'account_role' THEN
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING (%s)', relation.name, condition);
		ELSE
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING (smsengage_internal.plans_for_everything()%s)', relation.name,
						   CASE WHEN condition IS NULL THEN
							   CASE WHEN relation.relname IN ('store_secret', 'event_identity', 'load_progress', 'inbox_taken', 'forgotten', 'consent_ledger', 'consent_seal') THEN ''
							   ELSE ' OR true' END
						   ELSE ' OR ' || condition END);
			EXECUTE format('CREATE POLICY admin ON %s USING (smsengage_internal.plans_for_administration()) WITH CHECK ((SELECT smsengage.acts_for(''admin'', ''*'')))', relation.name);
		END IF;
	END LOOP;
	PERFORM smsengage_internal.masked_views();
	PERFORM smsengage_internal.close_partitions();
	PERFORM smsengage_internal.drop_stale_grants();
	-- what is new is granted to those who were granted the rest
	PERFORM smsengage_internal.apply_grants(g.role) FROM (SELECT DISTINCT r.role FROM smsengage_internal.granted() r) g;
END
$$;
COMMENT ON FUNCTION smsengage_internal.access_rules() IS 'Sets the row-level security of every table of the store. Used by migrate().';

CREATE FUNCTION smsengage_internal.cluster_access_rules()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	everybody text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage_internal.granted() r WHERE r.kind IN ('read', 'admin'));
	all_accounts text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage_internal.granted() r WHERE r.kind IN ('read', 'admin') AND r.account = '*');
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
		FROM smsengage_internal.store_relations() r
		WHERE r.kind <> 'v'
	LOOP
		IF all_accounts IS NOT NULL THEN
			EXECUTE format('CREATE POLICY admin ON %s TO %s USING (true) WITH CHECK (true)', relation.name, all_accounts);
		END IF;
		IF relation.has_account THEN
			-- no shard can ask another table, so the accounts stand here
			FOR reader IN
				SELECT r.role_name, array_agg(r.account ORDER BY r.account) AS accounts
				FROM smsengage_internal.granted() r
				WHERE r.kind IN ('read', 'admin')
				GROUP BY r.role_name
			LOOP
				EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO %I USING (%s)', left('reader ' || reader.role_name, 63), relation.name, reader.role_name,
							   CASE relation.relname WHEN 'account_role' THEN format('role_name = %L', reader.role_name)
							   ELSE format('account = ANY (%L)', reader.accounts) END);
			END LOOP;
		ELSIF relation.relname = ANY (smsengage_internal.shown_by_person()) THEN
			-- no rows would be an answer, and a wrong one
			FOR reader IN
				SELECT r.role_name FROM smsengage_internal.granted() r
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
COMMENT ON FUNCTION smsengage_internal.cluster_access_rules() IS 'Sets the row-level security of a distributed store from account_role: a policy cannot ask another table there. Used by access_rules() and whatever changes account_role.';
