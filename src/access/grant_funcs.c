/*-------------------------------------------------------------------------
 *
 * grant_funcs.c
 *	  Lets the owner of the store say who may execute functions of the
 *	  extension.
 *
 * The functions belong to whoever the extension was installed as: where an
 * ordinary role installed it, to the bootstrap superuser.  So that role could
 * not grant them, though its store is what they work on.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "access/access.h"

PG_FUNCTION_INFO_V1(sms_set_execute);

/* The owner of the store, or who may make one. */
static void
check_caller(void)
{
	if (OidIsValid(sms_store_owner()) ? sms_is_store_owner(GetUserId()) :
		sms_may_create_in(get_namespace_oid("smsengage", false), GetUserId()))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("only the owner of the store may say who executes its functions")));
}

/* A function as a command names it. */
static ObjectWithArgs *
function_name(Form_pg_proc form)
{
	ObjectWithArgs *name = makeNode(ObjectWithArgs);
	int			i;

	name->objname = list_make2(makeString(get_namespace_name(form->pronamespace)),
							   makeString(pstrdup(NameStr(form->proname))));
	for (i = 0; i < form->pronargs; i++)
		name->objargs = lappend(name->objargs,
								makeTypeNameFromOid(form->proargtypes.values[i], -1));
	return name;
}

/*
 * GRANT or REVOKE by the function's own owner.  Not by SPI: triggers on DDL
 * would run with that owner's rights.
 */
static void
set_execute(Oid function, Oid role, bool grant, bool with_option)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	GrantStmt  *command = makeNode(GrantStmt);
	AccessPriv *execute = makeNode(AccessPriv);
	RoleSpec   *grantee = makeNode(RoleSpec);
	Form_pg_proc form;
	Oid			user;
	int			context;

	if (!HeapTupleIsValid(tuple) ||
		getExtensionOfObject(ProcedureRelationId, function) != get_extension_oid("smsengage", false))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("this is no function of the extension smsengage")));
	form = (Form_pg_proc) GETSTRUCT(tuple);
	execute->priv_name = "execute";
	grantee->roletype = ROLESPEC_CSTRING;
	grantee->rolename = GetUserNameFromId(role, false);
	grantee->location = -1;
	command->is_grant = grant;
	command->targtype = ACL_TARGET_OBJECT;
	command->objtype = OBJECT_ROUTINE;
	command->objects = list_make1(function_name(form));
	command->privileges = list_make1(execute);
	command->grantees = list_make1(grantee);
	command->grant_option = with_option;
	command->behavior = DROP_CASCADE;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(form->proowner, context | SECURITY_LOCAL_USERID_CHANGE);
	ExecuteGrantStmt(command);
	SetUserIdAndSecContext(user, context);
	ReleaseSysCache(tuple);
	/* the next one may be the same row */
	CommandCounterIncrement();
}

/* set_execute(role, functions, may, may_grant) */
Datum
sms_set_execute(PG_FUNCTION_ARGS)
{
	Oid			role = PG_GETARG_OID(0);
	Datum	   *functions;
	int			n;
	int			i;

	PreventCommandIfReadOnly("set_execute()");
	check_caller();
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), REGPROCEDUREOID, sizeof(Oid), true, TYPALIGN_INT,
					  &functions, NULL, &n);
	for (i = 0; i < n; i++)
		set_execute(DatumGetObjectId(functions[i]), role, PG_GETARG_BOOL(2), PG_GETARG_BOOL(3));
	PG_RETURN_VOID();
}
