/*-------------------------------------------------------------------------
 *
 * delivery.h
 *	  What is known about the delivery of one message: a merge of delivery
 *	  reports that does not care about order, repetition or lateness.
 *
 * A state holds an entry for each (channel, part) that was reported.  Merging
 * unites the entries; an entry keeps the greatest report under a total order
 * (sms_delivery_compare), the set of final groups ever reported, and the
 * earliest of each kind of time.  Maximum, union and minimum are commutative,
 * associative and idempotent, and there is one byte string for one state, so
 * any order of arrival ends in the same bytes.
 *
 * Bytes after the length word (numbers are big-endian, so that they are the
 * wire format as well, and the same on every machine):
 *
 *	0		SMS_DELIVERY_VERSION
 *	then entries in rising order of their first two bytes, none twice:
 *	0		channel, SmsChannel
 *	1		0: the message as a whole, else part + 1
 *	2		class (SmsClass) in the low half, ranking in the high half
 *	3		final groups reported, bit = SmsFinal; other bits zero
 *	4		times that follow, bit = SmsDeliveryTime; other bits zero
 *	5..8	code of the deciding report, signed, 0 for none
 *	9..		8 bytes for each time named, in the order of the bits
 *
 * A time that the deciding report implies is left out: a final report is a
 * report of its group, a seen message was delivered and seen, a sent one was
 * sent, at the report's clock.  No entry at all is the neutral element.
 *
 * Text: entries separated by ';', the parts of an entry by ',':
 *
 *	SMS/0 delivered 4000 @2021-02-05T22:30:26.004Z by code,
 *		sent 2021-02-05T22:30:20Z, undelivered 2021-02-05T22:30:22Z
 *
 * channel, '/' and part if the report names one; class, code unless 0, clock
 * if any and ranking of the deciding report; then what it does not imply:
 * earliest sent and seen times, and the other final groups with their
 * earliest clock (without one if none was reported).
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_DELIVERY_H
#define SMS_DELIVERY_H

#include "core.h"
#include "taxonomy/taxonomy.h"

#define SMS_DELIVERY_VERSION 1

/* Parts are 0..254 (a text message has at most 255). */
#define SMS_WHOLE_MESSAGE 255
#define SMS_MAX_PART 254

/* Clocks have years of four digits: 0001-01-01 to 9999-12-31. */
#define SMS_MIN_CLOCK INT64_C(-63082281600000000)
#define SMS_END_CLOCK INT64_C(252455616000000000)

/* How the reports of a provider outrank each other.  Numbers are stored. */
typedef enum SmsRanking
{
	SMS_RANK_BY_CODE = 0,		/* the highest code is final (ENS) */
	SMS_RANK_BY_TIME = 1,		/* final first, then the latest clock */
	SMS_RANK_BY_CLASS = 2		/* no clock in the payload: class alone */
} SmsRanking;

/* The groups a final report belongs to.  Numbers are stored. */
typedef enum SmsFinal
{
	SMS_FINAL_NONE = -1,
	SMS_FINAL_NOT_SENT = 0,
	SMS_FINAL_EXPIRED = 1,
	SMS_FINAL_UNDELIVERED = 2,
	SMS_FINAL_DELIVERED = 3		/* seen as well */
} SmsFinal;

#define SMS_N_FINALS 4

/* One delivery report, as the payload code hands it in. */
typedef struct SmsReport
{
	SmsRanking	ranking;
	SmsClass	cls;
	SmsChannel	channel;
	int			part;			/* 0..254 or SMS_WHOLE_MESSAGE */
	int32_t		code;			/* the provider's, 0 for none */
	SmsInstant	at;				/* when it happened, or SMS_NO_INSTANT */
	SmsInstant	sent_at;		/* when the message was sent, if told */
} SmsReport;

/* A state as the server stores it: a pointer to one is a Datum. */
typedef struct SmsDelivery
{
	int32_t		vl_len_;		/* set by this core in the server's form */
	uint8_t		body[];
} SmsDelivery;

/* A state without its length word, wherever it lies. */
typedef struct SmsDeliveryView
{
	const uint8_t *body;
	size_t		len;
} SmsDeliveryView;

