/*-------------------------------------------------------------------------
 *
 * steps_fuzz.c
 *	  Fuzz harness of the steps behind the parser: payloads become a batch, a
 *	  batch becomes rows, messages, contacts, deltas and outcomes, as they do
 *	  when some of its events are stored and others were known.
 *
 * What is looked at besides the sanitizers: that events are told apart by
 * their identity, that lists are in order and have each item once, that a
 * message is the same however its reports are grouped, that every event that
 * counts is in a tally.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "fuzz/in_server.h"
#include "ingest/contact.h"
#include "ingest/effect.h"
#include "ingest/event_row.h"
#include "server.h"
#include "store/direct.h"
#include "tally/cover.h"
#include "ingest/delta.h"
#include "tally/tally_pg.h"

/* Bits of the mode */
#define KEYS_COLLIDE 0x01		/* several events have one key */
#define ODD_PEOPLE 0x02			/* any numbers, several people have one */
#define SOME_DROPPED 0x04		/* batch_without() */
#define BY_SQL 0x08				/* one of the functions for SQL, too */
#define ALL_STORED 0x10
#define KEPT_SHIFT 5			/* dimensions */

typedef struct Steps
{
	SmsFuzzInput input;
	uint32		random;
	const SmsBatch *batch;
	int64	   *people;
	int64	   *list;			/* the keys of the events that are "stored" */
	int			n_list;
	SmsKeys		keys;
	bool		kept[SMS_N_DIMENSIONS];
} Steps;

/*
 * What libFuzzer is to look for besides new code: more events of one key, of
 * one person, of one message, with each provider.
 */
typedef enum Meeting
{
	EVENTS_OF_KEY,
	EVENTS_OF_PERSON,
	REPORTS_OF_MESSAGE,
	KEYS_AND_MORE,				/* events beyond the keys they are asked for by */
	N_MEETINGS
} Meeting;

static uint8 met[N_MEETINGS][SMS_N_PROVIDERS] __attribute__((section("__libfuzzer_extra_counters"), used));

static TupleDesc event_desc;
static TupleDesc message_desc;

/* Each with (batch, people, keys, identities or messages, dimensions, series) */
static const char *const queries[] = {
	"SELECT count(e::text) FROM smsengage_internal.batch_events($1, $2, $4) e",
	"SELECT count(m::text) FROM smsengage_internal.batch_messages($1, $2, $3, NULL) m",
	"SELECT count(m::text) FROM smsengage_internal.batch_messages($1, $2, $3, $4) m",
	"SELECT count(c::text) FROM smsengage_internal.batch_contacts($1, $2, $3) c",
	"SELECT count(s::text) FROM smsengage_internal.batch_series($1, $3, $5) s",
	"SELECT count(t::text) FROM smsengage_internal.batch_tallies($1, $2, $3, $5,"
	" ARRAY(SELECT s.no::bigint FROM smsengage_internal.batch_series($1, $3, $5) s)) t",
	"SELECT count(e::text) FROM smsengage_internal.batch_effects($1, $3) e",
	"SELECT count(s::text) FROM smsengage_internal.batch_subjects($1) s",
	"SELECT count(p::text) FROM smsengage_internal.batch_people($1) p",
	"SELECT count(c::text) FROM smsengage_internal.batch_copies($1) c",
	"SELECT count(r::text) FROM smsengage_internal.batch_pieces($1, 'A') r",
	"SELECT count(i::text), smsengage_internal.batch_counts($1)::text FROM smsengage_internal.batch_identities($1) i",
};

static SPIPlanPtr plans[lengthof(queries)];

extern Datum sms_batch_without(PG_FUNCTION_ARGS);

static void
begin(void)
{
	Oid			types[] = {
		sms_own_type("parsed_batch"), INT8ARRAYOID, INT8ARRAYOID, get_array_type(UUIDOID), TEXTARRAYOID
	};
	int			i;

	event_desc = lookup_rowtype_tupdesc_copy(sms_own_type("event_row"), -1);
	message_desc = lookup_rowtype_tupdesc_copy(sms_own_type("message_row"), -1);
	CHECK(event_desc->natts == SMS_N_EVENT_COLUMNS && message_desc->natts == SMS_N_MESSAGE_COLUMNS);
	SPI_connect();
	for (i = 0; i < (int) lengthof(queries); i++)
	{
		plans[i] = SPI_prepare(queries[i], lengthof(types), types);
		CHECK(plans[i] != NULL);
		SPI_keepplan(plans[i]);
	}
	SPI_finish();
}

