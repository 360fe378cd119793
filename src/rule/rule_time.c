/*-------------------------------------------------------------------------
 *
 * rule_time.c
 *	  The parts of a rule that speak of time: spans, dates, zones, windows.
 *
 * Dates are checked against the calendar here.  Of a zone only the form of the
 * name is: whether the server knows it shows when the window is computed.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "rule/rule_scan.h"

const char *const sms_rule_unit_names[SMS_N_UNITS] = {
	"year", "quarter", "month", "week", "day", "hour", "minute"
};

/* Units in minutes, a month at its average: only for the limit of spans. */
static const int32_t unit_minutes[SMS_N_UNITS] = {
	525960, 131490, 43830, 10080, 1440, 60, 1
};

static const char window_hint[] =
"Write in last 30 days for a rolling window, in this month or in previous month "
"for the calendar, since '2026-03-01' for a fixed day.";

static const char date_form[] =
"a date or time such as '2026-03-01' or '2026-03-01 14:30+02:00'";

/* The whole number at the current token, up to 2147483647; does not go on. */
static bool
read_int(SmsRuleParser *parser, const char *what, int32_t *n)
{
	SmsText		span = parser->token.span;
	int64_t		value = 0;
	size_t		i;

	sms_rule_want(parser, what);
	if (parser->token.kind != SMS_TOKEN_NUMBER)
		return sms_rule_fail(parser, NULL);
	for (i = 0; i < span.len; i++)
	{
		if (span.ptr[i] == '.')
			return sms_rule_fail_value(parser, "a whole number", NULL);
		value = value * 10 + (span.ptr[i] - '0');
		if (value > INT32_MAX)
			return sms_rule_fail_limit(parser, SMS_RULE_LIMIT,
									   "a number up to 2147483647");
	}
	*n = (int32_t) value;
	return true;
}

bool
sms_rule_parse_int(SmsRuleParser *parser, const char *what, int32_t *n)
{
	return read_int(parser, what, n) && sms_rule_scan(parser);
}

/* A number of units, which is at least 1 */
static bool
parse_units_count(SmsRuleParser *parser, int32_t *n)
{
	if (!read_int(parser, "a number", n))
		return false;
	if (*n == 0)
		return sms_rule_fail_value(parser, "a number of at least 1", NULL);
	return sms_rule_scan(parser);
}

/* "the" may stand before "last", "this" and "previous". */
static bool
skip_the(SmsRuleParser *parser)
{
	if (parser->token.kind != SMS_TOKEN_WORD ||
		!sms_rule_word_is(parser->token.span, "the"))
		return true;
	return sms_rule_scan(parser);
}

static bool
is_unit(SmsRuleToken token, SmsUnit *unit)
{
	int			i;

	if (token.kind != SMS_TOKEN_WORD)
		return false;
	for (i = 0; i < SMS_N_UNITS; i++)
	{
		SmsText		singular = token.span;

		if (singular.len > 1 && (singular.ptr[singular.len - 1] | 0x20) == 's')
			singular.len--;
		if (sms_rule_word_is(singular, sms_rule_unit_names[i]))
		{
			*unit = i;
			return true;
		}
	}
	return false;
}

/* Is the current token a unit, in singular or plural? */
bool
sms_rule_at_unit(SmsRuleParser *parser, SmsUnit *unit)
{
	sms_rule_want(parser, "a unit (minutes, hours, days, weeks, months, quarters, years)");
	return is_unit(parser->token, unit);
}

/* A span whose first number has been read already. */
bool
sms_rule_parse_span_from(SmsRuleParser *parser, int32_t n, SmsSpan *span)
{
	int64_t		minutes = 0;
	SmsUnit		unit;

	for (;;)
	{
		if (!sms_rule_at_unit(parser, &unit))
			return sms_rule_fail(parser, NULL);
		if (span->n[unit] != 0)
			return sms_rule_fail_value(parser, "each unit once", NULL);
		minutes += (int64_t) n * unit_minutes[unit];
		if (minutes > (int64_t) SMS_RULE_MAX_YEARS * unit_minutes[SMS_UNIT_YEAR])
			return sms_rule_fail_limit(parser, SMS_RULE_LIMIT,
									   "a span of at most 1000 years");
		span->n[unit] = n;
		if (!sms_rule_scan(parser))
			return false;
		sms_rule_want(parser, "more units");
		if (parser->token.kind != SMS_TOKEN_NUMBER)
			return true;
		if (!parse_units_count(parser, &n))
			return false;
	}
}

