-- The store: tables made by create_store(), owned by its caller and not
-- members of the extension, so that a plain dump carries them, DROP EXTENSION
-- refuses while they stand, and a cluster may distribute them.

CREATE FUNCTION smsengage.describe(relation text, description text, columns text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind "char" := (SELECT c.relkind FROM pg_class c WHERE c.oid = relation::regclass);
	line text;
	parts text[];
BEGIN
	EXECUTE format('COMMENT ON %s %s IS %L', CASE kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
				   relation::regclass, description);
	FOREACH line IN ARRAY string_to_array(btrim(columns, E' \t\n'), E'\n') LOOP
		parts := regexp_match(line, '^[[:space:]]*("[^"]+"|[a-z_0-9]+):[[:space:]]*([^[:space:]].*)$');
		IF parts IS NULL THEN
			RAISE EXCEPTION 'cannot read the description of a column of %: "%"', relation, line;
		END IF;
		EXECUTE format('COMMENT ON COLUMN %s.%s IS %L', relation::regclass, parts[1], parts[2]);
	END LOOP;
	PERFORM smsengage.note_relation(relation::regclass);
END
$$;
COMMENT ON FUNCTION smsengage.describe(text, text, text) IS 'Sets the comments of a table or view and its columns, one line "column: text" each, and notes that it belongs to the store. Used by migrate().';

CREATE FUNCTION smsengage.note_relation(made regclass)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.store_relation (relation)
	SELECT c.relname FROM pg_class c WHERE c.oid = made
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.note_relation(regclass) IS 'Notes that a table or view belongs to the store. Used by migrate().';

CREATE FUNCTION smsengage.store_relations()
RETURNS TABLE (relation regclass, name text, kind "char")
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.oid::regclass, c.relname::text, c.relkind
	FROM smsengage.store_relation r
	JOIN pg_class c ON c.relname = r.relation
	WHERE c.relnamespace = 'smsengage'::regnamespace
		AND c.relowner = (SELECT o.relowner FROM pg_class o WHERE o.oid = 'smsengage.event'::regclass);
END
$$;
COMMENT ON FUNCTION smsengage.store_relations() IS 'The tables (kind r or p) and views (v) of the store; not what its owner may have beside them in the schema. Used by what drops, grants or protects all of them.';

CREATE FUNCTION smsengage.store_exists()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.to_regclass('smsengage.event') IS NOT NULL;
END;
COMMENT ON FUNCTION smsengage.store_exists() IS 'Whether create_store() has been called in this database. Used by migrate().';

CREATE FUNCTION smsengage.store_is_distributed()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_store_is_distributed_sql' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.store_is_distributed() IS 'Whether distribute_store() has spread the store over a cluster. Costs a look into the catalogue cache. Used by ingestion and reports.';

CREATE FUNCTION smsengage.check_store_place()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	group_id integer;
BEGIN
	IF getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = format('the database has the encoding %s, a store needs UTF8', getdatabaseencoding()),
			HINT = 'Create a database with ENCODING ''UTF8'' TEMPLATE template0.';
	END IF;
	IF NOT has_schema_privilege('smsengage', 'CREATE') THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = format('role "%s" may not create tables in the schema smsengage', current_user),
			HINT = format('The owner of the schema can say: GRANT CREATE ON SCHEMA smsengage TO %I.', current_user);
	END IF;
	IF to_regclass('pg_catalog.pg_dist_local_group') IS NOT NULL THEN
		EXECUTE 'SELECT groupid FROM pg_catalog.pg_dist_local_group' INTO group_id;
		IF group_id <> 0 THEN
			RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
				MESSAGE = 'this is a worker of a cluster',
				HINT = 'Call this function on the coordinator.';
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.check_store_place() IS 'Raises, with what to do, where a store cannot be made: other encoding than UTF8 (0A000), no right to create in the schema (42501), worker of a cluster (55000). Used by create_store().';

CREATE FUNCTION smsengage.store_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.store_relation (
		relation text COLLATE "C" CONSTRAINT store_relation_pkey PRIMARY KEY
	);

	CREATE TABLE IF NOT EXISTS smsengage.event (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		individual_no bigint NOT NULL,
		created_time timestamptz NOT NULL,
		received_at timestamptz NOT NULL,
		sent_time timestamptz,
		message_key uuid,
		part smallint,
		parts smallint,
		status_class smallint,
		error_permanent boolean,
		provider text COLLATE "C" NOT NULL,
		event_type text COLLATE "C" NOT NULL,
		time_source text COLLATE "C",
		account text COLLATE "C" NOT NULL,
		event_id text COLLATE "C",
		message_id text COLLATE "C",
		bulk_message text COLLATE "C",
		template text COLLATE "C",
		channel text COLLATE "C",
		individual_id text COLLATE "C",
		recipient text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C",
		keyword text COLLATE "C",
		message_text text,
		unsubscribe_source text,
		unsubscribe_reason text,
		link_name text COLLATE "C",
		link_url text COLLATE "C",
		resolved_url text COLLATE "C",
		user_agent text,
		device_type text,
		os text,
		device_name text,
		status_code text COLLATE "C",
		status_name text,
		error_code text COLLATE "C",
		error_text text,
		price numeric,
		price_currency text COLLATE "C",
		callback_data text,
		extra json,
		CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key)
	) PARTITION BY RANGE (event_time);
	CREATE INDEX IF NOT EXISTS event_individual_no_idx ON smsengage.event (individual_no, event_time);

	CREATE TABLE IF NOT EXISTS smsengage.event_identity (
		digest uuid CONSTRAINT event_identity_pkey PRIMARY KEY,
		event_time timestamptz NOT NULL
	);

	CREATE TABLE IF NOT EXISTS smsengage.message (
		message_key uuid CONSTRAINT message_pkey PRIMARY KEY,
		first_time timestamptz NOT NULL,
		last_time timestamptz NOT NULL,
		individual_no bigint NOT NULL,
		parts smallint,
		account text COLLATE "C" NOT NULL,
		provider text COLLATE "C" NOT NULL,
		message_id text COLLATE "C" NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C",
		channel text COLLATE "C",
		bulk_message text COLLATE "C",
		template text COLLATE "C",
		price numeric,
		price_currency text COLLATE "C",
		callback_data text COLLATE "C",
		state smsengage.delivery_state NOT NULL,
		send_time timestamptz GENERATED ALWAYS AS (smsengage.send_time(state, first_time)) STORED
	) WITH (fillfactor = 80);

	CREATE TABLE IF NOT EXISTS smsengage.individual (
		individual_no bigint GENERATED BY DEFAULT AS IDENTITY,
		scope text COLLATE "C" NOT NULL,
		individual_id text COLLATE "C" NOT NULL,
		CONSTRAINT individual_pkey PRIMARY KEY (individual_id, scope)
	);
	CREATE INDEX IF NOT EXISTS individual_individual_no_idx ON smsengage.individual (individual_no) INCLUDE (individual_id);

	CREATE TABLE IF NOT EXISTS smsengage.contact_point (
		individual_no bigint NOT NULL,
		last_day date NOT NULL,
		account text COLLATE "C" NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		CONSTRAINT contact_point_pkey PRIMARY KEY (account, recipient, individual_no)
	) WITH (fillfactor = 80);
	CREATE INDEX IF NOT EXISTS contact_point_individual_no_idx ON smsengage.contact_point (individual_no);

	CREATE TABLE IF NOT EXISTS smsengage.rejected_event (
		digest uuid CONSTRAINT rejected_event_pkey PRIMARY KEY,
		received_at timestamptz NOT NULL,
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		reason text NOT NULL,
		payload text NOT NULL,
		payload_bytes bytea,
		event_type text COLLATE "C",
		account_given boolean NOT NULL DEFAULT false,
		limited boolean NOT NULL DEFAULT false
	);

	CREATE TABLE IF NOT EXISTS smsengage.field_note (
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		path text COLLATE "C" NOT NULL,
		reason text COLLATE "C" NOT NULL,
		events bigint NOT NULL,
		first_seen timestamptz NOT NULL,
		last_seen timestamptz NOT NULL,
		CONSTRAINT field_note_pkey PRIMARY KEY (account, provider, path, reason)
	);

	CREATE TABLE IF NOT EXISTS smsengage.content_drift (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		received_at timestamptz NOT NULL,
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		columns text NOT NULL,
		CONSTRAINT content_drift_pkey PRIMARY KEY (event_time, event_key)
	);

	CREATE TABLE IF NOT EXISTS smsengage.provider_notice (
		digest uuid CONSTRAINT provider_notice_pkey PRIMARY KEY,
		received_at timestamptz NOT NULL,
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		reason text NOT NULL,
		payload text NOT NULL,
		payload_bytes bytea
	);
