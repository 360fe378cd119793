/*-------------------------------------------------------------------------
 *
 * numbering.c
 *	  From the ways in which a number is written to the one under which it is
 *	  found: calling code and number, without what is dialled before it.
 *
 * Numbers that a country has renumbered get their new form, as long as the
 * old one is nobody's today.
 *
 *-------------------------------------------------------------------------
 */
#include "text/numbering.h"

#include "text/recipient.h"

#define ENDS 0x8000

/* In local_drop: a number has its 15, for "mobile", behind the area code */
#define DROP_15 255

/* Calling codes have one, two or three digits; the first two tell which. */
size_t
sms_calling_code_length(const char *digits)
{
	static const char two[] =
	"20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 "
	"51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 "
	"81 82 84 86 90 91 92 93 94 95 98 ";

	if (digits[0] == '1' || digits[0] == '7')
		return 1;
	for (const char *p = two; *p; p += 3)
	{
		if (p[0] == digits[0] && p[1] == digits[1])
			return 2;
	}
	return 3;
}

/* The main plan of a calling code; NULL where it is not assigned. */
const SmsNumberingPlan *
sms_plan_of_code(const char *digits, size_t len)
{
	int			code = 0;
	size_t		low = 0;
	size_t		high = sms_n_numbering_plans;

	for (size_t i = 0; i < len; i++)
		code = code * 10 + (digits[i] - '0');
	while (low < high)
	{
		size_t		mid = (low + high) / 2;

		if (sms_numbering_plans[mid].calling_code < code)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == sms_n_numbering_plans || sms_numbering_plans[low].calling_code != code)
		return NULL;
	return &sms_numbering_plans[low];
}

const SmsNumberingPlan *
sms_plan_of_country(SmsText country)
{
	for (size_t i = 0; country.len == 2 && i < sms_n_numbering_plans; i++)
	{
		if (memcmp(sms_numbering_plans[i].country, country.ptr, 2) == 0)
			return &sms_numbering_plans[i];
	}
	return NULL;
}

/* Is it a number that the pattern has, from its first to its last digit? */
static bool
fits(uint16_t pattern, const char *digits, int n)
{
	uint16_t	state = pattern;

	for (int i = 0; i < n; i++)
	{
		state = sms_digit_states[state & ~ENDS][digits[i] - '0'];
		if (state == 0)
			return false;
	}
	return (state & ENDS) != 0;
}

/* How many leading digits the pattern takes, the most and below a limit. */
static int
leading(uint16_t pattern, const char *digits, int n, int limit)
{
	uint16_t	state = pattern;
	int			taken = 0;

	for (int i = 0; i < n && i + 1 < limit; i++)
	{
		state = sms_digit_states[state & ~ENDS][digits[i] - '0'];
		if (state == 0)
			break;
		if (state & ENDS)
			taken = i + 1;
	}
	return taken;
}

/* Has any of the calling code's countries such a number? */
static bool
fits_code(const SmsNumberingPlan *plan, const char *digits, int n)
{
	const SmsNumberingPlan *end = sms_numbering_plans + sms_n_numbering_plans;
	int			code = plan->calling_code;

	for (; plan < end && plan->calling_code == code; plan++)
	{
		if (fits(plan->pattern, digits, n))
			return true;
	}
	return false;
}

static void
drop(SmsDigits *number, int at, int n)
{
	memmove(number->digits + at, number->digits + at + n, number->n - at - n);
	number->n -= n;
}

static bool
insert(SmsDigits *number, int at, const char *digits)
{
	int			n = strlen(digits);

	if (number->n + n > SMS_DIGITS_MAX)
		return false;
	memmove(number->digits + at + n, number->digits + at, number->n - at);
	memcpy(number->digits + at, digits, n);
	number->n += n;
	return true;
}

/*
 * Old forms of a number, which today are nobody's.  Sources: the regulators'
 * notices; dates are those on which the old form ended.
 */
static void
renumber(int code, SmsDigits *number, int at)
{
	int			n = number->n - at;
	const char *digits = number->digits + at;

	switch (code)
	{
		case 52:
			/* Mexico, 2019-08-03: mobile numbers lost their 1 (IFT) */
			if (n == 11 && digits[0] == '1')
				drop(number, at, 1);
			break;
		case 55:
			/* Brazil, 2012 to 2016: mobile numbers got a ninth digit (Anatel) */
			if (n == 10 && (digits[2] == '6' || digits[2] == '8' || digits[2] == '9'))
				insert(number, at + 2, "9");
			break;
		case 225:
			/* Ivory Coast, 2021-01-31: the mobile operator's digits (ARTCI) */
			if (n == 8 && digits[0] != '2' && digits[0] != '3' &&
				(digits[0] != '6' || digits[1] > '3'))
				insert(number, at, digits[1] <= '3' ? "01" : digits[1] <= '6' ? "05" : "07");
			break;
		case 229:
			/* Benin, 2024-11-30: 01 before numbers of people (ARCEP) */
			if (n == 8 && digits[0] != '8')
				insert(number, at, "01");
			break;
	}
}

/* Takes off what is dialled at home; false if no number is left. */
static bool
drop_trunk(const SmsNumberingPlan *plan, SmsDigits *number, int at)
{
	const char *digits = number->digits + at;
	int			n = number->n - at;

	if (plan->trunk == 0)
		return false;
	/* a carrier's digits may follow the trunk prefix, or look as if */
	for (int limit = n; limit > 1;)
	{
		int			taken = leading(plan->trunk, digits, n, limit);

		if (taken == 0)
			return false;
		if (fits_code(plan, digits + taken, n - taken))
		{
			drop(number, at, taken);
			return true;
		}
		limit = taken;
	}
	return false;
}

