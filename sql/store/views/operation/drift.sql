CREATE OR REPLACE VIEW smsengage.drift WITH (security_invoker = true) AS
WITH code AS MATERIALIZED (
	SELECT s.provider, s.event_class, lower(s.code) AS code FROM smsengage.status_codes() s
),
found AS (
	SELECT 'status code' AS kind, e.provider, e.status_code AS value, e.received_at, e.event_time, e.event_key, NULL::text AS payload
	FROM smsengage.event e
	WHERE e.status_code IS NOT NULL AND e.provider <> 'native'
		AND NOT EXISTS (
			SELECT FROM code s
			WHERE s.provider = e.provider AND s.code = lower(e.status_code)
				AND s.event_class = CASE WHEN e.provider = 'salesforce_ens' AND e.event_type = 'NOT_SENT' THEN 'not_sent' ELSE 'status' END)
	UNION ALL
	SELECT 'error code', e.provider, e.error_code, e.received_at, e.event_time, e.event_key, NULL
	FROM smsengage.event e
	WHERE e.error_code IS NOT NULL AND e.provider <> 'native'
		AND NOT EXISTS (
			SELECT FROM code s
			WHERE s.provider = e.provider AND s.code = lower(e.error_code) AND s.event_class = 'error')
	UNION ALL
	SELECT 'event type', r.provider,
		left((regexp_match(r.payload, '"' || t.name || '"[[:space:]]*:[[:space:]]*"([^"]*)"'))[1], 64),
		r.received_at, NULL, NULL, r.payload
	FROM smsengage.rejected_event r
	CROSS JOIN LATERAL (SELECT substring(r.reason FROM '([A-Za-z_]+): expected') AS name) t
	WHERE t.name IN ('eventCategoryType', 'EventType', 'event', 'stat_type', 'topic', 'eventType', 'event_type')
	UNION ALL
	SELECT 'field', e.provider, u.path, e.received_at, e.event_time, e.event_key, NULL
	FROM smsengage.event e
	JOIN (SELECT x.provider, array_agg(x.path) AS paths FROM smsengage_internal.expected_extra() x GROUP BY x.provider) x ON x.provider = e.provider
	CROSS JOIN LATERAL unnest(smsengage_internal.unknown_members(e.extra, x.paths)) u(path)
	UNION ALL
	SELECT 'content', c.provider, c.columns, c.received_at, c.event_time, c.event_key, NULL
	FROM smsengage.content_drift c
	UNION ALL
	SELECT 'names', e.provider, s.dimension, e.received_at, e.event_time, e.event_key, NULL
	FROM smsengage.series s
	JOIN smsengage.event e ON e.account = s.account AND e.event_type = s.event_type AND e.link_name = s.value AND :FIRST_PART(e.):
	WHERE s.dimension = 'link_name' AND NOT s.own
	UNION ALL
	SELECT 'names', e.provider, s.dimension, e.received_at, e.event_time, e.event_key, NULL
	FROM smsengage.series s
	JOIN smsengage.event e ON e.account = s.account AND e.event_type = s.event_type AND e.bulk_message = s.value AND :FIRST_PART(e.):
	WHERE s.dimension = 'bulk_message' AND NOT s.own
)
SELECT f.kind,
	f.provider,
	f.value,
	count(*) AS events,
	min(f.received_at) AS first_seen,
	max(f.received_at) AS last_seen,
	min(f.event_time) AS sample_event_time,
	(array_agg(f.event_key ORDER BY f.event_time, f.event_key))[1] AS sample_event_key,
	min(f.payload) AS sample_payload
FROM found f
GROUP BY f.kind, f.provider, f.value
UNION ALL
SELECT 'unreadable', n.provider, concat_ws(': ', nullif(n.path, ''), n.reason), sum(n.events)::bigint, min(n.first_seen), max(n.last_seen), NULL, NULL, NULL
FROM smsengage.field_note n
GROUP BY n.provider, n.path, n.reason
UNION ALL
SELECT 'lost', c.provider, 'rejected_bytes', sum(c.lost_pieces)::bigint, timezone('UTC', min(c.day)::timestamp), timezone('UTC', max(c.day)::timestamp), NULL, NULL, NULL
FROM smsengage.rejected_count c
WHERE c.lost_pieces > 0
GROUP BY c.provider;

COMMENT ON VIEW smsengage.drift IS 'What arrived and is in no table: look here after a provider has changed something. Empty when all is known. Reads every event.';
COMMENT ON COLUMN smsengage.drift.kind IS 'status code or error code (status_code has no such code), event type (rejected_event has the events), field (a member without a column, kept in extra), content (a later copy of an event differed, the first was kept), unreadable (field_note: events were stored without a member, which is in their extra), names (events that tallies count as (other), for their names are beyond the limit new_names), lost (pieces that were rejected or ignored beyond the limit rejected_bytes and are not kept)';
COMMENT ON COLUMN smsengage.drift.provider IS 'Which provider sent it';
COMMENT ON COLUMN smsengage.drift.value IS 'The code, the type, the path in extra, the columns that differed, the member and what was expected, the dimension of the names, or the limit';
COMMENT ON COLUMN smsengage.drift.events IS 'Number of events, or of pieces';
COMMENT ON COLUMN smsengage.drift.first_seen IS 'First arrival';
COMMENT ON COLUMN smsengage.drift.last_seen IS 'Last arrival';
COMMENT ON COLUMN smsengage.drift.sample_event_time IS 'Time of the earliest such event, in the table event';
COMMENT ON COLUMN smsengage.drift.sample_event_key IS 'Key of the same event';
COMMENT ON COLUMN smsengage.drift.sample_payload IS 'One of the rejected events';
