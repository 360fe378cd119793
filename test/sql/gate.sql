-- can_send(): every reason, all of them at once, the earliest moment; the same
-- verdicts for an audience.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT smsengage.create_store();
CREATE FUNCTION pg_temp.event(VARIADIC members text[]) RETURNS bigint
LANGUAGE sql AS $$
	SELECT i.accepted FROM smsengage.ingest('native', (json_object(members)::jsonb || '{"account":"acme"}')::text) i
$$;
-- verdict at noon UTC of 4 June 2025, a Wednesday; seven in the morning in New York
CREATE FUNCTION pg_temp.verdict(recipient text, message_text text DEFAULT 'Hello', at timestamptz DEFAULT '2025-06-04 12:00Z', purpose text DEFAULT 'marketing', zone text DEFAULT NULL)
RETURNS TABLE (allowed boolean, reasons text[], subcategory text, earliest timestamptz)
LANGUAGE sql AS $$
	SELECT * FROM smsengage.can_send(recipient, 'acme', '22000', message_text, purpose, at, zone)
$$;

-- numbers
SELECT n, v.* FROM unnest(ARRAY['+1 202 555 0100', '12025550100', '+442079460000', '', NULL, '  ', '22000', 'ACME', '+999123456789', '+1202']) WITH ORDINALITY u(n, i), pg_temp.verdict(n) v ORDER BY i;

-- texts
SELECT left(t, 20), v.* FROM unnest(ARRAY['Hello', '', ' ', E'\n\t', 'Dear {{name}}', 'Dear %%first%%', 'Dear ${name}', 'Dear [[name]]', '100% off, 50% now', 'a {b} [c] $5 %d', NULL, repeat('x', 1800), repeat('ü', 1800), repeat('x', 1801)]) WITH ORDINALITY u(t, i),
	pg_temp.verdict('+12025550100', t) v ORDER BY i;
INSERT INTO smsengage.content_rule (account, rule, valid_from, kind, pattern) VALUES
	('', 'no loans', '-infinity', 'contains', 'fast loan'), ('acme', 'no guns', '-infinity', 'word', 'gun'), ('acme', 'no links', '2025-01-01Z', 'regex', 'bit\.ly/[a-z]+'),
	('other', 'no hello', '-infinity', 'contains', 'hello'), ('acme', 'ended', '-infinity', 'contains', 'hello'), ('acme', 'ended', '2025-01-01Z', 'contains', NULL);
SELECT t, v.* FROM unnest(ARRAY['Get a FAST LOAN', 'Gun sale', 'gunpowder', 'a gun!', 'see bit.ly/x', 'see bit.ly/1']) WITH ORDINALITY u(t, i), pg_temp.verdict('+12025550100', t) v ORDER BY i;
SELECT allowed FROM pg_temp.verdict('+12025550100', 'see bit.ly/x', '2024-12-31 12:00Z');
INSERT INTO smsengage.content_rule (rule, kind, pattern) VALUES ('bad', 'regex', '(');

-- blocks
SELECT smsengage.add_block('+12025550101', 500, 'other', '2025-06-01 10:00Z'), smsengage.add_block('+12025550102', 520, 'acme', '2025-06-04 11:30Z'), smsengage.add_block('+12025550103', 520, 'other', '2025-06-04 11:30Z'),
	smsengage.add_block('+12025550104', 530, 'acme', '2025-06-04 12:00Z'), smsengage.add_block('+12025550105', 500, 'acme', '2025-05-01 10:00Z'), smsengage.add_block('+12025550105', 520, 'acme', '2025-06-04 12:00Z');
SELECT n, v.* FROM generate_series(1, 5) n, pg_temp.verdict('+1202555010' || n) v ORDER BY n;

-- unsubscribed; the one confirmation
SELECT smsengage.record_consent('+12025550111', false, 'acme', '22000', '2025-06-04 11:00Z'), smsengage.record_consent('+12025550112', false, 'acme', '', '2025-06-04 11:00Z'), smsengage.record_consent('+12025550113', false, 'acme', '33000', '2025-06-04 11:00Z'),
	smsengage.record_consent('+12025550114', false, 'acme', '22000', '2025-06-04 11:00Z'), smsengage.record_consent('+12025550114', true, 'acme', '22000', '2025-06-04 12:00:00.000001Z');
SELECT n, v.* FROM generate_series(111, 114) n, pg_temp.verdict('+12025550' || n) v ORDER BY n;
SELECT v.* FROM pg_temp.verdict('+12025550111', at => '2025-06-04 10:59:59Z') v;
SELECT v.* FROM pg_temp.verdict('+12025550111', 'You are unsubscribed.', purpose => 'confirmation') v;
SELECT pg_temp.event('event_type', 'SENT', 'event_time', '2025-06-04T11:00:05Z', 'recipient', '+12025550111', 'sender_id', '+22000', 'message_id', 'confirm');
SELECT v.* FROM pg_temp.verdict('+12025550111', 'You are unsubscribed.', purpose => 'confirmation') v;

