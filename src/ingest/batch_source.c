/*-------------------------------------------------------------------------
 *
 * batch_source.c
 *	  SQL functions that make a parsed_batch: from one payload, from several,
 *	  from the next rows of a table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "ascii.h"
#include "ingest/batch.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_batch_of_text);
PG_FUNCTION_INFO_V1(sms_batch_of_bytea);
PG_FUNCTION_INFO_V1(sms_batch_all);
PG_FUNCTION_INFO_V1(sms_batch_from);

/* Rows taken from the source at once. */
#define FETCH_ROWS 256

/* Raises if one of the arguments, a bit each, is NULL. */
void
sms_require_arguments(FunctionCallInfo fcinfo, uint32 which)
{
	int			i;

	for (i = 0; i < PG_NARGS(); i++)
		if ((which & 1U << i) != 0 && PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument %d must not be null", i + 1)));
}

/*
 * A word that may be shown in a message.  With the arguments in the wrong
 * order, it is a payload that stands where a provider was expected.
 */
static bool
is_word(SmsText text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
		if (!sms_is_letter(text.ptr[i]) && text.ptr[i] != '_' && text.ptr[i] != '-')
			return false;
	return text.len <= 64;
}

/* The provider a caller names; 'auto' is SMS_PROVIDER_NONE. */
SmsProvider
sms_provider_argument(text *name)
{
	SmsText		given = sms_text_of(name);
	SmsProvider provider = sms_provider_by_name(given);
	char		names[SMS_PROVIDER_LIST];

	if (sms_spec_of(provider) == NULL && !sms_text_is(given, "auto"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 is_word(given) ?
				 errmsg("unknown provider \"%.*s\"", (int) given.len, given.ptr) :
				 errmsg("unknown provider"),
				 errhint("Providers are %s; \"auto\" finds out.", sms_provider_list(NULL, names))));
	return provider;
}

/* The account a caller names, or no value. */
SmsText
sms_account_argument(FunctionCallInfo fcinfo, int n)
{
	SmsText		account = {NULL, 0};

	if (!PG_ARGISNULL(n))
		account = sms_text_of(PG_GETARG_TEXT_PP(n));
	if (account.len > SMS_MAX_KEY_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("account is longer than %d bytes", SMS_MAX_KEY_BYTES)));
	return account;
}

static bool
is_utf8(SmsText text)
{
	return sms_utf8_valid_prefix(text.ptr, text.len) == text.len;
}

/* One payload more; with a reason it is rejected unread. */
static void
add_payload(SmsBuilder *builder, SmsText payload, TimestampTz arrival,
			bool is_text, SmsText reason)
{
	if (reason.ptr != NULL)
		sms_builder_reject(builder, payload, reason);
	else
		sms_builder_add(builder, payload, arrival, !is_text && !is_utf8(payload));
}

/* A batch for the store, of arguments (provider, ..., account at n). */
static SmsBuilder *
begin_batch(FunctionCallInfo fcinfo, int n, size_t expected)
{
	SmsBuilder *builder = sms_builder_begin(sms_provider_argument(PG_GETARG_TEXT_PP(0)),
											sms_account_argument(fcinfo, n), expected);

	sms_builder_guard(builder);
	return builder;
}

/* The batch of arguments (provider, payload, account), none of the first two NULL. */
SmsBatch *
sms_batch_of_payload(FunctionCallInfo fcinfo, SmsInstant arrival, bool is_text)
{
	SmsText		none = {NULL, 0};
	SmsText		payload = sms_text_of(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1)));
	SmsBuilder *builder = begin_batch(fcinfo, 2, payload.len);

	add_payload(builder, payload, arrival, is_text, none);
	return sms_builder_end(builder, true);
}

static Datum
batch_of(FunctionCallInfo fcinfo, bool is_text)
{
	sms_require_arguments(fcinfo, 1 << 0 | 1 << 1 | 1 << 3);
	PG_RETURN_POINTER(sms_batch_of_payload(fcinfo, PG_GETARG_TIMESTAMPTZ(3), is_text));
}

Datum
sms_batch_of_text(PG_FUNCTION_ARGS)
{
	return batch_of(fcinfo, true);
}

Datum
sms_batch_of_bytea(PG_FUNCTION_ARGS)
{
	return batch_of(fcinfo, false);
}

/* The same of several payloads (bytea[]), each with its arrival. */
Datum
sms_batch_all(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	SmsText		reason = sms_text_argument(fcinfo, 4);
	SmsBuilder *builder;
	Datum	   *payloads;
	Datum	   *arrivals;
	int			n;
	int			n_arrivals;
	int			i;

	sms_require_arguments(fcinfo, 1 << 0 | 1 << 1 | 1 << 3);
	array = PG_GETARG_ARRAYTYPE_P(1);
	deconstruct_array(array, BYTEAOID, -1, false, TYPALIGN_INT, &payloads, NULL, &n);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(3), TIMESTAMPTZOID, sizeof(TimestampTz),
					  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &arrivals, NULL, &n_arrivals);
	if (n != n_arrivals)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("expected one arrival for each payload")));
	builder = begin_batch(fcinfo, 2, VARSIZE(array));
	for (i = 0; i < n; i++)
		add_payload(builder, sms_text_of(DatumGetByteaPP(payloads[i])),
					DatumGetTimestampTz(arrivals[i]), false, reason);
	PG_RETURN_POINTER(sms_builder_end(builder, true));
}

