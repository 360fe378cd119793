-- Events that are too old.

CREATE FUNCTION smsengage_internal.set_horizon(account text, at timestamptz DEFAULT pg_catalog.now())
RETURNS timestamptz
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept smsengage.retention;
	moved timestamptz;
BEGIN
	SELECT r.* INTO kept FROM smsengage.retention r WHERE r.account = set_horizon.account;
	IF kept.account IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = 'the account has no row in the table retention';
	END IF;
	-- whole days, so that a horizon is a whole cell of the tallies too
	moved := date_trunc('day', at - kept.keep, 'UTC');
	IF moved <= kept.horizon THEN
		RETURN kept.horizon;
	END IF;
	-- ingestion that goes by the horizon of before has ended when it is moved
	PERFORM smsengage_internal.lock_erasure('maintain()');
	UPDATE smsengage.retention r SET horizon = greatest(r.horizon, moved) WHERE r.account = set_horizon.account
	RETURNING r.horizon INTO moved;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION smsengage_internal.set_horizon(text, timestamptz) IS 'Moves the horizon of an account (*: of those without a row of their own) to where the table retention says, and returns it; older events are ignored from then on. Waits for ingestion if it moves, once a day that is. Used by maintain().';

CREATE FUNCTION smsengage_internal.drop_expired()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET lock_timeout = '2s'
AS $$
DECLARE
	partition record;
	dropped bigint := 0;
	n bigint;
BEGIN
	FOR partition IN
		SELECT p.partition AS name
		FROM smsengage_internal.event_partitions() p
		JOIN pg_class c ON c.oid = p.partition
		WHERE c.relkind IN ('r', 'p')
			AND p.until <= (SELECT min(r.horizon) FROM smsengage.retention r HAVING bool_or(r.account = '*'))
		ORDER BY p.since
	LOOP
		-- while it waits for readers, all others wait for it: not for long, the
		-- events are deleted anyway, and the next call tries again
		BEGIN
			EXECUTE format('SELECT count(*) FROM %s', partition.name) INTO n;
			EXECUTE format('DROP TABLE %s', partition.name);
			dropped := dropped + n;
		EXCEPTION WHEN lock_not_available OR dependent_objects_still_exist OR insufficient_privilege THEN
			-- nor is a view of somebody's on the month, or another owner of it, in the way
			NULL;
		END;
	END LOOP;
	RETURN dropped;
END
$$;
COMMENT ON FUNCTION smsengage_internal.drop_expired() IS 'Drops the partitions of event that lie before every horizon, whatever they are called, if no reader keeps it waiting for two seconds and nothing depends on them, and returns how many events went. Used by maintain().';

CREATE FUNCTION smsengage_internal.delete_expired(account text)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept smsengage.retention;
	others boolean := delete_expired.account = '*';
	rejected_until timestamptz;
	n bigint;
BEGIN
	PERFORM smsengage_internal.check_migrated();
	SELECT r.* INTO kept FROM smsengage.retention r WHERE r.account = delete_expired.account;
	DELETE FROM smsengage.event e
	WHERE e.event_time < kept.horizon
		AND (e.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention r WHERE r.account = e.account));
	GET DIAGNOSTICS n = ROW_COUNT;
	rejected_until := coalesce(now() - kept.keep_rejected, kept.horizon);
	DELETE FROM smsengage.rejected_event r
	WHERE r.received_at < rejected_until
		AND (r.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention o WHERE o.account = r.account));
	DELETE FROM smsengage.provider_notice p
	WHERE p.received_at < rejected_until
		AND (p.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention o WHERE o.account = p.account));
	RETURN n;
END
$$;
COMMENT ON FUNCTION smsengage_internal.delete_expired(text) IS 'Deletes the events of an account (*: of those without a row of their own) that lie before its horizon, and its rejected events and notices that are older than their own term, or arrived before the horizon if they have none; returns how many events. Raises 55000 as check_migrated(). Used by maintain().';

CREATE PROCEDURE smsengage.maintain()
LANGUAGE plpgsql
AS $$
DECLARE
	kept pg_catalog.record;
BEGIN
	CALL smsengage_internal.read_committed();
	PERFORM smsengage_internal.own_partitions();
	PERFORM smsengage_internal.make_partition((pg_catalog.timezone('UTC', pg_catalog.now()) OPERATOR(pg_catalog.+) m)::pg_catalog.date)
	FROM pg_catalog.unnest(ARRAY['0 months', '1 month', '2 months']::pg_catalog.interval[]) m;
	IF smsengage_internal.may_commit() THEN COMMIT AND CHAIN; END IF;
	IF smsengage_internal.tallies_are_received() THEN
		-- all rows come from the publisher, but no partition comes or goes by that
		PERFORM smsengage_internal.drop_expired();
		RETURN;
	END IF;
	FOR kept IN SELECT r.account FROM smsengage.retention r ORDER BY r.account LOOP
		PERFORM smsengage_internal.set_horizon(kept.account);
		IF smsengage_internal.may_commit() THEN COMMIT AND CHAIN; END IF;
	END LOOP;
	PERFORM smsengage_internal.drop_expired();
	IF smsengage_internal.may_commit() THEN COMMIT AND CHAIN; END IF;
	FOR kept IN SELECT r.account FROM smsengage.retention r ORDER BY r.account LOOP
		PERFORM smsengage_internal.delete_expired(kept.account);
		IF smsengage_internal.may_commit() THEN COMMIT AND CHAIN; END IF;
	END LOOP;
	PERFORM smsengage_internal.drop_counts();
	PERFORM smsengage.seal_consent();
	IF smsengage_internal.may_commit() THEN COMMIT AND CHAIN; END IF;
	CALL smsengage.fold();
END
$$;
COMMENT ON PROCEDURE smsengage.maintain() IS 'Housekeeping, to be called every few minutes or hours, also beside load: makes the partitions of this month and the next two, gives those that somebody else owns to the owner of event where the caller may, moves the horizons of the table retention, seals the consent ledger, folds the tallies. Where a subscription brings the tallies of another store, it makes and drops partitions only. Nothing that is correct depends on it. Raises 0A000 in a transaction block of REPEATABLE READ or SERIALIZABLE.';

CREATE FUNCTION smsengage_internal.horizon()
RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT max(r.horizon) FROM smsengage.retention r), '-infinity');
END
$$;
COMMENT ON FUNCTION smsengage_internal.horizon() IS 'The moment since when the events of every account are kept. Used by rebuild() and doctor().';
