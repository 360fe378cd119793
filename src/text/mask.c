/*-------------------------------------------------------------------------
 *
 * mask.c
 *	  Texts without what tells a person.
 *
 * A column may hold anything that a provider was sent, so nothing is looked
 * up: what may be a number is taken for one.  That is seven digits or more
 * with no letter between them, in any script and behind any escape of URLs,
 * HTML and JSON.  A text is read twice, as it stands and with its escapes
 * undone, and what either reading finds goes; so does Base64 of a number.  The
 * result has the length of the text, in bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "text/mask.h"

#include "text/recipient.h"
#include "text/utf8.h"

/* Digits with no letter between them that are a number */
#define MIN_DIGITS SMS_PHONE_MIN_DIGITS

/* The end of the row's own number that tells it, without country code */
#define MIN_OWN_DIGITS 5

typedef uint32_t (*NextChar) (SmsText text, size_t *pos);

/* Digits of other scripts than ASCII: the first has this value, after 9 comes 0 */
static const struct
{
	uint32_t	first;
	uint32_t	last;
	uint8_t		value;
}			digits[] = {
	{0xB2, 0xB3, 2}, {0xB9, 0xB9, 1}, {0x660, 0x669, 0}, {0x6F0, 0x6F9, 0},
	{0x7C0, 0x7C9, 0}, {0x966, 0x96F, 0}, {0x9E6, 0x9EF, 0}, {0xA66, 0xA6F, 0},
	{0xAE6, 0xAEF, 0}, {0xB66, 0xB6F, 0}, {0xBE6, 0xBEF, 0}, {0xC66, 0xC6F, 0},
	{0xCE6, 0xCEF, 0}, {0xD66, 0xD6F, 0}, {0xDE6, 0xDEF, 0}, {0xE50, 0xE59, 0},
	{0xED0, 0xED9, 0}, {0xF20, 0xF29, 0}, {0x1040, 0x1049, 0},
	{0x1090, 0x1099, 0}, {0x1369, 0x1371, 1}, {0x17E0, 0x17E9, 0},
	{0x1810, 0x1819, 0}, {0x1946, 0x194F, 0}, {0x19D0, 0x19D9, 0},
	{0x19DA, 0x19DA, 1}, {0x1A80, 0x1A89, 0}, {0x1A90, 0x1A99, 0},
	{0x1B50, 0x1B59, 0}, {0x1BB0, 0x1BB9, 0}, {0x1C40, 0x1C49, 0},
	{0x1C50, 0x1C59, 0}, {0x2070, 0x2070, 0}, {0x2074, 0x2079, 4},
	{0x2080, 0x2089, 0}, {0x2460, 0x2468, 1}, {0x2474, 0x247C, 1},
	{0x2488, 0x2490, 1}, {0x24EA, 0x24EA, 0}, {0x24F5, 0x24FD, 1},
	{0x24FF, 0x24FF, 0}, {0x2776, 0x277E, 1}, {0x2780, 0x2788, 1},
	{0x278A, 0x2792, 1}, {0xA620, 0xA629, 0}, {0xA8D0, 0xA8D9, 0},
	{0xA900, 0xA909, 0}, {0xA9D0, 0xA9D9, 0}, {0xA9F0, 0xA9F9, 0},
	{0xAA50, 0xAA59, 0}, {0xABF0, 0xABF9, 0}, {0xFF10, 0xFF19, 0},
	{0x104A0, 0x104A9, 0}, {0x10A40, 0x10A43, 1}, {0x10D30, 0x10D39, 0},
	{0x10D40, 0x10D49, 0}, {0x10E60, 0x10E68, 1}, {0x11052, 0x1105A, 1},
	{0x11066, 0x1106F, 0}, {0x110F0, 0x110F9, 0}, {0x11136, 0x1113F, 0},
	{0x111D0, 0x111D9, 0}, {0x112F0, 0x112F9, 0}, {0x11450, 0x11459, 0},
	{0x114D0, 0x114D9, 0}, {0x11650, 0x11659, 0}, {0x116C0, 0x116C9, 0},
	{0x116D0, 0x116E3, 0}, {0x11730, 0x11739, 0}, {0x118E0, 0x118E9, 0},
	{0x11950, 0x11959, 0}, {0x11BF0, 0x11BF9, 0}, {0x11C50, 0x11C59, 0},
	{0x11D50, 0x11D59, 0}, {0x11DA0, 0x11DA9, 0}, {0x16130, 0x16139, 0},
	{0x16A60, 0x16A69, 0}, {0x16AC0, 0x16AC9, 0}, {0x16B50, 0x16B59, 0},
	{0x16D70, 0x16D79, 0}, {0x1CCF0, 0x1CCF9, 0}, {0x1D7CE, 0x1D7FF, 0},
	{0x1E140, 0x1E149, 0}, {0x1E2F0, 0x1E2F9, 0}, {0x1E4F0, 0x1E4F9, 0},
	{0x1E5F1, 0x1E5FA, 0}, {0x1E950, 0x1E959, 0}, {0x1F100, 0x1F100, 0},
	{0x1F101, 0x1F10A, 0}, {0x1FBF0, 0x1FBF9, 0}
};