END
$$;
COMMENT ON FUNCTION smsengage.store_tables() IS 'Makes the tables of the store that are missing. Used by migrate().';

CREATE FUNCTION smsengage.describe_tables()
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
		state: Merge of its delivery reports; read it with status_group(), done_at(), parts_delivered(), ...
		send_time: send_time() of the row, kept so that an index has it$c$);
	PERFORM smsengage.describe('smsengage.individual', 'The people that events belong to, numbered.', $c$
		individual_no: Number of the person
		scope: Where individual_id means one person: provider and its account or enterprise; for a number, the account
		individual_id: The provider's id of the person, or tel: and the number$c$);
	PERFORM smsengage.describe('smsengage.contact_point', 'The numbers under which named people were met, by account.', $c$
		individual_no: Number of the person
		last_day: Last day (UTC) with an event of the account about the person under this number
		account: Account that met the person there
		recipient: The number$c$);
	PERFORM smsengage.describe('smsengage.rejected_event', 'What could not be understood, whole, with the reason. retry_rejected() tries again.', $c$
		digest: Identity of the piece, so that a redelivery does not add another
		received_at: When it first arrived
		provider: The provider that was named or found; auto if none was
		account: The account given to ingest(); empty if none
		reason: JSON path, and what was expected there
		payload: The event as it was sent; bytes that a text cannot hold are shown as U+FFFD
		payload_bytes: The bytes themselves, where payload cannot hold them
		event_type: What kind of event it would have been; NULL if it does not tell
		account_given: Whether an account was given to ingest(), be it the empty one; without, the event may name its own
		limited: Came by submit() from a role that is not the owner, which may do less, also when it is tried again$c$);
	PERFORM smsengage.describe('smsengage.field_note', 'Members of payloads that could not be read: the events are stored without them, and have them as they were written in extra.', $c$
		provider: Which provider sent them
		account: Account of the events
		path: The member; empty: one that has no column
		reason: What was expected, or what is wrong
		events: Number of events
		first_seen: First arrival
		last_seen: Last arrival$c$);
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

CREATE FUNCTION smsengage.has_send_time()
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'smsengage.message'::regclass AND attname = 'send_time' AND NOT attisdropped);
END
$$;
COMMENT ON FUNCTION smsengage.has_send_time() IS 'Whether the table message has the column send_time: in a store of version 1.0 only after migrate(). Used by migrate() and check_migrated().';

