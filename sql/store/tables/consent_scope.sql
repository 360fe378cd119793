CREATE TABLE IF NOT EXISTS smsengage.consent_scope (
	account text COLLATE "C" NOT NULL DEFAULT '',
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	scope text COLLATE "C" NOT NULL CONSTRAINT consent_scope_scope_check CHECK (scope IN ('sender', 'account', 'everywhere')),
	CONSTRAINT consent_scope_pkey PRIMARY KEY (account, valid_from)
);

COMMENT ON TABLE smsengage.consent_scope IS 'How far an opt-out reaches; the row of the account goes before that for all; versions by valid_from. The wider one holds of those in force when it was said and when it is asked for. Without a row: account.';
COMMENT ON COLUMN smsengage.consent_scope.account IS 'Account that it was said to; empty: all';
COMMENT ON COLUMN smsengage.consent_scope.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.consent_scope.scope IS 'sender: the sender that it was said to; account: all senders of the account; everywhere: every account of the store';
