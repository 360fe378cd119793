-- The format of provider 'native', for sources without a descriptor.

CREATE VIEW smsengage.native_format AS
	SELECT f.member, f.type, f.meaning
	FROM (VALUES
		('event_type', 'text', 'Required: one of event_type_reference'),
		('event_time', 'time', 'When it happened: ISO 8601 with an offset, or seconds or milliseconds since 1970; missing: its arrival'),
		('event_id', 'text', 'The source''s id of the event; with event_type it is the identity. Without it, all columns together are'),
		('account', 'text', 'Business unit or user; missing: the one given to ingest()'),
		('individual_id', 'text', 'The person, as the source names it; missing: the recipient''s number stands for the person'),
		('scope', 'text', 'Where individual_id means one person; missing: native/ and the account. Give it to mean a person of another provider, as in parse()'),
		('recipient', 'text', 'The person''s number or address; required for BLOCK and UNBLOCK'),
		('sender_id', 'text', 'Our number, short code or name'),
		('message_id', 'text', 'Id of the message, one for each recipient; without it no message row'),
		('message_key', 'text', 'What tells messages of one id apart, if the source reuses ids'),
		('part', 'integer', 'Part of the message that the event is about, from 0'),
		('parts', 'integer', 'Number of parts of the message'),
		('bulk_message', 'text', 'The send, campaign or journey'),
		('template', 'text', 'Template of the message'),
		('channel', 'text', 'SMS, VIBER, WHATSAPP, ...; missing: SMS'),
		('status_class', 'text', 'What it says of the delivery, a name as status_class() gives it; missing: as event_type says, but nothing in an event with an event_key'),
		('status_code', 'text', 'The source''s status code'),
		('status_name', 'text', 'Its name'),
		('error_code', 'text', 'The source''s error code; 500 to 590 as in block_code_default put the number on the block list'),
		('error_text', 'text', 'Its text'),
		('error_permanent', 'boolean', 'Whether the error is permanent'),
		('sent_time', 'time', 'When the message was sent'),
		('created_time', 'time', 'When the source made the record; missing: its arrival'),
		('keyword', 'text', 'Keyword of an inbound message'),
		('message_text', 'text', 'Text of the message'),
		('unsubscribe_source', 'text', 'Where an opt-out came from'),
		('unsubscribe_reason', 'text', 'Why'),
		('link_name', 'text', 'Name of the clicked link'),
		('link_url', 'text', 'Its target'),
		('resolved_url', 'text', 'The same as personalised'),
		('user_agent', 'text', 'What the browser said of itself'),
		('device_type', 'text', 'Phone, desktop, ...'),
		('os', 'text', 'Operating system'),
		('device_name', 'text', 'Maker or model'),
		('price', 'numeric', 'Price of the message'),
		('price_currency', 'text', 'ISO 4217 code'),
		('callback_data', 'text or json', 'What the sender attached to the message'),
		('other_individual_id', 'text', 'LINK: the id that is the same person as individual_id'),
		('valid_from', 'time', 'LINK: from when on; the same as event_time'),
		('time_source', 'text', 'arrival: event_time is no clock, so reports outrank each other by class'),
		('event_key', 'text', 'Key of the event where it came from; before event_id the identity. parse() gives it'),
		('extra', 'json', 'An object whose members are kept, as is every other member'),
		('event_no', 'any', 'Dropped, as are outcome and received_at: what parse() says beside the event')
	) AS f(member, type, meaning);
COMMENT ON VIEW smsengage.native_format IS 'The JSON object that ingest(''native'', ...) takes: members called as the columns of parsed_event, so that ingest(''native'', to_json(p)) stores a row p of parse(). Only event_type is required; texts may be numbers, numbers texts.';
COMMENT ON COLUMN smsengage.native_format.member IS 'name of the member';
COMMENT ON COLUMN smsengage.native_format.type IS 'text, integer, numeric, boolean, time or json';
COMMENT ON COLUMN smsengage.native_format.meaning IS 'what it says, and what follows if it is missing';
GRANT SELECT ON smsengage.native_format TO PUBLIC;
