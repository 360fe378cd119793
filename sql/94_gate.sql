-- One verdict before sending: block list, consent, content, frequency, quiet
-- hours and countries, for one number or for an audience.

CREATE FUNCTION smsengage.send_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.frequency_cap (
		account text COLLATE "C" NOT NULL DEFAULT '',
		sender text COLLATE "C" NOT NULL DEFAULT '',
		purpose text COLLATE "C" NOT NULL DEFAULT '',
		period interval NOT NULL CONSTRAINT frequency_cap_period_check CHECK (period > interval '0' AND period <= interval '366 days'
			AND extract(month FROM period) = 0 AND extract(year FROM period) = 0),
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		max_messages integer CONSTRAINT frequency_cap_max_messages_check CHECK (max_messages > 0),
		CONSTRAINT frequency_cap_sender_check CHECK (sender NOT LIKE '+%'),
		CONSTRAINT frequency_cap_pkey PRIMARY KEY (account, sender, purpose, period, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.quiet_hours (
		account text COLLATE "C" NOT NULL DEFAULT '',
		purpose text COLLATE "C" NOT NULL DEFAULT '',
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		quiet_start time NOT NULL,
		quiet_end time NOT NULL,
		fallback_zone text NOT NULL DEFAULT 'UTC' CONSTRAINT quiet_hours_fallback_zone_check CHECK (timezone(fallback_zone, '2000-01-01 00:00:00'::timestamp) IS NOT NULL),
		CONSTRAINT quiet_hours_pkey PRIMARY KEY (account, purpose, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.content_rule (
		account text COLLATE "C" NOT NULL DEFAULT '',
		rule text COLLATE "C" NOT NULL,
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		kind text COLLATE "C" NOT NULL DEFAULT 'contains' CONSTRAINT content_rule_kind_check CHECK (kind IN ('contains', 'word', 'regex')),
		pattern text CONSTRAINT content_rule_pattern_check CHECK (pattern <> '' AND (kind <> 'regex' OR '' ~ pattern COLLATE "C" IS NOT NULL)),
		CONSTRAINT content_rule_pkey PRIMARY KEY (account, rule, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.country_rule (
		account text COLLATE "C" NOT NULL DEFAULT '',
		country text COLLATE "C" NOT NULL CONSTRAINT country_rule_country_check CHECK (country ~ '^[A-Z]{2}$' OR country = '*'),
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		supported boolean NOT NULL,
		CONSTRAINT country_rule_pkey PRIMARY KEY (account, country, valid_from)
	);

	PERFORM smsengage.describe('smsengage.frequency_cap', 'How many messages may go to one number in a period that ends at the moment of sending; every cap that applies must hold. Versions by valid_from.', $c$
		account: Account it holds for; empty: each account by itself
		sender: Our number it holds for and whose messages it counts, without plus; empty: all together
		purpose: Purpose of sending it holds for; empty: all but confirmation. It counts messages of every purpose, as events do not tell
		period: Length of the period, in days or shorter units
		valid_from: From when on this version holds
		max_messages: Most messages in a period; NULL: the cap no longer holds$c$);
	PERFORM smsengage.describe('smsengage.quiet_hours', 'When not to send, by the clock of the recipient. The row of the account goes before that for all, then the row of the purpose; versions by valid_from. The same start and end: no quiet hours.', $c$
		account: Account it holds for; empty: all
		purpose: Purpose of sending it holds for; empty: all but confirmation
		valid_from: From when on this version holds
		quiet_start: Begin, may be later than the end: then it is quiet over midnight
		quiet_end: End; sending is allowed from then on
		fallback_zone: Time zone of numbers whose place is not known$c$);
	PERFORM smsengage.describe('smsengage.content_rule', 'What must not stand in a text; versions by valid_from.', $c$
		account: Account it holds for; empty: all
		rule: Name of the rule
		valid_from: From when on this version holds
		kind: contains: anywhere in the text; word: as whole words; regex: a regular expression. The first two compare as keywords are compared: case, composition and width do not count
		pattern: What must not be found; NULL: the rule no longer holds$c$);
	PERFORM smsengage.describe('smsengage.country_rule', 'Which countries may be sent to; without a row that applies, all. The row of the account goes before that for all, the country before *; versions by valid_from.', $c$
		account: Account it holds for; empty: all
		country: ISO 3166-1 code as country_of() gives it, or * for every other country and for numbers of no one country
		valid_from: From when on this version holds
		supported: Whether it may be sent to$c$);
END
$$;
COMMENT ON FUNCTION smsengage.send_tables() IS 'Makes the tables of what limits sending that are missing. Used by gate_tables().';

CREATE FUNCTION smsengage.gate_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.block_tables();
	PERFORM smsengage.consent_tables();
	PERFORM smsengage.consent_scope_table();
	PERFORM smsengage.send_tables();
	PERFORM smsengage.block_views();
	PERFORM smsengage.consent_views();
END
$$;
COMMENT ON FUNCTION smsengage.gate_tables() IS 'Makes the tables and views of block list, consent and gate. Used by migrate().';

-- Pure parts

CREATE FUNCTION smsengage.quiet_until(recipient text, zone text, fallback_zone text, at timestamptz, quiet_start time, quiet_end time)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_quiet_until' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.quiet_until(text, text, text, timestamptz, time, time) IS 'When the quiet hours end that hold at a moment by the clock of this zone; without a zone, of the zones the number (as normalize_recipient() writes it) may lie in, else of the fallback zone. Quiet in one of several zones is quiet. NULL: it is not quiet; infinity: at no moment is it loud in all of the zones. Error 22023 for an unknown zone. Used by can_send().';

CREATE FUNCTION smsengage.has_placeholder(message_text text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT message_text OPERATOR(pg_catalog.~) '[{][{][^{}]*[}][}]|%%[^%]+%%|[$][{][^{}]*[}]|[[][[][^][]*[]][]]' COLLATE pg_catalog."C";
END;
COMMENT ON FUNCTION smsengage.has_placeholder(text) IS 'Whether a variable was left in the text: {{x}}, %%x%%, ${x} or [[x]].';

CREATE FUNCTION smsengage.word_list(message_text text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT ' ' OPERATOR(pg_catalog.||) pg_catalog.btrim(pg_catalog.regexp_replace(smsengage.fold_text(message_text),
		E'[\\x01-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]+' COLLATE pg_catalog."C", ' ', 'g')) OPERATOR(pg_catalog.||) ' ';
END;
COMMENT ON FUNCTION smsengage.word_list(text) IS 'The words of a text, folded as keywords are, with one blank around each. Used by content rules.';

CREATE FUNCTION smsengage.number_filter(numbers text[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_number_filter' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.number_filter(text[]) IS 'A Bloom filter over numbers, for filter_hits(). Used by can_send_all(); not to be stored.';

CREATE FUNCTION smsengage.filter_hits(filter bytea, number text)
RETURNS integer
AS 'MODULE_PATHNAME', 'sms_filter_hits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.filter_hits(bytea, text) IS '1 for every number of the filter and for very few others, else 0. A number and not a boolean, because the planner takes it for rare then. Error 22023 for bytes that are no filter. Used by can_send_all().';

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

CREATE FUNCTION smsengage.send_earliest(reasons text[], at timestamptz, free_from timestamptz, recipient text, zone text, fallback_zone text, quiet_start time, quiet_end time)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- only blocks, caps and quiet hours pass by themselves; one expression, so that it is inlined
	SELECT CASE WHEN reasons OPERATOR(pg_catalog.<@) CAST(ARRAY['global_block', 'partial_block', 'frequency_overrun', 'quiet_hours'] AS text[])
		THEN nullif(coalesce(smsengage.quiet_until(recipient, zone, fallback_zone, greatest(at, free_from), quiet_start, quiet_end),
			greatest(at, free_from)), CAST('infinity' AS timestamptz)) END;
END;
COMMENT ON FUNCTION smsengage.send_earliest(text[], timestamptz, timestamptz, text, text, text, time, time) IS 'The first moment at which blocks and caps (up to free_from) and quiet hours are over; NULL where waiting does not help. Used by can_send().';

-- What does not depend on the recipient

CREATE TYPE smsengage.send_rules AS (
	text_reasons text[],
	quiet_start time,
	quiet_end time,
	fallback_zone text,
	other_countries boolean,
	supported text[],
	unsupported text[]
);
COMMENT ON TYPE smsengage.send_rules IS 'What holds for every recipient of one message: reasons that lie in the text, quiet hours, countries.';

CREATE FUNCTION smsengage.rules_of_sending(account text, message_text text, purpose text, at timestamptz, max_characters integer)
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
				WHEN 'contains' THEN position(smsengage.fold_text(r.pattern) IN smsengage.fold_text(message_text)) > 0
				WHEN 'word' THEN position(smsengage.word_list(r.pattern) IN smsengage.word_list(message_text)) > 0
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

	SELECT q.quiet_start, q.quiet_end, q.fallback_zone
	INTO rules.quiet_start, rules.quiet_end, rules.fallback_zone
	FROM smsengage.quiet_hours q
	WHERE q.account IN ('', coalesce(account, '')) AND q.purpose IN (CASE WHEN purpose <> 'confirmation' THEN '' ELSE purpose END, purpose)
		AND q.valid_from <= at
	ORDER BY q.account DESC, q.purpose DESC, q.valid_from DESC
	LIMIT 1;

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
COMMENT ON FUNCTION smsengage.rules_of_sending(text, text, text, timestamptz, integer) IS 'The rules for a message of an account, by the versions of that moment; account NULL: texts and countries that any account refuses, and the quiet hours for all. Used by can_send() and can_send_all().';

CREATE FUNCTION smsengage.caps_of_sending(account text, sender text, purpose text, at timestamptz)
RETURNS TABLE (cap_no bigint, counted_account text, counted_sender text, period interval, max_messages integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT row_number() OVER (), coalesce(caps_of_sending.account, nullif(c.account, '')), c.sender, c.period, c.max_messages
	FROM (
		SELECT DISTINCT ON (f.account, f.sender, f.purpose, f.period) f.account, f.sender, f.period, f.max_messages
		FROM smsengage.frequency_cap f
		WHERE (caps_of_sending.account IS NULL OR f.account IN ('', caps_of_sending.account))
			AND (caps_of_sending.sender IS NULL OR f.sender IN ('', caps_of_sending.sender))
			AND f.purpose IN (CASE WHEN caps_of_sending.purpose <> 'confirmation' THEN '' ELSE caps_of_sending.purpose END, caps_of_sending.purpose)
			AND f.valid_from <= caps_of_sending.at
		ORDER BY f.account, f.sender, f.purpose, f.period, f.valid_from DESC) c
	WHERE c.max_messages IS NOT NULL;
END
$$;
COMMENT ON FUNCTION smsengage.caps_of_sending(text, text, text, timestamptz) IS 'The frequency caps that apply to a message of an account and sender (NULL: any of them), and what each counts: the messages of an account (NULL: of each by itself) and of a sender (empty: of all). Used by can_send() and can_send_all().';

-- One number

CREATE FUNCTION smsengage.can_send(recipient text, account text DEFAULT NULL, sender text DEFAULT NULL, message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800,
	OUT allowed boolean, OUT reasons text[], OUT subcategory text, OUT earliest timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := smsengage.asked_account(account);
	our_sender text := smsengage.asked_sender(our_account, sender);
	our_purpose text := coalesce(purpose, '');
	moment timestamptz := coalesce(at, now());
	number text := smsengage.normalize_recipient(recipient);
	rules smsengage.send_rules;
	country text;
	free_from timestamptz;
	block_from timestamptz;
	globally boolean;
	locally boolean;
	consent record;
	cap record;
	sent timestamptz[];
	too_many boolean := false;
BEGIN
	rules := smsengage.rules_of_sending(nullif(account, ''), message_text, our_purpose, moment, max_characters);
	reasons := '{}';
	IF coalesce(number, '') = '' THEN
		reasons := reasons || 'missing_number'::text;
	ELSE
		IF NOT smsengage.is_possible_number(number) THEN
			reasons := reasons || 'invalid_number'::text;
		ELSE
			country := smsengage.country_of(number);
			IF NOT (CASE WHEN country = ANY (rules.supported) THEN true WHEN country = ANY (rules.unsupported) THEN false ELSE rules.other_countries END) THEN
				reasons := reasons || 'unsupported_country'::text;
			END IF;
		END IF;

		SELECT bool_or(b.scope = 'global'), bool_or(b.scope = 'local'), max(b.expires_at)
		INTO globally, locally, free_from
		FROM smsengage.visible_blocks(number, our_account, moment) b;
		IF row_security_active('smsengage.block') THEN
			block_from := (SELECT max(g.expires_at) FROM smsengage.global_blocks(ARRAY[number], moment) g);
			globally := globally OR block_from IS NOT NULL;
			free_from := greatest(free_from, block_from);
		END IF;
		IF globally THEN
			reasons := reasons || 'global_block'::text;
		END IF;
		IF locally THEN
			reasons := reasons || 'partial_block'::text;
		END IF;

		consent := smsengage.state_of_consent(number, our_account, our_sender, moment);
		IF consent.state = 'UNSUBSCRIBED' AND (our_purpose <> 'confirmation' OR EXISTS (
			SELECT FROM smsengage.messages_sent(number, our_account, our_sender, consent.since, moment)))
		THEN
			reasons := reasons || 'unsubscribed'::text;
		END IF;
	END IF;

	reasons := reasons || rules.text_reasons;

	IF coalesce(number, '') <> '' THEN
		FOR cap IN SELECT c.* FROM smsengage.caps_of_sending(our_account, our_sender, our_purpose, moment) c LOOP
			FOR sent IN SELECT array_agg(m.sent_at ORDER BY m.sent_at)
				FROM smsengage.messages_sent(number, cap.counted_account, cap.counted_sender, smsengage.block_end(-cap.period, moment), moment) m
				GROUP BY m.account_of HAVING count(*) >= cap.max_messages
			LOOP
				too_many := true;
				free_from := greatest(free_from, smsengage.block_end(cap.period, sent[cardinality(sent) - cap.max_messages + 1]));
			END LOOP;
		END LOOP;
		IF too_many THEN
			reasons := reasons || 'frequency_overrun'::text;
		END IF;
		IF smsengage.quiet_until(number, zone, rules.fallback_zone, moment, rules.quiet_start, rules.quiet_end) IS NOT NULL THEN
			reasons := reasons || 'quiet_hours'::text;
		END IF;
	END IF;

	allowed := cardinality(reasons) = 0;
	subcategory := smsengage.send_subcategory(reasons);
	earliest := smsengage.send_earliest(reasons, moment, free_from, number, zone, rules.fallback_zone, rules.quiet_start, rules.quiet_end);
END
$$;
COMMENT ON FUNCTION smsengage.can_send(text, text, text, text, text, timestamptz, text, integer) IS 'Whether a message may go to a number from this account and sender at a moment. account or sender NULL, or such as the store has never met: not stated, and any opt-out, block or cap of the number counts; opt-outs and blocks without an account hold for all. reasons has all that speak against it: missing_number, invalid_number, unsupported_country, global_block, partial_block, unsubscribed, keyword_block, variable_error, empty_text, text_too_long, frequency_overrun, quiet_hours; subcategory is EngageLab''s of Process failed; earliest the first moment that is allowed by what is known, NULL where waiting does not help. message_text NULL: the text is not looked at. purpose: any word; confirmation is the one message that confirms an opt-out: it may go to an unsubscribed number once, and caps and quiet hours hold for it only where they name it. zone: the recipient''s, if known better than by prefix.';

-- An audience

CREATE FUNCTION smsengage.said_by_audience(of_account boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said text;
BEGIN
	said := format($q$
		SELECT s.recipient, s.account, s.sender, s.state, s.event_time
		FROM smsengage.subscription s
		WHERE s.event_time <= $4 %1$s {{s.recipient}}
		UNION ALL
		SELECT c.recipient, c.account, c.sender, c.state, c.event_time
		FROM smsengage.subscription s
		JOIN smsengage.consent_entry c ON c.recipient = s.recipient AND c.account = s.account AND c.sender = s.sender AND c.event_time <= $4
		WHERE s.event_time > $4 %1$s {{s.recipient}}
		$q$, CASE WHEN of_account THEN 'AND s.account IN ('''', $2)' END);
	IF smsengage.any_forgotten_opt_out() THEN
		said := said || $q$
		UNION ALL
		SELECT o.recipient, o.account, o.sender, 'UNSUBSCRIBED', o.event_time
		FROM smsengage.forgotten_opt_outs(ARRAY(SELECT a.number FROM audience a), $4) o
		$q$;
	END IF;
	RETURN format('said AS MATERIALIZED (%s)', said);
END
$$;
COMMENT ON FUNCTION smsengage.said_by_audience(boolean) IS 'The WITH query said of can_send_all(): what its audience had said about consent up to a moment; of_account: to the account that is asked for, and to none. Used by can_send_all().';

CREATE FUNCTION smsengage.facts_of_blocks(few boolean, unseen boolean, growing boolean)
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
		SELECT b.recipient AS number, b.scope = 'global' AS globally, b.scope = 'local' AS locally, false AS opted_out, false AS too_many, b.expires_at AS free_from
		FROM audience a
		JOIN smsengage.block b ON b.recipient = a.number
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
		FROM smsengage.global_blocks(ARRAY(SELECT a.number FROM audience a WHERE a.number <> ''), $4) g
		UNION ALL
		$q$;
	END IF;
	IF growing THEN
		facts := facts || $q$
			SELECT b.recipient, b.scope = 'global', b.scope = 'local', false, false, b.expires_at
			FROM smsengage.growing_blocks($4, NULL, $5) b
			JOIN audience a ON a.number = b.recipient
			WHERE b.expires_at > $4
				AND (b.scope = 'global' OR b.scope = 'local' AND b.account = ANY ($18))
			UNION ALL
		$q$;
	END IF;
	RETURN facts;
END
$$;
COMMENT ON FUNCTION smsengage.facts_of_blocks(boolean, boolean, boolean) IS 'The branches of the query of can_send_all() that ask the block list. few: of few numbers; unseen: the caller does not see all records; growing: some intervals grow. Used by can_send_all().';

CREATE FUNCTION smsengage.facts_of_consent(confirmation boolean, unseen boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts text;
BEGIN
	facts := $q$
		SELECT p.recipient, false, false, true, false, NULL
		FROM said p
		CROSS JOIN LATERAL (SELECT CASE WHEN $19 THEN smsengage.scope_of_consent(p.account, p.event_time, $4) ELSE 'account' END AS scope) r
		WHERE p.state = 'UNSUBSCRIBED' AND ($2 IS NULL OR p.account IN ('', $2) OR r.scope = 'everywhere')
			AND ($3 IS NULL OR p.sender IN ('', $3) OR r.scope <> 'sender')
			AND NOT EXISTS (
				SELECT FROM said w
				WHERE w.recipient = p.recipient AND w.state = 'SUBSCRIBED' AND w.event_time > p.event_time AND (w.account = p.account OR p.account = '' AND w.account = $2)
					AND w.sender IN ('', p.sender, $3))
	$q$;
	IF confirmation THEN
		facts := facts || $q$
			AND EXISTS (SELECT FROM smsengage.messages_sent(p.recipient, $2, $3, p.event_time, $4))
		$q$;
	END IF;
	-- opt-outs that hold for all accounts, for who does not see them
	IF unseen THEN
		facts := facts || $q$
			UNION ALL
			SELECT o.recipient, false, false, true, false, NULL
			FROM smsengage.opt_outs_for_all(ARRAY(SELECT a.number FROM audience a WHERE a.number <> ''), $4) o
			WHERE NOT (o.nobody AND EXISTS (SELECT FROM said w WHERE w.recipient = o.recipient AND w.state = 'SUBSCRIBED' AND w.account = $2 AND w.event_time > o.event_time))
		$q$;
		IF confirmation THEN
			facts := facts || $q$
				AND EXISTS (SELECT FROM smsengage.messages_sent(o.recipient, $2, $3, o.event_time, $4))
			$q$;
		END IF;
	END IF;
	RETURN facts;
END
$$;
COMMENT ON FUNCTION smsengage.facts_of_consent(boolean, boolean) IS 'The branches of the query of can_send_all() that ask for opt-outs. confirmation: for the message that confirms one; unseen: the caller does not see all of them. Used by can_send_all().';

CREATE FUNCTION smsengage.facts_of_caps()
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts text := $q$
		UNION ALL
		SELECT s.recipient, false, false, false, true,
			smsengage.block_end(c.period, (array_agg(s.sent ORDER BY s.sent))[count(*) - c.max_messages + 1])
		FROM smsengage.caps_of_sending($2, $3, $6, $4) c
		JOIN (
			SELECT e.recipient, e.account, coalesce(e.message_key::text, e.event_key::text) AS message, k.counted_account, k.counted_sender,
				min(coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END)) AS sent
			FROM audience a
			JOIN smsengage.event e ON e.recipient = a.number
			JOIN (SELECT DISTINCT c.counted_account, c.counted_sender FROM smsengage.caps_of_sending($2, $3, $6, $4) c) k
				ON (k.counted_account IS NULL OR e.account = k.counted_account) AND (k.counted_sender = '' OR smsengage.sender_key(e.sender_id) = k.counted_sender)
			WHERE e.event_time > $7 AND e.status_class <> 3 {{e.recipient}}
				AND coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END) > $7
				AND coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END) <= $4
			GROUP BY 1, 2, 3, 4, 5) s
			ON s.counted_account IS NOT DISTINCT FROM c.counted_account AND s.counted_sender = c.counted_sender AND s.sent > smsengage.block_end(-c.period, $4)
		GROUP BY s.recipient, s.account, c.cap_no, c.period, c.max_messages
		HAVING count(*) >= c.max_messages
	$q$;
BEGIN
	RETURN facts;
END
$$;
COMMENT ON FUNCTION smsengage.facts_of_caps() IS 'The branch of the query of can_send_all() that counts messages for frequency caps. Used by can_send_all().';

CREATE FUNCTION smsengage.can_send_all(recipients text[], account text DEFAULT NULL, sender text DEFAULT NULL, message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800)
RETURNS TABLE (recipient text, allowed boolean, reasons text[], subcategory text, earliest timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := smsengage.asked_account(account);
	our_sender text := smsengage.asked_sender(our_account, sender);
	our_purpose text := coalesce(purpose, '');
	moment timestamptz := coalesce(at, now());
	rules smsengage.send_rules := smsengage.rules_of_sending(nullif(account, ''), message_text, our_purpose, moment, max_characters);
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
	-- what came without an account holds for all
	accounts text[] := CASE WHEN our_account IS NULL THEN ARRAY(SELECT a FROM smsengage.block_accounts() a) ELSE ARRAY['', our_account] END;
	scoped boolean := EXISTS (SELECT FROM smsengage.consent_scope);
	longest interval := (SELECT max(c.period) FROM smsengage.caps_of_sending(our_account, our_sender, our_purpose, moment) c);
	facts text;
	numbers text[];
BEGIN
	IF cardinality(recipients) < 20000 THEN
		numbers := ARRAY(SELECT DISTINCT smsengage.normalize_recipient(u) FROM unnest(recipients) u);
	END IF;
	-- One branch for each kind of fact, if there can be any.  A join alone would not do:
	-- the planner knows nothing of the audience, so it gets a filter where this is large.
	facts := smsengage.facts_of_blocks(numbers IS NOT NULL, row_security_active('smsengage.block'), growing IS NOT NULL)
		|| smsengage.facts_of_consent(our_purpose = 'confirmation', row_security_active('smsengage.subscription'));
	IF longest IS NOT NULL THEN
		facts := facts || smsengage.facts_of_caps();
	END IF;
	facts := regexp_replace(smsengage.said_by_audience(our_account IS NOT NULL AND NOT scoped) || ', facts AS (
			SELECT f.number, bool_or(f.globally) AS globally, bool_or(f.locally) AS locally, bool_or(f.opted_out) AS opted_out,
				bool_or(f.too_many) AS too_many, max(f.free_from) AS free_from
			FROM (' || facts || ') f
			GROUP BY f.number
		)', '[{][{]([a-z.]+)[}][}]', CASE WHEN numbers IS NULL
		THEN E'AND smsengage.filter_hits((SELECT t.filter FROM thin t), \\1) = 1' ELSE E'AND \\1 = ANY ($8)' END, 'g');

	RETURN QUERY EXECUTE format($q$
		WITH audience AS MATERIALIZED (
			SELECT q.recipient AS given, smsengage.normalize_recipient(q.recipient) AS number
			FROM unnest($1) q(recipient)
		), thin AS MATERIALIZED (
			SELECT smsengage.number_filter(ARRAY(SELECT a.number FROM audience a)) AS filter
		), %s, checked AS (
			-- OFFSET 0: each step is computed once for a row, not once for each use
			SELECT a.given, a.number, f.number IS NOT NULL AS has_facts, f.globally, f.locally, f.opted_out, f.too_many, f.free_from,
				CASE WHEN coalesce(a.number, '') = '' THEN 'missing_number'
					WHEN NOT smsengage.is_possible_number(a.number) THEN 'invalid_number'
					WHEN $10 AND NOT CASE WHEN smsengage.country_of(a.number) = ANY ($11) THEN true
						WHEN smsengage.country_of(a.number) = ANY ($12) THEN false ELSE $13 END THEN 'unsupported_country' END AS reason,
				coalesce(a.number, '') <> '' AND smsengage.quiet_until(a.number, $14, $15, $4, $16, $17) IS NOT NULL AS quiet
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
				ELSE smsengage.send_earliest(c.reasons, $4, c.free_from, c.number, $14, $15, $16, $17) END
		FROM judged c
	$q$, facts)
	USING recipients, our_account, our_sender, moment, growing, our_purpose, smsengage.block_end(-longest, moment), numbers,
		rules.text_reasons, cardinality(rules.supported) + cardinality(rules.unsupported) > 0 OR NOT rules.other_countries,
		rules.supported, rules.unsupported, rules.other_countries, zone, rules.fallback_zone, rules.quiet_start, rules.quiet_end, accounts, scoped;
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

CREATE FUNCTION smsengage.log_not_sent(recipient text, reasons text[], account text DEFAULT '', sender text DEFAULT NULL, message_id text DEFAULT NULL, at timestamptz DEFAULT now())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage.normalize_recipient(recipient);
BEGIN
	IF at IS NULL OR coalesce(cardinality(reasons), 0) = 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'time and reasons must not be null or empty';
	END IF;
	PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', 'NOT_SENT', 'event_time', smsengage.iso_time(at), 'recipient', nullif(number, ''), 'account', coalesce(account, ''),
		'sender_id', nullif(sender, ''), 'message_id', message_id,
		'status_name', smsengage.send_subcategory(reasons), 'error_text', array_to_string(reasons, ', '),
		'event_id', smsengage.content_digest(VARIADIC ARRAY['NOT_SENT', coalesce(account, ''), number, sender, message_id, smsengage.iso_time(at)] || reasons)::text)),
		coalesce(account, ''));
END
$$;
COMMENT ON FUNCTION smsengage.log_not_sent(text, text[], text, text, text, timestamptz) IS 'Records that a message was not sent because can_send() refused it, as a native event NOT_SENT: status_name is the subcategory, error_text the reasons. It neither blocks nor counts against a cap. The same call again changes nothing. Raises 22004 without time or reasons.';
