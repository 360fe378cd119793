-- What limits sending, whoever the recipient is.

-- Pure parts

CREATE FUNCTION smsengage_internal.quiet_until(recipient text, zone text, fallback_zones text[], at timestamptz, quiet_starts time[], quiet_ends time[])
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_quiet_hours_end' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.quiet_until(text, text, text[], timestamptz, time[], time[]) IS 'When the quiet hours end that hold at a moment by the clock of this zone; without a zone, of the zones the number (as normalize_recipient() writes it) may lie in, else of the fallback zone of each window. Quiet in one of several zones, or by one of several windows, is quiet. NULL: it is not quiet; infinity: at no moment is it loud in all of them. Error 22023 for an unknown zone, and for arrays of different lengths. Used by can_send().';

CREATE FUNCTION smsengage.has_placeholder(message_text text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT message_text OPERATOR(pg_catalog.~) '[{][{][^{}]*[}][}]|%%[^%]+%%|[$][{][^{}]*[}]|[[][[][^][]*[]][]]' COLLATE pg_catalog."C";
END;
COMMENT ON FUNCTION smsengage.has_placeholder(text) IS 'Whether a variable was left in the text: {{x}}, %%x%%, ${x} or [[x]].';

CREATE FUNCTION smsengage_internal.word_list(message_text text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT ' ' OPERATOR(pg_catalog.||) pg_catalog.btrim(pg_catalog.regexp_replace(smsengage_internal.fold_text(message_text),
		E'[\\x01-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]+' COLLATE pg_catalog."C", ' ', 'g')) OPERATOR(pg_catalog.||) ' ';
END;
COMMENT ON FUNCTION smsengage_internal.word_list(text) IS 'The words of a text, folded as keywords are, with one blank around each. Used by content rules.';

CREATE FUNCTION smsengage.send_subcategory(reasons text[])
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN reasons IS NULL OR pg_catalog.cardinality(reasons) = 0 THEN NULL
		WHEN 'global_block' = ANY (reasons) THEN 'Global block'
		WHEN 'partial_block' = ANY (reasons) THEN 'Partial block'
		WHEN 'unsubscribed' = ANY (reasons) THEN 'Unsubscribe'
		WHEN 'keyword_block' = ANY (reasons) THEN 'Keyword block'
		WHEN 'variable_error' = ANY (reasons) THEN 'Variable error'
		WHEN 'empty_text' = ANY (reasons) OR 'text_too_long' = ANY (reasons) THEN 'Content error'
		WHEN 'frequency_overrun' = ANY (reasons) THEN 'Frequency overrun'
		ELSE 'Other' END;
END;
COMMENT ON FUNCTION smsengage.send_subcategory(text[]) IS 'EngageLab''s subcategory of Process failed for the reasons of can_send(): the first that applies of Global block, Partial block, Unsubscribe, Keyword block, Variable error, Content error, Frequency overrun, Other. NULL for no reason.';

CREATE FUNCTION smsengage_internal.more_reasons(reasons text[], more text[])
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN more OPERATOR(pg_catalog.<@) reasons THEN reasons ELSE ARRAY(
		SELECT o.reason
		FROM ROWS FROM (pg_catalog.unnest(CAST(ARRAY['missing_number', 'invalid_number', 'unsupported_country', 'global_block', 'partial_block', 'unsubscribed',
			'keyword_block', 'variable_error', 'empty_text', 'text_too_long', 'frequency_overrun', 'quiet_hours'] AS text[]))) WITH ORDINALITY AS o(reason, place)
		WHERE o.reason OPERATOR(pg_catalog.=) ANY (reasons OPERATOR(pg_catalog.||) more)
		ORDER BY o.place) END;
END;
COMMENT ON FUNCTION smsengage_internal.more_reasons(text[], text[]) IS 'Reasons of both, in the order of can_send(). Used by merged_reasons().';

CREATE FUNCTION smsengage_internal.send_earliest(reasons text[], at timestamptz, free_from timestamptz, recipient text, zone text, fallback_zones text[], quiet_starts time[], quiet_ends time[])
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- only blocks, caps and quiet hours pass by themselves; one expression, so that it is inlined
	SELECT CASE WHEN reasons OPERATOR(pg_catalog.<@) CAST(ARRAY['global_block', 'partial_block', 'frequency_overrun', 'quiet_hours'] AS text[])
		THEN nullif(coalesce(smsengage_internal.quiet_until(recipient, zone, fallback_zones, greatest(at, free_from), quiet_starts, quiet_ends),
			greatest(at, free_from)), CAST('infinity' AS timestamptz)) END;
END;
COMMENT ON FUNCTION smsengage_internal.send_earliest(text[], timestamptz, timestamptz, text, text, text[], time[], time[]) IS 'The first moment at which blocks and caps (up to free_from) and quiet hours are over; NULL where waiting does not help. Used by can_send().';

-- What does not depend on the recipient

CREATE TYPE smsengage.send_rules AS (
	text_reasons text[],
	quiet_starts time[],
	quiet_ends time[],
	fallback_zones text[],
	other_countries boolean,
	supported text[],
	unsupported text[]
);
COMMENT ON TYPE smsengage.send_rules IS 'What holds for every recipient of one message: reasons that lie in the text, quiet hours, countries.';

CREATE AGGREGATE smsengage_internal.merged_reasons(reasons text[]) (
	SFUNC = smsengage_internal.more_reasons,
	COMBINEFUNC = smsengage_internal.more_reasons,
	STYPE = text[],
	INITCOND = '{}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage_internal.merged_reasons(text[]) IS 'All reasons of several verdicts, in the order of can_send(). Used where a recipient may be one of several numbers.';

CREATE FUNCTION smsengage_internal.loud_from(numbers text[], at timestamptz, zone text, rules smsengage.send_rules)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moment timestamptz := at;
	later timestamptz;
BEGIN
	FOR round IN 1..64 LOOP
		later := (SELECT max(smsengage_internal.quiet_until(n, zone, rules.fallback_zones, moment, rules.quiet_starts, rules.quiet_ends)) FROM unnest(numbers) n);
		IF later IS NULL THEN
			RETURN nullif(moment, 'infinity');
		END IF;
		moment := later;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.loud_from(text[], timestamptz, text, smsengage.send_rules) IS 'The first moment from at on that is quiet for none of these numbers; NULL: there is none. Used where a recipient may be one of several numbers.';

CREATE FUNCTION smsengage_internal.rules_of_sending(account text, message_text text, purpose text, at timestamptz, max_characters integer)
RETURNS smsengage.send_rules
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	rules smsengage.send_rules;
BEGIN
	rules.text_reasons := '{}';
	IF message_text IS NOT NULL THEN
		IF EXISTS (
			SELECT FROM (
				SELECT DISTINCT ON (r.account, r.rule) r.kind, r.pattern
				FROM smsengage.content_rule r
				WHERE (account IS NULL OR r.account IN ('', account)) AND r.valid_from <= at
				ORDER BY r.account, r.rule, r.valid_from DESC) r
			WHERE r.pattern IS NOT NULL AND CASE r.kind
				WHEN 'contains' THEN position(smsengage_internal.fold_text(r.pattern) IN smsengage_internal.fold_text(message_text)) > 0
				WHEN 'word' THEN position(smsengage_internal.word_list(r.pattern) IN smsengage_internal.word_list(message_text)) > 0
				ELSE message_text ~ r.pattern COLLATE "C" END)
		THEN
			rules.text_reasons := rules.text_reasons || 'keyword_block'::text;
		END IF;
		IF smsengage.has_placeholder(message_text) THEN
			rules.text_reasons := rules.text_reasons || 'variable_error'::text;
		END IF;
		IF message_text !~ '[^[:space:]]' COLLATE "C" THEN
			rules.text_reasons := rules.text_reasons || 'empty_text'::text;
		END IF;
		IF length(message_text) > max_characters THEN
			rules.text_reasons := rules.text_reasons || 'text_too_long'::text;
		END IF;
	END IF;

	SELECT array_agg(w.quiet_start), array_agg(w.quiet_end), array_agg(w.fallback_zone)
	INTO rules.quiet_starts, rules.quiet_ends, rules.fallback_zones
	FROM (
		-- without an account, those of each; without a purpose, for each
		SELECT DISTINCT ON (CASE WHEN account IS NULL THEN q.account END, CASE WHEN purpose = '' THEN q.purpose END) q.quiet_start, q.quiet_end, q.fallback_zone
		FROM smsengage.quiet_hours q
		WHERE (account IS NULL OR q.account IN ('', account)) AND q.valid_from <= at
			AND (q.purpose IN (CASE WHEN purpose <> 'confirmation' THEN '' ELSE purpose END, purpose) OR purpose = '' AND q.purpose <> 'confirmation')
		ORDER BY CASE WHEN account IS NULL THEN q.account END, CASE WHEN purpose = '' THEN q.purpose END, q.account DESC, q.purpose DESC, q.valid_from DESC) w;

	WITH said AS (
		SELECT DISTINCT ON (r.country, CASE WHEN account IS NULL THEN r.account END) r.account, r.country, r.supported
		FROM smsengage.country_rule r
		WHERE (account IS NULL OR r.account IN ('', account)) AND r.valid_from <= at
		ORDER BY r.country, CASE WHEN account IS NULL THEN r.account END, r.account DESC, r.valid_from DESC
	), closed AS (
		SELECT c.account FROM said c WHERE c.country = '*' AND NOT c.supported
	)
	SELECT NOT EXISTS (SELECT FROM closed),
		-- without an account, what all allow that allow not everything
		ARRAY(SELECT c.country FROM said c WHERE c.country <> '*' GROUP BY 1
			HAVING bool_and(c.supported) AND (account IS NOT NULL OR count(*) FILTER (WHERE c.account IN (SELECT l.account FROM closed l)) = (SELECT count(*) FROM closed))),
		ARRAY(SELECT c.country FROM said c WHERE c.country <> '*' GROUP BY 1 HAVING NOT bool_and(c.supported))
	INTO rules.other_countries, rules.supported, rules.unsupported;
	RETURN rules;
END
$$;
COMMENT ON FUNCTION smsengage_internal.rules_of_sending(text, text, text, timestamptz, integer) IS 'The rules for a message of an account, by the versions of that moment; account NULL: texts and countries that any account refuses, and the quiet hours of each; purpose empty: the quiet hours for each but confirmation. Used by can_send() and can_send_all().';

CREATE FUNCTION smsengage_internal.caps_of_sending(account text, senders text[], purpose text, at timestamptz)
RETURNS TABLE (cap_no bigint, counted_account text, counted_senders text[], period interval, max_messages integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT row_number() OVER (), coalesce(caps_of_sending.account, nullif(c.account, '')),
		CASE WHEN c.sender = '' THEN '{}' ELSE coalesce(senders, smsengage_internal.senders_of(coalesce(caps_of_sending.account, nullif(c.account, '')), c.sender, caps_of_sending.at)) END,
		c.period, c.max_messages
	FROM (
		SELECT DISTINCT ON (f.account, f.sender, f.purpose, f.period) f.account, f.sender, f.period, f.max_messages
		FROM smsengage.frequency_cap f
		WHERE (caps_of_sending.account IS NULL OR f.account IN ('', caps_of_sending.account))
			AND (senders IS NULL OR f.sender = '' OR f.sender = ANY (senders))
			AND (f.purpose IN (CASE WHEN caps_of_sending.purpose <> 'confirmation' THEN '' ELSE caps_of_sending.purpose END, caps_of_sending.purpose)
				OR caps_of_sending.purpose = '' AND f.purpose <> 'confirmation')
			AND f.valid_from <= caps_of_sending.at
		ORDER BY f.account, f.sender, f.purpose, f.period, f.valid_from DESC) c
	WHERE c.max_messages IS NOT NULL;
END
$$;
COMMENT ON FUNCTION smsengage_internal.caps_of_sending(text, text[], text, timestamptz) IS 'The frequency caps that apply to a message of an account and of a sender with its pool (NULL: any of them), and what each counts: the messages of an account (NULL: of each by itself) and of senders (none: of all), which are the whole pool of the one that it names. Used by can_send() and can_send_all().';

-- An audience

CREATE FUNCTION smsengage_internal.said_by_audience(by_entries boolean, respelled boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said text;
BEGIN
	said := CASE WHEN by_entries THEN $q$
		SELECT s.recipient, s.account, s.sender, s.state, s.event_time
		FROM smsengage.consent_entry s
		WHERE s.event_time <= $4 AND s.account = ANY ($20) {{s.recipient}}
		$q$ ELSE $q$
		SELECT s.recipient, s.account, s.sender, s.state, s.event_time
		FROM smsengage.subscription s
		WHERE s.event_time <= $4 AND s.account = ANY ($20) {{s.recipient}}
		UNION ALL
		SELECT c.recipient, c.account, c.sender, c.state, c.event_time
		FROM smsengage.subscription s
		JOIN smsengage.consent_entry c ON c.recipient = s.recipient AND c.account = s.account AND c.sender = s.sender AND c.event_time <= $4
		WHERE s.event_time > $4 AND s.account = ANY ($20) {{s.recipient}}
		$q$ END;
	IF smsengage_internal.any_forgotten_opt_out() THEN
		said := said || $q$
		UNION ALL
		SELECT o.recipient, o.account, o.sender, 'UNSUBSCRIBED', o.event_time
		FROM smsengage_internal.forgotten_opt_outs(ARRAY(SELECT a.spelling FROM {{sought}} a), $4) o
		$q$;
	END IF;
	IF respelled THEN
		said := format('SELECT a.number AS recipient, x.account, x.sender, x.state, x.event_time FROM (%s) x JOIN sought a ON a.spelling = x.recipient', said);
	END IF;
	RETURN format('said AS MATERIALIZED (%s)', said);
END
$$;
COMMENT ON FUNCTION smsengage_internal.said_by_audience(boolean, boolean) IS 'The WITH query said of can_send_all(): what its audience had said about consent up to a moment. by_entries: all of it, where scopes or pools decide; respelled: some have another spelling in the store. Used by can_send_all().';

CREATE FUNCTION smsengage_internal.facts_of_blocks(few boolean, unseen boolean, growing boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts text := '';
	whose text;
BEGIN
	-- Blocks of a few numbers are found by one of two indexes.
	FOREACH whose IN ARRAY CASE WHEN NOT few THEN ARRAY['b.scope = ''global'' OR b.scope = ''local'' AND b.account = ANY ($18)']
		ELSE ARRAY['b.scope = ''global''', 'b.scope = ''local'' AND b.account = ANY ($18)'] END
	LOOP
		facts := facts || format($q$
		SELECT a.number, b.scope = 'global' AS globally, b.scope = 'local' AS locally, false AS opted_out, false AS too_many, b.expires_at AS free_from
		FROM {{sought}} a
		JOIN smsengage.block b ON b.recipient = a.spelling
		WHERE b.expires_at > $4 AND b.blocked_at <= $4 {{b.recipient}}
			AND (%s) AND ($5 IS NULL OR b.code <> ALL ($5))
			AND NOT EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE b.deletable AND u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at >= b.blocked_at AND u.unblocked_at <= $4)
		UNION ALL
		$q$, whose);
	END LOOP;
	-- who does not see the records of all accounts asks for the end of those that hold for all
	IF unseen THEN
		facts := facts || $q$
		SELECT g.recipient, true, false, false, false, g.expires_at
		FROM smsengage_internal.global_blocks(ARRAY(SELECT a.number FROM audience a WHERE a.number <> ''), $4) g
		UNION ALL
		$q$;
	END IF;
	IF growing THEN
		facts := facts || $q$
			SELECT a.number, b.scope = 'global', b.scope = 'local', false, false, b.expires_at
			FROM smsengage_internal.growing_blocks($4, NULL, $5) b
			JOIN {{sought}} a ON a.spelling = b.recipient
			WHERE b.expires_at > $4
				AND (b.scope = 'global' OR b.scope = 'local' AND b.account = ANY ($18))
			UNION ALL
		$q$;
	END IF;
	RETURN facts;
END
$$;
COMMENT ON FUNCTION smsengage_internal.facts_of_blocks(boolean, boolean, boolean) IS 'The branches of the query of can_send_all() that ask the block list. few: of few numbers; unseen: the caller does not see all records; growing: some intervals grow. Used by can_send_all().';

CREATE FUNCTION smsengage_internal.facts_of_consent(by_entries boolean, confirmation boolean, unseen boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts text;
	confirmed text := CASE WHEN confirmation THEN $q$
			AND EXISTS (SELECT FROM smsengage_internal.messages_sent(smsengage_internal.spellings_of(%1$s.recipient), $2, $3, %1$s.event_time, $4))
		$q$ ELSE '' END;
BEGIN
	facts := CASE WHEN by_entries THEN $q$
		SELECT p.recipient, false, false, true, false, NULL
		FROM said p
		CROSS JOIN LATERAL (SELECT CASE WHEN $19 THEN smsengage_internal.scope_of_consent(p.account, p.event_time, $4) ELSE 'account' END AS scope,
			CASE WHEN p.account = '' THEN $2 ELSE p.account END AS pools_of) r
		WHERE p.state = 'UNSUBSCRIBED' AND ($2 IS NULL OR p.account IN ('', $2) OR r.scope = 'everywhere')
			AND (r.scope <> 'sender' OR smsengage_internal.opt_out_reaches(p.sender, p.event_time, r.pools_of, $3))
			AND NOT EXISTS (
				SELECT FROM said w
				WHERE w.recipient = p.recipient AND w.state = 'SUBSCRIBED' AND w.event_time > p.event_time AND (w.account = p.account OR p.account = '' AND w.account = $2)
					AND smsengage_internal.takes_back(w.sender, w.event_time, CASE WHEN w.account = '' THEN $2 ELSE w.account END, p.sender, $3))
		$q$ ELSE $q$
		SELECT p.recipient, false, false, true, false, NULL
		FROM said p
		WHERE p.state = 'UNSUBSCRIBED' AND ($2 IS NULL OR p.account IN ('', $2))
			AND NOT EXISTS (
				SELECT FROM said w
				WHERE w.recipient = p.recipient AND w.state = 'SUBSCRIBED' AND w.event_time > p.event_time AND (w.account = p.account OR p.account = '' AND w.account = $2)
					AND (w.sender IN ('', p.sender) OR w.sender = ANY ($3)))
		$q$ END || format(confirmed, 'p');
	-- opt-outs that hold for all accounts, for who does not see them
	IF unseen THEN
		facts := facts || $q$
			UNION ALL
			SELECT o.recipient, false, false, true, false, NULL
			FROM smsengage_internal.opt_outs_for_all(ARRAY(SELECT a.number FROM audience a WHERE a.number <> ''), $4) o
			WHERE NOT (o.nobody AND EXISTS (SELECT FROM said w WHERE w.recipient = o.recipient AND w.state = 'SUBSCRIBED' AND w.account = $2 AND w.event_time > o.event_time))
		$q$ || format(confirmed, 'o');
	END IF;
	RETURN facts;
END
$$;
COMMENT ON FUNCTION smsengage_internal.facts_of_consent(boolean, boolean, boolean) IS 'The branches of the query of can_send_all() that ask for opt-outs. by_entries: scopes or pools decide; confirmation: for the message that confirms one; unseen: the caller does not see all of them. Used by can_send_all().';

CREATE FUNCTION smsengage_internal.facts_of_caps()
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts text := $q$
		UNION ALL
		SELECT s.recipient, false, false, false, true,
			smsengage_internal.block_end(c.period, (array_agg(s.sent ORDER BY s.sent))[count(*) - c.max_messages + 1])
		FROM smsengage_internal.caps_of_sending($2, $3, $6, $4) c
		JOIN (
			SELECT a.number AS recipient, e.account, coalesce(e.message_key::text, e.event_key::text) AS message, k.counted_account, k.counted_senders,
				min(:SENT_BY_EVENT(e.):) AS sent
			FROM {{sought}} a
			JOIN smsengage.event e ON e.recipient = a.spelling
			JOIN (SELECT DISTINCT c.counted_account, c.counted_senders FROM smsengage_internal.caps_of_sending($2, $3, $6, $4) c) k
				ON (k.counted_account IS NULL OR e.account = k.counted_account) AND (k.counted_senders = '{}' OR smsengage_internal.sender_key(e.sender_id) = ANY (k.counted_senders))
			WHERE e.event_time > $7 AND e.status_class <> :CLASS_NOT_SENT: {{e.recipient}}
				AND :SENT_BY_EVENT(e.): > $7
				AND :SENT_BY_EVENT(e.): <= $4
			GROUP BY 1, 2, 3, 4, 5) s
			ON s.counted_account IS NOT DISTINCT FROM c.counted_account AND s.counted_senders = c.counted_senders AND s.sent > smsengage_internal.block_end(-c.period, $4)
		GROUP BY s.recipient, s.account, c.cap_no, c.period, c.max_messages
		HAVING count(*) >= c.max_messages
	$q$;
BEGIN
	RETURN facts;
END
$$;
COMMENT ON FUNCTION smsengage_internal.facts_of_caps() IS 'The branch of the query of can_send_all() that counts messages for frequency caps. Used by can_send_all().';
