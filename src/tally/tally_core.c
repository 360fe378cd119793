/*-------------------------------------------------------------------------
 *
 * tally_core.c
 *	  Reading and writing the bytes of a tally; the format is in tally.h.
 *
 * Readers take bytes that sms_tally_is_sound has passed.  They stay inside
 * the value and inside the chunk even if the bytes of a plane are damaged.
 *
 *-------------------------------------------------------------------------
 */
#include "tally/tally.h"

#define SKIP_ONE 192			/* below: one byte */
#define SKIP_TWO 16320			/* below: two bytes */
#define SKIP_ESCAPE 255

#define FORM_BITMAP 0x20
#define PLANE_BIT_MASK 0x1f

/* what turns the number of a byte in a word into its place in memory */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTE_SWAP 7
#else
#define BYTE_SWAP 0
#endif

/* Above this length a list needs to be much shorter than the bitmap. */
#define LONG_LIST 1024
#define LONG_LIST_SHARE 4

static inline uint32_t
load16(const uint8_t *ptr)
{
	return ptr[0] | (uint32_t) ptr[1] << 8;
}

static inline void
store16(uint8_t *ptr, uint32_t value)
{
	ptr[0] = value & 0xff;
	ptr[1] = value >> 8;
}

/*
 * Reads one code of a list.  A code cut off by the end of the list reads as
 * its first byte.
 */
static inline uint32_t
read_skip(const uint8_t **ptr, const uint8_t *end)
{
	uint32_t	code = *(*ptr)++;

	if (code < SKIP_ONE)
		return code;
	if (code == SKIP_ESCAPE)
	{
		if (end - *ptr < 2)
			return code;
		code = load16(*ptr);
		*ptr += 2;
		return code;
	}
	if (*ptr == end)
		return code;
	return SKIP_ONE + ((code - SKIP_ONE) << 8) + *(*ptr)++;
}

/* Writes one code of a list, at most three bytes; returns how many. */
static inline size_t
write_skip(uint32_t skip, uint8_t *out)
{
	if (skip < SKIP_ONE)
	{
		out[0] = skip;
		return 1;
	}
	if (skip < SKIP_TWO)
	{
		out[0] = SKIP_ONE + ((skip - SKIP_ONE) >> 8);
		out[1] = (skip - SKIP_ONE) & 0xff;
		return 2;
	}
	out[0] = SKIP_ESCAPE;
	store16(out + 1, skip);
	return 3;
}

/*
 * sms_tally_plane reads the header of the plane at *position (start with
 * SMS_TALLY_HEADER) and moves on; false when there is none or it is damaged.
 */
bool
sms_tally_plane(SmsTally tally, size_t *position, SmsPlane *plane)
{
	const uint8_t *ptr;
	size_t		left,
				length;

	if (tally.size <= *position)
		return false;
	left = tally.size - *position;
	if (left < SMS_PLANE_HEADER)
		return false;
	ptr = tally.data + *position;
	length = load16(ptr + 3);
	if (ptr[0] & ~(FORM_BITMAP | PLANE_BIT_MASK) ||
		length > left - SMS_PLANE_HEADER)
		return false;
	plane->bit = ptr[0] & PLANE_BIT_MASK;
	plane->bitmap = (ptr[0] & FORM_BITMAP) != 0;
	plane->n = load16(ptr + 1) + 1;
	plane->word = 0;
	plane->ptr = ptr + SMS_PLANE_HEADER;
	plane->end = plane->ptr + length;
	if (plane->bit >= SMS_TALLY_PLANES || length == 0)
		return false;
	if (plane->bitmap)
	{
		if (length < 2 || length % 8 != 2)
			return false;
		plane->word = load16(plane->ptr);
		plane->ptr += 2;
		if (plane->word + length / 8 > SMS_CHUNK_WORDS)
			return false;
	}
	*position += SMS_PLANE_HEADER + length;
	return true;
}

/*
 * sms_tally_frame returns the length of the tally that begins with these
 * bytes, whose first is not looked at: as many planes as announced, rising.
 * 0 when it is damaged.
 */
