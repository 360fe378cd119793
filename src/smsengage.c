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

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "server.h"

SMS_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(sms_may_commit);
PG_FUNCTION_INFO_V1(sms_store_is_distributed_sql);

extern PGDLLEXPORT void _PG_init(void);

bool		sms_stores_directly = true;

/* When the library is loaded; as there is one setting, here it is. */
void
_PG_init(void)
{
	DefineCustomBoolVariable("smsengage.direct",
							 "Writes events into their tables page by page, where that comes to the same as by SQL.",
							 "Off, SQL commands store everything: for tests of these, and to tell where a fault lies. It takes longer.",
							 &sms_stores_directly, true, PGC_SUSET, GUC_NOT_IN_SAMPLE,
							 NULL, NULL, NULL);
	MarkGUCPrefixReserved("smsengage");
}

/*
 * Whether distribute_store() has spread the store of this database.  That
 * gave every event a message key, which it need not have elsewhere: so a look
 * into the catalogue cache tells, without a query.
 */
bool
sms_store_is_distributed(void)
{
	Oid			schema = get_namespace_oid("smsengage", true);
	Oid			event = OidIsValid(schema) ? get_relname_relid("event", schema) : InvalidOid;
	HeapTuple	column = OidIsValid(event) ? SearchSysCacheAttName(event, "message_key") : NULL;
	bool		result;

	if (!HeapTupleIsValid(column))
		return false;
	result = ((Form_pg_attribute) GETSTRUCT(column))->attnotnull;
	ReleaseSysCache(column);
	return result;
}

/* store_is_distributed() */
Datum
sms_store_is_distributed_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_store_is_distributed());
}

/* may_commit(): the caller is a procedure that may end the transaction */
Datum
sms_may_commit(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(SPI_inside_nonatomic_context());
}
