/*-------------------------------------------------------------------------
 *
 * batch.c
 *	  Builds a parsed_batch: reads the payload, orders the events, finds
 *	  repetitions and people, and lays all of it out in one value.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "payload/batch.h"
#include "payload/reader.h"
#include "server.h"

typedef struct Builder
{
	SmsText		payload;
	StringInfoData heap;		/* texts, the payload first */
	SmsBatchEvent *events;
	int			n;
	int			size;
} Builder;

/* Texts of the payload are already in the heap; others are added to it. */
static SmsSpan
keep_text(Builder *builder, SmsText text)
{
	SmsSpan		span = {0, -1};

	if (text.ptr == NULL)
		return span;
	span.len = (int32) text.len;
	if (text.ptr >= builder->payload.ptr &&
		text.ptr <= builder->payload.ptr + builder->payload.len)
		span.offset = (uint32) (text.ptr - builder->payload.ptr);
	else
	{
		span.offset = (uint32) builder->heap.len;
		appendBinaryStringInfo(&builder->heap, text.ptr, (int) text.len);
	}
	return span;
}

/* The first half of the identity, as SQL shows it. */
static int64
event_key(const uint8 *identity)
{
	uint64		key = 0;
	int			i;

	for (i = 0; i < 8; i++)
		key = key << 8 | identity[i];
	return (int64) key;
}

static void
too_many_events(int n, Size size)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("payload has too many events"),
			 errdetail("Its %d events take %zu bytes, the limit is %zu.",
					   n, size, (Size) MaxAllocSize),
			 errhint("Split it, or use ingest_from().")));
}

static void
keep_event(void *owner, const SmsEvent *event)
{
	Builder    *builder = owner;
	SmsBatchEvent *flat;
	int			i;

	CHECK_FOR_INTERRUPTS();
	if (builder->n == builder->size)
	{
		/* no batch will hold them: say so before the memory is used up */
		if ((Size) builder->n * sizeof(SmsBatchEvent) > MaxAllocSize)
			too_many_events(builder->n, (Size) builder->n * sizeof(SmsBatchEvent));
		builder->size *= 2;
		builder->events = repalloc_huge(builder->events,
										(Size) builder->size * sizeof(SmsBatchEvent));
	}
	flat = &builder->events[builder->n++];
	memset(flat, 0, sizeof(*flat));
	flat->outcome = event->outcome;
	flat->provider = event->provider;
	flat->type = event->type;
	flat->cls = event->not_merged ? SMS_CLASS_NONE : event->cls;
	flat->arrival_clock = event->arrival_clock;
	flat->timeless = event->timeless;
	flat->has_message = event->has_message;
	flat->person = SMS_NO_PERSON;
	flat->key = event_key(event->identity);
	memcpy(flat->time, event->time, sizeof(flat->time));
	memcpy(flat->number, event->number, sizeof(flat->number));
	memcpy(flat->identity, event->identity, SMS_DIGEST_SIZE);
	memcpy(flat->message, event->message, SMS_DIGEST_SIZE);
	for (i = 0; i < SMS_N_TEXTS; i++)
		flat->text[i] = keep_text(builder, event->outcome == SMS_OUTCOME_EVENT ?
								  event->text[i] : (SmsText) {NULL, 0});
	flat->raw = keep_text(builder, event->raw);
	flat->reason = keep_text(builder, event->outcome == SMS_OUTCOME_EVENT ?
							 (SmsText) {NULL, 0} : sms_literal(event->reason));
}

/* Good events by time and key; what was not understood behind them. */
static int
compare_events(const void *a, const void *b)
{
	const SmsBatchEvent *x = a;
	const SmsBatchEvent *y = b;
	int			by_identity;

	if (x->outcome != y->outcome)
		return x->outcome < y->outcome ? -1 : 1;
	if (x->outcome == SMS_OUTCOME_EVENT)
	{
		if (x->time[SMS_TIME_EVENT] != y->time[SMS_TIME_EVENT])
			return x->time[SMS_TIME_EVENT] < y->time[SMS_TIME_EVENT] ? -1 : 1;
		if (x->key != y->key)
			return x->key < y->key ? -1 : 1;
		by_identity = memcmp(x->identity, y->identity, SMS_DIGEST_SIZE);
		if (by_identity != 0)
			return by_identity;
	}
	/* of repetitions, the first in the payload */
	return x->raw.offset < y->raw.offset ? -1 : x->raw.offset > y->raw.offset;
}

