/*-------------------------------------------------------------------------
 *
 * outcomes.c
 *	  What a batch's messages add to outcome_tally and take out of it.
 *
 * Where and as what a message counts is in outcome_facts.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "server.h"
#include "store/direct.h"
#include "store/outcome_facts.h"
#include "tally/cover.h"

/* The texts that tell cells apart, besides the time */
typedef enum OutcomeText
{
	OUTCOME,
	ACCOUNT,
	PROVIDER,
	CHANNEL,
	BULK_MESSAGE,
	SENDER_ID,
	COUNTRY,
	PRICE_CURRENCY,
	N_TEXTS
} OutcomeText;

typedef struct Outcome
{
	SmsInstant	send_cell;
	SmsText		text[N_TEXTS];
	int64		messages;
	int64		parts;
	int64		priced;
	Datum		cost;			/* numeric; 0 while nothing had a price */
} Outcome;

struct SmsOutcomes
{
	MemoryContext context;
	Outcome    *cells;
	int			n;
	int			size;
	uint32	   *table;			/* cell + 1 by hash; 0 is free */
	uint32		mask;
};

static const SmsTableColumn columns[] = {
	SMS_TABLE_COLUMN("send_cell", TIMESTAMPTZOID), SMS_TABLE_COLUMN("messages", INT8OID),
	SMS_TABLE_COLUMN("parts", INT8OID), SMS_TABLE_COLUMN("priced", INT8OID),
	SMS_TABLE_COLUMN("cost", NUMERICOID), SMS_TABLE_COLUMN("level", INT2OID),
	SMS_TABLE_COLUMN("outcome", TEXTOID), SMS_TABLE_COLUMN("account", TEXTOID),
	SMS_TABLE_COLUMN("provider", TEXTOID), SMS_TABLE_COLUMN("channel", TEXTOID),
	SMS_TABLE_COLUMN("bulk_message", TEXTOID), SMS_TABLE_COLUMN("sender_id", TEXTOID),
	SMS_TABLE_COLUMN("country", TEXTOID), SMS_TABLE_COLUMN("price_currency", TEXTOID),
};

const SmsTable sms_outcome_tally_table = {
	.name = "outcome_tally",
	.relkind = RELKIND_RELATION,
	.rights = ACL_INSERT,
	.columns = columns,
	.n_columns = lengthof(columns)
};

SmsOutcomes *
sms_outcomes_begin(void)
{
	SmsOutcomes *outcomes = palloc(sizeof(SmsOutcomes));

	outcomes->context = CurrentMemoryContext;
	outcomes->n = 0;
	outcomes->size = 8;
	outcomes->mask = 2 * outcomes->size - 1;
	outcomes->cells = palloc(outcomes->size * sizeof(Outcome));
	outcomes->table = palloc0((outcomes->mask + 1) * sizeof(uint32));
	return outcomes;
}

static uint32
hash_cell(const Outcome *cell)
{
	uint32		hash = hash_bytes((const unsigned char *) &cell->send_cell,
								  sizeof(cell->send_cell));
	int			i;

	for (i = 0; i < N_TEXTS; i++)
		hash = hash_combine(hash, hash_bytes((const unsigned char *) cell->text[i].ptr,
											 (int) cell->text[i].len));
	return hash;
}

static bool
same_cell(const Outcome *a, const Outcome *b)
{
	int			i;

	if (a->send_cell != b->send_cell)
		return false;
	for (i = 0; i < N_TEXTS; i++)
		if (!sms_text_same(a->text[i], b->text[i]))
			return false;
	return true;
}

static void
enter(SmsOutcomes *outcomes, const Outcome *cell, uint32 no)
{
	uint32		i = hash_cell(cell) & outcomes->mask;

	while (outcomes->table[i] != 0)
		i = (i + 1) & outcomes->mask;
	outcomes->table[i] = no + 1;
}

