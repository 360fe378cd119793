/*-------------------------------------------------------------------------
 *
 * tally_sum.c
 *	  Adding tallies up, and comparing the counts with a constant.
 *
 * A sum is up to 31 planes of 8 kB, taken from the region when first needed
 * and kept over sms_sum_reset, so that a sum can go from chunk to chunk.
 * Functions that add return false when a count would pass
 * SMS_TALLY_MAX_COUNT, and those that subtract when one would be negative; the
 * sum is then good for nothing but a reset.
 *
 * To subtract differs from adding in one thing: a bit is handed on where it
 * was not set.  So one code does both, with planes flipped or not when that
 * is asked.
 *
 *-------------------------------------------------------------------------
 */
#include "tally/tally.h"

/* Fewer offsets are added singly, more by words (measured with the bench). */
#define FEW_OFFSETS 256

/* what a plane is flipped with to see where a bit is handed on */
#define ADD UINT64_C(0)
#define SUBTRACT (~UINT64_C(0))

/* sms_sum_init makes an empty sum. */
void
sms_sum_init(SmsSum *sum, SmsRegion *region)
{
	memset(sum, 0, sizeof(SmsSum));
	sum->region = region;
}

/* sms_sum_reset empties a sum and keeps its memory. */
void
sms_sum_reset(SmsSum *sum)
{
	sum->nplanes = 0;
}

/* Makes plane `bit` exist; false if there is no such plane. */
static bool
reach_plane(SmsSum *sum, uint32_t bit, uint64_t flip)
{
	if (bit >= (flip == ADD ? SMS_TALLY_PLANES : sum->nplanes))
		return false;
	for (; sum->nplanes <= bit; sum->nplanes++)
	{
		SmsBits   **plane = &sum->plane[sum->nplanes];

		if (*plane == NULL)
			*plane = sms_region_alloc(sum->region,
									  SMS_CHUNK_WORDS * sizeof(SmsBits));
		sms_bits_clear(*plane);
	}
	return true;
}

/*
 * Adds n words of a set to one plane; what is to be added to the next plane
 * is left in the set.  Returns whether there is any.
 */
static bool
half_add(SmsBits *restrict plane, SmsBits *restrict set, int n, uint64_t flip)
{
	uint64_t	any = 0;

	for (int i = 0; i < n; i++)
	{
		uint64_t	next = (plane[i] ^ flip) & set[i];

		plane[i] ^= set[i];
		set[i] = next;
		any |= next;
	}
	return any != 0;
}

/* As half_add, of a bitmap as it is stored; the carry goes elsewhere. */
static bool
half_add_map(SmsBits *restrict plane, const uint8_t *restrict map,
			 SmsBits *restrict carry, int n, uint64_t flip)
{
	uint64_t	any = 0;

	for (int i = 0; i < n; i++)
	{
		uint64_t	word = sms_load64(map + 8 * i);
		uint64_t	next = (plane[i] ^ flip) & word;

		plane[i] ^= word;
		carry[i] = next;
		any |= next;
	}
	return any != 0;
}

/* Adds 2^bit to each offset of a set of n words, which is used up. */
static bool
add_set(SmsSum *sum, uint32_t bit, uint32_t first, SmsBits *set, int n,
		uint64_t flip)
{
	do
	{
		if (!reach_plane(sum, bit, flip))
			return false;
	} while (half_add(sum->plane[bit++] + first, set, n, flip));
	return true;
}

/* Adds 2^bit to one offset. */
static inline bool
add_single(SmsSum *sum, uint32_t bit, uint32_t offset, uint64_t flip)
{
	uint32_t	word = offset / 64;
	uint64_t	mask = UINT64_C(1) << (offset % 64);

	for (;; bit++)
	{
		if (bit >= sum->nplanes && !reach_plane(sum, bit, flip))
			return false;
		sum->plane[bit][word] ^= mask;
		if ((sum->plane[bit][word] ^ flip) & mask)
			return true;
	}
}

