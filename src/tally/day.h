/*-------------------------------------------------------------------------
 *
 * day.h
 *	  A day tally: the tallies of one chunk of people in the quarter hours of
 *	  one day of UTC.
 *
 * Of most series a chunk has a few events in a quarter hour.  A row and an
 * index entry for each of them took ten times the room of what they said; so
 * a day's quarter hours are one value.  Bytes, after the length word:
 *
 *	  u8	version, 1
 *	  quarter hours that have events, rising:
 *		u8	  number of the quarter hour, 0..95
 *		the rest of a tally after its version (tally.h)
 *
 * So each quarter hour is a tally whose first byte is not its version but
 * its place in the day.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_DAY_TALLY_H
#define SMS_DAY_TALLY_H

#include "tally/tally.h"

#define SMS_DAY_QUARTER_HOURS 96
#define SMS_DAY_TALLY_VERSION 1
#define SMS_DAY_TALLY_HEADER 1
/* the most that one can take; far from what is stored in a row */
#define SMS_DAY_TALLY_MAX_SIZE \
	(SMS_DAY_TALLY_HEADER + SMS_DAY_QUARTER_HOURS * SMS_TALLY_MAX_SIZE)

/* A day tally's bytes, after the length word; not owned. */
typedef struct SmsDayTally
{
	const uint8_t *data;
	size_t		size;
} SmsDayTally;

/* A day tally being written, quarter hours rising. */
typedef struct SmsDayWriter
{
	SmsRegion  *region;
	uint8_t    *data;
	size_t		size;
	size_t		room;
} SmsDayWriter;

/* Where the cutting of a day tally into pieces stands. */
typedef struct SmsDayPieces
{
	SmsDayTally day;
	size_t		position;
	bool		open;			/* part of a quarter hour is still to come */
	uint32_t	quarter;
	SmsTally	tally;
	uint32_t	word;			/* ... from this word of the chunk on */
	SmsSum		sum;
} SmsDayPieces;

/* day_core.c */
extern bool sms_day_is_sound(SmsDayTally day);
extern bool sms_day_is_canonical(SmsDayTally day, SmsRegion *region);
extern bool sms_day_next(SmsDayTally day, size_t *position,
						 uint32_t *quarter, SmsTally *tally);
extern bool sms_day_add(SmsSum *sum, SmsDayTally day, uint32_t first,
						uint32_t end);
extern bool sms_day_subtract(SmsSum *sum, SmsDayTally day, uint32_t first,
							 uint32_t end);
extern void sms_day_bits(SmsDayTally day, uint32_t first, uint32_t end,
						 SmsBits *bits);
extern uint64_t sms_day_total(SmsDayTally day);
extern uint64_t sms_day_count_of(SmsDayTally day, uint32_t offset);
extern void sms_day_writer_init(SmsDayWriter *writer, SmsRegion *region);
extern void sms_day_write_sum(SmsDayWriter *writer, uint32_t quarter,
							  const SmsSum *sum);
extern void sms_day_write_tally(SmsDayWriter *writer, uint32_t quarter,
								SmsTally tally);
extern SmsDayTally sms_day_written(const SmsDayWriter *writer);
extern bool sms_day_merge(SmsDayTally a, SmsDayTally b, SmsRegion *region,
						  SmsDayWriter *writer);
extern void sms_day_pieces_start(SmsDayPieces *pieces, SmsDayTally day,
								 SmsRegion *region);
extern bool sms_day_pieces_next(SmsDayPieces *pieces, size_t limit,
								SmsDayWriter *piece);

/* tally_text.c */
extern bool sms_day_parse(SmsText text, SmsRegion *region,
						  SmsDayWriter *writer, SmsTallyError *error);
extern size_t sms_day_print_bound(SmsDayTally day);
extern size_t sms_day_print(SmsDayTally day, char *out);

#endif							/* SMS_DAY_TALLY_H */
