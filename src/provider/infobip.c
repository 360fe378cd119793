/*-------------------------------------------------------------------------
 *
 * infobip.c
 *	  Infobip: delivery reports, seen reports, clicks and inbound messages.
 *
 * Sources: Infobip's OpenAPI files (SMS, Messages API, Viber, WhatsApp, RCS)
 * and "Salesforce Marketing Cloud messaging" (Infobip documentation) for the
 * rows of its data extensions.  Facts that shape this file:
 * - reports of versions 2 and 3, of the Messages API and of the data extensions
 *	 say the same under different names; some are told apart only by what
 *	 members they have;
 * - a status is known by group and id: an id may be in two groups, and an
 *	 unknown id still has a group;
 * - a report REJECTED_DUPLICATE_MESSAGE_ID comes under the id of the first
 *	 message and says nothing of it;
 * - doneAt is when Infobip was finished, whatever the outcome; a click's
 *	 sendDateTime is the time of the click;
 * - an omni row tells delivery and seen at once: two events;
 * - in an inbound message the sender is the customer;
 * - failover legs are reports with other channels under one message id;
 * - no account and no person is named.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"
#include "text/keyword.h"
#include "text/recipient.h"

static const char *const marks[] = {
	"results", "bulkId", "doneAt", "sentAt", "seenAt", "receivedAt",
	"smsCount", "mccMnc", "notificationType", "sendDateTime",
	"statusGroupId", NULL
};

/* How many messages a pull returned, and how many wait. */
static const char *const counters[] = {
	"messageCount", "pendingMessageCount", NULL
};

