/*-------------------------------------------------------------------------
 *
 * event_row.h
 *	  Events and messages as rows.  The columns of an event are those of
 *	  event_columns.def; the order of a message's is that of the type
 *	  message_row (sql/ingest/row.sql).
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_EVENT_ROW_H
#define SMS_EVENT_ROW_H

#include "ingest/batch.h"

/* Columns of the table event, and of event_row */
typedef enum SmsEventColumn
{
#define EVENT_COLUMN(NAME, ...) SMS_EVENT_COLUMN_##NAME,
#define EVENT_TEXT(NAME, ...) SMS_EVENT_COLUMN_##NAME,
#define EVENT_EXTRA(NAME, ...) SMS_EVENT_COLUMN_##NAME,
#include "taxonomy/event_columns.def"
	SMS_N_EVENT_COLUMNS
} SmsEventColumn;

typedef enum SmsMessageColumn
{
	SMS_MESSAGE_KEY,
	SMS_MESSAGE_FIRST_TIME,
	SMS_MESSAGE_LAST_TIME,
	SMS_MESSAGE_INDIVIDUAL_NO,
	SMS_MESSAGE_PARTS,
	SMS_MESSAGE_ACCOUNT,
	SMS_MESSAGE_PROVIDER,
	SMS_MESSAGE_ID,
	SMS_MESSAGE_RECIPIENT,
	SMS_MESSAGE_SENDER_ID,
	SMS_MESSAGE_CHANNEL,
	SMS_MESSAGE_BULK_MESSAGE,
	SMS_MESSAGE_TEMPLATE,
	SMS_MESSAGE_PRICE,
	SMS_MESSAGE_PRICE_CURRENCY,
	SMS_MESSAGE_CALLBACK_DATA,
	SMS_MESSAGE_STATE,
	SMS_N_MESSAGE_COLUMNS
} SmsMessageColumn;

extern const char *const sms_event_column_names[SMS_N_EVENT_COLUMNS];

extern void sms_event_row(const SmsBatch *batch, const SmsBatchEvent *event,
						  int64 individual_no, Datum *values, bool *nulls);
extern void sms_message_row(const SmsBatch *batch,
							const SmsBatchEvent *const *reports, int n,
							const int64 *people, Datum *values, bool *nulls);
extern void sms_message_of_report(Datum *values, bool *nulls);
extern Datum sms_message_merge_column(SmsMessageColumn column, Datum a, Datum b);
extern bool sms_message_merge(const Datum *a, const bool *a_nulls,
							  const Datum *b, const bool *b_nulls,
							  Datum *values, bool *nulls);
extern Datum sms_raw_text_datum(SmsText raw, bool *exact);

/* callback_funcs.c */
extern SmsText sms_callback_value(SmsText data, SmsText name);

#endif							/* SMS_EVENT_ROW_H */
