/*-------------------------------------------------------------------------
 *
 * people_agg.c
 *	  Counts different people.
 *
 * COUNT(DISTINCT ...) makes the server sort all rows by group, and those of a
 * group again for each such count; this one leaves the groups to a hash.  The
 * numbers of a group are kept as they come, and those met before are dropped
 * whenever there is no more room.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/qunique.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(sms_people_add);
PG_FUNCTION_INFO_V1(sms_people_count);

#define PEOPLE_MIN 16

typedef struct People
{
	Size		n;
	Size		allocated;
	int64	   *number;
} People;

static int
compare_numbers(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

static void
drop_repeated(People *people)
{
	qsort(people->number, people->n, sizeof(int64), compare_numbers);
	people->n = qunique(people->number, people->n, sizeof(int64), compare_numbers);
}

/* people_add(state, individual_no): a state without a value is that of nobody. */
Datum
sms_people_add(PG_FUNCTION_ARGS)
{
	People	   *people = PG_ARGISNULL(0) ? NULL : (People *) PG_GETARG_POINTER(0);
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "people_add called outside of an aggregate");
	if (PG_ARGISNULL(1))
	{
		if (people == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(people);
	}
	if (people == NULL)
	{
		people = MemoryContextAllocZero(context, sizeof(People));
		people->allocated = PEOPLE_MIN;
		people->number = MemoryContextAlloc(context, PEOPLE_MIN * sizeof(int64));
	}
	if (people->n == people->allocated)
	{
		drop_repeated(people);
		if (people->n > people->allocated / 2)
		{
			people->allocated *= 2;
			people->number = repalloc_huge(people->number, people->allocated * sizeof(int64));
		}
	}
	people->number[people->n++] = PG_GETARG_INT64(1);
	PG_RETURN_POINTER(people);
}

Datum
sms_people_count(PG_FUNCTION_ARGS)
{
	People	   *people = PG_ARGISNULL(0) ? NULL : (People *) PG_GETARG_POINTER(0);

	if (people == NULL)
		PG_RETURN_INT64(0);
	drop_repeated(people);
	PG_RETURN_INT64((int64) people->n);
}
