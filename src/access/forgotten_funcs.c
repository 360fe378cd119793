/*-------------------------------------------------------------------------
 *
 * forgotten_funcs.c
 *	  Whether numbers that were forgotten had opted out.
 *
 * What is left of a forgotten number is a digest keyed with the store's
 * secret.  Who may read an account gets an answer for the numbers he names,
 * and neither the digests nor what makes them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "access/access.h"
#include "access/as_owner.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_forgotten_opt_outs);
PG_FUNCTION_INFO_V1(sms_any_forgotten_opt_out);

#define OPT_OUTS \
	"SELECT n.number, pg_catalog.max(o.event_time) " \
	"FROM (SELECT DISTINCT u.number FROM pg_catalog.unnest($1) u(number)) n " \
	"JOIN smsengage.forgotten_opt_out o ON o.digest OPERATOR(pg_catalog.=) smsengage.content_digest(" \
	"VARIADIC ARRAY[(SELECT s.secret FROM smsengage.store_secret s), 'recipient', n.number]) " \
	"WHERE o.account OPERATOR(pg_catalog.=) $2 AND o.sender OPERATOR(pg_catalog.=) ANY (ARRAY['', $3]) " \
	"AND o.event_time OPERATOR(pg_catalog.<=) $4 GROUP BY n.number"
#define ANY_OPT_OUT \
	"SELECT FROM smsengage.forgotten_opt_out o WHERE o.account OPERATOR(pg_catalog.=) $1 LIMIT 1"

/* What is asked of the table, and what comes of it */
typedef struct Question
{
	SPIPlanPtr *plan;			/* kept for the session */
	const char *query;
	int			n_values;
	Oid			types[4];
	Datum		values[4];
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
	if (SPI_execute_plan(*question->plan, question->values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read forgotten_opt_out");
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

/* The owner asks himself, a reader of the account has it asked, others do not. */
static void
ask_for_caller(const char *what, text *account, Question *question)
{
	Oid			user = GetUserId();

	if (is_empty())
		return;
	if (sms_is_store_owner(user))
		ask(question);
	else if (sms_acts_for(user, SMS_RIGHT_READ, account))
		sms_as_owner(what, true, ask, question);
}

/*
 * forgotten_opt_outs(numbers, account, sender, at): which of the numbers, as
 * normalize_recipient() writes them, were forgotten after they had opted out,
 * and when that was.  For an account that the caller may not read: none.
 */
Datum
sms_forgotten_opt_outs(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	Question	question = {&plan, OPT_OUTS, 4, {TEXTARRAYOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}};
	int			i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (i = 0; i < 4; i++)
		question.values[i] = PG_GETARG_DATUM(i);
	question.result = (ReturnSetInfo *) fcinfo->resultinfo;
	ask_for_caller("forgotten_opt_outs()", PG_GETARG_TEXT_PP(1), &question);
	return (Datum) 0;
}

/* any_forgotten_opt_out(account) */
Datum
sms_any_forgotten_opt_out(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	Question	question = {&plan, ANY_OPT_OUT, 1, {TEXTOID}};

	question.values[0] = PG_GETARG_DATUM(0);
	ask_for_caller("any_forgotten_opt_out()", PG_GETARG_TEXT_PP(0), &question);
	PG_RETURN_BOOL(question.n_rows > 0);
}
