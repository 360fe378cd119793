-- What is left of a number that was forgotten, for those who may ask.

CREATE FUNCTION smsengage.forgotten_opt_outs(numbers text[], account text, sender text, at timestamptz)
RETURNS TABLE (recipient text, event_time timestamptz)
AS 'MODULE_PATHNAME', 'sms_forgotten_opt_outs' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 1;
COMMENT ON FUNCTION smsengage.forgotten_opt_outs(text[], text, text, timestamptz) IS 'Which of these numbers (as normalize_recipient() writes them) were forgotten after they had opted out, up to a moment, of this sender or all senders of the account, and when that was last; no row for an account that the caller may not read. Nobody but the owner of the store reads the digests, or can make one. Used by subscription_state() and can_send_all().';

CREATE FUNCTION smsengage.any_forgotten_opt_out(account text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_any_forgotten_opt_out' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.any_forgotten_opt_out(text) IS 'Whether somebody who had opted out of the account was forgotten; false for an account that the caller may not read. Used by can_send_all().';
