/*-------------------------------------------------------------------------
 *
 * delivery_fuzz.c
 *	  Fuzz harness (libFuzzer) of the delivery core: text in, bytes in, laws.
 *
 * The first byte of an input chooses what the rest is: a text, bytes as from
 * the wire, or reports to be merged in several orders.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "delivery/delivery.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_BLOCKS 4096
#define MAX_REPORTS 12
#define REPORT_BYTES 8

#define CHECK(condition) \
	do { if (!(condition)) abort(); } while (0)

static void *blocks[MAX_BLOCKS];
static size_t n_blocks;

static void *
harness_alloc(void *owner, size_t size)
{
	(void) owner;
	CHECK(n_blocks < MAX_BLOCKS);
	blocks[n_blocks] = malloc(size);
	CHECK(blocks[n_blocks] != NULL);
	return blocks[n_blocks++];
}

static SmsRegion region = {harness_alloc, NULL};

static bool
same(SmsDeliveryView a, SmsDeliveryView b)
{
	return a.len == b.len && memcmp(a.body, b.body, a.len) == 0;
}

static SmsDeliveryView
merged(SmsDeliveryView a, SmsDeliveryView b)
{
	SmsDelivery *state = sms_delivery_merge(&region, a, b);

	CHECK(state != NULL);
	return sms_delivery_view(state);
}

/* What holds for every state. */
static void
check_state(SmsDeliveryView state)
{
	SmsDeliverySummary summary;
	SmsDeliveryError error;
	SmsDelivery *again;
	SmsText		text;

	CHECK(sms_delivery_check(state));
	CHECK(sms_delivery_summarize(state, &summary));
	CHECK(summary.parts_delivered <= summary.parts_known ||
		  summary.parts_known == 0);
	CHECK(same(merged(state, state), state));
	text.ptr = sms_delivery_print(state, &region);
	text.len = strlen(text.ptr);
	again = sms_delivery_parse(text, &region, &error);
	CHECK(again != NULL && same(sms_delivery_view(again), state));
}

static void
try_text(const uint8_t *data, size_t size)
{
	SmsDeliveryError error = {NULL, 0};
	SmsDelivery *state;
	SmsText		text;

	/* a copy of its own, so that reading past the end is noticed */
	text.ptr = harness_alloc(NULL, size);
	text.len = size;
	memcpy((char *) text.ptr, data, size);
	state = sms_delivery_parse(text, &region, &error);
	if (state != NULL)
		check_state(sms_delivery_view(state));
	else
		CHECK(error.wanted != NULL && error.position <= size);
}

static void
try_bytes(const uint8_t *data, size_t size)
{
	SmsDeliverySummary summary;
	SmsDeliveryView state;
	uint8_t    *copy = harness_alloc(NULL, size);

	memcpy(copy, data, size);
	state.body = copy;
	state.len = size;
	if (sms_delivery_check(state))
		check_state(state);
	else
	{
		/* damaged storage must be survived */
		(void) sms_delivery_summarize(state, &summary);
		(void) sms_delivery_merge(&region, state, state);
		(void) sms_delivery_print(state, &region);
	}
}

static SmsInstant
small_clock(uint8_t byte)
{
	return byte % 8 == 0 ? SMS_NO_INSTANT : byte % 8 * SMS_SECOND;
}

static void
try_laws(const uint8_t *data, size_t size)
{
	static const int32_t codes[] = {
		0, 1, 31, 1000, 1040, 1500, 1501, 2000, 2500, 3000, 3400, 4000, 4500,
		4501, 4502, -1
	};
	SmsDeliveryView states[MAX_REPORTS];
	SmsDeliveryView forward;
	SmsDeliveryView backward;
	SmsDeliveryView halves;
	SmsDeliveryView first;
	SmsDeliveryView second;
	size_t		n = size / REPORT_BYTES;
	size_t		i;

	if (n > MAX_REPORTS)
		n = MAX_REPORTS;
	if (n < 2)
		return;
	for (i = 0; i < n; i++, data += REPORT_BYTES)
	{
		SmsDelivery *state = harness_alloc(NULL, SMS_DELIVERY_ONE_REPORT);
		SmsReport	report;

		report.ranking = data[0] % 3;
		report.cls = data[1] % 10 + 1;
		report.channel = data[2] % 2;
		report.part = data[3] % 3 == 0 ? SMS_WHOLE_MESSAGE : data[3] % 3;
		report.code = codes[data[4] % 16];
		report.at = small_clock(data[5]);
		report.sent_at = small_clock(data[6]);
		CHECK(sms_delivery_from_report(&report, state));
		states[i] = sms_delivery_view(state);
		check_state(states[i]);
	}
	forward = states[0];
	for (i = 1; i < n; i++)
		forward = merged(forward, states[i]);
	backward = states[n - 1];
	for (i = n - 1; i-- > 0;)
		backward = merged(states[i], backward);
	first = states[0];
	second = states[1];
	for (i = 2; i < n; i++)
		if (data[-1] >> (i % 8) & 1)
			first = merged(first, states[i]);
		else
			second = merged(states[i], second);
	halves = merged(merged(second, first), first);
	CHECK(same(forward, backward) && same(forward, halves));
	check_state(forward);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] % 3)
	{
		case 0:
			try_text(data + 1, size - 1);
			break;
		case 1:
			try_bytes(data + 1, size - 1);
			break;
		case 2:
			try_laws(data + 1, size - 1);
			break;
	}
	while (n_blocks > 0)
		free(blocks[--n_blocks]);
	return 0;
}
