\echo Use "ALTER EXTENSION smsengage UPDATE TO '1.1'" to load this file. \quit

DROP FUNCTION smsengage.insert_messages(smsengage.parsed_batch, bigint[], bigint[]);
DROP FUNCTION smsengage.insert_events(smsengage.parsed_batch, bigint[], uuid[]);
COMMENT ON FUNCTION smsengage.add_tallies(smsengage.parsed_batch, bigint[], bigint[]) IS 'Appends what the events with these keys add to the tallies. Used by insert_by_sql().';

CREATE FUNCTION smsengage.begin_ingest(batch smsengage.parsed_batch)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_begin_ingest' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION smsengage.begin_ingest(smsengage.parsed_batch) IS 'Holds off forget() until the end of the transaction, or waits for it, and returns whether admitted() has to look at the batch: whether it has an event that is no newer than the latest erasure or horizon. Raises 42P01 if there is no store. Used by ingest_batch().';

CREATE FUNCTION smsengage.insert_batch(batch smsengage.parsed_batch, identities uuid[])
RETURNS bigint[]
AS 'MODULE_PATHNAME', 'sms_insert_batch' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.insert_batch(smsengage.parsed_batch, uuid[]) IS 'Stores those of the batch''s events that event has not, and what follows from them: people, messages, contact points, tallies and outcomes, page by page as COPY does. Returns the keys of the new events; identities are those of batch_identities() that were new. NULL, and nothing is stored, where SQL must do it: on a cluster, above READ COMMITTED, where policies, rules, triggers, other columns or missing rights have a say, and where another session writes one of the rows at this moment. Used by ingest_batch().';

