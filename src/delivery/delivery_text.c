/*-------------------------------------------------------------------------
 *
 * delivery_text.c
 *	  Text form of delivery states, both ways; see delivery.h.
 *
 * Reading is generous: entries in any order, several for one channel and
 * part (they are merged), words in any case, clocks with any offset from UTC.
 * Printing is not: one text for one state.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "delivery/delivery.h"

/* the longest clock, 2021-02-05T22:30:26.123456Z */
#define CLOCK_MAX 27
/*
 * The longest printed entry has less than 64 characters of names, part and
 * code, six names of times with ", " and space, and seven clocks.
 */
#define ENTRY_TEXT_MAX (64 + 6 * 16 + 7 * CLOCK_MAX)

/* in the order of SmsRanking */
static const char *const rankings[] = {"code", "time", "class"};

/* the classes that name the groups of SmsFinal, in its order */
static const SmsClass final_classes[SMS_N_FINALS] = {
	SMS_CLASS_NOT_SENT, SMS_CLASS_EXPIRED, SMS_CLASS_UNDELIVERED,
	SMS_CLASS_DELIVERED
};

/* Text on its way in. */
typedef struct Scanner
{
	const char *start;
	const char *next;
	const char *end;
	const char *wanted;			/* set by the first failure */
} Scanner;

const char *
sms_ranking_name(SmsRanking ranking)
{
	return rankings[ranking];
}

/* False if there is no ranking of that name. */
bool
sms_ranking_by_name(SmsText name, SmsRanking *ranking)
{
	int			i;

	for (i = SMS_RANK_BY_CODE; i <= SMS_RANK_BY_CLASS; i++)
		if (sms_text_is_any_case(name, rankings[i]))
		{
			*ranking = (SmsRanking) i;
			return true;
		}
	return false;
}

static bool
fail(Scanner *s, const char *at, const char *wanted)
{
	s->next = at;
	s->wanted = wanted;
	return false;
}

static void
skip_space(Scanner *s)
{
	while (s->next < s->end && sms_is_blank(*s->next))
		s->next++;
}

/* The character ahead, '\0' at the end */
static char
peek(const Scanner *s)
{
	return s->next < s->end ? *s->next : '\0';
}

/* After space; takes the character c if it is ahead. */
static bool
take(Scanner *s, char c)
{
	skip_space(s);
	if (s->next == s->end || *s->next != c)
		return false;
	s->next++;
	return true;
}

/* After space; a run of ASCII letters and '_', which may be empty. */
static SmsText
take_word(Scanner *s)
{
	SmsText		word;

	skip_space(s);
	word.ptr = s->next;
	while (s->next < s->end &&
		   (sms_is_letter(*s->next) || *s->next == '_'))
		s->next++;
	word.len = s->next - word.ptr;
	return word;
}

/* Unsigned digits, at most max. */
static bool
take_number(Scanner *s, int64_t max, int64_t *value)
{
	if (!sms_is_digit(peek(s)))
		return false;
	for (*value = 0; sms_is_digit(peek(s)); s->next++)
	{
		*value = *value * 10 + (*s->next - '0');
		if (*value > max)
			return false;
	}
	return true;
}

/* Exactly n digits with a value from min to max. */
static bool
take_digits(Scanner *s, int n, int min, int max, int *value)
{
	for (*value = 0; n > 0; n--, s->next++)
	{
		if (!sms_is_digit(peek(s)))
			return false;
		*value = *value * 10 + (*s->next - '0');
	}
	return *value >= min && *value <= max;
}

static bool
take_sign(Scanner *s, char c)
{
	if (peek(s) != c)
		return false;
	s->next++;
	return true;
}

