/*-------------------------------------------------------------------------
 *
 * cooccurrence_funcs.c
 *	  Who has events of two kinds in one quarter hour, for reports in SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "tally/cover.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_same_quarter_hour);

/* A day tally that is read one quarter hour after the other. */
typedef struct DayReader
{
	SmsDayTally day;
	size_t		position;
	uint32_t	quarter;		/* SMS_DAY_QUARTER_HOURS behind the last one */
	SmsTally	tally;
} DayReader;

static void
advance(DayReader *reader)
{
	if (!sms_day_next(reader->day, &reader->position, &reader->quarter,
					  &reader->tally))
		reader->quarter = SMS_DAY_QUARTER_HOURS;
}

/* The day tallies of an array argument, each at its first quarter hour. */
static DayReader *
readers_argument(FunctionCallInfo fcinfo, int arg, int *n)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(arg);
	DayReader  *readers;
	Datum	   *values;
	int16		len;
	bool		by_value;
	char		align;
	int			i;

	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("array must not contain nulls")));
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &len, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), len, by_value, align,
					  &values, NULL, n);
	readers = palloc((Size) *n * sizeof(DayReader) + 1);
	for (i = 0; i < *n; i++)
	{
		readers[i].day = sms_day_from_datum(values[i]);
		readers[i].position = SMS_DAY_TALLY_HEADER;
		advance(&readers[i]);
	}
	return readers;
}

/* Puts the people of a tally into a set, or takes them out. */
static void
mark_people(SmsTally tally, SmsBits *set, bool in)
{
	size_t		position = SMS_TALLY_HEADER;
	SmsPlane	plane;

	while (sms_tally_plane(tally, &position, &plane))
	{
		SmsPlaneCursor cursor;

		for (sms_plane_start(&cursor, &plane); cursor.at < SMS_CHUNK_SIZE;
			 sms_plane_advance(&cursor))
		{
			SmsBits		bit = UINT64_C(1) << (cursor.at % 64);

			if (in)
				set[cursor.at / 64] |= bit;
			else
				set[cursor.at / 64] &= ~bit;
		}
	}
}

/* Reports those of a tally who are in the set, and takes them out of it. */
static void
put_people(SmsTally tally, SmsBits *set, int64 first_person, TimestampTz start,
		   ReturnSetInfo *rsinfo)
{
	size_t		position = SMS_TALLY_HEADER;
	SmsPlane	plane;

	while (sms_tally_plane(tally, &position, &plane))
	{
		SmsPlaneCursor cursor;

		for (sms_plane_start(&cursor, &plane); cursor.at < SMS_CHUNK_SIZE;
			 sms_plane_advance(&cursor))
		{
			SmsBits		bit = UINT64_C(1) << (cursor.at % 64);
			Datum		values[2];
			bool		nulls[2] = {false};

			if ((set[cursor.at / 64] & bit) == 0)
				continue;
			set[cursor.at / 64] &= ~bit;
			values[0] = Int64GetDatum(first_person + cursor.at);
			values[1] = TimestampTzGetDatum(start);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	}
}

/*
 * same_quarter_hour(chunk, day, a, b): (individual_no, cell_start), one row
 * for each person and quarter hour with an event in one of a and in one of b.
 */
Datum
sms_same_quarter_hour(PG_FUNCTION_ARGS)
{
	int32		chunk = PG_GETARG_INT32(0);
	TimestampTz day = sms_day_argument(fcinfo, 1);
	SmsBits    *set = palloc0(SMS_CHUNK_WORDS * sizeof(SmsBits));
	int			n_a;
	int			n_b;
	DayReader  *a = readers_argument(fcinfo, 2, &n_a);
	DayReader  *b = readers_argument(fcinfo, 3, &n_b);
	uint32_t	quarter;
	int			i;

	if (chunk < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("chunk must not be negative")));
	InitMaterializedSRF(fcinfo, 0);
	for (quarter = 0; quarter < SMS_DAY_QUARTER_HOURS; quarter++)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < n_a; i++)
			if (a[i].quarter == quarter)
				mark_people(a[i].tally, set, true);
		for (i = 0; i < n_b; i++)
		{
			if (b[i].quarter != quarter)
				continue;
			put_people(b[i].tally, set, (int64) chunk << SMS_CHUNK_BITS,
					   day + quarter * SMS_QUARTER_HOUR,
					   (ReturnSetInfo *) fcinfo->resultinfo);
			advance(&b[i]);
		}
		/* cheaper than to clear the whole set */
		for (i = 0; i < n_a; i++)
		{
			if (a[i].quarter != quarter)
				continue;
			mark_people(a[i].tally, set, false);
			advance(&a[i]);
		}
	}
	return (Datum) 0;
}
