/*-------------------------------------------------------------------------
 *
 * delivery_type.c
 *	  Type delivery_state: input, output, comparison, hash.
 *
 * Equal states have equal bytes, so comparison and hash look at bytes only.
 * The order means nothing beyond being one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"

#include "delivery/delivery_server.h"

PG_FUNCTION_INFO_V1(sms_delivery_state_in);
PG_FUNCTION_INFO_V1(sms_delivery_state_out);
PG_FUNCTION_INFO_V1(sms_delivery_state_recv);
PG_FUNCTION_INFO_V1(sms_delivery_state_send);
PG_FUNCTION_INFO_V1(sms_delivery_state_lt);
PG_FUNCTION_INFO_V1(sms_delivery_state_le);
PG_FUNCTION_INFO_V1(sms_delivery_state_eq);
PG_FUNCTION_INFO_V1(sms_delivery_state_ne);
PG_FUNCTION_INFO_V1(sms_delivery_state_ge);
PG_FUNCTION_INFO_V1(sms_delivery_state_gt);
PG_FUNCTION_INFO_V1(sms_delivery_state_cmp);
PG_FUNCTION_INFO_V1(sms_delivery_state_hash);
PG_FUNCTION_INFO_V1(sms_delivery_state_hash_extended);

/* Raises the error for a stored state that cannot be read. */
void
sms_delivery_damaged(SmsDeliveryView state)
{
	if (state.len > 0 && state.body[0] != SMS_DELIVERY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("delivery state has unknown storage version %d",
						state.body[0])));
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("delivery state is damaged")));
}

static void *
region_palloc(void *owner, size_t size)
{
	return MemoryContextAlloc((MemoryContext) owner, size);
}

Datum
sms_delivery_state_in(PG_FUNCTION_ARGS)
{
	SmsRegion	region = {region_palloc, CurrentMemoryContext};
	SmsDeliveryError error;
	SmsDelivery *state;
	SmsText		text;

	text.ptr = PG_GETARG_CSTRING(0);
	text.len = strlen(text.ptr);
	state = sms_delivery_parse(text, &region, &error);
	if (state == NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "delivery_state"),
				 errdetail("Expected %s at character %zu.",
						   error.wanted, error.position + 1)));
	PG_RETURN_POINTER(state);
}

Datum
sms_delivery_state_out(PG_FUNCTION_ARGS)
{
	SmsRegion	region = {region_palloc, CurrentMemoryContext};
	SmsDeliveryView state = PG_GETARG_SMS_DELIVERY(0);
	char	   *text = sms_delivery_print(state, &region);

	if (text == NULL)
		sms_delivery_damaged(state);
	PG_RETURN_CSTRING(text);
}

Datum
sms_delivery_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	SmsDeliveryView view;
	SmsDelivery *state;
	size_t		size;

	view.len = message->len - message->cursor;
	view.body = (const uint8_t *) pq_getmsgbytes(message, (int) view.len);
	if (view.len > 0 && view.body[0] != SMS_DELIVERY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported delivery state version number %d",
						view.body[0])));
	if (!sms_delivery_check(view))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type %s",
						"delivery_state")));
	size = offsetof(SmsDelivery, body) + view.len;
	state = palloc(size);
	SET_VARSIZE(state, size);
	memcpy(state->body, view.body, view.len);
	PG_RETURN_POINTER(state);
}

/* The stored bytes are the wire format, version byte first. */
Datum
sms_delivery_state_send(PG_FUNCTION_ARGS)
{
	SmsDeliveryView state = PG_GETARG_SMS_DELIVERY(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, (const char *) state.body, (int) state.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static int
compare_args(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	Size		la = VARSIZE_ANY_EXHDR(a);
	Size		lb = VARSIZE_ANY_EXHDR(b);
	int			c = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(la, lb));

	if (c == 0)
		c = la < lb ? -1 : la > lb;
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return c;
}

Datum
sms_delivery_state_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

Datum
sms_delivery_state_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

Datum
sms_delivery_state_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) == 0);
}

Datum
sms_delivery_state_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) != 0);
}

Datum
sms_delivery_state_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

Datum
sms_delivery_state_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

Datum
sms_delivery_state_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

Datum
sms_delivery_state_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(value),
								VARSIZE_ANY_EXHDR(value));

	PG_FREE_IF_COPY(value, 0);
	return hash;
}

Datum
sms_delivery_state_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(value),
										 VARSIZE_ANY_EXHDR(value),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(value, 0);
	return hash;
}
