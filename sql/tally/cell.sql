-- Cells of time.

CREATE FUNCTION smsengage_internal.cell_start(level integer, at timestamptz)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_cell_start_sql' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.cell_start(integer, timestamptz) IS 'Where the cell of a level begins that holds the instant: 0 and 1 quarter hour, 2 hour, 3 day, 4 week from Monday, 5 eight weeks, 6 sixty-four weeks, all of UTC. Raises 22023 for another level. Used by tallies.';

CREATE FUNCTION smsengage_internal.cell_end(level integer, at timestamptz)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_cell_end_sql' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.cell_end(integer, timestamptz) IS 'Where the cell of cell_start() ends and the next one begins. Used by tallies.';
