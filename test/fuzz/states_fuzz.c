/*-------------------------------------------------------------------------
 *
 * states_fuzz.c
 *	  Fuzz harness of what takes bytes from anybody: states of aggregates and
 *	  sets that are a bytea, and the binary input of types.
 *
 * An input is a list of values, each behind its length; the first byte chooses
 * the function.  Values have memory of their own size and, as a column may be,
 * are aligned or not.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/execnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "fuzz/in_server.h"
#include "server.h"

typedef struct Values
{
	const uint8 *data;
	size_t		size;
} Values;

extern Datum sms_people_add(PG_FUNCTION_ARGS);
extern Datum sms_people_combine(PG_FUNCTION_ARGS);
extern Datum sms_people_count(PG_FUNCTION_ARGS);
extern Datum sms_funnel_add(PG_FUNCTION_ARGS);
extern Datum sms_funnel_combine(PG_FUNCTION_ARGS);
extern Datum sms_funnel_final(PG_FUNCTION_ARGS);
extern Datum sms_in_set(PG_FUNCTION_ARGS);
extern Datum sms_in_quarter_hour_set(PG_FUNCTION_ARGS);
extern Datum sms_filter_hits(PG_FUNCTION_ARGS);
extern Datum sms_tally_recv(PG_FUNCTION_ARGS);
extern Datum sms_tally_out(PG_FUNCTION_ARGS);
extern Datum sms_tally_add(PG_FUNCTION_ARGS);
extern Datum sms_tally_send(PG_FUNCTION_ARGS);
extern Datum sms_day_tally_recv(PG_FUNCTION_ARGS);
extern Datum sms_day_tally_out(PG_FUNCTION_ARGS);
extern Datum sms_day_tally_add(PG_FUNCTION_ARGS);
extern Datum sms_day_tally_send(PG_FUNCTION_ARGS);
extern Datum sms_delivery_state_recv(PG_FUNCTION_ARGS);
extern Datum sms_delivery_state_out(PG_FUNCTION_ARGS);
extern Datum sms_delivery_state_send(PG_FUNCTION_ARGS);
extern Datum sms_segment_rule_recv(PG_FUNCTION_ARGS);
extern Datum sms_segment_rule_out(PG_FUNCTION_ARGS);
extern Datum sms_segment_rule_send(PG_FUNCTION_ARGS);

/* What an aggregate's node is to its functions */
static AggState *aggregate;

static void
begin(void)
{
	aggregate = makeNode(AggState);
	aggregate->curaggcontext = makeNode(ExprContext);
}

/* The next byte, or 0. */
static uint8
next_byte(Values *values)
{
	if (values->size == 0)
		return 0;
	values->size--;
	return *values->data++;
}

static int64
next_number(Values *values)
{
	static const int64 numbers[] = {0, 1, -1, 2, 65536, PG_INT64_MAX, PG_INT64_MIN, 7};
	uint8		choice = next_byte(values);
	int64		number = 0;

	if (choice & 0x80)
		return numbers[choice % lengthof(numbers)];
	if (values->size < sizeof(number))
		return choice;
	memcpy(&number, values->data, sizeof(number));
	values->data += sizeof(number);
	values->size -= sizeof(number);
	return number;
}

/* The next value: a varlena as a row has it, with a short header or a long one. */
static Datum
next_bytes(Values *values)
{
	size_t		len = next_byte(values);
	uint8		form;
	char	   *room;

	len = len << 8 | next_byte(values);
	form = next_byte(values);
	len = Min(len, values->size);
	if (form & 1 && len <= VARATT_SHORT_MAX - VARHDRSZ_SHORT)
	{
		room = palloc(len + VARHDRSZ_SHORT);
		SET_VARSIZE_SHORT(room, len + VARHDRSZ_SHORT);
	}
	else
	{
		/* at any place that is one for an int */
		size_t		shift = form & 2 ? ALIGNOF_INT : 0;

		room = (char *) palloc(shift + VARHDRSZ + len) + shift;
		SET_VARSIZE(room, len + VARHDRSZ);
	}
	memcpy(VARDATA_ANY(room), values->data, len);
	values->data += len;
	values->size -= len;
	return PointerGetDatum(room);
}

/* A call as an aggregate makes it, or not; a NULL result ends the input. */
static Datum
call(PGFunction function, bool in_aggregate, int n, const Datum *arguments, bool *is_null)
{
	LOCAL_FCINFO(fcinfo, 5);
	Datum		result;
	int			i;

	aggregate->curaggcontext->ecxt_per_tuple_memory = CurrentMemoryContext;
	InitFunctionCallInfoData(*fcinfo, NULL, n, InvalidOid, in_aggregate ? (Node *) aggregate : NULL, NULL);
	for (i = 0; i < n; i++)
	{
		fcinfo->args[i].value = arguments[i];
		fcinfo->args[i].isnull = false;
	}
	result = function(fcinfo);
	*is_null = fcinfo->isnull;
	return result;
}

/* States of count_people(), one after the other */
static void
people(Values *values, bool in_aggregate)
{
	Datum		state = next_bytes(values);
	bool		is_null;

	do
	{
		Datum		arguments[2] = {state};

		if (next_byte(values) & 1)
		{
			arguments[1] = next_bytes(values);
			state = call(sms_people_combine, in_aggregate, 2, arguments, &is_null);
		}
		else
		{
			arguments[1] = Int64GetDatum(next_number(values));
			state = call(sms_people_add, in_aggregate, 2, arguments, &is_null);
		}
		(void) call(sms_people_count, in_aggregate, 1, &state, &is_null);
	} while (values->size > 0);
}

