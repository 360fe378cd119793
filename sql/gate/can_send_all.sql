-- The same verdict for an audience, by joins.

CREATE FUNCTION smsengage_internal.query_of_audience(facts text, numbered boolean, respelled boolean, read_by text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- some have several numbers that they may be: what speaks against one of them
	several boolean := read_by = 'several';
BEGIN
	RETURN format($q$
		WITH audience AS MATERIALIZED (%s
		), %s thin AS MATERIALIZED (
			SELECT smsengage_internal.number_filter(ARRAY(SELECT a.%s FROM %s a)) AS filter
		), %s, checked AS (
			-- OFFSET 0: each step is computed once for a row, not once for each use
			SELECT a.given, %s a.number, f.number IS NOT NULL AS has_facts, f.globally, f.locally, f.opted_out, f.too_many, f.free_from,
				CASE WHEN coalesce(a.number, '') = '' THEN 'missing_number'
					WHEN %s NOT smsengage.is_possible_number(a.number) THEN 'invalid_number'
					WHEN $10 AND NOT CASE WHEN smsengage.country_of(a.number) = ANY ($11) THEN true
						WHEN smsengage.country_of(a.number) = ANY ($12) THEN false ELSE $13 END THEN 'unsupported_country' END AS reason,
				coalesce(a.number, '') <> '' AND smsengage_internal.quiet_until(a.number, $14, $15, $4, $16, $17) IS NOT NULL AS quiet
			FROM audience a
			LEFT JOIN facts f ON f.number = a.number
			OFFSET 0
		), judged AS (
			SELECT c.given, %s c.number, c.free_from,
				CASE WHEN c.reason IS NULL AND NOT c.has_facts AND NOT c.quiet THEN $9
					ELSE array_remove(ARRAY[c.reason, CASE WHEN c.globally THEN 'global_block' END, CASE WHEN c.locally THEN 'partial_block' END,
							CASE WHEN c.opted_out THEN 'unsubscribed' END], NULL) || $9 ||
						array_remove(ARRAY[CASE WHEN c.too_many THEN 'frequency_overrun' END, CASE WHEN c.quiet THEN 'quiet_hours' END], NULL)
					END AS reasons
			FROM checked c
			OFFSET 0
		)%s
		$q$,
		CASE read_by WHEN 'none' THEN $q$
			SELECT q.recipient AS given, smsengage.normalize_recipient(q.recipient) AS number
			FROM unnest($1) q(recipient)$q$
		WHEN 'one' THEN $q$
			SELECT q.recipient AS given, smsengage.normalize_recipient(q.recipient, $21[1]) AS number
			FROM unnest($1) q(recipient)$q$
		ELSE $q$
			SELECT q.recipient AS given, q.place, n.number
			FROM unnest($1) WITH ORDINALITY q(recipient, place)
			CROSS JOIN LATERAL unnest(smsengage_internal.readings(q.recipient, $21)) n(number)$q$ END,
		CASE WHEN respelled THEN $q$sought AS MATERIALIZED (
			SELECT a.number, a.number AS spelling FROM audience a
			UNION
			SELECT * FROM unnest($22, $23)
		),$q$ END,
		CASE WHEN respelled THEN 'spelling' ELSE 'number' END, CASE WHEN respelled THEN 'sought' ELSE 'audience' END,
		regexp_replace(regexp_replace(CASE WHEN respelled THEN facts ELSE replace(facts, 'a.spelling', 'a.number') END,
				'[{][{]sought[}][}]', CASE WHEN respelled THEN 'sought' ELSE 'audience' END, 'g'),
			'[{][{]([a-z.]+)[}][}]', CASE WHEN numbered THEN E'AND \\1 = ANY ($8)'
				ELSE E'AND smsengage_internal.filter_hits((SELECT t.filter FROM thin t), \\1) = 1' END, 'g'),
		CASE WHEN several THEN 'a.place,' END, CASE WHEN read_by <> 'none' THEN $q$left(a.number, 1) <> '+' OR$q$ END, CASE WHEN several THEN 'c.place,' END,
		CASE WHEN several THEN $q$, merged AS (
			SELECT c.given, array_agg(c.number) AS numbers, smsengage_internal.merged_reasons(c.reasons) AS reasons,
				bool_and(e.earliest IS NOT NULL) AS passes, max(e.earliest) AS earliest
			FROM judged c
			CROSS JOIN LATERAL (SELECT CASE WHEN c.reasons = '{}' THEN $4 ELSE smsengage_internal.send_earliest(c.reasons, $4, c.free_from, c.number, $14, $15, $16, $17) END AS earliest) e
			GROUP BY c.given, c.place
		)
		SELECT c.given, c.reasons = '{}', c.reasons, smsengage.send_subcategory(c.reasons),
			CASE WHEN c.passes AND cardinality(c.numbers) > 1 THEN smsengage_internal.loud_from(c.numbers, c.earliest, $14, $24) WHEN c.passes THEN c.earliest END
		FROM merged c$q$
		ELSE $q$
		SELECT c.given, c.reasons = '{}', c.reasons,
			CASE WHEN c.reasons <> '{}' THEN smsengage.send_subcategory(c.reasons) END,
			CASE WHEN c.reasons = '{}' THEN $4
				ELSE smsengage_internal.send_earliest(c.reasons, $4, c.free_from, c.number, $14, $15, $16, $17) END
		FROM judged c$q$ END);
END
$$;
COMMENT ON FUNCTION smsengage_internal.query_of_audience(text, boolean, boolean, text) IS 'The query of can_send_all() over its branches of facts. numbered: the numbers are few, and given; respelled: some have another spelling in the store; read_by: how many ways there are to read a number without a plus: none, one, several. Used by can_send_all().';

CREATE FUNCTION smsengage_internal.respelled_audience(recipients text[], countries text[], OUT numbers text[], OUT spellings text[])
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	candidates text[] := recipients;
BEGIN
	IF NOT smsengage_internal.any_odd_spelling() AND 'AR' <> ALL (array_remove(countries, NULL)) THEN
		candidates := smsengage_internal.maybe_respelled(recipients);
	END IF;
	IF cardinality(candidates) > 0 THEN
		SELECT array_agg(o.number), array_agg(o.spelling) INTO numbers, spellings
		FROM smsengage_internal.other_spellings(ARRAY(
			SELECT n.number
			FROM unnest(candidates) q(recipient)
			CROSS JOIN LATERAL unnest(CASE WHEN cardinality(countries) > 0 THEN smsengage_internal.readings(q.recipient, countries)
				ELSE ARRAY[smsengage.normalize_recipient(q.recipient)] END) n(number))) o;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.respelled_audience(text[], text[]) IS 'The other spellings under which the store may have numbers of an audience; NULLs for most. Used by can_send_all().';

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
	rule_account text := coalesce(our_account, smsengage_internal.ruled_account(account));
	our_purpose text := coalesce(purpose, '');
	moment timestamptz := coalesce(at, now());
	our_senders text[] := smsengage_internal.asked_senders(our_account, sender, moment);
	rules smsengage.send_rules := smsengage_internal.rules_of_sending(rule_account, message_text, our_purpose, moment, max_characters);
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
	-- what came without an account holds for all
	accounts text[] := CASE WHEN our_account IS NULL THEN ARRAY(SELECT a FROM smsengage_internal.block_accounts() a) ELSE ARRAY['', our_account] END;
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
	by_entries boolean := scoped OR EXISTS (SELECT FROM smsengage.sender_pool);
	longest interval := (SELECT max(c.period) FROM smsengage_internal.caps_of_sending(our_account, our_senders, our_purpose, moment) c);
	countries text[] := CASE WHEN EXISTS (SELECT FROM smsengage.account_country) THEN smsengage_internal.countries_for(rule_account, moment) ELSE '{}' END;
	other record := smsengage_internal.respelled_audience(recipients, countries);
	respelled boolean := cardinality(other.numbers) > 0;
	read_by text := CASE cardinality(countries) WHEN 0 THEN 'none' WHEN 1 THEN 'one' ELSE 'several' END;
	facts text;
	numbers text[];
BEGIN
	IF cardinality(recipients) < 20000 THEN
		numbers := ARRAY(
			SELECT DISTINCT n
			FROM unnest(recipients) u
			CROSS JOIN LATERAL unnest(CASE read_by WHEN 'none' THEN ARRAY[smsengage.normalize_recipient(u)] ELSE smsengage_internal.readings(u, countries) END) n)
			|| other.spellings;
	END IF;
	-- One branch for each kind of fact, if there can be any.  A join alone would not do:
	-- the planner knows nothing of the audience, so it gets a filter where this is large.
	facts := smsengage_internal.facts_of_blocks(numbers IS NOT NULL, row_security_active('smsengage.block'), growing IS NOT NULL)
		|| smsengage_internal.facts_of_consent(by_entries, our_purpose = 'confirmation', row_security_active('smsengage.subscription'));
	IF longest IS NOT NULL THEN
		facts := facts || smsengage_internal.facts_of_caps();
	END IF;
	facts := smsengage_internal.said_by_audience(by_entries, coalesce(respelled, false)) || ', facts AS (
			SELECT f.number, bool_or(f.globally) AS globally, bool_or(f.locally) AS locally, bool_or(f.opted_out) AS opted_out,
				bool_or(f.too_many) AS too_many, max(f.free_from) AS free_from
			FROM (' || facts || ') f
			GROUP BY f.number
		)';

	RETURN QUERY EXECUTE smsengage_internal.query_of_audience(facts, numbers IS NOT NULL, coalesce(respelled, false), read_by)
	USING recipients, our_account, our_senders, moment, growing, our_purpose, smsengage_internal.block_end(-longest, moment), numbers,
		rules.text_reasons, cardinality(rules.supported) + cardinality(rules.unsupported) > 0 OR NOT rules.other_countries,
		rules.supported, rules.unsupported, rules.other_countries, zone, rules.fallback_zones,
		-- flat, as they are read for each row
		rules.quiet_starts || '{}', rules.quiet_ends || '{}', accounts, scoped,
		smsengage_internal.consent_accounts(our_account, scoped), countries, other.numbers, other.spellings, rules;
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
