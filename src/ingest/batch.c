/*-------------------------------------------------------------------------
 *
 * batch.c
 *	  Builds a parsed_batch: reads payloads, orders the events, finds
 *	  repetitions and people, and lays all of it out in one value.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "ingest/batch.h"
#include "ingest/scope.h"
#include "provider/reader.h"
#include "server.h"

/*
 * What the reader of one payload needs is mostly small: one room for all.
 * That of a single event fits into a memory context's first block, with the
 * rest of the builder.
 */
#define SCRATCH_MIN 2048
#define SCRATCH_MAX (64 * 1024)

struct SmsBuilder
{
	MemoryContext outer;		/* for the result */
	MemoryContext work;
	MemoryContext overflow;		/* what does not fit into scratch, or NULL */
	char	   *scratch;
	size_t		scratch_size;
	size_t		scratch_used;
	SmsRegion	region;
	int			n_payloads;
	StringInfoData heap;		/* the header of the batch, then texts */
	SmsBatchEvent *events;
	int			n;
	int			size;
	SmsBatchPiece *pieces;
	int			n_pieces;
	int			pieces_size;
	SmsBatchNote *notes;		/* NULL until there is one */
	int			n_notes;
	int			notes_size;
	SmsBatchText	last_scope;
	SmsReader	reader;
};

static void *
scratch_alloc(void *owner, size_t size)
{
	SmsBuilder *builder = owner;
	char	   *result = builder->scratch + builder->scratch_used;

	size = MAXALIGN(size);
	if (size > builder->scratch_size - builder->scratch_used)
	{
		if (builder->overflow == NULL)
			builder->overflow = AllocSetContextCreate(builder->work,
													  "smsengage payload",
													  ALLOCSET_DEFAULT_SIZES);
		return MemoryContextAlloc(builder->overflow, size);
	}
	builder->scratch_used += size;
	return result;
}

static void
too_large(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("payload has too many events"),
			 errdetail("What one call takes must fit into %zu bytes of memory.",
					   (Size) MaxAllocSize),
			 errhint("Split it, or use ingest_from().")));
}

/* The largest room that a text of this length takes in the heap. */
static inline size_t
place_room(size_t len)
{
	return len + VARHDRSZ + ALIGNOF_INT - 1;
}

/*
 * A copy of the text in the heap, which has room for it: a short varlena
 * where that is possible, else an aligned one.
 */
static inline SmsBatchText
place_text(StringInfo heap, SmsText text)
{
	SmsBatchText	place;

	if (text.ptr == NULL)
		return 0;
	if (text.len <= VARATT_SHORT_MAX - VARHDRSZ_SHORT)
	{
		place = (SmsBatchText) heap->len;
		SET_VARSIZE_SHORT(heap->data + place, text.len + VARHDRSZ_SHORT);
		sms_copy(heap->data + place + VARHDRSZ_SHORT, text.ptr, text.len);
		heap->len += (int) text.len + VARHDRSZ_SHORT;
		return place;
	}
	place = (SmsBatchText) INTALIGN(heap->len);
	SET_VARSIZE(heap->data + place, text.len + VARHDRSZ);
	sms_copy(heap->data + place + VARHDRSZ, text.ptr, text.len);
	heap->len = (int) (place + text.len + VARHDRSZ);
	return place;
}

/* The id of a person who is known by number only; there is room for it. */
static SmsBatchText
place_number(StringInfo heap, SmsText number)
{
	static const char tel[4] = {'t', 'e', 'l', ':'};
	SmsBatchText	place = (SmsBatchText) INTALIGN(heap->len);

	SET_VARSIZE(heap->data + place, VARHDRSZ + sizeof(tel) + number.len);
	memcpy(heap->data + place + VARHDRSZ, tel, sizeof(tel));
	memcpy(heap->data + place + VARHDRSZ + sizeof(tel), number.ptr, number.len);
	heap->len = (int) (place + VARHDRSZ + sizeof(tel) + number.len);
	return place;
}

static void
make_room(SmsBuilder *builder, size_t size)
{
	if (size >= MaxAllocSize - (size_t) builder->heap.len)
		too_large();
	enlargeStringInfo(&builder->heap, (int) size);
}

