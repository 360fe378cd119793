-- A damaged payload loses a field, never the event: each member of each inbound
-- payload is spoiled in turn, and the gate is asked whether the STOP still holds.
-- Only what identity needs may cost the event: its type and its id.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT smsengage.create_store();

-- each says STOP, from +12025550101, to 55501 or +12025550199
CREATE TABLE inbound (provider text, form text, payload jsonb);
INSERT INTO inbound VALUES
	('twilio', 'inbound', '{"MessageSid":"SM1","SmsSid":"SM1","SmsMessageSid":"SM1","AccountSid":"AC1","From":"+12025550101","To":"+12025550199","Body":"STOP","NumMedia":"0","NumSegments":"1","SmsStatus":"received","ApiVersion":"2010-04-01","FromCity":"WASHINGTON"}'),
	('twilio', 'opt-out', '{"MessageSid":"SM1","AccountSid":"AC1","From":"+12025550101","To":"+12025550199","Body":"STOP","NumSegments":"1","SmsStatus":"received","OptOutType":"STOP"}'),
	('infobip', 'MO_JSON_2', '{"results":[{"messageId":"i1","from":"12025550101","to":"55501","text":"STOP","cleanText":"STOP","keyword":"STOP","receivedAt":"2025-05-31T10:00:00.000+0000","smsCount":1,"price":{"pricePerMessage":0,"currency":"EUR"},"callbackData":"x"}],"messageCount":1,"pendingMessageCount":0}'),
	('infobip', 'Messages API', '{"results":[{"channel":"SMS","sender":"12025550101","destination":"55501","content":[{"type":"TEXT","text":"STOP","cleanText":"","keyword":"STOP"}],"receivedAt":"2025-05-31T10:00:00.000+0000","messageId":"i1","pairedMessageId":"p1","messageCount":1,"platform":{"entityId":"promo","applicationId":"marketing"},"event":"MO"}]}'),
	('infobip', 'MMS array', '{"results":[{"messageId":"i1","from":"12025550101","to":"55501","receivedAt":"2025-05-31T10:00:00.000+0000","message":[{"contentType":"text/plain","value":"STOP"}],"mmsCount":1}]}'),
	('infobip', 'MMS text', '{"results":[{"messageId":"i1","from":"12025550101","to":"55501","receivedAt":"2025-05-31T10:00:00.000+0000","message":"STOP","mmsCount":1}]}'),
	('infobip', 'WhatsApp button', '{"results":[{"messageId":"i1","from":"12025550101","to":"55501","integrationType":"WHATSAPP","receivedAt":"2025-05-31T10:00:00.000+0000","message":{"id":"b1","title":"STOP","type":"INTERACTIVE_BUTTON_REPLY"}}]}'),
	('infobip', 'subject first', '{"results":[{"channel":"MMS","sender":"12025550101","destination":"55501","content":[{"type":"SUBJECT","text":"Re: sale"},{"type":"TEXT","text":"STOP"}],"receivedAt":"2025-05-31T10:00:00.000+0000","messageId":"i1","event":"MO"}]}'),
	('infobip', 'image first', '{"results":[{"channel":"MMS","sender":"12025550101","destination":"55501","content":[{"type":"IMAGE","url":"https://example.com/x","text":"see"},{"type":"TEXT","text":"STOP"}],"receivedAt":"2025-05-31T10:00:00.000+0000","messageId":"i1","event":"MO"}]}'),
	('engagelab', 'uplink', '{"total":1,"rows":[{"server":"sms","itime":1748685600,"message_id":"0","business_id":"0","response":{"event":"uplink_message","response_data":{"message_sid":"e1","account_sid":"AC1","from":"+12025550101","to":"55501","body":"STOP"}}}]}'),
	('aws', 'two-way', '{"originationNumber":"+12025550101","destinationNumber":"+12025550199","messageKeyword":"KEYWORD_1","messageBody":"STOP","previousPublishedMessageId":"m0","inboundMessageId":"a1"}'),
	('intercom', 'unsubscribe', '{"type":"notification_event","app_id":"A1","topic":"content_stat.sms","id":"n1","created_at":1748685601,"delivery_attempts":1,"first_sent_at":1748685601,"data":{"type":"notification_event_data","item":{"type":"content_stat.sms","created_at":1748685600,"contact":{"type":"contact","id":"c1","phone":"+12025550101","email":"a@example.com"},"content_stat":{"type":"content_stat.sms","id":"s1","content_id":"11","stat_type":"unsubscribe","content_title":"Spring","receipt_id":"r1"}}}}'),
	('salesforce_dmo', 'unsubscribe', '[{"EventID":"d1","EventType":"UNSUBSCRIBE","EventDateTime":"2025-05-31T10:00:00Z","CreatedTime":"2025-05-31T10:00:01Z","BulkMessage":"Spring","IndividualID":"i1","RecpientPhoneNumber":"+12025550101","SenderID":"55501","Message":"STOP","Keyword":"STOP","UnsubscribeSource":"MO","UnsubscribeReason":"asked"}]'),
	('native', 'reply', '{"event_type":"REPLY","event_time":"2025-05-31T10:00:00Z","event_id":"n1","recipient":"+12025550101","sender_id":"55501","message_text":"STOP","part":0,"parts":1,"price":"0.01"}');

