-- Answers, and the messages they answer.

-- answers and the messages they answer

CREATE FUNCTION smsengage_internal.asked_messages(since timestamptz, until timestamptz, attribution interval, account text)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, message_key uuid, is_named boolean, bulk_message text, send_time timestamptz)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- each answer finds its message by the index, however many there are; joins
-- without a fence, as no worker takes a part of a fenced one
SET enable_hashjoin = off
SET enable_mergejoin = off
SET parallel_leader_participation = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	span interval := make_interval(secs => extract(epoch FROM attribution));
BEGIN
	IF attribution IS NULL OR attribution < '0' THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the attribution window must not be negative or null';
	END IF;
	PERFORM smsengage_internal.check_migrated();
	IF smsengage_internal.store_is_distributed() THEN
		-- a cluster joins by recipient only what it has gathered first
		RETURN QUERY
		WITH answer AS MATERIALIZED (
			SELECT e.event_time, e.event_key, e.event_type, e.account, e.recipient, e.sender_id, e.bulk_message AS event_bulk, n.message_key, n.bulk_message, n.send_time
			FROM smsengage.event e
			LEFT JOIN smsengage.message n ON n.message_key = e.message_key
			WHERE e.event_time >= since AND e.event_time < until
				AND :ANSWER(e.):
				AND (e.account = asked_messages.account OR asked_messages.account IS NULL)
		), candidate AS MATERIALIZED (
			SELECT a.event_time, a.event_key, a.sender_id AS asked_sender, k.message_key, k.bulk_message, k.sender_id, k.state, k.send_time
			FROM answer a
			JOIN smsengage.message k ON k.recipient = a.recipient AND k.account = a.account
				AND k.send_time <= a.event_time AND k.send_time > a.event_time - span
			WHERE a.message_key IS NULL AND a.recipient <> ''
		)
		SELECT DISTINCT ON (a.event_time, a.event_key) a.event_time, a.event_key, a.event_type,
			coalesce(a.message_key, k.message_key), a.message_key IS NOT NULL,
			CASE WHEN a.message_key IS NOT NULL THEN a.bulk_message WHEN k.message_key IS NOT NULL THEN k.bulk_message ELSE a.event_bulk END,
			coalesce(a.send_time, k.send_time)
		FROM answer a
		LEFT JOIN candidate k ON k.event_time = a.event_time AND k.event_key = a.event_key
			AND (k.sender_id IS NULL OR k.asked_sender IS NULL OR smsengage.same_sender(k.sender_id, k.asked_sender))
			AND smsengage.message_outcome(k.state) <> 'not_sent'
		ORDER BY a.event_time, a.event_key, k.send_time DESC, k.message_key;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT DISTINCT ON (e.event_time, e.event_key) e.event_time, e.event_key, e.event_type,
		coalesce(n.message_key, k.message_key), n.message_key IS NOT NULL,
		CASE WHEN n.message_key IS NOT NULL THEN n.bulk_message WHEN k.message_key IS NOT NULL THEN k.bulk_message ELSE e.bulk_message END,
		coalesce(n.send_time, k.send_time)
	FROM smsengage.event e
	LEFT JOIN smsengage.message n ON n.message_key = e.message_key
	LEFT JOIN smsengage.message k ON n.message_key IS NULL AND e.recipient <> ''
		AND k.recipient = e.recipient AND k.account = e.account
		AND k.send_time <= e.event_time AND k.send_time > e.event_time - span
		AND (k.sender_id IS NULL OR e.sender_id IS NULL OR smsengage.same_sender(k.sender_id, e.sender_id))
		AND smsengage.message_outcome(k.state) <> 'not_sent'
	WHERE e.event_time >= since AND e.event_time < until
		AND :ANSWER(e.):
		AND (e.account = asked_messages.account OR asked_messages.account IS NULL)
	ORDER BY e.event_time, e.event_key, k.send_time DESC, k.message_key;
END
$$;
COMMENT ON FUNCTION smsengage_internal.asked_messages(timestamptz, timestamptz, interval, text) IS 'Inbound messages in [since, until), each with the message that it answers: the one that the provider names, if we know it (is_named), else the last one that the account sent to this number within the window attribution before, from the sender that got the answer where both are known, else none (message_key NULL). Raises 22023 for a negative window or none, 55000 as check_migrated(). Used by reports.';

