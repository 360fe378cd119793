-- Infobip: the data extensions of its connector for Salesforce Marketing
-- Cloud, attribute by attribute, and the values that a journey decides by, are
-- made of this. It holds the messages of every provider but Salesforce, whose
-- reports come part by part and rank by code (see transactional_event).
--
-- The index of event is on person and time; a report that names no
-- recipient belongs to nobody (0).
CREATE OR REPLACE VIEW smsengage.message_report WITH (security_invoker = true) AS
SELECT m.message_key::text AS message_key,
	m.account,
	m.provider,
	m.message_id,
	m.recipient,
	coalesce(e.parts, 1)::integer AS message_count,
	coalesce(nullif(e.recipient, ''), m.recipient) AS to_number,
	smsengage_internal.plain_amount(e.price)::numeric(38,6) AS price_per_message,
	e.price_currency,
	g.id AS status_group_id,
	g.name AS status_group_name,
	substring(e.status_code FROM '^[0-9]{1,9}$')::integer AS status_id,
	coalesce(e.status_name, s.name) AS status_name,
	coalesce(x.status ->> 'description', x."statusDescription", s.description) AS status_description,
	coalesce(g.error_id, er.group_id) AS error_group_id,
	coalesce(x.error ->> 'groupName', x."errorGroupName", er.group_name) AS error_group_name,
	substring(e.error_code FROM '^[0-9]{1,9}$')::integer AS error_id,
	coalesce(x.error ->> 'name', x."errorName", er.name) AS error_name,
	coalesce(e.error_text, er.description) AS error_description,
	coalesce(e.error_permanent, er.permanent) AS error_permanent,
	coalesce(e.callback_data, m.callback_data) AS callback_data,
	coalesce(e.sent_time, smsengage.sent_at(m.state)) AS sent_at,
	e.event_time AS done_at,
	-- a seen report names no channel and would decide by its own clock
	CASE WHEN smsengage.is_final(m.state)
		THEN coalesce(CASE WHEN e.is_outcome AND e.status_group = smsengage.status_group(m.state) THEN e.event_time END,
			smsengage.done_at(m.state)) END AS decided_at,
	smsengage.seen_at(m.state) AS seen_at,
	coalesce(e.sender_id, m.sender_id) AS from_sender,
	e.channel,
	coalesce(x."originalMCC", substring(x."mccMnc" FROM '^([0-9]{3})[0-9]{2,3}$')) AS original_mcc,
	coalesce(x."originalMNC", substring(x."mccMnc" FROM '^[0-9]{3}([0-9]{2,3})$')) AS original_mnc,
	coalesce(e.decides, true) AS decides,
	smsengage_internal.plain_amount(e.cost)::numeric(38,6) AS cost,
	-- only a failure can be tried again; an unknown code says nothing
	CASE WHEN e.is_outcome AND e.event_type <> 'DELIVERED'
		THEN NOT coalesce(e.error_permanent, er.permanent, s.permanent, false) AND coalesce(i.retryable, false) END AS retryable,
	x.regional::text AS regional,
	m.individual_no,
	m.first_time,
	smsengage.sent_at(m.state) AS first_sent_at,
	smsengage.decision_split(m.state) AS decision,
	smsengage.status_group(m.state) AS status_group,
	smsengage.delivered_to(m.state) AS delivered_to,
	smsengage.is_final(m.state) AS is_final,
	-- asked only where it is wanted, and beside the message in a cluster
	(SELECT coalesce(k.link_url, '')
	 FROM smsengage.event k
	 WHERE k.message_key = m.message_key AND k.event_type = 'CLICK' AND k.individual_no = m.individual_no
		AND k.event_time > least(m.first_time, smsengage.sent_at(m.state)) - interval '24 hours'
	 ORDER BY k.event_time DESC, k.event_key DESC
	 LIMIT 1) AS last_click_url
