-- The subcategory of a report.

CREATE FUNCTION smsengage.status_subcategory(provider text, status_class smallint, status_code text, error_code text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_status_subcategory_of_report' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.status_subcategory(text, smallint, text, text) IS 'EngageLab''s subcategory of a report: one of eight if it was not sent, of ten if it could not be delivered; NULL otherwise. The arguments are columns of event.';

CREATE FUNCTION smsengage_internal.event_subcategory(provider text, status_class smallint, status_code text, status_name text, error_code text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- log_not_sent() says it by name
	SELECT CASE WHEN provider OPERATOR(pg_catalog.=) 'native' AND status_class OPERATOR(pg_catalog.=) :CLASS_NOT_SENT:::smallint
			AND status_name IN ('Global block', 'Partial block', 'Unsubscribe', 'Keyword block', 'Variable error', 'Content error', 'Frequency overrun')
		THEN status_name ELSE smsengage.status_subcategory(provider, status_class, status_code, error_code) END;
END;
COMMENT ON FUNCTION smsengage_internal.event_subcategory(text, smallint, text, text, text) IS 'status_subcategory() of a stored event, or the name that log_not_sent() gave it. Used by sms_status and block_report().';
