CREATE OR REPLACE VIEW smsengage.response_metrics WITH (security_invoker = true) AS
SELECT r.value AS bulk_message, r.sent, r.delivered, r.settled, r.implied_delivered, r.reached, r.contradicted, r.people_sent, r.people_reached,
	r.clicks_by_send_date, r.human_clicks_by_send_date, r.messages_clicked, r.people_clicked,
	r.answers, r.keyword_answers, r.opt_out_answers, r.other_answers, r.matched_answers, r.messages_answered, r.messages_opted_out, r.messages_opted_in, r.messages_helped,
	r.settled_share::numeric(9,6) AS settled_share, r.total_click_rate::numeric(12,6) AS total_click_rate, r.unique_click_rate::numeric(9,6) AS unique_click_rate,
	r.people_click_rate::numeric(9,6) AS people_click_rate, r.click_to_reach::numeric(9,6) AS click_to_reach, r.reply_rate::numeric(9,6) AS reply_rate,
	r.keyword_match_rate::numeric(9,6) AS keyword_match_rate, r.opt_out_rate::numeric(9,6) AS opt_out_rate, r.opt_in_rate::numeric(9,6) AS opt_in_rate, r.help_rate::numeric(9,6) AS help_rate,
	r.p50_seconds_to_click::numeric(15,3) AS p50_seconds_to_click, r.p90_seconds_to_click::numeric(15,3) AS p90_seconds_to_click,
	r.p50_seconds_to_answer::numeric(15,3) AS p50_seconds_to_answer, r.p90_seconds_to_answer::numeric(15,3) AS p90_seconds_to_answer
FROM smsengage.response_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.response_metrics IS 'response_report() of the last 90 days (UTC), by send: clicks and answers of the messages sent then, whenever they came, for tools that read views. Its key is bulk_message; NULL: messages that name none.';
COMMENT ON COLUMN smsengage.response_metrics.bulk_message IS 'The send; NULL: messages that name none';
COMMENT ON COLUMN smsengage.response_metrics.sent IS 'Messages handed over';
COMMENT ON COLUMN smsengage.response_metrics.delivered IS 'Of these, confirmed by handset or operator';
COMMENT ON COLUMN smsengage.response_metrics.settled IS 'Of these, with an outcome';
COMMENT ON COLUMN smsengage.response_metrics.implied_delivered IS 'Open ones that arrived, as a person clicked or answered';
COMMENT ON COLUMN smsengage.response_metrics.reached IS 'delivered + implied_delivered';
COMMENT ON COLUMN smsengage.response_metrics.contradicted IS 'Failed, expired or unsent ones with a click or a named answer';
COMMENT ON COLUMN smsengage.response_metrics.people_sent IS 'Different people they were sent to';
COMMENT ON COLUMN smsengage.response_metrics.people_reached IS 'Different people reached';
COMMENT ON COLUMN smsengage.response_metrics.clicks_by_send_date IS 'Clicks on these messages, machines included';
COMMENT ON COLUMN smsengage.response_metrics.human_clicks_by_send_date IS 'Clicks by people on those reached';
COMMENT ON COLUMN smsengage.response_metrics.messages_clicked IS 'Messages reached with such a click';
COMMENT ON COLUMN smsengage.response_metrics.people_clicked IS 'Different people who made one';
COMMENT ON COLUMN smsengage.response_metrics.answers IS 'Inbound messages that answer them';
COMMENT ON COLUMN smsengage.response_metrics.keyword_answers IS 'Of these, with a keyword that is no opt-out';
COMMENT ON COLUMN smsengage.response_metrics.opt_out_answers IS 'Of these, opt-outs';
COMMENT ON COLUMN smsengage.response_metrics.other_answers IS 'The rest of them';
COMMENT ON COLUMN smsengage.response_metrics.matched_answers IS 'keyword_answers + opt_out_answers';
COMMENT ON COLUMN smsengage.response_metrics.messages_answered IS 'Messages reached with an answer';
COMMENT ON COLUMN smsengage.response_metrics.messages_opted_out IS 'Messages reached with an opt-out';
COMMENT ON COLUMN smsengage.response_metrics.messages_opted_in IS 'Messages sent with an opt-in';
COMMENT ON COLUMN smsengage.response_metrics.messages_helped IS 'Messages reached with a request for help';
COMMENT ON COLUMN smsengage.response_metrics.settled_share IS 'settled / sent; below 1 the rates are provisional';
COMMENT ON COLUMN smsengage.response_metrics.total_click_rate IS 'human_clicks_by_send_date / reached; may exceed 1';
COMMENT ON COLUMN smsengage.response_metrics.unique_click_rate IS 'messages_clicked / reached';
COMMENT ON COLUMN smsengage.response_metrics.people_click_rate IS 'people_clicked / people_reached';
COMMENT ON COLUMN smsengage.response_metrics.click_to_reach IS 'people_clicked / people_sent';
COMMENT ON COLUMN smsengage.response_metrics.reply_rate IS 'messages_answered / reached';
COMMENT ON COLUMN smsengage.response_metrics.keyword_match_rate IS 'matched_answers / answers';
COMMENT ON COLUMN smsengage.response_metrics.opt_out_rate IS 'messages_opted_out / reached';
COMMENT ON COLUMN smsengage.response_metrics.opt_in_rate IS 'messages_opted_in / sent';
COMMENT ON COLUMN smsengage.response_metrics.help_rate IS 'messages_helped / reached';
COMMENT ON COLUMN smsengage.response_metrics.p50_seconds_to_click IS 'Half of the first clicks come within, in seconds from the delivery';
COMMENT ON COLUMN smsengage.response_metrics.p90_seconds_to_click IS 'Nine of ten do';
COMMENT ON COLUMN smsengage.response_metrics.p50_seconds_to_answer IS 'Half of the first answers come within, in seconds from the delivery';
COMMENT ON COLUMN smsengage.response_metrics.p90_seconds_to_answer IS 'Nine of ten do';
