/*-------------------------------------------------------------------------
 *
 * settle.c
 *	  What is the same for the events of every provider: account, clocks,
 *	  person, and the digests that are its keys.
 *
 *-------------------------------------------------------------------------
 */
#include "delivery/delivery.h"
#include "provider/reader.h"
#include "text/recipient.h"

void
sms_emit(SmsReader *reader, const SmsEvent *event)
{
	reader->sink(reader->owner, event);
}

/*
 * A given account fills a missing one and must not contradict another.  The
 * empty account is one of its own: it contradicts all others.
 */
static void
settle_account(SmsReader *reader, SmsEvent *event)
{
	SmsText    *own = &event->text[SMS_TEXT_ACCOUNT];

	if (own->ptr == NULL)
		*own = reader->account.ptr != NULL ? reader->account : sms_literal("");
	else if (reader->account.ptr != NULL && !sms_text_same(*own, reader->account))
		sms_reject(event, NULL, "names another account than the one given");
}

/* What a person said: it counts whenever it was said. */
static bool
is_inbound(SmsEventType type)
{
	return type == SMS_EVENT_REPLY || type == SMS_EVENT_SUBSCRIBE ||
		type == SMS_EVENT_UNSUBSCRIBE || type == SMS_EVENT_HELP;
}

/* What is wrong with the time of an event; NULL if nothing is */
static const char *
time_fault(const SmsReader *reader, SmsInstant at)
{
	if (at < 0)
		return "its time is before 2000-01-01";
	if (at - SMS_MAX_AHEAD > reader->arrival)
		return "its time is more than two days ahead";
	if (at >= SMS_END_CLOCK)
		return "its time is after the year 9999";
	return NULL;
}

/*
 * Without a clock of its own, an event happened when it arrived; and so did
 * what a person said at a time that cannot be.  A report needs its clock.
 */
static void
settle_times(SmsReader *reader, SmsEvent *event)
{
	SmsInstant *at = &event->time[SMS_TIME_EVENT];
	const char *fault;

	if (*at == SMS_NO_INSTANT && event->bad_clock != NULL && event->cls != SMS_CLASS_NONE)
		sms_reject(event, event->bad_clock, "expected a time");
	if (*at != SMS_NO_INSTANT && is_inbound(event->type) &&
		(fault = time_fault(reader, *at)) != NULL && time_fault(reader, reader->arrival) == NULL)
	{
		sms_note(event, NULL, fault);
		*at = SMS_NO_INSTANT;
	}
	if (*at == SMS_NO_INSTANT)
	{
		*at = reader->arrival;
		event->arrival_clock = true;
	}
	if (event->time[SMS_TIME_CREATED] == SMS_NO_INSTANT)
		event->time[SMS_TIME_CREATED] = reader->arrival;
	fault = time_fault(reader, *at);
	if (fault != NULL)
		sms_reject(event, NULL, fault);
}

/* A number that its column has no room for */
static void
settle_number(SmsEvent *event, SmsNumberSlot slot, int32_t most, const char *what)
{
	int32_t    *number = &event->number[slot];

	if (*number == SMS_NO_NUMBER || (*number >= 0 && *number <= most))
		return;
	sms_note(event, NULL, what);
	*number = SMS_NO_NUMBER;
}

static bool
is_empty(SmsText text)
{
	return text.ptr == NULL || text.len == 0;
}

/* The numbers of an account are people of its own, and so are each provider's names. */
static bool
is_own_scope(SmsText account, SmsText scope)
{
	SmsText		provider = scope;

	if (sms_text_same(scope, account))
		return true;
	if (scope.len <= account.len)
		return false;
	provider.len = scope.len - account.len - 1;
	return scope.ptr[provider.len] == '/' &&
		memcmp(scope.ptr + provider.len + 1, account.ptr, account.len) == 0 &&
		sms_provider_by_name(provider) != SMS_PROVIDER_NONE;
}

/*
 * An account that the caller gives is a border: what comes over it names the
 * account's own people, or such as the owner of the store has shared.
 */
void
sms_check_scope(SmsReader *reader, SmsEvent *event, const char *where,
				SmsText scope, bool open)
{
	if (reader->may_name != NULL && reader->account.ptr != NULL &&
		!is_own_scope(reader->account, scope) &&
		!reader->may_name(reader->scopes, reader->account, scope, open))
		sms_reject(event, where, "names people of a scope that is not the given account's");
}

/*
 * Who the event belongs to, as (scope, id): a named person in the provider's
 * enterprise or account, else the number in the account, else nobody (no
 * scope).
 */
