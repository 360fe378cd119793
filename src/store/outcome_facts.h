/*-------------------------------------------------------------------------
 *
 * outcome_facts.h
 *	  What a message counts for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_OUTCOME_FACTS_H
#define SMS_OUTCOME_FACTS_H

#include "ingest/event_row.h"

typedef struct SmsOutcomeFacts
{
	SmsInstant	send_cell;		/* the quarter hour in which it was sent */
	const char *outcome;
	int32		parts;			/* that are billed */
	bool		priced;
	Datum		cost;			/* numeric, if it has a price */
	SmsText		channel;
	SmsText		bulk_message;
	SmsText		sender_id;
	SmsText		country;
	SmsText		price_currency;
} SmsOutcomeFacts;

extern SmsText sms_message_text(const Datum *values, const bool *nulls,
								SmsMessageColumn column, const char *other);
extern bool sms_outcome_facts(const Datum *values, const bool *nulls,
							  SmsOutcomeFacts *facts);

#endif							/* SMS_OUTCOME_FACTS_H */