/* An entry, unpacked; absent times are SMS_NO_INSTANT. */
typedef struct SmsDeliveryEntry
{
	SmsReport	best;			/* sent_at: the earliest of all reports */
	SmsInstant	seen_at;		/* earliest */
	int			finals;			/* bit = SmsFinal, whatever the clock */
	SmsInstant	final_at[SMS_N_FINALS]; /* earliest of each group */
} SmsDeliveryEntry;

/* A walk over the entries of a state. */
typedef struct SmsDeliveryCursor
{
	const uint8_t *next;
	const uint8_t *end;
	bool		damaged;		/* it stopped at bytes that are no entry */
} SmsDeliveryCursor;

/* The message as a whole: its best channel, and that channel's worst part. */
typedef struct SmsDeliverySummary
{
	SmsClass	cls;			/* SMS_CLASS_NONE: nothing was reported */
	int32_t		code;			/* of the deciding report, 0 for none */
	SmsInstant	done_at;		/* when the outcome was reached, if final */
	SmsInstant	sent_at;		/* earliest of all channels and parts */
	SmsInstant	seen_at;		/* the same */
	bool		conflicting;	/* some part has two final groups */
	int			parts_known;	/* of the deciding channel */
	int			parts_delivered;
} SmsDeliverySummary;

/* Why a text was refused. */
typedef struct SmsDeliveryError
{
	const char *wanted;			/* a noun phrase */
	size_t		position;		/* in bytes, from 0 */
} SmsDeliveryError;

#define SMS_DELIVERY_HEADER (sizeof(int32_t) + 1)
#define SMS_DELIVERY_MAX_ENTRY (9 + (3 + SMS_N_FINALS) * 8)
/* room for the state of one report */
#define SMS_DELIVERY_ONE_REPORT (SMS_DELIVERY_HEADER + SMS_DELIVERY_MAX_ENTRY)

/* delivery_core.c */
extern size_t sms_delivery_size(const SmsDelivery *state);
extern SmsDeliveryView sms_delivery_view(const SmsDelivery *state);
extern bool sms_delivery_from_report(const SmsReport *report,
									 SmsDelivery *state);
extern void sms_delivery_from_entries(const SmsDeliveryEntry *entries,
									  size_t n, SmsDelivery *state);
extern bool sms_delivery_merge_into(SmsDelivery *state, SmsDeliveryView a,
									SmsDeliveryView b);
extern SmsDelivery *sms_delivery_merge(SmsRegion *region, SmsDeliveryView a,
									   SmsDeliveryView b);
extern bool sms_delivery_check(SmsDeliveryView state);
extern bool sms_delivery_summarize(SmsDeliveryView state,
								   SmsDeliverySummary *summary);
extern SmsInstant sms_send_time(const SmsDeliverySummary *summary,
								SmsInstant first_time);

extern int	sms_delivery_compare(const SmsReport *a, const SmsReport *b);
extern SmsFinal sms_final_of_class(SmsClass cls);
extern int	sms_entry_compare(const SmsDeliveryEntry *a,
							  const SmsDeliveryEntry *b);
extern bool sms_entry_valid(const SmsDeliveryEntry *entry);
extern void sms_entry_complete(SmsDeliveryEntry *entry);
extern void sms_entry_merge(SmsDeliveryEntry *into,
							const SmsDeliveryEntry *other);
extern bool sms_entry_conflicting(const SmsDeliveryEntry *entry);
extern bool sms_delivery_start(SmsDeliveryCursor *cursor,
							   SmsDeliveryView state);
extern bool sms_delivery_next(SmsDeliveryCursor *cursor,
							  SmsDeliveryEntry *entry);

/* delivery_text.c */
extern const char *sms_ranking_name(SmsRanking ranking);
extern bool sms_ranking_by_name(SmsText name, SmsRanking *ranking);
extern SmsDelivery *sms_delivery_parse(SmsText text, SmsRegion *region,
									   SmsDeliveryError *error);
extern char *sms_delivery_print(SmsDeliveryView state, SmsRegion *region);

#endif							/* SMS_DELIVERY_H */
