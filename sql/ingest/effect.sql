-- What events do to block list and consent.

CREATE TYPE smsengage.effect_row AS (
	event_time timestamptz,
	event_key bigint,
	account text,
	recipient text,
	kind text,
	code integer,
	sender text,
	source text,
	detail text
);
COMMENT ON TYPE smsengage.effect_row IS 'What an event does to block list or consent. kind: block, unblock, subscribe, unsubscribe, inbound; code: block code, or 1 where detail is the keyword that the provider recognised in a reply; sender: without plus, empty for every sender of the account; source: event, failure, keyword, manual; detail: what was said, or why.';

CREATE FUNCTION smsengage_internal.batch_has_effects(batch smsengage.parsed_batch)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_batch_has_effects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.batch_has_effects(smsengage.parsed_batch) IS 'Whether an event of the batch touches block list or consent. Used by ingest().';

CREATE FUNCTION smsengage_internal.batch_effects(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS SETOF smsengage.effect_row
AS 'MODULE_PATHNAME', 'sms_batch_effects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.batch_effects(smsengage.parsed_batch, bigint[]) IS 'What the events with these keys do to block list and consent; an event about no number does nothing. Used by ingestion.';

CREATE FUNCTION smsengage_internal.event_effects(provider text, event_type text, status_class smallint, status_code text, status_name text, error_code text, error_text text, sender_id text, message_text text, unsubscribe_source text, unsubscribe_reason text, keyword text DEFAULT NULL,
	OUT kind text, OUT code integer, OUT sender text, OUT source text, OUT detail text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_event_effects_of_columns' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 1;
COMMENT ON FUNCTION smsengage_internal.event_effects(text, text, smallint, text, text, text, text, text, text, text, text, text) IS 'What one stored event does to block list and consent, from its columns: the same that batch_effects() said when it came in. Used by stored_effects().';

CREATE FUNCTION smsengage_internal.store_effects(effects smsengage.effect_row[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kinds text[] := (SELECT array_agg(DISTINCT e.kind) FROM unnest(effects) e);
	confined text[];
BEGIN
	IF 'block' = ANY (kinds) THEN
		-- OFFSET 0: asked once for an account
		confined := ARRAY(
			SELECT a.account FROM (SELECT DISTINCT e.account FROM unnest(effects) e WHERE e.kind = 'block' OFFSET 0) a
			WHERE NOT smsengage_internal.may_block_for_all(a.account));
		INSERT INTO smsengage.block (recipient, blocked_at, event_key, account, code, expires_at, scope, deletable, confined, source, reason)
		SELECT e.recipient, e.event_time, e.event_key, e.account, e.code,
			t.expires_at, smsengage_internal.block_scope(t.scope, e.account = ANY (confined)), t.deletable, e.account = ANY (confined), e.source, e.detail
		FROM unnest(effects) e
		CROSS JOIN LATERAL smsengage_internal.block_terms(e.code, e.event_time) t
		WHERE e.kind = 'block'
		ORDER BY e.account COLLATE "C", e.recipient COLLATE "C", e.event_time, e.event_key
		ON CONFLICT DO NOTHING;
	END IF;
	IF 'unblock' = ANY (kinds) THEN
		INSERT INTO smsengage.unblock (recipient, account, unblocked_at, event_key, reason)
		SELECT e.recipient, e.account, e.event_time, e.event_key, e.detail
		FROM unnest(effects) e
		WHERE e.kind = 'unblock'
		ORDER BY e.account COLLATE "C", e.recipient COLLATE "C", e.event_time, e.event_key
		ON CONFLICT DO NOTHING;
	END IF;
	IF kinds && ARRAY['subscribe', 'unsubscribe', 'inbound'] THEN
		PERFORM smsengage_internal.store_consent(effects);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.store_effects(smsengage.effect_row[]) IS 'Records what events do to block list and consent; the same again changes nothing. Used by ingest() and the rebuild functions.';

CREATE FUNCTION smsengage_internal.stored_effects(since timestamptz, until timestamptz)
RETURNS SETOF smsengage.effect_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.event_time, e.event_key, e.account, e.recipient, f.kind, f.code, f.sender, f.source, f.detail
	FROM smsengage.event e
	CROSS JOIN LATERAL smsengage_internal.event_effects(e.provider, e.event_type, e.status_class, e.status_code, e.status_name,
		e.error_code, e.error_text, e.sender_id, e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.keyword) f
	WHERE e.event_time >= since AND e.event_time < until AND e.recipient <> ''
		AND (e.status_class IN (:CLASS_NOT_SENT:, :CLASS_EXPIRED:, :CLASS_UNDELIVERED:) OR e.error_code IS NOT NULL OR e.event_type IN ('BLOCK', 'UNBLOCK', 'SUBSCRIBE', 'UNSUBSCRIBE', 'REPLY'));
END
$$;
COMMENT ON FUNCTION smsengage_internal.stored_effects(timestamptz, timestamptz) IS 'What the stored events from since up to, not including, until do to block list and consent. Used by the rebuild functions.';

CREATE FUNCTION smsengage_internal.rebuild_effects(kinds text[], since timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day timestamptz := since;
	last timestamptz := (SELECT max(e.event_time) FROM smsengage.event e);
	next_day timestamptz;
BEGIN
	-- by day, so that memory stays bounded; days without events are jumped over
	WHILE day <= last LOOP
		next_day := (timezone('UTC', day)::date + 1)::timestamp AT TIME ZONE 'UTC';
		PERFORM smsengage_internal.store_effects(
			ARRAY(SELECT s FROM smsengage_internal.stored_effects(day, next_day) s WHERE s.kind = ANY (kinds)));
		day := (SELECT min(e.event_time) FROM smsengage.event e WHERE e.event_time >= next_day);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.rebuild_effects(text[], timestamptz) IS 'Records the effects of these kinds of all stored events since a moment. Used by rebuild_blocks() and rebuild_subscriptions().';
