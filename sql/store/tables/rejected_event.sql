CREATE TABLE IF NOT EXISTS smsengage.rejected_event (
	digest uuid CONSTRAINT rejected_event_pkey PRIMARY KEY,
	received_at timestamptz NOT NULL,
	provider text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	reason text NOT NULL,
	payload text NOT NULL,
	payload_bytes bytea,
	event_type text COLLATE "C",
	account_given boolean NOT NULL DEFAULT false,
	limited boolean NOT NULL DEFAULT false
);

COMMENT ON TABLE smsengage.rejected_event IS 'What could not be understood, whole, with the reason. retry_rejected() tries again.';
COMMENT ON COLUMN smsengage.rejected_event.digest IS 'Identity of the piece, so that a redelivery does not add another';
COMMENT ON COLUMN smsengage.rejected_event.received_at IS 'When it first arrived';
COMMENT ON COLUMN smsengage.rejected_event.provider IS 'The provider that was named or found; auto if none was';
COMMENT ON COLUMN smsengage.rejected_event.account IS 'The account given to ingest(); empty if none';
COMMENT ON COLUMN smsengage.rejected_event.reason IS 'JSON path, and what was expected there';
COMMENT ON COLUMN smsengage.rejected_event.payload IS 'The event as it was sent; bytes that a text cannot hold are shown as U+FFFD';
COMMENT ON COLUMN smsengage.rejected_event.payload_bytes IS 'The bytes themselves, where payload cannot hold them';
COMMENT ON COLUMN smsengage.rejected_event.event_type IS 'What kind of event it would have been; NULL if it does not tell';
COMMENT ON COLUMN smsengage.rejected_event.account_given IS 'Whether an account was given to ingest(), be it the empty one; without, the event may name its own';
COMMENT ON COLUMN smsengage.rejected_event.limited IS 'Came by submit() from a role that is not the owner, which may do less, also when it is tried again';
