CREATE TABLE IF NOT EXISTS smsengage.event_identity (
	digest uuid CONSTRAINT event_identity_pkey PRIMARY KEY,
	event_time timestamptz NOT NULL
);

COMMENT ON TABLE smsengage.event_identity IS 'Identities that do not contain the time: the first time stored for each, so that a redelivery under another time is the same event.';
COMMENT ON COLUMN smsengage.event_identity.digest IS 'Digest of the identity';
COMMENT ON COLUMN smsengage.event_identity.event_time IS 'The time of the event in the table event';
