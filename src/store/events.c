/*-------------------------------------------------------------------------
 *
 * events.c
 *	  The events of a batch that the table event has not.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "partitioning/partdesc.h"
#include "utils/partcache.h"
#include "utils/timestamp.h"

#include "store/direct.h"
#include "store/months.h"

/* From how many events on it pays to ask whether all are new */
#define MANY_EVENTS 8

/* As sms_event_row() fills them */
static const SmsColumn columns[SMS_N_EVENT_COLUMNS] = {
	SMS_COLUMN("event_time", TIMESTAMPTZOID), SMS_COLUMN("event_key", INT8OID),
	SMS_COLUMN("individual_no", INT8OID),
	SMS_COLUMN("created_time", TIMESTAMPTZOID),
	SMS_COLUMN("received_at", TIMESTAMPTZOID),
	SMS_COLUMN("sent_time", TIMESTAMPTZOID),
	SMS_COLUMN("message_key", UUIDOID), SMS_COLUMN("part", INT2OID),
	SMS_COLUMN("parts", INT2OID), SMS_COLUMN("status_class", INT2OID),
	SMS_COLUMN("error_permanent", BOOLOID), SMS_COLUMN("provider", TEXTOID),
	SMS_COLUMN("event_type", TEXTOID), SMS_COLUMN("time_source", TEXTOID),
	SMS_COLUMN("account", TEXTOID), SMS_COLUMN("event_id", TEXTOID),
	SMS_COLUMN("message_id", TEXTOID), SMS_COLUMN("bulk_message", TEXTOID),
	SMS_COLUMN("template", TEXTOID), SMS_COLUMN("channel", TEXTOID),
	SMS_COLUMN("individual_id", TEXTOID), SMS_COLUMN("recipient", TEXTOID),
	SMS_COLUMN("sender_id", TEXTOID), SMS_COLUMN("keyword", TEXTOID),
	SMS_COLUMN("message_text", TEXTOID),
	SMS_COLUMN("unsubscribe_source", TEXTOID),
	SMS_COLUMN("unsubscribe_reason", TEXTOID),
	SMS_COLUMN("link_name", TEXTOID), SMS_COLUMN("link_url", TEXTOID),
	SMS_COLUMN("resolved_url", TEXTOID), SMS_COLUMN("user_agent", TEXTOID),
	SMS_COLUMN("device_type", TEXTOID), SMS_COLUMN("os", TEXTOID),
	SMS_COLUMN("device_name", TEXTOID), SMS_COLUMN("status_code", TEXTOID),
	SMS_COLUMN("status_name", TEXTOID), SMS_COLUMN("error_code", TEXTOID),
	SMS_COLUMN("error_text", TEXTOID), SMS_COLUMN("price", NUMERICOID),
	SMS_COLUMN("price_currency", TEXTOID),
	SMS_COLUMN("callback_data", TEXTOID), SMS_COLUMN("extra", JSONOID),
};

const SmsTable sms_event_table = {
	"event", RELKIND_PARTITIONED_TABLE, ACL_INSERT, columns, lengthof(columns)
};

/* Events of one partition on their way into it. */
typedef struct Part
{
	Oid			relation;		/* InvalidOid: none yet */
	SmsInserter *inserter;
	bool		empty;			/* it has nothing in the time of those events */
} Part;

/* The first event behind this one that is not of its partition. */
static int
end_of_part(SmsDirect *direct, PartitionKey key, PartitionDesc parts, int first, Oid part)
{
	const SmsBatch *batch = direct->batch;
	int			i = first;

	/* events are in order of time, those that are none behind them */
	while (i < batch->n_events &&
		   sms_batch_event(batch, i)->outcome == SMS_OUTCOME_EVENT &&
		   sms_partition_at(key, parts, sms_batch_event(batch, i)->time[SMS_TIME_EVENT]) == part)
		i++;
	return i;
}

/*
 * Opens the partition of event i.  Where the table has nothing in the time of
 * the batch's events, as while a feed is loaded in order, these need not be
 * looked up one by one.
 */
static bool
open_part(SmsDirect *direct, PartitionKey key, PartitionDesc parts, int i, Oid relation,
		  Part *part)
{
	const SmsBatch *batch = direct->batch;
	int			end;
	Relation	table;

	part->relation = relation;
	part->empty = false;
	part->inserter = OidIsValid(relation) ?
		sms_inserter_open(relation, &sms_event_table) : NULL;
	if (part->inserter == NULL)
		return false;
	end = end_of_part(direct, key, parts, i, relation);
	if (end - i < MANY_EVENTS)
		return true;
	table = table_open(relation, NoLock);
	part->empty = sms_finder_none_between(table, "event_time",
										  TimestampTzGetDatum(sms_batch_event(batch, i)->time[SMS_TIME_EVENT]),
										  TimestampTzGetDatum(sms_batch_event(batch, end - 1)->time[SMS_TIME_EVENT]));
	table_close(table, NoLock);
	return true;
}

/* False if an event's partition is none that can be written to. */
bool
sms_direct_events(SmsDirect *direct)
{
	Relation	table = direct->tables[SMS_EVENT];
	const SmsBatch *batch = direct->batch;
	PartitionKey key = RelationGetPartitionKey(table);
	PartitionDesc parts = RelationGetPartitionDesc(table, true);
	Part		part = {InvalidOid, NULL, false};
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		MemoryContext outer;
		Datum		values[SMS_N_EVENT_COLUMNS];
		bool		nulls[SMS_N_EVENT_COLUMNS];
		ItemPointerData known;
		Oid			relation;

		CHECK_FOR_INTERRUPTS();
		if (!sms_is_for_store(event, &direct->identities))
			continue;
		relation = sms_partition_at(key, parts, event->time[SMS_TIME_EVENT]);
		if (part.inserter == NULL || part.relation != relation)
		{
			if (part.inserter != NULL)
				sms_inserter_close(part.inserter);
			if (!open_part(direct, key, parts, i, relation, &part))
				return false;
		}
		outer = MemoryContextSwitchTo(sms_inserter_next(part.inserter));
		sms_event_row(batch, event,
					  event->person == SMS_NO_PERSON ? 0 : direct->people[event->person],
					  values, nulls);
		MemoryContextSwitchTo(outer);
		if (part.empty)
			sms_inserter_put(part.inserter, values, nulls);
		else if (!sms_inserter_add(part.inserter, values, nulls, &known))
			continue;
		direct->keys[direct->n_keys++] = event->key;
	}
	if (part.inserter != NULL)
		sms_inserter_close(part.inserter);
	direct->stored = sms_keys_of(direct->keys, direct->n_keys, batch);
	return true;
}
