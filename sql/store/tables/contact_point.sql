CREATE TABLE IF NOT EXISTS smsengage.contact_point (
	individual_no bigint NOT NULL,
	last_day date NOT NULL,
	account text COLLATE "C" NOT NULL,
	recipient text COLLATE "C" NOT NULL,
	CONSTRAINT contact_point_pkey PRIMARY KEY (account, recipient, individual_no)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS contact_point_individual_no_idx ON smsengage.contact_point (individual_no);

COMMENT ON TABLE smsengage.contact_point IS 'The numbers under which named people were met, by account.';
COMMENT ON COLUMN smsengage.contact_point.individual_no IS 'Number of the person';
COMMENT ON COLUMN smsengage.contact_point.last_day IS 'Last day (UTC) with an event of the account about the person under this number';
COMMENT ON COLUMN smsengage.contact_point.account IS 'Account that met the person there';
COMMENT ON COLUMN smsengage.contact_point.recipient IS 'The number';
