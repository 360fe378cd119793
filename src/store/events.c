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
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/partcache.h"
#include "utils/timestamp.h"

#include "store/direct.h"

/* As sms_event_row() fills them */
static const SmsColumn columns[SMS_N_EVENT_COLUMNS] = {
	{"event_time", TIMESTAMPTZOID}, {"event_key", INT8OID},
	{"individual_no", INT8OID}, {"created_time", TIMESTAMPTZOID},
	{"received_at", TIMESTAMPTZOID}, {"sent_time", TIMESTAMPTZOID},
	{"message_key", UUIDOID}, {"part", INT2OID}, {"parts", INT2OID},
	{"status_class", INT2OID}, {"error_permanent", BOOLOID},
	{"provider", TEXTOID}, {"event_type", TEXTOID}, {"time_source", TEXTOID},
	{"account", TEXTOID}, {"event_id", TEXTOID}, {"message_id", TEXTOID},
	{"bulk_message", TEXTOID}, {"template", TEXTOID}, {"channel", TEXTOID},
	{"individual_id", TEXTOID}, {"recipient", TEXTOID}, {"sender_id", TEXTOID},
	{"keyword", TEXTOID}, {"message_text", TEXTOID},
	{"unsubscribe_source", TEXTOID}, {"unsubscribe_reason", TEXTOID},
	{"link_name", TEXTOID}, {"link_url", TEXTOID}, {"resolved_url", TEXTOID},
	{"user_agent", TEXTOID}, {"device_type", TEXTOID}, {"os", TEXTOID},
	{"device_name", TEXTOID}, {"status_code", TEXTOID},
	{"status_name", TEXTOID}, {"error_code", TEXTOID}, {"error_text", TEXTOID},
	{"price", NUMERICOID}, {"price_currency", TEXTOID},
	{"callback_data", TEXTOID}, {"extra", JSONOID},
};

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
insert_events(SmsDirect *direct, Relation table)
{
	const SmsBatch *batch = direct->batch;
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
		ItemPointerData known;
		Oid			part;

		CHECK_FOR_INTERRUPTS();
		if (!sms_is_for_store(event, &direct->identities))
			continue;
		part = partition_at(key, parts, event->time[SMS_TIME_EVENT]);
		if (inserter == NULL || part != open)
		{
			if (inserter != NULL)
				sms_inserter_close(inserter);
			inserter = OidIsValid(part) ? sms_inserter_open(part, columns, lengthof(columns)) : NULL;
			if (inserter == NULL)
				return false;
			open = part;
		}
		outer = MemoryContextSwitchTo(sms_inserter_next(inserter));
		sms_event_row(batch, event,
					  event->person == SMS_NO_PERSON ? 0 : direct->people[event->person],
					  values, nulls);
		MemoryContextSwitchTo(outer);
		if (sms_inserter_add(inserter, values, nulls, &known))
			direct->keys[direct->n_keys++] = event->key;
	}
	if (inserter != NULL)
		sms_inserter_close(inserter);
	direct->stored = sms_keys_of(direct->keys, direct->n_keys, batch);
	return true;
}

bool
sms_direct_events(SmsDirect *direct)
{
	Relation	table = sms_open_direct("event", RELKIND_PARTITIONED_TABLE, ACL_INSERT);
	bool		done;

	if (table == NULL)
		return false;
	done = insert_events(direct, table);
	table_close(table, NoLock);
	return done;
}
