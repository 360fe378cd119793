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

/* One that is known when compiled, as an initializer */
#define SMS_TEXT(literal) {(literal), sizeof(literal) - 1}

static inline SmsText
sms_literal(const char *literal)
{
	SmsText		text;

	text.ptr = literal;
	text.len = strlen(literal);
	return text;
}

/*
 * memcpy and memcmp for texts, most of which are shorter than a call takes.
 * Where pieces of fixed size do not fit, the last one overlaps.  Not for
 * signatures: how long the comparison takes tells how far the two agree.
 */
static inline void
sms_copy(void *to, const void *from, size_t len)
{
	char	   *t = to;
	const char *f = from;
	size_t		i;

	if (len > 256)
		memcpy(t, f, len);
	else if (len >= 16)
	{
		for (i = 0; i + 16 < len; i += 16)
			memcpy(t + i, f + i, 16);
		memcpy(t + len - 16, f + len - 16, 16);
	}
	else if (len >= 8)
	{
		memcpy(t, f, 8);
		memcpy(t + len - 8, f + len - 8, 8);
	}
	else if (len >= 4)
	{
		memcpy(t, f, 4);
		memcpy(t + len - 4, f + len - 4, 4);
	}
	else
		for (i = 0; i < len; i++)
			t[i] = f[i];
}

static inline bool
sms_equal_bytes(const void *a, const void *b, size_t len)
{
	const char *p = a;
	const char *q = b;
	uint64_t	x;
	uint64_t	y;
	size_t		i;

	if (len > 256)
		return memcmp(p, q, len) == 0;
	if (len < 8)
	{
		for (i = 0; i < len; i++)
			if (p[i] != q[i])
				return false;
		return true;
	}
	for (i = 0; i + 8 < len; i += 8)
	{
		memcpy(&x, p + i, 8);
		memcpy(&y, q + i, 8);
		if (x != y)
			return false;
	}
	memcpy(&x, p + len - 8, 8);
	memcpy(&y, q + len - 8, 8);
	return x == y;
}

/* "No value" is the same as nothing, itself included. */
static inline bool
sms_text_same(SmsText a, SmsText b)
{
	return a.ptr != NULL && b.ptr != NULL && a.len == b.len &&
		sms_equal_bytes(a.ptr, b.ptr, a.len);
}

static inline bool
sms_text_is(SmsText text, const char *literal)
{
	return sms_text_same(text, sms_literal(literal));
}

/* The order of the bytes; a text comes behind its own beginning. */
static inline int
sms_text_compare(SmsText a, SmsText b)
{
	size_t		len = a.len < b.len ? a.len : b.len;
	int			order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
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
