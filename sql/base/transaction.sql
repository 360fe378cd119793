-- What a transaction may do.

CREATE FUNCTION smsengage_internal.may_commit()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_may_commit' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.may_commit() IS 'Whether the procedure that asks may COMMIT: false inside a transaction block or a function. Used by procedures.';

-- No SET clause: a procedure with one cannot commit.
CREATE PROCEDURE smsengage_internal.read_committed()
LANGUAGE plpgsql
AS $$
BEGIN
	IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.=) ANY ('{repeatable read,serializable}') AND smsengage_internal.may_commit() THEN
		COMMIT;
		SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
	END IF;
END
$$;
COMMENT ON PROCEDURE smsengage_internal.read_committed() IS 'Begins a transaction of READ COMMITTED where the default is another level and the procedure that asks may COMMIT; COMMIT AND CHAIN keeps it. Used by procedures.';
