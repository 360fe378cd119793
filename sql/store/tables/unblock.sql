CREATE TABLE IF NOT EXISTS smsengage.unblock (
	unblocked_at timestamptz NOT NULL,
	event_key bigint NOT NULL,
	recipient text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	reason text,
	CONSTRAINT unblock_pkey PRIMARY KEY (account, recipient, unblocked_at, event_key)
);

COMMENT ON TABLE smsengage.unblock IS 'When accounts removed their records of a number: records that began up to then no longer hold from then on.';
COMMENT ON COLUMN smsengage.unblock.unblocked_at IS 'From when on the records do not hold';
COMMENT ON COLUMN smsengage.unblock.event_key IS 'The event, together with unblocked_at';
COMMENT ON COLUMN smsengage.unblock.recipient IS 'The number';
COMMENT ON COLUMN smsengage.unblock.account IS 'Whose records were removed';
COMMENT ON COLUMN smsengage.unblock.reason IS 'Why';
