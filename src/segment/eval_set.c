/*-------------------------------------------------------------------------
 *
 * eval_set.c
 *	  Rules over sets of people, one group of chunks at a time.
 *
 * A condition becomes a set of bits; and, or and not are word operations.
 * "Everyone" is who is known: has an event before the moment in the accounts
 * asked about.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "rule/rule_type.h"
#include "segment/eval.h"
#include "segment/eval_sql.h"
#include "server.h"

static size_t
people_words(const SmsEval *eval)
{
	return (size_t) eval->n_chunks * SMS_CHUNK_WORDS;
}

/* An empty set. */
SmsPeople
sms_people_alloc(const SmsEval *eval)
{
	return palloc0(people_words(eval) * sizeof(SmsBits));
}

static SmsPeople
known(SmsEval *eval)
{
	if (eval->known == NULL)
	{
		eval->known = sms_people_alloc(eval);
		sms_eval_known(eval, eval->known);
	}
	return eval->known;
}

static void
and_with(const SmsEval *eval, SmsPeople people, const SmsBits *other)
{
	size_t		i;

	for (i = 0; i < people_words(eval); i++)
		people[i] &= other[i];
}

static void
or_with(const SmsEval *eval, SmsPeople people, const SmsBits *other)
{
	size_t		i;

	for (i = 0; i < people_words(eval); i++)
		people[i] |= other[i];
}

static void
and_not_with(const SmsEval *eval, SmsPeople people, const SmsBits *other)
{
	size_t		i;

	for (i = 0; i < people_words(eval); i++)
		people[i] &= ~other[i];
}

static bool
is_empty(const SmsEval *eval, const SmsBits *people)
{
	size_t		i;

	for (i = 0; i < people_words(eval); i++)
		if (people[i] != 0)
			return false;
	return true;
}

/* Whom the counts in the group's sums fulfil; zero counts for who is known. */
static void
compare_counts(SmsEval *eval, SmsOperator op, int32 n, SmsPeople people)
{
	static const SmsCompare compare[] = {
		[SMS_OP_EQ] = SMS_EQ, [SMS_OP_NE] = SMS_NE, [SMS_OP_LT] = SMS_LT,
		[SMS_OP_LE] = SMS_LE, [SMS_OP_GT] = SMS_GT, [SMS_OP_GE] = SMS_GE
	};
	SmsCondition zero;
	int			i;

	for (i = 0; i < eval->n_chunks; i++)
		sms_sum_compare(&eval->sums[i], compare[op], (uint32_t) n,
						people + (size_t) i * SMS_CHUNK_WORDS);
	zero.op = op;
	zero.n = n;
	if (sms_count_holds(&zero, 0))
		and_with(eval, people, known(eval));
}

/* Who has an event of the pick in [since, until). */
static void
did(SmsEval *eval, const SmsEventPick *pick, TimestampTz since,
	TimestampTz until, SmsPeople people)
{
	sms_eval_count(eval, pick, since, until);
	compare_counts(eval, SMS_OP_GE, 1, people);
}

static void
eval_count(SmsEval *eval, const SmsCondition *condition, SmsPeople people)
{
	TimestampTz since;
	TimestampTz until;

	sms_rule_window(&condition->window, eval->at, &since, &until);
	sms_eval_count(eval, &condition->event, since, until);
	compare_counts(eval, condition->op, condition->n, people);
}

/* "in K of last N": a sum over the periods that fulfil the count. */
static void
eval_regular(SmsEval *eval, const SmsCondition *condition, SmsPeople people)
{
	SmsSum	   *periods = palloc((size_t) eval->n_chunks * sizeof(SmsSum));
	int			i;
	int			j;

	sms_spend_periods(eval, 0, eval->at, condition->window.n_periods);
	for (j = 0; j < eval->n_chunks; j++)
		sms_sum_init(&periods[j], &eval->region);
	for (i = 1; i <= condition->window.n_periods; i++)
	{
		TimestampTz since;
		TimestampTz until;

		CHECK_FOR_INTERRUPTS();
		sms_rule_period(&condition->window, eval->at, i, &since, &until);
		sms_eval_count(eval, &condition->event, since, until);
		compare_counts(eval, condition->op, condition->n, people);
		for (j = 0; j < eval->n_chunks; j++)
			(void) sms_sum_add_bits(&periods[j], people + (size_t) j * SMS_CHUNK_WORDS);
	}
	for (j = 0; j < eval->n_chunks; j++)
	{
		sms_sum_compare(&periods[j], SMS_GE, (uint32_t) condition->wanted,
						people + (size_t) j * SMS_CHUNK_WORDS);
		for (i = 0; i < SMS_TALLY_PLANES; i++)
			if (periods[j].plane[i] != NULL)
				pfree(periods[j].plane[i]);
	}
	pfree(periods);
	if (condition->wanted <= 0)
		and_with(eval, people, known(eval));
}

