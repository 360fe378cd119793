CREATE OR REPLACE VIEW smsengage.status_group_summary WITH (security_invoker = true) AS
SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
	m.account,
	m.provider,
	coalesce(m.channel, 'SMS') AS channel,
	m.bulk_message,
	smsengage.status_group_id(m.state) AS status_group_id,
	smsengage.status_group(m.state) AS status_group,
	count(*) AS messages,
	sum(smsengage_internal.billed_parts(m.state, m.parts))::bigint AS parts,
	smsengage_internal.plain_amount(sum(smsengage.message_cost(m.provider, m.price, smsengage_internal.billed_parts(m.state, m.parts))))::numeric(38,6) AS cost,
	m.price_currency
FROM smsengage.message m
GROUP BY 1, 2, 3, 4, 5, 6, 7, m.price_currency;

COMMENT ON VIEW smsengage.status_group_summary IS 'Infobip''s summary by status group, for every provider. Its key is (send_date, account, provider, channel, bulk_message, status_group, price_currency).';
COMMENT ON COLUMN smsengage.status_group_summary.send_date IS 'Day of sending (UTC)';
COMMENT ON COLUMN smsengage.status_group_summary.account IS 'Account that sent them';
COMMENT ON COLUMN smsengage.status_group_summary.provider IS 'Which provider reported them';
COMMENT ON COLUMN smsengage.status_group_summary.channel IS 'Channel; SMS if the reports name none';
COMMENT ON COLUMN smsengage.status_group_summary.bulk_message IS 'Send that they belong to (bulkId)';
COMMENT ON COLUMN smsengage.status_group_summary.status_group_id IS 'Infobip''s id of the status group, 0 to 5';
COMMENT ON COLUMN smsengage.status_group_summary.status_group IS 'ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN';
COMMENT ON COLUMN smsengage.status_group_summary.messages IS 'Number of messages';
COMMENT ON COLUMN smsengage.status_group_summary.parts IS 'Parts they were billed as (messageCount)';
COMMENT ON COLUMN smsengage.status_group_summary.cost IS 'What they cost, in price_currency; NULL without a price';
COMMENT ON COLUMN smsengage.status_group_summary.price_currency IS 'ISO 4217 code';
