-- What a transaction may do.

CREATE FUNCTION smsengage_internal.may_commit()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_may_commit' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.may_commit() IS 'Whether the procedure that asks may COMMIT: false inside a transaction block or a function. Used by procedures.';
