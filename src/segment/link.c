/*-------------------------------------------------------------------------
 *
 * link.c
 *	  Linked people: several numbers that are one person.
 *
 * Links are facts with a time; who is linked at a moment, also by way of
 * others, is one person, shown under the lowest number that has events where
 * the caller looks, and what any of the numbers did counts.  Linked people are few beside all, so they are
 * evaluated one by one and put into the set that was computed for the others.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/hsearch.h"

#include "segment/eval_person.h"
#include "segment/link.h"

/* One number; numbers with the same root are one person. */
typedef struct Linked
{
	int64		number;
	int64		root;			/* a lower number of the person, or itself */
} Linked;

typedef struct SmsLinks
{
	HTAB	   *table;
	Linked	   *members;		/* by root, then number; lowest first */
	int			n;
} SmsLinks;

static Linked *
enter_number(SmsLinks *links, int64 number)
{
	bool		found;
	Linked	   *linked = hash_search(links->table, &number, HASH_ENTER, &found);

	if (!found)
		linked->root = number;
	return linked;
}

static int64
root_of(SmsLinks *links, int64 number)
{
	Linked	   *linked = enter_number(links, number);

	while (linked->root != linked->number)
	{
		Linked	   *above = enter_number(links, linked->root);

		linked->root = above->root;
		linked = above;
	}
	return linked->number;
}

static void
join_numbers(void *into, int64 a, int64 b)
{
	SmsLinks   *links = into;
	int64		root_a = root_of(links, a);
	int64		root_b = root_of(links, b);

	if (root_a != root_b)
		enter_number(links, Max(root_a, root_b))->root = Min(root_a, root_b);
}

static int
compare_linked(const void *a, const void *b)
{
	const Linked *x = a;
	const Linked *y = b;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Reads who is linked at the evaluation's moment. */
void
sms_links_load(SmsEval *eval)
{
	SmsLinks   *links = palloc0(sizeof(SmsLinks));
	HASHCTL		control;
	HASH_SEQ_STATUS status;
	Linked	   *linked;
	int			i;

	control.keysize = sizeof(int64);
	control.entrysize = sizeof(Linked);
	control.hcxt = CurrentMemoryContext;
	links->table = hash_create("smsengage links", 1024, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	sms_eval_links(eval, join_numbers, links);
	links->members = palloc(hash_get_num_entries(links->table) * sizeof(Linked) + 1);
	hash_seq_init(&status, links->table);
	while ((linked = hash_seq_search(&status)) != NULL)
		links->members[links->n++].number = linked->number;
	/* every root is known now, and the table no longer changes */
	for (i = 0; i < links->n; i++)
		links->members[i].root = root_of(links, links->members[i].number);
	qsort(links->members, links->n, sizeof(Linked), compare_linked);
	eval->links = links;
}

static void
set_bit(SmsPeople people, int64 bit, bool value)
{
	if (value)
		people[bit / 64] |= UINT64_C(1) << bit % 64;
	else
		people[bit / 64] &= ~(UINT64_C(1) << bit % 64);
}

/* All numbers that are one person with this one, lowest first. */
int
sms_links_numbers(const SmsEval *eval, int64 number, int64 **numbers)
{
	SmsLinks   *links = eval->links;
	Linked	   *linked = links == NULL ? NULL :
		hash_search(links->table, &number, HASH_FIND, NULL);
	int			n = 0;
	int			i;

	*numbers = palloc(((links == NULL ? 0 : links->n) + 1) * sizeof(int64));
	if (linked == NULL)
	{
		(*numbers)[0] = number;
		return 1;
	}
	for (i = 0; i < links->n; i++)
		if (links->members[i].root == root_of(links, number))
			(*numbers)[n++] = links->members[i].number;
	return n;
}

/*
 * In the group's set: each linked person under one number, or not.  Which one
 * only the events say, so a person is read who has any number in the group.
 */
void
sms_links_settle(SmsEval *eval, const SmsRule *rule, SmsPeople people)
{
	SmsLinks   *links = eval->links;
	int64		first = sms_group_start(eval);
	int64		last = first + ((int64) eval->n_chunks << SMS_CHUNK_BITS);
	int			i;
	int			same;

	if (links == NULL)
		return;
	for (i = 0; i < links->n; i += same)
	{
		SmsPerson	person;
		int64	   *numbers;
		bool		is_here = false;
		int			j;

		CHECK_FOR_INTERRUPTS();
		for (same = 1; i + same < links->n &&
			 links->members[i + same].root == links->members[i].root; same++)
			;
		numbers = palloc(same * sizeof(int64));
		for (j = 0; j < same; j++)
		{
			numbers[j] = links->members[i + j].number;
			if (numbers[j] >= first && numbers[j] < last)
			{
				set_bit(people, numbers[j] - first, false);
				is_here = true;
			}
		}
		if (is_here)
		{
			sms_person_load(eval, &person, numbers, same, eval->at, sms_rule_reads_columns(rule));
			if (person.shown >= first && person.shown < last)
				set_bit(people, person.shown - first, sms_person_holds(eval, &person, rule->root));
		}
		pfree(numbers);
	}
}
