-- Digests are stored as keys: function and encoding may never change.
-- Expected values: hashlib.blake2b(data, digest_size=16) of Python over the
-- fields, each as its length plus one in four bytes (little-endian), then its
-- bytes; NULL is a length of zero.
SELECT n, smsengage_internal.content_digest(VARIADIC fields) = digest AS same, fields FROM (VALUES
	(1, ARRAY[]::text[], uuid 'cae66941-d9ef-bd40-4e4d-88758ea67670'),
	(2, ARRAY[NULL]::text[], uuid '11d2df4e-979a-a105-cf55-2e9544ebd2b5'),
	(3, ARRAY['']::text[], uuid 'd82c1228-5b5d-4551-f88e-8f6e7eb52b81'),
	(4, ARRAY['','']::text[], uuid 'c45d6a73-8fca-5baf-c49d-208b948b54ef'),
	(5, ARRAY['a']::text[], uuid 'aa868474-b063-2281-07b2-0ab90ac0a54b'),
	(6, ARRAY['a','b']::text[], uuid 'c1ab7722-3d2b-983c-c2a0-857952a1fd0a'),
	(7, ARRAY['ab','']::text[], uuid '7442fad2-5a8a-542a-eebd-a5f7ccaaa93b'),
	(8, ARRAY['','ab']::text[], uuid 'e2a1afd9-667f-e757-6cf1-db0fa6319341'),
	(9, ARRAY['abc']::text[], uuid '972788b5-20bf-7a2d-bed2-6498d50ce40f'),
	(10, ARRAY[NULL,'a']::text[], uuid '94e6c11b-7164-aa58-e4d5-0790aadf05ca'),
	(11, ARRAY['a',NULL]::text[], uuid 'b38d892c-5d2f-dd1f-1e09-5c1bb5967fec'),
	(12, ARRAY['é€😀']::text[], uuid 'ddd65772-387a-6adf-efed-5bdbe781a31a'),
	(13, ARRAY['it''s']::text[], uuid '3c5e9225-6a91-113b-017d-fde0154000b7')) v(n, fields, digest) ORDER BY n;
-- around the block size of 128 bytes, and long
SELECT n, smsengage_internal.content_digest(repeat('x', n)) = digest AS same FROM (VALUES
	(0, uuid 'd82c1228-5b5d-4551-f88e-8f6e7eb52b81'),
	(1, uuid '8ac8f3b8-e444-0194-9ede-b0837b134744'),
	(119, uuid '6497ad19-e9bc-89ff-afe2-c124af4652b8'),
	(123, uuid '30d0d7dd-76c7-4e96-3637-5af748d33d98'),
	(124, uuid '10ac7cd6-ae59-3753-265c-95cefda07349'),
	(125, uuid '6b0080f6-1b49-a49e-2e6d-aa18c3991f52'),
	(127, uuid '1e794d4e-19a3-23fa-b090-31eea9a70b7e'),
	(128, uuid '30921525-432d-b619-e564-3e5d6826fde9'),
	(129, uuid '4b6d01a9-fa03-d74c-f8d5-084fd9802567'),
	(251, uuid 'afeced78-ad4e-ab1c-cb5f-5becd6b34ddb'),
	(252, uuid 'c39ecfeb-8b48-1564-9417-e71198a59540'),
	(253, uuid 'd90dfbea-e819-d5f4-5af1-fbb4575de4df'),
	(255, uuid '33b5fa57-2e44-10e4-5a82-f602da1d1f9e'),
	(256, uuid '3f88043c-2e3d-463a-a474-43f24dd65c78'),
	(257, uuid 'f316deed-705b-48e8-ae04-a74f221e5baf'),
	(512, uuid 'f38cc505-a123-6c61-5c28-b6620e74d6aa'),
	(100000, uuid '27e44adf-7bbd-bb18-7ef0-4a347387accc')) v(n, digest) ORDER BY n;
SELECT n, smsengage_internal.content_digest(VARIADIC (SELECT array_agg(i::text ORDER BY i) FROM generate_series(1, n) i)) = digest AS same FROM (VALUES
	(1, uuid '2452a0d7-0227-68d1-f1e5-e6455b2c4429'),
	(31, uuid 'fe8125d0-8f79-7bcf-8e2d-64b9af90c01b'),
	(32, uuid 'f55183f5-07d8-3328-7747-ff0e0ab235d5'),
	(33, uuid '3813d942-e522-8510-a234-30fdbfdc8cc9'),
	(1000, uuid 'e7e20d29-fb03-1777-acc4-7bff774215c4')) v(n, digest) ORDER BY n;
-- no two lists look alike
SELECT count(*), count(DISTINCT smsengage_internal.content_digest(VARIADIC f)) FROM (VALUES (ARRAY['']), (ARRAY['', '']), (ARRAY[NULL::text]), (ARRAY['a', '']), (ARRAY['', 'a']), (ARRAY['a']), (ARRAY['a', NULL]), (ARRAY[NULL, 'a']), ('{}'::text[])) v(f);
SELECT smsengage_internal.content_digest(VARIADIC NULL) = smsengage_internal.content_digest(VARIADIC '{}') AS null_is_empty;

-- identities: provider, account, then the members that make the event (numbers in eight bytes);
-- the event's key is the first half. Computed by the same Python.
SELECT event_key = 4763303889156740770 AS event, message_key = '877e9ad4-a00f-cae9-33c3-97dba0e36788' AS message FROM smsengage.parse('salesforce_ens',
	'{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1768039200250,"compositeId":"api.1","mid":100,"info":{"to":"12025550101","messageKey":"m","ordinal":1,"statusCode":"4000"}}', NULL, '2026-11-01 00:00+00');
SELECT event_key = 8284028712342833513 AS event FROM smsengage.parse('salesforce_ens',
	'{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200250,"info":{"to":"12025550101","messageKey":"m"}}', NULL, '2026-11-01 00:00+00');
SELECT event_key = 2380832202564769594 AS event, message_key = '1829d5b9-f6f7-32b9-eaf7-45cf98ada09f' AS message FROM smsengage.parse('salesforce_dmo',
	'{"EventID":"ev-1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z","MessageID":"m","IndividualID":"ind-1","RecipientPhone":"12025550101"}', 'unit', '2026-11-01 00:00+00');
-- the two digests of an event are made side by side where the processor can: each as it is alone, at any length of either
WITH event AS (
	SELECT n, m, with_message, json_build_object('event_type', 'SENT', 'event_time', '2026-01-10T10:00:00Z', 'account', 'shop', 'event_id', repeat('e', n),
		'message_id', CASE WHEN with_message THEN repeat('m', m) END) AS payload
	FROM generate_series(1, 512) n, LATERAL (VALUES (n), (513 - n), (n * 7 % 512 + 1)) l(m), (VALUES (true), (false)) w(with_message)
), parsed AS (
	SELECT e.n, e.m, e.with_message, p.event_key, p.message_key FROM event e, smsengage.parse('native', e.payload::text, NULL, '2026-11-01 00:00+00') p
)
SELECT count(*) AS pairs, count(DISTINCT a.event_key) AS events, count(DISTINCT a.message_key) AS messages,
	count(*) FILTER (WHERE a.message_key IS DISTINCT FROM smsengage_internal.content_digest('native', 'shop', repeat('m', a.m), NULL)) AS other_messages,
	count(*) FILTER (WHERE a.event_key IS DISTINCT FROM b.event_key) AS other_events
FROM parsed a JOIN parsed b USING (n, m) WHERE a.with_message AND NOT b.with_message;
