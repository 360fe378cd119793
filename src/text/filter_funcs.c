/*-------------------------------------------------------------------------
 *
 * filter_funcs.c
 *	  A Bloom filter over an audience's numbers.
 *
 * An audience is small beside the tables it is compared with, but nobody
 * tells the planner.  With the filter, a scan of such a table keeps hardly
 * more than the rows that will join.
 *
 * The value is a bytea of a power of two bits; five of them are set for each
 * number.  It lives within one command and is stored nowhere.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "server.h"

PG_FUNCTION_INFO_V1(sms_number_filter);
PG_FUNCTION_INFO_V1(sms_filter_hits);

#define BITS_PER_NUMBER 12		/* at least; about one in 200 passes wrongly */
#define N_PROBES 5
#define MIN_BITS 1024
#define MAX_BITS (UINT64CONST(1) << 32)

static uint64
hash_of(SmsText number)
{
	return hash_bytes_extended((const unsigned char *) number.ptr,
							   (int) number.len, 0);
}

/* The probe-th bit of a number: the two halves of its hash, combined. */
static uint64
bit_of(uint64 hash, int probe, uint64 mask)
{
	return ((hash >> 32) * (2 * probe + 1) + (uint32) hash) & mask;
}

Datum
sms_number_filter(PG_FUNCTION_ARGS)
{
	ArrayType  *numbers = PG_GETARG_ARRAYTYPE_P(0);
	uint64		bits = MIN_BITS;
	ArrayIterator iterator;
	bytea	   *filter;
	unsigned char *bytes;
	Datum		number;
	bool		null;
	int			n = ArrayGetNItems(ARR_NDIM(numbers), ARR_DIMS(numbers));

	while (bits < (uint64) n * BITS_PER_NUMBER && bits < MAX_BITS)
		bits *= 2;
	filter = palloc0(VARHDRSZ + bits / 8);
	SET_VARSIZE(filter, VARHDRSZ + bits / 8);
	bytes = (unsigned char *) VARDATA(filter);

	iterator = array_create_iterator(numbers, 0, NULL);
	while (array_iterate(iterator, &number, &null))
	{
		uint64		hash;
		int			probe;

		CHECK_FOR_INTERRUPTS();
		if (null)
			continue;
		hash = hash_of(sms_text_of(DatumGetTextPP(number)));
		for (probe = 0; probe < N_PROBES; probe++)
		{
			uint64		bit = bit_of(hash, probe, bits - 1);

			bytes[bit / 8] |= 1 << (bit % 8);
		}
	}
	PG_RETURN_BYTEA_P(filter);
}

/* 1 if the number may be in the filter, 0 if it is not */
Datum
sms_filter_hits(PG_FUNCTION_ARGS)
{
	bytea	   *filter = PG_GETARG_BYTEA_PP(0);
	uint64		hash = hash_of(sms_text_of(PG_GETARG_TEXT_PP(1)));
	const unsigned char *bytes = (unsigned char *) VARDATA_ANY(filter);
	uint64		bits = (uint64) VARSIZE_ANY_EXHDR(filter) * 8;
	int			probe;

	if (bits < MIN_BITS || (bits & (bits - 1)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("not a filter made by number_filter()")));
	for (probe = 0; probe < N_PROBES; probe++)
	{
		uint64		bit = bit_of(hash, probe, bits - 1);

		if ((bytes[bit / 8] & (1 << (bit % 8))) == 0)
			PG_RETURN_INT32(0);
	}
	PG_RETURN_INT32(1);
}
