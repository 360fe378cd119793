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
	[SMS_LEVEL_QUARTER] = SMS_QUARTER_HOUR,
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
	return level == SMS_LEVEL_QUARTER ? SMS_LEVEL_DAY : level + 1;
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
add_run(SmsCover *cover, int level, SmsInstant since, SmsInstant until)
{
	if (since >= until)
		return;
	cover->run[cover->n_runs].level = level;
	cover->run[cover->n_runs].since = since;
	cover->run[cover->n_runs++].until = until;
}

/*
 * Cuts [since, until) into the coarsest whole cells that fit, with finer ones
 * at both ends.  Both must be finite and since not after until.
 */
void
sms_cover(SmsInstant since, SmsInstant until, SmsCover *cover)
{
	SmsInstant	left;
	SmsInstant	right;
	int			level;

	cover->n_runs = 0;
	cover->since = since;
	cover->until = until;
	left = round_up(SMS_LEVEL_QUARTER, since);
	right = sms_cell_start(SMS_LEVEL_QUARTER, until);
	if (left >= right)
	{
		/* no whole cell: all of it is one end */
		cover->first_cell = cover->last_cell = until;
		return;
	}
	cover->first_cell = left;
	cover->last_cell = right;
	for (level = SMS_LEVEL_QUARTER; left < right; level = coarser(level))
	{
		SmsInstant	inner_left;
		SmsInstant	inner_right;

		if (coarser(level) == SMS_N_LEVELS)
		{
			add_run(cover, level, left, right);
			break;
		}
		inner_left = round_up(coarser(level), left);
		inner_right = sms_cell_start(coarser(level), right);
		if (inner_left >= inner_right)
		{
			add_run(cover, level, left, right);
			break;
		}
		add_run(cover, level, left, inner_left);
		add_run(cover, level, inner_right, right);
		left = inner_left;
		right = inner_right;
	}
}
