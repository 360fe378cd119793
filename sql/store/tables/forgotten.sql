CREATE TABLE IF NOT EXISTS smsengage.forgotten (
	digest uuid CONSTRAINT forgotten_pkey PRIMARY KEY,
	until timestamptz NOT NULL
);
-- the latest of them is asked for by every ingest()
CREATE INDEX IF NOT EXISTS forgotten_until_idx ON smsengage.forgotten (until);

COMMENT ON TABLE smsengage.forgotten IS 'Who was forgotten, as keyed digests: events of them up to that time are ignored when they come again.';
COMMENT ON COLUMN smsengage.forgotten.digest IS 'Keyed digest of a number, of a person, or of a piece that was rejected';
COMMENT ON COLUMN smsengage.forgotten.until IS 'Events up to this time are ignored';