/* A text of the batch being built. */
static inline SmsText
text_at(const SmsBuilder *builder, SmsBatchText place)
{
	return sms_batch_text((const SmsBatch *) builder->heap.data, place);
}

static void
keep_texts(SmsBuilder *builder, SmsBatchEvent *flat, const SmsEvent *event)
{
	size_t		room = place_room(event->text[SMS_TEXT_RECIPIENT].len + 4);
	int			i;

	for (i = 0; i < SMS_N_TEXTS; i++)
		room += place_room(event->text[i].len);
	make_room(builder, room);
	for (i = 0; i < SMS_N_COLUMN_TEXTS; i++)
		flat->text[i] = place_text(&builder->heap, event->text[i]);

	/* neighbours mostly share their scope */
	if (event->text[SMS_TEXT_SCOPE].ptr != NULL)
	{
		if (builder->last_scope == 0 ||
			!sms_text_same(text_at(builder, builder->last_scope),
						   event->text[SMS_TEXT_SCOPE]))
			builder->last_scope = place_text(&builder->heap,
											 event->text[SMS_TEXT_SCOPE]);
		flat->text[SMS_TEXT_SCOPE] = builder->last_scope;
		flat->person_id = flat->text[SMS_TEXT_INDIVIDUAL_ID];
		if (flat->person_id == 0)
			flat->person_id = place_number(&builder->heap, event->text[SMS_TEXT_RECIPIENT]);
	}
	flat->text[SMS_TEXT_OTHER_PERSON] =
		place_text(&builder->heap, event->text[SMS_TEXT_OTHER_PERSON]);
}

/* The first half of the identity, as SQL shows it. */
static inline int64
event_key(const uint8 *identity)
{
	uint64		key = 0;
	int			i;

	for (i = 0; i < 8; i++)
		key = key << 8 | identity[i];
	return (int64) key;
}

/* A list of *size items with room for twice as many. */
static void *
twice_as_long(void *list, int *size, Size item)
{
	if ((Size) *size * 2 * item > MaxAllocSize)
		too_large();
	*size *= 2;
	return repalloc(list, (Size) *size * item);
}

static SmsBatchEvent *
new_event(SmsBuilder *builder, SmsProvider provider, SmsInstant arrival)
{
	SmsBatchEvent *flat;

	if (builder->n == builder->size)
		builder->events = twice_as_long(builder->events, &builder->size,
										sizeof(SmsBatchEvent));
	flat = &builder->events[builder->n++];
	memset(flat, 0, sizeof(*flat));
	flat->outcome = SMS_OUTCOME_EVENT;
	flat->provider = provider;
	flat->arrival = arrival;
	flat->person = SMS_NO_PERSON;
	return flat;
}

/* The text placed before, if it is the same, else a new one. */
static SmsBatchText
place_again(SmsBuilder *builder, SmsBatchText before, SmsText text)
{
	if (before != 0 && sms_text_same(text_at(builder, before), text))
		return before;
	make_room(builder, place_room(text.len));
	return place_text(&builder->heap, text);
}

/* Keeps what is no event, and why. */
static void
keep_piece(SmsBuilder *builder, SmsOutcome outcome, SmsProvider provider,
		   SmsEventType type, SmsText raw, SmsText reason)
{
	SmsBatchPiece before = {0};
	SmsBatchPiece *piece;

	if (builder->n_pieces > 0)
		before = builder->pieces[builder->n_pieces - 1];
	if (builder->n_pieces == builder->pieces_size)
		builder->pieces = twice_as_long(builder->pieces, &builder->pieces_size,
										sizeof(SmsBatchPiece));
	piece = &builder->pieces[builder->n_pieces];
	piece->place = builder->n + builder->n_pieces++;
	piece->outcome = outcome;
	piece->provider = provider;
	piece->type = type;
	piece->raw = place_again(builder, before.raw, raw);
	piece->reason = place_again(builder, before.reason, reason);
}