bool
sms_rule_parse_span(SmsRuleParser *parser, SmsSpan *span)
{
	int32_t		n;

	return parse_units_count(parser, &n) &&
		sms_rule_parse_span_from(parser, n, span);
}

/* n digits at text.ptr[*at], of a value from low to high */
static bool
read_digits(SmsText text, size_t *at, int n, int low, int high, int *value)
{
	*value = 0;
	for (; n > 0; n--, (*at)++)
	{
		if (*at >= text.len || !sms_is_digit(text.ptr[*at]))
			return false;
		*value = *value * 10 + (text.ptr[*at] - '0');
	}
	return *value >= low && *value <= high;
}

/*
 * Names of the zone database: letters and / _ -, or Etc/GMT with an offset.
 * What else the server would take is a POSIX rule, where "UTC+3" lies west of
 * Greenwich and "Berlin2" is a zone of its own.
 */
static bool
is_zone_name(SmsText name)
{
	static const char gmt[] = "etc/gmt";
	size_t		i;

	if (name.len == 0 || name.len > SMS_RULE_MAX_ZONE)
		return false;
	if (name.len == sizeof(gmt) + 1 || name.len == sizeof(gmt) + 2)
	{
		SmsText		head = {name.ptr, sizeof(gmt) - 1};
		size_t		at = sizeof(gmt);
		int			hours;

		if (sms_rule_word_is(head, gmt) &&
			(name.ptr[at - 1] == '+' || name.ptr[at - 1] == '-') &&
			read_digits(name, &at, name.len - at, 0, 14, &hours))
			return true;
	}
	for (i = 0; i < name.len; i++)
	{
		if (!sms_is_letter(name.ptr[i]) &&
			(i == 0 || (name.ptr[i] != '/' && name.ptr[i] != '_' && name.ptr[i] != '-')))
			return false;
	}
	return true;
}

/* [ "at" "time" "zone" text ]; UTC is the default and left out. */
bool
sms_rule_parse_zone(SmsRuleParser *parser, SmsText *zone)
{
	static const char *const words[] = {"at", "time", "zone"};
	int			i;

	zone->ptr = NULL;
	zone->len = 0;
	sms_rule_want(parser, "a time zone (at time zone 'Europe/Berlin')");
	if (parser->token.kind != SMS_TOKEN_WORD ||
		!sms_rule_word_is(parser->token.span, "at"))
		return true;
	for (i = 0; i < 3; i++)
	{
		if (!sms_rule_at_word(parser, words[i]))
			return sms_rule_fail(parser, sms_rule_word_is(parser->token.span, "least") ||
								 sms_rule_word_is(parser->token.span, "most") ?
								 "A count stands before the window: click >= 3 in last 1 month." : NULL);
		if (!sms_rule_scan(parser))
			return false;
	}
	sms_rule_want(parser, "the name of a time zone in single quotes");
	if (parser->token.kind != SMS_TOKEN_TEXT)
		return sms_rule_fail(parser, NULL);
	if (!is_zone_name(parser->token.value))
		return sms_rule_fail_value(parser,
								   "a time zone such as 'Europe/Berlin' or 'Etc/GMT-3'",
								   "Name a place, or a fixed offset as Etc/GMT-3, which is three hours east of Greenwich.");
	if (!sms_rule_word_is(parser->token.value, "utc"))
		*zone = parser->token.value;
	return sms_rule_scan(parser);
}

