-- Tables of payloads.

-- Below, errors that are a payload's own, as far as ingestion can have any (too
-- large for memory: 54000, XX000; a value that no check foresaw: 22xxx), cost
-- that payload; every other error ends the batch, which may be repeated.

CREATE FUNCTION smsengage_internal.source_parts(source regclass)
RETURNS oid[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		WITH RECURSIVE part AS (
			SELECT source::oid AS no
			UNION
			SELECT i.inhrelid FROM pg_inherits i JOIN part ON i.inhparent = part.no
		)
		SELECT c.oid FROM part JOIN pg_class c ON c.oid = part.no
		WHERE c.relkind IN ('r', 'm'));
END
$$;
COMMENT ON FUNCTION smsengage_internal.source_parts(regclass) IS 'The tables that hold rows of source: itself, its partitions, its children. Used by ingest_from().';

CREATE FUNCTION smsengage_internal.source_part(source regclass, after oid DEFAULT 0)
RETURNS oid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (SELECT c.relkind FROM pg_class c WHERE c.oid = source) NOT IN ('r', 'p', 'm') THEN
		RAISE EXCEPTION USING ERRCODE = 'wrong_object_type',
			MESSAGE = format('%s is not a table', source),
			HINT = 'CREATE TEMP TABLE ... AS SELECT makes one.';
	END IF;
	RETURN (SELECT min(p) FROM unnest(smsengage_internal.source_parts(source)) p WHERE p > source_part.after);
END
$$;
COMMENT ON FUNCTION smsengage_internal.source_part(regclass, oid) IS 'The next table behind one that holds rows of source: itself, its partitions, its children. Raises 42809 for what is no table. Used by ingest_from().';

CREATE FUNCTION smsengage_internal.load_begin(provider text, source regclass, payload_column name, account text, resume boolean)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- the name of a table is kept as text
SET quote_all_identifiers = off
AS $$
DECLARE
	number bigint;
	file oid;
BEGIN
	IF provider IS NULL OR source IS NULL OR payload_column IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'provider, source and payload_column must not be null';
	END IF;
	-- says at once what every batch would say
	PERFORM smsengage_internal.batch(provider, '{}'::text, account, now());

	-- rows of an unlogged or partitioned table may be others at the same place
	SELECT c.relfilenode INTO file FROM pg_class c
	WHERE c.oid = source AND c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
		AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = source);
	IF resume THEN
		SELECT p.load_no INTO number
		FROM smsengage.load_progress p
		WHERE p.source = load_begin.source::text AND p.payload_column = load_begin.payload_column
			AND p.provider = load_begin.provider AND p.account IS NOT DISTINCT FROM load_begin.account
			AND p.file_no = file
		ORDER BY p.load_no DESC
		LIMIT 1
		FOR UPDATE SKIP LOCKED;
		IF FOUND THEN
			RETURN number;
		END IF;
	END IF;
	INSERT INTO smsengage.load_progress (source, payload_column, provider, account, file_no, part, started_at, reported_at)
	VALUES (source, payload_column, provider, account, file, smsengage_internal.source_part(source), clock_timestamp(), clock_timestamp())
	RETURNING load_no INTO number;
	RETURN number;
END
$$;
COMMENT ON FUNCTION smsengage_internal.load_begin(text, regclass, name, text, boolean) IS 'Starts a load, or finds an interrupted one. Used by ingest_from().';

CREATE FUNCTION smsengage_internal.ingest_rows(batch smsengage.parsed_batch, given_account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint,
	OUT payloads integer, OUT nulls integer, OUT last tid)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT i.accepted, i.duplicate, i.rejected, i.ignored, r.payloads, r.nulls, r.last
	INTO accepted, duplicate, rejected, ignored, payloads, nulls, last
	FROM smsengage_internal.ingest_batch(batch, given_account) i, smsengage_internal.batch_rows(batch) r;
END
$$;
COMMENT ON FUNCTION smsengage_internal.ingest_rows(smsengage.parsed_batch, text) IS 'ingest_batch() and batch_rows() of one batch. Used by ingest_from().';

CREATE FUNCTION smsengage_internal.load_step(load_no bigint, batch_rows integer, batch_bytes integer)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	load record;
	step record;
	rows integer := batch_rows;
	reason text;
	seconds numeric;
