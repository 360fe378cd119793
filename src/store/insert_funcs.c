/*-------------------------------------------------------------------------
 *
 * insert_funcs.c
 *	  Puts the events of a batch into the partitions of event.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/partcache.h"
#include "utils/resowner.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "payload/batch_args.h"
#include "payload/event_row.h"
#include "store/inserter.h"

PG_FUNCTION_INFO_V1(sms_insert_events);

/* The keys of the events that were put into the table. */
typedef struct Inserted
{
	Datum	   *keys;
	int			n;
} Inserted;

/*
 * The table event, if its rows may be put there without SQL.  A cluster
 * spreads them itself; and where a transaction keeps its first snapshot, SQL
 * knows which rows it may not see.
 */
static Relation
open_event(Oid schema)
{
	Oid			relid = get_relname_relid("event", schema);
	Relation	event;

	if (IsolationUsesXactSnapshot() || !OidIsValid(relid) ||
		OidIsValid(get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE)))
		return NULL;
	event = table_open(relid, RowExclusiveLock);
	if (event->rd_rel->relkind == RELKIND_PARTITIONED_TABLE && sms_may_bypass_sql(event))
		return event;
	table_close(event, NoLock);
	return NULL;
}

/* The partition that an instant belongs to, or no table. */
static Oid
partition_at(PartitionKey key, PartitionDesc parts, SmsInstant at)
{
	Datum		value = TimestampTzGetDatum(at);
	bool		equal;
	int			bound;
	int			part;

	if (parts->nparts == 0 || key->strategy != PARTITION_STRATEGY_RANGE ||
		key->partnatts != 1)
		return InvalidOid;
	bound = partition_range_datum_bsearch(key->partsupfunc, key->partcollation,
										  parts->boundinfo, 1, &value, &equal);
	part = parts->boundinfo->indexes[bound + 1];
	return part < 0 ? InvalidOid : parts->oids[part];
}

/* False if an event's partition is none that can be written to. */
static bool
insert_events(Relation table, TupleDesc row, const SmsBatch *batch,
			  const int64 *people, const SmsIdentities *identities,
			  Inserted *inserted)
{
	PartitionKey key = RelationGetPartitionKey(table);
	PartitionDesc parts = RelationGetPartitionDesc(table, true);
	SmsInserter *inserter = NULL;
	Oid			open = InvalidOid;
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		MemoryContext outer;
		Datum		values[SMS_N_EVENT_COLUMNS];
		bool		nulls[SMS_N_EVENT_COLUMNS];
		Oid			part;

		CHECK_FOR_INTERRUPTS();
		if (!sms_is_for_store(event, identities))
			continue;
		part = partition_at(key, parts, event->time[SMS_TIME_EVENT]);
		if (inserter == NULL || part != open)
		{
			if (inserter != NULL)
				sms_inserter_close(inserter);
			inserter = OidIsValid(part) ? sms_inserter_open(part, row) : NULL;
			if (inserter == NULL)
				return false;
			open = part;
		}
		outer = MemoryContextSwitchTo(sms_inserter_rows(inserter));
		sms_event_row(batch, event,
					  event->person == SMS_NO_PERSON ? 0 : people[event->person],
					  values, nulls);
		MemoryContextSwitchTo(outer);
		if (sms_inserter_add(inserter, values, nulls))
			inserted->keys[inserted->n++] = Int64GetDatum(event->key);
	}
	if (inserter != NULL)
		sms_inserter_close(inserter);
	return true;
}

/* The columns of the type event_row. */
static TupleDesc
event_row_desc(Oid schema)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum("event_row"),
									   ObjectIdGetDatum(schema));

	return lookup_rowtype_tupdesc_copy(type, -1);
}

/*
 * insert_events(batch, people, identities): puts those of the batch's events
 * into the table event that it has not, and returns their keys.  NULL, and
 * nothing is stored, if that is left to SQL.
 */
Datum
sms_insert_events(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	const int64 *people = sms_people_argument(fcinfo, 1, batch);
	SmsIdentities identities = sms_identities_argument(fcinfo, 2);
	MemoryContext outer = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	Oid			schema = get_namespace_oid("smsengage", false);
	Relation	table;
	TupleDesc	row;
	Inserted	inserted;
	volatile bool done = false;

	PreventCommandIfReadOnly("insert_events()");
	PreventCommandIfParallelMode("insert_events()");
	table = open_event(schema);
	if (table == NULL)
		PG_RETURN_NULL();
	row = event_row_desc(schema);
	inserted.keys = palloc_extended((Size) batch->n_good * sizeof(Datum) + 1,
									MCXT_ALLOC_HUGE);
	inserted.n = 0;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(AllocSetContextCreate(CurTransactionContext,
												"smsengage insert",
												ALLOCSET_DEFAULT_SIZES));
	PG_TRY();
	{
		done = insert_events(table, row, batch, people, &identities, &inserted);
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
		/* another session was faster: SQL waits for it row by row */
		if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION)
			ReThrowError(error);
		FreeErrorData(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(outer);
	CurrentResourceOwner = owner;
	table_close(table, NoLock);
	if (!done)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(construct_array(inserted.keys, inserted.n, INT8OID,
										  sizeof(int64), FLOAT8PASSBYVAL,
										  TYPALIGN_DOUBLE));
}
