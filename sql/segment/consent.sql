-- Conditions "opted out" and "opted in": the state of consent as the gate has
-- it (gate/consent.sql), of all people at once and of one.

CREATE FUNCTION smsengage_internal.numbers_of_people(people bigint[], account text)
RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT substr(i.individual_id, 5) FROM smsengage.individual i
	WHERE i.individual_no = ANY (people) AND starts_with(i.individual_id, 'tel:')
	UNION
	SELECT c.recipient FROM smsengage.contact_point c
	WHERE c.individual_no = ANY (people) AND (numbers_of_people.account IS NULL OR c.account = numbers_of_people.account);
END
$$;
COMMENT ON FUNCTION smsengage_internal.numbers_of_people(bigint[], text) IS 'The numbers under which people were met, by an account if one is given. Used by conditions on consent.';

CREATE FUNCTION smsengage_internal.numbers_between(first_no bigint, end_no bigint, account text)
RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT substr(i.individual_id, 5) FROM smsengage.individual i
	WHERE i.individual_no >= first_no AND i.individual_no < end_no AND starts_with(i.individual_id, 'tel:')
	UNION
	SELECT c.recipient FROM smsengage.contact_point c
	WHERE c.individual_no >= first_no AND c.individual_no < end_no AND (numbers_between.account IS NULL OR c.account = numbers_between.account);
END
$$;
COMMENT ON FUNCTION smsengage_internal.numbers_between(bigint, bigint, text) IS 'The same for all people with numbers in [first_no, end_no). Used by conditions on consent.';

