/*-------------------------------------------------------------------------
 *
 * json.h
 *	  A scanner for JSON text that keeps going where a parser would give up.
 *
 * It hands out values as spans of the input and builds nothing.  Faults come
 * in two kinds.  A fault of content (a bad escape, \u0000, half a surrogate
 * pair, a control character, bytes that are not UTF-8) is noted on the value
 * and scanning goes on behind it, so that one bad event costs one event.  A
 * fault of structure stops the scan of the value; the caller may look for the
 * end of the broken element with sms_json_resync().
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_JSON_H
#define SMS_JSON_H

#include "core.h"

/* Objects and arrays in one event may be nested this deep. */
#define SMS_JSON_MAX_DEPTH 64

typedef enum SmsJsonKind
{
	SMS_JSON_NONE = 0,
	SMS_JSON_NULL,
	SMS_JSON_FALSE,
	SMS_JSON_TRUE,
	SMS_JSON_NUMBER,
	SMS_JSON_STRING,
	SMS_JSON_OBJECT,
	SMS_JSON_ARRAY
} SmsJsonKind;

typedef struct SmsJsonValue
{
	SmsJsonKind kind;
	bool		escaped;		/* a string with backslashes in it */
	SmsText		text;			/* of a string: between the quotes, as written;
								 * of any other value: the whole of it */
} SmsJsonValue;

typedef struct SmsJson
{
	const char *start;
	const char *end;
	const char *pos;
	bool		check_utf8;		/* input was not validated by the caller */
	/* the first fault of content since it was last cleared, or NULL */
	const char *content_fault;
	const char *content_fault_at;
	/* the fault of structure that stopped the scan, or NULL */
	const char *fault;
	const char *fault_at;
} SmsJson;

extern void sms_json_init(SmsJson *json, const char *text, size_t len,
						  bool check_utf8);
/* Skips white space, of which there mostly is none or one blank. */
static inline void
sms_json_space(SmsJson *json)
{
	while (json->pos < json->end && (unsigned char) *json->pos <= ' ' &&
		   (*json->pos == ' ' || *json->pos == '\n' ||
			*json->pos == '\r' || *json->pos == '\t'))
		json->pos++;
}

extern bool sms_json_fail(SmsJson *json, const char *at, const char *fault);
extern bool sms_json_string(SmsJson *json, SmsJsonValue *value);
extern bool sms_json_scalar(SmsJson *json, SmsJsonValue *value);
extern bool sms_json_skip(SmsJson *json, int depth, SmsJsonValue *value);
extern bool sms_json_key(SmsJson *json, bool first, SmsJsonValue *key);
extern bool sms_json_this_key(SmsJson *json, bool first, SmsText name, SmsJsonValue *key);
extern bool sms_json_element(SmsJson *json, bool first);
extern bool sms_json_resync(SmsJson *json, const char *from, bool in_array);

extern bool sms_json_decode(SmsText text, char *out, size_t *len);
extern size_t sms_json_unescape(SmsText text, char *out);
/* The same for a string with faults of content; out has room for SMS_REPAIR_ROOM(len). */
#define SMS_REPAIR_ROOM(len) (3 * (len))
extern size_t sms_json_repair(SmsText text, char *out);
extern size_t sms_json_quote(SmsText text, char *out);
extern size_t sms_utf8_sequence(const unsigned char *s, const unsigned char *end);
extern size_t sms_utf8_valid_prefix(const char *text, size_t len);

#endif							/* SMS_JSON_H */
