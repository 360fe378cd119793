/*-------------------------------------------------------------------------
 *
 * payload_fuzz.c
 *	  Fuzz harness (libFuzzer) of the payload reader with every provider, and
 *	  of the JSON scanner under it.
 *
 * The last byte of an input chooses the provider and whether an account is
 * given; the rest is the payload, so that a sample file is an input.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "provider/reader.h"
#include "ingest/receipt.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) \
	do { if (!(condition)) abort(); } while (0)

/* 2026-11-01 */
#define ARRIVAL (INT64_C(847152000) * SMS_SECOND)

/* Every allocation of one run, to be freed behind it */
typedef struct Chunk
{
	struct Chunk *next;
	size_t		size;
} Chunk;

static void *
take(void *owner, size_t size)
{
	Chunk	   *chunk = malloc(sizeof(Chunk) + size);

	CHECK(chunk != NULL);
	chunk->next = *(Chunk **) owner;
	chunk->size = size;
	*(Chunk **) owner = chunk;
	return chunk + 1;
}

static void
free_all(Chunk *chunk)
{
	while (chunk != NULL)
	{
		Chunk	   *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

typedef struct Run
{
	SmsReader	reader;
	SmsText		payload;
	Chunk	   *chunks;
	SmsRegion	region;
	const char *last_end;		/* of the piece handed out before */
	int			n;
	SmsEvent	event;			/* the last one */
} Run;

static bool
inside(SmsText text, const char *start, size_t len)
{
	return text.ptr >= start && text.ptr + text.len <= start + len;
}

/* In the payload, or in memory that the reader asked for. */
static bool
is_known(const Run *run, SmsText text)
{
	const Chunk *chunk;

	if (inside(text, run->payload.ptr, run->payload.len))
		return true;
	for (chunk = run->chunks; chunk != NULL; chunk = chunk->next)
		if (inside(text, (const char *) (chunk + 1), chunk->size))
			return true;
	return false;
}

/* One JSON value, which may be damaged inside of strings. */
static void
check_json(SmsText text, bool damaged)
{
	SmsJson		json;
	SmsJsonValue value;

	sms_json_init(&json, text.ptr, text.len, true);
	CHECK(sms_json_skip(&json, 0, &value));
	CHECK(json.pos == json.end);
	CHECK(damaged || json.content_fault == NULL);
}

/* Reason: ASCII that can be shown, and never more than fits. */
static void
check_reason(const SmsEvent *event)
{
	const char *c;

	CHECK(memchr(event->reason, '\0', sizeof(event->reason)) != NULL);
	CHECK(event->reason[0] != '\0');
	for (c = event->reason; *c != '\0'; c++)
		CHECK(*c >= ' ' && *c <= '~');
}

static void
check_report(const SmsEvent *event)
{
	SmsDelivery *state = malloc(SMS_DELIVERY_ONE_REPORT);
	SmsReport	report;

	sms_event_report(event->provider, event->cls, event->text[SMS_TEXT_STATUS_CODE],
					 event->text[SMS_TEXT_ERROR_CODE],
					 event->text[SMS_TEXT_CHANNEL], event->number[SMS_NUMBER_PART],
					 event->time[SMS_TIME_EVENT], event->time[SMS_TIME_SENT],
					 event->arrival_clock, &report);
	CHECK(sms_delivery_from_report(&report, state));
	free(state);
}

static void
check_good(const Run *run, const SmsEvent *event)
{
	int			i;

	CHECK(event->type != SMS_EVENT_NONE);
	CHECK(sms_event_type_name(event->type) != NULL);
	CHECK(sms_provider_name(event->provider) != NULL);
	CHECK(event->time[SMS_TIME_EVENT] >= 0);
	CHECK(event->time[SMS_TIME_EVENT] <= ARRIVAL + SMS_MAX_AHEAD);
	CHECK(event->time[SMS_TIME_CREATED] != SMS_NO_INSTANT);
	CHECK(event->text[SMS_TEXT_ACCOUNT].ptr != NULL);
	CHECK(!event->has_message || event->text[SMS_TEXT_MESSAGE_ID].len > 0);
	for (i = 0; i < SMS_N_TEXTS; i++)
	{
		SmsText		text = event->text[i];

		if (text.ptr == NULL)
			continue;
		/* reads all of it: a span that leads astray is noticed */
		CHECK(sms_utf8_valid_prefix(text.ptr, text.len) == text.len);
		CHECK(text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL);
		CHECK(text.len <= SMS_MAX_EVENT_BYTES);
	}
	CHECK(event->text[SMS_TEXT_ACCOUNT].len <= SMS_MAX_KEY_BYTES);
	CHECK(event->text[SMS_TEXT_RECIPIENT].len <= SMS_MAX_KEY_BYTES);
	CHECK(event->text[SMS_TEXT_INDIVIDUAL_ID].len <= SMS_MAX_KEY_BYTES);
	CHECK(event->text[SMS_TEXT_MESSAGE_ID].len <= SMS_MAX_KEY_BYTES);
	/* a person is somebody */
	CHECK(event->text[SMS_TEXT_SCOPE].ptr == NULL ||
		  event->text[SMS_TEXT_INDIVIDUAL_ID].len > 0 ||
		  event->text[SMS_TEXT_RECIPIENT].len > 0);
	CHECK(is_known(run, event->raw));
	if (event->text[SMS_TEXT_EXTRA].ptr != NULL)
		check_json(event->text[SMS_TEXT_EXTRA], false);
	if (event->text[SMS_TEXT_PRICE].ptr != NULL)
		CHECK(sms_read_decimal(event->text[SMS_TEXT_PRICE]));
	if (event->cls != SMS_CLASS_NONE && !event->not_merged)
		check_report(event);
	/* what is damaged in an event that is stored is noted */
	check_json(event->raw, event->n_notes > 0);
}

static void
check_event(void *owner, const SmsEvent *event)
{
	Run		   *run = owner;

	run->n++;
	run->event = *event;
	if (event->outcome == SMS_OUTCOME_EVENT)
		check_good(run, event);
	else
		check_reason(event);
	CHECK(event->raw.ptr != NULL);
	if (inside(event->raw, run->payload.ptr, run->payload.len))
	{
		/*
		 * Pieces follow one another and do not overlap; several events of one
		 * piece have all of it.
		 */
		CHECK(event->raw.ptr >= run->last_end ||
			  event->raw.ptr + event->raw.len == run->last_end);
		run->last_end = event->raw.ptr + event->raw.len;
	}
	else
		/* members beside the events; or nothing at all */
		CHECK(event->outcome == SMS_OUTCOME_IGNORED &&
			  (event->raw.len == 0 || is_known(run, event->raw)));
}

static void
start(Run *run, SmsProvider provider, SmsText account, SmsText payload)
{
	memset(run, 0, sizeof(*run));
	run->payload = payload;
	run->last_end = payload.ptr;
	run->region.alloc = take;
	run->region.owner = &run->chunks;
	run->reader.provider = provider;
	run->reader.account = account;
	run->reader.arrival = ARRIVAL;
	run->reader.check_utf8 =
		sms_utf8_valid_prefix(payload.ptr, payload.len) != payload.len;
	run->reader.region = &run->region;
	run->reader.sink = check_event;
	run->reader.owner = run;
	sms_read_payload(&run->reader, payload.ptr, payload.len);
}

/* What the scanner takes as a value is one: it takes it again. */
static void
try_scanner(SmsText payload)
{
	SmsJson		json;
	SmsJsonValue value;
	SmsText		whole;
	char	   *out;

	sms_json_init(&json, payload.ptr, payload.len, true);
	sms_json_space(&json);
	whole.ptr = json.pos;
	if (!sms_json_skip(&json, 0, &value))
	{
		CHECK(json.fault != NULL);
		CHECK(json.fault_at >= json.start && json.fault_at <= json.end);
		if (sms_json_resync(&json, whole.ptr, true))
			CHECK(json.pos >= whole.ptr && json.pos < json.end);
		return;
	}
	CHECK(json.fault == NULL && json.pos <= json.end);
	whole.len = json.pos - whole.ptr;
	if (json.content_fault != NULL)
		return;
	check_json(whole, false);
	if (value.kind == SMS_JSON_STRING)
	{
		out = malloc(value.text.len + 1);
		CHECK(sms_json_unescape(value.text, out) <= value.text.len);
		free(out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char given[] = "1476456";
	SmsText		account = {NULL, 0};
	SmsText		payload;
	SmsProvider provider;
	Run			run;
	Run			alone;
	char	   *copy;
	uint8_t		choice;

	if (size == 0)
		return 0;
	choice = data[size - 1];
	size--;
	/* a copy of its own size, so that reading past the end is noticed */
	copy = malloc(size > 0 ? size : 1);
	memcpy(copy, data, size);
	payload.ptr = copy;
	payload.len = size;
	provider = (SmsProvider) ((choice & 0x1F) % SMS_N_PROVIDERS);
	if (sms_spec_of(provider) == NULL)
		provider = SMS_PROVIDER_NONE;
	if (choice & 0x20)
		account = sms_literal(given);

	try_scanner(payload);
	start(&run, provider, account, payload);

	/* an event means the same whatever stands around its piece */
	if (run.n > 0 && run.event.outcome == SMS_OUTCOME_EVENT &&
		sms_spec_of(run.event.provider)->rows == NULL)
	{
		start(&alone, run.event.provider, account, run.event.raw);
		CHECK(alone.n > 0 && alone.event.outcome == SMS_OUTCOME_EVENT);
		CHECK(memcmp(alone.event.identity, run.event.identity, SMS_DIGEST_SIZE) == 0);
		CHECK(alone.event.has_message == run.event.has_message);
		CHECK(memcmp(alone.event.message, run.event.message, SMS_DIGEST_SIZE) == 0);
		free_all(alone.chunks);
	}
	free_all(run.chunks);
	free(copy);
	return 0;
}
