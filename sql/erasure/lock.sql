-- Who waits for whom.

CREATE FUNCTION smsengage_internal.check_isolation(what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = format('%s cannot run in a transaction of isolation level %s', what, current_setting('transaction_isolation')),
			DETAIL = 'It would not see what was committed since the snapshot of the transaction.',
			HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED, or SET default_transaction_isolation = ''read committed'' before it.';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_isolation(text) IS 'Raises 0A000 in transactions that keep one snapshot. Used by what takes a lock and then has to see all that was committed before: forget(), rebuild() and the like.';

CREATE FUNCTION smsengage_internal.lock_erasure(what text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.check_isolation(what);
	-- ingestion and rebuild() have it in ROW SHARE mode, readers do not care
	IF smsengage_internal.store_is_distributed() THEN
		LOCK TABLE smsengage.forgotten IN ACCESS EXCLUSIVE MODE;
	ELSE
		LOCK TABLE smsengage.forgotten IN EXCLUSIVE MODE;
	END IF;
	-- seen by check_erasure() in transactions whose snapshot is older
	UPDATE smsengage.store_secret s SET secret = s.secret;
END
$$;
COMMENT ON FUNCTION smsengage_internal.lock_erasure(text) IS 'Waits until nobody ingests or rebuilds and holds them off until the end of the transaction. Raises as check_isolation(). Used by forget() and where a horizon moves.';

CREATE FUNCTION smsengage_internal.check_erasure()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM 1 FROM smsengage.store_secret FOR SHARE;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_erasure() IS 'Raises 40001 if somebody was forgotten or a horizon moved since the snapshot of a transaction that keeps it. Used by ingest_batch().';

CREATE FUNCTION smsengage_internal.begin_rebuild()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage_internal.check_isolation('rebuild()');
	-- not beside forget(): its events are seen until it commits
	LOCK TABLE smsengage.forgotten IN ROW SHARE MODE;
END
$$;
COMMENT ON FUNCTION smsengage_internal.begin_rebuild() IS 'Holds off forget() until the end of the transaction. Raises as check_isolation(). Used by the rebuild functions.';
