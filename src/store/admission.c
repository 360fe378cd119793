/*-------------------------------------------------------------------------
 *
 * admission.c
 *	  Up to when events may be such as are not to be stored: of people who were
 *	  forgotten, or older than what is kept.
 *
 * What comes in is mostly newer, and then admitted() need not look at it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "executor/tuptable.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "server.h"
#include "store/direct.h"

static TimestampTz
time_of(TupleTableSlot *slot, AttrNumber column)
{
	bool		is_null;
	Datum		value = slot_getattr(slot, column, &is_null);

	return is_null ? DT_NOEND : DatumGetTimestampTz(value);
}

/* The latest value of a column, by reading all rows. */
static TimestampTz
latest_by_scan(Relation table, AttrNumber column, TupleTableSlot *slot)
{
	TimestampTz latest = DT_NOBEGIN;
	TableScanDesc scan = sms_table_beginscan(table, GetActiveSnapshot());

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
		latest = Max(latest, time_of(slot, column));
	table_endscan(scan);
	return latest;
}

/* The same by an index that begins with the column. */
static TimestampTz
latest_by_index(Relation table, AttrNumber column, TupleTableSlot *slot, Oid index_id)
{
	Relation	index = index_open(index_id, AccessShareLock);
	IndexScanDesc scan = sms_index_beginscan(table, index, GetActiveSnapshot(), 0);
	TimestampTz latest = DT_NOBEGIN;

	index_rescan(scan, NULL, 0, NULL, 0);
	if (index_getnext_slot(scan, BackwardScanDirection, slot))
		latest = time_of(slot, column);
	index_endscan(scan);
	index_close(index, AccessShareLock);
	return latest;
}

/* An index of all rows in rising order of the column, if there is one. */
static Oid
index_of(Relation table, AttrNumber column)
{
	List	   *indexes = RelationGetIndexList(table);
	ListCell   *cell;
	Oid			found = InvalidOid;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indisvalid &&
			index->rd_index->indkey.values[0] == column &&
			index->rd_indoption[0] == 0 && RelationGetIndexPredicate(index) == NIL)
			found = lfirst_oid(cell);
		index_close(index, AccessShareLock);
	}
	list_free(indexes);
	return found;
}

/* The latest instant in a column of a table of the store; DT_NOBEGIN: none. */
static TimestampTz
latest_of(const char *name, const char *column_name)
{
	Relation	table = table_open(get_relname_relid(name, get_namespace_oid("smsengage", false)),
								   AccessShareLock);
	TimestampTz latest = DT_NOBEGIN;

	/* it mostly is as it was made, without a page */
	if (RelationGetNumberOfBlocks(table) > 0)
	{
		AttrNumber	column = get_attnum(RelationGetRelid(table), column_name);
		TupleTableSlot *slot;
		Oid			index;

		if (column <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table \"%s\" has no column \"%s\"", name, column_name)));
		slot = table_slot_create(table, NULL);
		index = index_of(table, column);
		latest = OidIsValid(index) ? latest_by_index(table, column, slot, index) :
			latest_by_scan(table, column, slot);
		ExecDropSingleTupleTableSlot(slot);
	}
	table_close(table, AccessShareLock);
	return latest;
}

/* Whether admitted() has to look at the events of a batch. */
bool
sms_needs_admission(const SmsBatch *batch)
{
	TimestampTz forgotten = latest_of("forgotten", "until");
	TimestampTz limit = Max(forgotten, latest_of("retention", "horizon"));
	int			i;

	/* what was stored before its person was forgotten may come under a later time */
	if (batch->n_timeless > 0 && forgotten > DT_NOBEGIN && sms_knows_identity(batch))
		return true;
	for (i = 0; i < batch->n_events && limit > DT_NOBEGIN; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		if (event->outcome == SMS_OUTCOME_EVENT && event->time[SMS_TIME_EVENT] <= limit)
			return true;
	}
	return false;
}
