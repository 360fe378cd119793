/*-------------------------------------------------------------------------
 *
 * native.c
 *	  The extension's own format: a JSON object whose members are called as
 *	  the columns of parsed_event.
 *
 * It serves every source that has no descriptor, what people do by hand
 * (BLOCK, UNBLOCK, UNSUBSCRIBE, LINK), and events that come out of parse(),
 * as in to_json(p).  The view native_format describes it member by member.
 *
 * - An event is known by event_key where there is one (a row of parse()), else
 *	 by event_id, each together with event_type; else by all that it says.
 * - status_class follows from event_type, but not in a row of parse(): that
 *	 one has it, or must not count as a report.
 * - scope may be given, so that a person of another source is meant; where the
 *	 account is given to ingest(), a scope of that account's.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static const char *const marks[] = {"event_type", NULL};

static const SmsField fields[] = {
	{"event_type", SMS_AS_TEXT, SMS_TEXT_TYPE, false},
	{"event_time", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"valid_from", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"time_source", SMS_AS_TEXT, SMS_TEXT_TIME_SOURCE, false},
	{"created_time", SMS_AS_TIME, SMS_TIME_CREATED, false},
	{"sent_time", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"status_class", SMS_AS_TEXT, SMS_TEXT_TYPE2, false},
	{"event_key", SMS_AS_KEY, SMS_TEXT_EVENT_KEY, false},
	{"message_key", SMS_AS_KEY, SMS_TEXT_MESSAGE_KEY, false},
	{"scope", SMS_AS_KEY, SMS_TEXT_SCOPE, false},
	{"part", SMS_AS_INTEGER, SMS_NUMBER_PART, false},
	{"parts", SMS_AS_INTEGER, SMS_NUMBER_PARTS, false},
	{"error_permanent", SMS_AS_BOOLEAN, SMS_NUMBER_PERMANENT, false},
#define EVENT_TEXT(NAME, name, type, rules, filter, place, compared, native, comment, meaning) \
	{#name, SMS_AS_##native, SMS_TEXT_##NAME, false},
#include "taxonomy/event_columns.def"
	{"other_individual_id", SMS_AS_KEY, SMS_TEXT_OTHER_PERSON, true},
	/* what parse() adds to an event, and the arrival, which is now */
	{"event_no", SMS_AS_NOTHING, 0, false},
	{"outcome", SMS_AS_NOTHING, 0, false},
	{"received_at", SMS_AS_NOTHING, 0, false},
	{NULL, SMS_AS_NOTHING, 0, false}
};

/* A new extra being put together; it is never longer than the old one. */
typedef struct Writer
{
	char	   *out;
	size_t		len;
} Writer;

/* Copies the members of the object that have a value; goes into "extra". */
static void
copy_members(Writer *writer, SmsText object, bool outer)
{
	SmsJson		json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;
	const char *from;

	sms_json_init(&json, object.ptr, object.len, false);
	json.pos++;
	for (;;)
	{
		if (!sms_json_key(&json, first, &key))
			return;
		first = false;
		from = key.text.ptr - 1;
		if (!sms_json_skip(&json, 1, &value))
			return;
		if (outer && value.kind == SMS_JSON_NULL)
			continue;
		if (outer && value.kind == SMS_JSON_OBJECT && sms_text_is(key.text, "extra"))
		{
			copy_members(writer, value.text, false);
			continue;
		}
		writer->out[writer->len] = writer->len == 0 ? '{' : ',';
		writer->len++;
		memcpy(writer->out + writer->len, from, json.pos - from);
		writer->len += json.pos - from;
	}
}

/*
 * The members of the member extra become members of the event's extra, and
 * those that are null, as every empty column is in to_json(p), go.
 */
static void
flatten_extra(SmsReader *reader, SmsEvent *event)
{
	SmsText    *extra = &event->text[SMS_TEXT_EXTRA];
	Writer		writer = {NULL, 0};

	if (extra->ptr == NULL)
		return;
	writer.out = sms_region_alloc(reader->region, extra->len + 1);
	copy_members(&writer, *extra, true);
	if (writer.len == 0)
		extra->ptr = NULL;
	else
	{
		writer.out[writer.len++] = '}';
		extra->ptr = writer.out;
		extra->len = writer.len;
	}
}

/* The text of a key or value, as SQL reads it. */
static SmsText
plain_text(SmsReader *reader, const SmsJsonValue *value)
{
	SmsText		text = value->text;
	char	   *copy;

	if (value->kind == SMS_JSON_STRING && value->escaped)
	{
		copy = sms_region_alloc(reader->region, text.len);
		text.len = sms_json_unescape(text, copy);
		text.ptr = copy;
	}
	return text;
}

