/*-------------------------------------------------------------------------
 *
 * day_type.c
 *	  The type day_tally: input and output.
 *
 * A value is the bytes of day.h behind the length word, and so is the wire.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"

#include "server.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_day_tally_in);
PG_FUNCTION_INFO_V1(sms_day_tally_out);
PG_FUNCTION_INFO_V1(sms_day_tally_recv);
PG_FUNCTION_INFO_V1(sms_day_tally_send);

/* sms_day_from_datum gives the core's view of a value. */
SmsDayTally
sms_day_from_datum(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	SmsDayTally day;

	day.data = (const uint8_t *) VARDATA_ANY(value);
	day.size = VARSIZE_ANY_EXHDR(value);
	if (!sms_day_is_sound(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("value of type %s is damaged or of an unknown version",
						"day_tally")));
	return day;
}

/* sms_day_value makes a value in the current memory context. */
struct varlena *
sms_day_value(SmsDayTally day)
{
	struct varlena *value = palloc(VARHDRSZ + day.size);

	SET_VARSIZE(value, VARHDRSZ + day.size);
	memcpy(VARDATA(value), day.data, day.size);
	return value;
}

/* Reports a bad text, as for a tally. */
static Datum
report_text_error(const SmsTallyError *error, struct Node *escontext)
{
	int			position = (int) error->position + 1;
	const char *what = error->fault == SMS_TALLY_QUARTER_RANGE ? "quarter hour" :
		error->fault == SMS_TALLY_OFFSET_RANGE ? "offset" : "count";

	if (error->fault == SMS_TALLY_SYNTAX || error->fault == SMS_TALLY_ORDER)
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s at character %d",
						"day_tally", position),
				 error->fault == SMS_TALLY_ORDER ?
				 errdetail("Quarter hours, and the offsets of each, must rise.") :
				 errdetail("A day tally is written as {quarter:{offset[:count],...},...}.")));
	ereturn(escontext, (Datum) 0,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s at character %d is out of range for type %s",
					what, position, "day_tally"),
			 errdetail("Quarter hours are 0 to %d, offsets 0 to %d, counts 1 to %d.",
					   SMS_DAY_QUARTER_HOURS - 1, SMS_CHUNK_SIZE - 1, SMS_TALLY_MAX_COUNT)));
}

Datum
sms_day_tally_in(PG_FUNCTION_ARGS)
{
	char	   *string = PG_GETARG_CSTRING(0);
	SmsText		text = {string, strlen(string)};
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsTallyError error;
	SmsDayWriter writer;

	sms_day_writer_init(&writer, &region);
	if (!sms_day_parse(text, &region, &writer, &error))
		return report_text_error(&error, fcinfo->context);
	PG_RETURN_POINTER(sms_day_value(sms_day_written(&writer)));
}

Datum
sms_day_tally_out(PG_FUNCTION_ARGS)
{
	SmsDayTally day = PG_GETARG_DAY_TALLY(0);
	char	   *text = palloc(sms_day_print_bound(day) + 1);

	text[sms_day_print(day, text)] = '\0';
	PG_RETURN_CSTRING(text);
}

Datum
sms_day_tally_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buffer->len - buffer->cursor;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	struct varlena *value;
	SmsDayTally day;

	if (size > 0 && buffer->data[buffer->cursor] != SMS_DAY_TALLY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unknown version %d of type %s",
						(unsigned char) buffer->data[buffer->cursor],
						"day_tally")));
	if (size < SMS_DAY_TALLY_HEADER || size > SMS_DAY_TALLY_MAX_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid length of binary value for type %s",
						"day_tally")));
	value = palloc(VARHDRSZ + size);
	SET_VARSIZE(value, VARHDRSZ + size);
	pq_copymsgbytes(buffer, VARDATA(value), size);
	day.data = (const uint8_t *) VARDATA(value);
	day.size = size;
	if (!sms_day_is_canonical(day, &region))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "day_tally"),
				 errdetail("The bytes are not the canonical form of a day tally.")));
	PG_RETURN_POINTER(value);
}

Datum
sms_day_tally_send(PG_FUNCTION_ARGS)
{
	SmsDayTally day = PG_GETARG_DAY_TALLY(0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbytes(&buffer, (const char *) day.data, (int) day.size);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}