/* Keeps what could not be read of an event. */
static void
keep_notes(SmsBuilder *builder, const SmsBatchEvent *flat, const SmsEvent *event)
{
	int			i;

	for (i = 0; i < event->n_notes; i++)
	{
		SmsText		path = sms_literal(event->notes[i].path != NULL ? event->notes[i].path : "");
		SmsBatchNote *note;

		if (builder->notes == NULL)
		{
			builder->notes_size = 16;
			builder->notes = MemoryContextAlloc(builder->work,
												builder->notes_size * sizeof(SmsBatchNote));
		}
		else if (builder->n_notes == builder->notes_size)
			builder->notes = twice_as_long(builder->notes, &builder->notes_size,
										   sizeof(SmsBatchNote));
		note = &builder->notes[builder->n_notes];
		note->key = flat->key;
		note->provider = flat->provider;
		note->account = flat->text[SMS_TEXT_ACCOUNT];
		note->path = place_again(builder, builder->n_notes > 0 ? note[-1].path : 0, path);
		note->what = place_again(builder, builder->n_notes > 0 ? note[-1].what : 0,
								 sms_literal(event->notes[i].what));
		builder->n_notes++;
	}
}

static void
keep_event(void *owner, const SmsEvent *event)
{
	SmsBuilder *builder = owner;
	SmsBatchEvent *flat;

	CHECK_FOR_INTERRUPTS();
	if (event->outcome != SMS_OUTCOME_EVENT)
	{
		keep_piece(builder, event->outcome, event->provider, event->type, event->raw,
				   sms_literal(event->reason));
		return;
	}
	flat = new_event(builder, event->provider, builder->reader.arrival);
	flat->type = event->type;
	flat->cls = event->not_merged ? SMS_CLASS_NONE : event->cls;
	flat->arrival_clock = event->arrival_clock;
	flat->timeless = event->timeless;
	flat->has_message = event->has_message;
	flat->key = event_key(event->identity);
	memcpy(flat->time, event->time, sizeof(flat->time));
	memcpy(flat->number, event->number, sizeof(flat->number));
	memcpy(flat->identity, event->identity, SMS_DIGEST_SIZE);
	memcpy(flat->message, event->message, SMS_DIGEST_SIZE);
	keep_texts(builder, flat, event);
	if (event->n_notes > 0)
		keep_notes(builder, flat, event);
}

/*
 * Starts a batch, which will be made in the current memory context; expected
 * is how many bytes of payload there may be.
 */
SmsBuilder *
sms_builder_begin(SmsProvider provider, SmsText account, size_t expected)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext,
											   "smsengage batch",
											   ALLOCSET_DEFAULT_SIZES);
	SmsBuilder *builder = MemoryContextAlloc(work, sizeof(SmsBuilder));

	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the database has the encoding %s, payloads need UTF8",
						GetDatabaseEncodingName())));
	memset(builder, 0, offsetof(SmsBuilder, reader) + offsetof(SmsReader, event));
	builder->outer = CurrentMemoryContext;
	builder->work = work;
	builder->size = 2 + (int) Min(expected / 512, 100000);
	/*
	 * What sms_builder_end() will need, so that it need not be moved; and as
	 * much again, which is never touched: malloc gives the system back what is
	 * twice the largest piece that it has had, to ask for it in the next call.
	 */
	expected = Min(expected, MaxAllocSize);
	builder->heap.maxlen = (int) Min(MaxAllocSize - 1, MAXALIGN(sizeof(SmsBatch)) + 2 * expected +
									 builder->size * (2 * sizeof(SmsBatchEvent) + sizeof(SmsBatchPerson)));
	builder->heap.data = palloc(builder->heap.maxlen);
	memset(builder->heap.data, 0, MAXALIGN(sizeof(SmsBatch)));
	builder->heap.len = MAXALIGN(sizeof(SmsBatch));

	MemoryContextSwitchTo(work);
	builder->events = palloc((Size) builder->size * sizeof(SmsBatchEvent));
	builder->pieces_size = 4;
	builder->pieces = palloc(builder->pieces_size * sizeof(SmsBatchPiece));
	builder->scratch_size = Min(Max(2 * expected, SCRATCH_MIN), SCRATCH_MAX);
	builder->scratch = palloc(builder->scratch_size);
	builder->region.alloc = scratch_alloc;
	builder->region.owner = builder;
	builder->reader.provider = provider;
	builder->reader.account = account;
	builder->reader.region = &builder->region;
	builder->reader.sink = keep_event;
	builder->reader.owner = builder;
	MemoryContextSwitchTo(builder->outer);
	return builder;
}

