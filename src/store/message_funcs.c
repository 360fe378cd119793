/*-------------------------------------------------------------------------
 *
 * message_funcs.c
 *	  The merge of messages for the commands of SQL, which store where pages
 *	  cannot be written, check and repair.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"

#include "server.h"
#include "store/direct.h"

PG_FUNCTION_INFO_V1(sms_report_message);
PG_FUNCTION_INFO_V1(sms_message_merge_rows);
PG_FUNCTION_INFO_V1(sms_merge_message_column);

/* The result's type, message_row, kept for the calls of one command */
static TupleDesc
row_type(FunctionCallInfo fcinfo)
{
	FmgrInfo   *function = fcinfo->flinfo;
	MemoryContext outer;
	TupleDesc	desc;

	if (function->fn_extra == NULL)
	{
		outer = MemoryContextSwitchTo(function->fn_mcxt);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE ||
			desc->natts != SMS_N_MESSAGE_COLUMNS)
			elog(ERROR, "return type must be message_row");
		function->fn_extra = BlessTupleDesc(desc);
		MemoryContextSwitchTo(outer);
	}
	return function->fn_extra;
}

static void
read_row(FunctionCallInfo fcinfo, int n, Datum *values, bool *nulls)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(n);
	TupleDesc	desc = row_type(fcinfo);
	HeapTupleData tuple = {0};

	if (HeapTupleHeaderGetTypeId(header) != desc->tdtypeid)
		elog(ERROR, "argument must be a message_row");
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	tuple.t_data = header;
	heap_deform_tuple(&tuple, desc, values, nulls);
}

static Datum
row_datum(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	return HeapTupleGetDatum(heap_form_tuple(row_type(fcinfo), values, nulls));
}

/*
 * report_message(message_key, event_time, individual_no, parts, account,
 * provider, message_id, recipient, sender_id, channel, bulk_message, template,
 * price, price_currency, callback_data, state): as the columns of a message,
 * but for last_time.  NULL if the event is no delivery report.
 */
Datum
sms_report_message(PG_FUNCTION_ARGS)
{
	Datum		values[SMS_N_MESSAGE_COLUMNS];
	bool		nulls[SMS_N_MESSAGE_COLUMNS];
	int			argument = 0;
	int			i;

	for (i = 0; i < SMS_N_MESSAGE_COLUMNS; i++)
	{
		nulls[i] = true;
		values[i] = (Datum) 0;
		if (i == SMS_MESSAGE_LAST_TIME)
			continue;
		nulls[i] = PG_ARGISNULL(argument);
		values[i] = PG_GETARG_DATUM(argument);
		argument++;
	}
	if (nulls[SMS_MESSAGE_STATE])
		PG_RETURN_NULL();
	sms_message_of_report(values, nulls);
	return row_datum(fcinfo, values, nulls);
}

/* message_merge(a, b), also transition and combine function of merged_message() */
Datum
sms_message_merge_rows(PG_FUNCTION_ARGS)
{
	Datum		values[2][SMS_N_MESSAGE_COLUMNS];
	bool		nulls[2][SMS_N_MESSAGE_COLUMNS];

	read_row(fcinfo, 0, values[0], nulls[0]);
	read_row(fcinfo, 1, values[1], nulls[1]);
	if (!sms_message_merge(values[0], nulls[0], values[1], nulls[1], values[0], nulls[0]))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	return row_datum(fcinfo, values[0], nulls[0]);
}

/* A column of message, of which the arguments are values. */
static SmsMessageColumn
column_argument(FunctionCallInfo fcinfo)
{
	SmsText		name = sms_text_of(PG_GETARG_TEXT_PP(0));
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	int			i;

	for (i = 0; i < SMS_N_MESSAGE_COLUMNS; i++)
	{
		const SmsTableColumn *column = &sms_message_table.columns[i];

		if (sms_text_is(name, column->name) &&
			type == (OidIsValid(column->type) ? column->type : sms_own_type(column->own_type)))
			return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("message has no such column of type %s", format_type_be(type))));
	pg_unreachable();
}

/* merge_message_column(name, a, b) */
Datum
sms_merge_message_column(PG_FUNCTION_ARGS)
{
	SmsMessageColumn column;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	column = column_argument(fcinfo);
	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_DATUM(PG_GETARG_DATUM(PG_ARGISNULL(1) ? 2 : 1));
	PG_RETURN_DATUM(sms_message_merge_column(column, PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)));
}
