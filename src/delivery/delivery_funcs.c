/*-------------------------------------------------------------------------
 *
 * delivery_funcs.c
 *	  SQL functions over delivery states: make, merge, read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "delivery/delivery_server.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_delivery_report);
PG_FUNCTION_INFO_V1(sms_delivery_merge_states);
PG_FUNCTION_INFO_V1(sms_delivery_status_group);
PG_FUNCTION_INFO_V1(sms_delivery_status_group_id);
PG_FUNCTION_INFO_V1(sms_delivery_status_class);
PG_FUNCTION_INFO_V1(sms_delivery_status_category);
PG_FUNCTION_INFO_V1(sms_delivery_status_code);
PG_FUNCTION_INFO_V1(sms_delivery_decision_split);
PG_FUNCTION_INFO_V1(sms_delivery_sent_at);
PG_FUNCTION_INFO_V1(sms_delivery_send_time);
PG_FUNCTION_INFO_V1(sms_delivery_done_at);
PG_FUNCTION_INFO_V1(sms_delivery_outcome);
PG_FUNCTION_INFO_V1(sms_delivery_arrived_at);
PG_FUNCTION_INFO_V1(sms_delivery_seen_at);
PG_FUNCTION_INFO_V1(sms_delivery_is_final);
PG_FUNCTION_INFO_V1(sms_delivery_is_conflicting);
PG_FUNCTION_INFO_V1(sms_delivery_parts_known);
PG_FUNCTION_INFO_V1(sms_delivery_parts_delivered);
PG_FUNCTION_INFO_V1(sms_delivery_delivered_to);
PG_FUNCTION_INFO_V1(sms_delivery_reports);

#define REPORTS_COLUMNS 9

/* A time argument; NULL is no time. */
static SmsInstant
clock_arg(FunctionCallInfo fcinfo, int n)
{
	TimestampTz at;

	if (PG_ARGISNULL(n))
		return SMS_NO_INSTANT;
	at = PG_GETARG_TIMESTAMPTZ(n);
	if (at < SMS_MIN_CLOCK || at >= SMS_END_CLOCK)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("time of a delivery report is out of range"),
				 errdetail("Times must be in the years 0001 to 9999 of UTC.")));
	return at;
}

/*
 * delivery_report(class, code, at, channel, part, ranking, sent_at): the
 * state after one report.  Without a class there is no report: NULL.
 */
Datum
sms_delivery_report(PG_FUNCTION_ARGS)
{
	SmsDelivery *state;
	SmsReport	report;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	report.cls = sms_class_by_name(sms_text_of(PG_GETARG_TEXT_PP(0)));
	if (report.cls == SMS_CLASS_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown class of a delivery report"),
				 errhint("Classes are unknown, accepted, not_sent, sent, in_transit, to_operator, expired, undelivered, delivered and seen.")));
	report.code = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	report.at = clock_arg(fcinfo, 2);
	report.channel = PG_ARGISNULL(3) ? SMS_CHANNEL_SMS :
		sms_channel_by_name(sms_text_of(PG_GETARG_TEXT_PP(3)));
	report.part = PG_ARGISNULL(4) ? SMS_WHOLE_MESSAGE : PG_GETARG_INT32(4);
	if (!PG_ARGISNULL(4) && (report.part < 0 || report.part > SMS_MAX_PART))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("part %d is out of range", report.part),
				 errdetail("Parts are counted from 0 to %d.", SMS_MAX_PART)));
	report.ranking = SMS_RANK_BY_TIME;
	if (!PG_ARGISNULL(5) &&
		!sms_ranking_by_name(sms_text_of(PG_GETARG_TEXT_PP(5)), &report.ranking))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown ranking of delivery reports"),
				 errhint("Rankings are code, time and class.")));
	report.sent_at = clock_arg(fcinfo, 6);

	state = palloc(SMS_DELIVERY_ONE_REPORT);
	if (!sms_delivery_from_report(&report, state))
		elog(ERROR, "delivery report was not checked");
	PG_RETURN_POINTER(state);
}

