-- Keywords.

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

CREATE FUNCTION smsengage.default_keywords(OUT keyword text, OUT action text, OUT origin text, OUT language text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_default_keywords'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 57;
COMMENT ON FUNCTION smsengage.default_keywords() IS
'Keywords that mean something by default: folded keyword, action (STOP, START, HELP), origin (twilio: long and short codes; twilio_toll_free; aws, with its French words for Canada; ctia: Short Code Monitoring Handbook; fcc: 47 CFR 64.1200(a)(10); telnyx: what it adds; usage: what receivers of public projects listen to), language (ISO 639-1) where it counts only if keyword_setting switches it on';
