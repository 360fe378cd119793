-- Which number is meant: what people write without a plus, and what the store
-- has under another spelling.

-- As people write it

CREATE FUNCTION smsengage_internal.country_for(account text, at timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT c.country FROM smsengage.account_country c
		WHERE c.account IN ('', country_for.account) AND c.valid_from <= at
		ORDER BY c.account DESC, c.valid_from DESC
		LIMIT 1);
END
$$;
COMMENT ON FUNCTION smsengage_internal.country_for(text, timestamptz) IS 'The country by whose plan people of an account write numbers at a moment; NULL: none. Used by what is done by hand.';

CREATE FUNCTION smsengage_internal.countries_for(account text, at timestamptz)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF account IS NOT NULL THEN
		RETURN ARRAY[smsengage_internal.country_for(account, at)];
	END IF;
	RETURN ARRAY(
		WITH said AS (
			SELECT DISTINCT ON (c.account) c.account, c.country
			FROM smsengage.account_country c
			WHERE c.valid_from <= at
			ORDER BY c.account, c.valid_from DESC
		)
		SELECT s.country FROM said s
		UNION
		-- an account without a row
		SELECT NULL WHERE NOT EXISTS (SELECT FROM said s WHERE s.account = ''));
END
$$;
COMMENT ON FUNCTION smsengage_internal.countries_for(text, timestamptz) IS 'The countries by whose plans a number may be written that is given for an account (NULL: for any that the caller may see); NULL among them: for an international number. Used by the gate.';

CREATE FUNCTION smsengage_internal.readings(recipient text, countries text[])
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	numbers text[];
BEGIN
	IF strpos(recipient, '+') = 0 AND cardinality(countries) = 1 THEN
		RETURN ARRAY[smsengage.normalize_recipient(recipient, countries[1])];
	ELSIF strpos(recipient, '+') = 0 AND cardinality(countries) > 1 THEN
		numbers := ARRAY(
			SELECT DISTINCT n.number
			FROM unnest(countries) c
			CROSS JOIN LATERAL (SELECT smsengage.normalize_recipient(recipient, c) AS number OFFSET 0) n
			WHERE n.number LIKE '+%' AND smsengage.is_possible_number(n.number)
			ORDER BY 1);
	END IF;
	IF coalesce(cardinality(numbers), 0) = 0 THEN
		numbers := ARRAY[smsengage.normalize_recipient(recipient)];
	END IF;
	RETURN numbers;
END
$$;
COMMENT ON FUNCTION smsengage_internal.readings(text, text[]) IS 'The numbers that a recipient may be, by the plans of these countries (NULL: as an international number), as normalize_recipient() writes them; one at least. Used by the gate.';

CREATE FUNCTION smsengage_internal.numbers_asked(recipient text, account text, at timestamptz)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- nobody need be asked where there is a plus
	IF recipient IS NULL OR strpos(recipient, '+') > 0 OR NOT EXISTS (SELECT FROM smsengage.account_country) THEN
		RETURN ARRAY[smsengage.normalize_recipient(recipient)];
	END IF;
	RETURN smsengage_internal.readings(recipient, smsengage_internal.countries_for(account, at));
END
$$;
COMMENT ON FUNCTION smsengage_internal.numbers_asked(text, text, timestamptz) IS 'The numbers that a recipient may be that is asked about for an account (NULL: for any). Used by the gate.';

