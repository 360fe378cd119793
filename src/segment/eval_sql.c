/*-------------------------------------------------------------------------
 *
 * eval_sql.c
 *	  Queries of single conditions.  Parameters of all of them: $1, $2 the
 *	  window, $3, $4 the first and the last but one number of people, $5 the
 *	  account or null, $6 the moment.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "base/digest.h"
#include "segment/eval_sql.h"
#include "server.h"
#include "taxonomy/event_phrases.h"

static char *
quoted(SmsText text)
{
	return quote_literal_cstr(pnstrdup(text.ptr, text.len));
}

static void
append_filter(StringInfo sql, const SmsFilter *filter, const char *alias)
{
	int			i;

	/* as numeric, so that a number need not be of the column's own type */
	appendStringInfo(sql, " AND %s.%s%s ", alias, filter->column->name,
					 filter->column->kind == SMS_RULE_COLUMN_NUMBER ? "::pg_catalog.numeric" : "");
	switch (filter->op)
	{
		case SMS_OP_IS_NULL:
			appendStringInfoString(sql, "IS NULL");
			return;
		case SMS_OP_IS_NOT_NULL:
			appendStringInfoString(sql, "IS NOT NULL");
			return;
		case SMS_OP_IN:
		case SMS_OP_NOT_IN:
			appendStringInfoString(sql, filter->op == SMS_OP_IN ? "IN (" : "NOT IN (");
			break;
		case SMS_OP_LIKE:
			appendStringInfoString(sql, "LIKE ");
			break;
		case SMS_OP_NOT_LIKE:
			appendStringInfoString(sql, "NOT LIKE ");
			break;
		default:
			appendStringInfo(sql, "%s ", sms_operator_sign(filter->op));
			break;
	}
	for (i = 0; i < filter->n_values; i++)
		appendStringInfo(sql, "%s%s", i > 0 ? ", " : "",
						 quote_literal_cstr(pnstrdup(filter->values[i].ptr,
													 filter->values[i].len)));
	if (filter->op == SMS_OP_IN || filter->op == SMS_OP_NOT_IN)
		appendStringInfoChar(sql, ')');
}

/* The condition of a pick, beginning with AND or empty. */
char *
sms_pick_sql(const SmsEventPick *pick, const char *alias)
{
	StringInfoData sql;
	int			i;

	initStringInfo(&sql);
	if (pick->type != SMS_EVENT_NONE)
		appendStringInfo(&sql, " AND %s.event_type = '%s'", alias,
						 sms_event_type_name(pick->type));
	for (i = 0; i < pick->n_filters; i++)
		append_filter(&sql, &pick->filters[i], alias);
	return sql.data;
}

/*
 * An instant moved forward by a span, as sms_rule_shift() does: months and
 * days on the calendar of the zone, then hours and minutes.
 */
static char *
shifted(const char *instant, const SmsSpan *span, SmsText zone)
{
	char	   *name = zone.len > 0 ? quoted(zone) : "'UTC'";
	int			months = span->n[SMS_UNIT_YEAR] * 12 + span->n[SMS_UNIT_QUARTER] * 3 +
		span->n[SMS_UNIT_MONTH];
	int64		days = (int64) span->n[SMS_UNIT_WEEK] * 7 + span->n[SMS_UNIT_DAY];
	int64		minutes = (int64) span->n[SMS_UNIT_HOUR] * 60 + span->n[SMS_UNIT_MINUTE];

	return psprintf("((((%s AT TIME ZONE %s) + '%d months'::interval + '" INT64_FORMAT " days'::interval)"
					" AT TIME ZONE %s) + '" INT64_FORMAT " minutes'::interval)",
					instant, name, months, days, name, minutes);
}

/* Which events of the people at hand, under an alias, a pick names. */
static char *
picked(const char *alias, const SmsEventPick *pick)
{
	return psprintf("%s.individual_no >= $3 AND %s.individual_no < $4 AND %s.individual_no <> 0"
					" AND ($5 IS NULL OR %s.account = $5) AND " SMS_FIRST_PART("%s.") "%s",
					alias, alias, alias, alias, alias, alias, sms_pick_sql(pick, alias));
}

