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

#include "payload/batch_args.h"
#include "server.h"
#include "tally/cover.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_batch_series);
PG_FUNCTION_INFO_V1(sms_batch_tallies);
PG_FUNCTION_INFO_V1(sms_cell_start_sql);
PG_FUNCTION_INFO_V1(sms_cell_end_sql);
PG_FUNCTION_INFO_V1(sms_series_digest);

/* The dimensions that a series may have besides '' */
typedef struct Dimension
{
	const char *name;
	SmsTextSlot slot;
} Dimension;

static const Dimension dimensions[] = {
	{"bulk_message", SMS_TEXT_BULK_MESSAGE},
	{"link_name", SMS_TEXT_LINK_NAME},
};

#define N_DIMENSIONS ((int) lengthof(dimensions))
#define NO_DIMENSION (-1)

typedef struct Series
{
	SmsEventType type;
	int			dimension;		/* in dimensions[], or NO_DIMENSION */
	SmsText		account;
	SmsText		value;			/* '' without a dimension */
} Series;

/* One event in one series. */
typedef struct Mark
{
	uint32		series;
	uint32		cell;			/* quarter hours since 2000 */
	int64		individual_no;
} Mark;

typedef struct Marks
{
	Series	   *series;
	int			n_series;
	uint32	   *table;			/* series + 1 by hash; 0 is free */
	uint32		mask;
	Mark	   *marks;
	int			n;
} Marks;

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
	hash = hash_combine(hash, (uint32) (series->type * (N_DIMENSIONS + 1) + series->dimension + 1));
	for (i = hash & marks->mask; marks->table[i] != 0; i = (i + 1) & marks->mask)
		if (same_series(&marks->series[marks->table[i] - 1], series))
			return marks->table[i] - 1;
	marks->series[marks->n_series] = *series;
	marks->table[i] = ++marks->n_series;
	return marks->n_series - 1;
}

/* Which of dimensions[] an array of names asks for. */
static void
kept_dimensions(ArrayType *names, bool *kept)
{
	Datum	   *elements;
	int			n;
	int			i;
	int			j;

	memset(kept, false, N_DIMENSIONS * sizeof(bool));
	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &n);
	for (i = 0; i < n; i++)
		for (j = 0; j < N_DIMENSIONS; j++)
			if (sms_text_is(sms_text_of(DatumGetTextPP(elements[i])), dimensions[j].name))
				kept[j] = true;
}

/* A message counts once, by its first part. */
static bool
counts(const SmsBatchEvent *event, const SmsKeys *keys)
{
	int32		part = event->number[SMS_NUMBER_PART];

	return sms_batch_is_good(event) && (part == SMS_NO_NUMBER || part == 0) &&
		sms_keys_have(keys, event->key);
}

