-- Parts of a text.

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
