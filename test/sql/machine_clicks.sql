-- Clicks by machines: rules, labels, both numbers in the reports.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/reports.sql'
\i :include
\set ECHO all
\pset format unaligned
\pset null '-'
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SELECT smsengage.create_store();
SELECT rule_name, kind, agent_pattern, clicks, seconds, enabled FROM smsengage.machine_click_rule ORDER BY 1;

-- which agents the first rules take for machines
SELECT agent, (SELECT min(r.rule_name) FROM smsengage.machine_click_rule r WHERE r.kind = 'agent' AND agent ~* r.agent_pattern) AS rule_name
FROM unnest(ARRAY['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15', 'Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/120.0 Mobile', 'Mozilla/5.0 (compatible; bitlybot/3.0)',
	'Mozilla/5.0 (compatible; Googlebot/2.1)', 'Twitterbot/1.0', 'facebookexternalhit/1.1', 'WhatsApp/2.23.20 A', 'TelegramBot (like TwitterBot)', 'curl/8.1', 'python-requests/2.31', 'Python/3.11 aiohttp',
	'Go-http-client/1.1', 'HeadlessChrome/120', 'Mozilla/5.0 (Windows NT 10.0; Robotics Lab)', 'Mozilla/5.0 Abbott Browser', 'Cubot Phone', 'Java/17', 'Javascript Browser', '']) agent;

-- p1: one click of a person; p2: three within two seconds; p3: three within a microsecond more; p4: by a bot, and once himself
SELECT pg_temp.put('SENT', m, '2026-03-10 10:00Z', '{"bulk_message":"spring"}') FROM unnest('{m1,m2,m3,m4,m5,m6}'::text[]) m;
SELECT pg_temp.put('DELIVERED', 'm1', '2026-03-10 10:00:04Z'), pg_temp.put('DELIVERED', 'm5', '2026-03-10 10:00:04Z');
CREATE TEMP TABLE click AS SELECT * FROM (VALUES
	('m1', 'p1', timestamptz '2026-03-10 10:05Z', 'phone'),
	('m2', 'p2', '2026-03-10 10:05:00Z', 'phone'), ('m2', 'p2', '2026-03-10 10:05:01Z', 'phone'), ('m2', 'p2', '2026-03-10 10:05:02Z', 'phone'), ('m2', 'p2', '2026-03-10 10:06:00Z', 'phone'),
	('m3', 'p3', '2026-03-10 10:05:00Z', 'phone'), ('m3', 'p3', '2026-03-10 10:05:01Z', 'phone'), ('m3', 'p3', '2026-03-10 10:05:02.000001Z', 'phone'),
	('m4', 'p4', '2026-03-10 10:05Z', 'Googlebot/2.1'), ('m4', 'p4', '2026-03-10 10:07Z', 'phone'),
	-- sooner than a second after the delivery, at a second, before the receipt; m6 has no delivery: after the sending
	('m5', 'p5', '2026-03-10 10:00:04.999999Z', 'phone'), ('m5', 'p6', '2026-03-10 10:00:05Z', 'phone'), ('m5', 'p7', '2026-03-10 10:00:03Z', 'phone'), ('m6', 'p8', '2026-03-10 10:00:00.5Z', 'phone'),
	-- nobody: by message; without a message they are no burst
	('m1', NULL, '2026-03-10 11:00:00Z', 'x'), ('m1', NULL, '2026-03-10 11:00:00Z', 'y'), ('m1', NULL, '2026-03-10 11:00:01Z', 'z'),
	(NULL, NULL, '2026-03-10 11:00:00Z', 'x'), (NULL, NULL, '2026-03-10 11:00:00Z', 'y'), (NULL, NULL, '2026-03-10 11:00:01Z', 'z'),
	-- about midnight: the second and third on the next day
	('m2', 'p9', '2026-03-10 23:59:59.5Z', 'phone'), ('m2', 'p9', '2026-03-11 00:00:00Z', 'phone'), ('m2', 'p9', '2026-03-11 00:00:01.5Z', 'phone')) c(message_id, person, at, agent);
