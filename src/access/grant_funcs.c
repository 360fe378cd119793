/*-------------------------------------------------------------------------
 *
 * grant_funcs.c
 *	  Lets the owner of the store execute what works on it.
 *
 * Most functions of the extension are for the owner of the store only.  The
 * extension cannot know who that will be; it grants them to the owner of the
 * database.  Where the store belongs to another role, that role takes the
 * right by itself here: the functions belong to whoever the extension was
 * installed as, the bootstrap superuser mostly, who is not there to grant them.
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

PG_FUNCTION_INFO_V1(sms_take_execute);

/* The owner of the store, or who may make one. */
static void
check_caller(void)
{
	if (OidIsValid(sms_store_owner()) ? sms_is_store_owner(GetUserId()) :
		sms_may_create_in(get_namespace_oid("smsengage", false), GetUserId()))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("only the owner of the store may execute these functions")));
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
 * GRANT EXECUTE to a role by the function's own owner.  Not by SPI: triggers on
 * DDL would run with that owner's rights.
 */
static void
grant_execute(Oid function, Oid role)
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
	command->is_grant = true;
	command->targtype = ACL_TARGET_OBJECT;
	command->objtype = OBJECT_ROUTINE;
	command->objects = list_make1(function_name(form));
	command->privileges = list_make1(execute);
	command->grantees = list_make1(grantee);
	command->behavior = DROP_RESTRICT;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(form->proowner, context | SECURITY_LOCAL_USERID_CHANGE);
	ExecuteGrantStmt(command);
	SetUserIdAndSecContext(user, context);
	ReleaseSysCache(tuple);
	/* the next one may be the same row */
	CommandCounterIncrement();
}

/* take_execute(functions): the current user may execute them from now on */
Datum
sms_take_execute(PG_FUNCTION_ARGS)
{
	Datum	   *functions;
	int			n;
	int			i;

	PreventCommandIfReadOnly("take_execute()");
	check_caller();
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), REGPROCEDUREOID, sizeof(Oid), true, TYPALIGN_INT,
					  &functions, NULL, &n);
	for (i = 0; i < n; i++)
		grant_execute(DatumGetObjectId(functions[i]), GetUserId());
	PG_RETURN_VOID();
}