static void
settle_person(SmsReader *reader, SmsEvent *event)
{
	SmsText    *id = &event->text[SMS_TEXT_INDIVIDUAL_ID];
	SmsText		owner = event->text[SMS_TEXT_ENTERPRISE];
	const char *provider = sms_provider_name(event->provider);
	size_t		len = strlen(provider);
	char	   *scope;

	if (owner.ptr == NULL)
		owner = event->text[SMS_TEXT_ACCOUNT];
	if (event->text[SMS_TEXT_SCOPE].ptr != NULL && id->ptr != NULL)
	{
		sms_check_scope(reader, event, "scope", event->text[SMS_TEXT_SCOPE], false);
		return;
	}
	event->text[SMS_TEXT_SCOPE].ptr = NULL;
	if (id->ptr != NULL)
	{
		scope = sms_region_alloc(reader->region, len + 1 + owner.len);
		sms_copy(scope, provider, len);
		scope[len] = '/';
		sms_copy(scope + len + 1, owner.ptr, owner.len);
		event->text[SMS_TEXT_SCOPE].ptr = scope;
		event->text[SMS_TEXT_SCOPE].len = len + 1 + owner.len;
		/* units of an enterprise share their people, unless some are named */
		if (event->text[SMS_TEXT_ENTERPRISE].ptr != NULL)
			sms_check_scope(reader, event, NULL, event->text[SMS_TEXT_SCOPE], true);
	}
	else if (!reader->spec->names_people &&
			 sms_recipient_is_phone(event->text[SMS_TEXT_RECIPIENT]))
		event->text[SMS_TEXT_SCOPE] = event->text[SMS_TEXT_ACCOUNT];
}

static void
settle_keys(SmsReader *reader, SmsEvent *event)
{
	SmsIdentity identity;
	SmsDigest	message;

	identity.has_time = false;
	sms_digest_init(&identity.digest);
	sms_digest_text(&identity.digest, sms_literal(sms_provider_name(event->provider)));
	sms_digest_text(&identity.digest, event->text[SMS_TEXT_ACCOUNT]);
	sms_digest_copy(&message, &identity.digest);
	reader->spec->identity(event, &identity);
	event->timeless = !identity.has_time;
	if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL)
	{
		sms_digest_final(&identity.digest, event->identity);
		return;
	}
	sms_digest_text(&message, event->text[SMS_TEXT_MESSAGE_ID]);
	if (reader->spec->message_identity != NULL)
		reader->spec->message_identity(event, &message);
	sms_digest_final_pair(&identity.digest, event->identity, &message, event->message);
	event->has_message = true;
}

/*
 * Whether the identity of a stored event may hold its time, by the columns
 * that decide it.  They do not say all (event_key of a native event,
 * delivery_clock): false is certain, true is not.
 */
bool
sms_identity_may_have_time(SmsProvider provider, SmsEventType type,
						   SmsText event_id, bool arrival_clock)
{
	const SmsSpec *spec = sms_spec_of(provider);
	SmsIdentity identity;
	SmsEvent	event;

	if (spec == NULL)
		return true;
	memset(&event, 0, sizeof(event));
	event.provider = provider;
	event.type = type;
	event.arrival_clock = arrival_clock;
	event.text[SMS_TEXT_EVENT_ID] = event_id;
	identity.has_time = false;
	sms_digest_init(&identity.digest);
	spec->identity(&event, &identity);
	return identity.has_time;
}

/* Settles what remains and hands the event to the sink. */
void
sms_finish_event(SmsReader *reader, SmsEvent *event)
{
	if (event->outcome == SMS_OUTCOME_EVENT)
	{
		settle_account(reader, event);
		settle_times(reader, event);
		settle_number(event, SMS_NUMBER_PART, SMS_MAX_PART, "expected a part number from 0 to 254");
		settle_number(event, SMS_NUMBER_PARTS, INT16_MAX, "expected a number of parts up to 32767");
		/* a word of nobody would be lost among the replies */
		if (is_inbound(event->type) && !reader->spec->names_people && is_empty(event->text[SMS_TEXT_RECIPIENT]) &&
			is_empty(event->text[SMS_TEXT_INDIVIDUAL_ID]))
			sms_reject(event, NULL, "an inbound message: expected who wrote it");
	}
	if (event->outcome == SMS_OUTCOME_EVENT)
	{
		settle_person(reader, event);
		if (event->outcome == SMS_OUTCOME_EVENT)
			settle_keys(reader, event);
	}
	sms_emit(reader, event);
}
