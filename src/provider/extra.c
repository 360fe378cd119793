/*-------------------------------------------------------------------------
 *
 * extra.c
 *	  The members of an event that have no slot, as JSON: each as it was
 *	  written, inside the objects it was found in.
 *
 * reader->frame[] is the path from the event to the member at hand.  An
 * enclosing object is written when the first such member in it turns up.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static void
put(SmsReader *reader, const char *bytes, size_t len)
{
	if (reader->extra_len + len > reader->extra_size)
	{
		size_t		size = reader->extra_size > 0 ? reader->extra_size : 256;
		char	   *bigger;

		while (size < reader->extra_len + len)
			size *= 2;
		bigger = sms_region_alloc(reader->region, size);
		if (reader->extra_len > 0)
			memcpy(bigger, reader->extra, reader->extra_len);
		reader->extra = bigger;
		reader->extra_size = size;
	}
	sms_copy(reader->extra + reader->extra_len, bytes, len);
	reader->extra_len += len;
}

static void
put_char(SmsReader *reader, char c)
{
	put(reader, &c, 1);
}

/* A comma, unless something was just opened. */
static void
put_separator(SmsReader *reader)
{
	char		last = reader->extra[reader->extra_len - 1];

	if (last != '{' && last != '[')
		put_char(reader, ',');
}

static void
put_key(SmsReader *reader, SmsText key)
{
	put_separator(reader);
	if (key.ptr == NULL)
		return;
	put_char(reader, '"');
	put(reader, key.ptr, key.len);
	put(reader, "\":", 2);
}

/* key and value are spans of the payload; key is no value in an array. */
void
sms_extra_member(SmsReader *reader, SmsText key, SmsText value)
{
	int			i;

	if (reader->extra_len == 0)
		put_char(reader, '{');
	for (i = 0; i < reader->frames; i++)
	{
		if (reader->frame[i].opened)
			continue;
		put_key(reader, reader->frame[i].key);
		put_char(reader, reader->frame[i].is_array ? '[' : '{');
		reader->frame[i].opened = true;
	}
	put_key(reader, key);
	put(reader, value.ptr, value.len);
}

/* Is it text, of which JSON can tell what it is? */
static bool
is_text(SmsText value)
{
	return memchr(value.ptr, '\0', value.len) == NULL &&
		sms_utf8_valid_prefix(value.ptr, value.len) == value.len;
}

/*
 * A member whose key or value has faults of content: {"raw": ...} with the
 * value as it was written, or {"hex": ...} with its bytes where they are no
 * text, so that what is kept is JSON.
 */
void
sms_extra_damaged(SmsReader *reader, SmsText key, SmsText value)
{
	static const char digits[] = "0123456789abcdef";
	bool		raw = is_text(value);
	SmsText		kept;
	SmsText		sound = key;
	char	   *out = sms_region_alloc(reader->region, 6 * value.len + 12);
	char	   *o = out + 8;
	size_t		i;

	memcpy(out, raw ? "{\"raw\":\"" : "{\"hex\":\"", 8);
	if (raw)
		o += sms_json_quote(value, o);
	else
		for (i = 0; i < value.len; i++)
		{
			unsigned char c = (unsigned char) value.ptr[i];

			*o++ = digits[c >> 4];
			*o++ = digits[c & 15];
		}
	*o++ = '"';
	*o++ = '}';
	kept.ptr = out;
	kept.len = o - out;
	if (key.ptr != NULL)
	{
		char	   *text = sms_region_alloc(reader->region, SMS_REPAIR_ROOM(key.len) + 1);
		char	   *quoted;

		sound.len = sms_json_repair(key, text);
		sound.ptr = text;
		quoted = sms_region_alloc(reader->region, 6 * sound.len + 1);
		sound.len = sms_json_quote(sound, quoted);
		sound.ptr = quoted;
	}
	sms_extra_member(reader, sound, kept);
}

/* Leaves the innermost object or array. */
void
sms_extra_leave(SmsReader *reader)
{
	reader->frames--;
	if (reader->frame[reader->frames].opened)
		put_char(reader, reader->frame[reader->frames].is_array ? ']' : '}');
}

/* All that was written since the last call, or no value. */
SmsText
sms_extra_text(SmsReader *reader)
{
	SmsText		text = {NULL, 0};
	char	   *copy;

	if (reader->extra_len == 0)
		return text;
	put_char(reader, '}');
	copy = sms_region_alloc(reader->region, reader->extra_len);
	sms_copy(copy, reader->extra, reader->extra_len);
	text.ptr = copy;
	text.len = reader->extra_len;
	reader->extra_len = 0;
	return text;
}