static void
funnel(Values *values)
{
	Datum		names[] = {CStringGetTextDatum("CLICK"), CStringGetTextDatum("SENT"), CStringGetTextDatum("CLICK")};
	Datum		steps = PointerGetDatum(construct_array(names, 1 + next_byte(values) % 3, TEXTOID, -1, false, TYPALIGN_INT));
	Datum		state = next_bytes(values);
	bool		is_null;

	do
	{
		Interval   *within = palloc0(sizeof(Interval));
		Datum		arguments[5] = {state};

		if (next_byte(values) & 1)
		{
			arguments[1] = next_bytes(values);
			state = call(sms_funnel_combine, true, 2, arguments, &is_null);
		}
		else
		{
			arguments[1] = names[next_byte(values) % 2];
			arguments[2] = Int64GetDatum(next_number(values));
			arguments[3] = steps;
			within->time = next_number(values);
			within->day = (int32) next_number(values);
			within->month = next_byte(values) & 1 ? (int32) next_number(values) : 0;
			arguments[4] = IntervalPGetDatum(within);
			state = call(sms_funnel_add, true, 5, arguments, &is_null);
		}
		if (is_null)
			return;
		(void) call(sms_funnel_final, true, 1, &state, &is_null);
	} while (values->size > 0);
}

static void
sets(Values *values, uint8 which)
{
	Datum		set = next_bytes(values);
	Datum		number = Int64GetDatum(next_number(values));
	Datum		at = Int64GetDatum(next_number(values));

	if (which == 0)
		(void) DirectFunctionCall2(sms_in_set, number, set);
	else if (which == 1)
		(void) DirectFunctionCall3(sms_in_quarter_hour_set, number, at, set);
	else
		(void) DirectFunctionCall2(sms_filter_hits, set, next_bytes(values));
}

static Datum
receive(PGFunction recv, const void *data, size_t size)
{
	StringInfoData buffer;

	/* not terminated, so that nobody reads on */
	buffer.data = palloc(size);
	memcpy(buffer.data, data, size);
	buffer.len = buffer.maxlen = (int) size;
	buffer.cursor = 0;
	return DirectFunctionCall3(recv, PointerGetDatum(&buffer), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* A value from its binary form, and back, and once more. */
static void
received(Values *values, PGFunction recv, PGFunction out, PGFunction send, PGFunction add)
{
	Datum		value = receive(recv, values->data, values->size);
	bytea	   *sent = DatumGetByteaP(DirectFunctionCall1(send, value));
	bytea	   *again;

	(void) DirectFunctionCall1(out, value);
	if (add != NULL)
		(void) DirectFunctionCall2(add, value, value);
	value = receive(recv, VARDATA(sent), VARSIZE(sent) - VARHDRSZ);
	again = DatumGetByteaP(DirectFunctionCall1(send, value));
	CHECK(VARSIZE(sent) == VARSIZE(again) && memcmp(sent, again, VARSIZE(sent)) == 0);
}

static void
one(const uint8 *data, size_t size)
{
	Values		values = {data, size};
	uint8		which = next_byte(&values) % 10;

	if (which <= 1)
		people(&values, which == 1);
	else if (which == 2)
		funnel(&values);
	else if (which <= 5)
		sets(&values, which - 3);
	else if (which == 6)
		received(&values, sms_tally_recv, sms_tally_out, sms_tally_send, sms_tally_add);
	else if (which == 7)
		received(&values, sms_day_tally_recv, sms_day_tally_out, sms_day_tally_send, sms_day_tally_add);
	else if (which == 8)
		received(&values, sms_delivery_state_recv, sms_delivery_state_out, sms_delivery_state_send, NULL);
	else
		received(&values, sms_segment_rule_recv, sms_segment_rule_out, sms_segment_rule_send, NULL);
}

/* All that a bad value is told by */
static bool
expects(int sqlerrcode)
{
	return sqlerrcode == ERRCODE_INVALID_PARAMETER_VALUE || sqlerrcode == ERRCODE_DATA_CORRUPTED ||
		sqlerrcode == ERRCODE_INVALID_BINARY_REPRESENTATION || sqlerrcode == ERRCODE_PROTOCOL_VIOLATION ||
		sqlerrcode == ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE || sqlerrcode == ERRCODE_DATETIME_VALUE_OUT_OF_RANGE ||
		sqlerrcode == ERRCODE_CHARACTER_NOT_IN_REPERTOIRE || sqlerrcode == ERRCODE_SYNTAX_ERROR ||
		sqlerrcode == ERRCODE_INVALID_TEXT_REPRESENTATION || sqlerrcode == ERRCODE_PROGRAM_LIMIT_EXCEEDED ||
		sqlerrcode == ERRCODE_STATEMENT_TOO_COMPLEX || sqlerrcode == ERRCODE_INTERVAL_FIELD_OVERFLOW;
}

const SmsFuzzHarness sms_states_harness = {
	.name = "states",
	.begin = begin,
	.one = one,
	.expects = expects
};
