-- What a message means as a keyword.

CREATE FUNCTION smsengage.keyword_action(message_text text, sender text DEFAULT '', at timestamptz DEFAULT now(), account text DEFAULT '', recipient text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := coalesce(account, '');
	our_sender text := smsengage_internal.sender_key(sender);
	-- a pool is one sender; its own row goes before those of the others
	our_senders text[] := coalesce(smsengage_internal.senders_of(our_account, our_sender, at), '{}') || ''::text;
	setting record;
	word text := smsengage.fold_keyword(message_text);
	languages text[];
	found record;
	is_default text;
BEGIN
	IF coalesce(word, '') = '' OR at IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT s.loose, s.defaults, s.languages, s.by_country INTO setting
	FROM smsengage.keyword_setting s
	WHERE s.account IN ('', our_account) AND s.sender = ANY (our_senders) AND s.valid_from <= at
	ORDER BY s.sender = our_sender DESC, s.sender DESC, s.account DESC, s.valid_from DESC
	LIMIT 1;

	found := smsengage_internal.keyword_row(word, our_account, our_senders, at, coalesce(setting.loose, false));
	IF found.action IS NULL AND coalesce(setting.defaults, true) THEN
		languages := coalesce(setting.languages, '{}');
		IF setting.by_country THEN
			languages := array_remove(languages || smsengage_internal.keyword_language(recipient), NULL);
		END IF;
		is_default := smsengage_internal.matched_keyword(message_text, coalesce(setting.loose, false), languages);
		-- beside other words it is still the word that a row is about
		IF is_default <> word THEN
			found := smsengage_internal.keyword_row(is_default, our_account, our_senders, at, false);
		END IF;
		IF found.action IS NULL THEN
			RETURN smsengage.match_keyword(message_text, coalesce(setting.loose, false), languages);
		END IF;
	END IF;
	RETURN CASE found.action WHEN 'NONE' THEN NULL WHEN 'REPLY' THEN found.reply_group ELSE found.action END;
END
$$;
COMMENT ON FUNCTION smsengage.keyword_action(text, text, timestamptz, text, text) IS 'What an inbound message asks for at this sender and moment: STOP, START, HELP, or the reply group of a custom keyword; NULL for an ordinary message. The whole message must be the word, as fold_keyword() folds both, in every locale the same; see keyword and keyword_setting for exceptions. recipient: the person, whose country may switch on a language.';
