/*-------------------------------------------------------------------------
 *
 * receipt.h
 *	  The delivery report that an event is: see receipt.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_RECEIPT_H
#define SMS_RECEIPT_H

#include "delivery/delivery.h"
#include "provider/event.h"

extern void sms_event_report(SmsProvider provider, SmsClass cls,
							 SmsText status_code, SmsText error_code,
							 SmsText channel, int32_t part, SmsInstant at,
							 SmsInstant sent_at, bool arrival_clock,
							 SmsReport *report);

#endif							/* SMS_RECEIPT_H */
