/*-------------------------------------------------------------------------
 *
 * identities.c
 *	  Identities of events that have no time in them: of each, the time under
 *	  which it was stored first.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "store/direct.h"

static const char *const key[] = {"digest"};

static const SmsTableColumn columns[] = {
	SMS_TABLE_COLUMN("digest", UUIDOID), SMS_TABLE_COLUMN("event_time", TIMESTAMPTZOID),
};

const SmsTable sms_event_identity_table = {
	.name = "event_identity",
	.relkind = RELKIND_RELATION,
	.rights = ACL_INSERT | ACL_SELECT,
	.columns = columns,
	.n_columns = lengthof(columns),
	/* digest, which says which of them were new */
	.selected = SMS_TABLE_COLUMN_BIT(0),
	.key = key,
	.n_key = lengthof(key)
};

static Datum
digest_datum(const SmsBatchEvent *event)
{
	return UUIDPGetDatum((const pg_uuid_t *) event->identity);
}

static int
compare_identities(const void *a, const void *b)
{
	const SmsBatchEvent *x = *(const SmsBatchEvent *const *) a;
	const SmsBatchEvent *y = *(const SmsBatchEvent *const *) b;

	return memcmp(x->identity, y->identity, SMS_DIGEST_SIZE);
}

/* The batch's timeless events, in order of their identities */
static const SmsBatchEvent **
timeless_events(const SmsBatch *batch)
{
	const SmsBatchEvent **events =
		palloc_extended((Size) batch->n_timeless * sizeof(SmsBatchEvent *) + 1, MCXT_ALLOC_HUGE);
	int			n = 0;
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		if (sms_batch_is_good(event) && event->timeless)
			events[n++] = event;
	}
	Assert(n == batch->n_timeless);
	qsort(events, n, sizeof(SmsBatchEvent *), compare_identities);
	return events;
}

/* Adds those that the table has not: the events that are new. */
bool
sms_direct_identities(SmsDirect *direct)
{
	SmsTarget  *target = &direct->targets[SMS_EVENT_IDENTITY];
	const SmsBatch *batch = direct->batch;
	const SmsBatchEvent **events;
	SmsInserter *inserter;
	int			i;

	if (batch->n_timeless == 0)
		return true;
	inserter = sms_inserter_open(target, RelationGetRelid(target->table));
	if (inserter == NULL)
		return false;
	events = timeless_events(batch);
	direct->identities.digests =
		palloc_extended((Size) batch->n_timeless * sizeof(uint8 *), MCXT_ALLOC_HUGE);
	for (i = 0; i < batch->n_timeless; i++)
	{
		Datum		values[lengthof(columns)];
		bool		nulls[lengthof(columns)] = {false};
		ItemPointerData known;

		CHECK_FOR_INTERRUPTS();
		(void) sms_inserter_next(inserter);
		/* which last as long as the batch */
		values[0] = digest_datum(events[i]);
		values[1] = TimestampTzGetDatum(events[i]->time[SMS_TIME_EVENT]);
		if (sms_inserter_add(inserter, values, nulls, &known))
			direct->identities.digests[direct->identities.n++] = events[i]->identity;
	}
	sms_inserter_close(inserter);
	return true;
}

/* Whether one of the batch's identities is in a table with our key. */
static bool
finds_identity(const SmsBatch *batch, Relation table)
{
	SmsTarget	target = {.wanted = &sms_event_identity_table,.table = table};
	SmsFinder	finder;
	bool		found = false;
	int			i;

	if (!sms_finder_open(&finder, &target))
		return true;
	for (i = 0; i < batch->n_events && !found; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		Datum		digest = digest_datum(event);

		CHECK_FOR_INTERRUPTS();
		found = sms_batch_is_good(event) && event->timeless && sms_finder_find(&finder, &digest);
	}
	sms_finder_close(&finder);
	return found;
}

/*
 * Whether one of the batch's identities is known, as the active snapshot has
 * it; true as well where that cannot be told.
 */
bool
sms_knows_identity(const SmsBatch *batch)
{
	Oid			relid = get_relname_relid("event_identity", get_namespace_oid("smsengage", false));
	Relation	table;
	bool		found;

	if (!OidIsValid(relid))
		return true;
	table = table_open(relid, AccessShareLock);
	if (table->rd_rel->relkind != RELKIND_RELATION)
		found = true;
	else
		found = RelationGetNumberOfBlocks(table) > 0 && finds_identity(batch, table);
	table_close(table, AccessShareLock);
	return found;
}
