/*-------------------------------------------------------------------------
 *
 * number_set_funcs.c
 *	  Sets as a bytea, for conditions that each row is asked.
 *
 * The server looks a number up in a constant array by hash as well, but then
 * the array is part of the plan, as often as it is mentioned there, and each
 * worker reads all of it as text.  A bytea goes to workers as it is.
 *
 * A set of numbers: whether 0 is in it, then the slots of a hash table, a
 * power of two of them, at least half of them empty (0).
 *
 * A set of people by quarter hour: the first quarter hour, counted from 2000,
 * and how many there are; for each, and one more, where its people begin; then
 * the people, in rising order.  Rows come in order of time, so that those of a
 * quarter hour are looked up in the same few bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "tally/cover.h"

PG_FUNCTION_INFO_V1(sms_number_set);
PG_FUNCTION_INFO_V1(sms_in_set);
PG_FUNCTION_INFO_V1(sms_quarter_hour_set);
PG_FUNCTION_INFO_V1(sms_in_quarter_hour_set);

static void
not_a_set(const char *maker)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("value is no set of that kind"),
			 errhint("%s makes one.", maker)));
}

/* A bytea of zeros.  Its size is reckoned in 64 bits, as are all that depend on a count. */
static void *
make_value(uint64 size)
{
	void	   *value;

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("set is too large")));
	value = palloc0((Size) size);
	SET_VARSIZE(value, (Size) size);
	return value;
}

/* The elements of an array argument of 8-byte values. */
static int
elements_argument(FunctionCallInfo fcinfo, int arg, Oid type, Datum **values, bool **nulls)
{
	int			n;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(arg), type, sizeof(int64), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, values, nulls, &n);
	return n;
}

/* A number of the bytea, which may have any alignment. */
static inline int64
number_at(const char *data, uint64 n)
{
	int64		number;

	memcpy(&number, data + n * sizeof(int64), sizeof(int64));
	return number;
}

/* The slot (from 1) that has the number, or the empty one where it belongs; 0: none. */
static inline uint64
find_slot(const char *data, uint64 n_slots, int64 number)
{
	uint64		hash = (uint64) number * UINT64CONST(0x9E3779B97F4A7C15);
	uint64		slot = (hash ^ hash >> 32) & (n_slots - 1);
	uint64		i;

	for (i = 0; i < n_slots; i++)
	{
		int64		there = number_at(data, 1 + slot);

		if (there == number || there == 0)
			return 1 + slot;
		slot = (slot + 1) & (n_slots - 1);
	}
	return 0;
}

/* number_set(numbers): NULLs are left out */
Datum
sms_number_set(PG_FUNCTION_ARGS)
{
	Datum	   *numbers;
	bool	   *nulls;
	int			n = elements_argument(fcinfo, 0, INT8OID, &numbers, &nulls);
	uint64		n_slots = pg_nextpower2_64(2 * (uint64) n + 1);
	bytea	   *set = make_value(VARHDRSZ + (1 + n_slots) * sizeof(int64));
	char	   *data = VARDATA(set);
	int			i;

	for (i = 0; i < n; i++)
	{
		int64		number = DatumGetInt64(numbers[i]);

		if (nulls[i])
			continue;
		if (number == 0)
			data[0] = 1;
		else
			memcpy(data + find_slot(data, n_slots, number) * sizeof(int64), &number,
				   sizeof(int64));
	}
	PG_RETURN_BYTEA_P(set);
}

/* in_set(number, set) */
Datum
sms_in_set(PG_FUNCTION_ARGS)
{
	int64		number = PG_GETARG_INT64(0);
	bytea	   *set = PG_GETARG_BYTEA_PP(1);
	const char *data = VARDATA_ANY(set);
	uint64		n_slots = VARSIZE_ANY_EXHDR(set) / sizeof(int64) - 1;
	uint64		slot;

	if (VARSIZE_ANY_EXHDR(set) < 2 * sizeof(int64) ||
		VARSIZE_ANY_EXHDR(set) % sizeof(int64) != 0 || (n_slots & (n_slots - 1)) != 0)
		not_a_set("number_set()");
	if (number == 0)
		PG_RETURN_BOOL(data[0] != 0);
	slot = find_slot(data, n_slots, number);
	PG_RETURN_BOOL(slot != 0 && number_at(data, slot) == number);
}

/* Somebody in a quarter hour */
typedef struct Meeting
{
	int64		quarter;
	int64		person;
} Meeting;

static int
compare_meetings(const void *a, const void *b)
{
	const Meeting *x = a;
	const Meeting *y = b;

	if (x->quarter != y->quarter)
		return x->quarter < y->quarter ? -1 : 1;
	return (x->person > y->person) - (x->person < y->person);
}

/* What a set of people by quarter hour begins with */
typedef struct QuarterHourSet
{
	int32		vl_len_;
	int32		n_quarter_hours;
	int64		first;
	int32		begins[FLEXIBLE_ARRAY_MEMBER];
} QuarterHourSet;

