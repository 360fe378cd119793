/*-------------------------------------------------------------------------
 *
 * mask.h
 *	  Texts without what tells a person: phone numbers however they are
 *	  spelt, e-mail addresses, digests.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_MASK_H
#define SMS_MASK_H

#include "core.h"

/* Shortest run of hexadecimal digits that may be a digest */
#define SMS_MASK_HEX_DIGITS 16

/* Letters of a tag, and of the longest one */
#define SMS_TAG_LETTERS 16
#define SMS_TAG_MAX_LETTERS 32

/* What sms_mask_number() writes for something that is no number */
#define SMS_MASK_STARS 7

extern bool sms_mask_text(SmsText in, SmsText own, char *out);
extern size_t sms_mask_number(SmsText in, char *out);
extern size_t sms_strip_url(SmsText in, char *out);
extern void sms_tag_letters(const uint8_t *digest, char *out, size_t n);

#endif							/* SMS_MASK_H */
