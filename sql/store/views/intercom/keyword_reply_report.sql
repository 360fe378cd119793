CREATE OR REPLACE VIEW smsengage.keyword_reply_report WITH (security_invoker = true) AS
SELECT a.event_time AS reply_time,
	a.event_key,
	(a.event_time AT TIME ZONE 'UTC')::date AS reply_date,
	a.account,
	a.individual_no,
	i.individual_id,
	a.recipient,
	a.sender_id,
	a.message_key::text AS message_key,
	a.bulk_message,
	a.send_time,
	a.message_text AS response,
	a.keyword,
	a.keyword_group,
	a.keyword_group IS NOT NULL AS is_keyword_reply,
	a.event_type
FROM (
	SELECT g.*, row_number() OVER (
			PARTITION BY g.keyword_group IS NULL, coalesce(g.message_key::text, ''), CASE WHEN g.recipient <> '' THEN g.recipient ELSE g.individual_no::text END, g.account
			ORDER BY g.event_time, g.event_key) AS no
	FROM (
		SELECT x.*, x.account_name AS account,
			CASE WHEN x.meaning <> 'reply' THEN x.meaning
				ELSE coalesce(CASE k.action WHEN 'START' THEN 'opt-in' WHEN 'STOP' THEN 'opt-out' WHEN 'HELP' THEN 'help' ELSE lower(k.action) END,
					lower(nullif(x.keyword, '')), CASE WHEN x.status_code = 'keyword_reply' THEN 'keyword' END) END AS keyword_group
		FROM smsengage.attributed_answers('-infinity', 'infinity') x
		CROSS JOIN LATERAL (
			SELECT coalesce(smsengage.keyword_action(x.message_text, x.sender_id, x.event_time, x.account_name, x.recipient),
				smsengage.keyword_action(x.keyword, x.sender_id, x.event_time, x.account_name, x.recipient)) AS action
		) k
	) g
) a
LEFT JOIN smsengage.individual i ON i.individual_no = a.individual_no
WHERE a.keyword_group IS NOT NULL OR a.no = 1;

COMMENT ON VIEW smsengage.keyword_reply_report IS 'Intercom''s response report, for every provider: every keyword reply with the group of its keyword, and of other answers the first of each recipient to each message (at one time, the one with the lower event_key). Answers belong to the message that the provider names, else to the last one sent to the number within 4 hours; other windows: attributed_answers(). One row per answer; its key is (reply_time, event_key).';
COMMENT ON COLUMN smsengage.keyword_reply_report.reply_time IS 'When it was written';
COMMENT ON COLUMN smsengage.keyword_reply_report.event_key IS 'Key of the event, with reply_time';
COMMENT ON COLUMN smsengage.keyword_reply_report.reply_date IS 'Day of reply_time (UTC)';
COMMENT ON COLUMN smsengage.keyword_reply_report.account IS 'Account that got it';
COMMENT ON COLUMN smsengage.keyword_reply_report.individual_no IS 'Number of the person; 0 if nobody is known';
COMMENT ON COLUMN smsengage.keyword_reply_report.individual_id IS 'The person, as the provider names it, or tel: and the number';
COMMENT ON COLUMN smsengage.keyword_reply_report.recipient IS 'The person''s number';
COMMENT ON COLUMN smsengage.keyword_reply_report.sender_id IS 'Our number that it was sent to';
COMMENT ON COLUMN smsengage.keyword_reply_report.message_key IS 'Key of the message answered; NULL if none could be found';
COMMENT ON COLUMN smsengage.keyword_reply_report.bulk_message IS 'Send of that message';
COMMENT ON COLUMN smsengage.keyword_reply_report.send_time IS 'When that message was sent';
COMMENT ON COLUMN smsengage.keyword_reply_report.response IS 'What was written';
COMMENT ON COLUMN smsengage.keyword_reply_report.keyword IS 'Keyword that was recognised';
COMMENT ON COLUMN smsengage.keyword_reply_report.keyword_group IS 'opt-in, opt-out or help by the keywords in force then, the group of a custom keyword, the keyword itself in small letters, or keyword where the provider does not say which (Intercom); NULL if it is no keyword reply';
COMMENT ON COLUMN smsengage.keyword_reply_report.is_keyword_reply IS 'Whether it is a keyword reply; if not, it is the first response';
COMMENT ON COLUMN smsengage.keyword_reply_report.event_type IS 'REPLY, SUBSCRIBE, UNSUBSCRIBE or HELP';