size_t
sms_tally_frame(SmsTally tally)
{
	size_t		position = SMS_TALLY_HEADER;
	int			last = -1;
	SmsPlane	plane;

	if (tally.size < SMS_TALLY_HEADER)
		return 0;
	for (int i = 0; i < tally.data[1]; i++)
	{
		if (!sms_tally_plane(tally, &position, &plane) ||
			(int) plane.bit <= last)
			return 0;
		last = plane.bit;
	}
	return position;
}

/*
 * sms_tally_is_sound says whether the frame holds, and nothing follows.  It
 * is cheap enough for every reader, and enough for bytes that once were
 * canonical.
 */
bool
sms_tally_is_sound(SmsTally tally)
{
	return tally.size >= SMS_TALLY_HEADER &&
		tally.data[0] == SMS_TALLY_VERSION &&
		sms_tally_frame(tally) == tally.size;
}

/* sms_plane_start sets a cursor on the first offset of a plane. */
void
sms_plane_start(SmsPlaneCursor *cursor, const SmsPlane *plane)
{
	cursor->plane = *plane;
	cursor->bits = 0;
	cursor->base = plane->word * 64;
	cursor->at = UINT32_MAX;	/* -1: the first skip counts from there */
	sms_plane_advance(cursor);
}

/* sms_plane_advance moves to the next offset, or to SMS_CHUNK_SIZE. */
void
sms_plane_advance(SmsPlaneCursor *cursor)
{
	SmsPlane   *plane = &cursor->plane;

	if (!plane->bitmap)
	{
		if (plane->ptr < plane->end)
			cursor->at += 1 + read_skip(&plane->ptr, plane->end);
		else
			cursor->at = SMS_CHUNK_SIZE;
		if (cursor->at > SMS_CHUNK_SIZE)
			cursor->at = SMS_CHUNK_SIZE;
		return;
	}
	while (cursor->bits == 0)
	{
		if (plane->ptr == plane->end)
		{
			cursor->at = SMS_CHUNK_SIZE;
			return;
		}
		cursor->bits = sms_load64(plane->ptr);
		plane->ptr += 8;
		cursor->base += 64;
	}
	cursor->at = cursor->base - 64 + __builtin_ctzll(cursor->bits);
	cursor->bits &= cursor->bits - 1;
}

/* sms_plane_bits adds the offsets of a plane to a set. */
void
sms_plane_bits(const SmsPlane *plane, SmsBits *bits)
{
	const uint8_t *ptr = plane->ptr;
	const uint8_t *end = plane->end;

	if (plane->bitmap)
	{
		for (bits += plane->word; ptr < end; ptr += 8)
			*bits++ |= sms_load64(ptr);
	}
	else
	{
		/* by bytes: neighbours in one word would wait for each other */
		uint8_t    *bytes = (uint8_t *) bits;
		uint16_t	at = UINT16_MAX;	/* wraps within the chunk */

		while (ptr < end)
		{
			at += 1 + read_skip(&ptr, end);
			bytes[(at / 8) ^ BYTE_SWAP] |= 1 << (at % 8);
		}
	}
}

/*
 * Writes the words [first, end) as a list; gives up, returning limit + 1 or
 * more, when it gets longer than limit.  out has room for limit + 64 * 3.
 */
static size_t
write_list(const SmsBits *bits, uint32_t first, uint32_t end, size_t limit,
		   uint8_t *out)
{
	size_t		length = 0;
	uint32_t	next = 0;		/* the offset after the last one written */

	for (uint32_t i = first; i < end && length <= limit; i++)
	{
		for (uint64_t word = bits[i]; word != 0; word &= word - 1)
		{
			uint32_t	offset = i * 64 + __builtin_ctzll(word);

			length += write_skip(offset - next, out + length);
			next = offset + 1;
		}
	}
	return length;
}

/*
 * sms_plane_write writes the offsets in the words [first, end) of a set as a
 * plane; nothing when there are none.  out has room for SMS_PLANE_MAX.
 * Returns the length.
 */
