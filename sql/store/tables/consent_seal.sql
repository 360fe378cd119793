CREATE TABLE IF NOT EXISTS smsengage.consent_seal (
	seal_no bigint CONSTRAINT consent_seal_pkey PRIMARY KEY,
	sealed_at timestamptz NOT NULL,
	entries bigint NOT NULL,
	previous bytea NOT NULL,
	hash bytea NOT NULL
);

COMMENT ON TABLE smsengage.consent_seal IS 'The chain of seals: each hash covers the one before it. Whoever keeps a copy of a hash can prove that no entry up to it was changed or added later.';
COMMENT ON COLUMN smsengage.consent_seal.seal_no IS 'Number of the seal, from 1';
COMMENT ON COLUMN smsengage.consent_seal.sealed_at IS 'When it was made';
COMMENT ON COLUMN smsengage.consent_seal.entries IS 'Number of digests';
COMMENT ON COLUMN smsengage.consent_seal.previous IS 'Hash of the seal before it; empty for the first';
COMMENT ON COLUMN smsengage.consent_seal.hash IS 'SHA-256 over the hash before it, number and time as text, and the digests in their order';
