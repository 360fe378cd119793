-- What Infobip's connector for Salesforce Marketing Cloud says of a request
-- before it sends anything.

CREATE FUNCTION smsengage.message_status(channel text, phone text, message_text text DEFAULT NULL, template_name text DEFAULT NULL, sender text DEFAULT NULL, scenario_key text DEFAULT NULL, promotional text DEFAULT NULL, image_url text DEFAULT NULL, buttons jsonb DEFAULT NULL, max_text_length integer DEFAULT 1800, max_url_length integer DEFAULT 1000, max_button_text_length integer DEFAULT NULL, max_buttons integer DEFAULT 5) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- "KakaoChinguTalk", "Kakao ChinguTalk" and "KAKAO_CHINGUTALK" are one
	name text := upper(regexp_replace(channel, '[ _-]', '', 'g') COLLATE "C");
	whatsapp boolean := name = 'WHATSAPP';
	viber boolean := name = 'VIBER';
	kakao boolean := name IN ('KAKAO', 'KAKAOALIM', 'KAKAOCHINGUTALK');
	button jsonb;
	part text;
BEGIN
	IF name IS NULL OR NOT (whatsapp OR viber OR kakao OR name IN ('SMS', 'LMS', 'MMS', 'RCS')) THEN
		RAISE EXCEPTION 'unknown channel "%"', left(channel, 64)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Channels are SMS, LMS, MMS, Viber, WhatsApp, RCS, Kakao Alim and Kakao ChinguTalk.';
	END IF;
	IF buttons IS NOT NULL AND jsonb_typeof(buttons) <> 'array' THEN
		RAISE EXCEPTION 'buttons must be a JSON array of objects'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'A button has the members text, url, androidScheme and iosScheme.';
	END IF;

	IF phone IS NULL OR smsengage.normalize_recipient(phone) = '' THEN
		RETURN 'Error: Missing phone number in request';
	END IF;

	-- A Viber message may be an image alone, a WhatsApp one a template alone.
	IF name = 'SMS' AND coalesce(message_text, '') = ''
		OR viber AND coalesce(message_text, '') = '' AND image_url IS NULL
		OR whatsapp AND message_text = ''
		OR (name = 'SMS' OR whatsapp OR viber) AND length(message_text) > max_text_length THEN
		RETURN 'Error: Invalid text length';
	END IF;
	IF whatsapp AND coalesce(btrim(template_name), '') = '' THEN
		RETURN 'Error: Invalid template name';
	END IF;
	IF viber AND btrim(scenario_key) = '' THEN
		RETURN 'Error: Invalid scenario key';
	END IF;
	IF viber AND lower(promotional COLLATE "C") NOT IN ('true', 'false') THEN
		RETURN 'Error: Invalid promotional flag';
	END IF;
	IF (viber OR kakao) AND (image_url = '' OR length(image_url) > max_url_length) THEN
		RETURN 'Error: Invalid image url length';
	END IF;
	IF (whatsapp OR kakao OR viber) AND coalesce(btrim(sender), '') = '' THEN
		RETURN 'Error: Invalid from field';
	END IF;
	IF kakao AND jsonb_array_length(buttons) > max_buttons THEN
		RETURN 'Error: Invalid buttons field length';
	END IF;
	FOR button IN SELECT jsonb_array_elements(buttons) LOOP
		part := button ->> 'url';
		IF viber AND (part = '' OR length(part) > max_url_length) THEN
			RETURN 'Error: Invalid button url length';
		END IF;
		part := coalesce(button ->> 'text', '');
		IF (viber OR kakao) AND (part = '' OR length(part) > max_button_text_length) THEN
			RETURN 'Error: Invalid button text length';
		END IF;
		IF kakao AND (button ->> 'androidScheme' = '' OR length(button ->> 'androidScheme') > max_url_length
			OR button ->> 'iosScheme' = '' OR length(button ->> 'iosScheme') > max_url_length) THEN
			RETURN 'Error: Invalid androidScheme and iosScheme length';
		END IF;
	END LOOP;
	RETURN 'Success';
END
$$;
COMMENT ON FUNCTION smsengage.message_status(text, text, text, text, text, text, text, text, jsonb, integer, integer, integer, integer) IS
'The connector''s verdict on a message before it is sent, "Success" or the first "Error: ...", by the table of message statuses and channels in Infobip''s guide for Salesforce Marketing Cloud ("Kakao" there is taken for both Kakao channels; RCS is not in it and needs a phone number only). buttons: array of objects with text, url, androidScheme, iosScheme. A value that is NULL was not given and is only missed where the channel cannot do without: text (SMS; Viber without an image), template name (WhatsApp), sender (WhatsApp, Viber, Kakao), button text. The vendor publishes few lengths, so they are arguments, in characters; NULL: not checked. Defaults: text 1800 (carriers, by Intercom), URLs and schemes 1000 (what the click tables hold), buttons 5 (Kakao ChinguTalk), button text not checked. Errors 22023: unknown channel, buttons no array';

