/*-------------------------------------------------------------------------
 *
 * aws.c
 *	  AWS End User Messaging SMS: message events and two-way messages.
 *
 * Source: Example event data, Two-way SMS (AWS End User Messaging guide).
 * Facts that shape this file:
 * - eventType is TEXT_ and a status; the events of voice and media messages
 *	 begin with another word;
 * - totalMessagePrice is the price of all parts;
 * - context is what the sender attached to the message;
 * - an inbound message has no clock, and names the last message sent to the
 *	 person.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static const char *const marks[] = {
	"messageRequestTimestamp", "destinationPhoneNumber",
	"originationPhoneNumber", "inboundMessageId",
	"previousPublishedMessageId", NULL
};

static const SmsField fields[] = {
	{"eventType", SMS_AS_KEY, SMS_TEXT_STATUS_CODE, false},
	{"eventTimestamp", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"messageRequestTimestamp", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"isFinal", SMS_AS_BOOLEAN, SMS_NUMBER_FINAL, true},
	{"originationPhoneNumber", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"destinationPhoneNumber", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"messageId", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"messageStatus", SMS_AS_TEXT, SMS_TEXT_STATUS_NAME, false},
	{"messageStatusDescription", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, true},
	{"context", SMS_AS_JSON, SMS_TEXT_CALLBACK_DATA, false},
	{"totalMessageParts", SMS_AS_INTEGER, SMS_NUMBER_PARTS, false},
	{"totalMessagePrice", SMS_AS_DECIMAL, SMS_TEXT_PRICE, false},

	{"inboundMessageId", SMS_AS_KEY, SMS_TEXT_EVENT_ID, false},
	{"originationNumber", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"destinationNumber", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"messageKeyword", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{"messageBody", SMS_AS_TEXT, SMS_TEXT_MESSAGE_TEXT, false},
	{"previousPublishedMessageId", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{NULL, SMS_AS_NOTHING, 0, false}
};

static void
finish(SmsReader *reader, SmsEvent *event)
{
	SmsText		code = event->text[SMS_TEXT_STATUS_CODE];

	if (code.ptr == NULL && event->text[SMS_TEXT_EVENT_ID].ptr != NULL)
		event->type = SMS_EVENT_REPLY;
	else if (code.ptr == NULL || code.len < 6 || memcmp(code.ptr, "TEXT_", 5) != 0)
		sms_reject(event, "eventType", "expected TEXT_ and a status");
	else if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL)
		sms_reject(event, "messageId", "expected the id of a message");
	else
	{
		event->cls = sms_code_class(SMS_PROVIDER_AWS, SMS_SPACE_STATUS, SMS_NO_GROUP,
									code);
		event->type = sms_class_event_type(event->cls);
		/* the description of a success is no error */
		if (event->cls != SMS_CLASS_NOT_SENT && event->cls != SMS_CLASS_EXPIRED &&
			event->cls != SMS_CLASS_UNDELIVERED)
			event->text[SMS_TEXT_ERROR_TEXT].ptr = NULL;
	}
	sms_finish_event(reader, event);
}

static void
identity(const SmsEvent *event, SmsIdentity *identity)
{
	sms_identity_text(identity, event->text[SMS_TEXT_EVENT_ID]);
	sms_identity_text(identity, event->text[SMS_TEXT_MESSAGE_ID]);
	if (event->text[SMS_TEXT_EVENT_ID].ptr != NULL)
		return;
	sms_identity_text(identity, event->text[SMS_TEXT_STATUS_CODE]);
	sms_identity_time(identity, event);
}

static const char *const known_extra[] = {
	"eventVersion", "isFinal", "isoCountryCode", "mcc", "mnc", "messageEncoding",
	"messageType", "messageStatusDescription", "totalCarrierFee", NULL
};

const SmsSpec sms_aws_spec = {
	.provider = SMS_PROVIDER_AWS,
	.name = "aws",
	.codes = &sms_aws_codes,
	.marks = marks,
	.fields = fields,
	.known_extra = known_extra,
	.deadline_hours = 72,
	.finish = finish,
	.identity = identity
};
