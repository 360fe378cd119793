CREATE TABLE IF NOT EXISTS smsengage.message (
	message_key uuid CONSTRAINT message_pkey PRIMARY KEY,
	first_time timestamptz NOT NULL,
	last_time timestamptz NOT NULL,
	individual_no bigint NOT NULL,
	parts smallint,
	account text COLLATE "C" NOT NULL,
	provider text COLLATE "C" NOT NULL,
	message_id text COLLATE "C" NOT NULL,
	recipient text COLLATE "C" NOT NULL,
	sender_id text COLLATE "C",
	channel text COLLATE "C",
	bulk_message text COLLATE "C",
	template text COLLATE "C",
	price numeric,
	price_currency text COLLATE "C",
	callback_data text COLLATE "C",
	state smsengage.delivery_state NOT NULL,
	send_time timestamptz GENERATED ALWAYS AS (smsengage.send_time(state, first_time)) STORED
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS message_account_recipient_send_time_idx ON smsengage.message (account, recipient, send_time);

COMMENT ON TABLE smsengage.message IS 'One row per message with delivery reports: the merge of its events, the same for every order of arrival.';
COMMENT ON COLUMN smsengage.message.message_key IS 'Digest of provider, account, message id and what tells messages of one id apart';
COMMENT ON COLUMN smsengage.message.first_time IS 'Earliest event_time of its reports';
COMMENT ON COLUMN smsengage.message.last_time IS 'Latest event_time of its reports';
COMMENT ON COLUMN smsengage.message.individual_no IS 'Number of the person; 0 if nobody is known';
COMMENT ON COLUMN smsengage.message.parts IS 'Number of parts, if the provider says so';
COMMENT ON COLUMN smsengage.message.account IS 'Business unit, MID or user of the provider; empty if none is known';
COMMENT ON COLUMN smsengage.message.provider IS 'Which provider reported it';
COMMENT ON COLUMN smsengage.message.message_id IS 'The provider''s id of the message';
COMMENT ON COLUMN smsengage.message.recipient IS 'The person''s number; empty if none';
COMMENT ON COLUMN smsengage.message.sender_id IS 'Our number, short code or name';
COMMENT ON COLUMN smsengage.message.channel IS 'The channel that its reports name; NULL means SMS';
COMMENT ON COLUMN smsengage.message.bulk_message IS 'The send that the message belongs to';
COMMENT ON COLUMN smsengage.message.template IS 'Template of the message';
COMMENT ON COLUMN smsengage.message.price IS 'As the provider states it, without trailing zeros; Infobip: per part';
COMMENT ON COLUMN smsengage.message.price_currency IS 'ISO 4217 code of the price';
COMMENT ON COLUMN smsengage.message.callback_data IS 'What the sender attached to the message';
COMMENT ON COLUMN smsengage.message.state IS 'Merge of its delivery reports; read it with status_group(), done_at(), parts_delivered(), ...';
COMMENT ON COLUMN smsengage.message.send_time IS 'send_time() of the row, kept so that an index has it';
