-- Parsing: from what a provider POSTs to rows.

CREATE TYPE smsengage.parsed_event AS (
	event_no integer,
	outcome text,
	reason text,
	raw text,
	:each event_columns ..event_key: :name: :type:,
	scope text,
	:each event_columns created_time..parts: :name: :type:,
	status_class text,
	:each event_columns error_permanent..: :name: :type:
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
