/*-------------------------------------------------------------------------
 *
 * limited_funcs.c
 *	  What came by a role that is not the owner, when it is tried again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"

#include "access/as_owner.h"

PG_FUNCTION_INFO_V1(sms_by_limited_caller);
PG_FUNCTION_INFO_V1(sms_ingest_as_limited);

/* by_limited_caller() */
Datum
sms_by_limited_caller(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_caller_is_limited());
}

/* A call of ingest_as_limited(), and its result as a row of the caller's memory */
typedef struct Call
{
	FunctionCallInfo fcinfo;
	TupleDesc	desc;
	MemoryContext context;
	HeapTuple	row;
} Call;

static void
ingest_payloads(void *arg)
{
	Call	   *call = arg;
	Oid			types[4] = {TEXTOID, BYTEAARRAYOID, TEXTOID, TIMESTAMPTZARRAYOID};
	Datum		values[4];
	char		nulls[4];
	Datum		counts[4];
	bool		no_counts[4];
	MemoryContext inner;
	int			i;

	for (i = 0; i < 4; i++)
	{
		values[i] = call->fcinfo->args[i].value;
		nulls[i] = call->fcinfo->args[i].isnull ? 'n' : ' ';
	}
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT i.accepted, i.duplicate, i.rejected, i.ignored"
							  " FROM smsengage_internal.ingest_payloads($1, $2, $3, $4, NULL) i",
							  4, types, values, nulls, false, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "could not ingest the payloads");
	heap_deform_tuple(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, counts, no_counts);
	inner = MemoryContextSwitchTo(call->context);
	call->row = heap_form_tuple(call->desc, counts, no_counts);
	MemoryContextSwitchTo(inner);
	SPI_finish();
}

/* ingest_as_limited(provider, payloads, account, arrivals) */
Datum
sms_ingest_as_limited(PG_FUNCTION_ARGS)
{
	Call		call = {fcinfo, NULL, CurrentMemoryContext, NULL};

	if (get_call_result_type(fcinfo, NULL, &call.desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	call.desc = BlessTupleDesc(call.desc);
	sms_as_limited(ingest_payloads, &call);
	PG_RETURN_DATUM(HeapTupleGetDatum(call.row));
}
