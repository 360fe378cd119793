/*-------------------------------------------------------------------------
 *
 * recipient.c
 *	  Recipients in one form: '+' and digits for an international number,
 *	  anything else as given.
 *
 * Providers disagree about the plus (ENS and Infobip send digits only,
 * EngageLab and Intercom E.164), and people write blanks and brackets, a trunk
 * zero behind the calling code, digits of their own script, and copy invisible
 * marks along.  What is not certain is left alone: a short code, an
 * alphanumeric name, and a number in national form, whose country nobody has
 * told.  Nothing is refused here for having no number of its plan: a provider
 * knows better than a table.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "text/recipient.h"

#include "text/utf8.h"

/* What Twilio and others put before a number; "messenger:" precedes an id. */
static const char *const schemes[] = {
	"tel:", "sms:", "smsto:", "mms:", "rcs:", "viber:", "whatsapp:"
};

/* Takes ASCII blanks off both ends. */
SmsText
sms_trim_ascii(SmsText text)
{
	while (text.len > 0 && sms_is_blank(text.ptr[0]))
	{
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && sms_is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* Takes off one of the schemes, whatever its ASCII case. */
static SmsText
skip_scheme(SmsText text)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
	{
		SmsText		start = {text.ptr, strlen(schemes[i])};

		if (text.len < start.len || !sms_text_is_any_case(start, schemes[i]))
			continue;
		text.ptr += start.len;
		text.len -= start.len;
		return sms_trim_ascii(text);
	}
	return text;
}

/* The value of a digit in the scripts that write numbers with their own; -1 */
static int
digit_value(uint32_t c)
{
	static const uint16_t zeros[] = {
		0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6,
		0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810,
		0xFF10
	};

	if (c >= '0' && c <= '9')
		return c - '0';
	for (size_t i = 0; c > 127 && i < sizeof(zeros) / sizeof(zeros[0]); i++)
	{
		if (c >= zeros[i] && c < zeros[i] + 10u)
			return c - zeros[i];
	}
	return -1;
}

/* What copying from a page or a list of contacts puts between and around */
static bool
is_unseen(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0xAD ||
		c == 0x061C || c == 0x1680 || c == 0x180E || (c >= 0x2000 && c <= 0x200F) ||
		(c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) ||
		c == 0x3000 || c == 0xFEFF || c == 0xFFFD;
}

static bool
is_separator(uint32_t c)
{
	return is_unseen(c) || c == '-' || c == '.' || c == '/' || c == ')' || c == ']' ||
		(c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x30FC ||
		c == 0xFF09 || c == 0xFF0D || c == 0xFF0E || c == 0xFF0F;
}

static bool
is_bracket(uint32_t c)
{
	return c == '(' || c == '[' || c == 0xFF08;
}

static bool
is_quote(uint32_t c)
{
	return c == '\'' || c == '"' || c == '`' || (c >= 0x2018 && c <= 0x201F);
}

/* A number as it was written */
typedef struct Written
{
	SmsDigits	number;
	bool		plus;
	int			zero_at;		/* where "(0)" is among the digits; -1 */
	int			bracketed;		/* digits in brackets before all others */
	SmsText		context;		/* RFC 3966: what comes before a local number */
} Written;

/* "ext. 12", "x12", "#12": the telephone behind the number, not a part of it */
static bool
is_extension(SmsText text)
{
	static const char *const words[] = {"extension", "extn", "ext", "x", "#"};
	size_t		i = 0;
	size_t		digits = 0;

	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]) && i == 0; w++)
	{
		size_t		len = strlen(words[w]);

		while (i < len && i < text.len && (text.ptr[i] | 0x20) == (words[w][i] | 0x20))
			i++;
		if (i < len)
			i = 0;
	}
	if (i == 0)
		return false;
	while (i < text.len && (sms_is_blank(text.ptr[i]) || text.ptr[i] == '.' || text.ptr[i] == ':'))
		i++;
	while (i < text.len && sms_is_digit(text.ptr[i]))
	{
		digits++;
		i++;
	}
	return digits > 0 && digits <= 7 && sms_trim_ascii((SmsText) {text.ptr + i, text.len - i}).len == 0;
}