FROM smsengage.message m
LEFT JOIN LATERAL (
	-- of the channels, the one that has the message's outcome decides
	SELECT l.*,
		CASE WHEN min(l.price_currency) OVER () IS NOT DISTINCT FROM max(l.price_currency) OVER ()
			THEN sum(CASE l.provider WHEN 'infobip' THEN l.price * coalesce(l.parts, 1) ELSE l.price END) OVER () END AS cost,
		row_number() OVER (ORDER BY l.status_group = smsengage.status_group(m.state) DESC, l.event_time DESC, l.event_key DESC) = 1 AS decides
	FROM (
		-- of a channel's reports: final before others, then the latest
		SELECT DISTINCT ON (upper(coalesce(e.channel, 'SMS')))
			e.event_type IN ('DELIVERED', 'UNDELIVERED', 'EXPIRED', 'REJECTED', 'NOT_SENT') AS is_outcome,
			e.event_time, e.event_key, e.event_type, e.provider, e.parts, e.recipient, e.sender_id, e.channel,
			e.price, e.price_currency, e.status_code, e.status_name, e.error_code, e.error_text, e.error_permanent,
			e.callback_data, e.sent_time, e.extra,
			smsengage.status_group(smsengage_internal.event_state(e.provider, e.status_class, e.status_code, e.error_code,
				e.channel, e.part, e.event_time, e.sent_time, e.time_source)) AS status_group
		FROM smsengage.event e
		WHERE e.message_key = m.message_key
			AND e.event_time BETWEEN m.first_time AND m.last_time
			AND e.individual_no IN (0, m.individual_no)
			AND e.status_class IS NOT NULL AND e.event_type <> 'SEEN'
		ORDER BY upper(coalesce(e.channel, 'SMS')), is_outcome DESC,
			CASE WHEN e.time_source IS NULL THEN e.event_time END DESC NULLS LAST,
			e.status_class DESC, e.event_key DESC
	) l
) e ON true
LEFT JOIN LATERAL (
	-- no json_to_record(): it is not immutable, so that a cluster would gather all messages first
	SELECT e.extra -> 'status' AS status, e.extra -> 'error' AS error, e.extra -> 'regional' AS regional, e.extra ->> 'mccMnc' AS "mccMnc",
		e.extra ->> 'statusGroupId' AS "statusGroupId", e.extra ->> 'statusGroupName' AS "statusGroupName", e.extra ->> 'statusDescription' AS "statusDescription",
		e.extra ->> 'errorGroupId' AS "errorGroupId", e.extra ->> 'errorGroupName' AS "errorGroupName", e.extra ->> 'errorName' AS "errorName",
		e.extra ->> 'originalMCC' AS "originalMCC", e.extra ->> 'originalMNC' AS "originalMNC"
) x ON true
LEFT JOIN LATERAL (
	SELECT substring(coalesce(x.status ->> 'groupId', x."statusGroupId") FROM '^[0-9]{1,9}$')::integer AS id,
		substring(coalesce(x.error ->> 'groupId', x."errorGroupId") FROM '^[0-9]{1,9}$')::integer AS error_id
) given ON true
LEFT JOIN LATERAL (
	SELECT coalesce(given.id, smsengage.status_group_id(known.name)) AS id, given.error_id, known.name
	FROM (SELECT coalesce(x.status ->> 'groupName', x."statusGroupName",
		nullif(smsengage.status_group(e.provider, 'status', given.id, e.status_code), 'UNKNOWN'), e.status_group) AS name) known
) g ON true
LEFT JOIN smsengage.status_code s ON s.provider = e.provider AND s.event_class = 'status'
	AND s.code = e.status_code AND (s.group_id = g.id OR s.group_id IS NULL)
LEFT JOIN smsengage.status_code er ON er.provider = e.provider AND er.event_class = 'error'
	AND er.code = e.error_code AND (er.group_id = g.error_id OR er.group_id IS NULL)
LEFT JOIN smsengage.delivery_issue_reason i ON i.issue_no = coalesce(er.issue, s.issue)
WHERE m.provider NOT IN ('salesforce_ens', 'salesforce_dmo');