static const SmsField fields[] = {
	{"messageId", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"pairedMessageId", SMS_AS_KEY, SMS_TEXT_EVENT_ID, false},
	{"event", SMS_AS_TEXT, SMS_TEXT_TYPE, false},
	{"notificationType", SMS_AS_TEXT, SMS_TEXT_TYPE, false},
	{"channel", SMS_AS_KEY, SMS_TEXT_CHANNEL, false},
	{"integrationType", SMS_AS_KEY, SMS_TEXT_CHANNEL, false},
	{"deviceDetails", SMS_AS_TEXT, SMS_TEXT_DEVICE_NAME, false},
	/* which of the two is the customer depends on the kind of event */
	{"to", SMS_AS_KEY, SMS_TEXT_RECIPIENT, false},
	{"destination", SMS_AS_KEY, SMS_TEXT_RECIPIENT, false},
	{"recipient", SMS_AS_KEY, SMS_TEXT_RECIPIENT, false},
	{"from", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"sender", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"bulkId", SMS_AS_KEY, SMS_TEXT_BULK_MESSAGE, false},
	{"callbackData", SMS_AS_JSON, SMS_TEXT_CALLBACK_DATA, false},
	{"smsCount", SMS_AS_INTEGER, SMS_NUMBER_PARTS, false},
	{"messageCount", SMS_AS_INTEGER, SMS_NUMBER_PARTS, false},
	{"mmsCount", SMS_AS_INTEGER, SMS_NUMBER_PARTS, false},
	{"doneAt", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"sendDateTime", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"receivedAt", SMS_AS_TIME, SMS_TIME_CREATED, false},
	{"sentAt", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"seenAt", SMS_AS_TIME, SMS_TIME_SEEN, false},

	{"price.pricePerMessage", SMS_AS_DECIMAL, SMS_TEXT_PRICE, false},
	{"price.currency", SMS_AS_KEY, SMS_TEXT_PRICE_CURRENCY, false},
	{"status.groupId", SMS_AS_INTEGER, SMS_NUMBER_STATUS_GROUP, true},
	{"status.id", SMS_AS_INTEGER_KEY, SMS_TEXT_STATUS_CODE, false},
	{"status.name", SMS_AS_TEXT, SMS_TEXT_STATUS_NAME, false},
	{"error.groupId", SMS_AS_INTEGER, SMS_NUMBER_ERROR_GROUP, true},
	{"error.id", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},
	{"error.name", SMS_AS_TEXT, SMS_TEXT_TYPE2, true},
	{"error.description", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, false},
	{"error.permanent", SMS_AS_BOOLEAN, SMS_NUMBER_PERMANENT, false},

	/* the same in the rows of the data extensions */
	{"pricePerMessage", SMS_AS_DECIMAL, SMS_TEXT_PRICE, false},
	{"priceCurrency", SMS_AS_KEY, SMS_TEXT_PRICE_CURRENCY, false},
	{"statusGroupId", SMS_AS_INTEGER, SMS_NUMBER_STATUS_GROUP, true},
	{"statusId", SMS_AS_INTEGER_KEY, SMS_TEXT_STATUS_CODE, false},
	{"statusName", SMS_AS_TEXT, SMS_TEXT_STATUS_NAME, false},
	{"errorGroupId", SMS_AS_INTEGER, SMS_NUMBER_ERROR_GROUP, true},
	{"errorId", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},
	{"errorName", SMS_AS_TEXT, SMS_TEXT_TYPE2, true},
	{"errorDescription", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, false},
	{"errorPermanent", SMS_AS_BOOLEAN, SMS_NUMBER_PERMANENT, false},

	{"url", SMS_AS_TEXT, SMS_TEXT_LINK_URL, false},
	{"recipientInfo.deviceType", SMS_AS_TEXT, SMS_TEXT_DEVICE_TYPE, false},
	{"recipientInfo.os", SMS_AS_TEXT, SMS_TEXT_OS, false},
	{"recipientInfo.deviceName", SMS_AS_TEXT, SMS_TEXT_DEVICE_NAME, false},
	{"deviceType", SMS_AS_TEXT, SMS_TEXT_DEVICE_TYPE, false},
	{"os", SMS_AS_TEXT, SMS_TEXT_OS, false},
	{"deviceName", SMS_AS_TEXT, SMS_TEXT_DEVICE_NAME, false},

	{"text", SMS_AS_TEXT, SMS_TEXT_MESSAGE_TEXT, false},
	{"keyword", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{"content[].type", SMS_AS_TEXT, SMS_TEXT_PART_TYPE, true},
	{"content[].text", SMS_AS_TEXT, SMS_TEXT_PART_TEXT, false},
	{"content[].caption", SMS_AS_TEXT, SMS_TEXT_CAPTION, true},
	{"content[].keyword", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{"message", SMS_AS_TEXT, SMS_TEXT_MESSAGE_TEXT, false},
	{"message[].contentType", SMS_AS_TEXT, SMS_TEXT_PART_TYPE, true},
	{"message[].value", SMS_AS_TEXT, SMS_TEXT_PART_TEXT, false},
	{"message.text", SMS_AS_TEXT, SMS_TEXT_MESSAGE_TEXT, false},
	{"message.title", SMS_AS_TEXT, SMS_TEXT_CAPTION, true},
	{"message.caption", SMS_AS_TEXT, SMS_TEXT_CAPTION, true},
	{"message.keyword", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{NULL, SMS_AS_NOTHING, 0, false}
};

typedef enum Kind
{
	KIND_NONE,
	KIND_REPORT,
	KIND_SEEN,
	KIND_CLICK,
	KIND_INBOUND,
	KIND_TYPING
} Kind;

/* What the members "event" and "notificationType" say. */
static const struct
{
	const char *word;
	Kind		kind;
}			words[] = {
	{"DELIVERY", KIND_REPORT},
	{"SEEN", KIND_SEEN},
	{"CLICKED", KIND_CLICK},
	{"MO", KIND_INBOUND},
	{"TYPING_STARTED", KIND_TYPING},
	{"TYPING_STOPPED", KIND_TYPING},
};

/*
 * A status in group DELIVERED that only the operator has confirmed is an
 * intermediate report, as is one whose group no table has.
 */
static const SmsEventType type_of_class[] = {
	[SMS_CLASS_NONE] = SMS_EVENT_TRANSIENT,
	[SMS_CLASS_UNKNOWN] = SMS_EVENT_TRANSIENT,
	[SMS_CLASS_ACCEPTED] = SMS_EVENT_ACCEPTED,
	[SMS_CLASS_NOT_SENT] = SMS_EVENT_REJECTED,
	[SMS_CLASS_SENT] = SMS_EVENT_SENT,
	[SMS_CLASS_IN_TRANSIT] = SMS_EVENT_TRANSIENT,
	[SMS_CLASS_TO_OPERATOR] = SMS_EVENT_TRANSIENT,
	[SMS_CLASS_EXPIRED] = SMS_EVENT_EXPIRED,
	[SMS_CLASS_UNDELIVERED] = SMS_EVENT_UNDELIVERED,
	[SMS_CLASS_DELIVERED] = SMS_EVENT_DELIVERED,
	[SMS_CLASS_SEEN] = SMS_EVENT_SEEN
};

static bool
is_stop(SmsReader *reader, SmsText text)
{
	SmsText		folded;

	if (text.len > 64)
		return false;
	folded = sms_fold_keyword(text, reader->region);
	return sms_match_keyword(folded, false, sms_literal("")).action == SMS_KEYWORD_STOP;
}

/*
 * Of a message in several pieces the text is the first that is plain text;
 * subjects and captions stand for it where there is none.  A piece that is a
 * word to stop counts as its keyword wherever it stands.
 */
static void
end_element(SmsReader *reader, SmsEvent *event)
{
	SmsText    *type = &event->text[SMS_TEXT_PART_TYPE];
	SmsText    *text = &event->text[SMS_TEXT_PART_TEXT];
	bool		plain = type->ptr == NULL || sms_text_is(*type, "TEXT") ||
		(type->len >= 10 && memcmp(type->ptr, "text/plain", 10) == 0);

	if (text->ptr != NULL)
	{
		SmsText    *place = &event->text[plain ? SMS_TEXT_MESSAGE_TEXT : SMS_TEXT_CAPTION];

		if ((!plain || place->ptr != NULL) && reader->part.ptr != NULL)
			sms_extra_member(reader, reader->part_key, reader->part);
		if (place->ptr == NULL)
			*place = *text;
		if (event->text[SMS_TEXT_KEYWORD].ptr == NULL && is_stop(reader, *text))
			event->text[SMS_TEXT_KEYWORD] = *text;
	}
	type->ptr = text->ptr = NULL;
}

static bool
was_given(const SmsEvent *event, SmsTimeSlot slot)
{
	return (event->times_given & (1 << slot)) != 0;
}

static bool
has_status(const SmsEvent *event)
{
	return event->number[SMS_NUMBER_STATUS_GROUP] != SMS_NO_NUMBER ||
		event->text[SMS_TEXT_STATUS_CODE].ptr != NULL;
}

static Kind
kind_of(const SmsEvent *event)
{
	size_t		i;

	if (event->text[SMS_TEXT_TYPE].ptr != NULL)
	{
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (sms_text_is(event->text[SMS_TEXT_TYPE], words[i].word))
				return words[i].kind;
		return KIND_NONE;
	}
	if (has_status(event))
		return KIND_REPORT;
	if (event->text[SMS_TEXT_LINK_URL].ptr != NULL)
		return KIND_CLICK;
	if (was_given(event, SMS_TIME_CREATED) || event->text[SMS_TEXT_MESSAGE_TEXT].ptr != NULL)
		return KIND_INBOUND;
	if (was_given(event, SMS_TIME_SEEN))
		return KIND_SEEN;
	return KIND_NONE;
}

static void
swap_texts(SmsEvent *event, int a, int b)
{
	SmsText		text = event->text[a];

	event->text[a] = event->text[b];
	event->text[b] = text;
}

static void
normalise_recipient(SmsReader *reader, SmsEvent *event)
{
	SmsText    *recipient = &event->text[SMS_TEXT_RECIPIENT];
	char	   *copy;

	if (recipient->ptr == NULL)
		return;
	copy = sms_region_alloc(reader->region, SMS_RECIPIENT_ROOM(recipient->len));
	recipient->len = sms_normalize_recipient(*recipient, copy);
	recipient->ptr = copy;
	if (recipient->len == 0)
		recipient->ptr = NULL;
}

/* Type and class of a delivery report. */
static void
classify(SmsEvent *event)
{
	int			group = event->number[SMS_NUMBER_STATUS_GROUP];
	SmsText		code = event->text[SMS_TEXT_STATUS_CODE];
	const SmsStatus *status;

	if (group == SMS_NO_NUMBER)
		group = SMS_NO_GROUP;
	status = sms_status_find(SMS_PROVIDER_INFOBIP, SMS_SPACE_STATUS, group, code);
	event->cls = sms_code_class(SMS_PROVIDER_INFOBIP, SMS_SPACE_STATUS, group, code);
	event->type = type_of_class[event->cls];
	event->not_merged = status != NULL && status->duplicate;
	if (event->text[SMS_TEXT_ERROR_TEXT].len == 0)
		event->text[SMS_TEXT_ERROR_TEXT] = event->text[SMS_TEXT_TYPE2];
}

static void
finish_seen(SmsReader *reader, SmsEvent *event)
{
	event->type = SMS_EVENT_SEEN;
	event->cls = SMS_CLASS_SEEN;
	event->time[SMS_TIME_EVENT] = event->time[SMS_TIME_SEEN];
	if (event->time[SMS_TIME_EVENT] == SMS_NO_INSTANT)
		sms_reject(event, "seenAt", "expected a time with its offset");
	if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL)
		sms_reject(event, "messageId", "expected a text that is not empty");
	sms_finish_event(reader, event);
}

/* An omni row that was handed on once goes on again as what it says of seen. */
static void
finish_seen_of_row(SmsReader *reader, SmsEvent *row)
{
	static const int others[] = {
		SMS_TEXT_STATUS_CODE, SMS_TEXT_STATUS_NAME, SMS_TEXT_ERROR_CODE,
		SMS_TEXT_ERROR_TEXT, SMS_TEXT_PRICE, SMS_TEXT_PRICE_CURRENCY,
		SMS_TEXT_EXTRA
	};
	SmsText		no_value = {NULL, 0};
	size_t		i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		row->text[others[i]] = no_value;
	row->number[SMS_NUMBER_PERMANENT] = SMS_NO_NUMBER;
	row->not_merged = row->arrival_clock = false;
	finish_seen(reader, row);
}

static void
finish_report(SmsReader *reader, SmsEvent *event)
{
	classify(event);
	if (event->time[SMS_TIME_EVENT] == SMS_NO_INSTANT && event->bad_clock != NULL)
		sms_reject(event, event->bad_clock, "expected a time with its offset");
	if (event->time[SMS_TIME_EVENT] == SMS_NO_INSTANT)
		event->time[SMS_TIME_EVENT] = event->time[SMS_TIME_SENT];
	if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL)
		sms_reject(event, "messageId", "expected a text that is not empty");
	else if (!has_status(event))
		sms_reject(event, "status", "expected a group or an id");
	sms_finish_event(reader, event);
	if (event->outcome == SMS_OUTCOME_EVENT &&
		event->time[SMS_TIME_SEEN] != SMS_NO_INSTANT)
		finish_seen_of_row(reader, event);
}

static void
finish_click(SmsReader *reader, SmsEvent *event)
{
	event->type = SMS_EVENT_CLICK;
	if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL &&
		event->text[SMS_TEXT_RECIPIENT].ptr == NULL)
		sms_reject(event, "recipient", "expected a recipient or a message id");
	sms_finish_event(reader, event);
}

