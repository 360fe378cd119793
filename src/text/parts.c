/*-------------------------------------------------------------------------
 *
 * parts.c
 *	  Units and parts of a message text.
 *
 * 3GPP 23.038: 160 septets or 70 UTF-16 code units fit one message; of
 * several parts, each gives 6 octets to the header that joins them, 153 and
 * 67 are left (152 and 66 with a 16-bit reference).  An escape pair and a
 * surrogate pair stay whole, so that a part may end one unit early.  National
 * shift tables are not used by default, and are not counted here.
 *
 *-------------------------------------------------------------------------
 */
#include "text/parts.h"

#include "text/utf8.h"

/* By encoding: one part; then each of several, by SmsReference */
static const struct
{
	int			single;
	int			joined[2];
}			limits[2] =
{
	{160, {153, 152}},
	{70, {67, 66}}
};

/* Characters from U+0080 of the basic table. */
static const uint16_t gsm_basic[] = {
	0x00A1, 0x00A3, 0x00A4, 0x00A5, 0x00A7, 0x00BF,
	0x00C4, 0x00C5, 0x00C6, 0x00C7, 0x00C9, 0x00D1, 0x00D6, 0x00D8, 0x00DC,
	0x00DF, 0x00E0, 0x00E4, 0x00E5, 0x00E6, 0x00E8, 0x00E9, 0x00EC, 0x00F1,
	0x00F2, 0x00F6, 0x00F8, 0x00F9, 0x00FC,
	0x0393, 0x0394, 0x0398, 0x039B, 0x039E, 0x03A0, 0x03A3, 0x03A6, 0x03A8,
	0x03A9
};

/*
 * What can stand for a character outside the table without changing what a
 * reader reads.  Letters are not listed: what may stand for them depends on
 * the language.
 */
static const struct
{
	uint16_t	character;
	const char *replacement;
}			replacements[] =
{
	{0x0009, " "},				/* tab */
	{0x0060, "'"},				/* grave accent */
	{0x00A0, " "},				/* no-break space */
	{0x00AB, "\""},				/* guillemets */
	{0x00AD, ""},				/* soft hyphen */
	{0x00B4, "'"},				/* acute accent */
	{0x00BB, "\""},
	{0x2009, " "},				/* thin space */
	{0x200B, ""},				/* zero width space */
	{0x2010, "-"},				/* hyphens and dashes */
	{0x2011, "-"},
	{0x2012, "-"},
	{0x2013, "-"},
	{0x2014, "-"},
	{0x2018, "'"},				/* typographic quotes */
	{0x2019, "'"},
	{0x201A, "'"},
	{0x201C, "\""},
	{0x201D, "\""},
	{0x201E, "\""},
	{0x2022, "-"},				/* bullet */
	{0x2026, "..."},			/* ellipsis */
	{0x202F, " "},				/* narrow no-break space */
	{0x2039, "'"},				/* single guillemets */
	{0x203A, "'"},
	{0x2060, ""},				/* word joiner */
	{0x2212, "-"},				/* minus sign */
	{0xFEFF, ""}				/* byte order mark */
};

/*
 * Septets of a character in the GSM 7-bit alphabet: 1, 2 with an escape, or
 * 0 if it is not in it.
 */
int
sms_gsm_units(uint32_t c)
{
	if (c < 0x80)
	{
		switch (c)
		{
			case '\n':
			case '\r':
				return 1;
			case '\f':
			case '^':
			case '{':
			case '}':
			case '\\':
			case '[':
			case '~':
			case ']':
			case '|':
				return 2;
			default:
				return (c >= ' ' && c != '`' && c != 0x7F) ? 1 : 0;
		}
	}
	if (c == 0x20AC)			/* euro sign */
		return 2;
	for (size_t i = 0; i < sizeof(gsm_basic) / sizeof(gsm_basic[0]); i++)
	{
		if (gsm_basic[i] == c)
			return 1;
	}
	return 0;
}

/* What may stand for a character outside the GSM alphabet; NULL if nothing. */
const char *
sms_gsm_replacement(uint32_t c)
{
	for (size_t i = 0; i < sizeof(replacements) / sizeof(replacements[0]); i++)
	{
		if (replacements[i].character == c)
			return replacements[i].replacement;
	}
	return NULL;
}

/* Units of a character; it must be in the alphabet unless ucs2. */
static int
units_of(uint32_t c, bool ucs2)
{
	if (ucs2)
		return c > 0xFFFF ? 2 : 1;
	return sms_gsm_units(c);
}

/*
 * Counts units and parts of a text in UTF-8.
 */
SmsParts
sms_count_parts(SmsText text, SmsReference reference)
{
	SmsParts	result = {false, 0, 0};
	int			room;
	int			left = 0;

	for (size_t pos = 0; pos < text.len && !result.ucs2;)
		result.ucs2 = sms_gsm_units(sms_utf8_next(text, &pos)) == 0;
	for (size_t pos = 0; pos < text.len;)
		result.units += units_of(sms_utf8_next(text, &pos), result.ucs2);

	if (result.units <= limits[result.ucs2].single)
	{
		result.parts = result.units > 0 ? 1 : 0;
		return result;
	}

	room = limits[result.ucs2].joined[reference];
	for (size_t pos = 0; pos < text.len;)
	{
		int			units = units_of(sms_utf8_next(text, &pos), result.ucs2);

		if (units > left)
		{
			result.parts++;
			left = room;
		}
		left -= units;
	}
	return result;
}
