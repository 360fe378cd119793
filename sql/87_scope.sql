-- Whose people an account may name.

CREATE FUNCTION smsengage.scope_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.scope_account (
		scope text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		CONSTRAINT scope_account_pkey PRIMARY KEY (scope, account)
	);
	PERFORM smsengage.describe('smsengage.scope_account', 'Scopes that accounts share: whose people an event may name that comes with this account given to ingest() or submit(), beside its own. An enterprise (salesforce_ens/ and the eid) without a row is open to every account whose events name it.', $c$
		scope: The scope, as in the table individual
		account: An account that may name its people$c$);
END
$$;
COMMENT ON FUNCTION smsengage.scope_tables() IS 'Makes the table of shared scopes, if it is missing. Used by migrate().';
