/*-------------------------------------------------------------------------
 *
 * cover.h
 *	  A window of time as few whole cells of several levels.
 *
 * Cells of level 1 are quarter hours of UTC, to which every zone's offset in
 * use is a multiple; each higher level joins whole cells of the one below.
 * Tallies are stored by quarter hour, all those of a day in one row, and by
 * day and longer; hours are only counted in where few rows have no chunks.
 * Level 0 is not in the ladder: its rows are deltas, in quarter hours, that
 * are part of the cells of every level until fold() has added them there.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_COVER_H
#define SMS_COVER_H

#include "core.h"

#define SMS_QUARTER_HOUR (INT64_C(900) * SMS_SECOND)

#define SMS_LEVEL_DELTA 0
#define SMS_LEVEL_QUARTER_HOUR 1
#define SMS_LEVEL_HOUR 2
#define SMS_LEVEL_DAY 3
#define SMS_LEVEL_WEEK 4		/* from Monday */
#define SMS_LEVEL_8_WEEKS 5
#define SMS_LEVEL_64_WEEKS 6
#define SMS_N_LEVELS 7

/* Cells are counted from Monday, 1999-12-27, before the first event there is. */
#define SMS_LADDER_START (-5 * SMS_DAY)

/*
 * And up to here, behind the last event there can be: clocks have years of
 * four digits.  An instant of the ladder that all cells of a window lie before
 * leaves room for the arithmetic, whatever the window.
 */
#define SMS_LADDER_END (SMS_LADDER_START + 6525 * INT64_C(448) * SMS_DAY)

/* The chunk of events that belong to nobody */
#define SMS_NO_CHUNK (-1)

/* The value as which names beyond the limit of new ones are counted */
#define SMS_OTHER_NAME "(other)"

/* Cells of one level, side by side: [since, until). */
typedef struct SmsRun
{
	int			level;
	bool		minus;			/* to be taken away: more was added than asked */
	SmsInstant	since;
	SmsInstant	until;
} SmsRun;

/* at most two runs of each level but the coarsest */
#define SMS_MAX_RUNS (2 * SMS_N_LEVELS)

typedef struct SmsCover
{
	int			n_runs;
	SmsRun		run[SMS_MAX_RUNS];
	/*
	 * What is left at the ends, shorter than a quarter hour; may be empty.
	 * Where the cells reach beyond an end, it is to be taken away.
	 */
	SmsInstant	since;
	SmsInstant	first_cell;
	SmsInstant	last_cell;		/* the end of the cells */
	SmsInstant	until;
} SmsCover;

/* The quarter hour of its day, 0..95, that holds the instant. */
static inline uint32_t
sms_quarter_hour_of_day(SmsInstant at)
{
	return (uint32_t) ((at % SMS_DAY + SMS_DAY) % SMS_DAY / SMS_QUARTER_HOUR);
}

/* How many quarter hours of a day begin before the instant. */
static inline uint32_t
sms_quarter_hours_before(SmsInstant day, SmsInstant at)
{
	if (at <= day)
		return 0;
	if (at >= day + SMS_DAY)
		return SMS_DAY / SMS_QUARTER_HOUR;
	return (uint32_t) ((at - day + SMS_QUARTER_HOUR - 1) / SMS_QUARTER_HOUR);
}

extern SmsInstant sms_cell_start(int level, SmsInstant at);
extern int64_t sms_cell_length(int level);
extern void sms_cover(SmsInstant since, SmsInstant until, bool may_subtract,
					  SmsCover *cover);

#endif							/* SMS_COVER_H */