/* Parameters of RFC 3966: those that say more than where within a house */
static bool
read_parameters(SmsText text, Written *written)
{
	static const char context[] = ";phone-context=+";
	const size_t len = sizeof(context) - 1;

	if (text.len > len && memcmp(text.ptr, context, len) == 0)
	{
		const char *end;

		written->context.ptr = text.ptr + len;
		end = memchr(written->context.ptr, ';', text.len - len);
		written->context.len = end == NULL ? text.len - len : (size_t) (end - written->context.ptr);
		return true;
	}
	return text.len > 5 && (memcmp(text.ptr, ";ext=", 5) == 0 ||
							(text.len > 6 && memcmp(text.ptr, ";isub=", 6) == 0));
}

/* A spreadsheet's decimals: digits, a point and zeros, nothing else. */
static SmsText
without_decimals(SmsText text)
{
	size_t		end = text.len;

	while (end > 0 && text.ptr[end - 1] == '0')
		end--;
	if (end == text.len || end < 2 || text.ptr[end - 1] != '.')
		return text;
	for (size_t i = 0; i < end - 1; i++)
	{
		if (!sms_is_digit(text.ptr[i]) && !(i == 0 && text.ptr[i] == '+'))
			return text;
	}
	text.len = end - 1;
	return text;
}

/* False if the text is no number. */
static bool
read_written(SmsText text, Written *written)
{
	SmsDigits  *number = &written->number;
	bool		in_bracket = false;

	memset(written, 0, sizeof(*written));
	written->zero_at = -1;
	text = without_decimals(text);
	for (size_t pos = 0; pos < text.len;)
	{
		SmsText		rest = {text.ptr + pos, text.len - pos};
		uint32_t	c = sms_utf8_next(text, &pos);
		int			digit = digit_value(c);

		if (digit >= 0)
		{
			if (number->n == SMS_PHONE_MAX_DIGITS + 2)
				return false;
			if (in_bracket && digit == 0 && number->n > 0 && pos < text.len && text.ptr[pos] == ')' &&
				rest.ptr[-1] == '(')
				written->zero_at = number->n;
			number->digits[number->n++] = (char) ('0' + digit);
			if (in_bracket && written->bracketed == number->n - 1)
				written->bracketed++;
		}
		else if (c == '+' || c == 0xFF0B || c == 0xFE62)
		{
			if (number->n > 0 || written->plus)
				return false;
			written->plus = true;
		}
		else if (is_bracket(c))
			in_bracket = true;
		else if (c == ';')
		{
			if (!read_parameters(rest, written))
				return false;
			break;
		}
		else if (number->n > 0 && is_extension(rest))
			break;
		else if (number->n == 0 ? !is_unseen(c) && !is_quote(c) : !is_separator(c) && !is_quote(c))
			return false;
		else if (c == ')' || c == ']' || c == 0xFF09)
			in_bracket = false;
	}
	return number->n > 0;
}

/* Is it a number of the length of one, without what is dialled before? */
static bool
is_whole(const SmsDigits *number)
{
	return number->n >= SMS_PHONE_MIN_DIGITS && number->n <= SMS_PHONE_MAX_DIGITS &&
		number->digits[0] != '0';
}

/* With its calling code.  What no plan has is kept as it was written. */
static bool
settle(Written *written, bool certain)
{
	SmsDigits	settled = written->number;

	if (!sms_plan_settle(&settled))
	{
		bool		found = false;

		/* +44 (0)20: the zero is dialled inside the country only */
		if (written->zero_at >= 0)
		{
			settled = written->number;
			memmove(settled.digits + written->zero_at, settled.digits + written->zero_at + 1,
					settled.n - written->zero_at - 1);
			settled.n--;
			found = sms_plan_settle(&settled);
			if (!found && !certain)
				return false;
			found = true;
		}
		if (!found && !certain)
			return false;
		if (!found)
			settled = written->number;
	}
	written->number = settled;
	return is_whole(&written->number);
}

/* What most of the world dials before a number of another country */
static bool
settle_abroad(Written *written)
{
	if (written->number.n <= 2 || memcmp(written->number.digits, "00", 2) != 0)
		return false;
	memmove(written->number.digits, written->number.digits + 2, written->number.n - 2);
	written->number.n -= 2;
	written->zero_at -= 2;
	return settle(written, true);
}

/*
 * Reads a phone number; home is the plan by which one in national form is
 * read, or NULL.
 */
