/*-------------------------------------------------------------------------
 *
 * names.c
 *	  How many more names get a series of their own today.
 *
 * Names come from payloads, and each costs every fold and every report some
 * time.  Those beyond the limit share the series of the name (other): a row of
 * series says so of each, so that a name is counted in one place for good,
 * whatever comes later, and segments know to ask events for it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/date.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "server.h"
#include "store/direct.h"
#include "tally/cover.h"

PG_FUNCTION_INFO_V1(sms_names_made);

typedef struct Number
{
	pg_uuid_t	key;
	int64		value;
} Number;

struct SmsNames
{
	Relation	series;
	int64		limit;
	HTAB	   *rooms;			/* by account and dimension */
	HTAB	   *others;			/* by digest of the series (other) */
};

static HTAB *
make_table(const char *name)
{
	HASHCTL		control;

	control.keysize = sizeof(pg_uuid_t);
	control.entrysize = sizeof(Number);
	control.hcxt = CurrentMemoryContext;
	return hash_create(name, 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Begins to number names that are new; NULL if there is no limit. */
SmsNames *
sms_names_begin(Relation series, bool limited)
{
	SmsNames   *names;
	int64		limit;

	if (!sms_limit_of("new_names", limited, &limit))
		return NULL;
	names = palloc(sizeof(SmsNames));
	names->series = series;
	names->limit = limit;
	names->rooms = make_table("smsengage rooms");
	names->others = make_table("smsengage others");
	return names;
}

/* Names of a day are counted up to a number. */
typedef struct Made
{
	AttrNumber	own;
	AttrNumber	value;
	int64		n;
	int64		most;
} Made;

static bool
take_made(TupleTableSlot *slot, void *into)
{
	Made	   *made = into;
	SmsText		value = sms_slot_text(slot, made->value);

	if (sms_slot_is_true(slot, made->own) && value.ptr != NULL &&
		!sms_text_is(value, SMS_OTHER_NAME))
		made->n++;
	return made->n < made->most;
}

/*
 * How many names of an account and dimension got a series of their own on a
 * day, also by transactions that have not ended; counts no further than most.
 * -1 if there is no index to find them by.
 */
static int64
count_made(Relation series, Datum account, Datum dimension, DateADT day, int64 most)
{
	static const SmsTableColumn columns[] = {
		SMS_TABLE_COLUMN("account", TEXTOID), SMS_TABLE_COLUMN("dimension", TEXTOID),
		SMS_TABLE_COLUMN("made_on", DATEOID)
	};
	Datum		values[] = {account, dimension, DateADTGetDatum(day)};
	Made		made = {0};

	made.own = sms_require_column(series, "own", BOOLOID);
	made.value = sms_require_column(series, "value", TEXTOID);
	made.most = most;
	if (most > 0 &&
		!sms_scan_unended(series, columns, values, lengthof(columns), take_made, &made))
		return -1;
	return made.n;
}

/* names_made(account, dimension, day) */
Datum
sms_names_made(PG_FUNCTION_ARGS)
{
	Relation	series = sms_open_for_caller("series");
	int64		n;

	if (series == NULL)
		PG_RETURN_NULL();
	n = count_made(series, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATEADT(2),
				   PG_INT64_MAX);
	table_close(series, AccessShareLock);
	if (n < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(n);
}

/*
 * How many names of the account and dimension of a series may still get one of
 * their own; the caller counts down.  NULL if SQL must find out.
 */
int64 *
sms_names_room(SmsNames *names, const SmsDeltaSeries *series)
{
	pg_uuid_t	key;
	Number	   *room;
	bool		found;
	int64		made;

	sms_digest_series(series->account, sms_literal(""), sms_delta_dimension(series),
					  sms_literal(""), &key);
	room = hash_search(names->rooms, &key, HASH_ENTER, &found);
	if (found)
		return &room->value;
	made = count_made(names->series, sms_text_datum(series->account),
					  sms_text_datum(sms_delta_dimension(series)),
					  (DateADT) (GetCurrentTransactionStartTimestamp() / USECS_PER_DAY),
					  names->limit);
	room->value = names->limit - made;
	return made < 0 ? NULL : &room->value;
}

/*
 * The number of the series with which a name beyond the limit is counted; 0 if
 * there is none yet, for the caller to fill in.
 */
int64 *
sms_names_other(SmsNames *names, const SmsDeltaSeries *series, SmsFinder *finder)
{
	pg_uuid_t	key;
	Datum		value = UUIDPGetDatum(&key);
	Number	   *other;
	bool		found;

	sms_digest_series(series->account, sms_literal(sms_event_type_name(series->type)),
					  sms_delta_dimension(series), sms_literal(SMS_OTHER_NAME), &key);
	other = hash_search(names->others, &key, HASH_ENTER, &found);
	if (!found)
	{
		bool		is_null;

		other->value = sms_finder_find(finder, &value) ?
			DatumGetInt64(slot_getattr(finder->slot,
									   get_attnum(RelationGetRelid(names->series), "series_no"),
									   &is_null)) : 0;
	}
	return &other->value;
}
