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

