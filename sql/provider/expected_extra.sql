-- What descriptors of providers (src/provider) say: members that they are known
-- to send and that have no column, any other is drift; deadlines of messages.

CREATE FUNCTION smsengage_internal.expected_extra()
RETURNS TABLE (provider text, path text)
AS 'MODULE_PATHNAME', 'sms_expected_extra' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 150;
COMMENT ON FUNCTION smsengage_internal.expected_extra() IS 'The members without a column that each provider is known to send: paths in event.extra; .* stands for all members below. Native events may have any. Used by the view drift.';

CREATE FUNCTION smsengage_internal.unknown_members(extra json, expected text[])
RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_unknown_members' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage_internal.unknown_members(json, text[]) IS 'The members of extra that are not among the expected paths, as paths; NULL if there are none. An object of which some members are expected is looked into, any other is one member. Used by the view drift.';

CREATE FUNCTION smsengage_internal.provider_deadlines()
RETURNS TABLE (provider text, deadline_hours integer)
AS 'MODULE_PATHNAME', 'sms_provider_deadlines' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 2;
COMMENT ON FUNCTION smsengage_internal.provider_deadlines() IS 'The deadlines of providers that have one of their own. Used by fill_outcomes().';
