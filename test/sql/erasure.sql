-- Erasure, retention, doctor and rebuild.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT smsengage.create_store();

CREATE TABLE payload (n serial, provider text, account text, body text);
-- a person of DMO, known by name and number; a reply by number alone; a message; a bad event with the number in it
INSERT INTO payload (provider, account, body) VALUES
	('salesforce_dmo', 'acme', '[{"EventID":"e1","EventType":"CLICK","EventDateTime":"2026-03-01T10:00:00Z","IndividualID":"ind-1","RecipientPhone":"+12025550101","LinkName":"Sale"},
		{"EventID":"e2","EventType":"CLICK","EventDateTime":"2026-03-02T10:07:00Z","IndividualID":"ind-1","RecipientPhone":"+12025550199"},
		{"EventID":"e3","EventType":"CLICK","EventDateTime":"2026-03-02T10:08:00Z","IndividualID":"ind-2","RecipientPhone":"+12025550102"},
		{"EventID":"e4","EventType":"UNSUBSCRIBE","EventDateTime":"2026-03-03T10:00:00Z","RecpientPhoneNumber":"+12025550101","SenderID":"12345","Keyword":"STOP"}]'),
	('infobip', 'acme', '{"results":[{"messageId":"m1","to":"12025550101","from":"Shop","sentAt":"2026-03-01T09:00:00.000+0000","doneAt":"2026-03-01T09:00:05.000+0000","smsCount":1,
		"status":{"groupId":3,"id":5},"error":{"id":0}},{"messageId":"m2","to":"12025550102","sentAt":"2026-03-01T09:00:00.000+0000","doneAt":"2026-03-01T09:00:06.000+0000","smsCount":1,
		"status":{"groupId":2,"id":9},"error":{"groupId":1,"id":1,"permanent":true}}]}'),
	('salesforce_dmo', 'acme', '{"EventID":"e9","EventType":"NO SUCH","RecipientPhone":"+12025550101"}');
SELECT p.n, i.* FROM payload p, smsengage.ingest(p.provider, p.body, p.account) i ORDER BY p.n;
SELECT * FROM smsengage.doctor();

-- a message of which a report names no number is not forgotten with the number, but knows it no longer
SELECT i.* FROM smsengage.ingest('native', '[{"event_type":"SENT","message_id":"m9","event_time":"2026-03-05T10:00:00Z","recipient":"+12025550109","account":"b"},
	{"event_type":"DELIVERED","message_id":"m9","event_time":"2026-03-05T10:00:05Z","account":"b"}]') i;
BEGIN;
SELECT * FROM smsengage.forget('+12025550109', force => true, at => '2026-11-01') WHERE erased > 0;
SELECT message_id, recipient, first_time, state FROM smsengage.message WHERE message_id = 'm9';
SELECT * FROM smsengage.doctor();
ROLLBACK;
BEGIN;
SELECT * FROM smsengage.forget('+12025550109', keep_sums => true, force => true, at => '2026-11-01') WHERE erased > 0;
SELECT * FROM smsengage.doctor();
SELECT sum(messages) FROM smsengage.outcome_tally WHERE account = 'b' AND level = 0;
ROLLBACK;
-- gone whole
SELECT * FROM smsengage.forget('+12025550109', force => true, at => '2026-11-01') WHERE part = 'message';
DELETE FROM smsengage.event WHERE message_id = 'm9';
DELETE FROM smsengage.message WHERE message_id = 'm9';
CALL smsengage.rebuild();
SELECT * FROM smsengage.doctor();

-- asked once, it only counts; a wrong question is refused
SELECT * FROM smsengage.forget('+1 202 555 0101', at => '2026-11-01');
SELECT count(*) AS events FROM smsengage.event;
SELECT * FROM smsengage.forget();
SELECT * FROM smsengage.forget('+12025550101', 'ind-1');

-- asked twice, it erases what names the number: events, message, rejects; the person stays, met under another number
SELECT * FROM smsengage.forget('+1 202 555 0101', force => true, at => '2026-11-01');
SELECT event_id, recipient FROM smsengage.event ORDER BY event_time;
SELECT message_id FROM smsengage.message;
SELECT * FROM smsengage.segment('click >= 1', '2026-04-01') ORDER BY 2;
SELECT * FROM smsengage.doctor();
-- nowhere in the store, in no table, as text or bytes
DO $$
DECLARE
	t regclass;
	found boolean;