CREATE FUNCTION smsengage_internal.number_by_hand(recipient text, account text, at timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.normalize_recipient(recipient, smsengage_internal.country_for(coalesce(account, ''), at));
END
$$;
COMMENT ON FUNCTION smsengage_internal.number_by_hand(text, text, timestamptz) IS 'The number that people of an account mean by what they write at a moment. Used by what is done by hand.';

-- As the store has it

CREATE FUNCTION smsengage_internal.number_tail(recipient text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_number_tail' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.number_tail(text) IS 'The last six digits of a recipient that is written like a phone number and is none of the normal form: in national form, or without a number of its calling code. NULL for any other. Indexes are made of it, anew by migrate() where the numbering plans are others.';

CREATE FUNCTION smsengage_internal.may_mean(spelling text, number text, countries text[])
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_may_mean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.may_mean(text, text, text[]) IS 'Whether what number_tail() is of may be this number, read by the plans of these countries; NULL or none: by those of its calling code. Used by the gate.';

CREATE FUNCTION smsengage_internal.maybe_respelled(recipients text[])
RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_maybe_respelled' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION smsengage_internal.maybe_respelled(text[]) IS 'Those of these recipients, as given, that recipient_spellings() may have two spellings of, and few others. Used by can_send_all().';

CREATE FUNCTION smsengage_internal.any_odd_spelling()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_any_odd_spelling' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.any_odd_spelling() IS 'Whether consent or block list may have a number of which number_tail() is not NULL: whether the index of those is empty, which costs no query. Used by the gate.';

CREATE FUNCTION smsengage_internal.countries_of_spelling(account text)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT c.country FROM smsengage.account_country c
		WHERE c.country IS NOT NULL AND (c.account = countries_of_spelling.account
			OR c.account = '' AND NOT EXISTS (SELECT FROM smsengage.account_country w WHERE w.account = countries_of_spelling.account AND w.account <> '')));
END
$$;
COMMENT ON FUNCTION smsengage_internal.countries_of_spelling(text) IS 'The countries by whose plans people of an account may have written a number, at whatever time; none: any. Used by odd_spellings_of().';

CREATE FUNCTION smsengage_internal.odd_spellings_of(numbers text[], accounts text[])
RETURNS TABLE (number text, spelling text)
LANGUAGE plpgsql STABLE ROWS 2
SET search_path = pg_catalog, pg_temp
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
	IF cardinality(numbers) = 1 THEN
		RETURN QUERY
		SELECT DISTINCT numbers[1], o.recipient
		FROM (
			SELECT s.recipient, s.account FROM smsengage.subscription s WHERE smsengage_internal.number_tail(s.recipient) = right(numbers[1], 6)
			UNION ALL
			SELECT b.recipient, b.account FROM smsengage.block b WHERE smsengage_internal.number_tail(b.recipient) = right(numbers[1], 6)) o
		WHERE (accounts IS NULL OR o.account = '' OR o.account = ANY (accounts)) AND o.recipient <> numbers[1]
			AND smsengage_internal.may_mean(o.recipient, numbers[1], smsengage_internal.countries_of_spelling(o.account));
		RETURN;
	END IF;
	-- planned for the length of the array
	RETURN QUERY EXECUTE $q$
		WITH asked AS MATERIALIZED (
			SELECT DISTINCT u.number, right(u.number, 6) AS tail FROM unnest($1) u(number) WHERE u.number LIKE '+%'
		), odd AS (
			SELECT a.number, s.recipient, s.account FROM asked a JOIN smsengage.subscription s ON smsengage_internal.number_tail(s.recipient) = a.tail
			UNION
			SELECT a.number, b.recipient, b.account FROM asked a JOIN smsengage.block b ON smsengage_internal.number_tail(b.recipient) = a.tail
		)
		SELECT DISTINCT o.number, o.recipient
		FROM odd o
		WHERE ($2 IS NULL OR o.account = '' OR o.account = ANY ($2)) AND o.recipient <> o.number
			AND smsengage_internal.may_mean(o.recipient, o.number, smsengage_internal.countries_of_spelling(o.account))
		$q$ USING numbers, accounts;
END
$$;
COMMENT ON FUNCTION smsengage_internal.odd_spellings_of(text[], text[]) IS 'What consent and block list have of these accounts (NULL: all) that may be one of these numbers and is not of the normal form. Where an account has had a country, it is read by its plan. Used by odd_spellings().';

CREATE FUNCTION smsengage_internal.odd_spellings(numbers text[])
RETURNS TABLE (number text, spelling text)
AS 'MODULE_PATHNAME', 'sms_odd_spellings' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 10000 ROWS 2;
COMMENT ON FUNCTION smsengage_internal.odd_spellings(text[]) IS 'The other spellings under which consent and block list have these numbers (as normalize_recipient() writes them), of the accounts that the caller may read; raises 42501 within functions of indexes, policies and materialized views, which PostgreSQL runs for others. Used by the gate.';

CREATE FUNCTION smsengage_internal.spellings_of(number text)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage_internal.any_odd_spelling() THEN
		RETURN smsengage.recipient_spellings(number) || ARRAY(SELECT o.spelling FROM smsengage_internal.odd_spellings(ARRAY[number]) o);
	END IF;
	RETURN smsengage.recipient_spellings(number);
END
$$;
COMMENT ON FUNCTION smsengage_internal.spellings_of(text) IS 'The spellings under which the store may have a number (as normalize_recipient() writes it), itself first. Used by the gate.';

CREATE FUNCTION smsengage_internal.other_spellings(numbers text[])
RETURNS TABLE (number text, spelling text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	-- one numbering plan has two numbers for one phone
	RETURN QUERY
	SELECT u.number, s.spelling
	FROM unnest(numbers) u(number)
	CROSS JOIN LATERAL unnest((smsengage.recipient_spellings(u.number))[2:]) s(spelling)
	WHERE u.number LIKE '+54%';
	IF smsengage_internal.any_odd_spelling() THEN
		RETURN QUERY SELECT o.number, o.spelling FROM smsengage_internal.odd_spellings(numbers) o;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.other_spellings(text[]) IS 'The same for many numbers, without themselves; none for most. Used by can_send_all() and what is asked for it.';
