-- day_tally: the tallies of the quarter hours of one day, in one value.

CREATE TYPE smsengage.day_tally;

CREATE FUNCTION smsengage.day_tally_in(pg_catalog.cstring) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.day_tally_out(smsengage.day_tally) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'sms_day_tally_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.day_tally_recv(pg_catalog.internal) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.day_tally_send(smsengage.day_tally) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'sms_day_tally_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE smsengage.day_tally (
	INPUT = smsengage.day_tally_in,
	OUTPUT = smsengage.day_tally_out,
	RECEIVE = smsengage.day_tally_recv,
	SEND = smsengage.day_tally_send,
	STORAGE = main
);
COMMENT ON TYPE smsengage.day_tally IS 'The tallies of one chunk of people in the quarter hours of a day of UTC: {40:{3,17:2}} is one event of offset 3 and two of 17 from 10:00 to 10:15. Quarter hours are 0 to 95. Values above 7,800 bytes are to be stored in pieces, as ingestion does.';

COMMENT ON FUNCTION smsengage.day_tally_in(pg_catalog.cstring) IS 'Input of day_tally; bad syntax is 22P02, a quarter hour, an offset or a count out of range 22003';
COMMENT ON FUNCTION smsengage.day_tally_out(smsengage.day_tally) IS 'Output of day_tally: {quarter:{offset[:count],...},...}';
COMMENT ON FUNCTION smsengage.day_tally_recv(pg_catalog.internal) IS 'Binary input of day_tally: a version byte and the canonical bytes, anything else is 22P03';
COMMENT ON FUNCTION smsengage.day_tally_send(smsengage.day_tally) IS 'Binary output of day_tally';

-- making
CREATE FUNCTION smsengage.day_tally(at pg_catalog.timestamptz, tally smsengage.tally) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION smsengage_internal.day_tally_add(smsengage.day_tally, smsengage.day_tally) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
CREATE FUNCTION smsengage_internal.day_tally_count(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.int4) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_count' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION smsengage.day_tally(pg_catalog.timestamptz, smsengage.tally) IS 'A day tally with one tally, in the quarter hour that holds the moment; an infinite moment is 22023. Used by fold().';
COMMENT ON FUNCTION smsengage_internal.day_tally_add(smsengage.day_tally, smsengage.day_tally) IS 'The sum of two day tallies; a count above 2147483647 is 22003. Used by sum(day_tally).';
COMMENT ON FUNCTION smsengage_internal.day_tally_count(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.int4) IS 'One more event. Used by count_day().';

CREATE AGGREGATE smsengage.sum(smsengage.day_tally) (
	SFUNC = smsengage_internal.day_tally_add,
	STYPE = smsengage.day_tally,
	SSPACE = 4096,
	COMBINEFUNC = smsengage_internal.day_tally_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.sum(smsengage.day_tally) IS 'The sum of day tallies of one chunk and day; NULL without rows, 22003 when a count passes 2147483647';

CREATE AGGREGATE smsengage_internal.count_day(at pg_catalog.timestamptz, offset_no pg_catalog.int4) (
	SFUNC = smsengage_internal.day_tally_count,
	STYPE = smsengage.day_tally,
	SSPACE = 4096,
	COMBINEFUNC = smsengage_internal.day_tally_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage_internal.count_day(pg_catalog.timestamptz, pg_catalog.int4) IS 'The day tally of single events of one chunk and day, given by their times and the offsets of who did them; NULL without rows. Used by rebuild_tallies().';

-- reading
CREATE FUNCTION smsengage.day_total(day_tally smsengage.day_tally) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_day_tally_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION smsengage_internal.day_bytes(day_tally smsengage.day_tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_day_tally_bytes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_count_of(day_tally smsengage.day_tally, offset_no pg_catalog.int4) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_day_tally_count_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally(day_tally smsengage.day_tally, day pg_catalog.timestamptz, since pg_catalog.timestamptz, until pg_catalog.timestamptz) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_day_tally_sum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage_internal.quarter_hour_cells(chunk pg_catalog.int4, day pg_catalog.timestamptz, day_tally smsengage.day_tally, bounds pg_catalog.timestamptz[])
RETURNS TABLE (cell_start pg_catalog.timestamptz, tally smsengage.tally, anonymous pg_catalog.int8)
AS 'MODULE_PATHNAME', 'sms_quarter_hour_cells' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 2;
CREATE FUNCTION smsengage_internal.day_split(day_tally smsengage.day_tally) RETURNS SETOF smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_split' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;

COMMENT ON FUNCTION smsengage.day_total(smsengage.day_tally) IS 'The number of events in a day tally';
COMMENT ON FUNCTION smsengage_internal.day_bytes(smsengage.day_tally) IS 'How many bytes a day tally takes, without its length word. Used by fold().';
COMMENT ON FUNCTION smsengage.day_count_of(smsengage.day_tally, pg_catalog.int4) IS 'The number of events of one offset in the day; an offset outside 0 to 65535 is 22003';
COMMENT ON FUNCTION smsengage.tally(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz) IS 'The sum of the quarter hours of a day tally that begin in [since, until); day is where the day begins';
COMMENT ON FUNCTION smsengage_internal.quarter_hour_cells(pg_catalog.int4, pg_catalog.timestamptz, smsengage.day_tally, pg_catalog.timestamptz[]) IS 'What the quarter hours of a row of engagement_tally (level 1) add up to between two neighbours of bounds, which rise; without bounds each quarter hour is a row. Of chunk -1 as anonymous, with an empty tally. A null in bounds is 22004. Used by reports.';
COMMENT ON FUNCTION smsengage_internal.day_split(smsengage.day_tally) IS 'Day tallies of at most 7,800 bytes whose sum is the given one: those can be stored without TOAST. Used by fold().';

-- erasing
CREATE FUNCTION smsengage_internal.day_without(day_tally smsengage.day_tally, offset_no pg_catalog.int4) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
CREATE FUNCTION smsengage_internal.day_tally_of(day_tally smsengage.day_tally, offset_no pg_catalog.int4) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
CREATE FUNCTION smsengage_internal.day_tally_outside(day_tally smsengage.day_tally, day pg_catalog.timestamptz, since pg_catalog.timestamptz, until pg_catalog.timestamptz) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_outside' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION smsengage_internal.day_without(smsengage.day_tally, pg_catalog.int4) IS 'The day tally without the events of one offset; an offset outside 0 to 65535 is 22003. Used by forget().';
COMMENT ON FUNCTION smsengage_internal.day_tally_of(smsengage.day_tally, pg_catalog.int4) IS 'The events of one offset as those of nobody, which are counted at offset 0. Used by forget().';
COMMENT ON FUNCTION smsengage_internal.day_tally_outside(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz) IS 'The day tally without the quarter hours that begin in [since, until). Used by rebuild_tallies().';
