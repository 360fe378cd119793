/*-------------------------------------------------------------------------
 *
 * payload_mutation.c
 *	  Changes payloads so that events meet: values come again elsewhere, an
 *	  event is there twice with a digit changed, two events become one that has
 *	  the members of both.
 *
 * What providers there are and what their members are called comes from their
 * descriptors.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fuzz/in_server.h"
#include "provider/event.h"

#define MAX_SPANS 512

typedef enum SpanKind
{
	SPAN_SCALAR,
	SPAN_OBJECT
} SpanKind;

/* A value in the text: from its first byte to behind its last. */
typedef struct Span
{
	SpanKind	kind;
	bool		outermost;		/* not in another value */
	size_t		start;
	size_t		end;
} Span;

typedef struct Text
{
	uint8	   *data;
	size_t		size;			/* of the payloads */
	size_t		max;
	uint32		random;
	int			n;
	Span		span[MAX_SPANS];
} Text;

static const char *const values[] = {
	"\"id1\"", "\"id2\"", "\"p1\"", "\"p2\"", "\"+12025550101\"", "\"+12025550102\"", "\"A\"", "\"B\"", "\"\"", "null", "0", "1", "254", "-1",
	"\"-1\"", "true", "\"0.01\"", "\"arrival\"", "\"STOP\"", "\"spring\"", "{}", "[]", "{\"test\":true}"
};

/* As providers write them; the digit of a second is another in each copy */
static const char *const times[] = {
	"\"2025-05-01T10:00:0%uZ\"", "174609360%u000", "174609360%u", "\"2025-05-3%uT23:59:59.999+00:00\""
};

static uint32
below(Text *text, uint32 n)
{
	return sms_fuzz_random(&text->random) % n;
}

static void
add_span(Text *text, SpanKind kind, bool outermost, size_t start, size_t end)
{
	if (text->n < MAX_SPANS)
	{
		text->span[text->n].kind = kind;
		text->span[text->n].outermost = outermost;
		text->span[text->n].start = start;
		text->span[text->n++].end = end;
	}
}

/* Finds the values of what may be no JSON. */
static void
find_spans(Text *text)
{
	size_t		open[64];
	int			depth = 0;		/* of objects */
	int			lists = 0;
	size_t		i = 0;

	text->n = 0;
	while (i < text->size)
	{
		size_t		start = i;
		uint8		c = text->data[i++];

		lists += c == '[' ? 1 : c == ']' ? -1 : 0;
		if (c == '{')
			open[depth++ & 63] = start;
		else if (c == '}' && depth > 0)
		{
			depth--;
			add_span(text, SPAN_OBJECT, depth == 0 && lists <= 0, open[depth & 63], i);
		}
		else if (c == '"')
		{
			while (i < text->size && text->data[i] != '"')
				i += text->data[i] == '\\' ? 2 : 1;
			i = Min(i + 1, text->size);
			/* names of members stay as they are */
			if (i < text->size && text->data[i] != ':')
				add_span(text, SPAN_SCALAR, false, start, i);
		}
		else if (strchr("-0123456789tfn", c) != NULL)
		{
			while (i < text->size && strchr(",]} \n\t:\"", text->data[i]) == NULL)
				i++;
			add_span(text, SPAN_SCALAR, false, start, i);
		}
	}
}

/* The provider in whose payloads one of the names stands, or any. */
static const SmsSpec *
spec_of_text(Text *text)
{
	const SmsSpec *spec;
	size_t		i;

	for (i = 0; below(text, 4) > 0 && i < text->size; i++)
	{
		SmsText		name = {(const char *) text->data + i + 1, 0};

		if (text->data[i] != '"')
			continue;
		while (i + 1 + name.len < text->size && name.ptr[name.len] != '"')
			name.len++;
		i += name.len + 1;
		spec = sms_spec_by_key(name);
		if (spec != NULL)
			return spec;
	}
	return sms_spec_of((SmsProvider) below(text, SMS_N_PROVIDERS));
}

static const Span *
some_span(Text *text, SpanKind kind)
{
	int			i;

	/* the first of this kind from a random place on */
	if (text->n > 0)
	{
		int			from = below(text, text->n);

		for (i = 0; i < text->n; i++)
			if (text->span[(from + i) % text->n].kind == kind)
				return &text->span[(from + i) % text->n];
	}
	return NULL;
}

/* Puts bytes in place of others, if there is room. */
static void
replace(Text *text, size_t start, size_t end, const void *with, size_t len)
{
	uint8	   *copy;

	if (text->size - (end - start) + len > text->max)
		return;
	/* it may come from the text itself */
	copy = malloc(len + 1);
	memcpy(copy, with, len);
	memmove(text->data + start + len, text->data + end, text->size - end);
	memcpy(text->data + start, copy, len);
	text->size = text->size - (end - start) + len;
	free(copy);
}

/* A value becomes another one, of the text or of the list. */
static void
change_value(Text *text)
{
	const Span *at = some_span(text, SPAN_SCALAR);
	const Span *from = some_span(text, SPAN_SCALAR);

	if (at == NULL)
		return;
	if (below(text, 2) == 0)
	{
		const char *value = values[below(text, lengthof(values))];

		replace(text, at->start, at->end, value, strlen(value));
	}
	else
		replace(text, at->start, at->end, text->data + from->start, from->end - from->start);
}

