/*-------------------------------------------------------------------------
 *
 * signature.c
 *	  Texts that providers sign, and the comparison of signatures.
 *
 * EngageLab: X-CALLBACK-ID: timestamp=..;nonce=..;username=..;signature=hex,
 * over timestamp, nonce and username; the body is not covered.
 * Twilio: the URL, then name and value of each form field in order of the
 * names.  The fields come as Twilio posts them (form encoding) or as one flat
 * JSON object.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "ascii.h"
#include "base/json.h"
#include "webhook/signature.h"

typedef struct Field
{
	SmsText		name;
	SmsText		value;
} Field;

/* What is left to read, and where decoded bytes go. */
typedef struct Reader
{
	const char *p;
	const char *end;
	char	   *out;
} Reader;

/* Reads exactly len bytes in hexadecimal, of either case. */
bool
sms_decode_hex(SmsText hex, uint8_t *out, size_t len)
{
	if (hex.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++)
	{
		int			high = sms_hex_digit(hex.ptr[2 * i]);
		int			low = sms_hex_digit(hex.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t) (high << 4 | low);
	}
	return true;
}

/* Compares in a time that does not tell how far the two agree. */
bool
sms_same_bytes(const uint8_t *a, const uint8_t *b, size_t len)
{
	volatile uint8_t differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= a[i] ^ b[i];
	return differ == 0;
}

/* Reads EngageLab's header; false unless each member is there once. */
bool
sms_read_callback_id(SmsText header, SmsCallbackId *id)
{
	const char *const names[] = {"timestamp", "nonce", "username", "signature"};
	SmsText    *members[4];
	size_t		pos = 0;

	memset(id, 0, sizeof(*id));
	members[0] = &id->timestamp;
	members[1] = &id->nonce;
	members[2] = &id->username;
	members[3] = &id->signature;

	while (pos < header.len)
	{
		const char *start = header.ptr + pos;
		const char *end = memchr(start, ';', header.len - pos);
		const char *equal;

		if (end == NULL)
			end = header.ptr + header.len;
		pos = end - header.ptr + 1;
		while (start < end && *start == ' ')
			start++;
		equal = memchr(start, '=', end - start);
		if (equal == NULL)
			continue;
		for (int i = 0; i < 4; i++)
		{
			if ((size_t) (equal - start) != strlen(names[i]) ||
				memcmp(start, names[i], equal - start) != 0)
				continue;
			if (members[i]->ptr != NULL)
				return false;
			members[i]->ptr = equal + 1;
			members[i]->len = end - equal - 1;
		}
	}
	return id->timestamp.ptr && id->nonce.ptr && id->username.ptr &&
		id->signature.ptr;
}

/* Decodes form encoding up to one of two ends; false at a bad escape. */
static bool
read_form_text(Reader *r, char end1, char end2, SmsText *text)
{
	text->ptr = r->out;
	while (r->p < r->end && *r->p != end1 && *r->p != end2)
	{
		char		c = *r->p++;

		if (c == '+')
			c = ' ';
		else if (c == '%')
		{
			SmsText		hex = {r->p, 2};
			uint8_t		byte;

			if (r->end - r->p < 2 || !sms_decode_hex(hex, &byte, 1))
				return false;
			r->p += 2;
			c = (char) byte;
		}
		*r->out++ = c;
	}
	text->len = r->out - text->ptr;
	return true;
}

static bool
read_form(Reader *r, Field *fields, size_t *n)
{
	while (r->p < r->end)
	{
		Field	   *field = &fields[*n];

		if (!read_form_text(r, '=', '&', &field->name))
			return false;
		field->value.ptr = r->out;
		field->value.len = 0;
		if (r->p < r->end && *r->p == '=')
		{
			r->p++;
			if (!read_form_text(r, '&', '&', &field->value))
				return false;
		}
		r->p++;
		if (field->name.len > 0 || field->value.len > 0)
			(*n)++;
	}
	return true;
}