SELECT count(*) FROM click c, LATERAL pg_temp.put('CLICK', c.message_id, c.at, jsonb_build_object('individual_id', c.person, 'user_agent', c.agent, 'bulk_message', 'spring', 'link_name', 'sale',
	'event_id', md5(c::text)));
SELECT individual_id, event_time, user_agent, machine, rule_name FROM smsengage.click_label ORDER BY individual_id, event_time, user_agent, machine DESC;
-- the label does not depend on the period asked for
SELECT count(*) AS clicks, count(*) FILTER (WHERE l.machine <> c.machine) AS differences FROM smsengage.labelled_clicks('2026-03-11', '2026-03-12') l JOIN smsengage.click_label c USING (event_time, event_key);
SELECT count(*) AS clicks, count(*) FILTER (WHERE l.machine <> c.machine) AS differences FROM smsengage.labelled_clicks('2026-03-10', '2026-03-11') l JOIN smsengage.click_label c USING (event_time, event_key);

-- all and human, from tallies and rules, against the labels
CREATE FUNCTION pg_temp.both_numbers() RETURNS TABLE (report text, clicks numeric, unique_clickers numeric, human_clicks numeric, human_clickers numeric)
LANGUAGE sql
AS $$
	SELECT 'campaign', clicks, unique_clickers, human_clicks, human_clickers FROM smsengage.campaign_report('2026-03-10', '2026-03-12') WHERE bulk_message = 'spring'
	UNION ALL SELECT 'link', clicks, unique_clickers, human_clicks, human_clickers FROM smsengage.link_report('2026-03-10', '2026-03-12')
	UNION ALL SELECT 'labels', count(*), count(DISTINCT nullif(individual_no, 0)), count(*) FILTER (WHERE NOT machine), count(DISTINCT nullif(individual_no, 0)) FILTER (WHERE NOT machine) FROM smsengage.click_label
	UNION ALL SELECT 'day ' || day, clicks, unique_clickers, human_clicks, human_clickers FROM smsengage.daily_report('UTC', '2026-03-10', '2026-03-12')
	UNION ALL SELECT 'labels of ' || event_date, count(*), count(DISTINCT nullif(individual_no, 0)), count(*) FILTER (WHERE NOT machine), count(DISTINCT nullif(individual_no, 0)) FILTER (WHERE NOT machine) FROM smsengage.click_label GROUP BY event_date
$$;
SELECT * FROM pg_temp.both_numbers();
CALL smsengage.fold();
SELECT count(*) AS differences FROM (SELECT clicks, unique_clickers, human_clicks, human_clickers FROM pg_temp.both_numbers() WHERE report IN ('campaign', 'link') EXCEPT SELECT clicks, unique_clickers, human_clicks, human_clickers FROM pg_temp.both_numbers() WHERE report = 'labels') x;
-- another account has none of them
SELECT clicks, human_clicks FROM smsengage.daily_report('UTC', '2026-03-10', '2026-03-11', 'other');
-- not asked for
SELECT clicks, unique_clickers, human_clicks, human_clickers FROM smsengage.campaign_report('2026-03-10', '2026-03-12', human => false);

-- a changed rule re-labels the past
UPDATE smsengage.machine_click_rule SET enabled = false WHERE kind <> 'agent';
SELECT * FROM pg_temp.both_numbers() WHERE report IN ('campaign', 'labels');
UPDATE smsengage.machine_click_rule SET enabled = false;
SELECT * FROM pg_temp.both_numbers() WHERE report IN ('campaign', 'labels');
UPDATE smsengage.machine_click_rule SET enabled = true, clicks = 2, seconds = 60 WHERE kind = 'burst';
INSERT INTO smsengage.machine_click_rule (rule_name, kind, clicks, seconds) VALUES ('burst of four', 'burst', 4, 3600);
SELECT individual_id, event_time::time, machine, rule_name FROM smsengage.click_label WHERE individual_id IN ('p1', 'p2', 'p3', 'p4') ORDER BY 1, 2;

