/*-------------------------------------------------------------------------
 *
 * eval_store.c
 *	  What an evaluation reads from the store: tallies, events, people.
 *
 * Everything goes through SPI with the caller's rights and the caller's
 * snapshot: under one snapshot a cell is the sum of its rows and the deltas
 * inside it, whatever fold() does meanwhile.  Rows are taken as they are
 * scanned and not collected.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "segment/eval.h"
#include "segment/eval_sql.h"
#include "segment/rule_type.h"
#include "server.h"
#include "tally/tally_pg.h"

/* A receiver that hands each row to a function. */
typedef struct RowReceiver
{
	DestReceiver pub;
	void		(*take) (SmsEval *eval, TupleTableSlot *slot, void *into);
	SmsEval    *eval;
	void	   *into;
	MemoryContext context;		/* what take() allocates outlives the query */
} RowReceiver;

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext outer = MemoryContextSwitchTo(receiver->context);

	slot_getallattrs(slot);
	receiver->take(receiver->eval, slot, receiver->into);
	MemoryContextSwitchTo(outer);
	return true;
}

static void
receiver_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}

static void
receiver_done(DestReceiver *self)
{
}

/* A plan that is prepared once a session. */
typedef struct StorePlan
{
	const char *query;
	int			nargs;
	Oid			types[7];
	SPIPlanPtr	plan;
	bool		generic;
} StorePlan;

/*
 * Whether the store is spread over a cluster: then a plan needs to know
 * its parameters, and one query for all is better than several.
 */
static bool spread;

static StorePlan series_plan = {
	"SELECT s.series_no FROM smsengage.series s"
	" WHERE ($1 IS NULL OR s.event_type = $1) AND s.dimension = $2 AND s.value = $3"
	" AND ($4 IS NULL OR s.account = $4)",
	4, {TEXTOID, TEXTOID, TEXTOID, TEXTOID}, NULL, false
};

static StorePlan tally_plan = {
	"SELECT t.chunk, t.tally FROM smsengage.engagement_tally t"
	" WHERE t.series_no = ANY ($1) AND t.level = $2 AND t.cell_start >= $3 AND t.cell_start < $4"
	" AND t.chunk >= $5 AND t.chunk < $6",
	6, {INT8ARRAYOID, INT2OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT4OID}, NULL, false
};

/* The same for several levels at once, added up where the chunk is. */
static StorePlan spread_tally_plan = {
	"SELECT t.chunk, smsengage.sum(t.tally) FROM smsengage.engagement_tally t"
	" JOIN ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4)) r (level, since, until)"
	" ON t.level = r.level AND t.cell_start >= r.since AND t.cell_start < r.until"
	" WHERE t.series_no = ANY ($1) AND t.chunk >= $5 AND t.chunk < $6 GROUP BY t.chunk",
	6, {INT8ARRAYOID, INT2ARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, INT4OID, INT4OID}, NULL, false
};

static StorePlan event_plan = {
	/* "+ 0": minutes of events are found by their time and not by the people */
	"SELECT e.individual_no, 1::bigint FROM smsengage.event e"
	" WHERE e.event_time >= $1 AND e.event_time < $2 AND ($3 IS NULL OR e.event_type = $3)"
	" AND ($4 IS NULL OR e.account = $4) AND e.individual_no + 0 >= $5 AND e.individual_no + 0 < $6"
	" AND e.individual_no <> 0 AND (e.part IS NULL OR e.part = 0)",
	6, {TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, INT8OID, INT8OID}, NULL, false
};

static StorePlan dimension_plan = {
	"SELECT d.complete_from FROM smsengage.tally_dimension d WHERE d.dimension = $1",
	1, {TEXTOID}, NULL, false
};

static StorePlan chunks_plan = {
	"SELECT max(i.individual_no) FROM smsengage.individual i",
	0, {0}, NULL, false
};

static StorePlan people_plan = {
	"SELECT i.individual_no, i.individual_id, i.scope FROM smsengage.individual i"
	" WHERE i.individual_no >= $1 AND i.individual_no < $2",
	2, {INT8OID, INT8OID}, NULL, false
};

/* without the scope all of it is in an index */
static StorePlan ids_plan = {
	"SELECT i.individual_no, i.individual_id FROM smsengage.individual i"
	" WHERE i.individual_no >= $1 AND i.individual_no < $2",
	2, {INT8OID, INT8OID}, NULL, false
};

static StorePlan few_people_plan = {
	"SELECT i.individual_no, i.individual_id, i.scope FROM smsengage.individual i"
	" WHERE i.individual_no = ANY ($1)",
	1, {INT8ARRAYOID}, NULL, false
};

