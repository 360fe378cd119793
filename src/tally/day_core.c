/*-------------------------------------------------------------------------
 *
 * day_core.c
 *	  Reading and writing day tallies; the format is in day.h.
 *
 * Readers take bytes that sms_day_is_sound has passed.
 *
 *-------------------------------------------------------------------------
 */
#include "tally/day.h"

/*
 * sms_day_next reads the quarter hour at *position (start with
 * SMS_DAY_TALLY_HEADER) and moves on; false when there is none, or it is
 * damaged or empty.
 */
bool
sms_day_next(SmsDayTally day, size_t *position, uint32_t *quarter,
			 SmsTally *tally)
{
	if (day.size <= *position)
		return false;
	tally->data = day.data + *position;
	tally->size = day.size - *position;
	tally->size = sms_tally_frame(*tally);
	if (tally->size <= SMS_TALLY_HEADER)
		return false;
	*quarter = tally->data[0];
	*position += tally->size;
	return true;
}

/* sms_day_is_sound says whether the frame holds; see sms_tally_is_sound. */
bool
sms_day_is_sound(SmsDayTally day)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	quarter,
				least = 0;
	SmsTally	tally;

	if (day.size < SMS_DAY_TALLY_HEADER ||
		day.data[0] != SMS_DAY_TALLY_VERSION)
		return false;
	while (sms_day_next(day, &position, &quarter, &tally))
	{
		if (quarter < least || quarter >= SMS_DAY_QUARTER_HOURS)
			return false;
		least = quarter + 1;
	}
	return position == day.size;
}

/*
 * sms_day_is_canonical says whether untrusted bytes are the one form of some
 * day tally.
 */
bool
sms_day_is_canonical(SmsDayTally day, SmsRegion *region)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	quarter;
	SmsTally	tally;
	SmsSum		sum;

	if (!sms_day_is_sound(day))
		return false;
	sms_sum_init(&sum, region);
	while (sms_day_next(day, &position, &quarter, &tally))
	{
		if (!sms_planes_are_canonical(tally, &sum))
			return false;
	}
	return true;
}

/* sms_day_add adds the quarter hours [first, end) to a sum. */
bool
sms_day_add(SmsSum *sum, SmsDayTally day, uint32_t first, uint32_t end)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	quarter;
	SmsTally	tally;

	while (sms_day_next(day, &position, &quarter, &tally) && quarter < end)
	{
		if (quarter >= first && !sms_sum_add(sum, tally))
			return false;
	}
	return true;
}

/* sms_day_subtract takes the quarter hours [first, end) away from a sum. */
bool
sms_day_subtract(SmsSum *sum, SmsDayTally day, uint32_t first, uint32_t end)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	quarter;
	SmsTally	tally;

	while (sms_day_next(day, &position, &quarter, &tally) && quarter < end)
	{
		if (quarter >= first && !sms_sum_subtract(sum, tally))
			return false;
	}
	return true;
}

/* sms_day_bits adds the people of the quarter hours [first, end) to a set. */
void
sms_day_bits(SmsDayTally day, uint32_t first, uint32_t end, SmsBits *bits)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint32_t	quarter;
	SmsTally	tally;

	while (sms_day_next(day, &position, &quarter, &tally) && quarter < end)
	{
		if (quarter >= first)
			sms_tally_bits(tally, bits);
	}
}

/* sms_day_total counts the events of the day; below 2^54. */
uint64_t
sms_day_total(SmsDayTally day)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint64_t	total = 0;
	uint32_t	quarter;
	SmsTally	tally;

	while (sms_day_next(day, &position, &quarter, &tally))
		total += sms_tally_total(tally);
	return total;
}

/* sms_day_count_of counts the events of one offset in the day. */
uint64_t
sms_day_count_of(SmsDayTally day, uint32_t offset)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	uint64_t	count = 0;
	uint32_t	quarter;
	SmsTally	tally;

	while (sms_day_next(day, &position, &quarter, &tally))
		count += sms_tally_count_of(tally, offset);
	return count;
}

/* sms_day_writer_init begins a day tally without events. */
void
sms_day_writer_init(SmsDayWriter *writer, SmsRegion *region)
{
	writer->region = region;
	writer->room = 1024;
	writer->data = sms_region_alloc(region, writer->room);
	writer->data[0] = SMS_DAY_TALLY_VERSION;
	writer->size = SMS_DAY_TALLY_HEADER;
}

/* The place to write to, with room for so much more. */
static uint8_t *
reserve(SmsDayWriter *writer, size_t more)
{
	uint8_t    *larger;

	if (writer->size + more > writer->room)
	{
		writer->room = 2 * writer->room + more;
		larger = sms_region_alloc(writer->region, writer->room);
		memcpy(larger, writer->data, writer->size);
		writer->data = larger;
	}
	return writer->data + writer->size;
}

