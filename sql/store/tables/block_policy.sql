CREATE TABLE IF NOT EXISTS smsengage.block_policy (
	code integer NOT NULL CONSTRAINT block_policy_code_check CHECK (code BETWEEN 1 AND 9999),
	valid_from timestamptz NOT NULL,
	description text NOT NULL,
	block_interval interval CONSTRAINT block_policy_block_interval_check CHECK (block_interval >= interval '0'),
	scope text COLLATE "C" NOT NULL CONSTRAINT block_policy_scope_check CHECK (scope IN ('global', 'local', 'none')),
	user_deletable boolean NOT NULL DEFAULT true,
	growth numeric NOT NULL DEFAULT 1 CONSTRAINT block_policy_growth_check CHECK (growth BETWEEN 1 AND 100),
	max_interval interval,
	CONSTRAINT block_policy_max_interval_check CHECK (growth = 1 OR (block_interval IS NOT NULL AND max_interval IS NOT NULL AND max_interval >= block_interval AND block_interval > interval '0')),
	CONSTRAINT block_policy_pkey PRIMARY KEY (code, valid_from)
);

COMMENT ON TABLE smsengage.block_policy IS 'How long a failure of which kind blocks a number, and for whom; versions by valid_from, read at the time of the event. Filled with the ten codes EngageLab publishes; edit by adding a row with a later valid_from. A row that reaches back takes effect on earlier events by rebuild_blocks().';
COMMENT ON COLUMN smsengage.block_policy.code IS 'Block code; 500 to 590 are EngageLab''s, others may be added for blocks by hand';
COMMENT ON COLUMN smsengage.block_policy.valid_from IS 'From when on this version holds; -infinity for the defaults';
COMMENT ON COLUMN smsengage.block_policy.description IS 'Kind of failure';
COMMENT ON COLUMN smsengage.block_policy.block_interval IS 'How long it blocks, in time of UTC; 0: it is recorded and never blocks; NULL: for ever';
COMMENT ON COLUMN smsengage.block_policy.scope IS 'global: for every account; local: for the account it happened to; none: never blocks';
COMMENT ON COLUMN smsengage.block_policy.user_deletable IS 'Whether the account it came from may remove it with unblock()';
COMMENT ON COLUMN smsengage.block_policy.growth IS 'Factor for each block of the same code that this number had before; 1: none';
COMMENT ON COLUMN smsengage.block_policy.max_interval IS 'Limit of a grown interval';
