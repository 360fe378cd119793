/*-------------------------------------------------------------------------
 *
 * funnel_agg.c
 *	  The aggregate funnel(event_type, event_time, steps, within).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "report/funnel.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_funnel_add);
PG_FUNCTION_INFO_V1(sms_funnel_combine);
PG_FUNCTION_INFO_V1(sms_funnel_final);

/*
 * A state is a bytea whose content is aligned, with room for marks to come.
 * Anybody can make a bytea, so it is checked whenever it comes in, whole: any
 * marks will do, and only what counts them can be wrong.
 */
#define FUNNEL_OF(value) ((SmsFunnel *) ((char *) (value) + FUNNEL_OFFSET))
#define FUNNEL_OFFSET MAXALIGN(VARHDRSZ)
#define FUNNEL_SIZE(n) \
	(FUNNEL_OFFSET + sizeof(SmsFunnel) + (n) * sizeof(SmsFunnelMark))
#define MAX_ROOM ((uint64) ((MaxAllocSize - FUNNEL_SIZE(0)) / sizeof(SmsFunnelMark)))

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("funnel function called outside of an aggregate")));
	return context;
}

static struct varlena *
make_funnel(MemoryContext context, uint64 room)
{
	struct varlena *value;

	if (room > MAX_ROOM)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many events in one funnel")));
	value = MemoryContextAllocZero(context, FUNNEL_SIZE(room));
	SET_VARSIZE(value, FUNNEL_SIZE(room));
	FUNNEL_OF(value)->version = SMS_FUNNEL_VERSION;
	FUNNEL_OF(value)->within = SMS_FUNNEL_NO_LIMIT;
	return value;
}

/* A state as an argument; what comes from elsewhere is checked. */
static struct varlena *
funnel_argument(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM(datum);
	SmsFunnel  *funnel;

	if ((uintptr_t) value % MAXIMUM_ALIGNOF != 0)
		value = PG_DETOAST_DATUM_COPY(PointerGetDatum(value));
	funnel = FUNNEL_OF(value);
	if (VARSIZE(value) < FUNNEL_SIZE(0) || funnel->version != SMS_FUNNEL_VERSION ||
		funnel->n_steps > SMS_FUNNEL_MAX_STEPS ||
		funnel->n > (VARSIZE(value) - FUNNEL_SIZE(0)) / sizeof(SmsFunnelMark))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid state of a funnel")));
	return value;
}

/* The state with room for n marks more, itself if it has it. */
static struct varlena *
with_room(MemoryContext context, struct varlena *value, uint64 n)
{
	SmsFunnel  *funnel = FUNNEL_OF(value);
	struct varlena *larger;

	if (FUNNEL_SIZE(funnel->n + n) <= VARSIZE(value))
		return value;
	/* neither number is larger than a value holds, so their sum does not wrap */
	larger = make_funnel(context, Max(funnel->n + n, Min(2 * (funnel->n + n), MAX_ROOM)));
	memcpy(FUNNEL_OF(larger), funnel, FUNNEL_SIZE(funnel->n) - FUNNEL_OFFSET);
	return larger;
}

/* Which of the steps the type is, as a set. */
static uint64
steps_of_type(ArrayType *steps, SmsText type, uint32 *n_steps)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int			i;
	uint64		set = 0;

	deconstruct_array(steps, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	if (n < 1 || n > SMS_FUNNEL_MAX_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a funnel has 1 to %d steps", SMS_FUNNEL_MAX_STEPS)));
	for (i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("steps of a funnel must not be null")));
		if (sms_text_same(sms_text_of(DatumGetTextPP(elements[i])), type))
			set |= UINT64CONST(1) << i;
	}
	*n_steps = n;
	return set;
}

static int64
limit_of_interval(const Interval *within)
{
	int64		days;

	if (within->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the time limit of a funnel must not have months or years"),
				 errhint("Months differ in length: say days.")));
	if (pg_mul_s64_overflow(within->day, USECS_PER_DAY, &days) ||
		pg_add_s64_overflow(days, within->time, &days) || days < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the time limit of a funnel must not be negative")));
	return days;
}

/* (state, event_type, event_time, steps, within) */
Datum
sms_funnel_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	struct varlena *value;
	SmsFunnel  *funnel;
	uint64		set = 0;

	if (PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("steps of a funnel must not be null")));
	value = PG_ARGISNULL(0) ? make_funnel(context, 4) :
		funnel_argument(PG_GETARG_DATUM(0));
	funnel = FUNNEL_OF(value);
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		text	   *type = PG_GETARG_TEXT_PP(1);

		set = steps_of_type(PG_GETARG_ARRAYTYPE_P(3), sms_text_of(type), &funnel->n_steps);
	}
	funnel->within = PG_ARGISNULL(4) ? SMS_FUNNEL_NO_LIMIT :
		limit_of_interval(PG_GETARG_INTERVAL_P(4));
	if (set != 0)
	{
		value = with_room(context, value, 1);
		funnel = FUNNEL_OF(value);
		funnel->mark[funnel->n].at = PG_GETARG_TIMESTAMPTZ(2);
		funnel->mark[funnel->n++].steps = set;
	}
	PG_RETURN_POINTER(value);
}

Datum
sms_funnel_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	struct varlena *value;
	SmsFunnel  *funnel;
	SmsFunnel  *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = FUNNEL_OF(funnel_argument(PG_GETARG_DATUM(1)));
	value = PG_ARGISNULL(0) ? make_funnel(context, other->n) :
		funnel_argument(PG_GETARG_DATUM(0));
	value = with_room(context, value, other->n);
	funnel = FUNNEL_OF(value);
	funnel->n_steps = Max(funnel->n_steps, other->n_steps);
	funnel->within = Max(funnel->within, other->within);
	memcpy(&funnel->mark[funnel->n], other->mark, other->n * sizeof(SmsFunnelMark));
	funnel->n += other->n;
	PG_RETURN_POINTER(value);
}

Datum
sms_funnel_final(PG_FUNCTION_ARGS)
{
	SmsFunnel  *funnel;
	SmsFunnelMark *marks;

	if (PG_ARGISNULL(0))
		PG_RETURN_INT32(0);
	funnel = FUNNEL_OF(funnel_argument(PG_GETARG_DATUM(0)));
	marks = palloc_extended((Size) funnel->n * sizeof(SmsFunnelMark) + 1, MCXT_ALLOC_HUGE);
	memcpy(marks, funnel->mark, (Size) funnel->n * sizeof(SmsFunnelMark));
	PG_RETURN_INT32(sms_funnel_reached(marks, funnel->n, funnel->n_steps, funnel->within));
}
