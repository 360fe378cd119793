/*-------------------------------------------------------------------------
 *
 * reader.c
 *	  Walks a payload and hands out its events.
 *
 * A payload is one JSON value or several in a row (NDJSON), behind a byte
 * order mark if there is one.  A value is an event, an array of events, or an
 * object with an array of events in it.  One event that cannot be understood
 * is handed out as rejected, with its text; the others are not touched by it.
 * Where the structure is broken, the end of the broken element is looked for;
 * if it cannot be found, the rest of the payload is one rejected piece.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static void
append(char **out, char *end, const char *text)
{
	size_t		len = strlen(text);

	if (len > (size_t) (end - *out))
		len = end - *out;
	memcpy(*out, text, len);
	*out += len;
}

static void
append_number(char **out, char *end, uint64_t number)
{
	char		digits[24];
	int			i = sizeof(digits) - 1;

	digits[i] = '\0';
	do
		digits[--i] = (char) ('0' + number % 10);
	while ((number /= 10) > 0);
	append(out, end, digits + i);
}

static void
append_reason(SmsEvent *event, const char *what)
{
	char	   *out = event->reason;

	append(&out, out + sizeof(event->reason) - 1, what);
	*out = '\0';
}

/* The path of the event or member, as in JSONPath, and what is wrong. */
static void
set_reason(SmsEvent *event, const char *where, const char *what)
{
	char	   *out = event->reason;
	char	   *end = out + sizeof(event->reason) - 1;

	append(&out, end, "$");
	if (event->rows != NULL)
	{
		append(&out, end, ".");
		append(&out, end, event->rows);
	}
	if (event->index >= 0)
	{
		append(&out, end, "[");
		append_number(&out, end, (uint64_t) event->index);
		append(&out, end, "]");
	}
	if (where != NULL)
	{
		append(&out, end, ".");
		append(&out, end, where);
	}
	append(&out, end, ": ");
	append(&out, end, what);
	*out = '\0';
}

/*
 * Rejects the event: where is a path of the descriptor, never a key of the
 * payload, and what says what was expected.  The first reason stays.
 */
void
sms_reject(SmsEvent *event, const char *where, const char *what)
{
	int			i;

	if (event->outcome == SMS_OUTCOME_REJECTED)
		return;
	event->outcome = SMS_OUTCOME_REJECTED;
	/* it may be there, and not be readable */
	for (i = 0; i < event->n_notes; i++)
	{
		const SmsNote *note = &event->notes[i];

		if (note->path == NULL || (where != NULL && strcmp(note->path, where) != 0))
			continue;
		where = note->path;
		what = note->what;
		break;
	}
	set_reason(event, where, what);
}

/*
 * Notes what could not be read of an event that is none the less one: where
 * and what as for sms_reject(), both of them constants.
 */
void
sms_note(SmsEvent *event, const char *where, const char *what)
{
	if (event->n_notes == SMS_MAX_NOTES)
		return;
	event->notes[event->n_notes].path = where;
	event->notes[event->n_notes].what = what;
	event->n_notes++;
}

/* Marks the event as understood and of no interest to the store. */
void
sms_ignore(SmsEvent *event, const char *what)
{
	if (event->outcome != SMS_OUTCOME_EVENT)
		return;
	event->outcome = SMS_OUTCOME_IGNORED;
	append_reason(event, what);
}

static void
reject_at(SmsReader *reader, const char *what, const char *at)
{
	char		reason[120];
	char	   *out = reason;
	char	   *end = reason + sizeof(reason) - 1;

	append(&out, end, what);
	append(&out, end, " (at byte ");
	append_number(&out, end, (uint64_t) (at - reader->json.start) + 1);
	append(&out, end, " of the payload)");
	*out = '\0';
	sms_reject(&reader->event, NULL, reason);
}

static void
reject_fault(SmsReader *reader)
{
	char		reason[80];
	char	   *out = reason;

	append(&out, reason + sizeof(reason) - 1, "invalid JSON: expected ");
	append(&out, reason + sizeof(reason) - 1, reader->json.fault);
	*out = '\0';
	reject_at(reader, reason, reader->json.fault_at);
}

