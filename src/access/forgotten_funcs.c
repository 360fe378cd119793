/*-------------------------------------------------------------------------
 *
 * forgotten_funcs.c
 *	  What a reader is told of numbers that he names and cannot look up:
 *	  whether they had opted out when they were forgotten, or of others, and
 *	  under which other spellings they are in the store.
 *
 * What is left of a forgotten number is a digest keyed with the store's
 * secret.  Who may read an account gets an answer for the numbers he names,
 * and neither the digests nor what makes them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "access/access.h"
#include "access/as_owner.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_forgotten_opt_outs);
PG_FUNCTION_INFO_V1(sms_any_forgotten_opt_out);
PG_FUNCTION_INFO_V1(sms_opt_outs_for_all);
PG_FUNCTION_INFO_V1(sms_moments_for_all);
PG_FUNCTION_INFO_V1(sms_odd_spellings);
PG_FUNCTION_INFO_V1(sms_any_odd_spelling);

extern PGDLLEXPORT Datum sms_plans_for_accounts(PG_FUNCTION_ARGS);

#define FORGOTTEN \
	"SELECT n.number, o.account, o.sender, o.event_time " \
	"FROM (SELECT DISTINCT u.number FROM pg_catalog.unnest($1) u(number)) n " \
	"JOIN smsengage.forgotten_opt_out o ON o.digest OPERATOR(pg_catalog.=) smsengage_internal.content_digest(" \
	"VARIADIC ARRAY[(SELECT s.secret FROM smsengage.store_secret s), 'recipient', n.number]) " \
	"WHERE ($3 IS NULL OR o.account OPERATOR(pg_catalog.=) '' OR o.account OPERATOR(pg_catalog.=) ANY ($3)) " \
	"AND o.event_time OPERATOR(pg_catalog.<=) $2"
#define ODD_SPELLINGS \
	"SELECT o.number, o.spelling FROM smsengage_internal.odd_spellings_of($1, $3) o WHERE $2 IS NULL"
#define FOR_ALL \
	"SELECT o.recipient, o.event_time, o.nobody FROM smsengage_internal.opt_outs_of_others($1, $2, $3) o"
#define MOMENTS_FOR_ALL \
	"SELECT m FROM smsengage_internal.moments_of_others($1, $2, $3) m"

/* What is asked of the table, and what comes of it */
typedef struct Question
{
	SPIPlanPtr *plan;			/* kept for the session */
	const char *query;
	int			n_values;
	Oid			types[3];
	Datum		values[3];
	char		nulls[3];
	ReturnSetInfo *result;		/* of rows that are wanted */
	uint64		n_rows;
} Question;

