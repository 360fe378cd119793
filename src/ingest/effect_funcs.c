/*-------------------------------------------------------------------------
 *
 * effect_funcs.c
 *	  Effects of events as rows: of a batch for ingestion, of a stored event
 *	  for a rebuild.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "ingest/batch_args.h"
#include "ingest/effect.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_batch_has_effects);
PG_FUNCTION_INFO_V1(sms_batch_effects);
PG_FUNCTION_INFO_V1(sms_event_effects_of_columns);
PG_FUNCTION_INFO_V1(sms_sender_key_text);

/* kind, code, sender, source, detail */
#define N_EFFECT_COLUMNS 5

static int
effects_of(const SmsBatch *batch, const SmsBatchEvent *event, SmsEffect *effects)
{
	SmsEffectInput input;

	if (!sms_batch_is_good(event) || event->text[SMS_TEXT_RECIPIENT] == 0)
		return 0;
	input.provider = event->provider;
	input.type = event->type;
	input.cls = event->cls;
	input.status_code = sms_batch_text(batch, event->text[SMS_TEXT_STATUS_CODE]);
	input.status_name = sms_batch_text(batch, event->text[SMS_TEXT_STATUS_NAME]);
	input.error_code = sms_batch_text(batch, event->text[SMS_TEXT_ERROR_CODE]);
	input.error_text = sms_batch_text(batch, event->text[SMS_TEXT_ERROR_TEXT]);
	input.sender = sms_batch_text(batch, event->text[SMS_TEXT_SENDER_ID]);
	input.message_text = sms_batch_text(batch, event->text[SMS_TEXT_MESSAGE_TEXT]);
	input.keyword = sms_batch_text(batch, event->text[SMS_TEXT_KEYWORD]);
	input.unsubscribe_source =
		sms_batch_text(batch, event->text[SMS_TEXT_UNSUBSCRIBE_SOURCE]);
	input.unsubscribe_reason =
		sms_batch_text(batch, event->text[SMS_TEXT_UNSUBSCRIBE_REASON]);
	return sms_event_effects(&input, effects);
}

/* Whether a batch's events have effects: most have none. */
bool
sms_has_effects(const SmsBatch *batch)
{
	SmsEffect	effects[SMS_MAX_EFFECTS];
	int			i;

	for (i = 0; i < batch->n_events; i++)
		if (effects_of(batch, sms_batch_event(batch, i), effects) > 0)
			return true;
	return false;
}

/* Whether batch_effects() could return a row. */
Datum
sms_batch_has_effects(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_has_effects(sms_batch_argument(fcinfo, 0)));
}

static void
effect_columns(const SmsEffect *effect, Datum *values, bool *nulls)
{
	values[0] = CStringGetTextDatum(sms_effect_name(effect->kind));
	values[1] = Int32GetDatum(effect->code);
	nulls[1] = effect->code == 0;
	values[2] = sms_text_datum(effect->sender);
	values[3] = CStringGetTextDatum(effect->source);
	nulls[4] = effect->detail.ptr == NULL;
	if (!nulls[4])
		values[4] = sms_text_datum(effect->detail);
}

/*
 * (event_time, event_key, account, recipient, kind, code, sender, source,
 * detail) of the events whose keys are given.
 */
Datum
sms_batch_effects(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsKeys		keys = sms_keys_argument(fcinfo, 1, batch);
	int			i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (i = 0; keys.n > 0 && i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		SmsEffect	effects[SMS_MAX_EFFECTS];
		int			n = effects_of(batch, event, effects);
		int			k;

		CHECK_FOR_INTERRUPTS();
		if (n == 0 || !sms_keys_have(&keys, event->key))
			continue;
		for (k = 0; k < n; k++)
		{
			Datum		values[4 + N_EFFECT_COLUMNS];
			bool		nulls[4 + N_EFFECT_COLUMNS] = {false};

			values[0] = TimestampTzGetDatum(event->time[SMS_TIME_EVENT]);
			values[1] = Int64GetDatum(event->key);
			values[2] = sms_text_datum(sms_batch_text(batch, event->text[SMS_TEXT_ACCOUNT]));
			values[3] = sms_text_datum(sms_batch_text(batch, event->text[SMS_TEXT_RECIPIENT]));
			effect_columns(&effects[k], values + 4, nulls + 4);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	}
	return (Datum) 0;
}

/* (kind, code, sender, source, detail) of a stored event, from its columns */
Datum
sms_event_effects_of_columns(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsEffect	effects[SMS_MAX_EFFECTS];
	SmsEffectInput input;
	int			n;
	int			i;

	input.provider = sms_provider_by_name(sms_text_argument(fcinfo, 0));
	input.type = sms_event_type_by_name(sms_text_argument(fcinfo, 1));
	input.cls = PG_ARGISNULL(2) ? SMS_CLASS_NONE : PG_GETARG_INT16(2);
	input.status_code = sms_text_argument(fcinfo, 3);
	input.status_name = sms_text_argument(fcinfo, 4);
	input.error_code = sms_text_argument(fcinfo, 5);
	input.error_text = sms_text_argument(fcinfo, 6);
	input.sender = sms_text_argument(fcinfo, 7);
	input.message_text = sms_text_argument(fcinfo, 8);
	input.unsubscribe_source = sms_text_argument(fcinfo, 9);
	input.keyword = sms_text_argument(fcinfo, 11);
	input.unsubscribe_reason = sms_text_argument(fcinfo, 10);

	InitMaterializedSRF(fcinfo, 0);
	n = sms_event_effects(&input, effects);
	for (i = 0; i < n; i++)
	{
		Datum		values[N_EFFECT_COLUMNS];
		bool		nulls[N_EFFECT_COLUMNS] = {false};

		effect_columns(&effects[i], values, nulls);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
sms_sender_key_text(PG_FUNCTION_ARGS)
{
	SmsText		sender = sms_text_argument(fcinfo, 0);

	PG_RETURN_DATUM(sms_text_datum(sms_sender_key(sender)));
}
