/*-------------------------------------------------------------------------
 *
 * quiet_funcs.c
 *	  Quiet hours in the zone of a phone number.
 *
 * A prefix may lie in several zones; it is quiet as long as it is quiet in
 * one of them, and by one of several rules.  For one moment the answer depends
 * on the list of zones only, and there are few hundred lists: it is kept from
 * row to row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "pgtime.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "server.h"
#include "text/country.h"
#include "text/recipient.h"

PG_FUNCTION_INFO_V1(sms_quiet_hours_end);

/* Rounds over the zones before it is said never to be loud in all at once */
#define MAX_ROUNDS 64

/* Changes of the clocks before an end of a day's quiet hours: two at most */
#define MAX_CHANGES 8

/* Windows of a day, of which none may hold; it is never empty */
typedef struct QuietQuestion
{
	TimestampTz at;
	int			n;
	const TimeADT *starts;
	const TimeADT *ends;
} QuietQuestion;

/* The answer for a list of zones, which is a constant of the library. */
typedef struct QuietAnswer
{
	const char *zones;			/* hash key: the address */
	TimestampTz until;
} QuietAnswer;

typedef struct QuietCache
{
	QuietQuestion question;
	HTAB	   *answers;
} QuietCache;

static bool
is_quiet(TimeADT now, TimeADT start, TimeADT end)
{
	if (start <= end)
		return now >= start && now < end;
	return now >= start || now < end;
}

static pg_tz *
zone_named(const char *name, size_t len)
{
	char		buffer[TZ_STRLEN_MAX + 1];
	pg_tz	   *zone = NULL;

	if (len <= TZ_STRLEN_MAX)
	{
		memcpy(buffer, name, len);
		buffer[len] = '\0';
		zone = pg_tzset(buffer);
	}
	if (zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%.*s\" not recognized",
						pg_mbcliplen(name, (int) len, 64), name)));
	return zone;
}

static TimeADT
local_time(TimestampTz t, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;

	if (timestamp2tm(t, &offset, &tm, &fsec, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return ((TimeADT) tm.tm_hour * SECS_PER_HOUR + tm.tm_min * SECS_PER_MINUTE +
			tm.tm_sec) * USECS_PER_SEC + fsec;
}

/* The moment at which the clocks of a zone change next; DT_NOEND: never */
static TimestampTz
next_change(TimestampTz t, pg_tz *zone)
{
	pg_time_t	now = timestamptz_to_time_t(t);
	pg_time_t	boundary;
	long		before;
	long		after;
	int			is_dst;

	if (pg_next_dst_boundary(&now, &before, &is_dst, &boundary, &after, &is_dst, zone) != 1 ||
		boundary >= timestamptz_to_time_t(END_TIMESTAMP - 1))
		return DT_NOEND;
	return time_t_to_timestamptz(boundary);
}

/*
 * The first moment from t on that is not quiet in this zone.  Between two
 * changes of the clocks it goes as far as the end of the quiet hours; at a
 * change it may be there at once, or begin anew.
 */
static TimestampTz
zone_until(TimestampTz t, pg_tz *zone, TimeADT start, TimeADT end)
{
	for (int changes = 0; changes < MAX_CHANGES; changes++)
	{
		TimeADT		now = local_time(t, zone);
		TimeADT		left = end - now;
		TimestampTz change;
		TimestampTz until;

		if (!is_quiet(now, start, end))
			return t;
		if (left <= 0)
			left += USECS_PER_DAY;
		if (pg_add_s64_overflow(t, left, &until) || !IS_VALID_TIMESTAMP(until))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("timestamp out of range")));
		change = next_change(t, zone);
		if (until <= change)
			return until;
		t = change;
	}
	return t;
}

/* The first moment from t on that is quiet in none of the zones; DT_NOEND: never */
static TimestampTz
window_until(TimestampTz t, const char *zones, size_t len, TimeADT start, TimeADT end)
{
	int			round;

	for (round = 0;; round++)
	{
		TimestampTz before = t;
		size_t		i = 0;

		if (round == MAX_ROUNDS)
			return DT_NOEND;
		while (i < len)
		{
			size_t		n = i;

			while (n < len && zones[n] != ' ')
				n++;
			t = zone_until(t, zone_named(zones + i, n - i), start, end);
			i = n + 1;
		}
		if (t == before)
			break;
	}
	if (!IS_VALID_TIMESTAMP(t))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return t;
}

/*
 * First moment from question->at on that is quiet by none of the windows.  The
 * zones are those of each window, or the same for all.
 */
