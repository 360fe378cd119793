-- Months that events may make.

CREATE FUNCTION smsengage_internal.event_partitions()
RETURNS TABLE (partition regclass, since timestamptz, until timestamptz)
AS 'MODULE_PATHNAME', 'sms_event_partitions' LANGUAGE C STABLE PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION smsengage_internal.event_partitions() IS 'The partitions of the table event and the time that each holds, [since, until), in order of time. Used by ingestion and maintain().';

CREATE FUNCTION smsengage_internal.event_partition(at timestamptz)
RETURNS regclass
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT p.partition FROM smsengage_internal.event_partitions() p WHERE p.since <= at AND p.until > at);
END
$$;
COMMENT ON FUNCTION smsengage_internal.event_partition(timestamptz) IS 'The partition of the table event that an instant belongs to; NULL if it is missing. Used by ingestion.';

CREATE FUNCTION smsengage_internal.attach_partition(name text, since timestamptz, until timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	owner name := (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'smsengage.event'::regclass);
	low text := CASE WHEN isfinite(since) THEN quote_literal(to_char(timezone('UTC', since), 'YYYY-MM-DD HH24:MI:SS.US') || '+00') END;
	high text := quote_literal(to_char(timezone('UTC', until), 'YYYY-MM-DD HH24:MI:SS.US') || '+00');
	-- as the parent's other partitions, if the caller may write there
	space name := (
		SELECT t.spcname FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace
		WHERE c.oid = 'smsengage.event'::regclass AND has_tablespace_privilege(t.oid, 'CREATE'));
	free text := name;
	n integer := 1;
BEGIN
	-- a month that was detached has its name still, and keeps nobody waiting
	WHILE to_regclass(format('smsengage.%I', free)) IS NOT NULL LOOP
		n := n + 1;
		free := format('%s_%s', name, n);
	END LOOP;
	IF free <> name THEN
		RAISE WARNING USING
			MESSAGE = format('the name "%s" is taken, so a new partition of the table event is called "%s"', name, free),
			DETAIL = format('Events from %s up to %s go there.', coalesce(low, 'the beginning'), high),
			HINT = format('If "%s" is a month that was detached and is to come back: move the rows of "%s" there, drop this and attach that.', name, free);
	END IF;
	-- ATTACH locks out neither readers nor writers; the check spares its scan
	EXECUTE format('CREATE TABLE smsengage.%I (LIKE smsengage.event INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS'
				   ' INCLUDING STORAGE INCLUDING COMPRESSION,'
				   ' CONSTRAINT event_time_check CHECK (%sevent_time < %s))%s',
				   free, 'event_time >= ' || low || ' AND ', high, ' TABLESPACE ' || quote_ident(space));
	-- no policy: rows show through the parent's only, whoever is granted what
	EXECUTE format('ALTER TABLE smsengage.%I ENABLE ROW LEVEL SECURITY', free);
	-- whoever called: a superuser, or a member of the owner's role
	IF owner <> current_user THEN
		EXECUTE format('ALTER TABLE smsengage.%I OWNER TO %I', free, owner);
	END IF;
	EXECUTE format('ALTER TABLE smsengage.event ATTACH PARTITION smsengage.%I FOR VALUES FROM (%s) TO (%s)', free, coalesce(low, 'MINVALUE'), high);
	EXECUTE format('ALTER TABLE smsengage.%I DROP CONSTRAINT event_time_check', free);
END
$$;
COMMENT ON FUNCTION smsengage_internal.attach_partition(text, timestamptz, timestamptz) IS 'Makes a partition of the table event for [since, until), which belongs to the owner of event whoever calls and lies in its tablespace; under another name, with a warning, where its own is taken. Used by make_partition() and make_months().';

CREATE FUNCTION smsengage_internal.make_partition(month date)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since timestamptz := timezone('UTC', date_trunc('month', month::timestamp));
	until timestamptz := timezone('UTC', date_trunc('month', month::timestamp) + interval '1 month');
BEGIN
	IF smsengage_internal.event_partition(since) IS NOT NULL THEN
		RETURN;
	END IF;
	IF smsengage_internal.cluster_place() = 'worker' THEN
		PERFORM smsengage_internal.ask_coordinator(format('SELECT smsengage_internal.make_partition(%L)', month));
		RETURN;
	END IF;
	-- the lock that ATTACH takes, but before anything else: makers of whatever
	-- month take turns here, and whoever waited sees what was made meanwhile
	LOCK TABLE ONLY smsengage.event IN SHARE UPDATE EXCLUSIVE MODE;
	IF smsengage_internal.event_partition(since) IS NULL THEN
		PERFORM smsengage_internal.attach_partition('event_' || to_char(timezone('UTC', since), 'YYYY_MM'), since, until);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.make_partition(date) IS 'Makes the partition of event for the month (UTC) of this day, if it is missing and event_past does not span it. Several calls at once make one. Readers and writers do not wait; who makes another partition does, until the transaction ends. Used by ingestion and maintain().';

CREATE FUNCTION smsengage_internal.make_past(month timestamptz, before timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since timestamptz := coalesce((SELECT max(p.until) FROM smsengage_internal.event_partitions() p WHERE p.until <= month), '-infinity');
	until timestamptz := least((SELECT min(p.since) FROM smsengage_internal.event_partitions() p WHERE p.since > month), before);
BEGIN
	PERFORM smsengage_internal.attach_partition('event_past' || CASE WHEN isfinite(since) THEN to_char(timezone('UTC', since), '_YYYY_MM') ELSE '' END, since, until);
END
$$;
COMMENT ON FUNCTION smsengage_internal.make_past(timestamptz, timestamptz) IS 'Makes one partition of event for all that lies between the partitions on both sides of a month, up to a moment: event_past, or event_past_YYYY_MM if there are older ones. Used by make_months().';

CREATE FUNCTION smsengage_internal.make_months(months date[], limited boolean)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept bigint := smsengage_internal.limit_of('past_months', limited);
	most bigint := smsengage_internal.limit_of('new_partitions', limited);
	oldest timestamptz := timezone('UTC', date_trunc('month', timezone('UTC', now())) - make_interval(months => kept::integer));
	wanted timestamptz[];
	gaps bigint[];
	own bigint;
	month timestamptz;
BEGIN
	IF kept IS NULL AND most IS NULL THEN
		PERFORM smsengage_internal.make_partition(m) FROM unnest(months) m;
		RETURN;
	END IF;
	IF smsengage_internal.cluster_place() = 'worker' THEN
		PERFORM smsengage_internal.ask_coordinator(format('SELECT smsengage_internal.make_months(%L, %L)', months, limited));
		RETURN;
	END IF;
	-- as make_partition()
	LOCK TABLE ONLY smsengage.event IN SHARE UPDATE EXCLUSIVE MODE;
	SELECT array_agg(w.at ORDER BY w.at DESC), array_agg(w.gap ORDER BY w.at DESC) INTO wanted, gaps
	FROM (
		SELECT m.at, (SELECT count(*) FROM smsengage_internal.event_partitions() p WHERE p.until <= m.at) AS gap
		FROM (SELECT timezone('UTC', u::timestamp) AS at FROM unnest(months) u) m
		WHERE smsengage_internal.event_partition(m.at) IS NULL
	) w;
	-- as many of the newest get a month of their own as leaves one partition for each gap in which the others lie
	SELECT max(n) INTO own
	FROM generate_series(0, (SELECT count(*) FROM unnest(wanted) m WHERE m >= oldest OR kept IS NULL)) n
	WHERE most IS NULL OR n + (SELECT count(DISTINCT g) FROM unnest(gaps[n + 1:]) g) <= most;
	IF own IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded',
			MESSAGE = format('the events need more than %s new partitions', most),
			HINT = 'Send the events of fewer months at a time, or let the owner of the store call make_partition() first.';
	END IF;
	PERFORM smsengage_internal.make_partition(timezone('UTC', m)::date) FROM unnest(wanted[:own]) m;
	FOREACH month IN ARRAY coalesce(wanted[own + 1:], '{}') LOOP
		IF smsengage_internal.event_partition(month) IS NULL THEN
			PERFORM smsengage_internal.make_past(month, CASE WHEN month < oldest THEN oldest ELSE month + interval '1 month' END);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.make_months(date[], boolean) IS 'Makes the partitions of event that are missing for the events of these months. Within the limits past_months and new_partitions of the table store_limit each month gets its own; the others get one together, make_past(). Raises 54000 where that takes more than new_partitions. Used by ingestion.';

CREATE FUNCTION smsengage.split_past(since date)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	bound timestamptz := timezone('UTC', date_trunc('month', since::timestamp));
	columns text := (
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
		WHERE a.attrelid = 'smsengage.event'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '');
	piece record;
	moved bigint := 0;
	n bigint;
BEGIN
	IF since IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'since must not be null';
	END IF;
	LOCK TABLE smsengage.event IN ACCESS EXCLUSIVE MODE;
	FOR piece IN
		SELECT c.relname, p.partition, p.since, p.until
		FROM smsengage_internal.event_partitions() p
		JOIN pg_class c ON c.oid = p.partition
		WHERE (starts_with(c.relname, 'event_past') OR NOT isfinite(p.since)) AND p.until > bound
	LOOP
		EXECUTE format('ALTER TABLE smsengage.event DETACH PARTITION %s', piece.partition);
		EXECUTE format('ALTER TABLE %s RENAME TO event_unsplit', piece.partition);
		IF piece.since < bound THEN
			PERFORM smsengage_internal.attach_partition(piece.relname, piece.since, bound);
		END IF;
		EXECUTE format('SELECT smsengage_internal.make_partition(m) FROM (SELECT DISTINCT date_trunc(''month'', timezone(''UTC'', e.event_time))::date AS m FROM %s e WHERE e.event_time >= $1) x', piece.partition)
		USING bound;
		EXECUTE format('INSERT INTO smsengage.event (%s) SELECT %1$s FROM %2$s', columns, piece.partition);
		GET DIAGNOSTICS n = ROW_COUNT;
		moved := moved + n;
		EXECUTE format('DROP TABLE %s', piece.partition);
	END LOOP;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION smsengage.split_past(date) IS 'Gives months (UTC) from this day''s on partitions of their own, where event_past and its like span them and have events; returns how many events were written anew. For the owner, after a history came late, and for quiet hours: readers and writers wait until the transaction ends.';
