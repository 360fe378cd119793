-- Bad input: the event is rejected with the JSON path and what was expected
-- there, the others are not touched, and no reason shows what the event says.
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
CREATE FUNCTION seen(payload text, provider text DEFAULT 'salesforce_ens') RETURNS SETOF smsengage.parsed_event LANGUAGE sql AS
$$ SELECT * FROM smsengage.parse(provider, payload, NULL, '2026-11-01 00:00+00') $$;
CREATE FUNCTION seen(payload bytea, provider text DEFAULT 'salesforce_ens') RETURNS SETOF smsengage.parsed_event LANGUAGE sql AS
$$ SELECT * FROM smsengage.parse(provider, payload, NULL, '2026-11-01 00:00+00') $$;
-- one good event with a member more
CREATE FUNCTION good(id text, more text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT format('{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200000,"compositeId":"%s","mid":7%s}', id, more) $$;

-- values of the wrong type, by member
SELECT c.path, c.value, e.outcome, e.reason
FROM (VALUES (1, '{eventCategoryType}', '{}'), (2, '{eventCategoryType}', '["TransactionalSendEvents.SmsSent"]'), (3, '{eventCategoryType}', '7'), (4, '{timestampUTC}', '"yesterday"'), (5, '{timestampUTC}', 'false'),
	(6, '{compositeId}', '{"a":"+12025550101"}'), (7, '{compositeId}', '[]'), (8, '{mid}', '[7]'), (9, '{mid}', '{}'), (10, '{eid}', '{}'), (11, '{definitionKey}', '{}'), (12, '{info,to}', '["+12025550101"]'),
	(13, '{info,subscriberKey}', '{}'), (14, '{info,messageKey}', '{}'), (15, '{info,ordinal}', '"+12025550101"'), (16, '{info,statusCode}', '{}'), (17, '{info,from}', '{}'), (18, '{info,fromAddress}', '[1]'), (19, '{info,reason}', '{"text":"Your code is 4711"}'),
	(20, '{info}', '"Your code is 4711"'), (21, '{info}', '["+12025550101"]'), (22, '{info}', 'null')) c(n, path, value),
	seen(jsonb_set(good('c', ',"info":{}')::jsonb, c.path::text[], c.value::jsonb)::text) e
ORDER BY n;

-- limits: key texts of 512 bytes, events of 1 MiB, 64 levels
SELECT c.n, e.outcome, octet_length(e.event_id), octet_length(e.sender_id), e.reason
FROM (VALUES (1, repeat('x', 512)), (2, repeat('x', 513)), (3, repeat('é', 256)), (4, repeat('é', 256) || 'x'), (5, repeat('\u00e9', 256)), (6, repeat('\u0078', 513))) c(n, id), seen(good(c.id)) e ORDER BY n;
SELECT e.outcome, octet_length(e.sender_id), e.reason FROM (VALUES (1, 512), (2, 513)) c(n, size), seen(good('c', format(',"info":{"from":"%s"}', repeat('x', size)))) e ORDER BY n;
SELECT e.outcome, octet_length(e.recipient), e.reason FROM (VALUES (1, 511), (2, 512), (3, 513)) c(n, size), seen(good('c', format(',"info":{"to":"%s"}', repeat('1', size)))) e ORDER BY n;
-- text that is no key may be long
SELECT e.outcome, octet_length(e.error_text), e.reason FROM seen(good('c', format(',"info":{"reason":"%s"}', repeat('x', 100000)))) e;
SELECT c.size, length(good('c', format(',"x":"%s"', repeat('x', c.size)))) - 1048576 AS over, e.outcome, e.reason, octet_length(e.raw) - 1048576 AS raw_over
FROM (VALUES (1048458), (1048459), (1048460)) c(size), seen('[' || good('c', format(',"x":"%s"', repeat('x', c.size))) || ']') e ORDER BY 1;
SELECT c.levels, e.outcome, e.reason FROM (VALUES (62), (63), (64), (65), (1000000)) c(levels), seen(good('c', ',"x":' || repeat('[', levels) || repeat(']', levels))) e ORDER BY 1;
SELECT c.levels, e.outcome, e.reason FROM (VALUES (62), (63)) c(levels), seen('[' || good('c', ',"x":' || repeat('[', levels) || repeat(']', levels)) || ']') e ORDER BY 1;
SELECT e.outcome, e.reason FROM seen(repeat('{"a":', 200000)) e;
SELECT e.outcome, e.reason FROM seen(repeat('[', 200000)) e;

-- contents that no text can hold cost one event of three
SELECT c.what, e.event_no, e.outcome, e.event_id, e.reason
FROM (VALUES (1, '\u0000', '"\u0000"'), (2, 'low half', '"a\udc00b"'), (3, 'high half', '"a\ud800"'), (4, 'two high halves', '"\ud83d\ud83d"'), (5, 'half an escape', '"\u12"'), (6, 'no hexadecimal', '"\u12g4"'), (7, 'unknown escape', '"\x41"'),
	(8, 'control character', E'"a\nb"'), (9, 'a pair', '"\ud83d\ude00"'), (10, 'in a key', '1,"\u0000":2'), (11, 'in an unknown member', '{"y":["\ud800"]}'), (12, 'DEL is none', E'"\x7f"')) c(n, what, value),
	seen('[' || good('one') || ',' || good('two', ',"x":' || c.value) || ',' || good('three') || ']') e
ORDER BY n, event_no;
-- bytes that are not UTF-8
SELECT c.what, e.event_no, e.outcome, e.event_id, e.reason
FROM (VALUES (1, 'Latin 1', '\xe9'::bytea), (2, 'overlong', '\xc0af'), (3, 'surrogate', '\xeda080'), (4, 'too high', '\xf4908080'), (5, 'cut short', '\xe282'), (6, 'continuation', '\x80'), (7, 'zero byte', '\x00'), (8, 'valid', '\xf09f9880'), (9, 'a quote cut off', '\xe2')) c(n, what, bytes),
	seen(('[' || good('one') || ',' || good('two', ',"x":"'))::bytea || c.bytes || ('"},' || good('three') || ']')::bytea) e
ORDER BY n, event_no;
SELECT outcome, reason, raw FROM seen('\xff'::bytea);
SELECT outcome, reason, raw FROM seen('\x7b22e9223a317d'::bytea);
SELECT outcome, reason, raw FROM seen('\x00'::bytea);

-- broken structure: what is lost, what is not
SELECT c.what, e.event_no, e.outcome, e.event_id, e.reason, left(e.raw, 40) AS raw
FROM (VALUES (1, 'a comma too many', format('[%s,,%s]', good('a'), good('b'))), (2, 'a comma at the end', format('[%s,]', good('a'))), (3, 'a comma missing', format('[%s %s]', good('a'), good('b'))), (4, 'bad word in the middle', format('[%s,{"x":nul},%s]', good('a'), good('b'))),
	(5, 'single quotes', format('[%s,{''x'':1},%s]', good('a'), good('b'))), (6, 'typographic quotes', format('[%s,{“x”:1},%s]', good('a'), good('b'))), (7, 'colon missing', format('[%s,{"x" 1},%s]', good('a'), good('b'))), (8, 'cut off', left(format('[%s,%s]', good('a'), good('b')), -20)),
	(9, 'cut off in the first', left(good('a'), 50)), (10, 'bracket missing', format('[%s,%s', good('a'), good('b'))), (11, 'wrong bracket', format('[%s,{"x":[1}],%s]', good('a'), good('b'))), (12, 'brace missing', format('[%s,{"x":1,%s]', good('a'), good('b'))),
	(13, 'quote missing', format('[%s,{"x":"1},%s]', good('a'), good('b'))), (14, 'trailing garbage', format('[%s] x', good('a'))), (15, 'trailing bracket', format('[%s]]', good('a'))), (16, 'leading garbage', format('x[%s]', good('a'))), (17, 'byte order mark', E'\uFEFF' || format('[%s]', good('a'))),
	(18, 'a bad number', format('[%s,{"x":01},%s]', good('a'), good('b'))), (19, 'a comment', format('[%s,/* */%s]', good('a'), good('b'))), (20, 'broken, then empty', format('[%s,{"x":tru}]', good('a')))) c(n, what, payload),
	seen(c.payload) e ORDER BY n, event_no;

-- documents: one, several, none
SELECT c.what, e.event_no, e.outcome, e.event_id, e.reason, left(e.raw, 30) AS raw
FROM (VALUES (1, 'empty', ''), (2, 'blanks', E' \n\t\r'), (3, 'an empty array', '[]'), (4, 'an empty object', '{}'), (5, 'null', 'null'), (6, 'a text', '"+12025550101"'), (7, 'scalars', '[1,"+12025550101",null,true,[],{}]'), (8, 'NDJSON', good('a') || E'\n' || good('b')),
	(9, 'NDJSON, one broken', good('a') || E'\n{"x":nul}\n' || good('b')), (10, 'arrays', format('[%s][%s]', good('a'), good('b'))), (11, 'an array in an array', format('[[%s]]', good('a')))) c(n, what, payload)
	LEFT JOIN LATERAL seen(c.payload) e ON true ORDER BY n, event_no;
SELECT outcome, reason FROM seen('[{"x":1},{"EventID":"1"},{"eventCategoryType":"x"}]', 'auto');

-- nothing that an event says is in a reason
SELECT count(*) AS rejected, count(*) FILTER (WHERE e.reason ~ '(555|4711|secret)') AS told
FROM (VALUES ('"+12025550101"'), ('"secret 4711"'), ('["+12025550101"]'), ('{"+12025550101":"secret"}'), ('{"secret":{"+12025550101":1}'), ('12025550101'), ('-12025550101e9999'), ('"+12025550101\u0000"'), ('"secret'), ('secret')) c(value),
	unnest(ARRAY['eventCategoryType', 'timestampUTC', 'compositeId', 'mid', '+12025550101', 'secret']) m(member), seen(format('{"%s":%s,"info":{"%s":%s}}', member, value, 'ordinal', value)) e WHERE e.outcome = 'rejected';
-- nor in an error of the server
SELECT * FROM smsengage.parse('secret', '{"info":{"to":"+12025550101"}}');
SELECT * FROM smsengage.parse('{"info":{"to":"+12025550101","reason":"secret"}}', 'salesforce_ens');
SELECT * FROM smsengage.parse('salesforce_ens', '{}', repeat('x', 513));
DROP FUNCTION seen(text, text), seen(bytea, text), good(text, text);
