\echo Use "ALTER EXTENSION smsengage UPDATE TO '1.1'" to load this file. \quit

COMMENT ON FUNCTION smsengage.parse(text, text, text, timestamptz) IS 'What a payload of this provider (or auto) says, one row an event in the order of the payload; stores nothing and raises for nothing that a payload says (54000 where memory has no room for it: some hundred megabytes). account fills a missing one; arrival stands for the clock where a payload has none, and limits times to two days ahead of it.';

CREATE OR REPLACE FUNCTION smsengage.describe_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.describe('smsengage.store_relation', 'The tables and views that belong to the store.', $c$
		relation: Name in the schema smsengage$c$);
	PERFORM smsengage.describe('smsengage.event', 'One row per event, as a provider reported it; never updated. Partitioned by month of event_time (UTC).', $c$
		event_time: When it happened, by the provider's clock (time_source says where that is not so)
		event_key: Identity of the event together with event_time: first half of a digest of its content
		individual_no: Number of the person in the table individual; 0 if nobody is known
		created_time: When the provider made the record, if it says so; else the arrival
		received_at: When it arrived here
		sent_time: When the message was sent, if this event says so
		message_key: The message it belongs to, in the table message; NULL without a message id (in a distributed store then 16 zeros and event_key)
		part: Part of a multi-part message, from 0; NULL if it is about the whole message
		parts: Number of parts of the message, if the provider says so
		status_class: What it says of the delivery: 1 unknown, 2 accepted, 3 not sent, 4 sent, 5 in transit, 6 with the operator, 7 expired, 8 undelivered, 9 delivered, 10 seen; NULL if nothing
		error_permanent: Whether the provider calls the error permanent
		provider: Which provider reported it: salesforce_ens, salesforce_dmo, infobip, engagelab, intercom, twilio, aws, native
		event_type: SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK, UNDELIVERED, ACCEPTED, TRANSIENT, DELIVERED, EXPIRED, REJECTED, SEEN, REPLY, BLOCK, UNBLOCK, LINK
		time_source: arrival if the payload had no clock and event_time is the arrival; else NULL
		account: Business unit, MID or user of the provider; empty if none is known
		event_id: The provider's own id
		message_id: The provider's id of the message
		bulk_message: The send that the message belongs to: bulk message, send definition, campaign
		template: Template of the message
		channel: SMS, VIBER, WHATSAPP, RCS, ... as given; NULL means SMS
		individual_id: The person's id, as given
		recipient: The person's number: plus sign and digits if it is a phone number, else as given; empty if none
		sender_id: Our number, short code or name, as given
		keyword: Keyword of an inbound message
		message_text: Text of the message
		unsubscribe_source: Where the opt-out came from
		unsubscribe_reason: Why
		link_name: Name or alias of the clicked link
		link_url: Target of the clicked link
		resolved_url: The same as personalised for the person
		user_agent: What the browser said of itself
		device_type: Phone, desktop, ...
		os: Operating system of the device
		device_name: Maker or model of the device
		status_code: The provider's status code
		status_name: The provider's name of the status
		error_code: The provider's error code
		error_text: The provider's error text
		price: As the provider states it; Infobip: per part
		price_currency: ISO 4217 code of the price
		callback_data: What the sender attached to the message
		extra: Every member of the payload that has no column, as it was written$c$);
	PERFORM smsengage.describe('smsengage.event_identity', 'Identities that do not contain the time: the first time stored for each, so that a redelivery under another time is the same event.', $c$
		digest: Digest of the identity
		event_time: The time of the event in the table event$c$);
	PERFORM smsengage.describe('smsengage.message', 'One row per message with delivery reports: the merge of its events, the same for every order of arrival.', $c$
		message_key: Digest of provider, account, message id and what tells messages of one id apart
		first_time: Earliest event_time of its reports
		last_time: Latest event_time of its reports
		individual_no: Number of the person; 0 if nobody is known
		parts: Number of parts, if the provider says so
		account: Business unit, MID or user of the provider; empty if none is known
		provider: Which provider reported it
		message_id: The provider's id of the message
		recipient: The person's number; empty if none
		sender_id: Our number, short code or name
		channel: The channel that its reports name; NULL means SMS
		bulk_message: The send that the message belongs to
		template: Template of the message
		price: As the provider states it, without trailing zeros; Infobip: per part
		price_currency: ISO 4217 code of the price
		callback_data: What the sender attached to the message
		state: Merge of its delivery reports; read it with status_group(), done_at(), parts_delivered(), ...$c$);
	PERFORM smsengage.describe('smsengage.individual', 'The people that events belong to, numbered.', $c$
		individual_no: Number of the person
		scope: Where individual_id means one person: provider and its account or enterprise; for a number, the account
		individual_id: The provider's id of the person, or tel: and the number$c$);
	PERFORM smsengage.describe('smsengage.contact_point', 'The numbers under which named people were met.', $c$
		individual_no: Number of the person
		last_day: Last day (UTC) with an event of the person under this number
		recipient: The number$c$);
	PERFORM smsengage.describe('smsengage.rejected_event', 'What could not be understood, whole, with the reason. retry_rejected() tries again.', $c$
		digest: Identity of the piece, so that a redelivery does not add another
		received_at: When it first arrived
		provider: The provider that was named or found; auto if none was
		account: The account given to ingest(); empty if none
		reason: JSON path, and what was expected there
		payload: The event as it was sent; bytes that a text cannot hold are shown as U+FFFD
		payload_bytes: The bytes themselves, where payload cannot hold them$c$);
	PERFORM smsengage.describe('smsengage.content_drift', 'Events of which a later copy said something else. The first stored stays.', $c$
		event_time: Time of the event in the table event
		event_key: Key of the event in the table event
		received_at: When the first copy that differed arrived
		provider: Which provider sent it
		account: Account of the event
		columns: Columns of event in which that copy differed$c$);
	PERFORM smsengage.describe('smsengage.provider_notice', 'What providers send beside engagement events: verification calls, account notifications, members around the events.', $c$
		digest: Identity of the piece, so that a redelivery does not add another
		received_at: When it first arrived
		provider: The provider that was named or found
		account: The account given to ingest(); empty if none
		reason: What it is
		payload: The piece as it was sent
		payload_bytes: The bytes themselves, where payload cannot hold them$c$);
END
$$;
COMMENT ON FUNCTION smsengage.describe_tables() IS 'Sets the comments of the store''s tables. Used by migrate().';

CREATE OR REPLACE FUNCTION smsengage.ingest_batch(batch smsengage.parsed_batch, given_account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
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
	counts record;
	people bigint[];
	identities uuid[];
	stored bigint[];
	met bigint[];
	recipients text[];
	days date[];
	months date[];
	erased uuid[] := '{}';
BEGIN
	IF to_regclass('smsengage.event') IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_table',
			MESSAGE = 'this database has no store',
			HINT = 'SELECT smsengage.create_store() makes one.';
	END IF;
	IF distributed THEN
		-- a cluster plans for the values it gets
		PERFORM set_config('plan_cache_mode', 'auto', true);
	END IF;
	-- forget() waits for what is under way, and what comes then waits for it
	PERFORM pg_advisory_xact_lock_shared('smsengage.forgotten'::regclass::oid::integer, 0);
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		PERFORM smsengage.see_erasure();
	END IF;
	IF EXISTS (SELECT FROM smsengage.forgotten) OR EXISTS (SELECT FROM smsengage.retention) THEN
		batch := smsengage.admitted(batch);
	END IF;
	counts := smsengage.batch_counts(batch);
	rejected := counts.rejected;
	ignored := counts.ignored;
	accepted := 0;
	duplicate := counts.repeated;

	IF counts.rejected + counts.ignored > 0 THEN
		IF EXISTS (SELECT FROM smsengage.forgotten) THEN
			erased := smsengage.forgotten_pieces(batch, given_account);
		END IF;
		INSERT INTO smsengage.rejected_event (digest, received_at, provider, account, reason, payload, payload_bytes)
		SELECT r.digest, now(), r.provider, coalesce(given_account, ''), r.reason, r.payload, r.payload_bytes
		FROM smsengage.batch_rejects(batch, given_account) r
		WHERE r.outcome = 'rejected' AND r.digest <> ALL (erased)
		ORDER BY r.digest
		ON CONFLICT DO NOTHING;
		INSERT INTO smsengage.provider_notice (digest, received_at, provider, account, reason, payload, payload_bytes)
		SELECT r.digest, now(), r.provider, coalesce(given_account, ''), r.reason, r.payload, r.payload_bytes
		FROM smsengage.batch_rejects(batch, given_account) r
		WHERE r.outcome = 'ignored' AND r.digest <> ALL (erased)
		ORDER BY r.digest
		ON CONFLICT DO NOTHING;
	END IF;
	IF counts.events = 0 THEN
		RETURN;
	END IF;

	months := smsengage.batch_missing_months(batch);
	IF months IS NOT NULL THEN
		PERFORM smsengage.make_partition(m) FROM unnest(months) m;
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
	IF counts.timeless > 0 THEN
		WITH fresh AS (
			INSERT INTO smsengage.event_identity (digest, event_time)
			SELECT i.digest, i.event_time FROM smsengage.batch_identities(batch) i ORDER BY i.digest
			ON CONFLICT DO NOTHING
			RETURNING digest
		)
		SELECT array_agg(f.digest) INTO identities FROM fresh f;
	END IF;

	stored := smsengage.insert_events(batch, people, identities);
	IF stored IS NULL THEN
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
		SELECT array_agg(f.event_key) INTO stored FROM fresh f;
	END IF;
	accepted := coalesce(cardinality(stored), 0);
	duplicate := duplicate + counts.events - accepted;
	IF duplicate > 0 THEN
		PERFORM smsengage.note_content_drift(batch);
	END IF;
	IF accepted = 0 THEN
		RETURN;
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
		digest: Keyed digest of a number, of a person, or of a piece that was rejected
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

CREATE OR REPLACE FUNCTION smsengage.admitted(batch smsengage.parsed_batch)
RETURNS smsengage.parsed_batch
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	secret text := (SELECT s.secret FROM smsengage.store_secret s);
	default_horizon timestamptz := coalesce((SELECT r.horizon FROM smsengage.retention r WHERE r.account = '*'), '-infinity');
	identities uuid[] := ARRAY(SELECT i.digest FROM smsengage.batch_identities(batch) i);
	known bigint[];
	keys bigint[];
BEGIN
	-- an event without a clock comes again under a later time, but its identity
	-- stays behind: its person must not be numbered anew
	known := ARRAY(SELECT ('x' || translate(left(k.digest::text, 18), '-', ''))::bit(64)::bigint
				   FROM smsengage.event_identity k WHERE k.digest = ANY (identities));
	WITH subject AS MATERIALIZED (
		SELECT b.* FROM smsengage.batch_subjects(batch) b
	)
	SELECT array_agg(b.event_key) INTO keys
	FROM subject b
	LEFT JOIN smsengage.retention r ON r.account = b.account
	WHERE b.event_time < coalesce(r.horizon, default_horizon)
		OR EXISTS (SELECT FROM smsengage.forgotten f
				   WHERE (f.until >= b.event_time OR b.event_key = ANY (known))
					   AND f.digest IN (smsengage.content_digest(secret, 'recipient', b.recipient),
										smsengage.content_digest(secret, 'individual', b.scope, b.individual_id)));
	IF keys IS NULL THEN
		RETURN batch;
	END IF;
	RETURN smsengage.batch_without(batch, keys);
END
$$;
COMMENT ON FUNCTION smsengage.admitted(smsengage.parsed_batch) IS 'The batch without events of people who were forgotten and events older than what is kept. Used by ingest_batch().';

CREATE FUNCTION smsengage.forgotten_pieces(batch smsengage.parsed_batch, account text)
RETURNS uuid[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	secret text := (SELECT s.secret FROM smsengage.store_secret s);
BEGIN
	RETURN ARRAY(
		SELECT r.digest FROM smsengage.batch_rejects(batch, account) r
		WHERE EXISTS (SELECT FROM smsengage.forgotten f WHERE f.digest = smsengage.content_digest(secret, 'piece', r.digest::text)));
END
$$;
COMMENT ON FUNCTION smsengage.forgotten_pieces(smsengage.parsed_batch, text) IS 'Digests of those of the batch''s rejected and ignored pieces that forget() erased before: they are not kept again. Used by ingest_batch().';

CREATE OR REPLACE FUNCTION smsengage.forget(recipient text DEFAULT NULL, individual_id text DEFAULT NULL,
	keep_sums boolean DEFAULT false, force boolean DEFAULT false, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (part text, erased bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	given_id text := forget.individual_id;
	number text := smsengage.normalize_recipient(forget.recipient);
	digits text := ltrim(smsengage.normalize_recipient(forget.recipient), '+');
	secret text;
	people bigint[];
	numbers text[];
	digests uuid[];
	messages uuid[];
	shared uuid[];
	since timestamptz;
	until timestamptz;
	affected bigint[];
	times timestamptz[];
	keys bigint[];
	pieces uuid[];
	notices uuid[];
	n bigint;
BEGIN
	IF (number IS NULL OR number = '') = (given_id IS NULL OR given_id = '') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'give either a recipient or an individual_id';
	END IF;
	-- one erasure at a time, and none beside ingestion: that has looked for
	-- people to leave out before, and is seen here only when it is committed
	PERFORM smsengage.lock_erasure('forget()');
	secret := (SELECT s.secret FROM smsengage.store_secret s);

	-- the people who go whole: those with the id, or known by the number alone
	people := CASE WHEN number IS NOT NULL
		THEN ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = 'tel:' || number)
		ELSE ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = given_id) END;
	numbers := CASE WHEN number IS NOT NULL THEN ARRAY[number]
		ELSE ARRAY(SELECT DISTINCT c.recipient FROM smsengage.contact_point c WHERE c.individual_no = ANY (people)) END;
	keep_sums := coalesce(keep_sums, false);

	IF NOT coalesce(force, false) THEN
		RETURN QUERY
		SELECT 'event'::text, count(*) FROM smsengage.event e
		WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
		UNION ALL
		SELECT 'message', count(*) FROM smsengage.message m
		WHERE m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number;
		RAISE NOTICE 'nothing was erased: forget(..., force => true) does it, and there is no way back';
		RETURN;
	END IF;

	IF number IS NOT NULL AND EXISTS (SELECT FROM smsengage.inbox i
									  WHERE position(convert_to(digits, 'UTF8') IN i.payload) > 0) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the inbox has payloads that name the number',
			HINT = 'CALL smsengage.drain_inbox() first.';
	END IF;

	WITH gone AS (
		DELETE FROM smsengage.event e
		WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
		RETURNING e.event_time, e.event_key, e.individual_no, e.message_key, e.message_id, e.part, e.account, e.event_type, e.bulk_message, e.link_name
	), kept AS (
		-- of people who are not erased the tallies are made anew below, without these
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
		SELECT s.series_no, smsengage.cell_start(1, g.event_time), count(*), -2, 0, '{}'
		FROM gone g
		CROSS JOIN LATERAL (VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', g.bulk_message), ('link_name', g.link_name)) d (dimension, value)
		JOIN smsengage.series s ON s.account = g.account AND s.event_type = g.event_type AND s.dimension = d.dimension AND s.value = d.value
		WHERE keep_sums AND NOT g.individual_no = ANY (people) AND coalesce(g.part, 0) = 0
			AND (d.dimension = '' OR d.dimension IN (SELECT k.dimension FROM smsengage.tally_dimension k))
		GROUP BY 1, 2
	)
	SELECT count(*), min(g.event_time), max(g.event_time), array_agg(DISTINCT g.message_key) FILTER (WHERE g.message_id IS NOT NULL),
		array_agg(DISTINCT g.individual_no) FILTER (WHERE NOT g.individual_no = ANY (people)), array_agg(g.event_time), array_agg(g.event_key)
	INTO n, since, until, messages, affected, times, keys FROM gone g;
	RETURN QUERY SELECT 'event'::text, n;
	-- numbers of the person that are in nobody else's events
	IF number IS NULL THEN
		numbers := ARRAY(SELECT c FROM unnest(numbers) c EXCEPT SELECT e.recipient FROM smsengage.event e WHERE e.recipient = ANY (numbers));
	END IF;

	messages := ARRAY(
		SELECT m.message_key FROM smsengage.message m
		WHERE m.message_key = ANY (messages) OR m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number);
	IF smsengage.keeps_outcomes() THEN
		PERFORM FROM smsengage.message m WHERE m.message_key = ANY (messages) ORDER BY m.message_key FOR UPDATE;
	END IF;
	-- of some, reports are left that name somebody else, or nobody
	shared := ARRAY(
		SELECT DISTINCT e.message_key FROM smsengage.event e
		WHERE e.message_key = ANY (messages) AND e.message_id IS NOT NULL AND e.status_class IS NOT NULL);
	IF keep_sums THEN
		PERFORM smsengage.keep_outcomes(ARRAY(SELECT m FROM unnest(messages) m EXCEPT SELECT k FROM unnest(shared) k));
		PERFORM smsengage.count_messages(shared, -1);
	ELSE
		PERFORM smsengage.count_messages(messages, -1);
	END IF;
	DELETE FROM smsengage.message m WHERE m.message_key = ANY (messages);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'message'::text, n;
	IF shared <> '{}' THEN
		INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient,
			sender_id, channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT x.* FROM smsengage.event_messages('-infinity', shared) x;
		PERFORM smsengage.count_messages(shared, 1);
	END IF;

	-- who is someone else's person too: their cells are made anew from what is left
	IF affected IS NOT NULL AND since IS NOT NULL THEN
		PERFORM smsengage.rebuild_tallies(since, until + interval '1 microsecond', c)
		FROM (SELECT DISTINCT CASE WHEN a = 0 THEN -1 ELSE smsengage.chunk_of(a) END AS c FROM unnest(affected) a) x;
	END IF;
	n := smsengage.drop_from_tallies(people, keep_sums);
	RETURN QUERY SELECT 'engagement_tally'::text, n;

	DELETE FROM smsengage.contact_point c WHERE c.individual_no = ANY (people) OR number IS NOT NULL AND c.recipient = number;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'contact_point'::text, n;

	-- the opt-out still holds, under a name that only the store's secret gives
	INSERT INTO smsengage.forgotten_opt_out AS o (digest, event_time, account, sender)
	SELECT smsengage.content_digest(secret, 'recipient', s.recipient), s.event_time, s.account, s.sender
	FROM smsengage.subscription s
	WHERE s.recipient = ANY (numbers) AND s.state = 'UNSUBSCRIBED'
	ON CONFLICT ON CONSTRAINT forgotten_opt_out_pkey DO UPDATE SET event_time = greatest(o.event_time, excluded.event_time);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'subscription, kept as a digest'::text, n;
	DELETE FROM smsengage.subscription s WHERE s.recipient = ANY (numbers);
	DELETE FROM smsengage.consent_entry c WHERE c.recipient = ANY (numbers);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'consent_entry'::text, n;
	DELETE FROM smsengage.block b
	WHERE b.recipient = ANY (numbers) OR (b.blocked_at, b.event_key) IN (SELECT * FROM unnest(times, keys));
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'block'::text, n;
	DELETE FROM smsengage.unblock u
	WHERE u.recipient = ANY (numbers) OR (u.unblocked_at, u.event_key) IN (SELECT * FROM unnest(times, keys));

	WITH gone AS (
		DELETE FROM smsengage.rejected_event r
		WHERE number IS NOT NULL AND position(digits IN r.payload) > 0
			OR given_id IS NOT NULL AND position(to_json(given_id)::text IN r.payload) > 0
		RETURNING r.digest
	)
	SELECT count(*), array_agg(g.digest) INTO n, pieces FROM gone g;
	RETURN QUERY SELECT 'rejected_event'::text, n;
	WITH gone AS (
		DELETE FROM smsengage.provider_notice p
		WHERE number IS NOT NULL AND position(digits IN p.payload) > 0
			OR given_id IS NOT NULL AND position(to_json(given_id)::text IN p.payload) > 0
		RETURNING p.digest
	)
	SELECT count(*), array_agg(g.digest) INTO n, notices FROM gone g;
	RETURN QUERY SELECT 'provider_notice'::text, n;

	-- a statement by itself: in one with the INSERT, a cluster stored nothing for a number
	IF number IS NOT NULL THEN
		digests := ARRAY[smsengage.content_digest(secret, 'recipient', number)];
	ELSE
		digests := ARRAY(SELECT smsengage.content_digest(secret, 'individual', i.scope, i.individual_id) FROM smsengage.individual i WHERE i.individual_no = ANY (people));
	END IF;
	-- what was rejected or ignored is told by its own digest when it comes again
	digests := digests || ARRAY(SELECT smsengage.content_digest(secret, 'piece', d::text) FROM unnest(pieces || notices) d);
	INSERT INTO smsengage.forgotten AS f (digest, until)
	SELECT DISTINCT d, forget.at FROM unnest(digests) d
	ON CONFLICT (digest) DO UPDATE SET until = greatest(f.until, excluded.until);
	DELETE FROM smsengage.individual_link l WHERE l.individual_no = ANY (people) OR l.other_no = ANY (people);
	DELETE FROM smsengage.individual i WHERE i.individual_no = ANY (people);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'individual'::text, n;
END
$$;
COMMENT ON FUNCTION smsengage.forget(text, text, boolean, boolean, timestamptz) IS 'Erases what names a number (recipient) or all that belongs to a person (individual_id), from events, messages, tallies, consent, block list and rejected payloads; numbers of a person that are in nobody else''s events go too; the opt-out of a number still holds, as a keyed digest, and events up to at, and rejected payloads as they were, are ignored when they come again. Without force it only counts. keep_sums: the events and messages go on being counted, as those of nobody. Raises 22023 unless one of the two is given, 55000 while the inbox has payloads that name the number, 0A000 in a transaction of REPEATABLE READ or SERIALIZABLE. A number inside a message to somebody else is not found; ingestion that runs meanwhile may still bring an event: repeat.';

CREATE OR REPLACE FUNCTION smsengage.event_messages(since timestamptz, keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.message_key, min(e.event_time), max(e.event_time), max(e.individual_no), max(e.parts), max(e.account), max(e.provider),
		max(e.message_id), max(e.recipient), max(e.sender_id), max(e.channel), max(e.bulk_message), max(e.template), trim_scale(max(e.price)),
		max(e.price_currency), max(e.callback_data COLLATE "C"),
		smsengage.merge(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel, e.part, e.event_time, e.sent_time, e.time_source))
	FROM smsengage.event e
	WHERE e.message_id IS NOT NULL AND e.status_class IS NOT NULL AND (keys IS NULL OR e.message_key = ANY (keys))
	GROUP BY e.message_key
	HAVING min(e.event_time) >= since;
END
$$;
COMMENT ON FUNCTION smsengage.event_messages(timestamptz, uuid[]) IS 'The messages as the stored events give them, of those whose first report lies at or after a moment; some of them only, if keys are given. Used by doctor(), rebuild() and forget().';

CREATE OR REPLACE FUNCTION smsengage.doctor(which text DEFAULT NULL)
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage.horizon();
	since_day date := CASE WHEN isfinite(smsengage.horizon()) THEN timezone('UTC', smsengage.horizon())::date ELSE '-infinity' END;
BEGIN
	PERFORM smsengage.check_part(which);
	IF which IS NULL OR which = 'message' THEN
		RETURN QUERY
		SELECT 'message'::text, coalesce(m.message_key, x.message_key)::text,
			CASE WHEN m.message_key IS NULL THEN 'missing' WHEN x.message_key IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
		FROM (SELECT s.message_key, (ROW(s.*)::text) COLLATE "C" AS content FROM smsengage.event_messages(since) s) x
		FULL JOIN (SELECT r.message_key, r.first_time,
					(ROW(r.message_key, r.first_time, r.last_time, r.individual_no, r.parts, r.account, r.provider, r.message_id, r.recipient,
						r.sender_id, r.channel, r.bulk_message, r.template, trim_scale(r.price), r.price_currency, r.callback_data, r.state)::text) COLLATE "C" AS content
				   FROM smsengage.message r) m USING (message_key)
		-- of a message from before, some events may still be there
		WHERE m.content IS DISTINCT FROM x.content AND (m.message_key IS NULL OR m.first_time >= since);
	END IF;

	IF which IS NULL OR which = 'individual' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT p.individual_no, p.scope, p.individual_id FROM smsengage.event_people() p
		), found AS MATERIALIZED (
			SELECT i.individual_no, count(*) AS people, min(i.scope) AS scope, min(i.individual_id) AS individual_id FROM smsengage.individual i GROUP BY 1
		)
		SELECT 'individual'::text, coalesce(f.individual_no, w.individual_no)::text,
			CASE WHEN f.individual_no IS NULL THEN 'an event belongs to a number that nobody has'
				WHEN f.people > 1 THEN 'several people have the number'
				ELSE 'its events name somebody else' END
		FROM found f
		FULL JOIN wanted w ON w.individual_no = f.individual_no
		WHERE f.individual_no IS NULL OR f.people > 1 OR w.individual_id <> f.individual_id OR w.scope <> f.scope;
	END IF;

	IF which IS NULL OR which = 'individual_link' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT l.individual_no, l.other_no, l.valid_from FROM smsengage.event_links('-infinity', 'infinity', NULL) l
		), found AS MATERIALIZED (
			SELECT l.individual_no, l.other_no, l.valid_from FROM smsengage.individual_link l WHERE l.valid_from >= since
		)
		SELECT 'individual_link'::text, format('%s, %s', coalesce(f.individual_no, w.individual_no), coalesce(f.other_no, w.other_no)),
			CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
		FROM found f
		FULL JOIN wanted w ON w.individual_no = f.individual_no AND w.other_no = f.other_no
		WHERE f.valid_from IS DISTINCT FROM w.valid_from
			AND NOT EXISTS (SELECT FROM smsengage.individual_link o WHERE o.individual_no = w.individual_no AND o.other_no = w.other_no AND o.valid_from < since);
	END IF;

	IF which IS NULL OR which = 'event_identity' THEN
		RETURN QUERY
		SELECT 'event_identity'::text, t.event_key::text, CASE WHEN t.digest IS NULL THEN 'missing' ELSE 'says another time than its event' END
		FROM smsengage.identity_times(since) t;
	END IF;

	IF which IS NULL OR which = 'contact_point' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT c.individual_no, c.recipient, c.last_day FROM smsengage.event_contacts() c
		), found AS MATERIALIZED (
			SELECT c.individual_no, c.recipient, c.last_day FROM smsengage.contact_point c
		)
		SELECT 'contact_point'::text, coalesce(f.individual_no, w.individual_no)::text,
			CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from the events' END
		FROM found f
		FULL JOIN wanted w ON w.individual_no = f.individual_no AND w.recipient = f.recipient
		WHERE f.last_day IS DISTINCT FROM w.last_day AND (w.individual_no IS NOT NULL OR f.last_day >= since_day);
	END IF;

	IF which IS NULL OR which = 'block' THEN
		RETURN QUERY
		WITH effect AS MATERIALIZED (
			SELECT x.* FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind IN ('block', 'unblock')
		), wanted AS MATERIALIZED (
			SELECT x.recipient, x.event_time, x.event_key, x.code,
				format('%s %s %s %s', x.account, t.expires_at, t.scope, t.deletable) AS content
			FROM effect x
			CROSS JOIN LATERAL smsengage.block_terms(x.code, x.event_time) t
			WHERE x.kind = 'block'
		), found AS MATERIALIZED (
			SELECT b.recipient, b.blocked_at, b.event_key, b.code, format('%s %s %s %s', b.account, b.expires_at, b.scope, b.deletable) AS content
			FROM smsengage.block b
			WHERE b.blocked_at >= since
		)
		SELECT 'block'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'missing' WHEN w.event_key IS NULL THEN 'no event makes it' ELSE 'differs from its event and the policy' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.event_time = f.blocked_at AND w.event_key = f.event_key AND w.code = f.code
		WHERE f.content IS DISTINCT FROM w.content;

		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT x.recipient, x.event_time, x.event_key, x.account FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind = 'unblock'
		), found AS MATERIALIZED (
			SELECT u.recipient, u.unblocked_at, u.event_key, u.account FROM smsengage.unblock u WHERE u.unblocked_at >= since
		)
		SELECT 'block'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'its removal is missing' ELSE 'no event removes it' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.event_time = f.unblocked_at AND w.event_key = f.event_key AND w.account = f.account
		WHERE f.event_key IS NULL OR w.event_key IS NULL;
	END IF;

	IF which IS NULL OR which = 'subscription' THEN
		-- an entry outlives its event and the keyword it came from
		RETURN QUERY
		WITH effect AS MATERIALIZED (
			SELECT x.* FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind IN ('subscribe', 'unsubscribe', 'inbound')
		), entry AS MATERIALIZED (
			SELECT c.recipient, c.event_time, c.event_key FROM smsengage.consent_entry c
		)
		SELECT 'subscription'::text, x.event_key::text, 'its entry of consent is missing'::text
		FROM effect x
		LEFT JOIN entry c ON c.recipient = x.recipient AND c.event_time = x.event_time AND c.event_key = x.event_key
		WHERE c.event_key IS NULL
			AND (x.kind <> 'inbound' OR smsengage.keyword_action(x.detail, x.sender, x.event_time, x.account) IN ('STOP', 'START'));

		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT l.recipient, l.account, l.sender, l.event_key, format('%s %s %s', l.state, l.event_time, l.source) AS content FROM smsengage.last_entries() l
		), found AS MATERIALIZED (
			SELECT s.recipient, s.account, s.sender, s.event_key, format('%s %s %s', s.state, s.event_time, s.source) AS content FROM smsengage.subscription s
		)
		SELECT 'subscription'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'missing' WHEN w.event_key IS NULL THEN 'no entry makes it' ELSE 'is not what the last entry says' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.account = f.account AND w.sender = f.sender
		WHERE f.content IS DISTINCT FROM w.content OR f.event_key IS DISTINCT FROM w.event_key;
	END IF;

	IF which IS NULL OR which = 'engagement_tally' THEN
		RETURN QUERY
		SELECT 'engagement_tally'::text, format('series %s', s.series_no), 'its digest is not that of the series'::text
		FROM smsengage.series s
		WHERE s.digest <> smsengage.series_digest(s.account, s.event_type, s.dimension, s.value);

		RETURN QUERY
		SELECT 'engagement_tally'::text, format('series %s, level %s, %s, chunk %s', t.series_no, t.level, t.cell_start, t.chunk), 'differs from the events'::text
		FROM smsengage.check_tallies(since, 'infinity') t;
	END IF;

	IF which IS NULL OR which = 'outcome_tally' THEN
		RETURN QUERY
		SELECT 'outcome_tally'::text, format('%s, level %s, %s', o.outcome, o.level, o.send_cell), 'differs from the messages'::text
		FROM smsengage.outcome_difference() o;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.doctor(text) IS 'Recomputes every merge from the stored events and lists what is missing, wrong or too much, in all parts or the one given (as for rebuild()); no row if all is well. Reads everything: for quiet hours. Shows keys, never numbers or texts. Sums that forget() kept are of events that are gone, and are not asked for. Raises 22023 for another part.';