static void
start_event(SmsReader *reader)
{
	SmsEvent   *event = &reader->event;
	int			i;

	memset(event, 0, sizeof(*event));
	event->provider = reader->spec != NULL ? reader->spec->provider : reader->provider;
	for (i = 0; i < SMS_N_TIMES; i++)
		event->time[i] = SMS_NO_INSTANT;
	for (i = 0; i < SMS_N_NUMBERS; i++)
		event->number[i] = SMS_NO_NUMBER;
	event->index = reader->index;
	event->rows = reader->rows;
	reader->frames = 0;
	reader->extra_len = 0;
	reader->json.content_fault = NULL;
}

/* Hands out [from, to) as one rejected piece. */
static void
emit_rejected(SmsReader *reader, const char *from, const char *to)
{
	reader->event.outcome = SMS_OUTCOME_REJECTED;
	reader->event.raw.ptr = from;
	reader->event.raw.len = to - from;
	sms_emit(reader, &reader->event);
}

static void
enter(SmsReader *reader, SmsText key, bool is_array)
{
	reader->frame[reader->frames].key = key;
	reader->frame[reader->frames].is_array = is_array;
	reader->frame[reader->frames].opened = false;
	reader->frames++;
}

/* A value as it was written: a string with its quotes. */
static SmsText
whole_value(const SmsJsonValue *value)
{
	SmsText		text = value->text;

	if (value->kind == SMS_JSON_STRING)
	{
		text.ptr--;
		text.len += 2;
	}
	return text;
}

/* Objects and arrays open around a member of the event. */
static int
open_levels(const SmsReader *reader)
{
	return reader->depth + 1 + reader->frames;
}

/* What a key stands for; a faulty one stands for itself. */
static SmsText
key_name(SmsReader *reader, const SmsJsonValue *key)
{
	SmsText		name = key->text;
	SmsJson		again;
	SmsJsonValue value;
	char	   *copy;

	if (!key->escaped)
		return name;
	sms_json_init(&again, name.ptr - 1, name.len + 2, false);
	if (!sms_json_string(&again, &value) || again.content_fault != NULL)
		return name;
	copy = sms_region_alloc(reader->region, name.len);
	name.len = sms_json_unescape(name, copy);
	name.ptr = copy;
	return name;
}

static bool walk_members(SmsReader *reader, int node);

/* Whether key or value at hand have a fault of content; clears it. */
static const char *
take_content_fault(SmsReader *reader)
{
	const char *fault = reader->json.content_fault;

	reader->json.content_fault = NULL;
	return fault;
}

/*
 * A value that was scanned, and the field it is for, if any.  One with faults
 * of content gives its field what can be read of it.
 */
static void
take_value(SmsReader *reader, const SmsField *field, SmsText key, const SmsJsonValue *value)
{
	const char *fault = take_content_fault(reader);

	if (field != NULL && field->conversion == SMS_AS_TEXT && field->slot == SMS_TEXT_PART_TEXT)
	{
		reader->part_key = key;
		reader->part = whole_value(value);
		if (fault != NULL)
			reader->part.ptr = NULL;
	}
	if (fault == NULL)
	{
		if (field == NULL || !sms_assign(reader, field, value) || field->keep)
			sms_extra_member(reader, key, whole_value(value));
		return;
	}
	sms_note(&reader->event, field != NULL ? field->path : NULL, fault);
	reader->damaged = true;
	if (field != NULL && value->kind == SMS_JSON_STRING)
		sms_assign(reader, field, value);
	reader->damaged = false;
	sms_extra_damaged(reader, key, whole_value(value));
}

/*
 * An array whose objects have fields: of each field, the first value found
 * counts.  Every other element is kept as it is.
 */
static bool
walk_elements(SmsReader *reader, int node)
{
	SmsJson    *json = &reader->json;
	SmsText		no_key = {NULL, 0};
	SmsJsonValue value;
	bool		first = true;

	json->pos++;
	while (sms_json_element(json, first))
	{
		if (*json->pos == '{')
		{
			enter(reader, no_key, false);
			if (!walk_members(reader, node))
				return false;
			if (reader->spec->end_element != NULL)
				reader->spec->end_element(reader, &reader->event);
			sms_extra_leave(reader);
		}
		else
		{
			if (!sms_json_skip(json, open_levels(reader), &value))
				return false;
			take_value(reader, NULL, no_key, &value);
		}
		first = false;
	}
	return json->fault == NULL;
}

