-- Callback data.

CREATE FUNCTION smsengage.callback_field(callback_data text, field_name text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_callback_field' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.callback_field(text, text) IS 'A field of callback data: a string''s text, anything else as JSON; the first of its name that is not null. NULL if there is none, or the callback data is no JSON object; raises for no text.';
