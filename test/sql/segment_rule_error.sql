-- segment_rule: errors say where, what was read and what was expected
CREATE FUNCTION pg_temp.try(rule text, OUT error text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	error := 'accepted: ' || rule::smsengage.segment_rule::text;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	error := SQLSTATE || ' ' || SQLERRM;
END $$;

-- as a user sees one
SELECT 'clicks >= 3 in last month'::smsengage.segment_rule;

\x
\pset tuples_only
-- where a condition is wanted
SELECT rule, t.* FROM (VALUES
	(''), ('   '), ('clicks'), ('clik'), ('delivred >= 2'), ('opened'), ('LINK'), ('zzz'), ('not'), ('()'),
	('click and'), ('click or or sent'), ('>= 3 clicks'), ('3 clicks'), ('at least 3 clicks'),
	('''click'''), ('"click"'), ('“click”'), ('!click'), ('-- click'), ('größe'),
	('in last 30 days click')
) v(rule), pg_temp.try(rule) t;

-- behind a condition
SELECT rule, t.* FROM (VALUES
	('click sent'), ('click; sent'), ('click && sent'), ('click | sent'), ('click)'), ('(click'),
	('click link_name = ''x'''), ('click(link_name = ''x'')'), ('click where link_name = ''x'''),
	('click == 3'), ('click => 3'), ('click ≥ 3'), ('click >= '), ('click >= three'), ('click >= 3.5'),
	('click >= -1'), ('click >= ''3'''), ('click >= 3 clicks'), ('click at 3 times'), ('click more 3'),
	('click fewer than 3 days ago'), ('click in last 1 month >= 3'), ('click in last 1 month at least 3 times'),
	('click today'), ('click yesterday'), ('click during last week'), ('click at time zone ''UTC''')
) v(rule), pg_temp.try(rule) t;

-- windows
SELECT rule, t.* FROM (VALUES
	('click in last month'), ('click in the last Weeks'), ('click in last hour'), ('click in month'),
	('click in past 30 days'), ('click in 30 days'), ('click in last 30'), ('click in last 0 days'),
	('click in last 30 fortnights'), ('click in last 2 days 3 days'), ('click in last 1.5 days'),
	('click in last -1 days'), ('click in previous 3 months'), ('click in this hour'), ('click in this'),
	('click more than 60 days'), ('click more than 0 days ago'), ('sent then click within 0 days'), ('click more than 3 times ago'), ('click in'),
	('click in last 1 month at time zone Europe/Berlin'), ('click in last 1 month at zone ''UTC''')
) v(rule), pg_temp.try(rule) t;

-- dates and zones
SELECT rule, t.* FROM (VALUES
	('click since 2026-03-01'), ('click since "2026-03-01"'), ('click since ''March'''), ('click since ''2026-02-29'''),
	('click since ''1900-02-29'''), ('click since ''2026-04-31'''), ('click since ''2026-13-01'''),
	('click since ''2026-00-01'''), ('click since ''2026-03-00'''), ('click since ''0000-01-01'''),
	('click since ''26-03-01'''), ('click since ''2026-3-1'''), ('click since ''2026-03-01 '''),
	('click since ''2026-03-01 24:00'''), ('click since ''2026-03-01 12:60'''), ('click since ''2026-03-01 12:00:60'''),
	('click since ''2026-03-01 12'''), ('click since ''2026-03-01 12:00:00.'''),
	('click since ''2026-03-01 12:00:00.1234567'''), ('click since ''2026-03-01 12:00+16'''),
	('click since ''2026-03-01 12:00+02:60'''), ('click since ''2026-03-01 12:00 CET'''),
	('click since ''2026-03-01+01'''), ('click since ''infinity'''), ('click since'),
	('click between ''2026-03-02'' and ''2026-03-01'''), ('click between ''2026-03-01'' and ''2026-03-01 00:00'''),
	('click between ''2026-03-01 00:00+01'' and ''2026-02-28 23:00Z'''), ('click between ''2026-03-01'''),
	('click between ''2026-03-01'', ''2026-03-02'''),
	('click in this day at time zone'), ('click in this day at time zone '''''), ('click in this day at time zone ''+02:00'''),
	('click in this day at time zone ''UTC+3'''), ('click in this day at time zone ''Europe/Berlin2'''),
	('click in this day at time zone ''Etc/GMT-15'''), ('click in this day at time zone ''Etc/GMT+1a'''),
	('click in this day at time zone ''../passwd''')
) v(rule), pg_temp.try(rule) t;

-- filters
SELECT rule, t.* FROM (VALUES
	('click[]'), ('click[link = ''x'']'), ('click[link_nme = ''x'']'), ('click[foo = ''x'']'), ('click[''a'' = ''x'']'),
	('click[link_name]'), ('click[link_name == ''x'']'), ('click[link_name = "x"]'), ('click[link_name = 3]'),
	('click[link_name > ''x'']'), ('click[link_name = ''x'''), ('click[link_name = ''x'), ('click[link_name = x]'),
	('click[link_name = ''x'' or os = ''y'']'), ('click[link_name = ''x'', os = ''y'']'),
	('click[link_name in ()]'), ('click[link_name in (''a''; ''b'')]'), ('click[link_name in ''a'']'),
	('click[link_name in (''a'', )]'), ('click[link_name not = ''a'']'), ('click[link_name like ''a\'']'),
	('click[link_name is 3]'), ('sent[price = ''3'']'), ('sent[price like ''3'']'), ('sent[price = 1e5]'),
	('sent[price = .5]'), ('sent[price = -]'), ('sent[status_code > 500]'), ('sent[error_permanent = 1]'),
	('sent[error_permanent < true]'), ('sent[error_permanent in (true)]')
) v(rule), pg_temp.try(rule) t;

-- the other conditions
SELECT rule, t.* FROM (VALUES
	('first click'), ('first click >= 3 in last 2 days'), ('last click'), ('last known'),
	('last click in 3 of last 4 weeks'), ('sent then'), ('sent then known'), ('sent then click within'),
	('sent then click within 2'), ('sent then click then reply'), ('sent then click within 1 day at time zone ''Asia/Tokyo'' then reply'), ('click = 0 in this day at time zone ''Asia/Tokyo'' not reply'), ('sent >= 2 then click'),
	('sent >= 2 not followed by click'), ('click not reply'), ('sent not followed click'),
	('click in 5 of last 4 weeks'), ('click in 0 of last 4 weeks'), ('click in 3 of 4 weeks'),
	('click in 3 of last 4 years'), ('click in 3 of last 4'), ('sent in 3 of last 4 weeks then click'),
	('subscribed to 12345'), ('subscribed to '''''), ('subscribed in last 3 days'), ('subscribed of ''1'''),
	('opted'), ('opted for ''1'''), ('opted-out'), ('opted out of'), ('opted out of '''''), ('opted out of 12345'), ('opted in to ''1'''), ('opted out in last 3 days'), ('opted in since ''2026-01-01'''),
	('opted out >= 1'), ('unsubscribed'), ('optout'), ('opt out'), ('opted_out'), ('optd out'), ('optedin'), ('subscribd'),
	('bucket'), ('bucket ten%'), ('bucket 10'), ('bucket 101%'), ('bucket 100.01%'), ('bucket 1.234%'), ('bucket -1%'),
	('bucket 99999999999999999999%'), ('bucket 10% seed'), ('bucket 10% seed x'), ('bucket 10% seed '''''),
	('in segment'), ('in segment big'), ('in segment '''''), ('individual ''a'''), ('individual in (a)'),
	('individual in (1)'), ('known >= 3')
) v(rule), pg_temp.try(rule) t;

-- what was read: a text is not shown, a long word is cut between characters
SELECT t.* FROM (VALUES
	('click ''+12025550123'''), ('individual in (''+12025550123'' ''x'')'), ('click[message_text like ''secret\'']'),
	(repeat('x', 70)), ('click since ''' || repeat('x', 62) || 'ééé''')
) v(rule), pg_temp.try(rule) t;

-- positions count characters
SELECT rule, (pg_temp.try(rule)).error FROM (VALUES
	('in segment ''ünï'' clik'), (E'click\n\tand clik'), ('in segment ''€€€€'' ''''')
) v(rule);

-- limits: the last that fits, the first that does not
SELECT what, left(t.error, 60) AS error, t.detail FROM (VALUES
	('length 65536', rpad('known', 65536)),
	('length 65537', rpad('known', 65537)),
	('canonical length', rtrim(repeat('click>2 and ', 5957 / 6), ' and') || ' and in segment ''' || repeat('x', 65536 - 10000) || ''''),
	('depth 64', repeat('(', 64) || 'known' || repeat(')', 64)),
	('depth 65', repeat('(', 65) || 'known' || repeat(')', 65)),
	('depth, no end', repeat('(', 60000)),
	('many not', repeat('not ', 10001) || 'known'),
	('1000 conditions', repeat('known and ', 999) || 'known'),
	('1001 conditions', repeat('known and ', 1000) || 'known'),
	('1000 items', 'individual in (' || repeat('''a'',', 999) || '''a'')'),
	('1001 items', 'individual in (' || repeat('''a'',', 1000) || '''a'')'),
	('32 filters', 'click[' || repeat('os = ''a'' and ', 31) || 'os = ''a'']'),
	('33 filters', 'click[' || repeat('os = ''a'' and ', 32) || 'os = ''a'']'),
	('count 2147483648', 'click >= 2147483648'),
	('count of 40 digits', 'click >= ' || repeat('9', 40)),
	('1000 periods', 'click in 1 of last 1000 days'),
	('1001 periods', 'click in 1 of last 1001 days'),
	('1000 years', 'click in last 1000 years'),
	('1000 years 1 minute', 'click in last 1000 years 1 minute'),
	('2147483647 minutes', 'click in last 2147483647 minutes'),
	('zone of 64 letters', 'click in this day at time zone ''' || repeat('x', 64) || ''''),
	('zone of 65 letters', 'click in this day at time zone ''' || repeat('x', 65) || '''')
) v(what, rule), pg_temp.try(rule) t;

-- a combination keeps the limits too
DO $$
DECLARE
	deep smsengage.segment_rule := repeat('not (click and ', 64) || 'known' || repeat(')', 64);
	many smsengage.segment_rule := repeat('known and ', 600) || 'known';
BEGIN
	BEGIN
		PERFORM smsengage.rule_not(deep);
	EXCEPTION WHEN statement_too_complex THEN
		RAISE NOTICE 'too deep: %', SQLERRM;
	END;
	BEGIN
		PERFORM smsengage.rule_or(many, many);
	EXCEPTION WHEN program_limit_exceeded THEN
		RAISE NOTICE 'too many: %', SQLERRM;
	END;
END $$;