/* From here on, a given account may name only whom it is let name. */
void
sms_builder_guard(SmsBuilder *builder)
{
	MemoryContext outer = MemoryContextSwitchTo(builder->work);

	builder->reader.scopes = sms_scopes_begin();
	builder->reader.may_name = sms_may_name;
	MemoryContextSwitchTo(outer);
}

/*
 * Adds a payload's events.  Never raises for what it says, only for its size.
 */
void
sms_builder_add(SmsBuilder *builder, SmsText payload, SmsInstant arrival,
				bool check_utf8)
{
	builder->reader.arrival = arrival;
	builder->reader.check_utf8 = check_utf8;
	sms_read_payload(&builder->reader, payload.ptr, payload.len);
	builder->n_payloads++;
	builder->scratch_used = 0;
	if (builder->overflow != NULL)
		MemoryContextReset(builder->overflow);
}

/* Adds a payload unread, as one rejected piece. */
void
sms_builder_reject(SmsBuilder *builder, SmsText payload, SmsText reason)
{
	keep_piece(builder, SMS_OUTCOME_REJECTED, builder->reader.provider, SMS_EVENT_NONE,
			   payload, reason);
	builder->n_payloads++;
}

/* An event's place in the order. */
typedef struct EventRef
{
	int64		time;
	int64		key;
	int			event;			/* in the order they came */
} EventRef;

static int
compare_refs(const void *a, const void *b)
{
	const EventRef *x = a;
	const EventRef *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	/* of repetitions, the first */
	return x->event < y->event ? -1 : x->event > y->event;
}

/* Writes the events in the order of time and key. */
static void
sort_events(const SmsBuilder *builder, SmsBatchEvent *sorted)
{
	EventRef   *refs = palloc_extended((size_t) builder->n * sizeof(EventRef) + 1,
									   MCXT_ALLOC_HUGE);
	int			i;

	for (i = 0; i < builder->n; i++)
	{
		refs[i].time = builder->events[i].time[SMS_TIME_EVENT];
		refs[i].key = builder->events[i].key;
		refs[i].event = i;
	}
	qsort(refs, builder->n, sizeof(EventRef), compare_refs);
	for (i = 0; i < builder->n; i++)
		sorted[i] = builder->events[refs[i].event];
}

static int
compare_identities(const void *a, const void *b)
{
	const SmsBatchEvent *x = *(const SmsBatchEvent *const *) a;
	const SmsBatchEvent *y = *(const SmsBatchEvent *const *) b;
	int			result = memcmp(x->identity, y->identity, SMS_DIGEST_SIZE);

	/* of one identity, the earliest; then the first */
	return result != 0 ? result : x < y ? -1 : x > y;
}

/*
 * Marks all but the first event of an identity.  Identities hold the time,
 * except for timeless events: these are compared whatever their time.
 */
