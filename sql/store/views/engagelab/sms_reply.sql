CREATE OR REPLACE VIEW smsengage.sms_reply WITH (security_invoker = true) AS
SELECT e.event_time AS reply_time,
	coalesce(e.extra ->> 'operator', e.extra ->> 'mccMnc', e.extra ->> 'server', e.provider) AS operator,
	coalesce(e.template, m.template) AS template,
	coalesce(e.message_text, e.keyword) AS content,
	e.recipient AS phone,
	coalesce(e.extra #>> '{custom_args,label}', e.extra ->> 'label') AS label,
	e.account AS sms_user,
	e.sender_id,
	e.keyword,
	e.event_type,
	e.provider,
	e.event_key
FROM smsengage.event e
LEFT JOIN smsengage.message m ON m.message_key = e.message_key
WHERE e.event_type IN (:ANSWER_TYPES:, 'CONFIRMATION')
	AND (e.event_type = 'REPLY' OR e.message_text IS NOT NULL);

COMMENT ON VIEW smsengage.sms_reply IS 'EngageLab''s page SMS Reply, for every provider: one row per inbound message. Filter by its columns.';
COMMENT ON COLUMN smsengage.sms_reply.reply_time IS 'When it was written';
COMMENT ON COLUMN smsengage.sms_reply.operator IS 'The network it came by, if the provider says so; else the provider';
COMMENT ON COLUMN smsengage.sms_reply.template IS 'Template of the message replied to, if the provider says which';
COMMENT ON COLUMN smsengage.sms_reply.content IS 'Text of the reply, or its keyword';
COMMENT ON COLUMN smsengage.sms_reply.phone IS 'The person''s number';
COMMENT ON COLUMN smsengage.sms_reply.label IS 'Label, where the event has one';
COMMENT ON COLUMN smsengage.sms_reply.sms_user IS 'Account that got it (SMS_USER)';
COMMENT ON COLUMN smsengage.sms_reply.sender_id IS 'Our number that it was sent to';
COMMENT ON COLUMN smsengage.sms_reply.keyword IS 'Keyword that was recognised';
COMMENT ON COLUMN smsengage.sms_reply.event_type IS 'REPLY, or what its keyword means: SUBSCRIBE, UNSUBSCRIBE, HELP, CONFIRMATION';
COMMENT ON COLUMN smsengage.sms_reply.provider IS 'Which provider reported it';
COMMENT ON COLUMN smsengage.sms_reply.event_key IS 'Key of the event, with reply_time';
