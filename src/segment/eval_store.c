/*-------------------------------------------------------------------------
 *
 * eval_store.c
 *	  How an evaluation reads the store; people and links.
 *
 * Everything goes through SPI with the caller's rights and the caller's
 * snapshot: under one snapshot a cell is the sum of its rows and the deltas
 * inside it, whatever fold() does meanwhile.  Rows are taken as they are
 * scanned and not collected.
 *
 * The tables are their owner's, who may have changed a column: so each query
 * says what types its columns have, and a NULL where there is none by itself
 * is an error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rule/rule_type.h"
#include "segment/eval.h"
#include "segment/eval_store.h"
#include "server.h"

/* A receiver that hands each row to a function. */
typedef struct RowReceiver
{
	DestReceiver pub;
	void		(*take) (SmsEval *eval, TupleTableSlot *slot, void *into);
	SmsEval    *eval;
	void	   *into;
	bool		has_nulls;
	MemoryContext context;		/* what take() allocates outlives the query */
} RowReceiver;

/* Raises if one of the first n columns is NULL. */
void
sms_store_check(const TupleTableSlot *slot, int n)
{
	int			i;

	for (i = 0; i < n; i++)
		if (slot->tts_isnull[i])
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("a value is missing in the store"),
					 errhint("SELECT * FROM smsengage.doctor() says what is wrong.")));
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext outer = MemoryContextSwitchTo(receiver->context);

	slot_getallattrs(slot);
	if (!receiver->has_nulls)
		sms_store_check(slot, slot->tts_nvalid);
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

/*
 * Whether the store is spread over a cluster: then a plan needs to know
 * its parameters, and one query for all is better than several.
 */
static bool spread;

static SmsStorePlan chunks_plan = {
	"SELECT max(i.individual_no)::bigint FROM smsengage.individual i",
	0, {0}, NULL, false, true
};

static SmsStorePlan people_plan = {
	"SELECT i.individual_no::bigint, i.individual_id::text, i.scope::text FROM smsengage.individual i"
	" WHERE i.individual_no >= $1 AND i.individual_no < $2",
	2, {INT8OID, INT8OID}, NULL, false, false
};

/* without the scope all of it is in an index */
static SmsStorePlan ids_plan = {
	"SELECT i.individual_no::bigint, i.individual_id::text FROM smsengage.individual i"
	" WHERE i.individual_no >= $1 AND i.individual_no < $2",
	2, {INT8OID, INT8OID}, NULL, false, false
};

static SmsStorePlan few_people_plan = {
	"SELECT i.individual_no::bigint, i.individual_id::text, i.scope::text FROM smsengage.individual i"
	" WHERE i.individual_no = ANY ($1)",
	1, {INT8ARRAYOID}, NULL, false, false
};

static SmsStorePlan links_plan = {
	"SELECT l.individual_no::bigint, l.other_no::bigint FROM smsengage.individual_link l WHERE l.valid_from <= $1"
	" AND ($2 IS NULL OR l.account IN ('', $2))",
	2, {TIMESTAMPTZOID, TEXTOID}, NULL, false, false
};

/* Runs a plan; each row is handed to a function as it is scanned. */
void
sms_store_run_plan(SPIPlanPtr plan, ParamListInfo params, bool has_nulls,
				   SmsTakeRow take, SmsEval *eval, void *into)
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
	receiver.has_nulls = has_nulls;
	receiver.context = CurrentMemoryContext;
	memset(&options, 0, sizeof(options));
	options.params = params;
	options.read_only = true;
	options.dest = &receiver.pub;
	result = SPI_execute_plan_extended(plan, &options);
	if (result < 0)
		elog(ERROR, "reading the store failed: %s", SPI_result_code_string(result));
}

/* The same of a plan that stays for the session. */
void
sms_store_run(SmsStorePlan *plan, const Datum *values, const bool *nulls,
			  SmsTakeRow take, SmsEval *eval, void *into)
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
	sms_store_run_plan(plan->plan, params, plan->has_nulls, take, eval, into);
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

	sms_store_run(&chunks_plan, NULL, NULL, take_int64, NULL, &last);
	if (last >> SMS_CHUNK_BITS > PG_INT32_MAX - SMS_GROUP_CHUNKS)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("individual number is out of range")));
	return last < 0 ? 0 : (int32) (last >> SMS_CHUNK_BITS) + 1;
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
			sms_store_run(people == NULL ? &people_plan : &ids_plan, values, NULL, take_walked, eval, &walk);
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
			sms_store_run(&few_people_plan, values, NULL, take_walked, eval, &walk);
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

	sms_store_run(&few_people_plan, &numbers, NULL, take_identity, eval, &walk);
}

/*
 * Hands on the rows of a query over the events of these people before a
 * moment; there are two such queries, with and without columns for filters.
 */
void
sms_eval_person_events(SmsEval *eval, Datum numbers, TimestampTz until, bool with_columns,
					   const char *query, SmsTakeRow take, void *into)
{
	static SmsStorePlan plans[2] = {
		{NULL, 3, {INT8ARRAYOID, TIMESTAMPTZOID, TEXTOID}, NULL, false, true},
		{NULL, 3, {INT8ARRAYOID, TIMESTAMPTZOID, TEXTOID}, NULL, false, true}
	};
	Datum		values[3];
	bool		nulls[3] = {false};

	plans[with_columns].query = query;
	values[0] = numbers;
	values[1] = TimestampTzGetDatum(until);
	values[2] = eval->account;
	nulls[2] = !eval->has_account;
	sms_store_run(&plans[with_columns], values, nulls, take, eval, into);
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

/*
 * Hands on the pairs of people who are one person at the moment: as the
 * account says, or what is said for all of them.
 */
void
sms_eval_links(SmsEval *eval, void (*take) (void *into, int64 a, int64 b), void *into)
{
	LinkWalk	walk = {take, into};
	Datum		values[2] = {TimestampTzGetDatum(eval->at), eval->account};
	bool		nulls[2] = {false, !eval->has_account};

	sms_store_run(&links_plan, values, nulls, take_link, eval, &walk);
}