static void
grow(SmsOutcomes *outcomes)
{
	int			i;

	outcomes->size *= 2;
	outcomes->mask = 2 * outcomes->size - 1;
	outcomes->cells = repalloc_huge(outcomes->cells, (Size) outcomes->size * sizeof(Outcome));
	pfree(outcomes->table);
	outcomes->table = MemoryContextAllocExtended(outcomes->context,
												 ((Size) outcomes->mask + 1) * sizeof(uint32),
												 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (i = 0; i < outcomes->n; i++)
		enter(outcomes, &outcomes->cells[i], i);
}

/* The cell that is like this one; its texts are copied if it is new. */
static Outcome *
find_cell(SmsOutcomes *outcomes, const Outcome *like)
{
	uint32		i = hash_cell(like) & outcomes->mask;
	Outcome    *cell;
	int			j;

	for (; outcomes->table[i] != 0; i = (i + 1) & outcomes->mask)
	{
		cell = &outcomes->cells[outcomes->table[i] - 1];
		if (same_cell(cell, like))
			return cell;
	}
	if (outcomes->n == outcomes->size)
		grow(outcomes);
	cell = &outcomes->cells[outcomes->n];
	memset(cell, 0, sizeof(Outcome));
	cell->send_cell = like->send_cell;
	for (j = 0; j < N_TEXTS; j++)
	{
		char	   *copy = MemoryContextAlloc(outcomes->context, like->text[j].len + 1);

		memcpy(copy, like->text[j].ptr, like->text[j].len);
		cell->text[j].ptr = copy;
		cell->text[j].len = like->text[j].len;
	}
	enter(outcomes, cell, outcomes->n++);
	return cell;
}

/* Adds the cost of a message to that of its cell. */
static void
add_cost(SmsOutcomes *outcomes, Outcome *cell, int sign, Datum cost)
{
	MemoryContext outer = MemoryContextSwitchTo(outcomes->context);

	if (sign < 0)
		cost = DirectFunctionCall1(numeric_uminus, cost);
	cell->cost = cell->cost == (Datum) 0 ? datumCopy(cost, false, -1) :
		DirectFunctionCall2(numeric_add, cell->cost, cost);
	cell->priced += sign;
	MemoryContextSwitchTo(outer);
}

/*
 * Adds a message, a row of the table message, or takes it out (sign -1).  What
 * is needed meanwhile is left in the current memory context.
 */
void
sms_outcomes_count(SmsOutcomes *outcomes, int sign, const Datum *values,
				   const bool *nulls)
{
	SmsOutcomeFacts facts;
	Outcome		like = {0};
	Outcome    *cell;

	if (!sms_outcome_facts(values, nulls, &facts))
		return;
	like.send_cell = facts.send_cell;
	like.text[OUTCOME] = sms_literal(facts.outcome);
	like.text[ACCOUNT] = sms_message_text(values, nulls, SMS_MESSAGE_ACCOUNT, "");
	like.text[PROVIDER] = sms_message_text(values, nulls, SMS_MESSAGE_PROVIDER, "");
	like.text[CHANNEL] = facts.channel;
	like.text[BULK_MESSAGE] = facts.bulk_message;
	like.text[SENDER_ID] = facts.sender_id;
	like.text[COUNTRY] = facts.country;
	like.text[PRICE_CURRENCY] = facts.price_currency;
	cell = find_cell(outcomes, &like);
	cell->messages += sign;
	cell->parts += sign * facts.parts;
	if (facts.priced)
		add_cost(outcomes, cell, sign, facts.cost);
}

static bool
is_nothing(const Outcome *cell, Datum zero)
{
	return cell->messages == 0 && cell->parts == 0 && cell->priced == 0 &&
		(cell->cost == (Datum) 0 ||
		 DatumGetBool(DirectFunctionCall2(numeric_eq, cell->cost, zero)));
}

bool
sms_outcomes_store(SmsOutcomes *outcomes, SmsTarget *target)
{
	SmsInserter *inserter = sms_inserter_open(target, RelationGetRelid(target->table));
	Datum		none = NumericGetDatum(int64_to_numeric(0));
	int			i;
	int			j;

	if (inserter == NULL)
		return false;
	for (i = 0; i < outcomes->n; i++)
	{
		const Outcome *cell = &outcomes->cells[i];
		MemoryContext outer;
		Datum		values[lengthof(columns)];
		bool		nulls[lengthof(columns)] = {false};

		if (is_nothing(cell, none))
			continue;
		outer = MemoryContextSwitchTo(sms_inserter_next(inserter));
		values[0] = TimestampTzGetDatum(cell->send_cell);
		values[1] = Int64GetDatum(cell->messages);
		values[2] = Int64GetDatum(cell->parts);
		values[3] = Int64GetDatum(cell->priced);
		values[4] = cell->cost == (Datum) 0 ? none : cell->cost;
		values[5] = Int16GetDatum(SMS_LEVEL_DELTA);
		for (j = 0; j < N_TEXTS; j++)
			values[6 + j] = sms_text_datum(cell->text[j]);
		MemoryContextSwitchTo(outer);
		sms_inserter_put(inserter, values, nulls);
	}
	sms_inserter_close(inserter);
	return true;
}
