CREATE TABLE IF NOT EXISTS smsengage.keyword_setting (
	account text COLLATE "C" NOT NULL DEFAULT '',
	sender text COLLATE "C" NOT NULL DEFAULT '',
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	defaults boolean NOT NULL DEFAULT true,
	loose boolean NOT NULL DEFAULT false,
	languages text[] NOT NULL DEFAULT '{}',
	by_country boolean NOT NULL DEFAULT false,
	CONSTRAINT keyword_setting_sender_check CHECK (sender NOT LIKE '+%'),
	CONSTRAINT keyword_setting_pkey PRIMARY KEY (account, sender, valid_from)
);

COMMENT ON TABLE smsengage.keyword_setting IS 'How keywords are matched; the row of the sender goes before that of the account, that before the one for all. Without a row: defaults, not loose.';
COMMENT ON COLUMN smsengage.keyword_setting.account IS 'Account it holds for; empty: all';
COMMENT ON COLUMN smsengage.keyword_setting.sender IS 'Our number it holds for, without plus; empty: all';
COMMENT ON COLUMN smsengage.keyword_setting.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.keyword_setting.defaults IS 'Whether the default keywords count as well';
COMMENT ON COLUMN smsengage.keyword_setting.loose IS 'Whether a stop word beside other words is a stop ("Stop please"), as match_keyword() says';
COMMENT ON COLUMN smsengage.keyword_setting.languages IS 'Languages whose default keywords count as well (ISO 639-1); see default_keywords()';
COMMENT ON COLUMN smsengage.keyword_setting.by_country IS 'Whether those of the language of the person''''s country do (keyword_language())';
