/*-------------------------------------------------------------------------
 *
 * number_set.c
 *	  A set of numbers as a bytea, for conditions that each row is asked.
 *
 * The server looks a number up in a constant array by hash as well, but then
 * the array is part of the plan, as often as it is mentioned there, and each
 * worker reads all of it as text.  A bytea goes to workers as it is.
 *
 * In it: whether 0 is in the set, then the slots of a hash table, a power of
 * two of them, at least half of them empty (0).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(sms_number_set);
PG_FUNCTION_INFO_V1(sms_in_set);

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
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	Datum	   *numbers;
	bool	   *nulls;
	int			n;
	uint64		n_slots;
	Size		size;
	bytea	   *set;
	char	   *data;
	int			i;

	deconstruct_array(array, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &numbers, &nulls, &n);
	n_slots = pg_nextpower2_64(2 * (uint64) n + 1);
	size = VARHDRSZ + (1 + n_slots) * sizeof(int64);
	set = palloc0(size);
	SET_VARSIZE(set, size);
	data = VARDATA(set);
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
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("value is no set of numbers"),
				 errhint("number_set() makes one.")));
	if (number == 0)
		PG_RETURN_BOOL(data[0] != 0);
	slot = find_slot(data, n_slots, number);
	PG_RETURN_BOOL(slot != 0 && number_at(data, slot) == number);
}
