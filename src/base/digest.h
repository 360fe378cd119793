/*-------------------------------------------------------------------------
 *
 * digest.h
 *	  A 128-bit digest of a sequence of fields: BLAKE2b-128 (RFC 7693), not
 *	  keyed, over an encoding in which no two sequences look alike.
 *
 * Digests are stored as keys, so neither the function nor the encoding may
 * ever change.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_DIGEST_H
#define SMS_DIGEST_H

#include "core.h"

#define SMS_DIGEST_SIZE 16
#define SMS_DIGEST_BLOCK 128

typedef struct SmsDigest
{
	uint64_t	state[8];
	uint64_t	total;			/* bytes compressed so far */
	size_t		used;			/* bytes waiting in buffer */
	uint8_t		buffer[4 * SMS_DIGEST_BLOCK];
} SmsDigest;

extern void sms_digest_init(SmsDigest *digest);
extern void sms_digest_copy(SmsDigest *digest, const SmsDigest *other);
extern void sms_digest_bytes(SmsDigest *digest, const void *data, size_t len);
extern void sms_digest_text(SmsDigest *digest, SmsText text);
extern void sms_digest_number(SmsDigest *digest, int64_t number);
extern void sms_digest_final(SmsDigest *digest, uint8_t out[SMS_DIGEST_SIZE]);
extern void sms_digest_final_pair(SmsDigest *a, uint8_t out_a[SMS_DIGEST_SIZE],
								  SmsDigest *b, uint8_t out_b[SMS_DIGEST_SIZE]);

#endif							/* SMS_DIGEST_H */
