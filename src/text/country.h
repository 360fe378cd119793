/*-------------------------------------------------------------------------
 *
 * country.h
 *	  What the leading digits of a phone number tell of its place.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_COUNTRY_H
#define SMS_COUNTRY_H

#include "core.h"

typedef struct SmsPlace
{
	SmsText		calling_code;	/* points into the number */
	const char *country;		/* ISO 3166-1 alpha-2; NULL: not one country */
	const char *zones;			/* names with a blank between; NULL: unknown */
} SmsPlace;

extern bool sms_place_of(SmsText normalized, SmsPlace *place);

#endif							/* SMS_COUNTRY_H */