CREATE FUNCTION smsengage_internal.answer_meaning(event_type text, said text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE event_type WHEN 'UNSUBSCRIBE' THEN 'opt-out' WHEN 'SUBSCRIBE' THEN 'opt-in' WHEN 'HELP' THEN 'help'
		ELSE CASE said WHEN 'UNSUBSCRIBED' THEN 'opt-out' WHEN 'SUBSCRIBED' THEN 'opt-in' ELSE 'reply' END END;
END;
COMMENT ON FUNCTION smsengage_internal.answer_meaning(text, text) IS 'What an inbound message of a type means: opt-out, opt-in, help or reply; said is the state that a keyword in it brought about (consent_entry), NULL if none. Used by reports.';

CREATE FUNCTION smsengage_internal.answered_messages(since timestamptz, until timestamptz, attribution interval, account text)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, meaning text, message_key uuid, is_named boolean, bulk_message text, send_time timestamptz)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH said AS MATERIALIZED (
		SELECT c.event_time, c.event_key, c.state
		FROM smsengage.consent_entry c
		WHERE c.source = 'keyword' AND c.event_time >= since AND c.event_time < until
	)
	SELECT a.event_time, a.event_key, a.event_type, smsengage_internal.answer_meaning(a.event_type, s.state), a.message_key, a.is_named, a.bulk_message, a.send_time
	FROM smsengage_internal.asked_messages(since, until, attribution, answered_messages.account) a
	LEFT JOIN said s ON s.event_time = a.event_time AND s.event_key = a.event_key;
END
$$;
COMMENT ON FUNCTION smsengage_internal.answered_messages(timestamptz, timestamptz, interval, text) IS 'Inbound messages in [since, until), what each means (opt-out, opt-in, help or reply; a reply whose keyword was one of consent, by consent_entry, is that) and the message it answers, as attributed_answers() says. Used by reports.';

CREATE FUNCTION smsengage.attributed_answers(since timestamptz, until timestamptz, attribution interval DEFAULT '4 hours', account text DEFAULT NULL)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, account_name text, individual_no bigint, recipient text, sender_id text, keyword text, message_text text, status_code text,
	meaning text, message_key uuid, bulk_message text, send_time timestamptz, is_named boolean)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	WITH answered AS MATERIALIZED (
		SELECT m.* FROM smsengage_internal.answered_messages(since, until, attribution, account) m
	)
	SELECT a.event_time, a.event_key, a.event_type, e.account, e.individual_no, e.recipient, e.sender_id, e.keyword, e.message_text, e.status_code,
		a.meaning, a.message_key, a.bulk_message, a.send_time, a.is_named
	FROM answered a
	JOIN smsengage.event e ON e.event_time = a.event_time AND e.event_key = a.event_key;
END
$$;
COMMENT ON FUNCTION smsengage.attributed_answers(timestamptz, timestamptz, interval, text) IS 'Inbound messages (REPLY, SUBSCRIBE, UNSUBSCRIBE, HELP) in [since, until), what each means (opt-out, opt-in, help or reply; a reply with a keyword of consent is that), and the message each answers: the one that the provider names (is_named), else the last one that the account sent to this number, from the sender that got the answer where both are known, no longer before than the window. Without one, message_key is NULL: such answers are counted apart and never spread.';

CREATE FUNCTION smsengage_internal.keyword_consents(bounds timestamptz[], account text)
RETURNS TABLE (bucket integer, subscribes bigint, unsubscribes bigint)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	SELECT width_bucket(c.event_time, bounds), count(*) FILTER (WHERE c.state = 'SUBSCRIBED'), count(*) FILTER (WHERE c.state = 'UNSUBSCRIBED')
	FROM smsengage.consent_entry c
	WHERE c.source = 'keyword' AND c.event_time >= bounds[1] AND c.event_time < bounds[cardinality(bounds)]
		AND (c.account = keyword_consents.account OR keyword_consents.account IS NULL)
	GROUP BY 1;
END
$$;
COMMENT ON FUNCTION smsengage_internal.keyword_consents(timestamptz[], text) IS 'Replies that opted in or out by their keyword, between two neighbours of bounds: events of type REPLY, so none is among those of type SUBSCRIBE and UNSUBSCRIBE. Used by reports.';

