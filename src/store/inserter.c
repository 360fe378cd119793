/*-------------------------------------------------------------------------
 *
 * inserter.c
 *	  Puts rows into a table at once, as COPY does, and finds and changes those
 *	  that it has.
 *
 * INSERT ... ON CONFLICT DO NOTHING writes a row, then its index entries, then
 * the row's confirmation, each with its own record in the log.  Here a row is
 * looked for first, by the same check; those that are new are gathered, and a
 * page of them is written at a time.  If another session writes one of them
 * in between, the unique index raises 23505, or an update says so: callers
 * work in a subtransaction, and then let SQL do it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "store/inserter.h"

/* What is gathered before it is written, as in COPY. */
#define MAX_ROWS 1000
#define MAX_BYTES 65536

struct SmsInserter
{
	Relation	table;
	TupleDesc	desc;
	EState	   *estate;
	ResultRelInfo *info;
	MemoryContext context;		/* where the inserter is */
	MemoryContext rows;			/* values of the rows not written yet */
	const int  *source;			/* column of the row for each attribute */
	List	   *arbiters;		/* the index that says whether a row is known;
								 * none: each unique one */
	bool		has_checks;
	bool		check_new_only;
	TupleTableSlot *slots[MAX_ROWS];
	TupleTableSlot *found;		/* the row that was fetched last */
	int			n_slots;
	int			n;
	Size		bytes;
};

/*
 * Does what inserts rows, in a subtransaction and a memory context of its
 * own.  False, and nothing was done, if it says so or meets a row that
 * another session wrote meanwhile.
 */
bool
sms_attempt(bool (*work) (void *), void *arg)
{
	MemoryContext outer = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	MemoryContext context = AllocSetContextCreate(outer, "smsengage insert",
												  ALLOCSET_DEFAULT_SIZES);
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		done = work(arg);
		MemoryContextSwitchTo(outer);
		if (done)
			ReleaseCurrentSubTransaction();
		else
			RollbackAndReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(outer);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(outer);
		CurrentResourceOwner = owner;
		if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION &&
			error->sqlerrcode != ERRCODE_EXCLUSION_VIOLATION)
			ReThrowError(error);
		FreeErrorData(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(outer);
	CurrentResourceOwner = owner;
	MemoryContextDelete(context);
	return done;
}

/* The table that partitions belong to, as errors and column rights need it. */
static ResultRelInfo *
root_of(SmsTarget *target)
{
	MemoryContext outer;

	if (target->root == NULL)
	{
		outer = MemoryContextSwitchTo(target->estate->es_query_cxt);
		target->root = makeNode(ResultRelInfo);
		InitResultRelInfo(target->root, target->table, target->no, NULL, 0);
		MemoryContextSwitchTo(outer);
	}
	return target->root;
}

/* What the executor knows of a table that rows are written to. */
static ResultRelInfo *
result_relation(SmsTarget *target, Relation table)
{
	ResultRelInfo *info = makeNode(ResultRelInfo);

	if (table->rd_id == RelationGetRelid(target->table))
		InitResultRelInfo(info, table, target->no, NULL, 0);
	else
		InitResultRelInfo(info, table, 0, root_of(target), 0);
	/* with what the check for rows that are there needs */
	ExecOpenIndices(info, true);
	return info;
}

/*
 * Opens a table of the store (or a partition of it) for rows, in the current
 * memory context.  NULL if it is not a plain table of these columns, or its
 * key is another.
 */
SmsInserter *
sms_inserter_open(SmsTarget *target, Oid relation)
{
	const SmsTable *wanted = target->wanted;
	Relation	table;
	SmsInserter *inserter;
	Oid			key = InvalidOid;
	int		   *source = target->source;

	if (target->table == NULL)
		return NULL;
	table = table_open(relation, RowExclusiveLock);
	if (relation != RelationGetRelid(target->table))
		source = sms_match_columns(table, wanted);
	if (wanted->n_key > 0)
		key = sms_target_key(table, wanted);
	if (source == NULL || table->rd_rel->relkind != RELKIND_RELATION ||
		table->rd_rel->relam != HEAP_TABLE_AM_OID || table->trigdesc != NULL ||
		(wanted->n_key > 0 && !OidIsValid(key)))
	{
		table_close(table, NoLock);
		return NULL;
	}
	inserter = palloc0(sizeof(SmsInserter));
	inserter->context = CurrentMemoryContext;
	inserter->table = table;
	inserter->desc = CreateTupleDescCopy(RelationGetDescr(table));
	inserter->source = source;
	inserter->check_new_only = wanted->check_new_only;
	inserter->has_checks = RelationGetDescr(table)->constr != NULL &&
		RelationGetDescr(table)->constr->num_check > 0;
	inserter->arbiters = OidIsValid(key) ? list_make1_oid(key) : NIL;
	inserter->estate = target->estate;
	inserter->rows = AllocSetContextCreate(CurrentMemoryContext, "smsengage rows",
										   ALLOCSET_DEFAULT_SIZES);
	inserter->info = result_relation(target, table);
	return inserter;
}