-- frequency: two in a day and three in a week, counted by message
INSERT INTO smsengage.frequency_cap (account, sender, period, max_messages) VALUES ('acme', '', '1 day', 2), ('acme', '22000', '7 days', 3);
INSERT INTO smsengage.frequency_cap (period, max_messages) VALUES ('1 month', 3);
INSERT INTO smsengage.frequency_cap (period, max_messages) VALUES ('1 day', 0);
SELECT pg_temp.event('event_type', 'SENT', 'event_time', t, 'recipient', '+12025550121', 'sender_id', s, 'message_id', m) FROM (VALUES
	('2025-06-03T12:00:00Z', '22000', 'm1'), ('2025-06-03T18:00:00Z', '33000', 'm2'), ('2025-06-04T09:00:00Z', '22000', 'm3')) v(t, s, m);
-- reports of the same message, one that was not sent, one known by its report only
SELECT pg_temp.event('event_type', 'DELIVERED', 'event_time', '2025-06-04T09:00:10Z', 'sent_time', '2025-06-04T09:00:00Z', 'recipient', '+12025550121', 'sender_id', '22000', 'message_id', 'm3'),
	pg_temp.event('event_type', 'NOT_SENT', 'event_time', '2025-06-04T09:30:00Z', 'recipient', '+12025550121', 'sender_id', '22000', 'message_id', 'm4'),
	pg_temp.event('event_type', 'UNDELIVERED', 'event_time', '2025-06-04T13:00:00Z', 'sent_time', '2025-06-04T08:00:00Z', 'recipient', '+12025550122', 'sender_id', '22000', 'message_id', 'm5', 'individual_id', 'p', 'scope', 'crm');
SELECT at, v.* FROM unnest(ARRAY[timestamptz '2025-06-03 17:59:59Z', '2025-06-03 18:00Z', '2025-06-04 11:59:59Z', '2025-06-04 12:00Z', '2025-06-04 18:00Z', '2025-06-10 12:00Z']) at, pg_temp.verdict('+12025550121', at => at) v ORDER BY at;
SELECT array_agg(t.sent_at) FROM smsengage_internal.messages_sent('{+12025550122}', 'acme', NULL, '2025-06-01Z', '2025-06-04 12:00Z') t;
-- a third in the week: until the first leaves it
SELECT pg_temp.event('event_type', 'SENT', 'event_time', '2025-06-01T09:00:00Z', 'recipient', '+12025550121', 'sender_id', '22000', 'message_id', 'm0');
SELECT at, v.* FROM unnest(ARRAY[timestamptz '2025-06-04 20:00Z', '2025-06-08 09:00Z']) at, pg_temp.verdict('+12025550121', at => at) v ORDER BY at;
-- a cap that ends, other senders, a purpose that a cap does not name
INSERT INTO smsengage.frequency_cap VALUES ('acme', '22000', '', '7 days', '2025-06-04 20:00Z', NULL);
SELECT v.allowed FROM pg_temp.verdict('+12025550121', at => '2025-06-04 20:00Z') v;
SELECT v.reasons FROM smsengage.can_send('+12025550121', 'acme', '33000', 'x', at => '2025-06-04 11:00Z') v;
SELECT v.reasons FROM pg_temp.verdict('+12025550121', at => '2025-06-04 11:00Z', purpose => 'confirmation') v;

-- quiet hours: 21:00 to 08:00 by the clock of the recipient; over the change to summer time; strictest of several zones
INSERT INTO smsengage.quiet_hours (account, quiet_start, quiet_end) VALUES ('acme', '21:00', '08:00');
SELECT n, at, v.* FROM (VALUES ('+12125550100', timestamptz '2025-06-04 11:59:59Z'), ('+12125550100', '2025-06-04 12:00Z'), ('+442079460000', '2025-06-04 20:00Z'), ('+442079460000', '2025-06-04 19:59:59Z'), ('+442079460000', '2025-03-29 23:00Z'), ('+88299912345', '2025-06-04 07:00Z')) t(n, at),
	pg_temp.verdict(n, at => at) v;
