/*-------------------------------------------------------------------------
 *
 * engagelab.c
 *	  EngageLab SMS: status callbacks, replies, and rows of the block list.
 *
 * Source: Callback Address (EngageLab SMS API), SMS Status and Block List
 * (console guide).  Facts that shape this file:
 * - a POST is {"total": n, "rows": [...]}; the member status, response,
 *	 notification or system_event tells what a row is; {} verifies the URL;
 * - ids are text of 19 digits, and "0" is no id;
 * - error_code 0 is no error, also beside a failure;
 * - msg_time is when it happened, itime when the callback was made, which a
 *	 retry makes anew: a reply, which has no other time, is known by its
 *	 message_sid;
 * - a row of the block list has a number, two times and a reason, which is a
 *	 code or its description; the console names them in words.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static const char *const marks[] = {
	"rows", "itime", "interception_time", "interceptionTime",
	"Interception time", NULL
};

static const char *const counters[] = {"total", NULL};

static const SmsField fields[] = {
	{"message_id", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"to", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"channel", SMS_AS_KEY, SMS_TEXT_CHANNEL, false},
	{"itime", SMS_AS_TIME, SMS_TIME_CREATED, false},
	{"business_id", SMS_AS_KEY, SMS_TEXT_ENTERPRISE, true},
	{"status.message_status", SMS_AS_KEY, SMS_TEXT_STATUS_CODE, false},
	{"status.status_data.msg_time", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"status.status_data.message_id", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"status.status_data.template_key", SMS_AS_KEY, SMS_TEXT_TEMPLATE, false},
	{"status.status_data.business_id", SMS_AS_KEY, SMS_TEXT_ENTERPRISE, true},
	{"status.billing.cost", SMS_AS_DECIMAL, SMS_TEXT_PRICE, false},
	{"status.billing.currency", SMS_AS_KEY, SMS_TEXT_PRICE_CURRENCY, false},
	{"status.error_code", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},
	{"status.error_detail.message", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, false},

	{"response.event", SMS_AS_TEXT, SMS_TEXT_TYPE, false},
	{"response.response_data.message_sid", SMS_AS_KEY, SMS_TEXT_EVENT_ID, false},
	{"response.response_data.from", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"response.response_data.to", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"response.response_data.body", SMS_AS_TEXT, SMS_TEXT_MESSAGE_TEXT, false},

	{"notification.event", SMS_AS_TEXT, SMS_TEXT_TYPE2, false},
	{"system_event.event", SMS_AS_TEXT, SMS_TEXT_TYPE2, false},

	{"mobile_number", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"mobileNumber", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"Mobile number", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"interception_time", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"interceptionTime", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"Interception time", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"expiration_time", SMS_AS_TIME, SMS_TIME_SEEN, true},
	{"expirationTime", SMS_AS_TIME, SMS_TIME_SEEN, true},
	{"Expiration time", SMS_AS_TIME, SMS_TIME_SEEN, true},
	{"code", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},
	{"reason_code", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},
	{"reasonCode", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},
	{"reason", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, false},
	{NULL, SMS_AS_NOTHING, 0, false}
};

/* "0" stands for no value. */
static void
clear_zero(SmsText *text)
{
	if (sms_text_is(*text, "0"))
		text->ptr = NULL;
}

static void
finish_status(SmsEvent *event)
{
	const SmsStatus *status;

	status = sms_status_find(SMS_PROVIDER_ENGAGELAB, SMS_SPACE_STATUS,
							 SMS_NO_GROUP, event->text[SMS_TEXT_STATUS_CODE]);
	if (status != NULL && status->cls == SMS_CLASS_NONE)
	{
		sms_ignore(event, "check of a one-time password");
		return;
	}
	if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL)
		sms_reject(event, "message_id", "expected the id of a message");
	event->cls = status != NULL ? (SmsClass) status->cls : SMS_CLASS_UNKNOWN;
	event->type = sms_class_event_type(event->cls);
	if (event->time[SMS_TIME_EVENT] == SMS_NO_INSTANT)
	{
		event->time[SMS_TIME_EVENT] = event->time[SMS_TIME_CREATED];
		event->delivery_clock = true;
	}
}

static void
finish_reply(SmsEvent *event)
{
	if (event->text[SMS_TEXT_TYPE].ptr != NULL &&
		!sms_text_is(event->text[SMS_TEXT_TYPE], "uplink_message"))
		sms_reject(event, "response.event", "expected uplink_message");
	event->type = SMS_EVENT_REPLY;
	event->time[SMS_TIME_EVENT] = event->time[SMS_TIME_CREATED];
}

