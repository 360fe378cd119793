CREATE TABLE IF NOT EXISTS smsengage.scope_account (
	scope text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	CONSTRAINT scope_account_pkey PRIMARY KEY (scope, account)
);

COMMENT ON TABLE smsengage.scope_account IS 'Scopes that accounts share: whose people an event may name that comes with this account given to ingest() or submit(), beside its own. An enterprise (salesforce_ens/ and the eid) without a row is open to every account whose events name it.';
COMMENT ON COLUMN smsengage.scope_account.scope IS 'The scope, as in the table individual';
COMMENT ON COLUMN smsengage.scope_account.account IS 'An account that may name its people';