/*
 * The next member of the object of a node: its key, and its node or -1.
 * before is the known member before it, or node itself.  Returns as
 * sms_json_key().
 */
static bool
next_member(SmsReader *reader, int node, bool first, int *before,
			SmsJsonValue *key, int *child)
{
	SmsFieldTree *tree = reader->tree;
	uint8_t    *expected = sms_field_tree_expected(tree, node, *before);

	*child = *expected;
	if (*child == 0 ||
		!sms_json_this_key(&reader->json, first, sms_field_tree_key(tree, *child), key))
	{
		if (!sms_json_key(&reader->json, first, key))
			return false;
		*child = sms_field_tree_child(tree, node, key_name(reader, key));
		if (*child < 0)
			return true;
		*expected = (uint8_t) *child;
	}
	*before = *child;
	return true;
}

/* Walks the object at pos, whose node is given. */
static bool
walk_members(SmsReader *reader, int node)
{
	SmsJson    *json = &reader->json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;
	int			before = node;
	int			child;

	json->pos++;
	while (next_member(reader, node, first, &before, &key, &child))
	{
		char		c = json->pos < json->end ? *json->pos : '\0';

		first = false;
		if (child >= 0 &&
			((c == '{' && reader->tree->node[child].has_members) ||
			 (c == '[' && reader->tree->node[child].has_elements)))
		{
			enter(reader, key.text, c == '[');
			if (c == '{' ? !walk_members(reader, child) :
				!walk_elements(reader, child))
				return false;
			sms_extra_leave(reader);
			continue;
		}
		if (!sms_json_skip(json, open_levels(reader), &value))
			return false;
		take_value(reader, child >= 0 ? reader->tree->node[child].field : NULL, key.text,
				   &value);
	}
	return json->fault == NULL;
}

/*
 * An event of more JSON than one may have: its columns are stored, and all of
 * it is kept as a piece beside it.
 */
static void
finish_oversized(SmsReader *reader)
{
	SmsEvent   *event = &reader->event;
	SmsText		raw = event->raw;

	event->text[SMS_TEXT_EXTRA].ptr = NULL;
	if (event->text[SMS_TEXT_MESSAGE_TEXT].len > SMS_MAX_EVENT_BYTES)
		event->text[SMS_TEXT_MESSAGE_TEXT].len =
			sms_utf8_valid_prefix(event->text[SMS_TEXT_MESSAGE_TEXT].ptr, SMS_MAX_EVENT_BYTES);
	sms_note(event, NULL, "expected at most 1048576 bytes of JSON in one event");
	reader->spec->finish(reader, event);
	if (event->outcome != SMS_OUTCOME_EVENT)
		return;
	start_event(reader);
	event->raw = raw;
	sms_ignore(event, "more than 1048576 bytes: the event has what fits into its columns");
	sms_emit(reader, event);
}

/* Reads one event, the object at pos.  False at a fault of structure. */
static bool
read_event(SmsReader *reader)
{
	SmsJson    *json = &reader->json;
	SmsEvent   *event = &reader->event;
	const char *from = json->pos;

	start_event(reader);
	if (json->pos >= json->end || *json->pos != '{')
	{
		SmsJsonValue value;

		if (!sms_json_skip(json, reader->depth, &value))
			return false;
		sms_reject(event, NULL, "expected a JSON object");
		emit_rejected(reader, from, json->pos);
		return true;
	}
	reader->tree = sms_field_tree_of(reader->spec);
	if (!walk_members(reader, 0))
		return false;
	event->raw.ptr = from;
	event->raw.len = json->pos - from;
	event->text[SMS_TEXT_EXTRA] = sms_extra_text(reader);
	if (json->pos - from <= SMS_MAX_EVENT_BYTES)
	{
		reader->spec->finish(reader, event);
		return true;
	}
	finish_oversized(reader);
	return true;
}

