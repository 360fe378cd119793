/*-------------------------------------------------------------------------
 *
 * batch.h
 *	  A payload's events in one flat value, on its way into the store.
 *
 * Ingestion is several commands over the same events.  The payload is parsed
 * once; what comes out is a varlena of type parsed_batch, which the commands
 * take as an argument and which no one can make but batch().  Events are in
 * key order, those that the payload repeats are marked, and the people they
 * belong to are listed once.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_BATCH_H
#define SMS_BATCH_H

#include "fmgr.h"

#include "payload/event.h"

#define SMS_BATCH_MAGIC 0x42534D53	/* "SMSB" */
#define SMS_NO_PERSON (-1)

/* A text inside the batch; len is -1 for no value. */
typedef struct SmsSpan
{
	uint32		offset;			/* from the start of the varlena */
	int32		len;
} SmsSpan;

typedef struct SmsBatchEvent
{
	int64		key;			/* event_key */
	int64		time[SMS_N_TIMES];
	int32		number[SMS_N_NUMBERS];
	int32		person;			/* in the list of people, or SMS_NO_PERSON */
	uint8		outcome;		/* SmsOutcome */
	uint8		provider;
	uint8		type;
	uint8		cls;			/* SMS_CLASS_NONE: does not enter the merge */
	bool		arrival_clock;
	bool		timeless;
	bool		has_message;
	bool		repeated;		/* the payload has this event already */
	uint8		identity[SMS_DIGEST_SIZE];
	uint8		message[SMS_DIGEST_SIZE];
	SmsSpan		text[SMS_N_TEXTS];
	SmsSpan		raw;
	SmsSpan		reason;
} SmsBatchEvent;

typedef struct SmsBatchPerson
{
	SmsSpan		scope;
	SmsSpan		individual_id;	/* 'tel:' and the number, if nobody is named */
} SmsBatchPerson;

typedef struct SmsBatch
{
	int32		vl_len_;
	uint32		magic;
	int32		n_events;		/* all of them */
	int32		n_people;		/* in order of scope and id */
	int32		n_good;			/* events to be stored, repetitions left out */
	int32		n_repeated;
	int32		n_rejected;
	int32		n_ignored;
	int32		n_named;		/* good events that name a person */
	int32		n_timeless;		/* good events whose identity has no time */
	int64		arrival;
	uint32		events_offset;
	uint32		people_offset;
} SmsBatch;

static inline const SmsBatchEvent *
sms_batch_event(const SmsBatch *batch, int i)
{
	return (const SmsBatchEvent *) ((const char *) batch + batch->events_offset) + i;
}

static inline const SmsBatchPerson *
sms_batch_person(const SmsBatch *batch, int i)
{
	return (const SmsBatchPerson *) ((const char *) batch + batch->people_offset) + i;
}

static inline SmsText
sms_batch_text(const SmsBatch *batch, SmsSpan span)
{
	SmsText		text = {NULL, 0};

	if (span.len >= 0)
	{
		text.ptr = (const char *) batch + span.offset;
		text.len = span.len;
	}
	return text;
}

/* An event that goes into the store. */
static inline bool
sms_batch_is_good(const SmsBatchEvent *event)
{
	return event->outcome == SMS_OUTCOME_EVENT && !event->repeated;
}

extern SmsProvider sms_provider_argument(text *name);
extern SmsBatch *sms_batch_build(SmsProvider provider, SmsText payload,
								 SmsText account, SmsInstant arrival,
								 bool check_utf8, bool for_store);
extern SmsText sms_account_argument(FunctionCallInfo fcinfo, int n);
extern SmsBatch *sms_batch_argument(FunctionCallInfo fcinfo, int n);

#endif							/* SMS_BATCH_H */
