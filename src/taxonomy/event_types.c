/*-------------------------------------------------------------------------
 *
 * event_types.c
 *	  What the event types of a store mean.
 *
 *-------------------------------------------------------------------------
 */
#include "taxonomy/status.h"

typedef struct EventType
{
	SmsClass	cls;			/* what it says of the delivery by itself */
	bool		of_salesforce;	/* one of the eight of its MessageEngagement */
	const char *meaning;
} EventType;

#define FROM_SALESFORCE true
#define FROM_SMSENGAGE false
#define EVENT_TYPE(NAME, class, origin, kind, meaning) \
	[SMS_EVENT_##NAME] = {SMS_CLASS_##class, FROM_##origin, meaning},

static const EventType event_types[SMS_N_EVENT_TYPES] = {
#include "taxonomy/event_types.def"
};

SmsClass
sms_event_type_class(SmsEventType type)
{
	return event_types[type].cls;
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

bool
sms_event_type_of_salesforce(SmsEventType type)
{
	return event_types[type].of_salesforce;
}

/* NULL for SMS_EVENT_NONE */
const char *
sms_event_type_meaning(SmsEventType type)
{
	return event_types[type].meaning;
}
