-- What is not let in: people who were forgotten, events that are too old.

CREATE FUNCTION smsengage_internal.admitted(batch smsengage.parsed_batch)
RETURNS smsengage.parsed_batch
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	secret text := (SELECT s.secret FROM smsengage.store_secret s);
	default_horizon timestamptz := coalesce((SELECT r.horizon FROM smsengage.retention r WHERE r.account = '*'), '-infinity');
	identities uuid[] := ARRAY(SELECT i.digest FROM smsengage_internal.batch_identities(batch) i);
	known bigint[];
	keys bigint[];
BEGIN
	-- an event without a clock comes again under a later time, but its identity
	-- stays behind: its person must not be numbered anew
	known := ARRAY(SELECT ('x' || translate(left(k.digest::text, 18), '-', ''))::bit(64)::bigint
				   FROM smsengage.event_identity k WHERE k.digest = ANY (identities));
	WITH subject AS MATERIALIZED (
		SELECT b.* FROM smsengage_internal.batch_subjects(batch) b
	)
	SELECT array_agg(b.event_key) INTO keys
	FROM subject b
	LEFT JOIN smsengage.retention r ON r.account = b.account
	WHERE b.event_time < coalesce(r.horizon, default_horizon)
		OR EXISTS (SELECT FROM smsengage.forgotten f
				   WHERE (f.until >= b.event_time OR b.event_key = ANY (known))
					   AND f.digest IN (smsengage_internal.content_digest(secret, 'recipient', b.recipient),
										smsengage_internal.content_digest(secret, 'individual', b.scope, b.individual_id)));
	IF keys IS NULL THEN
		RETURN batch;
	END IF;
	RETURN smsengage_internal.batch_without(batch, keys);
END
$$;
COMMENT ON FUNCTION smsengage_internal.admitted(smsengage.parsed_batch) IS 'The batch without events of people who were forgotten and events older than what is kept. Used by ingest_batch().';

CREATE FUNCTION smsengage_internal.forgotten_pieces(batch smsengage.parsed_batch, account text)
RETURNS uuid[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	secret text := (SELECT s.secret FROM smsengage.store_secret s);
BEGIN
	RETURN ARRAY(
		SELECT r.digest FROM smsengage_internal.batch_pieces(batch, account) r
		WHERE EXISTS (SELECT FROM smsengage.forgotten f WHERE f.digest = smsengage_internal.content_digest(secret, 'piece', r.digest::text)));
END
$$;
COMMENT ON FUNCTION smsengage_internal.forgotten_pieces(smsengage.parsed_batch, text) IS 'Digests of those of the batch''s rejected and ignored pieces that forget() erased before: they are not kept again. Used by ingest_batch().';