static bool
read_char(SmsText text, size_t *at, char c)
{
	if (*at >= text.len || text.ptr[*at] != c)
		return false;
	(*at)++;
	return true;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

/* HH:MM [ :SS [ .f ] ] */
static bool
read_time(SmsText text, size_t *at, int64_t *time)
{
	int			hour;
	int			minute;
	int			second = 0;
	int			fraction = 0;
	int			digits = 0;

	if (!read_digits(text, at, 2, 0, 23, &hour) ||
		!read_char(text, at, ':') ||
		!read_digits(text, at, 2, 0, 59, &minute))
		return false;
	if (read_char(text, at, ':'))
	{
		if (!read_digits(text, at, 2, 0, 59, &second))
			return false;
		if (read_char(text, at, '.'))
		{
			int			digit;

			while (digits < 6 && read_digits(text, at, 1, 0, 9, &digit))
			{
				fraction = fraction * 10 + digit;
				digits++;
			}
			if (digits == 0)
				return false;
			for (; digits < 6; digits++)
				fraction *= 10;
		}
	}
	*time = (hour * INT64_C(3600) + minute * 60 + second) * SMS_SECOND + fraction;
	return true;
}

/* "Z" or a sign, HH and perhaps MM */
static bool
read_offset(SmsText text, size_t *at, SmsMoment *moment)
{
	int			sign = 1;
	int			hours;
	int			minutes = 0;

	moment->has_offset = true;
	if (read_char(text, at, 'Z') || read_char(text, at, 'z'))
		return true;
	if (read_char(text, at, '-'))
		sign = -1;
	else if (!read_char(text, at, '+'))
		return false;
	if (!read_digits(text, at, 2, 0, 15, &hours))
		return false;
	if (*at < text.len)
	{
		(void) read_char(text, at, ':');
		if (!read_digits(text, at, 2, 0, 59, &minutes))
			return false;
	}
	moment->offset = sign * (hours * 60 + minutes);
	return true;
}

static bool
read_moment(SmsText text, SmsMoment *moment)
{
	size_t		at = 0;

	memset(moment, 0, sizeof(*moment));
	if (!read_digits(text, &at, 4, 1, 9999, &moment->year) ||
		!read_char(text, &at, '-') ||
		!read_digits(text, &at, 2, 1, 12, &moment->month) ||
		!read_char(text, &at, '-') ||
		!read_digits(text, &at, 2, 1,
					 days_of_month(moment->year, moment->month), &moment->day))
		return false;
	if (at == text.len)
		return true;
	if (!read_char(text, &at, ' ') && !read_char(text, &at, 'T') &&
		!read_char(text, &at, 't'))
		return false;
	if (!read_time(text, &at, &moment->time))
		return false;
	if (at == text.len)
		return true;
	return read_offset(text, &at, moment) && at == text.len;
}

static bool
parse_moment(SmsRuleParser *parser, SmsMoment *moment)
{
	sms_rule_want(parser, date_form);
	if (parser->token.kind != SMS_TOKEN_TEXT)
		return sms_rule_fail(parser, parser->token.kind == SMS_TOKEN_NUMBER ?
							 "Dates stand in single quotes: since '2026-03-01'." : NULL);
	if (!read_moment(parser->token.value, moment))
		return sms_rule_fail_value(parser, date_form,
								   "The day must exist; times run from 00:00 to 23:59:59.999999, offsets up to 15:59.");
	return true;
}

/*
 * Microseconds on a scale of its own, for comparing two moments which both
 * have an offset or both have none.
 */
static int64_t
comparable(const SmsMoment *m)
{
	/* days since a March 1st, so that leap days come last in their year */
	int64_t		year = m->month > 2 ? m->year : m->year - 1;
	int64_t		month = m->month > 2 ? m->month - 3 : m->month + 9;
	int64_t		days = year * 365 + year / 4 - year / 100 + year / 400 +
		(month * 153 + 2) / 5 + m->day;

	return days * SMS_DAY + m->time - m->offset * 60 * SMS_SECOND;
}

static bool
parse_between(SmsRuleParser *parser, SmsWindow *window)
{
	if (!parse_moment(parser, &window->start) || !sms_rule_scan(parser))
		return false;
	if (!sms_rule_at_word(parser, "and"))
		return sms_rule_fail(parser, NULL);
	if (!sms_rule_scan(parser) || !parse_moment(parser, &window->end))
		return false;
	if (window->start.has_offset == window->end.has_offset &&
		comparable(&window->start) >= comparable(&window->end))
		return sms_rule_fail_value(parser, "an end after the start",
								   "The end of a window is not part of it: between '2026-03-01' and '2026-03-02' is one day.");
	return sms_rule_scan(parser);
}

/* "In last month" has two readings, where the calendar has such a unit. */
static bool
fail_two_readings(SmsRuleParser *parser, SmsUnit unit)
{
	const char *name = sms_rule_unit_names[unit];
	char		hint[256];
	size_t		at;

	at = sms_rule_append(hint, sizeof(hint), 0, "Write \"in last 1 ");
	at = sms_rule_append(hint, sizeof(hint), at, name);
	at = sms_rule_append(hint, sizeof(hint), at,
						 "\" for the time up to the moment asked for");
	if (unit <= SMS_UNIT_DAY)
	{
		at = sms_rule_append(hint, sizeof(hint), at, ", or \"in previous ");
		at = sms_rule_append(hint, sizeof(hint), at, name);
		at = sms_rule_append(hint, sizeof(hint), at,
							 "\" for the one before this on the calendar");
	}
	sms_rule_append(hint, sizeof(hint), at, ".");
	return sms_rule_fail(parser, hint);
}

/* A span behind "last" */
static bool
parse_last(SmsRuleParser *parser, SmsWindow *window)
{
	SmsUnit		unit;

	window->kind = SMS_WINDOW_LAST;
	sms_rule_want(parser, "a number");
	if (is_unit(parser->token, &unit))
		return fail_two_readings(parser, unit);
	return sms_rule_parse_span(parser, &window->span);
}

/* "in 3 of last 4 weeks", at the 3 */
static bool
parse_periods(SmsRuleParser *parser, SmsCondition *condition)
{
	SmsWindow  *window = &condition->window;
	int32_t		wanted;
	int32_t		n;

	if (!parse_units_count(parser, &wanted))
		return false;
	if (!sms_rule_at_word(parser, "of"))
	{
		SmsUnit		unit;

		return sms_rule_fail(parser, is_unit(parser->token, &unit) ?
							 "Write in last 30 days for the time up to the moment asked." : NULL);
	}
	if (!sms_rule_scan(parser) || !skip_the(parser))
		return false;
	if (!sms_rule_at_word(parser, "last"))
		return sms_rule_fail(parser, NULL);
	if (!sms_rule_scan(parser) || !read_int(parser, "a number", &n))
		return false;
	if (n > SMS_RULE_MAX_PERIODS)
		return sms_rule_fail_limit(parser, SMS_RULE_LIMIT, "at most 1000 periods");
	if (n < wanted)
		return sms_rule_fail_value(parser, "at least as many periods as are wanted", NULL);
	if (!sms_rule_scan(parser))
		return false;
	if (!sms_rule_at_unit(parser, &window->unit))
		return sms_rule_fail(parser, NULL);
	if (window->unit != SMS_UNIT_DAY && window->unit != SMS_UNIT_WEEK &&
		window->unit != SMS_UNIT_MONTH)
		return sms_rule_fail_value(parser, "days, weeks or months", NULL);
	condition->kind = SMS_CONDITION_REGULAR;
	condition->wanted = wanted;
	window->kind = SMS_WINDOW_PERIODS;
	window->n_periods = n;
	return sms_rule_scan(parser) && sms_rule_parse_zone(parser, &window->zone);
}

/* A window that begins with "in"; behind that word. */
static bool
parse_in(SmsRuleParser *parser, SmsCondition *condition)
{
	SmsWindow  *window = &condition->window;
	bool		periods = condition->kind == SMS_CONDITION_COUNT;

	if (periods && parser->token.kind == SMS_TOKEN_NUMBER)
		return parse_periods(parser, condition);
	if (!skip_the(parser))
		return false;
	if (sms_rule_at_word(parser, "last"))
		return sms_rule_scan(parser) && parse_last(parser, window) &&
			sms_rule_parse_zone(parser, &window->zone);
	if (sms_rule_at_word(parser, "this"))
		window->kind = SMS_WINDOW_THIS;
	else if (sms_rule_at_word(parser, "previous"))
		window->kind = SMS_WINDOW_PREVIOUS;
	else
	{
		if (periods)
			sms_rule_want(parser, "a number of periods (in 3 of last 4 weeks)");
		return sms_rule_fail(parser, parser->token.kind == SMS_TOKEN_BAD ?
							 NULL : window_hint);
	}
	if (!sms_rule_scan(parser))
		return false;
	sms_rule_want(parser, "day, week, month, quarter or year");
	if (!is_unit(parser->token, &window->unit) || window->unit > SMS_UNIT_DAY)
		return sms_rule_fail(parser, parser->token.kind == SMS_TOKEN_NUMBER ?
							 "For several units write in last 3 months, which rolls back from the moment asked for." : NULL);
	return sms_rule_scan(parser) && sms_rule_parse_zone(parser, &window->zone);
}

/*
 * An optional window of the condition.  One that begins with "more than" has
 * been read already where a count could stand.
 */
bool
sms_rule_parse_window(SmsRuleParser *parser, SmsCondition *condition)
{
	SmsWindow  *window = &condition->window;
	bool		more = false;

	sms_rule_want(parser, "a window (in last 30 days, in previous month, since '2026-03-01')");
	if (parser->token.kind != SMS_TOKEN_WORD)
		return true;
	if (sms_rule_word_is(parser->token.span, "in"))
		return sms_rule_scan(parser) && parse_in(parser, condition);
	if (sms_rule_word_is(parser->token.span, "since"))
	{
		window->kind = SMS_WINDOW_SINCE;
		return sms_rule_scan(parser) && parse_moment(parser, &window->start) &&
			sms_rule_scan(parser) && sms_rule_parse_zone(parser, &window->zone);
	}
	if (sms_rule_word_is(parser->token.span, "before"))
	{
		window->kind = SMS_WINDOW_BEFORE;
		return sms_rule_scan(parser) && parse_moment(parser, &window->end) &&
			sms_rule_scan(parser) && sms_rule_parse_zone(parser, &window->zone);
	}
	if (sms_rule_word_is(parser->token.span, "between"))
	{
		window->kind = SMS_WINDOW_BETWEEN;
		return sms_rule_scan(parser) && parse_between(parser, window) &&
			sms_rule_parse_zone(parser, &window->zone);
	}
	more = sms_rule_word_is(parser->token.span, "more");
	if (more || sms_rule_word_is(parser->token.span, "less"))
	{
		int32_t		n;

		if (!sms_rule_scan(parser))
			return false;
		if (!sms_rule_at_word(parser, "than"))
			return sms_rule_fail(parser, NULL);
		return sms_rule_scan(parser) &&
			sms_rule_parse_int(parser, "a number", &n) &&
			sms_rule_parse_ago(parser, more, n, window);
	}
	return true;
}

/* Where a window would begin */
bool
sms_rule_at_window(const SmsRuleParser *parser)
{
	static const char *const words[] = {"in", "since", "before", "between", "more", "less"};
	size_t		i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (parser->token.kind == SMS_TOKEN_WORD && sms_rule_word_is(parser->token.span, words[i]))
			return true;
	return false;
}

/* "more than 60 days ago", behind its first number */
bool
sms_rule_parse_ago(SmsRuleParser *parser, bool more, int32_t n, SmsWindow *window)
{
	if (n == 0)
		return sms_rule_fail_value(parser, "a span of at least 1", NULL);
	window->kind = more ? SMS_WINDOW_AGO : SMS_WINDOW_LAST;
	if (!sms_rule_parse_span_from(parser, n, &window->span))
		return false;
	if (!sms_rule_at_word(parser, "ago"))
		return sms_rule_fail(parser, NULL);
	return sms_rule_scan(parser) && sms_rule_parse_zone(parser, &window->zone);
}