/* Beyond ASCII, what is no letter: blocks of marks, signs and pictures */
static const struct
{
	uint32_t	first;
	uint32_t	last;
}			gaps[] = {
	{0x80, 0xA9}, {0xAB, 0xB4}, {0xB6, 0xB9}, {0xBB, 0xBF}, {0xD7, 0xD7},
	{0xF7, 0xF7}, {0x300, 0x36F}, {0x58A, 0x58A}, {0x5BE, 0x5BE},
	{0x600, 0x61F}, {0x66A, 0x66D}, {0x6D4, 0x6D4}, {0x964, 0x965},
	{0x1400, 0x1400}, {0x1680, 0x1680}, {0x180B, 0x180E}, {0x2000, 0x206F},
	{0x20A0, 0x214F}, {0x2190, 0x245F}, {0x249C, 0x2BFF}, {0x2E00, 0x2E7F},
	{0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x30A0, 0x30A0},
	{0x30FB, 0x30FB}, {0xFD3E, 0xFD3F}, {0xFE00, 0xFE6F}, {0xFEFF, 0xFEFF},
	{0xFF00, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65},
	{0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0xE0FFF}
};

/* The value of a digit, or -1 */
static int
digit_value(uint32_t c)
{
	if (c < 0x80)
		return c >= '0' && c <= '9' ? (int) (c - '0') : -1;
	for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++)
	{
		if (c < digits[i].first)
			return -1;
		if (c <= digits[i].last)
			return (int) (digits[i].value + c - digits[i].first) % 10;
	}
	return -1;
}

/* Does a character stand between digits without ending their run? */
static bool
is_gap(uint32_t c)
{
	if (c < 0x80)
		return !sms_is_letter((char) c);
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++)
	{
		if (c < gaps[i].first)
			return false;
		if (c <= gaps[i].last)
			return true;
	}
	return false;
}

/* n hexadecimal digits at pos as a number, or -1 */
static int
hex_at(SmsText text, size_t pos, int n)
{
	int			result = 0;

	if (text.len < pos || text.len - pos < (size_t) n)
		return -1;
	for (int i = 0; i < n; i++)
	{
		int			value = sms_hex_digit(text.ptr[pos + i]);

		if (value < 0)
			return -1;
		result = result * 16 + value;
	}
	return result;
}

/* The byte that %XX at *pos stands for, %2541 and deeper included; or -1 */
static int
percent_byte(SmsText text, size_t *pos)
{
	int			byte;
	size_t		p = *pos;

	if (p >= text.len || text.ptr[p] != '%' ||
		(byte = hex_at(text, p + 1, 2)) < 0)
		return -1;
	p += 3;
	while (byte == '%')
	{
		int			inner = hex_at(text, p, 2);

		if (inner < 0)
			break;
		byte = inner;
		p += 2;
	}
	*pos = p;
	return byte;
}

