/*-------------------------------------------------------------------------
 *
 * eval_cells.c
 *	  How often each person did something, from cells of tallies and, at the
 *	  ends of windows, from events.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "segment/eval_sql.h"
#include "segment/eval_store.h"
#include "server.h"
#include "tally/tally_pg.h"
#include "taxonomy/event_phrases.h"

static SmsStorePlan series_plan = {
	"SELECT s.series_no::bigint, s.own::boolean FROM smsengage.series s"
	" WHERE ($1 IS NULL OR s.event_type = $1) AND s.dimension = $2 AND s.value = $3"
	" AND ($4 IS NULL OR s.account = $4)",
	4, {TEXTOID, TEXTOID, TEXTOID, TEXTOID}, NULL, false, false
};

static SmsStorePlan tally_plan = {
	"SELECT t.chunk::integer, t.tally::smsengage.tally FROM smsengage.engagement_tally t"
	" WHERE t.series_no = ANY ($1) AND t.level = $2 AND t.cell_start >= $3 AND t.cell_start < $4"
	" AND t.chunk >= $5 AND t.chunk < $6",
	6, {INT8ARRAYOID, INT2OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT4OID}, NULL, false, false
};

/* Quarter hours are in the row of their day. */
static SmsStorePlan quarter_hours_plan = {
	"SELECT t.chunk::integer, t.quarters::smsengage.day_tally, t.cell_start::timestamptz FROM smsengage.engagement_tally t"
	" WHERE t.series_no = ANY ($1) AND t.level = $2 AND t.cell_start >= $3 AND t.cell_start < $4"
	" AND t.chunk >= $5 AND t.chunk < $6",
	6, {INT8ARRAYOID, INT2OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT4OID}, NULL, false, false
};

/* The same for several levels at once, added up where the chunk is. */
static SmsStorePlan spread_tally_plan = {
	"SELECT t.chunk::integer, smsengage.sum(coalesce(t.tally, smsengage.tally(t.quarters, t.cell_start, r.since, r.until)))"
	" FROM smsengage.engagement_tally t"
	" JOIN ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($7))"
	" r (level, since, until, first_row)"
	" ON t.level = r.level AND t.cell_start >= r.first_row AND t.cell_start < r.until"
	" WHERE t.series_no = ANY ($1) AND t.chunk >= $5 AND t.chunk < $6 GROUP BY t.chunk",
	7, {INT8ARRAYOID, INT2ARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, INT4OID, INT4OID, TIMESTAMPTZARRAYOID}, NULL, false, false
};

static SmsStorePlan event_plan = {
	/* "+ 0": minutes of events are found by their time and not by the people */
	"SELECT e.individual_no::bigint, 1::bigint FROM smsengage.event e"
	" WHERE e.event_time >= $1 AND e.event_time < $2 AND ($3 IS NULL OR e.event_type = $3)"
	" AND ($4 IS NULL OR e.account = $4) AND e.individual_no + 0 >= $5 AND e.individual_no + 0 < $6"
	" AND e.individual_no <> 0 AND " SMS_FIRST_PART("e."),
	6, {TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, INT8OID, INT8OID}, NULL, false, false
};

/* The same of one person, who is found by the index on people. */
static SmsStorePlan own_event_plan = {
	"SELECT e.individual_no::bigint, 1::bigint FROM smsengage.event e"
	" WHERE e.event_time >= $1 AND e.event_time < $2 AND ($3 IS NULL OR e.event_type = $3)"
	" AND ($4 IS NULL OR e.account = $4) AND e.individual_no = $5 AND " SMS_FIRST_PART("e."),
	5, {TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, INT8OID}, NULL, false, false
};

static SmsStorePlan dimension_plan = {
	"SELECT d.complete_from::timestamptz FROM smsengage.tally_dimension d WHERE d.dimension = $1",
	1, {TEXTOID}, NULL, false, false
};

/*
 * Sums that stay from one evaluation to the next of a session: to get their
 * memory from the system each time took a fifth of a short evaluation.
 */
#define KEPT_MEMORY (4 * 1024 * 1024)

static struct
{
	MemoryContext context;
	SmsRegion	region;
	SmsSum		sums[SMS_GROUP_CHUNKS];
	bool		busy;
} kept;

static void
init_sums(SmsSum *sums, SmsRegion *region)
{
	int			i;

	for (i = 0; i < SMS_GROUP_CHUNKS; i++)
		sms_sum_init(&sums[i], region);
}

