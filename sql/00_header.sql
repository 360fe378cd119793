-- smsengage: types, functions and aggregates of the extension.
-- The tables of a store are made by create_store() and are not members.
\echo Use "CREATE EXTENSION smsengage" to load this file. \quit

COMMENT ON SCHEMA smsengage IS 'SMS engagement data: events, delivery state, tallies, segments and the send gate';

CREATE FUNCTION smsengage.may_commit()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_may_commit' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage.may_commit() IS 'Whether the procedure that asks may COMMIT: false inside a transaction block or a function. Used by procedures.';
