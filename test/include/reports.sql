-- put(type, message, at, more): ingests one native event of account shop, as
-- often as it is called; members of more that are null are left out.
CREATE FUNCTION pg_temp.put(event_type text, message_id text, at timestamptz, more jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	counts record;
BEGIN
	SELECT * INTO counts FROM smsengage.ingest('native', (jsonb_strip_nulls(jsonb_build_object('event_type', event_type, 'message_id', message_id,
		'event_time', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'account', 'shop',
		'event_id', concat_ws('.', event_type, message_id, more ->> 'part', more ->> 'recipient', to_char(at AT TIME ZONE 'UTC', 'MMDDHH24MISSUS')))) || more)::text);
	IF counts.rejected + counts.ignored > 0 THEN
		RAISE EXCEPTION 'not stored: %', (SELECT string_agg(r.reason, ', ') FROM smsengage.rejected_event r);
	END IF;
END
$$;

-- sums(): whether every row of the reports adds up, and the tallies agree with the messages
CREATE FUNCTION pg_temp.sums(since date, until date, at timestamptz) RETURNS text
LANGUAGE sql
AS $$
	SELECT concat_ws(', ',
		(SELECT CASE WHEN bool_and(r.sent = r.delivered + r.failed + r.expired + r.pending + r.unknown AND r.attempted = r.sent + r.not_sent AND r.delivered = r.delivered_handset + r.delivered_operator
			AND r.not_delivered = r.failed + r.expired AND r.possibly_delivered = r.delivered + r.pending + r.unknown AND r.settled = r.delivered + r.failed + r.expired)
			THEN 'rows add up' ELSE 'ROWS DO NOT ADD UP' END FROM smsengage.daily_report('UTC', since, until, at => at) r),
		(SELECT CASE WHEN count(DISTINCT s) = 1 THEN 'reports agree' ELSE 'REPORTS DIFFER' END FROM (
			SELECT (sum(r.attempted), sum(r.sent), sum(r.delivered), sum(r.failed), sum(r.expired), sum(r.pending), sum(r.unknown))::text FROM smsengage.daily_report('UTC', since, until, at => at) r UNION ALL
			SELECT (sum(r.attempted), sum(r.sent), sum(r.delivered), sum(r.failed), sum(r.expired), sum(r.pending), sum(r.unknown))::text FROM smsengage.campaign_report(since, until, at => at) r UNION ALL
			SELECT (sum(r.attempted), sum(r.sent), sum(r.delivered), sum(r.failed), sum(r.expired), sum(r.pending), sum(r.unknown))::text FROM smsengage.sender_report(since, until, at => at) r UNION ALL
			SELECT (sum(r.attempted), sum(r.sent), sum(r.delivered), sum(r.failed), sum(r.expired), sum(r.pending), sum(r.unknown))::text FROM smsengage.country_report(since, until, at => at) r UNION ALL
			SELECT (sum(r.attempted), sum(r.sent), sum(r.delivered), sum(r.failed), sum(r.expired), sum(r.pending), sum(r.unknown))::text FROM smsengage.provider_report(since, until, at => at) r) x(s)),
		(SELECT CASE WHEN count(*) = 0 THEN 'tallies agree with messages' ELSE 'TALLIES DIFFER' END FROM smsengage_internal.outcome_difference()))
$$;
