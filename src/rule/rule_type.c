/*-------------------------------------------------------------------------
 *
 * rule_type.c
 *	  SQL type segment_rule: input, output, comparison, combination,
 *	  inspection.
 *
 * Values are compared by the bytes of the canonical text, so that the order
 * and the hash depend on no collation.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "rule/rule_type.h"
#include "server.h"

/* Result columns of rule_conditions, in the order of sql/rule/parts.sql */
#define N_CONDITION_COLUMNS 9

PG_FUNCTION_INFO_V1(sms_segment_rule_in);
PG_FUNCTION_INFO_V1(sms_segment_rule_out);
PG_FUNCTION_INFO_V1(sms_segment_rule_recv);
PG_FUNCTION_INFO_V1(sms_segment_rule_send);
PG_FUNCTION_INFO_V1(sms_segment_rule_eq);
PG_FUNCTION_INFO_V1(sms_segment_rule_ne);
PG_FUNCTION_INFO_V1(sms_segment_rule_lt);
PG_FUNCTION_INFO_V1(sms_segment_rule_le);
PG_FUNCTION_INFO_V1(sms_segment_rule_gt);
PG_FUNCTION_INFO_V1(sms_segment_rule_ge);
PG_FUNCTION_INFO_V1(sms_segment_rule_cmp);
PG_FUNCTION_INFO_V1(sms_segment_rule_hash);
PG_FUNCTION_INFO_V1(sms_segment_rule_hash_extended);
PG_FUNCTION_INFO_V1(sms_rule_and);
PG_FUNCTION_INFO_V1(sms_rule_or);
PG_FUNCTION_INFO_V1(sms_rule_not);
PG_FUNCTION_INFO_V1(sms_rule_conditions);
PG_FUNCTION_INFO_V1(sms_rule_segments);

static SegmentRule *
report(const SmsRuleError *error, struct Node *escontext)
{
	static const int codes[] = {
		[SMS_RULE_SYNTAX] = ERRCODE_SYNTAX_ERROR,
		[SMS_RULE_LIMIT] = ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		[SMS_RULE_DEPTH] = ERRCODE_STATEMENT_TOO_COMPLEX
	};

	ereturn(escontext, NULL,
			(errcode(codes[error->kind]),
			 error->kind == SMS_RULE_SYNTAX ?
			 errmsg("syntax error in %s at character %d", "segment_rule", error->position) :
			 errmsg("limit of %s exceeded at character %d", "segment_rule", error->position),
			 errdetail("Expected %s, read %s.", error->expected, error->read),
			 error->hint[0] != '\0' ? errhint("%s", error->hint) : 0));
}

/*
 * The stored form of a text, which is checked and made canonical.  NULL for
 * a bad one, if the caller wants the error in escontext.
 */
static SegmentRule *
make_rule(const char *s, size_t len, struct Node *escontext)
{
	SmsText		text = {s, len};
	SmsText		canonical;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsRuleError error;
	SegmentRule *rule;

	if (!sms_rule_canonical(text, &region, &canonical, &error))
		return report(&error, escontext);
	rule = palloc(offsetof(SegmentRule, text) + canonical.len);
	SET_VARSIZE(rule, offsetof(SegmentRule, text) + canonical.len);
	rule->version = SMS_RULE_VERSION;
	memcpy(rule->text, canonical.ptr, canonical.len);
	return rule;
}

static SmsText
stored_text(const SegmentRule *stored)
{
	SmsText		text;

	if (VARSIZE(stored) <= offsetof(SegmentRule, text) ||
		stored->version != SMS_RULE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored %s has an unknown form", "segment_rule")));
	text.ptr = stored->text;
	text.len = SegmentRuleLength(stored);
	return text;
}

/* sms_rule_read returns the tree of a stored rule, in the current context. */
SmsRule *
sms_rule_read(const SegmentRule *stored)
{
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsRuleError error;
	SmsRule    *rule = sms_rule_parse(stored_text(stored), &region, &error);

	if (rule == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored %s is damaged at character %d", "segment_rule",
						error.position)));
	return rule;
}

Datum
sms_segment_rule_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);

	PG_RETURN_POINTER(make_rule(s, strlen(s), fcinfo->context));
}

Datum
sms_segment_rule_out(PG_FUNCTION_ARGS)
{
	SmsText		text = stored_text(PG_GETARG_SEGMENT_RULE_P(0));

	PG_RETURN_CSTRING(pnstrdup(text.ptr, text.len));
}

Datum
sms_segment_rule_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			len;
	char	   *s;

	if (version != SMS_RULE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported %s version number %d", "segment_rule", version)));
	s = pq_getmsgtext(buf, buf->len - buf->cursor, &len);
	PG_RETURN_POINTER(make_rule(s, len, NULL));
}

