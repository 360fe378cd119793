-- Random events, random rules, random moments: what the engine says must be
-- what plain SQL over event says.  SEGMENT_ROUNDS makes a longer run,
-- SEGMENT_SEED another one; a difference prints what is needed to repeat it.
\getenv rounds SEGMENT_ROUNDS
\if :{?rounds} \else \set rounds 60 \endif
\getenv seed SEGMENT_SEED
\if :{?seed} \else \set seed 0.42 \endif
\echo seed :seed
SET client_min_messages = warning;
SELECT smsengage.create_store();
SELECT setseed(:seed) \g /dev/null

CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
AS $$ SELECT choices[1 + floor(random() * cardinality(choices))::int] $$;
CREATE FUNCTION dice(sides int) RETURNS int LANGUAGE sql VOLATILE
AS $$ SELECT floor(random() * sides)::int $$;

-- Instants between February and December 2025, many of them where something
-- happens: cells and days begin, clocks change.
CREATE FUNCTION random_instant() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	t timestamptz := '2025-02-01 00:00+00'::timestamptz + random() * interval '280 days';
BEGIN
	CASE dice(8)
		WHEN 0 THEN t := date_trunc('hour', t) + dice(4) * interval '15 minutes';
		WHEN 1 THEN t := date_trunc('day', t, pick('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns'));
		WHEN 2 THEN t := date_trunc('week', t, 'UTC');
		WHEN 3 THEN t := pick('2025-03-30 01:00+00', '2025-10-26 01:00+00', '2025-04-05 15:00+00', '2025-10-04 15:30+00', '2025-03-09 05:30+00', '2025-11-02 04:30+00')::timestamptz
			+ (dice(9) - 4) * interval '15 minutes';
		ELSE
	END CASE;
	IF dice(3) = 0 THEN
		t := t + (dice(3) - 1) * interval '1 microsecond';
	END IF;
	RETURN t;
END $$;

