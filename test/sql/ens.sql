-- Salesforce ENS: the published samples, both spellings, code spaces, clocks.
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
\pset null '(null)'

-- one row a sample, in the form that the other tests use
CREATE TABLE sample (name text PRIMARY KEY, payload text);
INSERT INTO sample VALUES ('ens_sms_sent', $sample$[
  {
    "eventCategoryType": "TransactionalSendEvents.SmsSent",
    "timestampUTC": 1612564223120,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8"
    }
  }
]$sample$);
INSERT INTO sample VALUES ('ens_sms_not_sent', $sample$[
  {
    "eventCategoryType": "TransactionalSendEvents.SmsNotSent",
    "timestampUTC": 1612564223133,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "definitionId": "3d9ee7e3-57f1-e911-a2d6-1402ec8faa09",
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8",
      "reason": "Mobile Address not found",
      "statusCode": "47"
    }
  }
]$sample$);
INSERT INTO sample VALUES ('ens_sms_transient', $sample$[
  {
    "eventCategoryType": "TransactionalSendEvents.SmsTransient",
    "timestampUTC": 1612564224759,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "composite": {
      "tsid": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50",
      "jobId": "21602c12-ad90-e911-a2cc-1402ec936a31",
      "batchId": "888",
      "mobileNumber": "14405550126",
      "subscriberId": "0"
    },
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "definitionId": "3d9ee7e3-57f1-e911-a2d6-1402ec8faa09",
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8",
      "ordinal": 0,
      "statusCode": "3000",
      "statusMessage": "Enroute",
      "from": "12345",
      "countryCode": "US"
    }
  }
]$sample$);
INSERT INTO sample VALUES ('ens_sms_delivered', $sample$[
  {
    "eventCategoryType": "TransactionalSendEvents.SmsDelivered",
    "timestampUTC": 1612564226004,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "composite": {
      "tsid": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50",
      "jobId": "21602c12-ad90-e911-a2cc-1402ec936a31",
      "batchId": "888",
      "mobileNumber": "14405550126",
      "subscriberId": "0"
    },
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "definitionId": "3d9ee7e3-57f1-e911-a2d6-1402ec8faa09",
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8",
      "ordinal": 0,
      "statusCode": "4000",
      "statusMessage": "Delivered",
      "from": "12345",
      "countryCode": "US"
    }
  }
]$sample$);
INSERT INTO sample VALUES ('ens_sms_bounced', $sample$[
  {
    "eventCategoryType": "TransactionalSendEvents.SmsBounced",
    "timestampUTC": 1612650624759,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "composite": {
      "tsid": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50",
      "jobId": "21602c12-ad90-e911-a2cc-1402ec936a31",
      "batchId": "888",
      "mobileNumber": "14405550126",
      "subscriberId": "0"
    },
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "definitionId": "3d9ee7e3-57f1-e911-a2d6-1402ec8faa09",
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8",
      "ordinal": 0,
      "statusCode": "4501",
      "statusMessage": "Expired",
      "fromAddress": "12345",
      "countryCode": "US"
    }
  }
]$sample$);
INSERT INTO sample VALUES ('ens_batch_mixed', $sample$[
  {
    "eventCategoryType": "TransactionalSendEvents.SmsSent",
    "timestampUTC": 1612564223120,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8"
    }
  },
  {
    "eventCategoryType": "TransactionalSendEvents.SmsTransient",
    "timestampUTC": 1612564224759,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "composite": {
      "tsid": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50",
      "jobId": "21602c12-ad90-e911-a2cc-1402ec936a31",
      "batchId": "888",
      "mobileNumber": "14405550126",
      "subscriberId": "0"
    },
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "definitionId": "3d9ee7e3-57f1-e911-a2d6-1402ec8faa09",
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8",
      "ordinal": 0,
      "statusCode": "3000",
      "statusMessage": "Enroute",
      "from": "12345",
      "countryCode": "US"
    }
  },
  {
    "eventCategoryType": "TransactionalSendEvents.SmsDelivered",
    "timestampUTC": 1612564226004,
    "compositeId": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50.21602c12-ad90-e911-a2cc-1402ec936a31.888.14405550126.0",
    "composite": {
      "tsid": "api.8345b8f9-8122-4fda-b03f-1b4da9ba7a50",
      "jobId": "21602c12-ad90-e911-a2cc-1402ec936a31",
      "batchId": "888",
      "mobileNumber": "14405550126",
      "subscriberId": "0"
    },
    "definitionKey": "appt-reminder",
    "mid": 1476456,
    "eid": 1476266,
    "definitionId": "3d9ee7e3-57f1-e911-a2d6-1402ec8faa09",
    "info": {
      "to": "14405550126",
      "subscriberKey": "101660749",
      "messageKey": "bc196910-6801-11eb-ac0c-ab0c84c819e8",
      "ordinal": 0,
      "statusCode": "4000",
      "statusMessage": "Delivered",
      "from": "12345",
      "countryCode": "US"
    }
  }
]$sample$);
INSERT INTO sample VALUES ('ens_callback_verification', $sample${
  "callbackId": "08b67f0e-5be8-4673-97e9-682c133f778c",
  "verificationKey": "a1b2c3d4e5f60718293a4b5c6d7e8f90"
}$sample$);

