-- The same verdict for an audience, by joins.

CREATE FUNCTION smsengage.can_send_all(recipients text[], account text DEFAULT NULL, sender text DEFAULT NULL, message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800)
RETURNS TABLE (recipient text, allowed boolean, reasons text[], subcategory text, earliest timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := smsengage_internal.asked_account(account);
	our_sender text := smsengage_internal.asked_sender(our_account, sender);
	our_purpose text := coalesce(purpose, '');
	moment timestamptz := coalesce(at, now());
	rules smsengage.send_rules := smsengage_internal.rules_of_sending(nullif(account, ''), message_text, our_purpose, moment, max_characters);
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
	-- what came without an account holds for all
	accounts text[] := CASE WHEN our_account IS NULL THEN ARRAY(SELECT a FROM smsengage_internal.block_accounts() a) ELSE ARRAY['', our_account] END;
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
	longest interval := (SELECT max(c.period) FROM smsengage_internal.caps_of_sending(our_account, our_sender, our_purpose, moment) c);
	facts text;
	numbers text[];
BEGIN
	IF cardinality(recipients) < 20000 THEN
		numbers := ARRAY(SELECT DISTINCT smsengage.normalize_recipient(u) FROM unnest(recipients) u);
	END IF;
	-- One branch for each kind of fact, if there can be any.  A join alone would not do:
	-- the planner knows nothing of the audience, so it gets a filter where this is large.
	facts := smsengage_internal.facts_of_blocks(numbers IS NOT NULL, row_security_active('smsengage.block'), growing IS NOT NULL)
		|| smsengage_internal.facts_of_consent(our_purpose = 'confirmation', row_security_active('smsengage.subscription'));
	IF longest IS NOT NULL THEN
		facts := facts || smsengage_internal.facts_of_caps();
	END IF;
	facts := regexp_replace(smsengage_internal.said_by_audience() || ', facts AS (
			SELECT f.number, bool_or(f.globally) AS globally, bool_or(f.locally) AS locally, bool_or(f.opted_out) AS opted_out,
				bool_or(f.too_many) AS too_many, max(f.free_from) AS free_from
			FROM (' || facts || ') f
			GROUP BY f.number
		)', '[{][{]([a-z.]+)[}][}]', CASE WHEN numbers IS NULL
		THEN E'AND smsengage_internal.filter_hits((SELECT t.filter FROM thin t), \\1) = 1' ELSE E'AND \\1 = ANY ($8)' END, 'g');

	RETURN QUERY EXECUTE format($q$
		WITH audience AS MATERIALIZED (
			SELECT q.recipient AS given, smsengage.normalize_recipient(q.recipient) AS number
			FROM unnest($1) q(recipient)
		), thin AS MATERIALIZED (
			SELECT smsengage_internal.number_filter(ARRAY(SELECT a.number FROM audience a)) AS filter
		), %s, checked AS (
			-- OFFSET 0: each step is computed once for a row, not once for each use
			SELECT a.given, a.number, f.number IS NOT NULL AS has_facts, f.globally, f.locally, f.opted_out, f.too_many, f.free_from,
				CASE WHEN coalesce(a.number, '') = '' THEN 'missing_number'
					WHEN NOT smsengage.is_possible_number(a.number) THEN 'invalid_number'
					WHEN $10 AND NOT CASE WHEN smsengage.country_of(a.number) = ANY ($11) THEN true
						WHEN smsengage.country_of(a.number) = ANY ($12) THEN false ELSE $13 END THEN 'unsupported_country' END AS reason,
				coalesce(a.number, '') <> '' AND smsengage_internal.quiet_until(a.number, $14, $15, $4, $16, $17) IS NOT NULL AS quiet
			FROM audience a
			LEFT JOIN facts f ON f.number = a.number
			OFFSET 0
		), judged AS (
			SELECT c.given, c.number, c.free_from,
				CASE WHEN c.reason IS NULL AND NOT c.has_facts AND NOT c.quiet THEN $9
					ELSE array_remove(ARRAY[c.reason, CASE WHEN c.globally THEN 'global_block' END, CASE WHEN c.locally THEN 'partial_block' END,
							CASE WHEN c.opted_out THEN 'unsubscribed' END], NULL) || $9 ||
						array_remove(ARRAY[CASE WHEN c.too_many THEN 'frequency_overrun' END, CASE WHEN c.quiet THEN 'quiet_hours' END], NULL)
					END AS reasons
			FROM checked c
			OFFSET 0
		)
		SELECT c.given, c.reasons = '{}', c.reasons,
			CASE WHEN c.reasons <> '{}' THEN smsengage.send_subcategory(c.reasons) END,
			CASE WHEN c.reasons = '{}' THEN $4
				ELSE smsengage_internal.send_earliest(c.reasons, $4, c.free_from, c.number, $14, $15, $16, $17) END
		FROM judged c
	$q$, facts)
	USING recipients, our_account, our_sender, moment, growing, our_purpose, smsengage_internal.block_end(-longest, moment), numbers,
		rules.text_reasons, cardinality(rules.supported) + cardinality(rules.unsupported) > 0 OR NOT rules.other_countries,
		rules.supported, rules.unsupported, rules.other_countries, zone, rules.fallback_zone, rules.quiet_start, rules.quiet_end, accounts, scoped,
		smsengage_internal.consent_accounts(our_account, scoped);
END
$$;
COMMENT ON FUNCTION smsengage.can_send_all(text[], text, text, text, text, timestamptz, text, integer) IS 'can_send() for every number of an array, by joins; one row for each, in no order.';

CREATE FUNCTION smsengage.can_send_all(audience text, account text DEFAULT NULL, sender text DEFAULT NULL, message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800)
RETURNS TABLE (recipient text, allowed boolean, reasons text[], subcategory text, earliest timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	recipients text[];
BEGIN
	EXECUTE format('SELECT array_agg(q.recipient) FROM (%s) q(recipient)', audience) INTO recipients;
	RETURN QUERY
	SELECT c.* FROM smsengage.can_send_all(coalesce(recipients, '{}'), account, sender, message_text, purpose, at, zone, max_characters) c;
END
$$;
COMMENT ON FUNCTION smsengage.can_send_all(text, text, text, text, text, timestamptz, text, integer) IS 'can_send() for every row of a query that returns one column of type text (names in it are looked up in pg_catalog only, so write the schema); one row for each, in no order. The query runs once, with the rights of the caller. The numbers are held in one array, which takes some tens of millions.';