COMMENT ON VIEW smsengage.message_report IS 'What sms_delivery_report, omni_delivery_report, journey_data and message_detail are made of: a row per message and channel with the report that decides there (final before others, then the latest), or one row if the message has none. Every provider but Salesforce.';
COMMENT ON COLUMN smsengage.message_report.message_key IS 'Key of the message';
COMMENT ON COLUMN smsengage.message_report.message_id IS 'Id of the message (messageId)';
COMMENT ON COLUMN smsengage.message_report.recipient IS 'The number that it was sent to, of all its reports';
COMMENT ON COLUMN smsengage.message_report.message_count IS 'Parts the message was sent in; 1 if the report does not say (messageCount)';
COMMENT ON COLUMN smsengage.message_report.to_number IS 'Recipient, with + if it is an international number (to)';
COMMENT ON COLUMN smsengage.message_report.price_per_message IS 'Price of one part; the cost is this times message_count (pricePerMessage)';
COMMENT ON COLUMN smsengage.message_report.price_currency IS 'ISO 4217 code of the price (priceCurrency)';
COMMENT ON COLUMN smsengage.message_report.status_group_id IS '0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)';
COMMENT ON COLUMN smsengage.message_report.status_group_name IS 'Name of the group; decide by it, not by the beginning of status_name (statusGroupName)';
COMMENT ON COLUMN smsengage.message_report.status_id IS 'Id of the status, unique within its group only; NULL where the provider''s code is no number (statusId)';
COMMENT ON COLUMN smsengage.message_report.status_name IS 'Name of the status (statusName)';
COMMENT ON COLUMN smsengage.message_report.status_description IS 'What the status means (statusDescription)';
COMMENT ON COLUMN smsengage.message_report.error_group_id IS 'Id of the error group (errorGroupId)';
COMMENT ON COLUMN smsengage.message_report.error_group_name IS 'Name of the error group (errorGroupName)';
COMMENT ON COLUMN smsengage.message_report.error_id IS 'Id of the error, 0 for none; NULL where the provider''s code is no number (errorId)';
COMMENT ON COLUMN smsengage.message_report.error_name IS 'Name of the error (errorName)';
COMMENT ON COLUMN smsengage.message_report.error_description IS 'What the error means (errorDescription)';
COMMENT ON COLUMN smsengage.message_report.error_permanent IS 'Whether sending again cannot help, by the report, else by the code table (errorPermanent)';
COMMENT ON COLUMN smsengage.message_report.callback_data IS 'What the sender attached to the message; read a field with callback_field() (callbackData)';
COMMENT ON COLUMN smsengage.message_report.sent_at IS 'When the message was sent (sentAt)';
COMMENT ON COLUMN smsengage.message_report.done_at IS 'When the provider was finished with it, whatever the outcome (doneAt)';
COMMENT ON COLUMN smsengage.message_report.decided_at IS 'When the outcome of the message was reached; NULL while there is none';
COMMENT ON COLUMN smsengage.message_report.seen_at IS 'When the message was first seen (seenAt)';
COMMENT ON COLUMN smsengage.message_report.from_sender IS 'Our number or name (from)';
COMMENT ON COLUMN smsengage.message_report.channel IS 'The channel that the report names; NULL means SMS (channel)';
COMMENT ON COLUMN smsengage.message_report.original_mcc IS 'Mobile country code of the recipient (originalMCC)';
COMMENT ON COLUMN smsengage.message_report.original_mnc IS 'Mobile network code of the recipient (originalMNC)';
COMMENT ON COLUMN smsengage.message_report.decides IS 'Whether this channel decides what became of the message';
COMMENT ON COLUMN smsengage.message_report.cost IS 'What all channels of the message cost: Infobip price times parts, others the price; NULL if the currencies differ';
COMMENT ON COLUMN smsengage.message_report.retryable IS 'For a failure: whether the same message may arrive at another time, by the permanent flag and the delivery issue of the error, else of the status';
COMMENT ON COLUMN smsengage.message_report.regional IS 'Options of a country as in the request (indiaDlt, southKorea), if the payload has them, as JSON';
COMMENT ON COLUMN smsengage.message_report.individual_no IS 'Number of the person';
COMMENT ON COLUMN smsengage.message_report.first_time IS 'Time of the first report';
COMMENT ON COLUMN smsengage.message_report.first_sent_at IS 'Earliest time of sending that a report tells';
COMMENT ON COLUMN smsengage.message_report.decision IS 'DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome of the message is final, else NOT_AVAILABLE';
COMMENT ON COLUMN smsengage.message_report.status_group IS 'Status group of the message, of all its reports';
COMMENT ON COLUMN smsengage.message_report.delivered_to IS 'handset, or operator where the handset has not confirmed; NULL if not delivered';
COMMENT ON COLUMN smsengage.message_report.is_final IS 'Whether the message has an outcome';
COMMENT ON COLUMN smsengage.message_report.last_click_url IS 'Target of the last click on the message, empty if that names none; NULL without a click';
COMMENT ON COLUMN smsengage.message_report.account IS 'Account that the report was ingested for';
COMMENT ON COLUMN smsengage.message_report.provider IS 'Who reported it';
