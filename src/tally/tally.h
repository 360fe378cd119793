/*-------------------------------------------------------------------------
 *
 * tally.h
 *	  Counts of the people of one chunk: a tally maps an offset in the chunk
 *	  to a number of events.
 *
 * A chunk is 65,536 consecutive individual numbers.  With 8,192 the quarter
 * hours of an ordinary load (45 events per 65,536 people) are mostly row
 * header: test/bench/tally_core_bench.c prints the comparison.
 *
 * A tally is kept as binary planes.  Plane k is the set of offsets whose
 * count has bit k, so the tally is the sum of its planes, each times 2^k.
 * Most counts are 1: mostly there is one plane.  Bytes, all numbers little
 * endian:
 *
 *	  u8	version, 1
 *	  u8	number of planes, 0..31
 *	  planes, rising in k:
 *		u8	  k (bits 0..4), form (bit 5), zero (bits 6, 7)
 *		u16   offsets in the set, less 1
 *		u16   length of what follows
 *		form 0, list: for each offset, rising, the number v of offsets
 *		skipped since the one before (since -1 for the first):
 *			v < 192				one byte, v
 *			v < 16,320			192 + (v - 192) / 256, (v - 192) % 256
 *			else				255, u16 v
 *		form 1, bitmap:
 *			u16   number of the first word (offset / 64)
 *			u64   words up to the last one; the first and the last are not zero
 *
 * A plane is a list unless the bitmap is shorter, or the list is longer than
 * 1,024 bytes and a quarter of the bitmap: that is added ten times faster.  So
 * the bytes depend on the content only, and equal tallies are equal byte for
 * byte.
 *
 * Sums are made in SmsSum: the same planes, uncompressed.  Adding a plane is
 * a ripple of half adders over 1,024 words, and a comparison with a constant
 * is one pass over the planes: both are word operations on 64 people at once,
 * several times faster than an array of counters (the same bench).
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_TALLY_H
#define SMS_TALLY_H

#include "core.h"

#define SMS_CHUNK_BITS 16
#define SMS_CHUNK_SIZE (1 << SMS_CHUNK_BITS)
#define SMS_CHUNK_WORDS (SMS_CHUNK_SIZE / 64)

/* A count is below 2^31, so that it is an integer in SQL. */
#define SMS_TALLY_PLANES 31
#define SMS_TALLY_MAX_COUNT INT32_MAX

#define SMS_TALLY_VERSION 1
#define SMS_TALLY_HEADER 2
#define SMS_PLANE_HEADER 5
/* the most that a plane can take: a bitmap of the whole chunk */
#define SMS_PLANE_MAX (SMS_PLANE_HEADER + 2 + SMS_CHUNK_SIZE / 8)
#define SMS_TALLY_MAX_SIZE \
	(SMS_TALLY_HEADER + SMS_TALLY_PLANES * SMS_PLANE_MAX)

/*
 * The largest tally to store, in bytes with the length word: a row of 8 kB
 * pages takes 8,160 bytes, of which 360 are left for the other columns.  A
 * larger one is stored as several that add up to it.
 */
#define SMS_TALLY_MAX_STORED 7800

/* A tally's bytes, after the length word; not owned. */
typedef struct SmsTally
{
	const uint8_t *data;
	size_t		size;
} SmsTally;

/* One plane of a tally. */
typedef struct SmsPlane
{
	uint32_t	bit;			/* k: each offset counts 2^k */
	uint32_t	n;				/* offsets in the set */
	bool		bitmap;
	uint32_t	word;			/* bitmap: number of its first word */
	const uint8_t *ptr;			/* list codes, or words */
	const uint8_t *end;
} SmsPlane;

/* Where a walk over one plane stands. */
typedef struct SmsPlaneCursor
{
	SmsPlane	plane;
	uint64_t	bits;			/* bitmap: what is left of the current word */
	uint32_t	base;			/* bitmap: offset of the word after it */
	uint32_t	at;				/* current offset, SMS_CHUNK_SIZE at the end */
} SmsPlaneCursor;

/* A walk over (offset, count), rising in offset. */
typedef struct SmsTallyWalk
{
	int			n;
	SmsPlaneCursor cursor[SMS_TALLY_PLANES];
} SmsTallyWalk;

/* A set of offsets: SMS_CHUNK_WORDS words, offset 0 in the lowest bit. */
typedef uint64_t SmsBits;

/* A tally being added up.  Planes above nplanes are empty. */
typedef struct SmsSum
{
	SmsRegion  *region;
	uint32_t	nplanes;
	SmsBits    *plane[SMS_TALLY_PLANES];	/* NULL if never needed */
} SmsSum;

