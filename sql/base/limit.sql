-- Whether limits hold for the caller.

CREATE FUNCTION smsengage_internal.caller_is_limited()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_caller_is_limited_sql' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION smsengage_internal.caller_is_limited() IS 'Whether all limits of the table store_limit hold for the caller: a role that lacks the rights of the store''s owner. Used by ingestion.';
