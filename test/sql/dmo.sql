-- Rows of Salesforce's MessageEngagement: the eight types, the five names of one
-- phone number, and the API names of the data model object.
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
\pset null '(null)'
CREATE TABLE sample (payload text);
INSERT INTO sample VALUES ($sample$[
  {
    "EventID": "ev-1",
    "EventType": "SENT",
    "EventDateTime": "2026-01-10T10:00:00Z",
    "CreatedTime": "2026-01-10T10:00:01Z",
    "BulkMessage": "0Bm000000000001"
  },
  {
    "EventID": "ev-2",
    "EventType": "NOT_SENT",
    "EventDateTime": "2026-01-10T10:00:00Z",
    "CreatedTime": "2026-01-10T10:00:01Z",
    "BulkMessage": "0Bm000000000001"
  },
  {
    "EventID": "ev-3",
    "EventType": "SUBSCRIBE",
    "EventDateTime": "2026-01-09T09:00:00Z",
    "CreatedTime": "2026-01-09T09:00:01Z",
    "BulkMessage": null,
    "RecpientPhoneNumber": "+14405550126",
    "SenderID": "12345",
    "Message": "JOIN",
    "Keyword": "JOIN"
  },
  {
    "EventID": "ev-4",
    "EventType": "UNSUBSCRIBE",
    "EventDateTime": "2026-01-11T09:00:00Z",
    "CreatedTime": "2026-01-11T09:00:01Z",
    "BulkMessage": null,
    "RecpientPhoneNumber": "+14405550126",
    "SenderID": "12345",
    "Message": "STOP",
    "Keyword": "STOP",
    "UnsubscribeSource": "SMS",
    "UnsubscribeReason": "keyword"
  },
  {
    "EventID": "ev-5",
    "EventType": "CONFIRMATION",
    "EventDateTime": "2026-01-09T09:00:02Z",
    "CreatedTime": "2026-01-09T09:00:03Z",
    "BulkMessage": null,
    "ContactPointPhoneNumber": "+14405550126",
    "SenderID": "12345",
    "Message": "JOIN",
    "Keyword": "JOIN",
    "IndividualID": "ind-1"
  },
  {
    "EventID": "ev-6",
    "EventType": "HELP",
    "EventDateTime": "2026-01-10T11:00:00Z",
    "CreatedTime": "2026-01-10T11:00:01Z",
    "BulkMessage": null,
    "RecpientPhoneNumber": "+14405550126",
    "SenderID": "12345",
    "Message": "HELP",
    "Keyword": "HELP"
  },
  {
    "EventID": "ev-7",
    "EventType": "CLICK",
    "EventDateTime": "2026-01-10T10:05:00Z",
    "CreatedTime": "2026-01-10T10:05:02Z",
    "BulkMessage": "0Bm000000000001",
    "LinkName": "Sale",
    "LinkURL": "https://example.com/sale",
    "ResolvedURL": "https://example.com/sale?c=ind-1",
    "RecipientPhone": "+14405550126",
    "UserAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)",
    "IndividualID": "ind-1"
  },
  {
    "EventID": "ev-8",
    "EventType": "UNDELIVERED",
    "EventDateTime": "2026-01-10T10:00:30Z",
    "CreatedTime": "2026-01-10T10:00:31Z",
    "BulkMessage": "0Bm000000000001",
    "MessageID": "msg-9",
    "Message": null,
    "DeliveryErrorText": "Unknown Subscriber",
    "DeliveryErrorCode": "4504"
  }
]$sample$);
CREATE FUNCTION seen(payload text, account text DEFAULT NULL) RETURNS SETOF smsengage.parsed_event LANGUAGE sql AS
$$ SELECT * FROM smsengage.parse('salesforce_dmo', payload, account, '2026-11-01 00:00+00') $$;

