/*-------------------------------------------------------------------------
 *
 * tally_bits.c
 *	  Sets of offsets of one chunk, as bits.
 *
 * The loops have constant bounds so that gcc -O2 turns them into vector
 * instructions by itself.
 *
 *-------------------------------------------------------------------------
 */
#include "tally/tally.h"

#define COUNT_BLOCK 16			/* words; 8 bits each, 128 fits in a byte */

void
sms_bits_clear(SmsBits *bits)
{
	memset(bits, 0, SMS_CHUNK_WORDS * sizeof(SmsBits));
}

void
sms_bits_and(SmsBits *restrict bits, const SmsBits *restrict other)
{
	for (int i = 0; i < SMS_CHUNK_WORDS; i++)
		bits[i] &= other[i];
}

void
sms_bits_or(SmsBits *restrict bits, const SmsBits *restrict other)
{
	for (int i = 0; i < SMS_CHUNK_WORDS; i++)
		bits[i] |= other[i];
}

void
sms_bits_and_not(SmsBits *restrict bits, const SmsBits *restrict other)
{
	for (int i = 0; i < SMS_CHUNK_WORDS; i++)
		bits[i] &= ~other[i];
}

/* The number of bits set in each byte of a word. */
static inline uint64_t
count_by_byte(uint64_t word)
{
	word -= (word >> 1) & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) +
		((word >> 2) & UINT64_C(0x3333333333333333));
	return (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

/* The sum of the bytes of a word. */
static inline uint32_t
sum_bytes(uint64_t word)
{
	word = (word & UINT64_C(0x00ff00ff00ff00ff)) +
		((word >> 8) & UINT64_C(0x00ff00ff00ff00ff));
	return (word * UINT64_C(0x0001000100010001)) >> 48;
}

/* sms_bits_count counts the offsets in the words [first, end). */
uint32_t
sms_bits_count(const SmsBits *bits, uint32_t first, uint32_t end)
{
	uint32_t	n = 0;

	for (; end - first >= COUNT_BLOCK; first += COUNT_BLOCK)
	{
		uint64_t	bytes = 0;

		for (int i = 0; i < COUNT_BLOCK; i++)
			bytes += count_by_byte(bits[first + i]);
		n += sum_bytes(bytes);
	}
	for (; first < end; first++)
		n += sum_bytes(count_by_byte(bits[first]));
	return n;
}

/* sms_bits_next finds the first offset >= from; SMS_CHUNK_SIZE if none. */
uint32_t
sms_bits_next(const SmsBits *bits, uint32_t from)
{
	uint32_t	i = from / 64;
	uint64_t	word;

	if (from >= SMS_CHUNK_SIZE)
		return SMS_CHUNK_SIZE;
	word = bits[i] & (~UINT64_C(0) << (from % 64));
	while (word == 0)
	{
		if (++i == SMS_CHUNK_WORDS)
			return SMS_CHUNK_SIZE;
		word = bits[i];
	}
	return i * 64 + __builtin_ctzll(word);
}

/*
 * sms_bits_write writes the tally in which each offset of the set counts 1;
 * out has room for a header and SMS_PLANE_MAX.  Returns the length.
 */
size_t
sms_bits_write(const SmsBits *bits, uint8_t *out)
{
	size_t		size = sms_plane_write(bits, 0, SMS_CHUNK_WORDS, 0,
									   out + SMS_TALLY_HEADER);

	out[0] = SMS_TALLY_VERSION;
	out[1] = size > 0;
	return SMS_TALLY_HEADER + size;
}