/*
 * Who has an A in the window with (without) a B after it in time.  A cluster
 * does not hold the events of a person in one place; there both sides are
 * brought together first.
 */
char *
sms_sequence_sql(const SmsEval *eval, const SmsCondition *condition)
{
	bool		followed = condition->kind == SMS_CONDITION_FOLLOWED;
	char	   *deadline = sms_span_is_zero(&condition->within) ? "$6" :
		shifted("a.event_time", &condition->within, condition->within_zone);
	char	   *first = psprintf("smsengage.event a WHERE a.event_time >= $1 AND a.event_time < $2 AND %s",
								 picked("a", &condition->event));
	char	   *then = psprintf("smsengage.event b WHERE b.event_time > $1 AND b.event_time < $6 AND %s",
								picked("b", &condition->then));
	StringInfoData sql;

	initStringInfo(&sql);
	if (eval->spread)
		appendStringInfo(&sql, "WITH first AS MATERIALIZED (SELECT a.individual_no, a.event_time FROM %s),"
						 " later AS MATERIALIZED (SELECT b.individual_no, b.event_time FROM %s) ",
						 first, then);
	appendStringInfo(&sql, "SELECT DISTINCT a.individual_no::bigint FROM %s",
					 eval->spread ? "first a WHERE true" : first);
	if (!followed && !sms_span_is_zero(&condition->within))
		appendStringInfo(&sql, " AND %s < $6", deadline);
	appendStringInfo(&sql, " AND %sEXISTS (SELECT FROM %s AND b.individual_no = a.individual_no"
					 " AND b.event_time > a.event_time AND b.event_time <= %s)",
					 followed ? "" : "NOT ", eval->spread ? "later b WHERE true" : then, deadline);
	return sql.data;
}

/* Who has one of these ids; a phone number names who is known by it alone. */
char *
sms_individual_sql(const SmsCondition *condition)
{
	StringInfoData ids;
	int			i;

	initStringInfo(&ids);
	for (i = 0; i < condition->n_ids; i++)
		appendStringInfo(&ids, "%s%s, 'tel:' || smsengage.normalize_recipient(%s)",
						 i > 0 ? ", " : "", quoted(condition->ids[i]), quoted(condition->ids[i]));
	return psprintf("SELECT i.individual_no::bigint FROM smsengage.individual i"
					" WHERE i.individual_id IN (%s) AND i.individual_no >= $3 AND i.individual_no < $4"
					" AND $1 IS NOT NULL AND $2 IS NOT NULL AND $5 IS NOT DISTINCT FROM $5 AND $6 IS NOT NULL",
					ids.data);
}

/*
 * Whether a person is in the bucket: a digest of seed and person, the same
 * on every server, in ten thousandths.
 */
bool
sms_in_bucket(const SmsCondition *condition, SmsText scope, SmsText individual_id)
{
	SmsDigest	digest;
	uint8		bytes[SMS_DIGEST_SIZE];
	uint64		value = 0;
	int			i;

	sms_digest_init(&digest);
	sms_digest_text(&digest, condition->name.ptr == NULL ? sms_literal("") : condition->name);
	sms_digest_text(&digest, scope);
	sms_digest_text(&digest, individual_id);
	sms_digest_final(&digest, bytes);
	for (i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value % 10000 < (uint64) condition->percent;
}

typedef struct Bucket
{
	SmsEval    *eval;
	const SmsCondition *condition;
	SmsPeople	people;
} Bucket;

static void
take_bucket(void *into, int64 individual_no, SmsText scope, SmsText individual_id)
{
	Bucket	   *bucket = into;
	int64		bit = individual_no - sms_group_start(bucket->eval);

	if (sms_in_bucket(bucket->condition, scope, individual_id))
		bucket->people[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Adds to people those of the group who are in the bucket. */
void
sms_eval_bucket(SmsEval *eval, const SmsCondition *condition, SmsPeople people)
{
	Bucket		bucket = {eval, condition, people};

	sms_eval_people(eval, NULL, take_bucket, &bucket);
}