static bool
add_bitmap(SmsSum *sum, const SmsPlane *plane, uint64_t flip)
{
	SmsBits		carry[SMS_CHUNK_WORDS];
	int			n = (plane->end - plane->ptr) / 8;

	if (!reach_plane(sum, plane->bit, flip))
		return false;
	return !half_add_map(sum->plane[plane->bit] + plane->word, plane->ptr,
						 carry, n, flip) ||
		add_set(sum, plane->bit + 1, plane->word, carry, n, flip);
}

static bool
add_list(SmsSum *sum, const SmsPlane *plane, uint64_t flip)
{
	SmsBits		set[SMS_CHUNK_WORDS];

	sms_bits_clear(set);
	sms_plane_bits(plane, set);
	return add_set(sum, plane->bit, 0, set, SMS_CHUNK_WORDS, flip);
}

static bool
add_offsets(SmsSum *sum, const SmsPlane *plane, uint64_t flip)
{
	SmsPlaneCursor cursor;

	for (sms_plane_start(&cursor, plane); cursor.at < SMS_CHUNK_SIZE;
		 sms_plane_advance(&cursor))
	{
		if (!add_single(sum, plane->bit, cursor.at, flip))
			return false;
	}
	return true;
}

static bool
add_tally(SmsSum *sum, SmsTally tally, uint64_t flip)
{
	size_t		position = SMS_TALLY_HEADER;
	SmsPlane	plane;

	while (sms_tally_plane(tally, &position, &plane))
	{
		if (!(plane.bitmap ? add_bitmap(sum, &plane, flip) :
			  plane.n < FEW_OFFSETS ? add_offsets(sum, &plane, flip) :
			  add_list(sum, &plane, flip)))
			return false;
	}
	return true;
}

/* sms_sum_add adds a tally. */
bool
sms_sum_add(SmsSum *sum, SmsTally tally)
{
	return add_tally(sum, tally, ADD);
}

/* sms_sum_subtract takes a tally away. */
bool
sms_sum_subtract(SmsSum *sum, SmsTally tally)
{
	return add_tally(sum, tally, SUBTRACT);
}

/* sms_sum_add_bits adds 1 to each offset of a set. */
bool
sms_sum_add_bits(SmsSum *sum, const SmsBits *bits)
{
	SmsBits		set[SMS_CHUNK_WORDS];

	memcpy(set, bits, sizeof(set));
	return add_set(sum, 0, 0, set, SMS_CHUNK_WORDS, ADD);
}

/* sms_sum_add_one adds to the count of one offset. */
bool
sms_sum_add_one(SmsSum *sum, uint32_t offset, uint32_t count)
{
	for (; count != 0; count &= count - 1)
	{
		if (!add_single(sum, __builtin_ctz(count), offset, ADD))
			return false;
	}
	return true;
}

/* sms_sum_subtract_one takes from the count of one offset. */
bool
sms_sum_subtract_one(SmsSum *sum, uint32_t offset, uint32_t count)
{
	for (; count != 0; count &= count - 1)
	{
		if (!add_single(sum, __builtin_ctz(count), offset, SUBTRACT))
			return false;
	}
	return true;
}

/* sms_sum_clear_one makes the count of one offset 0. */
void
sms_sum_clear_one(SmsSum *sum, uint32_t offset)
{
	for (uint32_t k = 0; k < sum->nplanes; k++)
		sum->plane[k][offset / 64] &= ~(UINT64_C(1) << offset % 64);
}

/* sms_sum_count_of returns the count of one offset. */
uint32_t
sms_sum_count_of(const SmsSum *sum, uint32_t offset)
{
	uint32_t	count = 0;

	for (uint32_t k = 0; k < sum->nplanes; k++)
		count |= (uint32_t) (sum->plane[k][offset / 64] >>
							 (offset % 64) & 1) << k;
	return count;
}

/*
 * One step of a comparison, from the highest plane down: more are the
 * offsets whose count is already known to be larger, same those that agree
 * with the constant so far.
 */
static void
compare_step(const SmsBits *restrict plane, bool constant_bit,
			 SmsBits *restrict more, SmsBits *restrict same)
{
	if (constant_bit)
	{
		for (int i = 0; i < SMS_CHUNK_WORDS; i++)
			same[i] &= plane[i];
	}
	else
	{
		for (int i = 0; i < SMS_CHUNK_WORDS; i++)
		{
			more[i] |= same[i] & plane[i];
			same[i] &= ~plane[i];
		}
	}
}

