/*-------------------------------------------------------------------------
 *
 * tallies.c
 *	  Appends what a batch adds to the tallies, as add_tallies() does in SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "ingest/delta.h"
#include "server.h"
#include "store/direct.h"
#include "tally/cover.h"

static const char *const series_key[] = {"digest"};

static const SmsTableColumn columns[] = {
	SMS_TABLE_COLUMN("series_no", INT8OID), SMS_TABLE_COLUMN("cell_start", TIMESTAMPTZOID),
	SMS_TABLE_COLUMN("anonymous", INT8OID), SMS_TABLE_COLUMN("chunk", INT4OID),
	SMS_TABLE_COLUMN("level", INT2OID), SMS_OWN_COLUMN("tally", "tally"),
	SMS_OWN_COLUMN("quarters", "day_tally"),
};

static const SmsTableColumn series_columns[] = {
	SMS_IDENTITY_COLUMN("series_no"), SMS_TABLE_COLUMN("digest", UUIDOID),
	SMS_TABLE_COLUMN("account", TEXTOID), SMS_TABLE_COLUMN("event_type", TEXTOID),
	SMS_TABLE_COLUMN("dimension", TEXTOID), SMS_TABLE_COLUMN("value", TEXTOID),
	SMS_TABLE_COLUMN("made_on", DATEOID), SMS_TABLE_COLUMN("own", BOOLOID),
};

static const SmsTableColumn dimension_columns[] = {
	SMS_TABLE_COLUMN("dimension", TEXTOID),
	SMS_TABLE_COLUMN("complete_from", TIMESTAMPTZOID),
};

const SmsTable sms_engagement_tally_table = {
	.name = "engagement_tally",
	.relkind = RELKIND_RELATION,
	.rights = ACL_INSERT,
	.columns = columns,
	.n_columns = lengthof(columns)
};

const SmsTable sms_series_table = {
	.name = "series",
	.relkind = RELKIND_RELATION,
	.rights = ACL_SELECT | ACL_INSERT,
	.columns = series_columns,
	.n_columns = lengthof(series_columns),
	/* its number, by its digest */
	.selected = SMS_TABLE_COLUMN_BIT(0) | SMS_TABLE_COLUMN_BIT(1),
	.key = series_key,
	.n_key = lengthof(series_key)
};

const SmsTable sms_tally_dimension_table = {
	.name = "tally_dimension",
	.relkind = RELKIND_RELATION,
	.rights = ACL_SELECT,
	.columns = dimension_columns,
	.n_columns = lengthof(dimension_columns),
	.selected = SMS_TABLE_COLUMN_BIT(0)
};

/* The dimensions that tallies are kept of. */
static void
read_dimensions(Relation table, bool *kept)
{
	AttrNumber	name = get_attnum(RelationGetRelid(table), "dimension");
	TupleTableSlot *slot = table_slot_create(table, NULL);
	TableScanDesc scan = sms_table_beginscan(table, GetActiveSnapshot());

	memset(kept, false, SMS_N_DIMENSIONS * sizeof(bool));
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		is_null;
		Datum		value = slot_getattr(slot, name, &is_null);

		if (!is_null)
			sms_keep_dimension(sms_text_of(DatumGetTextPP(value)), kept);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
}

/* Numbers the series that are known; returns how many are not, which get 0. */
static int
known_series(const SmsDeltas *deltas, SmsFinder *finder, AttrNumber number, int64 *numbers)
{
	int			missing = 0;
	int			i;

	for (i = 0; i < deltas->n_series; i++)
	{
		pg_uuid_t	digest;
		Datum		key;
		bool		is_null;

		sms_deltas_digest(deltas, i, &digest);
		key = UUIDPGetDatum(&digest);
		numbers[i] = sms_finder_find(finder, &key) ?
			DatumGetInt64(slot_getattr(finder->slot, number, &is_null)) : 0;
		missing += numbers[i] == 0;
	}
	return missing;
}

/* Series on their way into the table. */
typedef struct NewSeries
{
	SmsInserter *inserter;
	Oid			sequence;
	SmsNames   *names;			/* NULL: as many as there are */
	SmsFinder  *finder;
} NewSeries;

/* Adds the row of a series. */
static void
put_series(NewSeries *rows, const SmsDeltaSeries *series, int64 number, bool own)
{
	MemoryContext outer = MemoryContextSwitchTo(sms_inserter_next(rows->inserter));
	pg_uuid_t  *digest = palloc(sizeof(pg_uuid_t));
	SmsText		type = sms_literal(sms_event_type_name(series->type));
	SmsText		dimension = sms_delta_dimension(series);
	Datum		values[lengthof(series_columns)];
	bool		nulls[lengthof(series_columns)] = {false};

	sms_digest_series(series->account, type, dimension, series->value, digest);
	values[0] = Int64GetDatum(number);
	values[1] = UUIDPGetDatum(digest);
	values[2] = sms_text_datum(series->account);
	values[3] = sms_text_datum(type);
	values[4] = sms_text_datum(dimension);
	values[5] = sms_text_datum(series->value);
	values[6] = DateADTGetDatum((DateADT) (GetCurrentTransactionStartTimestamp() / USECS_PER_DAY));
	values[7] = BoolGetDatum(own);
	MemoryContextSwitchTo(outer);
	sms_inserter_put(rows->inserter, values, nulls);
}

