/*-------------------------------------------------------------------------
 *
 * day_funcs.c
 *	  SQL functions over day tallies.
 *
 * Where a function takes a period, the quarter hours are meant that begin in
 * it; the day is given by its start.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "server.h"
#include "tally/cover.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_day_tally);
PG_FUNCTION_INFO_V1(sms_day_tally_add);
PG_FUNCTION_INFO_V1(sms_day_tally_total);
PG_FUNCTION_INFO_V1(sms_day_tally_bytes);
PG_FUNCTION_INFO_V1(sms_day_tally_count_of);
PG_FUNCTION_INFO_V1(sms_day_tally_split);
PG_FUNCTION_INFO_V1(sms_day_tally_without);
PG_FUNCTION_INFO_V1(sms_day_tally_of);
PG_FUNCTION_INFO_V1(sms_day_tally_outside);
PG_FUNCTION_INFO_V1(sms_day_tally_sum);
PG_FUNCTION_INFO_V1(sms_quarter_hour_cells);

/* The quarter hours of a day that begin in the period of arguments n, n + 1. */
static void
period_arguments(FunctionCallInfo fcinfo, int n, TimestampTz day,
				 uint32_t *first, uint32_t *end)
{
	*first = sms_quarter_hours_before(day, PG_GETARG_TIMESTAMPTZ(n));
	*end = sms_quarter_hours_before(day, PG_GETARG_TIMESTAMPTZ(n + 1));
}

/* The start of a day whose quarter hours are asked for: all of them are instants. */
TimestampTz
sms_day_argument(FunctionCallInfo fcinfo, int n)
{
	TimestampTz day = PG_GETARG_TIMESTAMPTZ(n);

	if (TIMESTAMP_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the day of a tally must be finite")));
	if (!IS_VALID_TIMESTAMP(day + (SMS_DAY - SMS_QUARTER_HOUR)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return day;
}

static Datum
written(const SmsDayWriter *writer)
{
	return PointerGetDatum(sms_day_value(sms_day_written(writer)));
}

/* day_tally(at, tally): the tally in the quarter hour of the moment. */
Datum
sms_day_tally(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsDayWriter writer;

	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the moment of a tally must be finite")));
	sms_day_writer_init(&writer, &region);
	sms_day_write_tally(&writer, sms_quarter_hour_of_day(at), PG_GETARG_TALLY(1));
	PG_RETURN_DATUM(written(&writer));
}

/* day_tally_add(a, b), also of sum(day_tally) */
Datum
sms_day_tally_add(PG_FUNCTION_ARGS)
{
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsDayWriter writer;

	sms_day_writer_init(&writer, &region);
	if (!sms_day_merge(PG_GETARG_DAY_TALLY(0), PG_GETARG_DAY_TALLY(1), &region, &writer))
		sms_tally_overflow();
	PG_RETURN_DATUM(written(&writer));
}

Datum
sms_day_tally_total(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) sms_day_total(PG_GETARG_DAY_TALLY(0)));
}

Datum
sms_day_tally_bytes(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) PG_GETARG_DAY_TALLY(0).size);
}

Datum
sms_day_tally_count_of(PG_FUNCTION_ARGS)
{
	SmsDayTally day = PG_GETARG_DAY_TALLY(0);

	PG_RETURN_INT64((int64) sms_day_count_of(day, sms_check_offset(PG_GETARG_INT32(1))));
}

/* split(day_tally): day tallies that may be stored; their sum is the argument. */
Datum
sms_day_tally_split(PG_FUNCTION_ARGS)
{
	SmsDayTally day = PG_GETARG_DAY_TALLY(0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsDayPieces pieces;
	SmsDayWriter writer;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	sms_day_writer_init(&writer, &region);
	sms_day_pieces_start(&pieces, day, &region);
	while (sms_day_pieces_next(&pieces, SMS_TALLY_MAX_STORED - VARHDRSZ, &writer))
	{
		Datum		piece = written(&writer);
		bool		null = false;

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &piece, &null);
	}
	return (Datum) 0;
}

/* day_tally_without(day_tally, offset): without the events of one person. */
Datum
sms_day_tally_without(PG_FUNCTION_ARGS)
{
	SmsDayTally day = PG_GETARG_DAY_TALLY(0);
	uint32_t	offset = sms_check_offset(PG_GETARG_INT32(1));
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	quarter;
	SmsTally	tally;
	SmsDayWriter writer;
	SmsSum		sum;

	sms_day_writer_init(&writer, &region);
	sms_sum_init(&sum, &region);
	while (sms_day_next(day, &position, &quarter, &tally))
	{
		if (sms_tally_count_of(tally, offset) == 0)
		{
			sms_day_write_tally(&writer, quarter, tally);
			continue;
		}
		sms_sum_reset(&sum);
		if (!sms_sum_add(&sum, tally))
			sms_tally_overflow();
		sms_sum_clear_one(&sum, offset);
		sms_day_write_sum(&writer, quarter, &sum);
	}
	PG_RETURN_DATUM(written(&writer));
}

