\set SHOW_CONTEXT never
-- verdicts of the connector: each message status with each channel that has it
SELECT c AS channel,
	   smsengage.message_status(c, '+12025550123', 'Hi', 'welcome', 'InfoShop') AS good,
	   smsengage.message_status(c, NULL, 'Hi', 'welcome', 'InfoShop') AS no_phone
FROM unnest('{SMS,LMS,MMS,RCS,Viber,WhatsApp,Kakao,Kakao ChinguTalk,KAKAO_ALIM,viber}'::text[]) WITH ORDINALITY AS u(c, n) ORDER BY n;
SELECT c AS channel, what, smsengage.message_status(c, '+12025550123', t, tpl, s, key, promo, img, b) AS verdict
FROM unnest('{SMS,LMS,MMS,RCS,Viber,WhatsApp,Kakao Alim,KakaoChinguTalk}'::text[]) WITH ORDINALITY AS u(c, n),
	 (VALUES
		(1, 'empty text', '', 'welcome', 'S', NULL, NULL, NULL, NULL::jsonb),
		(2, '1800 characters', repeat('é', 1800), 'welcome', 'S', NULL, NULL, NULL, NULL),
		(3, '1801 characters', repeat('é', 1801), 'welcome', 'S', NULL, NULL, NULL, NULL),
		(4, 'no text', NULL, 'welcome', 'S', NULL, NULL, NULL, NULL),
		(5, 'image alone', NULL, 'welcome', 'S', NULL, NULL, 'https://example.com/i.png', NULL),
		(6, 'no template', 'Hi', NULL, 'S', NULL, NULL, NULL, NULL),
		(7, 'blank key', 'Hi', 'welcome', 'S', ' ', NULL, NULL, NULL),
		(8, 'flag', 'Hi', 'welcome', 'S', 'k', 'perhaps', NULL, NULL),
		(9, 'flag TRUE', 'Hi', 'welcome', 'S', 'k', 'TRUE', NULL, NULL),
		(10, 'image of 1001', 'Hi', 'welcome', 'S', NULL, NULL, repeat('x', 1001), NULL),
		(11, 'no sender', 'Hi', 'welcome', NULL, NULL, NULL, NULL, NULL),
		(12, 'six buttons', 'Hi', 'welcome', 'S', NULL, NULL, NULL, '[{"text":"a"},{"text":"a"},{"text":"a"},{"text":"a"},{"text":"a"},{"text":"a"}]'),
		(13, 'button url', 'Hi', 'welcome', 'S', NULL, NULL, NULL, '[{"text":"a","url":""}]'),
		(14, 'button text', 'Hi', 'welcome', 'S', NULL, NULL, NULL, '[{"url":"u"}]'),
		(15, 'schemes', 'Hi', 'welcome', 'S', NULL, NULL, NULL, '[{"text":"a","androidScheme":"x","iosScheme":""}]')
	 ) AS v(m, what, t, tpl, s, key, promo, img, b)
WHERE smsengage.message_status(c, '+12025550123', t, tpl, s, key, promo, img, b) <> 'Success' OR m IN (2, 5, 9)
ORDER BY m, n;
-- limits are arguments
SELECT smsengage.message_status('SMS', '+12025550123', 'Hello', max_text_length => 4) AS text_4,
	   smsengage.message_status('SMS', '+12025550123', 'Hello', max_text_length => NULL) AS unchecked,
	   smsengage.message_status('Viber', '+12025550123', 'Hi', sender => 'S', buttons => '[{"text":"Press me"}]', max_button_text_length => 7) AS button_7,
	   smsengage.message_status('Kakao', '+12025550123', 'Hi', sender => 'S', buttons => '[{"text":"a"}]', max_buttons => 0) AS no_buttons;
SELECT smsengage.message_status('SMS', '  ', 'Hi') AS blank_phone, smsengage.message_status('SMS', 'nonsense', 'Hi') AS populated;
SELECT smsengage.message_status('Fax', '+12025550123', 'Hi');
SELECT smsengage.message_status(NULL, '+12025550123', 'Hi');
SELECT smsengage.message_status('Viber', '+12025550123', 'Hi', buttons => '{}');

-- custom callback data
SELECT * FROM smsengage.callback_data_check('{"campaign": "spring", "Tier": "gold"}');
SELECT problem, field_name, quote_nullable(detail) FROM smsengage.callback_data_check('{"ActivityId":1,"BulkId":1,"From":1,"Message":1,"JourneyName":1,"ContactKey":1,"MID":1,"VersionId":1,"VersionNumber":1,"TemplateName":1,"mid":1,"Mids":1}') ORDER BY field_name COLLATE "C";
SELECT problem, to_jsonb(field_name) AS field_name FROM smsengage.callback_data_check('{"a\"b":1, "a\\b":1, "a\tb":1, "a\u001fb":1, "a\u0001b":1, "a b":1, "a\u007fb":1, "é\u0020":1, "":1}') ORDER BY 2;
-- {"k":"..."} is 8 characters and the value
SELECT n + 8 AS characters, problem, detail
FROM unnest('{3391,3392,3742,3743,4000}'::int[]) AS n
	 LEFT JOIN LATERAL smsengage.callback_data_check(jsonb_build_object('k', repeat('é', n))) ON true ORDER BY 1;
SELECT * FROM smsengage.callback_data_check(jsonb_build_object('k', repeat('x', 92)), 100, 0, 0);
SELECT * FROM smsengage.callback_data_check('[1]');

-- the first populated phone field
SELECT smsengage.first_phone(NULL, ' ', '+1 202 555 0123', '+447700900123') AS third,
	   smsengage.first_phone('n/a', '+12025550123') AS populated, smsengage.first_phone(NULL, '') AS none,
	   smsengage.first_phone(VARIADIC '{}') AS empty, smsengage.first_phone('12025550123') AS one;

-- sending speed limit
SET TimeZone = 'UTC';
SELECT v.*, p.* FROM (VALUES (1000::bigint, 500, 'hour'), (100000, 50000, 'day'), (0, 1, 'minute'), (1, 1, 'Day'), (7, 7, 'MINUTE'),
	(12000, 12000, 'minute'), (30000, 30000, 'minute'), (24000, 12001, 'minute'), (100000, 100000, 'hour'), (3, 86399, 'day')) AS v(n, message_count, unit),
	LATERAL smsengage.dispatch_plan(n, message_count, unit, '2026-03-29 00:00+00') AS p;
-- a day is 24 hours, also when the clocks change
SET TimeZone = 'Europe/Berlin';
SELECT ends_at FROM smsengage.dispatch_plan(100, 100, 'day', '2026-03-28 12:00+00');
RESET TimeZone;
SELECT starts_at = now() AS starts_now, ends_at - starts_at AS takes FROM smsengage.dispatch_plan(10, 60, 'hour');
SELECT smsengage.dispatch_plan(1, 0, 'hour');
SELECT smsengage.dispatch_plan(1, 100001, 'hour');
SELECT smsengage.dispatch_plan(1, 1, 'week');
SELECT smsengage.dispatch_plan(-1, 1, 'day');
SELECT smsengage.dispatch_plan(9223372036854775807, 1, 'day');
SELECT smsengage.dispatch_plan(NULL, 1, 'day') IS NULL AS strict;