/* The marks of the events whose keys are given. */
static void
collect_marks(Marks *marks, const SmsBatch *batch, const SmsKeys *keys,
			  ArrayType *dimension_names, const int64 *people)
{
	bool		kept[N_DIMENSIONS];
	uint32		size = 64;
	int			most = keys->n * (N_DIMENSIONS + 1);
	int			i;
	int			j;

	kept_dimensions(dimension_names, kept);
	while (size < 2 * (uint32) most)
		size *= 2;
	marks->mask = size - 1;
	marks->table = palloc0(size * sizeof(uint32));
	marks->series = palloc(most * sizeof(Series) + 1);
	marks->marks = palloc(most * sizeof(Mark) + 1);
	marks->n = marks->n_series = 0;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		Series		series;

		if (!counts(event, keys))
			continue;
		series.type = event->type;
		series.account = sms_batch_text(batch, event->text[SMS_TEXT_ACCOUNT]);
		for (j = NO_DIMENSION; j < N_DIMENSIONS; j++)
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
static void
digest_series(SmsText account, SmsText type, SmsText dimension, SmsText value,
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

/* series_digest(account, event_type, dimension, value) */
Datum
sms_series_digest(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *digest = palloc(sizeof(pg_uuid_t));

	digest_series(sms_text_of(PG_GETARG_TEXT_PP(0)), sms_text_of(PG_GETARG_TEXT_PP(1)),
				  sms_text_of(PG_GETARG_TEXT_PP(2)), sms_text_of(PG_GETARG_TEXT_PP(3)), digest);
	PG_RETURN_UUID_P(digest);
}

/* (no, digest, account, event_type, dimension, value), one row a series */
Datum
sms_batch_series(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsKeys		keys = sms_keys_argument(fcinfo, 1, batch);
	Marks		marks;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	collect_marks(&marks, batch, &keys,
				  sms_array_argument(fcinfo, 2, TEXTOID), NULL);
	for (i = 0; i < marks.n_series; i++)
	{
		const Series *series = &marks.series[i];
		SmsText		type = sms_literal(sms_event_type_name(series->type));
		SmsText		dimension = sms_literal(series->dimension == NO_DIMENSION ? "" :
											dimensions[series->dimension].name);
		pg_uuid_t	digest;
		Datum		values[6];
		bool		nulls[6] = {false};

		digest_series(series->account, type, dimension, series->value, &digest);
		values[0] = Int32GetDatum(i + 1);
		values[1] = UUIDPGetDatum(&digest);
		values[2] = sms_text_datum(series->account);
		values[3] = sms_text_datum(type);
		values[4] = sms_text_datum(dimension);
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
	return individual_no == 0 ? SMS_NO_CHUNK : (int32) (individual_no >> SMS_CHUNK_BITS);
}

/* Rows of one chunk of one cell: the tally in pieces that fit a page. */
static void
put_tallies(ReturnSetInfo *rsinfo, SmsSum *sum, int64 series_no, uint32 cell,
			int32 chunk, int64 anonymous)
{
	Datum		values[5];
	bool		nulls[5] = {false};
	uint8_t    *room = palloc(VARHDRSZ + sms_sum_bound(sum));
	uint32_t	word = 0;
	size_t		size;

	do
	{
		word = sms_sum_split(sum, word, SMS_TALLY_MAX_STORED - VARHDRSZ,
							 room + VARHDRSZ, &size);
		SET_VARSIZE(room, VARHDRSZ + size);
		values[0] = Int64GetDatum(series_no);
		values[1] = TimestampTzGetDatum((int64) cell * SMS_QUARTER_HOUR);
		values[2] = Int32GetDatum(chunk);
		values[3] = PointerGetDatum(room);
		values[4] = Int64GetDatum(anonymous);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	} while (word < SMS_CHUNK_WORDS);
	pfree(room);
}

/* (series_no, cell_start, chunk, tally, anonymous), in that order */
Datum
sms_batch_tallies(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ArrayType  *people = PG_ARGISNULL(1) ? NULL : sms_array_argument(fcinfo, 1, INT8OID);
	ArrayType  *series_nos;
	const int64 *series_no;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsKeys		keys = sms_keys_argument(fcinfo, 2, batch);
	SmsSum		sum;
	Marks		marks;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	/* no series: later parts of messages alone, which do not count */
	if (PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		return (Datum) 0;
	series_nos = sms_array_argument(fcinfo, 4, INT8OID);
	series_no = (const int64 *) ARR_DATA_PTR(series_nos);
	collect_marks(&marks, batch, &keys,
				  sms_array_argument(fcinfo, 3, TEXTOID),
				  people == NULL ? NULL : (const int64 *) ARR_DATA_PTR(people));
	if (ArrayGetNItems(ARR_NDIM(series_nos), ARR_DIMS(series_nos)) != marks.n_series ||
		(people != NULL &&
		 ArrayGetNItems(ARR_NDIM(people), ARR_DIMS(people)) != batch->n_people))
		elog(ERROR, "expected one number for each series and each person of the batch");
	qsort(marks.marks, marks.n, sizeof(Mark), compare_marks);
	sms_sum_init(&sum, &region);
	for (i = 0; i < marks.n;)
	{
		const Mark *first = &marks.marks[i];
		int32		chunk = chunk_of(first->individual_no);
		int64		anonymous = 0;

		CHECK_FOR_INTERRUPTS();
		sms_sum_reset(&sum);
		for (; i < marks.n && marks.marks[i].series == first->series &&
			 marks.marks[i].cell == first->cell &&
			 chunk_of(marks.marks[i].individual_no) == chunk; i++)
		{
			if (chunk == SMS_NO_CHUNK)
				anonymous++;
			else if (!sms_sum_add_one(&sum, (uint32) (marks.marks[i].individual_no & (SMS_CHUNK_SIZE - 1)), 1))
				sms_tally_overflow();
		}
		put_tallies(rsinfo, &sum, series_no[first->series], first->cell, chunk, anonymous);
	}
	return (Datum) 0;
}

/* The arguments (level, at) of the two functions below. */
static TimestampTz
cell_arguments(FunctionCallInfo fcinfo, int32 *level)
{
	*level = PG_GETARG_INT32(0);
	if (*level < 0 || *level >= SMS_N_LEVELS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level must be between 0 and %d", SMS_N_LEVELS - 1)));
	return PG_GETARG_TIMESTAMPTZ(1);
}

/* cell_start(level, at) */
Datum
sms_cell_start_sql(PG_FUNCTION_ARGS)
{
	int32		level;
	TimestampTz at = cell_arguments(fcinfo, &level);

	if (!TIMESTAMP_NOT_FINITE(at))
		at = sms_cell_start(level, at);
	PG_RETURN_TIMESTAMPTZ(at);
}

/* cell_end(level, at) */
Datum
sms_cell_end_sql(PG_FUNCTION_ARGS)
{
	int32		level;
	TimestampTz at = cell_arguments(fcinfo, &level);

	if (!TIMESTAMP_NOT_FINITE(at))
		at = sms_cell_start(level, at) + sms_cell_length(level);
	PG_RETURN_TIMESTAMPTZ(at);
}