/* Its own id is an event's; the message it answers is the message. */
static void
finish_inbound(SmsReader *reader, SmsEvent *event)
{
	event->type = SMS_EVENT_REPLY;
	event->time[SMS_TIME_EVENT] = event->time[SMS_TIME_CREATED];
	swap_texts(event, SMS_TEXT_MESSAGE_ID, SMS_TEXT_EVENT_ID);
	if (event->text[SMS_TEXT_EVENT_ID].ptr == NULL)
		sms_reject(event, "messageId", "expected a text that is not empty");
	sms_finish_event(reader, event);
}

static void
finish(SmsReader *reader, SmsEvent *event)
{
	Kind		kind;

	if (event->text[SMS_TEXT_MESSAGE_TEXT].ptr == NULL)
		event->text[SMS_TEXT_MESSAGE_TEXT] = event->text[SMS_TEXT_CAPTION];
	kind = kind_of(event);
	if (kind == KIND_INBOUND)
		swap_texts(event, SMS_TEXT_RECIPIENT, SMS_TEXT_SENDER_ID);
	normalise_recipient(reader, event);
	switch (kind)
	{
		case KIND_REPORT:
			finish_report(reader, event);
			return;
		case KIND_SEEN:
			finish_seen(reader, event);
			return;
		case KIND_CLICK:
			finish_click(reader, event);
			return;
		case KIND_INBOUND:
			finish_inbound(reader, event);
			return;
		case KIND_TYPING:
			sms_ignore(event, "typing indicator");
			break;
		case KIND_NONE:
			if (event->text[SMS_TEXT_TYPE].ptr != NULL)
				sms_reject(event, "event",
						   "expected DELIVERY, SEEN, MO, TYPING_STARTED, TYPING_STOPPED or CLICKED");
			else
				sms_reject(event, NULL,
						   "expected a status, seenAt, url or receivedAt");
			break;
	}
	sms_emit(reader, event);
}

