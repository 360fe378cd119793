/*-------------------------------------------------------------------------
 *
 * finish.c
 *	  What is the same for the events of every provider: account, clocks,
 *	  person, and the digests that are its keys.
 *
 *-------------------------------------------------------------------------
 */
#include "delivery/delivery.h"
#include "payload/reader.h"
#include "text/recipient.h"

void
sms_emit(SmsReader *reader, const SmsEvent *event)
{
	reader->sink(reader->owner, event);
}

/* A given account fills a missing one and must not contradict another. */
static void
settle_account(SmsReader *reader, SmsEvent *event)
{
	SmsText    *own = &event->text[SMS_TEXT_ACCOUNT];

	if (own->ptr == NULL)
		*own = reader->account.ptr != NULL ? reader->account : sms_literal("");
	else if (reader->account.ptr != NULL && reader->account.len > 0 &&
			 !sms_text_same(*own, reader->account))
		sms_reject(event, NULL, "names another account than the one given");
}

/* Without a clock of its own, an event happened when it arrived. */
static void
settle_times(SmsReader *reader, SmsEvent *event)
{
	SmsInstant *at = &event->time[SMS_TIME_EVENT];

	if (*at == SMS_NO_INSTANT)
	{
		*at = reader->arrival;
		event->arrival_clock = true;
	}
	if (event->time[SMS_TIME_CREATED] == SMS_NO_INSTANT)
		event->time[SMS_TIME_CREATED] = reader->arrival;
	if (*at < 0)
		sms_reject(event, NULL, "its time is before 2000-01-01");
	else if (*at - SMS_MAX_AHEAD > reader->arrival)
		sms_reject(event, NULL, "its time is more than two days ahead");
	else if (*at >= SMS_END_CLOCK)
		sms_reject(event, NULL, "its time is after the year 9999");
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
		return;
	event->text[SMS_TEXT_SCOPE].ptr = NULL;
	if (id->ptr != NULL)
	{
		scope = sms_region_alloc(reader->region, len + 1 + owner.len);
		sms_copy(scope, provider, len);
		scope[len] = '/';
		sms_copy(scope + len + 1, owner.ptr, owner.len);
		event->text[SMS_TEXT_SCOPE].ptr = scope;
		event->text[SMS_TEXT_SCOPE].len = len + 1 + owner.len;
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
	int32_t		part = event->number[SMS_NUMBER_PART];
	int32_t		parts = event->number[SMS_NUMBER_PARTS];

	if (event->outcome == SMS_OUTCOME_EVENT)
	{
		settle_account(reader, event);
		settle_times(reader, event);
		if (part != SMS_NO_NUMBER && (part < 0 || part > SMS_MAX_PART))
			sms_reject(event, NULL, "expected a part number from 0 to 254");
		if (parts != SMS_NO_NUMBER && (parts < 0 || parts > INT16_MAX))
			sms_reject(event, NULL, "expected a number of parts up to 32767");
	}
	if (event->outcome == SMS_OUTCOME_EVENT)
	{
		settle_person(reader, event);
		settle_keys(reader, event);
	}
	sms_emit(reader, event);
}