/* Whether a new name comes after the limit; false in *done if SQL must say. */
static bool
is_beyond(NewSeries *rows, const SmsDeltaSeries *series, bool *done)
{
	int64	   *room;

	*done = true;
	if (rows->names == NULL || series->dimension < 0 ||
		sms_text_is(series->value, SMS_OTHER_NAME))
		return false;
	room = sms_names_room(rows->names, series);
	if (room == NULL)
		*done = false;
	return room != NULL && (*room)-- <= 0;
}

/* The number with which a name beyond the limit is counted. */
static int64
other_number(NewSeries *rows, const SmsDeltaSeries *series)
{
	int64	   *other = sms_names_other(rows->names, series, rows->finder);

	if (*other == 0)
	{
		SmsDeltaSeries named = *series;

		named.value = sms_literal(SMS_OTHER_NAME);
		*other = nextval_internal(rows->sequence, false);
		put_series(rows, &named, *other, true);
	}
	return *other;
}

/* Numbers the others. */
static bool
new_series(const SmsDeltas *deltas, SmsTarget *target, AttrNumber number, int64 *numbers,
		   SmsFinder *finder, bool limited)
{
	NewSeries	rows;
	bool		done = true;
	int			i;

	rows.inserter = sms_inserter_open(target, RelationGetRelid(target->table));
	if (rows.inserter == NULL)
		return false;
	rows.sequence = sms_identity_sequence(target->table, number);
	rows.names = sms_names_begin(target->table, limited || sms_is_limited());
	rows.finder = finder;
	for (i = 0; i < deltas->n_series && done; i++)
	{
		const SmsDeltaSeries *series = &deltas->series[i];
		bool		beyond;

		if (numbers[i] != 0)
			continue;
		CHECK_FOR_INTERRUPTS();
		beyond = is_beyond(&rows, series, &done);
		numbers[i] = beyond ? other_number(&rows, series) :
			nextval_internal(rows.sequence, false);
		put_series(&rows, series, numbers[i], !beyond);
	}
	sms_inserter_close(rows.inserter);
	return done;
}

/* The numbers of the series, new ones included; NULL if SQL must do it. */
static int64 *
number_series(const SmsDeltas *deltas, SmsTarget *target, bool limited)
{
	int64	   *numbers = palloc(deltas->n_series * sizeof(int64) + 1);
	AttrNumber	number = get_attnum(RelationGetRelid(target->table), "series_no");
	SmsFinder	finder;
	bool		done;

	if (!sms_finder_open(&finder, target))
		return NULL;
	done = known_series(deltas, &finder, number, numbers) == 0 ||
		new_series(deltas, target, number, numbers, &finder, limited);
	sms_finder_close(&finder);
	return done ? numbers : NULL;
}

typedef struct TallyRows
{
	SmsInserter *inserter;
	const int64 *series_no;
} TallyRows;

static void
put_row(void *owner, const SmsDelta *delta)
{
	TallyRows  *rows = owner;
	MemoryContext outer = MemoryContextSwitchTo(sms_inserter_next(rows->inserter));
	Datum		values[lengthof(columns)] = {0};
	bool		nulls[lengthof(columns)] = {false};

	values[0] = Int64GetDatum(rows->series_no[delta->series]);
	values[1] = TimestampTzGetDatum(delta->cell_start);
	values[2] = Int64GetDatum(delta->anonymous);
	values[3] = Int32GetDatum(delta->chunk);
	values[4] = Int16GetDatum(SMS_LEVEL_DELTA);
	values[5] = datumCopy(delta->tally, false, -1);
	nulls[6] = true;
	MemoryContextSwitchTo(outer);
	sms_inserter_put(rows->inserter, values, nulls);
}

bool
sms_direct_tallies(SmsDirect *direct)
{
	SmsTarget  *target = &direct->targets[SMS_ENGAGEMENT_TALLY];
	bool		kept[SMS_N_DIMENSIONS];
	SmsDeltas	deltas;
	TallyRows	rows;

	read_dimensions(direct->targets[SMS_TALLY_DIMENSION].table, kept);
	sms_deltas_collect(&deltas, direct->batch, &direct->stored, kept, direct->people);
	/* later parts of messages count nowhere */
	if (deltas.n_series == 0)
		return true;
	rows.series_no = number_series(&deltas, &direct->targets[SMS_SERIES], direct->limited);
	if (rows.series_no == NULL)
		return false;
	rows.inserter = sms_inserter_open(target, RelationGetRelid(target->table));
	if (rows.inserter == NULL)
		return false;
	sms_deltas_emit(&deltas, put_row, &rows);
	sms_inserter_close(rows.inserter);
	return true;
}