static void
identity(const SmsEvent *event, SmsIdentity *identity)
{
	if (event->type == SMS_EVENT_REPLY)
	{
		sms_identity_text(identity, event->text[SMS_TEXT_EVENT_ID]);
		return;
	}
	sms_identity_text(identity, event->text[SMS_TEXT_MESSAGE_ID]);
	if (event->type == SMS_EVENT_CLICK)
	{
		sms_identity_text(identity, event->text[SMS_TEXT_RECIPIENT]);
		sms_identity_text(identity, event->text[SMS_TEXT_LINK_URL]);
	}
	else if (event->type != SMS_EVENT_SEEN)
	{
		sms_identity_text(identity, event->text[SMS_TEXT_CHANNEL]);
		sms_identity_number(identity, event->number[SMS_NUMBER_STATUS_GROUP]);
		sms_identity_text(identity, event->text[SMS_TEXT_STATUS_CODE]);
		sms_identity_text(identity, event->text[SMS_TEXT_ERROR_CODE]);
	}
	if (!sms_identity_time(identity, event))
		sms_identity_number(identity, SMS_NO_INSTANT);
}

static const char *const known_extra[] = {
	"applicationId", "entityId", "platform.applicationId", "platform.entityId",
	"campaignReferenceId", "mccMnc", "networkId", "originalMCC", "originalMNC",
	"cleanText", "content.*", "geoLocationInfo.city", "geoLocationInfo.countryName",
	"status.groupId", "status.groupName", "status.description", "status.action",
	"statusGroupId", "statusGroupName", "statusDescription", "error.groupId",
	"error.groupName", "error.name", "errorGroupId", "errorGroupName", "errorName", NULL
};

