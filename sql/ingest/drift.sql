-- What a later copy of a stored event says otherwise.

CREATE FUNCTION smsengage_internal.note_content_drift(batch smsengage.parsed_batch)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	arrival timestamptz := now();
BEGIN
	-- An event whose identity has no time was stored under the first one.  What
	-- comes from the batch is materialised, as a cluster cannot send a batch.
	WITH copy AS MATERIALIZED (
		SELECT c.* FROM smsengage_internal.batch_copies(batch) c
	), identity AS MATERIALIZED (
		SELECT b.digest FROM smsengage_internal.batch_identities(batch) b
	), timeless AS MATERIALIZED (
		SELECT ('x' || translate(left(i.digest::text, 18), '-', ''))::bit(64)::bigint AS event_key, i.event_time
		FROM identity b
		JOIN smsengage.event_identity i ON i.digest = b.digest
	), placed AS MATERIALIZED (
		SELECT c.*, coalesce(t.event_time, c.event_time) AS stored_time
		FROM copy c
		LEFT JOIN timeless t ON t.event_key = c.event_key
	), compared AS (
		SELECT e.event_time, e.event_key, e.provider, e.account, concat_ws(', ',
			-- arrivals differ, and so does EngageLab's time of a reply, that of the callback
			CASE WHEN c.event_time <> e.event_time AND e.time_source IS NULL AND e.provider <> 'engagelab' THEN 'event_time' END,
			CASE WHEN c.sent_time IS DISTINCT FROM e.sent_time THEN 'sent_time' END,
			CASE WHEN c.part IS DISTINCT FROM e.part THEN 'part' END,
			CASE WHEN c.parts IS DISTINCT FROM e.parts THEN 'parts' END,
			CASE WHEN c.status_class IS DISTINCT FROM e.status_class THEN 'status_class' END,
			CASE WHEN c.error_permanent IS DISTINCT FROM e.error_permanent THEN 'error_permanent' END,
			CASE WHEN c.event_type IS DISTINCT FROM e.event_type THEN 'event_type' END,
			CASE WHEN c.event_id IS DISTINCT FROM e.event_id THEN 'event_id' END,
			CASE WHEN c.message_id IS DISTINCT FROM e.message_id THEN 'message_id' END,
			CASE WHEN c.bulk_message IS DISTINCT FROM e.bulk_message THEN 'bulk_message' END,
			CASE WHEN c.template IS DISTINCT FROM e.template THEN 'template' END,
			CASE WHEN c.channel IS DISTINCT FROM e.channel THEN 'channel' END,
			CASE WHEN c.individual_id IS DISTINCT FROM e.individual_id THEN 'individual_id' END,
			CASE WHEN c.recipient IS DISTINCT FROM e.recipient THEN 'recipient' END,
			CASE WHEN c.sender_id IS DISTINCT FROM e.sender_id THEN 'sender_id' END,
			CASE WHEN c.keyword IS DISTINCT FROM e.keyword THEN 'keyword' END,
			CASE WHEN c.message_text IS DISTINCT FROM e.message_text THEN 'message_text' END,
			CASE WHEN c.unsubscribe_source IS DISTINCT FROM e.unsubscribe_source THEN 'unsubscribe_source' END,
			CASE WHEN c.unsubscribe_reason IS DISTINCT FROM e.unsubscribe_reason THEN 'unsubscribe_reason' END,
			CASE WHEN c.link_name IS DISTINCT FROM e.link_name THEN 'link_name' END,
			CASE WHEN c.link_url IS DISTINCT FROM e.link_url THEN 'link_url' END,
			CASE WHEN c.resolved_url IS DISTINCT FROM e.resolved_url THEN 'resolved_url' END,
			CASE WHEN c.user_agent IS DISTINCT FROM e.user_agent THEN 'user_agent' END,
			CASE WHEN c.device_type IS DISTINCT FROM e.device_type THEN 'device_type' END,
			CASE WHEN c.os IS DISTINCT FROM e.os THEN 'os' END,
			CASE WHEN c.device_name IS DISTINCT FROM e.device_name THEN 'device_name' END,
			CASE WHEN c.status_code IS DISTINCT FROM e.status_code THEN 'status_code' END,
			CASE WHEN c.status_name IS DISTINCT FROM e.status_name THEN 'status_name' END,
			CASE WHEN c.error_code IS DISTINCT FROM e.error_code THEN 'error_code' END,
			CASE WHEN c.error_text IS DISTINCT FROM e.error_text THEN 'error_text' END,
			CASE WHEN c.price IS DISTINCT FROM e.price THEN 'price' END,
			CASE WHEN c.price_currency IS DISTINCT FROM e.price_currency THEN 'price_currency' END,
			CASE WHEN c.callback_data IS DISTINCT FROM e.callback_data THEN 'callback_data' END) AS columns
		FROM placed c
		JOIN smsengage.event e ON e.event_time = c.stored_time AND e.event_key = c.event_key
	)
	INSERT INTO smsengage.content_drift (event_time, event_key, received_at, provider, account, columns)
	SELECT d.event_time, d.event_key, arrival, min(d.provider), min(d.account), min(d.columns)
	FROM compared d
	WHERE d.columns <> ''
	GROUP BY d.event_time, d.event_key
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.note_content_drift(smsengage.parsed_batch) IS 'Notes in content_drift which events of the batch are stored with other content; extra, and what a redelivery changes anyway, is not compared. Used by ingest().';
