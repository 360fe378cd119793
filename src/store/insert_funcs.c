/*-------------------------------------------------------------------------
 *
 * insert_funcs.c
 *	  Puts the events and messages of a batch into their tables.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/partcache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "payload/batch_args.h"
#include "payload/event_row.h"
#include "store/inserter.h"

PG_FUNCTION_INFO_V1(sms_insert_events);
PG_FUNCTION_INFO_V1(sms_insert_messages);

/* The columns of one of the extension's row types. */
static TupleDesc
row_type(const char *name)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(name),
									   ObjectIdGetDatum(get_namespace_oid("smsengage", false)));

	return lookup_rowtype_tupdesc_copy(type, -1);
}

/* Events on their way into the table. */
typedef struct EventWork
{
	Relation	table;
	TupleDesc	row;
	const SmsBatch *batch;
	const int64 *people;
	SmsDigests	identities;
	Datum	   *keys;			/* of those that were put there */
	int			n;
} EventWork;

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
insert_events(void *arg)
{
	EventWork  *work = arg;
	const SmsBatch *batch = work->batch;
	PartitionKey key = RelationGetPartitionKey(work->table);
	PartitionDesc parts = RelationGetPartitionDesc(work->table, true);
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
		if (!sms_is_for_store(event, &work->identities))
			continue;
		part = partition_at(key, parts, event->time[SMS_TIME_EVENT]);
		if (inserter == NULL || part != open)
		{
			if (inserter != NULL)
				sms_inserter_close(inserter);
			inserter = OidIsValid(part) ? sms_inserter_open(part, work->row) : NULL;
			if (inserter == NULL)
				return false;
			open = part;
		}
		outer = MemoryContextSwitchTo(sms_inserter_next(inserter));
		sms_event_row(batch, event,
					  event->person == SMS_NO_PERSON ? 0 : work->people[event->person],
					  values, nulls);
		MemoryContextSwitchTo(outer);
		if (sms_inserter_add(inserter, values, nulls))
			work->keys[work->n++] = Int64GetDatum(event->key);
	}
	if (inserter != NULL)
		sms_inserter_close(inserter);
	return true;
}

/*
 * insert_events(batch, people, identities): puts those of the batch's events
 * into the table event that it has not, and returns their keys.  NULL, and
 * nothing is stored, if that is left to SQL.
 */
Datum
sms_insert_events(PG_FUNCTION_ARGS)
{
	EventWork	work = {0};
	bool		done;

	PreventCommandIfReadOnly("insert_events()");
	work.batch = sms_batch_argument(fcinfo, 0);
	work.people = sms_people_argument(fcinfo, 1, work.batch);
	work.identities = sms_digests_argument(fcinfo, 2);
	work.table = sms_open_for_insert("event", RELKIND_PARTITIONED_TABLE);
	if (work.table == NULL)
		PG_RETURN_NULL();
	work.row = row_type("event_row");
	work.keys = palloc_extended((Size) work.batch->n_good * sizeof(Datum) + 1,
								MCXT_ALLOC_HUGE);
	done = sms_attempt(insert_events, &work);
	table_close(work.table, NoLock);
	if (!done)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(construct_array(work.keys, work.n, INT8OID,
										  sizeof(int64), FLOAT8PASSBYVAL,
										  TYPALIGN_DOUBLE));
}

/* Messages on their way into the table. */
typedef struct MessageWork
{
	Relation	table;
	TupleDesc	row;
	const SmsBatch *batch;
	const int64 *people;
	SmsReports	reports;
	ReturnSetInfo *result;
} MessageWork;

static bool
insert_messages(void *arg)
{
	MessageWork *work = arg;
	SmsInserter *inserter = sms_inserter_open(RelationGetRelid(work->table), work->row);
	int			n;
	int			i;

	if (inserter == NULL)
		return false;
	for (i = 0; i < work->reports.n; i += n)
	{
		MemoryContext outer = MemoryContextSwitchTo(sms_inserter_next(inserter));
		Datum		values[1 + SMS_N_MESSAGE_COLUMNS];
		bool		nulls[1 + SMS_N_MESSAGE_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		n = sms_reports_of_message(&work->reports, i);
		sms_message_row(work->batch, &work->reports.events[i], n, work->people,
						values + 1, nulls + 1);
		values[0] = BoolGetDatum(sms_inserter_add(inserter, values + 1, nulls + 1));
		nulls[0] = false;
		tuplestore_putvalues(work->result->setResult, work->result->setDesc, values, nulls);
		MemoryContextSwitchTo(outer);
	}
	sms_inserter_close(inserter);
	return true;
}

/*
 * insert_messages(batch, people, event_keys): puts those of the messages of
 * batch_messages() into the table message that it has not, and returns all of
 * them, each with whether it was put there.  No row, and nothing is stored,
 * if that is left to SQL.
 */
Datum
sms_insert_messages(PG_FUNCTION_ARGS)
{
	MessageWork work = {0};
	SmsKeys		keys;

	PreventCommandIfReadOnly("insert_messages()");
	work.batch = sms_batch_argument(fcinfo, 0);
	work.people = sms_people_argument(fcinfo, 1, work.batch);
	keys = sms_keys_argument(fcinfo, 2, work.batch);
	InitMaterializedSRF(fcinfo, 0);
	work.result = (ReturnSetInfo *) fcinfo->resultinfo;
	work.table = sms_open_for_insert("message", RELKIND_RELATION);
	if (work.table == NULL)
		return (Datum) 0;
	work.row = row_type("message_row");
	work.reports = sms_reports_of(work.batch, &keys);
	if (!sms_attempt(insert_messages, &work))
		tuplestore_clear(work.result->setResult);
	table_close(work.table, NoLock);
	return (Datum) 0;
}
