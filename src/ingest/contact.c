/*-------------------------------------------------------------------------
 *
 * contact.c
 *	  The numbers under which the named people of a batch were met, by account.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "datatype/timestamp.h"
#include "funcapi.h"

#include "ingest/contact.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_batch_contacts);

static int
compare_texts(Datum a, Datum b)
{
	return sms_text_compare(sms_text_of(DatumGetTextPP(a)), sms_text_of(DatumGetTextPP(b)));
}

/* In the order of the table's key. */
static int
compare_keys(const SmsContact *x, const SmsContact *y)
{
	int			result = compare_texts(x->account, y->account);

	if (result == 0)
		result = compare_texts(x->recipient, y->recipient);
	if (result != 0 || x->individual_no == y->individual_no)
		return result;
	return x->individual_no < y->individual_no ? -1 : 1;
}

static int
compare_contacts(const void *a, const void *b)
{
	const SmsContact *x = a;
	const SmsContact *y = b;
	int			result = compare_keys(x, y);

	/* the latest day first */
	return result != 0 ? result : y->day - x->day;
}

/* Those of the good events with these keys, in key order, each once. */
SmsContact *
sms_contacts_of(const SmsBatch *batch, const int64 *people, const SmsKeys *keys, int *n)
{
	/* of events, as a key may have several */
	SmsContact *contacts = palloc_extended((Size) batch->n_good * sizeof(SmsContact) + 1,
										   MCXT_ALLOC_HUGE);
	int			found = 0;
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		if (!sms_batch_is_good(event) || !sms_keys_have(keys, event->key) ||
			event->person == SMS_NO_PERSON || event->text[SMS_TEXT_RECIPIENT] == 0 ||
			event->text[SMS_TEXT_INDIVIDUAL_ID] == 0)
			continue;
		contacts[found].individual_no = people[event->person];
		contacts[found].account = sms_batch_datum(batch, event->text[SMS_TEXT_ACCOUNT]);
		contacts[found].recipient = sms_batch_datum(batch, event->text[SMS_TEXT_RECIPIENT]);
		contacts[found++].day = (DateADT) (event->time[SMS_TIME_EVENT] / USECS_PER_DAY);
	}
	qsort(contacts, found, sizeof(SmsContact), compare_contacts);
	*n = 0;
	for (i = 0; i < found; i++)
		if (i == 0 || compare_keys(&contacts[i], &contacts[*n - 1]) != 0)
			contacts[(*n)++] = contacts[i];
	return contacts;
}

/* (individual_no, account, recipient, last_day), for named people only */
Datum
sms_batch_contacts(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	const int64 *people = sms_people_argument(fcinfo, 1, batch);
	SmsKeys		keys = sms_keys_argument(fcinfo, 2, batch);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsContact *contacts;
	bool		nulls[4] = {false};
	int			n;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	contacts = sms_contacts_of(batch, people, &keys, &n);
	for (i = 0; i < n; i++)
	{
		Datum		values[4];

		values[0] = Int64GetDatum(contacts[i].individual_no);
		values[1] = contacts[i].account;
		values[2] = contacts[i].recipient;
		values[3] = DateADTGetDatum(contacts[i].day);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
