-- The same ten fields by way of jsonb, parsed once a row.
SELECT count(j ->> 'eventCategoryType'), count(to_timestamp((j ->> 'timestampUTC')::bigint / 1000.0)),
	   count(j ->> 'compositeId'), count(j ->> 'definitionKey'), count(j ->> 'mid'), count(j #>> '{info,to}'),
	   count(j #>> '{info,subscriberKey}'), count(j #>> '{info,messageKey}'), count((j #>> '{info,ordinal}')::smallint),
	   count(j #>> '{info,statusCode}')
FROM (SELECT payload::jsonb AS j FROM raw_ens OFFSET 0) r;
