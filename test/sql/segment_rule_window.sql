-- segment_rule: windows as instants
SET TimeZone = 'America/New_York';	-- must not matter
SET DateStyle = 'ISO, YMD';
CREATE FUNCTION pg_temp.win(rule text, at timestamptz, OUT since timestamp, OUT until timestamp, OUT hours numeric)
LANGUAGE sql AS $$
	-- shown in UTC
	SELECT w.since AT TIME ZONE 'UTC', w.until AT TIME ZONE 'UTC',
		CASE WHEN isfinite(w.since) THEN trim_scale(extract(epoch FROM w.until - w.since) / 3600) END
	FROM smsengage.rule_window(rule::smsengage.segment_rule, 1, at) w
$$;

-- each kind, at one moment (a Monday)
SELECT rule, w.* FROM (VALUES
	('click'), ('click in last 1 month'), ('click in last 90 minutes'), ('click more than 60 days ago'),
	('click in this day'), ('click in this week'), ('click in this month'), ('click in this quarter'), ('click in this year'),
	('click in previous day'), ('click in previous week'), ('click in previous month'), ('click in previous quarter'), ('click in previous year'),
	('click since ''2026-03-01'''), ('click before ''2026-03-01'''), ('click between ''2026-03-01'' and ''2026-03-02'''),
	('click in 3 of last 4 weeks'), ('first click in last 1 day'), ('last click more than 1 day ago'),
	('sent in last 1 day then click within 1 hour'), ('known'), ('opted out'), ('bucket 1%'), ('in segment ''x''')
) v(rule), pg_temp.win(rule, '2026-03-30 10:15:30.123456+00') w;

-- fixed windows are clipped at the moment, and empty beyond it
SELECT rule, w.* FROM (VALUES
	('click since ''2026-04-01'''), ('click before ''2026-04-01'''),
	('click between ''2026-03-01'' and ''2026-04-01'''), ('click between ''2026-04-01'' and ''2026-05-01'''),
	('click since ''2026-03-30 10:00'''), ('click since ''2026-03-30 12:00+02:00'''),
	('click since ''2026-03-30 12:00+02:00'' at time zone ''Asia/Tokyo'''),
	('click since ''2026-03-30'' at time zone ''Asia/Kolkata'''), ('click since ''2026-03-30'' at time zone ''Asia/Kathmandu'''),
	('click since ''2026-03-30'' at time zone ''Etc/GMT-3''')
) v(rule), pg_temp.win(rule, '2026-03-30 10:00+00') w;

-- month ends and leap years
SELECT at, rule, w.* FROM (VALUES
	('2026-03-31 12:00+00'::timestamptz, 'click in last 1 month'), ('2024-03-31 12:00+00', 'click in last 1 month'),
	('2026-03-31 12:00+00', 'click in last 1 month 1 day'), ('2024-02-29 12:00+00', 'click in last 1 year'),
	('2026-05-31 12:00+00', 'click in last 1 quarter'), ('2026-01-01 00:00+00', 'click in previous day'),
	('2026-01-01 00:00+00', 'click in this day'), ('2024-03-01 00:00+00', 'click in previous day'),
	('2026-01-15 00:00+00', 'click in previous quarter'), ('2025-12-31 23:59:59.999999+00', 'click in this year')
) v(at, rule), pg_temp.win(rule, at) w;

-- weeks start on Monday, also where they begin in another year
SELECT at, w.* FROM (VALUES
	('2026-03-29 23:59:59+00'::timestamptz), ('2026-03-30 00:00+00'), ('2027-01-03 12:00+00'), ('2024-12-30 12:00+00')
) v(at), pg_temp.win('click in this week', at) w;

