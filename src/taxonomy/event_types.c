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
