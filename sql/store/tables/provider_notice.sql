CREATE TABLE IF NOT EXISTS smsengage.provider_notice (
	digest uuid CONSTRAINT provider_notice_pkey PRIMARY KEY,
	received_at timestamptz NOT NULL,
	provider text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	reason text NOT NULL,
	payload text NOT NULL,
	payload_bytes bytea
);

COMMENT ON TABLE smsengage.provider_notice IS 'What providers send beside engagement events: verification calls, account notifications, members around the events.';
COMMENT ON COLUMN smsengage.provider_notice.digest IS 'Identity of the piece, so that a redelivery does not add another';
COMMENT ON COLUMN smsengage.provider_notice.received_at IS 'When it first arrived';
COMMENT ON COLUMN smsengage.provider_notice.provider IS 'The provider that was named or found';
COMMENT ON COLUMN smsengage.provider_notice.account IS 'The account given to ingest(); empty if none';
COMMENT ON COLUMN smsengage.provider_notice.reason IS 'What it is';
COMMENT ON COLUMN smsengage.provider_notice.payload IS 'The piece as it was sent';
COMMENT ON COLUMN smsengage.provider_notice.payload_bytes IS 'The bytes themselves, where payload cannot hold them';
