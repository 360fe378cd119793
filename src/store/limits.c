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
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
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

/* A column that the table must have, of this type: what is read is not SQL's. */
AttrNumber
sms_require_column(Relation table, const char *name, Oid type)
{
	AttrNumber	column = get_attnum(RelationGetRelid(table), name);

	if (table->rd_rel->relkind != RELKIND_RELATION || column <= 0 ||
		TupleDescAttr(RelationGetDescr(table), column - 1)->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("table \"%s\" has no column \"%s\" of type %s",
						RelationGetRelationName(table), name, format_type_be(type))));
	return column;
}

/* A column's text, with no pointer where it is NULL. */
SmsText
sms_slot_text(TupleTableSlot *slot, AttrNumber column)
{
	SmsText		no_value = {NULL, 0};
	bool		is_null;
	Datum		value = slot_getattr(slot, column, &is_null);

	return is_null ? no_value : sms_text_of(DatumGetTextPP(value));
}

/* Whether a column is true, and not NULL. */
bool
sms_slot_is_true(TupleTableSlot *slot, AttrNumber column)
{
	bool		is_null;
	Datum		value = slot_getattr(slot, column, &is_null);

	return !is_null && DatumGetBool(value);
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
	names = sms_require_column(table, "name", TEXTOID);
	values = sms_require_column(table, "value", INT8OID);
	everyone = sms_require_column(table, "everyone", BOOLOID);
	slot = table_slot_create(table, NULL);
	scan = sms_table_beginscan(table, GetActiveSnapshot());
	while (!found && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		SmsText		text = sms_slot_text(slot, names);
		bool		is_null;

		if (text.ptr == NULL || !sms_text_is(text, name))
			continue;
		if (!limited && !sms_slot_is_true(slot, everyone))
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
open_index(Relation table, const SmsTableColumn *columns, int n)
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
			while (i < n && index->rd_opcintype[i] == columns[i].type &&
				   index->rd_index->indkey.values[i] ==
				   sms_require_column(table, columns[i].name, columns[i].type))
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
sms_scan_unended(Relation table, const SmsTableColumn *columns, const Datum *values, int n,
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
	Datum		value = slot_getattr(slot, sum->column, &is_null);

	sum->value += is_null ? 0 : DatumGetInt64(value);
	return true;
}

/* rejected_size(account, day) */
Datum
sms_rejected_size(PG_FUNCTION_ARGS)
{
	static const SmsTableColumn columns[] = {
		SMS_TABLE_COLUMN("account", TEXTOID), SMS_TABLE_COLUMN("day", DATEOID)
	};
	Relation	table = sms_open_for_caller("rejected_count");
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	Sum			sum = {0};
	bool		done;

	if (table == NULL)
		PG_RETURN_NULL();
	sum.column = sms_require_column(table, "kept_bytes", INT8OID);
	done = sms_scan_unended(table, columns, values, lengthof(columns), take_sum, &sum);
	table_close(table, AccessShareLock);
	if (!done)
		PG_RETURN_NULL();
	PG_RETURN_INT64(sum.value);
}
