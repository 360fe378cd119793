-- What a journey decides by.

CREATE FUNCTION smsengage.journey_status(message_id text, account text DEFAULT NULL)
RETURNS TABLE (status_name text, status_group_name text, decision text, error_name text, sent_at timestamptz,
	done_at timestamptz, seen_at timestamptz, seen text, url text, clicked text)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key uuid := smsengage_internal.content_digest('infobip', coalesce(journey_status.account, ''), journey_status.message_id);
	number text := (SELECT m.recipient FROM smsengage.message m WHERE m.message_key = key);
BEGIN
	-- by the number, as that has an index which reaches into the view
	RETURN QUERY
	SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
	FROM smsengage.journey_report d
	WHERE d.message_key = key::text AND d.recipient = number;
	IF NOT FOUND AND number IS NULL THEN
		RETURN QUERY
		SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
		FROM smsengage.journey_report d
		WHERE d.message_key = key::text AND d.recipient IS NULL;
	END IF;
	IF NOT FOUND AND journey_status.account IS NULL THEN
		RETURN QUERY
		SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
		FROM smsengage.journey_report d
		WHERE d.provider = 'infobip' AND d.message_id = journey_status.message_id;
	END IF;
	IF NOT FOUND THEN
		RETURN QUERY VALUES ('NOT_AVAILABLE', 'NOT_AVAILABLE', 'NOT_AVAILABLE', NULL::text, NULL::timestamptz,
			NULL::timestamptz, NULL::timestamptz, 'NOT_SEEN', 'NOT_CLICKED', 'NOT_CLICKED');
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.journey_status(text, text) IS 'The row of journey_data for a message of Infobip; NOT_AVAILABLE, NOT_SEEN and NOT_CLICKED if no report has arrived. Without an account, a message ingested without one; if there is none, of any account (which reads all messages).';
