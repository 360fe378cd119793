-- The reader against the server's own JSON parser: over thousands of mutations
-- of an event both accept the same ones, but for what is documented, and they
-- find the same values.  Seed: 42.
CREATE FUNCTION server_takes(t text, type regtype) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT %L::%s', t, type);
	RETURN true;
EXCEPTION WHEN OTHERS THEN
	RETURN false;
END $$;
-- whether the reader finds one sound piece, whatever it says
CREATE FUNCTION reader_takes(t text) RETURNS boolean LANGUAGE sql AS $$
	SELECT count(*) = 1 AND bool_and(e.outcome = 'event' OR e.reason !~ 'invalid JSON|byte [0-9]+ of')
	FROM smsengage.parse('salesforce_ens', t, NULL, '2026-11-01 00:00+00') e
$$;
-- and whether nothing of it had to be kept as raw text, as what is no text is
CREATE FUNCTION reader_reads(t text) RETURNS boolean LANGUAGE sql AS $$
	SELECT count(*) = 1 AND bool_and(e.outcome = 'event' AND coalesce(e.extra::text !~ '[{]"(raw|hex)":"', true))
	FROM smsengage.parse('native', '{"event_type":"HELP","recipient":"+12025550101","event_time":1612650624,"zz":' || t || '}', NULL, '2026-11-01 00:00+00') e
