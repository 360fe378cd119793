CREATE TABLE IF NOT EXISTS smsengage.account_country (
	account text COLLATE "C" NOT NULL DEFAULT '',
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	country text COLLATE "C" CONSTRAINT account_country_country_check CHECK (country ~ '^[A-Z]{2}$' AND smsengage.normalize_recipient('', country) IS NOT NULL),
	CONSTRAINT account_country_pkey PRIMARY KEY (account, valid_from)
);

COMMENT ON TABLE smsengage.account_country IS 'By the numbering plan of which country an account''s people write numbers without a plus: for the gate and for what is done by hand; never for what a provider sends. The row of the account goes before that for all; versions by valid_from.';
COMMENT ON COLUMN smsengage.account_country.account IS 'Account it holds for; empty: all';
COMMENT ON COLUMN smsengage.account_country.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.account_country.country IS 'ISO 3166-1 code; NULL: none any longer, digits without a plus are an international number';
