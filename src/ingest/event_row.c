/*-------------------------------------------------------------------------
 *
 * event_row.c
 *	  Builds the rows of the event and message tables.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "delivery/delivery_server.h"
#include "ingest/event_row.h"
#include "ingest/receipt.h"
#include "server.h"

const char *const sms_event_column_names[SMS_N_EVENT_COLUMNS] = {
#define EVENT_COLUMN(NAME, name, ...) #name,
#define EVENT_TEXT(NAME, name, ...) #name,
#define EVENT_EXTRA(NAME, name, ...) #name,
#include "taxonomy/event_columns.def"
};

/* One row being filled, column by column. */
typedef struct Row
{
	Datum	   *values;
	bool	   *nulls;
	int			n;
} Row;

/* The row, whose next column is that one. */
static inline Row *
at(Row *row, SmsEventColumn column)
{
	row->n = column;
	return row;
}

static void
put(Row *row, Datum value)
{
	row->values[row->n] = value;
	row->nulls[row->n++] = false;
}

static void
put_null(Row *row)
{
	row->values[row->n] = (Datum) 0;
	row->nulls[row->n++] = true;
}

static void
put_text(Row *row, SmsText text)
{
	if (text.ptr == NULL)
		put_null(row);
	else
		put(row, sms_text_datum(text));
}

/* A text that is a value already, in the batch. */
static inline void
put_place(Row *row, const SmsBatch *batch, SmsBatchText place)
{
	row->values[row->n] = sms_batch_datum(batch, place);
	row->nulls[row->n++] = place == 0;
}

static void
put_time(Row *row, SmsInstant at)
{
	if (at == SMS_NO_INSTANT)
		put_null(row);
	else
		put(row, TimestampTzGetDatum(at));
}

static void
put_small(Row *row, int32 number)
{
	if (number == SMS_NO_NUMBER)
		put_null(row);
	else
		put(row, Int16GetDatum((int16) number));
}

static void
put_uuid(Row *row, const uint8 *bytes)
{
	pg_uuid_t  *uuid = palloc(sizeof(pg_uuid_t));

	memcpy(uuid->data, bytes, UUID_LEN);
	put(row, UUIDPGetDatum(uuid));
}