/* As the owner of the store */
static void
ask(void *arg)
{
	Question   *question = arg;
	uint64		i;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (*question->plan == NULL)
	{
		SPIPlanPtr	made = SPI_prepare(question->query, question->n_values, question->types);

		if (made == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(made);
		*question->plan = made;
	}
	if (SPI_execute_plan(*question->plan, question->values, question->nulls, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read opt-outs");
	question->n_rows = SPI_processed;
	for (i = 0; question->result != NULL && i < SPI_processed; i++)
		tuplestore_puttuple(question->result->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
}

/*
 * Nobody was ever forgotten, in most stores: that is seen without a query.
 * On a cluster the rows may lie elsewhere.
 */
static bool
is_empty(void)
{
	Oid			schema = get_namespace_oid("smsengage", false);
	Oid			relation = get_relname_relid("forgotten_opt_out", schema);
	bool		result = false;
	Relation	table;

	if (!OidIsValid(relation))
		return true;
	if (sms_store_is_distributed())
		return false;
	table = table_open(relation, AccessShareLock);
	if (table->rd_rel->relkind == RELKIND_RELATION)
		result = RelationGetNumberOfBlocks(table) == 0;
	table_close(table, AccessShareLock);
	return result;
}

/*
 * Asks for the numbers and the moment of a call; the third value are the
 * accounts that the caller may read, NULL for all.  The owner asks himself, a
 * reader has it asked, others do not.
 */
static void
ask_for_caller(const char *what, FunctionCallInfo fcinfo, Question *question)
{
	Oid			user = GetUserId();
	ArrayType  *accounts = NULL;

	if (!sms_acts_for(user, SMS_RIGHT_READ, NULL) && !sms_is_store_owner(user))
	{
		accounts = DatumGetArrayTypeP(DirectFunctionCall1(sms_plans_for_accounts, (Datum) 0));
		if (ARR_NDIM(accounts) == 0)
			return;
	}
	question->values[0] = PG_GETARG_DATUM(0);
	question->values[1] = PG_NARGS() > 1 ? PG_GETARG_DATUM(1) : (Datum) 0;
	question->values[2] = PointerGetDatum(accounts);
	question->nulls[0] = ' ';
	question->nulls[1] = PG_NARGS() > 1 ? ' ' : 'n';
	question->nulls[2] = accounts == NULL ? 'n' : ' ';
	question->result = (ReturnSetInfo *) fcinfo->resultinfo;
	if (sms_is_store_owner(user))
		ask(question);
	else
		sms_as_owner(what, true, ask, question);
}

/*
 * forgotten_opt_outs(numbers, at): what the numbers, as normalize_recipient()
 * writes them, had opted out of when they were forgotten; of the accounts that
 * the caller may read, and of none.
 */
Datum
sms_forgotten_opt_outs(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	Question	question = {.plan = &plan, .query = FORGOTTEN, .n_values = 3,
	.types = {TEXTARRAYOID, TIMESTAMPTZOID, TEXTARRAYOID}};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (!is_empty())
		ask_for_caller("forgotten_opt_outs()", fcinfo, &question);
	return (Datum) 0;
}

/*
 * opt_outs_for_all(numbers, at): opt-outs that hold for every account and that
 * the caller does not see; not whose.
 */
Datum
sms_opt_outs_for_all(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	Question	question = {.plan = &plan, .query = FOR_ALL, .n_values = 3,
	.types = {TEXTARRAYOID, TIMESTAMPTZOID, TEXTARRAYOID}};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	ask_for_caller("opt_outs_for_all()", fcinfo, &question);
	return (Datum) 0;
}

/* moments_for_all(numbers, until): when the answer of opt_outs_for_all() may change */
Datum
sms_moments_for_all(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	Question	question = {.plan = &plan, .query = MOMENTS_FOR_ALL, .n_values = 3,
	.types = {TEXTARRAYOID, TIMESTAMPTZOID, TEXTARRAYOID}};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	ask_for_caller("moments_for_all()", fcinfo, &question);
	return (Datum) 0;
}

/*
 * odd_spellings(numbers): the other spellings under which consent and block
 * list have the numbers; of the accounts that the caller may read, and of none.
 */
Datum
sms_odd_spellings(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	Question	question = {.plan = &plan, .query = ODD_SPELLINGS, .n_values = 3,
	.types = {TEXTARRAYOID, TIMESTAMPTZOID, TEXTARRAYOID}};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	ask_for_caller("odd_spellings()", fcinfo, &question);
	return (Datum) 0;
}

/*
 * A B-tree that never had an entry has its first page only.  Where the index
 * is not there, or its entries are elsewhere, there may be some.
 */
static bool
index_is_empty(const char *name)
{
	Oid			oid = get_relname_relid(name, get_namespace_oid("smsengage", false));
	Relation	index;
	bool		result;

	if (!OidIsValid(oid))
		return false;
	if (get_rel_relkind(oid) != RELKIND_INDEX)
		return false;
	index = index_open(oid, AccessShareLock);
	result = RelationGetNumberOfBlocks(index) <= 1;
	index_close(index, AccessShareLock);
	return result;
}

/* any_odd_spelling() */
Datum
sms_any_odd_spelling(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_store_is_distributed() ||
				   !index_is_empty("subscription_tail_idx") || !index_is_empty("block_tail_idx"));
}

/* any_forgotten_opt_out() */
Datum
sms_any_forgotten_opt_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!is_empty());
}