/*
 * The query that reads the column from behind a row on, in the order in which
 * rows lie.  Sequential scans are switched off by the function's definition:
 * they may begin anywhere, a scan of a range of places begins at its start.
 */
static char *
source_query(Oid relation, const char *column, const ItemPointerData *after,
			 bool *is_text)
{
	AttrNumber	attnum = get_attnum(relation, column);
	const char *name = get_rel_name(relation);
	const char *cast = "";
	StringInfoData query;

	if (name == NULL || attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("source has no column \"%s\"", column),
				 errhint("Name the column of the payloads as payload_column.")));
	*is_text = true;
	switch (getBaseType(get_atttype(relation, attnum)))
	{
		case TEXTOID:
		case VARCHAROID:
		case JSONOID:
			break;
		case JSONBOID:
			cast = "::pg_catalog.text";
			break;
		case BYTEAOID:
			*is_text = false;
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" has a type that cannot hold payloads", column),
					 errhint("Payloads are of type text, varchar, json, jsonb or bytea.")));
	}
	initStringInfo(&query);
	appendStringInfo(&query, "SELECT ctid, %s%s FROM ONLY %s"
					 " WHERE ctid OPERATOR(pg_catalog.>) '(%u,%u)'::pg_catalog.tid",
					 quote_identifier(column), cast,
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name),
					 ItemPointerGetBlockNumberNoCheck(after),
					 ItemPointerGetOffsetNumberNoCheck(after));
	return query.data;
}

/* What has been taken from a source so far. */
typedef struct Taken
{
	int			rows;
	int			nulls;
	int64		bytes;
	ItemPointerData last;
} Taken;

/* The column's type may be another by now than when the query was made. */
static void
check_type(TupleDesc desc, bool is_text)
{
	Oid			type = getBaseType(SPI_gettypeid(desc, 2));

	if (is_text ? type != TEXTOID && type != VARCHAROID && type != JSONOID : type != BYTEAOID)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("the source was changed meanwhile")));
}

/* Feeds rows to the builder until one of the limits is reached. */
static void
take_rows(SmsBuilder *builder, Portal portal, TimestampTz arrival, bool is_text,
		  SmsText reason, int max_rows, int64 max_bytes, Taken *taken)
{
	while (taken->rows < max_rows)
	{
		uint64		i;

		SPI_cursor_fetch(portal, true, Min(FETCH_ROWS, max_rows - taken->rows));
		if (SPI_processed == 0)
			return;
		check_type(SPI_tuptable->tupdesc, is_text);
		for (i = 0; i < SPI_processed; i++)
		{
			HeapTuple	tuple = SPI_tuptable->vals[i];
			TupleDesc	desc = SPI_tuptable->tupdesc;
			bool		null;
			ItemPointer place = (ItemPointer) DatumGetPointer(SPI_getbinval(tuple, desc, 1, &null));
			Datum		value = SPI_getbinval(tuple, desc, 2, &null);

			if (!null)
				taken->bytes += toast_raw_datum_size(value);
			if (taken->bytes > max_bytes && taken->rows > 0)
				return;
			if (ItemPointerCompare(place, &taken->last) <= 0)
				elog(ERROR, "rows of the source are out of order");
			if (null)
				taken->nulls++;
			else
			{
				struct varlena *payload = PG_DETOAST_DATUM_PACKED(value);

				add_payload(builder, sms_text_of(payload), arrival, is_text, reason);
				if ((Pointer) payload != DatumGetPointer(value))
					pfree(payload);
			}
			taken->rows++;
			taken->last = *place;
		}
		SPI_freetuptable(SPI_tuptable);
	}
}

/*
 * The next rows of a table as a batch: (provider, source, payload_column,
 * account, arrival, after, max_rows, max_bytes, reason).
 */
Datum
sms_batch_from(PG_FUNCTION_ARGS)
{
	Oid			relation;
	int			max_rows;
	int64		max_bytes;
	SmsText		reason = sms_text_argument(fcinfo, 8);
	SmsBuilder *builder;
	SmsBatch   *batch;
	SPIPlanPtr	plan;
	Portal		portal;
	Taken		taken = {0};
	bool		is_text;
	char	   *query;

	sms_require_arguments(fcinfo, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7);
	relation = PG_GETARG_OID(1);
	max_rows = PG_GETARG_INT32(6);
	max_bytes = PG_GETARG_INT32(7);
	if (max_rows < 1 || max_bytes < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_rows and max_bytes must be positive")));
	ItemPointerSet(&taken.last, 0, 0);
	if (!PG_ARGISNULL(5))
		taken.last = *(ItemPointer) PG_GETARG_POINTER(5);
	query = source_query(relation, NameStr(*PG_GETARG_NAME(2)), &taken.last, &is_text);
	builder = begin_batch(fcinfo, 3, (size_t) Min(max_bytes, (int64) max_rows * 512));
	SPI_connect();
	/* not CURSOR_OPT_PARALLEL_OK: the order of the rows matters */
	plan = SPI_prepare_cursor(query, 0, NULL, CURSOR_OPT_NO_SCROLL);
	if (plan == NULL)
		elog(ERROR, "cannot read the source: %s", SPI_result_code_string(SPI_result));
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	take_rows(builder, portal, PG_GETARG_TIMESTAMPTZ(4), is_text, reason,
			  max_rows, max_bytes, &taken);
	SPI_cursor_close(portal);
	SPI_finish();
	batch = sms_builder_end(builder, true);
	batch->n_nulls = taken.nulls;
	if (taken.rows > 0)
		batch->last = taken.last;
	PG_RETURN_POINTER(batch);
}
