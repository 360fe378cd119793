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
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "server.h"
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
	int		   *source;			/* column of the row for each attribute */
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
		if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION)
			ReThrowError(error);
		FreeErrorData(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(outer);
	CurrentResourceOwner = owner;
	MemoryContextDelete(context);
	return done;
}

/* One of the extension's types. */
Oid
sms_own_type(const char *name)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
						   ObjectIdGetDatum(get_namespace_oid("smsengage", false)));
}

/*
 * The column of a row for each attribute of a table; NULL if they do not
 * match one to one.
 */
static int *
match_columns(TupleDesc table, const SmsTable *wanted)
{
	const SmsColumn *columns = wanted->columns;
	int			n = wanted->n_columns;
	int		   *source = palloc(table->natts * sizeof(int));
	int			missing = 0;
	int			i;

	for (i = 0; i < n; i++)
		missing += !columns[i].generated;
	for (i = 0; i < table->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(table, i);
		int			j = i < n && namestrcmp(&attribute->attname, columns[i].name) == 0 ? i : 0;

		source[i] = -1;
		if (attribute->attisdropped)
			continue;
		while (j < n && namestrcmp(&attribute->attname, columns[j].name) != 0)
			j++;
		if (j == n || columns[j].generated != (attribute->attgenerated != '\0') ||
			attribute->atttypid != (OidIsValid(columns[j].type) ? columns[j].type :
									sms_own_type(columns[j].own_type)))
			return NULL;
		source[i] = j;
		missing -= !columns[j].generated;
	}
	return missing == 0 ? source : NULL;
}

/*
 * A table of the store, if its rows may be read and put there without SQL: it
 * is as wanted, the caller has the rights, and neither policies, rules,
 * triggers nor checks have a say.  Where a transaction keeps its first
 * snapshot, SQL knows which rows it may not see.
 */
Relation
sms_open_direct(const SmsTable *wanted)
{
	Oid			relid = get_relname_relid(wanted->name, get_namespace_oid("smsengage", false));
	Relation	table;

	if (IsolationUsesXactSnapshot() || !OidIsValid(relid))
		return NULL;
	table = table_open(relid, RowExclusiveLock);
	if (table->rd_rel->relkind == wanted->relkind &&
		table->trigdesc == NULL && table->rd_rules == NULL &&
		(table->rd_att->constr == NULL || table->rd_att->constr->num_check == 0 ||
		 wanted->rights == ACL_SELECT) &&
		pg_class_aclmask(relid, GetUserId(), wanted->rights, ACLMASK_ALL) == wanted->rights &&
		check_enable_rls(relid, InvalidOid, true) != RLS_ENABLED &&
		match_columns(RelationGetDescr(table), wanted) != NULL)
		return table;
	table_close(table, NoLock);
	return NULL;
}

/*
 * Opens a table (or a partition of it) for rows, in the current memory
 * context.  NULL if it is not a plain table of these columns.
 */
SmsInserter *
sms_inserter_open(Oid relation, const SmsTable *wanted)
{
	Relation	table = table_open(relation, RowExclusiveLock);
	TupleDesc	desc = RelationGetDescr(table);
	SmsInserter *inserter;
	int		   *source = match_columns(desc, wanted);

	if (source == NULL || table->rd_rel->relkind != RELKIND_RELATION ||
		table->trigdesc != NULL ||
		(desc->constr != NULL && desc->constr->num_check > 0))
	{
		table_close(table, RowExclusiveLock);
		return NULL;
	}
	inserter = palloc0(sizeof(SmsInserter));
	inserter->context = CurrentMemoryContext;
	inserter->table = table;
	inserter->desc = CreateTupleDescCopy(desc);
	inserter->source = source;
	inserter->estate = CreateExecutorState();
	inserter->rows = AllocSetContextCreate(CurrentMemoryContext, "smsengage rows",
										   ALLOCSET_DEFAULT_SIZES);
	inserter->info = makeNode(ResultRelInfo);
	InitResultRelInfo(inserter->info, table, 1, NULL, 0);
	/* with what the check for rows that are there needs */
	ExecOpenIndices(inserter->info, true);
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

/* Fills a slot with a row of our columns; returns the size of its values. */
static Size
fill_slot(SmsInserter *inserter, TupleTableSlot *slot, const Datum *values,
		  const bool *nulls)
{
	TupleDesc	desc = RelationGetDescr(inserter->table);
	Size		bytes = 0;
	int			i;

	for (i = 0; i < desc->natts; i++)
	{
		int			column = inserter->source[i];
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		slot->tts_isnull[i] = column < 0 || nulls[column];
		slot->tts_values[i] = slot->tts_isnull[i] ? (Datum) 0 : values[column];
		if (slot->tts_isnull[i])
			Assert(!attribute->attnotnull);
		else if (attribute->attlen == -1)
			bytes += VARSIZE_ANY(DatumGetPointer(values[column]));
	}
	ExecStoreVirtualTuple(slot);
	return bytes;
}

/*
 * Adds a row that the table has not, for all we know.  NOT NULL columns must
 * have values.
 */
void
sms_inserter_put(SmsInserter *inserter, const Datum *values, const bool *nulls)
{
	inserter->bytes += fill_slot(inserter, free_slot(inserter), values, nulls);
	inserter->n++;
}

/*
 * Adds a row; false, and *conflict says where, if the table has one with the
 * same key.
 */
bool
sms_inserter_add(SmsInserter *inserter, const Datum *values, const bool *nulls,
				 ItemPointer conflict)
{
	TupleTableSlot *slot = free_slot(inserter);
	Size		bytes = fill_slot(inserter, slot, values, nulls);
	MemoryContext outer;
	bool		is_new;

	outer = MemoryContextSwitchTo(GetPerTupleMemoryContext(inserter->estate));
	is_new = sms_check_index_constraints(inserter->info, slot, inserter->estate,
										 conflict, NIL);
	MemoryContextSwitchTo(outer);
	ResetPerTupleExprContext(inserter->estate);
	if (!is_new)
		return false;
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

/*
 * Replaces the row at a place.  False, and nothing happens, if another session
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

	(void) fill_slot(inserter, slot, values, nulls);
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
	FreeExecutorState(inserter->estate);
	MemoryContextDelete(inserter->rows);
	table_close(inserter->table, NoLock);
	pfree(inserter->desc);
	pfree(inserter->source);
	pfree(inserter);
}
