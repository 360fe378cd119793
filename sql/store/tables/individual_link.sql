CREATE TABLE IF NOT EXISTS smsengage.individual_link (
	individual_no bigint NOT NULL,
	other_no bigint NOT NULL,
	valid_from timestamptz NOT NULL,
	account text COLLATE "C" NOT NULL,
	CONSTRAINT individual_link_pkey PRIMARY KEY (account, individual_no, other_no)
);

COMMENT ON TABLE smsengage.individual_link IS 'People who are one person. Made by link_individuals() from LINK events; read where unified is asked for.';
COMMENT ON COLUMN smsengage.individual_link.individual_no IS 'The lower number';
COMMENT ON COLUMN smsengage.individual_link.other_no IS 'The higher number';
COMMENT ON COLUMN smsengage.individual_link.valid_from IS 'Since when they are linked';
COMMENT ON COLUMN smsengage.individual_link.account IS 'Account that says so, and in whose segments it holds; empty: in those of every account';