-- rules that are none
INSERT INTO smsengage.machine_click_rule (rule_name, kind, agent_pattern) VALUES ('bad', 'agent', '(');
INSERT INTO smsengage.machine_click_rule (rule_name, kind, agent_pattern) VALUES ('bad', 'agent', '');
INSERT INTO smsengage.machine_click_rule (rule_name, kind) VALUES ('bad', 'agent');
INSERT INTO smsengage.machine_click_rule (rule_name, kind, clicks, seconds) VALUES ('bad', 'burst', 1, 1);
INSERT INTO smsengage.machine_click_rule (rule_name, kind, clicks) VALUES ('bad', 'burst', 3);
INSERT INTO smsengage.machine_click_rule (rule_name, kind, seconds) VALUES ('bad', 'delay', 0);
INSERT INTO smsengage.machine_click_rule (rule_name, kind, seconds) VALUES ('bad', 'colour', 1);

-- sets of numbers: in them is what was put in
SELECT count(*) AS asked, count(*) FILTER (WHERE smsengage_internal.in_set(n, s.set) <> (n % 7 = 0)) AS differences
FROM generate_series(-5000::bigint, 5000) n, (SELECT smsengage_internal.number_set(array_agg(x)) AS set FROM generate_series(-4998::bigint, 5000, 7) x) s;
SELECT n, smsengage_internal.in_set(n, smsengage_internal.number_set('{0,NULL,-1,9223372036854775807,-1}')) AS some, smsengage_internal.in_set(n, smsengage_internal.number_set('{}')) AS none
FROM unnest('{0,-1,1,9223372036854775807,-9223372036854775808}'::bigint[]) n;
SELECT smsengage_internal.in_set(1, '');
SELECT smsengage_internal.in_set(1, decode(repeat('00', 32), 'hex'));
-- one without an empty slot
SELECT smsengage_internal.in_set(2, decode(repeat('00', 8) || repeat('01', 8), 'hex'));
-- people by quarter hour
SELECT count(*) AS asked, count(*) FILTER (WHERE smsengage_internal.in_quarter_hour_set(p, at, s.set) <> ((p + q) % 5 = 0)) AS differences
FROM (SELECT smsengage_internal.quarter_hour_set(array_agg(p), array_agg(timestamptz '2026-03-10' + q * interval '15 minutes' + abs(p) * interval '1 second')) AS set
	FROM generate_series(-3::bigint, 90) p, generate_series(-40, 60) q WHERE (p + q) % 5 = 0 AND p <> 17 AND q <> 9) s,
	generate_series(-3::bigint, 90) p, generate_series(-40, 60) q, LATERAL (SELECT timestamptz '2026-03-10' + q * interval '15 minutes' + interval '14 minutes 59.999999 s' AS at) t
WHERE p <> 17 AND q <> 9;
SELECT p, at, smsengage_internal.in_quarter_hour_set(p, at, smsengage_internal.quarter_hour_set('{7,7,-1}', '{2026-03-10 00:10Z,1999-12-31 23:59Z,2026-03-10 00:10Z}')) AS some, smsengage_internal.in_quarter_hour_set(p, at, smsengage_internal.quarter_hour_set('{}', '{}')) AS none
FROM unnest('{7,7,7,-1,7,7}'::bigint[], '{2026-03-10 00:14:59Z,2026-03-10 00:15Z,1999-12-31 23:45Z,2026-03-10 00:00Z,infinity,2030-01-01 00:00Z}'::timestamptz[]) x(p, at);
SELECT smsengage_internal.quarter_hour_set('{1}', '{}');
SELECT smsengage_internal.quarter_hour_set('{1,NULL}', '{2026-03-10,2026-03-10}');
SELECT smsengage_internal.quarter_hour_set('{1}', '{-infinity}');
SELECT smsengage_internal.quarter_hour_set('{1,2}', '{2026-03-10,250000-03-10}');
SELECT smsengage_internal.in_quarter_hour_set(1, '2026-03-10', '');
SELECT smsengage_internal.in_quarter_hour_set(1, '2000-01-01 00:00Z', decode('010000000000000000000000ffffff7fffffff7f00000000', 'hex'));
SELECT smsengage_internal.in_quarter_hour_set(1, '2000-01-01 00:00Z', decode('ffffff7f0000000000000000', 'hex') || decode(repeat('00', 64), 'hex'));
SELECT smsengage.drop_store(true);
