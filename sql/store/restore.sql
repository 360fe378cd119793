-- What DROP EXTENSION ... CASCADE takes along.

CREATE FUNCTION smsengage_internal.has_send_time()
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'smsengage.message'::regclass AND attname = 'send_time' AND NOT attisdropped);
END
$$;
COMMENT ON FUNCTION smsengage_internal.has_send_time() IS 'Whether the table message has the column send_time. Used by migrate() and check_migrated().';

CREATE FUNCTION smsengage_internal.check_migrated()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage_internal.has_send_time() OR to_regclass('smsengage.store_migration') IS NULL THEN
		PERFORM smsengage_internal.not_migrated();
	END IF;
	-- mostly there are none, and the table need not be asked
	IF smsengage_internal.store_migrations() <> '{}' THEN
		IF EXISTS (SELECT FROM unnest(smsengage_internal.store_migrations()) m WHERE m NOT IN (SELECT s.migration FROM smsengage.store_migration s)) THEN
			PERFORM smsengage_internal.not_migrated();
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.check_migrated() IS 'Raises 55000 if the store lacks what is needed, as between ALTER EXTENSION smsengage UPDATE and migrate(). Used by reports and delete_expired().';

CREATE FUNCTION smsengage_internal.restore_states()
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
			SELECT e.message_key, smsengage.merge(smsengage_internal.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel,
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
	-- goes with it
	IF NOT smsengage_internal.has_send_time() THEN
		ALTER TABLE smsengage.message ADD COLUMN send_time timestamptz GENERATED ALWAYS AS (smsengage.send_time(state, first_time)) STORED;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.restore_states() IS 'Puts back the columns state and send_time of the table message, which DROP EXTENSION ... CASCADE takes along, and fills them from the events. Used by migrate().';

CREATE FUNCTION smsengage_internal.restore_tallies()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	lost boolean := 2 > (SELECT count(*) FROM pg_attribute WHERE attrelid = 'smsengage.engagement_tally'::regclass AND attname IN ('tally', 'quarters') AND NOT attisdropped);
BEGIN
	IF lost THEN
		TRUNCATE smsengage.engagement_tally;
		ALTER TABLE smsengage.engagement_tally ADD COLUMN IF NOT EXISTS tally smsengage.tally, ADD COLUMN IF NOT EXISTS quarters smsengage.day_tally;
	END IF;
	-- not again: a cluster cannot
	IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = 'smsengage.engagement_tally'::regclass AND a.attname IN ('tally', 'quarters') AND a.attstorage <> 'p') THEN
		ALTER TABLE smsengage.engagement_tally ALTER COLUMN tally SET STORAGE PLAIN, ALTER COLUMN quarters SET STORAGE PLAIN, ALTER COLUMN tally DROP NOT NULL;
	END IF;
	IF lost THEN
		PERFORM smsengage.rebuild_tallies();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.restore_tallies() IS 'Stores tallies as they are, without compression; puts back the columns tally and quarters, which DROP EXTENSION ... CASCADE takes along, and counts the events again. Used by migrate().';