size_t
sms_plane_write(const SmsBits *bits, uint32_t first, uint32_t end,
				uint32_t bit, uint8_t *out)
{
	uint8_t		list[2 + SMS_CHUNK_SIZE / 8 + 64 * 3];
	uint32_t	n;
	size_t		length,
				map_length,
				limit;

	while (first < end && bits[first] == 0)
		first++;
	while (first < end && bits[end - 1] == 0)
		end--;
	if (first == end)
		return 0;
	n = sms_bits_count(bits, first, end);
	map_length = 2 + (size_t) (end - first) * 8;
	limit = map_length / LONG_LIST_SHARE;
	if (limit < LONG_LIST)
		limit = map_length < LONG_LIST ? map_length : LONG_LIST;
	length = n <= limit ? write_list(bits, first, end, limit, list) : n;

	out[0] = bit;
	if (length <= limit)
		memcpy(out + SMS_PLANE_HEADER, list, length);
	else
	{
		out[0] |= FORM_BITMAP;
		length = map_length;
		store16(out + SMS_PLANE_HEADER, first);
		for (uint32_t i = first; i < end; i++)
		{
			uint64_t	word = sms_swap64(bits[i]);

			memcpy(out + SMS_PLANE_HEADER + 2 + (i - first) * 8, &word, 8);
		}
	}
	store16(out + 1, n - 1);
	store16(out + 3, length);
	return SMS_PLANE_HEADER + length;
}

/* sms_tally_bits adds the people of a tally to a set. */
void
sms_tally_bits(SmsTally tally, SmsBits *bits)
{
	size_t		position = SMS_TALLY_HEADER;
	SmsPlane	plane;

	while (sms_tally_plane(tally, &position, &plane))
		sms_plane_bits(&plane, bits);
}

/* sms_tally_total counts the events; below 2^47. */
uint64_t
sms_tally_total(SmsTally tally)
{
	size_t		position = SMS_TALLY_HEADER;
	uint64_t	total = 0;
	SmsPlane	plane;

	while (sms_tally_plane(tally, &position, &plane))
		total += (uint64_t) plane.n << plane.bit;
	return total;
}

static bool
plane_has(const SmsPlane *plane, uint32_t offset)
{
	SmsPlaneCursor cursor;

	if (plane->bitmap)
	{
		size_t		word = offset / 64;

		return word >= plane->word &&
			(word - plane->word) * 8 < (size_t) (plane->end - plane->ptr) &&
			(sms_load64(plane->ptr + (word - plane->word) * 8) >>
			 (offset % 64) & 1);
	}
	sms_plane_start(&cursor, plane);
	while (cursor.at < offset)
		sms_plane_advance(&cursor);
	return cursor.at == offset;
}

/* sms_tally_count_of returns the events of one offset, 0 if it has none. */
uint32_t
sms_tally_count_of(SmsTally tally, uint32_t offset)
{
	size_t		position = SMS_TALLY_HEADER;
	uint32_t	count = 0;
	SmsPlane	plane;

	while (sms_tally_plane(tally, &position, &plane))
		count |= (uint32_t) plane_has(&plane, offset) << plane.bit;
	return count;
}

/* sms_tally_walk starts a walk over the entries; see sms_tally_next. */
void
sms_tally_walk(SmsTallyWalk *walk, SmsTally tally)
{
	size_t		position = SMS_TALLY_HEADER;
	SmsPlane	plane;

	walk->n = 0;
	while (walk->n < SMS_TALLY_PLANES &&
		   sms_tally_plane(tally, &position, &plane))
		sms_plane_start(&walk->cursor[walk->n++], &plane);
}

/* sms_tally_next gives the next entry; false at the end. */
bool
sms_tally_next(SmsTallyWalk *walk, uint32_t *offset, uint32_t *count)
{
	uint32_t	least = SMS_CHUNK_SIZE;
	uint32_t	sum = 0;

	for (int i = 0; i < walk->n; i++)
	{
		if (walk->cursor[i].at < least)
			least = walk->cursor[i].at;
	}
	if (least == SMS_CHUNK_SIZE)
		return false;
	for (int i = 0; i < walk->n; i++)
	{
		if (walk->cursor[i].at == least)
		{
			sum |= UINT32_C(1) << walk->cursor[i].plane.bit;
			sms_plane_advance(&walk->cursor[i]);
		}
	}
	*offset = least;
	*count = sum;
	return true;
}
