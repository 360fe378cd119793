/*-------------------------------------------------------------------------
 *
 * batch_args.h
 *	  What the functions on a parsed_batch take beside it: numbers of its
 *	  people, keys and identities of the events that are meant.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_BATCH_ARGS_H
#define SMS_BATCH_ARGS_H

#include "payload/batch.h"

/* Keys of events, sorted; or all good events of a batch. */
typedef struct SmsKeys
{
	int64	   *keys;
	int			n;
	bool		all;
} SmsKeys;

/* Identities of events, sorted. */
typedef struct SmsIdentities
{
	const uint8 **digests;
	int			n;
} SmsIdentities;

extern const int64 *sms_people_argument(FunctionCallInfo fcinfo, int n,
										const SmsBatch *batch);
extern SmsKeys sms_keys_argument(FunctionCallInfo fcinfo, int n,
								 const SmsBatch *batch);
extern bool sms_keys_have(const SmsKeys *keys, int64 key);
extern SmsIdentities sms_identities_argument(FunctionCallInfo fcinfo, int n);
extern bool sms_is_for_store(const SmsBatchEvent *event,
							 const SmsIdentities *fresh);

#endif							/* SMS_BATCH_ARGS_H */
