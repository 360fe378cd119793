-- delivery_state: text form, binary form, comparison, constructor
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
\set VERBOSITY terse

-- the error of a bad text
CREATE FUNCTION pg_temp.refused(how text, value text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE how USING value;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''));
END $$;

-- what is printed for a text
SELECT n, input::smsengage.delivery_state AS printed
FROM (VALUES
	(1, ''),
	(2, '   '),
	(3, 'SMS unknown'),
	(4, 'sms DELIVERED'),
	(5, 'SMS/0 delivered 4000 @2021-02-05T22:30:26.004Z by code'),
	(6, '  SMS / 0  delivered  4000  @ 2021-02-05 23:30:26.004000+01  by  CODE  '),
	(7, 'SMS sent @2021-02-05T22:30Z by time'),
	(8, 'SMS delivered -2147483648 by class'),
	(9, 'SMS delivered 2147483647 by class'),
	-- what the deciding report implies is not printed again
	(10, 'SMS sent @2021-02-05T22:30:00Z, sent 2021-02-05T22:30:00Z'),
	(11, 'SMS sent @2021-02-05T22:30:00Z, sent 2021-02-05T22:29:00Z'),
	(12, 'SMS sent @2021-02-05T22:30:00Z, sent 2021-02-05T22:31:00Z'),
	(13, 'SMS delivered @2021-02-05T22:30:00Z, delivered 2021-02-05T22:31:00Z'),
	(14, 'SMS delivered @2021-02-05T22:30:00Z, delivered'),
	(15, 'SMS delivered, delivered'),
	(16, 'SMS delivered, delivered 2021-02-05T22:31:00Z'),
	(17, 'SMS seen @2021-02-05T22:30:00Z, seen 2021-02-05T22:29:00Z'),
	(18, 'RCS seen @2021-02-05T22:30:00Z, seen 2021-02-05T22:29:00Z, delivered 2021-02-05T22:28:00Z'),
	(19, 'SMS/254 undelivered 4500 @2021-02-06T00:00:00Z by code, delivered 2021-02-05T00:00:00Z, expired, sent 2021-02-01T00:00:00Z'),
	-- entries in any order, the whole message first, channels by number
	(20, 'VIBER_BM sent; SMS/1 sent; SMS/0 sent; SMS sent; other accepted'),
	-- several of one channel and part are merged
	(21, 'SMS/0 delivered 4000 by code; SMS/0 undelivered 4500 by code; SMS/0 sent 2000 @2021-02-05T22:30:00Z by code'),
	-- clocks
	(22, 'SMS sent @0001-01-01T00:00:00Z'),
	(23, 'SMS sent @9999-12-31T23:59:59.999999Z'),
	(24, 'SMS sent @2024-02-29T12:00:00.1Z'),
	(25, 'SMS sent @2000-02-29T12:00:00.000001Z'),
	(26, 'SMS sent @1999-12-31T23:59:59.999999Z'),
	(27, 'SMS sent @2021-02-05T22:30:00+0545'),
	(28, 'SMS sent @2021-02-05T22:30:00-09:30'),
	(29, 'SMS sent @2020-12-31T23:30:00-01'),
	(30, 'SMS sent @2021-01-01T00:30:00+15:59')
) AS t(n, input) ORDER BY n;

