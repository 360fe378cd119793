/*-------------------------------------------------------------------------
 *
 * limits.c
 *	  The limits of the table store_limit, and what has been taken of them.
 *
 * Counted is what transactions that have not ended wrote, too: else one could
 * take the limit in each of many, and then commit them all.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "nodes/pg_list.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "access/access.h"
#include "access/as_owner.h"
#include "server.h"
#include "store/direct.h"

PG_FUNCTION_INFO_V1(sms_caller_is_limited_sql);
PG_FUNCTION_INFO_V1(sms_rejected_size);

/* Whether the limits hold that are not for the owner. */
bool
sms_is_limited(void)
{
	return sms_caller_is_limited() || !sms_is_store_owner(GetUserId());
}

/* caller_is_limited() */
Datum
sms_caller_is_limited_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_is_limited());
}

static Relation
open_table(const char *name)
{
	Oid			relid = get_relname_relid(name, get_namespace_oid("smsengage", false));

	return OidIsValid(relid) ? table_open(relid, AccessShareLock) : NULL;
}

static bool
is_named(TupleTableSlot *slot, AttrNumber column, const char *name)
{
	bool		is_null;
	Datum		value = slot_getattr(slot, column, &is_null);

	return !is_null && sms_text_is(sms_text_of(DatumGetTextPP(value)), name);
}

/* A limit as it holds for a call; false if there is none. */
bool
sms_limit_of(const char *name, bool limited, int64 *value)
{
	Relation	table = open_table("store_limit");
	AttrNumber	names;
	AttrNumber	values;
	AttrNumber	everyone;
	TupleTableSlot *slot;
	TableScanDesc scan;
	bool		found = false;

	if (table == NULL)
		return false;
	names = get_attnum(RelationGetRelid(table), "name");
	values = get_attnum(RelationGetRelid(table), "value");
	everyone = get_attnum(RelationGetRelid(table), "everyone");
	slot = table_slot_create(table, NULL);
	scan = sms_table_beginscan(table, GetActiveSnapshot());
	while (!found && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		is_null;

		if (!is_named(slot, names, name))
			continue;
		if (!limited && !DatumGetBool(slot_getattr(slot, everyone, &is_null)))
			break;
		*value = DatumGetInt64(slot_getattr(slot, values, &is_null));
		found = !is_null;
		break;
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(table, AccessShareLock);
	return found;
}

/* An index that begins with these columns, or none. */
static Relation
open_index(Relation table, const char *const *columns, int n)
{
	List	   *indexes = RelationGetIndexList(table);
	Relation	found = NULL;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		int			i = 0;

		if (index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indisvalid &&
			index->rd_index->indnkeyatts >= n)
			while (i < n && index->rd_index->indkey.values[i] ==
				   get_attnum(RelationGetRelid(table), columns[i]))
				i++;
		if (i == n)
		{
			found = index;
			break;
		}
		index_close(index, AccessShareLock);
	}
	list_free(indexes);
	return found;
}

/*
 * Hands out the rows with these values, those of transactions that have not
 * ended too, until take() returns false.  False if there is no index to find
 * them by.
 */
bool
sms_scan_unended(Relation table, const char *const *columns, const Datum *values, int n,
				 bool (*take) (TupleTableSlot *slot, void *into), void *into)
{
	Relation	index = open_index(table, columns, n);
	ScanKeyData keys[INDEX_MAX_KEYS];
	TupleTableSlot *slot;
	SnapshotData dirty;
	IndexScanDesc scan;
	int			i;

	if (index == NULL)
		return false;
	for (i = 0; i < n; i++)
		sms_init_key(&keys[i], index, i, BTEqualStrategyNumber, values[i]);
	InitDirtySnapshot(dirty);
	slot = table_slot_create(table, NULL);
	scan = sms_index_beginscan(table, index, &dirty, n);
	index_rescan(scan, keys, n, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		/* of one that is being changed, the new version comes as well */
		if (!TransactionIdIsValid(dirty.xmax) && !take(slot, into))
			break;
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, AccessShareLock);
	return true;
}

/* A table that the caller may add to, as these functions tell what is in it. */
Relation
sms_open_for_caller(const char *name)
{
	Relation	table = open_table(name);

	if (table == NULL || sms_store_is_distributed())
		return NULL;
	if (pg_class_aclcheck(RelationGetRelid(table), GetUserId(), ACL_INSERT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, name);
	return table;
}

typedef struct Sum
{
	AttrNumber	column;
	int64		value;
} Sum;

static bool
take_sum(TupleTableSlot *slot, void *into)
{
	Sum		   *sum = into;
	bool		is_null;

	sum->value += DatumGetInt64(slot_getattr(slot, sum->column, &is_null));
	return true;
}

/* rejected_size(account, day) */
Datum
sms_rejected_size(PG_FUNCTION_ARGS)
{
	static const char *const columns[] = {"account", "day"};
	Relation	table = sms_open_for_caller("rejected_count");
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	Sum			sum = {0};
	bool		done;

	if (table == NULL)
		PG_RETURN_NULL();
	sum.column = get_attnum(RelationGetRelid(table), "kept_bytes");
	done = sms_scan_unended(table, columns, values, lengthof(columns), take_sum, &sum);
	table_close(table, AccessShareLock);
	if (!done)
		PG_RETURN_NULL();
	PG_RETURN_INT64(sum.value);
}