CREATE FUNCTION smsengage.check_migrated()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage.has_send_time() THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the store is of an older version',
			HINT = 'SELECT smsengage.migrate()';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.check_migrated() IS 'Raises 55000 if the store lacks what is needed, as between ALTER EXTENSION smsengage UPDATE and migrate(). Used by reports and delete_expired().';

CREATE FUNCTION smsengage.restore_states()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'smsengage.message'::regclass AND attname = 'state' AND NOT attisdropped) THEN
		ALTER TABLE smsengage.message ADD COLUMN state smsengage.delivery_state;
		UPDATE smsengage.message m SET state = s.state
		FROM (
			SELECT e.message_key, smsengage.merge(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel,
				e.part, e.event_time, e.sent_time, e.time_source)) AS state
			FROM smsengage.event e
			WHERE e.message_id IS NOT NULL AND e.status_class IS NOT NULL
			GROUP BY e.message_key
		) s
		WHERE m.message_key = s.message_key;
		-- nothing is known of a message whose events are gone
		UPDATE smsengage.message SET state = smsengage.delivery_state '' WHERE state IS NULL;
		ALTER TABLE smsengage.message ALTER COLUMN state SET NOT NULL;
	END IF;
	-- goes with it; a store of version 1.0 has none
	IF NOT smsengage.has_send_time() THEN
		ALTER TABLE smsengage.message ADD COLUMN send_time timestamptz GENERATED ALWAYS AS (smsengage.send_time(state, first_time)) STORED;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.restore_states() IS 'Puts back the columns state and send_time of the table message, which DROP EXTENSION ... CASCADE takes along, and fills them from the events. Used by migrate().';

