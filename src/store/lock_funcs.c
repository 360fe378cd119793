/*-------------------------------------------------------------------------
 *
 * lock_funcs.c
 *	  Locks of the store that nobody can take who may not write to it.
 *
 * An advisory lock asks for no right: any login of the database could hold one
 * and so keep the store's own work waiting.  These are locks on objects, of a
 * class that no command locks: the table's OID stands where commands have that
 * of a catalogue.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(sms_take_turn);

/*
 * take_turn(part, number, together, wait): takes the lock on a numbered part of
 * a table of the store, until the end of the transaction; false if it is taken
 * and there is no waiting.
 */
Datum
sms_take_turn(PG_FUNCTION_ARGS)
{
	Oid			table = PG_GETARG_OID(0);
	uint64		number = (uint64) PG_GETARG_INT64(1);
	LOCKMODE	mode = PG_GETARG_BOOL(2) ? ShareLock : ExclusiveLock;
	LOCKTAG		tag;
	AclResult	allowed;

	PreventCommandDuringRecovery("take_turn()");
	if (get_rel_namespace(table) != get_namespace_oid("smsengage", false))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("this is no table of the store")));
	allowed = pg_class_aclcheck(table, GetUserId(), ACL_DELETE);
	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, get_relkind_objtype(get_rel_relkind(table)), get_rel_name(table));
	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, table, (uint32) number, (uint16) (number >> 32));
	if (LockAcquire(&tag, mode, false, !PG_GETARG_BOOL(3)) == LOCKACQUIRE_NOT_AVAIL)
		PG_RETURN_BOOL(false);
	/* as for every lock: what others did before is to be seen */
	AcceptInvalidationMessages();
	PG_RETURN_BOOL(true);
}
