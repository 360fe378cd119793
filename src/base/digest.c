/*-------------------------------------------------------------------------
 *
 * digest.c
 *	  BLAKE2b with a 16-byte result, after RFC 7693.
 *
 * An event has two digests, of two blocks each with most providers.  Where
 * the processor has AVX2, a block of one and a block of the other are
 * compressed side by side, in three quarters of the time of both.
 *
 *-------------------------------------------------------------------------
 */
#include "base/digest.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_LANES
#include <immintrin.h>
#endif

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

#define TWELVE_ROUNDS \
	do { \
		ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); \
		ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3); \
		ROUND(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4); \
		ROUND(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8); \
		ROUND(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13); \
		ROUND(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9); \
		ROUND(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11); \
		ROUND(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10); \
		ROUND(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5); \
		ROUND(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0); \
		ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); \
		ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3); \
	} while (0)

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

/* A block of a digest, of which total bytes have been seen with it. */
static void
compress(SmsDigest *digest, const uint8_t *block, bool last)
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
		m[i] = load_word(block + 8 * i);
	TWELVE_ROUNDS;
	for (i = 0; i < 8; i++)
		digest->state[i] ^= v[i] ^ v[i + 8];
}

#ifdef HAVE_LANES
#undef MIX
typedef uint64_t Lanes __attribute__((vector_size(16)));

#define ROTATE_RIGHT(x, n) \
	((__m128i) ((Lanes) (x) >> (n) | (Lanes) (x) << (64 - (n))))
/* by whole bytes: a shuffle, where a rotation would be three instructions */
#define ROTATE_BYTES(x, n, order) \
	(can_rotate ? ROTATE_RIGHT(x, n) : _mm_shuffle_epi8(x, order))
#define ADD(x, y) _mm_add_epi64(x, y)
#define XOR(x, y) _mm_xor_si128(x, y)
#define MIX(a, b, c, d, x, y) \
	do { \
		v[a] = ADD(v[a], ADD(v[b], x)); \
		v[d] = XOR(v[d], v[a]); \
		v[d] = ROTATE_BYTES(v[d], 32, by_32); \
		v[c] = ADD(v[c], v[d]); \
		v[b] = XOR(v[b], v[c]); \
		v[b] = ROTATE_BYTES(v[b], 24, by_24); \
		v[a] = ADD(v[a], ADD(v[b], y)); \
		v[d] = XOR(v[d], v[a]); \
		v[d] = ROTATE_BYTES(v[d], 16, by_16); \
		v[c] = ADD(v[c], v[d]); \
		v[b] = XOR(v[b], v[c]); \
		v[b] = ROTATE_RIGHT(v[b], 63); \
	} while (0)

/* A digest and the block that comes next. */
typedef struct Lane
{
	SmsDigest  *digest;
	const uint8_t *block;
	bool		last;
} Lane;

/* compress() of two digests: the low lanes are those of a, the high ones of b. */
__attribute__((always_inline, target("avx2")))
static inline void
compress_both(Lane a, Lane b, const bool can_rotate)
{
	const __m128i by_32 = _mm_setr_epi8(4, 5, 6, 7, 0, 1, 2, 3,
										12, 13, 14, 15, 8, 9, 10, 11);
	const __m128i by_24 = _mm_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2,
										11, 12, 13, 14, 15, 8, 9, 10);
	const __m128i by_16 = _mm_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1,
										10, 11, 12, 13, 14, 15, 8, 9);
	__m128i		v[16];
	__m128i		m[16];
	int			i;

	for (i = 0; i < 8; i++)
	{
		v[i] = (__m128i) (Lanes) {a.digest->state[i], b.digest->state[i]};
		v[i + 8] = (__m128i) (Lanes) {iv[i], iv[i]};
	}
	v[12] = XOR(v[12], ((__m128i) (Lanes) {a.digest->total, b.digest->total}));
	v[14] = XOR(v[14], ((__m128i) (Lanes) {a.last ? UINT64_MAX : 0, b.last ? UINT64_MAX : 0}));
	for (i = 0; i < 16; i += 2)
	{
		__m128i		of_a = _mm_loadu_si128((const __m128i *) (const void *) (a.block + 8 * i));
		__m128i		of_b = _mm_loadu_si128((const __m128i *) (const void *) (b.block + 8 * i));

		m[i] = _mm_unpacklo_epi64(of_a, of_b);
		m[i + 1] = _mm_unpackhi_epi64(of_a, of_b);
	}
	TWELVE_ROUNDS;
	for (i = 0; i < 8; i++)
	{
		Lanes		both = (Lanes) XOR(v[i], v[i + 8]);

		a.digest->state[i] ^= both[0];
		b.digest->state[i] ^= both[1];
	}
}

