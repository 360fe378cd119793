-- Reports: the views and functions of the reports that the vendors' own screens
-- show.

CREATE FUNCTION smsengage.event_issue(provider text, event_type text, status_code text, error_code text, error_text text,
	OUT issue text, OUT meaning text, OUT possible_fix text, OUT retryable boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- SmsNotSent of ENS has a code space of its own
	IF provider = 'salesforce_ens' AND event_type = 'NOT_SENT' THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, 'not_sent', NULL, status_code) d;
	END IF;
	IF issue IS NULL AND nullif(error_code, '0') IS NOT NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_code) d;
	END IF;
	IF issue IS NULL AND NOT (provider = 'salesforce_ens' AND event_type = 'NOT_SENT') THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, status_code) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_text) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.issue, d.meaning, d.possible_fix, d.retryable INTO issue, meaning, possible_fix, retryable
		FROM smsengage.delivery_issues() d WHERE d.kind = CASE event_type WHEN 'EXPIRED' THEN 'unreachable' ELSE 'account' END;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.event_issue(text, text, text, text, text) IS 'Intercom''s delivery issue behind a failure, from the columns of its event: by the error code, else the status code, else the text. Without a code that a table has, an expired message is "Recipient number was unreachable", any other "Something went wrong". Used by the reports of delivery issues.';