SELECT smsengage.zones_of('+12125550100') AS one, cardinality(smsengage.zones_of('+61491570156')) > 1 AS several;
SELECT smsengage_internal.quiet_until('+61491570156', NULL, '{UTC}', '2025-06-04 21:30Z', ARRAY[time '21:00'], ARRAY[time '08:00']) AS until, max(smsengage_internal.quiet_until(NULL, z, '{UTC}', '2025-06-04 21:30Z', ARRAY[time '21:00'], ARRAY[time '08:00'])) AS latest, count(smsengage_internal.quiet_until(NULL, z, '{UTC}', '2025-06-04 21:30Z', ARRAY[time '21:00'], ARRAY[time '08:00'])) < count(*) AS loud_in_some
FROM unnest(smsengage.zones_of('+61491570156')) z;
SELECT z, smsengage_internal.quiet_until('+12125550100', z, '{UTC}', '2025-06-04 12:30Z', ARRAY[s], ARRAY[e]) FROM (VALUES ('Asia/Tokyo', time '21:00', time '08:00'), ('Europe/Berlin', '21:00', '08:00'), ('Asia/Kathmandu', '18:00', '24:00'), (NULL, '08:00', '08:30'), (NULL, '08:00', '08:31'), (NULL, '09:00', '09:00')) v(z, s, e);
SELECT smsengage_internal.quiet_until('+12125550100', 'Nowhere/Land', '{UTC}', '2025-06-04 12:30Z', ARRAY[time '21:00'], ARRAY[time '08:00']);
SELECT v.reasons, v.earliest FROM pg_temp.verdict('+12125550100', zone => 'Asia/Tokyo') v;
SELECT v.allowed FROM pg_temp.verdict('+12125550100', zone => 'Asia/Tokyo', purpose => 'confirmation') v;
INSERT INTO smsengage.quiet_hours (account, quiet_start, quiet_end, fallback_zone) VALUES ('x', '21:00', '08:00', 'Nowhere');
-- a block ends in the night: the morning after
SELECT smsengage.add_block('+12125550106', 510, 'acme', '2025-06-05 01:30Z');
SELECT v.reasons, v.earliest FROM pg_temp.verdict('+12125550106', at => '2025-06-05 02:00Z') v;

-- countries
INSERT INTO smsengage.country_rule (account, country, supported) VALUES ('acme', '*', false), ('acme', 'US', true), ('', 'GB', true), ('acme', 'DE', true), ('', 'FR', false);
INSERT INTO smsengage.country_rule (account, country, valid_from, supported) VALUES ('acme', 'DE', '2025-01-01Z', false);
SELECT n, smsengage.country_of(n), v.allowed, v.reasons FROM unnest(ARRAY['+12125550100', '+442079460000', '+4915112345678', '+33612345678', '+88299912345']) n, pg_temp.verdict(n, at => '2025-06-04 15:00Z') v;
INSERT INTO smsengage.country_rule (country, supported) VALUES ('Germany', false);

-- everything at once: all reasons, the first subcategory, and waiting does not help
SELECT smsengage.add_block('+33612345678', 500, 'other', '2025-06-01 10:00Z'), smsengage.add_block('+33612345678', 550, 'acme', '2025-06-04 21:30Z'), smsengage.record_consent('+33612345678', false, 'acme', '', '2025-06-01 10:00Z');
SELECT pg_temp.event('event_type', 'SENT', 'event_time', '2025-06-04T21:0' || n || ':00Z', 'recipient', '+33612345678', 'sender_id', '22000', 'message_id', 'q' || n) FROM generate_series(1, 2) n;
SELECT v.* FROM pg_temp.verdict('+33612345678', 'fast loan {{x}}' || repeat(' ', 1800), '2025-06-04 22:00Z') v;
SELECT smsengage.send_subcategory(ARRAY['quiet_hours']), smsengage.send_subcategory('{}'), smsengage.send_subcategory(ARRAY['quiet_hours', 'frequency_overrun', 'empty_text', 'variable_error', 'keyword_block', 'unsubscribed', 'partial_block']);
-- the subcategories are EngageLab's
SELECT count(*) FROM smsengage.status_category c WHERE c.category = 'Process failed' AND c.subcategory IN ('Global block', 'Partial block', 'Unsubscribe', 'Keyword block', 'Variable error', 'Content error', 'Frequency overrun', 'Other');

-- a refusal is an event; it neither blocks nor counts
SELECT smsengage.log_not_sent('+12025550101', v.reasons, 'acme', '22000', 'r1', '2025-06-04 12:00Z') FROM pg_temp.verdict('+12025550101') v;
SELECT smsengage.log_not_sent('+12025550101', v.reasons, 'acme', '22000', 'r1', '2025-06-04 12:00Z') FROM pg_temp.verdict('+12025550101') v;
SELECT event_type, status_name, error_text, message_id FROM smsengage.event WHERE event_type = 'NOT_SENT' AND recipient = '+12025550101';
SELECT count(*) FROM smsengage.block WHERE recipient = '+12025550101';
SELECT smsengage.log_not_sent('+12025550101', '{}');