/* Days since 2000-01-01 of a date of the proleptic Gregorian calendar */
static int64_t
days_from_date(int year, int month, int day)
{
	/* years from 1 March of year 0; 400 years have 146,097 days */
	int			y = month > 2 ? year : year - 1;
	int			m = month > 2 ? month - 3 : month + 9;

	return (int64_t) y * 365 + y / 4 - y / 100 + y / 400 +
		(153 * m + 2) / 5 + day - 730426;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool		leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Z, or an offset as +hh, +hhmm or +hh:mm; east of Greenwich is positive. */
static bool
take_offset(Scanner *s, SmsInstant *offset)
{
	int			sign;
	int			hours;
	int			minutes = 0;

	*offset = 0;
	if (take_sign(s, 'Z') || take_sign(s, 'z'))
		return true;
	if (take_sign(s, '+'))
		sign = 1;
	else if (take_sign(s, '-'))
		sign = -1;
	else
		return false;
	if (!take_digits(s, 2, 0, 15, &hours))
		return false;
	if ((take_sign(s, ':') || sms_is_digit(peek(s))) &&
		!take_digits(s, 2, 0, 59, &minutes))
		return false;
	*offset = sign * (hours * 60 + minutes) * 60 * SMS_SECOND;
	return true;
}

/* .f with one to six digits, in microseconds */
static bool
take_fraction(Scanner *s, int *micros)
{
	int			unit = 100000;

	if (!sms_is_digit(peek(s)))
		return false;
	for (*micros = 0; sms_is_digit(peek(s)); s->next++, unit /= 10)
	{
		if (unit == 0)
			return false;
		*micros += (*s->next - '0') * unit;
	}
	return true;
}

/*
 * After space; yyyy-mm-ddThh:mm[:ss[.ffffff]] with an offset.  A single space
 * may stand for the T.
 */
static bool
take_clock(Scanner *s, SmsInstant *at)
{
	const char *start;
	int			year;
	int			month;
	int			day;
	int			hour;
	int			minute;
	int			second = 0;
	int			micros = 0;
	SmsInstant	offset;

	skip_space(s);
	start = s->next;
	if (!take_digits(s, 4, 1, 9999, &year) || !take_sign(s, '-') ||
		!take_digits(s, 2, 1, 12, &month) || !take_sign(s, '-') ||
		!take_digits(s, 2, 1, days_of_month(year, month), &day) ||
		!(take_sign(s, 'T') || take_sign(s, 't') || take_sign(s, ' ')) ||
		!take_digits(s, 2, 0, 23, &hour) || !take_sign(s, ':') ||
		!take_digits(s, 2, 0, 59, &minute) ||
		(take_sign(s, ':') && !take_digits(s, 2, 0, 59, &second)) ||
		(take_sign(s, '.') && !take_fraction(s, &micros)) ||
		!take_offset(s, &offset))
		return fail(s, start, "a time such as 2021-02-05T22:30:26.004Z");
	*at = days_from_date(year, month, day) * SMS_DAY +
		((hour * 60 + minute) * 60 + second) * SMS_SECOND + micros - offset;
	if (*at < SMS_MIN_CLOCK || *at >= SMS_END_CLOCK)
		return fail(s, start, "a time in the years 0001 to 9999 of UTC");
	return true;
}

/* Channel, '/' and part */
static bool
take_key(Scanner *s, SmsReport *report)
{
	SmsText		word = take_word(s);
	const char *start;
	int64_t		part;

	report->channel = sms_channel_by_name(word);
	if (word.len == 0 ||
		(report->channel == SMS_CHANNEL_OTHER && !sms_text_is_any_case(word, "other")))
		return fail(s, word.ptr, "a channel such as SMS");
	report->part = SMS_WHOLE_MESSAGE;
	if (!take(s, '/'))
		return true;
	skip_space(s);
	start = s->next;
	if (!take_number(s, SMS_MAX_PART, &part))
		return fail(s, start, "a part from 0 to 254");
	report->part = (int) part;
	return true;
}

/* Class, code, clock and ranking of the deciding report */
static bool
take_report(Scanner *s, SmsReport *report)
{
	SmsText		word = take_word(s);
	const char *start;

	report->cls = sms_class_by_name(word);
	if (report->cls == SMS_CLASS_NONE)
		return fail(s, word.ptr, "a class such as delivered");
	report->code = 0;
	skip_space(s);
	start = s->next;
	if (sms_is_digit(peek(s)) || peek(s) == '-')
	{
		bool		negative = take_sign(s, '-');
		int64_t		code;

		if (!take_number(s, (int64_t) INT32_MAX + negative, &code))
			return fail(s, start, "a code that is a 32-bit integer");
		report->code = (int32_t) (negative ? -code : code);
	}
	report->at = SMS_NO_INSTANT;
	if (take(s, '@') && !take_clock(s, &report->at))
		return false;
	report->ranking = SMS_RANK_BY_TIME;
	word = take_word(s);
	if (word.len == 0)
		return true;
	if (!sms_text_is_any_case(word, "by"))
		return fail(s, word.ptr, "\"by\" and a ranking");
	word = take_word(s);
	if (!sms_ranking_by_name(word, &report->ranking))
		return fail(s, word.ptr, "a ranking: code, time or class");
	return true;
}

/* One of the facts after the deciding report */
static bool
take_fact(Scanner *s, SmsDeliveryEntry *entry)
{
	SmsText		word = take_word(s);
	SmsClass	cls = sms_class_by_name(word);
	SmsInstant *at;

	if (cls == SMS_CLASS_SENT)
		at = &entry->best.sent_at;
	else if (cls == SMS_CLASS_SEEN && entry->best.cls == SMS_CLASS_SEEN)
		at = &entry->seen_at;
	else if (cls != SMS_CLASS_SEEN && sms_class_is_final(cls))
	{
		SmsFinal	final = sms_final_of_class(cls);

		at = &entry->final_at[final];
		entry->finals |= 1 << final;
		skip_space(s);
		if (!sms_is_digit(peek(s)))
			return true;
	}
	else
		return fail(s, word.ptr, "sent, a final class, or (in an entry of class seen) seen");
	if (*at != SMS_NO_INSTANT)
		return fail(s, word.ptr, "each kind of time at most once");
	return take_clock(s, at);
}

static bool
take_entry(Scanner *s, SmsDeliveryEntry *entry)
{
	int			i;

	entry->best.sent_at = SMS_NO_INSTANT;
	entry->seen_at = SMS_NO_INSTANT;
	entry->finals = 0;
	for (i = 0; i < SMS_N_FINALS; i++)
		entry->final_at[i] = SMS_NO_INSTANT;
	if (!take_key(s, &entry->best) || !take_report(s, &entry->best))
		return false;
	while (take(s, ','))
		if (!take_fact(s, entry))
			return false;
	sms_entry_complete(entry);
	return true;
}

/* The entries read so far, in order. */
typedef struct Entries
{
	SmsDeliveryEntry *items;
	size_t		n;
	size_t		room;
} Entries;

/*
 * Puts an entry in its place, or merges it into the one that has the place.
 * Printed text comes in order, so the place is usually the end; and there
 * are never more than channels times parts.
 */
static void
add_entry(Entries *entries, const SmsDeliveryEntry *entry, SmsRegion *region)
{
	size_t		at = entries->n;
	int			c = 1;

	while (at > 0 &&
		   (c = sms_entry_compare(entry, &entries->items[at - 1])) < 0)
		at--;
	if (at > 0 && c == 0)
	{
		sms_entry_merge(&entries->items[at - 1], entry);
		return;
	}
	if (entries->n == entries->room)
	{
		SmsDeliveryEntry *old = entries->items;

		entries->room = entries->room == 0 ? 4 : entries->room * 2;
		entries->items = sms_region_alloc(region,
										  entries->room * sizeof(*old));
		if (entries->n > 0)
			memcpy(entries->items, old, entries->n * sizeof(*old));
	}
	memmove(&entries->items[at + 1], &entries->items[at],
			(entries->n - at) * sizeof(*entry));
	entries->items[at] = *entry;
	entries->n++;
}

/*
 * The state that a text describes, in memory of the region; NULL and the
 * reason if it describes none.  Empty text is the state without reports.
 */
SmsDelivery *
sms_delivery_parse(SmsText text, SmsRegion *region, SmsDeliveryError *error)
{
	Scanner		s = {text.ptr, text.ptr, text.ptr + text.len, NULL};
	Entries		entries = {NULL, 0, 0};
	SmsDeliveryEntry entry;
	SmsDelivery *state;

	skip_space(&s);
	while (s.next < s.end)
	{
		if (!take_entry(&s, &entry))
			break;
		add_entry(&entries, &entry, region);
		skip_space(&s);
		if (s.next == s.end)
			break;
		if (!take(&s, ';'))
		{
			fail(&s, s.next, "\",\", \";\" or the end");
			break;
		}
		skip_space(&s);
		if (s.next == s.end)
			fail(&s, s.next, "an entry after \";\"");
	}
	if (s.wanted != NULL)
	{
		error->wanted = s.wanted;
		error->position = s.next - s.start;
		return NULL;
	}
	state = sms_region_alloc(region, SMS_DELIVERY_HEADER +
							 entries.n * SMS_DELIVERY_MAX_ENTRY);
	sms_delivery_from_entries(entries.items, entries.n, state);
	return state;
}

static char *
put_text(char *out, const char *text)
{
	size_t		len = strlen(text);

	memcpy(out, text, len);
	return out + len;
}

static char *
put_number(char *out, int64_t value)
{
	char		digits[20];
	int			n = 0;

	if (value < 0)
	{
		*out++ = '-';
		value = -value;
	}
	do
		digits[n++] = (char) ('0' + value % 10);
	while ((value /= 10) > 0);
	while (n > 0)
		*out++ = digits[--n];
	return out;
}

static char *
put_digits(char *out, int n, int value)
{
	int			i;

	for (i = n - 1; i >= 0; i--, value /= 10)
		out[i] = (char) ('0' + value % 10);
	return out + n;
}

/* An instant within the limits of clocks, in UTC */
static char *
put_clock(char *out, SmsInstant at)
{
	int64_t		micros = at - SMS_MIN_CLOCK;
	int			day = (int) (micros / SMS_DAY);
	int			seconds = (int) (micros % SMS_DAY / SMS_SECOND);
	int			fraction = (int) (micros % SMS_SECOND);
	int			year;
	int			month = 12;

	/* day counts from 0001-01-01; no year has 367 days, so this is not late */
	year = day / 366 + 1;
	while (year < 9999 &&
		   days_from_date(year + 1, 1, 1) - days_from_date(1, 1, 1) <= day)
		year++;
	while (days_from_date(year, month, 1) - days_from_date(1, 1, 1) > day)
		month--;
	day -= (int) (days_from_date(year, month, 1) - days_from_date(1, 1, 1));

	out = put_digits(out, 4, year);
	*out++ = '-';
	out = put_digits(out, 2, month);
	*out++ = '-';
	out = put_digits(out, 2, day + 1);
	*out++ = 'T';
	out = put_digits(out, 2, seconds / 3600);
	*out++ = ':';
	out = put_digits(out, 2, seconds / 60 % 60);
	*out++ = ':';
	out = put_digits(out, 2, seconds % 60);
	if (fraction != 0)
	{
		*out++ = '.';
		out = put_digits(out, 6, fraction);
		while (out[-1] == '0')
			out--;
	}
	*out++ = 'Z';
	return out;
}

static char *
put_fact(char *out, SmsClass cls, SmsInstant at)
{
	out = put_text(out, ", ");
	out = put_text(out, sms_class_name(cls));
	if (at == SMS_NO_INSTANT)
		return out;
	*out++ = ' ';
	return put_clock(out, at);
}

static char *
put_entry(char *out, const SmsDeliveryEntry *entry)
{
	const SmsReport *best = &entry->best;
	int			i;

	out = put_text(out, sms_channel_name(best->channel));
	if (best->part != SMS_WHOLE_MESSAGE)
	{
		*out++ = '/';
		out = put_number(out, best->part);
	}
	*out++ = ' ';
	out = put_text(out, sms_class_name(best->cls));
	if (best->code != 0)
	{
		*out++ = ' ';
		out = put_number(out, best->code);
	}
	if (best->at != SMS_NO_INSTANT)
	{
		out = put_text(out, " @");
		out = put_clock(out, best->at);
	}
	out = put_text(out, " by ");
	out = put_text(out, rankings[best->ranking]);

	if (best->sent_at != SMS_NO_INSTANT &&
		!(best->cls == SMS_CLASS_SENT && best->sent_at == best->at))
		out = put_fact(out, SMS_CLASS_SENT, best->sent_at);
	for (i = 0; i < SMS_N_FINALS; i++)
		if ((entry->finals & 1 << i) != 0 &&
			!((int) sms_final_of_class(best->cls) == i &&
			  entry->final_at[i] == best->at))
			out = put_fact(out, final_classes[i], entry->final_at[i]);
	if (entry->seen_at != SMS_NO_INSTANT && entry->seen_at != best->at)
		out = put_fact(out, SMS_CLASS_SEEN, entry->seen_at);
	return out;
}

/* Text of a state, terminated, in memory of the region; NULL if damaged. */
char *
sms_delivery_print(SmsDeliveryView state, SmsRegion *region)
{
	SmsDeliveryCursor cursor;
	SmsDeliveryEntry entry;
	size_t		n = 0;
	char	   *text;
	char	   *out;

	if (!sms_delivery_start(&cursor, state))
		return NULL;
	while (sms_delivery_next(&cursor, &entry))
		n++;
	if (cursor.damaged)
		return NULL;
	out = text = sms_region_alloc(region, n * ENTRY_TEXT_MAX + 1);
	sms_delivery_start(&cursor, state);
	while (sms_delivery_next(&cursor, &entry))
	{
		if (out > text)
			out = put_text(out, "; ");
		out = put_entry(out, &entry);
	}
	*out = '\0';
	return text;
}
