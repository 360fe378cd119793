/*-------------------------------------------------------------------------
 *
 * block_funcs.c
 *	  How far blocks reach: who may block for other accounts, and what a
 *	  reader is told of others' blocks.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "access/access.h"
#include "access/as_owner.h"

PG_FUNCTION_INFO_V1(sms_may_block_for_all);
PG_FUNCTION_INFO_V1(sms_global_blocks);

/* may_block_for_all(account) */
Datum
sms_may_block_for_all(PG_FUNCTION_ARGS)
{
	Oid			caller = sms_limited_caller();

	if (!sms_caller_is_limited())
		PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(OidIsValid(caller) &&
				   sms_acts_for(caller, SMS_RIGHT_BLOCK, PG_GETARG_TEXT_PP(0)));
}

/* global_blocks(numbers, at) */
static void
find_global_blocks(void *arg)
{
	FunctionCallInfo fcinfo = arg;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	static SPIPlanPtr plan;
	Oid			types[2] = {TEXTARRAYOID, TIMESTAMPTZOID};
	Datum		values[2] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	uint64		i;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (plan == NULL)
	{
		SPIPlanPtr	made = SPI_prepare("SELECT b.recipient, b.expires_at FROM smsengage_internal.global_block_ends($1, $2) b",
									   2, types);

		if (made == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(made);
		plan = made;
	}
	if (SPI_execute_plan(plan, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the block list");
	for (i = 0; i < SPI_processed; i++)
	{
		Datum		row[2];
		bool		nulls[2];

		heap_deform_tuple(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, row, nulls);
		tuplestore_putvalues(result->setResult, result->setDesc, row, nulls);
	}
	SPI_finish();
}

Datum
sms_global_blocks(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	sms_refuse_restricted("global_blocks()");
	if (!sms_is_store_owner(GetUserId()) &&
		sms_accounts_of(GetUserId(), SMS_RIGHT_READ, NULL) == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("this role may not read any account"),
				 errhint("grant_reader(role, account) gives the right.")));
	sms_as_owner("global_blocks()", false, find_global_blocks, fcinfo);
	return (Datum) 0;
}
