/*-------------------------------------------------------------------------
 *
 * tally_type.c
 *	  The type tally: input and output, constructor, comparison.
 *
 * A value is the bytes of tally.h behind the length word.  They are the same
 * for equal tallies, so equality, order and hash are those of the bytes; the
 * order has no meaning of its own.  The wire carries the same bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/array.h"

#include "server.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_tally_in);
PG_FUNCTION_INFO_V1(sms_tally_out);
PG_FUNCTION_INFO_V1(sms_tally_recv);
PG_FUNCTION_INFO_V1(sms_tally_send);
PG_FUNCTION_INFO_V1(sms_tally);
PG_FUNCTION_INFO_V1(sms_tally_cmp);
PG_FUNCTION_INFO_V1(sms_tally_eq);
PG_FUNCTION_INFO_V1(sms_tally_ne);
PG_FUNCTION_INFO_V1(sms_tally_lt);
PG_FUNCTION_INFO_V1(sms_tally_le);
PG_FUNCTION_INFO_V1(sms_tally_gt);
PG_FUNCTION_INFO_V1(sms_tally_ge);
PG_FUNCTION_INFO_V1(sms_tally_hash);
PG_FUNCTION_INFO_V1(sms_tally_hash_extended);

/* sms_tally_view gives the core's view of a value that is not toasted. */
SmsTally
sms_tally_view(struct varlena *value)
{
	SmsTally	tally;

	tally.data = (const uint8_t *) VARDATA_ANY(value);
	tally.size = VARSIZE_ANY_EXHDR(value);
	if (!sms_tally_is_sound(tally))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("value of type %s is damaged or of an unknown version",
						"tally")));
	return tally;
}

/* sms_tally_from_datum gives the core's view of an argument. */
SmsTally
sms_tally_from_datum(Datum datum)
{
	return sms_tally_view(PG_DETOAST_DATUM_PACKED(datum));
}

/* sms_tally_from_sum makes a value in the current memory context. */
struct varlena *
sms_tally_from_sum(const SmsSum *sum)
{
	struct varlena *value = palloc(VARHDRSZ + sms_sum_bound(sum));

	SET_VARSIZE(value, VARHDRSZ +
				sms_sum_write(sum, 0, SMS_CHUNK_WORDS,
							  (uint8_t *) VARDATA(value)));
	return value;
}

/* sms_tally_from_bits makes a value where each offset counts 1. */
struct varlena *
sms_tally_from_bits(const SmsBits *bits)
{
	struct varlena *value = palloc(VARHDRSZ + SMS_TALLY_HEADER +
								   SMS_PLANE_MAX);

	SET_VARSIZE(value, VARHDRSZ +
				sms_bits_write(bits, (uint8_t *) VARDATA(value)));
	return value;
}

/* sms_tally_overflow reports a count that got too large. */
void
sms_tally_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("count of a tally is out of range"),
			 errdetail("A count is at most %d.", SMS_TALLY_MAX_COUNT)));
}

/* sms_check_offset passes an offset of a chunk and reports any other. */
uint32_t
sms_check_offset(int32 offset)
{
	if (offset < 0 || offset >= SMS_CHUNK_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("offset %d is out of range for type %s",
						offset, "tally"),
				 errdetail("An offset is between 0 and %d.",
						   SMS_CHUNK_SIZE - 1)));
	return (uint32_t) offset;
}

/* Reports a bad text.  It is not quoted: it may be long, or anything. */
static Datum
report_text_error(const SmsTallyError *error, struct Node *escontext)
{
	int			position = (int) error->position + 1;

	if (error->fault == SMS_TALLY_OFFSET_RANGE)
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("offset at character %d is out of range for type %s",
						position, "tally"),
				 errdetail("An offset is between 0 and %d.",
						   SMS_CHUNK_SIZE - 1)));
	if (error->fault == SMS_TALLY_COUNT_RANGE)
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("count at character %d is out of range for type %s",
						position, "tally"),
				 errdetail("A count is between 1 and %d.",
						   SMS_TALLY_MAX_COUNT)));
	ereturn(escontext, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s at character %d",
					"tally", position),
			 error->fault == SMS_TALLY_ORDER ?
			 errdetail("Each offset must be greater than the one before it.") :
			 errdetail("A tally is written as {offset[:count],...}.")));
}

