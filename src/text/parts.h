/*-------------------------------------------------------------------------
 *
 * parts.h
 *	  How many parts a message text makes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_PARTS_H
#define SMS_PARTS_H

#include "core.h"

/*
 * What the header that joins parts calls them by.  With 16 bits it is an
 * octet longer, which takes a unit from each part.
 */
typedef enum SmsReference
{
	SMS_REFERENCE_8_BITS,		/* the usual */
	SMS_REFERENCE_16_BITS
} SmsReference;

typedef struct SmsParts
{
	bool		ucs2;			/* else GSM 7-bit */
	int64_t		units;			/* septets, or UTF-16 code units */
	int64_t		parts;			/* 0 for an empty text: nothing to send */
} SmsParts;

extern SmsParts sms_count_parts(SmsText text, SmsReference reference);
extern int	sms_gsm_units(uint32_t character);
extern const char *sms_gsm_replacement(uint32_t character);

#endif							/* SMS_PARTS_H */