static void
release_sums(void *arg)
{
	kept.busy = false;
	if (MemoryContextMemAllocated(kept.context, true) <= KEPT_MEMORY)
		return;
	MemoryContextDelete(kept.context);
	kept.context = NULL;
}

/* The kept sums or, inside an evaluation that has them, others. */
static SmsSum *
take_sums(SmsEval *eval)
{
	MemoryContextCallback *callback;
	SmsSum	   *sums;

	if (kept.busy)
	{
		sums = sms_region_alloc(&eval->region, SMS_GROUP_CHUNKS * sizeof(SmsSum));
		init_sums(sums, &eval->region);
		return sums;
	}
	if (kept.context == NULL)
	{
		kept.context = AllocSetContextCreate(TopMemoryContext, "smsengage sums",
											 ALLOCSET_DEFAULT_SIZES);
		kept.region = sms_region_in(kept.context);
		init_sums(kept.sums, &kept.region);
	}
	callback = palloc0(sizeof(MemoryContextCallback));
	callback->func = release_sums;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	kept.busy = true;
	return kept.sums;
}

/* Turns to a group of chunks. */
void
sms_eval_group(SmsEval *eval, int32 first_chunk, int32 n_chunks)
{
	if (eval->sums == NULL)
		eval->sums = take_sums(eval);
	eval->first_chunk = first_chunk;
	eval->n_chunks = n_chunks;
	if (eval->known != NULL)
		pfree(eval->known);
	eval->known = NULL;
	eval->periods = 0;
	sms_saved_reset(eval);
}

/* Numbers of series that are found. */
typedef struct FoundSeries
{
	ArrayBuildState *numbers;
	bool		shared;			/* one is counted together with other names */
} FoundSeries;

static void
take_series(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	FoundSeries *found = into;

	found->numbers = accumArrayResult(found->numbers, slot->tts_values[0], false, INT8OID,
									  CurrentMemoryContext);
	found->shared |= slot->tts_isnull[1] || !DatumGetBool(slot->tts_values[1]);
}

/*
 * The series of a type (NULL: all) with a value of a dimension, as an array.
 * *shared: their tallies hold events of other values, too.
 */
static Datum
find_series(SmsEval *eval, const char *type, const char *dimension, SmsText value,
			bool *any, bool *shared)
{
	FoundSeries found = {NULL, false};
	Datum		values[4];
	bool		nulls[4] = {false};

	nulls[0] = type == NULL;
	if (type != NULL)
		values[0] = CStringGetTextDatum(type);
	values[1] = CStringGetTextDatum(dimension);
	values[2] = sms_text_datum(value);
	values[3] = eval->account;
	nulls[3] = !eval->has_account;
	sms_store_run(&series_plan, values, nulls, take_series, eval, &found);
	*any = found.numbers != NULL;
	*shared = found.shared;
	return *any ? makeArrayResult(found.numbers, CurrentMemoryContext) : (Datum) 0;
}

/* Cells are what their parts add up to, or somebody changed them by hand. */
static void
report_disagreement(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("cells of engagement_tally do not add up"),
			 errhint("CALL smsengage.rebuild('engagement_tally') makes them anew.")));
}

/* A row of engagement_tally is added to the sum of its chunk. */
static void
take_tally(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	int32		chunk = DatumGetInt32(slot->tts_values[0]) - eval->first_chunk;

	CHECK_FOR_INTERRUPTS();
	if (!sms_sum_add(&eval->sums[chunk], sms_tally_from_datum(slot->tts_values[1])))
		sms_tally_overflow();
}

/* As take_tally, to take it away. */
static void
take_away_tally(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	int32		chunk = DatumGetInt32(slot->tts_values[0]) - eval->first_chunk;

	CHECK_FOR_INTERRUPTS();
	if (!sms_sum_subtract(&eval->sums[chunk], sms_tally_from_datum(slot->tts_values[1])))
		report_disagreement();
}

/* As take_tally, for who is in it and not how often. */
static void
take_tally_people(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	int32		chunk = DatumGetInt32(slot->tts_values[0]) - eval->first_chunk;

	CHECK_FOR_INTERRUPTS();
	sms_tally_bits(sms_tally_from_datum(slot->tts_values[1]),
				   (SmsPeople) into + (int64) chunk * SMS_CHUNK_WORDS);
}

