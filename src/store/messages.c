/*-------------------------------------------------------------------------
 *
 * messages.c
 *	  Merges the delivery reports of a batch into the table message, and counts
 *	  what that changes in outcome_tally.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "delivery/delivery_server.h"
#include "store/direct.h"

/* A row of the table: what sms_message_row() fills, and what follows from it */
#define SEND_TIME SMS_N_MESSAGE_COLUMNS
#define N_COLUMNS (SMS_N_MESSAGE_COLUMNS + 1)

static const SmsTableColumn columns[N_COLUMNS] = {
	SMS_TABLE_COLUMN("message_key", UUIDOID),
	SMS_TABLE_COLUMN("first_time", TIMESTAMPTZOID),
	SMS_TABLE_COLUMN("last_time", TIMESTAMPTZOID),
	SMS_TABLE_COLUMN("individual_no", INT8OID), SMS_TABLE_COLUMN("parts", INT2OID),
	SMS_TABLE_COLUMN("account", TEXTOID), SMS_TABLE_COLUMN("provider", TEXTOID),
	SMS_TABLE_COLUMN("message_id", TEXTOID), SMS_TABLE_COLUMN("recipient", TEXTOID),
	SMS_TABLE_COLUMN("sender_id", TEXTOID), SMS_TABLE_COLUMN("channel", TEXTOID),
	SMS_TABLE_COLUMN("bulk_message", TEXTOID), SMS_TABLE_COLUMN("template", TEXTOID),
	SMS_TABLE_COLUMN("price", NUMERICOID), SMS_TABLE_COLUMN("price_currency", TEXTOID),
	SMS_TABLE_COLUMN("callback_data", TEXTOID),
	SMS_OWN_COLUMN("state", "delivery_state"),
	SMS_GENERATED_COLUMN("send_time", TIMESTAMPTZOID, "send_time", "state", "first_time"),
};

static const char *const key[] = {"message_key"};

const SmsTable sms_message_table = {
	.name = "message",
	.relkind = RELKIND_RELATION,
	.rights = ACL_SELECT | ACL_INSERT | ACL_UPDATE,
	.columns = columns,
	.n_columns = lengthof(columns),
	.selected = SMS_ALL_COLUMNS,
	/* but what a message is known by, and what follows */
	.updated = SMS_ALL_COLUMNS & ~(SMS_TABLE_COLUMN_BIT(SMS_MESSAGE_KEY) |
								   SMS_TABLE_COLUMN_BIT(SMS_MESSAGE_ACCOUNT) |
								   SMS_TABLE_COLUMN_BIT(SMS_MESSAGE_PROVIDER) |
								   SMS_TABLE_COLUMN_BIT(SMS_MESSAGE_ID) |
								   SMS_TABLE_COLUMN_BIT(SEND_TIME)),
	.key = key,
	.n_key = lengthof(key)
};

static void
put_send_time(Datum *values, bool *nulls)
{
	SmsDeliveryView state = sms_delivery_datum_view(values[SMS_MESSAGE_STATE]);
	SmsDeliverySummary summary;

	if (!sms_delivery_summarize(state, &summary))
		sms_delivery_damaged(state);
	values[SEND_TIME] =
		TimestampTzGetDatum(sms_send_time(&summary,
										  DatumGetTimestampTz(values[SMS_MESSAGE_FIRST_TIME])));
	nulls[SEND_TIME] = false;
}

/* Merges a message into the row that the table has. */
static bool
merge_message(SmsInserter *inserter, ItemPointer place, const Datum *values,
			  const bool *nulls, SmsOutcomes *outcomes)
{
	Datum		known[N_COLUMNS];
	bool		known_nulls[N_COLUMNS];
	Datum		merged[N_COLUMNS];
	bool		merged_nulls[N_COLUMNS];

	if (!sms_inserter_fetch(inserter, place, known, known_nulls) ||
		known_nulls[SMS_MESSAGE_STATE] || known_nulls[SMS_MESSAGE_FIRST_TIME])
		return false;
	if (!sms_message_merge(known, known_nulls, values, nulls, merged, merged_nulls))
		return true;			/* nothing new */
	put_send_time(merged, merged_nulls);
	if (!sms_inserter_update(inserter, place, merged, merged_nulls))
		return false;
	sms_outcomes_count(outcomes, -1, known, known_nulls);
	sms_outcomes_count(outcomes, 1, merged, merged_nulls);
	return true;
}

/* A message that the table has, and its reports in the batch */
typedef struct Known
{
	int			first;
	int			n;
	ItemPointerData place;
} Known;

/* Adds those that the table has not; returns how many it has. */
static int
add_messages(SmsDirect *direct, const SmsReports *reports, SmsInserter *inserter,
			 SmsOutcomes *outcomes, MemoryContext scratch, Known *known)
{
	int			n_known = 0;
	int			n;
	int			i;

	for (i = 0; i < reports->n; i += n)
	{
		MemoryContext outer = MemoryContextSwitchTo(sms_inserter_next(inserter));
		Datum		values[N_COLUMNS];
		bool		nulls[N_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		n = sms_reports_of_message(reports, i);
		sms_message_row(direct->batch, &reports->events[i], n, direct->people,
						values, nulls);
		put_send_time(values, nulls);
		MemoryContextSwitchTo(scratch);
		if (sms_inserter_add(inserter, values, nulls, &known[n_known].place))
			sms_outcomes_count(outcomes, 1, values, nulls);
		else
		{
			known[n_known].first = i;
			known[n_known++].n = n;
		}
		MemoryContextSwitchTo(outer);
		MemoryContextReset(scratch);
	}
	sms_inserter_flush(inserter);
	return n_known;
}

/*
 * Inserts come first and updates then, each in key order, as in
 * store_messages(): so sessions wait for each other in one direction only.
 */
static bool
store_messages(SmsDirect *direct, const SmsReports *reports, SmsInserter *inserter,
			   SmsOutcomes *outcomes)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "smsengage message",
												  ALLOCSET_SMALL_SIZES);
	Known	   *known = palloc_extended((Size) reports->n * sizeof(Known), MCXT_ALLOC_HUGE);
	int			n_known = add_messages(direct, reports, inserter, outcomes, scratch, known);
	int			i;

	if (n_known > 0)
		sms_inserter_check_updates(inserter);
	for (i = 0; i < n_known; i++)
	{
		MemoryContext outer = MemoryContextSwitchTo(scratch);
		Datum		values[N_COLUMNS];
		bool		nulls[N_COLUMNS];
		bool		done;

		CHECK_FOR_INTERRUPTS();
		sms_message_row(direct->batch, &reports->events[known[i].first], known[i].n,
						direct->people, values, nulls);
		done = merge_message(inserter, &known[i].place, values, nulls, outcomes);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(scratch);
		if (!done)
			return false;
	}
	return true;
}

bool
sms_direct_messages(SmsDirect *direct)
{
	SmsReports	reports = sms_reports_of(direct->batch, &direct->stored);
	SmsTarget  *target = &direct->targets[SMS_MESSAGE];
	SmsOutcomes *outcomes;
	SmsInserter *inserter;

	if (reports.n == 0)
		return true;
	inserter = sms_inserter_open(target, RelationGetRelid(target->table));
	if (inserter == NULL)
		return false;
	outcomes = sms_outcomes_begin();
	if (!store_messages(direct, &reports, inserter, outcomes))
		return false;
	sms_inserter_close(inserter);
	return sms_outcomes_store(outcomes, &direct->targets[SMS_OUTCOME_TALLY]);
}
