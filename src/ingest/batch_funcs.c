/*-------------------------------------------------------------------------
 *
 * batch_funcs.c
 *	  SQL functions that hand out the parts of a parsed_batch, one for each
 *	  command of ingestion.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "ingest/batch.h"
#include "ingest/batch_args.h"
#include "ingest/event_row.h"
#include "ingest/receipt.h"
#include "ingest/row_shape.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_parsed_batch_in);
PG_FUNCTION_INFO_V1(sms_parsed_batch_out);
PG_FUNCTION_INFO_V1(sms_batch_counts);
PG_FUNCTION_INFO_V1(sms_batch_rows);
PG_FUNCTION_INFO_V1(sms_batch_people);
PG_FUNCTION_INFO_V1(sms_batch_identities);
PG_FUNCTION_INFO_V1(sms_batch_events);
PG_FUNCTION_INFO_V1(sms_batch_copies);
PG_FUNCTION_INFO_V1(sms_batch_messages);
PG_FUNCTION_INFO_V1(sms_batch_pieces);
PG_FUNCTION_INFO_V1(sms_batch_notes);
PG_FUNCTION_INFO_V1(sms_content_digest);

Datum
sms_parsed_batch_in(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot accept a value of type %s", "parsed_batch"),
			 errhint("Only the function batch() makes such values.")));
	PG_RETURN_NULL();
}

Datum
sms_parsed_batch_out(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);

	PG_RETURN_CSTRING(psprintf("batch of %d events", batch->n_events + batch->n_pieces));
}

Datum
sms_batch_counts(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	TupleDesc	desc;
	Datum		values[9];
	bool		nulls[9] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Int32GetDatum(batch->n_good);
	values[1] = Int32GetDatum(batch->n_repeated);
	values[2] = Int32GetDatum(batch->n_rejected);
	values[3] = Int32GetDatum(batch->n_ignored + batch->n_dropped);
	values[4] = Int32GetDatum(batch->n_people);
	values[5] = Int32GetDatum(batch->n_named);
	values[6] = Int32GetDatum(batch->n_timeless);
	values[7] = Int32GetDatum(batch->n_links);
	values[8] = Int32GetDatum(batch->n_notes);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* (payloads, nulls, last) of a batch read from a table */
Datum
sms_batch_rows(PG_FUNCTION_ARGS)
{
	SmsBatch   *batch = sms_batch_argument(fcinfo, 0);
	TupleDesc	desc;
	Datum		values[3];
	bool		nulls[3] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Int32GetDatum(batch->n_payloads);
	values[1] = Int32GetDatum(batch->n_nulls);
	values[2] = PointerGetDatum(&batch->last);
	nulls[2] = !ItemPointerIsValid(&batch->last);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

static void
put_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* (person_no, scope, individual_id), in order of the last two */
Datum
sms_batch_people(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	bool		nulls[3] = {false};
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < batch->n_people; i++)
	{
		const SmsBatchPerson *person = sms_batch_person(batch, i);
		Datum		values[3];

		values[0] = Int32GetDatum(i + 1);
		values[1] = sms_batch_datum(batch, person->scope);
		values[2] = sms_batch_datum(batch, person->individual_id);
		put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

static Datum
uuid_datum(const uint8 *bytes)
{
	pg_uuid_t  *uuid = palloc(sizeof(pg_uuid_t));

	memcpy(uuid->data, bytes, UUID_LEN);
	return UUIDPGetDatum(uuid);
}

/* (digest, event_time) of the events whose identity has no time in it */
Datum
sms_batch_identities(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	bool		nulls[2] = {false};
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		Datum		values[2];

		if (!sms_batch_is_good(event) || !event->timeless)
			continue;
		values[0] = uuid_datum(event->identity);
		values[1] = TimestampTzGetDatum(event->time[SMS_TIME_EVENT]);
		put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

/* Rows for the event table; identities are those that were new. */
Datum
sms_batch_events(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	const int64 *people = sms_people_argument(fcinfo, 1, batch);
	MemoryContext row_context;
	SmsDigests	fresh = sms_digests_argument(fcinfo, 2);
	SmsRowShape shape;
	int			i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	sms_row_shape(&shape, (ReturnSetInfo *) fcinfo->resultinfo, sms_event_column_names, SMS_N_EVENT_COLUMNS);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "smsengage rows",
										ALLOCSET_DEFAULT_SIZES);
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		MemoryContext outer;
		Datum		values[SMS_N_EVENT_COLUMNS];
		bool		nulls[SMS_N_EVENT_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		if (!sms_is_for_store(event, &fresh))
			continue;
		outer = MemoryContextSwitchTo(row_context);
		sms_event_row(batch, event,
					  event->person == SMS_NO_PERSON ? 0 : people[event->person],
					  values, nulls);
		sms_row_put(&shape, values, nulls);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(row_context);
	}
	return (Datum) 0;
}

/*
 * All events as rows, repetitions too, whether stored or not; individual_no
 * is 0.  For comparing what came with what is stored.
 */
Datum
sms_batch_copies(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	MemoryContext row_context;
	SmsRowShape shape;
	int			i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	sms_row_shape(&shape, (ReturnSetInfo *) fcinfo->resultinfo, sms_event_column_names, SMS_N_EVENT_COLUMNS);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "smsengage rows",
										ALLOCSET_DEFAULT_SIZES);
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);
		MemoryContext outer;
		Datum		values[SMS_N_EVENT_COLUMNS];
		bool		nulls[SMS_N_EVENT_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		if (event->outcome != SMS_OUTCOME_EVENT)
			continue;
		outer = MemoryContextSwitchTo(row_context);
		sms_event_row(batch, event, 0, values, nulls);
		sms_row_put(&shape, values, nulls);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(row_context);
	}
	return (Datum) 0;
}

