-- Rows of event and message as batches hand them out.

-- The columns of the table event, in its order.
CREATE TYPE smsengage.event_row AS (
	:each event_columns: :name: :type:
);
COMMENT ON TYPE smsengage.event_row IS 'A row of the table event as batch_events() hands it out.';

-- The columns of the table message, in its order.
CREATE TYPE smsengage.message_row AS (
	message_key uuid,
	first_time timestamptz,
	last_time timestamptz,
	individual_no bigint,
	parts smallint,
	account text,
	provider text,
	message_id text,
	recipient text,
	sender_id text,
	channel text,
	bulk_message text,
	template text,
	price numeric,
	price_currency text,
	callback_data text,
	state smsengage.delivery_state
);
COMMENT ON TYPE smsengage.message_row IS 'A row of the table message as batch_messages() hands it out.';
