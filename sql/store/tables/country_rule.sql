CREATE TABLE IF NOT EXISTS smsengage.country_rule (
	account text COLLATE "C" NOT NULL DEFAULT '',
	country text COLLATE "C" NOT NULL CONSTRAINT country_rule_country_check CHECK (country ~ '^[A-Z]{2}$' OR country = '*'),
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	supported boolean NOT NULL,
	CONSTRAINT country_rule_pkey PRIMARY KEY (account, country, valid_from)
);

COMMENT ON TABLE smsengage.country_rule IS 'Which countries may be sent to; without a row that applies, all. The row of the account goes before that for all, the country before *; versions by valid_from.';
COMMENT ON COLUMN smsengage.country_rule.account IS 'Account it holds for; empty: all';
COMMENT ON COLUMN smsengage.country_rule.country IS 'ISO 3166-1 code as country_of() gives it, or * for every other country and for numbers of no one country';
COMMENT ON COLUMN smsengage.country_rule.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.country_rule.supported IS 'Whether it may be sent to';
