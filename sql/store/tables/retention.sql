CREATE TABLE IF NOT EXISTS smsengage.retention (
	account text COLLATE "C" CONSTRAINT retention_pkey PRIMARY KEY,
	keep interval NOT NULL CONSTRAINT retention_keep_check CHECK (keep >= '1 day'),
	horizon timestamptz NOT NULL DEFAULT '-infinity',
	keep_rejected interval CONSTRAINT retention_keep_rejected_check CHECK (keep_rejected >= '1 day')
);

COMMENT ON TABLE smsengage.retention IS 'How long events are kept. Tallies and messages are kept longer: they hold no text.';
COMMENT ON COLUMN smsengage.retention.account IS 'Account it holds for; * for those without a row';
COMMENT ON COLUMN smsengage.retention.keep IS 'How long; maintain() moves the horizon';
COMMENT ON COLUMN smsengage.retention.keep_rejected IS 'How long rejected_event and provider_notice are kept, from their arrival; NULL: up to the horizon';
COMMENT ON COLUMN smsengage.retention.horizon IS 'Events before it are gone, and ignored when they come again';
