/*-------------------------------------------------------------------------
 *
 * event_types.c
 *	  What the event types of a store mean.
 *
 *-------------------------------------------------------------------------
 */
#include "taxonomy/status.h"

static const char *const meanings[SMS_N_EVENT_TYPES] = {
	[SMS_EVENT_SENT] = "given to the aggregator or channel; not yet on the phone",
	[SMS_EVENT_NOT_SENT] = "stopped before the aggregator or channel",
	[SMS_EVENT_SUBSCRIBE] = "the person opted in",
	[SMS_EVENT_UNSUBSCRIBE] = "the person opted out",
	[SMS_EVENT_CONFIRMATION] = "the person confirmed a subscription (double opt-in)",
	[SMS_EVENT_HELP] = "the person asked for help by keyword",
	[SMS_EVENT_CLICK] = "a link of a message was opened",
	[SMS_EVENT_UNDELIVERED] = "failed after it was given to the channel",
	[SMS_EVENT_ACCEPTED] = "taken over by the provider, not yet sent",
	[SMS_EVENT_TRANSIENT] = "an intermediate report of the carrier",
	[SMS_EVENT_DELIVERED] = "on the recipient's phone",
	[SMS_EVENT_EXPIRED] = "the validity period ended without a result",
	[SMS_EVENT_REJECTED] = "refused by the provider or the operator",
	[SMS_EVENT_SEEN] = "displayed to the person (not on SMS)",
	[SMS_EVENT_REPLY] = "an inbound message",
	[SMS_EVENT_BLOCK] = "a number was put on the block list",
	[SMS_EVENT_UNBLOCK] = "a number was taken off the block list",
	[SMS_EVENT_LINK] = "two ids were declared to be one person"
};

/* What an event type says of the delivery by itself. */
static const SmsClass classes[SMS_N_EVENT_TYPES] = {
	[SMS_EVENT_SENT] = SMS_CLASS_SENT,
	[SMS_EVENT_NOT_SENT] = SMS_CLASS_NOT_SENT,
	[SMS_EVENT_UNDELIVERED] = SMS_CLASS_UNDELIVERED,
	[SMS_EVENT_ACCEPTED] = SMS_CLASS_ACCEPTED,
	[SMS_EVENT_TRANSIENT] = SMS_CLASS_IN_TRANSIT,
	[SMS_EVENT_DELIVERED] = SMS_CLASS_DELIVERED,
	[SMS_EVENT_EXPIRED] = SMS_CLASS_EXPIRED,
	[SMS_EVENT_REJECTED] = SMS_CLASS_NOT_SENT,
	[SMS_EVENT_SEEN] = SMS_CLASS_SEEN
};

SmsClass
sms_event_type_class(SmsEventType type)
{
	return classes[type];
}

/* The event type of a report that has no word for it but its class. */
SmsEventType
sms_class_event_type(SmsClass cls)
{
	switch (cls)
	{
		case SMS_CLASS_NONE:
			return SMS_EVENT_NONE;
		case SMS_CLASS_ACCEPTED:
			return SMS_EVENT_ACCEPTED;
		case SMS_CLASS_NOT_SENT:
			return SMS_EVENT_NOT_SENT;
		case SMS_CLASS_SENT:
			return SMS_EVENT_SENT;
		case SMS_CLASS_EXPIRED:
			return SMS_EVENT_EXPIRED;
		case SMS_CLASS_UNDELIVERED:
			return SMS_EVENT_UNDELIVERED;
		case SMS_CLASS_DELIVERED:
			return SMS_EVENT_DELIVERED;
		case SMS_CLASS_SEEN:
			return SMS_EVENT_SEEN;
		case SMS_CLASS_UNKNOWN:
		case SMS_CLASS_IN_TRANSIT:
		case SMS_CLASS_TO_OPERATOR:
			break;
	}
	return SMS_EVENT_TRANSIENT;
}

/* Is the type one of the eight of Salesforce's MessageEngagement? */
bool
sms_event_type_of_salesforce(SmsEventType type)
{
	return type >= SMS_EVENT_SENT && type <= SMS_EVENT_UNDELIVERED;
}

/* NULL for SMS_EVENT_NONE */
const char *
sms_event_type_meaning(SmsEventType type)
{
	return meanings[type];
}