static void
skip_blanks(Reader *r)
{
	while (r->p < r->end && sms_is_blank(*r->p))
		r->p++;
}

/* Takes one character if it is next, after blanks. */
static bool
take(Reader *r, char c)
{
	skip_blanks(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

/*
 * A string that is there stands for its characters: also for those that a text
 * of the database cannot hold, which may be signed all the same.
 */
static bool
read_json_string(Reader *r, SmsText *text)
{
	SmsJson		json;
	SmsJsonValue value;

	skip_blanks(r);
	if (r->p == r->end || *r->p != '"')
		return false;
	sms_json_init(&json, r->p, r->end - r->p, false);
	if (!sms_json_string(&json, &value))
		return false;
	text->ptr = r->out;
	if (!sms_json_decode(value.text, r->out, &text->len))
		return false;
	r->out += text->len;
	r->p = json.pos;
	return true;
}

/* A number or a word is signed as it stands; nested values are no fields. */
static bool
read_json_value(Reader *r, SmsText *text)
{
	skip_blanks(r);
	if (r->p < r->end && *r->p == '"')
		return read_json_string(r, text);
	text->ptr = r->out;
	while (r->p < r->end &&
		   (sms_is_digit(*r->p) || *r->p == '-' || *r->p == '+' ||
			*r->p == '.' || (*r->p >= 'a' && *r->p <= 'z') || *r->p == 'E'))
		*r->out++ = *r->p++;
	text->len = r->out - text->ptr;
	return text->len > 0;
}

static bool
read_json(Reader *r, Field *fields, size_t *n)
{
	if (!take(r, '{'))
		return false;
	if (take(r, '}'))
		return true;
	do
	{
		if (!read_json_string(r, &fields[*n].name) || !take(r, ':') ||
			!read_json_value(r, &fields[*n].value))
			return false;
		(*n)++;
	} while (take(r, ','));
	return take(r, '}');
}

static int
compare_fields(const void *a, const void *b)
{
	const Field *x = a;
	const Field *y = b;
	int			cmp = sms_text_compare(x->name, y->name);

	return cmp ? cmp : sms_text_compare(x->value, y->value);
}

/*
 * Builds what Twilio signs.  A field that comes twice with the same value
 * counts once, as in the vendor's own libraries.  False if the body is in
 * neither form.
 */
bool
sms_twilio_signed_text(SmsText url, SmsText body, SmsRegion *region,
					   SmsText *signed_text)
{
	Reader		r = {body.ptr, body.ptr + body.len, NULL};
	size_t		room = 1;
	size_t		n = 0;
	Field	   *fields;
	char	   *text;
	size_t		len = url.len;
	bool		json;

	for (size_t i = 0; i < body.len; i++)
		room += body.ptr[i] == '&' || body.ptr[i] == ',';
	fields = sms_region_alloc(region, room * sizeof(Field));
	r.out = sms_region_alloc(region, body.len + 1);

	skip_blanks(&r);
	json = r.p < r.end && *r.p == '{';
	if (json)
	{
		if (!read_json(&r, fields, &n))
			return false;
		skip_blanks(&r);
		if (r.p != r.end)
			return false;
	}
	else if (!read_form(&r, fields, &n))
		return false;
	if (n > 1)
		qsort(fields, n, sizeof(Field), compare_fields);

	text = sms_region_alloc(region, url.len + body.len + 1);
	memcpy(text, url.ptr, url.len);
	for (size_t i = 0; i < n; i++)
	{
		if (i > 0 && compare_fields(&fields[i - 1], &fields[i]) == 0)
			continue;
		memcpy(text + len, fields[i].name.ptr, fields[i].name.len);
		len += fields[i].name.len;
		memcpy(text + len, fields[i].value.ptr, fields[i].value.len);
		len += fields[i].value.len;
	}
	signed_text->ptr = text;
	signed_text->len = len;
	return true;
}