CREATE FUNCTION dmo_event(n int) RETURNS json LANGUAGE sql VOLATILE AS $$
	SELECT json_build_object('EventID', 'e' || n,
		'EventType', pick('CLICK', 'CLICK', 'CLICK', 'CLICK', 'SENT', 'SENT', 'SENT', 'UNSUBSCRIBE', 'SUBSCRIBE', 'SUBSCRIBE', 'HELP'),
		'EventDateTime', to_char(random_instant() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'BulkMessage', pick('spring', 'summer', 'o''brien', NULL),
		'LinkName', pick('buy', 'more', 'über', NULL),
		'SenderID', pick('55501', '55502', '+55501', NULL), 'Message', pick('stop', 'START', 'hello', NULL, NULL),
		'IndividualID', CASE WHEN dice(12) > 0 THEN 'person-' || floor(30 * random() * random())::int END,
		'RecipientPhone', '+1202555010' || dice(10))
$$;
CREATE FUNCTION ens_event(n int) RETURNS json LANGUAGE sql VOLATILE AS $$
	SELECT json_build_object(
		'eventCategoryType', 'TransactionalSendEvents.' || category,
		'timestampUTC', floor(1000 * extract(epoch FROM random_instant())),
		'compositeId', 'c' || n, 'definitionKey', pick('spring', 'order-update'), 'mid', 7300 + dice(3), 'eid', 73,
		'info', json_build_object('to', '1202555010' || dice(10), 'subscriberKey', CASE WHEN dice(12) > 0 THEN 'person-' || dice(12) END,
			'messageKey', 'm' || n, 'ordinal', CASE WHEN dice(2) = 0 THEN dice(3) END,
			'from', CASE WHEN dice(2) = 0 THEN '55502' END, 'statusCode', CASE category WHEN 'SmsNotSent' THEN pick('1', '27', '2') END))
	FROM pick('SmsSent', 'SmsDelivered', 'SmsDelivered', 'SmsBounced', 'SmsTransient', 'SmsNotSent') category
$$;

-- Consent in other ways: keywords, provider's words and failures, of one sender or all, with an account or without.
CREATE FUNCTION word_event(n int) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('event_type', t, 'event_id', 'w' || n, 'event_time', to_char(random_instant() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'recipient', '+1202555010' || dice(10), 'sender_id', pick('55501', '+55502', '55503', NULL), 'account', pick('north', 'south', 'west', '7300', '7301', NULL),
		'message_text', CASE t WHEN 'REPLY' THEN pick('stop', 'Start', 'hello') END,
		'individual_id', CASE WHEN dice(3) = 0 THEN 'person-' || dice(12) END))
	FROM pick('REPLY', 'REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE') t
$$;

-- Batches, some of them again, with fold() at any time in between.
CREATE FUNCTION load(batches int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	dmo text;
	ens text;
	words text;
	account text;
	n int := 0;
	counts record;
	total bigint := 0;
BEGIN
	FOR batch IN 1..batches LOOP
		account := pick('north', 'south', 'west');
		SELECT json_agg(dmo_event(n + i))::text INTO dmo FROM generate_series(1, 1 + dice(60)) i;
		SELECT json_agg(ens_event(n + i))::text INTO ens FROM generate_series(1, 1 + dice(20)) i;
		SELECT json_agg(word_event(n + i))::text INTO words FROM generate_series(1, 1 + dice(5)) i;
		n := n + 60;
		FOR again IN 0..(dice(4) = 0)::int LOOP
			SELECT * INTO counts FROM smsengage.ingest('salesforce_dmo', dmo, account);
			total := total + counts.accepted + counts.rejected + counts.ignored;
			SELECT * INTO counts FROM smsengage.ingest('salesforce_ens', ens);
			total := total + counts.accepted + counts.rejected + counts.ignored;
			SELECT * INTO counts FROM smsengage.ingest('native', words);
			total := total + counts.accepted + counts.rejected + counts.ignored;
		END LOOP;
		IF dice(5) = 0 THEN
			CALL smsengage.fold();
		END IF;
	END LOOP;
	RETURN total - (SELECT count(*) FROM smsengage.event);
END $$;
SELECT load(40) AS not_stored;
SELECT count(*) > 30 AS many_entries, count(DISTINCT source) AS sources, count(*) FILTER (WHERE account = '') > 3 AS without_account FROM smsengage.consent_entry;
INSERT INTO smsengage.consent_scope (account, valid_from, scope)
SELECT a, CASE dice(3) WHEN 0 THEN '-infinity' ELSE random_instant() END, pick('sender', 'sender', 'account', 'everywhere')
FROM unnest('{north,north,north,south,7300,""}'::text[]) a ON CONFLICT DO NOTHING;
SELECT count(*) > 1000 AS many_events, count(*) FILTER (WHERE individual_no = 0) > 50 AS some_of_nobody,
	count(*) FILTER (WHERE part > 0) > 20 AS some_later_parts, count(DISTINCT account) AS accounts FROM smsengage.event;
SELECT count(*) FILTER (WHERE level = 0) > 0 AS deltas, count(*) FILTER (WHERE level > 0) > 0 AS folded FROM smsengage.engagement_tally;
SELECT * FROM smsengage.check_tallies();

---------------------------------------------------------------------------
-- Rules as data: text for the engine, and a query over event.

CREATE TABLE zone AS SELECT * FROM unnest(ARRAY['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']) WITH ORDINALITY z(name, no);

CREATE FUNCTION random_span() RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	calendar text := pick('1 month', '2 months', '1 quarter', '30 days', '3 days', '1 week', '7 weeks', '1 day', '0 days');
	clock text := pick('0 minutes', '0 minutes', '5 hours', '36 hours', '90 minutes', '7 minutes');
BEGIN
	IF calendar = '0 days' AND clock = '0 minutes' THEN
		clock := '2 hours';
	END IF;
	RETURN jsonb_build_object('text', concat_ws(' ', nullif(calendar, '0 days'), nullif(clock, '0 minutes')),
		'calendar', replace(calendar, '1 quarter', '3 months'), 'clock', clock);
END $$;

CREATE FUNCTION random_zone() RETURNS text LANGUAGE sql VOLATILE
AS $$ SELECT pick('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns') $$;
CREATE FUNCTION zone_text(zone text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE zone WHEN 'UTC' THEN '' ELSE format(' at time zone %L', zone) END $$;
CREATE FUNCTION moment_text(at timestamptz, zone text) RETURNS text LANGUAGE sql VOLATILE
AS $$ SELECT CASE dice(2) WHEN 0 THEN to_char(at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI:SS.US') ELSE to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"Z"') END $$;
-- Local times may be ambiguous or missing: what the server makes of them.
CREATE FUNCTION moment_of(moment text, zone text) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT CASE WHEN right(moment, 1) = 'Z' THEN moment::timestamptz ELSE moment::timestamp AT TIME ZONE zone END $$;
CREATE FUNCTION shifted(at timestamptz, span jsonb, zone text, sign int) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT CASE span->>'calendar' WHEN '0 days' THEN at
		ELSE (at AT TIME ZONE zone + sign * (span->>'calendar')::interval) AT TIME ZONE zone END + sign * (span->>'clock')::interval $$;

CREATE FUNCTION random_window() RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	zone text := random_zone();
	kind text := pick('ever', 'last', 'last', 'last', 'ago', 'less', 'this', 'previous', 'since', 'before', 'between');
	span jsonb := random_span();
	unit text := pick('day', 'week', 'month', 'quarter', 'year');
	a timestamptz := random_instant();
	b timestamptz := random_instant();
	a_text text := moment_text(least(a, b), zone);
	b_text text := moment_text(greatest(a, b), zone);
BEGIN
	IF kind = 'between' AND moment_of(a_text, zone) >= moment_of(b_text, zone) THEN
		kind := 'since';
	END IF;
	RETURN jsonb_build_object('kind', kind, 'zone', zone, 'span', span, 'unit', unit, 'a', a_text, 'b', b_text, 'text',
		CASE kind WHEN 'ever' THEN ''
			WHEN 'last' THEN 'in last ' || (span->>'text')
			WHEN 'ago' THEN format('more than %s ago', span->>'text')
			WHEN 'less' THEN format('less than %s ago', span->>'text')
			WHEN 'this' THEN 'in this ' || unit
			WHEN 'previous' THEN 'in previous ' || unit
			WHEN 'since' THEN format('since %L', a_text)
			WHEN 'before' THEN format('before %L', b_text)
			WHEN 'between' THEN format('between %L and %L', a_text, b_text)
		END || CASE kind WHEN 'ever' THEN '' ELSE zone_text(zone) END);
END $$;

CREATE FUNCTION window_of(w jsonb, at timestamptz, OUT since timestamptz, OUT until timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
	zone text := w->>'zone';
BEGIN
	since := '-infinity';
	until := at;
	CASE w->>'kind'
		WHEN 'ever' THEN
		WHEN 'last', 'less' THEN since := shifted(at, w->'span', zone, -1);
		WHEN 'ago' THEN until := shifted(at, w->'span', zone, -1);
		WHEN 'this' THEN since := date_trunc(w->>'unit', at AT TIME ZONE zone) AT TIME ZONE zone;
		WHEN 'previous' THEN
			since := (date_trunc(w->>'unit', at AT TIME ZONE zone) - (CASE w->>'unit' WHEN 'quarter' THEN '3 months' ELSE '1 ' || (w->>'unit') END)::interval) AT TIME ZONE zone;
			until := date_trunc(w->>'unit', at AT TIME ZONE zone) AT TIME ZONE zone;
		WHEN 'since' THEN since := moment_of(w->>'a', zone);
		WHEN 'before' THEN until := moment_of(w->>'b', zone);
		WHEN 'between' THEN since := moment_of(w->>'a', zone); until := moment_of(w->>'b', zone);
	END CASE;
	until := least(until, at);
	since := least(since, until);
END $$;

-- An event with filters: as text, and as a condition on e.
CREATE FUNCTION random_event() RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	type text := pick('click', 'click', 'click', 'sent', 'delivered', 'undelivered', 'unsubscribe', 'event');
	filter text := CASE WHEN dice(2) = 0 THEN pick(
		'bulk_message = ''spring''', 'bulk_message = ''spring''', 'bulk_message = ''o''''brien''', 'link_name = ''buy''', 'link_name = ''über''', 'link_name = ''absent''',
		'link_name <> ''buy''', 'link_name like ''%e%''', 'link_name not like ''_uy''', 'bulk_message in (''spring'', ''summer'')',
		'bulk_message not in (''spring'', ''summer'')', 'link_name is null', 'link_name is not null', 'sender_id = ''55501''', 'account = ''north''',
		'part = 0', 'part < 1.5', 'part in (0, 70000)', 'price is null', 'error_permanent = true', 'provider = ''salesforce_ens''', 'event_type <> ''CLICK''') END;
	second text := CASE WHEN filter IS NOT NULL AND dice(4) = 0 THEN pick('bulk_message = ''summer''', 'link_name = ''more''', 'sender_id is null') END;
BEGIN
	RETURN jsonb_build_object(
		'text', type || coalesce('[' || nullif(concat_ws(' and ', filter, second), '') || ']', ''),
		'sql', concat_ws(' AND ', CASE type WHEN 'event' THEN NULL ELSE format('e.event_type = %L', upper(type)) END,
			'e.' || filter, 'e.' || second, 'true'));
END $$;

CREATE FUNCTION random_condition() RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	kind text := pick('count', 'count', 'count', 'count', 'regular', 'first', 'last', 'followed', 'not followed', 'consent', 'consent', 'bucket', 'segment', 'individual', 'known');
	c jsonb := jsonb_build_object('kind', kind);
	event jsonb := random_event();
	other jsonb := random_event();
	w jsonb := random_window();
	op text := pick('>=', '>=', '>=', '>', '=', '<', '<=', '<>');
	n int := dice(5);
	zone text := random_zone();
	span jsonb := random_span();
	unit text := pick('day', 'week', 'month');
	periods int := 1 + dice(5);
	wanted int := 1 + dice(periods);
	text text;
BEGIN
	CASE kind
		WHEN 'count' THEN
			text := concat_ws(' ', event->>'text', op, n, nullif(w->>'text', ''));
		WHEN 'regular' THEN
			text := format('%s %s %s in %s of last %s %ss%s', event->>'text', op, n, wanted, periods, unit, zone_text(zone));
		WHEN 'first', 'last' THEN
			WHILE w->>'kind' = 'ever' LOOP
				w := random_window();
			END LOOP;
			text := concat_ws(' ', kind, event->>'text', w->>'text');
		WHEN 'followed', 'not followed' THEN
			IF dice(4) = 0 THEN
				span := NULL;
			END IF;
			text := concat_ws(' ', event->>'text', nullif(w->>'text', ''), CASE kind WHEN 'followed' THEN 'then' ELSE 'not followed by' END, other->>'text',
				'within ' || (span->>'text') || zone_text(zone));
		WHEN 'consent' THEN
			c := c || jsonb_build_object('state', pick('UNSUBSCRIBED', 'SUBSCRIBED'), 'sender', pick('55501', '+55502', '55503', 'never met', NULL, NULL));
			text := CASE c->>'state' WHEN 'UNSUBSCRIBED' THEN 'opted out' ELSE pick('opted in', 'subscribed') END;
			text := text || coalesce(CASE text WHEN 'subscribed' THEN ' to ' ELSE ' of ' END || quote_literal(c->>'sender'), '');
		WHEN 'bucket' THEN
			text := format('bucket %s%% seed %L', pick('10', '50', '0.5', '100', '0'), pick('a', 'b'));
		WHEN 'segment' THEN
			text := format('in segment %L', pick('saved 1', 'saved 2'));
		WHEN 'individual' THEN
			text := 'individual in (''person-1'', ''person-3'', ''+12025550101'', ''nobody'')';
		WHEN 'known' THEN
			text := 'known';
	END CASE;
	RETURN c || jsonb_build_object('text', text, 'event', event, 'other', other, 'window', w, 'op', op, 'n', n, 'zone', zone, 'span', span,
		'unit', unit, 'periods', periods, 'wanted', wanted);
END $$;

CREATE FUNCTION random_rule(depth int) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	kind text := CASE WHEN depth = 0 THEN 'condition' ELSE pick('condition', 'and', 'or', 'not') END;
	a jsonb;
	b jsonb;
BEGIN
	IF kind = 'condition' THEN
		RETURN jsonb_build_object('node', kind) || random_condition();
	END IF;
	a := random_rule(depth - 1);
	b := random_rule(depth - 1);
	RETURN jsonb_build_object('node', kind, 'a', a, 'b', b, 'text',
		CASE kind WHEN 'not' THEN format('not (%s)', a->>'text') ELSE format('(%s) %s (%s)', a->>'text', kind, b->>'text') END);
END $$;

-- events of a pick: SELECT ... FROM this
CREATE FUNCTION events_sql(event jsonb, account text) RETURNS text LANGUAGE sql STABLE
AS $$ SELECT format('(SELECT e.* FROM smsengage.event e WHERE e.individual_no > 0 AND coalesce(e.part, 0) = 0%s AND %s)',
		CASE WHEN account IS NOT NULL THEN format(' AND e.account = %L', account) ELSE '' END, event->>'sql') $$;

-- A query for the numbers of the people for whom a rule holds.
CREATE FUNCTION rule_sql(r jsonb, at timestamptz, account text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	known text := format('(SELECT DISTINCT individual_no FROM %s e WHERE event_time < %L)', events_sql('{"sql": "true"}', account), at);
	picked text := events_sql(r->'event', account);
	other text := events_sql(r->'other', account);
	since timestamptz;
	until timestamptz;
	deadline text;
BEGIN
	CASE r->>'node'
		WHEN 'not' THEN RETURN format('(SELECT * FROM %s k EXCEPT %s)', known, rule_sql(r->'a', at, account));
		WHEN 'and' THEN RETURN format('(%s INTERSECT %s)', rule_sql(r->'a', at, account), rule_sql(r->'b', at, account));
		WHEN 'or' THEN RETURN format('(%s UNION %s)', rule_sql(r->'a', at, account), rule_sql(r->'b', at, account));
		ELSE
	END CASE;
	IF r->'window' IS NOT NULL THEN
		SELECT * INTO since, until FROM window_of(r->'window', at);
	END IF;
	CASE r->>'kind'
		WHEN 'count' THEN
			RETURN format('(SELECT k.individual_no FROM %s k LEFT JOIN %s e ON e.individual_no = k.individual_no AND e.event_time >= %L AND e.event_time < %L'
				' GROUP BY 1 HAVING count(e.event_key) %s %s)', known, picked, since, until, r->>'op', r->>'n');
		WHEN 'regular' THEN
			RETURN format($q$(SELECT k.individual_no FROM %1$s k WHERE (
				SELECT count(*) FROM generate_series(1, %2$s) i WHERE (
					SELECT count(*) FROM %3$s e WHERE e.individual_no = k.individual_no
						AND e.event_time >= (%4$L::timestamptz AT TIME ZONE %5$L - i * interval '1 %6$s') AT TIME ZONE %5$L
						AND e.event_time < CASE i WHEN 1 THEN %4$L::timestamptz ELSE (%4$L::timestamptz AT TIME ZONE %5$L - (i - 1) * interval '1 %6$s') AT TIME ZONE %5$L END
				) %7$s %8$s) >= %9$s)$q$, known, r->>'periods', picked, at, r->>'zone', r->>'unit', r->>'op', r->>'n', r->>'wanted');
		WHEN 'first', 'last' THEN
			RETURN format('(SELECT individual_no FROM %1$s e WHERE event_time < %2$L GROUP BY 1 HAVING %3$s(event_time) >= %4$L AND %3$s(event_time) < %5$L)',
				picked, at, CASE r->>'kind' WHEN 'first' THEN 'min' ELSE 'max' END, since, until);
		WHEN 'followed', 'not followed' THEN
			deadline := CASE WHEN r->'span' = 'null' THEN quote_literal(at) || '::timestamptz'
				ELSE format('shifted(a.event_time, %L, %L, 1)', r->'span', r->>'zone') END;
			RETURN format('(SELECT DISTINCT a.individual_no FROM %s a WHERE a.event_time >= %L AND a.event_time < %L%s AND %s EXISTS (SELECT FROM %s b'
				' WHERE b.individual_no = a.individual_no AND b.event_time > a.event_time AND b.event_time <= %s AND b.event_time < %L))',
				picked, since, until,
				CASE WHEN r->>'kind' = 'not followed' AND r->'span' <> 'null' THEN format(' AND %s < %L', deadline, at) ELSE '' END,
				CASE r->>'kind' WHEN 'not followed' THEN 'NOT' ELSE '' END, other, deadline, at);
		WHEN 'consent' THEN
			-- by what the gate says of each number
			RETURN format('(SELECT k.individual_no FROM %s k WHERE (SELECT max(s.state COLLATE "C") FROM (SELECT DISTINCT e.recipient FROM smsengage.event e'
				' WHERE e.individual_no = k.individual_no AND e.recipient <> ''''%s) n CROSS JOIN LATERAL smsengage.subscription_state(n.recipient, %L, %L, %L) s) = %L)',
				known, CASE WHEN account IS NOT NULL THEN format(' AND e.account = %L', account) ELSE '' END, account, r->>'sender', at, r->>'state');
		WHEN 'bucket' THEN
			-- which people are in a bucket is not known here; only that they are the same for all functions
			RETURN format('(SELECT individual_no FROM %s k WHERE smsengage.is_member(individual_no, %L::smsengage.segment_rule, %L, %L))', known, r->>'text', at, account);
		WHEN 'segment' THEN
			RETURN rule_sql((SELECT s.rule FROM saved s WHERE r->>'text' = format('in segment %L', s.name)), at, account);
		WHEN 'individual' THEN
			RETURN format('(SELECT individual_no FROM %s k JOIN smsengage.individual i USING (individual_no)'
				' WHERE i.individual_id IN (''person-1'', ''person-3'', ''tel:+12025550101''))', known);
		WHEN 'known' THEN
			RETURN known;
	END CASE;
END $$;

-- the plans of these queries are many, their rows few
SET max_parallel_workers_per_gather = 0;
SET jit = off;

CREATE TABLE saved (name text, rule jsonb);
CREATE FUNCTION save(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	rule jsonb;
BEGIN
	LOOP
		rule := random_rule(1);
		EXIT WHEN rule::text NOT LIKE '%in segment%';
	END LOOP;
	INSERT INTO saved VALUES (name, rule);
	PERFORM smsengage.save_segment(name, rule->>'text');
END $$;
SELECT save('saved 1'), save('saved 2') \g /dev/null

---------------------------------------------------------------------------
-- Sets: segment, segment_size, is_member, segment_overlap, entered, departed

CREATE FUNCTION members(rule jsonb, at timestamptz, account text) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
	result bigint[];
BEGIN
	EXECUTE format('SELECT coalesce(array_agg(individual_no ORDER BY individual_no), ''{}'') FROM %s m', rule_sql(rule, at, account)) INTO result;
	RETURN result;
END $$;

CREATE TABLE difference (no int, what text, rule text, at timestamptz, account text, expected text, found text);
CREATE TABLE tried (no int, rule jsonb, at timestamptz, account text, members bigint[]);

CREATE FUNCTION try_sets(no int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	rule jsonb := random_rule(dice(3));
	rule_text text := rule->>'text';
	at timestamptz := CASE dice(10) WHEN 0 THEN '2027-01-01 12:34:56.789012+00' WHEN 1 THEN '2025-01-01 00:00+00' WHEN 2 THEN now() ELSE random_instant() END;
	asked text := CASE WHEN dice(3) = 0 THEN pick('north', '7301') END;
	expected bigint[] := members(rule, at, asked);
	before timestamptz := random_instant();
	members_before bigint[] := members(rule, before, asked);
	expected_other bigint[];
	previous tried := (SELECT t FROM tried t WHERE t.account IS NOT DISTINCT FROM asked ORDER BY t.no DESC LIMIT 1);
	found bigint[];
	overlap record;
BEGIN
	found := ARRAY(SELECT s.individual_no FROM smsengage.segment(rule_text, at, asked) s ORDER BY 1);
	INSERT INTO difference SELECT no, 'segment', rule_text, at, asked, expected::text, found::text WHERE found <> expected;
	INSERT INTO difference SELECT no, 'segment_size', rule_text, at, asked, cardinality(expected)::text, n::text
	FROM smsengage.segment_size(rule_text, at, asked) n WHERE n <> cardinality(expected);
	found := ARRAY(SELECT i.individual_no FROM smsengage.individual i
		WHERE smsengage.is_member(i.individual_no, rule_text::smsengage.segment_rule, at, asked) ORDER BY 1);
	INSERT INTO difference SELECT no, 'is_member', rule_text, at, asked, expected::text, found::text WHERE found <> expected;
	found := ARRAY(SELECT s.individual_no FROM smsengage.entered(rule_text, before, at, asked) s ORDER BY 1);
	INSERT INTO difference SELECT no, 'entered', rule_text, at, asked, before::text, found::text
	WHERE found <> ARRAY(SELECT unnest(expected) EXCEPT SELECT unnest(members_before) ORDER BY 1);
	found := ARRAY(SELECT s.individual_no FROM smsengage.departed(rule_text, before, at, asked) s ORDER BY 1);
	INSERT INTO difference SELECT no, 'departed', rule_text, at, asked, before::text, found::text
	WHERE found <> ARRAY(SELECT unnest(members_before) EXCEPT SELECT unnest(expected) ORDER BY 1);
	IF previous.rule IS NOT NULL AND dice(3) = 0 THEN
		expected_other := members(previous.rule, at, asked);
		SELECT * INTO overlap FROM smsengage.segment_overlap(rule_text, previous.rule->>'text', at, asked);
		INSERT INTO difference SELECT no, 'segment_overlap', rule_text, at, asked, previous.rule->>'text', overlap::text
		WHERE overlap.both_rules <> (SELECT count(*) FROM (SELECT unnest(expected) INTERSECT SELECT unnest(expected_other)) b)
			OR overlap.only_a <> cardinality(expected) - overlap.both_rules OR overlap.only_b <> cardinality(expected_other) - overlap.both_rules;
	END IF;
	INSERT INTO tried VALUES (no, rule, at, asked, expected);
EXCEPTION WHEN OTHERS THEN
	INSERT INTO difference VALUES (no, 'error', rule_text, at, asked, SQLSTATE, SQLERRM);
END $$;

SELECT try_sets(i) FROM generate_series(1, :rounds) i \g /dev/null
SELECT * FROM difference ORDER BY no LIMIT 5;
-- the rules are neither all empty nor all full
SELECT count(*) FILTER (WHERE cardinality(members) BETWEEN 1 AND 30) > 0 AS telling_of_consent FROM tried WHERE rule->>'kind' = 'consent';
SELECT count(*) FILTER (WHERE cardinality(members) BETWEEN 1 AND 30) > :rounds / 4 AS telling FROM tried;

-- the same when all is folded, and when tallies were made anew
CREATE FUNCTION try_again() RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT count(*) FROM tried t
	WHERE t.members <> ARRAY(SELECT s.individual_no FROM smsengage.segment(t.rule->>'text', t.at, t.account) s ORDER BY 1)
$$;
CALL smsengage.fold();
SELECT count(*) AS deltas FROM smsengage.engagement_tally WHERE level = 0;
SELECT try_again() AS differences;
SELECT smsengage.rebuild_tallies('2025-03-01 12:34', '2025-10-01 00:07');
SELECT * FROM smsengage.check_tallies();
SELECT try_again() AS differences;
-- and without tallies of a dimension
DELETE FROM smsengage.tally_dimension WHERE dimension = 'link_name';
UPDATE smsengage.tally_dimension SET complete_from = '2025-06-01 00:07:00.000001+00' WHERE dimension = 'bulk_message';
SELECT try_again() AS differences;

---------------------------------------------------------------------------
-- One person through time: segment_history, explain_membership

CREATE FUNCTION try_history(no int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	rule jsonb := random_rule(dice(2));
	rule_text text := rule->>'text';
	person bigint := 1 + dice((SELECT count(*)::int FROM smsengage.individual));
	since timestamptz := random_instant() - dice(2) * interval '30 days';
	until timestamptz := since + random() * interval '150 days';
	history tstzmultirange;
	probe timestamptz;
	change timestamptz;
	ahead tstzmultirange;
	last_event timestamptz;
	member boolean;
BEGIN
	history := smsengage.segment_history(person, rule_text::smsengage.segment_rule, since, until);
	FOR probe IN
		SELECT p FROM (
			SELECT since + random() * (until - since) AS p FROM generate_series(1, 10)
			UNION ALL
			SELECT b + i * interval '1 microsecond' FROM unnest(history) r, unnest(ARRAY[lower(r), upper(r)]) b, generate_series(-1, 1) i
			UNION ALL
			SELECT e.event_time + i * interval '1 microsecond' FROM smsengage.event e, generate_series(0, 1) i WHERE e.individual_no = person
			UNION ALL
			SELECT c.event_time + i * interval '1 microsecond' FROM smsengage.consent_entry c, generate_series(-1, 1) i
			WHERE rule::text ~ 'consent|segment' AND c.recipient IN (SELECT e.recipient FROM smsengage.event e WHERE e.individual_no = person)
			UNION ALL
			SELECT t::timestamptz + i * interval '15 minutes' + random() * interval '10 seconds'
			FROM unnest(ARRAY['2025-03-30 01:00+00', '2025-10-26 01:00+00', '2025-04-05 15:00+00', '2025-10-04 15:30+00', '2025-03-09 05:30+00', '2025-11-02 04:30+00']) t,
				generate_series(-5, 5) i WHERE dice(6) = 0
		) q
		WHERE p >= since AND p < until
	LOOP
		member := smsengage.is_member(person, rule_text::smsengage.segment_rule, probe);
		INSERT INTO difference SELECT no, 'segment_history of ' || person, rule_text, probe, NULL, member::text, history::text
		WHERE member <> (probe <@ history);
	END LOOP;
	-- next_change is where the history ahead first differs, if nothing more happens
	last_event := (SELECT greatest(max(e.event_time), '2025-02-01') + dice(100) * interval '1 day' + interval '1 microsecond' FROM smsengage.event e WHERE e.individual_no = person);
	IF rule::text ~ 'consent|segment' THEN
		last_event := greatest(last_event, (SELECT max(c.event_time) FROM smsengage.consent_entry c JOIN smsengage.event e USING (recipient) WHERE e.individual_no = person),
			(SELECT max(c.valid_from) FROM smsengage.consent_scope c));
	END IF;
	SELECT e.next_change INTO change FROM smsengage.explain_membership(person, rule_text::smsengage.segment_rule, last_event) e WHERE e.no = 0;
	ahead := smsengage.segment_history(person, rule_text::smsengage.segment_rule, last_event, last_event + interval '150 days');
	SELECT min(b) INTO probe FROM unnest(ahead) r, unnest(ARRAY[lower(r), upper(r)]) b WHERE b > last_event AND b < last_event + interval '150 days';
	INSERT INTO difference SELECT no, 'next_change of ' || person, rule_text, last_event, NULL, probe::text, change::text
	WHERE probe IS DISTINCT FROM CASE WHEN change < last_event + interval '150 days' THEN change END;
EXCEPTION WHEN OTHERS THEN
	INSERT INTO difference VALUES (no, 'error', rule_text, since, NULL, SQLSTATE, SQLERRM);
END $$;

SELECT try_history(i) FROM generate_series(1, :rounds / 2) i \g /dev/null
SELECT * FROM difference ORDER BY no LIMIT 5;
SELECT smsengage.drop_store(force => true);
-- the functions above, which must not stand in the way of other tests
DO $$ BEGIN EXECUTE (SELECT string_agg(format('DROP ROUTINE %s', p.oid::regprocedure), '; ') FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace); END $$;
