/*-------------------------------------------------------------------------
 *
 * names.c
 *	  Names of classes, groups, channels and event types, both ways.  Look-ups
 *	  by name ignore ASCII case.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "taxonomy/status.h"

typedef struct Name
{
	int			number;
	const char *name;
} Name;

static const Name classes[] = {
	{SMS_CLASS_UNKNOWN, "unknown"},
	{SMS_CLASS_ACCEPTED, "accepted"},
	{SMS_CLASS_NOT_SENT, "not_sent"},
	{SMS_CLASS_SENT, "sent"},
	{SMS_CLASS_IN_TRANSIT, "in_transit"},
	{SMS_CLASS_TO_OPERATOR, "to_operator"},
	{SMS_CLASS_EXPIRED, "expired"},
	{SMS_CLASS_UNDELIVERED, "undelivered"},
	{SMS_CLASS_DELIVERED, "delivered"},
	{SMS_CLASS_SEEN, "seen"},
	{0, NULL}
};

static const Name groups[] = {
	{SMS_GROUP_UNKNOWN, "UNKNOWN"},
	{SMS_GROUP_ACCEPTED, "ACCEPTED"},
	{SMS_GROUP_PENDING, "PENDING"},
	{SMS_GROUP_UNDELIVERABLE, "UNDELIVERABLE"},
	{SMS_GROUP_DELIVERED, "DELIVERED"},
	{SMS_GROUP_EXPIRED, "EXPIRED"},
	{SMS_GROUP_REJECTED, "REJECTED"},
	{0, NULL}
};

/* The first name of a number is the one printed; the others are read too. */
static const Name channels[] = {
	{SMS_CHANNEL_SMS, "SMS"},
	{SMS_CHANNEL_LMS, "LMS"},
	{SMS_CHANNEL_MMS, "MMS"},
	{SMS_CHANNEL_WHATSAPP, "WHATSAPP"},
	{SMS_CHANNEL_VIBER, "VIBER"},
	{SMS_CHANNEL_VIBER, "VIBER_BM"},
	{SMS_CHANNEL_VIBER, "VIBER_BOT"},
	{SMS_CHANNEL_RCS, "RCS"},
	{SMS_CHANNEL_KAKAO_ALIM, "KAKAO_ALIM"},
	{SMS_CHANNEL_KAKAO_ALIM, "KAKAO"},
	{SMS_CHANNEL_KAKAO_ALIM, "KAKAO ALIM"},
	{SMS_CHANNEL_KAKAO_CHINGUTALK, "KAKAO_CHINGUTALK"},
	{SMS_CHANNEL_KAKAO_CHINGUTALK, "KAKAO_CHIN"},
	{SMS_CHANNEL_KAKAO_CHINGUTALK, "KAKAO CHINGUTALK"},
	{SMS_CHANNEL_KAKAO_CHINGUTALK, "KAKAOCHINGUTALK"},
	{SMS_CHANNEL_LINE, "LINE"},
	{SMS_CHANNEL_LINE, "LINE_ON"},
	{SMS_CHANNEL_APPLE_MB, "APPLE_MB"},
	{SMS_CHANNEL_MESSENGER, "MESSENGER"},
	{SMS_CHANNEL_INSTAGRAM, "INSTAGRAM"},
	{SMS_CHANNEL_INSTAGRAM, "INSTAGRAM_DM"},
	{SMS_CHANNEL_TELEGRAM, "TELEGRAM"},
	{SMS_CHANNEL_EMAIL, "EMAIL"},
	{SMS_CHANNEL_VOICE, "VOICE"},
	{SMS_CHANNEL_PUSH, "PUSH"},
	{SMS_CHANNEL_OTHER, "OTHER"},
	{0, NULL}
};

static const Name event_types[] = {
#define EVENT_TYPE(NAME, class, origin, kind, meaning) {SMS_EVENT_##NAME, #NAME},
#include "taxonomy/event_types.def"
	{0, NULL}
};

static const char *
name_of(const Name *names, int number)
{
	for (; names->name != NULL; names++)
		if (names->number == number)
			return names->name;
	return NULL;
}

static int
number_of(const Name *names, SmsText text, int otherwise)
{
	if (text.ptr != NULL)
		for (; names->name != NULL; names++)
			if (sms_text_is_any_case(text, names->name))
				return names->number;
	return otherwise;
}

/* NULL for a number without a name, as below */
const char *
sms_class_name(SmsClass cls)
{
	return name_of(classes, cls);
}

SmsClass
sms_class_by_name(SmsText name)
{
	return number_of(classes, name, SMS_CLASS_NONE);
}

bool
sms_class_is_final(SmsClass cls)
{
	return cls == SMS_CLASS_NOT_SENT || cls >= SMS_CLASS_EXPIRED;
}

/*
 * The status group a class belongs to.  "Delivered to operator" is in group
 * DELIVERED although it is not final, as in Infobip's list.
 */
SmsStatusGroup
sms_class_group(SmsClass cls)
{
	switch (cls)
	{
		case SMS_CLASS_ACCEPTED:
			return SMS_GROUP_ACCEPTED;
		case SMS_CLASS_NOT_SENT:
			return SMS_GROUP_REJECTED;
		case SMS_CLASS_SENT:
		case SMS_CLASS_IN_TRANSIT:
			return SMS_GROUP_PENDING;
		case SMS_CLASS_TO_OPERATOR:
		case SMS_CLASS_DELIVERED:
		case SMS_CLASS_SEEN:
			return SMS_GROUP_DELIVERED;
		case SMS_CLASS_EXPIRED:
			return SMS_GROUP_EXPIRED;
		case SMS_CLASS_UNDELIVERED:
			return SMS_GROUP_UNDELIVERABLE;
		case SMS_CLASS_NONE:
		case SMS_CLASS_UNKNOWN:
			break;
	}
	return SMS_GROUP_UNKNOWN;
}

const char *
sms_group_name(SmsStatusGroup group)
{
	return name_of(groups, group);
}

SmsStatusGroup
sms_group_by_name(SmsText name)
{
	return number_of(groups, name, SMS_GROUP_UNKNOWN);
}

const char *
sms_channel_name(SmsChannel channel)
{
	return name_of(channels, channel);
}

/* No name means SMS; a name that is not in the list means OTHER. */
SmsChannel
sms_channel_by_name(SmsText name)
{
	if (name.ptr == NULL || name.len == 0)
		return SMS_CHANNEL_SMS;
	return number_of(channels, name, SMS_CHANNEL_OTHER);
}

const char *
sms_event_type_name(SmsEventType type)
{
	return name_of(event_types, type);
}

SmsEventType
sms_event_type_by_name(SmsText name)
{
	return number_of(event_types, name, SMS_EVENT_NONE);
}

/* NULL for no opt-out */
const char *
sms_opt_out_name(SmsOptOut opt_out)
{
	switch (opt_out)
	{
		case SMS_OPT_OUT_SENDER:
			return "sender";
		case SMS_OPT_OUT_ACCOUNT:
			return "account";
		case SMS_OPT_OUT_NO:
			break;
	}
	return NULL;
}