/* Writes the rows that were gathered. */
void
sms_inserter_flush(SmsInserter *inserter)
{
	MemoryContext outer;
	int			i;

	if (inserter->n == 0)
		return;
	outer = MemoryContextSwitchTo(GetPerTupleMemoryContext(inserter->estate));
	table_multi_insert(inserter->table, inserter->slots, inserter->n,
					   GetCurrentCommandId(true), 0, NULL);
	for (i = 0; i < inserter->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (inserter->info->ri_NumIndices > 0)
			(void) sms_insert_index_tuples(inserter->info, inserter->slots[i],
										   inserter->estate);
		ExecClearTuple(inserter->slots[i]);
		ResetPerTupleExprContext(inserter->estate);
	}
	MemoryContextSwitchTo(outer);
	inserter->n = 0;
	inserter->bytes = 0;
	MemoryContextReset(inserter->rows);
}

/*
 * Makes room for a row.  Its values belong into the context returned: they
 * must last until the row is written, in a later call.
 */
MemoryContext
sms_inserter_next(SmsInserter *inserter)
{
	if (inserter->n == MAX_ROWS || inserter->bytes >= MAX_BYTES)
		sms_inserter_flush(inserter);
	return inserter->rows;
}

/* The description is a copy: no slot has to pin it. */
static TupleTableSlot *
new_slot(SmsInserter *inserter)
{
	return MakeSingleTupleTableSlot(inserter->desc, table_slot_callbacks(inserter->table));
}

/* The next free slot for a row. */
static TupleTableSlot *
free_slot(SmsInserter *inserter)
{
	if (inserter->n == inserter->n_slots)
	{
		MemoryContext outer = MemoryContextSwitchTo(inserter->context);

		inserter->slots[inserter->n_slots++] = new_slot(inserter);
		MemoryContextSwitchTo(outer);
	}
	return ExecClearTuple(inserter->slots[inserter->n]);
}

/*
 * Fills a slot with a row of our columns; returns the size of its values.
 * Says whether constraints must be looked at.
 */
static Size
fill_slot(SmsInserter *inserter, TupleTableSlot *slot, const Datum *values,
		  const bool *nulls, bool *check)
{
	TupleDesc	desc = RelationGetDescr(inserter->table);
	Size		bytes = 0;
	int			i;

	*check = inserter->has_checks;
	for (i = 0; i < desc->natts; i++)
	{
		int			column = inserter->source[i];
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		slot->tts_isnull[i] = column < 0 || nulls[column];
		slot->tts_values[i] = slot->tts_isnull[i] ? (Datum) 0 : values[column];
		if (slot->tts_isnull[i])
			*check |= attribute->attnotnull;
		else if (attribute->attlen == -1)
			bytes += VARSIZE_ANY(DatumGetPointer(values[column]));
	}
	ExecStoreVirtualTuple(slot);
	slot->tts_tableOid = RelationGetRelid(inserter->table);
	return bytes;
}

/* NOT NULL and CHECK; raises where a row is not as they want it. */
static void
check_row(SmsInserter *inserter, TupleTableSlot *slot)
{
	ExecConstraints(inserter->info, slot, inserter->estate);
	ResetPerTupleExprContext(inserter->estate);
}

/* Adds a row that the table has not, for all we know. */
void
sms_inserter_put(SmsInserter *inserter, const Datum *values, const bool *nulls)
{
	TupleTableSlot *slot = free_slot(inserter);
	bool		check;

	inserter->bytes += fill_slot(inserter, slot, values, nulls, &check);
	if (check)
		check_row(inserter, slot);
	inserter->n++;
}

