-- The usual way, the same tables: jsonb and hand-written SQL with ON CONFLICT.
-- What was new goes on to the messages, as it must where a feed repeats itself;
-- outcomes are counted once, at the end, as nothing else uses the store.
BEGIN;
CREATE TEMP TABLE parsed ON COMMIT DROP AS
SELECT to_timestamp((j ->> 'timestampUTC')::bigint / 1000.0) AS event_time,
	   ('x' || left(md5(concat_ws('|', j ->> 'mid', j ->> 'compositeId', j ->> 'eventCategoryType',
								  j #>> '{info,statusCode}', j #>> '{info,ordinal}', j ->> 'timestampUTC')), 16))::bit(64)::bigint AS event_key,
	   md5(concat_ws('|', j ->> 'mid', j #>> '{info,messageKey}', j ->> 'compositeId'))::uuid AS message_key,
	   (j #>> '{info,ordinal}')::smallint AS part,
	   (CASE left(j #>> '{info,statusCode}', 2) WHEN '40' THEN 9 WHEN '45' THEN 8 WHEN '30' THEN 5 ELSE 4 END)::smallint AS status_class,
	   upper(substr(j ->> 'eventCategoryType', 28)) AS event_type, j ->> 'mid' AS account, j ->> 'compositeId' AS event_id,
	   j #>> '{info,messageKey}' AS message_id, j ->> 'definitionKey' AS bulk_message,
	   j #>> '{info,subscriberKey}' AS individual_id, '+' || (j #>> '{info,to}') AS recipient,
	   j #>> '{info,from}' AS sender_id, j #>> '{info,statusCode}' AS status_code, j #>> '{info,statusMessage}' AS status_name,
	   j #>> '{info,reason}' AS error_text, 'salesforce_ens/' || (j ->> 'eid') AS scope,
	   (j - '{eventCategoryType,timestampUTC,compositeId,definitionKey,mid,info}'::text[])::json AS extra
FROM (SELECT payload::jsonb AS j FROM raw_ens OFFSET 0) r;
ANALYZE parsed;

INSERT INTO smsengage.individual (scope, individual_id)
SELECT DISTINCT scope, individual_id FROM parsed WHERE individual_id IS NOT NULL
ON CONFLICT DO NOTHING;

CREATE TEMP TABLE fresh ON COMMIT DROP AS
WITH stored AS (
	INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, message_key, part,
		status_class, provider, event_type, account, event_id, message_id, bulk_message, individual_id, recipient,
		sender_id, status_code, status_name, error_text, extra)
	SELECT event_time, event_key, individual_no, now(), now(), message_key, part, status_class, 'salesforce_ens', event_type,
		   account, event_id, message_id, bulk_message, individual_id, recipient, sender_id, status_code, status_name,
		   error_text, extra
	FROM parsed JOIN smsengage.individual USING (scope, individual_id)
	ON CONFLICT DO NOTHING
	RETURNING *
)
SELECT * FROM stored;

INSERT INTO smsengage.message AS m (message_key, first_time, last_time, individual_no, account, provider, message_id,
	recipient, sender_id, bulk_message, state)
SELECT message_key, min(event_time), max(event_time), max(individual_no), max(account), max(provider), max(message_id),
	   max(recipient), max(sender_id), max(bulk_message),
	   smsengage.merge(smsengage_internal.event_state(provider, status_class, status_code, error_code, channel, part, event_time, sent_time, time_source))
FROM fresh
GROUP BY message_key
ON CONFLICT (message_key) DO UPDATE SET
	first_time = least(m.first_time, excluded.first_time),
	last_time = greatest(m.last_time, excluded.last_time),
	individual_no = greatest(m.individual_no, excluded.individual_no),
	recipient = greatest(m.recipient, excluded.recipient),
	sender_id = greatest(m.sender_id, excluded.sender_id),
	bulk_message = greatest(m.bulk_message, excluded.bulk_message),
	state = smsengage.delivery_merge(m.state, excluded.state);

INSERT INTO smsengage.contact_point AS c (individual_no, account, recipient, last_day)
SELECT individual_no, account, recipient, max((event_time AT TIME ZONE 'UTC')::date)
FROM fresh
GROUP BY individual_no, account, recipient
ON CONFLICT (account, recipient, individual_no) DO UPDATE SET last_day = excluded.last_day WHERE c.last_day < excluded.last_day;

CREATE TEMP TABLE mark ON COMMIT DROP AS
SELECT account, event_type, dimension, CASE dimension WHEN '' THEN '' ELSE bulk_message END AS value,
	   smsengage_internal.cell_start(0, event_time) AS cell_start, individual_no, count(*)::integer AS n
FROM fresh, (VALUES (''), ('bulk_message')) d (dimension)
WHERE coalesce(part, 0) = 0 AND (dimension = '' OR bulk_message IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO smsengage.series (digest, account, event_type, dimension, value, made_on, own)
SELECT DISTINCT smsengage_internal.content_digest(account, event_type, dimension, value), account, event_type, dimension, value, '2026-01-01'::date, true FROM mark
ON CONFLICT DO NOTHING;
INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
SELECT series_no, cell_start, 0, individual_no / 65536, 0, smsengage.tally(array_agg((individual_no % 65536)::integer), array_agg(n))
FROM mark JOIN smsengage.series USING (account, event_type, dimension, value)
GROUP BY series_no, cell_start, individual_no / 65536;

INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel,
	bulk_message, sender_id, country, price_currency)
SELECT smsengage_internal.cell_start(1, coalesce(smsengage.sent_at(state), first_time)), count(*), sum(greatest(smsengage.parts_known(state), 1)), 0, 0, 0,
	   smsengage.message_outcome(state), account, provider, 'SMS', coalesce(bulk_message, ''), coalesce(sender_id, ''),
	   coalesce(smsengage.country_of(recipient), ''), ''
FROM smsengage.message
WHERE message_key IN (SELECT message_key FROM fresh)
GROUP BY 1, 7, 8, 9, 11, 12, 13;

INSERT INTO smsengage.block (recipient, blocked_at, event_key, account, code, expires_at, scope, deletable, source, reason)
SELECT recipient, event_time, event_key, account, 590, event_time, 'none', true, 'event', status_name
FROM fresh
WHERE status_code = '4500'
ON CONFLICT DO NOTHING;
COMMIT;