SELECT event_no, outcome, event_type, status_class, event_time, created_time, bulk_message, individual_id, scope, recipient, message_id FROM sample, seen(payload);
SELECT event_no, event_id, sender_id, keyword, message_text, unsubscribe_source, unsubscribe_reason, error_text, error_code FROM sample, seen(payload);
SELECT event_no, link_name, link_url, resolved_url, user_agent, extra FROM sample, seen(payload) WHERE event_type = 'CLICK' OR extra IS NOT NULL;
SELECT bool_and(provider = 'salesforce_dmo') AS found, count(*) FROM sample, smsengage.parse('auto', payload);

-- words of the event type: the eight, as the list and as the model write them
SELECT c.word, e.outcome, e.event_type, e.status_class, e.reason
FROM (VALUES (1, 'SENT'), (2, 'NOT_SENT'), (3, 'SUBSCRIBE'), (4, 'UNSUBSCRIBE'), (5, 'CONFIRMATION'), (6, 'HELP'), (7, 'CLICK'), (8, 'UNDELIVERED'),
	(9, 'Sent'), (10, 'Not_Sent'), (11, 'click'), (12, 'Not Sent'), (13, 'DELIVERED'), (14, 'SEEN'), (15, 'BLOCK'), (16, 'OPEN'), (17, ''), (18, ' SENT')) c(n, word),
	seen(format('{"EventID":"1","EventType":"%s","EventDateTime":"2026-01-10T10:00:00Z"}', c.word)) e ORDER BY n;

-- one number, five names; only the one that was meant is shown where it was
SELECT c.name, e.event_type, e.recipient, e.extra
FROM (VALUES (1, 'RecpientPhoneNumber'), (2, 'RecipientPhoneNumber'), (3, 'RecipientPhone'), (4, 'ContactPointPhoneNumber'), (5, 'MOPhoneNumber'), (6, 'ssot__SendTimePhoneNumber__c'), (7, 'recpientphonenumber'), (8, 'PhoneNumber')) c(n, name),
	seen(format('{"EventID":"1","EventType":"CONFIRMATION","EventDateTime":"2026-01-10T10:00:00Z","%s":"+1 202 555 0101"}', c.name)) e ORDER BY n;
SELECT recipient, extra FROM seen('{"EventID":"1","EventType":"CONFIRMATION","EventDateTime":"2026-01-10T10:00:00Z","ContactPointPhoneNumber":"12025550101","MOPhoneNumber":"12025550102","RecipientPhone":null}');
SELECT recipient FROM seen('{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z","RecipientPhone":12025550101}');
SELECT recipient FROM seen('{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z","RecipientPhone":"Alpha Name"}');

-- API names of the data model object; EngagementTypeId where the action is no SMS event
SELECT event_type, event_time, created_time, sent_time, bulk_message, individual_id, recipient, sender_id, keyword, link_url, event_id, extra
FROM seen('{"ssot__Id__c":"dmo-1","ssot__EngagementChannelActionId__c":"Click","ssot__EngagementDateTm__c":"2026-01-10T10:00:00.5+01:00","ssot__CreatedDate__c":"2026-01-10T10:00:01Z","ssot__SentDateTm__c":"2026-01-10T08:00:00Z",
	"ssot__EngagementPublicationId__c":"pub","ssot__IndividualId__c":"ind-1","ssot__SendTimePhoneNumber__c":"12025550101","ssot__MessageDeliveryShortCd__c":"12345","ssot__KeywordTxt__c":"JOIN","ssot__LinkURL__c":"https://example.com/","ssot__Name__c":"kept"}');
SELECT outcome, event_type, extra FROM seen('{"ssot__Id__c":"dmo-2","ssot__EngagementChannelActionId__c":"SmsClick","ssot__EngagementTypeId__c":"CLICK","ssot__EngagementDateTm__c":"2026-01-10T10:00:00Z"}');
SELECT provider, outcome FROM smsengage.parse('auto', '{"ssot__Name__c":"n","ssot__Id__c":"dmo-2","ssot__EngagementTypeId__c":"HELP","ssot__EngagementDateTm__c":"2026-01-10T10:00:00Z"}');