static const SmsBatch *
build(const SmsFuzzInput *input)
{
	SmsBuilder *builder = sms_builder_begin(input->provider, input->account, input->size);
	size_t		position = 0;
	int			n = 0;
	SmsText		payload;

	while ((payload = sms_fuzz_payload(input, &position)).ptr != NULL)
		sms_builder_add(builder, payload, ARRIVAL - n++ * SMS_DAY,
						sms_utf8_valid_prefix(payload.ptr, payload.len) != payload.len);
	return sms_builder_end(builder, true);
}

static ArrayType *
int8_array(const int64 *list, int n)
{
	Datum	   *elements = palloc((n + 1) * sizeof(Datum));
	int			i;

	for (i = 0; i < n; i++)
		elements[i] = Int64GetDatum(list[i]);
	return construct_array(elements, n, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/*
 * Chooses what ingestion finds out: who the people are, which events were not
 * known.  Lists have the size they need, so that reading past one is noticed.
 */
static void
choose(Steps *steps)
{
	static const int64 odd[] = {0, -1, 1, 65535, 65536, PG_INT64_MAX, PG_INT64_MIN, INT64_C(1) << 47};
	const SmsBatch *batch = steps->batch;
	uint32		rare;
	int			i;

	steps->people = palloc(batch->n_people * sizeof(int64));
	for (i = 0; i < batch->n_people; i++)
		steps->people[i] = steps->input.mode & ODD_PEOPLE ?
			odd[sms_fuzz_random(&steps->random) % lengthof(odd)] : INT64_C(65530) + i;
	/* most are new, or most are known */
	rare = UINT32_C(1) << (steps->input.seed & 3);
	steps->list = palloc(batch->n_good * sizeof(int64));
	steps->n_list = 0;
	for (i = 0; i < batch->n_events; i++)
	{
		SmsBatchEvent *event = unconstify(SmsBatchEvent *, sms_batch_event(batch, i));

		/* as different identities may be made to */
		if (steps->input.mode & KEYS_COLLIDE)
			event->key &= 3;
		if (sms_batch_is_good(event) &&
			(steps->input.mode & ALL_STORED || sms_fuzz_random(&steps->random) % (rare + 1) == 0))
			steps->list[steps->n_list++] = event->key;
	}
	steps->keys = sms_keys_of(steps->list, steps->n_list, batch);
	for (i = 0; i < SMS_N_DIMENSIONS; i++)
		steps->kept[i] = steps->input.mode >> (KEPT_SHIFT + i) & 1;
}

static void
note(Meeting meeting, const SmsBatchEvent *event, int n)
{
	uint8	   *counter = &met[meeting][event->provider];

	*counter = Max(*counter, (uint8) Min(n, PG_UINT8_MAX));
}

/* Tells libFuzzer what meets in the batch. */
static void
note_meetings(Steps *steps)
{
	const SmsBatch *batch = steps->batch;
	int			matching = 0;
	int			i;
	int			j;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		int			of_key = 0;
		int			of_person = 0;

		if (!sms_batch_is_good(event))
			continue;
		for (j = Max(0, i - 64); j < i; j++)
		{
			const SmsBatchEvent *other = sms_batch_event(batch, j);

			of_key += sms_batch_is_good(other) && other->key == event->key;
			of_person += event->person != SMS_NO_PERSON && other->person == event->person;
		}
		matching += sms_keys_have(&steps->keys, event->key);
		note(EVENTS_OF_KEY, event, of_key);
		note(EVENTS_OF_PERSON, event, of_person);
		note(KEYS_AND_MORE, event, Max(matching - steps->n_list, 0));
	}
}

/* Rows of the events; a tuple has all of their bytes. */
static void
event_rows(Steps *steps)
{
	const SmsBatch *batch = steps->batch;
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		Datum		values[SMS_N_EVENT_COLUMNS];
		bool		nulls[SMS_N_EVENT_COLUMNS];

		if (event->outcome != SMS_OUTCOME_EVENT)
			continue;
		CHECK(!sms_batch_is_good(event) || event->person == SMS_NO_PERSON ||
			  (event->person >= 0 && event->person < batch->n_people));
		sms_event_row(batch, event, sms_batch_is_good(event) && event->person != SMS_NO_PERSON ?
					  steps->people[event->person] : 0, values, nulls);
		heap_freetuple(heap_form_tuple(event_desc, values, nulls));
	}
	(void) sms_has_effects(batch);
}