/* The reader lets only short decimal numbers pass, which never fail here. */
static Datum
numeric_datum(SmsText decimal)
{
	return DirectFunctionCall3(numeric_in,
							   CStringGetDatum(pnstrdup(decimal.ptr, decimal.len)),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

void
sms_event_row(const SmsBatch *batch, const SmsBatchEvent *event,
			  int64 individual_no, Datum *values, bool *nulls)
{
	Row			row = {values, nulls, 0};
	int			i;

	put_time(at(&row, SMS_EVENT_COLUMN_EVENT_TIME), event->time[SMS_TIME_EVENT]);
	put(at(&row, SMS_EVENT_COLUMN_EVENT_KEY), Int64GetDatum(event->key));
	put(at(&row, SMS_EVENT_COLUMN_INDIVIDUAL_NO), Int64GetDatum(individual_no));
	put_time(at(&row, SMS_EVENT_COLUMN_CREATED_TIME), event->time[SMS_TIME_CREATED]);
	put_time(at(&row, SMS_EVENT_COLUMN_RECEIVED_AT), event->arrival);
	put_time(at(&row, SMS_EVENT_COLUMN_SENT_TIME), event->time[SMS_TIME_SENT]);
	if (event->has_message)
		put_uuid(at(&row, SMS_EVENT_COLUMN_MESSAGE_KEY), event->message);
	else
		put_null(at(&row, SMS_EVENT_COLUMN_MESSAGE_KEY));
	put_small(at(&row, SMS_EVENT_COLUMN_PART), event->number[SMS_NUMBER_PART]);
	put_small(at(&row, SMS_EVENT_COLUMN_PARTS), event->number[SMS_NUMBER_PARTS]);
	put_small(at(&row, SMS_EVENT_COLUMN_STATUS_CLASS),
			  event->cls == SMS_CLASS_NONE ? SMS_NO_NUMBER : event->cls);
	if (event->number[SMS_NUMBER_PERMANENT] == SMS_NO_NUMBER)
		put_null(at(&row, SMS_EVENT_COLUMN_ERROR_PERMANENT));
	else
		put(at(&row, SMS_EVENT_COLUMN_ERROR_PERMANENT),
			BoolGetDatum(event->number[SMS_NUMBER_PERMANENT] != 0));
	put_text(at(&row, SMS_EVENT_COLUMN_PROVIDER),
			 sms_literal(sms_provider_name(event->provider)));
	put_text(at(&row, SMS_EVENT_COLUMN_EVENT_TYPE),
			 sms_literal(sms_event_type_name(event->type)));
	if (event->arrival_clock)
		put_text(at(&row, SMS_EVENT_COLUMN_TIME_SOURCE), sms_literal("arrival"));
	else
		put_null(at(&row, SMS_EVENT_COLUMN_TIME_SOURCE));
	Assert(row.n == SMS_N_EVENT_COLUMNS - SMS_N_COLUMN_TEXTS);
	for (i = 0; i < SMS_N_COLUMN_TEXTS; i++)
	{
		if (i == SMS_TEXT_RECIPIENT && event->text[i] == 0)
			put_text(&row, sms_literal(""));
		else if (i == SMS_TEXT_PRICE && event->text[i] != 0)
			put(&row, numeric_datum(sms_batch_text(batch, event->text[i])));
		else
			put_place(&row, batch, event->text[i]);
	}
	Assert(row.n == SMS_N_EVENT_COLUMNS);
}

/* The delivery state that an event gives by itself */
static Datum
state_of(const SmsBatch *batch, const SmsBatchEvent *event)
{
	SmsDelivery *state = palloc0(SMS_DELIVERY_ONE_REPORT);
	SmsReport	report;

	sms_event_report(event->provider, event->cls,
					 sms_batch_text(batch, event->text[SMS_TEXT_STATUS_CODE]),
					 sms_batch_text(batch, event->text[SMS_TEXT_ERROR_CODE]),
					 sms_batch_text(batch, event->text[SMS_TEXT_CHANNEL]),
					 event->number[SMS_NUMBER_PART],
					 event->time[SMS_TIME_EVENT], event->time[SMS_TIME_SENT],
					 event->arrival_clock, &report);
	if (!sms_delivery_from_report(&report, state))
		elog(ERROR, "event is not a delivery report");
	return PointerGetDatum(state);
}

/*
 * Makes the message of one report of a row that has what the report says: its
 * time as first_time, its price as stated.  Which of two equal prices with
 * different trailing zeros came first must not show.
 */
void
sms_message_of_report(Datum *values, bool *nulls)
{
	values[SMS_MESSAGE_LAST_TIME] = values[SMS_MESSAGE_FIRST_TIME];
	nulls[SMS_MESSAGE_LAST_TIME] = nulls[SMS_MESSAGE_FIRST_TIME];
	if (!nulls[SMS_MESSAGE_PRICE])
		values[SMS_MESSAGE_PRICE] = DirectFunctionCall1(numeric_trim_scale,
														values[SMS_MESSAGE_PRICE]);
}

/* The message of one report; what is in the batch stays there. */
static void
report_row(const SmsBatch *batch, const SmsBatchEvent *event, const int64 *people,
		   Datum *values, bool *nulls)
{
	Row			row = {values, nulls, 0};
	SmsText		price = sms_batch_text(batch, event->text[SMS_TEXT_PRICE]);

	put(&row, UUIDPGetDatum((const pg_uuid_t *) event->message));
	put_time(&row, event->time[SMS_TIME_EVENT]);
	put_null(&row);				/* last_time */
	put(&row, Int64GetDatum(event->person == SMS_NO_PERSON ? 0 : people[event->person]));
	put_small(&row, event->number[SMS_NUMBER_PARTS]);
	put_place(&row, batch, event->text[SMS_TEXT_ACCOUNT]);
	put_text(&row, sms_literal(sms_provider_name(event->provider)));
	put_place(&row, batch, event->text[SMS_TEXT_MESSAGE_ID]);
	if (event->text[SMS_TEXT_RECIPIENT] == 0)
		put_text(&row, sms_literal(""));
	else
		put_place(&row, batch, event->text[SMS_TEXT_RECIPIENT]);
	put_place(&row, batch, event->text[SMS_TEXT_SENDER_ID]);
	put_place(&row, batch, event->text[SMS_TEXT_CHANNEL]);
	put_place(&row, batch, event->text[SMS_TEXT_BULK_MESSAGE]);
	put_place(&row, batch, event->text[SMS_TEXT_TEMPLATE]);
	if (price.ptr == NULL)
		put_null(&row);
	else
		put(&row, numeric_datum(price));
	put_place(&row, batch, event->text[SMS_TEXT_PRICE_CURRENCY]);
	put_place(&row, batch, event->text[SMS_TEXT_CALLBACK_DATA]);
	put(&row, state_of(batch, event));
	Assert(row.n == SMS_N_MESSAGE_COLUMNS);
	sms_message_of_report(values, nulls);
}

/* One message from its n reports; its values are in need of the batch. */
void
sms_message_row(const SmsBatch *batch, const SmsBatchEvent *const *reports,
				int n, const int64 *people, Datum *values, bool *nulls)
{
	int			i;

	report_row(batch, reports[0], people, values, nulls);
	for (i = 1; i < n; i++)
	{
		Datum		one[SMS_N_MESSAGE_COLUMNS];
		bool		one_nulls[SMS_N_MESSAGE_COLUMNS];

		report_row(batch, reports[i], people, one, one_nulls);
		(void) sms_message_merge(values, nulls, one, one_nulls, values, nulls);
	}
}

static int
compare_texts(Datum a, Datum b)
{
	return sms_text_compare(sms_text_of(DatumGetTextPP(a)), sms_text_of(DatumGetTextPP(b)));
}

/* The order in which the greater value of a column wins: of first_time, the earlier. */
static int
compare_values(SmsMessageColumn column, Datum a, Datum b)
{
	int64		x;
	int64		y;

	switch (column)
	{
		case SMS_MESSAGE_FIRST_TIME:
			x = DatumGetTimestampTz(b);
			y = DatumGetTimestampTz(a);
			break;
		case SMS_MESSAGE_LAST_TIME:
			x = DatumGetTimestampTz(a);
			y = DatumGetTimestampTz(b);
			break;
		case SMS_MESSAGE_INDIVIDUAL_NO:
			x = DatumGetInt64(a);
			y = DatumGetInt64(b);
			break;
		case SMS_MESSAGE_PARTS:
			x = DatumGetInt16(a);
			y = DatumGetInt16(b);
			break;
		case SMS_MESSAGE_PRICE:
			return DatumGetInt32(DirectFunctionCall2(numeric_cmp, a, b));
		default:
			return compare_texts(a, b);
	}
	return x < y ? -1 : x > y;
}

/* The merge of two states; a itself if b adds nothing. */
static Datum
merge_states(Datum a, Datum b)
{
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsDeliveryView x = sms_delivery_datum_view(a);
	SmsDelivery *state = sms_delivery_merge(&region, x, sms_delivery_datum_view(b));
	SmsDeliveryView view;

	if (state == NULL)
		sms_delivery_damaged(x);
	view = sms_delivery_view(state);
	if (view.len == x.len && memcmp(view.body, x.body, x.len) == 0)
		return a;
	return PointerGetDatum(state);
}

/*
 * What a column of two rows of one message (a: the one stored) is together, if
 * both have it; a itself if b adds nothing.  This is the rule by which messages
 * are merged, wherever that is done: what a message is known by stays; of times
 * the earliest first and the latest last; of all else the greatest, texts byte
 * by byte; states as delivery_merge() says.
 */
Datum
sms_message_merge_column(SmsMessageColumn column, Datum a, Datum b)
{
	switch (column)
	{
		case SMS_MESSAGE_KEY:
		case SMS_MESSAGE_ACCOUNT:
		case SMS_MESSAGE_PROVIDER:
		case SMS_MESSAGE_ID:
			return a;
		case SMS_MESSAGE_STATE:
			return merge_states(a, b);
		default:
			return compare_values(column, b, a) > 0 ? b : a;
	}
}

/*
 * What two rows of one message are together, which may go where a is.  A value
 * is more than none.  False if that is a.
 */
bool
sms_message_merge(const Datum *a, const bool *a_nulls, const Datum *b,
				  const bool *b_nulls, Datum *values, bool *nulls)
{
	bool		changed = false;
	int			i;

	for (i = 0; i < SMS_N_MESSAGE_COLUMNS; i++)
	{
		Datum		before = a[i];
		bool		was_null = a_nulls[i];

		if (b_nulls[i])
			values[i] = before;
		else
			values[i] = was_null ? b[i] : sms_message_merge_column(i, before, b[i]);
		nulls[i] = was_null && b_nulls[i];
		changed = changed || was_null != nulls[i] || (!was_null && values[i] != before);
	}
	return changed;
}

/*
 * A piece of payload as a text.  Bytes that a text cannot hold become U+FFFD;
 * then *exact is false.
 */
Datum
sms_raw_text_datum(SmsText raw, bool *exact)
{
	StringInfoData text;
	size_t		i = 0;

	if (sms_utf8_valid_prefix(raw.ptr, raw.len) == raw.len &&
		(raw.len == 0 || memchr(raw.ptr, '\0', raw.len) == NULL))
	{
		*exact = true;
		return sms_text_datum(raw);
	}
	*exact = false;
	initStringInfo(&text);
	while (i < raw.len)
	{
		const unsigned char *s = (const unsigned char *) raw.ptr + i;
		size_t		n = *s == '\0' ? 0 :
			sms_utf8_sequence(s, (const unsigned char *) raw.ptr + raw.len);

		if (n == 0)
			appendStringInfoString(&text, "\357\277\275");
		else
			appendBinaryStringInfo(&text, (const char *) s, (int) n);
		i += Max(n, 1);
	}
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.len));
}
