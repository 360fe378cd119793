-- Infobip: the data extensions of its connector for Salesforce Marketing
-- Cloud, attribute by attribute, and the values that a journey decides by.
--
-- The delivery views hold the messages of every provider but Salesforce, whose
-- reports come part by part and rank by code (see transactional_event).

CREATE FUNCTION smsengage.callback_field(callback_data text, field_name text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_callback_field' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.callback_field(text, text) IS 'A field of callback data: a string''s text, anything else as JSON; the first of its name that is not null. NULL if there is none, or the callback data is no JSON object; raises for no text.';

CREATE FUNCTION smsengage.infobip_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
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
		smsengage.plain_amount(e.price)::numeric(38,6) AS price_per_message,
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
		smsengage.plain_amount(e.cost)::numeric(38,6) AS cost,
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
				smsengage.status_group(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code,
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
	PERFORM smsengage.describe('smsengage.message_report', 'What sms_delivery_report, omni_delivery_report, journey_data and message_detail are made of: a row per message and channel with the report that decides there (final before others, then the latest), or one row if the message has none. Every provider but Salesforce.', $c$
		message_key: Key of the message
		message_id: Id of the message (messageId)
		recipient: The number that it was sent to, of all its reports
		message_count: Parts the message was sent in; 1 if the report does not say (messageCount)
		to_number: Recipient, with + if it is an international number (to)
		price_per_message: Price of one part; the cost is this times message_count (pricePerMessage)
		price_currency: ISO 4217 code of the price (priceCurrency)
		status_group_id: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)
		status_group_name: Name of the group; decide by it, not by the beginning of status_name (statusGroupName)
		status_id: Id of the status, unique within its group only; NULL where the provider's code is no number (statusId)
		status_name: Name of the status (statusName)
		status_description: What the status means (statusDescription)
		error_group_id: Id of the error group (errorGroupId)
		error_group_name: Name of the error group (errorGroupName)
		error_id: Id of the error, 0 for none; NULL where the provider's code is no number (errorId)
		error_name: Name of the error (errorName)
		error_description: What the error means (errorDescription)
		error_permanent: Whether sending again cannot help, by the report, else by the code table (errorPermanent)
		callback_data: What the sender attached to the message; read a field with callback_field() (callbackData)
		sent_at: When the message was sent (sentAt)
		done_at: When the provider was finished with it, whatever the outcome (doneAt)
		decided_at: When the outcome of the message was reached; NULL while there is none
		seen_at: When the message was first seen (seenAt)
		from_sender: Our number or name (from)
		channel: The channel that the report names; NULL means SMS (channel)
		original_mcc: Mobile country code of the recipient (originalMCC)
		original_mnc: Mobile network code of the recipient (originalMNC)
		decides: Whether this channel decides what became of the message
		cost: What all channels of the message cost: Infobip price times parts, others the price; NULL if the currencies differ
		retryable: For a failure: whether the same message may arrive at another time, by the permanent flag and the delivery issue of the error, else of the status
		regional: Options of a country as in the request (indiaDlt, southKorea), if the payload has them, as JSON
		individual_no: Number of the person
		first_time: Time of the first report
		first_sent_at: Earliest time of sending that a report tells
		decision: DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome of the message is final, else NOT_AVAILABLE
		status_group: Status group of the message, of all its reports
		delivered_to: handset, or operator where the handset has not confirmed; NULL if not delivered
		is_final: Whether the message has an outcome
		last_click_url: Target of the last click on the message, empty if that names none; NULL without a click
		account: Account that the report was ingested for
		provider: Who reported it$c$);

	CREATE OR REPLACE VIEW smsengage.sms_delivery_report WITH (security_invoker = true) AS
	SELECT r.message_id, r.message_count, r.to_number, r.price_per_message, r.price_currency,
		r.status_group_id, r.status_group_name, r.status_id, r.status_name, r.status_description,
		r.error_group_id, r.error_group_name, r.error_id, r.error_name, r.error_description, r.error_permanent,
		r.callback_data, r.sent_at, r.done_at,
		r.original_mcc, r.original_mnc, r.channel,
		r.account, r.provider, r.message_key
	FROM smsengage.message_report r
	WHERE r.done_at IS NOT NULL AND upper(coalesce(r.channel, 'SMS')) IN ('SMS', 'LMS');
	PERFORM smsengage.describe('smsengage.sms_delivery_report', 'Infobip''s data extension "SMS Delivery Reports" (SMS and LMS): the report that decides, one row per message and channel.', $c$
		message_id: Id of the message (messageId)
		message_count: Parts the message was sent in; 1 if the report does not say (messageCount)
		to_number: Recipient, with + if it is an international number (to)
		price_per_message: Price of one part; the cost is this times message_count (pricePerMessage)
		price_currency: ISO 4217 code of the price (priceCurrency)
		status_group_id: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)
		status_group_name: Name of the group; decide by it, not by the beginning of status_name (statusGroupName)
		status_id: Id of the status, unique within its group only; NULL where the provider's code is no number (statusId)
		status_name: Name of the status (statusName)
		status_description: What the status means (statusDescription)
		error_group_id: Id of the error group (errorGroupId)
		error_group_name: Name of the error group (errorGroupName)
		error_id: Id of the error, 0 for none; NULL where the provider's code is no number (errorId)
		error_name: Name of the error (errorName)
		error_description: What the error means (errorDescription)
		error_permanent: Whether sending again cannot help, by the report, else by the code table (errorPermanent)
		callback_data: What the sender attached to the message; read a field with callback_field() (callbackData)
		sent_at: When the message was sent (sentAt)
		done_at: When the provider was finished with it, whatever the outcome (doneAt)
		original_mcc: Mobile country code of the recipient (originalMCC; of other reports the first three digits of mccMnc)
		original_mnc: Mobile network code of the recipient (originalMNC; of other reports the rest of mccMnc)
		channel: SMS or LMS; NULL if the report names none (channel)
		account: Account that the report was ingested for
		provider: Who reported it
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.omni_delivery_report WITH (security_invoker = true) AS
	SELECT r.message_id, r.message_count, r.to_number, r.price_per_message, r.price_currency,
		r.status_group_id, r.status_group_name, r.status_id, r.status_name, r.status_description,
		r.error_group_id, r.error_group_name, r.error_id, r.error_name, r.error_description, r.error_permanent,
		r.callback_data, r.sent_at, r.done_at,
		r.seen_at, r.from_sender, r.channel,
		r.account, r.provider, r.message_key
	FROM smsengage.message_report r
	WHERE r.done_at IS NOT NULL AND upper(r.channel) NOT IN ('SMS', 'LMS');
	PERFORM smsengage.describe('smsengage.omni_delivery_report', 'Infobip''s data extension "Omni Reports" (MMS, Viber, WhatsApp, RCS, Kakao): the report that decides, one row per message and channel. A report that names no channel counts as SMS.', $c$
		message_id: Id of the message (messageId)
		message_count: Parts the message was sent in; 1 if the report does not say (messageCount)
		to_number: Recipient, with + if it is an international number (to)
		price_per_message: Price of one part; the cost is this times message_count (pricePerMessage)
		price_currency: ISO 4217 code of the price (priceCurrency)
		status_group_id: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)
		status_group_name: Name of the group; decide by it, not by the beginning of status_name (statusGroupName)
		status_id: Id of the status, unique within its group only; NULL where the provider's code is no number (statusId)
		status_name: Name of the status (statusName)
		status_description: What the status means (statusDescription)
		error_group_id: Id of the error group (errorGroupId)
		error_group_name: Name of the error group (errorGroupName)
		error_id: Id of the error, 0 for none; NULL where the provider's code is no number (errorId)
		error_name: Name of the error (errorName)
		error_description: What the error means (errorDescription)
		error_permanent: Whether sending again cannot help, by the report, else by the code table (errorPermanent)
		callback_data: What the sender attached to the message; read a field with callback_field() (callbackData)
		sent_at: When the message was sent (sentAt)
		done_at: When the provider was finished with it, whatever the outcome (doneAt)
		seen_at: When the message was first seen; NULL if not (seenAt)
		from_sender: Our number or name (from)
		channel: The channel that the report names (channel)
		account: Account that the report was ingested for
		provider: Who reported it
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.unified_url_tracking WITH (security_invoker = true) AS
	SELECT 'CLICKED'::text AS notification_type,
		e.message_id,
		nullif(e.recipient, '') AS recipient,
		e.link_url AS url,
		e.event_time AS send_date_time,
		e.device_type,
		e.os,
		e.device_name,
		coalesce(e.callback_data, m.callback_data) AS callback_data,
		coalesce(e.channel, (
			SELECT r.channel
			FROM smsengage.reports(m.state) r
			ORDER BY r.class IN ('delivered', 'seen') DESC, r.at DESC NULLS LAST, r.channel
			LIMIT 1), 'SMS') AS channel,
		e.account,
		e.provider,
		e.event_key
	FROM smsengage.event e
	LEFT JOIN smsengage.message m ON m.message_key = e.message_key
	WHERE e.event_type = 'CLICK';
	PERFORM smsengage.describe('smsengage.unified_url_tracking', 'Infobip''s data extension "Unified URL Tracking": one row per click, of every provider. Links that are shortened and not tracked (WhatsApp headers and template buttons) make no clicks; link previews and scanners do.', $c$
		notification_type: CLICKED (notificationType)
		message_id: Id of the message (messageId)
		recipient: Who clicked (recipient)
		url: What was clicked; compare it exactly to split by link (url)
		send_date_time: When it was clicked, in spite of its name (sendDateTime)
		device_type: Phone or desktop (deviceType)
		os: Operating system of the device (os)
		device_name: Maker of the device (deviceName)
		callback_data: What the sender attached to the message (callbackData)
		channel: Channel of the click; if it names none, the one that delivered the message; else SMS (channel)
		account: Account that the click was ingested for
		provider: Who reported it
		event_key: Key of the event, with send_date_time$c$);

	CREATE OR REPLACE VIEW smsengage.sms_url_tracking WITH (security_invoker = true) AS
	SELECT u.notification_type, u.message_id, u.recipient, u.url,
		trunc(extract(epoch FROM u.send_date_time) * 1000)::bigint::text AS send_date_time,
		u.device_type, u.os, u.device_name, u.callback_data, u.account, u.provider, u.event_key
	FROM smsengage.unified_url_tracking u
	WHERE upper(u.channel) IN ('SMS', 'LMS');
	PERFORM smsengage.describe('smsengage.sms_url_tracking', 'Infobip''s data extension "SMS URL Tracking": clicks in SMS and LMS.', $c$
		notification_type: CLICKED (notificationType)
		message_id: Id of the message (messageId)
		recipient: Who clicked (recipient)
		url: What was clicked; compare it exactly to split by link (url)
		send_date_time: When it was clicked, in spite of its name: milliseconds since 1970, as Infobip posts it (sendDateTime)
		device_type: Phone or desktop (deviceType)
		os: Operating system of the device (os)
		device_name: Maker of the device (deviceName)
		callback_data: What the sender attached to the message (callbackData)
		account: Account that the click was ingested for
		provider: Who reported it
		event_key: Key of the event$c$);

	CREATE OR REPLACE VIEW smsengage.viber_url_tracking WITH (security_invoker = true) AS
	SELECT u.notification_type, u.message_id, u.recipient, u.url,
		trunc(extract(epoch FROM u.send_date_time) * 1000)::bigint::text AS send_date_time,
		u.device_type, u.os, u.device_name, u.callback_data, u.account, u.provider, u.event_key
	FROM smsengage.unified_url_tracking u
	WHERE upper(u.channel) LIKE 'VIBER%';
	PERFORM smsengage.describe('smsengage.viber_url_tracking', 'Infobip''s data extension "Viber URL Tracking" (deprecated there): clicks in Viber messages.', $c$
		notification_type: CLICKED (notificationType)
		message_id: Id of the message (messageId)
		recipient: Who clicked (recipient)
		url: What was clicked; compare it exactly to split by link (url)
		send_date_time: When it was clicked, in spite of its name: milliseconds since 1970, as Infobip posts it (sendDateTime)
		device_type: Phone or desktop (deviceType)
		os: Operating system of the device (os)
		device_name: Maker of the device (deviceName)
		callback_data: What the sender attached to the message (callbackData)
		account: Account that the click was ingested for
		provider: Who reported it
		event_key: Key of the event$c$);

	CREATE OR REPLACE VIEW smsengage.inbound_message WITH (security_invoker = true) AS
	SELECT e.event_id AS message_id,
		e.channel,
		nullif(e.recipient, '') AS from_number,
		e.sender_id AS to_number,
		e.extra #>> '{content,0,type}' AS content_type,
		e.message_text,
		coalesce(e.extra ->> 'cleanText', e.extra #>> '{content,0,cleanText}', e.extra #>> '{message,cleanText}') AS clean_text,
		e.keyword,
		e.event_time AS received_at,
		e.parts::integer AS message_count,
		smsengage.plain_amount(e.price)::numeric(38,6) AS price_per_message,
		e.price_currency,
		e.callback_data,
		e.message_id AS paired_message_id,
		e.account,
		e.provider,
		e.event_key
	FROM smsengage.event e
	WHERE e.event_type = 'REPLY'
		OR (e.event_type IN ('SUBSCRIBE', 'UNSUBSCRIBE', 'HELP') AND coalesce(e.message_text, e.keyword) IS NOT NULL);
	PERFORM smsengage.describe('smsengage.inbound_message', 'Infobip''s data extension "Inbound Messages", whose attributes it does not publish; here those of the inbound payload. One row per message from a person, of every provider. The connector stores text only: that is content_type TEXT or NULL.', $c$
		message_id: Id of the inbound message (messageId)
		channel: Channel it came by; NULL if none is named, which means SMS (channel)
		from_number: The person (from; in the Messages API sender)
		to_number: Our number or name (to; in the Messages API destination)
		content_type: TEXT, IMAGE, BUTTON_REPLY, ... if the payload says so (content.type)
		message_text: Text or caption; NULL if it has none (text)
		clean_text: Text without the keyword (cleanText)
		keyword: Keyword that the provider recognised (keyword)
		received_at: When it arrived at the provider (receivedAt)
		message_count: Parts it was sent in (messageCount, smsCount)
		price_per_message: Price of one part (price.pricePerMessage)
		price_currency: ISO 4217 code of the price (price.currency)
		callback_data: What was attached to the message that it answers, or to the number (callbackData)
		paired_message_id: The message that it answers, if the provider knows (pairedMessageId)
		account: Account that it was ingested for
		provider: Who reported it
		event_key: Key of the event, with received_at$c$);

	CREATE OR REPLACE VIEW smsengage.journey_report WITH (security_invoker = true) AS
	SELECT r.message_id,
		coalesce(r.status_name, r.decision) AS status_name,
		coalesce(r.status_group_name, r.status_group) AS status_group_name,
		r.decision,
		r.error_name,
		r.first_sent_at AS sent_at,
		r.decided_at AS done_at,
		r.seen_at,
		CASE WHEN r.seen_at IS NULL THEN 'NOT_SEEN' ELSE 'SEEN' END AS seen,
		coalesce(c.url, 'NOT_CLICKED') AS url,
		CASE WHEN c.url IS NULL THEN 'NOT_CLICKED' ELSE 'CLICKED' END AS clicked,
		r.account,
		r.provider,
		r.recipient,
		r.message_key
	FROM smsengage.message_report r
	-- a fence: asked once
	CROSS JOIN LATERAL (SELECT r.last_click_url AS url GROUP BY 1) c
	WHERE r.decides;
	PERFORM smsengage.describe('smsengage.journey_report', 'What journey_data and journey_status() are made of.', $c$
		message_id: Id of the message
		status_name: Name of the status in the report that decides (statusName)
		status_group_name: Its group (statusGroupName)
		decision: DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, by the group and not by how the name begins; else NOT_AVAILABLE
		error_name: Name of the error (errorName)
		sent_at: When the message was sent (sentAt)
		done_at: When the outcome was reached; NULL while there is none (doneAt)
		seen_at: When it was first seen (seenAt)
		seen: SEEN or NOT_SEEN
		url: What the recipient clicked last, or NOT_CLICKED; all clicks are in unified_url_tracking (url)
		clicked: CLICKED or NOT_CLICKED
		account: Account of the message
		provider: Who reported it
		recipient: The number that it was sent to
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.journey_data WITH (security_invoker = true) AS
	SELECT j.message_id, j.status_name, j.status_group_name, j.decision, j.error_name, j.sent_at, j.done_at, j.seen_at, j.seen,
		j.url, j.clicked, j.account, j.provider, j.message_key
	FROM smsengage.journey_report j;
	PERFORM smsengage.describe('smsengage.journey_data', 'What Infobip''s connector writes into Journey Data for a decision split: one row per message that has a report, of every provider but Salesforce. For one message, also an unknown one, see journey_status().', $c$
		message_id: Id of the message
		status_name: Name of the status in the report that decides (statusName)
		status_group_name: Its group (statusGroupName)
		decision: DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, by the group and not by how the name begins; else NOT_AVAILABLE
		error_name: Name of the error (errorName)
		sent_at: When the message was sent (sentAt)
		done_at: When the outcome was reached; NULL while there is none (doneAt)
		seen_at: When it was first seen (seenAt)
		seen: SEEN or NOT_SEEN
		url: What the recipient clicked last, or NOT_CLICKED; all clicks are in unified_url_tracking (url)
		clicked: CLICKED or NOT_CLICKED
		account: Account of the message
		provider: Who reported it
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.message_detail WITH (security_invoker = true) AS
	SELECT r.message_id,
		r.to_number AS recipient,
		r.from_sender AS sender_id,
		r.channel,
		r.decision,
		r.delivered_to,
		r.retryable,
		CASE WHEN NOT r.is_final THEN r.first_sent_at + interval '48 hours' END AS expires_at,
		r.cost,
		r.price_currency,
		coalesce(smsengage.callback_field(r.callback_data, 'principalEntityId'), r.regional::json #>> '{indiaDlt,principalEntityId}') AS principal_entity_id,
		coalesce(smsengage.callback_field(r.callback_data, 'contentTemplateId'), r.regional::json #>> '{indiaDlt,contentTemplateId}') AS content_template_id,
		coalesce(smsengage.callback_field(r.callback_data, 'resellerCode'), r.regional::json #>> '{southKorea,resellerCode}') AS reseller_code,
		coalesce(smsengage.callback_field(r.callback_data, 'test') = 'true', false) AS is_test,
		r.account,
		r.provider,
		r.message_key
	FROM smsengage.message_report r
	WHERE r.decides;
	PERFORM smsengage.describe('smsengage.message_detail', 'What else is known about a message, one row each, of every provider but Salesforce.', $c$
		message_id: Id of the message
		recipient: The person's number
		sender_id: Our number or name
		channel: The channel that decides; NULL means SMS
		decision: DELIVERED, UNDELIVERABLE, REJECTED, EXPIRED or NOT_AVAILABLE, as in journey_data
		delivered_to: handset, or operator where the handset has not confirmed; NULL if not delivered
		retryable: For a failure: whether the same message may arrive at another time; not if the error is permanent
		expires_at: While the outcome is open: end of Infobip's default validity, 48 hours after sending; another validity counts from sent_at of journey_data
		cost: What all channels cost: Infobip price times parts, others the price
		price_currency: ISO 4217 code of the cost
		principal_entity_id: India DLT: entity, from the callback data or regional.indiaDlt of the payload
		content_template_id: India DLT: template, from the same places
		reseller_code: LMS in South Korea, from the callback data or regional.southKorea of the payload
		is_test: Whether the callback data has a field test that is true
		account: Account of the message
		provider: Who reported it
		message_key: Key of the message$c$);
END
$$;
COMMENT ON FUNCTION smsengage.infobip_views() IS 'Makes or replaces the views of Infobip''s data extensions. Used by migrate().';

CREATE FUNCTION smsengage.journey_status(message_id text, account text DEFAULT NULL)
RETURNS TABLE (status_name text, status_group_name text, decision text, error_name text, sent_at timestamptz,
	done_at timestamptz, seen_at timestamptz, seen text, url text, clicked text)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key uuid := smsengage.content_digest('infobip', coalesce(journey_status.account, ''), journey_status.message_id);
	number text := (SELECT m.recipient FROM smsengage.message m WHERE m.message_key = key);
BEGIN
	-- by the number, as that has an index which reaches into the view
	RETURN QUERY
	SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
	FROM smsengage.journey_report d
	WHERE d.message_key = key::text AND d.recipient = number;
	IF NOT FOUND AND number IS NULL THEN
		RETURN QUERY
		SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
		FROM smsengage.journey_report d
		WHERE d.message_key = key::text AND d.recipient IS NULL;
	END IF;
	IF NOT FOUND AND journey_status.account IS NULL THEN
		RETURN QUERY
		SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
		FROM smsengage.journey_report d
		WHERE d.provider = 'infobip' AND d.message_id = journey_status.message_id;
	END IF;
	IF NOT FOUND THEN
		RETURN QUERY VALUES ('NOT_AVAILABLE', 'NOT_AVAILABLE', 'NOT_AVAILABLE', NULL::text, NULL::timestamptz,
			NULL::timestamptz, NULL::timestamptz, 'NOT_SEEN', 'NOT_CLICKED', 'NOT_CLICKED');
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.journey_status(text, text) IS 'The row of journey_data for a message of Infobip; NOT_AVAILABLE, NOT_SEEN and NOT_CLICKED if no report has arrived. Without an account, a message ingested without one; if there is none, of any account (which reads all messages).';