static StorePlan links_plan = {
	"SELECT l.individual_no, l.other_no FROM smsengage.individual_link l WHERE l.valid_from <= $1",
	1, {TIMESTAMPTZOID}, NULL, false
};

static StorePlan saved_plan = {
	"SELECT d.rule::smsengage.segment_rule FROM smsengage.segment_definition d WHERE d.name = $1",
	1, {TEXTOID}, NULL, false
};

static void
run_plan(SPIPlanPtr plan, ParamListInfo params,
		 void (*take) (SmsEval *, TupleTableSlot *, void *), SmsEval *eval, void *into)
{
	SPIExecuteOptions options;
	RowReceiver receiver;
	int			result;

	memset(&receiver, 0, sizeof(receiver));
	receiver.pub.receiveSlot = receive_row;
	receiver.pub.rStartup = receiver_startup;
	receiver.pub.rShutdown = receiver_done;
	receiver.pub.rDestroy = receiver_done;
	receiver.pub.mydest = DestNone;
	receiver.take = take;
	receiver.eval = eval;
	receiver.into = into;
	receiver.context = CurrentMemoryContext;
	memset(&options, 0, sizeof(options));
	options.params = params;
	options.read_only = true;
	options.dest = &receiver.pub;
	result = SPI_execute_plan_extended(plan, &options);
	if (result < 0)
		elog(ERROR, "reading the store failed: %s", SPI_result_code_string(result));
}

static void
run(StorePlan *plan, const Datum *values, const bool *nulls,
	void (*take) (SmsEval *, TupleTableSlot *, void *), SmsEval *eval, void *into)
{
	/* a list of no parameters is NULL, as SPI makes it; Citus relies on that */
	ParamListInfo params = plan->nargs > 0 ? makeParamList(plan->nargs) : NULL;
	int			i;

	if (plan->plan != NULL && plan->generic == spread)
	{
		SPI_freeplan(plan->plan);
		plan->plan = NULL;
	}
	if (plan->plan == NULL)
	{
		SPIPlanPtr	prepared = SPI_prepare_cursor(plan->query, plan->nargs, plan->types,
												  spread ? 0 : CURSOR_OPT_GENERIC_PLAN);

		if (prepared == NULL)
			elog(ERROR, "preparing a query of the store failed: %s",
				 SPI_result_code_string(SPI_result));
		SPI_keepplan(prepared);
		plan->plan = prepared;
		plan->generic = !spread;
	}
	for (i = 0; i < plan->nargs; i++)
	{
		params->params[i].value = values[i];
		params->params[i].isnull = nulls != NULL && nulls[i];
		params->params[i].pflags = PARAM_FLAG_CONST;
		params->params[i].ptype = plan->types[i];
	}
	run_plan(plan->plan, params, take, eval, into);
}

/*
 * Opens an evaluation; SPI must be connected.  Returns a GUC level that ends
 * with it: while the plans above are made, index scans are preferred, so that
 * a plan made when a table was small still serves when it is not.
 */
