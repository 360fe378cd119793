/*-------------------------------------------------------------------------
 *
 * ens.c
 *	  Salesforce Marketing Cloud, Event Notification Service: the five
 *	  transactional SMS events.
 *
 * Source: Transactional SMS Events (Salesforce developer documentation).
 * Facts that shape this file:
 * - a POST is an array of events; the first POST to a new URL is a callback
 *	 verification;
 * - older accounts write Info and fromAddress where newer ones write info and
 *	 from, and numbers as strings;
 * - compositeId names a message and its recipient, not an event;
 * - a multi-part message is reported part by part (info.ordinal, from 0);
 * - of several codes for one message the highest is the final one;
 * - the codes of SmsNotSent are a code space of their own.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static const char *const marks[] = {"eventCategoryType", "verificationKey", NULL};

static const SmsField fields[] = {
	{"eventCategoryType", SMS_AS_TEXT, SMS_TEXT_TYPE, false},
	{"timestampUTC", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"compositeId", SMS_AS_KEY, SMS_TEXT_EVENT_ID, false},
	{"definitionKey", SMS_AS_KEY, SMS_TEXT_BULK_MESSAGE, false},
	{"mid", SMS_AS_INTEGER_KEY, SMS_TEXT_ACCOUNT, false},
	{"eid", SMS_AS_INTEGER_KEY, SMS_TEXT_ENTERPRISE, true},
	{"info.to", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"info.subscriberKey", SMS_AS_KEY, SMS_TEXT_INDIVIDUAL_ID, false},
	{"info.messageKey", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"info.ordinal", SMS_AS_INTEGER, SMS_NUMBER_PART, false},
	{"info.statusCode", SMS_AS_INTEGER_KEY, SMS_TEXT_STATUS_CODE, false},
	{"info.statusMessage", SMS_AS_TEXT, SMS_TEXT_STATUS_NAME, false},
	{"info.reason", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, false},
	{"info.from", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"info.fromAddress", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"callbackId", SMS_AS_TEXT, SMS_TEXT_TYPE2, false},
	{NULL, SMS_AS_NOTHING, 0, false}
};

/* The code that stands for an event which carries none. */
static const struct
{
	SmsText		name;
	SmsEventType type;
	SmsClass	cls;
	int32_t		code;
}			categories[] = {
	{SMS_TEXT("TransactionalSendEvents.SmsSent"), SMS_EVENT_SENT, SMS_CLASS_SENT, 2000},
	{SMS_TEXT("TransactionalSendEvents.SmsNotSent"), SMS_EVENT_NOT_SENT, SMS_CLASS_NOT_SENT, 0},
	{SMS_TEXT("TransactionalSendEvents.SmsTransient"), SMS_EVENT_TRANSIENT, SMS_CLASS_IN_TRANSIT, 3000},
	{SMS_TEXT("TransactionalSendEvents.SmsDelivered"), SMS_EVENT_DELIVERED, SMS_CLASS_DELIVERED, 4000},
	{SMS_TEXT("TransactionalSendEvents.SmsBounced"), SMS_EVENT_UNDELIVERED, SMS_CLASS_UNDELIVERED, 4500},
};

#define N_CATEGORIES (sizeof(categories) / sizeof(categories[0]))

/*
 * Class and code of the report.  The code decides; the event type only where
 * there is no code or none that is known.
 */
static void
classify(SmsEvent *event, size_t category)
{
	const SmsStatus *status;
	int64_t		code;

	event->type = categories[category].type;
	event->cls = categories[category].cls;
	event->code = categories[category].code;
	if (!sms_read_integer(event->text[SMS_TEXT_STATUS_CODE], &code) ||
		code < 0 || code > INT32_MAX)
		return;
	event->code = (int32_t) code;
	if (event->type == SMS_EVENT_NOT_SENT)
		return;
	status = sms_status_find(SMS_PROVIDER_ENS, SMS_SPACE_STATUS, -1,
							 event->text[SMS_TEXT_STATUS_CODE]);
	if (status != NULL)
		event->cls = status->cls;
	if (event->type == SMS_EVENT_UNDELIVERED && event->cls == SMS_CLASS_EXPIRED)
		event->type = SMS_EVENT_EXPIRED;
}

static void
finish(SmsReader *reader, SmsEvent *event)
{
	size_t		i;

	if (event->text[SMS_TEXT_TYPE].ptr == NULL &&
		event->text[SMS_TEXT_TYPE2].ptr != NULL)
	{
		sms_ignore(event, "callback verification");
		sms_emit(reader, event);
		return;
	}
	for (i = 0; i < N_CATEGORIES; i++)
		if (sms_text_same(event->text[SMS_TEXT_TYPE], categories[i].name))
			break;
	if (i == N_CATEGORIES)
		sms_reject(event, "eventCategoryType",
				   "expected one of the five transactional SMS events");
	else if (event->time[SMS_TIME_EVENT] == SMS_NO_INSTANT)
		sms_reject(event, "timestampUTC", "expected milliseconds since 1970");
	else
		classify(event, i);
	sms_finish_event(reader, event);
}

static void
identity(const SmsEvent *event, SmsIdentity *identity)
{
	SmsText		composite = event->text[SMS_TEXT_EVENT_ID];

	sms_identity_text(identity, composite);
	sms_identity_text(identity, event->text[SMS_TEXT_MESSAGE_ID]);
	if (composite.ptr == NULL)
		sms_identity_text(identity, event->text[SMS_TEXT_RECIPIENT]);
	sms_identity_text(identity, event->text[SMS_TEXT_TYPE]);
	sms_identity_text(identity, event->text[SMS_TEXT_STATUS_CODE]);
	sms_identity_number(identity, event->number[SMS_NUMBER_PART]);
	sms_identity_time(identity, event);
}

/* A message key is unique for two days only; the composite id tells apart. */
static void
message_identity(const SmsEvent *event, SmsDigest *digest)
{
	sms_digest_text(digest, event->text[SMS_TEXT_EVENT_ID]);
}

static const char *const known_extra[] = {
	"eid", "definitionId", "composite.tsid", "composite.jobId", "composite.batchId",
	"composite.mobileNumber", "composite.subscriberId", "info.countryCode",
	"info.fromAddress", NULL
};

static const SmsSigning signing = {
	.covers = SMS_SIGNED_BODY,
	.written = SMS_WRITTEN_IN_BASE64,
	.headers = {"x-sfmc-ens-signature"}
};

const SmsSpec sms_ens_spec = {
	.provider = SMS_PROVIDER_ENS,
	.name = "salesforce_ens",
	.codes = &sms_ens_codes,
	.marks = marks,
	.fields = fields,
	.known_extra = known_extra,
	.signing = &signing,
	.names_people = true,
	.finish = finish,
	.identity = identity,
	.message_identity = message_identity
};
