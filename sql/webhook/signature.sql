-- Is a call from the provider that it claims to be from?

CREATE FUNCTION smsengage.verify_signature(provider text, body bytea, headers jsonb, secret text, url text DEFAULT NULL, header_name text DEFAULT NULL) RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_verify_signature'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION smsengage.verify_signature(text, bytea, jsonb, text, text, text) IS
'Was this call signed with this secret? body: the bytes as they came; headers: an object of names (any case) and values. salesforce_ens: x-sfmc-ens-signature, base64 HMAC-SHA256 of the body, the key''s text as it stands. infobip: hex or base64 HMAC-SHA256 of the body in the header header_name (its name is not published; without it X-Hub-Signature, X-IB-Signature or Authorization: HMAC are looked at). engagelab: X-CALLBACK-ID, hex HMAC-SHA256 of timestamp, nonce and username; the body is not signed, so the caller should refuse old timestamps and used nonces. intercom: X-Hub-Signature, sha1= and hex HMAC-SHA1 of the body. twilio: X-Twilio-Signature, base64 HMAC-SHA1 of url and the sorted form fields, given form-encoded or as a flat JSON object. A missing or doubled header, an empty secret and NULL are false, never NULL. Errors 22023: unknown provider, headers no object, no url for twilio';

CREATE FUNCTION smsengage.is_provider_address(provider text, address inet) RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_is_provider_address'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.is_provider_address(text, inet) IS
'Is this one of the addresses that a provider calls from? Infobip: the 71 addresses of its guide for Salesforce Marketing Cloud; NULL for providers that publish no list. Error 22023: unknown provider';
