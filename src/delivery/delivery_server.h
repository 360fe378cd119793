/*-------------------------------------------------------------------------
 *
 * delivery_server.h
 *	  Delivery states as values of the server; after postgres.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_DELIVERY_SERVER_H
#define SMS_DELIVERY_SERVER_H

#include "fmgr.h"

#include "delivery/delivery.h"

/* The body of a state, in memory of the current context if it was toasted. */
static inline SmsDeliveryView
sms_delivery_datum_view(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	SmsDeliveryView view;

	view.body = (const uint8_t *) VARDATA_ANY(value);
	view.len = VARSIZE_ANY_EXHDR(value);
	return view;
}

#define PG_GETARG_SMS_DELIVERY(n) \
	sms_delivery_datum_view(PG_GETARG_DATUM(n))

/* delivery_funcs.c */
extern const char *sms_outcome_of_class(SmsClass cls);

/* delivery_type.c */
pg_noreturn extern void sms_delivery_damaged(SmsDeliveryView state);

#endif							/* SMS_DELIVERY_SERVER_H */
