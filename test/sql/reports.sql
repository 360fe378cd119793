-- Reports over real payloads of several providers: Infobip's summary by status
-- group, EngageLab's statistics, cost by part and by message, erasure.
\getenv abs_srcdir PG_ABS_SRCDIR
\pset format unaligned
\pset null '-'
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SELECT smsengage.create_store();
-- Infobip: a message of 2 parts delivered to the handset, one to the operator, one of 3 parts undelivered, one expired, rejected, pending
SELECT i.* FROM smsengage.ingest('infobip', (SELECT json_build_object('results', json_agg(json_build_object('bulkId', 'BULK-1', 'price', json_build_object('pricePerMessage', 0.01, 'currency', 'EUR'),
	'status', json_build_object('groupId', v.group_id, 'groupName', v.group_name, 'id', v.id, 'name', v.name, 'description', v.name),
	'error', json_build_object('groupId', v.error_group, 'groupName', v.error_group_name, 'id', v.error_id, 'name', v.error, 'description', v.error, 'permanent', v.error_group = 1),
	'messageId', v.message, 'to', '120255501' || v.no, 'from', 'InfoShop', 'sentAt', '2026-03-10T10:00:00.000+0000', 'doneAt', v.done, 'messageCount', v.parts)))::text
	FROM (VALUES ('i1', 30, 3, 'DELIVERED', 5, 'DELIVERED_TO_HANDSET', 0, 'OK', 0, 'NO_ERROR', '2026-03-10T10:00:04.000+0000', 2), ('i2', 31, 3, 'DELIVERED', 2, 'DELIVERED_TO_OPERATOR', 0, 'OK', 0, 'NO_ERROR', '2026-03-10T10:00:05.000+0000', 1),
		('i3', 32, 2, 'UNDELIVERABLE', 9, 'UNDELIVERABLE_NOT_DELIVERED', 1, 'HANDSET_ERRORS', 27, 'EC_ABSENT_SUBSCRIBER', '2026-03-10T10:05:00.000+0000', 3), ('i4', 33, 4, 'EXPIRED', 15, 'EXPIRED_EXPIRED', 1, 'HANDSET_ERRORS', 27, 'EC_ABSENT_SUBSCRIBER', '2026-03-12T10:00:00.000+0000', 1),
		('i5', 34, 5, 'REJECTED', 6, 'REJECTED_NETWORK', 0, 'OK', 0, 'NO_ERROR', '2026-03-10T10:00:01.000+0000', 1), ('i6', 35, 1, 'PENDING', 7, 'PENDING_ENROUTE', 0, 'OK', 0, 'NO_ERROR', '2026-03-10T10:00:01.000+0000', 1))
		v(message, no, group_id, group_name, id, name, error_group, error_group_name, error_id, error, done, parts))) i;
SELECT message_id, outcome, status_group_id, status_group, parts, price, cost, price_currency, country FROM smsengage.message_summary ORDER BY 1;
SELECT send_date, bulk_message, status_group_id, status_group, messages, parts, cost FROM smsengage.status_group_summary ORDER BY status_group_id;
SELECT attempted, not_sent, sent, delivered_handset, delivered_operator, failed, expired, pending, unknown, parts FROM smsengage.campaign_report('2026-03-10', '2026-03-11', at => '2026-03-12 09:59:59Z');
-- Infobip's deadline is 48 hours
SELECT pending, unknown FROM smsengage.campaign_report('2026-03-10', '2026-03-11', at => '2026-03-12 10:00Z');
-- by part: (2 + 1 + 3 + 1 + 1) x 0.01; the rejected one was not sent
SELECT price_currency, price_basis, sent, priced, parts, cost, cost_delivered, wasted_cost, cost_per_message FROM smsengage.cost_report('2026-03-10', '2026-03-11');
SELECT message_id, outcome, status_code, error_code, reason, issue, retryable FROM smsengage.delivery_issue_report ORDER BY 1;

-- EngageLab: the statistics are those of the status page
SELECT i.* FROM smsengage.ingest('engagelab', (SELECT json_build_object('total', 5, 'rows', json_agg(json_build_object('message_id', '197248899080420147' || v.no, 'to', '+1202555014' || v.no, 'server', 'sms', 'channel', 'sms', 'itime', 1773136810,
	'status', json_build_object('message_status', v.status, 'status_data', json_build_object('msg_time', 1773136800 + v.no, 'message_id', '197248899080420147' || v.no, 'current_send_channel', 'A', 'template_key', 'notice', 'business_id', '1001'), 'error_code', v.code))))::text
	FROM (VALUES (1, 'plan', 0), (2, 'sent', 0), (3, 'delivered', 0), (4, 'sent_failed', 4001), (5, 'delivered_failed', 5018)) v(no, status, code))) i;
