/*-------------------------------------------------------------------------
 *
 * cover.c
 *	  The ladder of levels, and a window cut into its cells.
 *
 *-------------------------------------------------------------------------
 */
#include "tally/cover.h"

static const int64_t lengths[SMS_N_LEVELS] = {
	[SMS_LEVEL_DELTA] = SMS_QUARTER_HOUR,
	[SMS_LEVEL_QUARTER_HOUR] = SMS_QUARTER_HOUR,
	[SMS_LEVEL_HOUR] = 4 * SMS_QUARTER_HOUR,
	[SMS_LEVEL_DAY] = SMS_DAY,
	[SMS_LEVEL_WEEK] = 7 * SMS_DAY,
	[SMS_LEVEL_8_WEEKS] = 56 * SMS_DAY,
	[SMS_LEVEL_64_WEEKS] = 448 * SMS_DAY,
};

/* The level of tallies above another; hours are sums of quarter hours. */
static int
coarser(int level)
{
	return level == SMS_LEVEL_QUARTER_HOUR ? SMS_LEVEL_DAY : level + 1;
}

/* How long a cell of the level is, in microseconds. */
int64_t
sms_cell_length(int level)
{
	return lengths[level];
}

/* Where the cell begins that holds the instant. */
SmsInstant
sms_cell_start(int level, SmsInstant at)
{
	int64_t		since_start = at - SMS_LADDER_START;
	int64_t		length = lengths[level];

	return at - (since_start % length + length) % length;
}

static SmsInstant
round_up(int level, SmsInstant at)
{
	SmsInstant	start = sms_cell_start(level, at);

	return start == at ? at : start + lengths[level];
}

static void
add_run(SmsCover *cover, int level, bool minus, SmsInstant since,
		SmsInstant until)
{
	SmsRun	   *run = &cover->run[cover->n_runs];

	if (since >= until)
		return;
	run->level = level;
	run->minus = minus;
	run->since = since;
	run->until = until;
	cover->n_runs++;
}

/*
 * What reading a cell of the level above costs, in cells of this level: a
 * quarter hour is little, a week is larger than a day.
 */
static int64_t
coarse_cost(int level)
{
	return level == SMS_LEVEL_QUARTER_HOUR ? 20 : 2;
}

/*
 * One end of a window at one level: cells of that level between the end and
 * the boundary of a coarser cell, inside the window to be added or outside of
 * it to be taken away.
 */
typedef struct End
{
	SmsInstant	boundary;
	bool		outside;
	int64_t		cells;
} End;

static End
choose_end(int level, SmsInstant at, SmsInstant inside, SmsInstant outside,
		   bool may_subtract)
{
	int64_t		n_inside = (inside > at ? inside - at : at - inside) / lengths[level];
	int64_t		n_outside = (outside > at ? outside - at : at - outside) / lengths[level];
	End			end = {inside, false, n_inside};

	if (may_subtract && n_inside > n_outside + coarse_cost(level))
	{
		end.boundary = outside;
		end.outside = true;
		end.cells = n_outside;
	}
	return end;
}

/* The quarter hour's boundary that is nearer. */
static SmsInstant
nearest(SmsInstant at)
{
	return sms_cell_start(SMS_LEVEL_QUARTER_HOUR, at + SMS_QUARTER_HOUR / 2);
}

/*
 * Cuts [since, until) into few cells: the coarsest that fit, and finer ones at
 * both ends.  may_subtract: cells may also be taken away from one that reaches
 * beyond an end, as six days are a week less one day; those come as runs
 * that are minus.  Both ends must be finite and since not after until.
 */
void
sms_cover(SmsInstant since, SmsInstant until, bool may_subtract,
		  SmsCover *cover)
{
	SmsInstant	left;
	SmsInstant	right;
	int			level;

	cover->n_runs = 0;
	cover->since = since;
	cover->until = until;
	left = may_subtract ? nearest(since) : round_up(SMS_LEVEL_QUARTER_HOUR, since);
	right = may_subtract ? nearest(until) : sms_cell_start(SMS_LEVEL_QUARTER_HOUR, until);
	if (left > SMS_LADDER_END)
		left = SMS_LADDER_END;
	if (right > SMS_LADDER_END)
		right = SMS_LADDER_END;
	if (left >= right)
	{
		/* no whole cell: all of it is one end */
		cover->first_cell = cover->last_cell = until;
		return;
	}
	cover->first_cell = left;
	cover->last_cell = right;
	for (level = SMS_LEVEL_QUARTER_HOUR; left < right; level = coarser(level))
	{
		int			above = coarser(level);
		int64_t		cells = (right - left) / lengths[level];
		End			first = {0};
		End			last = {0};

		if (above < SMS_N_LEVELS)
		{
			first = choose_end(level, left, round_up(above, left),
							   sms_cell_start(above, left), may_subtract);
			last = choose_end(level, right, sms_cell_start(above, right),
							  round_up(above, right), may_subtract);
		}
		if (above == SMS_N_LEVELS || first.boundary > last.boundary ||
			cells <= first.cells + last.cells +
			coarse_cost(level) * ((last.boundary - first.boundary) / lengths[above]))
		{
			add_run(cover, level, false, left, right);
			break;
		}
		if (first.outside)
			add_run(cover, level, true, first.boundary, left);
		else
			add_run(cover, level, false, left, first.boundary);
		if (last.outside)
			add_run(cover, level, true, right, last.boundary);
		else
			add_run(cover, level, false, last.boundary, right);
		left = first.boundary;
		right = last.boundary;
	}
}
