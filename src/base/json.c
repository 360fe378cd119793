/*-------------------------------------------------------------------------
 *
 * json.c
 *	  The JSON scanner: see json.h for what it promises.
 *
 *-------------------------------------------------------------------------
 */
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "ascii.h"
#include "base/json.h"

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))
/* U+FFFD, for what is no character */
#define REPLACEMENT 0xFFFD

void
sms_json_init(SmsJson *json, const char *text, size_t len, bool check_utf8)
{
	memset(json, 0, sizeof(*json));
	json->start = json->pos = text;
	json->end = text + len;
	json->check_utf8 = check_utf8;
}

/* Notes a fault of structure and returns false. */
bool
sms_json_fail(SmsJson *json, const char *at, const char *fault)
{
	json->fault = fault;
	json->fault_at = at;
	return false;
}

static void
content_fault(SmsJson *json, const char *at, const char *fault)
{
	if (json->content_fault == NULL)
	{
		json->content_fault = fault;
		json->content_fault_at = at;
	}
}

/* The four digits of a \u escape, or -1. */
static int
hex4(const char *s, const char *end)
{
	int			value = 0;
	int			i;

	if (end - s < 4)
		return -1;
	for (i = 0; i < 4; i++)
	{
		int			digit = sms_hex_digit(s[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* \u and what follows; see read_escape(). */
static size_t
read_unicode_escape(const char *s, const char *end, uint32_t *c, const char **fault)
{
	int			unit = hex4(s + 2, end);
	int			low;

	if (unit < 0)
	{
		*c = 'u';
		*fault = "\\u must be followed by four hexadecimal digits";
		return 2;
	}
	*c = (uint32_t) unit;
	if (unit < 0xD800 || unit > 0xDFFF)
		return 6;
	*c = REPLACEMENT;
	if (unit >= 0xDC00)
	{
		*fault = "second half of a surrogate pair without the first";
		return 6;
	}
	low = end - s >= 12 && s[6] == '\\' && s[7] == 'u' ? hex4(s + 8, end) : -1;
	if (low < 0xDC00 || low > 0xDFFF)
	{
		*fault = "first half of a surrogate pair without the second";
		return 6;
	}
	*c = 0x10000 + (((uint32_t) unit - 0xD800) << 10) + ((uint32_t) low - 0xDC00);
	return 12;
}

/*
 * The character of the escape at s, which points at the backslash; *fault says
 * why it is none, or stays.  Returns how far the escape reaches: over an escaped
 * quote, which never ends the string.  In UTF-8 the character is no longer.
 */
static size_t
read_escape(const char *s, const char *end, uint32_t *c, const char **fault)
{
	/* alone, or before a letter beyond ASCII, a backslash is all there is */
	if (end - s < 2 || (unsigned char) s[1] >= 0x80)
	{
		*c = '\\';
		*fault = "unknown escape sequence";
		return 1;
	}
	*c = (unsigned char) s[1];
	switch (s[1])
	{
		case '"':
		case '\\':
		case '/':
			break;
		case 'b':
			*c = '\b';
			break;
		case 'f':
			*c = '\f';
			break;
		case 'n':
			*c = '\n';
			break;
		case 'r':
			*c = '\r';
			break;
		case 't':
			*c = '\t';
			break;
		case 'u':
			return read_unicode_escape(s, end, c, fault);
		default:
			*fault = "unknown escape sequence";
			break;
	}
	return 2;
}

/* Checks the escape at s and returns how far it reaches. */
static size_t
check_escape(SmsJson *json, const char *s)
{
	const char *fault = NULL;
	uint32_t	c;
	size_t		len = read_escape(s, json->end, &c, &fault);

	/* at the end of the text, it is the closing quote that is missing */
	if (json->end - s < 2)
		return len;
	if (c == 0)
		fault = "\\u0000 cannot be stored as text";
	if (fault != NULL)
		content_fault(json, s, fault);
	return len;
}

/* How many bytes the UTF-8 sequence at s has; 0 if it is not a valid one. */
size_t
sms_utf8_sequence(const unsigned char *s, const unsigned char *end)
{
	size_t		len;
	size_t		i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		len = 2;
	else if (s[0] >= 0xE0 && s[0] <= 0xEF)
		len = 3;
	else if (s[0] >= 0xF0 && s[0] <= 0xF4)
		len = 4;
	else
		return 0;
	if ((size_t) (end - s) < len)
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	/* overlong forms, surrogates, beyond U+10FFFF */
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
		(s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return len;
}

/* Length of the part of text, from its start, that is valid UTF-8. */
size_t
sms_utf8_valid_prefix(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *) text;
	const unsigned char *end = s + len;
	uint64_t	word;

	while (s < end)
	{
		size_t		n;

		if (end - s >= 8)
		{
			memcpy(&word, s, 8);
			if ((word & EACH_BYTE(0x80)) == 0)
			{
				s += 8;
				continue;
			}
		}
		n = sms_utf8_sequence(s, end);
		if (n == 0)
			break;
		s += n;
	}
	return s - (const unsigned char *) text;
}

/*
 * How many bytes at s, up to PLAIN_STEP, need no look inside a string: no
 * quote, no backslash, no control character, and (where UTF-8 is checked) no
 * high byte.  May be too few, never too many.
 */
#if defined(__SSE2__)
#define PLAIN_STEP 16

static inline int
plain_bytes(const char *s, bool check_high)
{
	__m128i		bytes = _mm_loadu_si128((const __m128i *) (const void *) s);
	__m128i		hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
									_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
	unsigned int found;

	hits = _mm_or_si128(hits, _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes));
	if (check_high)
		hits = _mm_or_si128(hits, bytes);
	found = (unsigned int) _mm_movemask_epi8(hits);
	return found == 0 ? PLAIN_STEP : __builtin_ctz(found);
}
#else
#define PLAIN_STEP 8

static inline int
plain_bytes(const char *s, bool check_high)
{
	uint64_t	word;
	uint64_t	quote;
	uint64_t	backslash;
	uint64_t	hits;

	memcpy(&word, s, 8);
	quote = word ^ EACH_BYTE('"');
	backslash = word ^ EACH_BYTE('\\');
	hits = ((quote - EACH_BYTE(1)) & ~quote) |
		((backslash - EACH_BYTE(1)) & ~backslash) |
		((word - EACH_BYTE(0x20)) & ~word) |
		(check_high ? word : 0);
	hits &= EACH_BYTE(0x80);
	if (hits == 0)
		return PLAIN_STEP;
	/* a borrow may mark bytes behind the first hit, never before it */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_ctzll(hits) >> 3;
#else
	return 0;
#endif
}
#endif

/* Scans the string whose opening quote is at pos. */
bool
sms_json_string(SmsJson *json, SmsJsonValue *value)
{
	const char *open = json->pos;
	const char *s = open + 1;
	const char *end = json->end;
	bool		check_high = json->check_utf8;

	value->kind = SMS_JSON_STRING;
	value->escaped = false;
	for (;;)
	{
		unsigned char c;

		while (end - s >= PLAIN_STEP)
		{
			int			n = plain_bytes(s, check_high);

			s += n;
			if (n < PLAIN_STEP)
				break;
		}
		if (s >= end)
			return sms_json_fail(json, open, "a closing quote");
		c = (unsigned char) *s;
		if (c == '"')
			break;
		if (c == '\\')
		{
			value->escaped = true;
			s += check_escape(json, s);
		}
		else if (c < 0x20)
		{
			content_fault(json, s, "control character in a string");
			s++;
		}
		else if (c >= 0x80 && json->check_utf8)
		{
			size_t		n = sms_utf8_sequence((const unsigned char *) s,
											  (const unsigned char *) end);

			if (n == 0)
				content_fault(json, s, "bytes that are not valid UTF-8");
			s += n > 0 ? n : 1;
		}
		else
			s++;
	}
	value->text.ptr = open + 1;
	value->text.len = s - (open + 1);
	json->pos = s + 1;
	return true;
}

static bool
scan_word(SmsJson *json, const char *word, SmsJsonKind kind,
		  SmsJsonValue *value)
{
	size_t		len = strlen(word);

	if ((size_t) (json->end - json->pos) < len ||
		memcmp(json->pos, word, len) != 0)
		return sms_json_fail(json, json->pos, "a value");
	value->kind = kind;
	value->escaped = false;
	value->text.ptr = json->pos;
	value->text.len = len;
	json->pos += len;
	return true;
}

static const char *
scan_digits(const char *s, const char *end)
{
	while (s < end && sms_is_digit(*s))
		s++;
	return s;
}

static bool
scan_number(SmsJson *json, SmsJsonValue *value)
{
	const char *s = json->pos;
	const char *end = json->end;
	const char *digits;

	if (s < end && *s == '-')
		s++;
	digits = s;
	s = scan_digits(s, end);
	if (s == digits || (*digits == '0' && s - digits > 1))
		return sms_json_fail(json, json->pos, "a value");
	if (s < end && *s == '.')
	{
		digits = ++s;
		s = scan_digits(s, end);
		if (s == digits)
			return sms_json_fail(json, json->pos, "a number");
	}
	if (s < end && (*s == 'e' || *s == 'E'))
	{
		s++;
		if (s < end && (*s == '+' || *s == '-'))
			s++;
		digits = s;
		s = scan_digits(s, end);
		if (s == digits)
			return sms_json_fail(json, json->pos, "a number");
	}
	value->kind = SMS_JSON_NUMBER;
	value->escaped = false;
	value->text.ptr = json->pos;
	value->text.len = s - json->pos;
	json->pos = s;
	return true;
}

/* Scans any value but an object or array, at which it must not stand. */
bool
sms_json_scalar(SmsJson *json, SmsJsonValue *value)
{
	if (json->pos >= json->end)
		return sms_json_fail(json, json->pos, "a value");
	switch (*json->pos)
	{
		case '"':
			return sms_json_string(json, value);
		case 't':
			return scan_word(json, "true", SMS_JSON_TRUE, value);
		case 'f':
			return scan_word(json, "false", SMS_JSON_FALSE, value);
		case 'n':
			return scan_word(json, "null", SMS_JSON_NULL, value);
		default:
			return scan_number(json, value);
	}
}

/*
 * The next key of an object, up to and past its colon.  pos stands behind the
 * opening brace (first) or behind a value.  Returns false at the closing
 * brace, which is consumed, and at a fault; json->fault tells them apart.
 */
bool
sms_json_key(SmsJson *json, bool first, SmsJsonValue *key)
{
	sms_json_space(json);
	if (json->pos < json->end && *json->pos == '}')
	{
		json->pos++;
		return false;
	}
	if (!first)
	{
		if (json->pos >= json->end || *json->pos != ',')
			return sms_json_fail(json, json->pos, "a comma or a closing brace");
		json->pos++;
		sms_json_space(json);
	}
	if (json->pos >= json->end || *json->pos != '"')
		return sms_json_fail(json, json->pos, "a key in double quotes");
	if (!sms_json_string(json, key))
		return false;
	sms_json_space(json);
	if (json->pos >= json->end || *json->pos != ':')
		return sms_json_fail(json, json->pos, "a colon");
	json->pos++;
	sms_json_space(json);
	return true;
}

/*
 * As sms_json_key, if the next key is the one given and stands as programs
 * write it: with at most one space before it.  False, and nothing was read,
 * if it is another, or perhaps another.
 */
bool
sms_json_this_key(SmsJson *json, bool first, SmsText name, SmsJsonValue *key)
{
	const char *s = json->pos;

	if ((size_t) (json->end - s) < name.len + 5)
		return false;
	if (!first && *s++ != ',')
		return false;
	if (*s == ' ')
		s++;
	if (s[0] != '"' || s[name.len + 1] != '"' || s[name.len + 2] != ':' ||
		!sms_equal_bytes(s + 1, name.ptr, name.len))
		return false;
	key->kind = SMS_JSON_STRING;
	key->escaped = false;
	key->text.ptr = s + 1;
	key->text.len = name.len;
	json->pos = s + name.len + 3;
	sms_json_space(json);
	return true;
}

/* As sms_json_key, for the next element of an array. */
bool
sms_json_element(SmsJson *json, bool first)
{
	sms_json_space(json);
	if (json->pos < json->end && *json->pos == ']')
	{
		json->pos++;
		return false;
	}
	if (!first)
	{
		if (json->pos >= json->end || *json->pos != ',')
			return sms_json_fail(json, json->pos, "a comma or a closing bracket");
		json->pos++;
		sms_json_space(json);
	}
	if (json->pos >= json->end)
		return sms_json_fail(json, json->pos, "a value");
	return true;
}

/*
 * Scans a whole value and checks all of it, without recursion.  depth is how
 * many objects and arrays are open around it.
 */
bool
sms_json_skip(SmsJson *json, int depth, SmsJsonValue *value)
{
	const char *open = json->pos;
	uint64_t	in_array = 0;	/* one bit per open level, innermost lowest */
	int			levels = 0;
	bool		first = true;
	SmsJsonValue part;

	if (open >= json->end || (*open != '{' && *open != '['))
		return sms_json_scalar(json, value);

	value->kind = *open == '{' ? SMS_JSON_OBJECT : SMS_JSON_ARRAY;
	value->escaped = false;
	do
	{
		bool		more;

		if (json->pos < json->end && first &&
			(*json->pos == '{' || *json->pos == '['))
		{
			if (depth + ++levels > SMS_JSON_MAX_DEPTH)
				return sms_json_fail(json, json->pos, "at most 64 levels of nesting");
			in_array = in_array << 1 | (*json->pos == '[');
			json->pos++;
		}
		more = in_array & 1 ? sms_json_element(json, first) :
			sms_json_key(json, first, &part);
		if (json->fault != NULL)
			return false;
		if (!more)
		{
			in_array >>= 1;
			levels--;
			first = false;
		}
		else if (json->pos < json->end &&
				 (*json->pos == '{' || *json->pos == '['))
			first = true;
		else
		{
			if (!sms_json_scalar(json, &part))
				return false;
			first = false;
		}
	} while (levels > 0);
	value->text.ptr = open;
	value->text.len = json->pos - open;
	return true;
}

/*
 * After a fault of structure in the element that begins at from: looks for
 * its end by counting brackets outside of strings.  True, with pos behind the
 * element, if what follows can follow an element (in an array: a comma or the
 * closing bracket; else: the next value or the end).
 */
bool
sms_json_resync(SmsJson *json, const char *from, bool in_array)
{
	const char *s;
	int64_t		open = 0;
	bool		in_string = false;

	for (s = from; s < json->end; s++)
	{
		if (in_string)
		{
			if (*s == '\\')
				s++;
			else if (*s == '"')
				in_string = false;
			continue;
		}
		if (*s == '"')
			in_string = true;
		else if (*s == '{' || *s == '[')
			open++;
		else if (*s == '}' || *s == ']')
			open--;
		else if (open > 0 || *s != ',')
			continue;
		/* an element that opened nothing ends before a comma or bracket */
		if (open < 0)
			open = 0;
		else if (open == 0 && *s == ',')
			;
		else if (open == 0 && !in_string)
			s++;
		else
			continue;
		break;
	}
	if (s > json->end || open != 0)
		return false;
	json->pos = s;
	sms_json_space(json);
	if (json->pos >= json->end)
	{
		if (in_array)
			return false;
	}
	else if (in_array ? *json->pos != ',' && *json->pos != ']' :
			 *json->pos != '{' && *json->pos != '[')
		return false;
	json->fault = NULL;
	json->content_fault = NULL;
	return true;
}

static size_t
put_utf8(uint32_t c, char *out)
{
	if (c < 0x80)
	{
		out[0] = (char) c;
		return 1;
	}
	if (c < 0x800)
	{
		out[0] = (char) (0xC0 | c >> 6);
		out[1] = (char) (0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000)
	{
		out[0] = (char) (0xE0 | c >> 12);
		out[1] = (char) (0x80 | (c >> 6 & 0x3F));
		out[2] = (char) (0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char) (0xF0 | c >> 18);
	out[1] = (char) (0x80 | (c >> 12 & 0x3F));
	out[2] = (char) (0x80 | (c >> 6 & 0x3F));
	out[3] = (char) (0x80 | (c & 0x3F));
	return 4;
}

/*
 * Writes what a string stands for; out has room for text.len bytes, which is
 * always enough.  False if an escape stands for no character.
 */
bool
sms_json_decode(SmsText text, char *out, size_t *len)
{
	const char *s = text.ptr;
	const char *end = s + text.len;
	const char *fault = NULL;
	char	   *o = out;

	while (s < end)
	{
		const char *run = memchr(s, '\\', end - s);
		uint32_t	c;

		if (run == NULL)
			run = end;
		memcpy(o, s, run - s);
		o += run - s;
		s = run;
		if (s == end)
			break;
		s += read_escape(s, end, &c, &fault);
		o += put_utf8(c, o);
	}
	*len = o - out;
	return fault == NULL;
}

/* The same for a string that was scanned and has no faults; returns the length. */
size_t
sms_json_unescape(SmsText text, char *out)
{
	size_t		len;

	(void) sms_json_decode(text, out, &len);
	return len;
}

/* U+FFFD, for what is no character */
static size_t
put_replacement(char *out)
{
	return put_utf8(REPLACEMENT, out);
}

/* One escape of a faulty string, at *s, which moves behind it. */
static size_t
repair_escape(const char **s, const char *end, char *out)
{
	const char *start = *s;
	const char *fault = NULL;
	uint32_t	c;

	*s += read_escape(start, end, &c, &fault);
	/* of an unknown escape, the letter stays */
	if (c == 0 || (fault != NULL && (end - start < 2 || start[1] == 'u')))
		return put_replacement(out);
	return put_utf8(c, out);
}

/*
 * What a string stands for that has faults of content: U+FFFD stands where
 * there is no character.
 */
size_t
sms_json_repair(SmsText text, char *out)
{
	const char *s = text.ptr;
	const char *end = s + text.len;
	char	   *o = out;

	while (s < end)
	{
		size_t		n;

		if (*s == '\\')
		{
			o += repair_escape(&s, end, o);
			continue;
		}
		n = *s == '\0' ? 0 : sms_utf8_sequence((const unsigned char *) s, (const unsigned char *) end);
		if (n == 0)
		{
			o += put_replacement(o);
			s++;
			continue;
		}
		memcpy(o, s, n);
		o += n;
		s += n;
	}
	return o - out;
}

/*
 * Writes a text as it stands between the quotes of a JSON string; out has
 * room for six times its length.
 */
size_t
sms_json_quote(SmsText text, char *out)
{
	static const char digits[] = "0123456789abcdef";
	char	   *o = out;
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		unsigned char c = (unsigned char) text.ptr[i];

		if (c < 0x20)
		{
			memcpy(o, "\\u00", 4);
			o[4] = digits[c >> 4];
			o[5] = digits[c & 15];
			o += 6;
			continue;
		}
		if (c == '"' || c == '\\')
			*o++ = '\\';
		*o++ = (char) c;
	}
	return o - out;
}
