-- segment_rule: canonical text, binary form, comparison, combination

-- the examples of the manual
SELECT r::smsengage.segment_rule FROM (VALUES
	('click >= 3 in last 1 month'),
	('click[link_name = ''Spring''] >= 1 since ''2026-03-01'' and not unsubscribe in last 90 days'),
	('delivered >= 1 in previous month at time zone ''Europe/Berlin'' and click = 0 in previous month at time zone ''Europe/Berlin''')
) v(r);

-- every form, as written and in canonical form
CREATE TEMP TABLE good (no serial, given text, canonical text);
INSERT INTO good (given, canonical) VALUES
	-- events
	('sent', 'sent'), ('not_sent', 'not_sent'), ('subscribe', 'subscribe'),
	('unsubscribe', 'unsubscribe'), ('confirmation', 'confirmation'), ('help', 'help'),
	('click', 'click'), ('undelivered', 'undelivered'), ('accepted', 'accepted'),
	('transient', 'transient'), ('delivered', 'delivered'), ('expired', 'expired'),
	('rejected', 'rejected'), ('seen', 'seen'), ('reply', 'reply'), ('block', 'block'),
	('unblock', 'unblock'), ('event', 'event'),
	-- spacing and case
	(E' \t\n\r\f\x0bCLICK\n>=3\tIn LAST 1 Month ', 'click >= 3 in last 1 month'),
	('EVENT[LINK_NAME=''Spring'']', 'event[link_name = ''Spring'']'),
	-- counts
	('click >= 1', 'click'), ('click at least 1 time', 'click'), ('click >= 0', 'click >= 0'),
	('click > 2', 'click > 2'), ('click = 0', 'click = 0'), ('click < 3', 'click < 3'),
	('click <= 3', 'click <= 3'), ('click <> 3', 'click <> 3'), ('click != 3', 'click <> 3'),
	('click >= 3 times', 'click >= 3'), ('click at least 3 times', 'click >= 3'),
	('click at least 3', 'click >= 3'), ('click at most 3 times', 'click <= 3'),
	('click exactly 0 times', 'click = 0'), ('click fewer than 3 times', 'click < 3'),
	('click less than 3 times', 'click < 3'), ('click more than 3 times', 'click > 3'),
	('click more than 3', 'click > 3'),
	('click >= 2147483647', 'click >= 2147483647'), ('click >= 0003', 'click >= 3'),
	-- windows
	('click in last 1 month', 'click in last 1 month'),
	('click in last 1 months', 'click in last 1 month'),
	('click in the last 30 day', 'click in last 30 days'),
	('click in last 30 minutes 2 hours', 'click in last 2 hours 30 minutes'),
	('click in last 1 minute 2 hours 3 days 4 weeks 5 months 6 quarters 7 years',
	 'click in last 7 years 6 quarters 5 months 4 weeks 3 days 2 hours 1 minute'),
	('click in last 1000 years', 'click in last 1000 years'),
	('click in this day', 'click in this day'), ('click in the previous week', 'click in previous week'),
	('click in this month', 'click in this month'), ('click in previous quarter', 'click in previous quarter'),
	('click in this year', 'click in this year'),
	('click more than 60 days ago', 'click more than 60 days ago'),
	('click less than 60 days ago', 'click in last 60 days'),
	('click >= 3 more than 60 days ago', 'click >= 3 more than 60 days ago'),
	('click more than 3 times more than 60 days ago', 'click > 3 more than 60 days ago'),
	('click more than 3 times in last 60 days', 'click > 3 in last 60 days'),
	-- times
	('click since ''2026-03-01''', 'click since ''2026-03-01'''),
	('click since ''2024-02-29''', 'click since ''2024-02-29'''),
	('click since ''2000-02-29''', 'click since ''2000-02-29'''),
	('click since ''0001-01-01''', 'click since ''0001-01-01'''),
	('click before ''9999-12-31''', 'click before ''9999-12-31'''),
	('click before ''2026-03-01 00:00''', 'click before ''2026-03-01'''),
	('click before ''2026-03-01T14:30''', 'click before ''2026-03-01 14:30:00'''),
	('click before ''2026-03-01 14:30:05.250000''', 'click before ''2026-03-01 14:30:05.25'''),
	('click before ''2026-03-01 00:00:00.000001''', 'click before ''2026-03-01 00:00:00.000001'''),
	('click before ''2026-03-01 00:00Z''', 'click before ''2026-03-01 00:00:00+00:00'''),
	('click before ''2026-03-01 14:30+02''', 'click before ''2026-03-01 14:30:00+02:00'''),
	('click before ''2026-03-01 14:30-0330''', 'click before ''2026-03-01 14:30:00-03:30'''),
	('click before ''2026-03-01 14:30+15:59''', 'click before ''2026-03-01 14:30:00+15:59'''),
	('click between ''2026-03-01'' and ''2026-04-01''', 'click between ''2026-03-01'' and ''2026-04-01'''),
	('click between ''2026-03-01 00:00+00'' and ''2026-03-01 00:00-01''',
	 'click between ''2026-03-01 00:00:00+00:00'' and ''2026-03-01 00:00:00-01:00'''),
	('click between ''2026-03-01'' and ''2026-03-01 00:00:00.000001''',
	 'click between ''2026-03-01'' and ''2026-03-01 00:00:00.000001'''),
	-- zones
	('click in this day at time zone ''Europe/Berlin''', 'click in this day at time zone ''Europe/Berlin'''),
	('click in this day at time zone ''UTC''', 'click in this day'),
	('click in this day at time zone ''Etc/GMT-14''', 'click in this day at time zone ''Etc/GMT-14'''),
	('click in this day at time zone ''America/Port-au-Prince''', 'click in this day at time zone ''America/Port-au-Prince'''),
	('click between ''2026-03-01'' and ''2026-04-01'' at time zone ''Asia/Kathmandu''',
	 'click between ''2026-03-01'' and ''2026-04-01'' at time zone ''Asia/Kathmandu'''),
	('last click more than 60 days ago at time zone ''Asia/Kolkata''',
	 'last click more than 60 days ago at time zone ''Asia/Kolkata'''),
	-- filters
	('click[link_name = ''Spring'' and provider in (''infobip'',''engagelab'') and link_url like ''https://x/%'']',
	 'click[link_name = ''Spring'' and provider in (''infobip'', ''engagelab'') and link_url like ''https://x/%'']'),
	('click[link_name<>''a'' and link_name != ''b'']', 'click[link_name <> ''a'' and link_name <> ''b'']'),
	('click[link_name not in (''a'') and link_url not like ''%\\%'']',
	 'click[link_name not in (''a'') and link_url not like ''%\\%'']'),
	('click[link_name is null and bulk_message is not null]', 'click[link_name is null and bulk_message is not null]'),
	('click[link_name = ''it''''s'' and keyword = '''']', 'click[link_name = ''it''''s'' and keyword = '''']'),
	('sent[price > 0.0500 and price <= 00.10 and parts >= 2.0 and part < 1 and price <> -0.0]',
	 'sent[price > 0.05 and price <= 0.1 and parts >= 2 and part < 1 and price <> 0]'),
	('sent[price in (1, -2.50) and part = 0]', 'sent[price in (1, -2.5) and part = 0]'),
	('undelivered[error_permanent = TRUE and error_permanent <> false]',
	 'undelivered[error_permanent = true and error_permanent <> false]'),
	-- the other conditions
	('first click in last 30 days', 'first click in last 30 days'),
	('first click[link_name = ''a''] before ''2026-01-01''', 'first click[link_name = ''a''] before ''2026-01-01'''),
	('last click more than 60 days ago', 'last click more than 60 days ago'),
	('last click less than 60 days ago', 'last click in last 60 days'),
	('sent then click within 2 days', 'sent then click within 2 days'),
	('sent then click', 'sent then click'),
	('sent[provider = ''infobip''] not followed by click[link_name = ''a''] within 2 days',
	 'sent[provider = ''infobip''] not followed by click[link_name = ''a''] within 2 days'),
	('sent in last 1 month then click within 2 days', 'sent in last 1 month then click within 2 days'),
	('sent more than 2 days ago not followed by delivered', 'sent more than 2 days ago not followed by delivered'),
	('sent in this day at time zone ''Asia/Kolkata'' then click within 1 day 12 hours at time zone ''Asia/Kolkata''',
	 'sent in this day at time zone ''Asia/Kolkata'' then click within 1 day 12 hours at time zone ''Asia/Kolkata'''),
	('click in 3 of last 4 weeks', 'click in 3 of last 4 weeks'),
	('click in 3 of the last 4 weeks', 'click in 3 of last 4 weeks'),
	('click < 1 in 1 of last 1 month at time zone ''Europe/Berlin''', 'click < 1 in 1 of last 1 month at time zone ''Europe/Berlin'''),
	('click >= 2 in 1000 of last 1000 days', 'click >= 2 in 1000 of last 1000 days'),
	('opted out', 'opted out'), ('Opted  OUT Of ''12345''', 'opted out of ''12345'''), ('opted in', 'opted in'), ('opted in of ''x''''y''', 'opted in of ''x''''y'''),
	('subscribed', 'opted in'), ('Subscribed to ''12345''', 'opted in of ''12345'''),
	('bucket 10%', 'bucket 10%'), ('bucket 10.00 % seed ''x''', 'bucket 10% seed ''x'''),
	('bucket 2.5%', 'bucket 2.5%'), ('bucket 0.05%', 'bucket 0.05%'), ('bucket 33.33%', 'bucket 33.33%'),
	('bucket 0%', 'bucket 0%'), ('bucket 100%', 'bucket 100%'),
	('in segment ''Spring buyers''', 'in segment ''Spring buyers'''),
	('individual in (''a'',''b'')', 'individual in (''a'', ''b'')'), ('known', 'known'),
	-- and, or, not: least parentheses, flat chains
	('(click)', 'click'), ('((click))', 'click'), ('not not click', 'click'), ('not not not click', 'not click'),
	('not (not (click and sent))', 'click and sent'), ('not (click)', 'not click'),
	('not (click and sent)', 'not (click and sent)'), ('not click and sent', 'not click and sent'),
	('click and (sent and reply)', 'click and sent and reply'),
	('(click and sent) and reply', 'click and sent and reply'),
	('click or (sent or (reply or seen))', 'click or sent or reply or seen'),
	('click and sent or reply and seen', 'click and sent or reply and seen'),
	('(click and sent) or (reply and seen)', 'click and sent or reply and seen'),
	('click and (sent or reply) and seen', 'click and (sent or reply) and seen'),
	('click or sent and reply or seen', 'click or sent and reply or seen'),
	('not (click or sent) and not (not reply)', 'not (click or sent) and reply'),
	('not sent not followed by click and known', 'not sent not followed by click and known'),
	('click between ''2026-03-01'' and ''2026-04-01'' and sent', 'click between ''2026-03-01'' and ''2026-04-01'' and sent'),
	('click in last 2 days and in segment ''a''', 'click in last 2 days and in segment ''a'''),
	-- texts may hold anything
	('in segment ''größer ≥ "10%" (a) [b] -- c''', 'in segment ''größer ≥ "10%" (a) [b] -- c''');

