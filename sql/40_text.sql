-- Recipients, message texts and keywords: pure functions, no locale, no table.

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

CREATE FUNCTION smsengage.sms_parts(message_text text, OUT encoding text, OUT units integer, OUT parts integer)
AS 'MODULE_PATHNAME', 'sms_parts'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.sms_parts(text) IS
'What a text costs to send (3GPP 23.038): encoding GSM-7 or UCS-2, units (septets or UTF-16 code units), parts (one of 160 or 70 units, or several of 153 or 67; escape and surrogate pairs are not split). An empty text has 0 parts. An estimate: providers may transliterate or use national tables, the count they report is kept with the message';

CREATE FUNCTION smsengage.sms_parts(message_text text, reference_bits integer, OUT encoding text, OUT units integer, OUT parts integer)
AS 'MODULE_PATHNAME', 'sms_parts'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.sms_parts(text, integer) IS
'As sms_parts(message_text), with the size of the reference in the header that joins parts: 8 bits (the usual, 153 or 67 units a part) or 16 (152 or 66). Error 22023 for another size';

CREATE FUNCTION smsengage.estimate_cost(message_text text, price_per_part numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
BEGIN ATOMIC
	SELECT p.parts OPERATOR(pg_catalog.*) price_per_part FROM smsengage.sms_parts(message_text) AS p;
END;
COMMENT ON FUNCTION smsengage.estimate_cost(text, numeric) IS
'Price of one message with this text, in the currency of the price: parts x price per part, exact';

CREATE FUNCTION smsengage.ucs2_characters(message_text text, OUT "position" integer, OUT "character" text, OUT code_point text, OUT replacement text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_ucs2_characters'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION smsengage.ucs2_characters(text) IS
'The characters that force a text into UCS-2, which more than halves what fits a part: position in characters from 1, the character, its code point, and what may stand for it without changing what is read (typographic quotes, dashes and blanks; empty: leave it out; NULL: nothing)';

CREATE FUNCTION smsengage.fold_text(message_text text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_fold_text_sql'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.fold_text(text) IS
'A text folded as keywords are, with all that stands around and between its words. Used by content rules.';

CREATE FUNCTION smsengage.fold_keyword(message_text text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_fold_keyword_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.fold_keyword(text) IS
'The form in which keywords are compared: compatibility decomposition and full case folding of Unicode, the same on every server and in every locale, dotted and dotless i as one; without blanks, punctuation, quotes and small pictures around it and with runs of blanks as one; ASCII letters in upper case';

CREATE FUNCTION smsengage.first_word(message_text text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_first_word_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.first_word(text) IS
'The first word of a text in the folded form of keywords, without punctuation around it';

CREATE FUNCTION smsengage.match_keyword(message_text text, loose boolean DEFAULT false, languages text[] DEFAULT '{}') RETURNS text
AS 'MODULE_PATHNAME', 'sms_match_keyword_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.match_keyword(text, boolean, text[]) IS
'What a message asks for by the default keywords of all origins, and by those of these languages (ISO 639-1): STOP, START, HELP or NULL. The whole message must be the keyword. Loose: words of courtesy may stand before a stop word ("please stop"), and other words behind it ("Stop texting me"): a preposition only where the word is not meant ("stop by"); behind CANCEL, END, QUIT, REMOVE, TD and their kin only words about messages ("cancel my subscription", but not "cancel my 3pm" or "end of the week works for me")';

CREATE FUNCTION smsengage.matched_keyword(message_text text, loose boolean, languages text[]) RETURNS text
AS 'MODULE_PATHNAME', 'sms_matched_keyword'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.matched_keyword(text, boolean, text[]) IS
'The default keyword that match_keyword() found. Used by keyword_action().';

CREATE FUNCTION smsengage.keyword_language(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_keyword_language'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.keyword_language(text) IS
'The language with default keywords of its own that is written in the country of a phone number (ISO 639-1); NULL: none. Used by keyword_action().';

CREATE FUNCTION smsengage.default_keywords(OUT keyword text, OUT action text, OUT origin text, OUT language text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_default_keywords'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 57;
COMMENT ON FUNCTION smsengage.default_keywords() IS
'Keywords that mean something by default: folded keyword, action (STOP, START, HELP), origin (twilio: long and short codes; twilio_toll_free; aws, with its French words for Canada; ctia: Short Code Monitoring Handbook; fcc: 47 CFR 64.1200(a)(10); telnyx: what it adds; usage: what receivers of public projects listen to), language (ISO 639-1) where it counts only if keyword_setting switches it on';