/*
 * The second person of a LINK may be of another scope, which is read from
 * extra: every member that could be taken for it is looked at.
 */
static void
check_other_scope(SmsReader *reader, SmsEvent *event)
{
	SmsText		extra = event->text[SMS_TEXT_EXTRA];
	SmsJson		json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;

	if (event->type != SMS_EVENT_LINK || extra.ptr == NULL)
		return;
	sms_json_init(&json, extra.ptr, extra.len, false);
	json.pos++;
	while (sms_json_key(&json, first, &key))
	{
		first = false;
		if (!sms_json_skip(&json, 1, &value))
			return;
		if (value.kind != SMS_JSON_NULL && sms_text_is(plain_text(reader, &key), "other_scope"))
			sms_check_scope(reader, event, "other_scope", plain_text(reader, &value), false);
	}
}

static void
classify(SmsEvent *event)
{
	SmsText		name = event->text[SMS_TEXT_TYPE2];

	if (name.ptr != NULL)
	{
		event->cls = sms_class_by_name(name);
		if (event->cls == SMS_CLASS_NONE)
			sms_reject(event, "status_class", "expected the name of a class");
	}
	else if (event->text[SMS_TEXT_EVENT_KEY].ptr == NULL)
		event->cls = sms_event_type_class(event->type);
}

/* What an event of this type cannot do without. */
static void
check_members(SmsEvent *event)
{
	if (event->type == SMS_EVENT_LINK)
	{
		if (event->text[SMS_TEXT_INDIVIDUAL_ID].ptr == NULL)
			sms_reject(event, "individual_id", "expected one of the two ids to link");
		if (event->text[SMS_TEXT_OTHER_PERSON].ptr == NULL)
			sms_reject(event, "other_individual_id", "expected the other of the two ids to link");
	}
	else if ((event->type == SMS_EVENT_BLOCK || event->type == SMS_EVENT_UNBLOCK) &&
			 event->text[SMS_TEXT_RECIPIENT].ptr == NULL)
		sms_reject(event, "recipient", "expected the number");
}

static void
finish(SmsReader *reader, SmsEvent *event)
{
	event->type = sms_event_type_by_name(event->text[SMS_TEXT_TYPE]);
	if (event->type == SMS_EVENT_NONE)
		sms_reject(event, "event_type", "expected one of the event types");
	classify(event);
	check_members(event);
	if (sms_text_is(event->text[SMS_TEXT_TIME_SOURCE], "arrival"))
		event->arrival_clock = true;
	flatten_extra(reader, event);
	check_other_scope(reader, event);
	sms_finish_event(reader, event);
}

static void
identity(const SmsEvent *event, SmsIdentity *identity)
{
	int			i;

	sms_identity_number(identity, event->type);
	sms_identity_text(identity, event->text[SMS_TEXT_EVENT_KEY]);
	if (event->text[SMS_TEXT_EVENT_KEY].ptr != NULL)
		return;
	sms_identity_text(identity, event->text[SMS_TEXT_EVENT_ID]);
	if (event->text[SMS_TEXT_EVENT_ID].ptr != NULL)
		return;
	for (i = 0; i <= SMS_TEXT_CALLBACK_DATA; i++)
		sms_identity_text(identity, event->text[i]);
	/* columns that came later change no key of an event without them */
	for (; i < SMS_TEXT_EXTRA; i++)
		if (event->text[i].ptr != NULL)
		{
			sms_identity_number(identity, i);
			sms_identity_text(identity, event->text[i]);
		}
	sms_identity_text(identity, event->text[SMS_TEXT_SCOPE]);
	sms_identity_text(identity, event->text[SMS_TEXT_OTHER_PERSON]);
	sms_identity_number(identity, event->cls);
	sms_identity_number(identity, event->number[SMS_NUMBER_PART]);
	sms_identity_time(identity, event);
	if (event->text[SMS_TEXT_MESSAGE_KEY].ptr != NULL)
		sms_identity_text(identity, event->text[SMS_TEXT_MESSAGE_KEY]);
}

/* The source's own key of the message, where it has one. */
static void
message_identity(const SmsEvent *event, SmsDigest *digest)
{
	sms_digest_text(digest, event->text[SMS_TEXT_MESSAGE_KEY]);
}

const SmsSpec sms_native_spec = {
	.provider = SMS_PROVIDER_NATIVE,
	.name = "native",
	.codes = &sms_native_codes,
	.marks = marks,
	.fields = fields,
	.finish = finish,
	.identity = identity,
	.message_identity = message_identity
};
