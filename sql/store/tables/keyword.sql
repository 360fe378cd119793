CREATE TABLE IF NOT EXISTS smsengage.keyword (
	account text COLLATE "C" NOT NULL DEFAULT '',
	sender text COLLATE "C" NOT NULL DEFAULT '',
	keyword text COLLATE "C" NOT NULL CONSTRAINT keyword_keyword_check CHECK (btrim(keyword) <> ''),
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	action text COLLATE "C" NOT NULL CONSTRAINT keyword_action_check CHECK (action IN ('STOP', 'START', 'HELP', 'REPLY', 'NONE')),
	reply_group text,
	CONSTRAINT keyword_reply_group_check CHECK (action <> 'REPLY' OR coalesce(reply_group, '') <> ''),
	CONSTRAINT keyword_sender_check CHECK (sender NOT LIKE '+%'),
	CONSTRAINT keyword_pkey PRIMARY KEY (account, sender, keyword, valid_from)
);

COMMENT ON TABLE smsengage.keyword IS 'Keywords of accounts and senders, beside or in place of the default ones (see default_keywords()); versions by valid_from, read at the time of the message. The row of the sender goes before that of the account, that before the one for all, that before the defaults.';
COMMENT ON COLUMN smsengage.keyword.account IS 'Account it holds for; empty: all';
COMMENT ON COLUMN smsengage.keyword.sender IS 'Our number it holds for, without plus; empty: all';
COMMENT ON COLUMN smsengage.keyword.keyword IS 'The word, in any spelling: fold_keyword() of it is compared; the whole message must be the word';
COMMENT ON COLUMN smsengage.keyword.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.keyword.action IS 'STOP, START, HELP; REPLY: answered by the group; NONE: an ordinary word, also where it is a default one';
COMMENT ON COLUMN smsengage.keyword.reply_group IS 'Name of the group of replies that a REPLY belongs to';