/* A character of HTML, &#49; or &#x31;, at *pos; or -1 */
static int64_t
entity(SmsText text, size_t *pos)
{
	size_t		p = *pos + 2;
	int			base = 10;
	int64_t		result = 0;
	size_t		start;

	if (text.len - *pos < 4 || text.ptr[*pos + 1] != '#')
		return -1;
	if (text.ptr[p] == 'x' || text.ptr[p] == 'X')
	{
		base = 16;
		p++;
	}
	for (start = p; p < text.len && p < start + 8; p++)
	{
		int			value = sms_hex_digit(text.ptr[p]);

		if (value < 0 || value >= base)
			break;
		result = result * base + value;
	}
	if (p == start)
		return -1;
	*pos = p + (p < text.len && text.ptr[p] == ';');
	return result;
}

/* The character at *pos with its escape undone; *pos moves behind it. */
static uint32_t
next_unescaped(SmsText text, size_t *pos)
{
	char		c = text.ptr[*pos];
	int			byte;

	if ((byte = percent_byte(text, pos)) >= 0)
	{
		char		bytes[4];
		SmsText		sequence = {bytes, 1};
		size_t		ends[4];
		size_t		used = 0;
		uint32_t	result;

		bytes[0] = (char) byte;
		ends[0] = *pos;
		while (byte >= 0xC0 && sequence.len < 4)
		{
			size_t		p = ends[sequence.len - 1];
			int			more = percent_byte(text, &p);

			if (more < 0x80 || more >= 0xC0)
				break;
			ends[sequence.len] = p;
			bytes[sequence.len++] = (char) more;
		}
		result = sms_utf8_next(sequence, &used);
		*pos = ends[used - 1];
		return result;
	}
	if (c == '&' || c == '\\' || c == '%')
	{
		int64_t		result = -1;

		if (c == '&')
			result = entity(text, pos);
		else if (text.len - *pos >= 6 && text.ptr[*pos + 1] == 'u')
		{
			result = hex_at(text, *pos + 2, 4);
			if (result >= 0)
				*pos += 6;
		}
		if (result >= 0)
			return (uint32_t) result;
	}
	return sms_utf8_next(text, pos);
}

/* Is what follows the end of one of the row's own numbers? */
static bool
is_own_end(const uint8_t *run, size_t n, SmsText own)
{
	size_t		matched = 0;
	bool		matches = true;

	/* from behind; a comma is between two numbers, whatever else within one */
	for (size_t i = own.len; i > 0; i--)
	{
		char		c = own.ptr[i - 1];

		if (c == ',')
		{
			matched = 0;
			matches = true;
		}
		else if (sms_is_digit(c) && matches && matched < n)
		{
			matches = run[n - 1 - matched] == c - '0';
			matched++;
			if (matches && matched == n)
				return true;
		}
	}
	return false;
}

static void
star(char *out, size_t from, size_t to)
{
	memset(out + from, '*', to - from);
}

static bool
star_digits(SmsText in, size_t from, size_t to, NextChar next, char *out)
{
	while (from < to)
	{
		size_t		at = from;

		if (digit_value(next(in, &from)) >= 0)
			star(out, at, from);
	}
	return true;
}

/* Stars for the digits of every number. */
static bool
mask_runs(SmsText in, SmsText own, NextChar next, char *out)
{
	uint8_t		run[MIN_DIGITS];
	size_t		n = 0;
	size_t		start = 0;
	size_t		end = 0;
	bool		masked = false;

	for (size_t pos = 0; pos <= in.len;)
	{
		size_t		at = pos;
		uint32_t	c = 'a';	/* behind the end */
		int			value;

		if (pos < in.len)
			c = next(in, &pos);
		else
			pos++;
		value = digit_value(c);
		if (value >= 0)
		{
			if (n == 0)
				start = at;
			if (n < MIN_DIGITS)
				run[n++] = (uint8_t) value;
			end = pos;
		}
		else if (!is_gap(c))
		{
			if (n >= MIN_DIGITS ||
				(n >= MIN_OWN_DIGITS && is_own_end(run, n, own)))
				masked |= star_digits(in, start, end, next, out);
			n = 0;
		}
	}
	return masked;
}

/* What an address's part in front of the @ is not made of */
static bool
ends_local_part(uint32_t c)
{
	return c <= ' ' || (c < 0x80 && strchr("<>()[]\",;:/\\", (int) c) != NULL) ||
		c == 0xA0 || c == 0x3000;
}

