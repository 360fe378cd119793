/*-------------------------------------------------------------------------
 *
 * delta_funcs.c
 *	  What the events of a batch add to the tallies.
 *
 * An event counts in the series of its account and type, and in one more for
 * each kept dimension in which it has a value.  A message's event counts
 * once: of a multi-part message, the first part.  Events of nobody are only
 * counted, in chunk SMS_NO_CHUNK.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "ingest/batch_args.h"
#include "ingest/delta.h"
#include "server.h"
#include "tally/cover.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_batch_series);
PG_FUNCTION_INFO_V1(sms_batch_tallies);
PG_FUNCTION_INFO_V1(sms_series_digest);

/* The dimensions that a series may have besides '' */
typedef struct Dimension
{
	const char *name;
	SmsTextSlot slot;
} Dimension;

static const Dimension dimensions[SMS_N_DIMENSIONS] = {
	{"bulk_message", SMS_TEXT_BULK_MESSAGE},
	{"link_name", SMS_TEXT_LINK_NAME},
};

#define NO_DIMENSION (-1)

typedef SmsDeltaSeries Series;
typedef SmsDeltaMark Mark;
typedef SmsDeltas Marks;

static bool
same_series(const Series *a, const Series *b)
{
	return a->type == b->type && a->dimension == b->dimension &&
		sms_text_same(a->account, b->account) && sms_text_same(a->value, b->value);
}

static uint32
find_series(Marks *marks, const Series *series)
{
	uint32		hash = hash_bytes((const unsigned char *) series->value.ptr,
								  (int) series->value.len);
	uint32		i;

	hash = hash_combine(hash, hash_bytes((const unsigned char *) series->account.ptr,
										 (int) series->account.len));
	hash = hash_combine(hash, (uint32) (series->type * (SMS_N_DIMENSIONS + 1) + series->dimension + 1));
	for (i = hash & marks->mask; marks->table[i] != 0; i = (i + 1) & marks->mask)
		if (same_series(&marks->series[marks->table[i] - 1], series))
			return marks->table[i] - 1;
	marks->series[marks->n_series] = *series;
	marks->table[i] = ++marks->n_series;
	return marks->n_series - 1;
}

/* Marks the dimension of this name as kept. */
void
sms_keep_dimension(SmsText name, bool *kept)
{
	int			i;

	for (i = 0; i < SMS_N_DIMENSIONS; i++)
		if (sms_text_is(name, dimensions[i].name))
			kept[i] = true;
}

/* Which dimensions an array of names asks for. */
static void
kept_dimensions(ArrayType *names, bool *kept)
{
	Datum	   *elements;
	int			n;
	int			i;

	memset(kept, false, SMS_N_DIMENSIONS * sizeof(bool));
	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &n);
	for (i = 0; i < n; i++)
		sms_keep_dimension(sms_text_of(DatumGetTextPP(elements[i])), kept);
}

/* A message counts once, by its first part. */
static bool
counts(const SmsBatchEvent *event, const SmsKeys *keys)
{
	int32		part = event->number[SMS_NUMBER_PART];

	return sms_batch_is_good(event) && (part == SMS_NO_NUMBER || part == 0) &&
		sms_keys_have(keys, event->key);
}

/* How many events that may be, which is not the number of keys: one may have several. */
static uint32
count_events(const SmsBatch *batch, const SmsKeys *keys)
{
	uint32		n = 0;
	int			i;

	if (keys->all)
		return batch->n_good;
	for (i = 0; i < batch->n_events; i++)
		n += counts(sms_batch_event(batch, i), keys);
	return n;
}

/*
 * The events whose keys are given, each in its series; people are the numbers
 * of the batch's people, NULL if only the series are asked for.
 */