/* delivery_merge(a, b), also transition and combine function of merge() */
Datum
sms_delivery_merge_states(PG_FUNCTION_ARGS)
{
	SmsDeliveryView a = PG_GETARG_SMS_DELIVERY(0);
	SmsDeliveryView b = PG_GETARG_SMS_DELIVERY(1);
	SmsDelivery *state = palloc(offsetof(SmsDelivery, body) + a.len + b.len);

	if (!sms_delivery_merge_into(state, a, b))
	{
		SmsDeliveryCursor cursor;
		SmsDeliveryEntry entry;

		sms_delivery_start(&cursor, a);
		while (sms_delivery_next(&cursor, &entry))
			continue;
		sms_delivery_damaged(cursor.damaged ? a : b);
	}
	PG_RETURN_POINTER(state);
}

static SmsDeliverySummary
summarize(FunctionCallInfo fcinfo)
{
	SmsDeliveryView state = PG_GETARG_SMS_DELIVERY(0);
	SmsDeliverySummary summary;

	if (!sms_delivery_summarize(state, &summary))
		sms_delivery_damaged(state);
	return summary;
}

Datum
sms_delivery_status_group(PG_FUNCTION_ARGS)
{
	SmsStatusGroup group = sms_class_group(summarize(fcinfo).cls);

	PG_RETURN_TEXT_P(cstring_to_text(sms_group_name(group)));
}

Datum
sms_delivery_status_group_id(PG_FUNCTION_ARGS)
{
	SmsStatusGroup group = sms_class_group(summarize(fcinfo).cls);

	if (group == SMS_GROUP_UNKNOWN)
		PG_RETURN_NULL();
	PG_RETURN_INT32(group);
}

Datum
sms_delivery_status_class(PG_FUNCTION_ARGS)
{
	SmsClass	cls = summarize(fcinfo).cls;

	if (cls == SMS_CLASS_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(sms_class_name(cls)));
}

/* EngageLab's categories; what ended there without a result is a failure. */
Datum
sms_delivery_status_category(PG_FUNCTION_ARGS)
{
	const char *category = NULL;

	switch (summarize(fcinfo).cls)
	{
		case SMS_CLASS_NONE:
			PG_RETURN_NULL();
		case SMS_CLASS_ACCEPTED:
			category = "Sending";
			break;
		case SMS_CLASS_UNKNOWN:
		case SMS_CLASS_SENT:
		case SMS_CLASS_IN_TRANSIT:
		case SMS_CLASS_TO_OPERATOR:
			category = "Wait result";
			break;
		case SMS_CLASS_NOT_SENT:
			category = "Process failed";
			break;
		case SMS_CLASS_EXPIRED:
		case SMS_CLASS_UNDELIVERED:
			category = "Send failed";
			break;
		case SMS_CLASS_DELIVERED:
		case SMS_CLASS_SEEN:
			category = "Delivered";
			break;
	}
	PG_RETURN_TEXT_P(cstring_to_text(category));
}

Datum
sms_delivery_status_code(PG_FUNCTION_ARGS)
{
	SmsDeliverySummary summary = summarize(fcinfo);

	if (summary.code == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(summary.code);
}

Datum
sms_delivery_decision_split(PG_FUNCTION_ARGS)
{
	SmsClass	cls = summarize(fcinfo).cls;
	const char *split = "NOT_AVAILABLE";

	if (sms_class_is_final(cls))
		split = sms_group_name(sms_class_group(cls));
	PG_RETURN_TEXT_P(cstring_to_text(split));
}

static Datum
instant_result(FunctionCallInfo fcinfo, SmsInstant at)
{
	if (at == SMS_NO_INSTANT)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(at);
}

Datum
sms_delivery_sent_at(PG_FUNCTION_ARGS)
{
	return instant_result(fcinfo, summarize(fcinfo).sent_at);
}

/* send_time(state, first_time), also of the column of message */
Datum
sms_delivery_send_time(PG_FUNCTION_ARGS)
{
	SmsDeliverySummary summary = {.sent_at = SMS_NO_INSTANT};

	if (!PG_ARGISNULL(0))
		summary = summarize(fcinfo);
	if (PG_ARGISNULL(1))
		return instant_result(fcinfo, summary.sent_at);
	PG_RETURN_TIMESTAMPTZ(sms_send_time(&summary, PG_GETARG_TIMESTAMPTZ(1)));
}

Datum
sms_delivery_done_at(PG_FUNCTION_ARGS)
{
	return instant_result(fcinfo, summarize(fcinfo).done_at);
}

/* How it ended, as reports count it. */
const char *
sms_outcome_of_class(SmsClass cls)
{
	switch (cls)
	{
		case SMS_CLASS_DELIVERED:
		case SMS_CLASS_SEEN:
			return "delivered";
		case SMS_CLASS_TO_OPERATOR:
			return "operator";
		case SMS_CLASS_UNDELIVERED:
			return "failed";
		case SMS_CLASS_EXPIRED:
			return "expired";
		case SMS_CLASS_NOT_SENT:
			return "not_sent";
		default:
			return "open";
	}
}

Datum
sms_delivery_outcome(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(sms_outcome_of_class(summarize(fcinfo).cls)));
}