CREATE OR REPLACE FUNCTION smsengage.store_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint;
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
			price = trim_scale(greatest(m.price, excluded.price)),
			price_currency = greatest(m.price_currency, excluded.price_currency),
			callback_data = greatest(m.callback_data, excluded.callback_data),
			state = smsengage.delivery_merge(m.state, excluded.state);
		RETURN;
	END IF;

	-- Messages not known yet, then the others: what these were before is read
	-- under the lock that the update takes anyway.
	WITH given AS MATERIALIZED (
		SELECT m.* FROM smsengage.insert_messages(batch, people, event_keys) m
	), counted AS (
		INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
		SELECT f.send_cell, count(*), sum(f.billed), count(f.cost), coalesce(sum(f.cost), 0), 0, f.outcome, a.account, a.provider,
			f.channel_name, f.bulk, f.sender, f.country, f.currency
		FROM given a
		CROSS JOIN LATERAL smsengage.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency, a.callback_data) f
		WHERE a.is_new
		GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	)
	SELECT count(*), array_agg(g.message_key) FILTER (WHERE NOT g.is_new) INTO n, known FROM given g;
	IF n = 0 THEN
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
	END IF;
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
			price = trim_scale(greatest(m.price, b.price)),
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
COMMENT ON FUNCTION smsengage.store_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Merges the delivery reports among the events with these keys into message and counts what changed in outcome_tally. Used by ingest_batch().';