Datum
sms_tally_in(PG_FUNCTION_ARGS)
{
	char	   *string = PG_GETARG_CSTRING(0);
	SmsText		text = {string, strlen(string)};
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsTallyError error;
	SmsSum		sum;

	sms_sum_init(&sum, &region);
	if (!sms_tally_parse(text, &sum, &error))
		return report_text_error(&error, fcinfo->context);
	PG_RETURN_POINTER(sms_tally_from_sum(&sum));
}

Datum
sms_tally_out(PG_FUNCTION_ARGS)
{
	SmsTally	tally = PG_GETARG_TALLY(0);
	char	   *text = palloc(sms_tally_print_bound(tally) + 1);

	text[sms_tally_print(tally, text)] = '\0';
	PG_RETURN_CSTRING(text);
}

Datum
sms_tally_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buffer->len - buffer->cursor;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	struct varlena *value;
	SmsTally	tally;

	if (size > 0 && buffer->data[buffer->cursor] != SMS_TALLY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unknown version %d of type %s",
						(unsigned char) buffer->data[buffer->cursor],
						"tally")));
	if (size < SMS_TALLY_HEADER || size > SMS_TALLY_MAX_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid length of binary value for type %s",
						"tally")));
	value = palloc(VARHDRSZ + size);
	SET_VARSIZE(value, VARHDRSZ + size);
	pq_copymsgbytes(buffer, VARDATA(value), size);
	tally.data = (const uint8_t *) VARDATA(value);
	tally.size = size;
	if (!sms_tally_is_canonical(tally, &region))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "tally"),
				 errdetail("The bytes are not the canonical form of a tally.")));
	PG_RETURN_POINTER(value);
}

Datum
sms_tally_send(PG_FUNCTION_ARGS)
{
	SmsTally	tally = PG_GETARG_TALLY(0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbytes(&buffer, (const char *) tally.data, (int) tally.size);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* The elements of an int4 array of at most one dimension. */
static const int32 *
array_elements(ArrayType *array, int *n)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("array must be one-dimensional")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("array must not contain nulls")));
	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return (const int32 *) ARR_DATA_PTR(array);
}

/*
 * tally(offsets, counts): any order; what is given more than once adds up.
 */
Datum
sms_tally(PG_FUNCTION_ARGS)
{
	const int32 *offsets;
	const int32 *counts = NULL;
	int			n,
				n_counts;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsSum		sum;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	offsets = array_elements(PG_GETARG_ARRAYTYPE_P(0), &n);
	if (!PG_ARGISNULL(1))
	{
		counts = array_elements(PG_GETARG_ARRAYTYPE_P(1), &n_counts);
		if (n != n_counts)
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("arrays of offsets and counts differ in length")));
	}

	sms_sum_init(&sum, &region);
	for (int i = 0; i < n; i++)
	{
		int32		count = counts ? counts[i] : 1;

		if (count < 1)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("count %d is out of range for type %s",
							count, "tally"),
					 errdetail("A count is between 1 and %d.",
							   SMS_TALLY_MAX_COUNT)));
		if (!sms_sum_add_one(&sum, sms_check_offset(offsets[i]), count))
			sms_tally_overflow();
	}
	PG_RETURN_POINTER(sms_tally_from_sum(&sum));
}

/* Compares two arguments by their bytes, a prefix first. */
static int
compare(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	Size		a_size = VARSIZE_ANY_EXHDR(a);
	Size		b_size = VARSIZE_ANY_EXHDR(b);
	int			result = memcmp(VARDATA_ANY(a), VARDATA_ANY(b),
								Min(a_size, b_size));

	if (result == 0)
		result = (a_size > b_size) - (a_size < b_size);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

Datum
sms_tally_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

Datum
sms_tally_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

Datum
sms_tally_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

Datum
sms_tally_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
sms_tally_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
sms_tally_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

Datum
sms_tally_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
sms_tally_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);
	Datum		result = hash_any((unsigned char *) VARDATA_ANY(value),
								  VARSIZE_ANY_EXHDR(value));

	PG_FREE_IF_COPY(value, 0);
	return result;
}

Datum
sms_tally_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);
	Datum		result = hash_any_extended((unsigned char *) VARDATA_ANY(value),
										   VARSIZE_ANY_EXHDR(value),
										   PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(value, 0);
	return result;
}
