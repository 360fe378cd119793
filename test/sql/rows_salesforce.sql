-- Salesforce's MessageEngagement (Unified Messaging) as the seed describes it:
-- what it can tell, row by row of the comparison of products (S01 to S23).
\pset format unaligned
\pset null '-'
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SELECT smsengage.create_store();
SELECT * FROM smsengage.ingest('salesforce_dmo', $$[
	{"EventID":"ev-1","EventType":"SENT","EventDateTime":"2026-01-10T10:00:00Z","CreatedTime":"2026-01-10T10:00:01Z","BulkMessage":"0Bm1","IndividualID":"ind-1"},
	{"EventID":"ev-2","EventType":"NOT_SENT","EventDateTime":"2026-01-10T10:00:00Z","CreatedTime":"2026-01-10T10:00:02Z","BulkMessage":"0Bm1","IndividualID":"ind-2"},
	{"EventID":"ev-3","EventType":"SUBSCRIBE","EventDateTime":"2026-01-09T09:00:00Z","CreatedTime":"2026-01-09T09:00:01Z","RecpientPhoneNumber":"+12025550126","SenderID":"12345","Message":"Join please","Keyword":"JOIN"},
	{"EventID":"ev-4","EventType":"UNSUBSCRIBE","EventDateTime":"2026-01-11T09:00:00Z","CreatedTime":"2026-01-11T09:00:01Z","RecpientPhoneNumber":"+12025550126","SenderID":"12345","Message":"Stop it","Keyword":"STOP","UnsubscribeSource":"SMS","UnsubscribeReason":"too many"},
	{"EventID":"ev-5","EventType":"CONFIRMATION","EventDateTime":"2026-01-09T09:00:02Z","CreatedTime":"2026-01-09T09:00:03Z","ContactPointPhoneNumber":"+12025550126","SenderID":"12345","Message":"You are in","Keyword":"JOIN","IndividualID":"ind-1"},
	{"EventID":"ev-5b","EventType":"CONFIRMATION","EventDateTime":"2026-01-11T09:00:02Z","CreatedTime":"2026-01-11T09:00:03Z","MOPhoneNumber":"+12025550127","SenderID":"12345","Message":"You are out","Keyword":"STOP","IndividualID":"ind-2"},
	{"EventID":"ev-6","EventType":"HELP","EventDateTime":"2026-01-10T11:00:00Z","CreatedTime":"2026-01-10T11:00:01Z","RecpientPhoneNumber":"+12025550126","SenderID":"12345","Message":"Help me","Keyword":"HELP"},
	{"EventID":"ev-7","EventType":"CLICK","EventDateTime":"2026-01-10T10:05:00Z","CreatedTime":"2026-01-10T10:05:02Z","BulkMessage":"0Bm1","LinkName":"Sale","LinkURL":"https://example.com/sale","ResolvedURL":"https://example.com/sale?c=ind-1","RecipientPhone":"+12025550126","UserAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)","IndividualID":"ind-1"},
	{"EventID":"ev-8","EventType":"CLICK","EventDateTime":"2026-01-20T10:05:00Z","CreatedTime":"2026-01-20T10:05:02Z","BulkMessage":"0Bm1","LinkName":"Sale","RecipientPhone":"+12025550126","IndividualID":"ind-1"},
	{"EventID":"ev-9","EventType":"CLICK","EventDateTime":"2026-02-01T00:00:00Z","CreatedTime":"2026-02-01T00:00:02Z","BulkMessage":"0Bm2","LinkName":"News","RecipientPhone":"+12025550126","IndividualID":"ind-1"},
	{"EventID":"ev-10","EventType":"CLICK","EventDateTime":"2026-01-31T23:59:59Z","CreatedTime":"2026-02-01T00:00:02Z","BulkMessage":"0Bm2","LinkName":"News","RecipientPhone":"+12025550128","IndividualID":"ind-3"},
	{"EventID":"ev-11","EventType":"UNDELIVERED","EventDateTime":"2026-01-10T10:00:30Z","CreatedTime":"2026-01-10T10:00:31Z","BulkMessage":"0Bm1","MessageID":"msg-9","Message":"Sale!","DeliveryErrorText":"Unknown Subscriber","DeliveryErrorCode":"4504","IndividualID":"ind-2"}]$$);
-- again, as providers do
SELECT * FROM smsengage.ingest('salesforce_dmo', '{"EventID":"ev-1","EventType":"SENT","EventDateTime":"2026-01-10T10:00:00Z","CreatedTime":"2026-01-10T10:00:01Z","BulkMessage":"0Bm1","IndividualID":"ind-1"}');

