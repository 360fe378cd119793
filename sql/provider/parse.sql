-- Parsing: from what a provider POSTs to rows.

CREATE TYPE smsengage.parsed_event AS (
	event_no integer,
	outcome text,
	reason text,
	raw text,
	event_time timestamptz,
	event_key bigint,
	scope text,
	created_time timestamptz,
	received_at timestamptz,
	sent_time timestamptz,
	message_key uuid,
	part smallint,
	parts smallint,
	status_class text,
	error_permanent boolean,
	provider text,
	event_type text,
	time_source text,
	account text,
	event_id text,
	message_id text,
	bulk_message text,
	template text,
	channel text,
	individual_id text,
	recipient text,
	sender_id text,
	keyword text,
	message_text text,
	unsubscribe_source text,
	unsubscribe_reason text,
	link_name text,
	link_url text,
	resolved_url text,
	user_agent text,
	device_type text,
	os text,
	device_name text,
	status_code text,
	status_name text,
	error_code text,
	error_text text,
	price numeric,
	price_currency text,
	callback_data text,
	extra json
);
COMMENT ON TYPE smsengage.parsed_event IS 'One event of a payload: outcome is event, ignored (understood, but not engagement: reason says what) or rejected (reason names the JSON path and what was expected, raw is the event as sent). scope tells where individual_id means one person; empty if the event belongs to nobody. The other columns are those of the table event.';

CREATE FUNCTION smsengage.parse(provider text, payload text, account text DEFAULT NULL, arrival timestamptz DEFAULT pg_catalog.now())
RETURNS SETOF smsengage.parsed_event
AS 'MODULE_PATHNAME', 'sms_parse_text'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage.parse(text, text, text, timestamptz) IS 'What a payload of this provider (or auto) says, one row an event in the order of the payload; stores nothing and raises for nothing that a payload says (54000 where memory has no room for it: some hundred megabytes). account fills a missing one; arrival stands for the clock where a payload has none, and limits times to two days ahead of it.';

CREATE FUNCTION smsengage.parse(provider text, payload bytea, account text DEFAULT NULL, arrival timestamptz DEFAULT pg_catalog.now())
RETURNS SETOF smsengage.parsed_event
AS 'MODULE_PATHNAME', 'sms_parse_bytea'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage.parse(text, bytea, text, timestamptz) IS 'The same for the raw bytes of a request: events with bytes that are not UTF-8 are rejected, the others are not touched by them.';
