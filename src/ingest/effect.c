/*-------------------------------------------------------------------------
 *
 * effect.c
 *	  What an event does to block list and consent.
 *
 * A pure function of columns of the event table, so that ingestion and a
 * rebuild come to the same.  Which code means what is the taxonomy's to say.
 *
 *-------------------------------------------------------------------------
 */
#include "ingest/effect.h"
#include "taxonomy/status.h"

#define MAX_BLOCK_CODE 9999

const char *
sms_effect_name(SmsEffectKind kind)
{
	switch (kind)
	{
		case SMS_EFFECT_BLOCK:
			return "block";
		case SMS_EFFECT_UNBLOCK:
			return "unblock";
		case SMS_EFFECT_SUBSCRIBE:
			return "subscribe";
		case SMS_EFFECT_UNSUBSCRIBE:
			return "unsubscribe";
		case SMS_EFFECT_INBOUND:
			break;
	}
	return "inbound";
}

/* The one form of a sender: providers write the plus of a number or not. */
SmsText
sms_sender_key(SmsText sender)
{
	if (sender.len > 0 && sender.ptr[0] == '+')
	{
		sender.ptr++;
		sender.len--;
	}
	if (sender.ptr == NULL)
		sender = sms_literal("");
	return sender;
}

static SmsText
first_of(SmsText a, SmsText b)
{
	return a.ptr != NULL && a.len > 0 ? a : b;
}

static bool
is_failure(SmsClass cls)
{
	return cls == SMS_CLASS_NOT_SENT || cls == SMS_CLASS_UNDELIVERED ||
		cls == SMS_CLASS_EXPIRED;
}

/* Says of the number and not only that something failed */
static bool
is_telling(const SmsStatus *row)
{
	return row != NULL && row->block_code != SMS_BLOCK_NONE &&
		row->block_code != SMS_BLOCK_OTHER;
}

/*
 * The block code behind a report.  An error says more than a status, and both
 * name the number whatever class the provider files them under: Infobip calls
 * a number on a blacklist rejected.  Where neither is in a table, an
 * undelivered message is a failure of other kind; one that no channel was
 * given is none.  What the gate itself refused (native, not sent) must not
 * block the number for longer.
 */
static int
block_code(const SmsEffectInput *event, const SmsStatus *error, const SmsStatus *status)
{
	const SmsStatus *row = error != NULL ? error : status;

	if (event->cls == SMS_CLASS_NOT_SENT && event->provider == SMS_PROVIDER_NATIVE)
		return SMS_BLOCK_NONE;
	if (is_telling(error))
		return error->block_code;
	/* the status of a message on its way tells of the way */
	if (is_failure(event->cls) && is_telling(status))
		return status->block_code;
	if (event->cls != SMS_CLASS_UNDELIVERED && event->cls != SMS_CLASS_EXPIRED)
		return SMS_BLOCK_NONE;
	if (row == NULL)
		return event->cls == SMS_CLASS_UNDELIVERED ? SMS_BLOCK_OTHER : SMS_BLOCK_NONE;
	return row->block_code;
}

/* Of a report that names an error, or is a failure without one */
static int
failure_effects(const SmsEffectInput *event, SmsEffect *effects)
{
	bool		own_space = event->provider == SMS_PROVIDER_ENS &&
		event->type == SMS_EVENT_NOT_SENT;
	const SmsStatus *error;
	const SmsStatus *status;
	SmsText		detail = first_of(event->error_text, event->status_name);
	int			opt_out = SMS_OPT_OUT_NO;
	int			code;
	int			n = 0;

	error = sms_status_find(event->provider, SMS_SPACE_ERROR, SMS_NO_GROUP,
							event->error_code);
	/* "no error" beside a failure is no news */
	if (error != NULL && error->cls == SMS_CLASS_NONE &&
		error->opt_out == SMS_OPT_OUT_NO)
		error = NULL;
	status = sms_status_find(event->provider,
							 own_space ? SMS_SPACE_NOT_SENT : SMS_SPACE_STATUS,
							 sms_class_group(event->cls), event->status_code);

	code = block_code(event, error, status);
	if (code != SMS_BLOCK_NONE)
		effects[n++] = (SmsEffect)
	{
		SMS_EFFECT_BLOCK, code, sms_literal(""), "event", detail
	};

	if (error != NULL)
		opt_out = error->opt_out;
	if (opt_out == SMS_OPT_OUT_NO && status != NULL && is_failure(event->cls))
		opt_out = status->opt_out;
	if (opt_out != SMS_OPT_OUT_NO)
		effects[n++] = (SmsEffect)
	{
		SMS_EFFECT_UNSUBSCRIBE, 0,
			opt_out == SMS_OPT_OUT_ACCOUNT ? sms_literal("") :
			sms_sender_key(event->sender),
			"failure", detail
	};
	return n;
}

/* What was written, and what the provider took it for, in any language. */
static int
reply_effects(const SmsEffectInput *event, SmsEffect *effects)
{
	SmsText		sender = sms_sender_key(event->sender);
	int			n = 0;

	if (event->message_text.ptr != NULL)
		effects[n++] = (SmsEffect)
	{
		SMS_EFFECT_INBOUND, 0, sender, "keyword", event->message_text
	};
	if (event->keyword.ptr != NULL && event->keyword.len > 0)
		effects[n++] = (SmsEffect)
	{
		SMS_EFFECT_INBOUND, 1, sender, "keyword", event->keyword
	};
	return n;
}

/* Fills at most SMS_MAX_EFFECTS; returns how many. */
int
sms_event_effects(const SmsEffectInput *event, SmsEffect *effects)
{
	SmsEffect  *effect = &effects[0];
	int64_t		code;

	*effect = (SmsEffect)
	{
		SMS_EFFECT_INBOUND, 0, sms_literal(""),
			event->provider == SMS_PROVIDER_NATIVE ? "manual" : "event",
			event->error_text
	};
	switch (event->type)
	{
		case SMS_EVENT_BLOCK:
			effect->kind = SMS_EFFECT_BLOCK;
			effect->code = SMS_BLOCK_OTHER;
			if (sms_read_integer(event->error_code, &code) &&
				code > 0 && code <= MAX_BLOCK_CODE)
				effect->code = (int32_t) code;
			return 1;
		case SMS_EVENT_UNBLOCK:
			effect->kind = SMS_EFFECT_UNBLOCK;
			return 1;
		case SMS_EVENT_SUBSCRIBE:
		case SMS_EVENT_UNSUBSCRIBE:
			effect->kind = event->type == SMS_EVENT_SUBSCRIBE ?
				SMS_EFFECT_SUBSCRIBE : SMS_EFFECT_UNSUBSCRIBE;
			effect->sender = sms_sender_key(event->sender);
			effect->source = "event";
			effect->detail = first_of(event->message_text,
									  first_of(event->unsubscribe_reason,
											   event->unsubscribe_source));
			return 1;
		case SMS_EVENT_REPLY:
			return reply_effects(event, effects);
		default:
			/* on the handset: the number is good, whatever else is said */
			if (event->cls == SMS_CLASS_DELIVERED || event->cls == SMS_CLASS_SEEN)
				return 0;
			return is_failure(event->cls) ||
				(event->error_code.ptr != NULL && event->error_code.len > 0) ?
				failure_effects(event, effects) : 0;
	}
}
