/*-------------------------------------------------------------------------
 *
 * digest.c
 *	  BLAKE2b with a 16-byte result, after RFC 7693.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/digest.h"

static const uint64_t iv[8] = {
	UINT64_C(0x6A09E667F3BCC908), UINT64_C(0xBB67AE8584CAA73B),
	UINT64_C(0x3C6EF372FE94F82B), UINT64_C(0xA54FF53A5F1D36F1),
	UINT64_C(0x510E527FADE682D1), UINT64_C(0x9B05688C2B3E6C1F),
	UINT64_C(0x1F83D9ABFB41BD6B), UINT64_C(0x5BE0CD19137E2179)
};

static inline uint64_t
rotate_right(uint64_t x, int n)
{
	return x >> n | x << (64 - n);
}

/* Words are little-endian, whatever the machine. */
static inline uint64_t
load_word(const uint8_t *p)
{
	return (uint64_t) p[0] | (uint64_t) p[1] << 8 |
		(uint64_t) p[2] << 16 | (uint64_t) p[3] << 24 |
		(uint64_t) p[4] << 32 | (uint64_t) p[5] << 40 |
		(uint64_t) p[6] << 48 | (uint64_t) p[7] << 56;
}

#define MIX(a, b, c, d, x, y) \
	do { \
		v[a] += v[b] + (x); \
		v[d] = rotate_right(v[d] ^ v[a], 32); \
		v[c] += v[d]; \
		v[b] = rotate_right(v[b] ^ v[c], 24); \
		v[a] += v[b] + (y); \
		v[d] = rotate_right(v[d] ^ v[a], 16); \
		v[c] += v[d]; \
		v[b] = rotate_right(v[b] ^ v[c], 63); \
	} while (0)

/* The message words in the order of one round: sigma of the RFC. */
#define ROUND(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15) \
	do { \
		MIX(0, 4, 8, 12, m[i0], m[i1]); \
		MIX(1, 5, 9, 13, m[i2], m[i3]); \
		MIX(2, 6, 10, 14, m[i4], m[i5]); \
		MIX(3, 7, 11, 15, m[i6], m[i7]); \
		MIX(0, 5, 10, 15, m[i8], m[i9]); \
		MIX(1, 6, 11, 12, m[i10], m[i11]); \
		MIX(2, 7, 8, 13, m[i12], m[i13]); \
		MIX(3, 4, 9, 14, m[i14], m[i15]); \
	} while (0)

static void
compress(SmsDigest *digest, bool last)
{
	uint64_t	v[16];
	uint64_t	m[16];
	int			i;

	for (i = 0; i < 8; i++)
	{
		v[i] = digest->state[i];
		v[i + 8] = iv[i];
	}
	v[12] ^= digest->total;
	if (last)
		v[14] = ~v[14];
	for (i = 0; i < 16; i++)
		m[i] = load_word(digest->block + 8 * i);
	ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
	ROUND(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4);
	ROUND(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8);
	ROUND(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13);
	ROUND(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9);
	ROUND(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11);
	ROUND(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10);
	ROUND(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5);
	ROUND(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0);
	ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
	for (i = 0; i < 8; i++)
		digest->state[i] ^= v[i] ^ v[i + 8];
}

void
sms_digest_init(SmsDigest *digest)
{
	memcpy(digest->state, iv, sizeof(iv));
	/* parameter block: digest length 16, no key, fanout 1, depth 1 */
	digest->state[0] ^= UINT64_C(0x01010000) ^ SMS_DIGEST_SIZE;
	digest->total = 0;
	digest->used = 0;
}

void
sms_digest_bytes(SmsDigest *digest, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len > 0)
	{
		size_t		n = sizeof(digest->block) - digest->used;

		/* a full block waits until it is known not to be the last one */
		if (n == 0)
		{
			digest->total += sizeof(digest->block);
			compress(digest, false);
			digest->used = 0;
			continue;
		}
		if (n > len)
			n = len;
		memcpy(digest->block + digest->used, p, n);
		digest->used += n;
		p += n;
		len -= n;
	}
}

/* One field: its length plus one (0 for "no value"), then its bytes. */
void
sms_digest_text(SmsDigest *digest, SmsText text)
{
	uint64_t	mark = text.ptr == NULL ? 0 : (uint64_t) text.len + 1;
	uint8_t		bytes[4] = {(uint8_t) mark, (uint8_t) (mark >> 8),
		(uint8_t) (mark >> 16), (uint8_t) (mark >> 24)};

	sms_digest_bytes(digest, bytes, sizeof(bytes));
	if (text.ptr != NULL)
		sms_digest_bytes(digest, text.ptr, text.len);
}

/* One field that is a number, little-endian. */
void
sms_digest_number(SmsDigest *digest, int64_t number)
{
	uint8_t		bytes[8];
	int			i;

	for (i = 0; i < 8; i++)
		bytes[i] = (uint8_t) ((uint64_t) number >> 8 * i);
	sms_digest_bytes(digest, bytes, sizeof(bytes));
}

void
sms_digest_final(SmsDigest *digest, uint8_t out[SMS_DIGEST_SIZE])
{
	int			i;

	digest->total += digest->used;
	memset(digest->block + digest->used, 0,
		   sizeof(digest->block) - digest->used);
	compress(digest, true);
	for (i = 0; i < SMS_DIGEST_SIZE; i++)
		out[i] = (uint8_t) (digest->state[i / 8] >> 8 * (i % 8));
}