/* A digit of a number, a time or an id */
static void
change_digit(Text *text)
{
	const Span *at = some_span(text, SPAN_SCALAR);
	size_t		place;

	if (at == NULL)
		return;
	place = at->start + below(text, (uint32) (at->end - at->start));
	for (; place < at->end; place++)
		if (text->data[place] >= '0' && text->data[place] <= '9')
		{
			text->data[place] = '0' + below(text, 10);
			return;
		}
}

/* What a scalar is, roughly */
static bool
is_time(const Text *text, const Span *span)
{
	size_t		len = span->end - span->start;
	uint8		first = text->data[span->start];

	return len >= 10 && len <= 35 &&
		((first == '1' && (len == 10 || len == 13)) ||
		 (first == '"' && text->data[span->start + 1] == '2' && memchr(text->data + span->start, ':', len) != NULL));
}

/* An event comes again, each time at another moment if it has any. */
static void
repeat_object(Text *text)
{
	const Span *of = some_span(text, SPAN_OBJECT);
	char		between = of != NULL && of->outermost ? '\n' : ',';
	Span		object;
	uint32		n;
	int			i;

	if (of == NULL)
		return;
	object = *of;
	if (below(text, 6) == 0)
		between = SMS_FUZZ_SEPARATOR;
	for (n = 1 + below(text, 8); n > 0; n--)
	{
		replace(text, object.end, object.end, text->data + object.start, object.end - object.start);
		replace(text, object.end, object.end, &between, 1);
		/* the copy that is there first is the one that changes */
		find_spans(text);
		for (i = 0; i < text->n; i++)
		{
			Span	   *span = &text->span[i];
			size_t		place = span->end - 1;

			if (span->start < object.start || span->end > object.end || !is_time(text, span) || below(text, 3) == 0)
				continue;
			/* the last digit of a number is one of a millisecond, that before a zone is one of a second */
			while (place > span->start && (text->data[place] < '0' || text->data[place] > '9'))
				place--;
			text->data[place - (text->data[span->start] == '1' ? 3 : 0)] = '0' + n % 10;
		}
	}
}

/* Two objects become one. */
static void
join_objects(Text *text)
{
	const Span *a = some_span(text, SPAN_OBJECT);
	const Span *b = some_span(text, SPAN_OBJECT);
	Span		into;

	if (a == NULL || b->end - b->start <= 2)
		return;
	into = *a;
	replace(text, into.start + 1, into.start + 1, ",", 1);
	/* b has moved with what is behind a's start */
	replace(text, into.start + 1, into.start + 1,
			text->data + b->start + 1 + (b->start >= into.start + 1),
			b->end - b->start - 2);
}

/* A value that its field may have; or any. */
static void
some_value(Text *text, const SmsField *field, char *value, size_t size)
{
	const Span *other = some_span(text, SPAN_SCALAR);

	if (field->conversion == SMS_AS_TIME && below(text, 8) > 0)
		snprintf(value, size, times[below(text, lengthof(times))], below(text, 2));
	else if (other != NULL && other->end - other->start < size && below(text, 3) == 0)
		snprintf(value, size, "%.*s", (int) (other->end - other->start), (char *) text->data + other->start);
	else
		snprintf(value, size, "%s", values[below(text, lengthof(values))]);
}

/* A member of a descriptor, with a value. */
static void
add_member(Text *text)
{
	const Span *into = some_span(text, SPAN_OBJECT);
	const SmsSpec *spec = spec_of_text(text);
	const SmsField *field;
	char		value[200];
	char		member[800];
	const char *path;
	size_t		len = 0;
	int			depth = 0;
	int			n = 0;

	if (into == NULL || spec == NULL)
		return;
	while (spec->fields[n].path != NULL)
		n++;
	field = &spec->fields[below(text, n)];
	some_value(text, field, value, sizeof(value));
	for (path = field->path; *path != '\0' && len < 200;)
	{
		size_t		name = strcspn(path, ".[");

		len += snprintf(member + len, sizeof(member) - len, "%s\"%.*s\":", depth++ > 0 ? "{" : "", (int) name, path);
		path += name + strspn(path + name, ".[]");
	}
	len += snprintf(member + len, sizeof(member) - len, "%s", value);
	while (--depth > 0)
		member[len++] = '}';
	if (into->end - into->start > 2)
		member[len++] = ',';
	replace(text, into->start + 1, into->start + 1, member, len);
}

static void
drop_object(Text *text)
{
	const Span *at = some_span(text, below(text, 2) ? SPAN_OBJECT : SPAN_SCALAR);

	if (at != NULL)
		replace(text, at->start, at->end, "null", below(text, 2) ? 4 : 0);
}

size_t
sms_mutate_payload(uint8 *data, size_t size, size_t max_size, unsigned int seed)
{
	static void (*const ways[]) (Text *) = {
		change_value, change_value, change_digit, repeat_object, repeat_object, join_objects, add_member, add_member, add_member, drop_object
	};
	SmsFuzzControl control;
	Text		text;
	int			n;

	text.random = seed | 1;
	if (size < sizeof(control) || max_size < sizeof(control) || below(&text, 8) == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	text.data = data;
	text.size = size - sizeof(control);
	text.max = max_size - sizeof(control);
	memcpy(&control, data + text.size, sizeof(control));
	if (below(&text, 4) == 0)
		((uint8 *) &control)[below(&text, sizeof(control))] ^= 1 << below(&text, 8);
	else
		for (n = 1 + below(&text, 5); n > 0; n--)
		{
			find_spans(&text);
			ways[below(&text, lengthof(ways))] (&text);
		}
	memcpy(data + text.size, &control, sizeof(control));
	return text.size + sizeof(control);
}
