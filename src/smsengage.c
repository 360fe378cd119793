/*-------------------------------------------------------------------------
 *
 * smsengage.c
 *	  Module magic, and what no room owns.  Everything else lives in the
 *	  rooms beside this file.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(sms_may_commit);
PG_FUNCTION_INFO_V1(sms_outer_role);

/* may_commit(): the caller is a procedure that may end the transaction */
Datum
sms_may_commit(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(SPI_inside_nonatomic_context());
}

/* outer_role(): who called, seen from inside a SECURITY DEFINER function */
Datum
sms_outer_role(PG_FUNCTION_ARGS)
{
	const char *name = GetUserNameFromId(GetOuterUserId(), false);

	return DirectFunctionCall1(namein, CStringGetDatum(name));
}
