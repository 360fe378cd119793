CREATE OR REPLACE VIEW smsengage.cost_metrics WITH (security_invoker = true) AS
SELECT r.price_currency, r.provider, r.price_basis, r.sent, r.delivered, r.delivered_priced, r.priced, r.parts, smsengage_internal.plain_amount(r.cost)::numeric(38,6) AS cost, smsengage_internal.plain_amount(r.cost_delivered)::numeric(38,6) AS cost_delivered, smsengage_internal.plain_amount(r.wasted_cost)::numeric(38,6) AS wasted_cost,
	smsengage_internal.plain_amount(r.forbidden_cost)::numeric(38,6) AS forbidden_cost, r.human_clicks_by_send_date, r.messages_clicked,
	r.priced_share::numeric(9,6) AS priced_share, smsengage_internal.plain_amount(r.cost_per_delivered)::numeric(38,6) AS cost_per_delivered, smsengage_internal.plain_amount(r.cost_per_message)::numeric(38,6) AS cost_per_message,
	smsengage_internal.plain_amount(r.cost_per_human_click)::numeric(38,6) AS cost_per_human_click, smsengage_internal.plain_amount(r.cost_per_message_clicked)::numeric(38,6) AS cost_per_message_clicked
FROM smsengage.cost_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.cost_metrics IS 'cost_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is (price_currency, provider); never add across currencies.';
COMMENT ON COLUMN smsengage.cost_metrics.price_currency IS 'ISO 4217 code; NULL if none is known';
COMMENT ON COLUMN smsengage.cost_metrics.provider IS 'Which provider reported the messages';
COMMENT ON COLUMN smsengage.cost_metrics.price_basis IS 'part or message: what the provider states the price of';
COMMENT ON COLUMN smsengage.cost_metrics.sent IS 'Messages handed over';
COMMENT ON COLUMN smsengage.cost_metrics.delivered IS 'Of these, confirmed by handset or operator';
COMMENT ON COLUMN smsengage.cost_metrics.delivered_priced IS 'Of these, with a price';
COMMENT ON COLUMN smsengage.cost_metrics.priced IS 'Messages sent that have a price';
COMMENT ON COLUMN smsengage.cost_metrics.parts IS 'Parts of the messages sent';
COMMENT ON COLUMN smsengage.cost_metrics.cost IS 'What the messages sent cost';
COMMENT ON COLUMN smsengage.cost_metrics.cost_delivered IS 'What the delivered ones cost';
COMMENT ON COLUMN smsengage.cost_metrics.wasted_cost IS 'What the failed and expired ones cost';
COMMENT ON COLUMN smsengage.cost_metrics.forbidden_cost IS 'What those cost, besides, that went to people who had opted out or numbers that were blocked';
COMMENT ON COLUMN smsengage.cost_metrics.human_clicks_by_send_date IS 'Clicks on these messages that no rule ascribes to a machine';
COMMENT ON COLUMN smsengage.cost_metrics.messages_clicked IS 'Messages with such a click';
COMMENT ON COLUMN smsengage.cost_metrics.priced_share IS 'priced / sent';
COMMENT ON COLUMN smsengage.cost_metrics.cost_per_delivered IS 'cost / delivered_priced';
COMMENT ON COLUMN smsengage.cost_metrics.cost_per_message IS 'cost / priced';
COMMENT ON COLUMN smsengage.cost_metrics.cost_per_human_click IS 'cost / human_clicks_by_send_date; NULL without clicks';
COMMENT ON COLUMN smsengage.cost_metrics.cost_per_message_clicked IS 'cost / messages_clicked; NULL without clicks';
