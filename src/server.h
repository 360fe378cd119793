/*-------------------------------------------------------------------------
 *
 * server.h
 *	  Small bridges between the cores and the server; for glue files only,
 *	  after postgres.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SERVER_H
#define SMS_SERVER_H

#include "core.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/* A region that is a memory context; freed with it. */
static inline void *
sms_palloc(void *owner, size_t size)
{
	return MemoryContextAlloc((MemoryContext) owner, size);
}

static inline SmsRegion
sms_region_in(MemoryContext context)
{
	SmsRegion	region;

	region.alloc = sms_palloc;
	region.owner = context;
	return region;
}

/* The bytes of a text or bytea that is not compressed. */
static inline SmsText
sms_text_of(const void *value)
{
	SmsText		text;

	text.ptr = VARDATA_ANY(value);
	text.len = VARSIZE_ANY_EXHDR(value);
	return text;
}

/* An argument that is a text; NULL is no value. */
static inline SmsText
sms_text_argument(FunctionCallInfo fcinfo, int n)
{
	SmsText		no_value = {NULL, 0};

	return PG_ARGISNULL(n) ? no_value : sms_text_of(PG_GETARG_TEXT_PP(n));
}

static inline Datum
sms_text_datum(SmsText text)
{
	return PointerGetDatum(cstring_to_text_with_len(text.ptr, text.len));
}

/* One column of a row: NULL for no text. */
static inline void
sms_set_text(Datum *value, bool *isnull, const char *text)
{
	*isnull = text == NULL;
	*value = text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/* One row more of a function that returns a set. */
static inline void
sms_put_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* smsengage.c */
extern bool sms_stores_directly;	/* the setting smsengage.direct */
extern bool sms_store_is_distributed(void);

#endif							/* SMS_SERVER_H */