static void
invert(SmsBits *bits)
{
	for (int i = 0; i < SMS_CHUNK_WORDS; i++)
		bits[i] = ~bits[i];
}

/*
 * sms_sum_compare finds the offsets whose count compares as asked with a
 * constant.  Offsets without events count 0, so "fewer than 1" is everybody
 * else of the chunk.
 */
void
sms_sum_compare(const SmsSum *sum, SmsCompare op, uint32_t count,
				SmsBits *bits)
{
	SmsBits		same[SMS_CHUNK_WORDS];
	bool		beyond = (uint64_t) count >> sum->nplanes != 0;

	sms_bits_clear(bits);
	memset(same, beyond ? 0 : 0xff, sizeof(same));
	for (uint32_t k = sum->nplanes; k-- > 0 && !beyond;)
		compare_step(sum->plane[k], count >> k & 1, bits, same);

	/* bits: counts that are larger */
	if (op == SMS_EQ || op == SMS_NE)
		memcpy(bits, same, sizeof(same));
	else if (op == SMS_GE || op == SMS_LT)
		sms_bits_or(bits, same);
	if (op == SMS_NE || op == SMS_LT || op == SMS_LE)
		invert(bits);
}

/* sms_sum_bound returns the room that sms_sum_write may need. */
size_t
sms_sum_bound(const SmsSum *sum)
{
	return SMS_TALLY_HEADER + (size_t) sum->nplanes * SMS_PLANE_MAX;
}

/*
 * sms_sum_write writes the counts in the words [first, end) as a tally and
 * returns its length.
 */
size_t
sms_sum_write(const SmsSum *sum, uint32_t first, uint32_t end, uint8_t *out)
{
	size_t		size = SMS_TALLY_HEADER;

	out[0] = SMS_TALLY_VERSION;
	out[1] = 0;
	for (uint32_t k = 0; k < sum->nplanes; k++)
	{
		size_t		length = sms_plane_write(sum->plane[k], first, end, k,
											 out + size);

		out[1] += length > 0;
		size += length;
	}
	return size;
}

/*
 * sms_sum_split writes as many words from `first` on as make a tally of at
 * most limit bytes, and returns the word after them.  limit is at least what
 * one word takes in all planes (SMS_TALLY_HEADER + SMS_TALLY_PLANES * 15).
 */
uint32_t
sms_sum_split(const SmsSum *sum, uint32_t first, size_t limit, uint8_t *out,
			  size_t *size)
{
	uint32_t	fits = first + 1;
	uint32_t	exceeds = SMS_CHUNK_WORDS + 1;

	/* the length never falls when words are added */
	if (sms_sum_write(sum, first, SMS_CHUNK_WORDS, out) <= limit)
		fits = SMS_CHUNK_WORDS;
	while (exceeds - fits > 1)
	{
		uint32_t	middle = fits + (exceeds - fits) / 2;

		if (sms_sum_write(sum, first, middle, out) <= limit)
			fits = middle;
		else
			exceeds = middle;
	}
	*size = sms_sum_write(sum, first, fits, out);
	return fits;
}

/*
 * sms_planes_are_canonical says whether the planes of a sound tally are the
 * one form of what they hold.  The form depends on the content only, so
 * reading and writing again must give the same bytes.
 */
bool
sms_planes_are_canonical(SmsTally tally, SmsSum *sum)
{
	uint8_t    *again;

	sms_sum_reset(sum);
	if (!sms_sum_add(sum, tally))
		return false;
	again = sms_region_alloc(sum->region, sms_sum_bound(sum));
	return sms_sum_write(sum, 0, SMS_CHUNK_WORDS, again) == tally.size &&
		memcmp(again + 1, tally.data + 1, tally.size - 1) == 0;
}

/*
 * sms_tally_is_canonical says whether untrusted bytes are the one form of
 * some tally.
 */
bool
sms_tally_is_canonical(SmsTally tally, SmsRegion *region)
{
	SmsSum		sum;

	if (!sms_tally_is_sound(tally))
		return false;
	sms_sum_init(&sum, region);
	return sms_planes_are_canonical(tally, &sum);
}
