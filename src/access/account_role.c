/*-------------------------------------------------------------------------
 *
 * account_role.c
 *	  Reads the table account_role: which roles act for which accounts.
 *
 * A right goes by the role's OID.  A dump writes the role's name and, for a
 * role that is gone, its number, which another role may have where the dump is
 * restored; so each row also says in which cluster its role was noted, and by
 * which name, and holds elsewhere for a role of that name only.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/syscache.h"

#include "server.h"
#include "access/access.h"

#define QUERY \
	"SELECT CAST(r.role AS pg_catalog.oid), CAST(r.kind AS pg_catalog.text), " \
	"CAST(r.account AS pg_catalog.text), CAST(r.role_name AS pg_catalog.text), " \
	"CAST(r.cluster AS pg_catalog.int8) FROM smsengage.account_role r"
#define OF_ACCOUNT \
	" WHERE r.account OPERATOR(pg_catalog.=) $1 OR r.account OPERATOR(pg_catalog.=) '*'"

static const char *const right_names[] = {
	[SMS_RIGHT_READ] = "read",
	[SMS_RIGHT_MASKED] = "masked",
	[SMS_RIGHT_INGEST] = "ingest",
	[SMS_RIGHT_BLOCK] = "block",
	[SMS_RIGHT_ADMIN] = "admin",
};

/* What somebody asks for, and what was found of it */
typedef struct Question
{
	Oid			user;
	SmsRight	right;
	const text *account;		/* NULL: all that there are */
	MemoryContext context;		/* of the accounts */
	List	   *accounts;		/* text * */
} Question;

SmsRight
sms_right_by_name(const char *name)
{
	int			i;

	for (i = 0; i < lengthof(right_names); i++)
		if (strcmp(name, right_names[i]) == 0)
			return (SmsRight) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind of right"),
			 errhint("Kinds are read, masked, ingest, block and admin.")));
	pg_unreachable();
}

/* An admin may do all; who sees rows may see them masked. */
static bool
covers(const char *granted, SmsRight wanted)
{
	return strcmp(granted, right_names[wanted]) == 0 ||
		strcmp(granted, right_names[SMS_RIGHT_ADMIN]) == 0 ||
		(wanted == SMS_RIGHT_MASKED && strcmp(granted, right_names[SMS_RIGHT_READ]) == 0);
}

/* The owner of a table of the store; InvalidOid if it is no table. */
static Oid
owner_of(const char *table)
{
	Oid			schema = get_namespace_oid("smsengage", true);
	Oid			relation = OidIsValid(schema) ? get_relname_relid(table, schema) : InvalidOid;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner = InvalidOid;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	if (((Form_pg_class) GETSTRUCT(tuple))->relkind == RELKIND_RELATION ||
		((Form_pg_class) GETSTRUCT(tuple))->relkind == RELKIND_PARTITIONED_TABLE)
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* Who owns the store: InvalidOid if there is none. */
Oid
sms_store_owner(void)
{
	return owner_of("event");
}

/* The same; raises where there is none. */
Oid
sms_require_store(void)
{
	Oid			owner = sms_store_owner();

	if (!OidIsValid(owner))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("this database has no store"),
				 errhint("SELECT smsengage.create_store() makes one.")));
	return owner;
}

/* Whether somebody may do all that the owner may: superusers, too. */
bool
sms_is_store_owner(Oid user)
{
	Oid			owner = sms_store_owner();

	return OidIsValid(owner) && has_privs_of_role(user, owner);
}

/* The role that a row means; InvalidOid if there is none. */
Oid
sms_role_now_of(Oid role, const char *name, int64 cluster)
{
	char	   *now;

	if (cluster == (int64) GetSystemIdentifier())
		return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)) ? role : InvalidOid;
	/* the nodes of a cluster have roles of the same names, not numbers */
	if (sms_store_is_distributed())
		return get_role_oid(name, true);
	now = GetUserNameFromId(role, true);
	return now != NULL && strcmp(now, name) == 0 ? role : InvalidOid;
}

/* Takes a row of the query, if it answers the question. */
static void
look_at(Question *question, HeapTuple row, TupleDesc desc)
{
	Datum		values[5];
	bool		nulls[5];
	char	   *kind;
	char	   *name;
	Oid			role;
	MemoryContext outer;
	int			i;

	heap_deform_tuple(row, desc, values, nulls);
	for (i = 0; i < 5; i++)
		if (nulls[i])
			return;
	kind = TextDatumGetCString(values[1]);
	if (!covers(kind, question->right))
		return;
	name = TextDatumGetCString(values[3]);
	role = sms_role_now_of(DatumGetObjectId(values[0]), name, DatumGetInt64(values[4]));
	if (!OidIsValid(role) || !has_privs_of_role(question->user, role))
		return;
	outer = MemoryContextSwitchTo(question->context);
	question->accounts = lappend(question->accounts, DatumGetTextPCopy(values[2]));
	MemoryContextSwitchTo(outer);
}

/* Asks as the owner, whose table it is: no policy has a say in it. */
static void
ask(Question *question, Oid owner)
{
	static SPIPlanPtr plans[2];
	SPIPlanPtr *plan = &plans[question->account != NULL];
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {PointerGetDatum(question->account)};
	Oid			user;
	int			context;
	uint64		i;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (*plan == NULL)
	{
		SPIPlanPtr	made = question->account != NULL ?
			SPI_prepare(QUERY OF_ACCOUNT, 1, types) : SPI_prepare(QUERY, 0, NULL);

		if (made == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(made);
		*plan = made;
	}
	if (SPI_execute_plan(*plan, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read account_role");
	for (i = 0; i < SPI_processed; i++)
		look_at(question, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
	SPI_finish();
	SetUserIdAndSecContext(user, context);
}

static void
forget_plans(Datum arg, int cache, uint32 hash)
{
	ResetPlanCache();
}

/*
 * Plans that hold what a role might see when they were made are made again
 * when roles or their memberships change: the server does that by itself for
 * another user and for changed tables only.
 */
void
sms_watch_roles(void)
{
	static bool watching = false;

	if (watching)
		return;
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_plans, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, forget_plans, (Datum) 0);
	watching = true;
}

/*
 * The accounts (text *) for which a role has a right, '*' for all of them; with
 * an account, only those that are it or '*'.
 */
List *
sms_accounts_of(Oid user, SmsRight right, const text *account)
{
	Question	question = {user, right, account, CurrentMemoryContext, NIL};
	Oid			owner = sms_store_owner();

	/* somebody else's table of that name says nothing */
	if (OidIsValid(owner) && owner_of("account_role") == owner)
		ask(&question, owner);
	return question.accounts;
}

/*
 * Whether a role has a right for an account; NULL: for all that there are.  The
 * empty account is one of them, and no other.
 */
bool
sms_acts_for(Oid user, SmsRight right, const text *account)
{
	return sms_is_store_owner(user) ||
		sms_accounts_of(user, right, account != NULL ? account : cstring_to_text("*")) != NIL;
}