/* The reason of a block may be a code, or the description of one. */
static void
finish_block(SmsEvent *event)
{
	SmsText    *code = &event->text[SMS_TEXT_ERROR_CODE];
	const SmsStatus *status;

	if (code->ptr == NULL)
	{
		status = sms_status_find(SMS_PROVIDER_ENGAGELAB, SMS_SPACE_ERROR, SMS_NO_GROUP,
								 event->text[SMS_TEXT_ERROR_TEXT]);
		if (status == NULL)
			status = sms_status_by_name(SMS_PROVIDER_ENGAGELAB,
										event->text[SMS_TEXT_ERROR_TEXT]);
		if (status != NULL)
			*code = sms_literal(status->code);
	}
	if (event->text[SMS_TEXT_RECIPIENT].ptr == NULL)
		sms_reject(event, "mobile_number", "expected the number that is blocked");
	event->type = SMS_EVENT_BLOCK;
	event->time[SMS_TIME_EVENT] = event->time[SMS_TIME_SENT];
	event->time[SMS_TIME_SENT] = SMS_NO_INSTANT;
}

static void
finish(SmsReader *reader, SmsEvent *event)
{
	clear_zero(&event->text[SMS_TEXT_MESSAGE_ID]);
	clear_zero(&event->text[SMS_TEXT_ENTERPRISE]);
	clear_zero(&event->text[SMS_TEXT_ERROR_CODE]);
	if (reader->account.ptr == NULL || reader->account.len == 0)
		event->text[SMS_TEXT_ACCOUNT] = event->text[SMS_TEXT_ENTERPRISE];
	/* it names the account, not something above it */
	event->text[SMS_TEXT_ENTERPRISE].ptr = NULL;

	if (event->text[SMS_TEXT_STATUS_CODE].ptr != NULL)
		finish_status(event);
	else if (event->text[SMS_TEXT_TYPE].ptr != NULL ||
			 event->text[SMS_TEXT_MESSAGE_TEXT].ptr != NULL)
		finish_reply(event);
	else if (event->text[SMS_TEXT_TYPE2].ptr != NULL)
		sms_ignore(event, "notification about the account");
	else if (event->times_given & (1 << SMS_TIME_SENT))
		finish_block(event);
	else if (event->index < 0 && memchr(event->raw.ptr, '"', event->raw.len) == NULL)
		sms_ignore(event, "verification of the URL");
	else
		sms_reject(event, NULL, "expected a status, response, notification, system_event or interception time");
	sms_finish_event(reader, event);
}

static void
identity(const SmsEvent *event, SmsIdentity *identity)
{
	sms_identity_text(identity, event->text[SMS_TEXT_EVENT_ID]);
	if (event->text[SMS_TEXT_EVENT_ID].ptr != NULL)
		return;
	sms_identity_text(identity, event->text[SMS_TEXT_MESSAGE_ID]);
	sms_identity_text(identity, event->text[SMS_TEXT_STATUS_CODE]);
	sms_identity_text(identity, event->text[SMS_TEXT_ERROR_CODE]);
	sms_identity_time(identity, event);
	if (event->type != SMS_EVENT_REPLY && event->type != SMS_EVENT_BLOCK)
		return;
	sms_identity_text(identity, event->text[SMS_TEXT_RECIPIENT]);
	sms_identity_text(identity, event->text[SMS_TEXT_SENDER_ID]);
	sms_identity_text(identity, event->text[SMS_TEXT_MESSAGE_TEXT]);
	sms_identity_number(identity, event->time[SMS_TIME_SEEN]);
}

static const char *const known_extra[] = {
	"server", "business_id", "custom_args.*", "status.status_data.business_id",
	"status.status_data.current_send_channel", "response.response_data.account_sid",
	"expiration_time", "expirationTime", "Expiration time", NULL
};

static const SmsSigning signing = {
	.covers = SMS_SIGNED_HEADER_MEMBERS,
	.written = SMS_WRITTEN_IN_HEX,
	.headers = {"x-callback-id"}
};

const SmsSpec sms_engagelab_spec = {
	.provider = SMS_PROVIDER_ENGAGELAB,
	.name = "engagelab",
	.codes = &sms_engagelab_codes,
	.marks = marks,
	.rows = "rows",
	.counters = counters,
	.fields = fields,
	.known_extra = known_extra,
	.signing = &signing,
	.finish = finish,
	.identity = identity
};
