/*-------------------------------------------------------------------------
 *
 * inbox_funcs.c
 *	  Which batches of the inbox a session has in hand, and errors that are
 *	  raised once its notes are settled.
 *
 * drain_inbox() notes what it takes, and commits that, before it ingests: so
 * what ended a session is known afterwards.  In between another drainer has to
 * tell a session at work from one that is gone.  A lock tells: it is the
 * session's and outlives its transactions, as that of CREATE INDEX
 * CONCURRENTLY, ends with an error or with the session, and no SQL can take it
 * but by these functions, which ask for the right to note batches.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(sms_inbox_hold);
PG_FUNCTION_INFO_V1(sms_inbox_is_held);
PG_FUNCTION_INFO_V1(sms_inbox_release);
PG_FUNCTION_INFO_V1(sms_raise_fault);

/* The lock of the batch with the number that is argument 0. */
static LOCKTAG
lock_of_batch(FunctionCallInfo fcinfo)
{
	Oid			table = get_relname_relid("inbox_taken", get_namespace_oid("smsengage", false));
	AclResult	right;
	LOCKTAG		tag;

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("this database has no inbox"),
				 errhint("SELECT smsengage.migrate() makes what is missing.")));
	right = pg_class_aclcheck(table, GetUserId(), ACL_INSERT);
	if (right != ACLCHECK_OK)
		aclcheck_error(right, OBJECT_TABLE, "inbox_taken");
	/* no catalog has the number of this table, so nobody else has such tags */
	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, table, (uint32) PG_GETARG_INT64(0), 0);
	return tag;
}

/* inbox_hold(taken_no): from now on, up to inbox_release() or an error */
Datum
sms_inbox_hold(PG_FUNCTION_ARGS)
{
	LOCKTAG		tag = lock_of_batch(fcinfo);

	PG_RETURN_BOOL(LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL);
}

/* inbox_is_held(taken_no): by another session */
Datum
sms_inbox_is_held(PG_FUNCTION_ARGS)
{
	LOCKTAG		tag = lock_of_batch(fcinfo);

	if (LockAcquire(&tag, ShareLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		PG_RETURN_BOOL(true);
	(void) LockRelease(&tag, ShareLock, false);
	PG_RETURN_BOOL(false);
}

/* inbox_release(taken_no): false if this session does not hold it */
Datum
sms_inbox_release(PG_FUNCTION_ARGS)
{
	LOCKTAG		tag = lock_of_batch(fcinfo);

	if (!sms_lock_is_mine(&tag, ExclusiveLock))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(LockRelease(&tag, ExclusiveLock, true));
}

/* What GET STACKED DIAGNOSTICS says of an error, in the order of drain_answer() */
enum
{
	FAULT_STATE,
	FAULT_MESSAGE,
	FAULT_DETAIL,
	FAULT_HINT,
	FAULT_CONTEXT,
	FAULT_NAMES,				/* and the four behind it */
	N_FAULT = FAULT_NAMES + 5
};

/* raise_fault(fault): as it was raised */
Datum
sms_raise_fault(PG_FUNCTION_ARGS)
{
	static const int names[] = {
		PG_DIAG_SCHEMA_NAME, PG_DIAG_TABLE_NAME, PG_DIAG_COLUMN_NAME,
		PG_DIAG_DATATYPE_NAME, PG_DIAG_CONSTRAINT_NAME
	};
	const char *fault[N_FAULT];
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int			i;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (i = 0; i < N_FAULT; i++)
		fault[i] = i < n && !nulls[i] ? TextDatumGetCString(elements[i]) : "";
	if (strlen(fault[FAULT_STATE]) != 5 || strspn(fault[FAULT_STATE], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected the state of an error")));
	errstart(ERROR, TEXTDOMAIN);
	errcode(MAKE_SQLSTATE(fault[FAULT_STATE][0], fault[FAULT_STATE][1], fault[FAULT_STATE][2],
						  fault[FAULT_STATE][3], fault[FAULT_STATE][4]));
	errmsg_internal("%s", fault[FAULT_MESSAGE]);
	if (fault[FAULT_DETAIL][0] != '\0')
		errdetail_internal("%s", fault[FAULT_DETAIL]);
	if (fault[FAULT_HINT][0] != '\0')
		errhint("%s", fault[FAULT_HINT]);
	if (fault[FAULT_CONTEXT][0] != '\0')
		errcontext("%s", fault[FAULT_CONTEXT]);
	for (i = 0; i < (int) lengthof(names); i++)
		if (fault[FAULT_NAMES + i][0] != '\0')
			err_generic_string(names[i], fault[FAULT_NAMES + i]);
	errfinish(__FILE__, __LINE__, __func__);
	PG_RETURN_VOID();
}
