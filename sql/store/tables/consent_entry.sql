CREATE TABLE IF NOT EXISTS smsengage.consent_entry (
	event_time timestamptz NOT NULL,
	event_key bigint NOT NULL,
	seal_no bigint,
	salt uuid NOT NULL DEFAULT gen_random_uuid(),
	recipient text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	sender text COLLATE "C" NOT NULL,
	state text COLLATE "C" NOT NULL,
	source text COLLATE "C" NOT NULL,
	evidence text,
	CONSTRAINT consent_entry_pkey PRIMARY KEY (account, recipient, event_time, event_key)
);
CREATE INDEX IF NOT EXISTS consent_entry_keyword_idx ON smsengage.consent_entry (event_time) WHERE source = 'keyword';
CREATE INDEX IF NOT EXISTS consent_entry_seal_no_idx ON smsengage.consent_entry (event_key) WHERE seal_no IS NULL;

COMMENT ON TABLE smsengage.consent_entry IS 'Everything that was said about consent; rows are only added. It outlives the events it came from.';
COMMENT ON COLUMN smsengage.consent_entry.event_time IS 'When it was said';
COMMENT ON COLUMN smsengage.consent_entry.event_key IS 'The event, together with event_time';
COMMENT ON COLUMN smsengage.consent_entry.seal_no IS 'The seal that holds its digest; NULL until the next seal_consent()';
COMMENT ON COLUMN smsengage.consent_entry.salt IS 'Key of the digest; without it nobody can tell from the digest what it was made of';
COMMENT ON COLUMN smsengage.consent_entry.recipient IS 'The person''s number';
COMMENT ON COLUMN smsengage.consent_entry.account IS 'Account it was said to';
COMMENT ON COLUMN smsengage.consent_entry.sender IS 'Our number it was said to, without plus; empty: every sender of the account';
COMMENT ON COLUMN smsengage.consent_entry.state IS 'SUBSCRIBED or UNSUBSCRIBED';
COMMENT ON COLUMN smsengage.consent_entry.source IS 'event, keyword or failure';
COMMENT ON COLUMN smsengage.consent_entry.evidence IS 'What was said: the text of the message, the reason, the error';