BEGIN
	FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p') LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %s t WHERE t::text LIKE ''%%2025550101%%'' OR t::text LIKE ''%%32303235353530313031%%'')', t) INTO found;
		IF found THEN
			RAISE WARNING 'the number is still in %', t;
		END IF;
	END LOOP;
END $$;
-- the opt-out still holds; for one number and in the set
SELECT * FROM smsengage.subscription_state('+12025550101', 'acme', '12345', '2026-11-02');
SELECT allowed, reasons FROM smsengage.can_send('+12025550101', 'acme', '12345', at => '2026-11-02 15:00+00');
SELECT recipient, reasons FROM smsengage.can_send_all(ARRAY['+12025550101', '+12025550103'], 'acme', '12345', at => '2026-11-02 15:00+00') ORDER BY 1;
SELECT smsengage.subscription_state('+12025550103', 'acme', '12345', '2026-11-02');
-- the same payloads again bring nothing back; what is later is somebody new
SELECT p.n, i.* FROM payload p, smsengage.ingest(p.provider, p.body, p.account) i WHERE p.n < 3 ORDER BY p.n;
SELECT * FROM smsengage.ingest('salesforce_dmo', '{"EventID":"e5","EventType":"CLICK","EventDateTime":"2026-11-02T10:00:00Z","IndividualID":"ind-1","RecipientPhone":"+12025550101"}', 'acme');
SELECT count(*) FROM smsengage.event WHERE recipient = '+12025550101';

-- a whole person, with the sums kept as those of nobody
SELECT s.event_type, sum(smsengage.total(t.tally)) AS of_people, sum(t.anonymous) AS of_nobody
FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE t.level = 0 AND s.dimension = '' AND s.event_type = 'CLICK' GROUP BY 1;
CALL smsengage.fold();
SELECT * FROM smsengage.forget(individual_id => 'ind-1', keep_sums => true, force => true, at => '2026-11-03');
SELECT s.event_type, t.level, sum(smsengage.total(t.tally)) AS of_people, sum(t.anonymous) AS of_nobody, smsengage.sum(t.quarters) FILTER (WHERE t.chunk = 0) AS quarters, smsengage.sum(t.quarters) FILTER (WHERE t.chunk < 0) AS of_nobodys
FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE s.dimension = '' AND s.event_type = 'CLICK' GROUP BY 1, 2 ORDER BY 2;
SELECT * FROM smsengage.doctor();
SELECT individual_id FROM smsengage.individual ORDER BY individual_no;
SELECT * FROM smsengage.segment('known', '2026-12-01') ORDER BY 2;
SELECT i.* FROM payload p, smsengage.ingest(p.provider, p.body, p.account) i WHERE p.n = 1;

-- without the sums nothing is left of the person
SELECT * FROM smsengage.forget(individual_id => 'ind-2', force => true, at => '2026-11-03') WHERE erased > 0;
SELECT count(*) FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE s.event_type = 'CLICK' AND (smsengage.total(t.tally) > 0 OR t.chunk >= 0 AND smsengage.day_total(t.quarters) > 0);

-- doctor finds what is wrong, rebuild mends it
UPDATE smsengage.message SET state = 'SMS expired @2026-01-01T00:00:00Z by time', recipient = 'x';
INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, account, provider, message_id, recipient, state)
VALUES ('00000000-0000-0000-0000-000000000001', '2026-01-01', '2026-01-01', 0, '', 'native', 'ghost', '', '');
DELETE FROM smsengage.contact_point;
DELETE FROM smsengage.block;
DELETE FROM smsengage.engagement_tally WHERE level = 3;
SELECT part, problem, count(*) > 0 AS some FROM smsengage.doctor() GROUP BY 1, 2 ORDER BY 1, 2;
CALL smsengage.rebuild('no such part');
CALL smsengage.rebuild();
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);

