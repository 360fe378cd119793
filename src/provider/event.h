/*-------------------------------------------------------------------------
 *
 * event.h
 *	  One event as it comes out of a payload, and how a provider is described.
 *
 * A provider is a descriptor: which member of its JSON goes into which slot,
 * and a little code that tells the event type, the delivery class and the
 * identity.  Everything else is the same for all of them (reader.c).
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_EVENT_H
#define SMS_EVENT_H

#include "base/digest.h"
#include "base/json.h"
#include "core.h"
#include "provider/codes.h"
#include "provider/provider.h"
#include "taxonomy/taxonomy.h"

/* A text that may become part of an index row is at most this long. */
#define SMS_MAX_KEY_BYTES 512
/* One event's JSON text is at most this long. */
#define SMS_MAX_EVENT_BYTES (1024 * 1024)
/* A payload has at most this many events; what comes after is rejected as one. */
#define SMS_MAX_EVENTS 1000000
/* Events are taken up to this far in the future of their arrival. */
#define SMS_MAX_AHEAD (2 * SMS_DAY)

/*
 * Texts: columns of an event in their order, a price as decimal text and extra,
 * the members without a slot, as JSON; then the rest.
 */
typedef enum SmsTextSlot
{
#define EVENT_TEXT(NAME, ...) SMS_TEXT_##NAME,
#define EVENT_EXTRA(NAME, ...) SMS_TEXT_##NAME,
#include "taxonomy/event_columns.def"
	SMS_N_COLUMN_TEXTS,

	/* read, but not columns */
	SMS_TEXT_TYPE = SMS_N_COLUMN_TEXTS, /* the provider's word for the event */
	SMS_TEXT_TYPE2,				/* a second such word */
	SMS_TEXT_ENTERPRISE,		/* the account above the account */
	SMS_TEXT_SCOPE,				/* where individual_id means one person */
	SMS_TEXT_OTHER_PERSON,		/* native LINK: the second id */
	SMS_TEXT_TIME_SOURCE,		/* native: what event_time is */
	SMS_TEXT_EVENT_KEY,			/* native: key of the event where it came from */
	SMS_TEXT_MESSAGE_KEY,		/* native: the same of its message */
	SMS_TEXT_PART_TYPE,			/* of a message in several pieces: what one is */
	SMS_TEXT_PART_TEXT,			/* and its text */
	SMS_TEXT_CAPTION,			/* text that is beside the message's own */
	SMS_N_TEXTS
} SmsTextSlot;

typedef enum SmsTimeSlot
{
	SMS_TIME_EVENT,
	SMS_TIME_CREATED,
	SMS_TIME_SENT,
	SMS_TIME_SEEN,
	SMS_N_TIMES
} SmsTimeSlot;

typedef enum SmsNumberSlot
{
	SMS_NUMBER_PART,
	SMS_NUMBER_PARTS,
	SMS_NUMBER_STATUS_GROUP,
	SMS_NUMBER_ERROR_GROUP,
	SMS_NUMBER_PERMANENT,		/* 0, 1 */
	SMS_NUMBER_FINAL,			/* 0, 1 */
	SMS_N_NUMBERS
} SmsNumberSlot;

#define SMS_NO_NUMBER INT32_MIN

/*
 * What could not be read of an event that is stored all the same: the member,
 * as a path of the descriptor, and what is wrong.  Both are constants.
 */
typedef struct SmsNote
{
	const char *path;			/* NULL: a member that has no column */
	const char *what;
} SmsNote;

/* Further ones of one event are not counted. */
#define SMS_MAX_NOTES 8

typedef enum SmsOutcome
{
	SMS_OUTCOME_EVENT,
	SMS_OUTCOME_IGNORED,		/* understood, but not an engagement event */
	SMS_OUTCOME_REJECTED,
	SMS_OUTCOME_DROPPED			/* not to be kept: see batch_filter.c */
} SmsOutcome;

typedef struct SmsEvent
{
	SmsOutcome	outcome;
	SmsProvider provider;
	SmsEventType type;
	SmsClass	cls;
	int32_t		code;			/* the delivery report's code as a number */
	bool		arrival_clock;	/* event_time is the arrival: no clock given */
	bool		delivery_clock; /* event_time is when this copy was made: a
								 * redelivery has another */
	bool		timeless;		/* the identity does not contain the time;
								 * settle.c settles it */
	bool		has_message;	/* message_digest is set */
	bool		not_merged;		/* a report that must not touch its message */
	SmsText		text[SMS_N_TEXTS];
	SmsInstant	time[SMS_N_TIMES];
	int32_t		number[SMS_N_NUMBERS];
	uint8_t		times_given;	/* bit n: time n has a value, readable or not */
	const char *bad_clock;		/* the member of event_time, if it is not readable */
	int			n_notes;
	SmsNote		notes[SMS_MAX_NOTES];
	uint8_t		identity[SMS_DIGEST_SIZE];
	uint8_t		message[SMS_DIGEST_SIZE];
	SmsText		raw;			/* the event's JSON in the payload */
	int			index;			/* of the event in its array, or -1 */
	const char *rows;			/* the member that holds the array, or NULL */
	char		reason[160];	/* why it was ignored or rejected */
} SmsEvent;

