-- any_order(provider, payloads): ingests the payloads in twenty orders, each of
-- them twice, and says how many different stores came out; doctor() must find
-- each of them sound.  All in one transaction, so that the arrival is the same.
CREATE FUNCTION pg_temp.store_picture() RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN md5(concat(
		(SELECT string_agg((to_jsonb(e) - 'individual_no' - 'extra')::text || coalesce(e.extra::text, ''), E'\n' ORDER BY e.event_time, e.event_key)
		 FROM smsengage.event e),
		(SELECT string_agg((to_jsonb(m) - 'individual_no' - 'state')::text || m.state::text, E'\n' ORDER BY m.message_key)
		 FROM smsengage.message m),
		(SELECT string_agg(r.payload || r.reason, E'\n' ORDER BY r.digest) FROM smsengage.rejected_event r),
		(SELECT string_agg(r.payload || r.reason, E'\n' ORDER BY r.digest) FROM smsengage.provider_notice r),
		(SELECT string_agg(d::text, E'\n' ORDER BY d.event_time, d.event_key) FROM smsengage.content_drift d)));
END
$$;

CREATE FUNCTION pg_temp.any_order(provider text, payloads text[],
	OUT orders bigint, OUT stores bigint, OUT events bigint, OUT messages bigint, OUT rejected bigint, OUT notices bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	pictures text[] := '{}';
	payload text;
BEGIN
	FOR seed IN 1..20 LOOP
		-- what events make, and what was none
		TRUNCATE smsengage.event, smsengage.event_identity, smsengage.message, smsengage.individual, smsengage.individual_link,
			smsengage.contact_point, smsengage.rejected_event, smsengage.provider_notice, smsengage.content_drift, smsengage.series,
			smsengage.engagement_tally, smsengage.outcome_tally, smsengage.block, smsengage.unblock, smsengage.subscription,
			smsengage.consent_entry, smsengage.consent_ledger, smsengage.consent_seal;
		FOR payload IN
			SELECT p FROM unnest(payloads || payloads) WITH ORDINALITY u(p, n) ORDER BY md5(seed || '.' || n)
		LOOP
			PERFORM smsengage.ingest(provider, payload);
		END LOOP;
		pictures := pictures || pg_temp.store_picture();
		IF EXISTS (SELECT FROM smsengage.doctor()) THEN
			RAISE EXCEPTION 'doctor() finds differences: %', (SELECT d FROM smsengage.doctor() d LIMIT 1);
		END IF;
	END LOOP;
	SELECT count(*), count(DISTINCT p) INTO orders, stores FROM unnest(pictures) p;
	SELECT count(*) INTO events FROM smsengage.event;
	SELECT count(*) INTO messages FROM smsengage.message;
	SELECT count(*) INTO rejected FROM smsengage.rejected_event;
	SELECT count(*) INTO notices FROM smsengage.provider_notice;
END
$$;

-- what an event says, without empty columns and without what is made of it
CREATE FUNCTION pg_temp.says(p smsengage.parsed_event) RETURNS text
LANGUAGE sql
AS $$
	SELECT string_agg(j.key || '=' || j.value, ' ' ORDER BY j.n)
	FROM json_each_text(to_json(p)) WITH ORDINALITY j(key, value, n)
	WHERE j.value IS NOT NULL AND j.value <> ''
		AND j.key NOT IN ('event_no', 'outcome', 'reason', 'raw', 'event_key', 'received_at', 'message_key', 'provider', 'extra')
		AND NOT (j.key = 'created_time' AND p.created_time = p.received_at)
$$;
