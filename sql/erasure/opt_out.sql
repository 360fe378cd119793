-- Opt-outs of numbers that were forgotten.

CREATE FUNCTION smsengage_internal.forgotten_opt_outs(numbers text[], at timestamptz)
RETURNS TABLE (recipient text, account text, sender text, event_time timestamptz)
AS 'MODULE_PATHNAME', 'sms_forgotten_opt_outs' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 1;
COMMENT ON FUNCTION smsengage_internal.forgotten_opt_outs(text[], timestamptz) IS 'What these numbers (as normalize_recipient() writes them) had opted out of, up to a moment, when they were forgotten; no row for an account that the caller may not read. Nobody but the owner of the store reads the digests, or can make one. Used by subscription_state() and can_send_all().';

CREATE FUNCTION smsengage_internal.any_forgotten_opt_out()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_any_forgotten_opt_out' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.any_forgotten_opt_out() IS 'Whether somebody who had opted out was forgotten. Used by subscription_state() and can_send_all().';
