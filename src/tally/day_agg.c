/*-------------------------------------------------------------------------
 *
 * day_agg.c
 *	  The aggregate that counts single events into a day tally.
 *
 * The state is a day tally: an expanded object that collects the events as
 * (quarter hour, offset) in an array, and is sorted when its flat form is
 * asked for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "server.h"
#include "tally/cover.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_day_tally_count);

#define EVENTS_MIN 16

typedef struct DayState
{
	ExpandedObjectHeader header;
	uint32	   *events;			/* quarter hour << 16 | offset */
	Size		n;
	Size		room;
	struct varlena *flat;		/* the value, NULL when not known */
} DayState;

static Size get_flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *result,
						 Size size);

static const ExpandedObjectMethods methods = {get_flat_size, flatten_into};

static int
compare_events(const void *a, const void *b)
{
	uint32		x = *(const uint32 *) a >> SMS_CHUNK_BITS;
	uint32		y = *(const uint32 *) b >> SMS_CHUNK_BITS;

	return x < y ? -1 : x > y;
}

/* Writes the events, by quarter hour; their order within one is no matter. */
static SmsDayTally
write_events(DayState *state, SmsRegion *region)
{
	SmsDayWriter writer;
	SmsSum		sum;
	Size		i;

	qsort(state->events, state->n, sizeof(uint32), compare_events);
	sms_day_writer_init(&writer, region);
	sms_sum_init(&sum, region);
	for (i = 0; i < state->n;)
	{
		uint32		quarter = state->events[i] >> SMS_CHUNK_BITS;

		sms_sum_reset(&sum);
		for (; i < state->n && state->events[i] >> SMS_CHUNK_BITS == quarter; i++)
			if (!sms_sum_add_one(&sum, state->events[i] & (SMS_CHUNK_SIZE - 1), 1))
				sms_tally_overflow();
		sms_day_write_sum(&writer, quarter, &sum);
	}
	return sms_day_written(&writer);
}

static Size
get_flat_size(ExpandedObjectHeader *header)
{
	DayState   *state = (DayState *) header;

	if (state->flat == NULL)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
													  "day tally flat",
													  ALLOCSET_DEFAULT_SIZES);
		SmsRegion	region = sms_region_in(scratch);
		SmsDayTally day = write_events(state, &region);
		MemoryContext old = MemoryContextSwitchTo(header->eoh_context);

		state->flat = sms_day_value(day);
		MemoryContextSwitchTo(old);
		MemoryContextDelete(scratch);
	}
	return VARSIZE(state->flat);
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	DayState   *state = (DayState *) header;

	Assert(state->flat != NULL && size == VARSIZE(state->flat));
	memcpy(result, state->flat, size);
}

static DayState *
make_state(MemoryContext context)
{
	DayState   *state = MemoryContextAllocZero(context, sizeof(DayState));

	EOH_init_header(&state->header, &methods, context);
	state->room = EVENTS_MIN;
	state->events = MemoryContextAlloc(context, state->room * sizeof(uint32));
	return state;
}

/* A state that came in, which must be one of ours: a day tally has no events left. */
static DayState *
own_state(Datum datum)
{
	if (!VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)) ||
		DatumGetEOHP(datum)->eoh_methods != &methods)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("day_tally_count() begins with no state but NULL")));
	return (DayState *) DatumGetEOHP(datum);
}

/* day_tally_count(state, at, offset): one more event; the state begins NULL */
Datum
sms_day_tally_count(PG_FUNCTION_ARGS)
{
	MemoryContext aggregate;
	DayState   *state;
	TimestampTz at;
	uint32_t	offset;

	if (!AggCheckCallContext(fcinfo, &aggregate))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("day_tally_count called outside of an aggregate")));
	if (PG_ARGISNULL(0))
		state = make_state(sms_states_memory(fcinfo, aggregate));
	else
		state = own_state(PG_GETARG_DATUM(0));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
	at = PG_GETARG_TIMESTAMPTZ(1);
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the moment of a tally must be finite")));
	offset = sms_check_offset(PG_GETARG_INT32(2));
	if (state->n == state->room)
	{
		state->room *= 2;
		state->events = repalloc_huge(state->events, state->room * sizeof(uint32));
	}
	state->events[state->n++] = sms_quarter_hour_of_day(at) << SMS_CHUNK_BITS | offset;
	if (state->flat != NULL)
	{
		pfree(state->flat);
		state->flat = NULL;
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}
