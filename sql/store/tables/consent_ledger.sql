CREATE TABLE IF NOT EXISTS smsengage.consent_ledger (
	seal_no bigint NOT NULL,
	digest bytea NOT NULL,
	CONSTRAINT consent_ledger_pkey PRIMARY KEY (seal_no, digest)
);

COMMENT ON TABLE smsengage.consent_ledger IS 'Keyed digests of the sealed entries. They stay when an entry is erased, and then say nothing of it.';
COMMENT ON COLUMN smsengage.consent_ledger.seal_no IS 'The seal';
COMMENT ON COLUMN smsengage.consent_ledger.digest IS 'SHA-256 over salt and columns of an entry, see consent_digest()';
