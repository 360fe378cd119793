/*-------------------------------------------------------------------------
 *
 * callback_funcs.c
 *	  callback_field(): one field of what a sender attached to a message.
 *
 * Callback data is any text; often, but not always, a JSON object.  What is
 * none, or only half of one, has no fields and raises nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"

#include "ingest/event_row.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_callback_field);

/* The text of a string without its escapes. */
static SmsText
plain_text(const SmsJsonValue *value)
{
	SmsText		text = value->text;
	char	   *copy;

	if (value->kind == SMS_JSON_STRING && value->escaped)
	{
		copy = palloc(text.len + 1);
		text.len = sms_json_unescape(text, copy);
		text.ptr = copy;
	}
	return text;
}

/* A field of callback data; no value if there is none of this name. */
SmsText
sms_callback_value(SmsText data, SmsText name)
{
	SmsText		none = {NULL, 0};
	SmsText		found = none;
	SmsJson		json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;

	sms_json_init(&json, data.ptr, data.len, false);
	sms_json_space(&json);
	if (json.pos >= json.end || *json.pos != '{')
		return none;
	json.pos++;
	while (sms_json_key(&json, first, &key) && sms_json_skip(&json, 1, &value))
	{
		first = false;
		if (found.ptr == NULL && value.kind != SMS_JSON_NULL &&
			json.content_fault == NULL && sms_text_same(plain_text(&key), name))
			found = plain_text(&value);
	}
	sms_json_space(&json);
	return json.fault != NULL || json.content_fault != NULL ||
		json.pos < json.end ? none : found;
}

Datum
sms_callback_field(PG_FUNCTION_ARGS)
{
	SmsText		found = sms_callback_value(sms_text_of(PG_GETARG_TEXT_PP(0)),
										   sms_text_of(PG_GETARG_TEXT_PP(1)));

	if (found.ptr == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(sms_text_datum(found));
}
