-- The usual way, the event table alone: jsonb and one hand-written INSERT.
-- What the other tables would give (the number of the person) stays 0.
INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, message_key, part,
	status_class, provider, event_type, account, event_id, message_id, bulk_message, individual_id, recipient,
	sender_id, status_code, status_name, error_text, extra)
SELECT to_timestamp((j ->> 'timestampUTC')::bigint / 1000.0),
	   ('x' || left(md5(concat_ws('|', j ->> 'mid', j ->> 'compositeId', j ->> 'eventCategoryType',
								  j #>> '{info,statusCode}', j #>> '{info,ordinal}', j ->> 'timestampUTC')), 16))::bit(64)::bigint,
	   0, now(), now(),
	   md5(concat_ws('|', j ->> 'mid', j #>> '{info,messageKey}', j ->> 'compositeId'))::uuid,
	   (j #>> '{info,ordinal}')::smallint,
	   CASE left(j #>> '{info,statusCode}', 2) WHEN '40' THEN 9 WHEN '45' THEN 8 WHEN '30' THEN 5 ELSE 4 END,
	   'salesforce_ens', upper(substr(j ->> 'eventCategoryType', 28)), j ->> 'mid', j ->> 'compositeId',
	   j #>> '{info,messageKey}', j ->> 'definitionKey', j #>> '{info,subscriberKey}', '+' || (j #>> '{info,to}'),
	   j #>> '{info,from}', j #>> '{info,statusCode}', j #>> '{info,statusMessage}', j #>> '{info,reason}',
	   (j - '{eventCategoryType,timestampUTC,compositeId,definitionKey,mid,info}'::text[])::json
FROM (SELECT payload::jsonb AS j FROM raw_ens OFFSET 0) r
ON CONFLICT DO NOTHING;
