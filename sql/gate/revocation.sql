-- Opt-outs that must be honoured by a deadline.

CREATE FUNCTION smsengage_internal.messages_sent(numbers text[], account text, senders text[], since timestamptz, until timestamptz)
RETURNS TABLE (account_of text, sent_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 5
SET search_path = pg_catalog, pg_temp
-- arrays make a plan for each call look cheaper, and planning costs more than the look-ups
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_variable
DECLARE
	people bigint[];
	-- in one expression, which needs no query
	ids text[] := string_to_array('tel:' || array_to_string(numbers, E'\x01tel:'), E'\x01');
BEGIN
	people := CASE WHEN account IS NULL THEN ARRAY(
		SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = ANY (ids)
		UNION ALL
		SELECT c.individual_no FROM smsengage_internal.contact_accounts() a JOIN smsengage.contact_point c ON c.account = a AND c.recipient = ANY (numbers))
	ELSE ARRAY(
		SELECT i.individual_no FROM smsengage.individual i WHERE i.scope = account AND i.individual_id = ANY (ids)
		UNION ALL
		SELECT c.individual_no FROM smsengage.contact_point c WHERE c.account = messages_sent.account AND c.recipient = ANY (numbers)) END || 0::bigint;
	RETURN QUERY
	SELECT s.account, min(s.sent)
	FROM (
		SELECT e.account, :SENT_BY_EVENT(e.): AS sent,
			e.message_key, e.event_key
		FROM smsengage.event e
		WHERE e.individual_no = ANY (people) AND e.event_time > since AND e.recipient = ANY (numbers)
			AND (messages_sent.account IS NULL OR e.account = messages_sent.account) AND e.status_class <> :CLASS_NOT_SENT:
			AND (coalesce(cardinality(senders), 0) = 0 OR smsengage_internal.sender_key(e.sender_id) = ANY (senders))) s
	WHERE s.sent > since AND s.sent <= until
	GROUP BY s.account, s.message_key, CASE WHEN s.message_key IS NULL THEN s.event_key END
	ORDER BY 2;
END
$$;
COMMENT ON FUNCTION smsengage_internal.messages_sent(text[], text, text[], timestamptz, timestamptz) IS 'When messages went to a number under its spellings_of() from an account (NULL: each) and one of these senders (none or NULL: each), after since and up to until: one row a message, counted from events that tell when it was sent. Used by can_send().';

CREATE FUNCTION smsengage_internal.business_days_after(at timestamptz, days integer)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- whole weeks, then the days left over, of which those beyond Friday skip a weekend
	SELECT pg_catalog.timezone('UTC', CAST(b.monday AS timestamp)
		OPERATOR(pg_catalog.+) pg_catalog.make_interval(
			days => (b.weekday + days) / 5 * 7 + (b.weekday + days) % 5)
		OPERATOR(pg_catalog.+) CASE WHEN b.is_weekend THEN '1 day'::interval ELSE b.of_day END)
	FROM (
		SELECT pg_catalog.date_trunc('week', u.utc) AS monday,
			least(CAST(pg_catalog.date_part('isodow', u.utc) AS integer) - 1, 4) AS weekday,
			CAST(pg_catalog.date_part('isodow', u.utc) AS integer) > 5 AS is_weekend,
			u.utc - pg_catalog.date_trunc('day', u.utc) AS of_day
		FROM (SELECT pg_catalog.timezone('UTC', at) AS utc) u) b;
END;
COMMENT ON FUNCTION smsengage_internal.business_days_after(timestamptz, integer) IS 'So many business days, Monday to Friday in UTC, later; what comes in at a weekend counts from Friday''s end. Public holidays are not known here, so that the deadline is never later than the true one. Used by the view open_revocation.';

CREATE FUNCTION smsengage_internal.messages_against(recipient text, account text, sender text, reach text, since timestamptz, until timestamptz)
RETURNS TABLE (sent_at timestamptz, broken_scope text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 5
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_variable
DECLARE
	people bigint[] := ARRAY(
		SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = 'tel:' || recipient
		UNION ALL
		SELECT c.individual_no FROM smsengage_internal.contact_accounts() a JOIN smsengage.contact_point c ON c.account = a AND c.recipient = messages_against.recipient) || 0::bigint;
	-- its pool, as it was and as it is
	senders text[] := smsengage_internal.pool_of(nullif(account, ''), smsengage_internal.pool_of(nullif(account, ''), ARRAY[sender], since), until);
BEGIN
	RETURN QUERY
	SELECT s.sent, CASE WHEN account = '' OR s.of_account <> account THEN 'everywhere'
		WHEN sender <> '' AND (s.of_sender = ANY (senders) OR s.of_sender = '' AND reach = 'sender') THEN 'sender' ELSE 'account' END
	FROM (
		SELECT e.account AS of_account, max(smsengage_internal.sender_key(e.sender_id)) AS of_sender,
			min(coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END)) AS sent
		FROM smsengage.event e
		WHERE e.individual_no = ANY (people) AND e.event_time > since AND e.recipient = messages_against.recipient
			AND (reach = 'everywhere' OR e.account IN ('', messages_against.account)) AND e.status_class <> :CLASS_NOT_SENT:
		GROUP BY e.account, e.message_key, CASE WHEN e.message_key IS NULL THEN e.event_key END) s
	WHERE s.sent > since AND s.sent <= until
		-- where the sender is not known it may be the one
		AND (reach <> 'sender' OR sender = '' OR s.of_sender = '' OR s.of_sender = ANY (senders))
		AND NOT EXISTS (
			SELECT FROM smsengage.subscription w
			WHERE w.account IN (messages_against.account, CASE WHEN messages_against.account = '' THEN s.of_account ELSE messages_against.account END)
				AND w.recipient = messages_against.recipient AND w.state = 'SUBSCRIBED' AND w.event_time > since AND w.event_time < s.sent
				AND smsengage_internal.takes_back(w.sender, w.event_time, nullif(account, ''), sender, smsengage_internal.senders_of(nullif(account, ''), s.of_sender, s.sent)));
END
$$;
COMMENT ON FUNCTION smsengage_internal.messages_against(text, text, text, text, timestamptz, timestamptz) IS 'Messages that went to a number after since and up to until against an opt-out of then, which reaches as far as reach says and was not taken back before: when each was sent, and the scope that it broke, as forbidden_sends() has it; one that names no sender or account counts as if of any. One row a message, counted from events that tell when it was sent. Used by open_revocations().';

CREATE FUNCTION smsengage_internal.open_revocations(at timestamptz)
RETURNS TABLE (recipient text, account text, sender text, revoked_at timestamptz, source text, deadline timestamptz, messages_since bigint, last_message_at timestamptz, scope text, broken_scope text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	-- one by one: messages are found by person and time, and nothing else finds them fast
	FOR recipient, account, sender, revoked_at, source, deadline, scope IN
		SELECT s.recipient, s.account, s.sender, s.event_time, s.source, smsengage_internal.business_days_after(s.event_time, 10),
			CASE s.account WHEN '' THEN 'everywhere' ELSE smsengage_internal.scope_of_consent(s.account, s.event_time, open_revocations.at) END
		FROM smsengage.subscription s
		WHERE s.state = 'UNSUBSCRIBED' AND s.event_time > open_revocations.at - interval '20 days'
			AND smsengage_internal.business_days_after(s.event_time, 10) > open_revocations.at
			AND NOT EXISTS (
				SELECT FROM smsengage.subscription w
				WHERE w.account = s.account AND w.recipient = s.recipient AND w.sender = '' AND w.state = 'SUBSCRIBED' AND w.event_time > s.event_time)
	LOOP
		SELECT count(*), max(m.sent_at), (ARRAY['sender', 'account', 'everywhere'])[min(array_position(ARRAY['sender', 'account', 'everywhere'], m.broken_scope))]
		INTO messages_since, last_message_at, broken_scope
		FROM smsengage_internal.messages_against(recipient, account, sender, scope, revoked_at, open_revocations.at) m;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.open_revocations(timestamptz) IS 'Opt-outs that nobody took back and whose ten business days are not over at a moment, with what went out against them. Used by the view open_revocation.';