CREATE FUNCTION seen(payload text, account text DEFAULT NULL) RETURNS SETOF smsengage.parsed_event LANGUAGE sql AS
$$ SELECT * FROM smsengage.parse('salesforce_ens', payload, account, '2026-11-01 00:00+00') $$;

SELECT name, event_no, outcome, event_type, status_class, event_time, account, recipient, individual_id, message_id
FROM sample, seen(payload) ORDER BY name, event_no;
SELECT name, event_no, event_id, bulk_message, scope, part, status_code, status_name, error_text, sender_id
FROM sample, seen(payload) WHERE outcome = 'event' ORDER BY name, event_no;
SELECT name, event_no, reason, raw FROM sample, seen(payload) WHERE outcome <> 'event';
SELECT name, event_no, extra FROM sample, seen(payload) WHERE outcome = 'event' ORDER BY name, event_no;
-- what no ENS event has
SELECT count(*) FROM sample, seen(payload)
WHERE num_nonnulls(sent_time, parts, error_permanent, time_source, template, channel, keyword, message_text, unsubscribe_source,
	unsubscribe_reason, link_name, link_url, resolved_url, user_agent, device_type, os, device_name, error_code, price, price_currency, callback_data) > 0;
-- created_time is the arrival, as the payload has none
SELECT DISTINCT created_time, received_at FROM sample, seen(payload) WHERE outcome = 'event';
-- "auto" finds out, whatever the first member is
SELECT name, count(*) FILTER (WHERE provider = 'salesforce_ens') AS ens, count(*) AS events
FROM sample, smsengage.parse('auto', payload) GROUP BY name ORDER BY name;

