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

#include "utils/array.h"

#include "ingest/batch.h"

/* Keys of events, sorted; or all good events of a batch. */
typedef struct SmsKeys
{
	int64	   *keys;
	int			n;
	bool		all;
} SmsKeys;

/* Digests, of identities or messages, sorted. */
typedef struct SmsDigests
{
	const uint8 **digests;
	int			n;
} SmsDigests;

/* Delivery reports, in order of their message. */
typedef struct SmsReports
{
	const SmsBatchEvent **events;
	int			n;
} SmsReports;

extern ArrayType *sms_array_argument(FunctionCallInfo fcinfo, int n, Oid type);
extern const int64 *sms_people_argument(FunctionCallInfo fcinfo, int n,
										const SmsBatch *batch);
extern SmsKeys sms_keys_argument(FunctionCallInfo fcinfo, int n,
								 const SmsBatch *batch);
extern SmsKeys sms_keys_of(const int64 *keys, int n, const SmsBatch *batch);
extern bool sms_keys_have(const SmsKeys *keys, int64 key);
extern SmsDigests sms_digests_argument(FunctionCallInfo fcinfo, int n);
extern bool sms_digests_have(const SmsDigests *digests, const uint8 *digest);
extern bool sms_is_for_store(const SmsBatchEvent *event,
							 const SmsDigests *fresh);
extern SmsReports sms_reports_of(const SmsBatch *batch, const SmsKeys *keys);
extern int	sms_reports_of_message(const SmsReports *reports, int first);

#endif							/* SMS_BATCH_ARGS_H */
