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

/* The greatest of the reports' texts, byte by byte, or no value. */
static SmsText
greatest_text(const SmsBatch *batch, const SmsBatchEvent *const *reports, int n,
			  int slot)
{
	SmsText		best = {NULL, 0};
	int			i;

	for (i = 0; i < n; i++)
	{
		SmsText		text = sms_batch_text(batch, reports[i]->text[slot]);
		int			order;

		if (text.ptr == NULL)
			continue;
		if (best.ptr == NULL)
		{
			best = text;
			continue;
		}
		order = memcmp(text.ptr, best.ptr, Min(text.len, best.len));
		if (order > 0 || (order == 0 && text.len > best.len))
			best = text;
	}
	return best;
}

/*
 * The greatest price, without trailing zeros: which of two equal numbers with
 * different ones came first must not show.
 */
static void
put_price(Row *row, const SmsBatch *batch, const SmsBatchEvent *const *reports, int n)
{
	Datum		best = (Datum) 0;
	int			i;

	for (i = 0; i < n; i++)
	{
		SmsText		text = sms_batch_text(batch, reports[i]->text[SMS_TEXT_PRICE]);

		if (text.ptr == NULL)
			continue;
		best = best == (Datum) 0 ? numeric_datum(text) :
			DirectFunctionCall2(numeric_larger, best, numeric_datum(text));
	}
	if (best == (Datum) 0)
		put_null(row);
	else
		put(row, DirectFunctionCall1(numeric_trim_scale, best));
}

static SmsDelivery *
merge_reports(const SmsBatch *batch, const SmsBatchEvent *const *reports, int n)
{
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsDelivery *state = NULL;
	int			i;

	for (i = 0; i < n; i++)
	{
		const SmsBatchEvent *event = reports[i];
		SmsDelivery *one = palloc0(SMS_DELIVERY_ONE_REPORT);
		SmsReport	report;

		sms_event_report(event->provider, event->cls,
						 sms_batch_text(batch, event->text[SMS_TEXT_STATUS_CODE]),
						 sms_batch_text(batch, event->text[SMS_TEXT_ERROR_CODE]),
						 sms_batch_text(batch, event->text[SMS_TEXT_CHANNEL]),
						 event->number[SMS_NUMBER_PART],
						 event->time[SMS_TIME_EVENT], event->time[SMS_TIME_SENT],
						 event->arrival_clock, &report);
		if (!sms_delivery_from_report(&report, one))
			elog(ERROR, "event is not a delivery report");
		state = state == NULL ? one :
			sms_delivery_merge(&region, sms_delivery_view(state),
							   sms_delivery_view(one));
		if (state == NULL)
			elog(ERROR, "delivery states do not merge");
	}
	return state;
}

/*
 * One message from its n reports.  Each column is a merge of its own: greatest
 * value, earliest and latest time, delivery state.
 */
void
sms_message_row(const SmsBatch *batch, const SmsBatchEvent *const *reports,
				int n, const int64 *people, Datum *values, bool *nulls)
{
	Row			row = {values, nulls, 0};
	const SmsBatchEvent *first = reports[0];
	SmsInstant	earliest = first->time[SMS_TIME_EVENT];
	SmsInstant	latest = earliest;
	int64		individual_no = 0;
	int32		parts = SMS_NO_NUMBER;
	SmsText		recipient;
	int			i;

	for (i = 0; i < n; i++)
	{
		earliest = Min(earliest, reports[i]->time[SMS_TIME_EVENT]);
		latest = Max(latest, reports[i]->time[SMS_TIME_EVENT]);
		parts = Max(parts, reports[i]->number[SMS_NUMBER_PARTS]);
		if (reports[i]->person != SMS_NO_PERSON)
			individual_no = Max(individual_no, people[reports[i]->person]);
	}
	recipient = greatest_text(batch, reports, n, SMS_TEXT_RECIPIENT);
	if (recipient.ptr == NULL)
		recipient = sms_literal("");

	put_uuid(&row, first->message);
	put_time(&row, earliest);
	put_time(&row, latest);
	put(&row, Int64GetDatum(individual_no));
	put_small(&row, parts);
	put_text(&row, sms_batch_text(batch, first->text[SMS_TEXT_ACCOUNT]));
	put_text(&row, sms_literal(sms_provider_name(first->provider)));
	put_text(&row, sms_batch_text(batch, first->text[SMS_TEXT_MESSAGE_ID]));
	put_text(&row, recipient);
	put_text(&row, greatest_text(batch, reports, n, SMS_TEXT_SENDER_ID));
	put_text(&row, greatest_text(batch, reports, n, SMS_TEXT_CHANNEL));
	put_text(&row, greatest_text(batch, reports, n, SMS_TEXT_BULK_MESSAGE));
	put_text(&row, greatest_text(batch, reports, n, SMS_TEXT_TEMPLATE));
	put_price(&row, batch, reports, n);
	put_text(&row, greatest_text(batch, reports, n, SMS_TEXT_PRICE_CURRENCY));
	put_text(&row, greatest_text(batch, reports, n, SMS_TEXT_CALLBACK_DATA));
	put(&row, PointerGetDatum(merge_reports(batch, reports, n)));
	Assert(row.n == SMS_N_MESSAGE_COLUMNS);
}

static int
compare_texts(Datum a, Datum b)
{
	return sms_text_compare(sms_text_of(DatumGetTextPP(a)), sms_text_of(DatumGetTextPP(b)));
}

/* The order in which the greater value of a column wins; -1: the other way. */
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
 * What two rows of one message (a: the one stored) are together, column by
 * column as in store_messages().  False if that is a.
 */
bool
sms_message_merge(const Datum *a, const bool *a_nulls, const Datum *b,
				  const bool *b_nulls, Datum *values, bool *nulls)
{
	bool		changed = false;
	int			i;

	for (i = 0; i < SMS_N_MESSAGE_COLUMNS; i++)
	{
		values[i] = a[i];
		nulls[i] = a_nulls[i];
		if (b_nulls[i] || i == SMS_MESSAGE_KEY || i == SMS_MESSAGE_ACCOUNT ||
			i == SMS_MESSAGE_PROVIDER || i == SMS_MESSAGE_ID)
			continue;
		if (i == SMS_MESSAGE_STATE)
			values[i] = merge_states(a[i], b[i]);
		else if (a_nulls[i] || compare_values(i, b[i], a[i]) > 0)
			values[i] = b[i];
		else
			continue;
		nulls[i] = false;
		changed = changed || a_nulls[i] || values[i] != a[i];
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
