/*-------------------------------------------------------------------------
 *
 * eval_history.c
 *	  When a person's membership changes.
 *
 * An event counts from just after its time, and for as long as it lies in the
 * window.  The ends of windows only move forward with the moment asked for,
 * but where a zone sets its clocks back; so between two changes of clocks the
 * moment at which an end passes an event is found by bisection.  At these
 * moments, and nowhere else, membership may change; and where consent does,
 * whose words count from their very moment.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "pgtime.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rule/rule_type.h"
#include "segment/eval_person.h"

/*
 * How often ends of windows are held against events, and how many periods are
 * then asked for; most rules need some thousands.
 */
#define MAX_PASSES 1000000
#define MAX_PERIODS 30000000

/* A gigabyte of them */
#define MAX_INSTANTS ((int) (MaxAllocSize / sizeof(TimestampTz)))

typedef struct Instants
{
	TimestampTz *at;
	int			n;
	int			size;
} Instants;

static void
add_instant(Instants *instants, TimestampTz at)
{
	if (instants->n == instants->size)
	{
		if (instants->size > MAX_INSTANTS / 2)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the rule has too many moments at which it may change")));
		instants->size *= 2;
		instants->at = repalloc_huge(instants->at, (Size) instants->size * sizeof(TimestampTz));
	}
	instants->at[instants->n++] = at;
}

/* One end of one of the windows of a condition, as a function of the moment. */
typedef struct End
{
	const SmsWindow *window;
	int			period;			/* of "in K of last N"; 0: the window itself */
	bool		is_until;
} End;

static TimestampTz
end_at(const End *end, TimestampTz at)
{
	TimestampTz since;
	TimestampTz until;

	if (end->period > 0)
		sms_rule_period(end->window, at, end->period, &since, &until);
	else
		sms_rule_window(end->window, at, &since, &until);
	return end->is_until ? until : since;
}

/*
 * Adds the first moment in (low, high] at which the end lies behind the
 * instant, if it does not at low and does at high.
 */
static void
bisect(Instants *instants, const End *end, TimestampTz instant, TimestampTz low,
	   TimestampTz high)
{
	if (end_at(end, low) > instant || end_at(end, high) <= instant)
		return;
	/* unsigned: from the first instant to the last is more than an int64 */
	while ((uint64) high - (uint64) low > 1)
	{
		TimestampTz middle = low + (int64) (((uint64) high - (uint64) low) / 2);

		if (end_at(end, middle) > instant)
			high = middle;
		else
			low = middle;
	}
	add_instant(instants, high);
}

/* The moments in [since, until] at which the zone changes its clocks. */
static void
clock_changes(SmsText name, TimestampTz since, TimestampTz until, Instants *changes)
{
	pg_tz	   *zone;
	pg_time_t	at = timestamptz_to_time_t(since);
	pg_time_t	boundary;
	long		before_offset;
	long		after_offset;
	int			before_dst;
	int			after_dst;

	if (name.len == 0)
		return;
	zone = pg_tzset(pnstrdup(name.ptr, name.len));
	while (zone != NULL &&
		   pg_next_dst_boundary(&at, &before_offset, &before_dst, &boundary,
								&after_offset, &after_dst, zone) == 1 &&
		   time_t_to_timestamptz(boundary) < until)
	{
		CHECK_FOR_INTERRUPTS();
		/* local time may jump back over an hour or a day: look around it */
		add_instant(changes, time_t_to_timestamptz(boundary) - 2 * USECS_PER_HOUR);
		add_instant(changes, time_t_to_timestamptz(boundary));
		add_instant(changes, time_t_to_timestamptz(boundary) + 2 * USECS_PER_HOUR);
		at = boundary;
	}
}

static int
compare_instants(const void *a, const void *b)
{
	TimestampTz x = *(const TimestampTz *) a;
	TimestampTz y = *(const TimestampTz *) b;

	return x < y ? -1 : x > y;
}

/* Every moment at which one end of a window passes one of the events. */
static void
end_passes(Instants *instants, SmsPerson *person, const End *end, TimestampTz since,
		   TimestampTz until)
{
	Instants	changes = {palloc(8 * sizeof(TimestampTz)), 0, 8};
	Instants	pieces = {palloc(8 * sizeof(TimestampTz)), 0, 8};
	TimestampTz earliest = end_at(end, since);
	int			i;
	int			j;

	/* where clocks change, and where the end passes such a place */
	clock_changes(end->window->zone, earliest == DT_NOBEGIN ? since : Min(since, earliest),
				  until, &changes);
	add_instant(&pieces, since);
	for (i = 0; i < changes.n; i++)
	{
		add_instant(&pieces, changes.at[i]);
		bisect(&pieces, end, changes.at[i], since, until);
	}
	add_instant(&pieces, until);
	qsort(pieces.at, pieces.n, sizeof(TimestampTz), compare_instants);
	for (i = 0; i + 1 < pieces.n; i++)
	{
		TimestampTz low = Max(pieces.at[i], since);
		TimestampTz high = Min(pieces.at[i + 1], until);

		CHECK_FOR_INTERRUPTS();
		if (low < high)
		{
			for (j = 0; j < person->n_events; j++)
				bisect(instants, end, person->events[j].at, low, high);
			/* clocks set back: ends may return */
			add_instant(instants, high);
		}
	}
	pfree(pieces.at);
	pfree(changes.at);
}