/* day_tally_of(day_tally, offset): the events of one person, as of offset 0. */
Datum
sms_day_tally_of(PG_FUNCTION_ARGS)
{
	SmsDayTally day = PG_GETARG_DAY_TALLY(0);
	uint32_t	offset = sms_check_offset(PG_GETARG_INT32(1));
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	quarter;
	SmsTally	tally;
	SmsDayWriter writer;
	SmsSum		sum;

	sms_day_writer_init(&writer, &region);
	sms_sum_init(&sum, &region);
	while (sms_day_next(day, &position, &quarter, &tally))
	{
		sms_sum_reset(&sum);
		if (!sms_sum_add_one(&sum, 0, sms_tally_count_of(tally, offset)))
			sms_tally_overflow();
		sms_day_write_sum(&writer, quarter, &sum);
	}
	PG_RETURN_DATUM(written(&writer));
}

/* day_tally_outside(day_tally, day, since, until): what is not in the period. */
Datum
sms_day_tally_outside(PG_FUNCTION_ARGS)
{
	SmsDayTally day = PG_GETARG_DAY_TALLY(0);
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	first;
	uint32_t	end;
	uint32_t	quarter;
	SmsTally	tally;
	SmsDayWriter writer;

	period_arguments(fcinfo, 2, PG_GETARG_TIMESTAMPTZ(1), &first, &end);
	sms_day_writer_init(&writer, &region);
	while (sms_day_next(day, &position, &quarter, &tally))
		if (quarter < first || quarter >= end)
			sms_day_write_tally(&writer, quarter, tally);
	PG_RETURN_DATUM(written(&writer));
}

/* tally(day_tally, day, since, until): the sum of what is in the period. */
Datum
sms_day_tally_sum(PG_FUNCTION_ARGS)
{
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	uint32_t	first;
	uint32_t	end;
	SmsSum		sum;

	period_arguments(fcinfo, 2, PG_GETARG_TIMESTAMPTZ(1), &first, &end);
	sms_sum_init(&sum, &region);
	if (!sms_day_add(&sum, PG_GETARG_DAY_TALLY(0), first, end))
		sms_tally_overflow();
	PG_RETURN_POINTER(sms_tally_from_sum(&sum));
}

/* Between which neighbours of bounds the instant lies: how many are not after it. */
static int
bucket_of(TimestampTz at, const TimestampTz *bounds, int n)
{
	int			low = 0;
	int			high = n;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (bounds[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
put_cell(ReturnSetInfo *rsinfo, TimestampTz start, const SmsSum *sum, int64 anonymous)
{
	Datum		values[3];
	bool		nulls[3] = {false};

	values[0] = TimestampTzGetDatum(start);
	values[1] = PointerGetDatum(sms_tally_from_sum(sum));
	values[2] = Int64GetDatum(anonymous);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * quarter_hour_cells(chunk, day, day_tally, bounds): (cell_start, tally,
 * anonymous), one row for what lies between two neighbours of bounds.
 */
Datum
sms_quarter_hour_cells(PG_FUNCTION_ARGS)
{
	bool		nobody = PG_GETARG_INT32(0) < 0;
	TimestampTz start = sms_day_argument(fcinfo, 1);
	SmsDayTally day = PG_GETARG_DAY_TALLY(2);
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(3);
	const TimestampTz *bounds = (const TimestampTz *) ARR_DATA_PTR(array);
	int			n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	size_t		position = SMS_DAY_TALLY_HEADER;
	int			bucket = 0;
	TimestampTz bucket_start = 0;
	int64		anonymous = 0;
	uint32_t	quarter;
	SmsTally	tally;
	SmsSum		sum;

	if (ARR_HASNULL(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("array must not contain nulls")));
	InitMaterializedSRF(fcinfo, 0);
	sms_sum_init(&sum, &region);
	while (sms_day_next(day, &position, &quarter, &tally))
	{
		TimestampTz at = start + quarter * SMS_QUARTER_HOUR;
		/* no bounds: each by itself */
		int			next = n > 0 ? bucket_of(at, bounds, n) : (int) quarter + 1;

		if (next == 0 || (n > 0 && next == n))
			continue;
		if (next != bucket)
		{
			if (bucket > 0)
				put_cell(rsinfo, bucket_start, &sum, anonymous);
			sms_sum_reset(&sum);
			anonymous = 0;
			bucket = next;
			bucket_start = at;
		}
		if (nobody)
			anonymous += (int64) sms_tally_total(tally);
		else if (!sms_sum_add(&sum, tally))
			sms_tally_overflow();
	}
	if (bucket > 0)
		put_cell(rsinfo, bucket_start, &sum, anonymous);
	return (Datum) 0;
}
