-- A payload on its way into the store.

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

CREATE FUNCTION smsengage_internal.batch(provider text, payload text, account text, arrival timestamptz)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_of_text' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.batch(text, text, text, timestamptz) IS 'Parses a payload for ingestion. Used by ingest().';
CREATE FUNCTION smsengage_internal.batch(provider text, payload bytea, account text, arrival timestamptz)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_of_bytea' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.batch(text, bytea, text, timestamptz) IS 'Parses the raw bytes of a request for ingestion. Used by ingest().';

CREATE FUNCTION smsengage_internal.batch_all(provider text, payloads bytea[], account text, arrivals timestamptz[], reason text DEFAULT NULL)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_all' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.batch_all(text, bytea[], text, timestamptz[], text) IS 'Parses several payloads, each with its arrival, for one ingestion; a broken one does not touch the others. With a reason they are rejected unread. Used by drain_inbox().';

CREATE FUNCTION smsengage_internal.batch_from(provider text, source regclass, payload_column name, account text, arrival timestamptz, after tid, max_rows integer, max_bytes integer, reason text DEFAULT NULL)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_from' LANGUAGE C STABLE COST 10000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off;
COMMENT ON FUNCTION smsengage_internal.batch_from(text, regclass, name, text, timestamptz, tid, integer, integer, text) IS 'Parses the payloads of a table behind the row at after (NULL: from its beginning) in the order in which they lie, up to max_rows rows or max_bytes bytes; at least one row. Raises 42703 and 42804 for a column that is not there or holds no payloads. Used by ingest_from().';

CREATE FUNCTION smsengage_internal.batch_rows(batch smsengage.parsed_batch, OUT payloads integer, OUT nulls integer, OUT last tid)
AS 'MODULE_PATHNAME', 'sms_batch_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.batch_rows(smsengage.parsed_batch) IS 'How many payloads the batch was made of, how many rows of the source were NULL, and the last row that was read; NULL if there was none. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_counts(batch smsengage.parsed_batch,
	OUT events integer, OUT repeated integer, OUT rejected integer, OUT ignored integer, OUT people integer, OUT named integer, OUT timeless integer, OUT links integer, OUT notes integer)
AS 'MODULE_PATHNAME', 'sms_batch_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.batch_counts(smsengage.parsed_batch) IS 'How many events of the batch are to be stored, are repeated within it, were rejected or ignored; how many people they belong to, how many events name a person, have no time in their identity, and make two people one; how many members could not be read. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_subjects(batch smsengage.parsed_batch)
RETURNS TABLE (event_key bigint, event_time timestamptz, account text, recipient text, scope text, individual_id text)
AS 'MODULE_PATHNAME', 'sms_batch_subjects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_subjects(smsengage.parsed_batch) IS 'Whom each event of the batch is about, and when. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_without(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION smsengage_internal.batch_without(smsengage.parsed_batch, bigint[]) IS 'The batch without these events: they count as ignored and are kept nowhere. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_people(batch smsengage.parsed_batch)
RETURNS TABLE (person_no integer, scope text, individual_id text)
AS 'MODULE_PATHNAME', 'sms_batch_people' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_people(smsengage.parsed_batch) IS 'The people that the batch''s events belong to, in order of scope and id. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_missing_months(batch smsengage.parsed_batch)
RETURNS date[]
AS 'MODULE_PATHNAME', 'sms_batch_missing_months' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage_internal.batch_missing_months(smsengage.parsed_batch) IS 'The first days of the months (UTC) that the batch''s events lie in and for which event has no partition, but a default one; NULL if there is none. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_identities(batch smsengage.parsed_batch)
RETURNS TABLE (digest uuid, event_time timestamptz)
AS 'MODULE_PATHNAME', 'sms_batch_identities' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_identities(smsengage.parsed_batch) IS 'Identity and time of the events whose identity does not contain the time. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_events(batch smsengage.parsed_batch, people bigint[], identities uuid[])
RETURNS SETOF smsengage.event_row
AS 'MODULE_PATHNAME', 'sms_batch_events' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_events(smsengage.parsed_batch, bigint[], uuid[]) IS 'The batch''s events in key order; people are the numbers of batch_people() in its order, identities those of batch_identities() that were new. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_copies(batch smsengage.parsed_batch)
RETURNS SETOF smsengage.event_row
AS 'MODULE_PATHNAME', 'sms_batch_copies' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_copies(smsengage.parsed_batch) IS 'All events of the batch, repetitions too, whether they are stored or not; individual_no is 0. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[], message_keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
AS 'MODULE_PATHNAME', 'sms_batch_messages' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_messages(smsengage.parsed_batch, bigint[], bigint[], uuid[]) IS 'The delivery reports among the events with these keys, merged by message, in key order; given message_keys, those of these messages only. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_contacts(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS TABLE (individual_no bigint, account text, recipient text, last_day date)
AS 'MODULE_PATHNAME', 'sms_batch_contacts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage_internal.batch_contacts(smsengage.parsed_batch, bigint[], bigint[]) IS 'The numbers that the events with these keys give for named people, the account that met them there, and the last day (UTC) of each, in key order. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_pieces(batch smsengage.parsed_batch, account text)
RETURNS TABLE (outcome text, digest uuid, provider text, reason text, payload text, payload_bytes bytea, event_type text)
AS 'MODULE_PATHNAME', 'sms_batch_pieces' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.batch_pieces(smsengage.parsed_batch, text) IS 'What the batch rejected or ignored; payload_bytes only where the text cannot hold the bytes as they came; digest identifies the piece in the account; event_type where the piece tells it. Used by ingestion.';

CREATE FUNCTION smsengage_internal.batch_notes(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS TABLE (provider text, account text, path text, reason text)
AS 'MODULE_PATHNAME', 'sms_batch_notes' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.batch_notes(smsengage.parsed_batch, bigint[]) IS 'What could not be read of the events with these keys, a row for each member; path is empty for a member that has no column. Used by ingestion.';