/* sms_day_write_sum appends a quarter hour, unless it has no events. */
void
sms_day_write_sum(SmsDayWriter *writer, uint32_t quarter, const SmsSum *sum)
{
	uint8_t    *out = reserve(writer, sms_sum_bound(sum));
	size_t		size = sms_sum_write(sum, 0, SMS_CHUNK_WORDS, out);

	out[0] = quarter;
	if (size > SMS_TALLY_HEADER)
		writer->size += size;
}

/* sms_day_write_tally appends a quarter hour, unless it has no events. */
void
sms_day_write_tally(SmsDayWriter *writer, uint32_t quarter, SmsTally tally)
{
	uint8_t    *out = reserve(writer, tally.size);

	if (tally.size <= SMS_TALLY_HEADER)
		return;
	memcpy(out, tally.data, tally.size);
	out[0] = quarter;
	writer->size += tally.size;
}

/* sms_day_written gives what was written, until more is. */
SmsDayTally
sms_day_written(const SmsDayWriter *writer)
{
	SmsDayTally day = {writer->data, writer->size};

	return day;
}

/*
 * sms_day_merge writes the sum of two day tallies; false when a count would
 * pass SMS_TALLY_MAX_COUNT.
 */
bool
sms_day_merge(SmsDayTally a, SmsDayTally b, SmsRegion *region,
			  SmsDayWriter *writer)
{
	size_t		a_position = SMS_DAY_TALLY_HEADER,
				b_position = SMS_DAY_TALLY_HEADER;
	uint32_t	a_quarter = 0,
				b_quarter = 0;
	SmsTally	a_tally,
				b_tally;
	bool		has_a = sms_day_next(a, &a_position, &a_quarter, &a_tally);
	bool		has_b = sms_day_next(b, &b_position, &b_quarter, &b_tally);
	SmsSum		sum;

	sms_sum_init(&sum, region);
	while (has_a || has_b)
	{
		bool		take_a = has_a && (!has_b || a_quarter <= b_quarter);
		bool		take_b = has_b && (!has_a || b_quarter <= a_quarter);

		if (take_a && take_b)
		{
			sms_sum_reset(&sum);
			if (!sms_sum_add(&sum, a_tally) || !sms_sum_add(&sum, b_tally))
				return false;
			sms_day_write_sum(writer, a_quarter, &sum);
		}
		else if (take_a)
			sms_day_write_tally(writer, a_quarter, a_tally);
		else
			sms_day_write_tally(writer, b_quarter, b_tally);
		if (take_a)
			has_a = sms_day_next(a, &a_position, &a_quarter, &a_tally);
		if (take_b)
			has_b = sms_day_next(b, &b_position, &b_quarter, &b_tally);
	}
	return true;
}

/* sms_day_pieces_start begins to cut a day tally. */
void
sms_day_pieces_start(SmsDayPieces *pieces, SmsDayTally day, SmsRegion *region)
{
	pieces->day = day;
	pieces->position = SMS_DAY_TALLY_HEADER;
	pieces->open = false;
	pieces->word = 0;
	sms_sum_init(&pieces->sum, region);
}

/*
 * sms_day_pieces_next writes, behind a fresh header, as much as makes a day
 * tally of at most limit bytes; false when nothing is left.  A quarter hour
 * is cut, by its people, only where it is longer than limit by itself.
 */
bool
sms_day_pieces_next(SmsDayPieces *pieces, size_t limit, SmsDayWriter *piece)
{
	size_t		size;

	piece->size = SMS_DAY_TALLY_HEADER;
	for (;;)
	{
		if (!pieces->open &&
			!sms_day_next(pieces->day, &pieces->position, &pieces->quarter,
						  &pieces->tally))
			break;
		if (!pieces->open && pieces->tally.size <= limit - piece->size)
		{
			sms_day_write_tally(piece, pieces->quarter, pieces->tally);
			continue;
		}
		if (!pieces->open)
		{
			sms_sum_reset(&pieces->sum);
			if (!sms_sum_add(&pieces->sum, pieces->tally))
				break;
			pieces->word = 0;
			pieces->open = true;
		}
		/* all of it begins the next piece, if it fits there */
		if (piece->size > SMS_DAY_TALLY_HEADER)
			break;
		reserve(piece, sms_sum_bound(&pieces->sum));
		pieces->word = sms_sum_split(&pieces->sum, pieces->word,
									 limit - piece->size,
									 piece->data + piece->size, &size);
		piece->data[piece->size] = pieces->quarter;
		piece->size += size;
		pieces->open = pieces->word < SMS_CHUNK_WORDS;
		if (pieces->open)
			break;
	}
	return piece->size > SMS_DAY_TALLY_HEADER;
}