static bool
read_phone(SmsText text, const SmsNumberingPlan *home, SmsDigits *number)
{
	Written		written;
	bool		found;

	if (!read_written(text, &written))
		return false;
	if (written.context.ptr != NULL)
	{
		SmsDigits	local = written.number;

		if (written.plus || written.context.len > 3)
			return false;
		for (size_t i = 0; i < written.context.len; i++)
		{
			if (!sms_is_digit(written.context.ptr[i]))
				return false;
		}
		home = sms_plan_of_code(written.context.ptr, written.context.len);
		if (home == NULL || !sms_plan_read_national(home, &local))
			return false;
		*number = local;
		return is_whole(number);
	}
	if (written.plus)
		found = settle(&written, true);
	else if (home != NULL)
	{
		SmsDigits	local = written.number;

		if (sms_plan_read_national(home, &local))
		{
			*number = local;
			return is_whole(number);
		}
		found = settle_abroad(&written) || settle(&written, false);
	}
	else if (written.number.n > 2 && memcmp(written.number.digits, "00", 2) == 0)
		found = settle_abroad(&written);
	else if (written.bracketed > 0)
		/* brackets around an area code are national form (E.123) */
		found = (size_t) written.bracketed == sms_calling_code_length(written.number.digits) &&
			settle(&written, false);
	else
		/* plain digits are a provider's; what is written with blanks, a person's */
		found = written.number.digits[0] != '0' &&
			settle(&written, text.len == (size_t) written.number.n);
	*number = written.number;
	return found;
}

/*
 * Writes the normal form of a recipient to out, which has room for
 * SMS_RECIPIENT_ROOM(in.len) bytes, and returns its length.  The form of the
 * result is the result.
 */
size_t
sms_normalize_for(SmsText in, const SmsNumberingPlan *home, char *out)
{
	SmsText		given = sms_trim_ascii(in);
	SmsDigits	number;

	if (!read_phone(skip_scheme(given), home, &number))
	{
		if (given.len > 0)
			memcpy(out, given.ptr, given.len);
		return given.len;
	}
	out[0] = '+';
	memcpy(out + 1, number.digits, number.n);
	return number.n + 1;
}

size_t
sms_normalize_recipient(SmsText in, char *out)
{
	return sms_normalize_for(in, NULL, out);
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
		if (!sms_is_digit(normalized.ptr[i]))
			return false;
	}
	return true;
}

/*
 * The last digits of what is written like a phone number and is none that a
 * plan has in normal form; writes them to out, which has room for
 * SMS_TAIL_DIGITS.  0 for any other.
 */
size_t
sms_tail_of_number(SmsText recipient, char *out)
{
	Written		written;

	if (sms_number_is_valid(recipient) ||
		!read_written(skip_scheme(sms_trim_ascii(recipient)), &written) ||
		written.number.n < SMS_TAIL_DIGITS)
		return 0;
	memcpy(out, written.number.digits + written.number.n - SMS_TAIL_DIGITS, SMS_TAIL_DIGITS);
	return SMS_TAIL_DIGITS;
}

/*
 * May what is written so be this number, which is in normal form?  A plus that
 * leads to no number of a plan was put before one in national form.  home is
 * the plan of whoever wrote it; NULL: not known, it may be any of the number's
 * calling code.
 */
bool
sms_number_may_mean(SmsText spelling, SmsText number, const SmsNumberingPlan *home)
{
	const SmsNumberingPlan *end = sms_numbering_plans + sms_n_numbering_plans;
	const SmsNumberingPlan *plan = home;
	char		room[SMS_RECIPIENT_ROOM(SMS_SPELLING_MAX)];
	SmsText		read = {room, 0};

	if (spelling.len > SMS_SPELLING_MAX || number.len > sizeof(room) ||
		!sms_recipient_is_phone(number))
		return false;
	read.len = sms_normalize_recipient(spelling, room);
	if (sms_text_same(read, number))
		return true;
	if (spelling.len > 0 && spelling.ptr[0] == '+')
	{
		spelling.ptr++;
		spelling.len--;
	}
	if (home == NULL)
		plan = sms_plan_of_code(number.ptr + 1, sms_calling_code_length(number.ptr + 1));
	if (plan == NULL)
		return false;
	for (int code = plan->calling_code; plan < end && plan->calling_code == code; plan++)
	{
		read.len = sms_normalize_for(spelling, plan, room);
		if (sms_text_same(read, number))
			return true;
		if (home != NULL)
			break;
	}
	return false;
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
