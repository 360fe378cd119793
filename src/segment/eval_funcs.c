/*-------------------------------------------------------------------------
 *
 * eval_funcs.c
 *	  SQL functions over sets: segment, segment_size, segment_overlap,
 *	  segment_change.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "rule/rule_type.h"
#include "segment/eval.h"
#include "segment/link.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_segment);
PG_FUNCTION_INFO_V1(sms_segment_size);
PG_FUNCTION_INFO_V1(sms_segment_text);
PG_FUNCTION_INFO_V1(sms_segment_size_text);
PG_FUNCTION_INFO_V1(sms_segment_overlap);
PG_FUNCTION_INFO_V1(sms_segment_change);

/* Opens SPI and an evaluation with the arguments (at, account) from n on. */
static int
begin(FunctionCallInfo fcinfo, int n, SmsEval *eval)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the moment asked for must not be null")));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	return sms_eval_begin(eval, PG_GETARG_TIMESTAMPTZ(n), !PG_ARGISNULL(n + 1),
						  PG_ARGISNULL(n + 1) ? (Datum) 0 : PG_GETARG_DATUM(n + 1));
}

static void
end(int guc_level)
{
	sms_eval_end(guc_level);
	SPI_finish();
}

static SmsRule *
rule_argument(FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the rule must not be null")));
	return sms_rule_read(PG_GETARG_SEGMENT_RULE_P(n));
}

/* Turns to the next group of chunks; false behind the last one. */
static bool
next_group(SmsEval *eval, int32 *next, int32 chunks)
{
	int32		n = Min(chunks - *next, SMS_GROUP_CHUNKS);

	if (n <= 0)
		return false;
	CHECK_FOR_INTERRUPTS();
	sms_eval_group(eval, *next, n);
	*next += n;
	return true;
}

static int64
count_people(const SmsEval *eval, const SmsBits *people)
{
	int64		n = 0;
	int			i;

	for (i = 0; i < eval->n_chunks; i++)
		n += sms_bits_count(people + (size_t) i * SMS_CHUNK_WORDS, 0, SMS_CHUNK_WORDS);
	return n;
}

/* Number 0 is nobody; it has no bit in tallies, nor may "known" give it one. */
static void
forget_nobody(const SmsEval *eval, SmsPeople people)
{
	if (eval->first_chunk == 0)
		people[0] &= ~UINT64_C(1);
}

static void
put_member(void *into, int64 individual_no, SmsText scope, SmsText individual_id)
{
	ReturnSetInfo *rsinfo = into;
	Datum		values[2];
	bool		nulls[2] = {false};
	static const char prefix[] = "tel:";

	if (individual_id.len > 4 && memcmp(individual_id.ptr, prefix, 4) == 0)
	{
		individual_id.ptr += 4;
		individual_id.len -= 4;
	}
	values[0] = sms_text_datum(individual_id);
	values[1] = Int64GetDatum(individual_no);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	pfree(DatumGetPointer(values[0]));
}

/* segment(rule, at, account, unified): (individual_id, individual_no) */
Datum
sms_segment(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsEval		eval;
	SmsRule    *rule;
	int			guc_level;
	int32		chunks;
	int32		next = 0;

	InitMaterializedSRF(fcinfo, 0);
	guc_level = begin(fcinfo, 1, &eval);
	rule = rule_argument(fcinfo, 0);
	if (!PG_ARGISNULL(3) && PG_GETARG_BOOL(3))
		sms_links_load(&eval);
	chunks = sms_eval_chunks();
	while (next_group(&eval, &next, chunks))
	{
		SmsPeople	people = sms_people_alloc(&eval);

		sms_eval_node(&eval, rule->root, people);
		forget_nobody(&eval, people);
		sms_links_settle(&eval, rule, people);
		sms_eval_people(&eval, people, put_member, rsinfo);
		pfree(people);
	}
	end(guc_level);
	return (Datum) 0;
}

/* segment_size(rule, at, account, unified) */
Datum
sms_segment_size(PG_FUNCTION_ARGS)
{
	SmsEval		eval;
	SmsRule    *rule;
	int			guc_level = begin(fcinfo, 1, &eval);
	int64		size = 0;
	int32		chunks;
	int32		next = 0;

	rule = rule_argument(fcinfo, 0);
	if (!PG_ARGISNULL(3) && PG_GETARG_BOOL(3))
		sms_links_load(&eval);
	chunks = sms_eval_chunks();
	while (next_group(&eval, &next, chunks))
	{
		SmsPeople	people = sms_people_alloc(&eval);

		sms_eval_node(&eval, rule->root, people);
		forget_nobody(&eval, people);
		sms_links_settle(&eval, rule, people);
		size += count_people(&eval, people);
		pfree(people);
	}
	end(guc_level);
	PG_RETURN_INT64(size);
}