/* Since when the person can have read it. */
Datum
sms_delivery_arrived_at(PG_FUNCTION_ARGS)
{
	SmsDeliverySummary summary = summarize(fcinfo);
	bool		delivered = summary.cls == SMS_CLASS_DELIVERED ||
		summary.cls == SMS_CLASS_SEEN;

	return instant_result(fcinfo, delivered && summary.done_at != SMS_NO_INSTANT ?
						  summary.done_at : summary.sent_at);
}

Datum
sms_delivery_seen_at(PG_FUNCTION_ARGS)
{
	return instant_result(fcinfo, summarize(fcinfo).seen_at);
}

Datum
sms_delivery_is_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_class_is_final(summarize(fcinfo).cls));
}

Datum
sms_delivery_is_conflicting(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(summarize(fcinfo).conflicting);
}

Datum
sms_delivery_parts_known(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(summarize(fcinfo).parts_known);
}

Datum
sms_delivery_parts_delivered(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(summarize(fcinfo).parts_delivered);
}

Datum
sms_delivery_delivered_to(PG_FUNCTION_ARGS)
{
	SmsClass	cls = summarize(fcinfo).cls;

	if (cls == SMS_CLASS_TO_OPERATOR)
		PG_RETURN_TEXT_P(cstring_to_text("operator"));
	if (sms_final_of_class(cls) == SMS_FINAL_DELIVERED)
		PG_RETURN_TEXT_P(cstring_to_text("handset"));
	PG_RETURN_NULL();
}

/* reports(state): what is kept of each channel and part, for inspection. */
Datum
sms_delivery_reports(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsDeliveryView state = PG_GETARG_SMS_DELIVERY(0);
	SmsDeliveryCursor cursor;
	SmsDeliveryEntry entry;

	InitMaterializedSRF(fcinfo, 0);
	sms_delivery_start(&cursor, state);
	while (sms_delivery_next(&cursor, &entry))
	{
		const SmsReport *best = &entry.best;
		Datum		values[REPORTS_COLUMNS];
		bool		nulls[REPORTS_COLUMNS] = {0};

		values[0] = CStringGetTextDatum(sms_channel_name(best->channel));
		values[1] = Int32GetDatum(best->part);
		nulls[1] = best->part == SMS_WHOLE_MESSAGE;
		values[2] = CStringGetTextDatum(sms_class_name(best->cls));
		values[3] = Int32GetDatum(best->code);
		nulls[3] = best->code == 0;
		values[4] = TimestampTzGetDatum(best->at);
		nulls[4] = best->at == SMS_NO_INSTANT;
		values[5] = CStringGetTextDatum(sms_ranking_name(best->ranking));
		values[6] = TimestampTzGetDatum(best->sent_at);
		nulls[6] = best->sent_at == SMS_NO_INSTANT;
		values[7] = TimestampTzGetDatum(entry.seen_at);
		nulls[7] = entry.seen_at == SMS_NO_INSTANT;
		values[8] = BoolGetDatum(sms_entry_conflicting(&entry));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc,
							 values, nulls);
	}
	if (cursor.damaged)
		sms_delivery_damaged(state);
	return (Datum) 0;
}
