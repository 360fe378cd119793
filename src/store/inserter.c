/*-------------------------------------------------------------------------
 *
 * inserter.c
 *	  Puts many rows into a table at once, as COPY does, and leaves out those
 *	  that it has.
 *
 * INSERT ... ON CONFLICT DO NOTHING writes a row, then its index entries, then
 * the row's confirmation, each with its own record in the log.  Here a row is
 * looked for first, by the same check; those that are new are gathered, and a
 * page of them is written at a time.  If another session writes one of them
 * in between, the unique index raises 23505: callers work in a subtransaction
 * and then let SQL do it.
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
#include "executor/executor.h"
#include "executor/nodeModifyTable.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/rls.h"

#include "server.h"
#include "store/inserter.h"

/* What is gathered before it is written, as in COPY. */
#define MAX_ROWS 1000
#define MAX_BYTES 65536

struct SmsInserter
{
	Relation	table;
	EState	   *estate;
	ResultRelInfo *info;
	MemoryContext context;		/* where the inserter is */
	MemoryContext rows;			/* values of the rows not written yet */
	int		   *source;			/* column of the row for each attribute */
	TupleTableSlot *slots[MAX_ROWS];
	int			n_slots;
	int			n;
	Size		bytes;
};

/*
 * A table of the store, if its rows may be put there without SQL: the caller
 * may insert, and neither policies, rules nor triggers have a say.  A cluster
 * spreads rows itself; and where a transaction keeps its first snapshot, SQL
 * knows which rows it may not see.
 */
Relation
sms_open_for_insert(const char *name, char relkind)
{
	Oid			relid = get_relname_relid(name, get_namespace_oid("smsengage", false));
	Relation	table;

	if (IsolationUsesXactSnapshot() || !OidIsValid(relid) ||
		sms_store_is_distributed())
		return NULL;
	table = table_open(relid, RowExclusiveLock);
	if (table->rd_rel->relkind == relkind &&
		table->trigdesc == NULL && table->rd_rules == NULL &&
		pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) == ACLCHECK_OK &&
		check_enable_rls(relid, InvalidOid, true) != RLS_ENABLED)
		return table;
	table_close(table, NoLock);
	return NULL;
}

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

/*
 * The column of a row for each attribute of a table; NULL if they do not
 * match one to one.
 */
static int *
match_columns(TupleDesc table, TupleDesc row)
{
	int		   *source = palloc(table->natts * sizeof(int));
	int			matched = 0;
	int			i;

	for (i = 0; i < table->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(table, i);
		int			j = i < row->natts &&
			namestrcmp(&TupleDescAttr(row, i)->attname, NameStr(attribute->attname)) == 0 ? i : 0;

		source[i] = -1;
		/* the server fills in generated columns */
		if (attribute->attisdropped || attribute->attgenerated == ATTRIBUTE_GENERATED_STORED)
			continue;
		while (j < row->natts &&
			   namestrcmp(&TupleDescAttr(row, j)->attname, NameStr(attribute->attname)) != 0)
			j++;
		if (j == row->natts || attribute->attgenerated != '\0' ||
			attribute->atttypid != TupleDescAttr(row, j)->atttypid)
			return NULL;
		source[i] = j;
		matched++;
	}
	return matched == row->natts ? source : NULL;
}

/*
 * Opens a table for rows of this shape, in the current memory context.  NULL
 * if it is not a plain table of just these columns.
 */
SmsInserter *
sms_inserter_open(Oid relation, TupleDesc row)
{
	Relation	table = table_open(relation, RowExclusiveLock);
	TupleDesc	desc = RelationGetDescr(table);
	SmsInserter *inserter;
	int		   *source = match_columns(desc, row);

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

static void
write_rows(SmsInserter *inserter)
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
		write_rows(inserter);
	return inserter->rows;
}

/*
 * Adds a row; false if the table has one with the same key, in which case
 * nothing happens.  NOT NULL columns must have values.
 */
bool
sms_inserter_add(SmsInserter *inserter, const Datum *values, const bool *nulls)
{
	TupleDesc	desc = RelationGetDescr(inserter->table);
	TupleTableSlot *slot;
	MemoryContext outer = MemoryContextSwitchTo(inserter->context);
	ItemPointerData conflict;
	Size		bytes = 0;
	bool		is_new;
	int			i;

	if (inserter->n == inserter->n_slots)
		inserter->slots[inserter->n_slots++] = table_slot_create(inserter->table, NULL);
	slot = inserter->slots[inserter->n];
	ExecClearTuple(slot);
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

	MemoryContextSwitchTo(GetPerTupleMemoryContext(inserter->estate));
	is_new = sms_check_index_constraints(inserter->info, slot, inserter->estate,
										 &conflict);
	MemoryContextSwitchTo(outer);
	if (is_new && desc->constr != NULL && desc->constr->has_generated_stored)
		ExecComputeStoredGenerated(inserter->info, inserter->estate, slot, CMD_INSERT);
	ResetPerTupleExprContext(inserter->estate);
	if (!is_new)
		return false;
	inserter->bytes += bytes;
	inserter->n++;
	return true;
}

/* Writes what is left; locks are kept. */
void
sms_inserter_close(SmsInserter *inserter)
{
	int			i;

	write_rows(inserter);
	for (i = 0; i < inserter->n_slots; i++)
		ExecDropSingleTupleTableSlot(inserter->slots[i]);
	ExecCloseIndices(inserter->info);
	FreeExecutorState(inserter->estate);
	MemoryContextDelete(inserter->rows);
	table_close(inserter->table, NoLock);
	pfree(inserter->source);
	pfree(inserter);
}