int
sms_eval_begin(SmsEval *eval, TimestampTz at, bool has_account, Datum account)
{
	int			guc_level = NewGUCNestLevel();

	memset(eval, 0, sizeof(*eval));
	eval->at = at;
	eval->has_account = has_account;
	eval->account = account;
	eval->region = sms_region_in(CurrentMemoryContext);
	spread = sms_store_is_distributed();
	eval->spread = spread;
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the moment asked for must be finite")));
	(void) set_config_option("enable_seqscan", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	/* operators are the server's, whatever lies in the caller's path */
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	/* a scan that is made all the same looks dear enough to be compiled */
	(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return guc_level;
}

void
sms_eval_end(int guc_level)
{
	AtEOXact_GUC(true, guc_level);
}

static void
take_int64(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	if (!slot->tts_isnull[0])
		*(int64 *) into = DatumGetInt64(slot->tts_values[0]);
}

/* How many chunks there are people in. */
int32
sms_eval_chunks(void)
{
	int64		last = -1;

	run(&chunks_plan, NULL, NULL, take_int64, NULL, &last);
	return last < 0 ? 0 : (int32) (last >> SMS_CHUNK_BITS) + 1;
}

/* Turns to a group of chunks. */
void
sms_eval_group(SmsEval *eval, int32 first_chunk, int32 n_chunks)
{
	int			i;

	if (eval->sums == NULL)
	{
		eval->sums = sms_region_alloc(&eval->region, SMS_GROUP_CHUNKS * sizeof(SmsSum));
		for (i = 0; i < SMS_GROUP_CHUNKS; i++)
			sms_sum_init(&eval->sums[i], &eval->region);
	}
	eval->first_chunk = first_chunk;
	eval->n_chunks = n_chunks;
	if (eval->known != NULL)
		pfree(eval->known);
	eval->known = NULL;
}

static void
take_series(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	ArrayBuildState **state = into;

	*state = accumArrayResult(*state, slot->tts_values[0], false, INT8OID,
							  CurrentMemoryContext);
}

/* The series of a type (NULL: all) with a value of a dimension, as an array. */
static Datum
find_series(SmsEval *eval, const char *type, const char *dimension, SmsText value,
			bool *any)
{
	ArrayBuildState *state = NULL;
	Datum		values[4];
	bool		nulls[4] = {false};

	nulls[0] = type == NULL;
	if (type != NULL)
		values[0] = CStringGetTextDatum(type);
	values[1] = CStringGetTextDatum(dimension);
	values[2] = sms_text_datum(value);
	values[3] = eval->account;
	nulls[3] = !eval->has_account;
	run(&series_plan, values, nulls, take_series, eval, &state);
	*any = state != NULL;
	return *any ? makeArrayResult(state, CurrentMemoryContext) : (Datum) 0;
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

static void
take_person(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	int64		number = DatumGetInt64(slot->tts_values[0]) - sms_group_start(eval);

	CHECK_FOR_INTERRUPTS();
	((SmsPeople) into)[number / 64] |= UINT64_C(1) << number % 64;
}

typedef void (*TakeRow) (SmsEval *, TupleTableSlot *, void *);

/* Reads all runs by one query, which each chunk answers under one snapshot. */
static void
read_spread_cells(SmsEval *eval, Datum series, const SmsRun *runs, int n, TakeRow take, void *into)
{
	Datum		columns[3][SMS_MAX_RUNS + 1];
	Datum		values[6];
	int			i;

	for (i = 0; i < n; i++)
	{
		columns[0][i] = Int16GetDatum(runs[i].level);
		columns[1][i] = TimestampTzGetDatum(runs[i].since);
		columns[2][i] = TimestampTzGetDatum(runs[i].until);
	}
	values[0] = series;
	values[1] = PointerGetDatum(construct_array(columns[0], n, INT2OID, sizeof(int16), true, TYPALIGN_SHORT));
	for (i = 1; i < 3; i++)
		values[1 + i] = PointerGetDatum(construct_array(columns[i], n, TIMESTAMPTZOID, sizeof(TimestampTz),
														FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[4] = Int32GetDatum(eval->first_chunk);
	values[5] = Int32GetDatum(eval->first_chunk + eval->n_chunks);
	run(&spread_tally_plan, values, NULL, take, eval, into);
}

/* Reads the cells of a cover, and the deltas inside it. */
static void
read_cells(SmsEval *eval, Datum series, const SmsCover *cover, TakeRow take, void *into)
{
	SmsRun		runs[SMS_MAX_RUNS + 1];
	Datum		values[6];
	int			n = cover->n_runs;
	int			i;

	memcpy(runs, cover->run, n * sizeof(SmsRun));
	if (cover->first_cell < cover->last_cell)
	{
		runs[n].level = SMS_LEVEL_DELTA;
		runs[n].since = cover->first_cell;
		runs[n++].until = cover->last_cell;
	}
	if (spread)
	{
		read_spread_cells(eval, series, runs, n, take, into);
		return;
	}
	values[0] = series;
	values[4] = Int32GetDatum(eval->first_chunk);
	values[5] = Int32GetDatum(eval->first_chunk + eval->n_chunks);
	for (i = 0; i < n; i++)
	{
		values[1] = Int16GetDatum(runs[i].level);
		values[2] = TimestampTzGetDatum(runs[i].since);
		values[3] = TimestampTzGetDatum(runs[i].until);
		run(&tally_plan, values, NULL, take, eval, into);
	}
}

/* Reads the events of a type (NULL: any) in [since, until). */
static void
read_events(SmsEval *eval, const char *type, TimestampTz since, TimestampTz until,
			TakeRow take, void *into)
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
	values[4] = Int64GetDatum(sms_group_start(eval));
	values[5] = Int64GetDatum(sms_group_start(eval) + ((int64) eval->n_chunks << SMS_CHUNK_BITS));
	run(&event_plan, values, nulls, take, eval, into);
}

/*
 * Runs a query made for this rule: $1, $2 the window, $3, $4 the numbers of
 * the group, $5 the account or null, $6 the moment.
 */
static void
read_query(SmsEval *eval, const char *query, TimestampTz since, TimestampTz until,
		   TakeRow take, void *into)
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
	run_plan(plan, params, take, eval, into);
	SPI_freeplan(plan);
}

/* Adds to people those whom a query made for this rule names. */
void
sms_eval_query(SmsEval *eval, const char *query, TimestampTz since,
			   TimestampTz until, SmsPeople people)
{
	read_query(eval, query, since, until, take_person, people);
}

/* Counts, event by event, what a pick with filters names. */
static void
count_events(SmsEval *eval, const SmsEventPick *pick, TimestampTz since, TimestampTz until)
{
	char	   *query;

	if (pick->n_filters == 0)
	{
		read_events(eval, sms_event_type_name(pick->type), since, until, take_count, NULL);
		return;
	}
	query = psprintf("SELECT e.individual_no, pg_catalog.count(*) FROM smsengage.event e"
					 " WHERE e.event_time >= $1 AND e.event_time < $2"
					 " AND e.individual_no >= $3 AND e.individual_no < $4 AND e.individual_no <> 0"
					 " AND ($5 IS NULL OR e.account = $5) AND $6 IS NOT NULL"
					 " AND (e.part IS NULL OR e.part = 0)%s GROUP BY 1",
					 sms_pick_sql(pick, "e"));
	read_query(eval, query, since, until, take_count, NULL);
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
	if (filter == NULL)
		return NULL;
	name = CStringGetTextDatum(filter->column->name);
	*complete_from = DT_NOEND;
	run(&dimension_plan, &name, NULL, take_time, eval, complete_from);
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
	int			i;

	for (i = 0; i < eval->n_chunks; i++)
		sms_sum_reset(&eval->sums[i]);
	since = Max(since, SMS_LADDER_START);
	if (since >= until)
		return;
	dimension = tallied_dimension(eval, pick, &value, &complete_from);
	if (dimension == NULL)
	{
		count_events(eval, pick, since, until);
		return;
	}
	if (complete_from > since)
	{
		complete_from = Min(complete_from, until);
		count_events(eval, pick, since, complete_from);
		since = complete_from;
	}
	series = find_series(eval, sms_event_type_name(pick->type), dimension, value, &any);
	if (!any)
		return;
	sms_cover(since, until, &cover);
	read_cells(eval, series, &cover, take_tally, NULL);
	count_events(eval, pick, cover.since, cover.first_cell);
	count_events(eval, pick, cover.last_cell, cover.until);
}

/* Adds to people everyone with an event before the moment. */
void
sms_eval_known(SmsEval *eval, SmsPeople people)
{
	SmsCover	cover;
	Datum		series;
	bool		any;

	series = find_series(eval, NULL, "", sms_literal(""), &any);
	if (!any)
		return;
	sms_cover(SMS_LADDER_START, Max(eval->at, SMS_LADDER_START), &cover);
	read_cells(eval, series, &cover, take_tally_people, people);
	read_events(eval, NULL, cover.since, cover.first_cell, take_person, people);
	read_events(eval, NULL, cover.last_cell, cover.until, take_person, people);
}

static void
take_rule(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	*(SmsRule **) into = sms_rule_read(DatumGetSegmentRuleP(slot->tts_values[0]));
}

/*
 * Goes into a saved segment and returns its rule.  Raises 42704 if there is
 * none, 42P19 if it is part of itself.
 */
SmsRule *
sms_eval_enter(SmsEval *eval, SmsText name)
{
	Datum		value = sms_text_datum(name);
	SmsRule    *rule = NULL;
	int			i;

	for (i = 0; i < eval->depth; i++)
		if (sms_text_same(eval->segment[i], name))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_RECURSION),
					 errmsg("segment \"%.*s\" is part of itself", (int) name.len, name.ptr)));
	if (eval->depth == SMS_SEGMENT_MAX_DEPTH)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("segments are nested deeper than %d", SMS_SEGMENT_MAX_DEPTH)));
	run(&saved_plan, &value, NULL, take_rule, eval, &rule);
	if (rule == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no segment \"%.*s\"", (int) name.len, name.ptr),
				 errhint("save_segment() makes one.")));
	eval->segment[eval->depth++] = name;
	return rule;
}