CREATE FUNCTION smsengage_internal.consent_of_people(people bigint[], account text, sender text, at timestamptz, OUT state text, OUT since timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	our_account text := smsengage_internal.asked_account(account);
	our_senders text[] := smsengage_internal.asked_senders(our_account, sender, at);
BEGIN
	-- UNSUBSCRIBED before SUBSCRIBED, as the letters are
	SELECT s.state, s.since INTO state, since
	FROM smsengage_internal.numbers_of_people(people, account) n(number)
	CROSS JOIN LATERAL smsengage_internal.state_of_consent(smsengage_internal.spellings_of(n.number), our_account, our_senders, at) s
	WHERE s.state IS NOT NULL
	ORDER BY s.state COLLATE "C" DESC, s.since DESC
	LIMIT 1;
END
$$;
COMMENT ON FUNCTION smsengage_internal.consent_of_people(bigint[], text, text, timestamptz) IS 'subscription_state() of somebody who has these numbers of people: UNSUBSCRIBED if one of the phone numbers is, else SUBSCRIBED if one is. Agrees with people_by_consent(). Used by is_member() and its like.';

CREATE FUNCTION smsengage_internal.consent_moments(people bigint[], account text, until timestamptz)
RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	accounts text[] := smsengage_internal.consent_accounts(smsengage_internal.asked_account(account), EXISTS (SELECT FROM smsengage.consent_scope));
	given text[] := ARRAY(SELECT n FROM smsengage_internal.numbers_of_people(people, account) n);
	numbers text[] := given || ARRAY(SELECT o.spelling FROM smsengage_internal.other_spellings(given) o);
BEGIN
	RETURN QUERY
	SELECT c.event_time FROM smsengage.consent_entry c
	WHERE c.account = ANY (accounts) AND c.recipient = ANY (numbers) AND c.event_time <= until
	UNION
	SELECT s.valid_from FROM smsengage.consent_scope s WHERE s.valid_from <= until AND isfinite(s.valid_from)
	UNION
	SELECT p.valid_from FROM smsengage.sender_pool p WHERE p.valid_from <= until AND isfinite(p.valid_from)
	UNION
	SELECT o.event_time FROM smsengage_internal.forgotten_opt_outs(numbers, until) o
	UNION
	SELECT m FROM smsengage_internal.moments_for_all(CASE WHEN row_security_active('smsengage.subscription') THEN numbers END, until) m;
END
$$;
COMMENT ON FUNCTION smsengage_internal.consent_moments(bigint[], text, timestamptz) IS 'The moments up to one at which consent_of_people() may change. Used by segment_history() and explain_membership().';

CREATE FUNCTION smsengage_internal.people_by_consent(wanted text, account text, sender text, at timestamptz, first_no bigint, end_no bigint)
RETURNS TABLE (individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = on
AS $$
#variable_conflict use_column
DECLARE
	our_account text := smsengage_internal.asked_account(account);
	our_senders text[] := smsengage_internal.asked_senders(our_account, sender, at);
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
	accounts text[] := smsengage_internal.consent_accounts(our_account, scoped);
	pooled boolean := EXISTS (SELECT FROM smsengage.sender_pool);
	unseen boolean := row_security_active('smsengage.subscription');
	numbers text[];
BEGIN
	-- by number is asked only for what is kept of others, of the forgotten and under odd spellings
	IF unseen OR smsengage_internal.any_forgotten_opt_out() OR smsengage_internal.any_odd_spelling() THEN
		numbers := ARRAY(SELECT n FROM smsengage_internal.numbers_between(first_no, end_no, account) n);
	END IF;
	-- booleans where the planner would take a comparison for rare: it knows nothing of these rows
	RETURN QUERY
	WITH spelled AS MATERIALIZED (
		SELECT s.recipient, s.account, s.sender, s.state = 'UNSUBSCRIBED' AS opted_out, s.event_time FROM smsengage.subscription s
		WHERE NOT scoped AND NOT pooled AND s.event_time <= at AND s.account = ANY (accounts)
		UNION ALL
		SELECT c.recipient, c.account, c.sender, c.state = 'UNSUBSCRIBED', c.event_time
		FROM smsengage.subscription s
		JOIN smsengage.consent_entry c ON c.recipient = s.recipient AND c.account = s.account AND c.sender = s.sender AND c.event_time <= at
		WHERE NOT scoped AND NOT pooled AND s.event_time > at AND s.account = ANY (accounts)
		UNION ALL
		-- all of them: what came later may reach less far
		SELECT c.recipient, c.account, c.sender, c.state = 'UNSUBSCRIBED', c.event_time FROM smsengage.consent_entry c
		WHERE (scoped OR pooled) AND c.event_time <= at AND c.account = ANY (accounts)
		UNION ALL
		SELECT o.recipient, o.account, o.sender, true, o.event_time FROM smsengage_internal.forgotten_opt_outs(numbers, at) o
	), said AS MATERIALIZED (
		SELECT p.recipient, p.account, p.sender, p.opted_out, p.event_time, CASE WHEN p.account = '' THEN our_account ELSE p.account END AS pools_of
		FROM (
			SELECT p.* FROM spelled p
			UNION ALL
			SELECT o.spelling, p.account, p.sender, p.opted_out, p.event_time FROM spelled p CROSS JOIN LATERAL unnest((smsengage.recipient_spellings(p.recipient))[2:]) o(spelling) WHERE p.recipient LIKE '+54%'
			UNION ALL
			SELECT o.number, p.account, p.sender, p.opted_out, p.event_time
			FROM smsengage_internal.odd_spellings(CASE WHEN smsengage_internal.any_odd_spelling() THEN numbers END) o JOIN spelled p ON p.recipient = o.spelling) p
	), reach AS MATERIALIZED (
		SELECT r.* FROM smsengage_internal.scopes_of_consent(ARRAY(SELECT DISTINCT p.account FROM said p), at) r
	), reaching AS MATERIALIZED (
		SELECT p.recipient, p.account, p.sender, p.opted_out, p.event_time, p.pools_of,
			(our_account IS NULL OR p.account IN ('', our_account) OR r.scope = 'everywhere' AND p.opted_out)
				AND (our_senders IS NULL OR p.sender = '' OR p.sender = ANY (our_senders) OR r.scope <> 'sender'
					OR pooled AND smsengage_internal.opt_out_reaches(p.sender, p.event_time, p.pools_of, our_senders)) AS reaches
		FROM said p LEFT JOIN reach r ON r.account = p.account AND p.event_time >= r.since AND p.event_time < r.until
	), against AS MATERIALIZED (
		SELECT p.recipient FROM reaching p
		WHERE p.opted_out AND p.reaches AND NOT EXISTS (
			SELECT FROM reaching w
			WHERE w.recipient = p.recipient AND NOT w.opted_out AND w.event_time > p.event_time
				AND (w.account = p.account OR p.account = '' AND w.account = our_account) AND CASE WHEN pooled THEN smsengage_internal.takes_back(w.sender, w.event_time, w.pools_of, p.sender, our_senders)
					ELSE w.sender IN ('', p.sender) OR w.sender = ANY (our_senders) END)
		UNION ALL
		SELECT o.recipient
		FROM smsengage_internal.opt_outs_for_all(CASE WHEN unseen THEN numbers END, at) o
		WHERE NOT (o.nobody AND our_account IS NOT NULL
			AND EXISTS (SELECT FROM reaching w WHERE w.recipient = o.recipient AND NOT w.opted_out AND w.reaches AND w.event_time > o.event_time))
	), chosen AS (
		SELECT a.recipient, true AS opted_out FROM against a
		UNION ALL
		SELECT p.recipient, false FROM reaching p WHERE NOT p.opted_out AND p.reaches AND wanted = 'SUBSCRIBED'
	)
	SELECT p.individual_no
	FROM (
		SELECT i.individual_no, c.opted_out
		FROM chosen c
		JOIN smsengage.individual i ON i.individual_id = 'tel:' || c.recipient
		WHERE i.individual_no >= first_no AND i.individual_no < end_no
		UNION ALL
		SELECT m.individual_no, c.opted_out
		FROM chosen c
		JOIN smsengage.contact_point m ON m.recipient = c.recipient
		WHERE m.individual_no >= first_no AND m.individual_no < end_no
			AND m.account = ANY (CASE WHEN people_by_consent.account IS NULL THEN ARRAY(SELECT a FROM smsengage_internal.contact_accounts() a) ELSE ARRAY[people_by_consent.account] END)
	) p
	GROUP BY p.individual_no
	HAVING bool_or(p.opted_out) = (wanted = 'UNSUBSCRIBED');
END
$$;
COMMENT ON FUNCTION smsengage_internal.people_by_consent(text, text, text, timestamptz, bigint, bigint) IS 'Who of the people with numbers in [first_no, end_no) is in a state of consent (SUBSCRIBED, UNSUBSCRIBED) towards an account and sender (NULL: any) at a moment, by joins: what consent_of_people() says of each. Used by segment() and its like.';
