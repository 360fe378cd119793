/*-------------------------------------------------------------------------
 *
 * batch.h
 *	  The events of payloads in one flat value, on their way into the store.
 *
 * Ingestion is several commands over the same events.  Payloads are parsed
 * once; what comes out is a varlena of type parsed_batch, which the commands
 * take as an argument and which no one can make but batch() and its like.
 * Events are in key order, those that are repeated are marked, and the people
 * they belong to are listed once.  What is no event is a list of its own, in
 * the order of the payload, whose items are small: there may be a million.
 *
 * A text in the batch is a varlena of its own, so that rows of tables are
 * formed without copying it once more.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_BATCH_H
#define SMS_BATCH_H

#include "fmgr.h"
#include "storage/itemptr.h"

#include "provider/event.h"

/* "SMSD"; changes with the layout, as a value might have been kept somewhere */
#define SMS_BATCH_MAGIC 0x44534D53
#define SMS_NO_PERSON (-1)

/* Where a text is, from the start of the batch; 0 is no value. */
typedef uint32 SmsBatchText;

typedef struct SmsBatchEvent
{
	int64		key;			/* event_key */
	int64		arrival;
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
	bool		repeated;		/* the batch has this event already */
	uint8		identity[SMS_DIGEST_SIZE];
	uint8		message[SMS_DIGEST_SIZE];
	SmsBatchText	text[SMS_N_TEXTS];
	SmsBatchText	person_id;		/* the name, or 'tel:' and the number */
} SmsBatchEvent;

/* What was rejected or ignored; neighbours that are alike share their texts. */
typedef struct SmsBatchPiece
{
	int32		place;			/* among events and pieces, as they came */
	uint8		outcome;		/* SmsOutcome */
	uint8		provider;
	uint8		type;			/* SmsEventType, where it was told */
	SmsBatchText	raw;
	SmsBatchText	reason;
} SmsBatchPiece;

/* What could not be read of an event that is stored. */
typedef struct SmsBatchNote
{
	int64		key;			/* event_key */
	SmsBatchText	account;
	SmsBatchText	path;			/* empty: a member that has no column */
	SmsBatchText	what;
	uint8		provider;
} SmsBatchNote;

typedef struct SmsBatchPerson
{
	SmsBatchText	scope;
	SmsBatchText	individual_id;
} SmsBatchPerson;

typedef struct SmsBatch
{
	int32		vl_len_;
	uint32		magic;
	int32		n_payloads;
	int32		n_events;		/* repeated and dropped ones too */
	int32		n_pieces;		/* what is no event */
	int32		n_people;		/* in order of scope and id */
	int32		n_good;			/* events to be stored, repetitions left out */
	int32		n_repeated;
	int32		n_rejected;
	int32		n_ignored;
	int32		n_dropped;		/* events that must not be stored */
	int32		n_named;		/* good events that name a person */
	int32		n_timeless;		/* good events whose identity has no time */
	int32		n_links;		/* good events that make two people one */
	int32		n_notes;
	uint32		events_offset;
	uint32		pieces_offset;
	uint32		notes_offset;
	uint32		people_offset;
	/* of a batch read from a table (batch_source.c) */
	int32		n_nulls;		/* payloads that were NULL */
	ItemPointerData last;		/* the last row that was read, if any was */
} SmsBatch;

static inline const SmsBatchEvent *
sms_batch_event(const SmsBatch *batch, int i)
{
	return (const SmsBatchEvent *) ((const char *) batch + batch->events_offset) + i;
}

static inline const SmsBatchPiece *
sms_batch_piece(const SmsBatch *batch, int i)
{
	return (const SmsBatchPiece *) ((const char *) batch + batch->pieces_offset) + i;
}

static inline const SmsBatchNote *
sms_batch_note(const SmsBatch *batch, int i)
{
	return (const SmsBatchNote *) ((const char *) batch + batch->notes_offset) + i;
}

static inline const SmsBatchPerson *
sms_batch_person(const SmsBatch *batch, int i)
{
	return (const SmsBatchPerson *) ((const char *) batch + batch->people_offset) + i;
}

static inline SmsText
sms_batch_text(const SmsBatch *batch, SmsBatchText place)
{
	const char *value = (const char *) batch + place;
	SmsText		text = {NULL, 0};

	if (place != 0)
	{
		text.ptr = VARDATA_ANY(value);
		text.len = VARSIZE_ANY_EXHDR(value);
	}
	return text;
}

/* The same as a value of type text. */
static inline Datum
sms_batch_datum(const SmsBatch *batch, SmsBatchText place)
{
	return PointerGetDatum((const char *) batch + place);
}

/* An event that goes into the store. */
static inline bool
sms_batch_is_good(const SmsBatchEvent *event)
{
	return event->outcome == SMS_OUTCOME_EVENT && !event->repeated;
}

typedef struct SmsBuilder SmsBuilder;

/* batch.c */
extern SmsBuilder *sms_builder_begin(SmsProvider provider, SmsText account,
									 size_t expected);
extern void sms_builder_guard(SmsBuilder *builder);
extern void sms_builder_add(SmsBuilder *builder, SmsText payload,
							SmsInstant arrival, bool check_utf8);
extern void sms_builder_reject(SmsBuilder *builder, SmsText payload,
							   SmsText reason);
extern SmsBatch *sms_builder_end(SmsBuilder *builder, bool for_store);
extern SmsBatch *sms_batch_argument(FunctionCallInfo fcinfo, int n);

/* batch_source.c */
extern SmsBatch *sms_batch_of_payload(FunctionCallInfo fcinfo,
									  SmsInstant arrival, bool is_text);
extern void sms_require_arguments(FunctionCallInfo fcinfo, uint32 which);
extern SmsProvider sms_provider_argument(text *name);
extern SmsText sms_account_argument(FunctionCallInfo fcinfo, int n);

/* effect_funcs.c */
extern bool sms_has_effects(const SmsBatch *batch);

#endif							/* SMS_BATCH_H */