/* (individual_no, events) is added to the sum of its chunk. */
static void
take_count(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	int64		number = DatumGetInt64(slot->tts_values[0]) - sms_group_start(eval);
	int64		count = DatumGetInt64(slot->tts_values[1]);

	CHECK_FOR_INTERRUPTS();
	if (count > SMS_TALLY_MAX_COUNT ||
		!sms_sum_add_one(&eval->sums[number >> SMS_CHUNK_BITS],
						 (uint32_t) (number & (SMS_CHUNK_SIZE - 1)), (uint32_t) count))
		sms_tally_overflow();
}

/* As take_count, to take it away. */
static void
take_away_count(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	int64		number = DatumGetInt64(slot->tts_values[0]) - sms_group_start(eval);

	CHECK_FOR_INTERRUPTS();
	if (!sms_sum_subtract_one(&eval->sums[number >> SMS_CHUNK_BITS],
							  (uint32_t) (number & (SMS_CHUNK_SIZE - 1)),
							  (uint32_t) DatumGetInt64(slot->tts_values[1])))
		report_disagreement();
}

static void
take_person(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	int64		number = DatumGetInt64(slot->tts_values[0]) - sms_group_start(eval);

	CHECK_FOR_INTERRUPTS();
	((SmsPeople) into)[number / 64] |= UINT64_C(1) << number % 64;
}

/* Quarter hours of one run, which are to be counted or, into people, joined. */
typedef struct QuarterHourRun
{
	const SmsRun *run;
	SmsPeople	people;
} QuarterHourRun;

/* Those of a row's quarter hours that are in the run are added or taken away. */
static void
take_quarter_hours(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	QuarterHourRun *quarters = into;
	int32		chunk = DatumGetInt32(slot->tts_values[0]) - eval->first_chunk;
	SmsDayTally day = sms_day_from_datum(slot->tts_values[1]);
	TimestampTz start = DatumGetTimestampTz(slot->tts_values[2]);
	uint32_t	first = sms_quarter_hours_before(start, quarters->run->since);
	uint32_t	end = sms_quarter_hours_before(start, quarters->run->until);

	CHECK_FOR_INTERRUPTS();
	if (quarters->people != NULL)
		sms_day_bits(day, first, end, quarters->people + (int64) chunk * SMS_CHUNK_WORDS);
	else if (quarters->run->minus)
	{
		if (!sms_day_subtract(&eval->sums[chunk], day, first, end))
			report_disagreement();
	}
	else if (!sms_day_add(&eval->sums[chunk], day, first, end))
		sms_tally_overflow();
}

/* Where the rows of a run begin. */
static TimestampTz
first_row(const SmsRun *run)
{
	return run->level == SMS_LEVEL_QUARTER_HOUR ? sms_cell_start(SMS_LEVEL_DAY, run->since) : run->since;
}