static int
compare_identities(const void *a, const void *b)
{
	const SmsBatchEvent *x = *(const SmsBatchEvent *const *) a;
	const SmsBatchEvent *y = *(const SmsBatchEvent *const *) b;
	int			result = memcmp(x->identity, y->identity, SMS_DIGEST_SIZE);

	/* of one identity, the earliest; then the first in the payload */
	return result != 0 ? result : x < y ? -1 : x > y;
}

/*
 * Marks all but the first event of an identity.  Identities hold the time,
 * except for timeless events: these are compared whatever their time.
 */
static void
mark_repetitions(Builder *builder)
{
	SmsBatchEvent **timeless = palloc_extended((Size) builder->n * sizeof(*timeless) + 1,
											   MCXT_ALLOC_HUGE);
	int			n = 0;
	int			i;

	for (i = 0; i < builder->n; i++)
	{
		SmsBatchEvent *event = &builder->events[i];

		if (event->outcome != SMS_OUTCOME_EVENT)
			break;
		if (event->timeless)
			timeless[n++] = event;
		else if (i > 0 && !event[-1].timeless && event[-1].key == event->key &&
				 event[-1].time[SMS_TIME_EVENT] == event->time[SMS_TIME_EVENT])
			event->repeated = true;
	}
	qsort(timeless, n, sizeof(*timeless), compare_identities);
	for (i = 1; i < n; i++)
		if (memcmp(timeless[i]->identity, timeless[i - 1]->identity,
				   SMS_DIGEST_SIZE) == 0)
			timeless[i]->repeated = true;
	pfree(timeless);
}

static int
compare_spans(const char *base, SmsSpan a, SmsSpan b)
{
	int			result = memcmp(base + a.offset, base + b.offset,
								Min(a.len, b.len));

	return result != 0 ? result : a.len - b.len;
}

typedef struct PersonRef
{
	SmsBatchPerson person;
	int			event;
} PersonRef;

static int
compare_people(const void *a, const void *b, void *base)
{
	const PersonRef *x = a;
	const PersonRef *y = b;
	int			result = compare_spans(base, x->person.scope, y->person.scope);

	return result != 0 ? result :
		compare_spans(base, x->person.individual_id, y->person.individual_id);
}

/* Lists the people of the good events; each event gets its index. */
static SmsBatchPerson *
list_people(Builder *builder, int *n_people)
{
	PersonRef  *refs = palloc_extended((Size) builder->n * sizeof(PersonRef) + 1,
									   MCXT_ALLOC_HUGE);
	SmsBatchPerson *people;
	int			n = 0;
	int			i;

	for (i = 0; i < builder->n; i++)
	{
		SmsBatchEvent *event = &builder->events[i];
		SmsText		number;

		if (!sms_batch_is_good(event) || event->text[SMS_TEXT_SCOPE].len < 0)
			continue;
		refs[n].event = i;
		refs[n].person.scope = event->text[SMS_TEXT_SCOPE];
		refs[n].person.individual_id = event->text[SMS_TEXT_INDIVIDUAL_ID];
		if (event->text[SMS_TEXT_INDIVIDUAL_ID].len < 0)
		{
			number.len = event->text[SMS_TEXT_RECIPIENT].len;
			refs[n].person.individual_id.offset = (uint32) builder->heap.len;
			refs[n].person.individual_id.len = (int32) number.len + 4;
			enlargeStringInfo(&builder->heap, (int) number.len + 4);
			number.ptr = builder->heap.data + event->text[SMS_TEXT_RECIPIENT].offset;
			appendBinaryStringInfo(&builder->heap, "tel:", 4);
			appendBinaryStringInfo(&builder->heap, number.ptr, (int) number.len);
		}
		n++;
	}
	qsort_arg(refs, n, sizeof(PersonRef), compare_people, builder->heap.data);
	people = palloc_extended((Size) n * sizeof(SmsBatchPerson) + 1, MCXT_ALLOC_HUGE);
	*n_people = 0;
	for (i = 0; i < n; i++)
	{
		if (i == 0 || compare_people(&refs[i - 1], &refs[i], builder->heap.data) != 0)
			people[(*n_people)++] = refs[i].person;
		builder->events[refs[i].event].person = *n_people - 1;
	}
	pfree(refs);
	return people;
}

static void
move_span(SmsSpan *span, uint32 by)
{
	span->offset += by;
}

