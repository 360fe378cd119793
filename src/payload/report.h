/*-------------------------------------------------------------------------
 *
 * report.h
 *	  The delivery report that an event is: see report.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_EVENT_REPORT_H
#define SMS_EVENT_REPORT_H

#include "delivery/delivery.h"
#include "payload/event.h"

extern void sms_event_report(SmsProvider provider, SmsClass cls,
							 SmsText status_code, SmsText error_code,
							 SmsText channel, int32_t part, SmsInstant at,
							 SmsInstant sent_at, bool arrival_clock,
							 SmsReport *report);

#endif							/* SMS_EVENT_REPORT_H */