-- the spelling of older accounts says the same, column by column
CREATE TABLE spelling (spelling text, payload text);
INSERT INTO spelling VALUES ('new', '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1768039200250,"compositeId":"api.1","definitionKey":"d","mid":100,"eid":200,
	"info":{"to":"12025550101","subscriberKey":"s","messageKey":"m","ordinal":1,"statusCode":"4000","statusMessage":"Delivered","from":"12345"}}'),
	('Info', '{"EventCategoryType":"TransactionalSendEvents.SmsDelivered","TimestampUTC":1768039200250,"CompositeId":"api.1","DefinitionKey":"d","MID":100,"EID":200,
	"Info":{"To":"12025550101","SubscriberKey":"s","MessageKey":"m","Ordinal":1,"StatusCode":"4000","StatusMessage":"Delivered","From":"12345"}}'),
	('fromAddress', '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1768039200250,"compositeId":"api.1","definitionKey":"d","mid":100,"eid":200,
	"Info":{"to":"12025550101","subscriberKey":"s","messageKey":"m","ordinal":1,"statusCode":"4000","statusMessage":"Delivered","fromAddress":"12345"}}'),
	('strings', '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":"1768039200250","compositeId":"api.1","definitionKey":"d","mid":"100","eid":"200",
	"info":{"to":12025550101,"subscriberKey":"s","messageKey":"m","ordinal":"1","statusCode":4000,"statusMessage":"Delivered","from":12345}}'),
	('zeros', '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":"1768039200250","compositeId":"api.1","definitionKey":"d","mid":"00100","eid":"0200",
	"info":{"to":"+1 (202) 555-0101","subscriberKey":"s","messageKey":"m","ordinal":"01","statusCode":"04000","statusMessage":"Delivered","from":"12345"}}'),
	('escapes', '{"event\u0043ategoryType":"TransactionalSendEvents.Sms\u0044elivered","timestampUTC":"\u0031768039200250","composite\u0049d":"api\u002e1","definitionKey":"d","mid":100,"eid":200,
	"\u0069nfo":{"to":"12025550101","subscriberKey":"\u0073","messageKey":"m","ordinal":1,"statusCode":"4000","statusMessage":"Delivered","from":"12345"}}');
SELECT spelling, outcome, event_type, event_time, event_key, scope, message_key, part, account, recipient, sender_id, status_code, extra
FROM spelling, seen(payload) ORDER BY spelling;
-- the first that is not null counts, the other stays in extra
SELECT sender_id, recipient, extra FROM seen('{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200250,"info":{"from":null,"fromAddress":"one","from":"two","to":""},"Info":{"to":"12025550101","to":"12025550102","x":[1,{"y":2}]},"z":{}}');

-- codes: (category, code) -> type, class, rank; code space of SmsNotSent is its own
CREATE FUNCTION ens(category text, code text, at bigint DEFAULT 1768039200000, part text DEFAULT 'null') RETURNS text LANGUAGE sql AS
$$ SELECT format('{"eventCategoryType":"TransactionalSendEvents.Sms%s","timestampUTC":%s,"compositeId":"c","mid":7,"info":{"to":"12025550101","subscriberKey":"s","messageKey":"m","ordinal":%s,"statusCode":%s}}',
	category, at, part, code) $$;
SELECT c.category, c.code, e.outcome, e.event_type, e.status_class, e.status_code, e.reason
FROM (VALUES (1, 'Sent', 'null'), (2, 'Sent', '2000'), (3, 'Transient', '1000'), (4, 'Transient', '"1500"'), (5, 'Transient', '2600'), (6, 'Transient', '3000'), (7, 'Transient', '3400'),
	(8, 'Transient', 'null'), (9, 'Delivered', '4000'), (10, 'Delivered', 'null'), (11, 'Bounced', '4500'), (12, 'Bounced', '4501'), (13, 'Bounced', '"4504"'), (14, 'Bounced', 'null'),
	(15, 'Bounced', '4999'), (16, 'Transient', '9999'), (17, 'Delivered', '"x"'), (18, 'NotSent', '1000'), (19, 'NotSent', '47'), (20, 'NotSent', '1'), (21, 'NotSent', '4000'), (22, 'NotSent', 'null'),
	(23, 'Bounced', '-4500'), (24, 'Bounced', '99999999999'), (25, 'Opened', '1'), (26, 'sent', '2000'), (27, 'Sent', '{"a":1}'), (28, 'Sent', '[]')) c(n, category, code), seen(ens(category, code)) e
ORDER BY n;
-- an event of e-mail or of another kind
SELECT outcome, reason FROM seen('{"eventCategoryType":"TransactionalSendEvents.EmailSent","timestampUTC":1768039200250}');
SELECT outcome, reason FROM seen('{"eventCategoryType":null,"timestampUTC":1768039200250}');

