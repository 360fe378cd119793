-- Ingestion: one payload, parsed once, stored in a handful of commands.
--
-- Each command has its own snapshot, so that what a concurrent session wrote
-- meanwhile (a person, a partition, an event) is seen by the next one.

CREATE FUNCTION smsengage.event_home(event_key bigint)
RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.lpad(pg_catalog.to_hex(event_key), 32, '0')::pg_catalog.uuid;
END;
COMMENT ON FUNCTION smsengage.event_home(bigint) IS 'The message key of an event without a message in a distributed store, where every event lies by one: 16 zeros and event_key. No message has such a key. Used by ingestion and distribute_store().';

CREATE FUNCTION smsengage.add_people(scopes text[], ids text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.cluster_place() = 'worker' THEN
		PERFORM smsengage.ask_coordinator(format('SELECT smsengage.add_people(%L, %L)', scopes, ids));
		RETURN;
	END IF;
	INSERT INTO smsengage.individual (scope, individual_id)
	SELECT p.scope, p.id
	FROM unnest(scopes, ids) p(scope, id)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.add_people(text[], text[]) IS 'Numbers people who are not known; in a cluster, by the coordinator''s sequence. Used by ingestion.';

CREATE FUNCTION smsengage.begin_ingest(batch smsengage.parsed_batch)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_begin_ingest' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION smsengage.begin_ingest(smsengage.parsed_batch) IS 'Holds off forget() until the end of the transaction, or waits for it, and returns whether admitted() has to look at the batch: whether it has an event that is no newer than the latest erasure or horizon, or has no clock. Raises 42P01 if there is no store. Used by ingest_batch().';

CREATE FUNCTION smsengage.insert_batch(batch smsengage.parsed_batch, identities uuid[], limited boolean DEFAULT smsengage.caller_is_limited())
RETURNS bigint[]
AS 'MODULE_PATHNAME', 'sms_insert_batch' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.insert_batch(smsengage.parsed_batch, uuid[], boolean) IS 'Stores those of the batch''s events that event has not, and what follows from them: people, messages, contact points, tallies and outcomes, page by page as COPY does. Returns the keys of the new events; identities are those of batch_identities() that were new. NULL, and nothing is stored, where SQL must do it: on a cluster, above READ COMMITTED, where policies, rules, triggers, other columns, types or defaults, children or missing rights have a say, and where another session writes one of the rows at this moment, or a unique index of the owner''s has one like it. Used by ingest_batch().';

CREATE FUNCTION smsengage.ingest_directly(batch smsengage.parsed_batch, OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_ingest_directly' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.ingest_directly(smsengage.parsed_batch) IS 'What ingest_batch() does, but for noting what differs from a known event, if insert_batch() can do all of it: nothing was rejected or ignored, begin_ingest() wants no look at who was forgotten and what is too old, and the events change no consent, block or link. All counts are NULL, and nothing is stored, where that is not so. Used by ingest().';

CREATE FUNCTION smsengage.insert_by_sql(batch smsengage.parsed_batch, identities uuid[], limited boolean DEFAULT smsengage.caller_is_limited())
RETURNS bigint[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- plans are made once for the session, whatever the batch: made while tables
-- are small, they must do when these have grown
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	distributed boolean := smsengage.store_is_distributed();
	counts record := smsengage.batch_counts(batch);
	people bigint[];
	stored bigint[];
	met bigint[];
	recipients text[];
	accounts text[];
	days date[];
BEGIN
	IF distributed THEN
		-- a cluster plans for the values it gets
		PERFORM set_config('plan_cache_mode', 'auto', true);
	END IF;
	IF counts.people > 0 THEN
		SELECT array_agg((SELECT i.individual_no FROM smsengage.individual i
						  WHERE i.scope = p.scope AND i.individual_id = p.individual_id)
						 ORDER BY p.person_no) INTO people
		FROM smsengage.batch_people(batch) p;
		IF array_position(people, NULL) IS NOT NULL THEN
			-- a number is drawn only for who is not known; the loser of a race sees the winner's
			PERFORM smsengage.add_people(array_agg(p.scope ORDER BY p.person_no), array_agg(p.individual_id ORDER BY p.person_no))
			FROM smsengage.batch_people(batch) p
			WHERE people[p.person_no] IS NULL;
			SELECT array_agg(coalesce(people[p.person_no],
									  (SELECT i.individual_no FROM smsengage.individual i
									   WHERE i.scope = p.scope AND i.individual_id = p.individual_id))
							 ORDER BY p.person_no) INTO people
			FROM smsengage.batch_people(batch) p;
			IF array_position(people, NULL) IS NOT NULL THEN
				RAISE EXCEPTION USING ERRCODE = 'serialization_failure',
					MESSAGE = 'people were added whom this transaction cannot see',
					HINT = 'Repeat the transaction.';
			END IF;
		END IF;
	END IF;

	WITH fresh AS (
		INSERT INTO smsengage.event (
			event_time, event_key, individual_no, created_time, received_at, sent_time, message_key, part, parts,
			status_class, error_permanent, provider, event_type, time_source, account, event_id, message_id, bulk_message,
			template, channel, individual_id, recipient, sender_id, keyword, message_text, unsubscribe_source,
			unsubscribe_reason, link_name, link_url, resolved_url, user_agent, device_type, os, device_name, status_code,
			status_name, error_code, error_text, price, price_currency, callback_data, extra)
		SELECT e.event_time, e.event_key, e.individual_no, e.created_time, e.received_at, e.sent_time,
			-- a cluster puts an event where its message is, and one without beside none
			CASE WHEN distributed THEN coalesce(e.message_key, smsengage.event_home(e.event_key)) ELSE e.message_key END,
			e.part, e.parts, e.status_class, e.error_permanent, e.provider, e.event_type, e.time_source, e.account, e.event_id,
			e.message_id, e.bulk_message, e.template, e.channel, e.individual_id, e.recipient, e.sender_id, e.keyword,
			e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.link_name, e.link_url, e.resolved_url, e.user_agent,
			e.device_type, e.os, e.device_name, e.status_code, e.status_name, e.error_code, e.error_text, e.price,
			e.price_currency, e.callback_data, e.extra
		FROM smsengage.batch_events(batch, people, identities) e
		ON CONFLICT DO NOTHING
		RETURNING event_key
	)
	SELECT coalesce(array_agg(f.event_key), '{}') INTO stored FROM fresh f;
	IF stored = '{}' THEN
		RETURN stored;
	END IF;
	PERFORM smsengage.store_messages(batch, people, stored);

	IF counts.named > 0 THEN
		SELECT array_agg(b.individual_no), array_agg(b.account), array_agg(b.recipient), array_agg(b.last_day)
		INTO met, accounts, recipients, days
		FROM smsengage.batch_contacts(batch, people, stored) b;
		-- mostly known already, and a row that is not touched needs no lock; one
		-- look into the index for each, as a join might read all of it
		IF NOT distributed THEN
			SELECT array_agg(m.no), array_agg(m.account), array_agg(m.recipient), array_agg(m.last_day)
			INTO met, accounts, recipients, days
			FROM unnest(met, accounts, recipients, days) m(no, account, recipient, last_day)
			WHERE (SELECT k.last_day >= m.last_day FROM smsengage.contact_point k
				   WHERE k.individual_no = m.no AND k.account = m.account AND k.recipient = m.recipient) IS NOT TRUE;
		END IF;
		IF met IS NOT NULL THEN
			INSERT INTO smsengage.contact_point AS c (individual_no, account, recipient, last_day)
			SELECT m.no, m.account, m.recipient, m.last_day
			FROM unnest(met, accounts, recipients, days) m(no, account, recipient, last_day)
			ON CONFLICT (account, recipient, individual_no) DO UPDATE SET last_day = excluded.last_day
				WHERE c.last_day < excluded.last_day;
		END IF;
	END IF;
	PERFORM smsengage.add_tallies(batch, people, stored, limited);
	RETURN stored;
END
$$;
COMMENT ON FUNCTION smsengage.insert_by_sql(smsengage.parsed_batch, uuid[], boolean) IS 'What insert_batch() does, by commands that go wherever the store is and whoever else writes. Each has its own snapshot. Raises 40001 in a transaction that cannot see whom another has added. Used by ingest_batch().';

CREATE FUNCTION smsengage.store_rejects(batch smsengage.parsed_batch, account text, limited boolean DEFAULT smsengage.caller_is_limited())
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
		erased := smsengage.forgotten_pieces(batch, account);
	END IF;
	-- what is tried again was kept before
	IF limited IS NOT NULL THEN
		most := smsengage.limit_of('rejected_bytes', limited);
	END IF;
	IF most IS NOT NULL THEN
		last := smsengage.last_reject(batch, account, erased, most);
	END IF;
	INSERT INTO smsengage.rejected_event (digest, received_at, provider, account, reason, payload, payload_bytes, event_type, account_given, limited)
	SELECT DISTINCT ON (r.digest) r.digest, now(), r.provider, coalesce(store_rejects.account, ''), r.reason, r.payload, r.payload_bytes, r.event_type, store_rejects.account IS NOT NULL, smsengage.by_limited_caller()
	FROM smsengage.batch_rejects(batch, store_rejects.account) r
	WHERE r.outcome = 'rejected' AND r.digest <> ALL (erased) AND r.digest <= last
	ORDER BY r.digest
	ON CONFLICT (digest) DO UPDATE SET limited = false WHERE rejected_event.limited AND NOT excluded.limited;
	INSERT INTO smsengage.provider_notice (digest, received_at, provider, account, reason, payload, payload_bytes)
	SELECT r.digest, now(), r.provider, coalesce(store_rejects.account, ''), r.reason, r.payload, r.payload_bytes
	FROM smsengage.batch_rejects(batch, store_rejects.account) r
	WHERE r.outcome = 'ignored' AND r.digest <> ALL (erased) AND r.digest <= last
	ORDER BY r.digest
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.store_rejects(smsengage.parsed_batch, text, boolean) IS 'Keeps what the batch rejected and ignored, but for what forget() erased before and what is beyond the limit rejected_bytes. Used by ingest_batch().';

CREATE FUNCTION smsengage.store_notes(batch smsengage.parsed_batch, stored bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.field_note AS f (provider, account, path, reason, events, first_seen, last_seen)
	SELECT n.provider, n.account, n.path, n.reason, count(*), now(), now()
	FROM smsengage.batch_notes(batch, stored) n
	GROUP BY n.provider, n.account, n.path, n.reason
	ORDER BY n.account COLLATE "C", n.provider COLLATE "C", n.path COLLATE "C", n.reason COLLATE "C"
	ON CONFLICT (account, provider, path, reason) DO UPDATE SET
		events = f.events + excluded.events,
		last_seen = greatest(f.last_seen, excluded.last_seen);
END
$$;
COMMENT ON FUNCTION smsengage.store_notes(smsengage.parsed_batch, bigint[]) IS 'Counts in field_note what could not be read of the events that were stored. Used by ingest_batch().';

CREATE FUNCTION smsengage.ingest_batch(batch smsengage.parsed_batch, given_account text, limited boolean DEFAULT smsengage.caller_is_limited(),
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- expressions, where a query would cost as much as a whole event
	filtered boolean := smsengage.begin_ingest(batch);
	confined boolean := coalesce(limited, smsengage.caller_is_limited());
	counts record;
	months date[];
	identities uuid[];
	stored bigint[];
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		PERFORM smsengage.see_erasure();
	END IF;
	IF filtered THEN
		batch := smsengage.admitted(batch);
	END IF;
	counts := smsengage.batch_counts(batch);
	rejected := counts.rejected;
	ignored := counts.ignored;
	accepted := 0;
	duplicate := counts.repeated;
	IF rejected + ignored > 0 THEN
		PERFORM smsengage.store_rejects(batch, given_account, limited);
	END IF;
	IF counts.events = 0 THEN
		RETURN;
	END IF;

	months := smsengage.batch_missing_months(batch);
	IF months IS NOT NULL THEN
		PERFORM smsengage.make_months(months, confined);
	END IF;
	IF counts.timeless > 0 THEN
		WITH fresh AS (
			INSERT INTO smsengage.event_identity (digest, event_time)
			SELECT i.digest, i.event_time FROM smsengage.batch_identities(batch) i ORDER BY i.digest
			ON CONFLICT DO NOTHING
			RETURNING digest
		)
		SELECT array_agg(f.digest) INTO identities FROM fresh f;
	END IF;

	stored := coalesce(smsengage.insert_batch(batch, identities, confined), smsengage.insert_by_sql(batch, identities, confined));
	accepted := cardinality(stored);
	duplicate := duplicate + counts.events - accepted;
	IF duplicate > 0 THEN
		PERFORM smsengage.note_content_drift(batch);
	END IF;
	IF accepted = 0 THEN
		RETURN;
	END IF;
	IF counts.notes > 0 THEN
		PERFORM smsengage.store_notes(batch, stored);
	END IF;
	IF counts.links > 0 THEN
		PERFORM smsengage.add_links(min(c.event_time), max(c.event_time), array_agg(c.event_key))
		FROM smsengage.batch_copies(batch) c
		WHERE c.event_type = 'LINK' AND c.event_key = ANY (stored)
		HAVING count(*) > 0;
	END IF;
	IF smsengage.batch_has_effects(batch) THEN
		PERFORM smsengage.store_effects(ARRAY(SELECT e FROM smsengage.batch_effects(batch, stored) e));
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.ingest_batch(smsengage.parsed_batch, text, boolean) IS 'Stores a batch in the caller''s transaction; limited: within all limits of the table store_limit; NULL: what is tried again, so that no piece of it is lost. Used by ingest().';

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