/* Whether two rows of messages are the same, byte for byte. */
static bool
same_message(const Datum *a, const bool *a_nulls, const Datum *b, const bool *b_nulls)
{
	int			i;

	for (i = 0; i < SMS_N_MESSAGE_COLUMNS; i++)
	{
		Form_pg_attribute column = TupleDescAttr(message_desc, i);

		if (a_nulls[i] != b_nulls[i] ||
			(!a_nulls[i] && !datum_image_eq(a[i], b[i], column->attbyval, column->attlen)))
			return false;
	}
	return true;
}

/* Messages; of several reports, in two ways; and what they count. */
static void
message_rows(Steps *steps)
{
	SmsReports	reports = sms_reports_of(steps->batch, &steps->keys);
	SmsOutcomes *outcomes = sms_outcomes_begin();
	int			n;
	int			i;

	for (i = 0; i < reports.n; i += n)
	{
		Datum		all[SMS_N_MESSAGE_COLUMNS];
		Datum		first[SMS_N_MESSAGE_COLUMNS];
		Datum		rest[SMS_N_MESSAGE_COLUMNS];
		Datum		merged[SMS_N_MESSAGE_COLUMNS];
		bool		all_nulls[SMS_N_MESSAGE_COLUMNS];
		bool		first_nulls[SMS_N_MESSAGE_COLUMNS];
		bool		rest_nulls[SMS_N_MESSAGE_COLUMNS];
		bool		merged_nulls[SMS_N_MESSAGE_COLUMNS];
		int			cut;

		n = sms_reports_of_message(&reports, i);
		note(REPORTS_OF_MESSAGE, reports.events[i], n);
		sms_message_row(steps->batch, &reports.events[i], n, steps->people, all, all_nulls);
		heap_freetuple(heap_form_tuple(message_desc, all, all_nulls));
		sms_outcomes_count(outcomes, 1, all, all_nulls);
		if (n == 1)
			continue;
		cut = 1 + sms_fuzz_random(&steps->random) % (n - 1);
		sms_message_row(steps->batch, &reports.events[i], cut, steps->people, first, first_nulls);
		sms_message_row(steps->batch, &reports.events[i + cut], n - cut, steps->people, rest, rest_nulls);
		CHECK(sms_message_merge(first, first_nulls, rest, rest_nulls, merged, merged_nulls) !=
			  same_message(first, first_nulls, all, all_nulls));
		CHECK(same_message(merged, merged_nulls, all, all_nulls));
		sms_outcomes_count(outcomes, -1, first, first_nulls);
		sms_outcomes_count(outcomes, 1, merged, merged_nulls);
		CHECK(!sms_message_merge(merged, merged_nulls, rest, rest_nulls, all, all_nulls));
	}
}

static int
compare_text(Datum a, Datum b)
{
	return sms_text_compare(sms_text_of(DatumGetTextPP(a)), sms_text_of(DatumGetTextPP(b)));
}

/* In the order of the table's key: account, recipient, person. */
static int
compare_contact(const SmsContact *a, const SmsContact *b)
{
	int			order = compare_text(a->account, b->account);

	if (order == 0)
		order = compare_text(a->recipient, b->recipient);
	return order != 0 ? order : (a->individual_no > b->individual_no) - (a->individual_no < b->individual_no);
}

static void
contacts(Steps *steps)
{
	int			n;
	SmsContact *list = sms_contacts_of(steps->batch, steps->people, &steps->keys, &n);
	int			i;

	for (i = 1; i < n; i++)
		CHECK(compare_contact(&list[i - 1], &list[i]) < 0);
}

/* What a sink of deltas has seen */
typedef struct Seen
{
	uint64		events;
	bool		any;
	SmsDelta	last;
} Seen;

static void
take_delta(void *owner, const SmsDelta *delta)
{
	Seen	   *seen = owner;
	SmsTally	tally = sms_tally_from_datum(delta->tally);
	SmsRegion	region = sms_region_in(CurrentMemoryContext);

	CHECK(sms_tally_is_canonical(tally, &region));
	/* people whose number is negative have no chunk, and may share that of nobody */
	if (seen->any)
		CHECK(seen->last.series < delta->series ||
			  (seen->last.series == delta->series && seen->last.cell_start <= delta->cell_start));
	CHECK(delta->cell_start % SMS_QUARTER_HOUR == 0);
	seen->any = true;
	seen->last = *delta;
	seen->events += sms_tally_total(tally) + delta->anonymous;
}

