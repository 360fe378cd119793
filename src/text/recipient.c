/*-------------------------------------------------------------------------
 *
 * recipient.c
 *	  Recipients in one form: '+' and digits for an international number,
 *	  anything else as given.
 *
 * Providers disagree about the plus (ENS and Infobip send digits only,
 * EngageLab and Intercom E.164), and people write blanks and brackets.  What
 * is not certain is left alone: a short code, an alphanumeric name, and a
 * number in national form, whose country nobody has told.
 *
 *-------------------------------------------------------------------------
 */
#include "text/recipient.h"

/* What Twilio and others put before a number; "messenger:" precedes an id. */
static const char *const schemes[] = {
	"tel:", "sms:", "smsto:", "mms:", "rcs:", "viber:", "whatsapp:"
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_separator(char c)
{
	return is_blank(c) || c == '-' || c == '.' || c == '/' ||
		c == '(' || c == ')';
}

/* Takes ASCII blanks off both ends. */
SmsText
sms_trim_ascii(SmsText text)
{
	while (text.len > 0 && is_blank(text.ptr[0]))
	{
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* Takes off one of the schemes, whatever its ASCII case. */
static SmsText
skip_scheme(SmsText text)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
	{
		size_t		len = strlen(schemes[i]);
		size_t		j = 0;

		if (text.len < len)
			continue;
		while (j < len)
		{
			char		c = text.ptr[j];

			if (c >= 'A' && c <= 'Z')
				c += 'a' - 'A';
			if (c != schemes[i][j])
				break;
			j++;
		}
		if (j == len)
		{
			text.ptr += len;
			text.len -= len;
			return sms_trim_ascii(text);
		}
	}
	return text;
}

/*
 * Reads an international number into digits[], which has room for 00 and
 * SMS_PHONE_MAX_DIGITS; returns how many digits it has, or 0 if text is not
 * such a number.  *start is where the number begins, after a leading 00.
 */
static int
read_phone(SmsText text, char *digits, int *start)
{
	bool		plus = false;
	int			n = 0;

	*start = 0;
	if (text.len > 0 && text.ptr[0] == '+')
	{
		plus = true;
		text.ptr++;
		text.len--;
	}
	for (size_t i = 0; i < text.len; i++)
	{
		char		c = text.ptr[i];

		if (is_digit(c))
		{
			if (n == SMS_PHONE_MAX_DIGITS + 2)
				return 0;
			digits[n++] = c;
		}
		else if (!is_separator(c) ||
				 (n == 0 && c != '(' && !is_blank(c)))
			return 0;
		else if (c == '(' && n > 0 && text.len - i > 2 &&
				 text.ptr[i + 1] == '0' && text.ptr[i + 2] == ')')
		{
			/*
			 * +44 (0)20: the zero is dialled inside the country only.  Italy
			 * keeps it in front of some numbers, so there it decides nothing.
			 */
			int			code = (n > 2 && digits[0] == '0' && digits[1] == '0') ? 2 : 0;

			if ((!plus && code == 0) ||
				(n - code == 2 && memcmp(digits + code, "39", 2) == 0))
				return 0;
			i += 2;
		}
	}
	if (n == 0 || !(is_digit(text.ptr[text.len - 1]) ||
					text.ptr[text.len - 1] == ')'))
		return 0;
	if (!plus && n > 2 && digits[0] == '0' && digits[1] == '0')
		*start = 2;
	n -= *start;
	if (n < SMS_PHONE_MIN_DIGITS || n > SMS_PHONE_MAX_DIGITS ||
		digits[*start] == '0')
		return 0;
	return n;
}

/*
 * Writes the normal form of a recipient to out, which has room for in.len + 2
 * bytes, and returns its length.  The form of the result is the result.
 */
size_t
sms_normalize_recipient(SmsText in, char *out)
{
	SmsText		given = sms_trim_ascii(in);
	char		digits[SMS_PHONE_MAX_DIGITS + 2];
	int			start;
	int			n = read_phone(skip_scheme(given), digits, &start);

	if (n == 0)
	{
		if (given.len > 0)
			memcpy(out, given.ptr, given.len);
		return given.len;
	}
	out[0] = '+';
	memcpy(out + 1, digits + start, n);
	return n + 1;
}

/* Is this normal form a phone number (and not a name or a short code)? */
bool
sms_recipient_is_phone(SmsText normalized)
{
	if (normalized.len < SMS_PHONE_MIN_DIGITS + 1 ||
		normalized.len > SMS_PHONE_MAX_DIGITS + 1 ||
		normalized.ptr[0] != '+' || normalized.ptr[1] == '0')
		return false;
	for (size_t i = 1; i < normalized.len; i++)
	{
		if (!is_digit(normalized.ptr[i]))
			return false;
	}
	return true;
}

/* Are two senders the same, with or without a leading plus? */
bool
sms_same_sender(SmsText a, SmsText b)
{
	if (a.len > 0 && a.ptr[0] == '+')
	{
		a.ptr++;
		a.len--;
	}
	if (b.len > 0 && b.ptr[0] == '+')
	{
		b.ptr++;
		b.len--;
	}
	return a.len == b.len &&
		(a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