-- clocks change in Berlin on 2026-03-29 (23 hours) and 2026-10-25 (25 hours)
SELECT at, rule, w.* FROM (VALUES
	('2026-03-29 12:00+02'::timestamptz), ('2026-03-30 12:00+02'), ('2026-10-25 12:00+01'), ('2026-10-26 12:00+01')
) a(at), (VALUES ('click in previous day'), ('click in last 1 day'), ('click in last 24 hours'), ('click in last 1 day 24 hours')) r(rule),
	pg_temp.win(rule || ' at time zone ''Europe/Berlin''', at) w
ORDER BY at, rule;
-- a month with the change in it, and one hour that comes twice
SELECT at, rule, w.* FROM (VALUES
	('2026-04-01 00:00+02'::timestamptz, 'click in previous month'), ('2026-11-01 00:00+01', 'click in previous month'),
	('2026-10-25 02:30+02', 'click in last 1 hour'), ('2026-10-25 02:30+01', 'click in last 1 hour'),
	('2026-10-25 02:30+01', 'click in this day'),
	-- 02:30 is no local time on the 29th: read as the server reads it
	('2026-03-30 02:30+02', 'click in last 1 day')
) v(at, rule), pg_temp.win(rule || ' at time zone ''Europe/Berlin''', at) w;
-- a day that begins at 01:00
SELECT w.* FROM pg_temp.win('click in previous day at time zone ''America/Sao_Paulo''', '2017-10-16 12:00-02') w;

-- zones off the hour
SELECT zone, w.* FROM (VALUES ('Asia/Kolkata'), ('Asia/Kathmandu'), ('Australia/Lord_Howe'), ('Pacific/Chatham')) z(zone),
	pg_temp.win('click in previous day at time zone ''' || zone || '''', '2026-04-06 00:00+00') w;

-- the same as the server's own arithmetic, for many moments, zones and windows
SELECT count(*) AS compared,
	count(*) FILTER (WHERE w.since IS DISTINCT FROM e.since OR w.until IS DISTINCT FROM e.until) AS different
FROM generate_series('2023-12-28 23:17+00'::timestamptz, '2026-12-31 00:00+00', '13 hours 47 minutes') at,
	(VALUES ('UTC'), ('Europe/Berlin'), ('Asia/Kolkata'), ('Asia/Kathmandu'), ('America/New_York'), ('Australia/Lord_Howe')) z(zone),
	(VALUES ('day'), ('week'), ('month'), ('quarter'), ('year')) u(unit),
	(VALUES ('in last 1 %s'), ('more than 1 %s ago'), ('in this %s'), ('in previous %s')) f(form),
	LATERAL (SELECT CASE unit WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || unit)::interval END AS step,
		at AT TIME ZONE zone AS local, date_trunc(unit, at AT TIME ZONE zone) AS start) l,
	LATERAL (SELECT
		CASE form WHEN 'in last 1 %s' THEN (local - step) AT TIME ZONE zone
			WHEN 'more than 1 %s ago' THEN '-infinity'
			WHEN 'in this %s' THEN start AT TIME ZONE zone
			ELSE (start - step) AT TIME ZONE zone END AS since,
		CASE form WHEN 'more than 1 %s ago' THEN (local - step) AT TIME ZONE zone
			WHEN 'in previous %s' THEN start AT TIME ZONE zone ELSE at END AS until) e,
	LATERAL smsengage.rule_window(format('click %s at time zone %L', format(form, unit), zone)::smsengage.segment_rule, 1, at) w;

-- errors
SELECT * FROM smsengage.rule_window('click in this day at time zone ''Europe/Atlantis''', 1, '2026-03-30 10:00+00');
SELECT * FROM smsengage.rule_window('click in this day', 1, 'infinity');
SELECT * FROM smsengage.rule_window('click in this day', 0, '2026-03-30 10:00+00');
SELECT * FROM smsengage.rule_window('click and sent', 3, '2026-03-30 10:00+00');
SELECT * FROM smsengage.rule_window('click in last 1000 years', 1, '4000-01-01 00:00+00 BC');
-- an unknown zone is an error when asked for, not in the rule
SELECT 'click in this day at time zone ''Europe/Atlantis'''::smsengage.segment_rule;
