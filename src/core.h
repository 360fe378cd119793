/*-------------------------------------------------------------------------
 *
 * core.h
 *	  What the cores share.  A core is plain C: it includes no server header,
 *	  raises nothing and allocates only through the region it is handed, so
 *	  that it can be fuzzed and run under sanitizers by itself.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_CORE_H
#define SMS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A piece of text: not terminated, not owned.  ptr is NULL for "no value",
 * which differs from the empty text.
 */
typedef struct SmsText
{
	const char *ptr;
	size_t		len;
} SmsText;

static inline SmsText
sms_literal(const char *literal)
{
	SmsText		text;

	text.ptr = literal;
	text.len = strlen(literal);
	return text;
}

/* "No value" is the same as nothing, itself included. */
static inline bool
sms_text_same(SmsText a, SmsText b)
{
	return a.ptr != NULL && b.ptr != NULL && a.len == b.len &&
		memcmp(a.ptr, b.ptr, a.len) == 0;
}

static inline bool
sms_text_is(SmsText text, const char *literal)
{
	return sms_text_same(text, sms_literal(literal));
}

/*
 * Memory for one piece of work; nothing is freed singly.  In the server,
 * alloc is palloc in the caller's context; in a harness it is malloc on a
 * list.  alloc never returns NULL (it raises or exits).
 */
typedef struct SmsRegion
{
	void	   *(*alloc) (void *owner, size_t size);
	void	   *owner;
} SmsRegion;

static inline void *
sms_region_alloc(SmsRegion *region, size_t size)
{
	return region->alloc(region->owner, size);
}

/* Instants are microseconds since 2000-01-01 00:00 UTC, as in the server. */
typedef int64_t SmsInstant;

#define SMS_NO_INSTANT INT64_MIN
#define SMS_SECOND INT64_C(1000000)
#define SMS_DAY (INT64_C(86400) * SMS_SECOND)
/* 2000-01-01 in seconds of the Unix epoch */
#define SMS_EPOCH_OFFSET INT64_C(946684800)

#endif							/* SMS_CORE_H */
