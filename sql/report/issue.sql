-- The issue behind a failure.

CREATE FUNCTION smsengage_internal.event_issue(provider text, event_type text, status_code text, error_code text, error_text text,
	OUT issue text, OUT meaning text, OUT possible_fix text, OUT retryable boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- SmsNotSent of ENS has a code space of its own
	IF provider = 'salesforce_ens' AND event_type = 'NOT_SENT' THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, 'not_sent', NULL, status_code) d;
	END IF;
	IF issue IS NULL AND nullif(error_code, '0') IS NOT NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_code) d;
	END IF;
	IF issue IS NULL AND NOT (provider = 'salesforce_ens' AND event_type = 'NOT_SENT') THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, status_code) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_text) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.issue, d.meaning, d.possible_fix, d.retryable INTO issue, meaning, possible_fix, retryable
		FROM smsengage.delivery_issues() d WHERE d.kind = CASE event_type WHEN 'EXPIRED' THEN 'unreachable' ELSE 'account' END;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_issue(text, text, text, text, text) IS 'Intercom''s delivery issue behind a failure, from the columns of its event: by the error code, else the status code, else the text. Without a code that a table has, an expired message is "Recipient number was unreachable", any other "Something went wrong". Used by the reports of delivery issues.';
