CREATE TABLE IF NOT EXISTS smsengage.block (
	blocked_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	event_key bigint NOT NULL,
	code integer NOT NULL,
	deletable boolean NOT NULL,
	confined boolean NOT NULL DEFAULT false,
	recipient text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	scope text COLLATE "C" NOT NULL,
	source text COLLATE "C" NOT NULL,
	reason text,
	CONSTRAINT block_pkey PRIMARY KEY (account, recipient, blocked_at, event_key)
);
-- those of every account are asked for by number
CREATE INDEX IF NOT EXISTS block_global_idx ON smsengage.block (recipient, blocked_at) WHERE scope = 'global';
-- numbers that are not of the normal form, by their last digits
CREATE INDEX IF NOT EXISTS block_tail_idx ON smsengage.block (smsengage_internal.number_tail(recipient))
	WHERE smsengage_internal.number_tail(recipient) IS NOT NULL;

COMMENT ON TABLE smsengage.block IS 'Every block ever recorded, one row per event; nothing is removed or shortened. Read it with is_blocked() or the view block_list.';
COMMENT ON COLUMN smsengage.block.blocked_at IS 'When the block began: the time of the failure, or the one given to add_block()';
COMMENT ON COLUMN smsengage.block.expires_at IS 'First moment that is free again, before growth; the same as blocked_at where the policy never blocks';
COMMENT ON COLUMN smsengage.block.event_key IS 'The event that caused it, together with blocked_at';
COMMENT ON COLUMN smsengage.block.code IS 'Block code';
COMMENT ON COLUMN smsengage.block.deletable IS 'Whether the account it came from may remove it';
COMMENT ON COLUMN smsengage.block.confined IS 'Reported by a role that may not block for other accounts (see grant_ingest()): local, also where the policy says global';
COMMENT ON COLUMN smsengage.block.recipient IS 'The blocked number';
COMMENT ON COLUMN smsengage.block.account IS 'The account it came from';
COMMENT ON COLUMN smsengage.block.scope IS 'global, local or none, by the policy at the time and by who reported it';
COMMENT ON COLUMN smsengage.block.source IS 'event: a failure or the provider''s own list; manual: by hand';
COMMENT ON COLUMN smsengage.block.reason IS 'What the provider or person said';