/*
 * Finds the provider of the object at pos by the keys that tell it; reads
 * ahead and comes back.  NULL, with the reason, if none does or several do.
 */
static const SmsSpec *
detect(SmsReader *reader, const char **reason)
{
	SmsJson		ahead = reader->json;
	const SmsSpec *spec = NULL;
	const SmsSpec *other;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;

	*reason = "no provider's payload has such members; name the provider";
	if (ahead.pos >= ahead.end || *ahead.pos != '{')
		return NULL;
	ahead.pos++;
	while (sms_json_key(&ahead, first, &key))
	{
		other = sms_spec_by_key(key_name(reader, &key));
		if (other != NULL && spec != NULL && other != spec)
		{
			*reason = "its members are those of several providers; name the provider";
			return NULL;
		}
		if (other != NULL)
			spec = other;
		first = false;
		if (!sms_json_skip(&ahead, 1, &value))
			return spec;
	}
	if (first && ahead.fault == NULL)
		*reason = NULL;
	return spec;
}

/* True if at pos is an object with an array of events under this key. */
static bool
has_rows(SmsReader *reader, const char *rows)
{
	SmsJson		ahead = reader->json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;

	if (rows == NULL || ahead.pos >= ahead.end || *ahead.pos != '{')
		return false;
	ahead.pos++;
	while (sms_json_key(&ahead, first, &key))
	{
		if (sms_text_is(key_name(reader, &key), rows) &&
			ahead.pos < ahead.end && *ahead.pos == '[')
			return true;
		first = false;
		if (!sms_json_skip(&ahead, 1, &value))
			break;
	}
	return false;
}

static bool read_envelope(SmsReader *reader);

/* An element of an array that is itself an object around events. */
static bool
read_inner_envelope(SmsReader *reader)
{
	const SmsSpec *spec = reader->spec;
	int			index = reader->index;
	int			depth = reader->depth;
	bool		whole;

	reader->index = -1;
	reader->depth = 0;
	reader->tree = sms_field_tree_of(spec);
	whole = read_envelope(reader);
	reader->index = index;
	reader->depth = depth;
	return whole;
}

/* Reads the element of an array of events that begins at pos. */
static bool
read_element(SmsReader *reader)
{
	const char *from = reader->json.pos;
	const char *reason = NULL;

	if (reader->events++ == SMS_MAX_EVENTS)
	{
		start_event(reader);
		sms_reject(&reader->event, NULL, "expected at most 1000000 events in one payload");
		emit_rejected(reader, from, reader->json.end);
		reader->json.pos = reader->json.end;
		return false;
	}

	/* what stands in an envelope is the envelope's provider's */
	if (reader->provider == SMS_PROVIDER_NONE && reader->rows == NULL)
		reader->spec = detect(reader, &reason);
	if (reader->spec == NULL)
	{
		SmsEvent   *event = &reader->event;
		SmsJsonValue value;

		start_event(reader);
		if (sms_json_skip(&reader->json, reader->depth, &value))
		{
			if (reason == NULL)
				sms_ignore(event, "empty object, as some providers send to verify a URL");
			else
				sms_reject(event, NULL, reason);
			event->raw.ptr = from;
			event->raw.len = reader->json.pos - from;
			sms_emit(reader, event);
			return true;
		}
	}
	else if (reader->rows == NULL && reader->index >= 0 &&
			 has_rows(reader, reader->spec->rows))
		return read_inner_envelope(reader);
	else if (read_event(reader))
		return true;

	/* broken: this element is lost; those behind it if its end is */
	reject_fault(reader);
	if (sms_json_resync(&reader->json, from, reader->index >= 0))
	{
		emit_rejected(reader, from, reader->json.pos);
		return true;
	}
	emit_rejected(reader, from, reader->json.end);
	reader->json.pos = reader->json.end;
	return false;
}

/* The array of events at pos.  False if the rest of the payload is lost. */
static bool
read_events(SmsReader *reader)
{
	SmsJson    *json = &reader->json;
	bool		first = true;

	json->pos++;
	reader->index = 0;
	while (sms_json_element(json, first))
	{
		if (!read_element(reader))
			return false;
		first = false;
		reader->index++;
	}
	reader->index = -1;
	if (json->fault == NULL)
		return true;
	start_event(reader);
	reject_fault(reader);
	emit_rejected(reader, json->fault_at, json->end);
	return false;
}

