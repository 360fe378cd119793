-- Quiet hours on days on which the clocks change: the end that is told is the
-- first quarter of an hour that is not quiet, in seven zones, thirteen windows
-- and at every quarter hour of five days
CREATE TEMP TABLE asked AS
SELECT z.zone, z.change, w.first, w.last, t.at, smsengage_internal.quiet_until(NULL, z.zone, '{UTC}', t.at, ARRAY[w.first], ARRAY[w.last]) AS until
FROM (VALUES ('America/New_York', timestamptz '2026-03-08 12:00Z'), ('America/New_York', '2026-11-01 12:00Z'), ('Europe/Berlin', '2026-03-29 12:00Z'),
		('Europe/Berlin', '2026-10-25 12:00Z'), ('Atlantic/Azores', '2026-10-25 12:00Z'), ('Australia/Lord_Howe', '2026-04-05 12:00Z'),
		('Australia/Lord_Howe', '2026-10-04 12:00Z'), ('Antarctica/Troll', '2026-03-29 12:00Z'), ('Africa/Casablanca', '2026-02-15 12:00Z'),
		('Africa/Casablanca', '2026-03-22 12:00Z'), ('Pacific/Apia', '2011-12-30 12:00Z')) AS z(zone, change),
	(VALUES (time '21:00', time '08:00'), ('21:00', '02:30'), ('21:00', '01:30'), ('22:00', '02:00'), ('22:00', '03:00'), ('00:00', '00:30'), ('23:45', '00:15'),
		('02:00', '02:30'), ('01:00', '02:15'), ('01:30', '01:45'), ('12:00', '13:00'), ('03:00', '21:00'), ('02:00', '01:59')) AS w(first, last),
	generate_series(z.change - interval '60 hours', z.change + interval '60 hours', interval '15 minutes') AS t(at);
SELECT count(*) > 60000 AS many, count(*) FILTER (WHERE until IS NOT NULL) > 10000 AS quiet FROM asked;
-- the last of the windows ends at 01:59, between two quarters
SELECT zone, first, last, at AT TIME ZONE 'UTC' AS at, until AT TIME ZONE 'UTC' AS until, expected AT TIME ZONE 'UTC' AS expected
FROM (
	SELECT a.*, min(a.at) FILTER (WHERE a.until IS NULL) OVER (PARTITION BY zone, change, first, last ORDER BY at ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS expected
	FROM asked a WHERE last <> '01:59') a
WHERE until IS NOT NULL AND expected IS NOT NULL AND until <> expected
ORDER BY 1, 2, 3, 4 LIMIT 10;
SELECT count(*) AS wrong
FROM asked a
WHERE last = '01:59' AND until IS NOT NULL
	AND (smsengage_internal.quiet_until(NULL, zone, '{UTC}', until, ARRAY[first], ARRAY[last]) IS NOT NULL
		OR smsengage_internal.quiet_until(NULL, zone, '{UTC}', until - interval '1 second', ARRAY[first], ARRAY[last]) IS NULL);
-- the cases from the field
SELECT smsengage_internal.quiet_until(NULL, 'America/New_York', '{UTC}', '2026-03-08 06:59Z', ARRAY[time '21:00'], ARRAY[time '02:30']) AT TIME ZONE 'UTC' AS spring,
	smsengage_internal.quiet_until(NULL, 'America/New_York', '{UTC}', '2026-11-01 05:29Z', ARRAY[time '21:00'], ARRAY[time '01:30']) AT TIME ZONE 'UTC' AS autumn;
SELECT smsengage_internal.quiet_until(NULL, 'UTC', '{UTC}', '294276-12-31 23:00Z', ARRAY[time '21:00'], ARRAY[time '08:00']);
