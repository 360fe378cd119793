-- Senders.

CREATE FUNCTION smsengage_internal.sender_key(sender text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_sender_key_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.sender_key(text) IS 'The form in which senders are compared: without a leading plus; empty for NULL. Used by consent and keywords.';
