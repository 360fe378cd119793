/*-------------------------------------------------------------------------
 *
 * rule_window.c
 *	  Windows of rules as instants, with the server's calendar and zones.
 *
 * All arithmetic is the server's own (timestamptz - interval, date_trunc), in
 * the zone of the window and not in that of the session.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "common/int.h"
#include "fmgr.h"
#include "funcapi.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "rule/rule_type.h"

PG_FUNCTION_INFO_V1(sms_rule_window_sql);

pg_noreturn static void
fail_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("timestamp out of range")));
}

static pg_tz *
find_zone(SmsText zone)
{
	char		name[SMS_RULE_MAX_ZONE + 1];
	pg_tz	   *tz;

	if (zone.len == 0)
		return pg_tzset("GMT");
	memcpy(name, zone.ptr, zone.len);
	name[zone.len] = '\0';
	tz = pg_tzset(name);
	if (tz == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", name)));
	return tz;
}

/* What the clocks of the zone show */
static Timestamp
to_local(TimestampTz at, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	Timestamp	local;

	if (timestamp2tm(at, &offset, &tm, &fsec, NULL, zone) != 0 ||
		tm2timestamp(&tm, fsec, NULL, &local) != 0)
		fail_range();
	return local;
}

/* As the server reads a timestamp of that zone, also where clocks change */
static TimestampTz
from_local(Timestamp local, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	TimestampTz at;

	if (timestamp2tm(local, NULL, &tm, &fsec, NULL, NULL) != 0)
		fail_range();
	offset = DetermineTimeZoneOffset(&tm, zone);
	if (tm2timestamp(&tm, fsec, &offset, &at) != 0)
		fail_range();
	return at;
}

static Timestamp
add_interval(Timestamp local, int64 months, int64 days)
{
	Interval	interval = {.month = months, .day = days};

	return DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval,
												 TimestampGetDatum(local),
												 IntervalPGetDatum(&interval)));
}

/* n times the unit, on the calendar; unit is a day or longer */
static Timestamp
add_units(Timestamp local, SmsUnit unit, int n)
{
	switch (unit)
	{
		case SMS_UNIT_YEAR:
			return add_interval(local, 12 * n, 0);
		case SMS_UNIT_QUARTER:
			return add_interval(local, 3 * n, 0);
		case SMS_UNIT_MONTH:
			return add_interval(local, n, 0);
		case SMS_UNIT_WEEK:
			return add_interval(local, 0, 7 * n);
		default:
			return add_interval(local, 0, n);
	}
}

static Timestamp
truncate_to(Timestamp local, SmsUnit unit)
{
	static const char *const names[] = {
		[SMS_UNIT_YEAR] = "year",
		[SMS_UNIT_QUARTER] = "quarter",
		[SMS_UNIT_MONTH] = "month",
		[SMS_UNIT_WEEK] = "week",
		[SMS_UNIT_DAY] = "day"
	};

	return DatumGetTimestamp(DirectFunctionCall2(timestamp_trunc,
												 CStringGetTextDatum(names[unit]),
												 TimestampGetDatum(local)));
}

/*
 * sms_rule_shift moves an instant by a span, forward (sign 1) or back (-1):
 * first months, then days, both on the calendar of the zone, then the elapsed
 * hours and minutes.
 */
TimestampTz
sms_rule_shift(const SmsSpan *span, SmsText zone, int sign, TimestampTz at)
{
	const int32_t *n = span->n;
	int64		months = (int64) n[SMS_UNIT_YEAR] * 12 + (int64) n[SMS_UNIT_QUARTER] * 3 +
		n[SMS_UNIT_MONTH];
	int64		days = (int64) n[SMS_UNIT_WEEK] * 7 + n[SMS_UNIT_DAY];
	int64		minutes = (int64) n[SMS_UNIT_HOUR] * 60 + n[SMS_UNIT_MINUTE];

	/* An elapsed hour must not pass through local time, which may be ambiguous */
	if (months != 0 || days != 0)
	{
		pg_tz	   *tz = find_zone(zone);

		at = from_local(add_interval(to_local(at, tz), sign * months, sign * days), tz);
	}
	if (pg_add_s64_overflow(at, sign * minutes * USECS_PER_MINUTE, &at) ||
		!IS_VALID_TIMESTAMP(at))
		fail_range();
	return at;
}

