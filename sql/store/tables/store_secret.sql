CREATE TABLE IF NOT EXISTS smsengage.store_secret (
	secret text COLLATE "C" CONSTRAINT store_secret_pkey PRIMARY KEY
);
-- never two: digests are made with one
CREATE UNIQUE INDEX IF NOT EXISTS store_secret_one_idx ON smsengage.store_secret ((true));

COMMENT ON TABLE smsengage.store_secret IS 'Key of the digests that stand for people who were forgotten. Whoever has it can test whether a number is among them.';
COMMENT ON COLUMN smsengage.store_secret.secret IS 'The key, made with the store';