CREATE FUNCTION smsengage_internal.consent_changes(since timestamptz, until timestamptz, account text)
RETURNS TABLE (account_name text, recipient text, event_time timestamptz, opted_out boolean)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH entry AS MATERIALIZED (
		SELECT c.account, c.recipient, c.sender, c.event_time, c.state = 'UNSUBSCRIBED' AS opted_out
		FROM (
			SELECT DISTINCT c.account, c.recipient FROM smsengage.consent_entry c
			WHERE c.event_time >= since AND c.event_time < consent_changes.until AND (c.account = consent_changes.account OR consent_changes.account IS NULL)
		) m
		JOIN smsengage.consent_entry c ON c.account = m.account AND c.recipient = m.recipient AND c.event_time < consent_changes.until
	), opt_out AS (
		-- each holds until a later word to its sender, or to all
		SELECT e.account, e.recipient, e.event_time, e.opted_out, coalesce(least(
			min(e.event_time) FILTER (WHERE NOT e.opted_out) OVER (PARTITION BY e.account, e.recipient, e.sender ORDER BY e.event_time DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
			min(e.event_time) FILTER (WHERE NOT e.opted_out AND e.sender = '') OVER (PARTITION BY e.account, e.recipient ORDER BY e.event_time DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
			'infinity') AS lifted,
			row_number() OVER (PARTITION BY e.account, e.recipient ORDER BY e.event_time, e.opted_out DESC) AS place
		FROM entry e
	), reached AS (
		SELECT o.account, o.recipient, o.event_time, o.lifted,
			max(o.lifted) OVER (PARTITION BY o.account, o.recipient ORDER BY o.event_time, o.lifted ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS lifted_before
		FROM opt_out o
		WHERE o.opted_out
	), island AS (
		SELECT r.account, r.recipient, r.event_time, r.lifted, count(*) FILTER (WHERE r.lifted_before IS NULL OR r.event_time > r.lifted_before)
			OVER (PARTITION BY r.account, r.recipient ORDER BY r.event_time, r.lifted ROWS UNBOUNDED PRECEDING) AS no
		FROM reached r
	), state AS (
		SELECT i.account, i.recipient, min(i.event_time) AS begins, max(i.lifted) AS ends FROM island i GROUP BY i.account, i.recipient, i.no
	), change AS (
		SELECT s.account, s.recipient, s.begins AS event_time, true AS opted_out FROM state s
		UNION ALL
		SELECT s.account, s.recipient, s.ends, false FROM state s WHERE isfinite(s.ends)
		UNION ALL
		SELECT o.account, o.recipient, o.event_time, false FROM opt_out o WHERE o.place = 1 AND NOT o.opted_out
	)
	SELECT c.account, c.recipient, c.event_time, c.opted_out
	FROM change c
	WHERE c.event_time >= since AND c.event_time < consent_changes.until;
END
$$;
COMMENT ON FUNCTION smsengage_internal.consent_changes(timestamptz, timestamptz, text) IS 'When, in [since, until), the state of consent of a number towards an account (no sender stated) became another, as subscription_state() has it without scopes that reach other accounts: opted_out, else opted in. Several opt-outs in a row are one. Used by reports.';

CREATE FUNCTION smsengage_internal.consent_change_counts(bounds timestamptz[], account text)
RETURNS TABLE (bucket integer, opt_ins bigint, opt_outs bigint)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN QUERY
	SELECT width_bucket(c.event_time, bounds), count(*) FILTER (WHERE NOT c.opted_out), count(*) FILTER (WHERE c.opted_out)
	FROM smsengage_internal.consent_changes(bounds[1], bounds[cardinality(bounds)], account) c
	GROUP BY 1;
END
$$;
COMMENT ON FUNCTION smsengage_internal.consent_change_counts(timestamptz[], text) IS 'How many numbers became opted in or opted out, as consent_changes() has it, between two neighbours of bounds. Used by reports.';

CREATE FUNCTION smsengage_internal.opted_out_of_reached(since timestamptz, until timestamptz, account text)
RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	RETURN (
		WITH changed AS MATERIALIZED (
			SELECT DISTINCT c.account_name, c.recipient FROM smsengage_internal.consent_changes(since, until, account) c WHERE c.opted_out
		), person AS MATERIALIZED (
			SELECT i.individual_no, c.account_name FROM changed c JOIN smsengage.individual i ON i.individual_id = 'tel:' || c.recipient
			UNION
			SELECT p.individual_no, c.account_name FROM changed c JOIN smsengage.contact_point p ON p.recipient = c.recipient AND p.account = c.account_name
		)
		SELECT count(DISTINCT p.individual_no)
		FROM person p
		JOIN smsengage.event e ON e.individual_no = p.individual_no AND e.account = p.account_name
		WHERE e.event_time >= since AND e.event_time < opted_out_of_reached.until AND e.event_type = 'DELIVERED' AND :FIRST_PART(e.):);
END
$$;
COMMENT ON FUNCTION smsengage_internal.opted_out_of_reached(timestamptz, timestamptz, text) IS 'How many of the people with a delivery report in [since, until) opted out in it of the account that reached them. Used by health().';