void
sms_eval_leave(SmsEval *eval)
{
	eval->depth--;
}

/* A walk over the people of the group: who is in a set is handed on. */
typedef struct PeopleWalk
{
	const SmsBits *people;		/* NULL: everyone, with scope */
	SmsTakePerson take;
	void	   *into;
} PeopleWalk;

static SmsText
text_of_slot(TupleTableSlot *slot, int column)
{
	return sms_text_of(DatumGetTextPP(slot->tts_values[column]));
}

static void
take_walked(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	PeopleWalk *walk = into;
	int64		number = DatumGetInt64(slot->tts_values[0]);
	int64		bit = number - sms_group_start(eval);

	CHECK_FOR_INTERRUPTS();
	if (walk->people == NULL)
		walk->take(walk->into, number, text_of_slot(slot, 2), text_of_slot(slot, 1));
	else if ((walk->people[bit / 64] >> bit % 64 & 1) != 0)
		walk->take(walk->into, number, sms_literal(""), text_of_slot(slot, 1));
}

/* Below this share of a chunk, people are looked up one by one. */
#define FEW_PEOPLE (SMS_CHUNK_SIZE / 64)

/*
 * Hands on the number and id of each person of the group who is in the set,
 * in order of chunks; or (NULL) number, id and scope of everyone.
 */
