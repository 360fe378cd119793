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

-- A payload on its way into the store.

CREATE TYPE smsengage.parsed_batch;
CREATE FUNCTION smsengage.parsed_batch_in(cstring) RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_parsed_batch_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.parsed_batch_in(cstring) IS 'Refuses every text: only batch() makes such values.';
CREATE FUNCTION smsengage.parsed_batch_out(smsengage.parsed_batch) RETURNS cstring
AS 'MODULE_PATHNAME', 'sms_parsed_batch_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.parsed_batch_out(smsengage.parsed_batch) IS 'Says how many events the batch holds.';
CREATE TYPE smsengage.parsed_batch (
	INPUT = smsengage.parsed_batch_in,
	OUTPUT = smsengage.parsed_batch_out,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE smsengage.parsed_batch IS 'The events of one payload between the commands of one ingestion; lives in memory only.';

-- The columns of the table event, in its order.
CREATE TYPE smsengage.event_row AS (
	event_time timestamptz,
	event_key bigint,
	individual_no bigint,
	created_time timestamptz,
	received_at timestamptz,
	sent_time timestamptz,
	message_key uuid,
	part smallint,
	parts smallint,
	status_class smallint,
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

CREATE FUNCTION smsengage.batch(provider text, payload text, account text, arrival timestamptz)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_of_text' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.batch(text, text, text, timestamptz) IS 'Parses a payload for ingestion. Used by ingest().';
CREATE FUNCTION smsengage.batch(provider text, payload bytea, account text, arrival timestamptz)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_of_bytea' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.batch(text, bytea, text, timestamptz) IS 'Parses the raw bytes of a request for ingestion. Used by ingest().';

CREATE FUNCTION smsengage.batch_all(provider text, payloads bytea[], account text, arrivals timestamptz[], reason text DEFAULT NULL)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_all' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.batch_all(text, bytea[], text, timestamptz[], text) IS 'Parses several payloads, each with its arrival, for one ingestion; a broken one does not touch the others. With a reason they are rejected unread. Used by drain_inbox().';

CREATE FUNCTION smsengage.batch_from(provider text, source regclass, payload_column name, account text, arrival timestamptz, after tid, max_rows integer, max_bytes integer, reason text DEFAULT NULL)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_from' LANGUAGE C STABLE COST 10000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off;
COMMENT ON FUNCTION smsengage.batch_from(text, regclass, name, text, timestamptz, tid, integer, integer, text) IS 'Parses the payloads of a table behind the row at after (NULL: from its beginning) in the order in which they lie, up to max_rows rows or max_bytes bytes; at least one row. Raises 42703 and 42804 for a column that is not there or holds no payloads. Used by ingest_from().';

CREATE FUNCTION smsengage.batch_rows(batch smsengage.parsed_batch, OUT payloads integer, OUT nulls integer, OUT last tid)
AS 'MODULE_PATHNAME', 'sms_batch_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.batch_rows(smsengage.parsed_batch) IS 'How many payloads the batch was made of, how many rows of the source were NULL, and the last row that was read; NULL if there was none. Used by ingestion.';

CREATE FUNCTION smsengage.batch_counts(batch smsengage.parsed_batch,
	OUT events integer, OUT repeated integer, OUT rejected integer, OUT ignored integer, OUT people integer, OUT named integer, OUT timeless integer, OUT links integer, OUT notes integer)
AS 'MODULE_PATHNAME', 'sms_batch_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.batch_counts(smsengage.parsed_batch) IS 'How many events of the batch are to be stored, are repeated within it, were rejected or ignored; how many people they belong to, how many events name a person, have no time in their identity, and make two people one; how many members could not be read. Used by ingestion.';

CREATE FUNCTION smsengage.batch_subjects(batch smsengage.parsed_batch)
RETURNS TABLE (event_key bigint, event_time timestamptz, account text, recipient text, scope text, individual_id text)
AS 'MODULE_PATHNAME', 'sms_batch_subjects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_subjects(smsengage.parsed_batch) IS 'Whom each event of the batch is about, and when. Used by ingestion.';

CREATE FUNCTION smsengage.batch_without(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION smsengage.batch_without(smsengage.parsed_batch, bigint[]) IS 'The batch without these events: they count as ignored and are kept nowhere. Used by ingestion.';

CREATE FUNCTION smsengage.batch_people(batch smsengage.parsed_batch)
RETURNS TABLE (person_no integer, scope text, individual_id text)
AS 'MODULE_PATHNAME', 'sms_batch_people' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_people(smsengage.parsed_batch) IS 'The people that the batch''s events belong to, in order of scope and id. Used by ingestion.';

CREATE FUNCTION smsengage.batch_missing_months(batch smsengage.parsed_batch)
RETURNS date[]
AS 'MODULE_PATHNAME', 'sms_batch_missing_months' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.batch_missing_months(smsengage.parsed_batch) IS 'The first days of the months (UTC) that the batch''s events lie in and for which event has no partition, but a default one; NULL if there is none. Used by ingestion.';

CREATE FUNCTION smsengage.batch_identities(batch smsengage.parsed_batch)
RETURNS TABLE (digest uuid, event_time timestamptz)
AS 'MODULE_PATHNAME', 'sms_batch_identities' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_identities(smsengage.parsed_batch) IS 'Identity and time of the events whose identity does not contain the time. Used by ingestion.';

CREATE FUNCTION smsengage.batch_events(batch smsengage.parsed_batch, people bigint[], identities uuid[])
RETURNS SETOF smsengage.event_row
AS 'MODULE_PATHNAME', 'sms_batch_events' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_events(smsengage.parsed_batch, bigint[], uuid[]) IS 'The batch''s events in key order; people are the numbers of batch_people() in its order, identities those of batch_identities() that were new. Used by ingestion.';

CREATE FUNCTION smsengage.batch_copies(batch smsengage.parsed_batch)
RETURNS SETOF smsengage.event_row
AS 'MODULE_PATHNAME', 'sms_batch_copies' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_copies(smsengage.parsed_batch) IS 'All events of the batch, repetitions too, whether they are stored or not; individual_no is 0. Used by ingestion.';

CREATE FUNCTION smsengage.batch_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[], message_keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
AS 'MODULE_PATHNAME', 'sms_batch_messages' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_messages(smsengage.parsed_batch, bigint[], bigint[], uuid[]) IS 'The delivery reports among the events with these keys, merged by message, in key order; given message_keys, those of these messages only. Used by ingestion.';

CREATE FUNCTION smsengage.batch_contacts(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS TABLE (individual_no bigint, account text, recipient text, last_day date)
AS 'MODULE_PATHNAME', 'sms_batch_contacts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_contacts(smsengage.parsed_batch, bigint[], bigint[]) IS 'The numbers that the events with these keys give for named people, the account that met them there, and the last day (UTC) of each, in key order. Used by ingestion.';

CREATE FUNCTION smsengage.batch_rejects(batch smsengage.parsed_batch, account text)
RETURNS TABLE (outcome text, digest uuid, provider text, reason text, payload text, payload_bytes bytea, event_type text)
AS 'MODULE_PATHNAME', 'sms_batch_rejects' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage.batch_rejects(smsengage.parsed_batch, text) IS 'What the batch rejected or ignored; payload_bytes only where the text cannot hold the bytes as they came; digest identifies the piece in the account; event_type where the piece tells it. Used by ingestion.';

CREATE FUNCTION smsengage.batch_notes(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS TABLE (provider text, account text, path text, reason text)
AS 'MODULE_PATHNAME', 'sms_batch_notes' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage.batch_notes(smsengage.parsed_batch, bigint[]) IS 'What could not be read of the events with these keys, a row for each member; path is empty for a member that has no column. Used by ingestion.';

CREATE FUNCTION smsengage.event_state(provider text, status_class smallint, status_code text, error_code text, channel text, part smallint, event_time timestamptz, sent_time timestamptz, time_source text)
RETURNS smsengage.delivery_state
AS 'MODULE_PATHNAME', 'sms_event_state' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.event_state(text, smallint, text, text, text, smallint, timestamptz, timestamptz, text) IS 'The delivery state that one stored event gives by itself; NULL for an event that is not a delivery report. merge() over the events of a message is the state of the message. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.event_is_timeless(provider text, event_type text, event_id text, time_source text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_event_is_timeless' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.event_is_timeless(text, text, text, text) IS 'Whether the identity of a stored event surely has no time, by the columns given: then it is one event whatever time it comes with. The provider''s own identity is asked; false where other members of the payload have a say. Used by doctor().';

CREATE FUNCTION smsengage.content_digest(VARIADIC fields text[])
RETURNS uuid
AS 'MODULE_PATHNAME', 'sms_content_digest' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.content_digest(text[]) IS 'BLAKE2b-128 (RFC 7693) over the fields, each with its length, so that no two lists look alike; NULL differs from the empty text. The same on every server, for ever. Used by ingestion.';