/*
 * Adds a row; false, and *conflict says where, if the table has one with the
 * same key.  As in SQL, a row that is known is one that was to be inserted,
 * and has to be a right one.
 */
bool
sms_inserter_add(SmsInserter *inserter, const Datum *values, const bool *nulls,
				 ItemPointer conflict)
{
	TupleTableSlot *slot = free_slot(inserter);
	bool		check;
	Size		bytes = fill_slot(inserter, slot, values, nulls, &check);
	MemoryContext outer;
	bool		is_new;

	if (check && !inserter->check_new_only)
		check_row(inserter, slot);
	outer = MemoryContextSwitchTo(GetPerTupleMemoryContext(inserter->estate));
	is_new = sms_check_index_constraints(inserter->info, slot, inserter->estate,
										 conflict, inserter->arbiters);
	MemoryContextSwitchTo(outer);
	ResetPerTupleExprContext(inserter->estate);
	if (!is_new)
		return false;
	if (check && inserter->check_new_only)
		check_row(inserter, slot);
	inserter->bytes += bytes;
	inserter->n++;
	return true;
}

/*
 * The row at a place, in the order of our columns; its values last until the
 * next row is fetched or added.  False if there is none.
 */
bool
sms_inserter_fetch(SmsInserter *inserter, ItemPointer place, Datum *values, bool *nulls)
{
	int			natts = RelationGetDescr(inserter->table)->natts;
	int			i;

	if (inserter->found == NULL)
	{
		MemoryContext outer = MemoryContextSwitchTo(inserter->context);

		inserter->found = new_slot(inserter);
		MemoryContextSwitchTo(outer);
	}
	if (!table_tuple_fetch_row_version(inserter->table, place, SnapshotAny, inserter->found))
		return false;
	slot_getallattrs(inserter->found);
	for (i = 0; i < natts; i++)
		if (inserter->source[i] >= 0)
		{
			values[inserter->source[i]] = inserter->found->tts_values[i];
			nulls[inserter->source[i]] = inserter->found->tts_isnull[i];
		}
	return true;
}

/* Raises where the table's updates cannot be published. */
void
sms_inserter_check_updates(SmsInserter *inserter)
{
	CheckCmdReplicaIdentity(inserter->table, CMD_UPDATE);
}

/*
 * Replaces the row at a place; sms_inserter_check_updates() comes before the
 * first.  False, and nothing happens, if another session
 * has changed or deleted it; waits for one that is about to.
 */
bool
sms_inserter_update(SmsInserter *inserter, ItemPointer place, const Datum *values,
					const bool *nulls)
{
	TupleTableSlot *slot = free_slot(inserter);
	TM_FailureData failure;
	LockTupleMode lock;
	SmsUpdatedIndexes updated;
	MemoryContext outer;
	bool		check;

	(void) fill_slot(inserter, slot, values, nulls, &check);
	if (check)
		check_row(inserter, slot);
	outer = MemoryContextSwitchTo(GetPerTupleMemoryContext(inserter->estate));
	if (sms_table_tuple_update(inserter->table, place, slot,
							   &failure, &lock, &updated) != TM_Ok)
	{
		MemoryContextSwitchTo(outer);
		return false;
	}
	if (inserter->info->ri_NumIndices > 0 && sms_needs_index_entries(updated))
		(void) sms_update_index_tuples(inserter->info, slot, inserter->estate, updated);
	MemoryContextSwitchTo(outer);
	ExecClearTuple(slot);
	ResetPerTupleExprContext(inserter->estate);
	return true;
}

/* Writes what is left; locks are kept. */
void
sms_inserter_close(SmsInserter *inserter)
{
	int			i;

	sms_inserter_flush(inserter);
	for (i = 0; i < inserter->n_slots; i++)
		ExecDropSingleTupleTableSlot(inserter->slots[i]);
	if (inserter->found != NULL)
		ExecDropSingleTupleTableSlot(inserter->found);
	ExecCloseIndices(inserter->info);
	MemoryContextDelete(inserter->rows);
	table_close(inserter->table, NoLock);
	pfree(inserter->desc);
	pfree(inserter);
}
