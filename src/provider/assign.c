/*-------------------------------------------------------------------------
 *
 * assign.c
 *	  From a JSON value to the slot its field names.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"
#include "text/recipient.h"

/* The text of a scalar: a string unescaped, anything else as written. */
static SmsText
scalar_text(SmsReader *reader, const SmsJsonValue *value)
{
	SmsText		text = value->text;
	char	   *copy;

	if (value->kind == SMS_JSON_STRING && reader->damaged)
	{
		copy = sms_region_alloc(reader->region, SMS_REPAIR_ROOM(text.len) + 1);
		text.len = sms_json_repair(text, copy);
		text.ptr = copy;
	}
	else if (value->kind == SMS_JSON_STRING && value->escaped)
	{
		copy = sms_region_alloc(reader->region, text.len);
		text.len = sms_json_unescape(text, copy);
		text.ptr = copy;
	}
	return text;
}

static SmsText
integer_key(SmsReader *reader, SmsText text)
{
	size_t		i = 0;

	(void) reader;
	while (i + 1 < text.len && text.ptr[i] == '0')
		i++;
	text.ptr += i;
	text.len -= i;
	return text;
}

static SmsText
phone_key(SmsReader *reader, SmsText text)
{
	char	   *copy = sms_region_alloc(reader->region, SMS_RECIPIENT_ROOM(text.len));

	text.len = sms_normalize_recipient(text, copy);
	text.ptr = copy;
	return text;
}

/* Notes what was expected of a member; the caller keeps it as it is. */
static bool
unreadable(SmsReader *reader, const SmsField *field, const char *what)
{
	sms_note(&reader->event, field->path, what);
	return false;
}

static bool
assign_text(SmsReader *reader, const SmsField *field, const SmsJsonValue *value)
{
	SmsText    *slot = &reader->event.text[field->slot];
	SmsText		text;

	if (field->conversion == SMS_AS_JSON && value->kind != SMS_JSON_STRING)
	{
		if (slot->ptr != NULL)
			return sms_text_same(*slot, value->text);
		*slot = value->text;
		return true;
	}
	if (value->kind == SMS_JSON_OBJECT || value->kind == SMS_JSON_ARRAY)
	{
		if (slot->ptr != NULL)
			return false;
		return unreadable(reader, field, "expected a text");
	}

	text = scalar_text(reader, value);
	switch (field->conversion)
	{
		case SMS_AS_INTEGER_KEY:
			text = integer_key(reader, text);
			break;
		case SMS_AS_PHONE:
			text = phone_key(reader, text);
			break;
		default:
			break;
	}
	if (slot->ptr != NULL)
		return sms_text_same(*slot, text);
	if (field->conversion == SMS_AS_DECIMAL && text.len > 0 &&
		!sms_read_decimal(text))
		return unreadable(reader, field, "expected a decimal number");
	if (field->conversion != SMS_AS_TEXT && field->conversion != SMS_AS_JSON)
	{
		if (text.len == 0)
			return true;
		if (text.len > SMS_MAX_KEY_BYTES)
			return unreadable(reader, field, "expected at most 512 bytes");
	}
	*slot = text;
	return true;
}

static bool
assign_time(SmsReader *reader, const SmsField *field, const SmsJsonValue *value)
{
	SmsInstant *slot = &reader->event.time[field->slot];

	if (*slot != SMS_NO_INSTANT)
		return false;
	if (value->kind == SMS_JSON_STRING && value->text.len == 0)
		return true;
	reader->event.times_given |= (uint8_t) (1 << field->slot);
	if ((value->kind != SMS_JSON_STRING && value->kind != SMS_JSON_NUMBER) ||
		!sms_read_time(scalar_text(reader, value),
					   value->kind == SMS_JSON_NUMBER, slot))
	{
		*slot = SMS_NO_INSTANT;
		if (field->slot == SMS_TIME_EVENT)
			reader->event.bad_clock = field->path;
		return unreadable(reader, field,
						  "expected a time with its offset, or seconds or milliseconds since 1970");
	}
	return true;
}

/* True for 0, 1, true and false, as JSON or as text in any case. */
static bool
read_boolean(SmsText text, int32_t *result)
{
	bool		is_true = text.len == 4 && (text.ptr[0] | 0x20) == 't' &&
		(text.ptr[1] | 0x20) == 'r' && (text.ptr[2] | 0x20) == 'u' &&
		(text.ptr[3] | 0x20) == 'e';
	bool		is_false = text.len == 5 && (text.ptr[0] | 0x20) == 'f' &&
		(text.ptr[1] | 0x20) == 'a' && (text.ptr[2] | 0x20) == 'l' &&
		(text.ptr[3] | 0x20) == 's' && (text.ptr[4] | 0x20) == 'e';

	*result = is_true || sms_text_is(text, "1");
	return is_true || is_false || sms_text_is(text, "0") ||
		sms_text_is(text, "1");
}

static bool
assign_number(SmsReader *reader, const SmsField *field, const SmsJsonValue *value)
{
	int32_t    *slot = &reader->event.number[field->slot];
	SmsText		text;
	int64_t		number;

	if (*slot != SMS_NO_NUMBER)
		return false;
	if (value->kind == SMS_JSON_STRING && value->text.len == 0)
		return true;
	text = scalar_text(reader, value);
	if (field->conversion == SMS_AS_BOOLEAN)
	{
		if (value->kind == SMS_JSON_OBJECT || value->kind == SMS_JSON_ARRAY ||
			!read_boolean(text, slot))
		{
			*slot = SMS_NO_NUMBER;
			return unreadable(reader, field, "expected true or false");
		}
		return true;
	}
	if ((value->kind != SMS_JSON_STRING && value->kind != SMS_JSON_NUMBER) ||
		!sms_read_integer(text, &number) ||
		number <= INT32_MIN || number > INT32_MAX)
		return unreadable(reader, field, "expected an integer");
	*slot = (int32_t) number;
	return true;
}

/*
 * Puts the value into its slot.  False if it cannot be read, which is noted,
 * or if the slot has another value already: the first spelling of a member
 * that is not null counts, and the caller keeps what differs from it.
 */
bool
sms_assign(SmsReader *reader, const SmsField *field, const SmsJsonValue *value)
{
	if (value->kind == SMS_JSON_NULL)
		return true;
	switch (field->conversion)
	{
		case SMS_AS_NOTHING:
			return true;
		case SMS_AS_TIME:
			return assign_time(reader, field, value);
		case SMS_AS_INTEGER:
		case SMS_AS_BOOLEAN:
			return assign_number(reader, field, value);
		default:
			return assign_text(reader, field, value);
	}
}