CREATE FUNCTION smsengage.migrate()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.check_store_place();
	PERFORM smsengage.own_functions();
	PERFORM smsengage.check_owner();
	PERFORM smsengage.store_tables();
	PERFORM smsengage.restore_states();
	PERFORM smsengage.describe_tables();
	PERFORM smsengage.limit_tables();
	PERFORM smsengage.tally_tables();
	PERFORM smsengage.scope_tables();
	PERFORM smsengage.segment_tables();
	PERFORM smsengage.bulk_tables();
	PERFORM smsengage.gate_tables();
	PERFORM smsengage.erasure_tables();
	PERFORM smsengage.access_tables();
	PERFORM smsengage.outcome_tables();
	PERFORM smsengage.check_layout();
	PERFORM smsengage.machine_click_tables();
	PERFORM smsengage.health_tables();
	PERFORM smsengage.store_views();
	PERFORM smsengage.access_rules();
END
$$;
COMMENT ON FUNCTION smsengage.migrate() IS 'Brings the store up to date with the extension: makes what is missing, replaces views, changes no event. Call it after ALTER EXTENSION smsengage UPDATE; it may be repeated. Raises 42501 for another role than the owner of the store, and where objects of others have the store''s names.';

CREATE FUNCTION smsengage.create_store()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'duplicate_table',
			MESSAGE = 'this database has a store already',
			HINT = 'migrate() brings it up to date.';
	END IF;
	PERFORM smsengage.migrate();
END
$$;
COMMENT ON FUNCTION smsengage.create_store() IS 'Makes the tables and views of the store in schema smsengage, owned by the caller. Raises 42P07 if there is one, and as check_store_place().';

CREATE FUNCTION smsengage.drop_store(force boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	relation record;
	events boolean;
BEGIN
	IF NOT smsengage.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = 'this database has no store';
	END IF;
	IF smsengage.store_is_distributed() THEN
		-- one connection to a node, as views are dropped in the same transaction
		PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
	END IF;
	events := EXISTS (SELECT 1 FROM smsengage.event);
	events := events OR EXISTS (SELECT 1 FROM smsengage.rejected_event);
	IF events AND NOT coalesce(force, false) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the store has events',
			HINT = 'drop_store(force => true) drops them; there is no way back.';
	END IF;
	FOR relation IN SELECT r.relation AS name, r.kind FROM smsengage.store_relations() r ORDER BY r.kind = 'v' DESC, r.relation::oid DESC LOOP
		EXECUTE format('DROP %s %s', CASE relation.kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relation.name);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.drop_store(boolean) IS 'Drops the store''s tables and views, and nothing else that may be in the schema. Refuses (55000) while there are events, unless force is true. Raises 2BP01 if something else depends on them.';