$$;
CREATE TABLE mutant (n serial, t text);
SELECT setseed(0.42);
DO $$
DECLARE
	base text := '{"eventCategoryType": "TransactionalSendEvents.SmsBounced", "timestampUTC": 1612650624759, "compositeId": "api.8345", "composite": {"tsid": "api.8345", "jobId": null, "n": [1, -2.5e+3, true, false, {"d": []}]}, '
		'"mid": 1476456, "info": {"to": "12025550101", "ordinal": 0, "statusCode": "4501", "statusMessage": "Exp\u00e9 \ud83d\ude00 \"x\" \\ \/\b\f\n\r\t", "from\u0041ddress": "é€😀"}}';
	pieces text[] := ARRAY['"', '\', ',', ':', '{', '}', '[', ']', ' ', E'\n', E'\t', E'\f', E'\u00a0', '0', '1', '-', '+', '.', 'e', 'E', '00', '-0', '1.', '.5', '1e', '1e5', 'true', 'tru', 'null', 'nul', 'NaN', '""', '[]', '{}', '[1]', '{"a":1}',
		'\"', '\u', '\u00', '\u0041', '\u0000', '\ud800', '\udc00', '\x', '/', '//', '/**/', '''', 'é', '😀', E'\x7f', E'\x01', ',,', '::', '"a":', '"a":1,', ',"a"', 'A', '#'];
	t text;
	i integer;
BEGIN
	FOR k IN 1..6000 LOOP
		t := base;
		FOR j IN 1..1 + floor(random() * 2)::integer LOOP
			i := 1 + floor(random() * length(t))::integer;
			CASE floor(random() * 4)::integer
				WHEN 0 THEN t := overlay(t PLACING '' FROM i FOR 1 + floor(random() * 3)::integer);
				WHEN 1 THEN t := overlay(t PLACING pieces[1 + floor(random() * array_length(pieces, 1))::integer] FROM i FOR 0);
				WHEN 2 THEN t := overlay(t PLACING pieces[1 + floor(random() * array_length(pieces, 1))::integer] FROM i FOR 1);
				ELSE t := left(t, i) || substr(t, 1 + floor(random() * length(t))::integer);
			END CASE;
		END LOOP;
		INSERT INTO mutant (t) VALUES (t);
	END LOOP;
END $$;
-- Both as a member of no interest, so that structure alone decides, and as the
-- event itself, where a member of the wrong type may be noticed first.
CREATE TABLE verdict AS
SELECT n, t, reader_reads(t) AS ours, server_takes('{"zz":' || t || '}', 'json') AS json, server_takes('{"zz":' || t || '}', 'jsonb') AS jsonb FROM mutant m;
-- Documented: json takes \u0000 and broken pairs, which no text can hold; and
-- jsonb has no room for numbers that the reader leaves as they are written.
-- Everything else is the same.
SELECT count(*) > 500 AS enough_good, count(*) FILTER (WHERE NOT ours) AS refused FROM verdict WHERE jsonb;
SELECT count(*) > 2000 AS enough_bad, count(*) FILTER (WHERE ours) AS taken FROM verdict WHERE NOT json;
SELECT count(*) > 10 AS enough, count(*) FILTER (WHERE ours AND t !~ '[0-9][eE][+]?[0-9]{6}') AS taken, count(*) FILTER (WHERE NOT ours AND t !~ '\\u(0000|[dD][89a-fA-F])') AS unexplained FROM verdict WHERE json AND NOT jsonb;
SELECT n, t, ours, json, jsonb FROM verdict WHERE ours <> jsonb AND t !~ '[0-9][eE][+]?[0-9]{6}' LIMIT 3;
SELECT count(*) FILTER (WHERE NOT reader_takes(t)) AS refused FROM mutant WHERE server_takes(t, 'jsonb');

-- the documented limits
SELECT reader_reads('{"a":"\u0000"}') AS no_text, server_takes('{"a":"\u0000"}', 'jsonb') AS server;
SELECT reader_takes(t) AS ours, server_takes(t, 'jsonb') AS server, what FROM (VALUES ('65 levels are too many', repeat('[', 65) || repeat(']', 65)), ('64 are not', '{"a":' || repeat('[', 63) || repeat(']', 63) || '}')) v(what, t);

-- Values: members of random events, read by both.  Keys may be empty, repeated
-- or escaped; of a repeated one the reader takes the first, jsonb the last.
SELECT setseed(0.42);
CREATE FUNCTION random_text() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT coalesce(string_agg((ARRAY['a', 'Z', '0', ' ', '"', '\', '/', E'\b', E'\f', E'\n', E'\r', E'\t', E'\x01', E'\x1f', E'\x7f', 'é', 'ß', '€', '漢', '😀', E'\u2028', '{', '}', '[', ']', ',', ':', 'u0041', '<', E'\uFFFD'])[1 + floor(random() * 30)::integer], ''), '')
	FROM generate_series(1, floor(random() * 12)::integer) WHERE random() >= 0
$$;
-- a text as JSON, each character in one of its spellings
CREATE FUNCTION spelt(t text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	c text;
	code integer;
	result text := '';
BEGIN
	FOREACH c IN ARRAY regexp_split_to_array(t, '') LOOP
		CONTINUE WHEN c = '';
		code := ascii(c);
		IF code > 65535 AND random() < 0.5 THEN
			result := result || format('\u%s\u%s', to_hex(55296 + (code - 65536) / 1024), upper(to_hex(56320 + (code - 65536) % 1024)));
		ELSIF code <= 65535 AND random() < 0.3 THEN
			result := result || '\u' || lpad(CASE WHEN random() < 0.5 THEN upper(to_hex(code)) ELSE to_hex(code) END, 4, '0');
		ELSE
			result := result || btrim(to_json(c)::text, '"') || CASE WHEN c = '"' THEN '"' ELSE '' END;
		END IF;
	END LOOP;
	RETURN '"' || result || '"';
END $$;
CREATE TABLE random_event AS
SELECT n, v, format('{%s:"TransactionalSendEvents.SmsNotSent",%s:%s,%s:{%s:%s,%s:%s,"%s":%s,"":%s,"n":[%s,{"%s":0.10}]},"":%s}', spelt('eventCategoryType'), spelt('timestampUTC'), spelt('1768039200250'),
	spelt('info'), spelt('reason'), spelt(v[1]), spelt('statusMessage'), spelt(v[2]), 'x' || n, spelt(v[3]), spelt(v[4]), spelt(v[5]), n, spelt(v[6])) AS t
FROM (SELECT n, ARRAY[random_text(), random_text(), random_text(), random_text(), random_text(), random_text()] AS v FROM generate_series(1, 2000) n) r;
SELECT count(*), count(DISTINCT t) > 1900 AS varied,
	count(*) FILTER (WHERE e.outcome = 'event') AS events,
	count(*) FILTER (WHERE e.error_text IS NOT DISTINCT FROM j #>> '{info,reason}' AND e.error_text = v[1]) AS reasons,
	count(*) FILTER (WHERE e.status_name IS NOT DISTINCT FROM j #>> '{info,statusMessage}' AND e.status_name = v[2]) AS names,
	count(*) FILTER (WHERE e.extra::jsonb = (j - 'eventCategoryType' - 'timestampUTC') #- '{info,reason}' #- '{info,statusMessage}') AS extras,
	count(*) FILTER (WHERE e.event_time = '2026-01-10 10:00:00.25+00') AS times
FROM random_event r CROSS JOIN LATERAL (SELECT r.t::jsonb AS j) s, smsengage.parse('auto', r.t, NULL, '2026-11-01 00:00+00') e;
-- the same when they stand in one array, or one behind the other
SELECT count(*) AS events, count(*) FILTER (WHERE e.error_text = r.v[1] AND e.status_name = r.v[2]) AS same
FROM smsengage.parse('auto', (SELECT '[' || string_agg(t, E' ,\n' ORDER BY n) || ']' FROM random_event), NULL, '2026-11-01 00:00+00') e JOIN random_event r ON r.n = e.event_no;
SELECT count(*) AS events, count(*) FILTER (WHERE e.error_text = r.v[1] AND e.status_name = r.v[2]) AS same
FROM smsengage.parse('salesforce_ens', (SELECT convert_to(string_agg(t, E'\n' ORDER BY n), 'UTF8') FROM random_event), NULL, '2026-11-01 00:00+00') e JOIN random_event r ON r.n = e.event_no;
-- a repeated member: the first with a value counts, the others are kept
SELECT e.error_text, e.extra FROM smsengage.parse('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1,"timestampUTC":1768039200,"info":{"reason":null,"reason":"one","reason":"two","reason":null}}', NULL, '2026-11-01 00:00+00') e;
SELECT e.error_text, e.extra FROM smsengage.parse('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200,"timestampUTC":1,"info":{"reason":null,"reason":"one","reason":"two","reason":null}}', NULL, '2026-11-01 00:00+00') e;
DROP TABLE mutant, verdict, random_event;
DROP FUNCTION server_takes, reader_takes, random_text, spelt;
-- an escape that is none may stand before a letter of several bytes, none of
-- which is lost
SELECT message_text, message_text = E'a\\éq\uFFFDz\\😀' AS whole
FROM smsengage.parse('twilio', '{"MessageSid":"SM1","SmsStatus":"received","From":"+12025550101","To":"+12025550102","Body":"a\é\q\ud800z\😀"}', 'AC1', '2026-11-01 00:00+00');
