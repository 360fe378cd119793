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
			:each event_columns compared=COMPARED: CASE WHEN c.:name: IS DISTINCT FROM e.:name: THEN ':name:' END
			) AS columns
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