static TimestampTz
quiet_until(const SmsText *zones, bool same_zones, const QuietQuestion *question)
{
	TimestampTz t = question->at;
	int			round;

	for (round = 0; round < MAX_ROUNDS; round++)
	{
		TimestampTz before = t;

		for (int i = 0; i < question->n && !TIMESTAMP_IS_NOEND(t); i++)
		{
			const SmsText *where = &zones[same_zones ? 0 : i];

			if (question->starts[i] != question->ends[i] && where->ptr != NULL)
				t = window_until(t, where->ptr, where->len, question->starts[i], question->ends[i]);
		}
		/* one window alone has been asked for in all its zones */
		if (t == before || question->n == 1 || TIMESTAMP_IS_NOEND(t))
			return t;
	}
	return DT_NOEND;
}

/*
 * The place where the answer for these zones is kept, or NULL: answers are kept
 * for the first question only, as in a query most rows ask that one.
 */
static QuietAnswer *
answer_for(FunctionCallInfo fcinfo, const char *zones,
		   const QuietQuestion *question, bool *found)
{
	QuietCache *cache = fcinfo->flinfo->fn_extra;
	size_t		size;

	size = question->n * sizeof(TimeADT);
	if (cache == NULL)
	{
		HASHCTL		control;
		TimeADT    *windows = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, 2 * size);

		control.keysize = sizeof(const char *);
		control.entrysize = sizeof(QuietAnswer);
		control.hcxt = fcinfo->flinfo->fn_mcxt;
		cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(QuietCache));
		memcpy(windows, question->starts, size);
		memcpy(windows + question->n, question->ends, size);
		cache->question = *question;
		cache->question.starts = windows;
		cache->question.ends = windows + question->n;
		cache->answers = hash_create("smsengage quiet hours", 64, &control,
									 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		fcinfo->flinfo->fn_extra = cache;
	}
	if (cache->question.at != question->at || cache->question.n != question->n ||
		memcmp(cache->question.starts, question->starts, size) != 0 ||
		memcmp(cache->question.ends, question->ends, size) != 0)
		return NULL;
	return hash_search(cache->answers, &zones, HASH_ENTER, found);
}

/* The elements of an array without NULLs, as many as n if that is not negative */
static int
windows_arg(FunctionCallInfo fcinfo, int arg, Oid type, int n, ArrayType **array)
{
	int			found;

	*array = PG_GETARG_ARRAYTYPE_P(arg);
	found = ArrayGetNItems(ARR_NDIM(*array), ARR_DIMS(*array));
	if (ARR_ELEMTYPE(*array) != type || ARR_HASNULL(*array) || (n >= 0 && found != n))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected as many ends of quiet hours and zones as there are starts, and no null")));
	return found;
}

/* The fallback zone of each window */
static SmsText *
fallback_zones(FunctionCallInfo fcinfo, int n)
{
	SmsText    *zones = palloc0(n * sizeof(SmsText));
	ArrayType  *array;
	Datum	   *values;
	int			i;

	if (PG_ARGISNULL(2))
		return zones;
	windows_arg(fcinfo, 2, TEXTOID, n, &array);
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, NULL, &n);
	for (i = 0; i < n; i++)
		zones[i] = sms_text_of(DatumGetTextPP(values[i]));
	return zones;
}

/*
 * quiet_until(recipient, zone, fallback_zones, at, quiet_starts, quiet_ends):
 * when the quiet hours end that hold at a moment, or NULL if none do.
 */
Datum
sms_quiet_hours_end(PG_FUNCTION_ARGS)
{
	QuietQuestion question;
	TimestampTz until;
	SmsPlace	place;
	SmsText		zone;
	ArrayType  *starts;
	ArrayType  *ends;

	if (PG_ARGISNULL(3) || PG_ARGISNULL(4) || PG_ARGISNULL(5))
		PG_RETURN_NULL();
	question.at = PG_GETARG_TIMESTAMPTZ(3);
	question.n = windows_arg(fcinfo, 4, TIMEOID, -1, &starts);
	windows_arg(fcinfo, 5, TIMEOID, question.n, &ends);
	question.starts = (const TimeADT *) ARR_DATA_PTR(starts);
	question.ends = (const TimeADT *) ARR_DATA_PTR(ends);
	if (TIMESTAMP_NOT_FINITE(question.at) || question.n == 0 ||
		(question.n == 1 && question.starts[0] == question.ends[0]))
		PG_RETURN_NULL();

	if (!PG_ARGISNULL(1))
	{
		zone = sms_text_of(PG_GETARG_TEXT_PP(1));
		until = quiet_until(&zone, true, &question);
	}
	else if (!PG_ARGISNULL(0) &&
			 sms_place_of(sms_text_of(PG_GETARG_TEXT_PP(0)), &place) &&
			 place.zones != NULL)
	{
		bool		found = false;
		QuietAnswer *answer = answer_for(fcinfo, place.zones, &question, &found);

		zone = sms_literal(place.zones);
		until = found ? answer->until : quiet_until(&zone, true, &question);
		if (answer != NULL)
			answer->until = until;
	}
	else
		until = quiet_until(fallback_zones(fcinfo, question.n), false, &question);

	if (until == question.at)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(until);
}
