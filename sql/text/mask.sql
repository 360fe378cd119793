-- Masking: numbers, addresses and texts by what they look like.

CREATE FUNCTION smsengage_internal.mask_text(value text, own text DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_mask_text_value' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.mask_text(text, text) IS 'A text with stars for what may tell a person: the digits of every number (7 or more with no letter between them, in any script, behind escapes of URLs, HTML and JSON as well, or in Base64), e-mail addresses, digests (16 hexadecimal digits or more), and the end, from 5 digits on, of the numbers in own (separated by commas). Used by the masked views.';

CREATE FUNCTION smsengage_internal.mask_number(number text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_mask_number_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.mask_number(text) IS 'A phone number with stars for all but its first two and last two digits, or fewer, so that seven are always hidden; a short code as it is, anything else as seven stars. Used by the masked views.';

CREATE FUNCTION smsengage_internal.mask_name(value text, own text, account text, secret text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_mask_name' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.mask_name(text, text, text, text) IS 'mask_text() of a name; where it masked anything, with ~ and a tag behind it, so that two names do not become one: 16 letters of a digest over secret, account and name. Used by the masked views, which alone can read the store''s secret.';

CREATE FUNCTION smsengage_internal.mask_url(value text, own text, account text, secret text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_mask_url' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.mask_url(text, text, text, text) IS 'A URL without user, query and fragment, as mask_name() masks it, with the tag as its fragment; of tel:, mailto: and the like the scheme only. Used by the masked views.';

CREATE FUNCTION smsengage_internal.mask_id(value text, account text, secret text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_mask_id' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.mask_id(text, text, text) IS 'Tag of an id, the same wherever the id stands: 32 letters of a digest over secret, account and id, as an id may be a number, or a digest of one. NULL without account or secret. Used by the masked views.';

CREATE FUNCTION smsengage_internal.mask_key(key text, secret text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_mask_key' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.mask_key(text, text) IS 'Tag of a key of the store (message_key, event_key), which is a digest of a number and little else, the same in every view: 32 letters of a digest over secret and key. Used by the masked views.';

CREATE FUNCTION smsengage_internal.mask_key(key bigint, secret text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_mask_key_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.mask_key(bigint, text) IS 'The same for a key that is a number, as a number. Used by the masked views.';