-- Intercom's delivery issues: what each does to the gate
SELECT i.issue_no, i.kind, e.kind AS does, e.code, p.block_interval, p.scope FROM smsengage.delivery_issue_reason i
LEFT JOIN LATERAL smsengage_internal.event_effects('intercom', 'UNDELIVERED', 8::smallint, NULL, NULL, i.issue, i.issue, NULL, NULL, NULL, NULL) e ON true
LEFT JOIN smsengage.block_policy p ON p.code = e.code AND p.valid_from = '-infinity' ORDER BY 1;

-- an audience: verdict for verdict the same, small and large, by array and by query, now and then
CREATE TEMP TABLE audience AS
SELECT '+120255501' || to_char(n, 'FM00') AS recipient FROM generate_series(0, 99) n
UNION ALL SELECT unnest(ARRAY['+442079460000', '+33612345678', '+4915112345678', '', NULL, '22000', 'ACME', '1 (202) 555-0101', '+12125550106', '+88299912345']);
CREATE TABLE public.gate_audience AS SELECT * FROM audience UNION ALL SELECT '+1415' || 5550000 + n FROM generate_series(1000, 30999) n;
SELECT at, purpose, t IS NULL AS no_text, count(*), count(*) FILTER (WHERE s.v::text IS DISTINCT FROM m.v::text) AS different, count(*) FILTER (WHERE (s.v).allowed) AS allowed
FROM unnest(ARRAY[timestamptz '2025-06-01 12:00Z', '2025-06-04 12:00Z', '2025-06-04 22:00Z', '2025-06-05 02:00Z', '2025-06-30 12:00Z']) at, unnest(ARRAY['marketing', 'confirmation']) purpose, unnest(ARRAY[NULL, 'Hello {{x}}']) t,
	LATERAL (SELECT a.recipient, smsengage.can_send(a.recipient, 'acme', '22000', t, purpose, at) AS v FROM audience a) s
	JOIN LATERAL (SELECT c.recipient, (c.allowed, c.reasons, c.subcategory, c.earliest) AS v
		FROM smsengage.can_send_all((SELECT array_agg(a.recipient) FROM audience a), 'acme', '22000', t, purpose, at) c) m ON m.recipient IS NOT DISTINCT FROM s.recipient
GROUP BY at, purpose, t ORDER BY at, purpose, no_text;
SELECT count(*), count(*) FILTER (WHERE l.reasons <> s.reasons OR l.earliest IS DISTINCT FROM s.earliest) AS different, count(*) FILTER (WHERE NOT l.allowed) AS refused
FROM smsengage.can_send_all('SELECT recipient FROM public.gate_audience', 'acme', '22000', 'Hello', at => '2025-06-04 15:00Z') l
JOIN smsengage.can_send_all('SELECT recipient FROM public.gate_audience LIMIT 110', 'acme', '22000', 'Hello', at => '2025-06-04 15:00Z') s USING (recipient);
SELECT count(*), count(*) FILTER (WHERE allowed) FROM smsengage.can_send_all('SELECT recipient FROM public.gate_audience', 'acme', '22000', 'Hello', at => '2025-06-04 15:00Z');
SELECT * FROM smsengage.can_send_all('{}'::text[]);
SELECT * FROM smsengage.can_send_all('SELECT NULL::text WHERE false');
SELECT * FROM smsengage.can_send_all('SELECT 1; DROP TABLE public.gate_audience');
SELECT smsengage_internal.filter_hits('\x00', '+12025550101');
SELECT count(*) FILTER (WHERE smsengage_internal.filter_hits(f, '+1' || n) = 1) AS found, count(*) FILTER (WHERE smsengage_internal.filter_hits(f, '+2' || n) = 1) < 100 AS few
FROM (SELECT smsengage_internal.number_filter(array_agg('+1' || n)) AS f FROM generate_series(1, 5000) n) t, generate_series(1, 5000) n;

-- growing blocks reach the audience as well
INSERT INTO smsengage.block_policy VALUES (910, '-infinity', 'Growing', '1 day', 'global', true, 3, '9 days');
SELECT smsengage.add_block('+12025550190', 910, 'acme', t) FROM unnest(ARRAY[timestamptz '2025-05-01Z', '2025-06-02 13:00Z']) t;
SELECT v.reasons, v.earliest FROM pg_temp.verdict('+12025550190', at => '2025-06-04 14:00Z') v;
SELECT reasons, earliest FROM smsengage.can_send_all(ARRAY['+12025550190'], 'acme', '22000', 'Hello', at => '2025-06-04 14:00Z');

DROP TABLE public.gate_audience;
SELECT smsengage.drop_store(true);