/* Reads all runs by one query, which each chunk answers under one snapshot. */
static void
read_spread_cells(SmsEval *eval, Datum series, const SmsRun *runs, int n, SmsTakeRow take, void *into)
{
	Datum		columns[4][SMS_MAX_RUNS + 1];
	Datum		values[7];
	int			i;

	for (i = 0; i < n; i++)
	{
		columns[0][i] = Int16GetDatum(runs[i].level);
		columns[1][i] = TimestampTzGetDatum(runs[i].since);
		columns[2][i] = TimestampTzGetDatum(runs[i].until);
		columns[3][i] = TimestampTzGetDatum(first_row(&runs[i]));
	}
	values[0] = series;
	values[1] = PointerGetDatum(construct_array(columns[0], n, INT2OID, sizeof(int16), true, TYPALIGN_SHORT));
	for (i = 1; i < 4; i++)
		values[i < 3 ? 1 + i : 6] = PointerGetDatum(construct_array(columns[i], n, TIMESTAMPTZOID, sizeof(TimestampTz),
														FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[4] = Int32GetDatum(eval->first_chunk);
	values[5] = Int32GetDatum(eval->first_chunk + eval->n_chunks);
	sms_store_run(&spread_tally_plan, values, NULL, take, eval, into);
}

/* Reads the cells of one run; values are for tally_plan, and know series and chunks. */
static void
read_run(SmsEval *eval, Datum *values, const SmsRun *cells, SmsPeople people)
{
	QuarterHourRun	quarters = {cells, people};
	SmsTakeRow		take = people != NULL ? take_tally_people :
		cells->minus ? take_away_tally : take_tally;

	values[1] = Int16GetDatum(cells->level);
	values[2] = TimestampTzGetDatum(first_row(cells));
	values[3] = TimestampTzGetDatum(cells->until);
	if (cells->level == SMS_LEVEL_QUARTER_HOUR)
		sms_store_run(&quarter_hours_plan, values, NULL, take_quarter_hours, eval, &quarters);
	else
		sms_store_run(&tally_plan, values, NULL, take, eval, people);
}

/*
 * Reads the cells of [since, until) and the deltas inside it: counts them or,
 * into people, joins who is in them.  What the cover leaves at the ends is
 * the caller's.
 */
static void
read_cells(SmsEval *eval, Datum series, TimestampTz since, TimestampTz until,
		   SmsPeople people, SmsCover *cover)
{
	SmsRun		runs[SMS_MAX_RUNS + 1];
	Datum		values[6];
	int			n;
	int			i;

	/* sets are only joined, and so are tallies where the chunks are */
	sms_cover(since, until, people == NULL && !eval->spread, cover);
	n = cover->n_runs;
	memcpy(runs, cover->run, n * sizeof(SmsRun));
	if (cover->first_cell < cover->last_cell)
	{
		runs[n].level = SMS_LEVEL_DELTA;
		runs[n].minus = false;
		runs[n].since = cover->first_cell;
		runs[n++].until = cover->last_cell;
	}
	if (eval->spread)
	{
		read_spread_cells(eval, series, runs, n, people == NULL ? take_tally : take_tally_people, people);
		return;
	}
	values[0] = series;
	values[4] = Int32GetDatum(eval->first_chunk);
	values[5] = Int32GetDatum(eval->first_chunk + eval->n_chunks);
	for (i = 0; i < n; i++)
		if (!runs[i].minus)
			read_run(eval, values, &runs[i], people);
	for (i = 0; i < n; i++)
		if (runs[i].minus)
			read_run(eval, values, &runs[i], people);
}

/* Reads the events of a type (NULL: any) in [since, until). */
static void
read_events(SmsEval *eval, const char *type, TimestampTz since, TimestampTz until,
			SmsTakeRow take, void *into)
{
	Datum		values[6];
	bool		nulls[6] = {false};

	if (since >= until)
		return;
	values[0] = TimestampTzGetDatum(since);
	values[1] = TimestampTzGetDatum(until);
	nulls[2] = type == NULL;
	if (type != NULL)
		values[2] = CStringGetTextDatum(type);
	values[3] = eval->account;
	nulls[3] = !eval->has_account;
	if (eval->only != 0)
	{
		values[4] = Int64GetDatum(eval->only);
		sms_store_run(&own_event_plan, values, nulls, take, eval, into);
		return;
	}
	values[4] = Int64GetDatum(sms_group_start(eval));
	values[5] = Int64GetDatum(sms_group_start(eval) + ((int64) eval->n_chunks << SMS_CHUNK_BITS));
	sms_store_run(&event_plan, values, nulls, take, eval, into);
}

/*
 * Runs a query made for this rule: $1, $2 the window, $3, $4 the numbers of
 * the group, $5 the account or null, $6 the moment.
 */
static void
read_query(SmsEval *eval, const char *query, TimestampTz since, TimestampTz until,
		   SmsTakeRow take, void *into)
{
	Oid			types[6] = {TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT8OID, TEXTOID, TIMESTAMPTZOID};
	ParamListInfo params = makeParamList(6);
	SPIPlanPtr	plan;
	int			i;

	if (since >= until)
		return;
	params->params[0].value = TimestampTzGetDatum(since);
	params->params[1].value = TimestampTzGetDatum(until);
	params->params[2].value = Int64GetDatum(sms_group_start(eval));
	params->params[3].value = Int64GetDatum(sms_group_start(eval) +
											((int64) eval->n_chunks << SMS_CHUNK_BITS));
	params->params[4].value = eval->account;
	params->params[5].value = TimestampTzGetDatum(eval->at);
	for (i = 0; i < 6; i++)
	{
		params->params[i].isnull = i == 4 && !eval->has_account;
		params->params[i].pflags = PARAM_FLAG_CONST;
		params->params[i].ptype = types[i];
	}
	plan = SPI_prepare(query, 6, types);
	if (plan == NULL)
		elog(ERROR, "preparing a query of the store failed: %s",
			 SPI_result_code_string(SPI_result));
	sms_store_run_plan(plan, params, false, take, eval, into);
	SPI_freeplan(plan);
}

/* Adds to people those whom a query made for this rule names. */
void
sms_eval_query(SmsEval *eval, const char *query, TimestampTz since,
			   TimestampTz until, SmsPeople people)
{
	read_query(eval, query, since, until, take_person, people);
}

/* Counts, event by event, what a pick names, or takes it away (take). */
static void
count_events(SmsEval *eval, const SmsEventPick *pick, TimestampTz since, TimestampTz until,
			 SmsTakeRow take)
{
	char	   *query;

	if (pick->n_filters == 0)
	{
		read_events(eval, sms_event_type_name(pick->type), since, until, take, NULL);
		return;
	}
	query = psprintf("SELECT e.individual_no::bigint, pg_catalog.count(*) FROM smsengage.event e"
					 " WHERE e.event_time >= $1 AND e.event_time < $2"
					 " AND e.individual_no >= $3 AND e.individual_no < $4 AND e.individual_no <> 0"
					 " AND ($5 IS NULL OR e.account = $5) AND $6 IS NOT NULL"
					 " AND " SMS_FIRST_PART("e.") "%s GROUP BY 1",
					 sms_pick_sql(pick, "e"));
	read_query(eval, query, since, until, take, NULL);
}

static void
take_time(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	*(TimestampTz *) into = DatumGetTimestampTz(slot->tts_values[0]);
}

/*
 * The dimension whose tallies answer the pick: '' without filters, NULL if
 * there is none.  *complete_from: the tallies hold all events since then.
 */
static const char *
tallied_dimension(SmsEval *eval, const SmsEventPick *pick, SmsText *value,
				  TimestampTz *complete_from)
{
	const SmsFilter *filter = sms_only_equality(pick);
	Datum		name;

	*value = sms_literal("");
	*complete_from = DT_NOBEGIN;
	if (pick->n_filters == 0)
		return "";
	/* that name is counted together with those beyond the limit of new ones */
	if (filter == NULL || sms_text_is(filter->values[0], SMS_OTHER_NAME))
		return NULL;
	name = CStringGetTextDatum(filter->column->name);
	*complete_from = DT_NOEND;
	sms_store_run(&dimension_plan, &name, NULL, take_time, eval, complete_from);
	*value = filter->values[0];
	return *complete_from == DT_NOEND ? NULL : filter->column->name;
}

/*
 * Fills the group's sums with how often each person did what the pick names
 * in [since, until): from whole cells where there are tallies, from events at
 * the ends and where there are none.
 */
void
sms_eval_count(SmsEval *eval, const SmsEventPick *pick, TimestampTz since,
			   TimestampTz until)
{
	TimestampTz complete_from;
	const char *dimension;
	SmsText		value;
	SmsCover	cover;
	Datum		series;
	bool		any;
	bool		shared;
	int			i;

	for (i = 0; i < eval->n_chunks; i++)
		sms_sum_reset(&eval->sums[i]);
	since = Max(since, SMS_LADDER_START);
	if (since >= until)
		return;
	dimension = tallied_dimension(eval, pick, &value, &complete_from);
	if (dimension == NULL)
	{
		count_events(eval, pick, since, until, take_count);
		return;
	}
	series = find_series(eval, sms_event_type_name(pick->type), dimension, value, &any, &shared);
	if (shared)
	{
		count_events(eval, pick, since, until, take_count);
		return;
	}
	if (complete_from > since)
	{
		/* the quarter hour that it lies in may have events from before */
		complete_from = sms_cell_start(SMS_LEVEL_QUARTER_HOUR, Min(complete_from, until) + SMS_QUARTER_HOUR - 1);
		complete_from = Min(complete_from, until);
		count_events(eval, pick, since, complete_from, take_count);
		since = complete_from;
	}
	if (!any)
		return;
	read_cells(eval, series, since, until, NULL, &cover);
	/* one of each pair is empty */
	count_events(eval, pick, cover.since, cover.first_cell, take_count);
	count_events(eval, pick, cover.last_cell, cover.until, take_count);
	count_events(eval, pick, cover.first_cell, cover.since, take_away_count);
	count_events(eval, pick, cover.until, cover.last_cell, take_away_count);
}

/* Adds to people everyone with an event before the moment. */
void
sms_eval_known(SmsEval *eval, SmsPeople people)
{
	SmsCover	cover;
	Datum		series;
	bool		any;
	bool		shared;

	series = find_series(eval, NULL, "", sms_literal(""), &any, &shared);
	if (!any)
		return;
	read_cells(eval, series, SMS_LADDER_START, Max(eval->at, SMS_LADDER_START), people, &cover);
	read_events(eval, NULL, cover.since, cover.first_cell, take_person, people);
	read_events(eval, NULL, cover.last_cell, cover.until, take_person, people);
}
