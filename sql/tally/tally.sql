-- tally: counts of the people of one chunk, and their sums.

CREATE TYPE smsengage.tally;

CREATE FUNCTION smsengage.tally_in(pg_catalog.cstring) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.tally_out(smsengage.tally) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'sms_tally_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.tally_recv(pg_catalog.internal) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.tally_send(smsengage.tally) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'sms_tally_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE smsengage.tally (
	INPUT = smsengage.tally_in,
	OUTPUT = smsengage.tally_out,
	RECEIVE = smsengage.tally_recv,
	SEND = smsengage.tally_send,
	STORAGE = main
);
COMMENT ON TYPE smsengage.tally IS 'Numbers of events of the people of one chunk: {3,17:2,40} is one event of offset 3, two of 17, one of 40. Offsets are 0 to 65535, counts 1 to 2147483647. Values above 7,800 bytes are to be stored through split().';

COMMENT ON FUNCTION smsengage.tally_in(pg_catalog.cstring) IS 'Input of tally; bad syntax is 22P02, an offset or a count out of range 22003';
COMMENT ON FUNCTION smsengage.tally_out(smsengage.tally) IS 'Output of tally: {offset[:count],...}';
COMMENT ON FUNCTION smsengage.tally_recv(pg_catalog.internal) IS 'Binary input of tally: a version byte and the canonical bytes, anything else is 22P03';
COMMENT ON FUNCTION smsengage.tally_send(smsengage.tally) IS 'Binary output of tally';

-- chunks of individual numbers
CREATE FUNCTION smsengage.chunk_of(individual_no pg_catalog.int8) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_chunk_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.chunk_start(chunk pg_catalog.int4) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_chunk_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.chunk_offset(individual_no pg_catalog.int8) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_chunk_offset' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION smsengage.chunk_of(pg_catalog.int8) IS 'The chunk of an individual number: 65,536 consecutive numbers each; below 0 or above 2^47 - 1 is 22003';
COMMENT ON FUNCTION smsengage.chunk_start(pg_catalog.int4) IS 'The first individual number of a chunk; a negative chunk is 22003';
COMMENT ON FUNCTION smsengage.chunk_offset(pg_catalog.int8) IS 'The offset of an individual number in its chunk, 0 to 65535; errors as chunk_of';

-- making and reading
CREATE FUNCTION smsengage.tally(offsets pg_catalog.int4[], counts pg_catalog.int4[] DEFAULT NULL) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.individuals(tally smsengage.tally) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_individuals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.total(tally smsengage.tally) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.bytes(tally smsengage.tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_bytes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.count_of(tally smsengage.tally, offset_no pg_catalog.int4) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_count_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION smsengage.tally_without(tally smsengage.tally, offset_no pg_catalog.int4) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.at_least(tally smsengage.tally, n pg_catalog.int4) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_at_least' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.entries(tally smsengage.tally,
	OUT offset_no pg_catalog.int4, OUT events pg_catalog.int8) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_entries' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000;
CREATE FUNCTION smsengage.split(tally smsengage.tally) RETURNS SETOF smsengage.tally
AS 'MODULE_PATHNAME', 'sms_split' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;

COMMENT ON FUNCTION smsengage.tally(pg_catalog.int4[], pg_catalog.int4[]) IS 'A tally of offsets in any order, each counting 1 or what stands in the same place of counts; repeated ones add up. NULL if offsets is NULL; a null element is 22004, arrays of different length 2202E, an offset or a count out of range 22003';
COMMENT ON FUNCTION smsengage.individuals(smsengage.tally) IS 'The number of different people in a tally, exactly';
COMMENT ON FUNCTION smsengage.total(smsengage.tally) IS 'The number of events in a tally';
COMMENT ON FUNCTION smsengage.bytes(smsengage.tally) IS 'How many bytes a tally takes, without its length word';
COMMENT ON FUNCTION smsengage.count_of(smsengage.tally, pg_catalog.int4) IS 'The number of events of one offset, 0 if it has none; an offset outside 0 to 65535 is 22003';
COMMENT ON FUNCTION smsengage.tally_without(smsengage.tally, pg_catalog.int4) IS 'The tally without the events of one offset; an offset outside 0 to 65535 is 22003';
COMMENT ON FUNCTION smsengage.at_least(smsengage.tally, pg_catalog.int4) IS 'The people with n events or more, each counting 1; n below 1 is 22023';
COMMENT ON FUNCTION smsengage.entries(smsengage.tally) IS 'The entries of a tally, rising in offset';
COMMENT ON FUNCTION smsengage.split(smsengage.tally) IS 'Tallies of at most 7,800 bytes, rising in offset and without common offsets, whose sum is the given one: those can be stored without TOAST';

-- sums and sets
CREATE FUNCTION smsengage.tally_add(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally_and(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_and' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally_or(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_or' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally_and_not(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_and_not' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION smsengage.tally_add(smsengage.tally, smsengage.tally) IS 'The sum of two tallies; a count above 2147483647 is 22003';
COMMENT ON FUNCTION smsengage.tally_and(smsengage.tally, smsengage.tally) IS 'The people in both tallies, each counting 1';
COMMENT ON FUNCTION smsengage.tally_or(smsengage.tally, smsengage.tally) IS 'The people in either tally, each counting 1';
COMMENT ON FUNCTION smsengage.tally_and_not(smsengage.tally, smsengage.tally) IS 'The people in the first tally and not in the second, each counting 1';

CREATE OPERATOR smsengage.+ (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_add,
	COMMUTATOR = OPERATOR(smsengage.+)
);
CREATE OPERATOR smsengage.& (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_and,
	COMMUTATOR = OPERATOR(smsengage.&)
);
CREATE OPERATOR smsengage.| (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_or,
	COMMUTATOR = OPERATOR(smsengage.|)
);
CREATE OPERATOR smsengage.- (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_and_not
);

COMMENT ON OPERATOR smsengage.+ (smsengage.tally, smsengage.tally) IS 'The sum of two tallies';
COMMENT ON OPERATOR smsengage.& (smsengage.tally, smsengage.tally) IS 'The people in both tallies, each counting 1';
COMMENT ON OPERATOR smsengage.| (smsengage.tally, smsengage.tally) IS 'The people in either tally, each counting 1';
COMMENT ON OPERATOR smsengage.- (smsengage.tally, smsengage.tally) IS 'The people in the first tally and not in the second, each counting 1';

CREATE AGGREGATE smsengage.sum(smsengage.tally) (
	SFUNC = smsengage.tally_add,
	STYPE = smsengage.tally,
	SSPACE = 4096,
	COMBINEFUNC = smsengage.tally_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.sum(smsengage.tally) IS 'The sum of tallies of one chunk; NULL without rows, 22003 when a count passes 2147483647';
