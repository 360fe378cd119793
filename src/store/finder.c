/*-------------------------------------------------------------------------
 *
 * finder.c
 *	  Looks rows of the store's tables up by their primary key.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/relscan.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

#include "store/inserter.h"

/* A condition on a column (from 0) of an index. */
void
sms_init_key(ScanKey key, Relation index, int column, StrategyNumber strategy, Datum value)
{
	Oid			type = index->rd_opcintype[column];
	Oid			operator = get_opfamily_member(index->rd_opfamily[column], type, type, strategy);

	ScanKeyEntryInitialize(key, 0, column + 1, strategy, InvalidOid,
						   index->rd_indcollation[column], get_opcode(operator), value);
}

/*
 * Starts looking rows up by the primary key.  False, with nothing opened, if
 * that is none of the wanted columns.
 */
bool
sms_finder_open(SmsFinder *finder, const SmsTarget *target)
{
	Oid			key = sms_target_key(target->table, target->wanted);
	int			i;

	if (!OidIsValid(key))
		return false;
	finder->table = target->table;
	finder->index = index_open(key, AccessShareLock);
	finder->n_keys = target->wanted->n_key;
	Assert(finder->n_keys <= (int) lengthof(finder->keys));
	for (i = 0; i < finder->n_keys; i++)
		/* its value comes later */
		sms_init_key(&finder->keys[i], finder->index, i, BTEqualStrategyNumber, (Datum) 0);
	finder->scan = sms_index_beginscan(finder->table, finder->index, GetActiveSnapshot(),
									   finder->n_keys);
	finder->slot = table_slot_create(finder->table, NULL);
	return true;
}

/* Whether there is a row with this key; it is in the slot then. */
bool
sms_finder_find(SmsFinder *finder, const Datum *values)
{
	int			i;

	for (i = 0; i < finder->n_keys; i++)
		finder->keys[i].sk_argument = values[i];
	index_rescan(finder->scan, finder->keys, finder->n_keys, NULL, 0);
	return index_getnext_slot(finder->scan, ForwardScanDirection, finder->slot);
}

void
sms_finder_close(SmsFinder *finder)
{
	ExecDropSingleTupleTableSlot(finder->slot);
	index_endscan(finder->scan);
	index_close(finder->index, AccessShareLock);
}

/*
 * Whether the table has no row whose first key column is between these
 * values, also none of a transaction that has not ended.
 */
bool
sms_finder_none_between(Relation table, const char *column, Datum first, Datum last)
{
	Relation	index;
	SnapshotData dirty;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	ScanKeyData keys[2];
	bool		none = false;

	list_free(RelationGetIndexList(table));
	if (!OidIsValid(table->rd_pkindex))
		return false;
	index = index_open(table->rd_pkindex, AccessShareLock);
	if (index->rd_index->indkey.values[0] == get_attnum(RelationGetRelid(table), column))
	{
		sms_init_key(&keys[0], index, 0, BTGreaterEqualStrategyNumber, first);
		sms_init_key(&keys[1], index, 0, BTLessEqualStrategyNumber, last);
		InitDirtySnapshot(dirty);
		scan = sms_index_beginscan(table, index, &dirty, 2);
		index_rescan(scan, keys, 2, NULL, 0);
		slot = table_slot_create(table, NULL);
		none = !index_getnext_slot(scan, ForwardScanDirection, slot);
		ExecDropSingleTupleTableSlot(slot);
		index_endscan(scan);
	}
	index_close(index, AccessShareLock);
	return none;
}
