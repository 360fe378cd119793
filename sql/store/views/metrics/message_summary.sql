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
		WHEN smsengage_internal.cell_start(:LEVEL_QUARTER_HOUR:, smsengage.send_time(m.state, m.first_time)) + make_interval(hours => coalesce(d.deadline_hours, other.deadline_hours)) <= now() THEN 'unknown'
		ELSE 'pending' END AS outcome,
	smsengage.status_group_id(m.state) AS status_group_id,
	smsengage.status_group(m.state) AS status_group,
	smsengage.status_class(m.state) AS status_class,
	smsengage.status_category(m.state) AS status_category,
	smsengage.status_code(m.state) AS status_code,
	smsengage.is_final(m.state) AS is_final,
	smsengage.is_conflicting(m.state) AS is_conflicting,
	smsengage_internal.billed_parts(m.state, m.parts) AS parts,
	smsengage.parts_known(m.state) > 1 AND smsengage.parts_delivered(m.state) BETWEEN 1 AND smsengage.parts_known(m.state) - 1 AS partly_delivered,
	smsengage_internal.plain_amount(m.price)::numeric(38,6) AS price,
	smsengage_internal.plain_amount(smsengage.message_cost(m.provider, m.price, smsengage_internal.billed_parts(m.state, m.parts)))::numeric(38,6) AS cost,
	m.price_currency,
	smsengage_internal.is_test(m.callback_data) AS is_test
FROM smsengage.message m
LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
LEFT JOIN smsengage.delivery_deadline d ON d.provider = m.provider
LEFT JOIN smsengage.delivery_deadline other ON other.provider = '';

COMMENT ON VIEW smsengage.message_summary IS 'Every message with delivery reports: whom it went to, when, and how it ended. One row per message; its key is message_key. Made for filtering by any column.';
COMMENT ON COLUMN smsengage.message_summary.message_key IS 'Key of the message';
COMMENT ON COLUMN smsengage.message_summary.message_id IS 'The provider''s id of the message';
COMMENT ON COLUMN smsengage.message_summary.account IS 'Account that sent it';
COMMENT ON COLUMN smsengage.message_summary.provider IS 'Which provider reported it';
COMMENT ON COLUMN smsengage.message_summary.channel IS 'Channel; SMS if the reports name none';
COMMENT ON COLUMN smsengage.message_summary.bulk_message IS 'Send that it belongs to';
COMMENT ON COLUMN smsengage.message_summary.template IS 'Template of it';
COMMENT ON COLUMN smsengage.message_summary.sender_id IS 'Our number, short code or name';
COMMENT ON COLUMN smsengage.message_summary.recipient IS 'The person''s number; empty if none';
COMMENT ON COLUMN smsengage.message_summary.country IS 'Country of the number (ISO 3166-1 alpha-2)';
COMMENT ON COLUMN smsengage.message_summary.individual_no IS 'Number of the person; 0 if nobody is known';
COMMENT ON COLUMN smsengage.message_summary.individual_id IS 'The person, as the provider names it, or tel: and the number';
COMMENT ON COLUMN smsengage.message_summary.send_time IS 'When it was sent; the earliest report where none tells';
COMMENT ON COLUMN smsengage.message_summary.send_date IS 'Day of send_time (UTC)';
COMMENT ON COLUMN smsengage.message_summary.delivered_time IS 'When it was delivered to the handset';
COMMENT ON COLUMN smsengage.message_summary.done_time IS 'When its outcome came about, whatever it is';
COMMENT ON COLUMN smsengage.message_summary.seen_time IS 'When it was displayed, if reported';
COMMENT ON COLUMN smsengage.message_summary.update_time IS 'Time of its latest report';
COMMENT ON COLUMN smsengage.message_summary.outcome IS 'delivered (to the handset), operator (confirmed no further), failed, expired, not_sent, pending, or unknown once the provider''s deadline has passed';
COMMENT ON COLUMN smsengage.message_summary.status_group_id IS 'Infobip''s id of the status group, 0 to 5';
COMMENT ON COLUMN smsengage.message_summary.status_group IS 'ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN';
COMMENT ON COLUMN smsengage.message_summary.status_class IS 'Class of the deciding report';
COMMENT ON COLUMN smsengage.message_summary.status_category IS 'EngageLab''s category: Sending, Wait result, Delivered, Process failed, Send failed';
COMMENT ON COLUMN smsengage.message_summary.status_code IS 'The provider''s code in the deciding report';
COMMENT ON COLUMN smsengage.message_summary.is_final IS 'Whether it has an outcome that is final';
COMMENT ON COLUMN smsengage.message_summary.is_conflicting IS 'Whether two different outcomes were reported for one part';
COMMENT ON COLUMN smsengage.message_summary.parts IS 'Parts that it was billed as, at least 1';
COMMENT ON COLUMN smsengage.message_summary.partly_delivered IS 'Whether some of its parts were delivered and others not';
COMMENT ON COLUMN smsengage.message_summary.price IS 'As the provider states it; Infobip: of one part';
COMMENT ON COLUMN smsengage.message_summary.cost IS 'What the message cost, in price_currency';
COMMENT ON COLUMN smsengage.message_summary.price_currency IS 'ISO 4217 code';
COMMENT ON COLUMN smsengage.message_summary.is_test IS 'Whether it is a test, by its callback data; reports leave it out';