-- the highest code is final, whatever the clocks and the order say
CREATE FUNCTION state_of(VARIADIC events text[]) RETURNS smsengage.delivery_state LANGUAGE sql AS
$$ SELECT smsengage.merge(smsengage_internal.event_state(b.provider, b.status_class, b.status_code, b.error_code, b.channel, b.part, b.event_time, b.sent_time, b.time_source))
	FROM smsengage_internal.batch_events(smsengage_internal.batch('salesforce_ens', '[' || array_to_string(events, ',') || ']', NULL, '2026-11-01 00:00+00'), '{1}', NULL) b $$;
SELECT case_, smsengage.status_group(state), state FROM (VALUES
	(1, 'queued is not unsubscribed', state_of(ens('Transient', '1000'))),
	(2, '1000 of NotSent', state_of(ens('NotSent', '1000'))),
	(3, '2000 after NotSent', state_of(ens('NotSent', '1000'), ens('Sent', '2000', 1768039201000))),
	(4, 'NotSent after 2000', state_of(ens('Sent', '2000'), ens('NotSent', '1000', 1768039201000))),
	(5, 'a NotSent code above 2000', state_of(ens('Sent', '2000'), ens('NotSent', '4711', 1768039201000))),
	(6, '4500 after 4000', state_of(ens('Delivered', '4000'), ens('Bounced', '4500', 1768039201000))),
	(7, '4500 before 4000', state_of(ens('Delivered', '4000', 1768039201000), ens('Bounced', '4500'))),
	(8, '4501 is expired', state_of(ens('Sent', '2000'), ens('Bounced', '4501', 1768039201000))),
	(9, '3000 after 4000', state_of(ens('Delivered', '4000'), ens('Transient', '3000', 1768039201000))),
	(10, 'one part of two', state_of(ens('Delivered', '4000', part => '0'), ens('Transient', '3000', part => '1'))),
	(11, 'both parts', state_of(ens('Delivered', '4000', part => '0'), ens('Delivered', '4000', 1768039201000, part => '1'))),
	(12, 'sent is about the whole', state_of(ens('Sent', 'null'), ens('Delivered', '4000', 1768039201000, part => '0')))) v(n, case_, state) ORDER BY n;

-- clocks: seconds, milliseconds, microseconds, ISO 8601 with every offset
SELECT c.at, e.outcome, e.event_time, e.reason
FROM (VALUES (1, '1768039200'), (2, '1768039200000'), (3, '1768039200000000'), (4, '"1768039200250"'), (5, '1768039200.25'), (6, '1768039200250.5'), (7, '"2026-01-10T10:00:00Z"'), (8, '"2026-01-10T10:00:00.250Z"'),
	(9, '"2026-01-10T10:00:00.1234567Z"'), (10, '"2026-01-10T15:30:00+05:30"'), (11, '"2026-01-10T15:45:00+0545"'), (12, '"2026-01-10T00:00:00-10"'), (13, '"2026-01-10 10:00:00 +00:00"'), (14, '"2026-01-10T10:00Z"'),
	(15, '"2024-02-29T00:00:00Z"'), (16, '"2023-02-29T00:00:00Z"'), (17, '"2026-01-10T10:00:00"'), (18, '"2026-01-10"'), (19, '"10.01.2026 10:00Z"'), (20, '"2026-01-10T24:00:00Z"'), (21, '"2026-01-10T23:59:60Z"'), (22, '"2026-13-10T10:00:00Z"'),
	(23, '"2026-01-10T10:00:00+99:00"'), (24, '"2026-01-10T10:00:00Z trailing"'), (25, '""'), (26, 'null'), (27, 'true'), (28, '{}'), (29, '[1768039200]'), (30, '1.768e9'), (31, '-1'), (32, '99999999999999999999'), (33, '"now"'), (34, '"infinity"'),
	(35, '"2000-01-01T00:00:00Z"'), (36, '"1999-12-31T23:59:59.999999Z"'), (37, '946684800'), (38, '946684799'), (39, '"2026-11-03T00:00:00Z"'), (40, '"2026-11-03T00:00:00.000001Z"'), (41, '0'), (42, '" 2026-01-10T10:00:00Z"'), (43, '"2026-01-10T10:00:00.Z"')) c(n, at),
	seen(format('{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":%s}', c.at)) e
