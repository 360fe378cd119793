CREATE TABLE IF NOT EXISTS smsengage.subscription (
	event_time timestamptz NOT NULL,
	event_key bigint NOT NULL,
	recipient text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	sender text COLLATE "C" NOT NULL,
	state text COLLATE "C" NOT NULL CONSTRAINT subscription_state_check CHECK (state IN ('SUBSCRIBED', 'UNSUBSCRIBED')),
	source text COLLATE "C" NOT NULL,
	CONSTRAINT subscription_pkey PRIMARY KEY (account, recipient, sender)
);
-- numbers that are not of the normal form are looked for by their last digits
CREATE INDEX IF NOT EXISTS subscription_tail_idx ON smsengage.subscription (smsengage_internal.number_tail(recipient))
	WHERE smsengage_internal.number_tail(recipient) IS NOT NULL;

COMMENT ON TABLE smsengage.subscription IS 'What each person last said to each sender: the latest entry of consent_entry; at one instant UNSUBSCRIBED wins. Somebody without a row said nothing.';
COMMENT ON COLUMN smsengage.subscription.event_time IS 'When it was said';
COMMENT ON COLUMN smsengage.subscription.event_key IS 'The event, together with event_time';
COMMENT ON COLUMN smsengage.subscription.recipient IS 'The person''s number';
COMMENT ON COLUMN smsengage.subscription.account IS 'Account it was said to';
COMMENT ON COLUMN smsengage.subscription.sender IS 'Our number it was said to, without plus; empty: every sender of the account';
COMMENT ON COLUMN smsengage.subscription.state IS 'SUBSCRIBED or UNSUBSCRIBED';
COMMENT ON COLUMN smsengage.subscription.source IS 'event: the provider says so; keyword: by a keyword in a message; failure: by a failure that means it';
