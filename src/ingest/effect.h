/*-------------------------------------------------------------------------
 *
 * effect.h
 *	  What an event does to block list and consent: see effect.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_EFFECT_H
#define SMS_EFFECT_H

#include "provider/event.h"

typedef enum SmsEffectKind
{
	SMS_EFFECT_BLOCK,			/* a record for the block list */
	SMS_EFFECT_UNBLOCK,			/* the account's records end here */
	SMS_EFFECT_SUBSCRIBE,
	SMS_EFFECT_UNSUBSCRIBE,
	SMS_EFFECT_INBOUND			/* a text, which a keyword may be */
} SmsEffectKind;

typedef struct SmsEffect
{
	SmsEffectKind kind;
	int32_t		code;			/* block code; INBOUND: 1 for the provider's keyword;
								 * 0 for the other kinds */
	SmsText		sender;			/* without plus; empty: all of the account */
	const char *source;			/* event, failure, manual */
	SmsText		detail;			/* what was said, or why */
} SmsEffect;

/* One failure can say both that the number is bad and that it opted out. */
#define SMS_MAX_EFFECTS 2

/* The columns of an event that decide. */
typedef struct SmsEffectInput
{
	SmsProvider provider;
	SmsEventType type;
	SmsClass	cls;			/* NONE: not a report, or one to be ignored */
	SmsText		status_code;
	SmsText		status_name;
	SmsText		error_code;
	SmsText		error_text;
	SmsText		sender;
	SmsText		message_text;
	SmsText		keyword;		/* that the provider recognised */
	SmsText		unsubscribe_source;
	SmsText		unsubscribe_reason;
} SmsEffectInput;

extern const char *sms_effect_name(SmsEffectKind kind);
extern SmsText sms_sender_key(SmsText sender);
extern int	sms_event_effects(const SmsEffectInput *event, SmsEffect *effects);

#endif							/* SMS_EFFECT_H */
