-- Events and what follows from them: by pages, or by SQL.

CREATE FUNCTION smsengage_internal.add_people(scopes text[], ids text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage_internal.cluster_place() = 'worker' THEN
		PERFORM smsengage_internal.ask_coordinator(format('SELECT smsengage_internal.add_people(%L, %L)', scopes, ids));
		RETURN;
	END IF;
	INSERT INTO smsengage.individual (scope, individual_id)
	SELECT p.scope, p.id
	FROM unnest(scopes, ids) p(scope, id)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.add_people(text[], text[]) IS 'Numbers people who are not known; in a cluster, by the coordinator''s sequence. Used by ingestion.';

CREATE FUNCTION smsengage_internal.begin_ingest(batch smsengage.parsed_batch)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_begin_ingest' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION smsengage_internal.begin_ingest(smsengage.parsed_batch) IS 'Holds off forget() until the end of the transaction, or waits for it, and returns whether admitted() has to look at the batch: whether it has an event that is no newer than the latest erasure or horizon, or whose identity has no time and is known. Raises 42P01 if there is no store. Used by ingest_batch().';

CREATE FUNCTION smsengage_internal.insert_batch(batch smsengage.parsed_batch, limited boolean DEFAULT smsengage_internal.caller_is_limited())
RETURNS bigint[]
AS 'MODULE_PATHNAME', 'sms_insert_batch' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage_internal.insert_batch(smsengage.parsed_batch, boolean) IS 'Stores those of the batch''s events that event has not, and what follows from them: identities, people, messages, contact points, tallies and outcomes, page by page as COPY does. Returns the keys of the new events. NULL, and nothing is stored, where SQL must do it: on a cluster, with smsengage.direct off, above READ COMMITTED, where policies, rules, triggers, other columns, types or defaults, children or missing rights have a say, and where another session writes one of the rows at this moment, or a unique index of the owner''s has one like it. Used by ingest_batch().';

CREATE FUNCTION smsengage_internal.number_people(batch smsengage.parsed_batch)
RETURNS bigint[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	people bigint[];
BEGIN
	SELECT array_agg((SELECT i.individual_no FROM smsengage.individual i
					  WHERE i.scope = p.scope AND i.individual_id = p.individual_id)
					 ORDER BY p.person_no) INTO people
	FROM smsengage_internal.batch_people(batch) p;
	IF array_position(people, NULL) IS NOT NULL THEN
		-- a number is drawn only for who is not known; the loser of a race sees the winner's
		PERFORM smsengage_internal.add_people(array_agg(p.scope ORDER BY p.person_no), array_agg(p.individual_id ORDER BY p.person_no))
		FROM smsengage_internal.batch_people(batch) p
		WHERE people[p.person_no] IS NULL;
		SELECT array_agg(coalesce(people[p.person_no],
								  (SELECT i.individual_no FROM smsengage.individual i
								   WHERE i.scope = p.scope AND i.individual_id = p.individual_id))
						 ORDER BY p.person_no) INTO people
		FROM smsengage_internal.batch_people(batch) p;
		IF array_position(people, NULL) IS NOT NULL THEN
			RAISE EXCEPTION USING ERRCODE = 'serialization_failure',
				MESSAGE = 'people were added whom this transaction cannot see',
				HINT = 'Repeat the transaction.';
		END IF;
	END IF;
	RETURN people;
END
$$;
COMMENT ON FUNCTION smsengage_internal.number_people(smsengage.parsed_batch) IS 'The numbers of the people of a batch, in the order of batch_people(); people who are not known get one. Used by insert_by_sql().';

CREATE FUNCTION smsengage_internal.insert_by_sql(batch smsengage.parsed_batch, limited boolean DEFAULT smsengage_internal.caller_is_limited())
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
	distributed boolean := smsengage_internal.store_is_distributed();
	counts record := smsengage_internal.batch_counts(batch);
	identities uuid[];
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
	IF counts.timeless > 0 THEN
		WITH fresh AS (
			INSERT INTO smsengage.event_identity (digest, event_time)
			SELECT i.digest, i.event_time FROM smsengage_internal.batch_identities(batch) i ORDER BY i.digest
			ON CONFLICT DO NOTHING
			RETURNING digest
		)
		SELECT array_agg(f.digest) INTO identities FROM fresh f;
	END IF;
	IF counts.people > 0 THEN
		people := smsengage_internal.number_people(batch);
	END IF;

	WITH fresh AS (
		INSERT INTO smsengage.event (
			:list event_columns: :name:
		)
		SELECT
			:list event_columns ..sent_time: e.:name:,
			-- a cluster puts an event where its message is, and one without beside none
			CASE WHEN distributed THEN coalesce(e.message_key, smsengage_internal.event_home(e.event_key)) ELSE e.message_key END,
			:list event_columns part..: e.:name:
		FROM smsengage_internal.batch_events(batch, people, identities) e
		ON CONFLICT DO NOTHING
		RETURNING event_key
	)
	SELECT coalesce(array_agg(f.event_key), '{}') INTO stored FROM fresh f;
	IF stored = '{}' THEN
		RETURN stored;
	END IF;
	PERFORM smsengage_internal.store_messages(batch, people, stored);

	IF counts.named > 0 THEN
		SELECT array_agg(b.individual_no), array_agg(b.account), array_agg(b.recipient), array_agg(b.last_day)
		INTO met, accounts, recipients, days
		FROM smsengage_internal.batch_contacts(batch, people, stored) b;
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
	PERFORM smsengage_internal.add_tallies(batch, people, stored, limited);
	RETURN stored;
END
$$;
COMMENT ON FUNCTION smsengage_internal.insert_by_sql(smsengage.parsed_batch, boolean) IS 'What insert_batch() does, by commands that go wherever the store is and whoever else writes. Each has its own snapshot. Raises 40001 in a transaction that cannot see whom another has added. Used by ingest_batch().';