/* The header of the HMAC is not published; else the usual ones are looked at. */
static const SmsSigning signing = {
	.covers = SMS_SIGNED_BODY,
	.written = SMS_WRITTEN_IN_HEX | SMS_WRITTEN_IN_BASE64,
	.headers = {"x-hub-signature", "x-ib-signature", "authorization"},
	.prefixes = {"HMAC ", "sha256="},
	.may_be_named = true
};

/*
 * Where Infobip sends its notifications from, as its guide for Salesforce
 * Marketing Cloud lists them.  The guide's page runs the addresses together;
 * 71 come out, and each begins with 20 or 52: the other readings of twelve of
 * the joints (9252 as 9 and 252) break the order in which the list stands.
 */
static const uint32_t addresses[] = {
	SMS_ADDRESS(20, 4, 153, 241), SMS_ADDRESS(20, 4, 153, 250), SMS_ADDRESS(20, 4, 153, 255),
	SMS_ADDRESS(20, 4, 154, 22), SMS_ADDRESS(20, 4, 154, 41), SMS_ADDRESS(20, 4, 154, 46),
	SMS_ADDRESS(20, 4, 154, 52), SMS_ADDRESS(20, 4, 154, 140), SMS_ADDRESS(20, 4, 154, 181),
	SMS_ADDRESS(20, 4, 154, 190), SMS_ADDRESS(20, 4, 154, 203), SMS_ADDRESS(20, 4, 154, 227),
	SMS_ADDRESS(20, 4, 155, 19), SMS_ADDRESS(20, 4, 155, 122), SMS_ADDRESS(20, 4, 155, 124),
	SMS_ADDRESS(20, 4, 155, 133), SMS_ADDRESS(20, 4, 155, 138), SMS_ADDRESS(20, 4, 155, 182),
	SMS_ADDRESS(20, 4, 155, 193), SMS_ADDRESS(20, 4, 156, 16), SMS_ADDRESS(20, 4, 156, 74),
	SMS_ADDRESS(20, 4, 156, 185), SMS_ADDRESS(20, 4, 156, 228), SMS_ADDRESS(20, 4, 157, 53),
	SMS_ADDRESS(20, 4, 157, 109), SMS_ADDRESS(20, 4, 157, 128), SMS_ADDRESS(20, 4, 157, 185),
	SMS_ADDRESS(20, 4, 157, 217), SMS_ADDRESS(20, 4, 158, 126), SMS_ADDRESS(20, 23, 32, 13),
	SMS_ADDRESS(20, 23, 33, 9), SMS_ADDRESS(20, 23, 33, 11), SMS_ADDRESS(20, 23, 33, 133),
	SMS_ADDRESS(20, 23, 34, 16), SMS_ADDRESS(20, 23, 34, 43), SMS_ADDRESS(20, 23, 34, 108),
	SMS_ADDRESS(20, 23, 35, 21), SMS_ADDRESS(20, 23, 35, 230), SMS_ADDRESS(20, 23, 38, 27),
	SMS_ADDRESS(20, 23, 38, 31), SMS_ADDRESS(20, 23, 38, 58), SMS_ADDRESS(20, 23, 163, 147),
	SMS_ADDRESS(20, 31, 80, 17), SMS_ADDRESS(20, 31, 80, 45), SMS_ADDRESS(20, 31, 80, 114),
	SMS_ADDRESS(20, 31, 81, 173), SMS_ADDRESS(20, 50, 2, 92), SMS_ADDRESS(20, 126, 166, 55),
	SMS_ADDRESS(20, 126, 166, 74), SMS_ADDRESS(20, 126, 166, 90), SMS_ADDRESS(20, 126, 167, 39),
	SMS_ADDRESS(20, 126, 167, 113), SMS_ADDRESS(20, 126, 167, 168), SMS_ADDRESS(52, 137, 60, 189),
	SMS_ADDRESS(52, 137, 60, 234), SMS_ADDRESS(52, 137, 61, 87), SMS_ADDRESS(52, 137, 63, 63),
	SMS_ADDRESS(52, 137, 63, 144), SMS_ADDRESS(52, 137, 63, 216), SMS_ADDRESS(52, 157, 237, 214),
	SMS_ADDRESS(52, 157, 238, 0), SMS_ADDRESS(52, 157, 238, 38), SMS_ADDRESS(52, 157, 238, 66),
	SMS_ADDRESS(52, 157, 238, 110), SMS_ADDRESS(52, 157, 238, 137), SMS_ADDRESS(52, 157, 238, 226),
	SMS_ADDRESS(52, 157, 239, 126), SMS_ADDRESS(52, 157, 239, 149), SMS_ADDRESS(52, 157, 239, 242),
	SMS_ADDRESS(52, 236, 144, 49), SMS_ADDRESS(52, 236, 144, 93)
};

static const SmsAddresses address_list = {addresses, sizeof(addresses) / sizeof(addresses[0])};

const SmsSpec sms_infobip_spec = {
	.provider = SMS_PROVIDER_INFOBIP,
	.name = "infobip",
	.codes = &sms_infobip_codes,
	.marks = marks,
	.rows = "results",
	.counters = counters,
	.fields = fields,
	.known_extra = known_extra,
	.signing = &signing,
	.addresses = &address_list,
	.deadline_hours = 48,
	.finish = finish,
	.end_element = end_element,
	.identity = identity
};
