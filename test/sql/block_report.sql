-- A report whose error or status names the number makes its record, whatever
-- its class; what the gate itself refused, and a delivered message, make none.
SET timezone = 'UTC';
SET client_min_messages = warning;
SELECT smsengage.create_store();

CREATE FUNCTION pg_temp.infobip(n integer, status jsonb, error jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT jsonb_build_object('results', jsonb_build_array(jsonb_build_object('messageId', 'i' || n, 'to', '1202555010' || n, 'from', '447700900999',
		'sentAt', '2025-06-01T10:00:00.000+0000', 'doneAt', '2025-06-01T10:00:05.000+0000', 'smsCount', 1, 'status', status, 'error', error)))::text $$;
SELECT n, i.*
FROM (VALUES
	(0, '{"groupId":5,"groupName":"REJECTED","id":99,"name":"REJECTED"}'::jsonb, '{"groupId":2,"id":2052,"name":"EC_DEST_ADDRESS_BLACKLISTED"}'::jsonb),
	(1, '{"groupId":5,"groupName":"REJECTED","id":14,"name":"REJECTED_DESTINATION_BLOCKLISTED"}', '{"groupId":0,"id":0,"name":"NO_ERROR"}'),
	(2, '{"groupId":5,"groupName":"REJECTED","id":14,"name":"REJECTED_DESTINATION_BLOCKLISTED"}', '{"groupId":3,"id":4096,"name":"EC_INVALID_PDU_FORMAT"}'),
	(3, '{"groupId":4,"groupName":"EXPIRED","id":15,"name":"EXPIRED_EXPIRED"}', '{"groupId":1,"id":1,"name":"EC_UNKNOWN_SUBSCRIBER"}'),
	(4, '{"groupId":1,"groupName":"PENDING","id":7,"name":"PENDING_ENROUTE"}', '{"groupId":1,"id":1,"name":"EC_UNKNOWN_SUBSCRIBER"}'),
	(5, '{"groupId":3,"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET"}', '{"groupId":1,"id":1,"name":"EC_UNKNOWN_SUBSCRIBER"}'),
	(6, '{"groupId":5,"groupName":"REJECTED","id":12,"name":"REJECTED_NOT_ENOUGH_CREDITS"}', '{"groupId":0,"id":0,"name":"NO_ERROR"}')) v(n, status, error)
CROSS JOIN LATERAL smsengage.ingest('infobip', pg_temp.infobip(n, status, error), 'shop') i
ORDER BY n;
SELECT * FROM smsengage.ingest('engagelab', '{"total":1,"rows":[{"message_id":"e1","to":"+12025550107","server":"sms","channel":"sms","itime":1748772005,"custom_args":{},
	"status":{"message_status":"sent_failed","status_data":{"msg_time":1748772000,"message_id":"e1","current_send_channel":"SMS"},"error_code":5013,"error_detail":{"message":"blacklist"}}}]}', 'shop');
SELECT * FROM smsengage.ingest('native', '[{"event_type":"NOT_SENT","event_time":"2025-06-01T10:00:00Z","recipient":"+12025550108","message_id":"n1","error_code":"500"},
	{"event_type":"UNDELIVERED","event_time":"2025-06-01T10:00:00Z","recipient":"+12025550109","message_id":"n2","error_code":"500"}]', 'shop');
SELECT recipient, code, scope, blocked_at FROM smsengage.block ORDER BY recipient COLLATE "C";
-- the same from the stored events
SELECT smsengage.rebuild_blocks();
SELECT recipient, code, scope, blocked_at FROM smsengage.block ORDER BY recipient COLLATE "C";
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);
