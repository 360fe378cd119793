/*-------------------------------------------------------------------------
 *
 * contact.h
 *	  The numbers under which the named people of a batch were met, by account.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_CONTACT_H
#define SMS_CONTACT_H

#include "utils/date.h"

#include "ingest/batch_args.h"

/* A number of a named person, who met it, and the latest day (UTC) of that. */
typedef struct SmsContact
{
	int64		individual_no;
	Datum		account;		/* texts of the batch */
	Datum		recipient;
	DateADT		day;
} SmsContact;

extern SmsContact *sms_contacts_of(const SmsBatch *batch, const int64 *people,
								   const SmsKeys *keys, int *n);

#endif							/* SMS_CONTACT_H */
