-- Delivery issues: Intercom's eight reasons behind a failure.

CREATE FUNCTION smsengage.delivery_issues(OUT issue_no pg_catalog.int4, OUT issue pg_catalog.text,
	OUT meaning pg_catalog.text, OUT possible_fix pg_catalog.text, OUT retryable pg_catalog.bool,
	OUT kind pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_delivery_issues'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 8;
COMMENT ON FUNCTION smsengage.delivery_issues() IS
'The eight delivery issues of Intercom''s outbound SMS report; columns as in the view delivery_issue_reason';

CREATE FUNCTION smsengage.delivery_issue(provider pg_catalog.text, reason pg_catalog.text,
	OUT issue pg_catalog.text, OUT meaning pg_catalog.text, OUT possible_fix pg_catalog.text,
	OUT retryable pg_catalog.bool)
	AS 'MODULE_PATHNAME', 'sms_delivery_issue'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.delivery_issue(pg_catalog.text, pg_catalog.text) IS
'The delivery issue behind a reason: Intercom''s text (straight or curly quotes, any case, with or without full stop), or a code or the name of a code of the provider. A number that is both an error and a status is taken for the error; the form with four arguments tells them apart. All columns NULL if there is none.';

CREATE FUNCTION smsengage.delivery_issue(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.text,
	OUT issue pg_catalog.text, OUT meaning pg_catalog.text, OUT possible_fix pg_catalog.text,
	OUT retryable pg_catalog.bool)
	AS 'MODULE_PATHNAME', 'sms_delivery_issue_of_code'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.delivery_issue(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
'The delivery issue behind a code of exactly this event class and group; all columns NULL if there is none';

CREATE VIEW smsengage.delivery_issue_reason AS
	SELECT i.issue_no, i.issue, i.meaning, i.possible_fix, i.retryable, i.kind
	FROM smsengage.delivery_issues() AS i;
COMMENT ON VIEW smsengage.delivery_issue_reason IS
'The eight reasons of Intercom''s delivery issue report, to which the failure codes of every provider are mapped';
COMMENT ON COLUMN smsengage.delivery_issue_reason.issue_no IS 'number of the issue, in the order of Intercom''s page';
COMMENT ON COLUMN smsengage.delivery_issue_reason.issue IS 'Intercom''s text';
COMMENT ON COLUMN smsengage.delivery_issue_reason.meaning IS 'what it means';
COMMENT ON COLUMN smsengage.delivery_issue_reason.possible_fix IS 'what can be done about it';
COMMENT ON COLUMN smsengage.delivery_issue_reason.retryable IS 'true if the same message to the same number may arrive at another time';
COMMENT ON COLUMN smsengage.delivery_issue_reason.kind IS 'bad_number, content, rate, unreachable, opt_out, temporary, country or account';

GRANT SELECT ON smsengage.delivery_issue_reason TO PUBLIC;