-- the members of a payload that are no objects
CREATE FUNCTION pg_temp.members(j jsonb, path text[] DEFAULT '{}') RETURNS SETOF text[] LANGUAGE sql AS $$
	SELECT m FROM jsonb_each(CASE jsonb_typeof(j) WHEN 'object' THEN j ELSE '{}' END) e
	CROSS JOIN LATERAL (SELECT path || e.key AS m WHERE jsonb_typeof(e.value) NOT IN ('object', 'array')
		UNION ALL SELECT x FROM pg_temp.members(e.value, path || e.key) x) s
	UNION ALL
	SELECT m FROM jsonb_array_elements(CASE jsonb_typeof(j) WHEN 'array' THEN j ELSE '[]' END) WITH ORDINALITY a(value, n)
	CROSS JOIN LATERAL (SELECT x AS m FROM pg_temp.members(a.value, path || (a.n - 1)::text) x) s $$;
CREATE TABLE spoiled AS
SELECT row_number() OVER () AS n, i.provider, i.form, array_to_string(array_remove(array_remove(array_remove(p, '0'), 'results'), 'rows'), '.') AS member, d.damage, i.payload #>> p AS was,
	CASE WHEN d.damage = 'missing' THEN (i.payload #- p)::text
		ELSE replace(jsonb_set(i.payload, p, '"@@"')::text, '"@@"', replace(d.value, '&', substr((i.payload #> p)::text, CASE WHEN jsonb_typeof(i.payload #> p) = 'string' THEN 2 ELSE 1 END,
			length((i.payload #> p)::text) - CASE WHEN jsonb_typeof(i.payload #> p) = 'string' THEN 2 ELSE 0 END))) END AS payload
FROM inbound i
CROSS JOIN LATERAL pg_temp.members(i.payload) p
CROSS JOIN (VALUES ('object', '{"a":[1]}'), ('word', '"one two"'), ('zero byte', '"& \u0000"'), ('half pair', '"& \ud83d"'), ('null', 'null'), ('missing', NULL), ('huge', '"' || repeat('x', 1100000) || '"'), ('true', 'true')) d(damage, value);
SELECT count(*) > 900 AS many FROM spoiled;

CREATE FUNCTION pg_temp.verdict(the_provider text, payload text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	c record;
	said boolean;
	found text;
BEGIN
	SELECT i.* INTO c FROM smsengage.ingest(the_provider, payload) i;
	said := EXISTS (SELECT FROM smsengage.subscription s WHERE s.recipient = '+12025550101' AND s.state = 'UNSUBSCRIBED');
	found := CASE WHEN c.accepted = 1 AND said THEN 'holds' WHEN c.accepted = 1 THEN 'stored, no stop' WHEN c.rejected = 1 THEN 'rejected' ELSE 'lost' END;
	RAISE EXCEPTION USING ERRCODE = 'UE001', MESSAGE = found;
EXCEPTION WHEN SQLSTATE 'UE001' THEN
	RETURN SQLERRM;
END $$;
-- sound, each is a stop
SELECT provider, form, pg_temp.verdict(provider, payload::text) FROM inbound ORDER BY 1, 2;
CREATE TABLE judged AS SELECT s.*, pg_temp.verdict(provider, payload) AS verdict FROM spoiled s;
SELECT verdict, count(*) > 0 AS some FROM judged GROUP BY 1 ORDER BY 1;
-- what costs the event, or the stop
SELECT provider, form, member, verdict, string_agg(damage, ', ' ORDER BY damage) AS damage
FROM judged WHERE verdict <> 'holds' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
-- one after the other they leave a sound store, and tell what could not be read
SELECT count(*) > 500 AS many FROM judged j CROSS JOIN LATERAL smsengage.ingest(j.provider, regexp_replace(j.payload, '"(SM|i|e|a|s|d|n)1"', '"\11-' || j.n || '"', 'g')) i WHERE j.damage <> 'huge';
SELECT * FROM smsengage.doctor();
SELECT provider, path, reason, events > 0 AS some FROM smsengage.field_note WHERE path IN ('receivedAt', 'smsCount', 'Body', 'NumSegments') ORDER BY 1, 2, 3;
SELECT count(*) > 30 AS many FROM smsengage.drift WHERE kind = 'unreadable';
SELECT event_type, count(*) > 0 AS some FROM smsengage.rejected_event GROUP BY 1 ORDER BY 1;
SELECT metric, value > 0 AS some, healthy FROM smsengage.health('2020-01-01', (now() + interval '1 day')::date) WHERE metric IN ('rejected_inbound', 'unreadable_fields') ORDER BY 1;
-- what was written is kept
SELECT extra FROM smsengage.event WHERE extra::text LIKE '%raw%' AND provider = 'twilio' AND extra::text LIKE '%Body%' ORDER BY extra::text COLLATE "C" LIMIT 2;
SELECT count(*) FROM smsengage.ingest('twilio', '\x7b224d657373616765536964223a22534d39222c2246726f6d223a222b3132303235353530313032222c22426f6479223a2253544f5020ff227d'::bytea);
SELECT message_text, extra, event_type FROM smsengage.event WHERE event_id = 'SM9';
SELECT smsengage.drop_store(true);
DROP TABLE inbound, spoiled, judged;
