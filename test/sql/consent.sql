-- Consent: who says it, to which sender, which word counts, history, ledger.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT smsengage.create_store();
CREATE FUNCTION pg_temp.said(kind text, at text, sender text DEFAULT '22000', words text DEFAULT NULL, n integer DEFAULT 1, account text DEFAULT 'acme') RETURNS bigint
LANGUAGE sql AS $$
	SELECT i.accepted FROM smsengage.ingest('native', jsonb_strip_nulls(jsonb_build_object('event_type', kind, 'event_time', at,
		'recipient', '+1202555010' || n, 'account', account, 'sender_id', sender, 'message_text', words))) i
$$;

-- states of number 1 at its sender: an opt-out, an earlier opt-in that comes late, a later one
SELECT (smsengage.subscription_state('+12025550101', 'acme', '22000')).*;
SELECT pg_temp.said('UNSUBSCRIBE', '2025-01-02T10:00:00Z'), pg_temp.said('SUBSCRIBE', '2025-01-01T10:00:00Z');
SELECT (smsengage.subscription_state('+12025550101', 'acme', '+22000')).*;
SELECT pg_temp.said('SUBSCRIBE', '2025-01-03T10:00:00Z');
-- at one instant UNSUBSCRIBE wins, whichever came first
SELECT pg_temp.said('UNSUBSCRIBE', '2025-01-04T10:00:00Z'), pg_temp.said('SUBSCRIBE', '2025-01-04T10:00:00Z');
SELECT pg_temp.said('SUBSCRIBE', '2025-01-05T10:00:00Z'), pg_temp.said('UNSUBSCRIBE', '2025-01-05T10:00:00Z');
-- every past moment
SELECT at, s.* FROM unnest(ARRAY[timestamptz '2024-12-31Z', '2025-01-01 10:00Z', '2025-01-02 09:59:59Z', '2025-01-02 10:00Z', '2025-01-03 10:00Z', '2025-01-04 10:00Z', '2025-01-05 10:00Z']) at,
	smsengage.subscription_state('+12025550101', 'acme', '22000', at) s ORDER BY at;
-- by default it holds for all senders of the account; an account that is not known is any
SELECT s.* FROM smsengage.subscription_state('+12025550101', 'acme', '33000') s;
SELECT s.* FROM smsengage.subscription_state('+12025550101', 'other', '22000') s;

-- a word to all senders covers each; the latest that covers the sender counts
SELECT pg_temp.said('UNSUBSCRIBE', '2025-01-02T10:00:00Z', NULL, NULL, 2), pg_temp.said('SUBSCRIBE', '2025-01-03T10:00:00Z', '22000', NULL, 2);
SELECT sender, s.* FROM unnest(ARRAY['22000', '33000', '']) sender, smsengage.subscription_state('+12025550102', 'acme', sender) s;

-- replies: keywords at their sender; other words and HELP say nothing of consent
SELECT pg_temp.said('REPLY', '2025-01-02T10:00:00Z', '+22000', ' stop', 3), pg_temp.said('REPLY', '2025-01-02T11:00:00Z', '22000', 'why?', 3), pg_temp.said('REPLY', '2025-01-02T12:00:00Z', '22000', 'HELP', 3),
	pg_temp.said('REPLY', '2025-01-02T13:00:00Z', '22000', 'STOP PLEASE', 4), pg_temp.said('REPLY', '2025-01-02T14:00:00Z', '22000', 'start', 5);
INSERT INTO smsengage.keyword (account, sender, keyword, valid_from, action) VALUES ('acme', '22000', 'BAJA', '2025-02-01Z', 'STOP');
SELECT pg_temp.said('REPLY', '2025-01-31T23:00:00Z', '22000', 'baja', 6), pg_temp.said('REPLY', '2025-02-01T00:00:00Z', '22000', 'Baja', 7);
SELECT recipient, account, sender, state, event_time, source FROM smsengage.subscription WHERE recipient >= '+12025550103' ORDER BY recipient;

