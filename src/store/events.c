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
#include "utils/timestamp.h"

#include "store/direct.h"

/* From how many events on it pays to ask whether all are new */
#define MANY_EVENTS 8

/* Types as event_columns.def names them */
#define OID_bigint INT8OID
#define OID_boolean BOOLOID
#define OID_json JSONOID
#define OID_numeric NUMERICOID
#define OID_smallint INT2OID
#define OID_text TEXTOID
#define OID_timestamptz TIMESTAMPTZOID
#define OID_uuid UUIDOID

/* As sms_event_row() fills them */
static const SmsTableColumn columns[SMS_N_EVENT_COLUMNS] = {
#define EVENT_COLUMN(NAME, name, type, ...) SMS_TABLE_COLUMN(#name, OID_##type),
#define EVENT_TEXT(NAME, name, type, ...) SMS_TABLE_COLUMN(#name, OID_##type),
#define EVENT_EXTRA(NAME, name, type, ...) SMS_TABLE_COLUMN(#name, OID_##type),
#include "taxonomy/event_columns.def"
};

const SmsTable sms_event_table = {
	.name = "event",
	.relkind = RELKIND_PARTITIONED_TABLE,
	.rights = ACL_INSERT | ACL_SELECT,
	.columns = columns,
	.n_columns = lengthof(columns),
	/* it says which of them were new */
	.selected = SMS_TABLE_COLUMN_BIT(SMS_EVENT_COLUMN_EVENT_KEY)
};

/* Events of one partition on their way into it. */
typedef struct Part
{
	Oid			relation;		/* InvalidOid: none yet */
	SmsInstant	until;			/* its range ends there */
	SmsInserter *inserter;
	bool		empty;			/* it has nothing in the time of those events */
} Part;

/* The first event behind this one that is not of its partition. */
static int
end_of_part(const SmsBatch *batch, int first, SmsInstant until)
{
	int			i = first;

	/* events are in order of time, those that are none behind them */
	while (i < batch->n_events &&
		   sms_batch_event(batch, i)->outcome == SMS_OUTCOME_EVENT &&
		   sms_batch_event(batch, i)->time[SMS_TIME_EVENT] < until)
		i++;
	return i;
}

/*
 * Opens the partition of event i.  Where the table has nothing in the time of
 * the batch's events, as while a feed is loaded in order, these need not be
 * looked up one by one.
 */
static bool
open_part(SmsDirect *direct, int i, Part *part)
{
	SmsTarget  *target = &direct->targets[SMS_EVENT];
	const SmsBatch *batch = direct->batch;
	SmsInstant	first = sms_batch_event(batch, i)->time[SMS_TIME_EVENT];
	SmsInstant	last;
	int			end;
	Relation	table;

	if (part->inserter != NULL)
		sms_inserter_close(part->inserter);
	part->relation = sms_partition_at(target->table, first, &part->until);
	part->empty = false;
	part->inserter = OidIsValid(part->relation) ?
		sms_inserter_open(target, part->relation) : NULL;
	if (part->inserter == NULL)
		return false;
	end = end_of_part(batch, i, part->until);
	if (end - i < MANY_EVENTS)
		return true;
	last = sms_batch_event(batch, end - 1)->time[SMS_TIME_EVENT];
	table = table_open(part->relation, NoLock);
	part->empty = sms_finder_none_between(table, "event_time", TimestampTzGetDatum(first),
										  TimestampTzGetDatum(last));
	table_close(table, NoLock);
	return true;
}

/* False if an event's partition is none that can be written to. */
bool
sms_direct_events(SmsDirect *direct)
{
	const SmsBatch *batch = direct->batch;
	Part		part = {InvalidOid, DT_NOBEGIN, NULL, false};
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		MemoryContext outer;
		Datum		values[SMS_N_EVENT_COLUMNS];
		bool		nulls[SMS_N_EVENT_COLUMNS];
		ItemPointerData known;

		CHECK_FOR_INTERRUPTS();
		if (!sms_is_for_store(event, &direct->identities))
			continue;
		if ((part.inserter == NULL || event->time[SMS_TIME_EVENT] >= part.until) &&
			!open_part(direct, i, &part))
			return false;
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
