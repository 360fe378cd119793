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

#include "payload/digest.h"
#include "segment/eval_sql.h"
#include "server.h"

static char *
quoted(SmsText text)
{
	return quote_literal_cstr(pnstrdup(text.ptr, text.len));
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

/* Who has an A in the window with (without) a B after it in time. */
char *
sms_sequence_sql(const SmsCondition *condition)
{
	bool		followed = condition->kind == SMS_CONDITION_FOLLOWED;
	char	   *deadline = sms_span_is_zero(&condition->within) ? "$6" :
		shifted("a.event_time", &condition->within, condition->within_zone);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "SELECT DISTINCT a.individual_no FROM smsengage.event a"
					 " WHERE a.event_time >= $1 AND a.event_time < $2"
					 " AND a.individual_no >= $3 AND a.individual_no < $4 AND a.individual_no <> 0"
					 " AND ($5 IS NULL OR a.account = $5)"
					 " AND (a.part IS NULL OR a.part = 0)%s",
					 sms_pick_sql(&condition->event, "a"));
	if (!followed && !sms_span_is_zero(&condition->within))
		appendStringInfo(&sql, " AND %s < $6", deadline);
	appendStringInfo(&sql,
					 " AND %sEXISTS (SELECT FROM smsengage.event b"
					 " WHERE b.individual_no = a.individual_no"
					 " AND b.event_time > a.event_time AND b.event_time <= %s AND b.event_time < $6"
					 " AND ($5 IS NULL OR b.account = $5)"
					 " AND (b.part IS NULL OR b.part = 0)%s)",
					 followed ? "" : "NOT ", deadline, sms_pick_sql(&condition->then, "b"));
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
	return psprintf("SELECT i.individual_no FROM smsengage.individual i"
					" WHERE i.individual_id IN (%s) AND i.individual_no >= $3 AND i.individual_no < $4"
					" AND $1 IS NOT NULL AND $2 IS NOT NULL AND $5 IS NOT DISTINCT FROM $5 AND $6 IS NOT NULL",
					ids.data);
}

/* Who was subscribed at the moment: last of SUBSCRIBE and UNSUBSCRIBE. */
char *
sms_subscribed_sql(const SmsCondition *condition)
{
	char	   *sender = condition->name.ptr == NULL ? "" :
		psprintf(" AND smsengage.same_sender(e.sender_id, %s)", quoted(condition->name));

	return psprintf("SELECT l.individual_no FROM ("
					"SELECT DISTINCT ON (e.individual_no, e.account, pg_catalog.ltrim(e.sender_id, '+'))"
					" e.individual_no, e.event_type FROM smsengage.event e"
					" WHERE e.event_time >= $1 AND e.event_time < $2"
					" AND e.individual_no >= $3 AND e.individual_no < $4 AND e.individual_no <> 0"
					" AND e.event_type IN ('SUBSCRIBE', 'UNSUBSCRIBE')"
					" AND ($5 IS NULL OR e.account = $5) AND $6 IS NOT NULL%s"
					" ORDER BY e.individual_no, e.account, pg_catalog.ltrim(e.sender_id, '+'),"
					" e.event_time DESC, e.event_type DESC) l"
					" WHERE l.event_type = 'SUBSCRIBE'", sender);
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