CREATE FUNCTION smsengage.ingest_directly(batch smsengage.parsed_batch, OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
AS 'MODULE_PATHNAME', 'sms_ingest_directly' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.ingest_directly(smsengage.parsed_batch) IS 'What ingest_batch() does, but for noting what differs from a known event, if insert_batch() can do all of it: nothing was rejected or ignored, begin_ingest() wants no look at who was forgotten and what is too old, and the events change no consent, block or link. All counts are NULL, and nothing is stored, where that is not so. Used by ingest().';

CREATE FUNCTION smsengage.insert_by_sql(batch smsengage.parsed_batch, identities uuid[])
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
		SELECT array_agg(b.individual_no), array_agg(b.recipient), array_agg(b.last_day) INTO met, recipients, days
		FROM smsengage.batch_contacts(batch, people, stored) b;
		-- mostly known already, and a row that is not touched needs no lock; one
		-- look into the index for each, as a join might read all of it
		IF NOT distributed THEN
			SELECT array_agg(m.no), array_agg(m.recipient), array_agg(m.last_day) INTO met, recipients, days
			FROM unnest(met, recipients, days) m(no, recipient, last_day)
			WHERE (SELECT k.last_day >= m.last_day FROM smsengage.contact_point k
				   WHERE k.individual_no = m.no AND k.recipient = m.recipient) IS NOT TRUE;
		END IF;
		IF met IS NOT NULL THEN
			INSERT INTO smsengage.contact_point AS c (individual_no, recipient, last_day)
			SELECT m.no, m.recipient, m.last_day
			FROM unnest(met, recipients, days) m(no, recipient, last_day)
			ON CONFLICT (individual_no, recipient) DO UPDATE SET last_day = excluded.last_day
				WHERE c.last_day < excluded.last_day;
		END IF;
	END IF;
	PERFORM smsengage.add_tallies(batch, people, stored);
	RETURN stored;
END
$$;
COMMENT ON FUNCTION smsengage.insert_by_sql(smsengage.parsed_batch, uuid[]) IS 'What insert_batch() does, by commands that go wherever the store is and whoever else writes. Each has its own snapshot. Raises 40001 in a transaction that cannot see whom another has added. Used by ingest_batch().';

CREATE FUNCTION smsengage.store_rejects(batch smsengage.parsed_batch, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.rejected_event (digest, received_at, provider, account, reason, payload, payload_bytes)
	SELECT r.digest, now(), r.provider, coalesce(store_rejects.account, ''), r.reason, r.payload, r.payload_bytes
	FROM smsengage.batch_rejects(batch, store_rejects.account) r
	WHERE r.outcome = 'rejected'
	ORDER BY r.digest
	ON CONFLICT DO NOTHING;
	INSERT INTO smsengage.provider_notice (digest, received_at, provider, account, reason, payload, payload_bytes)
	SELECT r.digest, now(), r.provider, coalesce(store_rejects.account, ''), r.reason, r.payload, r.payload_bytes
	FROM smsengage.batch_rejects(batch, store_rejects.account) r
	WHERE r.outcome = 'ignored'
	ORDER BY r.digest
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.store_rejects(smsengage.parsed_batch, text) IS 'Keeps what the batch rejected and ignored. Used by ingest_batch().';

CREATE OR REPLACE FUNCTION smsengage.ingest_batch(batch smsengage.parsed_batch, given_account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- expressions, where a query would cost as much as a whole event
	filtered boolean := smsengage.begin_ingest(batch);
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
		PERFORM smsengage.store_rejects(batch, given_account);
	END IF;
	IF counts.events = 0 THEN
		RETURN;
	END IF;

	months := smsengage.batch_missing_months(batch);
	IF months IS NOT NULL THEN
		PERFORM smsengage.make_partition(m) FROM unnest(months) m;
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

	stored := coalesce(smsengage.insert_batch(batch, identities), smsengage.insert_by_sql(batch, identities));
	accepted := cardinality(stored);
	duplicate := duplicate + counts.events - accepted;
	IF duplicate > 0 THEN
		PERFORM smsengage.note_content_drift(batch);
	END IF;
	IF accepted = 0 THEN
		RETURN;
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
COMMENT ON FUNCTION smsengage.ingest_batch(smsengage.parsed_batch, text) IS 'Stores a batch in the caller''s transaction. Used by ingest().';

CREATE OR REPLACE FUNCTION smsengage.ingest(provider text, payload text, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	counts record;
BEGIN
	IF provider IS NULL OR payload IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'provider and payload must not be null';
	END IF;
	-- parsed again where that does not do it: cheaper than a copy, which may be large
	counts := smsengage.ingest_directly(smsengage.batch(provider, payload, account, pg_catalog.now()));
	IF counts.accepted IS NULL THEN
		counts := smsengage.ingest_batch(smsengage.batch(provider, payload, account, pg_catalog.now()), account);
	ELSIF counts.duplicate OPERATOR(pg_catalog.>) 0 THEN
		PERFORM smsengage.note_content_drift(smsengage.batch(provider, payload, account, pg_catalog.now()));
	END IF;
	accepted := counts.accepted;
	duplicate := counts.duplicate;
	rejected := counts.rejected;
	ignored := counts.ignored;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, text, text) IS 'Stores what a provider POSTed: an object, an array, or several of them one after the other. Returns how many events were new, were known, were not understood (see rejected_event) and are no engagement (see provider_notice). account fills a missing one; an event that names another is rejected. Repeating a payload changes nothing. Of more than a million events in one payload the rest is rejected as one. Raises 22023 for an unknown provider, 22004 for NULL, 54000 for a payload that memory has no room for (some hundred megabytes); never for what the payload says.';

CREATE OR REPLACE FUNCTION smsengage.ingest(provider text, payload bytea, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	counts record;
BEGIN
	IF provider IS NULL OR payload IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'provider and payload must not be null';
	END IF;
	-- parsed again where that does not do it: cheaper than a copy, which may be large
	counts := smsengage.ingest_directly(smsengage.batch(provider, payload, account, pg_catalog.now()));
	IF counts.accepted IS NULL THEN
		counts := smsengage.ingest_batch(smsengage.batch(provider, payload, account, pg_catalog.now()), account);
	ELSIF counts.duplicate OPERATOR(pg_catalog.>) 0 THEN
		PERFORM smsengage.note_content_drift(smsengage.batch(provider, payload, account, pg_catalog.now()));
	END IF;
	accepted := counts.accepted;
	duplicate := counts.duplicate;
	rejected := counts.rejected;
	ignored := counts.ignored;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, bytea, text) IS 'The same for the raw bytes of a request; bytes that are not UTF-8 cost the event they are in, not the others.';

CREATE OR REPLACE FUNCTION smsengage.erasure_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.store_secret (
		secret text COLLATE "C" CONSTRAINT store_secret_pkey PRIMARY KEY
	);
	INSERT INTO smsengage.store_secret (secret)
	SELECT gen_random_uuid()::text || gen_random_uuid()::text
	WHERE NOT EXISTS (SELECT FROM smsengage.store_secret);

	CREATE TABLE IF NOT EXISTS smsengage.forgotten (
		digest uuid CONSTRAINT forgotten_pkey PRIMARY KEY,
		until timestamptz NOT NULL
	);
	-- the latest of them is asked for by every ingest()
	CREATE INDEX IF NOT EXISTS forgotten_until_idx ON smsengage.forgotten (until);
	CREATE TABLE IF NOT EXISTS smsengage.forgotten_opt_out (
		digest uuid NOT NULL,
		event_time timestamptz NOT NULL,
		account text COLLATE "C" NOT NULL,
		sender text COLLATE "C" NOT NULL,
		CONSTRAINT forgotten_opt_out_pkey PRIMARY KEY (digest, account, sender)
	);
	CREATE TABLE IF NOT EXISTS smsengage.retention (
		account text COLLATE "C" CONSTRAINT retention_pkey PRIMARY KEY,
		keep interval NOT NULL CONSTRAINT retention_keep_check CHECK (keep >= '1 day'),
		horizon timestamptz NOT NULL DEFAULT '-infinity'
	);
	PERFORM smsengage.describe('smsengage.store_secret', 'Key of the digests that stand for people who were forgotten. Whoever has it can test whether a number is among them.', $c$
		secret: The key, made with the store$c$);
	PERFORM smsengage.describe('smsengage.forgotten', 'Who was forgotten, as keyed digests: events of them up to that time are ignored when they come again.', $c$
		digest: Keyed digest of a number or of a person
		until: Events up to this time are ignored$c$);
	PERFORM smsengage.describe('smsengage.forgotten_opt_out', 'Opt-outs of numbers that were forgotten: they still hold.', $c$
		digest: Keyed digest of the number
		event_time: When the opt-out was
		account: Account it was said to
		sender: Our number it was said to, without plus; empty: every sender of the account$c$);
	PERFORM smsengage.describe('smsengage.retention', 'How long events are kept. Tallies and messages are kept longer: they hold no text.', $c$
		account: Account it holds for; * for those without a row
		keep: How long; maintain() moves the horizon
		horizon: Events before it are gone, and ignored when they come again$c$);
END
$$;
COMMENT ON FUNCTION smsengage.erasure_tables() IS 'Makes the tables of erasure and retention that are missing. Used by migrate().';

CREATE OR REPLACE FUNCTION smsengage.store_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known uuid[];
	fresh uuid[];
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		INSERT INTO smsengage.message AS m (
			message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient, sender_id,
			channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT r.* FROM smsengage.batch_messages(batch, people, event_keys) r
		ON CONFLICT (message_key) DO UPDATE SET
			first_time = least(m.first_time, excluded.first_time),
			last_time = greatest(m.last_time, excluded.last_time),
			individual_no = greatest(m.individual_no, excluded.individual_no),
			parts = greatest(m.parts, excluded.parts),
			recipient = greatest(m.recipient, excluded.recipient),
			sender_id = greatest(m.sender_id, excluded.sender_id),
			channel = greatest(m.channel, excluded.channel),
			bulk_message = greatest(m.bulk_message, excluded.bulk_message),
			template = greatest(m.template, excluded.template),
			price = greatest(m.price, excluded.price),
			price_currency = greatest(m.price_currency, excluded.price_currency),
			callback_data = greatest(m.callback_data, excluded.callback_data),
			state = smsengage.delivery_merge(m.state, excluded.state);
		RETURN;
	END IF;

	-- Messages not known yet, then the others: what these were before is read
	-- under the lock that the update takes anyway.
	WITH given AS MATERIALIZED (
		SELECT r.* FROM smsengage.batch_messages(batch, people, event_keys) r
	), added AS (
		INSERT INTO smsengage.message AS m (
			message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient, sender_id,
			channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT g.* FROM given g
		ON CONFLICT DO NOTHING
		RETURNING m.message_key
	)
	SELECT array_agg(g.message_key) FILTER (WHERE a.message_key IS NULL), array_agg(a.message_key) INTO known, fresh
	FROM given g LEFT JOIN added a USING (message_key);
	PERFORM smsengage.count_messages(fresh, 1);
	IF known IS NULL THEN
		RETURN;
	END IF;
	WITH changed AS (
		UPDATE smsengage.message m SET
			first_time = least(m.first_time, b.first_time),
			last_time = greatest(m.last_time, b.last_time),
			individual_no = greatest(m.individual_no, b.individual_no),
			parts = greatest(m.parts, b.parts),
			recipient = greatest(m.recipient, b.recipient),
			sender_id = greatest(m.sender_id, b.sender_id),
			channel = greatest(m.channel, b.channel),
			bulk_message = greatest(m.bulk_message, b.bulk_message),
			template = greatest(m.template, b.template),
			price = greatest(m.price, b.price),
			price_currency = greatest(m.price_currency, b.price_currency),
			callback_data = greatest(m.callback_data, b.callback_data),
			state = smsengage.delivery_merge(m.state, b.state)
		FROM (
			SELECT r.*, o AS old
			FROM smsengage.batch_messages(batch, people, event_keys, known) r
			JOIN smsengage.message o ON o.message_key = r.message_key
			ORDER BY r.message_key
			FOR UPDATE OF o
		) b
		WHERE m.message_key = b.message_key
		RETURNING b.old, m AS new
	), moved AS (
		SELECT -1 AS sign, (c.old).* FROM changed c
		UNION ALL
		SELECT 1, (c.new).* FROM changed c
	)
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT f.send_cell, sum(a.sign), sum(a.sign * f.billed), coalesce(sum(a.sign) FILTER (WHERE f.cost IS NOT NULL), 0), coalesce(sum(a.sign * f.cost), 0), 0,
		f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM moved a
	CROSS JOIN LATERAL smsengage.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency, a.callback_data) f
	GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	HAVING sum(a.sign) <> 0 OR sum(a.sign * f.billed) <> 0 OR sum(a.sign * f.cost) <> 0
		OR sum(a.sign) FILTER (WHERE f.cost IS NOT NULL) <> 0;
END
$$;
COMMENT ON FUNCTION smsengage.store_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Merges the delivery reports among the events with these keys into message and counts what changed in outcome_tally. Used by insert_by_sql().';

CREATE OR REPLACE FUNCTION smsengage.outcomes_of_messages(keys uuid[] DEFAULT NULL)
RETURNS TABLE (send_cell timestamptz, messages bigint, parts bigint, priced bigint, cost numeric, outcome text, account text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- two queries, as no index is used for "all, or these"
	IF keys IS NOT NULL THEN
		RETURN QUERY
		SELECT f.send_cell, count(*), sum(f.billed)::bigint, count(f.cost), coalesce(sum(f.cost), 0), f.outcome, m.account, m.provider,
			f.channel_name, f.bulk, f.sender, f.country, f.currency
		FROM unnest(keys) k(message_key)
		JOIN smsengage.message m ON m.message_key = k.message_key
		CROSS JOIN LATERAL smsengage.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
		GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT f.send_cell, count(*), sum(f.billed)::bigint, count(f.cost), coalesce(sum(f.cost), 0), f.outcome, m.account, m.provider,
		f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM smsengage.message m
	CROSS JOIN LATERAL smsengage.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
	GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
	RETURN QUERY
	SELECT k.send_cell, k.messages, k.parts, k.priced, k.cost, k.outcome, k.account, k.provider, k.channel, k.bulk_message, k.sender_id, k.country, k.price_currency
	FROM smsengage.kept_outcome k;
END
$$;
COMMENT ON FUNCTION smsengage.outcomes_of_messages(uuid[]) IS 'What outcome_tally must add up to: counted from message, and what forget() kept; of some messages only, if keys are given. Used by doctor() and rebuild().';