ORDER BY n;

-- parts are 0 to 254
SELECT c.part, e.outcome, e.part, e.reason
FROM (VALUES (1, '0'), (2, '254'), (3, '255'), (4, '-1'), (5, '"7"'), (6, '""'), (7, '1.0'), (8, '"x"'), (9, 'true'), (10, '99999999999')) c(n, part), seen(ens('Sent', 'null', part => c.part)) e
ORDER BY n;

-- account: given, missing, contradicting; 1476456 and "01476456" are one
SELECT c.mid, c.given, e.outcome, e.account, e.reason
FROM (VALUES (1, '100', NULL), (2, '100', '100'), (3, '"0100"', '100'), (4, '100', '101'), (5, '100', ''), (6, 'null', '101'), (7, '""', '101'), (8, 'null', NULL), (9, 'null', ''), (10, '100', '0100'), (11, '0', '0')) c(n, mid, given),
	seen(format('{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200,"mid":%s}', c.mid), c.given) e
ORDER BY n;

-- identity: what makes another event, and what does not
WITH base AS (SELECT jsonb '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1768039200000,"compositeId":"c","definitionKey":"d","mid":7,"eid":9,"info":{"to":"12025550101","subscriberKey":"s","messageKey":"m","ordinal":0,"statusCode":"4000","from":"12345"}}' AS j),
k AS (SELECT e.event_key, e.message_key, e.scope FROM base, seen(j::text) e)
SELECT c.change, e.event_key = k.event_key AS same_event, e.message_key = k.message_key AS same_message, e.scope = k.scope AS same_scope
FROM base, k, LATERAL (VALUES (1, 'nothing', j), (2, 'time', jsonb_set(j, '{timestampUTC}', '1768039200001')), (3, 'the same time, text', jsonb_set(j, '{timestampUTC}', '"2026-01-10T10:00:00Z"')),
	(4, 'code', jsonb_set(j, '{info,statusCode}', '"4001"')), (5, 'part', jsonb_set(j, '{info,ordinal}', '1')), (6, 'category', jsonb_set(j, '{eventCategoryType}', '"TransactionalSendEvents.SmsBounced"')),
	(7, 'composite id', jsonb_set(j, '{compositeId}', '"c2"')), (8, 'business unit', jsonb_set(j, '{mid}', '8')), (9, 'enterprise', jsonb_set(j, '{eid}', '10')), (10, 'message key', jsonb_set(j, '{info,messageKey}', '"m2"')),
	(11, 'number', jsonb_set(j, '{info,to}', '"12025550102"')), (12, 'sender', jsonb_set(j, '{info,from}', '"54321"')), (13, 'subscriber', jsonb_set(j, '{info,subscriberKey}', '"s2"')), (14, 'unknown member', j || '{"new":1}')) c(n, change, changed), seen(c.changed::text) e
ORDER BY n;
-- without a composite id, message and number stand in
SELECT c.n, count(DISTINCT event_key) FROM (VALUES (1, 'm', '12025550101'), (1, 'm', '12025550102'), (1, 'm2', '12025550101'), (2, 'm', '12025550101'), (2, 'm', '+12025550101')) c(n, m, r),
	seen(format('{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200,"info":{"messageKey":"%s","to":"%s"}}', m, r)) GROUP BY 1 ORDER BY 1;
-- no message id: no message; no subscriber key: nobody, though there is a number
SELECT message_key, individual_id, scope, recipient FROM seen('{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200,"mid":7,"info":{"to":"12025550101"}}');

-- keys of the samples: stored for ever, so they may never change
SELECT name, event_no, event_key, message_key FROM sample, seen(payload) WHERE outcome = 'event' ORDER BY name, event_no;

DROP FUNCTION state_of(text[]), ens(text, text, bigint, text), seen(text, text);
DROP TABLE sample, spelling;