/* Header, events, people, texts: one value, offsets from its start. */
static SmsBatch *
lay_out(Builder *builder, SmsBatchPerson *people, int n_people)
{
	uint32		events_offset = MAXALIGN(sizeof(SmsBatch));
	Size		people_offset = events_offset + (Size) builder->n * sizeof(SmsBatchEvent);
	Size		heap_offset = people_offset + (Size) n_people * sizeof(SmsBatchPerson);
	Size		size = heap_offset + builder->heap.len;
	SmsBatch   *batch;
	int			i;
	int			j;

	if (size > MaxAllocSize)
		too_many_events(builder->n, size);
	batch = palloc0(size);
	SET_VARSIZE(batch, size);
	batch->magic = SMS_BATCH_MAGIC;
	batch->n_events = builder->n;
	batch->n_people = n_people;
	batch->events_offset = events_offset;
	batch->people_offset = (uint32) people_offset;
	for (i = 0; i < builder->n; i++)
	{
		SmsBatchEvent *event = &builder->events[i];

		for (j = 0; j < SMS_N_TEXTS; j++)
			move_span(&event->text[j], (uint32) heap_offset);
		move_span(&event->raw, (uint32) heap_offset);
		move_span(&event->reason, (uint32) heap_offset);
		batch->n_rejected += event->outcome == SMS_OUTCOME_REJECTED;
		batch->n_ignored += event->outcome == SMS_OUTCOME_IGNORED;
		batch->n_repeated += event->repeated;
		if (!sms_batch_is_good(event))
			continue;
		batch->n_good++;
		batch->n_named += event->text[SMS_TEXT_INDIVIDUAL_ID].len >= 0;
		batch->n_timeless += event->timeless;
	}
	for (i = 0; i < n_people; i++)
	{
		move_span(&people[i].scope, (uint32) heap_offset);
		move_span(&people[i].individual_id, (uint32) heap_offset);
	}
	memcpy((char *) batch + events_offset, builder->events,
		   (Size) builder->n * sizeof(SmsBatchEvent));
	if (n_people > 0)
		memcpy((char *) batch + people_offset, people,
			   (Size) n_people * sizeof(SmsBatchPerson));
	memcpy((char *) batch + heap_offset, builder->heap.data, builder->heap.len);
	return batch;
}

/*
 * Reads the payload and returns its events as a batch in the current memory
 * context.  Never raises for what the payload says; too large a payload is an
 * error.  A batch that is not for the store keeps the order of the payload
 * and lists no people.
 */
SmsBatch *
sms_batch_build(SmsProvider provider, SmsText payload, SmsText account,
				SmsInstant arrival, bool check_utf8, bool for_store)
{
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext work = AllocSetContextCreate(outer, "smsengage batch",
											   ALLOCSET_DEFAULT_SIZES);
	SmsRegion	region = sms_region_in(work);
	SmsReader	reader;
	Builder		builder;
	SmsBatchPerson *people = NULL;
	SmsBatch   *batch;
	int			n_people = 0;

	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the database has the encoding %s, payloads need UTF8",
						GetDatabaseEncodingName())));
	MemoryContextSwitchTo(work);
	memset(&builder, 0, sizeof(builder));
	builder.payload = payload;
	initStringInfo(&builder.heap);
	enlargeStringInfo(&builder.heap, (int) payload.len + 1024);
	appendBinaryStringInfo(&builder.heap, payload.ptr, (int) payload.len);
	builder.size = 16 + (int) (payload.len / 512);
	builder.events = palloc_extended((Size) builder.size * sizeof(SmsBatchEvent),
									 MCXT_ALLOC_HUGE);

	memset(&reader, 0, sizeof(reader));
	reader.provider = provider;
	reader.account = account;
	reader.arrival = arrival;
	reader.check_utf8 = check_utf8;
	reader.region = &region;
	reader.sink = keep_event;
	reader.owner = &builder;
	sms_read_payload(&reader, payload.ptr, payload.len);

	if (for_store)
	{
		qsort(builder.events, builder.n, sizeof(SmsBatchEvent), compare_events);
		mark_repetitions(&builder);
		people = list_people(&builder, &n_people);
	}
	MemoryContextSwitchTo(outer);
	batch = lay_out(&builder, people, n_people);
	batch->arrival = arrival;
	MemoryContextDelete(work);
	return batch;
}

/* A batch argument; only batch() makes such values. */
SmsBatch *
sms_batch_argument(FunctionCallInfo fcinfo, int n)
{
	SmsBatch   *batch;

	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("batch must not be null")));
	batch = (SmsBatch *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));
	if (VARSIZE(batch) < sizeof(SmsBatch) || batch->magic != SMS_BATCH_MAGIC)
		elog(ERROR, "not a batch");
	return batch;
}
