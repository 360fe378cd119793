-- smsengage: types, functions and aggregates of the extension. What users call
-- and read is in the schema smsengage, the rest in smsengage_internal. The
-- tables of a store are made by create_store() and are not members.

\echo Use "CREATE EXTENSION smsengage" to load this file. \quit

CREATE SCHEMA smsengage_internal;
COMMENT ON SCHEMA smsengage_internal IS 'What smsengage is made of: functions that its own functions, views and policies call. Not for users; it may change at any time';
-- Views and policies call them with the rights of who reads.
GRANT USAGE ON SCHEMA smsengage_internal TO PUBLIC;

COMMENT ON SCHEMA smsengage IS 'SMS engagement data: events, delivery state, tallies, segments and the send gate';