SELECT 'S01 sent' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'SENT';
SELECT 'S02 not sent' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'NOT_SENT';
SELECT 'S03 subscribe' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'SUBSCRIBE';
SELECT 'S04 unsubscribe' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'UNSUBSCRIBE';
SELECT 'S05 confirmation' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'CONFIRMATION' ORDER BY 3;
SELECT 'S06 help' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'HELP';
SELECT 'S07 click' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'CLICK' ORDER BY 3;
SELECT 'S08 undelivered' AS row, event_id, event_date_time FROM smsengage.message_engagement WHERE event_type = 'UNDELIVERED';
SELECT 'S09 one id an event' AS row, count(*), count(DISTINCT "EventID") AS ids FROM smsengage."MessageEngagement";
SELECT 'S10 two times' AS row, "EventID", "CreatedTime" - "EventDateTime" AS later FROM smsengage."MessageEngagement" WHERE "EventID" IN ('ev-1', 'ev-2', 'ev-10') ORDER BY 2;
SELECT 'S11 the send' AS row, "BulkMessage", count(*) FROM smsengage."MessageEngagement" GROUP BY 2 ORDER BY 2;
SELECT 'S12 inbound' AS row, "EventType", "RecpientPhoneNumber", "SenderID", "Message" FROM smsengage."MessageEngagement" WHERE "EventType" IN ('SUBSCRIBE', 'UNSUBSCRIBE', 'HELP') ORDER BY 2;
SELECT 'S13 keyword of the opt-in' AS row, "Keyword" FROM smsengage."MessageEngagement" WHERE "EventType" = 'SUBSCRIBE';
SELECT 'S14 keyword, source, reason of the opt-out' AS row, "Keyword", "UnsubscribeSource", "UnsubscribeReason" FROM smsengage."MessageEngagement" WHERE "EventType" = 'UNSUBSCRIBE';
SELECT 'S15 keyword of the call for help' AS row, "Keyword" FROM smsengage."MessageEngagement" WHERE "EventType" = 'HELP';
SELECT 'S16 confirmation' AS row, "ContactPointPhoneNumber", "MOPhoneNumber", "SenderID", "Message", "Keyword", "IndividualID" FROM smsengage."MessageEngagement" WHERE "EventType" = 'CONFIRMATION' ORDER BY "EventDateTime";
SELECT 'S17 link' AS row, "LinkName", "LinkURL", "ResolvedURL" FROM smsengage."MessageEngagement" WHERE "EventID" = 'ev-7';
SELECT 'S18 who clicked' AS row, "RecipientPhone", "IndividualID" FROM smsengage."MessageEngagement" WHERE "EventID" = 'ev-7';
SELECT 'S19 browser' AS row, "UserAgent" FROM smsengage."MessageEngagement" WHERE "EventID" = 'ev-7';
SELECT 'S20 error' AS row, "MessageID", "DeliveryErrorText", "DeliveryErrorCode" FROM smsengage."MessageEngagement" WHERE "EventType" = 'UNDELIVERED';
SELECT 'S20 issue' AS row, message_id, issue, possible_fix FROM smsengage.delivery_issue_report;
SELECT 'S21 person' AS row, i.individual_id, count(*) FROM smsengage.event e JOIN smsengage.individual i USING (individual_no) WHERE e.individual_no > 0 AND i.individual_id NOT LIKE 'tel:%' GROUP BY 2 ORDER BY 2;
-- the seed's own use case: links clicked at least three times in the past month, and by whom; asked on February 5
SELECT 'S22 segment' AS row, individual_id FROM smsengage.segment('click >= 3 in last 1 month', '2026-02-05');
SELECT 'S22 a month and a moment later' AS row, count(*) FROM smsengage.segment('click >= 3 in last 1 month', '2026-02-10 10:05:00.000001Z');
SELECT 'S22 calendar month' AS row, individual_id FROM smsengage.segment('click >= 1 in previous month', '2026-02-05') ORDER BY 2;
-- reports straight from the table: by type, send and day
SELECT 'S23 report' AS row, day, bulk_message, event_type, events, individuals FROM smsengage.engagement_report('2026-01-01', '2026-02-02') ORDER BY day, event_type, bulk_message NULLS FIRST;
SELECT 'S23 days' AS row, day, sent_by_event_date, not_sent_by_event_date, undelivered_by_event_date, clicks, unique_clickers, subscribes, unsubscribes, confirmations, helps
FROM smsengage.daily_event_report('UTC', '2026-01-01', '2026-02-02') WHERE sent_by_event_date + not_sent_by_event_date + undelivered_by_event_date + clicks + subscribes + unsubscribes + confirmations + helps > 0;
SELECT 'S23 sends' AS row, bulk_message, sent_by_event_date, clicks, unique_clickers, human_clicks FROM smsengage.campaign_report('2026-01-01', '2026-02-02') ORDER BY 2;
-- a report and a segment count the same people
SELECT 'S23 agrees with S22' AS row, r.unique_clickers, smsengage.segment_size('click[bulk_message = ''0Bm1''] >= 1 between ''2026-01-01'' and ''2026-02-02''', '2026-03-01') FROM smsengage.campaign_report('2026-01-01', '2026-02-02') r WHERE bulk_message = '0Bm1';
SELECT smsengage.drop_store(true);
