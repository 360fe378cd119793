/*-------------------------------------------------------------------------
 *
 * funnel.c
 *	  How far a person got through given steps.
 *
 *-------------------------------------------------------------------------
 */
#include "report/funnel.h"

#include <stdlib.h>

/* By time; at one instant, earlier steps come first. */
static int
compare_marks(const void *a, const void *b)
{
	const SmsFunnelMark *x = a;
	const SmsFunnelMark *y = b;
	uint64_t	first_x = x->steps & -x->steps;
	uint64_t	first_y = y->steps & -y->steps;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (first_x != first_y)
		return first_x < first_y ? -1 : 1;
	return x->steps < y->steps ? -1 : x->steps > y->steps;
}

/*
 * The number of steps taken one after the other, none longer after the first
 * than within.  Of several ways to a step, the one that began last leaves the
 * most time for the next.  Sorts the marks.
 */
uint32_t
sms_funnel_reached(SmsFunnelMark *marks, uint64_t n, uint32_t n_steps,
				   int64_t within)
{
	SmsInstant	began[SMS_FUNNEL_MAX_STEPS];
	uint32_t	reached = 0;
	uint64_t	i;
	uint32_t	k;

	qsort(marks, n, sizeof(SmsFunnelMark), compare_marks);
	for (i = 0; i < n; i++)
		/* later steps first: one event is one step of a way */
		for (k = reached < n_steps ? reached + 1 : n_steps; k-- > 0;)
		{
			if ((marks[i].steps & (UINT64_C(1) << k)) == 0)
				continue;
			if (k == 0)
				began[0] = marks[i].at;
			/* rising: the difference is no less than 0, but any that there is */
			else if (within >= 0 &&
					 (uint64_t) marks[i].at - (uint64_t) began[k - 1] > (uint64_t) within)
				continue;
			else if (k == reached || began[k] < began[k - 1])
				began[k] = began[k - 1];
			if (k == reached)
				reached++;
		}
	return reached;
}