static void
too_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
			 errmsg("the rule may change too often for this person"),
			 errhint("Ask for fewer periods in \"in K of last N\", or for membership at single moments.")));
}

static void
condition_instants(SmsEval *eval, SmsPerson *person, const SmsCondition *condition,
				   TimestampTz since, TimestampTz until, Instants *instants, int64 *passes)
{
	int			n = condition->kind == SMS_CONDITION_REGULAR ? condition->window.n_periods : 0;
	int			i;
	End			end = {&condition->window, 0, false};

	*passes += 2 * (int64) Max(n, 1) * (person->n_events + 1);
	if (*passes > MAX_PASSES)
		too_many();
	if (condition->kind == SMS_CONDITION_OPTED_OUT || condition->kind == SMS_CONDITION_OPTED_IN)
	{
		sms_person_moments(eval, person);
		for (i = 0; i < person->n_moments; i++)
			add_instant(instants, person->moments[i]);
	}
	if (condition->kind <= SMS_CONDITION_NOT_FOLLOWED)
		for (i = n > 0 ? 1 : 0; i <= n; i++)
		{
			end.period = i;
			end.is_until = false;
			end_passes(instants, person, &end, since, until);
			end.is_until = true;
			end_passes(instants, person, &end, since, until);
		}
	if ((condition->kind == SMS_CONDITION_FOLLOWED ||
		 condition->kind == SMS_CONDITION_NOT_FOLLOWED) &&
		(condition->within_zone.len > 0 || !sms_span_is_zero(&condition->within)))
		for (i = 0; i < person->n_events; i++)
			add_instant(instants, sms_rule_shift(&condition->within, condition->within_zone, 1,
												 person->events[i].at) + 1);
}

/* What rule_instants() looks for. */
typedef struct Search
{
	SmsPerson  *person;
	TimestampTz since;
	TimestampTz until;
	Instants   *instants;
	int64		passes;
} Search;

static void
rule_instants(SmsEval *eval, const SmsRule *rule, void *into)
{
	Search	   *search = into;
	int			i;

	check_stack_depth();
	for (i = 0; i < rule->n_conditions; i++)
	{
		const SmsCondition *condition = rule->conditions[i];

		if (condition->kind == SMS_CONDITION_SEGMENT)
			sms_saved_visit(eval, condition->name, eval->round, rule_instants, search);
		else
			condition_instants(eval, search->person, condition, search->since, search->until,
							   search->instants, &search->passes);
	}
}

/*
 * The moments in [since, until) from which on membership is another than
 * before: (*instants)[0] is since if the person is a member there, and then
 * the values alternate between begin and end.  Returns how many.
 */
int
sms_person_changes(SmsEval *eval, SmsPerson *person, const SmsRule *rule,
				   TimestampTz since, TimestampTz until, TimestampTz **instants)
{
	Instants	candidates = {palloc(64 * sizeof(TimestampTz)), 0, 64};
	Search		search = {person, since, until, &candidates, 0};
	TimestampTz asked = eval->at;
	int64		periods = 0;
	bool		member = false;
	int			n = 0;
	int			i;

	add_instant(&candidates, since);
	for (i = 0; i < person->n_events; i++)
		add_instant(&candidates, person->events[i].at + 1);
	eval->round++;
	rule_instants(eval, rule, &search);
	qsort(candidates.at, candidates.n, sizeof(TimestampTz), compare_instants);

	for (i = 0; i < candidates.n; i++)
	{
		TimestampTz at = candidates.at[i];
		bool		now;

		CHECK_FOR_INTERRUPTS();
		if (at < since || at >= until || (i > 0 && at == candidates.at[i - 1]))
			continue;
		eval->at = at;
		eval->periods = 0;
		now = sms_person_holds(eval, person, rule->root);
		periods += eval->periods;
		if (periods > MAX_PERIODS)
			too_many();
		if (now != member)
			candidates.at[n++] = at;
		member = now;
	}
	eval->at = asked;
	*instants = candidates.at;
	return n;
}