void
sms_eval_people(SmsEval *eval, const SmsBits *people, SmsTakePerson take, void *into)
{
	PeopleWalk	walk = {people, take, into};
	Datum		values[2];
	int32		i;
	uint32_t	offset;

	for (i = 0; i < eval->n_chunks; i++)
	{
		const SmsBits *bits = people == NULL ? NULL : people + (size_t) i * SMS_CHUNK_WORDS;
		uint32_t	n = people == NULL ? SMS_CHUNK_SIZE : sms_bits_count(bits, 0, SMS_CHUNK_WORDS);
		int64		start = sms_group_start(eval) + (int64) i * SMS_CHUNK_SIZE;

		if (n == 0)
			continue;
		if (n > FEW_PEOPLE)
		{
			values[0] = Int64GetDatum(start);
			values[1] = Int64GetDatum(start + SMS_CHUNK_SIZE);
			run(people == NULL ? &people_plan : &ids_plan, values, NULL, take_walked, eval, &walk);
		}
		else
		{
			Datum	   *numbers = palloc(n * sizeof(Datum));

			n = 0;
			for (offset = sms_bits_next(bits, 0); offset < SMS_CHUNK_SIZE;
				 offset = sms_bits_next(bits, offset + 1))
				numbers[n++] = Int64GetDatum(start + offset);
			values[0] = PointerGetDatum(construct_array(numbers, (int) n, INT8OID, sizeof(int64),
														FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
			run(&few_people_plan, values, NULL, take_walked, eval, &walk);
			pfree(numbers);
		}
	}
}

static void
take_identity(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	PeopleWalk *walk = into;

	walk->take(walk->into, DatumGetInt64(slot->tts_values[0]), text_of_slot(slot, 2),
			   text_of_slot(slot, 1));
}

/* Hands on number, scope and id of the people with these numbers. */
void
sms_eval_identities(SmsEval *eval, Datum numbers, SmsTakePerson take, void *into)
{
	PeopleWalk	walk = {NULL, take, into};

	run(&few_people_plan, &numbers, NULL, take_identity, eval, &walk);
}

/*
 * Hands on the rows of a query over the events of these people before a
 * moment; there are two such queries, with and without columns for filters.
 */
void
sms_eval_person_events(SmsEval *eval, Datum numbers, TimestampTz until, bool with_columns,
					   const char *query, TakeRow take, void *into)
{
	static StorePlan plans[2] = {
		{NULL, 3, {INT8ARRAYOID, TIMESTAMPTZOID, TEXTOID}, NULL, false},
		{NULL, 3, {INT8ARRAYOID, TIMESTAMPTZOID, TEXTOID}, NULL, false}
	};
	Datum		values[3];
	bool		nulls[3] = {false};

	plans[with_columns].query = query;
	values[0] = numbers;
	values[1] = TimestampTzGetDatum(until);
	values[2] = eval->account;
	nulls[2] = !eval->has_account;
	run(&plans[with_columns], values, nulls, take, eval, into);
}

typedef struct LinkWalk
{
	void		(*take) (void *into, int64 a, int64 b);
	void	   *into;
} LinkWalk;

static void
take_link(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	LinkWalk   *walk = into;

	walk->take(walk->into, DatumGetInt64(slot->tts_values[0]), DatumGetInt64(slot->tts_values[1]));
}

/* Hands on the pairs of people who are one person at the moment. */
void
sms_eval_links(SmsEval *eval, void (*take) (void *into, int64 a, int64 b), void *into)
{
	LinkWalk	walk = {take, into};
	Datum		at = TimestampTzGetDatum(eval->at);

	run(&links_plan, &at, NULL, take_link, eval, &walk);
}
