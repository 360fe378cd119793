CREATE TABLE IF NOT EXISTS smsengage.forgotten_opt_out (
	digest uuid NOT NULL,
	event_time timestamptz NOT NULL,
	account text COLLATE "C" NOT NULL,
	sender text COLLATE "C" NOT NULL,
	CONSTRAINT forgotten_opt_out_pkey PRIMARY KEY (digest, account, sender)
);

COMMENT ON TABLE smsengage.forgotten_opt_out IS 'Opt-outs of numbers that were forgotten: they still hold.';
COMMENT ON COLUMN smsengage.forgotten_opt_out.digest IS 'Keyed digest of the number';
COMMENT ON COLUMN smsengage.forgotten_opt_out.event_time IS 'When the opt-out was';
COMMENT ON COLUMN smsengage.forgotten_opt_out.account IS 'Account it was said to';
COMMENT ON COLUMN smsengage.forgotten_opt_out.sender IS 'Our number it was said to, without plus; empty: every sender of the account';
