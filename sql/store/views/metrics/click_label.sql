CREATE OR REPLACE VIEW smsengage.click_label WITH (security_invoker = true) AS
SELECT c.event_time, c.event_key, (c.event_time AT TIME ZONE 'UTC')::date AS event_date, c.account, c.individual_no, c.individual_id, c.recipient, c.message_key::text AS message_key,
	c.bulk_message, c.link_name, c.link_url, c.user_agent, c.machine, c.rule_name
FROM smsengage.labelled_clicks('-infinity', 'infinity') c;

COMMENT ON VIEW smsengage.click_label IS 'Every click, and whether a machine made it by the rules as they stand. One row per click; its key is (event_time, event_key). For a period only: labelled_clicks(since, until).';
COMMENT ON COLUMN smsengage.click_label.event_time IS 'When it happened (UTC in its offset)';
COMMENT ON COLUMN smsengage.click_label.event_key IS 'Key of the event, with event_time';
COMMENT ON COLUMN smsengage.click_label.event_date IS 'Day of it (UTC)';
COMMENT ON COLUMN smsengage.click_label.account IS 'Account of the event';
COMMENT ON COLUMN smsengage.click_label.individual_no IS 'Number of the person; 0 if nobody is known';
COMMENT ON COLUMN smsengage.click_label.individual_id IS 'The person, as the provider names it';
COMMENT ON COLUMN smsengage.click_label.recipient IS 'The person''s number; empty if none';
COMMENT ON COLUMN smsengage.click_label.message_key IS 'Key of the message; NULL if the click names none';
COMMENT ON COLUMN smsengage.click_label.bulk_message IS 'Send that the click names';
COMMENT ON COLUMN smsengage.click_label.link_name IS 'Name or alias of the link';
COMMENT ON COLUMN smsengage.click_label.link_url IS 'Target of the link';
COMMENT ON COLUMN smsengage.click_label.user_agent IS 'What the browser said of itself';
COMMENT ON COLUMN smsengage.click_label.machine IS 'Whether a rule ascribes it to a machine';
COMMENT ON COLUMN smsengage.click_label.rule_name IS 'The first such rule, in the table machine_click_rule';
