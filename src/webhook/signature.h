/*-------------------------------------------------------------------------
 *
 * signature.h
 *	  The texts that providers sign, where they are not the body itself.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SIGNATURE_H
#define SMS_SIGNATURE_H

#include "core.h"

/* EngageLab's header, in its members */
typedef struct SmsCallbackId
{
	SmsText		timestamp;
	SmsText		nonce;
	SmsText		username;
	SmsText		signature;
} SmsCallbackId;

extern bool sms_read_callback_id(SmsText header, SmsCallbackId *id);
extern bool sms_twilio_signed_text(SmsText url, SmsText body,
								   SmsRegion *region, SmsText *signed_text);
extern bool sms_decode_hex(SmsText hex, uint8_t *out, size_t len);
extern bool sms_same_bytes(const uint8_t *a, const uint8_t *b, size_t len);

#endif							/* SMS_SIGNATURE_H */
