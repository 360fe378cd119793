/*-------------------------------------------------------------------------
 *
 * direct.h
 *	  The steps that put a batch into the store without SQL.
 *
 * Each step returns false where SQL must do it: then nothing of the batch has
 * been stored, as all steps are one subtransaction.  They take the tables in
 * the order in which ingest_by_sql() does.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_DIRECT_H
#define SMS_DIRECT_H

#include "payload/batch_args.h"
#include "payload/event_row.h"
#include "store/inserter.h"

typedef struct SmsDirect
{
	const SmsBatch *batch;
	SmsDigests	identities;		/* of the timeless events, those that are new */
	int64	   *people;			/* number of each person of the batch */
	int64		first_new;		/* those from here on were not known */
	int64	   *keys;			/* of the events that were new, in their order */
	int			n_keys;
	SmsKeys		stored;			/* the same as a set */
} SmsDirect;

typedef struct SmsOutcomes SmsOutcomes;

extern bool sms_direct_people(SmsDirect *direct);
extern bool sms_direct_events(SmsDirect *direct);
extern bool sms_direct_messages(SmsDirect *direct);
extern bool sms_direct_contacts(SmsDirect *direct);
extern bool sms_direct_tallies(SmsDirect *direct);

/* admission.c */
extern bool sms_needs_admission(const SmsBatch *batch);

/* outcomes.c */
extern SmsOutcomes *sms_outcomes_begin(void);
extern void sms_outcomes_count(SmsOutcomes *outcomes, int sign,
							   const Datum *values, const bool *nulls);
extern bool sms_outcomes_store(SmsOutcomes *outcomes);

#endif							/* SMS_DIRECT_H */
