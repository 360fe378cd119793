/*-------------------------------------------------------------------------
 *
 * receipt.c
 *	  The delivery report that an event is.
 *
 * A pure function of columns of the event table, so that what ingestion
 * merges and what a rebuild merges are the same.
 *
 *-------------------------------------------------------------------------
 */
#include "ingest/receipt.h"

/* The ENS code that a class stands for where an event carries none. */
static int32_t
ens_code_of_class(SmsClass cls)
{
	switch (cls)
	{
		case SMS_CLASS_SENT:
			return 2000;
		case SMS_CLASS_IN_TRANSIT:
			return 3000;
		case SMS_CLASS_DELIVERED:
			return 4000;
		case SMS_CLASS_UNDELIVERED:
			return 4500;
		case SMS_CLASS_EXPIRED:
			return 4501;
		default:
			return 0;
	}
}

static int32_t
numeric_code(SmsText status_code, SmsText error_code)
{
	int64_t		code;

	if (sms_read_integer(status_code, &code) && code > 0 && code <= INT32_MAX)
		return (int32_t) code;
	if (sms_read_integer(error_code, &code) && code > 0 && code <= INT32_MAX)
		return (int32_t) code;
	return 0;
}

/*
 * part is SMS_NO_NUMBER where the report is about the whole message.  How
 * reports outrank each other: ENS by code alone; a provider without clocks by
 * class; all others by time.
 */
void
sms_event_report(SmsProvider provider, SmsClass cls, SmsText status_code,
				 SmsText error_code, SmsText channel, int32_t part,
				 SmsInstant at, SmsInstant sent_at, bool arrival_clock,
				 SmsReport *report)
{
	report->cls = cls;
	report->channel = sms_channel_by_name(channel);
	report->part = part == SMS_NO_NUMBER ? SMS_WHOLE_MESSAGE : part;
	report->code = numeric_code(status_code, error_code);
	report->at = arrival_clock ? SMS_NO_INSTANT : at;
	report->sent_at = sent_at;
	if (provider == SMS_PROVIDER_ENS)
	{
		report->ranking = SMS_RANK_BY_CODE;
		if (report->code == 0)
			report->code = ens_code_of_class(cls);
	}
	else
		report->ranking = arrival_clock ? SMS_RANK_BY_CLASS : SMS_RANK_BY_TIME;
}
