/*-------------------------------------------------------------------------
 *
 * people_agg.c
 *	  Counts different people.
 *
 * COUNT(DISTINCT ...) makes the server sort all rows by group, and those of a
 * group again for each such count; this one leaves the groups to a hash.  The
 * state is a bytea, so that it can go from one process or node to another: a
 * count, and that many numbers as they came, with room for more.  Numbers met
 * before are dropped whenever the room is used up.
 *
 * Anybody can make a bytea, and an aggregate that begins with it: so a state
 * is checked whenever it comes in, whole, as any numbers will do and only the
 * count can be wrong; and there may be no room in it at all.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "lib/qunique.h"
#include "miscadmin.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(sms_people_add);
PG_FUNCTION_INFO_V1(sms_people_combine);
PG_FUNCTION_INFO_V1(sms_people_count);

#define PEOPLE_MIN 16

typedef struct People
{
	int32		vl_len_;
	uint32		unused;			/* zero */
	int64		n;
	int64		number[FLEXIBLE_ARRAY_MEMBER];
} People;

#define PEOPLE_SIZE(n) (offsetof(People, number) + (Size) (n) * sizeof(int64))
#define PEOPLE_MAX ((int64) ((MaxAllocSize - offsetof(People, number)) / sizeof(int64)))

static int
compare_numbers(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

static int64
drop_repeated(int64 *number, int64 n)
{
	qsort(number, n, sizeof(int64), compare_numbers);
	return qunique(number, n, sizeof(int64), compare_numbers);
}

/* How many numbers a state has room for, which has its header. */
static int64
room(const People *people)
{
	return (int64) ((VARSIZE(people) - PEOPLE_SIZE(0)) / sizeof(int64));
}

/* Argument n, aligned; an error if it is no state. */
static People *
people_argument(FunctionCallInfo fcinfo, int n)
{
	People	   *people = (People *) PG_GETARG_BYTEA_P(n);

	if ((uintptr_t) people % MAXIMUM_ALIGNOF != 0)
		people = (People *) PG_GETARG_BYTEA_P_COPY(n);
	if (VARSIZE(people) < PEOPLE_SIZE(0) || people->n < 0 || people->n > room(people))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("value is no state of count_people()")));
	return people;
}

static People *
with_room(MemoryContext context, const People *old, int64 n)
{
	People	   *people;

	if (n > PEOPLE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many people to count in one group")));
	people = MemoryContextAllocZero(context, PEOPLE_SIZE(n));
	if (old != NULL)
		memcpy(people, old, PEOPLE_SIZE(old->n));
	SET_VARSIZE(people, PEOPLE_SIZE(n));
	return people;
}

/* A state that may be changed in place, with room for one more. */
static People *
open_state(People *people, MemoryContext context)
{
	int64		n = room(people);

	if (people->n < n)
		return people;
	people->n = drop_repeated(people->number, people->n);
	if (people->n < n && (people->n <= n / 2 || n == PEOPLE_MAX))
		return people;
	return with_room(context, people,
					 n == PEOPLE_MAX ? n + 1 : Min(Max(2 * n, PEOPLE_MIN), PEOPLE_MAX));
}

/* Argument 0, to be changed: in place in an aggregate, else a copy; empty if NULL. */
static People *
first_state(FunctionCallInfo fcinfo, MemoryContext *context)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, context) != 0;
	People	   *people;

	if (!in_aggregate)
		*context = CurrentMemoryContext;
	if (PG_ARGISNULL(0))
		return with_room(*context, NULL, PEOPLE_MIN);
	if (in_aggregate)
		return people_argument(fcinfo, 0);
	people = people_argument(fcinfo, 0);
	return with_room(*context, people, people->n + 1);
}

/* people_add(state, individual_no): NULL is nobody. */
Datum
sms_people_add(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	People	   *people;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	people = first_state(fcinfo, &context);
	people = open_state(people, context);
	people->number[people->n++] = PG_GETARG_INT64(1);
	PG_RETURN_BYTEA_P(people);
}

/* people_combine(state, state) */
Datum
sms_people_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	People	   *people;
	People	   *other;
	int64		i;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = people_argument(fcinfo, 1);
	people = first_state(fcinfo, &context);
	for (i = 0; i < other->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		people = open_state(people, context);
		people->number[people->n++] = other->number[i];
	}
	PG_RETURN_BYTEA_P(people);
}

/* people_count(state): does not change it. */
Datum
sms_people_count(PG_FUNCTION_ARGS)
{
	People	   *people;

	if (PG_ARGISNULL(0))
		PG_RETURN_INT64(0);
	people = people_argument(fcinfo, 0);
	people = with_room(CurrentMemoryContext, people, people->n);
	PG_RETURN_INT64(drop_repeated(people->number, people->n));
}