__attribute__((target("avx2")))
static void
compress_avx2(Lane a, Lane b)
{
	compress_both(a, b, false);
}

/* The same with instructions that rotate. */
__attribute__((target("avx2,avx512f,avx512vl")))
static void
compress_avx512(Lane a, Lane b)
{
	compress_both(a, b, true);
}
#endif

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

	while (len > sizeof(digest->buffer) - digest->used)
	{
		size_t		n = sizeof(digest->buffer) - digest->used;
		size_t		i;

		/* full blocks wait until it is known that they are not the last ones */
		memcpy(digest->buffer + digest->used, p, n);
		for (i = 0; i < sizeof(digest->buffer); i += SMS_DIGEST_BLOCK)
		{
			digest->total += SMS_DIGEST_BLOCK;
			compress(digest, digest->buffer + i, false);
		}
		digest->used = 0;
		p += n;
		len -= n;
	}
	sms_copy(digest->buffer + digest->used, p, len);
	digest->used += len;
}

/* One field: its length plus one (0 for "no value"), then its bytes. */
void
sms_digest_text(SmsDigest *digest, SmsText text)
{
	size_t		len = text.ptr == NULL ? 0 : text.len;
	uint64_t	mark = text.ptr == NULL ? 0 : (uint64_t) text.len + 1;
	uint8_t		bytes[4] = {(uint8_t) mark, (uint8_t) (mark >> 8),
		(uint8_t) (mark >> 16), (uint8_t) (mark >> 24)};

	if (sizeof(digest->buffer) - digest->used < sizeof(bytes) + len)
	{
		sms_digest_bytes(digest, bytes, sizeof(bytes));
		sms_digest_bytes(digest, text.ptr, len);
		return;
	}
	memcpy(digest->buffer + digest->used, bytes, sizeof(bytes));
	sms_copy(digest->buffer + digest->used + sizeof(bytes), text.ptr, len);
	digest->used += sizeof(bytes) + len;
}

/* Makes a digest of the fields that another one has so far. */
void
sms_digest_copy(SmsDigest *digest, const SmsDigest *other)
{
	memcpy(digest, other, offsetof(SmsDigest, buffer));
	sms_copy(digest->buffer, other->buffer, other->used);
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

/* Fills the last block up with zeros; returns how many blocks wait, at least one. */
static size_t
pad(SmsDigest *digest)
{
	size_t		n = digest->used == 0 ? 1 :
		(digest->used + SMS_DIGEST_BLOCK - 1) / SMS_DIGEST_BLOCK;

	memset(digest->buffer + digest->used, 0, n * SMS_DIGEST_BLOCK - digest->used);
	return n;
}

/* Counts the bytes of the i-th of n blocks that wait; returns whether it is the last. */
static bool
count_block(SmsDigest *digest, size_t i, size_t n)
{
	digest->total += i + 1 < n ? SMS_DIGEST_BLOCK : digest->used - i * SMS_DIGEST_BLOCK;
	return i + 1 == n;
}

/* Compresses what waits from the i-th of n blocks on. */
static void
finish(SmsDigest *digest, size_t i, size_t n, uint8_t out[SMS_DIGEST_SIZE])
{
	int			k;

	for (; i < n; i++)
	{
		bool		last = count_block(digest, i, n);

		compress(digest, digest->buffer + i * SMS_DIGEST_BLOCK, last);
	}
	for (k = 0; k < SMS_DIGEST_SIZE; k++)
		out[k] = (uint8_t) (digest->state[k / 8] >> 8 * (k % 8));
}

void
sms_digest_final(SmsDigest *digest, uint8_t out[SMS_DIGEST_SIZE])
{
	finish(digest, 0, pad(digest), out);
}

/* The same as sms_digest_final() of each. */
void
sms_digest_final_pair(SmsDigest *a, uint8_t out_a[SMS_DIGEST_SIZE],
					  SmsDigest *b, uint8_t out_b[SMS_DIGEST_SIZE])
{
	size_t		n_a = pad(a);
	size_t		n_b = pad(b);
	size_t		i = 0;

#ifdef HAVE_LANES
	void		(*compress_lanes) (Lane, Lane) =
		__builtin_cpu_supports("avx512vl") ? compress_avx512 :
		__builtin_cpu_supports("avx2") ? compress_avx2 : NULL;

	for (; compress_lanes != NULL && i < n_a && i < n_b; i++)
	{
		Lane		lane_a = {a, a->buffer + i * SMS_DIGEST_BLOCK, count_block(a, i, n_a)};
		Lane		lane_b = {b, b->buffer + i * SMS_DIGEST_BLOCK, count_block(b, i, n_b)};

		compress_lanes(lane_a, lane_b);
	}
#endif
	finish(a, i, n_a, out_a);
	finish(b, i, n_b, out_b);
}
