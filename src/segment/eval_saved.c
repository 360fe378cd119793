/*-------------------------------------------------------------------------
 *
 * eval_saved.c
 *	  Saved segments inside rules: each is read once a call and evaluated once
 *	  for each group of people, each moment of a person.
 *
 * Segments that name others several times would else be evaluated as often as
 * there are ways to them: three in each of fifteen levels are fourteen million.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"

#include "rule/rule_type.h"
#include "segment/eval_person.h"
#include "segment/eval_store.h"
#include "server.h"

/* Different saved segments of one call; their sets are kept */
#define MAX_SAVED 256
/* Periods of "in K of last N" that one rule may ask for, all in all */
#define MAX_PERIODS 50000

struct SmsSaved
{
	SmsText		name;
	SmsRule    *rule;
	bool		entered;		/* it is being evaluated */
	int			height;			/* levels of segments inside it, as far as looked at */
	SmsPeople	people;			/* for whom it holds, of the group at hand; or NULL */
	int64		person_no;		/* whom it was asked for last; 0: nobody */
	TimestampTz at;
	bool		holds;
	int			round;			/* of the last visit (eval_history.c) */
};

static SmsStorePlan saved_plan = {
	"SELECT d.rule::smsengage.segment_rule FROM smsengage.segment_definition d WHERE d.name = $1",
	1, {TEXTOID}, NULL, false, false
};

/* The rule outlives the row. */
static void
take_rule(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	*(SmsRule **) into = sms_rule_read((SegmentRule *) PG_DETOAST_DATUM_COPY(slot->tts_values[0]));
}

/* The saved segment of a name.  Raises 42704 if there is none. */
static SmsSaved *
find_saved(SmsEval *eval, SmsText name)
{
	SmsSaved   *saved;
	Datum		value;
	int			i;

	for (i = 0; i < eval->n_saved; i++)
		if (sms_text_same(eval->saved[i].name, name))
			return &eval->saved[i];
	if (eval->n_saved == MAX_SAVED)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("a rule names more than %d saved segments, itself and by way of others", MAX_SAVED)));
	if (eval->saved == NULL)
		eval->saved = palloc0(MAX_SAVED * sizeof(SmsSaved));
	saved = &eval->saved[eval->n_saved];
	value = sms_text_datum(name);
	sms_store_run(&saved_plan, &value, NULL, take_rule, eval, &saved->rule);
	if (saved->rule == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no segment \"%.*s\"", (int) name.len, name.ptr),
				 errhint("save_segment() makes one.")));
	saved->name = name;
	eval->n_saved++;
	return saved;
}

/*
 * The saved segment of a name, which may be part of what is being evaluated.
 * Raises 42P19 if it is part of itself, 54001 if that nests too deep.
 */
static SmsSaved *
get_saved(SmsEval *eval, SmsText name)
{
	SmsSaved   *saved = find_saved(eval, name);

	if (saved->entered)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_RECURSION),
				 errmsg("segment \"%.*s\" is part of itself", (int) name.len, name.ptr)));
	if (eval->depth + 1 + saved->height > SMS_SEGMENT_MAX_DEPTH)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("segments are nested deeper than %d", SMS_SEGMENT_MAX_DEPTH)));
	eval->deepest = Max(eval->deepest, eval->depth + 1 + saved->height);
	return saved;
}

/* Goes into a saved segment; returns what leave() must be given. */
static int
enter(SmsEval *eval, SmsSaved *saved)
{
	int			deepest = eval->deepest;

	saved->entered = true;
	eval->deepest = ++eval->depth;
	return deepest;
}

static void
leave(SmsEval *eval, SmsSaved *saved, int deepest)
{
	saved->entered = false;
	saved->height = Max(saved->height, eval->deepest - eval->depth);
	eval->depth--;
	eval->deepest = Max(deepest, eval->deepest);
}

/* For whom of the group a saved segment holds. */
const SmsBits *
sms_saved_people(SmsEval *eval, SmsText name)
{
	SmsSaved   *saved = get_saved(eval, name);

	if (saved->people == NULL)
	{
		int			deepest = enter(eval, saved);
		SmsPeople	people = sms_people_alloc(eval);

		sms_eval_node(eval, saved->rule->root, people);
		saved->people = people;
		leave(eval, saved, deepest);
	}
	return saved->people;
}

/* Whether a saved segment holds for a person at the evaluation's moment. */
bool
sms_saved_holds(SmsEval *eval, SmsPerson *person, SmsText name)
{
	SmsSaved   *saved = get_saved(eval, name);

	if (saved->person_no != person->no || saved->at != eval->at)
	{
		int			deepest = enter(eval, saved);

		saved->holds = sms_person_holds(eval, person, saved->rule->root);
		saved->person_no = person->no;
		saved->at = eval->at;
		leave(eval, saved, deepest);
	}
	return saved->holds;
}

/*
 * Hands on the rule of a saved segment, if it was not yet in this round.
 */
void
sms_saved_visit(SmsEval *eval, SmsText name, int round,
				void (*visit) (SmsEval *eval, const SmsRule *rule, void *into), void *into)
{
	SmsSaved   *saved = get_saved(eval, name);
	int			deepest;

	if (saved->round == round)
		return;
	saved->round = round;
	deepest = enter(eval, saved);
	visit(eval, saved->rule, into);
	leave(eval, saved, deepest);
}

/* Forgets whom saved segments hold for, as another group is at hand. */
void
sms_saved_reset(SmsEval *eval)
{
	int			i;

	for (i = 0; i < eval->n_saved; i++)
		if (eval->saved[i].people != NULL)
		{
			pfree(eval->saved[i].people);
			eval->saved[i].people = NULL;
		}
}

/*
 * Counts periods that are asked for one by one, for a person (0: for the group
 * at hand) and a moment.
 */
void
sms_spend_periods(SmsEval *eval, int64 person_no, TimestampTz at, int n)
{
	if (eval->spent_no != person_no || eval->spent_at != at)
		eval->periods = 0;
	eval->spent_no = person_no;
	eval->spent_at = at;
	eval->periods += n;
	if (eval->periods > MAX_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("the rule asks for more than %d periods", MAX_PERIODS),
				 errdetail("Each \"in K of last N\" asks for N of them.")));
}
