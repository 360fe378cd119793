/*-------------------------------------------------------------------------
 *
 * taxonomy.h
 *	  The words every provider's codes are translated into.
 *
 * Numbers are stored (delivery_state) or sent on the wire: they are frozen,
 * new ones are only added at the end.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_TAXONOMY_H
#define SMS_TAXONOMY_H

#include "core.h"

/*
 * What a delivery report says, in rising order of knowledge.  Where two final
 * reports carry the same time, the higher number wins, so "delivered" stands
 * above the failures.
 */
typedef enum SmsClass
{
	SMS_CLASS_NONE = 0,			/* not a delivery report */
	SMS_CLASS_UNKNOWN = 1,		/* a report whose code no table has */
	SMS_CLASS_ACCEPTED = 2,		/* taken over by the provider, not yet sent */
	SMS_CLASS_NOT_SENT = 3,		/* final: never handed to a carrier */
	SMS_CLASS_SENT = 4,			/* handed over, no result yet */
	SMS_CLASS_IN_TRANSIT = 5,	/* a carrier works on it */
	SMS_CLASS_TO_OPERATOR = 6,	/* the operator has it; not final */
	SMS_CLASS_EXPIRED = 7,		/* final: outcome unknown, time is up */
	SMS_CLASS_UNDELIVERED = 8,	/* final: failed after hand-over */
	SMS_CLASS_DELIVERED = 9,	/* final: on the handset */
	SMS_CLASS_SEEN = 10			/* final: displayed to the person */
} SmsClass;

/* Infobip's ids 0..5; UNKNOWN has no id (NULL in SQL). */
typedef enum SmsStatusGroup
{
	SMS_GROUP_UNKNOWN = -1,
	SMS_GROUP_ACCEPTED = 0,
	SMS_GROUP_PENDING = 1,
	SMS_GROUP_UNDELIVERABLE = 2,
	SMS_GROUP_DELIVERED = 3,
	SMS_GROUP_EXPIRED = 4,
	SMS_GROUP_REJECTED = 5
} SmsStatusGroup;

typedef enum SmsChannel
{
	SMS_CHANNEL_SMS = 0,		/* also when no channel is named */
	SMS_CHANNEL_LMS = 1,
	SMS_CHANNEL_MMS = 2,
	SMS_CHANNEL_WHATSAPP = 3,
	SMS_CHANNEL_VIBER = 4,
	SMS_CHANNEL_RCS = 5,
	SMS_CHANNEL_KAKAO_ALIM = 6,
	SMS_CHANNEL_KAKAO_CHINGUTALK = 7,
	SMS_CHANNEL_LINE = 8,
	SMS_CHANNEL_APPLE_MB = 9,
	SMS_CHANNEL_MESSENGER = 10,
	SMS_CHANNEL_INSTAGRAM = 11,
	SMS_CHANNEL_TELEGRAM = 12,
	SMS_CHANNEL_EMAIL = 13,
	SMS_CHANNEL_VOICE = 14,
	SMS_CHANNEL_PUSH = 15,
	SMS_CHANNEL_OTHER = 255		/* a name that is not in this list */
} SmsChannel;

/* The event types of a store. */
typedef enum SmsEventType
{
	SMS_EVENT_NONE = 0,
#define EVENT_TYPE(NAME, class, origin, kind, meaning) SMS_EVENT_##NAME,
#include "taxonomy/event_types.def"
	SMS_N_EVENT_TYPES
} SmsEventType;

/* names.c */
extern const char *sms_class_name(SmsClass cls);
extern SmsClass sms_class_by_name(SmsText name);
extern bool sms_class_is_final(SmsClass cls);
extern SmsStatusGroup sms_class_group(SmsClass cls);
extern const char *sms_group_name(SmsStatusGroup group);
extern SmsStatusGroup sms_group_by_name(SmsText name);
extern const char *sms_channel_name(SmsChannel channel);
extern SmsChannel sms_channel_by_name(SmsText name);
extern const char *sms_event_type_name(SmsEventType type);
extern SmsEventType sms_event_type_by_name(SmsText name);

#endif							/* SMS_TAXONOMY_H */