/*
 * Calls a function with its rule, given as text, as a segment_rule.  The
 * argument is put back: where it is a constant, the server sets it once for
 * all calls.
 */
static Datum
call_with_rule(PGFunction function, FunctionCallInfo fcinfo)
{
	Datum		given = fcinfo->args[0].value;
	Datum		result;

	if (!PG_ARGISNULL(0))
		fcinfo->args[0].value =
			DirectFunctionCall1(sms_segment_rule_in,
								CStringGetDatum(text_to_cstring(PG_GETARG_TEXT_PP(0))));
	result = function(fcinfo);
	fcinfo->args[0].value = given;
	return result;
}

/* segment(text, at, account, unified) */
Datum
sms_segment_text(PG_FUNCTION_ARGS)
{
	return call_with_rule(sms_segment, fcinfo);
}

/* segment_size(text, at, account, unified) */
Datum
sms_segment_size_text(PG_FUNCTION_ARGS)
{
	return call_with_rule(sms_segment_size, fcinfo);
}

/* segment_overlap(a, b, at, account): (only_a, both_rules, only_b) */
Datum
sms_segment_overlap(PG_FUNCTION_ARGS)
{
	TupleDesc	desc;
	SmsEval		eval;
	SmsRule    *a;
	SmsRule    *b;
	int			guc_level;
	int64		only_a = 0;
	int64		both = 0;
	int64		only_b = 0;
	int32		chunks;
	int32		next = 0;
	Datum		values[3];
	bool		nulls[3] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	desc = BlessTupleDesc(desc);
	guc_level = begin(fcinfo, 2, &eval);
	a = rule_argument(fcinfo, 0);
	b = rule_argument(fcinfo, 1);
	chunks = sms_eval_chunks();
	while (next_group(&eval, &next, chunks))
	{
		SmsPeople	in_a = sms_people_alloc(&eval);
		SmsPeople	in_b = sms_people_alloc(&eval);
		int64		n_a;
		int64		n_b;
		int64		n_both;
		int			i;

		sms_eval_node(&eval, a->root, in_a);
		sms_eval_node(&eval, b->root, in_b);
		forget_nobody(&eval, in_a);
		forget_nobody(&eval, in_b);
		n_a = count_people(&eval, in_a);
		n_b = count_people(&eval, in_b);
		for (i = 0; i < eval.n_chunks; i++)
			sms_bits_and(in_a + (size_t) i * SMS_CHUNK_WORDS,
						 in_b + (size_t) i * SMS_CHUNK_WORDS);
		n_both = count_people(&eval, in_a);
		only_a += n_a - n_both;
		only_b += n_b - n_both;
		both += n_both;
		pfree(in_a);
		pfree(in_b);
	}
	end(guc_level);
	values[0] = Int64GetDatum(only_a);
	values[1] = Int64GetDatum(both);
	values[2] = Int64GetDatum(only_b);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/*
 * segment_change(rule, since, until, account): who is a member at until and
 * was none at since.
 */
Datum
sms_segment_change(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz since = PG_GETARG_TIMESTAMPTZ(1);
	SmsEval		eval;
	SmsRule    *rule;
	int			guc_level;
	TimestampTz until;
	int32		chunks;
	int32		next = 0;

	InitMaterializedSRF(fcinfo, 0);
	if (TIMESTAMP_NOT_FINITE(since))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the moment asked for must be finite")));
	guc_level = begin(fcinfo, 2, &eval);
	rule = rule_argument(fcinfo, 0);
	until = eval.at;
	chunks = sms_eval_chunks();
	while (next_group(&eval, &next, chunks))
	{
		SmsPeople	now = sms_people_alloc(&eval);
		SmsPeople	then = sms_people_alloc(&eval);
		int			i;

		eval.at = until;
		sms_eval_node(&eval, rule->root, now);
		forget_nobody(&eval, now);
		/* what was known then is another set */
		eval.at = since;
		sms_eval_group(&eval, eval.first_chunk, eval.n_chunks);
		sms_eval_node(&eval, rule->root, then);
		for (i = 0; i < eval.n_chunks; i++)
			sms_bits_and_not(now + (size_t) i * SMS_CHUNK_WORDS,
							 then + (size_t) i * SMS_CHUNK_WORDS);
		sms_eval_people(&eval, now, put_member, rsinfo);
		pfree(now);
		pfree(then);
	}
	end(guc_level);
	return (Datum) 0;
}
