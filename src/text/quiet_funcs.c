/*-------------------------------------------------------------------------
 *
 * quiet_funcs.c
 *	  Quiet hours in the zone of a phone number.
 *
 * A prefix may lie in several zones; it is quiet as long as it is quiet in
 * one of them.  For one moment the answer depends on the list of zones only,
 * and there are few hundred lists: it is kept from row to row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "pgtime.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "server.h"
#include "text/country.h"
#include "text/recipient.h"

PG_FUNCTION_INFO_V1(sms_quiet_until);

/* Rounds over the zones before it is said never to be loud in all at once */
#define MAX_ROUNDS 64

/* Changes of the clocks before an end of a day's quiet hours: two at most */
#define MAX_CHANGES 8

typedef struct QuietQuestion
{
	TimestampTz at;
	TimeADT		start;
	TimeADT		end;
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
is_quiet(TimeADT now, const QuietQuestion *question)
{
	if (question->start <= question->end)
		return now >= question->start && now < question->end;
	return now >= question->start || now < question->end;
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
zone_until(TimestampTz t, pg_tz *zone, const QuietQuestion *question)
{
	for (int changes = 0; changes < MAX_CHANGES; changes++)
	{
		TimeADT		now = local_time(t, zone);
		TimeADT		left = question->end - now;
		TimestampTz change;
		TimestampTz until;

		if (!is_quiet(now, question))
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

/* First moment from question->at on that is quiet in none of the zones. */
static TimestampTz
quiet_until(const char *zones, size_t len, const QuietQuestion *question)
{
	TimestampTz t = question->at;
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
			t = zone_until(t, zone_named(zones + i, n - i), question);
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
 * The place where the answer for these zones is kept, or NULL: answers are kept
 * for the first question only, as in a query most rows ask that one.
 */
static QuietAnswer *
answer_for(FunctionCallInfo fcinfo, const char *zones,
		   const QuietQuestion *question, bool *found)
{
	QuietCache *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		HASHCTL		control;

		control.keysize = sizeof(const char *);
		control.entrysize = sizeof(QuietAnswer);
		control.hcxt = fcinfo->flinfo->fn_mcxt;
		cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(QuietCache));
		cache->question = *question;
		cache->answers = hash_create("smsengage quiet hours", 64, &control,
									 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		fcinfo->flinfo->fn_extra = cache;
	}
	if (cache->question.at != question->at ||
		cache->question.start != question->start ||
		cache->question.end != question->end)
		return NULL;
	return hash_search(cache->answers, &zones, HASH_ENTER, found);
}

/*
 * quiet_until(recipient, zone, fallback_zone, at, quiet_start, quiet_end):
 * when the quiet hours that hold at a moment end, or NULL if none do.
 */
Datum
sms_quiet_until(PG_FUNCTION_ARGS)
{
	QuietQuestion question;
	TimestampTz until;
	SmsPlace	place;
	SmsText		zone = {NULL, 0};

	if (PG_ARGISNULL(3) || PG_ARGISNULL(4) || PG_ARGISNULL(5))
		PG_RETURN_NULL();
	question.at = PG_GETARG_TIMESTAMPTZ(3);
	question.start = PG_GETARG_TIMEADT(4);
	question.end = PG_GETARG_TIMEADT(5);
	if (TIMESTAMP_NOT_FINITE(question.at) || question.start == question.end)
		PG_RETURN_NULL();

	if (!PG_ARGISNULL(1))
		zone = sms_text_of(PG_GETARG_TEXT_PP(1));
	else if (!PG_ARGISNULL(0) &&
			 sms_place_of(sms_text_of(PG_GETARG_TEXT_PP(0)), &place) &&
			 place.zones != NULL)
	{
		bool		found = false;
		QuietAnswer *answer = answer_for(fcinfo, place.zones, &question, &found);

		if (found)
			until = answer->until;
		else
			until = quiet_until(place.zones, strlen(place.zones), &question);
		if (answer != NULL)
			answer->until = until;
		if (until == question.at)
			PG_RETURN_NULL();
		PG_RETURN_TIMESTAMPTZ(until);
	}
	else if (!PG_ARGISNULL(2))
		zone = sms_text_of(PG_GETARG_TEXT_PP(2));

	if (zone.ptr == NULL)
		PG_RETURN_NULL();
	until = quiet_until(zone.ptr, zone.len, &question);
	if (until == question.at)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(until);
}
