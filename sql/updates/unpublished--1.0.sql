-- Quiet hours of several accounts at once: arrays in place of the columns.
DROP FUNCTION smsengage_internal.rules_of_sending(text, text, text, timestamptz, integer);
DROP TYPE smsengage.send_rules;
