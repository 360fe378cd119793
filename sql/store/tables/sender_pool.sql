CREATE TABLE IF NOT EXISTS smsengage.sender_pool (
	account text COLLATE "C" NOT NULL DEFAULT '',
	pool text COLLATE "C" NOT NULL CONSTRAINT sender_pool_pool_check CHECK (pool <> '' AND pool NOT LIKE '+%'),
	sender text COLLATE "C" NOT NULL CONSTRAINT sender_pool_sender_check CHECK (sender <> '' AND sender NOT LIKE '+%'),
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	member boolean NOT NULL DEFAULT true,
	CONSTRAINT sender_pool_pkey PRIMARY KEY (account, pool, sender, valid_from)
);

COMMENT ON TABLE smsengage.sender_pool IS 'Senders of which the provider takes one for each message: a pool is one sender, under its own name and under those of its members, for consent, caps and keywords. A sender of two pools joins them. The row of the account goes before that for all; versions by valid_from. Consent reaches all who were in the pool when it was said, or are when it is asked for.';
COMMENT ON COLUMN smsengage.sender_pool.account IS 'Account it holds for; empty: all';
COMMENT ON COLUMN smsengage.sender_pool.pool IS 'Name of the pool, as it may stand for a sender too';
COMMENT ON COLUMN smsengage.sender_pool.sender IS 'A member: our number, without plus, or a name';
COMMENT ON COLUMN smsengage.sender_pool.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.sender_pool.member IS 'Whether it is a member; false: it has left';