BEGIN
	IF coalesce(batch_rows, 0) < 1 OR coalesce(batch_bytes, 0) < 1 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'batch_rows and batch_bytes must be positive';
	END IF;
	SELECT p.* INTO load FROM smsengage.load_progress p WHERE p.load_no = load_step.load_no FOR UPDATE;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	-- the row says what is read with the rights of who calls
	IF load.part <> ALL (smsengage_internal.source_parts(load.source::regclass)) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the part that the load stopped in is no part of the source',
			HINT = 'Load it again without resume.';
	END IF;
	LOOP
		BEGIN
			SELECT r.* INTO step
			FROM smsengage_internal.ingest_rows(smsengage_internal.batch_from(load.provider, load.part, load.payload_column::name, load.account,
				now(), load.last, rows, batch_bytes, reason), load.account) r;
			EXIT;
		EXCEPTION WHEN program_limit_exceeded OR data_exception OR internal_error THEN
			-- closes in on the payload that cannot be stored
			IF rows > 1 THEN
				rows := rows / 2;
			ELSIF reason IS NULL THEN
				reason := format('cannot be stored: %s (%s)', SQLERRM, SQLSTATE);
			ELSE
				RAISE;
			END IF;
		END;
	END LOOP;

	IF step.last IS NULL THEN
		load.part := smsengage_internal.source_part(load.source::regclass, load.part);
		IF load.part IS NULL THEN
			RETURN false;
		END IF;
		UPDATE smsengage.load_progress p SET part = load.part, last = NULL WHERE p.load_no = load.load_no;
		RETURN true;
	END IF;
	seconds := extract(epoch FROM clock_timestamp() - load.started_at);
	IF clock_timestamp() > load.reported_at + interval '5 seconds' THEN
		RAISE NOTICE '%: % payloads, % new events, % rejected, % events a second', load.source,
			load.payloads + step.payloads, load.accepted + step.accepted, load.rejected + step.rejected,
			round((load.accepted + load.duplicate + load.rejected + load.ignored + step.accepted + step.duplicate
				   + step.rejected + step.ignored) / greatest(seconds, 0.001));
		load.reported_at := clock_timestamp();
	END IF;
	UPDATE smsengage.load_progress p SET
		last = step.last,
		reported_at = load.reported_at,
		payloads = p.payloads + step.payloads,
		nulls = p.nulls + step.nulls,
		accepted = p.accepted + step.accepted,
		duplicate = p.duplicate + step.duplicate,
		rejected = p.rejected + step.rejected,
		ignored = p.ignored + step.ignored
	WHERE p.load_no = load.load_no;
	RETURN true;
END
$$;
COMMENT ON FUNCTION smsengage_internal.load_step(bigint, integer, integer) IS 'One batch of a load; false when nothing is left. Used by ingest_from().';

CREATE FUNCTION smsengage_internal.load_end(load_no bigint, OUT payloads bigint, OUT nulls bigint, OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.load_progress p WHERE p.load_no = load_end.load_no
	RETURNING p.payloads, p.nulls, p.accepted, p.duplicate, p.rejected, p.ignored
	INTO payloads, nulls, accepted, duplicate, rejected, ignored;
END
$$;
COMMENT ON FUNCTION smsengage_internal.load_end(bigint) IS 'Ends a load and says what it did. Used by ingest_from().';

-- No SET clause: a procedure with one cannot commit.
CREATE PROCEDURE smsengage.ingest_from(provider text, source regclass, payload_column name DEFAULT 'payload', account text DEFAULT NULL,
	resume boolean DEFAULT false, batch_rows integer DEFAULT 10000, batch_bytes integer DEFAULT 8388608,
	INOUT payloads bigint DEFAULT NULL, INOUT nulls bigint DEFAULT NULL, INOUT accepted bigint DEFAULT NULL,
	INOUT duplicate bigint DEFAULT NULL, INOUT rejected bigint DEFAULT NULL, INOUT ignored bigint DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
	load_no pg_catalog.int8;
BEGIN
	CALL smsengage_internal.read_committed();
	load_no := smsengage_internal.load_begin(provider, source, payload_column, account, resume);
	WHILE smsengage_internal.load_step(load_no, batch_rows, batch_bytes) LOOP
		IF smsengage_internal.may_commit() THEN
			COMMIT AND CHAIN;
		END IF;
	END LOOP;
	SELECT e.payloads, e.nulls, e.accepted, e.duplicate, e.rejected, e.ignored
	INTO payloads, nulls, accepted, duplicate, rejected, ignored
	FROM smsengage_internal.load_end(load_no) e;
END
$$;
COMMENT ON PROCEDURE smsengage.ingest_from(text, regclass, name, text, boolean, integer, integer, bigint, bigint, bigint, bigint, bigint, bigint) IS 'Ingests the payloads of a table (or temporary, partitioned or materialized one) in batches of batch_rows rows or batch_bytes bytes, and commits each unless called in a transaction block. A column of type text, varchar, json, jsonb or bytea holds in each row an object, an array or several of them; NULL is counted and left out. Reports every five seconds; smsengage.load_progress shows where it is. May be repeated: what is in the store counts as duplicate. resume takes an interrupted load up behind its last batch, which is right only if since then rows were at most added to the table and none deleted. Returns what it read and did. Raises 42809, 42703, 42804 for a source that will not do, 22023 for an unknown provider.';

CREATE FUNCTION smsengage_internal.reject_payloads(provider text, payloads bytea[], account text, arrivals timestamptz[], reason text, limited boolean DEFAULT smsengage_internal.caller_is_limited(),
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	batch smsengage.parsed_batch;
BEGIN
	BEGIN
		batch := smsengage_internal.batch_all(provider, payloads, account, arrivals, reason);
	EXCEPTION WHEN invalid_parameter_value THEN
		-- a provider that nobody knows
		batch := smsengage_internal.batch_all('auto', payloads, account, arrivals, reason);
	END;
	SELECT i.* INTO accepted, duplicate, rejected, ignored FROM smsengage_internal.ingest_batch(batch, account, limited) i;
END
$$;
COMMENT ON FUNCTION smsengage_internal.reject_payloads(text, bytea[], text, timestamptz[], text, boolean) IS 'Puts payloads into rejected_event unread, for this reason. Used by drain_inbox() and ingest_payloads().';