/*
 * Rows for the message table: the reports among the events whose keys are
 * given, merged by message, in key order; of these messages only, if any are
 * given.
 */
Datum
sms_batch_messages(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	const int64 *people = sms_people_argument(fcinfo, 1, batch);
	SmsKeys		keys = sms_keys_argument(fcinfo, 2, batch);
	SmsDigests	messages = sms_digests_argument(fcinfo, 3);
	SmsReports	reports = sms_reports_of(batch, &keys);
	MemoryContext row_context;
	int			n;
	int			i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "smsengage rows",
										ALLOCSET_DEFAULT_SIZES);
	for (i = 0; i < reports.n; i += n)
	{
		MemoryContext outer;
		Datum		values[SMS_N_MESSAGE_COLUMNS];
		bool		nulls[SMS_N_MESSAGE_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		n = sms_reports_of_message(&reports, i);
		if (!PG_ARGISNULL(3) && !sms_digests_have(&messages, reports.events[i]->message))
			continue;
		outer = MemoryContextSwitchTo(row_context);
		sms_message_row(batch, &reports.events[i], n, people, values, nulls);
		put_row(fcinfo, values, nulls);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(row_context);
	}
	return (Datum) 0;
}

/* Identifies a rejected piece, so that a redelivery does not add another. */
static Datum
reject_digest(const char *provider, SmsText account, SmsText raw)
{
	SmsDigest	digest;
	uint8		bytes[SMS_DIGEST_SIZE];

	sms_digest_init(&digest);
	sms_digest_text(&digest, sms_literal(provider));
	sms_digest_text(&digest, account);
	sms_digest_text(&digest, raw);
	sms_digest_final(&digest, bytes);
	return uuid_datum(bytes);
}

/* A row of batch_pieces() */
static void
reject_row(const SmsBatch *batch, const SmsBatchPiece *piece, SmsText account,
		   Datum *values, bool *nulls)
{
	SmsText		raw = sms_batch_text(batch, piece->raw);
	const char *provider = sms_provider_name(piece->provider);
	bool		exact;

	if (provider == NULL)
		provider = "auto";
	values[0] = CStringGetTextDatum(piece->outcome == SMS_OUTCOME_IGNORED ?
									"ignored" : "rejected");
	values[1] = reject_digest(provider, account, raw);
	values[2] = CStringGetTextDatum(provider);
	values[3] = sms_batch_datum(batch, piece->reason);
	values[4] = sms_raw_text_datum(raw, &exact);
	nulls[5] = exact;
	if (!exact)
		values[5] = sms_text_datum(raw);
	nulls[6] = piece->type == SMS_EVENT_NONE;
	if (!nulls[6])
		values[6] = CStringGetTextDatum(sms_event_type_name(piece->type));
}

/*
 * What was not stored as an event: (outcome, digest, provider, reason,
 * payload, payload_bytes, event_type).  The bytes are given only where the text is not the same,
 * because they are not valid UTF-8 or hold a zero byte.  Neighbours that are
 * the same piece give one row.
 */
Datum
sms_batch_pieces(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	SmsText		account = sms_account_argument(fcinfo, 1);
	const SmsBatchPiece *before = NULL;
	MemoryContext row_context;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "smsengage rows",
										ALLOCSET_DEFAULT_SIZES);
	for (i = 0; i < batch->n_pieces; i++)
	{
		const SmsBatchPiece *piece = sms_batch_piece(batch, i);
		MemoryContext outer;
		Datum		values[7];
		bool		nulls[7] = {false};

		CHECK_FOR_INTERRUPTS();
		if (before != NULL && before->raw == piece->raw &&
			before->outcome == piece->outcome && before->provider == piece->provider)
			continue;
		before = piece;
		outer = MemoryContextSwitchTo(row_context);
		reject_row(batch, piece, account, values, nulls);
		put_row(fcinfo, values, nulls);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(row_context);
	}
	return (Datum) 0;
}

/*
 * batch_notes(batch, event_keys): what could not be read of these events, as
 * (provider, account, path, reason), a row each.
 */
Datum
sms_batch_notes(PG_FUNCTION_ARGS)
{
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	SmsKeys		keys = sms_keys_argument(fcinfo, 1, NULL);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < batch->n_notes; i++)
	{
		const SmsBatchNote *note = sms_batch_note(batch, i);
		Datum		values[4];
		bool		nulls[4] = {false};

		CHECK_FOR_INTERRUPTS();
		if (!sms_keys_have(&keys, note->key))
			continue;
		values[0] = CStringGetTextDatum(sms_provider_name(note->provider));
		values[1] = sms_batch_datum(batch, note->account);
		values[2] = sms_batch_datum(batch, note->path);
		values[3] = sms_batch_datum(batch, note->what);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The digest that identities are made with, for use in SQL. */
Datum
sms_content_digest(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_ARGISNULL(0) ? construct_empty_array(TEXTOID) :
	PG_GETARG_ARRAYTYPE_P(0);
	SmsDigest	digest;
	uint8		bytes[SMS_DIGEST_SIZE];
	Datum	   *fields;
	bool	   *nulls;
	int			n;
	int			i;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &fields, &nulls, &n);
	sms_digest_init(&digest);
	for (i = 0; i < n; i++)
	{
		SmsText		no_value = {NULL, 0};

		sms_digest_text(&digest, nulls[i] ? no_value :
						sms_text_of(DatumGetTextPP(fields[i])));
	}
	sms_digest_final(&digest, bytes);
	PG_RETURN_DATUM(uuid_datum(bytes));
}
