-- No argument that is NULL may do more than be NULL: the functions that take
-- an optional account are not strict, so each looks for itself.
\pset null '(null)'
SELECT count(*) FROM smsengage.parse(NULL, '{}');
SELECT count(*) FROM smsengage.parse('auto', NULL::text);
SELECT count(*) FROM smsengage.parse('auto', NULL::bytea);
SELECT count(*) FROM smsengage.parse('auto', '{}', NULL, NULL);
SELECT smsengage_internal.batch(NULL, '{}'::text, '', now());
SELECT smsengage_internal.batch('auto', NULL::text, '', now());
SELECT smsengage_internal.batch('auto', NULL::bytea, '', now());
SELECT smsengage_internal.batch('auto', '{}'::text, '', NULL);
SELECT smsengage_internal.batch('auto', '{}'::text, NULL, now());

SELECT smsengage_internal.batch_counts(NULL);
SELECT count(*) FROM smsengage_internal.batch_people(NULL);
SELECT smsengage_internal.batch_missing_months(NULL);
SELECT count(*) FROM smsengage_internal.batch_identities(NULL);
SELECT count(*) FROM smsengage_internal.batch_events(NULL, NULL, NULL);
SELECT count(*) FROM smsengage_internal.batch_messages(NULL, NULL, NULL);
SELECT count(*) FROM smsengage_internal.batch_contacts(NULL, NULL, NULL);
SELECT count(*) FROM smsengage_internal.batch_pieces(NULL, NULL);
SELECT smsengage_internal.begin_ingest(NULL);
SELECT smsengage_internal.insert_batch(NULL);

SELECT count(*) FROM smsengage_internal.batch_series(NULL, NULL, NULL);
SELECT count(*) FROM smsengage_internal.batch_tallies(NULL, NULL, NULL, NULL, NULL);

-- arrays that do not fit the batch
CREATE FUNCTION one() RETURNS smsengage.parsed_batch LANGUAGE sql AS $$
	SELECT smsengage_internal.batch('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200000,"mid":7,"info":{"subscriberKey":"s","messageKey":"m"}}'::text, NULL, '2026-01-11 00:00+00')
$$;
SELECT * FROM smsengage_internal.batch_counts(one());
SELECT one();
SELECT count(*) FROM smsengage_internal.batch_events(one(), NULL, NULL);
SELECT count(*) FROM smsengage_internal.batch_events(one(), '{1,2}', NULL);
SELECT count(*) FROM smsengage_internal.batch_events(one(), '{NULL}', NULL);
SELECT count(*) FROM smsengage_internal.batch_events(one(), '{{1}}', NULL);
SELECT count(*) FROM smsengage_internal.batch_messages(one(), '{1}', '{NULL}');
SELECT count(*) FROM smsengage_internal.batch_messages(one(), '{1}', NULL);
SELECT individual_no FROM smsengage_internal.batch_events(one(), '{42}', NULL);
SELECT 'x'::smsengage.parsed_batch;
SELECT count(*) FROM smsengage_internal.batch_tallies(one(), NULL, NULL, NULL, NULL);
SELECT count(*) FROM smsengage_internal.batch_tallies(one(), '{1}', '{}', '{}', NULL);
DROP FUNCTION one();

-- a state needs provider, class and time
SELECT smsengage_internal.event_state(NULL, 4::smallint, NULL, NULL, NULL, NULL, now(), NULL, NULL) AS provider,
	smsengage_internal.event_state('salesforce_ens', NULL, NULL, NULL, NULL, NULL, now(), NULL, NULL) AS class,
	smsengage_internal.event_state('salesforce_ens', 4::smallint, NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS at;
SELECT smsengage_internal.event_state('salesforce_ens', 77::smallint, NULL, NULL, NULL, NULL, now(), NULL, NULL);
SELECT smsengage_internal.event_state('salesforce_ens', 4::smallint, NULL, NULL, NULL, 300::smallint, now(), NULL, NULL);
SELECT smsengage_internal.event_state('salesforce_ens', 4::smallint, NULL, NULL, NULL, NULL, 'infinity', NULL, NULL);

-- the limits of the clock itself
SELECT outcome, reason FROM smsengage.parse('salesforce_dmo',
	'{"EventID":"1","EventType":"SENT","EventDateTime":"2026-01-01T00:00:00Z"}', NULL, 'infinity');
SELECT outcome, reason FROM smsengage.parse('salesforce_dmo',
	'{"EventID":"1","EventType":"SENT","EventDateTime":"2026-01-01T00:00:00Z"}', NULL, '-infinity');
