/*-------------------------------------------------------------------------
 *
 * partitions.c
 *	  Where the events of an instant belong, as the partitioned table itself
 *	  says: not what a partition is called, or which schema it is in.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "catalog/namespace.h"
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

#include "store/direct.h"

PG_FUNCTION_INFO_V1(sms_batch_missing_months);
PG_FUNCTION_INFO_V1(sms_event_partitions);

/* The partitions of a table, if it is split as ours: by ranges of event_time. */
static PartitionDesc
partitions_of(Relation table)
{
	PartitionKey key = RelationGetPartitionKey(table);

	if (key == NULL || key->strategy != PARTITION_STRATEGY_RANGE || key->partnatts != 1 ||
		key->partattrs[0] != get_attnum(RelationGetRelid(table), "event_time") ||
		key->parttypid[0] != TIMESTAMPTZOID)
		return NULL;
	return RelationGetPartitionDesc(table, true);
}

/* A bound between ranges; before the first and behind the last there is none. */
static SmsInstant
bound_at(PartitionBoundInfo bounds, int i)
{
	if (i < 0 || (i < bounds->ndatums && bounds->kind[i][0] == PARTITION_RANGE_DATUM_MINVALUE))
		return DT_NOBEGIN;
	if (i >= bounds->ndatums || bounds->kind[i][0] == PARTITION_RANGE_DATUM_MAXVALUE)
		return DT_NOEND;
	return DatumGetTimestampTz(bounds->datums[i][0]);
}

/*
 * The partition that an instant belongs to, or no table: also where it is the
 * default partition, which may soon be that of fewer.  That is so up to until.
 */
Oid
sms_partition_at(Relation table, SmsInstant at, SmsInstant *until)
{
	PartitionDesc parts = partitions_of(table);
	PartitionKey key;
	Datum		value = TimestampTzGetDatum(at);
	bool		equal;
	int			bound;
	int			part;

	*until = DT_NOEND;
	if (parts == NULL || parts->nparts == 0)
		return InvalidOid;
	key = RelationGetPartitionKey(table);
	bound = partition_range_datum_bsearch(key->partsupfunc, key->partcollation,
										  parts->boundinfo, 1, &value, &equal);
	*until = bound_at(parts->boundinfo, bound + 1);
	part = parts->boundinfo->indexes[bound + 1];
	return part < 0 ? InvalidOid : parts->oids[part];
}

static Relation
open_event(void)
{
	Oid			relation = get_relname_relid("event", get_namespace_oid("smsengage", false));

	return OidIsValid(relation) ? table_open(relation, AccessShareLock) : NULL;
}

/*
 * First days of the months (UTC) in which good events lie that no partition
 * takes but the default one.  The lock is not kept: forget() may be waited for
 * before events are stored.
 */
static ArrayBuildState *
missing_months(const SmsBatch *batch)
{
	Relation	table = open_event();
	ArrayBuildState *months = NULL;
	SmsInstant	until = PG_INT64_MIN;	/* up to there it is known */
	DateADT		last = 0;
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		SmsInstant	at = sms_batch_event(batch, i)->time[SMS_TIME_EVENT];
		SmsInstant	month_end;
		int			year,
					month,
					day;
		DateADT		first_day;

		CHECK_FOR_INTERRUPTS();
		if (!sms_batch_is_good(sms_batch_event(batch, i)) || at < until)
			continue;
		until = DT_NOEND;
		if (table != NULL && OidIsValid(sms_partition_at(table, at, &until)))
			continue;
		j2date((int) (at / USECS_PER_DAY) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
		first_day = date2j(year, month, 1) - POSTGRES_EPOCH_JDATE;
		month_end = (date2j(year + month / 12, month % 12 + 1, 1) - POSTGRES_EPOCH_JDATE) *
			USECS_PER_DAY;
		until = Min(until, month_end);
		if (months == NULL || first_day != last)
			months = accumArrayResult(months, DateADTGetDatum(first_day), false, DATEOID,
									  CurrentMemoryContext);
		last = first_day;
	}
	if (table != NULL)
		table_close(table, AccessShareLock);
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

static void
put_partition(FunctionCallInfo fcinfo, Oid partition, SmsInstant since, SmsInstant until,
			  bool has_range)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[3];
	bool		nulls[3] = {false, !has_range, !has_range};

	values[0] = ObjectIdGetDatum(partition);
	values[1] = TimestampTzGetDatum(since);
	values[2] = TimestampTzGetDatum(until);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* event_partitions(): (partition, since, until), the default one last */
Datum
sms_event_partitions(PG_FUNCTION_ARGS)
{
	Relation	table = open_event();
	PartitionDesc parts;
	PartitionBoundInfo bounds;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	if (table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("this database has no store"),
				 errhint("SELECT smsengage.create_store() makes one.")));
	parts = partitions_of(table);
	if (parts != NULL && parts->nparts > 0)
	{
		bounds = parts->boundinfo;
		for (i = 0; i <= bounds->ndatums; i++)
			if (bounds->indexes[i] >= 0)
				put_partition(fcinfo, parts->oids[bounds->indexes[i]],
							  bound_at(bounds, i - 1), bound_at(bounds, i), true);
		if (bounds->default_index >= 0)
			put_partition(fcinfo, parts->oids[bounds->default_index], 0, 0, false);
	}
	table_close(table, AccessShareLock);
	return (Datum) 0;
}
