-- No argument that is NULL may do more than be NULL: the functions that take
-- an optional account are not strict, so each looks for itself.
\pset null '(null)'
SELECT count(*) FROM smsengage.parse(NULL, '{}');
SELECT count(*) FROM smsengage.parse('auto', NULL::text);
SELECT count(*) FROM smsengage.parse('auto', NULL::bytea);
SELECT count(*) FROM smsengage.parse('auto', '{}', NULL, NULL);
SELECT smsengage.batch(NULL, '{}'::text, '', now());
SELECT smsengage.batch('auto', NULL::text, '', now());
SELECT smsengage.batch('auto', NULL::bytea, '', now());
SELECT smsengage.batch('auto', '{}'::text, '', NULL);
SELECT smsengage.batch('auto', '{}'::text, NULL, now());

SELECT smsengage.batch_counts(NULL);
SELECT count(*) FROM smsengage.batch_people(NULL);
SELECT smsengage.batch_missing_months(NULL);
SELECT count(*) FROM smsengage.batch_identities(NULL);
SELECT count(*) FROM smsengage.batch_events(NULL, NULL, NULL);
SELECT count(*) FROM smsengage.batch_messages(NULL, NULL, NULL);
SELECT count(*) FROM smsengage.batch_contacts(NULL, NULL, NULL);
SELECT count(*) FROM smsengage.batch_rejects(NULL, NULL);
SELECT smsengage.begin_ingest(NULL);
SELECT smsengage.insert_batch(NULL, NULL);
SELECT smsengage.ingest_directly(NULL);

SELECT count(*) FROM smsengage.batch_series(NULL, NULL, NULL);
SELECT count(*) FROM smsengage.batch_tallies(NULL, NULL, NULL, NULL, NULL);

-- arrays that do not fit the batch
CREATE FUNCTION one() RETURNS smsengage.parsed_batch LANGUAGE sql AS $$
	SELECT smsengage.batch('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200000,"mid":7,"info":{"subscriberKey":"s","messageKey":"m"}}'::text, NULL, '2026-01-11 00:00+00')
$$;
SELECT * FROM smsengage.batch_counts(one());
SELECT one();
SELECT count(*) FROM smsengage.batch_events(one(), NULL, NULL);
SELECT count(*) FROM smsengage.batch_events(one(), '{1,2}', NULL);
SELECT count(*) FROM smsengage.batch_events(one(), '{NULL}', NULL);
SELECT count(*) FROM smsengage.batch_events(one(), '{{1}}', NULL);
SELECT count(*) FROM smsengage.batch_messages(one(), '{1}', '{NULL}');
SELECT count(*) FROM smsengage.batch_messages(one(), '{1}', NULL);
SELECT individual_no FROM smsengage.batch_events(one(), '{42}', NULL);
SELECT 'x'::smsengage.parsed_batch;
SELECT count(*) FROM smsengage.batch_tallies(one(), NULL, NULL, NULL, NULL);
SELECT count(*) FROM smsengage.batch_tallies(one(), '{1}', '{}', '{}', NULL);
DROP FUNCTION one();

-- a state needs provider, class and time
SELECT smsengage.event_state(NULL, 4::smallint, NULL, NULL, NULL, NULL, now(), NULL, NULL) AS provider,
	smsengage.event_state('salesforce_ens', NULL, NULL, NULL, NULL, NULL, now(), NULL, NULL) AS class,
	smsengage.event_state('salesforce_ens', 4::smallint, NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS at;
SELECT smsengage.event_state('salesforce_ens', 77::smallint, NULL, NULL, NULL, NULL, now(), NULL, NULL);
SELECT smsengage.event_state('salesforce_ens', 4::smallint, NULL, NULL, NULL, 300::smallint, now(), NULL, NULL);
SELECT smsengage.event_state('salesforce_ens', 4::smallint, NULL, NULL, NULL, NULL, 'infinity', NULL, NULL);

-- the limits of the clock itself
SELECT outcome, reason FROM smsengage.parse('salesforce_dmo',
	'{"EventID":"1","EventType":"SENT","EventDateTime":"2026-01-01T00:00:00Z"}', NULL, 'infinity');
SELECT outcome, reason FROM smsengage.parse('salesforce_dmo',
	'{"EventID":"1","EventType":"SENT","EventDateTime":"2026-01-01T00:00:00Z"}', NULL, '-infinity');
