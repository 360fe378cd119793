-- One verdict before sending: block list, consent, content, frequency, quiet
-- hours and countries, for one number.

-- One number

CREATE FUNCTION smsengage_internal.end_of_caps(spellings text[], our_account text, our_senders text[], our_purpose text, at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cap record;
	sent timestamptz[];
	free_from timestamptz;
BEGIN
	FOR cap IN SELECT c.* FROM smsengage_internal.caps_of_sending(our_account, our_senders, our_purpose, at) c LOOP
		FOR sent IN SELECT array_agg(m.sent_at ORDER BY m.sent_at)
			FROM smsengage_internal.messages_sent(spellings, cap.counted_account, cap.counted_senders, smsengage_internal.block_end(-cap.period, at), at) m
			GROUP BY m.account_of HAVING count(*) >= cap.max_messages
		LOOP
			free_from := greatest(free_from, smsengage_internal.block_end(cap.period, sent[cardinality(sent) - cap.max_messages + 1]));
		END LOOP;
	END LOOP;
	RETURN free_from;
END
$$;
COMMENT ON FUNCTION smsengage_internal.end_of_caps(text[], text, text[], text, timestamptz) IS 'When a message may go to a number under its spellings_of() again that frequency caps stop at a moment; NULL: none does. Used by can_send().';

CREATE FUNCTION smsengage.can_send(recipient text, account text DEFAULT NULL, sender text DEFAULT NULL, message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800,
	OUT allowed boolean, OUT reasons text[], OUT subcategory text, OUT earliest timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := smsengage_internal.asked_account(account);
	rule_account text := coalesce(our_account, smsengage_internal.ruled_account(account));
	our_purpose text := coalesce(purpose, '');
	moment timestamptz := coalesce(at, now());
	our_senders text[] := smsengage_internal.asked_senders(our_account, sender, moment);
	numbers text[] := smsengage_internal.numbers_asked(recipient, rule_account, moment);
	number text := numbers[1];
	rules smsengage.send_rules;
	country text;
	free_from timestamptz;
	block_from timestamptz;
	globally boolean; locally boolean;
	consent record;
	cap_end timestamptz;
	spellings text[];
BEGIN
	rules := smsengage_internal.rules_of_sending(rule_account, message_text, our_purpose, moment, max_characters);
	IF cardinality(numbers) > 1 THEN
		-- what speaks against one of the numbers that it may be
		SELECT c.allowed, c.reasons, c.subcategory, c.earliest INTO allowed, reasons, subcategory, earliest
		FROM smsengage.can_send_all(ARRAY[recipient], account, sender, message_text, purpose, at, zone, max_characters) c;
		RETURN;
	END IF;
	reasons := '{}';
	IF coalesce(number, '') = '' THEN
		reasons := reasons || 'missing_number'::text;
	ELSE
		-- what no plan of the account's country reads is not read by others
		IF left(number, 1) <> '+' OR NOT smsengage.is_possible_number(number) THEN
			reasons := reasons || 'invalid_number'::text;
		ELSE
			country := smsengage.country_of(number);
			IF NOT (CASE WHEN country = ANY (rules.supported) THEN true WHEN country = ANY (rules.unsupported) THEN false ELSE rules.other_countries END) THEN
				reasons := reasons || 'unsupported_country'::text;
			END IF;
		END IF;

		spellings := smsengage_internal.spellings_of(number);
		SELECT bool_or(b.scope = 'global'), bool_or(b.scope = 'local'), max(b.expires_at)
		INTO globally, locally, free_from
		FROM smsengage_internal.visible_blocks(spellings, our_account, moment) b;
		IF row_security_active('smsengage.block') THEN
			block_from := (SELECT max(g.expires_at) FROM smsengage_internal.global_blocks(ARRAY[number], moment) g);
			globally := globally OR block_from IS NOT NULL;
			free_from := greatest(free_from, block_from);
		END IF;
		IF globally THEN
			reasons := reasons || 'global_block'::text;
		END IF;
		IF locally THEN
			reasons := reasons || 'partial_block'::text;
		END IF;

		consent := smsengage_internal.state_of_consent(spellings, our_account, our_senders, moment);
		IF consent.state = 'UNSUBSCRIBED' AND (our_purpose <> 'confirmation' OR EXISTS (
			SELECT FROM smsengage_internal.messages_sent(spellings, our_account, our_senders, consent.since, moment)))
		THEN
			reasons := reasons || 'unsubscribed'::text;
		END IF;
	END IF;

	reasons := reasons || rules.text_reasons;

	IF coalesce(number, '') <> '' THEN
		cap_end := smsengage_internal.end_of_caps(spellings, our_account, our_senders, our_purpose, moment);
		IF cap_end IS NOT NULL THEN
			reasons := reasons || 'frequency_overrun'::text;
			free_from := greatest(free_from, cap_end);
		END IF;
		IF smsengage_internal.quiet_until(number, zone, rules.fallback_zones, moment, rules.quiet_starts, rules.quiet_ends) IS NOT NULL THEN
			reasons := reasons || 'quiet_hours'::text;
		END IF;
	END IF;

	allowed := cardinality(reasons) = 0;
	subcategory := smsengage.send_subcategory(reasons);
	earliest := smsengage_internal.send_earliest(reasons, moment, free_from, number, zone, rules.fallback_zones, rules.quiet_starts, rules.quiet_ends);
END
$$;
COMMENT ON FUNCTION smsengage.can_send(text, text, text, text, text, timestamptz, text, integer) IS 'Whether a message may go to a number from this account and sender at a moment. account or sender NULL, or such as the store has never met: not stated, and any opt-out, block, cap or rule counts that there is; senders of one sender_pool are one; a number without a plus is read by account_country, and must be allowed in every reading; opt-outs and blocks without an account hold for all. reasons has all that speak against it: missing_number, invalid_number, unsupported_country, global_block, partial_block, unsubscribed, keyword_block, variable_error, empty_text, text_too_long, frequency_overrun, quiet_hours; subcategory is EngageLab''s of Process failed; earliest the first moment that is allowed by what is known, NULL where waiting does not help. message_text NULL: the text is not looked at. purpose: any word; confirmation is the one message that confirms an opt-out: it may go to an unsubscribed number once, and caps and quiet hours hold for it only where they name it. zone: the recipient''s, if known better than by prefix.';

CREATE FUNCTION smsengage.log_not_sent(recipient text, reasons text[], account text DEFAULT '', sender text DEFAULT NULL, message_id text DEFAULT NULL, at timestamptz DEFAULT now())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage_internal.number_by_hand(recipient, account, at);
BEGIN
	IF at IS NULL OR coalesce(cardinality(reasons), 0) = 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'time and reasons must not be null or empty';
	END IF;
	PERFORM smsengage_internal.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', 'NOT_SENT', 'event_time', smsengage_internal.iso_time(at), 'recipient', nullif(number, ''), 'account', coalesce(account, ''),
		'sender_id', nullif(sender, ''), 'message_id', message_id,
		'status_name', smsengage.send_subcategory(reasons), 'error_text', array_to_string(reasons, ', '),
		'event_id', smsengage_internal.content_digest(VARIADIC ARRAY['NOT_SENT', coalesce(account, ''), number, sender, message_id, smsengage_internal.iso_time(at)] || reasons)::text)),
		coalesce(account, ''));
END
$$;
COMMENT ON FUNCTION smsengage.log_not_sent(text, text[], text, text, text, timestamptz) IS 'Records that a message was not sent because can_send() refused it, as a native event NOT_SENT: status_name is the subcategory, error_text the reasons. It neither blocks nor counts against a cap. The same call again changes nothing. Raises 22004 without time or reasons.';