/* Is this member of the envelope of no use? */
static bool
is_counter(const SmsSpec *spec, SmsText key)
{
	int			i;

	for (i = 0; spec->counters != NULL && spec->counters[i] != NULL; i++)
		if (sms_text_is(key, spec->counters[i]))
			return true;
	return false;
}

/*
 * The members of an envelope beside its events and counters; handed out as
 * one ignored piece, so that nothing is lost.  The envelope, known to be
 * sound, is at pos and is read once more.
 */
static void
emit_leftover(SmsReader *reader, const char *from)
{
	SmsJson		again = reader->json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;

	start_event(reader);
	again.pos = from + 1;
	while (sms_json_key(&again, first, &key) && sms_json_skip(&again, 1, &value))
	{
		SmsText		name = key_name(reader, &key);

		first = false;
		if (!sms_text_is(name, reader->spec->rows) &&
			!is_counter(reader->spec, name))
			sms_extra_member(reader, key.text, whole_value(&value));
	}
	reader->event.raw = sms_extra_text(reader);
	if (reader->event.raw.ptr == NULL)
		return;
	sms_ignore(&reader->event, "members beside the events");
	sms_emit(reader, &reader->event);
}

/* An object around an array of events. */
static bool
read_envelope(SmsReader *reader)
{
	SmsJson    *json = &reader->json;
	const char *from = json->pos;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;

	json->pos++;
	while (sms_json_key(json, first, &key))
	{
		first = false;
		if (sms_text_is(key_name(reader, &key), reader->spec->rows) &&
			json->pos < json->end && *json->pos == '[')
		{
			reader->rows = reader->spec->rows;
			reader->depth = 2;
			if (!read_events(reader))
				return false;
			reader->rows = NULL;
			reader->depth = 0;
		}
		else if (!sms_json_skip(json, 1, &value))
			break;
	}
	if (json->fault != NULL)
	{
		start_event(reader);
		reject_fault(reader);
		emit_rejected(reader, json->fault_at, json->end);
		json->pos = json->end;
		return false;
	}
	emit_leftover(reader, from);
	return true;
}

/* One value at the top of the payload. */
static bool
read_document(SmsReader *reader)
{
	SmsJson    *json = &reader->json;
	const SmsSpec *spec;
	const char *reason;

	if (*json->pos == '[')
	{
		reader->depth = 1;
		if (!read_events(reader))
			return false;
		reader->depth = 0;
		return true;
	}
	spec = reader->provider != SMS_PROVIDER_NONE ? reader->spec : detect(reader, &reason);
	reader->spec = spec;
	if (spec != NULL && has_rows(reader, spec->rows))
		return read_envelope(reader);
	reader->index = -1;
	return read_element(reader);
}

/*
 * Skips what may stand between values: white space, and the byte order marks
 * that files begin with, also where several were joined.
 */
static void
skip_between(SmsJson *json)
{
	sms_json_space(json);
	while (json->end - json->pos >= 3 && memcmp(json->pos, "\xEF\xBB\xBF", 3) == 0)
	{
		json->pos += 3;
		sms_json_space(json);
	}
}

void
sms_read_payload(SmsReader *reader, const char *text, size_t len)
{
	SmsJson    *json = &reader->json;
	bool		empty = true;

	sms_json_init(json, text, len, reader->check_utf8);
	reader->spec = sms_spec_of(reader->provider);
	reader->index = -1;
	reader->depth = 0;
	reader->frames = 0;
	reader->events = 0;
	reader->rows = NULL;
	reader->extra = NULL;
	reader->extra_len = reader->extra_size = 0;
	for (;;)
	{
		skip_between(json);
		if (json->pos >= json->end)
			break;
		empty = false;
		if (!read_document(reader))
			return;
	}
	if (empty)
	{
		start_event(reader);
		sms_ignore(&reader->event, "empty payload");
		reader->event.raw = sms_literal("");
		sms_emit(reader, &reader->event);
	}
}