Datum
sms_segment_rule_send(PG_FUNCTION_ARGS)
{
	SmsText		text = stored_text(PG_GETARG_SEGMENT_RULE_P(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, SMS_RULE_VERSION);
	pq_sendtext(&buf, text.ptr, text.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

static int
compare(FunctionCallInfo fcinfo)
{
	SegmentRule *a = PG_GETARG_SEGMENT_RULE_P(0);
	SegmentRule *b = PG_GETARG_SEGMENT_RULE_P(1);
	SmsText		x = stored_text(a);
	SmsText		y = stored_text(b);
	int			result = memcmp(x.ptr, y.ptr, Min(x.len, y.len));

	if (result == 0)
		result = (x.len > y.len) - (x.len < y.len);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

Datum
sms_segment_rule_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

Datum
sms_segment_rule_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

Datum
sms_segment_rule_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
sms_segment_rule_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
sms_segment_rule_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

Datum
sms_segment_rule_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
sms_segment_rule_cmp(PG_FUNCTION_ARGS)
{
	int			result = compare(fcinfo);

	PG_RETURN_INT32((result > 0) - (result < 0));
}

Datum
sms_segment_rule_hash(PG_FUNCTION_ARGS)
{
	SegmentRule *rule = PG_GETARG_SEGMENT_RULE_P(0);
	SmsText		text = stored_text(rule);
	Datum		result = hash_any((const unsigned char *) text.ptr, text.len);

	PG_FREE_IF_COPY(rule, 0);
	return result;
}

Datum
sms_segment_rule_hash_extended(PG_FUNCTION_ARGS)
{
	SegmentRule *rule = PG_GETARG_SEGMENT_RULE_P(0);
	SmsText		text = stored_text(rule);
	Datum		result = hash_any_extended((const unsigned char *) text.ptr,
										   text.len, PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(rule, 0);
	return result;
}

/* Parentheses around each side; the ones that are not needed vanish. */
static SegmentRule *
join(FunctionCallInfo fcinfo, const char *word)
{
	SmsText		a = stored_text(PG_GETARG_SEGMENT_RULE_P(0));
	SmsText		b = stored_text(PG_GETARG_SEGMENT_RULE_P(1));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '(');
	appendBinaryStringInfo(&text, a.ptr, a.len);
	appendStringInfo(&text, ") %s (", word);
	appendBinaryStringInfo(&text, b.ptr, b.len);
	appendStringInfoChar(&text, ')');
	return make_rule(text.data, text.len, NULL);
}

Datum
sms_rule_and(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(join(fcinfo, "and"));
}

Datum
sms_rule_or(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(join(fcinfo, "or"));
}

Datum
sms_rule_not(PG_FUNCTION_ARGS)
{
	SmsText		a = stored_text(PG_GETARG_SEGMENT_RULE_P(0));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "not (");
	appendBinaryStringInfo(&text, a.ptr, a.len);
	appendStringInfoChar(&text, ')');
	PG_RETURN_POINTER(make_rule(text.data, text.len, NULL));
}

static const char *
condition_kind_name(SmsConditionKind kind)
{
	static const char *const names[] = {
		[SMS_CONDITION_COUNT] = "count",
		[SMS_CONDITION_REGULAR] = "regular",
		[SMS_CONDITION_FIRST] = "first",
		[SMS_CONDITION_LAST] = "last",
		[SMS_CONDITION_FOLLOWED] = "followed",
		[SMS_CONDITION_NOT_FOLLOWED] = "not_followed",
		[SMS_CONDITION_OPTED_OUT] = "opted_out",
		[SMS_CONDITION_OPTED_IN] = "opted_in",
		[SMS_CONDITION_BUCKET] = "bucket",
		[SMS_CONDITION_SEGMENT] = "segment",
		[SMS_CONDITION_INDIVIDUAL] = "individual",
		[SMS_CONDITION_KNOWN] = "known"
	};

	return names[kind];
}

static void
describe_condition(const SmsCondition *condition, Datum *values, bool *nulls)
{
	const SmsWindow *window = &condition->window;
	SmsRegion	region = sms_region_in(CurrentMemoryContext);

	memset(nulls, true, N_CONDITION_COLUMNS * sizeof(bool));
	values[0] = Int32GetDatum(condition->no);
	values[1] = CStringGetTextDatum(condition_kind_name(condition->kind));
	values[8] = sms_text_datum(sms_condition_text(condition, &region));
	nulls[0] = nulls[1] = nulls[8] = false;
	if (condition->event.type != SMS_EVENT_NONE)
	{
		values[2] = CStringGetTextDatum(sms_event_type_name(condition->event.type));
		nulls[2] = false;
	}
	if (condition->event.n_filters > 0)
	{
		values[3] = sms_text_datum(sms_filters_text(&condition->event, &region));
		nulls[3] = false;
	}
	if (condition->kind == SMS_CONDITION_COUNT || condition->kind == SMS_CONDITION_REGULAR)
	{
		values[4] = CStringGetTextDatum(sms_operator_sign(condition->op));
		values[5] = Int64GetDatum(condition->n);
		nulls[4] = nulls[5] = false;
	}
	if (window->kind != SMS_WINDOW_EVER)
	{
		values[6] = sms_text_datum(sms_window_text(window, &region));
		values[7] = window->zone.len > 0 ? sms_text_datum(window->zone) : CStringGetTextDatum("UTC");
		nulls[6] = nulls[7] = false;
	}
}

Datum
sms_rule_conditions(PG_FUNCTION_ARGS)
{
	SmsRule    *rule = sms_rule_read(PG_GETARG_SEGMENT_RULE_P(0));
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < rule->n_conditions; i++)
	{
		Datum		values[N_CONDITION_COLUMNS];
		bool		nulls[N_CONDITION_COLUMNS];

		describe_condition(rule->conditions[i], values, nulls);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The names of the saved segments that a rule names, as they stand in it. */
Datum
sms_rule_segments(PG_FUNCTION_ARGS)
{
	SmsRule    *rule = sms_rule_read(PG_GETARG_SEGMENT_RULE_P(0));
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		null = false;
	int			i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (i = 0; i < rule->n_conditions; i++)
		if (rule->conditions[i]->kind == SMS_CONDITION_SEGMENT)
		{
			Datum		name = sms_text_datum(rule->conditions[i]->name);

			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &name, &null);
		}
	return (Datum) 0;
}
