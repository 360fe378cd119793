-- Ingestion: one payload, parsed once, stored in a handful of commands. Each
-- command has its own snapshot, so that what a concurrent session wrote
-- meanwhile (a person, a partition, an event) is seen by the next one.

CREATE FUNCTION smsengage_internal.store_notes(batch smsengage.parsed_batch, stored bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.field_note AS f (provider, account, path, reason, events, first_seen, last_seen)
	SELECT n.provider, n.account, n.path, n.reason, count(*), now(), now()
	FROM smsengage_internal.batch_notes(batch, stored) n
	GROUP BY n.provider, n.account, n.path, n.reason
	ORDER BY n.account COLLATE "C", n.provider COLLATE "C", n.path COLLATE "C", n.reason COLLATE "C"
	ON CONFLICT (account, provider, path, reason) DO UPDATE SET
		events = f.events + excluded.events,
		last_seen = greatest(f.last_seen, excluded.last_seen);
END
$$;
COMMENT ON FUNCTION smsengage_internal.store_notes(smsengage.parsed_batch, bigint[]) IS 'Counts in field_note what could not be read of the events that were stored. Used by ingest_batch().';

CREATE FUNCTION smsengage_internal.ingest_batch(batch smsengage.parsed_batch, given_account text, limited boolean DEFAULT smsengage_internal.caller_is_limited(),
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- expressions, where a query would cost as much as a whole event
	filtered boolean := smsengage_internal.begin_ingest(batch);
	confined boolean := coalesce(limited, smsengage_internal.caller_is_limited());
	counts record;
	months date[];
	stored bigint[];
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		PERFORM smsengage_internal.check_erasure();
	END IF;
	IF filtered THEN
		batch := smsengage_internal.admitted(batch);
	END IF;
	counts := smsengage_internal.batch_counts(batch);
	rejected := counts.rejected;
	ignored := counts.ignored;
	accepted := 0;
	duplicate := counts.repeated;
	IF rejected + ignored > 0 THEN
		PERFORM smsengage_internal.store_rejects(batch, given_account, limited);
	END IF;
	IF counts.events = 0 THEN
		RETURN;
	END IF;

	months := smsengage_internal.batch_missing_months(batch);
	IF months IS NOT NULL THEN
		PERFORM smsengage_internal.make_months(months, confined);
	END IF;

	stored := coalesce(smsengage_internal.insert_batch(batch, confined), smsengage_internal.insert_by_sql(batch, confined));
	accepted := cardinality(stored);
	duplicate := duplicate + counts.events - accepted;
	IF duplicate > 0 THEN
		PERFORM smsengage_internal.note_content_drift(batch);
	END IF;
	IF accepted = 0 THEN
		RETURN;
	END IF;
	IF counts.notes > 0 THEN
		PERFORM smsengage_internal.store_notes(batch, stored);
	END IF;
	IF counts.links > 0 THEN
		PERFORM smsengage_internal.add_links(min(c.event_time), max(c.event_time), array_agg(c.event_key))
		FROM smsengage_internal.batch_copies(batch) c
		WHERE c.event_type = 'LINK' AND c.event_key = ANY (stored)
		HAVING count(*) > 0;
	END IF;
	IF smsengage_internal.batch_has_effects(batch) THEN
		PERFORM smsengage_internal.store_effects(ARRAY(SELECT e FROM smsengage_internal.batch_effects(batch, stored) e));
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.ingest_batch(smsengage.parsed_batch, text, boolean) IS 'Stores a batch in the caller''s transaction; limited: within all limits of the table store_limit; NULL: what is tried again, so that no piece of it is lost. Used by ingest().';

CREATE FUNCTION smsengage.ingest(provider text, payload text, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_ingest_text' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.ingest(text, text, text) IS 'Stores what a provider POSTed: an object, an array, or several of them one after the other. Returns how many events were new, were known, were not understood (see rejected_event) and are no engagement (see provider_notice). account fills a missing one; an event that names another is rejected, also where it is the empty one (NULL: none is given). Repeating a payload changes nothing. Of more than a million events in one payload the rest is rejected as one. Raises 22023 for an unknown provider, 22004 for NULL, 54000 for a payload that memory has no room for (some hundred megabytes); never for what the payload says.';

CREATE FUNCTION smsengage.ingest(provider text, payload bytea, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_ingest_bytea' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.ingest(text, bytea, text) IS 'The same for the raw bytes of a request; bytes that are not UTF-8 cost the event they are in, not the others.';

CREATE FUNCTION smsengage.ingest(provider text, payload json, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT i.* INTO accepted, duplicate, rejected, ignored
	FROM smsengage.ingest(provider, payload::text, account) i;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, json, text) IS 'The same for a value of type json.';

CREATE FUNCTION smsengage.ingest(provider text, payload jsonb, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT i.* INTO accepted, duplicate, rejected, ignored
	FROM smsengage.ingest(provider, payload::text, account) i;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, jsonb, text) IS 'The same for a value of type jsonb, whose members are no longer as they were written.';