static TimestampTz
moment_instant(const SmsMoment *moment, pg_tz *zone)
{
	Timestamp	local;

	local = (Timestamp) (date2j(moment->year, moment->month, moment->day) -
						 POSTGRES_EPOCH_JDATE) * USECS_PER_DAY + moment->time;
	if (moment->has_offset)
		return local - moment->offset * USECS_PER_MINUTE;
	return from_local(local, zone);
}

static void
check_moment(TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the moment asked for must be finite")));
}

/*
 * sms_rule_period gives the i-th of the periods before the moment: 1 is the
 * one that ends there.  Each is counted from the moment itself, so that a
 * short month does not shorten those before it.
 */
void
sms_rule_period(const SmsWindow *window, TimestampTz at, int i,
				TimestampTz *since, TimestampTz *until)
{
	pg_tz	   *zone = find_zone(window->zone);
	Timestamp	local;

	check_moment(at);
	local = to_local(at, zone);
	*since = from_local(add_units(local, window->unit, -i), zone);
	*until = i == 1 ? at : from_local(add_units(local, window->unit, 1 - i), zone);
}

/*
 * sms_rule_window gives the window as instants, half-open and clipped at the
 * moment.  An empty one has since = until.  Without a start, since is
 * -infinity.
 */
void
sms_rule_window(const SmsWindow *window, TimestampTz at,
				TimestampTz *since, TimestampTz *until)
{
	pg_tz	   *zone = find_zone(window->zone);
	TimestampTz unused;

	check_moment(at);
	*since = DT_NOBEGIN;
	*until = at;
	switch (window->kind)
	{
		case SMS_WINDOW_EVER:
			break;
		case SMS_WINDOW_LAST:
			*since = sms_rule_shift(&window->span, window->zone, -1, at);
			break;
		case SMS_WINDOW_AGO:
			*until = sms_rule_shift(&window->span, window->zone, -1, at);
			break;
		case SMS_WINDOW_THIS:
			*since = from_local(truncate_to(to_local(at, zone), window->unit), zone);
			break;
		case SMS_WINDOW_PREVIOUS:
			{
				Timestamp	start = truncate_to(to_local(at, zone), window->unit);

				*since = from_local(add_units(start, window->unit, -1), zone);
				*until = from_local(start, zone);
				break;
			}
		case SMS_WINDOW_SINCE:
			*since = moment_instant(&window->start, zone);
			break;
		case SMS_WINDOW_BEFORE:
			*until = moment_instant(&window->end, zone);
			break;
		case SMS_WINDOW_BETWEEN:
			*since = moment_instant(&window->start, zone);
			*until = moment_instant(&window->end, zone);
			break;
		case SMS_WINDOW_PERIODS:
			sms_rule_period(window, at, window->n_periods, since, &unused);
			break;
	}
	*until = Min(*until, at);
	*since = Min(*since, *until);
}

/* rule_window(rule, no, at): since and until; NULLs for a condition without */
Datum
sms_rule_window_sql(PG_FUNCTION_ARGS)
{
	SmsRule    *rule = sms_rule_read(PG_GETARG_SEGMENT_RULE_P(0));
	int			no = PG_GETARG_INT32(1);
	TimestampTz since;
	TimestampTz until;
	TupleDesc	tupdesc;
	Datum		values[2];
	bool		nulls[2] = {true, true};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (no < 1 || no > rule->n_conditions)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("condition number %d does not exist", no),
				 errdetail_plural("The rule has %d condition.",
								  "The rule has %d conditions.",
								  rule->n_conditions, rule->n_conditions)));
	if (rule->conditions[no - 1]->kind <= SMS_CONDITION_NOT_FOLLOWED)
	{
		sms_rule_window(&rule->conditions[no - 1]->window, PG_GETARG_TIMESTAMPTZ(2),
						&since, &until);
		values[0] = TimestampTzGetDatum(since);
		values[1] = TimestampTzGetDatum(until);
		nulls[0] = nulls[1] = false;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}
