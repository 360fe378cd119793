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
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rls.h"

#include "store/inserter.h"

/* What is gathered before it is written, as in COPY. */
#define MAX_ROWS 1000
#define MAX_BYTES 65536

struct SmsInserter
{
	Relation	table;
	EState	   *estate;
	ResultRelInfo *info;
	MemoryContext rows;			/* values of the rows not written yet */
	int		   *source;			/* column of the row for each attribute */
	TupleTableSlot *slots[MAX_ROWS];
	int			n_slots;
	int			n;
	Size		bytes;
};

/*
 * Whether rows may be put into a table without the help of SQL: the caller
 * may insert, and neither policies, rules nor triggers have a say.
 */
bool
sms_may_bypass_sql(Relation table)
{
	Oid			relid = RelationGetRelid(table);

	return table->trigdesc == NULL && table->rd_rules == NULL &&
		pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) == ACLCHECK_OK &&
		check_enable_rls(relid, InvalidOid, true) != RLS_ENABLED;
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
		if (attribute->attisdropped)
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

/* Where the values of the next row belong: they stay until it is written. */
MemoryContext
sms_inserter_rows(SmsInserter *inserter)
{
	return inserter->rows;
}

static void
write_rows(SmsInserter *inserter)
{
	int			i;

	if (inserter->n == 0)
		return;
	table_multi_insert(inserter->table, inserter->slots, inserter->n,
					   GetCurrentCommandId(true), 0, NULL);
	for (i = 0; i < inserter->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (inserter->info->ri_NumIndices > 0)
			list_free(sms_insert_index_tuples(inserter->info, inserter->slots[i],
											  inserter->estate));
		ExecClearTuple(inserter->slots[i]);
		ResetPerTupleExprContext(inserter->estate);
	}
	inserter->n = 0;
	inserter->bytes = 0;
	MemoryContextReset(inserter->rows);
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

	is_new = sms_check_index_constraints(inserter->info, slot, inserter->estate,
										 &conflict);
	ResetPerTupleExprContext(inserter->estate);
	if (!is_new)
		return false;
	inserter->bytes += bytes;
	if (++inserter->n == MAX_ROWS || inserter->bytes >= MAX_BYTES)
		write_rows(inserter);
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