static bool
in_domain(uint32_t c)
{
	return c >= 0x80 || sms_is_digit((char) c) || sms_is_letter((char) c) ||
		c == '.' || c == '-' || c == '_';
}

/* Stars for e-mail addresses. */
static bool
mask_addresses(SmsText in, NextChar next, char *out)
{
	size_t		local = 0;
	bool		masked = false;

	for (size_t pos = 0; pos < in.len;)
	{
		size_t		at = pos;
		uint32_t	c = next(in, &pos);

		if (c == '@' || c == 0xFF20 || c == 0xFE6B)
		{
			size_t		domain = pos;

			while (pos < in.len)
			{
				size_t		p = pos;

				if (!in_domain(next(in, &p)))
					break;
				pos = p;
			}
			if (at > local && pos > domain)
			{
				star(out, local, at);
				star(out, domain, pos);
				masked = true;
			}
			local = pos;
		}
		else if (ends_local_part(c))
			local = pos;
	}
	return masked;
}

/* Stars for what may be a digest, or a UUID made of one. */
static bool
mask_digests(SmsText in, char *out)
{
	size_t		start = 0;
	size_t		n = 0;
	bool		has_digit = false;
	bool		masked = false;

	for (size_t pos = 0; pos <= in.len; pos++)
	{
		char		c = pos < in.len ? in.ptr[pos] : ' ';

		if (sms_hex_digit(c) >= 0)
		{
			if (n++ == 0)
				start = pos;
			has_digit |= sms_is_digit(c);
		}
		else if (c != '-' || n == 0)
		{
			if (n >= SMS_MASK_HEX_DIGITS && has_digit)
			{
				for (size_t i = start; i < pos; i++)
				{
					if (sms_hex_digit(in.ptr[i]) >= 0)
						out[i] = '*';
				}
				masked = true;
			}
			n = 0;
			has_digit = false;
		}
	}
	return masked;
}

/* Base64's other two signs come of ? and ~ only, and stand between words, too. */
static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	return sms_is_digit(c) ? c - '0' + 52 : -1;
}

/* Does a piece of Base64 hold a number or an address in ASCII? */
static bool
holds_person(SmsText piece)
{
	uint32_t	bits = 0;
	int			n_bits = 0;
	int			n_digits = 0;
	int			word = 0;		/* characters of an address up to here */
	bool		at = false;		/* an @ before them, and three others before it */

	for (size_t i = 0; i < piece.len; i++)
	{
		char		c;

		bits = (bits << 6) | (uint32_t) base64_value(piece.ptr[i]);
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		c = (char) ((bits >> n_bits) & 0xFF);
		if (sms_is_digit(c))
			n_digits++;
		else if (sms_is_letter(c) || c < ' ' || c > '~')
			n_digits = 0;
		if (sms_is_digit(c) || sms_is_letter(c) || c == '.' || c == '-' || c == '_')
			word++;
		else
		{
			at = c == '@' && word >= 3;
			word = 0;
		}
		if (n_digits >= MIN_DIGITS || (at && word >= 3))
			return true;
	}
	return false;
}

/* Stars for pieces of Base64 that hold a number, wherever in them it begins. */
static bool
mask_base64(SmsText in, char *out)
{
	size_t		start = 0;
	bool		masked = false;

	for (size_t pos = 0; pos <= in.len; pos++)
	{
		bool		found = false;

		if (pos < in.len && base64_value(in.ptr[pos]) >= 0)
			continue;
		/* seven bytes take ten characters */
		for (size_t skip = 0; skip < 4 && pos - start >= skip + 10 && !found; skip++)
		{
			SmsText		piece = {in.ptr + start + skip, pos - start - skip};

			found = holds_person(piece);
		}
		if (found)
			star(out, start, pos);
		masked |= found;
		start = pos + 1;
	}
	return masked;
}

static bool
mask_once(SmsText in, SmsText own, char *out)
{
	bool		masked = mask_runs(in, own, sms_utf8_next, out);

	masked |= mask_base64(in, out);
	masked |= mask_addresses(in, sms_utf8_next, out);
	masked |= mask_digests(in, out);
	if (in.len > 0 &&
		(memchr(in.ptr, '%', in.len) != NULL || memchr(in.ptr, '&', in.len) != NULL ||
		 memchr(in.ptr, '\\', in.len) != NULL))
	{
		masked |= mask_runs(in, own, next_unescaped, out);
		masked |= mask_addresses(in, next_unescaped, out);
	}
	return masked;
}