/* Numbers that people of one place dial without its area code, and the like */
static bool
add_local_prefix(const SmsNumberingPlan *plan, SmsDigits *number, int at)
{
	const char *digits = number->digits + at;
	int			n = number->n - at;

	if (plan->local == 0)
		return false;
	if (plan->local_drop == DROP_15)
	{
		int			taken = leading(plan->local, digits, n, n);

		if (taken < 4)
			return false;
		drop(number, at + taken - 2, 2);
		if (digits[0] == '0')
			drop(number, at, 1);
	}
	else if (fits(plan->local, digits, n))
		drop(number, at, plan->local_drop);
	else
		return false;
	return insert(number, at, plan->local_prefix);
}

/*
 * Brings a number with its calling code into its one form.  False if its
 * calling code is not assigned, or its plan has no such number; the number is
 * what was given then, but for what is certain.
 */
bool
sms_plan_settle(SmsDigits *number)
{
	size_t		len;
	const SmsNumberingPlan *plan;
	const SmsNumberingPlan *end = sms_numbering_plans + sms_n_numbering_plans;

	if (number->n < SMS_PHONE_MIN_DIGITS)
		return false;
	len = sms_calling_code_length(number->digits);
	plan = sms_plan_of_code(number->digits, len);
	if (plan == NULL)
		return false;
	renumber(plan->calling_code, number, len);
	if (fits_code(plan, number->digits + len, number->n - len))
		return true;
	for (const SmsNumberingPlan *p = plan; p < end && p->calling_code == plan->calling_code; p++)
	{
		if (drop_trunk(p, number, len))
		{
			renumber(plan->calling_code, number, len);
			return true;
		}
		/* a local number cannot be meant beside several countries */
		if ((p == plan || p->local_drop == DROP_15) && add_local_prefix(p, number, len))
			return fits_code(plan, number->digits + len, number->n - len);
	}
	return false;
}

/*
 * Reads digits as they are dialled in a country; on success the number has its
 * calling code.  False if its plan has no such number.
 */
bool
sms_plan_read_national(const SmsNumberingPlan *home, SmsDigits *number)
{
	char		code[8];
	int			len = 0;
	int			abroad = home->exit == 0 ? 0 : leading(home->exit, number->digits, number->n, number->n);
	bool		found;

	for (int rest = home->calling_code; rest > 0; rest /= 10)
		len++;
	for (int i = len, rest = home->calling_code; i > 0; rest /= 10)
		code[--i] = (char) ('0' + rest % 10);
	code[len] = '\0';

	/* no calling code begins with 0 */
	if (abroad > 0 && number->digits[abroad] != '0')
	{
		SmsDigits	away = *number;

		drop(&away, 0, abroad);
		if (sms_plan_settle(&away))
		{
			*number = away;
			return true;
		}
	}
	renumber(home->calling_code, number, 0);
	found = fits(home->pattern, number->digits, number->n);
	/* the calling code without a plus */
	if (!found && number->n > len && memcmp(number->digits, code, len) == 0)
	{
		SmsDigits	whole = *number;

		if (sms_plan_settle(&whole))
		{
			*number = whole;
			return true;
		}
	}
	if (!found)
		found = add_local_prefix(home, number, 0) || drop_trunk(home, number, 0);
	if (!found || !insert(number, 0, code))
		return false;
	return sms_plan_settle(number);
}

/* Does a numbering plan have the number, which is in normal form? */
bool
sms_number_is_valid(SmsText normalized)
{
	const SmsNumberingPlan *plan;
	size_t		len;

	if (!sms_recipient_is_phone(normalized))
		return false;
	len = sms_calling_code_length(normalized.ptr + 1);
	plan = sms_plan_of_code(normalized.ptr + 1, len);
	return plan != NULL &&
		fits_code(plan, normalized.ptr + 1 + len, (int) (normalized.len - 1 - len));
}

/* May a number in normal form have so many digits? */
bool
sms_number_is_possible(SmsText normalized)
{
	const SmsNumberingPlan *end = sms_numbering_plans + sms_n_numbering_plans;
	const SmsNumberingPlan *plan;
	size_t		len;
	int			code;

	if (!sms_recipient_is_phone(normalized))
		return false;
	len = sms_calling_code_length(normalized.ptr + 1);
	plan = sms_plan_of_code(normalized.ptr + 1, len);
	if (plan == NULL)
		return false;
	for (code = plan->calling_code; plan < end && plan->calling_code == code; plan++)
	{
		/* seven digits are a number of +1 at home only */
		if ((code != 1 || normalized.len == 12) &&
			plan->lengths & (UINT32_C(1) << (normalized.len - 1 - len)))
			return true;
	}
	return false;
}

/*
 * The other way in which a normal form may be written where the plan has two
 * numbers for one phone: Argentina's mobile numbers are dialled with a 9 from
 * abroad and are written without it too.  Writes it to out, which has room
 * for one digit more; 0 where there is none.
 */
size_t
sms_number_respelled(SmsText normalized, char *out)
{
	if (normalized.len < 4 || memcmp(normalized.ptr, "+54", 3) != 0)
		return 0;
	if (normalized.len == 14 && normalized.ptr[3] == '9')
	{
		memcpy(out, normalized.ptr, 3);
		memcpy(out + 3, normalized.ptr + 4, normalized.len - 4);
		return normalized.len - 1;
	}
	if (normalized.len == 13 && normalized.ptr[3] != '9')
	{
		memcpy(out, "+549", 4);
		memcpy(out + 4, normalized.ptr + 3, normalized.len - 3);
		return normalized.len + 1;
	}
	return 0;
}
