-- What was not understood, and what is no engagement.

CREATE FUNCTION smsengage_internal.store_rejects(batch smsengage.parsed_batch, account text, limited boolean DEFAULT smsengage_internal.caller_is_limited())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most bigint;
	erased uuid[] := '{}';
	last uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
BEGIN
	IF EXISTS (SELECT FROM smsengage.forgotten) THEN
		erased := smsengage_internal.forgotten_pieces(batch, account);
	END IF;
	-- what is tried again was kept before
	IF limited IS NOT NULL THEN
		most := smsengage_internal.limit_of('rejected_bytes', limited);
	END IF;
	IF most IS NOT NULL THEN
		last := smsengage_internal.last_reject(batch, account, erased, most);
	END IF;
	INSERT INTO smsengage.rejected_event (digest, received_at, provider, account, reason, payload, payload_bytes, event_type, account_given, limited)
	SELECT DISTINCT ON (r.digest) r.digest, now(), r.provider, coalesce(store_rejects.account, ''), r.reason, r.payload, r.payload_bytes, r.event_type, store_rejects.account IS NOT NULL, smsengage_internal.by_limited_caller()
	FROM smsengage_internal.batch_pieces(batch, store_rejects.account) r
	WHERE r.outcome = 'rejected' AND r.digest <> ALL (erased) AND r.digest <= last
	ORDER BY r.digest
	ON CONFLICT (digest) DO UPDATE SET limited = false WHERE rejected_event.limited AND NOT excluded.limited;
	INSERT INTO smsengage.provider_notice (digest, received_at, provider, account, reason, payload, payload_bytes)
	SELECT r.digest, now(), r.provider, coalesce(store_rejects.account, ''), r.reason, r.payload, r.payload_bytes
	FROM smsengage_internal.batch_pieces(batch, store_rejects.account) r
	WHERE r.outcome = 'ignored' AND r.digest <> ALL (erased) AND r.digest <= last
	ORDER BY r.digest
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.store_rejects(smsengage.parsed_batch, text, boolean) IS 'Keeps what the batch rejected and ignored, but for what forget() erased before and what is beyond the limit rejected_bytes. Used by ingest_batch().';
