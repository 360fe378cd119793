/*-------------------------------------------------------------------------
 *
 * link.h
 *	  People who are one person: see link.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_LINK_H
#define SMS_SEGMENT_LINK_H

#include "segment/eval.h"

extern void sms_links_load(SmsEval *eval);
extern int	sms_links_numbers(const SmsEval *eval, int64 number, int64 **numbers);
extern void sms_links_settle(SmsEval *eval, const SmsRule *rule, SmsPeople people);

#endif							/* SMS_SEGMENT_LINK_H */
