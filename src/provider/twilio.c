/*-------------------------------------------------------------------------
 *
 * twilio.c
 *	  Twilio: status callbacks and inbound messages, whose form fields come
 *	  as the members of a JSON object.
 *
 * Source: Track the Message Status of Outbound Messages, TwiML for
 * Programmable SMS (Twilio docs), OptOutType (support.twilio.com).  Facts that
 * shape this file:
 * - there is no clock (RawDlrDoneDate has no zone), so the arrival stands for
 *	 it and reports outrank each other by what they say;
 * - To is the person in a status callback and our number in an inbound one;
 * - the older names of a field come beside the newer ones;
 * - Advanced Opt-Out adds OptOutType to an inbound message.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "provider/reader.h"
#include "text/recipient.h"

static const char *const marks[] = {
	"MessageSid", "SmsSid", "SmsMessageSid", "AccountSid", NULL
};

static const SmsField fields[] = {
	{"MessageSid", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"SmsSid", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"SmsMessageSid", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"MessageStatus", SMS_AS_KEY, SMS_TEXT_STATUS_CODE, false},
	{"SmsStatus", SMS_AS_KEY, SMS_TEXT_STATUS_CODE, false},
	{"AccountSid", SMS_AS_KEY, SMS_TEXT_ACCOUNT, false},
	{"To", SMS_AS_KEY, SMS_TEXT_RECIPIENT, false},
	{"From", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"Body", SMS_AS_TEXT, SMS_TEXT_MESSAGE_TEXT, false},
	{"OptOutType", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{"ChannelPrefix", SMS_AS_KEY, SMS_TEXT_CHANNEL, false},
	{"NumSegments", SMS_AS_INTEGER, SMS_NUMBER_PARTS, false},
	{"ErrorCode", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},
	{"ErrorMessage", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, false},
	{NULL, SMS_AS_NOTHING, 0, false}
};

static bool
is_inbound(const SmsEvent *event)
{
	SmsText		status = event->text[SMS_TEXT_STATUS_CODE];

	if (sms_text_is_any_case(status, "received") || sms_text_is_any_case(status, "receiving"))
		return true;
	/* no callback brings the text, or what the person chose */
	return (event->text[SMS_TEXT_MESSAGE_TEXT].ptr != NULL || event->text[SMS_TEXT_KEYWORD].ptr != NULL) &&
		(status.ptr == NULL ||
		 sms_status_find(SMS_PROVIDER_TWILIO, SMS_SPACE_STATUS, SMS_NO_GROUP, status) == NULL);
}

/* An inbound message has an id of its own, which is that of no message sent. */
static void
finish_inbound(SmsEvent *event)
{
	SmsText    *text = event->text;
	SmsText		ours = text[SMS_TEXT_RECIPIENT];

	text[SMS_TEXT_RECIPIENT] = text[SMS_TEXT_SENDER_ID];
	text[SMS_TEXT_SENDER_ID] = ours;
	text[SMS_TEXT_EVENT_ID] = text[SMS_TEXT_MESSAGE_ID];
	text[SMS_TEXT_MESSAGE_ID].ptr = NULL;
	if (sms_text_is_any_case(text[SMS_TEXT_KEYWORD], "STOP"))
		event->type = SMS_EVENT_UNSUBSCRIBE;
	else if (sms_text_is_any_case(text[SMS_TEXT_KEYWORD], "START"))
		event->type = SMS_EVENT_SUBSCRIBE;
	else if (sms_text_is_any_case(text[SMS_TEXT_KEYWORD], "HELP"))
		event->type = SMS_EVENT_HELP;
	else
		event->type = SMS_EVENT_REPLY;
}

/* "whatsapp:+1202...": what stands before the number is the channel. */
static void
split_address(SmsReader *reader, SmsEvent *event)
{
	SmsText    *address = &event->text[SMS_TEXT_RECIPIENT];
	SmsText    *channel = &event->text[SMS_TEXT_CHANNEL];
	const char *colon;
	char	   *copy;

	if (address->ptr == NULL)
		return;
	colon = memchr(address->ptr, ':', address->len);
	if (channel->ptr == NULL && colon != NULL)
	{
		SmsText		scheme = {address->ptr, colon - address->ptr};

		if (sms_channel_by_name(scheme) != SMS_CHANNEL_OTHER)
			*channel = scheme;
	}
	copy = sms_region_alloc(reader->region, SMS_RECIPIENT_ROOM(address->len));
	address->len = sms_normalize_recipient(*address, copy);
	address->ptr = copy;
}

static void
finish(SmsReader *reader, SmsEvent *event)
{
	if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL)
		sms_reject(event, "MessageSid", "expected the id of a message");
	/* a message that is not sent yet has no parts */
	if (event->number[SMS_NUMBER_PARTS] == 0)
		event->number[SMS_NUMBER_PARTS] = SMS_NO_NUMBER;
	if (is_inbound(event))
		finish_inbound(event);
	else if (event->text[SMS_TEXT_STATUS_CODE].ptr == NULL)
		sms_reject(event, "MessageStatus", "expected a status");
	else
	{
		event->cls = sms_code_class(SMS_PROVIDER_TWILIO, SMS_SPACE_STATUS, SMS_NO_GROUP,
									event->text[SMS_TEXT_STATUS_CODE]);
		event->type = sms_class_event_type(event->cls);
	}
	split_address(reader, event);
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
}

static const char *const known_extra[] = {
	"ApiVersion", "RawDlrDoneDate", "MessagingServiceSid", "NumMedia", "SmsSid",
	"SmsStatus", "ToCountry", "ToState", "ToCity", "ToZip", "FromCountry", "FromState",
	"FromCity", "FromZip", NULL
};

static const SmsSigning signing = {
	.covers = SMS_SIGNED_URL_AND_FIELDS,
	.sha1 = true,
	.written = SMS_WRITTEN_IN_BASE64,
	.headers = {"x-twilio-signature"}
};

const SmsSpec sms_twilio_spec = {
	.provider = SMS_PROVIDER_TWILIO,
	.name = "twilio",
	.codes = &sms_twilio_codes,
	.marks = marks,
	.fields = fields,
	.known_extra = known_extra,
	.signing = &signing,
	.finish = finish,
	.identity = identity
};
