/*-------------------------------------------------------------------------
 *
 * outcome_facts.c
 *	  What a message counts for: when it was sent, how it ended, what it cost.
 *
 * Every place that counts messages goes by this, in C and in SQL, so that none
 * can differ.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "delivery/delivery_server.h"
#include "server.h"
#include "store/outcome_facts.h"
#include "tally/cover.h"
#include "text/country.h"
#include "text/recipient.h"

PG_FUNCTION_INFO_V1(sms_outcome_facts_row);
PG_FUNCTION_INFO_V1(sms_billed_parts);
PG_FUNCTION_INFO_V1(sms_message_cost);
PG_FUNCTION_INFO_V1(sms_is_test);

#define N_FACTS 9

/* A text of a row of message, or another where it has none */
SmsText
sms_message_text(const Datum *values, const bool *nulls, SmsMessageColumn column,
				 const char *other)
{
	return nulls[column] ? sms_literal(other) :
		sms_text_of(DatumGetTextPP(values[column]));
}

static SmsText
country_of(SmsText recipient)
{
	SmsText		normal;
	SmsPlace	place;
	char	   *room = palloc(SMS_RECIPIENT_ROOM(recipient.len));

	normal.ptr = room;
	normal.len = sms_normalize_recipient(recipient, room);
	return sms_literal(sms_place_of(normal, &place) && place.country != NULL ?
					   place.country : "");
}

/* As the provider says, else as many as were reported. */
static int32
billed_parts(bool is_told, int32 told, int32 known)
{
	return is_told ? told : Max(known, 1);
}

/* Infobip's price is that of one part. */
static bool
is_price_of_part(SmsText provider)
{
	return sms_text_is(provider, "infobip");
}

static Datum
cost_of(SmsText provider, Datum price, int32 parts)
{
	if (!is_price_of_part(provider))
		return price;
	return DirectFunctionCall2(numeric_mul, price, NumericGetDatum(int64_to_numeric(parts)));
}

/* Whether callback data say that a message is a test. */
static bool
is_test(SmsText callback_data)
{
	return sms_text_is(sms_callback_value(callback_data, sms_literal("test")), "true");
}

/*
 * The facts of a message, a row of the table; false if it counts nowhere.  What
 * is needed is left in the current memory context.
 */
bool
sms_outcome_facts(const Datum *values, const bool *nulls, SmsOutcomeFacts *facts)
{
	SmsDeliverySummary summary;
	SmsDeliveryView state;
	SmsInstant	sent;

	if (is_test(sms_message_text(values, nulls, SMS_MESSAGE_CALLBACK_DATA, "")))
		return false;
	state = sms_delivery_datum_view(values[SMS_MESSAGE_STATE]);
	if (!sms_delivery_summarize(state, &summary))
		sms_delivery_damaged(state);
	sent = sms_send_time(&summary, DatumGetTimestampTz(values[SMS_MESSAGE_FIRST_TIME]));
	facts->send_cell = TIMESTAMP_NOT_FINITE(sent) ? sent : sms_cell_start(SMS_LEVEL_QUARTER_HOUR, sent);
	facts->outcome = sms_outcome_of_class(summary.cls);
	facts->parts = billed_parts(!nulls[SMS_MESSAGE_PARTS],
								DatumGetInt16(values[SMS_MESSAGE_PARTS]), summary.parts_known);
	facts->priced = !nulls[SMS_MESSAGE_PRICE];
	if (facts->priced)
		facts->cost = cost_of(sms_message_text(values, nulls, SMS_MESSAGE_PROVIDER, ""),
							  values[SMS_MESSAGE_PRICE], facts->parts);
	facts->channel = sms_message_text(values, nulls, SMS_MESSAGE_CHANNEL, "SMS");
	facts->bulk_message = sms_message_text(values, nulls, SMS_MESSAGE_BULK_MESSAGE, "");
	facts->sender_id = sms_message_text(values, nulls, SMS_MESSAGE_SENDER_ID, "");
	facts->country = country_of(sms_message_text(values, nulls, SMS_MESSAGE_RECIPIENT, ""));
	facts->price_currency = sms_message_text(values, nulls, SMS_MESSAGE_PRICE_CURRENCY, "");
	return true;
}

/*
 * outcome_facts(state, first_time, parts, price, provider, channel,
 * bulk_message, sender_id, recipient, price_currency, callback_data):
 * (send_cell, outcome, billed, cost, channel_name, bulk, sender, country,
 * currency), or no row
 */
Datum
sms_outcome_facts_row(PG_FUNCTION_ARGS)
{
	static const SmsMessageColumn columns[] = {
		SMS_MESSAGE_STATE, SMS_MESSAGE_FIRST_TIME, SMS_MESSAGE_PARTS,
		SMS_MESSAGE_PRICE, SMS_MESSAGE_PROVIDER, SMS_MESSAGE_CHANNEL,
		SMS_MESSAGE_BULK_MESSAGE, SMS_MESSAGE_SENDER_ID, SMS_MESSAGE_RECIPIENT,
		SMS_MESSAGE_PRICE_CURRENCY, SMS_MESSAGE_CALLBACK_DATA
	};
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		message[SMS_N_MESSAGE_COLUMNS] = {0};
	bool		message_nulls[SMS_N_MESSAGE_COLUMNS] = {false};
	SmsOutcomeFacts facts;
	Datum		values[N_FACTS];
	bool		nulls[N_FACTS] = {false};
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < (int) lengthof(columns); i++)
	{
		message[columns[i]] = PG_GETARG_DATUM(i);
		message_nulls[columns[i]] = PG_ARGISNULL(i);
	}
	if (message_nulls[SMS_MESSAGE_STATE] || message_nulls[SMS_MESSAGE_FIRST_TIME] ||
		!sms_outcome_facts(message, message_nulls, &facts))
		return (Datum) 0;
	values[0] = TimestampTzGetDatum(facts.send_cell);
	values[1] = CStringGetTextDatum(facts.outcome);
	values[2] = Int32GetDatum(facts.parts);
	values[3] = facts.cost;
	nulls[3] = !facts.priced;
	values[4] = sms_text_datum(facts.channel);
	values[5] = sms_text_datum(facts.bulk_message);
	values[6] = sms_text_datum(facts.sender_id);
	values[7] = sms_text_datum(facts.country);
	values[8] = sms_text_datum(facts.price_currency);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return (Datum) 0;
}

/* billed_parts(state, parts) */
Datum
sms_billed_parts(PG_FUNCTION_ARGS)
{
	SmsDeliverySummary summary = {0};

	if (PG_ARGISNULL(1) && !PG_ARGISNULL(0))
	{
		SmsDeliveryView state = PG_GETARG_SMS_DELIVERY(0);

		if (!sms_delivery_summarize(state, &summary))
			sms_delivery_damaged(state);
	}
	PG_RETURN_INT32(billed_parts(!PG_ARGISNULL(1), PG_GETARG_INT16(1), summary.parts_known));
}

/* message_cost(provider, price, parts) */
Datum
sms_message_cost(PG_FUNCTION_ARGS)
{
	SmsText		provider = PG_ARGISNULL(0) ? sms_literal("") : sms_text_of(PG_GETARG_TEXT_PP(0));

	if (PG_ARGISNULL(1) || (PG_ARGISNULL(2) && is_price_of_part(provider)))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(cost_of(provider, PG_GETARG_DATUM(1), PG_GETARG_INT32(2)));
}

/* is_test(callback_data) */
Datum
sms_is_test(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!PG_ARGISNULL(0) && is_test(sms_text_of(PG_GETARG_TEXT_PP(0))));
}
