-- What a new store is filled with.

CREATE FUNCTION smsengage_internal.fill_limits()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	INSERT INTO smsengage.store_limit (name, value, everyone, note)
	VALUES
		('past_months', 13, false, 'Events from before the month that many months ago go to event_past'),
		('new_partitions', 3, false, 'Partitions of event that one call may make'),
		('new_names', 10000, true, 'New series of one account and dimension on one day; more names are counted as (other)'),
		('rejected_bytes', 268435456, false, 'Bytes of one account and day that rejected_event and provider_notice take, with 200 for each piece; the rest is counted in rejected_count')
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.fill_limits() IS 'Puts limits where they have no row. Used by migrate().';

CREATE FUNCTION smsengage_internal.fill_tallies()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	IF smsengage_internal.is_new('engagement_tally') THEN
		INSERT INTO smsengage.tally_dimension (dimension, complete_from)
		VALUES ('bulk_message', '-infinity'), ('link_name', '-infinity')
		ON CONFLICT DO NOTHING;
	END IF;
	PERFORM smsengage_internal.restore_tallies();
END
$$;
COMMENT ON FUNCTION smsengage_internal.fill_tallies() IS 'Keeps tallies by both dimensions in a new store, and puts back what was lost of them. Used by migrate().';

CREATE FUNCTION smsengage_internal.make_secret()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	IF 1 < (SELECT count(*) FROM smsengage.store_secret) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the table store_secret has more than one row',
			DETAIL = 'Data of another store came into this one. Digests of people who were forgotten agree with one of the secrets only, and which that is cannot be told from them.',
			HINT = 'Delete the secret that this store had before the data came, if nobody had been forgotten in it, else the other.';
	END IF;
	INSERT INTO smsengage.store_secret (secret)
	SELECT gen_random_uuid()::text || gen_random_uuid()::text
	WHERE NOT EXISTS (SELECT FROM smsengage.store_secret);
END
$$;
COMMENT ON FUNCTION smsengage_internal.make_secret() IS 'Draws the store''s secret, once. Raises 55000 where there is more than one. Used by migrate().';

CREATE FUNCTION smsengage_internal.identify_rows()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	keyless record;
BEGIN
	FOR keyless IN
		SELECT c.oid::regclass AS relation
		FROM (SELECT DISTINCT to_regclass(s.described) AS relation FROM smsengage_internal.store_statements() s WHERE s.step = 'rest') t
		JOIN pg_class c ON c.oid = t.relation
		WHERE c.relkind = 'r' AND c.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
	LOOP
		EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', keyless.relation);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.identify_rows() IS 'Gives tables of the store that have no key the replica identity FULL, so that a publication of all tables, as tools make it, refuses no DELETE; one that was chosen by hand stays. Used by migrate().';

CREATE FUNCTION smsengage_internal.fill_block_policy()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	INSERT INTO smsengage.block_policy (code, valid_from, description, block_interval, scope, user_deletable)
	SELECT b.code, '-infinity', b.description, b.block_interval, b.scope, b.user_deletable
	FROM smsengage.block_codes() b
	WHERE NOT EXISTS (SELECT FROM smsengage.block_policy p WHERE p.code = b.code AND p.valid_from = '-infinity')
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.fill_block_policy() IS 'Puts the default policies where they are missing. Used by migrate().';

CREATE FUNCTION smsengage_internal.fill_outcomes()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	IF smsengage_internal.is_new('outcome_tally') THEN
		INSERT INTO smsengage.delivery_deadline (provider, deadline_hours)
		SELECT '', 72 UNION ALL SELECT d.provider, d.deadline_hours FROM smsengage_internal.provider_deadlines() d
		ON CONFLICT DO NOTHING;
		-- a new store has none, and is made at every isolation level
		IF EXISTS (SELECT FROM smsengage.message) THEN
			PERFORM smsengage_internal.rebuild_outcomes();
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.fill_outcomes() IS 'Sets the deadlines of a new store and counts the messages that are there. Used by migrate().';

CREATE FUNCTION smsengage_internal.fill_machine_click_rules()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	IF smsengage_internal.is_new('machine_click_rule') THEN
		INSERT INTO smsengage.machine_click_rule (rule_name, kind, agent_pattern, clicks, seconds, note)
		VALUES
			('agent: bot', 'agent', E'\\m\\w*(bot|crawler|spider|scanner)\\M', NULL, NULL, 'names itself a robot: bitlybot, Googlebot, Twitterbot, ...'),
			('agent: preview', 'agent', 'facebookexternalhit|whatsapp/|telegrambot|skypeuripreview|google-pagerenderer|googlemessages|bingpreview|link ?preview', NULL, NULL, 'draws the preview of a link'),
			('agent: program', 'agent', E'^(curl|wget|python|java|go-http-client|okhttp|libwww|axios|node)\\M|headless', NULL, NULL, 'a program without a person'),
			('burst', 'burst', NULL, 3, 2, 'several clicks at once'),
			('delay', 'delay', NULL, NULL, 1, 'sooner after delivery than a person can read')
		ON CONFLICT DO NOTHING;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.fill_machine_click_rules() IS 'Gives a new store rules to begin with. Used by migrate().';

CREATE FUNCTION smsengage_internal.fill_health_thresholds()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	IF smsengage_internal.is_new('health_threshold') THEN
		INSERT INTO smsengage.health_threshold (metric, lowest, highest, note)
		VALUES
			('delivery_rate_settled', 0.9, NULL, 'a value to begin with'),
			('unreachable_rate', NULL, 0.05, 'disconnected, unreachable or blocked: Klaviyo alerts above 5 % of sends'),
			('carrier_rate', NULL, 0.1, 'refused by the carrier, or for a reason unknown: Klaviyo alerts above 10 % of sends'),
			('click_rate', 0.06, NULL, 'Klaviyo alerts below 6 %'),
			('unsubscribe_rate', NULL, 0.013, 'Klaviyo alerts above 1.3 %'),
			('p50_seconds', NULL, 10, 'Twilio asks for one-time codes in less than 10 s'),
			('rejected_inbound', NULL, 0, 'what a person said must not be lost: look into rejected_event'),
			('unreadable_fields', NULL, 0, 'a provider has changed something, or sends what it should not: look at drift'),
			('lost_share', NULL, 0, 'nothing that was not understood should be lost')
		ON CONFLICT DO NOTHING;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.fill_health_thresholds() IS 'Gives a new store the thresholds that vendors publish. Used by migrate().';