void
sms_deltas_collect(Marks *marks, const SmsBatch *batch, const SmsKeys *keys,
				   const bool *kept, const int64 *people)
{
	uint32		size = 64;
	uint32		most = count_events(batch, keys) * (SMS_N_DIMENSIONS + 1);
	int			i;
	int			j;

	while (size < 2 * most)
		size *= 2;
	marks->mask = size - 1;
	marks->table = palloc_extended((Size) size * sizeof(uint32), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	marks->series = palloc_extended((Size) most * sizeof(Series) + 1, MCXT_ALLOC_HUGE);
	marks->marks = palloc_extended((Size) most * sizeof(Mark) + 1, MCXT_ALLOC_HUGE);
	marks->n = marks->n_series = 0;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		Series		series;

		if (!counts(event, keys))
			continue;
		series.type = event->type;
		series.account = sms_batch_text(batch, event->text[SMS_TEXT_ACCOUNT]);
		for (j = NO_DIMENSION; j < SMS_N_DIMENSIONS; j++)
		{
			Mark	   *mark = &marks->marks[marks->n];

			series.dimension = j;
			series.value = j == NO_DIMENSION ? sms_literal("") :
				sms_batch_text(batch, event->text[dimensions[j].slot]);
			if (j != NO_DIMENSION && (!kept[j] || series.value.ptr == NULL))
				continue;
			mark->series = find_series(marks, &series);
			mark->cell = (uint32) (event->time[SMS_TIME_EVENT] / SMS_QUARTER_HOUR);
			mark->individual_no = people == NULL || event->person == SMS_NO_PERSON ?
				0 : people[event->person];
			marks->n++;
		}
	}
}

/* The key of a series, the same on every server. */
void
sms_digest_series(SmsText account, SmsText type, SmsText dimension, SmsText value,
				  pg_uuid_t *digest)
{
	SmsDigest	state;

	sms_digest_init(&state);
	sms_digest_text(&state, account);
	sms_digest_text(&state, type);
	sms_digest_text(&state, dimension);
	sms_digest_text(&state, value);
	sms_digest_final(&state, digest->data);
}

/* The name of a series' dimension, empty for all events of a type. */
SmsText
sms_delta_dimension(const Series *series)
{
	return sms_literal(series->dimension == NO_DIMENSION ? "" :
					   dimensions[series->dimension].name);
}

/* series_digest(account, event_type, dimension, value) */
Datum
sms_series_digest(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *digest = palloc(sizeof(pg_uuid_t));

	sms_digest_series(sms_text_of(PG_GETARG_TEXT_PP(0)), sms_text_of(PG_GETARG_TEXT_PP(1)),
					  sms_text_of(PG_GETARG_TEXT_PP(2)), sms_text_of(PG_GETARG_TEXT_PP(3)), digest);
	PG_RETURN_UUID_P(digest);
}

/* The key of one of the series. */
void
sms_deltas_digest(const Marks *marks, int i, pg_uuid_t *digest)
{
	const Series *series = &marks->series[i];

	sms_digest_series(series->account, sms_literal(sms_event_type_name(series->type)),
					  sms_delta_dimension(series), series->value, digest);
}