-- what a row must have
SELECT c.change, e.outcome, e.reason
FROM (VALUES (1, 'EventID', '{"EventID":null}'), (2, 'EventID', '{"EventID":""}'), (3, 'EventID', '{"EventID":7}'), (4, 'EventType', '{"EventType":null}'), (5, 'EventDateTime', '{"EventDateTime":null}'),
	(6, 'EventDateTime', '{"EventDateTime":"2026-01-10 10:00:00"}'), (7, 'EventDateTime', '{"EventDateTime":"2026-01-10T10:00:00.000+0000"}'), (8, 'EventDateTime', '{"EventDateTime":1768039200000}'),
	(9, 'CreatedTime', '{"CreatedTime":"yesterday"}'), (10, 'CreatedTime', '{"CreatedTime":"1970-01-01T00:00:00Z"}'), (11, 'sent', '{"ssot__SentDateTm__c":"0001-01-01T00:00:00Z"}'), (12, 'sent', '{"ssot__SentDateTm__c":"0001-01-01T00:00:00+15:00"}'),
	(13, 'sent', '{"ssot__SentDateTm__c":"9999-12-31T23:59:59-15:00"}'), (14, 'sent', '{"ssot__SentDateTm__c":"9999-12-31T23:59:60Z"}'), (15, 'sent', '{"ssot__SentDateTm__c":"0000-01-01T00:00:00Z"}'), (16, 'two wrong', '{"EventType":"x","EventID":null}')) c(n, change, j),
	seen((jsonb '{"EventID":"1","EventType":"SENT","EventDateTime":"2026-01-10T10:00:00Z","MessageID":"m"}' || c.j::jsonb)::text) e ORDER BY n;

-- a row without a person is nobody's, even with a number; scope is provider and account
SELECT individual_id, scope, recipient FROM seen('{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z","IndividualID":null,"RecipientPhone":"12025550101"}');
SELECT individual_id, scope, account FROM seen('{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z","IndividualID":"ind-1"}', 'unit');

-- EventID is the identity: other content is the same event, another account another
SELECT count(DISTINCT event_key), count(*) FROM
	(SELECT * FROM seen('{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z"}')
	UNION ALL SELECT * FROM seen('{"EventID":"1","EventType":"HELP","EventDateTime":"2026-02-10T10:00:00Z","SenderID":"1"}')) e;
SELECT count(DISTINCT event_key), count(*) FROM
	(SELECT * FROM seen('{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z"}')
	UNION ALL SELECT * FROM seen('{"EventID":"1","EventType":"CLICK","EventDateTime":"2026-01-10T10:00:00Z"}', 'unit')) e;
-- MessageID names a send, which may have gone to many: person and number tell messages apart
SELECT count(DISTINCT message_key), count(*) FROM (VALUES ('a', '12025550101'), ('a', '+12025550101'), ('b', '12025550101'), ('a', '12025550102')) c(who, number),
	seen(format('{"EventID":"1","EventType":"SENT","EventDateTime":"2026-01-10T10:00:00Z","MessageID":"m","IndividualID":"%s","RecipientPhone":"%s"}', who, number));
-- the error code in one spelling
SELECT error_code, error_text FROM seen('[{"EventID":"1","EventType":"UNDELIVERED","EventDateTime":"2026-01-10T10:00:00Z","DeliveryErrorCode":4504},{"EventID":"1","EventType":"UNDELIVERED","EventDateTime":"2026-01-10T10:00:00Z","DeliveryErrorCode":"04504","DeliveryErrorText":"Unknown \u00e9"}]');

-- keys of the samples: stored for ever, so they may never change
SELECT event_no, event_key, message_key FROM sample, seen(payload);
DROP FUNCTION seen(text, text);
DROP TABLE sample;