-- text -> rule -> text, again, and through the binary form
SELECT count(*) AS forms,
	count(*) FILTER (WHERE given::smsengage.segment_rule::text = canonical) AS as_expected,
	count(*) FILTER (WHERE canonical::smsengage.segment_rule::text = canonical) AS fix_points
FROM good;
SELECT given, given::smsengage.segment_rule AS got, canonical AS expected
FROM good WHERE given::smsengage.segment_rule::text IS DISTINCT FROM canonical;

CREATE TEMP TABLE stored AS SELECT no, given::smsengage.segment_rule AS rule FROM good;
\copy stored TO 'results/segment_rule.bin' (FORMAT binary)
CREATE TEMP TABLE loaded (LIKE stored);
\copy loaded FROM 'results/segment_rule.bin' (FORMAT binary)
SELECT count(*) AS round_trips, bool_and(s.rule OPERATOR(smsengage.=) l.rule) AS equal,
	bool_and(s.rule::text = l.rule::text) AS same_text
FROM stored s JOIN loaded l USING (no);
SELECT smsengage.segment_rule_send('click >= 3');

-- binary input is checked like text: version first, then the rule
CREATE TEMP TABLE one (rule smsengage.segment_rule);
CREATE FUNCTION pg_temp.receive(value bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	file bytea := 'PGCOPY'::bytea || '\x0aff0d0a00'::bytea || '\x0000000000000000'::bytea
		|| '\x0001'::bytea || int4send(length(value)) || value || '\xffff'::bytea;
	octal text;
BEGIN
	SELECT string_agg(format('\%s%s%s', b / 64, b / 8 % 8, b % 8), '' ORDER BY i)
	INTO octal
	FROM generate_series(0, length(file) - 1) i, LATERAL (SELECT get_byte(file, i) AS b) g;
	EXECUTE format('COPY one FROM PROGRAM %L (FORMAT binary)', format('printf ''%s''', octal));
	RETURN (SELECT 'read as ' || rule::text FROM one);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT what, pg_temp.receive(value) FROM (VALUES
	('nothing', ''::bytea),
	('no text', '\x01'),
	('version 2', '\x02'::bytea || 'known'),
	('bad text', '\x01'::bytea || 'clicks'),
	('a zero byte', '\x01'::bytea || 'known' || '\x00'::bytea),
	('not UTF8', '\x01'::bytea || 'in segment ''' || '\xff'::bytea || ''''),
	('not canonical', '\x01'::bytea || ' CLICK>=1 ')
) v(what, value);

-- equality, order and hash follow the canonical text
SELECT 'CLICK >= 1'::smsengage.segment_rule OPERATOR(smsengage.=) 'click' AS same,
	'click'::smsengage.segment_rule OPERATOR(smsengage.<>) 'sent' AS other,
	'click'::smsengage.segment_rule OPERATOR(smsengage.<) 'click = 0' AS shorter_first,
	'click'::smsengage.segment_rule OPERATOR(smsengage.<=) 'click' AS le,
	'sent'::smsengage.segment_rule OPERATOR(smsengage.>) 'click' AS gt,
	'sent'::smsengage.segment_rule OPERATOR(smsengage.>=) 'sent' AS ge,
	smsengage.segment_rule_cmp('sent', 'click') AS after,
	smsengage.segment_rule_cmp('click', 'click') AS level,
	smsengage.segment_rule_cmp('click', 'click = 0') AS before;
SELECT amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcname = 'segment_rule_ops' ORDER BY 1;
SELECT count(DISTINCT rule) = count(DISTINCT rule::text) AS distinct_rules,
	count(DISTINCT smsengage.segment_rule_hash(rule)) = count(DISTINCT rule) AS hashes,
	count(DISTINCT smsengage.segment_rule_hash_extended(rule, 42)) = count(DISTINCT rule) AS seeded
FROM stored;
SET enable_hashagg = off;
SELECT rule, count(*) FROM stored GROUP BY rule HAVING count(*) > 2 ORDER BY rule;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT rule, count(*) FROM stored GROUP BY rule HAVING count(*) > 3;
RESET enable_hashagg;
RESET enable_sort;
CREATE TABLE segment_rule_kept (rule smsengage.segment_rule PRIMARY KEY) PARTITION BY HASH (rule);
CREATE TABLE segment_rule_kept_0 PARTITION OF segment_rule_kept FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO segment_rule_kept VALUES ('click'), ('sent');
INSERT INTO segment_rule_kept VALUES ('(CLICK)');
DROP TABLE segment_rule_kept;

-- casts by I/O; text becomes a rule only on request
SELECT 'click'::text::smsengage.segment_rule, 'click'::smsengage.segment_rule::text,
	NULL::smsengage.segment_rule IS NULL AS no_rule;
INSERT INTO one SELECT 'click'::text;

-- putting rules together
SELECT smsengage.rule_and('click or sent', 'reply') AS a,
	smsengage.rule_and('click and sent', 'reply and seen') AS b,
	smsengage.rule_or('click or sent', 'reply and seen') AS c,
	smsengage.rule_not('click or sent') AS d,
	smsengage.rule_not('click') AS e,
	smsengage.rule_not(smsengage.rule_not('click and sent')) AS f,
	smsengage.rule_and(NULL, 'click') IS NULL AS g;

-- what a rule consists of
\x
SELECT * FROM smsengage.rule_conditions('
	click[link_name = ''it''''s'' and price > 0.10] at most 3 times in last 30 days at time zone ''Europe/Berlin''
	and not (event or first sent in previous week)
	and last click more than 60 days ago
	and sent in this month not followed by click[os = ''iOS''] within 2 days
	and sent then reply
	and click >= 2 in 3 of last 4 weeks
	and subscribed to ''12345'' and not opted out of ''12345'' and bucket 2.5% seed ''x'' and in segment ''big'' and individual in (''a'') and known');
\x

-- a long rule is stored compressed and out of line, and still reads well
CREATE TEMP TABLE long_rule AS
SELECT ('individual in (' || string_agg(format('''person %s''', md5(i::text)), ',') || ')')::smsengage.segment_rule AS rule
FROM generate_series(1, 1000) i;
SELECT length(rule::text), rule OPERATOR(smsengage.=) rule::text::smsengage.segment_rule AS equal,
	length(smsengage.rule_not(rule)::text) AS negated FROM long_rule;

-- filters know every column of the store's events but keys, times, numbers of people, classes and the rest
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT count(*) AS made FROM smsengage.create_store();
CREATE TEMP TABLE filtered AS
SELECT attname::text AS name, atttypid::regtype::text AS type FROM pg_attribute
WHERE attrelid = 'smsengage.event'::regclass AND attnum > 0 AND NOT attisdropped
	AND attname NOT IN ('event_key', 'individual_no', 'status_class', 'message_key', 'extra')
	AND atttypid <> 'timestamptz'::regtype;
SELECT count(*) AS columns,
	count(('event[' || name || CASE type WHEN 'text' THEN ' = ''x''' WHEN 'boolean' THEN ' = true' ELSE ' > 1' END
		|| ']')::smsengage.segment_rule) AS as_filters
FROM filtered;
ROLLBACK;
DO $$
DECLARE
	hint text;
BEGIN
	PERFORM 'event[x is null]'::smsengage.segment_rule;
EXCEPTION WHEN syntax_error THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RAISE NOTICE '% columns in the hint', array_length(string_to_array(hint, ', '), 1);
END $$;
