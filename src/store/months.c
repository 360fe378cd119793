/*-------------------------------------------------------------------------
 *
 * months.c
 *	  The partitions of the table event: which there are, and which a batch
 *	  needs that are missing.
 *
 * Most are months.  Some span more: what is older than its sender may make
 * months for (make_months()), and whatever the owner has attached.  So what
 * counts is their bounds, not their names.
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
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/timestamp.h"

#include "store/months.h"

PG_FUNCTION_INFO_V1(sms_batch_missing_months);
PG_FUNCTION_INFO_V1(sms_event_partitions);

static bool
is_by_time(PartitionKey key)
{
	return key->strategy == PARTITION_STRATEGY_RANGE && key->partnatts == 1;
}

/* The partition that an instant belongs to, or no table. */
Oid
sms_partition_at(PartitionKey key, PartitionDesc parts, SmsInstant at)
{
	Datum		value = TimestampTzGetDatum(at);
	bool		equal;
	int			bound;
	int			part;

	if (parts->nparts == 0 || !is_by_time(key))
		return InvalidOid;
	bound = partition_range_datum_bsearch(key->partsupfunc, key->partcollation,
										  parts->boundinfo, 1, &value, &equal);
	part = parts->boundinfo->indexes[bound + 1];
	return part < 0 ? InvalidOid : parts->oids[part];
}

/* The table event, or NULL where there is no store. */
static Relation
open_events(void)
{
	Oid			relid = get_relname_relid("event", get_namespace_oid("smsengage", false));

	if (!OidIsValid(relid) || get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		return NULL;
	return table_open(relid, AccessShareLock);
}

/* First days of the months (UTC) in which good events lie and that have no partition. */
static ArrayBuildState *
missing_months(const SmsBatch *batch)
{
	Relation	events = batch->n_good == 0 ? NULL : open_events();
	ArrayBuildState *months = NULL;
	SmsInstant	until = PG_INT64_MIN;	/* end of the month looked at last */
	PartitionKey key;
	PartitionDesc parts;
	int			i;

	if (events == NULL)
		return NULL;
	key = RelationGetPartitionKey(events);
	parts = RelationGetPartitionDesc(events, true);
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		int			year,
					month,
					day;

		if (!sms_batch_is_good(event) || event->time[SMS_TIME_EVENT] < until)
			continue;
		j2date((int) (event->time[SMS_TIME_EVENT] / USECS_PER_DAY) + POSTGRES_EPOCH_JDATE,
			   &year, &month, &day);
		until = (date2j(year + month / 12, month % 12 + 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
		if (!OidIsValid(sms_partition_at(key, parts, event->time[SMS_TIME_EVENT])))
			months = accumArrayResult(months,
									  DateADTGetDatum(date2j(year, month, 1) - POSTGRES_EPOCH_JDATE),
									  false, DATEOID, CurrentMemoryContext);
	}
	table_close(events, NoLock);
	return months;
}

/* Whether a month has no partition yet. */
bool
sms_lacks_months(const SmsBatch *batch)
{
	return missing_months(batch) != NULL;
}

/* batch_missing_months(batch) */
Datum
sms_batch_missing_months(PG_FUNCTION_ARGS)
{
	ArrayBuildState *months = missing_months(sms_batch_argument(fcinfo, 0));

	if (months == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(makeArrayResult(months, CurrentMemoryContext));
}

/* The bound at a place, as an instant; MINVALUE and MAXVALUE are infinite. */
static Datum
instant_of(const PartitionBoundInfo bounds, int i)
{
	if (bounds->kind[i][0] == PARTITION_RANGE_DATUM_MINVALUE)
		return TimestampTzGetDatum(DT_NOBEGIN);
	if (bounds->kind[i][0] == PARTITION_RANGE_DATUM_MAXVALUE)
		return TimestampTzGetDatum(DT_NOEND);
	return bounds->datums[i][0];
}

/* event_partitions(): (partition, since, until), in order of time */
Datum
sms_event_partitions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Relation	events = open_events();
	PartitionBoundInfo bounds;
	PartitionDesc parts;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	if (events == NULL)
		return (Datum) 0;
	parts = RelationGetPartitionDesc(events, true);
	bounds = parts->boundinfo;
	if (parts->nparts > 0 && is_by_time(RelationGetPartitionKey(events)))
		for (i = 1; i < bounds->ndatums; i++)
		{
			Datum		values[3];
			bool		nulls[3] = {false};

			/* what lies between two bounds; a gap belongs to none */
			if (bounds->indexes[i] < 0)
				continue;
			values[0] = ObjectIdGetDatum(parts->oids[bounds->indexes[i]]);
			values[1] = instant_of(bounds, i - 1);
			values[2] = instant_of(bounds, i);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	table_close(events, NoLock);
	return (Datum) 0;
}