/* How a value becomes what its slot holds. */
typedef enum SmsConversion
{
	SMS_AS_TEXT,				/* any scalar as text */
	SMS_AS_KEY,					/* the same, limited; empty is no value */
	SMS_AS_INTEGER_KEY,			/* a number in canonical spelling, as a key */
	SMS_AS_PHONE,				/* a key in the form of a recipient */
	SMS_AS_DECIMAL,
	SMS_AS_JSON,				/* a string's text, or JSON as written */
	SMS_AS_TIME,				/* epoch or ISO 8601 with an offset */
	SMS_AS_INTEGER,
	SMS_AS_BOOLEAN,
	SMS_AS_NOTHING				/* known and of no use: dropped */
} SmsConversion;

typedef struct SmsField
{
	const char *path;			/* members joined by dots; [] after an array */
	SmsConversion conversion;
	int			slot;			/* SmsTextSlot, SmsTimeSlot or SmsNumberSlot */
	bool		keep;			/* no column shows it: kept in extra as well */
} SmsField;

/* What makes an event this event, being fed. */
typedef struct SmsIdentity
{
	SmsDigest	digest;
	bool		has_time;		/* event_time is part of it */
} SmsIdentity;

struct SmsReader;

typedef struct SmsSpec
{
	SmsProvider provider;
	const char *name;			/* in SQL */
	const SmsCodes *codes;
	/* keys that tell this provider's payloads from all others, NULL at end */
	const char *const *marks;
	/* the top-level member that holds the events, or NULL */
	const char *rows;
	/* members beside that array which are of no use, NULL at end; or NULL */
	const char *const *counters;
	const SmsField *fields;		/* up to a path of NULL */
	/*
	 * Members that it is known to send and that have no column, as paths in
	 * extra, NULL at end; .* stands for all members below.  NULL: it may have
	 * any.
	 */
	const char *const *known_extra;
	const SmsSigning *signing;	/* NULL: none that can be verified */
	const SmsAddresses *addresses;	/* NULL: no list is published */
	/* hours after which a message without a result is as good as expired, in a
	 * new store; 0: as for providers in general */
	int			deadline_hours;
	/* names people itself: without a name, nobody is meant */
	bool		names_people;
	/*
	 * Sets type, class and what else follows from several members, then
	 * hands the event on with sms_finish_event(); or rejects, or ignores.  A
	 * member that could not be read is as one that is missing; only type,
	 * message or event id, and the clock of a report may reject an event.
	 */
	void		(*finish) (struct SmsReader *reader, SmsEvent *event);
	/* an object in an array was read; or NULL */
	void		(*end_element) (struct SmsReader *reader, SmsEvent *event);
	/*
	 * Feeds what makes this event this event; account and provider are in.
	 * event_time goes in by sms_identity_time() only: where that was not
	 * called, the event is one event whatever time it comes with, and the
	 * store keeps the first.  An identity with the time must contain what
	 * message_identity feeds and the message id: a cluster keeps it in one
	 * place by its message.
	 */
	void		(*identity) (const SmsEvent *event, SmsIdentity *identity);
	/* feeds what tells messages of one id apart, or NULL */
	void		(*message_identity) (const SmsEvent *event, SmsDigest *digest);
} SmsSpec;

/* Feeding an identity. */
static inline void
sms_identity_text(SmsIdentity *identity, SmsText text)
{
	sms_digest_text(&identity->digest, text);
}

static inline void
sms_identity_number(SmsIdentity *identity, int64_t number)
{
	sms_digest_number(&identity->digest, number);
}

/*
 * event_time, which then tells events apart; false, and nothing is fed, if it
 * is none of the event's own.
 */
static inline bool
sms_identity_time(SmsIdentity *identity, const SmsEvent *event)
{
	if (event->arrival_clock || event->delivery_clock)
		return false;
	sms_digest_number(&identity->digest, event->time[SMS_TIME_EVENT]);
	identity->has_time = true;
	return true;
}

/* FILE.c */
#define PROVIDER(number_, NAME_, file_) \
	extern const SmsSpec sms_##file_##_spec;
#include "provider/providers.def"

/* registry.c */
extern const SmsSpec *sms_spec_of(SmsProvider provider);
extern const SmsSpec *sms_spec_by_key(SmsText key);
/* room for the list of all names */
#define SMS_PROVIDER_LIST 512
extern const char *sms_provider_list(bool (*is_one) (const SmsSpec *spec), char *out);

/* settle.c */
extern bool sms_identity_may_have_time(SmsProvider provider, SmsEventType type,
									   SmsText event_id, bool arrival_clock);

/* convert.c */
extern bool sms_read_integer(SmsText text, int64_t *value);
extern bool sms_read_decimal(SmsText text);
extern bool sms_read_time(SmsText text, bool is_number, SmsInstant *value);

#endif							/* SMS_EVENT_H */