typedef enum SmsCompare
{
	SMS_LT,
	SMS_LE,
	SMS_EQ,
	SMS_NE,
	SMS_GE,
	SMS_GT
} SmsCompare;

typedef enum SmsTallyFault
{
	SMS_TALLY_OK,
	SMS_TALLY_SYNTAX,
	SMS_TALLY_ORDER,			/* a number not above the one before */
	SMS_TALLY_OFFSET_RANGE,
	SMS_TALLY_COUNT_RANGE,
	SMS_TALLY_QUARTER_RANGE
} SmsTallyFault;

/* What is wrong with a text, and at which byte of it. */
typedef struct SmsTallyError
{
	SmsTallyFault fault;
	size_t		position;
} SmsTallyError;

/* Words are little endian in a tally and in the machine's order in memory. */
static inline uint64_t
sms_swap64(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap64(value);
#else
	return value;
#endif
}

static inline uint64_t
sms_load64(const uint8_t *ptr)
{
	uint64_t	value;

	memcpy(&value, ptr, sizeof(value));
	return sms_swap64(value);
}

/* tally_core.c */
extern size_t sms_tally_frame(SmsTally tally);
extern bool sms_tally_is_sound(SmsTally tally);
extern bool sms_tally_plane(SmsTally tally, size_t *position, SmsPlane *plane);
extern void sms_plane_start(SmsPlaneCursor *cursor, const SmsPlane *plane);
extern void sms_plane_advance(SmsPlaneCursor *cursor);
extern void sms_plane_bits(const SmsPlane *plane, SmsBits *bits);
extern size_t sms_plane_write(const SmsBits *bits, uint32_t first, uint32_t end,
							  uint32_t bit, uint8_t *out);
extern void sms_tally_bits(SmsTally tally, SmsBits *bits);
extern uint64_t sms_tally_total(SmsTally tally);
extern uint32_t sms_tally_count_of(SmsTally tally, uint32_t offset);
extern void sms_tally_walk(SmsTallyWalk *walk, SmsTally tally);
extern bool sms_tally_next(SmsTallyWalk *walk, uint32_t *offset,
						   uint32_t *count);

/* tally_sum.c */
extern void sms_sum_init(SmsSum *sum, SmsRegion *region);
extern void sms_sum_reset(SmsSum *sum);
extern bool sms_sum_add(SmsSum *sum, SmsTally tally);
extern bool sms_sum_subtract(SmsSum *sum, SmsTally tally);
extern bool sms_sum_add_bits(SmsSum *sum, const SmsBits *bits);
extern bool sms_sum_add_one(SmsSum *sum, uint32_t offset, uint32_t count);
extern bool sms_sum_subtract_one(SmsSum *sum, uint32_t offset, uint32_t count);
extern void sms_sum_clear_one(SmsSum *sum, uint32_t offset);
extern uint32_t sms_sum_count_of(const SmsSum *sum, uint32_t offset);
extern void sms_sum_compare(const SmsSum *sum, SmsCompare op, uint32_t count,
							SmsBits *bits);
extern size_t sms_sum_bound(const SmsSum *sum);
extern size_t sms_sum_write(const SmsSum *sum, uint32_t first, uint32_t end,
							uint8_t *out);
extern uint32_t sms_sum_split(const SmsSum *sum, uint32_t first, size_t limit,
							  uint8_t *out, size_t *size);
extern bool sms_planes_are_canonical(SmsTally tally, SmsSum *sum);
extern bool sms_tally_is_canonical(SmsTally tally, SmsRegion *region);

/* tally_bits.c */
extern void sms_bits_clear(SmsBits *bits);
extern void sms_bits_and(SmsBits *bits, const SmsBits *other);
extern void sms_bits_or(SmsBits *bits, const SmsBits *other);
extern void sms_bits_and_not(SmsBits *bits, const SmsBits *other);
extern uint32_t sms_bits_count(const SmsBits *bits, uint32_t first,
							   uint32_t end);
extern uint32_t sms_bits_next(const SmsBits *bits, uint32_t from);
extern size_t sms_bits_write(const SmsBits *bits, uint8_t *out);

/* tally_text.c */
extern bool sms_tally_parse(SmsText text, SmsSum *sum, SmsTallyError *error);
extern size_t sms_tally_print_bound(SmsTally tally);
extern size_t sms_tally_print(SmsTally tally, char *out);

#endif							/* SMS_TALLY_H */
