-- Recipients: the form of phone numbers, their country and time zones. Like
-- all of this room pure functions, no locale, no table.

CREATE FUNCTION smsengage.normalize_recipient(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_normalize_recipient_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.normalize_recipient(text) IS
'A recipient in the form in which people are found again: "+" and 7 to 15 digits when it is an international phone number, else as given without blanks around it: short codes of up to 6 digits, names, and numbers in national form, whose country is not known. Read are numbers with or without +, 00, tel:, whatsapp: and the like, blanks, dashes, brackets, invisible marks, digits of any script, a trunk prefix behind the calling code, decimals of a spreadsheet; an extension is left out. Numbers that a country has renumbered get their new form. Digits without a plus are taken for an international number, as ENS and Infobip send them; nothing is refused for its length';

CREATE FUNCTION smsengage.normalize_recipient(recipient text, country text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_normalize_recipient_of'
LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.normalize_recipient(text, text) IS
'The same for what people of a country (ISO 3166-1 code, capital letters) write: a number without a plus is read as it is dialled there, by the numbering plan. Without a country as normalize_recipient(recipient). Error 22023 for an unknown country';

CREATE FUNCTION smsengage.is_possible_number(recipient text) RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_is_possible_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.is_possible_number(text) IS
'Whether it is a phone number of an assigned calling code, and of as many digits as its numbering plan has. The gate refuses any other; ingestion does not ask';

CREATE FUNCTION smsengage.recipient_spellings(recipient text) RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_recipient_spellings'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.recipient_spellings(text) IS
'The normal form of a recipient, and the other one where its numbering plan has two numbers for one phone (Argentina''s mobile numbers with and without the 9)';

CREATE FUNCTION smsengage.numbering_source() RETURNS text
AS 'MODULE_PATHNAME', 'sms_numbering_source'
LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.numbering_source() IS
'Which published metadata the numbering plans of this library were made from: the npm package and its version (metadata of libphonenumber, Apache-2.0)';

CREATE FUNCTION smsengage.same_sender(a text, b text) RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_same_sender_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.same_sender(text, text) IS
'Are two senders the same, byte by byte, with or without a leading plus';

CREATE FUNCTION smsengage.calling_code(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_calling_code'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.calling_code(text) IS
'The calling code of a phone number, digits only (ITU-T E.164); NULL when it is no phone number or the code is not assigned';

CREATE FUNCTION smsengage.country_of(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_country_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.country_of(text) IS
'The country of a phone number''s prefix, ISO 3166-1 alpha-2 (and XK): +1 by area code, +7 and +44 where the next digits tell; NULL when there is none, or it is not one country (toll-free, satellite, unknown area codes)';

CREATE FUNCTION smsengage.zones_of(recipient text) RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_zones_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.zones_of(text) IS
'Time zones that a phone number''s prefix may lie in, as names of the tz database: one where the prefix decides, else all of the country that differ, so that the strictest can be taken; NULL when nothing is known. Mobile numbers in Australia, Russia and Indonesia, for example, do not tell the zone';

CREATE FUNCTION smsengage_internal.fold_text(message_text text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_fold_text_sql'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.fold_text(text) IS
'A text folded as keywords are, with all that stands around and between its words. Used by content rules.';

CREATE FUNCTION smsengage_internal.matched_keyword(message_text text, loose boolean, languages text[]) RETURNS text
AS 'MODULE_PATHNAME', 'sms_matched_keyword'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.matched_keyword(text, boolean, text[]) IS
'The default keyword that match_keyword() found. Used by keyword_action().';

CREATE FUNCTION smsengage_internal.keyword_language(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_keyword_language'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.keyword_language(text) IS
'The language with default keywords of its own that is written in the country of a phone number (ISO 639-1); NULL: none. Used by keyword_action().';