CREATE FUNCTION smsengage.callback_data_check(callback_data jsonb, max_length integer DEFAULT 4000, own_least integer DEFAULT 250, own_most integer DEFAULT 600, OUT problem text, OUT field_name text, OUT detail text) RETURNS SETOF record
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	restricted constant text[] := '{ACTIVITYID,BULKID,FROM,MESSAGE,JOURNEYNAME,CONTACTKEY,MID,VERSIONID,VERSIONNUMBER,TEMPLATENAME}';
	value jsonb;
	total integer := 0;
BEGIN
	IF jsonb_typeof(callback_data) <> 'object' THEN
		RAISE EXCEPTION 'callback data must be a JSON object of field names and values'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	FOR field_name, value IN SELECT * FROM jsonb_each(callback_data) LOOP
		-- quoted name, colon, value, comma
		total := total + length(to_jsonb(field_name)::text) + length(value::text) + 2;
		IF field_name = '' THEN
			problem := 'empty name';
			detail := 'A field needs a name.';
			RETURN NEXT;
		END IF;
		IF upper(field_name COLLATE "C") = ANY (restricted) THEN
			problem := 'restricted name';
			detail := 'The connector writes a field of this name itself.';
			RETURN NEXT;
		END IF;
		IF field_name ~ E'["\\\\\\u0001-\\u001F]' COLLATE "C" THEN
			problem := 'forbidden character';
			detail := 'A name has no double quotation mark, backslash or control character.';
			RETURN NEXT;
		END IF;
	END LOOP;

	field_name := NULL;
	-- the comma of each field but one, and the braces, come to one more
	total := total + 1;
	IF total + own_least > max_length THEN
		problem := 'too long';
		detail := format('The fields take %s characters, and the connector at least %s of %s: the message fails.', total, own_least, max_length);
		RETURN NEXT;
	ELSIF total + own_most >= max_length THEN
		problem := 'may be too long';
		detail := format('The fields take %s characters, and the connector up to %s of %s: the message may fail.', total, own_most, max_length);
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.callback_data_check(jsonb, integer, integer, integer) IS
'What is wrong with custom callback data, no row if nothing: "restricted name" (the ten names of Infobip''s guide for Salesforce Marketing Cloud, in any case), "forbidden character" (double quotation mark, backslash, U+0000 to U+001F), "empty name", "too long" (over 4000 characters even with the least that the connector takes for itself, 250), "may be too long" (with the most, 600). Error 22023: not an object';

CREATE FUNCTION smsengage.first_phone(VARIADIC phones text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT smsengage.normalize_recipient(p.phone)
	FROM pg_catalog.unnest(phones) WITH ORDINALITY AS p(phone, n)
	WHERE smsengage.normalize_recipient(p.phone) OPERATOR(pg_catalog.<>) ''
	ORDER BY p.n
	LIMIT 1;
END;
COMMENT ON FUNCTION smsengage.first_phone(text[]) IS
'The first populated one of several phone fields, in the form of normalize_recipient(): neither NULL nor blank; NULL if none is. As the connector does, populated is enough, valid is not asked';

CREATE FUNCTION smsengage.dispatch_plan(recipients bigint, message_count integer, unit text, at timestamptz DEFAULT pg_catalog.now(), OUT per_message interval, OUT messages_per_second numeric, OUT starts_at timestamptz, OUT ends_at timestamptz, OUT warning text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	seconds integer := CASE lower(unit COLLATE "C") WHEN 'minute' THEN 60 WHEN 'hour' THEN 3600 WHEN 'day' THEN 86400 END;
BEGIN
	IF message_count NOT BETWEEN 1 AND 100000 THEN
		RAISE EXCEPTION 'message count % is out of range', message_count
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A sending speed limit is 1 to 100000 messages per unit.';
	END IF;
	IF seconds IS NULL THEN
		RAISE EXCEPTION 'unknown unit "%"', left(unit, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Units are minute, hour and day.';
	END IF;
	IF recipients < 0 THEN
		RAISE EXCEPTION 'number of recipients % is out of range', recipients
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is 0 or more.';
	END IF;

	per_message := interval '1 second' * (seconds::double precision / message_count);
	messages_per_second := round(message_count::numeric / seconds, 6);
	starts_at := at;
	ends_at := at + interval '1 second' * (recipients::numeric * seconds / message_count)::double precision;
	IF message_count > 200 * seconds THEN
		warning := format('%s messages per second: above a couple of hundred it is better to set no limit.', round(messages_per_second, 1));
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.dispatch_plan(bigint, integer, text, timestamptz) IS
'How an evenly spaced sending speed limit of message_count messages per unit (minute, hour or day of 24 hours) works out: time between messages (500 an hour: 7.2 s), messages per second, when the time of the last one has passed, and a warning above 200 a second, where Infobip''s guide for Salesforce Marketing Cloud advises against a limit. Reports asked for before ends_at will count messages as missing that were not sent yet. Errors 22023: count not 1 to 100000, unknown unit, negative recipients';
