/*-------------------------------------------------------------------------
 *
 * batch_filter.c
 *	  Events of a batch that must not be stored: of people who were
 *	  forgotten, or older than what is kept.
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
#include "server.h"

PG_FUNCTION_INFO_V1(sms_batch_subjects);
PG_FUNCTION_INFO_V1(sms_batch_without);

static void
put_text(Datum *values, bool *nulls, int column, const SmsBatch *batch, SmsBatchText place)
{
	nulls[column] = place == 0;
	if (place != 0)
		values[column] = sms_batch_datum(batch, place);
}

/* (event_key, event_time, account, recipient, scope, individual_id) */
Datum
sms_batch_subjects(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		Datum		values[6];
		bool		nulls[6] = {false};

		CHECK_FOR_INTERRUPTS();
		if (!sms_batch_is_good(event))
			continue;
		values[0] = Int64GetDatum(event->key);
		values[1] = TimestampTzGetDatum(event->time[SMS_TIME_EVENT]);
		put_text(values, nulls, 2, batch, event->text[SMS_TEXT_ACCOUNT]);
		put_text(values, nulls, 3, batch, event->text[SMS_TEXT_RECIPIENT]);
		put_text(values, nulls, 4, batch, event->text[SMS_TEXT_SCOPE]);
		put_text(values, nulls, 5, batch, event->person_id);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* Leaves only the people whom an event still belongs to. */
static void
drop_people(SmsBatch *batch, SmsBatchEvent *events)
{
	SmsBatchPerson *people = (SmsBatchPerson *) ((char *) batch + batch->people_offset);
	int32	   *number = palloc(batch->n_people * sizeof(int32) + 1);
	int			n = 0;
	int			i;

	for (i = 0; i < batch->n_people; i++)
		number[i] = SMS_NO_PERSON;
	for (i = 0; i < batch->n_events; i++)
		if (sms_batch_is_good(&events[i]) && events[i].person != SMS_NO_PERSON)
			number[events[i].person] = 0;
	for (i = 0; i < batch->n_people; i++)
		if (number[i] != SMS_NO_PERSON)
		{
			people[n] = people[i];
			number[i] = n++;
		}
	for (i = 0; i < batch->n_events; i++)
		if (events[i].person != SMS_NO_PERSON)
			events[i].person = number[events[i].person];
	batch->n_people = n;
	pfree(number);
}

/*
 * batch_without(batch, event_keys): the batch without these events, which
 * count as ignored and are kept nowhere.
 */
Datum
sms_batch_without(PG_FUNCTION_ARGS)
{
	const SmsBatch *given = sms_batch_argument(fcinfo, 0);
	SmsKeys		keys = sms_keys_argument(fcinfo, 1, NULL);
	SmsBatch   *batch;
	SmsBatchEvent *events;
	int			i;

	batch = palloc(VARSIZE(given));
	memcpy(batch, given, VARSIZE(given));
	events = (SmsBatchEvent *) ((char *) batch + batch->events_offset);
	for (i = 0; i < batch->n_events; i++)
	{
		SmsBatchEvent *event = &events[i];

		if (event->outcome != SMS_OUTCOME_EVENT || !sms_keys_have(&keys, event->key))
			continue;
		if (event->repeated)
			batch->n_repeated--;
		else
		{
			batch->n_good--;
			batch->n_named -= event->text[SMS_TEXT_INDIVIDUAL_ID] != 0;
			batch->n_timeless -= event->timeless;
			batch->n_links -= event->type == SMS_EVENT_LINK;
		}
		batch->n_dropped++;
		event->outcome = SMS_OUTCOME_DROPPED;
	}
	drop_people(batch, events);
	PG_RETURN_POINTER(batch);
}