SELECT send_date, sms_user, template, status, messages, entries, people FROM smsengage.status_statistics WHERE provider = 'engagelab' ORDER BY status;
SELECT count(*) AS differences FROM (SELECT sms_user, status, count(*) AS n FROM smsengage.sms_status GROUP BY 1, 2) p FULL JOIN (SELECT sms_user, status, sum(messages) AS n FROM smsengage.status_statistics GROUP BY 1, 2) s USING (sms_user, status)
WHERE p.n IS DISTINCT FROM s.n;
-- Salesforce ENS: SmsNotSent has a code space of its own
SELECT i.* FROM smsengage.ingest('salesforce_ens', '[{"eventCategoryType":"TransactionalSendEvents.SmsNotSent","timestampUTC":1773136800000,"compositeId":"c1","definitionKey":"reminder","mid":12,"eid":1,"info":{"messageKey":"e1","subscriberKey":"s1","statusCode":"1000","to":"12025550161"}},
	{"eventCategoryType":"TransactionalSendEvents.SmsBounced","timestampUTC":1773136800000,"compositeId":"c2","definitionKey":"reminder","mid":12,"eid":1,"info":{"messageKey":"e2","subscriberKey":"s2","statusCode":"4504","to":"12025550162","ordinal":0}}]') i;
SELECT message_id, outcome, status_code, issue FROM smsengage.delivery_issue_report WHERE provider = 'salesforce_ens' ORDER BY 1;
SELECT provider, attempted, not_sent, sent, failed FROM smsengage.provider_report('2026-03-10', '2026-03-11') ORDER BY 1;

-- the column follows the reports, whatever their order
SELECT count(*) AS messages, count(*) FILTER (WHERE send_time IS DISTINCT FROM smsengage.send_time(state, first_time)) AS differences FROM smsengage.message;
SELECT smsengage.ingest('infobip', json_build_object('results', json_build_array(json_build_object('bulkId', 'BULK-1', 'messageId', 'i1', 'to', '12025550130', 'sentAt', '2026-03-10T09:59:00.000+0000', 'doneAt', '2026-03-10T10:00:09.000+0000',
	'status', json_build_object('groupId', 3, 'groupName', 'DELIVERED', 'id', 5, 'name', 'DELIVERED_TO_HANDSET'))))::text);
SELECT message_id, send_time FROM smsengage.message WHERE message_id = 'i1';
SELECT indexname FROM pg_indexes WHERE schemaname = 'smsengage' AND tablename = 'message' ORDER BY 1;
-- erasure takes a person out of the counts, doctor and rebuild know of them
SELECT count(*) AS differences FROM smsengage.doctor();
SELECT sent FROM smsengage.campaign_report('2026-03-10', '2026-03-11') WHERE bulk_message = 'BULK-1';
SELECT part, n FROM smsengage.forget(recipient => '+12025550130', force => true) f(part, n) WHERE part IN ('event', 'message');
SELECT sent FROM smsengage.campaign_report('2026-03-10', '2026-03-11') WHERE bulk_message = 'BULK-1';
SELECT count(*) AS differences FROM smsengage.doctor();
DELETE FROM smsengage.outcome_tally WHERE outcome = 'expired';
SELECT part, item FROM smsengage.doctor() ORDER BY 2;
CALL smsengage.rebuild('outcome_tally');
SELECT count(*) AS differences FROM smsengage.doctor();
-- a message that was damaged is made anew, and counted anew
UPDATE smsengage.message SET bulk_message = 'other' WHERE message_id = 'i4';
CALL smsengage.rebuild('message');
SELECT count(*) AS differences FROM smsengage.doctor();
-- a store whose reports were lost gets them back
DROP TABLE smsengage.outcome_tally;
SELECT smsengage.migrate();
SELECT count(*) AS differences FROM smsengage.doctor();
SELECT sent, delivered, expired FROM smsengage.campaign_report('2026-03-10', '2026-03-11') WHERE bulk_message = 'BULK-1';
SELECT smsengage.drop_store(true);