static void
mark_repetitions(SmsBatchEvent *events, int n_events)
{
	SmsBatchEvent **timeless = palloc_extended((Size) n_events * sizeof(*timeless) + 1,
											   MCXT_ALLOC_HUGE);
	int			n = 0;
	int			i;

	for (i = 0; i < n_events; i++)
	{
		SmsBatchEvent *event = &events[i];

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
}

/* A person and where it was found first. */
typedef struct Person
{
	SmsText		scope;
	SmsText		id;
	SmsBatchPerson place;
	int			found;
} Person;

static int
compare_people(const void *a, const void *b)
{
	const Person *x = a;
	const Person *y = b;
	int			result = sms_text_compare(x->scope, y->scope);

	return result != 0 ? result : sms_text_compare(x->id, y->id);
}

/* Lists the people of the events, in order; each event gets its index. */
static int
list_people(const SmsBuilder *builder, SmsBatchEvent *events, SmsBatchPerson *list)
{
	Person	   *people = palloc_extended((Size) builder->n * sizeof(Person) + 1,
										 MCXT_ALLOC_HUGE);
	uint32		mask = pg_nextpower2_32(2 * (uint32) builder->n + 2) - 1;
	int		   *table = palloc_extended(((Size) mask + 1) * sizeof(int),
										MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int			n = 0;
	int			i;

	for (i = 0; i < builder->n; i++)
	{
		SmsBatchEvent *event = &events[i];
		Person	   *person = &people[n];
		uint32		slot;

		if (event->repeated || event->person_id == 0)
			continue;
		person->place.scope = event->text[SMS_TEXT_SCOPE];
		person->place.individual_id = event->person_id;
		person->scope = text_at(builder, person->place.scope);
		person->id = text_at(builder, person->place.individual_id);
		person->found = n;
		slot = hash_bytes((const unsigned char *) person->id.ptr,
						  (int) person->id.len) & mask;
		while (table[slot] != 0 &&
			   compare_people(&people[table[slot] - 1], person) != 0)
			slot = (slot + 1) & mask;
		if (table[slot] == 0)
			table[slot] = ++n;
		event->person = table[slot] - 1;
	}

	qsort(people, n, sizeof(Person), compare_people);
	for (i = 0; i < n; i++)
	{
		list[i] = people[i].place;
		table[people[i].found] = i;
	}
	for (i = 0; i < builder->n; i++)
		if (events[i].person != SMS_NO_PERSON)
			events[i].person = table[events[i].person];
	return n;
}

static void
count_events(SmsBatch *batch)
{
	int			i;

	for (i = 0; i < batch->n_pieces; i++)
	{
		const SmsBatchPiece *piece = sms_batch_piece(batch, i);

		batch->n_rejected += piece->outcome == SMS_OUTCOME_REJECTED;
		batch->n_ignored += piece->outcome == SMS_OUTCOME_IGNORED;
	}
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		batch->n_repeated += event->repeated;
		if (!sms_batch_is_good(event))
			continue;
		batch->n_good++;
		batch->n_named += event->text[SMS_TEXT_INDIVIDUAL_ID] != 0;
		batch->n_timeless += event->timeless;
		batch->n_links += event->type == SMS_EVENT_LINK;
	}
}

/*
 * The batch, in the context in which it was begun; the builder is gone.  A
 * batch that is not for the store keeps the order of the payload and lists no
 * people.
 */
SmsBatch *
sms_builder_end(SmsBuilder *builder, bool for_store)
{
	StringInfo	heap = &builder->heap;
	size_t		events_size = (size_t) builder->n * sizeof(SmsBatchEvent);
	size_t		pieces_size = (size_t) builder->n_pieces * sizeof(SmsBatchPiece);
	size_t		notes_size = (size_t) builder->n_notes * sizeof(SmsBatchNote);
	SmsBatchEvent *events;
	SmsBatch   *batch;
	char	   *end;

	make_room(builder, events_size + pieces_size + notes_size + 2 * MAXIMUM_ALIGNOF +
			  (for_store ? (size_t) builder->n * sizeof(SmsBatchPerson) : 0));
	batch = (SmsBatch *) heap->data;
	batch->magic = SMS_BATCH_MAGIC;
	batch->n_payloads = builder->n_payloads;
	batch->n_events = builder->n;
	batch->n_pieces = builder->n_pieces;
	batch->events_offset = (uint32) MAXALIGN(heap->len);
	batch->pieces_offset = (uint32) (batch->events_offset + events_size);
	batch->n_notes = builder->n_notes;
	batch->notes_offset = (uint32) MAXALIGN(batch->pieces_offset + pieces_size);
	batch->people_offset = (uint32) (batch->notes_offset + notes_size);
	events = (SmsBatchEvent *) (heap->data + batch->events_offset);
	memcpy(heap->data + batch->pieces_offset, builder->pieces, pieces_size);
	if (notes_size > 0)
		memcpy(heap->data + batch->notes_offset, builder->notes, notes_size);
	pfree(builder->pieces);
	end = heap->data + batch->people_offset;

	MemoryContextSwitchTo(builder->work);
	if (for_store)
	{
		sort_events(builder, events);
		mark_repetitions(events, builder->n);
		batch->n_people = list_people(builder, events, (SmsBatchPerson *) end);
	}
	else
		memcpy(events, builder->events, events_size);
	MemoryContextSwitchTo(builder->outer);
	count_events(batch);
	end += batch->n_people * sizeof(SmsBatchPerson);
	SET_VARSIZE(batch, end - heap->data);
	MemoryContextDelete(builder->work);
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