/* Where the people of a set of so many quarter hours are. */
static inline uint64
people_offset(int64 n_quarter_hours)
{
	return offsetof(QuarterHourSet, begins) +
		TYPEALIGN64(MAXIMUM_ALIGNOF, ((uint64) n_quarter_hours + 1) * sizeof(int32));
}

static inline int64 *
people_of(const QuarterHourSet *set)
{
	return (int64 *) ((char *) set + people_offset(set->n_quarter_hours));
}

/* A set with room for this many; the quarters' begins and the people are not set. */
static QuarterHourSet *
make_quarter_hour_set(int64 first, int64 last, int n)
{
	int64		n_quarter_hours = n == 0 ? 0 : last - first + 1;
	QuarterHourSet *set;

	if (n_quarter_hours > (int64) (MaxAllocSize / 2 / sizeof(int32)))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the quarter hours are too far apart")));
	set = make_value(people_offset(n_quarter_hours) + (uint64) n * sizeof(int64));
	set->n_quarter_hours = (int32) n_quarter_hours;
	set->first = first;
	return set;
}

/* A set that came in, aligned; its header holds, what it says of a quarter hour is not looked at. */
static const QuarterHourSet *
quarter_hour_set_argument(FunctionCallInfo fcinfo, int n)
{
	/* not compressed, nor with a short header, but when it was stored */
	const QuarterHourSet *set = (const QuarterHourSet *) PG_GETARG_BYTEA_P(n);

	if ((uintptr_t) set % MAXIMUM_ALIGNOF != 0)
		set = (const QuarterHourSet *) PG_GETARG_BYTEA_P_COPY(n);
	if (VARSIZE(set) < people_offset(0) || set->n_quarter_hours < 0 ||
		people_offset(set->n_quarter_hours) > VARSIZE(set))
		not_a_set("quarter_hour_set()");
	return set;
}

/* quarter_hour_set(people, instants): the n-th person in the quarter hour of the n-th instant */
Datum
sms_quarter_hour_set(PG_FUNCTION_ARGS)
{
	Datum	   *people;
	Datum	   *instants;
	bool	   *no_person;
	bool	   *no_instant;
	int			n = elements_argument(fcinfo, 0, INT8OID, &people, &no_person);
	Meeting    *meetings = palloc_extended((Size) n * sizeof(Meeting) + 1, MCXT_ALLOC_HUGE);
	QuarterHourSet *set;
	int			i;
	int64		q = 0;

	if (elements_argument(fcinfo, 1, TIMESTAMPTZOID, &instants, &no_instant) != n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there must be as many instants as people")));
	for (i = 0; i < n; i++)
	{
		if (no_person[i] || no_instant[i] || TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(instants[i])))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("people and instants must not be null or infinite")));
		meetings[i].quarter = sms_cell_start(SMS_LEVEL_QUARTER_HOUR, DatumGetTimestampTz(instants[i])) / SMS_QUARTER_HOUR;
		meetings[i].person = DatumGetInt64(people[i]);
	}
	qsort(meetings, n, sizeof(Meeting), compare_meetings);
	set = make_quarter_hour_set(n > 0 ? meetings[0].quarter : 0, n > 0 ? meetings[n - 1].quarter : 0, n);
	for (i = 0; i < n; i++)
	{
		while (q <= meetings[i].quarter - set->first)
			set->begins[q++] = i;
		people_of(set)[i] = meetings[i].person;
	}
	set->begins[set->n_quarter_hours] = n;
	PG_RETURN_POINTER(set);
}

/* in_quarter_hour_set(person, at, set) */
Datum
sms_in_quarter_hour_set(PG_FUNCTION_ARGS)
{
	int64		person = PG_GETARG_INT64(0);
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);
	const QuarterHourSet *set = quarter_hour_set_argument(fcinfo, 2);
	int64		n_people = (int64) ((VARSIZE(set) - people_offset(set->n_quarter_hours)) / sizeof(int64));
	int64		quarter;
	int64		low;
	int64		high;

	if (TIMESTAMP_NOT_FINITE(at) ||
		pg_sub_s64_overflow(sms_cell_start(SMS_LEVEL_QUARTER_HOUR, at) / SMS_QUARTER_HOUR, set->first, &quarter) ||
		quarter < 0 || quarter >= set->n_quarter_hours)
		PG_RETURN_BOOL(false);
	low = set->begins[quarter];
	high = set->begins[quarter + 1];
	if (low < 0 || high < low || high > n_people)
		not_a_set("quarter_hour_set()");
	while (low < high)
	{
		int64		middle = (low + high) / 2;

		if (people_of(set)[middle] < person)
			low = middle + 1;
		else
			high = middle;
	}
	PG_RETURN_BOOL(low < set->begins[quarter + 1] && people_of(set)[low] == person);
}
