/*-------------------------------------------------------------------------
 *
 * parse_funcs.c
 *	  parse(): what a payload says, event by event, and nothing stored; and
 *	  what follows from the columns of a stored event.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "ingest/event_row.h"
#include "ingest/receipt.h"
#include "ingest/row_shape.h"
#include "provider/reader.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_parse_text);
PG_FUNCTION_INFO_V1(sms_parse_bytea);
PG_FUNCTION_INFO_V1(sms_event_state);
PG_FUNCTION_INFO_V1(sms_event_is_timeless);

/* parsed_event: event_no, outcome, reason, raw, then the event's columns */
#define N_LEADING 4
/* scope is in place of the person's number, the class by name */
#define COLUMN_SCOPE SMS_EVENT_COLUMN_INDIVIDUAL_NO
#define COLUMN_CLASS SMS_EVENT_COLUMN_STATUS_CLASS

static void
piece_row(const SmsBatch *batch, const SmsBatchPiece *piece, Datum *values, bool *nulls)
{
	static const char *const outcomes[] = {"event", "ignored", "rejected"};
	bool		exact;

	memset(nulls, true, N_LEADING + SMS_N_EVENT_COLUMNS);
	memset(nulls, false, N_LEADING);
	values[1] = CStringGetTextDatum(outcomes[piece->outcome]);
	values[2] = sms_batch_datum(batch, piece->reason);
	values[3] = sms_raw_text_datum(sms_batch_text(batch, piece->raw), &exact);
}

static void
good_row(const SmsBatch *batch, const SmsBatchEvent *event, Datum *values, bool *nulls)
{
	memset(nulls, true, N_LEADING);
	nulls[0] = nulls[1] = false;
	values[1] = CStringGetTextDatum("event");

	values += N_LEADING;
	nulls += N_LEADING;
	sms_event_row(batch, event, 0, values, nulls);
	nulls[COLUMN_SCOPE] = event->text[SMS_TEXT_SCOPE] == 0;
	values[COLUMN_SCOPE] = sms_batch_datum(batch, event->text[SMS_TEXT_SCOPE]);
	if (!nulls[COLUMN_CLASS])
		values[COLUMN_CLASS] = CStringGetTextDatum(sms_class_name(event->cls));
}

static void
shape_rows(SmsRowShape *shape, ReturnSetInfo *rsinfo)
{
	const char *names[N_LEADING + SMS_N_EVENT_COLUMNS] = {"event_no", "outcome", "reason", "raw"};

	memcpy(names + N_LEADING, sms_event_column_names, sizeof(sms_event_column_names));
	names[N_LEADING + COLUMN_SCOPE] = "scope";
	sms_row_shape(shape, rsinfo, names, lengthof(names));
}

static Datum
parse(FunctionCallInfo fcinfo, bool is_text)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsText		payload;
	bool		valid;
	MemoryContext row_context;
	MemoryContext outer;
	SmsBuilder *builder;
	SmsBatch   *batch;
	SmsRowShape shape;
	int			n_pieces = 0;	/* so far */
	int			i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	/* no rows, as from a strict function; only the account may be null */
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		return (Datum) 0;
	payload = sms_text_of(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1)));
	valid = is_text ||
		sms_utf8_valid_prefix(payload.ptr, payload.len) == payload.len;
	builder = sms_builder_begin(sms_provider_argument(PG_GETARG_TEXT_PP(0)),
								sms_account_argument(fcinfo, 2), payload.len);
	sms_builder_add(builder, payload, PG_GETARG_TIMESTAMPTZ(3), !valid);
	batch = sms_builder_end(builder, false);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "smsengage rows",
										ALLOCSET_DEFAULT_SIZES);
	shape_rows(&shape, rsinfo);
	for (i = 0; i < batch->n_events + batch->n_pieces; i++)
	{
		Datum		values[N_LEADING + SMS_N_EVENT_COLUMNS];
		bool		nulls[N_LEADING + SMS_N_EVENT_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		outer = MemoryContextSwitchTo(row_context);
		if (n_pieces < batch->n_pieces && sms_batch_piece(batch, n_pieces)->place == i)
			piece_row(batch, sms_batch_piece(batch, n_pieces++), values, nulls);
		else
			good_row(batch, sms_batch_event(batch, i - n_pieces), values, nulls);
		values[0] = Int32GetDatum(i + 1);
		sms_row_put(&shape, values, nulls);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(row_context);
	}
	return (Datum) 0;
}

Datum
sms_parse_text(PG_FUNCTION_ARGS)
{
	return parse(fcinfo, true);
}

Datum
sms_parse_bytea(PG_FUNCTION_ARGS)
{
	return parse(fcinfo, false);
}

static SmsInstant
time_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? SMS_NO_INSTANT : PG_GETARG_TIMESTAMPTZ(n);
}

/*
 * The delivery state that an event alone gives, from its columns: provider,
 * status_class, status_code, error_code, channel, part, event_time, sent_time,
 * time_source.  NULL if the event is not a delivery report.
 */
Datum
sms_event_state(PG_FUNCTION_ARGS)
{
	SmsDelivery *state;
	SmsReport	report;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(6))
		PG_RETURN_NULL();
	sms_event_report(sms_provider_by_name(sms_text_argument(fcinfo, 0)),
					 PG_GETARG_INT16(1), sms_text_argument(fcinfo, 2),
					 sms_text_argument(fcinfo, 3), sms_text_argument(fcinfo, 4),
					 PG_ARGISNULL(5) ? SMS_NO_NUMBER : PG_GETARG_INT16(5),
					 time_argument(fcinfo, 6), time_argument(fcinfo, 7),
					 !PG_ARGISNULL(8), &report);
	state = palloc0(SMS_DELIVERY_ONE_REPORT);
	if (!sms_delivery_from_report(&report, state))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("not a delivery report: class %d, part %d",
						report.cls, report.part)));
	PG_RETURN_POINTER(state);
}

/*
 * Whether the identity of a stored event surely has no time, from its columns:
 * provider, event_type, event_id, time_source.
 */
Datum
sms_event_is_timeless(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!sms_identity_may_have_time(sms_provider_by_name(sms_text_argument(fcinfo, 0)),
											   sms_event_type_by_name(sms_text_argument(fcinfo, 1)),
											   sms_text_argument(fcinfo, 2), !PG_ARGISNULL(3)));
}