CREATE FUNCTION smsengage.report_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.message_summary WITH (security_invoker = true) AS
	SELECT m.message_key::text AS message_key,
		m.message_id,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		m.template,
		m.sender_id,
		m.recipient,
		smsengage.country_of(m.recipient) AS country,
		m.individual_no,
		i.individual_id,
		smsengage.send_time(m.state, m.first_time) AS send_time,
		(smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		CASE WHEN smsengage.message_outcome(m.state) = 'delivered' THEN smsengage.done_at(m.state) END AS delivered_time,
		smsengage.done_at(m.state) AS done_time,
		smsengage.seen_at(m.state) AS seen_time,
		m.last_time AS update_time,
		CASE WHEN smsengage.message_outcome(m.state) <> 'open' THEN smsengage.message_outcome(m.state)
			WHEN smsengage.cell_start(1, smsengage.send_time(m.state, m.first_time)) + make_interval(hours => coalesce(d.deadline_hours, other.deadline_hours)) <= now() THEN 'unknown'
			ELSE 'pending' END AS outcome,
		smsengage.status_group_id(m.state) AS status_group_id,
		smsengage.status_group(m.state) AS status_group,
		smsengage.status_class(m.state) AS status_class,
		smsengage.status_category(m.state) AS status_category,
		smsengage.status_code(m.state) AS status_code,
		smsengage.is_final(m.state) AS is_final,
		smsengage.is_conflicting(m.state) AS is_conflicting,
		smsengage.billed_parts(m.state, m.parts) AS parts,
		smsengage.parts_known(m.state) > 1 AND smsengage.parts_delivered(m.state) BETWEEN 1 AND smsengage.parts_known(m.state) - 1 AS partly_delivered,
		smsengage.plain_amount(m.price)::numeric(38,6) AS price,
		smsengage.plain_amount(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts)))::numeric(38,6) AS cost,
		m.price_currency,
		smsengage.is_test(m.callback_data) AS is_test
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	LEFT JOIN smsengage.delivery_deadline d ON d.provider = m.provider
	LEFT JOIN smsengage.delivery_deadline other ON other.provider = '';
	PERFORM smsengage.describe('smsengage.message_summary', 'Every message with delivery reports: whom it went to, when, and how it ended. One row per message; its key is message_key. Made for filtering by any column.', $c$
		message_key: Key of the message
		message_id: The provider's id of the message
		account: Account that sent it
		provider: Which provider reported it
		channel: Channel; SMS if the reports name none
		bulk_message: Send that it belongs to
		template: Template of it
		sender_id: Our number, short code or name
		recipient: The person's number; empty if none
		country: Country of the number (ISO 3166-1 alpha-2)
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		send_time: When it was sent; the earliest report where none tells
		send_date: Day of send_time (UTC)
		delivered_time: When it was delivered to the handset
		done_time: When its outcome came about, whatever it is
		seen_time: When it was displayed, if reported
		update_time: Time of its latest report
		outcome: delivered (to the handset), operator (confirmed no further), failed, expired, not_sent, pending, or unknown once the provider's deadline has passed
		status_group_id: Infobip's id of the status group, 0 to 5
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		status_class: Class of the deciding report
		status_category: EngageLab's category: Sending, Wait result, Delivered, Process failed, Send failed
		status_code: The provider's code in the deciding report
		is_final: Whether it has an outcome that is final
		is_conflicting: Whether two different outcomes were reported for one part
		parts: Parts that it was billed as, at least 1
		partly_delivered: Whether some of its parts were delivered and others not
		price: As the provider states it; Infobip: of one part
		cost: What the message cost, in price_currency
		price_currency: ISO 4217 code
		is_test: Whether it is a test, by its callback data; reports leave it out$c$);

	CREATE OR REPLACE VIEW smsengage.delivery_issue_report WITH (security_invoker = true) AS
	SELECT m.message_key::text AS message_key,
		m.message_id,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		m.template,
		m.sender_id,
		m.recipient,
		m.individual_no,
		i.individual_id,
		smsengage.send_time(m.state, m.first_time) AS send_time,
		(smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		smsengage.done_at(m.state) AS issue_time,
		smsengage.message_outcome(m.state) AS outcome,
		e.status_code,
		e.error_code,
		CASE WHEN e.error_code = '0' THEN coalesce(e.status_name, e.error_text) ELSE coalesce(e.error_text, e.status_name) END AS reason,
		x.issue,
		x.meaning,
		x.possible_fix,
		x.retryable,
		smsengage.is_test(m.callback_data) AS is_test
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	CROSS JOIN LATERAL (
		SELECT CASE smsengage.message_outcome(m.state) WHEN 'not_sent' THEN 3 WHEN 'expired' THEN 7 ELSE 8 END AS status_class
	) c
	LEFT JOIN LATERAL (
		SELECT k.event_type, k.status_code, k.status_name, k.error_code, k.error_text
		FROM smsengage.event k
		WHERE k.message_key = m.message_key AND k.individual_no IN (m.individual_no, 0)
			AND k.event_time BETWEEN m.first_time AND m.last_time AND k.status_class = c.status_class
		ORDER BY k.event_time DESC, k.event_key
		LIMIT 1
	) e ON true
	CROSS JOIN LATERAL smsengage.event_issue(m.provider, e.event_type, e.status_code, e.error_code, e.error_text) x
	WHERE smsengage.message_outcome(m.state) IN ('failed', 'expired', 'not_sent');
	PERFORM smsengage.describe('smsengage.delivery_issue_report', 'Intercom''s delivery issues, for every provider: which message failed to reach whom, why, what that means and what can be done. One row per message that failed, expired or was not sent; its key is message_key.', $c$
		message_key: Key of the message
		message_id: The provider's id of the message
		account: Account that sent it
		provider: Which provider reported it
		channel: Channel; SMS if the reports name none
		bulk_message: Send that it belongs to
		template: Template of it
		sender_id: Our number, short code or name
		recipient: The person's number; empty if none
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		send_time: When it was sent; the earliest report where none tells
		send_date: Day of send_time (UTC)
		issue_time: When the failure came about
		outcome: failed, expired or not_sent
		status_code: The provider's status code
		error_code: The provider's error code
		reason: The provider's own words
		issue: One of Intercom's eight issue reasons
		meaning: What the issue means
		possible_fix: What can be done about it
		retryable: Whether sending again can help
		is_test: Whether it is a test, by its callback data; counts leave it out$c$);

	CREATE OR REPLACE VIEW smsengage.delivery_issue_summary WITH (security_invoker = true) AS
	SELECT r.account, r.bulk_message, r.send_date, r.provider, r.channel, r.issue, r.meaning, r.possible_fix, r.retryable,
		count(*) AS delivery_issues,
		count(DISTINCT nullif(r.individual_no, 0)) AS people,
		min(r.issue_time) AS first_issue_time,
		max(r.issue_time) AS last_issue_time
	FROM smsengage.delivery_issue_report r
	WHERE NOT r.is_test
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
	PERFORM smsengage.describe('smsengage.delivery_issue_summary', 'Delivery issues counted, with meaning and fix. Its key is (account, bulk_message, send_date, provider, channel, issue).', $c$
		account: Account that sent them
		bulk_message: Send that they belong to
		send_date: Day of sending (UTC)
		provider: Which provider reported them
		channel: Channel
		issue: One of Intercom's eight issue reasons
		meaning: What the issue means
		possible_fix: What can be done about it
		retryable: Whether sending again can help
		delivery_issues: Number of messages
		people: Number of different people; does not add up over rows
		first_issue_time: When the first failure came about
		last_issue_time: When the last one did$c$);

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
	PERFORM smsengage.describe('smsengage.keyword_reply_report', 'Intercom''s response report, for every provider: every keyword reply with the group of its keyword, and of other answers the first of each recipient to each message (at one time, the one with the lower event_key). Answers belong to the message that the provider names, else to the last one sent to the number within 4 hours; other windows: attributed_answers(). One row per answer; its key is (reply_time, event_key).', $c$
		reply_time: When it was written
		event_key: Key of the event, with reply_time
		reply_date: Day of reply_time (UTC)
		account: Account that got it
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		recipient: The person's number
		sender_id: Our number that it was sent to
		message_key: Key of the message answered; NULL if none could be found
		bulk_message: Send of that message
		send_time: When that message was sent
		response: What was written
		keyword: Keyword that was recognised
		keyword_group: opt-in, opt-out or help by the keywords in force then, the group of a custom keyword, the keyword itself in small letters, or keyword where the provider does not say which (Intercom); NULL if it is no keyword reply
		is_keyword_reply: Whether it is a keyword reply; if not, it is the first response
		event_type: REPLY, SUBSCRIBE, UNSUBSCRIBE or HELP$c$);

	CREATE OR REPLACE VIEW smsengage.outbound_message_report WITH (security_invoker = true) AS
	WITH reply AS MATERIALIZED (
		SELECT k.account, k.bulk_message, k.message_key::uuid AS message_key, k.is_keyword_reply FROM smsengage.keyword_reply_report k
	)
	SELECT m.account,
		m.bulk_message,
		m.channel,
		m.send_date,
		m.first_send_time,
		m.last_send_time,
		m.sent,
		m.delivered,
		m.delivered_people,
		m.first_delivered_time,
		m.last_delivered_time,
		m.delivery_issues,
		m.issue_people,
		coalesce(r.keyword_replies, 0) AS keyword_replies,
		coalesce(r.first_responses, 0) AS first_responses,
		smsengage.rate(m.delivered, m.sent)::numeric(9,6) AS delivery_rate
	FROM (
		SELECT k.account, k.bulk_message, coalesce(k.channel, 'SMS') AS channel, min((f.send_time AT TIME ZONE 'UTC')::date) AS send_date,
			min(f.send_time) AS first_send_time, max(f.send_time) AS last_send_time,
			count(*) FILTER (WHERE f.outcome <> 'not_sent') AS sent,
			count(*) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered,
			count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered_people,
			min(f.delivered_time) AS first_delivered_time, max(f.delivered_time) AS last_delivered_time,
			count(*) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS delivery_issues,
			count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS issue_people
		FROM smsengage.message k
		CROSS JOIN LATERAL (
			SELECT smsengage.send_time(k.state, k.first_time) AS send_time, smsengage.message_outcome(k.state) AS outcome,
				CASE WHEN smsengage.message_outcome(k.state) = 'delivered' THEN smsengage.done_at(k.state) END AS delivered_time
		) f
		WHERE NOT smsengage.is_test(k.callback_data)
		GROUP BY 1, 2, 3
	) m
	LEFT JOIN (
		SELECT k.account, k.bulk_message, coalesce(x.channel, 'SMS') AS channel,
			count(*) FILTER (WHERE k.is_keyword_reply) AS keyword_replies, count(*) FILTER (WHERE NOT k.is_keyword_reply) AS first_responses
		FROM reply k
		JOIN smsengage.message x ON x.message_key = k.message_key
		GROUP BY 1, 2, 3
	) r ON r.account = m.account AND r.bulk_message IS NOT DISTINCT FROM m.bulk_message AND r.channel = m.channel;
	PERFORM smsengage.describe('smsengage.outbound_message_report', 'Intercom''s report of each outbound message, for every provider: to how many it was delivered and when, delivery issues, replies. One row per send and channel; its key is (account, bulk_message, channel). The issues themselves: delivery_issue_report; the replies: keyword_reply_report; the recipients: message_summary.', $c$
		account: Account that sent it
		bulk_message: The send; NULL: messages that name none
		channel: Channel; SMS if the reports name none
		send_date: Day on which it was first sent (UTC)
		first_send_time: When it was first sent
		last_send_time: When it was last sent
		sent: Number of messages handed over
		delivered: Of these, confirmed by handset or operator
		delivered_people: Number of different people among these
		first_delivered_time: First delivery to a handset
		last_delivered_time: Last delivery to a handset
		delivery_issues: Number of messages that failed, expired or were not sent
		issue_people: Number of different people among these
		keyword_replies: Number of keyword replies to it
		first_responses: Number of recipients' first other responses to its messages
		delivery_rate: delivered / sent; NULL if none was sent$c$);

	CREATE OR REPLACE VIEW smsengage.customer_engagement_report WITH (security_invoker = true) AS
	SELECT c.account, c.channel, c.bulk_message, c.sent, c.delivered, c.clicks, c.replies, c.unsubscribes,
		c.sent_people, c.delivered_people, c.seen_people, c.clicked_people, c.replied_people, c.unsubscribed_people,
		smsengage.rate(c.delivered_people, c.sent_people)::numeric(9,6) AS delivered_people_rate,
		smsengage.rate(c.clicked_people, c.sent_people)::numeric(9,6) AS click_to_reach,
		smsengage.rate(c.replied_people, c.sent_people)::numeric(9,6) AS reply_to_reach
	FROM (
		SELECT s.account, coalesce(s.channel, 'SMS') AS channel, s.bulk_message,
			count(*) FILTER (WHERE s.stage = 'sent') AS sent,
			count(*) FILTER (WHERE s.stage = 'delivered') AS delivered,
			count(*) FILTER (WHERE s.stage = 'clicked') AS clicks,
			count(*) FILTER (WHERE s.stage = 'replied') AS replies,
			count(*) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribes,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'sent') AS sent_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'delivered') AS delivered_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'seen') AS seen_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'clicked') AS clicked_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'replied') AS replied_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribed_people
		FROM (
			SELECT m.account, m.channel, m.bulk_message, m.individual_no, t.stage
			FROM smsengage.message m
			CROSS JOIN LATERAL (VALUES
				('sent', smsengage.message_outcome(m.state) <> 'not_sent'),
				('delivered', smsengage.message_outcome(m.state) IN ('delivered', 'operator')),
				('seen', smsengage.seen_at(m.state) IS NOT NULL)) t(stage, reached)
			WHERE t.reached AND NOT smsengage.is_test(m.callback_data)
			UNION ALL
			-- sendings that name no message, as Salesforce's
			SELECT e.account, e.channel, e.bulk_message, e.individual_no, 'sent'
			FROM smsengage.event e
			WHERE e.event_type = 'SENT' AND e.message_id IS NULL
			UNION ALL
			SELECT e.account, coalesce(m.channel, e.channel), coalesce(m.bulk_message, e.bulk_message), coalesce(nullif(e.individual_no, 0), m.individual_no), 'clicked'
			FROM smsengage.event e
			LEFT JOIN smsengage.message m ON m.message_key = e.message_key
			WHERE e.event_type = 'CLICK' AND coalesce(e.part, 0) = 0
			UNION ALL
			SELECT a.account_name, m.channel, a.bulk_message, coalesce(m.individual_no, a.individual_no), t.stage
			FROM smsengage.attributed_answers('-infinity', 'infinity') a
			LEFT JOIN smsengage.message m ON m.message_key = a.message_key
			CROSS JOIN LATERAL (VALUES ('replied', a.event_type = 'REPLY'), ('unsubscribed', a.meaning = 'opt-out')) t(stage, reached)
			WHERE t.reached
		) s
		GROUP BY 1, 2, 3
	) c;
	PERFORM smsengage.describe('smsengage.customer_engagement_report', 'Intercom''s customer engagement report: how many different people each send reached and moved, SMS beside the other channels. One row per account, channel and send, over all time; that is its key. The row with bulk_message NULL has what belongs to no send: answers that could not be attributed within 4 hours, too.', $c$
		account: Account that sent
		channel: Channel as reports and events name it; SMS if they name none
		bulk_message: The send; NULL: what belongs to none
		sent: Messages handed over
		delivered: Of these, confirmed by handset or operator
		clicks: Clicks, machines included
		replies: Replies
		unsubscribes: Opt-outs, replies with a keyword that means it among them
		sent_people: Different people it was sent to
		delivered_people: Different people it was delivered to
		seen_people: Different people who had it displayed, where the channel tells
		clicked_people: Different people who clicked, machines included
		replied_people: Different people who replied
		unsubscribed_people: Different people who opted out
		delivered_people_rate: delivered_people / sent_people; NULL without anyone
		click_to_reach: clicked_people / sent_people; NULL without anyone
		reply_to_reach: replied_people / sent_people; NULL without anyone$c$);

	CREATE OR REPLACE VIEW smsengage.messaging_data_export WITH (security_invoker = true) AS
	SELECT i.individual_id AS user_id,
		m.recipient AS phone,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS content_type,
		m.bulk_message AS content_id,
		m.template AS content_title,
		m.message_id AS receipt_id,
		m.message_key::text AS message_key,
		smsengage.send_time(m.state, m.first_time) AS received_at,
		CASE WHEN smsengage.message_outcome(m.state) = 'delivered' THEN smsengage.done_at(m.state) END AS delivered_at,
		smsengage.status_group(m.state) AS status_group,
		e.first_open,
		e.first_click,
		e.first_reply,
		e.first_unsubscribe,
		CASE WHEN smsengage.message_outcome(m.state) = 'failed' THEN smsengage.done_at(m.state) END AS first_hard_bounce,
		e.clicks
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	LEFT JOIN LATERAL (
		SELECT min(k.event_time) FILTER (WHERE k.event_type = 'SEEN') AS first_open,
			min(k.event_time) FILTER (WHERE k.event_type = 'CLICK') AS first_click,
			min(k.event_time) FILTER (WHERE k.event_type = 'REPLY') AS first_reply,
			min(k.event_time) FILTER (WHERE k.event_type = 'UNSUBSCRIBE') AS first_unsubscribe,
			count(*) FILTER (WHERE k.event_type = 'CLICK' AND coalesce(k.part, 0) = 0) AS clicks
		FROM smsengage.event k
		WHERE k.individual_no = m.individual_no AND k.message_key = m.message_key
	) e ON true;
	PERFORM smsengage.describe('smsengage.messaging_data_export', 'Intercom''s messaging data export with SMS: one row a receipt (a message to one recipient), made for COPY (SELECT ... FROM smsengage.messaging_data_export) TO STDOUT (FORMAT csv, HEADER). Its key is message_key. Times of clicks and answers are those of events that name the message.', $c$
		user_id: The person, as the provider names it, or tel: and the number
		phone: The person's number; empty if none
		account: Account that sent it
		provider: Which provider reported it
		content_type: Channel; SMS if the reports name none
		content_id: The send that it belongs to
		content_title: Title or template of it
		receipt_id: The provider's id of the message
		message_key: Key of the message
		received_at: When it was sent to the person
		delivered_at: When it was delivered to the handset
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		first_open: When it was first displayed
		first_click: When a link of it was first clicked
		first_reply: When it was first replied to
		first_unsubscribe: When the person opted out by it
		first_hard_bounce: When its delivery failed
		clicks: Number of clicks, machines included$c$);

	CREATE OR REPLACE VIEW smsengage.status_statistics WITH (security_invoker = true) AS
	SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		m.account AS sms_user,
		m.provider,
		m.template,
		smsengage.status_category(m.state) AS status,
		count(*) AS messages,
		sum(smsengage.billed_parts(m.state, m.parts))::bigint AS entries,
		count(DISTINCT nullif(m.individual_no, 0)) AS people
	FROM smsengage.message m
	GROUP BY 1, 2, 3, 4, 5;
	PERFORM smsengage.describe('smsengage.status_statistics', 'EngageLab''s status statistics, for every provider: how many messages of each day are in each of the five states of sms_status. Not limited to 30 days: filter by send_date. Its key is (send_date, sms_user, provider, template, status).', $c$
		send_date: Day of sending (UTC)
		sms_user: Account that sent them (SMS_USER)
		provider: Which provider reported them
		template: Template of the messages
		status: Sending, Delivered, Wait result, Process failed or Send failed; NULL if no report could be read
		messages: Number of messages
		entries: Parts they were billed as
		people: Number of different people; does not add up over rows$c$);

	CREATE OR REPLACE VIEW smsengage.status_group_summary WITH (security_invoker = true) AS
	SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		smsengage.status_group_id(m.state) AS status_group_id,
		smsengage.status_group(m.state) AS status_group,
		count(*) AS messages,
		sum(smsengage.billed_parts(m.state, m.parts))::bigint AS parts,
		smsengage.plain_amount(sum(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts))))::numeric(38,6) AS cost,
		m.price_currency
	FROM smsengage.message m
	GROUP BY 1, 2, 3, 4, 5, 6, 7, m.price_currency;
	PERFORM smsengage.describe('smsengage.status_group_summary', 'Infobip''s summary by status group, for every provider. Its key is (send_date, account, provider, channel, bulk_message, status_group, price_currency).', $c$
		send_date: Day of sending (UTC)
		account: Account that sent them
		provider: Which provider reported them
		channel: Channel; SMS if the reports name none
		bulk_message: Send that they belong to (bulkId)
		status_group_id: Infobip's id of the status group, 0 to 5
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		messages: Number of messages
		parts: Parts they were billed as (messageCount)
		cost: What they cost, in price_currency; NULL without a price
		price_currency: ISO 4217 code$c$);
END
$$;
COMMENT ON FUNCTION smsengage.report_views() IS 'Makes or replaces the views of reports. Used by migrate().';
