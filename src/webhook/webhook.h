/*-------------------------------------------------------------------------
 *
 * webhook.h
 *	  What the functions of webhooks share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_WEBHOOK_H
#define SMS_WEBHOOK_H

#include "fmgr.h"

#include "provider/event.h"

/* address_funcs.c */
extern const SmsSpec *sms_spec_argument(FunctionCallInfo fcinfo, int n);

#endif							/* SMS_WEBHOOK_H */
