CREATE TABLE IF NOT EXISTS smsengage.event (
	event_time timestamptz NOT NULL,
	event_key bigint NOT NULL,
	individual_no bigint NOT NULL,
	created_time timestamptz NOT NULL,
	received_at timestamptz NOT NULL,
	sent_time timestamptz,
	message_key uuid,
	part smallint,
	parts smallint,
	status_class smallint,
	error_permanent boolean,
	provider text COLLATE "C" NOT NULL,
	event_type text COLLATE "C" NOT NULL,
	time_source text COLLATE "C",
	account text COLLATE "C" NOT NULL,
	event_id text COLLATE "C",
	message_id text COLLATE "C",
	bulk_message text COLLATE "C",
	template text COLLATE "C",
	channel text COLLATE "C",
	individual_id text COLLATE "C",
	recipient text COLLATE "C" NOT NULL,
	sender_id text COLLATE "C",
	keyword text COLLATE "C",
	message_text text,
	unsubscribe_source text,
	unsubscribe_reason text,
	link_name text COLLATE "C",
	link_url text COLLATE "C",
	resolved_url text COLLATE "C",
	user_agent text,
	device_type text,
	os text,
	device_name text,
	status_code text COLLATE "C",
	status_name text,
	error_code text COLLATE "C",
	error_text text,
	price numeric,
	price_currency text COLLATE "C",
	callback_data text,
	extra json,
	CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key)
) PARTITION BY RANGE (event_time);
CREATE INDEX IF NOT EXISTS event_individual_no_idx ON smsengage.event (individual_no, event_time);
-- few rows of event are in these; reports on clicks and answers need no others
CREATE INDEX IF NOT EXISTS event_click_idx ON smsengage.event (event_time) INCLUDE (event_key, individual_no, message_key, part)
	WHERE event_type = 'CLICK';
CREATE INDEX IF NOT EXISTS event_agent_idx ON smsengage.event ((left(user_agent, 250)) COLLATE "C", event_time) WHERE event_type = 'CLICK';
-- what tallies do not tell of the arrival of messages
CREATE INDEX IF NOT EXISTS event_part_idx ON smsengage.event (event_time) INCLUDE (message_key)
	WHERE status_class IN (:CLASS_SENT:, :CLASS_DELIVERED:, :CLASS_SEEN:) AND (part > 0 OR event_type = 'CLICK');
CREATE INDEX IF NOT EXISTS event_sent_time_idx ON smsengage.event (sent_time) INCLUDE (message_key)
	WHERE sent_time IS NOT NULL AND status_class IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_answer_idx ON smsengage.event (event_time)
	INCLUDE (event_key, message_key, event_type, account, recipient, sender_id, bulk_message)
	WHERE event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP');

COMMENT ON TABLE smsengage.event IS 'One row per event, as a provider reported it; never updated. Partitioned by month of event_time (UTC).';
COMMENT ON COLUMN smsengage.event.event_time IS 'When it happened, by the provider''s clock (time_source says where that is not so)';
COMMENT ON COLUMN smsengage.event.event_key IS 'Identity of the event together with event_time: first half of a digest of its content';
COMMENT ON COLUMN smsengage.event.individual_no IS 'Number of the person in the table individual; 0 if nobody is known';
COMMENT ON COLUMN smsengage.event.created_time IS 'When the provider made the record, if it says so; else the arrival';
COMMENT ON COLUMN smsengage.event.received_at IS 'When it arrived here';
COMMENT ON COLUMN smsengage.event.sent_time IS 'When the message was sent, if this event says so';
COMMENT ON COLUMN smsengage.event.message_key IS 'The message it belongs to, in the table message; NULL without a message id (in a distributed store then 16 zeros and event_key)';
COMMENT ON COLUMN smsengage.event.part IS 'Part of a multi-part message, from 0; NULL if it is about the whole message';
COMMENT ON COLUMN smsengage.event.parts IS 'Number of parts of the message, if the provider says so';
COMMENT ON COLUMN smsengage.event.status_class IS 'What it says of the delivery: 1 unknown, 2 accepted, 3 not sent, 4 sent, 5 in transit, 6 with the operator, 7 expired, 8 undelivered, 9 delivered, 10 seen; NULL if nothing';
COMMENT ON COLUMN smsengage.event.error_permanent IS 'Whether the provider calls the error permanent';
COMMENT ON COLUMN smsengage.event.provider IS 'Which provider reported it: salesforce_ens, salesforce_dmo, infobip, engagelab, intercom, twilio, aws, native';
COMMENT ON COLUMN smsengage.event.event_type IS 'SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK, UNDELIVERED, ACCEPTED, TRANSIENT, DELIVERED, EXPIRED, REJECTED, SEEN, REPLY, BLOCK, UNBLOCK, LINK';
COMMENT ON COLUMN smsengage.event.time_source IS 'arrival if the payload had no clock and event_time is the arrival; else NULL';
COMMENT ON COLUMN smsengage.event.account IS 'Business unit, MID or user of the provider; empty if none is known';
COMMENT ON COLUMN smsengage.event.event_id IS 'The provider''s own id';
COMMENT ON COLUMN smsengage.event.message_id IS 'The provider''s id of the message';
COMMENT ON COLUMN smsengage.event.bulk_message IS 'The send that the message belongs to: bulk message, send definition, campaign';
COMMENT ON COLUMN smsengage.event.template IS 'Template of the message';
COMMENT ON COLUMN smsengage.event.channel IS 'SMS, VIBER, WHATSAPP, RCS, ... as given; NULL means SMS';
COMMENT ON COLUMN smsengage.event.individual_id IS 'The person''s id, as given';
COMMENT ON COLUMN smsengage.event.recipient IS 'The person''s number: plus sign and digits if it is a phone number, else as given; empty if none';
COMMENT ON COLUMN smsengage.event.sender_id IS 'Our number, short code or name, as given';
COMMENT ON COLUMN smsengage.event.keyword IS 'Keyword of an inbound message';
COMMENT ON COLUMN smsengage.event.message_text IS 'Text of the message';
COMMENT ON COLUMN smsengage.event.unsubscribe_source IS 'Where the opt-out came from';
COMMENT ON COLUMN smsengage.event.unsubscribe_reason IS 'Why';
COMMENT ON COLUMN smsengage.event.link_name IS 'Name or alias of the clicked link';
COMMENT ON COLUMN smsengage.event.link_url IS 'Target of the clicked link';
COMMENT ON COLUMN smsengage.event.resolved_url IS 'The same as personalised for the person';
COMMENT ON COLUMN smsengage.event.user_agent IS 'What the browser said of itself';
COMMENT ON COLUMN smsengage.event.device_type IS 'Phone, desktop, ...';
COMMENT ON COLUMN smsengage.event.os IS 'Operating system of the device';
COMMENT ON COLUMN smsengage.event.device_name IS 'Maker or model of the device';
COMMENT ON COLUMN smsengage.event.status_code IS 'The provider''s status code';
COMMENT ON COLUMN smsengage.event.status_name IS 'The provider''s name of the status';
COMMENT ON COLUMN smsengage.event.error_code IS 'The provider''s error code';
COMMENT ON COLUMN smsengage.event.error_text IS 'The provider''s error text';
COMMENT ON COLUMN smsengage.event.price IS 'As the provider states it; Infobip: per part';
COMMENT ON COLUMN smsengage.event.price_currency IS 'ISO 4217 code of the price';
COMMENT ON COLUMN smsengage.event.callback_data IS 'What the sender attached to the message';
COMMENT ON COLUMN smsengage.event.extra IS 'Every member of the payload that has no column, as it was written';
