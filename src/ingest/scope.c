/*-------------------------------------------------------------------------
 *
 * scope.c
 *	  Whose people an account may name: the table scope_account.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "ingest/scope.h"
#include "server.h"

/* Whether there are rows of a scope, and whether one is the account's. */
typedef struct Shared
{
	bool		with_any;
	bool		with_account;
} Shared;

static Shared
look(Oid relid, SmsText account, SmsText scope)
{
	Shared		shared = {false, false};
	Relation	table = table_open(relid, AccessShareLock);
	AttrNumber	scope_no = get_attnum(relid, "scope");
	AttrNumber	account_no = get_attnum(relid, "account");
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	list_free(RelationGetIndexList(table));
	ScanKeyEntryInitialize(&key, 0, scope_no, BTEqualStrategyNumber, InvalidOid,
						   C_COLLATION_OID, F_TEXTEQ, sms_text_datum(scope));
	scan = systable_beginscan(table, table->rd_pkindex, OidIsValid(table->rd_pkindex), NULL, 1, &key);
	while (!shared.with_account && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		is_null;
		Datum		value = heap_getattr(tuple, account_no, RelationGetDescr(table), &is_null);

		shared.with_any = true;
		shared.with_account = !is_null &&
			sms_text_same(sms_text_of(DatumGetTextPP(value)), account);
	}
	systable_endscan(scan);
	table_close(table, NoLock);
	return shared;
}

/* The same where the rows are on other nodes. */
static Shared
ask(SmsText account, SmsText scope)
{
	Shared		shared = {false, false};
	Oid			types[2] = {TEXTOID, TEXTOID};
	Datum		values[2] = {sms_text_datum(scope), sms_text_datum(account)};
	bool		is_null;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT pg_catalog.count(*) OPERATOR(pg_catalog.>) 0,"
							  " coalesce(pg_catalog.bool_or(s.account OPERATOR(pg_catalog.=) $2), false)"
							  " FROM smsengage.scope_account s WHERE s.scope OPERATOR(pg_catalog.=) $1",
							  2, types, values, NULL, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "cannot read scope_account");
	shared.with_any = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null));
	shared.with_account = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &is_null));
	SPI_finish();
	return shared;
}

/* For the questions of one account, in the current memory context. */
SmsScopes *
sms_scopes_begin(void)
{
	SmsScopes  *scopes = palloc0(sizeof(SmsScopes));

	scopes->context = CurrentMemoryContext;
	return scopes;
}

static void
remember(SmsScopes *scopes, SmsText scope)
{
	MemoryContext outer = MemoryContextSwitchTo(scopes->context);

	if (scopes->scope != NULL)
		pfree(scopes->scope);
	scopes->scope = palloc(scope.len + 1);
	sms_copy(scopes->scope, scope.ptr, scope.len);
	scopes->len = scope.len;
	MemoryContextSwitchTo(outer);
}

/*
 * Whether an account may name people of a scope that is not its own: if the
 * owner of the store says so; open: also if nothing is said of the scope.
 */
bool
sms_may_name(void *scopes, SmsText account, SmsText scope, bool open)
{
	SmsScopes  *last = scopes;
	Oid			relid;
	Shared		shared = {false, false};

	if (last->scope != NULL && last->open == open && last->len == scope.len &&
		memcmp(last->scope, scope.ptr, scope.len) == 0)
		return last->may;
	relid = get_relname_relid("scope_account", get_namespace_oid("smsengage", false));
	if (OidIsValid(relid))
		shared = sms_store_is_distributed() ? ask(account, scope) : look(relid, account, scope);
	remember(last, scope);
	last->open = open;
	last->may = shared.with_account || (open && !shared.with_any);
	return last->may;
}
