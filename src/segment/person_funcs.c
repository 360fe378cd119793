/*-------------------------------------------------------------------------
 *
 * person_funcs.c
 *	  SQL functions over one person: is_member, explain_membership,
 *	  segment_history.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "rule/rule_type.h"
#include "segment/eval_person.h"
#include "segment/link.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_is_member);
PG_FUNCTION_INFO_V1(sms_explain_membership);
PG_FUNCTION_INFO_V1(sms_segment_changes);

/* What the three functions have in common. */
typedef struct Call
{
	SmsEval		eval;
	SmsRule    *rule;
	SmsPerson	person;
	int			guc_level;
} Call;

/* Arguments individual_no, rule, at, account, unified. */
static void
begin(FunctionCallInfo fcinfo, Call *call)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	call->guc_level = sms_eval_begin(&call->eval, PG_GETARG_TIMESTAMPTZ(2), !PG_ARGISNULL(3),
									 PG_ARGISNULL(3) ? (Datum) 0 : PG_GETARG_DATUM(3));
	call->rule = sms_rule_read(PG_GETARG_SEGMENT_RULE_P(1));
	if (!PG_ARGISNULL(4) && PG_GETARG_BOOL(4))
		sms_links_load(&call->eval);
}

/* Reads the person's events up to a moment, later than at for a history. */
static void
load(FunctionCallInfo fcinfo, Call *call, TimestampTz until)
{
	int64		number = PG_GETARG_INT64(0);
	int64	   *numbers;
	int			n;

	n = sms_links_numbers(&call->eval, number, &numbers);
	sms_person_load(&call->eval, &call->person, numbers, n, until,
					sms_rule_reads_columns(call->rule));
}

static void
end(Call *call)
{
	sms_eval_end(call->guc_level);
	SPI_finish();
}

static bool
any_null(FunctionCallInfo fcinfo, int n)
{
	int			i;

	for (i = 0; i < n; i++)
		if (PG_ARGISNULL(i))
			return true;
	return false;
}

/* is_member(individual_no, rule, at, account, unified); NULL for a NULL */
Datum
sms_is_member(PG_FUNCTION_ARGS)
{
	Call		call;
	bool		holds;

	if (any_null(fcinfo, 3))
		PG_RETURN_NULL();
	begin(fcinfo, &call);
	if (call.eval.links == NULL && PG_GETARG_INT64(0) > 0 && PG_GETARG_INT64(0) >> SMS_CHUNK_BITS < PG_INT32_MAX &&
		sms_eval_by_tallies(&call.eval, call.rule))
		holds = sms_eval_one(&call.eval, call.rule, PG_GETARG_INT64(0));
	else
	{
		load(fcinfo, &call, PG_GETARG_TIMESTAMPTZ(2));
		holds = sms_person_holds(&call.eval, &call.person, call.rule->root);
	}
	end(&call);
	PG_RETURN_BOOL(holds);
}

/*
 * When the rule's outcome next changes if nothing more happens: looked for
 * ever further ahead, up to a century.  DT_NOEND if it does not.
 */
static TimestampTz
next_change(Call *call)
{
	static const int days[] = {2, 64, 800, 36525};
	TimestampTz at = call->eval.at;
	int			i;

	for (i = 0; i < (int) lengthof(days); i++)
	{
		TimestampTz *instants;
		TimestampTz until;
		int			n;

		if (pg_add_s64_overflow(at, days[i] * USECS_PER_DAY, &until) ||
			!IS_VALID_TIMESTAMP(until))
			break;
		n = sms_person_changes(&call->eval, &call->person, call->rule, at, until, &instants);
		if (n > 0 && instants[0] == at)
		{
			instants++;
			n--;
		}
		if (n > 0)
			return instants[0];
	}
	return DT_NOEND;
}

static void
put_time(Datum *values, bool *nulls, int column, bool exists, TimestampTz at)
{
	nulls[column] = !exists;
	values[column] = TimestampTzGetDatum(at);
}

/*
 * explain_membership(individual_no, rule, at, account, unified): a row for the
 * rule (no 0), then one for each condition.
 */
Datum
sms_explain_membership(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	Datum		values[9];
	bool		nulls[9];
	TimestampTz change;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	if (any_null(fcinfo, 3))
		return (Datum) 0;
	begin(fcinfo, &call);
	load(fcinfo, &call, PG_GETARG_TIMESTAMPTZ(2));
	memset(nulls, true, sizeof(nulls));
	values[0] = Int32GetDatum(0);
	values[1] = sms_text_datum(sms_rule_text(call.rule, &call.eval.region));
	values[2] = BoolGetDatum(sms_person_holds(&call.eval, &call.person, call.rule->root));
	nulls[0] = nulls[1] = nulls[2] = false;
	change = next_change(&call);
	put_time(values, nulls, 8, change != DT_NOEND, change);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);

	for (i = 0; i < call.rule->n_conditions; i++)
	{
		const SmsCondition *condition = call.rule->conditions[i];
		SmsFinding	finding;

		sms_person_find(&call.eval, &call.person, condition, &finding);
		memset(nulls, true, sizeof(nulls));
		values[0] = Int32GetDatum(condition->no);
		values[1] = sms_text_datum(sms_condition_text(condition, &call.eval.region));
		values[2] = BoolGetDatum(finding.holds);
		nulls[0] = nulls[1] = nulls[2] = false;
		values[3] = Int64GetDatum(finding.count);
		nulls[3] = !finding.has_window;
		put_time(values, nulls, 4, finding.has_window, finding.since);
		put_time(values, nulls, 5, finding.has_window, finding.until);
		put_time(values, nulls, 6, finding.first != NULL, finding.first == NULL ? 0 : finding.first->at);
		put_time(values, nulls, 7, finding.last != NULL || finding.was_said,
				 finding.last != NULL ? finding.last->at : finding.said_at);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	end(&call);
	return (Datum) 0;
}

/*
 * segment_changes(individual_no, rule, since, account, unified, until): the
 * moments at which membership begins and ends, in turn, as an array.
 */
Datum
sms_segment_changes(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext inner;
	Call		call;
	TimestampTz *instants;
	TimestampTz until;
	Datum	   *elements;
	ArrayType  *result;
	int			n;
	int			i;

	if (any_null(fcinfo, 3) || PG_ARGISNULL(5))
		PG_RETURN_NULL();
	until = PG_GETARG_TIMESTAMPTZ(5);
	if (TIMESTAMP_NOT_FINITE(until))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the end of the history must be finite")));
	begin(fcinfo, &call);
	load(fcinfo, &call, until);
	n = call.eval.at >= until ? 0 :
		sms_person_changes(&call.eval, &call.person, call.rule, call.eval.at, until, &instants);
	elements = palloc(n * sizeof(Datum) + 1);
	for (i = 0; i < n; i++)
		elements[i] = TimestampTzGetDatum(instants[i]);
	inner = MemoryContextSwitchTo(caller);
	result = n == 0 ? construct_empty_array(TIMESTAMPTZOID) :
		construct_array(elements, n, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL,
						TYPALIGN_DOUBLE);
	MemoryContextSwitchTo(inner);
	end(&call);
	PG_RETURN_ARRAYTYPE_P(result);
}