-- printing agrees with the server's calendar, 1 day of each month of 9999 years
SELECT count(*) AS days,
	   count(*) FILTER (WHERE
		split_part(smsengage.delivery_report('accepted', at => day)::text, '@', 2)
		<> to_char(day, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ' by time'
		OR (SELECT r.at FROM smsengage.reports(smsengage.delivery_report('accepted', at => day)::text::smsengage.delivery_state) r)
		<> day) AS wrong
FROM generate_series(0, 119987) m,
	 LATERAL (SELECT ('0001-01-01 00:00Z'::timestamptz + m * interval '1 month' + (m * 7 % 31) * interval '1 day' + m % 86400 * interval '1 second') AS day) d
WHERE day < '9999-12-31';

-- refused texts
SELECT input, pg_temp.refused('SELECT $1::smsengage.delivery_state', input)
FROM (VALUES
	('x'), ('SMS'), ('FAX delivered'), ('SMS nope'), ('SMS none'), (';'),
	('SMS sent;'), ('SMS sent; ;'), ('SMS sent,'), ('SMS sent SMS sent'),
	('SMS/ sent'), ('SMS/255 sent'), ('SMS/-1 sent'), ('SMS/99999999999999999999 sent'),
	('SMS sent 2147483648'), ('SMS sent -2147483649'), ('SMS sent -'), ('SMS sent 1.5'),
	('SMS sent by'), ('SMS sent by luck'), ('SMS sent via code'),
	('SMS sent @'), ('SMS sent @yesterday'), ('SMS sent @infinity'),
	('SMS sent @2021-02-05T22:30:26'), ('SMS sent @2021-02-29T00:00:00Z'),
	('SMS sent @1900-02-29T00:00:00Z'), ('SMS sent @2021-13-01T00:00:00Z'),
	('SMS sent @2021-02-05T24:00:00Z'), ('SMS sent @2021-02-05T22:60:00Z'),
	('SMS sent @2021-02-05T22:30:60Z'), ('SMS sent @2021-02-05T22:30:26.Z'),
	('SMS sent @2021-02-05T22:30:26.0000001Z'), ('SMS sent @2021-02-05T22:30:26+16'),
	('SMS sent @2021-02-05T22:30:26+01:60'), ('SMS sent @2021-02-05T22:30:26+1'),
	('SMS sent @21-02-05T22:30:26Z'), ('SMS sent @0000-01-01T00:00:00Z'),
	('SMS sent @0001-01-01T00:00:00+01'), ('SMS sent @9999-12-31T23:30:00-01'),
	('SMS sent, accepted'), ('SMS sent, sent'), ('SMS delivered, seen 2021-02-05T22:30:26Z'),
	('SMS delivered, sent 2021-02-05T22:30:26Z, sent 2021-02-05T22:30:26Z'),
	('SMS sent' || chr(160)), ('СМС delivered')
) AS t(input);

-- constructor
SELECT smsengage.delivery_report('delivered');
SELECT smsengage.delivery_report('Delivered', 4000, '2021-02-05 22:30:26.004Z', 'sms', 0, 'CODE', '2021-02-05 22:30:20Z');
SELECT smsengage.delivery_report('sent', NULL, NULL, NULL, NULL, NULL, NULL);
SELECT smsengage.delivery_report('seen', channel => 'carrier pigeon', at => '2021-02-05 22:30Z');
SELECT smsengage.delivery_report(NULL, 4000) IS NULL AS no_report;
SELECT smsengage.delivery_report('none');
SELECT smsengage.delivery_report('');
SELECT smsengage.delivery_report('sent', part => 255);
SELECT smsengage.delivery_report('sent', part => -1);
SELECT smsengage.delivery_report('sent', part => 254);
SELECT smsengage.delivery_report('sent', ranking => 'luck');
SELECT smsengage.delivery_report('sent', at => 'infinity');
SELECT smsengage.delivery_report('sent', at => '-infinity');
SELECT smsengage.delivery_report('sent', sent_at => '10000-01-01 00:00Z');
SELECT smsengage.delivery_report('sent', sent_at => '0001-12-31 23:59Z BC');

-- binary form: version, then entries; big-endian
SELECT smsengage.delivery_state_send('');
SELECT smsengage.delivery_state_send('SMS/0 delivered 4000 @2000-01-01T00:00:01Z by code, sent 2000-01-01T00:00:00Z');
SELECT smsengage.delivery_state_send('SMS seen -1 by class');
-- sizes with the four-byte length word; one byte on disk
SELECT input, pg_column_size(input::smsengage.delivery_state)
FROM (VALUES ('SMS sent @2021-02-05T22:30:20Z by code'),
	('SMS/0 delivered 4000 @2021-02-05T22:30:26.004Z by code, sent 2021-02-05T22:30:20Z'),
	('SMS sent @2021-02-05T22:30:20Z by code; SMS/0 delivered 4000 @2021-02-05T22:30:26.004Z by code')) AS t(input);

-- receiving: a COPY file of one cell with these bytes, made on the fly
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	file bytea := '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0)
		|| int2send(1::int2) || int4send(length(bytes)) || bytes || int2send(-1::int2);
	octal text;
	result text;
BEGIN
	SELECT string_agg('\' || byte / 64 || byte / 8 % 8 || byte % 8, '' ORDER BY i) INTO octal
	FROM generate_series(0, length(file) - 1) i, LATERAL (SELECT get_byte(file, i) AS byte) b;
	CREATE TEMP TABLE cell (state smsengage.delivery_state);
	BEGIN
		EXECUTE format('COPY cell FROM PROGRAM %L (FORMAT binary)', format('printf ''%s''', octal));
		SELECT quote_literal(state::text) INTO result FROM cell;
	EXCEPTION WHEN OTHERS THEN
		result := SQLSTATE || ' ' || SQLERRM;
	END;
	DROP TABLE cell;
	RETURN result;
END $$;
SELECT what, pg_temp.receive(decode(replace(hex, ' ', ''), 'hex'))
FROM (VALUES
	('no entry', '01'),
	('whole message, delivered', '01 00001908 01 00000fa0 0000000000000001'),
	('parts 0 and 1', '01 00011400 00 00000000 00021400 00 00000000'),
	('seen without clock, delivered with one', '01 00001a08 40 00000fa0 0000000000000001'),
	('last clock', '01 00001908 01 00000fa0 0380e70b913b7fff'),
	('no version', ''),
	('unknown version', '02'),
	('half an entry', '01 0000'),
	('a byte too many', '01 00001908 00 00000fa0 00'),
	('a clock cut short', '01 00001908 01 00000fa0 00000000000000'),
	('parts 1, 0', '01 00021400 00 00000000 00011400 00 00000000'),
	('whole message after part', '01 00021400 00 00000000 00001400 00 00000000'),
	('part 0 twice', '01 00011400 00 00000000 00011400 00 00000000'),
	('channels 1, 0', '01 01001400 00 00000000 00001400 00 00000000'),
	('channel 16', '01 10001400 00 00000000'),
	('class none', '01 00001000 00 00000000'),
	('class 11', '01 00001b08 00 00000000'),
	('ranking 3', '01 00003400 00 00000000'),
	('a fifth group', '01 00001918 00 00000000'),
	('own group missing', '01 00001900 00 00000000'),
	('an eighth time', '01 00001908 81 00000000 0000000000000001 0000000000000001'),
	('implied delivered time', '01 00001908 41 00000000 0000000000000001 0000000000000001'),
	('implied sent time', '01 00001400 03 00000000 0000000000000001 0000000000000001'),
	('delivered after its latest report', '01 00001908 41 00000000 0000000000000001 0000000000000002'),
	('sent after its latest report', '01 00001400 03 00000000 0000000000000001 0000000000000002'),
	('seen time in another class', '01 00001908 04 00000000 0000000000000001'),
	('seen, no delivered time', '01 00001a08 04 00000000 0000000000000001'),
	('delivered after seen', '01 00001a08 44 00000000 0000000000000001 0000000000000002'),
	('time without its group', '01 00001908 20 00000000 0000000000000001'),
	('infinity', '01 00001908 01 00000000 7fffffffffffffff'),
	('year 10000', '01 00001908 01 00000000 0380e70b913b8000'),
	('no time, stored', '01 00001908 01 00000000 8000000000000000')
) AS t(what, hex);

-- comparison: by bytes
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
WHERE opcintype = 'smsengage.delivery_state'::regtype ORDER BY 1;
CREATE TABLE state (id int, s smsengage.delivery_state);
INSERT INTO state VALUES (1, ''), (2, 'SMS sent'), (3, 'SMS/0 sent'), (4, 'VIBER sent'), (5, 'SMS/0 sent; VIBER sent'), (6, 'sms sent');
SELECT array_agg(id ORDER BY s, id) FROM state;
SELECT count(DISTINCT s) FROM state;
SELECT count(*) AS wrong FROM state a, state b
WHERE (a.s OPERATOR(smsengage.=) b.s) <> (a.s::text = b.s::text)
	OR (a.s OPERATOR(smsengage.<>) b.s) = (a.s::text = b.s::text)
	OR (a.s OPERATOR(smsengage.<) b.s) <> (smsengage.delivery_state_cmp(a.s, b.s) < 0)
	OR (a.s OPERATOR(smsengage.<=) b.s) <> (smsengage.delivery_state_cmp(a.s, b.s) <= 0)
	OR (a.s OPERATOR(smsengage.>) b.s) <> (smsengage.delivery_state_cmp(a.s, b.s) > 0)
	OR (a.s OPERATOR(smsengage.>=) b.s) <> (smsengage.delivery_state_cmp(a.s, b.s) >= 0)
	OR sign(smsengage.delivery_state_cmp(a.s, b.s)) <> -sign(smsengage.delivery_state_cmp(b.s, a.s))
	OR (smsengage.delivery_state_hash(a.s) = smsengage.delivery_state_hash(b.s)) <> (a.s::text = b.s::text)
	OR (smsengage.delivery_state_hash_extended(a.s, 7) = smsengage.delivery_state_hash_extended(b.s, 7)) <> (a.s::text = b.s::text);
-- a stored value (short length word) and a computed one
CREATE INDEX ON state (s);
SET enable_seqscan = off;
SELECT id FROM state WHERE s OPERATOR(smsengage.=) smsengage.delivery_report('sent', part => 0);
RESET enable_seqscan;
-- a value too big for a page comes back whole
CREATE TABLE big AS
SELECT smsengage.merge(smsengage.delivery_report('sent', p, '2021-02-05 22:30Z'::timestamptz + c * interval '1 hour' + p * interval '1 minute', channel, p,
	sent_at => '2021-02-05 22:30Z'::timestamptz - p * interval '1 s')) AS s
FROM generate_series(0, 254) p, unnest(ARRAY['SMS', 'RCS', 'LINE', 'PUSH']) WITH ORDINALITY AS t(channel, c);
SELECT length(smsengage.delivery_state_send(s)) AS bytes, s::text::smsengage.delivery_state OPERATOR(smsengage.=) s AS round_trip,
	   (SELECT count(*) FROM smsengage.reports(s)) AS reports, smsengage.parts_known(s), smsengage.sent_at(s)
FROM big;
-- bytes come in by recv only
SELECT '\x01'::bytea::smsengage.delivery_state;
DROP TABLE big, state;