static void
deltas(Steps *steps)
{
	SmsDeltas	found;
	Seen		seen = {0};
	int			i;

	sms_deltas_collect(&found, steps->batch, &steps->keys, steps->kept, steps->people);
	for (i = 0; i < found.n_series; i++)
	{
		pg_uuid_t	digest;

		sms_deltas_digest(&found, i, &digest);
	}
	sms_deltas_emit(&found, take_delta, &seen);
	CHECK(seen.events == (uint64) found.n);
}

/* The same through one of the functions for SQL. */
static void
by_sql(Steps *steps)
{
	const SmsBatch *batch = steps->batch;
	Datum	   *digests = palloc((2 * batch->n_events + 1) * sizeof(Datum));
	Datum		names[] = {CStringGetTextDatum("bulk_message"), CStringGetTextDatum("link_name")};
	Datum		values[5];
	int			n = 0;
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		if (event->outcome == SMS_OUTCOME_EVENT && sms_fuzz_random(&steps->random) & 1)
			digests[n++] = PointerGetDatum(sms_fuzz_random(&steps->random) & 1 ? event->identity : event->message);
	}
	values[0] = PointerGetDatum(batch);
	values[1] = PointerGetDatum(int8_array(steps->people, batch->n_people));
	values[2] = PointerGetDatum(int8_array(steps->list, steps->n_list));
	values[3] = PointerGetDatum(construct_array(digests, n, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR));
	values[4] = PointerGetDatum(construct_array(names, sms_fuzz_random(&steps->random) % 3, TEXTOID, -1, false, TYPALIGN_INT));
	SPI_connect();
	CHECK(SPI_execute_plan(plans[steps->input.seed % lengthof(plans)], values, NULL, true, 0) == SPI_OK_SELECT);
	SPI_finish();
}

static int
compare_identities(const void *a, const void *b)
{
	return memcmp(*(const uint8 *const *) a, *(const uint8 *const *) b, SMS_DIGEST_SIZE);
}

/*
 * No event is there twice: one identity is one event, whatever its time.  Also,
 * the counts are what is there, and people are in order.
 */
static void
check_batch(const SmsBatch *batch)
{
	const uint8 **identities = palloc((batch->n_good + 1) * sizeof(uint8 *));
	int			n = 0;
	int			i;

	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		if (!sms_batch_is_good(event))
			continue;
		CHECK(n < batch->n_good);
		identities[n++] = event->identity;
	}
	CHECK(n == batch->n_good);
	qsort(identities, n, sizeof(uint8 *), compare_identities);
	for (i = 1; i < n; i++)
		CHECK(compare_identities(&identities[i - 1], &identities[i]) != 0);
	for (i = 1; i < batch->n_people; i++)
	{
		const SmsBatchPerson *a = sms_batch_person(batch, i - 1);
		const SmsBatchPerson *b = sms_batch_person(batch, i);
		int			order = sms_text_compare(sms_batch_text(batch, a->scope), sms_batch_text(batch, b->scope));

		CHECK(order < 0 || (order == 0 && sms_text_compare(sms_batch_text(batch, a->individual_id),
													   sms_batch_text(batch, b->individual_id)) < 0));
	}
}

static void
one(const uint8 *data, size_t size)
{
	Steps		steps = {0};

	if (!sms_fuzz_input(data, size, &steps.input))
		return;
	steps.random = steps.input.seed;
	steps.batch = build(&steps.input);
	choose(&steps);
	if (steps.input.mode & SOME_DROPPED)
	{
		Datum		keys = PointerGetDatum(int8_array(steps.list, steps.n_list));

		steps.batch = (const SmsBatch *)
			DatumGetPointer(DirectFunctionCall2(sms_batch_without, PointerGetDatum(steps.batch), keys));
		choose(&steps);
	}
	note_meetings(&steps);
	event_rows(&steps);
	message_rows(&steps);
	contacts(&steps);
	deltas(&steps);
	if (steps.input.mode & BY_SQL)
		by_sql(&steps);
	check_batch(steps.batch);
}

/* People whose number nobody has */
static bool
expects(int sqlerrcode)
{
	return sqlerrcode == ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
}

const SmsFuzzHarness sms_steps_harness = {
	.name = "steps",
	.begin = begin,
	.one = one,
	.expects = expects,
	.mutate = sms_mutate_payload
};
