/*-------------------------------------------------------------------------
 *
 * event_row.h
 *	  Events and messages as rows.  The order of columns is that of the types
 *	  event_row, message_row and parsed_event in the SQL parts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_EVENT_ROW_H
#define SMS_EVENT_ROW_H

#include "payload/batch.h"

#define SMS_N_EVENT_COLUMNS 42
#define SMS_N_MESSAGE_COLUMNS 17

extern void sms_event_row(const SmsBatch *batch, const SmsBatchEvent *event,
						  int64 individual_no, Datum *values, bool *nulls);
extern void sms_message_row(const SmsBatch *batch,
							const SmsBatchEvent *const *reports, int n,
							const int64 *people, Datum *values, bool *nulls);
extern Datum sms_raw_text_datum(SmsText raw, bool *exact);

#endif							/* SMS_EVENT_ROW_H */