/*
 * Writes in to out, which has room for in.len bytes, with stars for what may
 * be a number, an e-mail address or a digest, and for the end of one of the
 * numbers in own (separated by commas).  Tells whether there was any.
 */
bool
sms_mask_text(SmsText in, SmsText own, char *out)
{
	SmsText		result = {out, in.len};

	if (in.len == 0)
		return false;
	memcpy(out, in.ptr, in.len);
	if (!mask_once(in, own, out))
		return false;
	/* stars may have taken an escape apart, so that another comes to light */
	while (mask_once(result, own, out))
		continue;
	return true;
}

/*
 * Writes the phone number of a person to out, which has room for the greater
 * of in.len and SMS_MASK_STARS bytes, and returns its length.  Up to four
 * digits are shown, two at each end, but seven are always hidden.  A short
 * code is shown; anything else is stars.
 */
size_t
sms_mask_number(SmsText in, char *out)
{
	size_t		n = 0;
	size_t		shown;
	size_t		place = 0;
	bool		plain = true;

	for (size_t i = 0; i < in.len; i++)
	{
		char		c = in.ptr[i];

		n += sms_is_digit(c);
		plain &= sms_is_digit(c) ||
			(c != '\0' && strchr(" +-./()", c) != NULL);
	}
	if (!plain || (n == 0 && in.len > 0))
	{
		memset(out, '*', SMS_MASK_STARS);
		return SMS_MASK_STARS;
	}
	shown = n < MIN_DIGITS ? n : n - MIN_DIGITS;
	if (n >= MIN_DIGITS && shown > 4)
		shown = 4;
	for (size_t i = 0; i < in.len; i++)
	{
		out[i] = in.ptr[i];
		if (sms_is_digit(in.ptr[i]))
		{
			if (place >= (shown + 1) / 2 && place < n - shown / 2)
				out[i] = '*';
			place++;
		}
	}
	return in.len;
}

/*
 * Writes a URL to out, which has room for in.len + 1 bytes, without user,
 * query and fragment, and returns its length.  Of a URL that is no place
 * (tel:, mailto:, data:) the scheme is left.
 */
size_t
sms_strip_url(SmsText in, char *out)
{
	SmsText		url = sms_trim_ascii(in);
	size_t		scheme = 0;
	size_t		rest;
	size_t		end;
	size_t		at;

	while (scheme < url.len && (sms_is_letter(url.ptr[scheme]) ||
								(scheme > 0 && (sms_is_digit(url.ptr[scheme]) ||
												(url.ptr[scheme] != '\0' && strchr("+-.", url.ptr[scheme]) != NULL)))))
		scheme++;
	if (scheme > 0 && scheme < url.len && url.ptr[scheme] == ':')
		scheme++;
	else
		scheme = 0;
	rest = scheme;
	while (rest < url.len && rest < scheme + 2 &&
		   (url.ptr[rest] == '/' || url.ptr[rest] == '\\'))
		rest++;
	memcpy(out, url.ptr, url.len > 0 ? rest : 0);
	if (scheme > 0 && rest < scheme + 2)
	{
		out[scheme] = '*';
		return scheme + 1;
	}

	/* the user ends with the last @ before the path */
	at = rest;
	for (end = rest; end < url.len && url.ptr[end] != '?' && url.ptr[end] != '#'; end++)
	{
		if (url.ptr[end] == '/' || url.ptr[end] == '\\')
			break;
		if (url.ptr[end] == '@')
			at = end + 1;
	}
	while (end < url.len && url.ptr[end] != '?' && url.ptr[end] != '#')
		end++;
	if (end > at)
		memcpy(out + rest, url.ptr + at, end - at);
	return rest + (end - at);
}

/* The first n letters of a digest: four bits each, no digit among them. */
void
sms_tag_letters(const uint8_t *digest, char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char) ('a' + ((digest[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0x0F));
}
