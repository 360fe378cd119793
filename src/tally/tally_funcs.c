/*-------------------------------------------------------------------------
 *
 * tally_funcs.c
 *	  SQL functions that read tallies, the sets of people in them, and the
 *	  division of individual numbers into chunks.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "utils/tuplestore.h"

#include "server.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_individuals);
PG_FUNCTION_INFO_V1(sms_total);
PG_FUNCTION_INFO_V1(sms_tally_bytes);
PG_FUNCTION_INFO_V1(sms_count_of);
PG_FUNCTION_INFO_V1(sms_tally_without);
PG_FUNCTION_INFO_V1(sms_at_least);
PG_FUNCTION_INFO_V1(sms_tally_and);
PG_FUNCTION_INFO_V1(sms_tally_or);
PG_FUNCTION_INFO_V1(sms_tally_and_not);
PG_FUNCTION_INFO_V1(sms_entries);
PG_FUNCTION_INFO_V1(sms_split);
PG_FUNCTION_INFO_V1(sms_chunk_of);
PG_FUNCTION_INFO_V1(sms_chunk_start);
PG_FUNCTION_INFO_V1(sms_chunk_offset);

static void
people_of(SmsTally tally, SmsBits *bits)
{
	sms_bits_clear(bits);
	sms_tally_bits(tally, bits);
}

Datum
sms_individuals(PG_FUNCTION_ARGS)
{
	SmsTally	tally = PG_GETARG_TALLY(0);
	SmsBits		bits[SMS_CHUNK_WORDS];

	/* a plane knows the number of its offsets, but planes may overlap */
	if (tally.data[1] == 1)
	{
		size_t		position = SMS_TALLY_HEADER;
		SmsPlane	plane;

		sms_tally_plane(tally, &position, &plane);
		PG_RETURN_INT64(plane.n);
	}
	people_of(tally, bits);
	PG_RETURN_INT64(sms_bits_count(bits, 0, SMS_CHUNK_WORDS));
}

/* As pg_column_size(), but immutable: tallies are never compressed. */
Datum
sms_tally_bytes(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) PG_GETARG_TALLY(0).size);
}

Datum
sms_total(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) sms_tally_total(PG_GETARG_TALLY(0)));
}

Datum
sms_count_of(PG_FUNCTION_ARGS)
{
	SmsTally	tally = PG_GETARG_TALLY(0);
	uint32_t	offset = sms_check_offset(PG_GETARG_INT32(1));

	PG_RETURN_INT32((int32) sms_tally_count_of(tally, offset));
}

/* tally_without(tally, offset): the tally without the events of one person. */
Datum
sms_tally_without(PG_FUNCTION_ARGS)
{
	SmsTally	tally = PG_GETARG_TALLY(0);
	uint32_t	offset = sms_check_offset(PG_GETARG_INT32(1));
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsSum		sum;

	if (sms_tally_count_of(tally, offset) == 0)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	sms_sum_init(&sum, &region);
	if (!sms_sum_add(&sum, tally))
		sms_tally_overflow();
	sms_sum_clear_one(&sum, offset);
	PG_RETURN_POINTER(sms_tally_from_sum(&sum));
}

/* at_least(tally, n): the people with n events or more. */
Datum
sms_at_least(PG_FUNCTION_ARGS)
{
	SmsTally	tally = PG_GETARG_TALLY(0);
	int32		n = PG_GETARG_INT32(1);
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsBits		bits[SMS_CHUNK_WORDS];
	SmsSum		sum;

	/* a tally knows nothing of people without events */
	if (n < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of events must be at least 1")));
	if (n == 1)
		people_of(tally, bits);
	else
	{
		sms_sum_init(&sum, &region);
		if (!sms_sum_add(&sum, tally))
			sms_tally_overflow();
		sms_sum_compare(&sum, SMS_GE, n, bits);
	}
	PG_RETURN_POINTER(sms_tally_from_bits(bits));
}

typedef void (*BitsOperation) (SmsBits *bits, const SmsBits *other);

static Datum
operate(FunctionCallInfo fcinfo, BitsOperation operation)
{
	SmsBits		bits[SMS_CHUNK_WORDS];
	SmsBits		other[SMS_CHUNK_WORDS];

	people_of(PG_GETARG_TALLY(0), bits);
	people_of(PG_GETARG_TALLY(1), other);
	operation(bits, other);
	PG_RETURN_POINTER(sms_tally_from_bits(bits));
}

Datum
sms_tally_and(PG_FUNCTION_ARGS)
{
	return operate(fcinfo, sms_bits_and);
}

Datum
sms_tally_or(PG_FUNCTION_ARGS)
{
	return operate(fcinfo, sms_bits_or);
}

Datum
sms_tally_and_not(PG_FUNCTION_ARGS)
{
	return operate(fcinfo, sms_bits_and_not);
}

/* entries(tally): one row a person. */
Datum
sms_entries(PG_FUNCTION_ARGS)
{
	SmsTally	tally = PG_GETARG_TALLY(0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsTallyWalk walk;
	uint32_t	offset,
				count;

	InitMaterializedSRF(fcinfo, 0);
	sms_tally_walk(&walk, tally);
	while (sms_tally_next(&walk, &offset, &count))
	{
		Datum		values[2] = {Int32GetDatum(offset), Int64GetDatum(count)};
		bool		nulls[2] = {false, false};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc,
							 values, nulls);
	}
	return (Datum) 0;
}

/* split(tally): tallies that may be stored; their sum is the argument. */
Datum
sms_split(PG_FUNCTION_ARGS)
{
	Datum		datum = PointerGetDatum(PG_GETARG_VARLENA_PP(0));
	SmsTally	tally = sms_tally_from_datum(datum);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	uint32_t	word = 0;
	bool		null = false;
	struct varlena *part;
	SmsSum		sum;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (VARHDRSZ + tally.size <= SMS_TALLY_MAX_STORED)
	{
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc,
							 &datum, &null);
		return (Datum) 0;
	}
	sms_sum_init(&sum, &region);
	if (!sms_sum_add(&sum, tally))
		sms_tally_overflow();
	part = palloc(VARHDRSZ + sms_sum_bound(&sum));
	datum = PointerGetDatum(part);
	while (word < SMS_CHUNK_WORDS)
	{
		size_t		size;

		word = sms_sum_split(&sum, word, SMS_TALLY_MAX_STORED - VARHDRSZ,
							 (uint8_t *) VARDATA(part), &size);
		SET_VARSIZE(part, VARHDRSZ + size);
		if (size > SMS_TALLY_HEADER)
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc,
								 &datum, &null);
	}
	return (Datum) 0;
}

/* sms_check_individual passes the number of a person and reports any other. */
int64
sms_check_individual(int64 individual)
{
	if (individual < 0 || individual >> SMS_CHUNK_BITS > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("individual number is out of range"),
				 errdetail("An individual number is between 0 and %lld.",
						   (long long) PG_INT32_MAX << SMS_CHUNK_BITS |
						   (SMS_CHUNK_SIZE - 1))));
	return individual;
}

Datum
sms_chunk_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(sms_check_individual(PG_GETARG_INT64(0)) >> SMS_CHUNK_BITS);
}

Datum
sms_chunk_start(PG_FUNCTION_ARGS)
{
	int32		chunk = PG_GETARG_INT32(0);

	if (chunk < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("chunk %d is out of range", chunk)));
	PG_RETURN_INT64((int64) chunk << SMS_CHUNK_BITS);
}

Datum
sms_chunk_offset(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(sms_check_individual(PG_GETARG_INT64(0)) %
					SMS_CHUNK_SIZE);
}
