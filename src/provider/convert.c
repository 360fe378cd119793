/*-------------------------------------------------------------------------
 *
 * convert.c
 *	  Soft conversions of what payloads hold: no locale, no setting, no
 *	  exception.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "delivery/delivery.h"
#include "provider/event.h"

/* An integer: optional sign, digits, nothing else; false on overflow. */
bool
sms_read_integer(SmsText text, int64_t *value)
{
	size_t		i = 0;
	bool		negative = false;
	int64_t		result = 0;

	if (text.ptr == NULL)
		return false;
	if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
	{
		negative = text.ptr[0] == '-';
		i++;
	}
	if (i == text.len)
		return false;
	for (; i < text.len; i++)
	{
		int			digit = text.ptr[i] - '0';

		if (digit < 0 || digit > 9 || result > (INT64_MAX - digit) / 10)
			return false;
		result = result * 10 + digit;
	}
	*value = negative ? -result : result;
	return true;
}

/*
 * True if text is a decimal number that numeric can hold without rounding:
 * digits with an optional sign, point and short exponent.
 */
bool
sms_read_decimal(SmsText text)
{
	size_t		i = 0;
	size_t		digits = 0;
	size_t		start;

	if (text.ptr == NULL || text.len > 64)
		return false;
	if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
		i++;
	for (; i < text.len && sms_is_digit(text.ptr[i]); i++)
		digits++;
	if (i < text.len && text.ptr[i] == '.')
		for (i++; i < text.len && sms_is_digit(text.ptr[i]); i++)
			digits++;
	if (digits == 0)
		return false;
	if (i < text.len && (text.ptr[i] == 'e' || text.ptr[i] == 'E'))
	{
		i++;
		if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
			i++;
		for (start = i; i < text.len && sms_is_digit(text.ptr[i]); i++)
			;
		if (i == start || i - start > 2)
			return false;
	}
	return i == text.len;
}

/* Exactly n digits at *s, which moves behind them; -1 if there are fewer. */
static int
take_digits(const char **s, const char *end, int n)
{
	int			value = 0;

	if (end - *s < n)
		return -1;
	for (; n > 0; n--, (*s)++)
	{
		if (!sms_is_digit(**s))
			return -1;
		value = value * 10 + (**s - '0');
	}
	return value;
}

static bool
take_char(const char **s, const char *end, char c)
{
	if (*s >= end || **s != c)
		return false;
	(*s)++;
	return true;
}

/* Days since 2000-01-01 of a date of the Gregorian calendar. */
static int64_t
days_of_date(int year, int month, int day)
{
	int			y = month <= 2 ? year - 1 : year;
	int			era = y / 400;
	int			yoe = y - era * 400;
	int			doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int			doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return (int64_t) era * 146097 + doe - 730425;
}

static bool
date_exists(int year, int month, int day)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
		day <= days[month - 1] + (leap && month == 2);
}

/* The fraction behind the point, in microseconds; further digits are cut. */
static bool
take_fraction(const char **s, const char *end, int64_t *micros)
{
	int64_t		unit = SMS_SECOND / 10;
	const char *start = *s;

	*micros = 0;
	for (; *s < end && sms_is_digit(**s); (*s)++)
	{
		*micros += (**s - '0') * unit;
		unit /= 10;
	}
	return *s > start;
}

/* An offset from UTC in seconds: Z, +hh, +hhmm or +hh:mm. */
static bool
take_offset(const char **s, const char *end, int *seconds)
{
	int			sign;
	int			hours;
	int			minutes = 0;

	if (take_char(s, end, 'Z') || take_char(s, end, 'z'))
	{
		*seconds = 0;
		return true;
	}
	if (take_char(s, end, '+'))
		sign = 1;
	else if (take_char(s, end, '-'))
		sign = -1;
	else
		return false;
	hours = take_digits(s, end, 2);
	if (*s < end)
	{
		take_char(s, end, ':');
		minutes = take_digits(s, end, 2);
	}
	if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* ISO 8601 date and time with an offset, T or a blank between them. */
static bool
read_iso_time(SmsText text, SmsInstant *value)
{
	const char *s = text.ptr;
	const char *end = s + text.len;
	int			year,
				month,
				day,
				hour,
				minute,
				second = 0;
	int			offset;
	int64_t		micros = 0;

	year = take_digits(&s, end, 4);
	if (year < 0 || !take_char(&s, end, '-'))
		return false;
	month = take_digits(&s, end, 2);
	if (month < 0 || !take_char(&s, end, '-'))
		return false;
	day = take_digits(&s, end, 2);
	if (day < 0 || (!take_char(&s, end, 'T') && !take_char(&s, end, ' ')))
		return false;
	hour = take_digits(&s, end, 2);
	if (hour < 0 || !take_char(&s, end, ':'))
		return false;
	minute = take_digits(&s, end, 2);
	if (take_char(&s, end, ':'))
	{
		second = take_digits(&s, end, 2);
		if (take_char(&s, end, '.') && !take_fraction(&s, end, &micros))
			return false;
	}
	take_char(&s, end, ' ');
	if (!date_exists(year, month, day) || hour > 23 || minute < 0 ||
		minute > 59 || second < 0 || second > 60 ||
		!take_offset(&s, end, &offset) || s != end)
		return false;
	*value = days_of_date(year, month, day) * SMS_DAY +
		(hour * INT64_C(3600) + minute * 60 + second - offset) * SMS_SECOND +
		micros;
	/* the offset may have led out of the years that a clock can have */
	return *value >= SMS_MIN_CLOCK && *value < SMS_END_CLOCK;
}

/*
 * Seconds, milliseconds or microseconds since 1970, told apart by size: from
 * 2000 to the year 5000 the three ranges do not touch.
 */
static bool
read_epoch(SmsText text, SmsInstant *value)
{
	const char *s = text.ptr;
	const char *end = s + text.len;
	SmsText		whole;
	int64_t		number;
	int64_t		micros = 0;

	while (s < end && *s != '.')
		s++;
	whole.ptr = text.ptr;
	whole.len = s - text.ptr;
	if (!sms_read_integer(whole, &number))
		return false;
	if (take_char(&s, end, '.') && !take_fraction(&s, end, &micros))
		return false;
	if (s != end)
		return false;

	if (number < 0)
		return false;
	if (number < INT64_C(100000000000))
		*value = number * SMS_SECOND + micros;
	else if (number < INT64_C(100000000000000))
		*value = number * 1000 + micros / 1000;
	else if (number < INT64_C(100000000000000000))
		*value = number;
	else
		return false;
	*value -= SMS_EPOCH_OFFSET * SMS_SECOND;
	return true;
}

/* A time as providers write it; text without an offset is refused. */
bool
sms_read_time(SmsText text, bool is_number, SmsInstant *value)
{
	size_t		i;

	if (text.ptr == NULL)
		return false;
	for (i = 0; i < text.len && !is_number; i++)
		if (!sms_is_digit(text.ptr[i]) && text.ptr[i] != '.')
			return read_iso_time(text, value);
	return read_epoch(text, value);
}