/* The first (last) such event lies in the window: some there, none before (after). */
static void
eval_first_last(SmsEval *eval, const SmsCondition *condition, SmsPeople people)
{
	bool		first = condition->kind == SMS_CONDITION_FIRST;
	SmsPeople	outside = sms_people_alloc(eval);
	TimestampTz since;
	TimestampTz until;

	sms_rule_window(&condition->window, eval->at, &since, &until);
	did(eval, &condition->event, since, until, people);
	did(eval, &condition->event, first ? DT_NOBEGIN : until, first ? since : eval->at, outside);
	and_not_with(eval, people, outside);
	pfree(outside);
}

static void
eval_condition(SmsEval *eval, const SmsCondition *condition, SmsPeople people)
{
	TimestampTz since;
	TimestampTz until;

	switch (condition->kind)
	{
		case SMS_CONDITION_COUNT:
			eval_count(eval, condition, people);
			return;
		case SMS_CONDITION_REGULAR:
			eval_regular(eval, condition, people);
			return;
		case SMS_CONDITION_FIRST:
		case SMS_CONDITION_LAST:
			eval_first_last(eval, condition, people);
			return;
		case SMS_CONDITION_SEGMENT:
			memcpy(people, sms_saved_people(eval, condition->name), people_words(eval) * sizeof(SmsBits));
			return;
		case SMS_CONDITION_KNOWN:
			memcpy(people, known(eval), people_words(eval) * sizeof(SmsBits));
			return;
		case SMS_CONDITION_FOLLOWED:
		case SMS_CONDITION_NOT_FOLLOWED:
			sms_rule_window(&condition->window, eval->at, &since, &until);
			memset(people, 0, people_words(eval) * sizeof(SmsBits));
			sms_eval_query(eval, sms_sequence_sql(eval, condition), Max(since, SMS_LADDER_START),
						   until, people);
			return;
		case SMS_CONDITION_BUCKET:
			memset(people, 0, people_words(eval) * sizeof(SmsBits));
			sms_eval_bucket(eval, condition, people);
			and_with(eval, people, known(eval));
			return;
		case SMS_CONDITION_OPTED_OUT:
		case SMS_CONDITION_OPTED_IN:
		case SMS_CONDITION_INDIVIDUAL:
			memset(people, 0, people_words(eval) * sizeof(SmsBits));
			sms_eval_query(eval, condition->kind == SMS_CONDITION_INDIVIDUAL ?
						   sms_individual_sql(condition) : sms_consent_sql(condition),
						   SMS_LADDER_START, Max(eval->at, SMS_LADDER_START), people);
			and_with(eval, people, known(eval));
			return;
	}
}

/* Whom the rule below the node holds for; people is overwritten. */
void
sms_eval_node(SmsEval *eval, const SmsNode *node, SmsPeople people)
{
	const SmsNode *child;
	SmsPeople	other;

	check_stack_depth();
	switch (node->kind)
	{
		case SMS_NODE_CONDITION:
			eval_condition(eval, node->condition, people);
			return;
		case SMS_NODE_NOT:
			other = sms_people_alloc(eval);
			sms_eval_node(eval, node->first, other);
			memcpy(people, known(eval), people_words(eval) * sizeof(SmsBits));
			and_not_with(eval, people, other);
			pfree(other);
			return;
		case SMS_NODE_AND:
		case SMS_NODE_OR:
			sms_eval_node(eval, node->first, people);
			other = sms_people_alloc(eval);
			for (child = node->first->next; child != NULL; child = child->next)
			{
				if (node->kind == SMS_NODE_AND && is_empty(eval, people))
					break;
				sms_eval_node(eval, child, other);
				if (node->kind == SMS_NODE_AND)
					and_with(eval, people, other);
				else
					or_with(eval, people, other);
			}
			pfree(other);
			return;
	}
}

static bool
has_not(const SmsNode *node)
{
	const SmsNode *child;

	check_stack_depth();
	if (node->kind == SMS_NODE_NOT)
		return true;
	if (node->kind != SMS_NODE_CONDITION)
		for (child = node->first; child != NULL; child = child->next)
			if (has_not(child))
				return true;
	return false;
}

/* A person's events are read at once for more conditions than that. */
#define FEW_CONDITIONS 3

/*
 * Whether one person is better found by tallies than by events: where all is
 * counted without filters, and nobody needs to be known for counting zero.
 */
bool
sms_eval_by_tallies(const SmsEval *eval, const SmsRule *rule)
{
	int			i;

	if (eval->spread || rule->n_conditions > FEW_CONDITIONS || has_not(rule->root))
		return false;
	for (i = 0; i < rule->n_conditions; i++)
		if (rule->conditions[i]->kind != SMS_CONDITION_COUNT ||
			rule->conditions[i]->event.n_filters > 0 ||
			sms_count_holds(rule->conditions[i], 0))
			return false;
	return true;
}

/* Whether the rule holds for one person. */
bool
sms_eval_one(SmsEval *eval, const SmsRule *rule, int64 individual_no)
{
	SmsPeople	people;
	int64		bit;

	sms_eval_group(eval, (int32) (individual_no >> SMS_CHUNK_BITS), 1);
	eval->only = individual_no;
	people = sms_people_alloc(eval);
	sms_eval_node(eval, rule->root, people);
	bit = individual_no - sms_group_start(eval);
	return (people[bit / 64] >> bit % 64 & 1) != 0;
}