-- retention: a month that nobody keeps goes as a whole, and comes not back
SELECT smsengage.create_store();
SELECT i.* FROM generate_series(1, 12) m, smsengage.ingest('native', format('[{"event_type":"CLICK","event_id":"a%s","event_time":"2025-%s-15T00:00:00Z","recipient":"+12025550101","account":"a"},
	{"event_type":"CLICK","event_id":"b%s","event_time":"2025-%s-15T00:00:00Z","recipient":"+12025550102","account":"b"}]', m, to_char(m, 'FM00'), m, to_char(m, 'FM00'))) i WHERE m = 12;
SELECT sum(i.accepted) FROM generate_series(1, 11) m, smsengage.ingest('native', format('[{"event_type":"CLICK","event_id":"a%s","event_time":"2025-%s-15T00:00:00Z","recipient":"+12025550101","account":"a"},
	{"event_type":"CLICK","event_id":"b%s","event_time":"2025-%s-15T00:00:00Z","recipient":"+12025550102","account":"b"}]', m, to_char(m, 'FM00'), m, to_char(m, 'FM00'))) i;
-- a message on both sides of a horizon
SELECT i.accepted FROM smsengage.ingest('native', '[{"event_type":"SENT","event_id":"d1","event_time":"2025-09-20T23:59:59Z","message_id":"late","recipient":"+12025550103","account":"d"},
	{"event_type":"DELIVERED","event_id":"d2","event_time":"2025-09-21T00:00:01Z","message_id":"late","recipient":"+12025550103","account":"d"}]') i;
INSERT INTO smsengage.retention (account, keep) VALUES ('*', '90 days'), ('a', '200 days');
INSERT INTO smsengage.retention (account, keep) VALUES ('c', '1 hour');
SELECT smsengage_internal.set_horizon('a', '2025-12-20'), smsengage_internal.set_horizon('*', '2025-12-20');
SELECT smsengage_internal.drop_expired(), smsengage_internal.delete_expired('a'), smsengage_internal.delete_expired('*');
SELECT account, horizon FROM smsengage.retention ORDER BY 1;
-- what was rejected or ignored may have a term of its own, from its arrival
SELECT smsengage.ingest('native', p, a) FROM unnest('{a,b,z}'::text[]) a, unnest('{17,""}'::text[]) p;
UPDATE smsengage.rejected_event SET received_at = now() - interval '10 days';
UPDATE smsengage.provider_notice SET received_at = now() - interval '10 days';
UPDATE smsengage.retention SET keep_rejected = '9 days' WHERE account = 'a';
UPDATE smsengage.retention SET keep_rejected = '11 days' WHERE account = '*';
UPDATE smsengage.retention SET keep_rejected = '1 hour' WHERE account = 'a';
SELECT smsengage_internal.delete_expired('a'), smsengage_internal.delete_expired('*');
SELECT account FROM smsengage.rejected_event UNION ALL SELECT account FROM smsengage.provider_notice ORDER BY 1;
UPDATE smsengage.retention SET keep_rejected = '9 days' WHERE account = '*';
SELECT smsengage_internal.delete_expired('a'), smsengage_internal.delete_expired('*');
SELECT (SELECT count(*) FROM smsengage.rejected_event) AS rejected, (SELECT count(*) FROM smsengage.provider_notice) AS notices;
SELECT account, min(event_time), count(*) FROM smsengage.event GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE c.relname < 'event_2025_06') AS old_months FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid WHERE h.inhparent = 'smsengage.event'::regclass;
SELECT * FROM smsengage.ingest('native', '[{"event_type":"CLICK","event_id":"a1","event_time":"2025-01-15T00:00:00Z","recipient":"+12025550101","account":"a"},
	{"event_type":"CLICK","event_id":"b7","event_time":"2025-07-15T00:00:00Z","recipient":"+12025550102","account":"b"},
	{"event_type":"CLICK","event_id":"a8","event_time":"2025-07-16T00:00:00Z","recipient":"+12025550101","account":"a"}]');
-- tallies know more than events are kept
SELECT smsengage.segment_size('click >= 12', '2026-01-01');
SELECT * FROM smsengage.doctor();
-- and so does the message
CALL smsengage.rebuild();
SELECT message_id, first_time, last_time FROM smsengage.message;
SELECT smsengage_internal.set_horizon('nobody');
-- maintain may be called at any time, and again
CALL smsengage.maintain();
CALL smsengage.maintain();
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);
DROP TABLE payload;
