/*-------------------------------------------------------------------------
 *
 * limited.c
 *	  For whom a call is made: the limits of the table store_limit hold for
 *	  who does not own the store.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "access/limited.h"

PG_FUNCTION_INFO_V1(sms_caller_is_limited_sql);

/*
 * Whether the role that called, also where a function runs with the rights of
 * its owner, lacks those of the owner of the store.
 */
bool
sms_caller_is_limited(void)
{
	Oid			event = get_relname_relid("event", get_namespace_oid("smsengage", false));
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(event));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return true;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return !has_privs_of_role(GetOuterUserId(), owner);
}

/* caller_is_limited() */
Datum
sms_caller_is_limited_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_caller_is_limited());
}