-- failures that mean it, in the code spaces of the providers; the same codes of other meaning do not
CREATE FUNCTION pg_temp.opted_out(provider text, payload text) RETURNS TABLE (sender text, state text, source text, evidence text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM smsengage.ingest(provider, payload);
	RETURN QUERY SELECT s.sender, s.state, s.source, c.evidence
	FROM smsengage.subscription s JOIN smsengage.consent_entry c USING (recipient, event_time, event_key) WHERE s.recipient = '+447700900123';
	DELETE FROM smsengage.subscription WHERE recipient = '+447700900123';
	DELETE FROM smsengage.consent_entry WHERE recipient = '+447700900123';
END
$$;
SELECT c.*, o.* FROM (VALUES ('SmsNotSent', '1'), ('SmsNotSent', '27'), ('SmsNotSent', '28'), ('SmsNotSent', '3'), ('SmsNotSent', '31'), ('SmsNotSent', '33'), ('SmsNotSent', '1000'), ('SmsNotSent', '1010'), ('SmsNotSent', '1020'), ('SmsNotSent', '2'), ('SmsSent', '1000'), ('SmsBounced', '4500')) c(kind, code)
LEFT JOIN LATERAL pg_temp.opted_out('salesforce_ens', json_build_object('eventCategoryType', 'TransactionalSendEvents.' || c.kind, 'timestampUTC', 1740000000000, 'compositeId', 'c' || c.kind || c.code, 'mid', 7,
	'info', json_build_object('to', '447700900123', 'messageKey', 'm' || c.code, 'statusCode', c.code, 'from', '22000'))::text) o ON true;
SELECT c.*, o.* FROM (VALUES ('infobip', 'UNDELIVERED', '573'), ('twilio', 'UNDELIVERED', '21610'), ('engagelab', 'UNDELIVERED', '5019'), ('engagelab', 'UNDELIVERED', '5013'), ('intercom', 'UNDELIVERED', 'Recipient has unsubscribed from receiving messages.'),
	('twilio', 'UNDELIVERED', '30003'), ('native', 'UNDELIVERED', '500')) c(provider, kind, code)
LEFT JOIN LATERAL (SELECT e.kind AS does, e.sender, e.source FROM smsengage_internal.event_effects(c.provider, c.kind, 8::smallint, NULL, NULL, c.code, NULL, '+22000', NULL, NULL, NULL) e WHERE e.kind = 'unsubscribe') o ON true;
-- Salesforce's rows
SELECT * FROM pg_temp.opted_out('salesforce_dmo', '{"EventID":"u1","EventType":"UNSUBSCRIBE","EventDateTime":"2025-03-01T10:00:00Z","RecpientPhoneNumber":"+447700900123","SenderID":"22000","Keyword":"STOP","Message":"Stop","UnsubscribeSource":"Subscriber"}');

-- by hand
SELECT smsengage.record_consent('+1 202 555 0108', true, 'acme', '', '2025-03-01 10:00Z', 'web form v3: "I agree"');
SELECT smsengage.record_consent('+1 202 555 0108', true, 'acme', '', '2025-03-01 10:00Z', 'web form v3: "I agree"');
SELECT recipient, sender, state, source, evidence FROM smsengage.consent_entry WHERE recipient = '+12025550108';
SELECT smsengage.record_consent('+12025550108', NULL);
SELECT smsengage.record_consent('', true);

-- the ledger
SELECT count(*) AS entries, smsengage.seal_consent() = count(*) AS sealed, smsengage.seal_consent() AS again FROM smsengage.consent_entry;
SELECT pg_temp.said('UNSUBSCRIBE', '2025-06-01T10:00:00Z', '22000', 'leave me alone', 8);
SELECT state, event_time, source, evidence, applies_to, decides, seal_no, sealed_at IS NOT NULL AS sealed, length(seal_hash) AS hash, verified
FROM smsengage.consent_proof('+12025550108', '22000', '2025-07-01Z', 'acme');
SELECT state, decides, verified FROM smsengage.consent_proof('+12025550108', '22000', '2025-05-01Z', 'acme');
SELECT smsengage.seal_consent();
SELECT seal_no, entries, length(previous) AS previous, length(hash) AS hash FROM smsengage.consent_seal ORDER BY 1;
SELECT * FROM smsengage.consent_verify();
-- erasure leaves the chain whole
DELETE FROM smsengage.consent_entry WHERE recipient = '+12025550101';
SELECT * FROM smsengage.consent_verify();
-- what was tampered with is found
BEGIN;
UPDATE smsengage.consent_entry SET state = 'SUBSCRIBED' WHERE evidence = 'leave me alone';
SELECT * FROM smsengage.consent_verify();
SELECT verified FROM smsengage.consent_proof('+12025550108', '22000', '2025-07-01Z', 'acme') WHERE decides;
ROLLBACK;
BEGIN;
INSERT INTO smsengage.consent_entry (event_time, event_key, seal_no, recipient, account, sender, state, source) VALUES ('2025-01-01Z', 1, 1, '+12025550109', 'acme', '', 'SUBSCRIBED', 'event');
SELECT * FROM smsengage.consent_verify();
ROLLBACK;
BEGIN;
DELETE FROM smsengage.consent_ledger WHERE seal_no = 2;
SELECT * FROM smsengage.consent_verify();
ROLLBACK;
BEGIN;
DELETE FROM smsengage.consent_seal WHERE seal_no = 1;
SELECT seal_no, problem FROM smsengage.consent_verify();
ROLLBACK;
BEGIN;
UPDATE smsengage.consent_seal SET sealed_at = sealed_at - interval '1 day' WHERE seal_no = 1;
SELECT * FROM smsengage.consent_verify();
ROLLBACK;

-- ten business days: from each day of a week, over a weekend, at a weekend
SELECT to_char(t AT TIME ZONE 'UTC', 'Dy MM-DD HH24:MI') AS revoked, to_char(smsengage_internal.business_days_after(t, 10) AT TIME ZONE 'UTC', 'Dy MM-DD HH24:MI') AS ten, to_char(smsengage_internal.business_days_after(t, 1) AT TIME ZONE 'UTC', 'Dy MM-DD HH24:MI') AS one
FROM generate_series(timestamptz '2025-03-03 15:30Z', '2025-03-10 15:30Z', interval '1 day') t;
-- an opt-out of this moment is open, one of a month ago is not
SELECT smsengage.record_consent('+12025550110', false, 'acme', '22000', now() - interval '1 hour'), smsengage.record_consent('+12025550111', false, 'acme', '22000', now() - interval '30 days');
SELECT smsengage.ingest('native', json_build_object('event_type', 'SENT', 'event_time', to_char((now() - interval '30 minutes') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SSZ'), 'recipient', '+12025550110', 'account', 'acme', 'sender_id', '+22000', 'message_id', 'after')::text);
SELECT recipient, sender, source, deadline = smsengage_internal.business_days_after(revoked_at, 10) AS deadline, hours_left BETWEEN 1 AND 16 * 24 AS hours, messages_since FROM smsengage.open_revocation;

-- rebuilt: the same, and what was deleted above and still has its events
CREATE TEMP TABLE before AS SELECT * FROM smsengage.subscription;
SELECT smsengage.rebuild_subscriptions();
SELECT recipient, state FROM (TABLE smsengage.subscription EXCEPT TABLE before) d;
SELECT count(*) AS missing FROM (TABLE before EXCEPT TABLE smsengage.subscription) d;

-- any order: the same words in twenty orders
CREATE FUNCTION pg_temp.shuffled() RETURNS TABLE (orders bigint, results bigint, rows bigint)
LANGUAGE plpgsql AS $$
DECLARE
	pieces text[] := ARRAY(SELECT to_json(e)::text FROM smsengage.parse('native', (SELECT json_agg(json_build_object('event_type', (ARRAY['UNSUBSCRIBE', 'SUBSCRIBE', 'REPLY', 'REPLY'])[1 + n % 4],
		'event_time', 1700000000 + n * 7 % 20, 'recipient', '+1202555010' || n % 3, 'account', 'acme', 'sender_id', CASE n % 5 WHEN 0 THEN '33000' WHEN 1 THEN NULL ELSE '22000' END,
		'message_text', (ARRAY['stop', 'start', 'hello'])[1 + n % 3], 'event_id', n))::text FROM generate_series(1, 60) n)) e);
	pictures text[] := '{}';
	piece text;
BEGIN
	FOR seed IN 1..20 LOOP
		TRUNCATE smsengage.event, smsengage.event_identity, smsengage.message, smsengage.block, smsengage.unblock, smsengage.subscription, smsengage.consent_entry,
			smsengage.contact_point, smsengage.series, smsengage.engagement_tally, smsengage.outcome_tally;
		FOR piece IN SELECT p FROM unnest(pieces || pieces) WITH ORDINALITY u(p, n) ORDER BY md5(seed || '.' || n) LOOP
			PERFORM smsengage.ingest('native', piece);
		END LOOP;
		pictures := pictures || md5(concat((SELECT string_agg(s::text, '' ORDER BY s.recipient, s.account, s.sender) FROM smsengage.subscription s),
			(SELECT string_agg((to_jsonb(c) - 'salt')::text, '' ORDER BY c.recipient, c.event_time, c.event_key) FROM smsengage.consent_entry c)));
	END LOOP;
	RETURN QUERY SELECT count(*), count(DISTINCT p), (SELECT count(*) FROM smsengage.subscription) FROM unnest(pictures) p;
END
$$;
SELECT * FROM pg_temp.shuffled();

SELECT smsengage.drop_store(true);