/* (no, digest, account, event_type, dimension, value), one row a series */
Datum
sms_batch_series(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsKeys		keys = sms_keys_argument(fcinfo, 1, batch);
	Marks		marks;
	bool		kept[SMS_N_DIMENSIONS];
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	kept_dimensions(sms_array_argument(fcinfo, 2, TEXTOID), kept);
	sms_deltas_collect(&marks, batch, &keys, kept, NULL);
	for (i = 0; i < marks.n_series; i++)
	{
		const Series *series = &marks.series[i];
		pg_uuid_t	digest;
		Datum		values[6];
		bool		nulls[6] = {false};

		sms_deltas_digest(&marks, i, &digest);
		values[0] = Int32GetDatum(i + 1);
		values[1] = UUIDPGetDatum(&digest);
		values[2] = sms_text_datum(series->account);
		values[3] = sms_text_datum(sms_literal(sms_event_type_name(series->type)));
		values[4] = sms_text_datum(sms_delta_dimension(series));
		values[5] = sms_text_datum(series->value);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

static int
compare_marks(const void *a, const void *b)
{
	const Mark *x = a;
	const Mark *y = b;

	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	return x->individual_no < y->individual_no ? -1 : x->individual_no > y->individual_no;
}

static int32
chunk_of(int64 individual_no)
{
	return individual_no == 0 ? SMS_NO_CHUNK :
		(int32) (sms_check_individual(individual_no) >> SMS_CHUNK_BITS);
}

/* Rows of one chunk of one cell: the tally in pieces that fit a page. */
static void
put_tallies(SmsDeltaSink sink, void *owner, SmsSum *sum, SmsDelta *delta)
{
	uint8_t    *room = palloc(VARHDRSZ + sms_sum_bound(sum));
	uint32_t	word = 0;
	size_t		size;

	do
	{
		word = sms_sum_split(sum, word, SMS_TALLY_MAX_STORED - VARHDRSZ,
							 room + VARHDRSZ, &size);
		SET_VARSIZE(room, VARHDRSZ + size);
		delta->tally = PointerGetDatum(room);
		sink(owner, delta);
	} while (word < SMS_CHUNK_WORDS);
	pfree(room);
}

/*
 * Hands out what the collected events add, in order of series, cell and chunk.
 * The tally of a delta lasts until the sink returns.
 */
void
sms_deltas_emit(Marks *marks, SmsDeltaSink sink, void *owner)
{
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsSum		sum;
	int			i;

	qsort(marks->marks, marks->n, sizeof(Mark), compare_marks);
	sms_sum_init(&sum, &region);
	for (i = 0; i < marks->n;)
	{
		const Mark *first = &marks->marks[i];
		SmsDelta	delta;

		CHECK_FOR_INTERRUPTS();
		delta.series = first->series;
		delta.cell_start = (int64) first->cell * SMS_QUARTER_HOUR;
		delta.chunk = chunk_of(first->individual_no);
		delta.anonymous = 0;
		sms_sum_reset(&sum);
		for (; i < marks->n && marks->marks[i].series == first->series &&
			 marks->marks[i].cell == first->cell &&
			 chunk_of(marks->marks[i].individual_no) == delta.chunk; i++)
		{
			if (delta.chunk == SMS_NO_CHUNK)
				delta.anonymous++;
			else if (!sms_sum_add_one(&sum, (uint32) (marks->marks[i].individual_no & (SMS_CHUNK_SIZE - 1)), 1))
				sms_tally_overflow();
		}
		put_tallies(sink, owner, &sum, &delta);
	}
}

typedef struct TallyRows
{
	ReturnSetInfo *result;
	const int64 *series_no;
} TallyRows;

static void
put_row(void *owner, const SmsDelta *delta)
{
	TallyRows  *rows = owner;
	Datum		values[5];
	bool		nulls[5] = {false};

	values[0] = Int64GetDatum(rows->series_no[delta->series]);
	values[1] = TimestampTzGetDatum(delta->cell_start);
	values[2] = Int32GetDatum(delta->chunk);
	values[3] = delta->tally;
	values[4] = Int64GetDatum(delta->anonymous);
	tuplestore_putvalues(rows->result->setResult, rows->result->setDesc, values, nulls);
}

/* (series_no, cell_start, chunk, tally, anonymous), in that order */
Datum
sms_batch_tallies(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	const int64 *people;
	ArrayType  *series_nos;
	SmsKeys		keys = sms_keys_argument(fcinfo, 2, batch);
	bool		kept[SMS_N_DIMENSIONS];
	TallyRows	rows;
	Marks		marks;

	InitMaterializedSRF(fcinfo, 0);
	/* no series: later parts of messages alone, which do not count */
	if (PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		return (Datum) 0;
	people = sms_people_argument(fcinfo, 1, batch);
	series_nos = sms_array_argument(fcinfo, 4, INT8OID);
	rows.result = (ReturnSetInfo *) fcinfo->resultinfo;
	rows.series_no = (const int64 *) ARR_DATA_PTR(series_nos);
	kept_dimensions(sms_array_argument(fcinfo, 3, TEXTOID), kept);
	sms_deltas_collect(&marks, batch, &keys, kept, people);
	if (ArrayGetNItems(ARR_NDIM(series_nos), ARR_DIMS(series_nos)) != marks.n_series)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected one number for each of %d series", marks.n_series)));
	sms_deltas_emit(&marks, put_row, &rows);
	return (Datum) 0;
}
