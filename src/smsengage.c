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

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(sms_may_commit);

/* may_commit(): the caller is a procedure that may end the transaction */
Datum
sms_may_commit(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(SPI_inside_nonatomic_context());
}
