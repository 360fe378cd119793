/*-------------------------------------------------------------------------
 *
 * tally_agg.c
 *	  Addition of tallies, and the aggregate sum(tally).
 *
 * The state of the aggregate is a tally.  The first value of a group stays
 * as it is; from the second on the state is an expanded object that changes
 * in place, and becomes a flat tally when somebody needs one.  While the sum
 * is small, the object keeps values as they came and adds them up when its
 * buffer is full, so that a group takes memory in proportion to its content.
 * Only a sum that would fill a quarter of its uncompressed planes gets them.
 *
 * The states of an aggregate share one memory context, and are gone with it:
 * with one for each, a hash of many groups would go through all of them for
 * each group that begins.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "server.h"
#include "tally/tally_pg.h"

PG_FUNCTION_INFO_V1(sms_tally_add);

#define BUFFER_MIN 2048

typedef struct TallyState
{
	ExpandedObjectHeader header;
	SmsRegion	region;			/* the memory of all states */
	bool		dense;			/* the value is in sum, not in the buffer */
	SmsSum		sum;
	Size		used;			/* buffer: a size_t and that many bytes, ... */
	Size		allocated;
	uint8	   *buffer;
	struct varlena *flat;		/* the value, NULL when not known */
} TallyState;

static Size get_flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *result,
						 Size size);

static const ExpandedObjectMethods methods = {get_flat_size, flatten_into};

static void
add_to_sum(SmsSum *sum, SmsTally tally)
{
	if (!sms_sum_add(sum, tally))
		sms_tally_overflow();
}

static void
append(TallyState *state, SmsTally tally)
{
	memcpy(state->buffer + state->used, &tally.size, sizeof(tally.size));
	memcpy(state->buffer + state->used + sizeof(tally.size), tally.data,
		   tally.size);
	state->used += sizeof(tally.size) + tally.size;
}

static void
add_buffer(SmsSum *sum, const TallyState *state)
{
	Size		at = 0;

	while (at < state->used)
	{
		SmsTally	tally;

		memcpy(&tally.size, state->buffer + at, sizeof(tally.size));
		tally.data = state->buffer + at + sizeof(tally.size);
		add_to_sum(sum, tally);
		at += sizeof(tally.size) + tally.size;
	}
}

/*
 * Replaces the buffer by its sum, in planes if they are well filled, and
 * makes room for `more` bytes otherwise.
 */
static void
settle(TallyState *state, Size more)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "tally sum",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	SmsRegion	region = sms_region_in(scratch);
	SmsSum		sum;
	SmsTally	tally;

	sms_sum_init(&sum, &region);
	add_buffer(&sum, state);
	tally = sms_tally_view(sms_tally_from_sum(&sum));
	MemoryContextSwitchTo(old);

	if (tally.size * 4 > sum.nplanes * SMS_CHUNK_WORDS * sizeof(SmsBits))
	{
		add_to_sum(&state->sum, tally);
		state->dense = true;
		pfree(state->buffer);
		state->buffer = NULL;
		state->used = 0;
	}
	else
	{
		Size		needed = sizeof(tally.size) + 2 * tally.size + more;

		if (needed > state->allocated)
		{
			state->allocated = Max(needed, 2 * state->allocated);
			state->buffer = repalloc(state->buffer, state->allocated);
		}
		state->used = 0;
		append(state, tally);
	}
	MemoryContextDelete(scratch);
}

static void
add_to_state(TallyState *state, SmsTally tally)
{
	Size		needed = sizeof(tally.size) + tally.size;

	if (state->flat)
	{
		pfree(state->flat);
		state->flat = NULL;
	}
	if (!state->dense && state->used + needed > state->allocated)
		settle(state, needed);
	if (state->dense)
		add_to_sum(&state->sum, tally);
	else
		append(state, tally);
}

/* The memory of the states that one call of an aggregate has in a query. */
typedef struct StatesMemory
{
	MemoryContext aggregate;
	MemoryContext context;		/* NULL when it is gone, with the groups */
	MemoryContextCallback gone;
} StatesMemory;

static void
states_gone(void *memory)
{
	((StatesMemory *) memory)->context = NULL;
}

/*
 * sms_states_memory gives a context below that of the aggregate, where the
 * server leaves an expanded object as it is.
 */
MemoryContext
sms_states_memory(FunctionCallInfo fcinfo, MemoryContext aggregate)
{
	StatesMemory *memory = fcinfo->flinfo->fn_extra;

	/* sets of groups have several; the one of before looks after itself */
	if (memory == NULL || (memory->context != NULL && memory->aggregate != aggregate))
	{
		memory = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(StatesMemory));
		memory->gone.func = states_gone;
		memory->gone.arg = memory;
		fcinfo->flinfo->fn_extra = memory;
	}
	if (memory->context == NULL)
	{
		memory->aggregate = aggregate;
		memory->context = AllocSetContextCreate(aggregate, "tally states",
												ALLOCSET_DEFAULT_SIZES);
		MemoryContextRegisterResetCallback(memory->context, &memory->gone);
	}
	return memory->context;
}

/* Makes an empty state. */
static TallyState *
make_state(MemoryContext context)
{
	TallyState *state = MemoryContextAllocZero(context, sizeof(TallyState));

	EOH_init_header(&state->header, &methods, context);
	state->region = sms_region_in(context);
	sms_sum_init(&state->sum, &state->region);
	state->allocated = BUFFER_MIN;
	state->buffer = MemoryContextAlloc(context, state->allocated);
	return state;
}

static Size
get_flat_size(ExpandedObjectHeader *header)
{
	TallyState *state = (TallyState *) header;

	if (state->flat == NULL)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
													  "tally flat",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext old = MemoryContextSwitchTo(scratch);
		SmsRegion	region = sms_region_in(scratch);
		SmsSum		sum = state->sum;
		struct varlena *flat;

		if (!state->dense)
		{
			sms_sum_init(&sum, &region);
			add_buffer(&sum, state);
		}
		flat = sms_tally_from_sum(&sum);
		MemoryContextSwitchTo(old);
		state->flat = MemoryContextAlloc(header->eoh_context, VARSIZE(flat));
		memcpy(state->flat, flat, VARSIZE(flat));
		MemoryContextDelete(scratch);
	}
	return VARSIZE(state->flat);
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	TallyState *state = (TallyState *) header;

	Assert(state->flat != NULL && size == VARSIZE(state->flat));
	memcpy(result, state->flat, size);
}

/*
 * tally_add(a, b), which is also the transition and the combine function of
 * sum(tally): there the first argument is the state.
 */
Datum
sms_tally_add(PG_FUNCTION_ARGS)
{
	Datum		first = PG_GETARG_DATUM(0);
	SmsTally	second = PG_GETARG_TALLY(1);
	MemoryContext aggregate;
	TallyState *state;
	SmsRegion	region;
	SmsSum		sum;

	if (!AggCheckCallContext(fcinfo, &aggregate))
	{
		region = sms_region_in(CurrentMemoryContext);
		sms_sum_init(&sum, &region);
		add_to_sum(&sum, sms_tally_from_datum(first));
		add_to_sum(&sum, second);
		PG_RETURN_POINTER(sms_tally_from_sum(&sum));
	}

	/* whatever else is expanded is a tally that somebody else put together */
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(first)) &&
		DatumGetEOHP(first)->eoh_methods == &methods)
		state = (TallyState *) DatumGetEOHP(first);
	else
	{
		state = make_state(sms_states_memory(fcinfo, aggregate));
		add_to_state(state, sms_tally_from_datum(first));
	}
	add_to_state(state, second);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}
