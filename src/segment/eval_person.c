/*-------------------------------------------------------------------------
 *
 * eval_person.c
 *	  Rules over one person, from the person's events.
 *
 * The events are read once, by the index on (individual_no, event_time); then
 * any rule at any moment is answered from memory.  This is also what a rule
 * means: sets are evaluated in another way and must agree.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "rule/rule_type.h"
#include "segment/eval_person.h"
#include "segment/eval_sql.h"
#include "segment/eval_store.h"
#include "server.h"
#include "taxonomy/event_phrases.h"
#include "text/recipient.h"

#define N_LEADING 6				/* columns before those of filters */

static int
n_columns(void)
{
	int			n = 0;

	while (sms_rule_columns[n].name != NULL)
		n++;
	return n;
}

static char *
events_query(bool with_columns)
{
	StringInfoData sql;
	int			i;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT e.event_time::timestamptz, e.event_key::bigint, e.event_type::text,"
						   " e.account::text, e.sender_id::text, e.individual_no::bigint");
	for (i = 0; with_columns && sms_rule_columns[i].name != NULL; i++)
		appendStringInfo(&sql, ", e.%s::%s", sms_rule_columns[i].name,
						 sms_rule_columns[i].kind == SMS_RULE_COLUMN_NUMBER ? "numeric" :
						 sms_rule_columns[i].kind == SMS_RULE_COLUMN_BOOLEAN ? "boolean" : "text");
	appendStringInfoString(&sql,
						   " FROM smsengage.event e"
						   " WHERE e.individual_no = ANY ($1) AND e.event_time < $2"
						   " AND ($3 IS NULL OR e.account = $3) AND " SMS_FIRST_PART("e.")
						   " ORDER BY e.event_time, e.event_key");
	return sql.data;
}

typedef struct Loader
{
	SmsPerson  *person;
	int			size;
	bool		with_columns;
} Loader;

static SmsText
copy_text(Datum value)
{
	SmsText		result = sms_text_of(DatumGetTextPP(value));
	char	   *copy = palloc(result.len + 1);

	memcpy(copy, result.ptr, result.len);
	result.ptr = copy;
	return result;
}

static void
copy_columns(SmsPersonEvent *event, TupleTableSlot *slot)
{
	int			n = n_columns();
	int			i;

	event->columns = palloc(n * sizeof(Datum));
	event->nulls = palloc(n * sizeof(bool));
	for (i = 0; i < n; i++)
	{
		bool		by_value = sms_rule_columns[i].kind == SMS_RULE_COLUMN_BOOLEAN;

		event->nulls[i] = slot->tts_isnull[N_LEADING + i];
		event->columns[i] = event->nulls[i] || by_value ? slot->tts_values[N_LEADING + i] :
			PointerGetDatum(PG_DETOAST_DATUM_COPY(slot->tts_values[N_LEADING + i]));
	}
}

static void
take_event(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	Loader	   *loader = into;
	SmsPerson  *person = loader->person;
	SmsPersonEvent *event;
	SmsText		no_value = {NULL, 0};

	CHECK_FOR_INTERRUPTS();
	sms_store_check(slot, 4);
	if (person->n_events == loader->size)
	{
		loader->size *= 2;
		person->events = repalloc(person->events, loader->size * sizeof(SmsPersonEvent));
	}
	event = &person->events[person->n_events++];
	memset(event, 0, sizeof(*event));
	event->at = DatumGetTimestampTz(slot->tts_values[0]);
	event->key = DatumGetInt64(slot->tts_values[1]);
	event->type = sms_event_type_by_name(sms_text_of(DatumGetTextPP(slot->tts_values[2])));
	event->account = copy_text(slot->tts_values[3]);
	event->sender_id = slot->tts_isnull[4] ? no_value : copy_text(slot->tts_values[4]);
	event->number = DatumGetInt64(slot->tts_values[5]);
	if (loader->with_columns)
		copy_columns(event, slot);
}

typedef struct Identifier
{
	SmsPerson  *person;
	int			size;			/* of its ids: a number may be that of several rows */
} Identifier;

static void
take_identity(void *into, int64 individual_no, SmsText scope, SmsText individual_id)
{
	Identifier *identifier = into;
	SmsPerson  *person = identifier->person;
	char	   *copy = palloc(scope.len + individual_id.len + 1);

	if (person->n_ids == identifier->size)
	{
		identifier->size *= 2;
		person->ids = repalloc(person->ids, identifier->size * sizeof(SmsText));
	}
	memcpy(copy, scope.ptr, scope.len);
	memcpy(copy + scope.len, individual_id.ptr, individual_id.len);
	person->ids[person->n_ids].ptr = copy + scope.len;
	person->ids[person->n_ids].len = individual_id.len;
	if (individual_no == person->shown)
	{
		person->individual_id = person->ids[person->n_ids];
		person->scope.ptr = copy;
		person->scope.len = scope.len;
	}
	person->n_ids++;
}

/* The person's numbers, as an array for queries. */
Datum
sms_person_numbers(const SmsPerson *person)
{
	Datum	   *elements = palloc(person->n_numbers * sizeof(Datum));
	int			i;

	for (i = 0; i < person->n_numbers; i++)
		elements[i] = Int64GetDatum(person->numbers[i]);
	return PointerGetDatum(construct_array(elements, person->n_numbers, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Reads the person's ids, which few rules ask for. */
static void
identify(SmsEval *eval, SmsPerson *person)
{
	Identifier	identifier = {person, person->n_numbers};

	if (person->identified)
		return;
	person->identified = true;
	person->ids = palloc(identifier.size * sizeof(SmsText));
	sms_eval_identities(eval, sms_person_numbers(person), take_identity, &identifier);
}

/*
 * Reads a person's events before a moment, in the account of the evaluation;
 * columns for filters only when a rule has some.  Who is linked is shown under
 * a number that these events have: another may be nobody to the caller.
 */
void
sms_person_load(SmsEval *eval, SmsPerson *person, const int64 *numbers, int n_numbers,
				TimestampTz until, bool with_columns)
{
	Loader		loader = {person, 32, with_columns};
	Datum		array;
	int			i;

	memset(person, 0, sizeof(*person));
	person->no = ++eval->people_read;
	person->numbers = numbers;
	person->n_numbers = n_numbers;
	person->until = until;
	person->events = palloc(loader.size * sizeof(SmsPersonEvent));
	array = sms_person_numbers(person);
	sms_eval_person_events(eval, array, until, with_columns,
						   events_query(with_columns), take_event, &loader);
	person->shown = n_numbers > 0 ? numbers[0] : 0;
	for (i = 0; i < person->n_events; i++)
		if (i == 0 || person->events[i].number < person->shown)
			person->shown = person->events[i].number;
}

static bool
compare(int order, SmsOperator op)
{
	switch (op)
	{
		case SMS_OP_EQ:
			return order == 0;
		case SMS_OP_NE:
			return order != 0;
		case SMS_OP_LT:
			return order < 0;
		case SMS_OP_LE:
			return order <= 0;
		case SMS_OP_GT:
			return order > 0;
		default:
			return order >= 0;
	}
}

/* The order of a column's value and a value of a filter. */
static int
order_of(const SmsRuleColumn *column, Datum value, SmsText other)
{
	SmsText		own;
	Datum		number;
	int			result;

	if (column->kind == SMS_RULE_COLUMN_BOOLEAN)
		return (int) DatumGetBool(value) - (int) sms_text_is(other, "true");
	if (column->kind == SMS_RULE_COLUMN_NUMBER)
	{
		number = DirectFunctionCall3(numeric_in, CStringGetDatum(pnstrdup(other.ptr, other.len)),
									 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
		return DatumGetInt32(DirectFunctionCall2(numeric_cmp, value, number));
	}
	own = sms_text_of(DatumGetPointer(value));
	result = memcmp(own.ptr, other.ptr, Min(own.len, other.len));
	return result != 0 ? result : own.len < other.len ? -1 : own.len > other.len;
}

/* A missing value fulfils "is null" and no other filter. */
static bool
passes(const SmsPersonEvent *event, const SmsFilter *filter)
{
	int			column = (int) (filter->column - sms_rule_columns);
	bool		found = false;
	int			i;

	if (event->nulls[column] || filter->op == SMS_OP_IS_NULL ||
		filter->op == SMS_OP_IS_NOT_NULL)
		return filter->op == SMS_OP_IS_NULL ? event->nulls[column] :
			filter->op == SMS_OP_IS_NOT_NULL && !event->nulls[column];
	if (filter->op == SMS_OP_LIKE || filter->op == SMS_OP_NOT_LIKE)
	{
		found = DatumGetBool(DirectFunctionCall2Coll(textlike, C_COLLATION_OID,
													 event->columns[column],
													 sms_text_datum(filter->values[0])));
		return found == (filter->op == SMS_OP_LIKE);
	}
	if (filter->op != SMS_OP_IN && filter->op != SMS_OP_NOT_IN)
		return compare(order_of(filter->column, event->columns[column], filter->values[0]),
					   filter->op);
	for (i = 0; i < filter->n_values && !found; i++)
		found = order_of(filter->column, event->columns[column], filter->values[i]) == 0;
	return found == (filter->op == SMS_OP_IN);
}

static bool
picked(const SmsPersonEvent *event, const SmsEventPick *pick)
{
	int			i;

	if (pick->type != SMS_EVENT_NONE && event->type != pick->type)
		return false;
	for (i = 0; i < pick->n_filters; i++)
		if (!passes(event, &pick->filters[i]))
			return false;
	return true;
}

/* The first event at or after a moment. */
static int
first_event(const SmsPerson *person, TimestampTz since)
{
	int			low = 0;
	int			high = person->n_events;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (person->events[middle].at < since)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many events of the pick lie in [since, until). */
static int64
count_in(SmsPerson *person, const SmsEventPick *pick, TimestampTz since,
		 TimestampTz until, SmsFinding *finding)
{
	int64		n = 0;
	int			i;

	for (i = first_event(person, since); i < person->n_events && person->events[i].at < until; i++)
	{
		if (!picked(&person->events[i], pick))
			continue;
		n++;
		if (finding != NULL)
		{
			if (finding->first == NULL)
				finding->first = &person->events[i];
			finding->last = &person->events[i];
		}
	}
	return n;
}

/* Known: has an event before the moment. */
bool
sms_person_known(const SmsEval *eval, const SmsPerson *person)
{
	return person->n_events > 0 && person->events[0].at < eval->at;
}

/* A count that zero fulfils holds for who is known. */
static bool
count_holds(const SmsEval *eval, const SmsPerson *person, const SmsCondition *condition,
			int64 count)
{
	return sms_count_holds(condition, count) &&
		(count > 0 || sms_person_known(eval, person));
}

static void
find_regular(SmsEval *eval, SmsPerson *person, const SmsCondition *condition,
			 SmsFinding *finding)
{
	int			i;

	sms_spend_periods(eval, person->no, eval->at, condition->window.n_periods);
	for (i = 1; i <= condition->window.n_periods; i++)
	{
		TimestampTz since;
		TimestampTz until;
		int64		n;

		CHECK_FOR_INTERRUPTS();

		sms_rule_period(&condition->window, eval->at, i, &since, &until);
		n = count_in(person, &condition->event, since, until, finding);
		finding->count += count_holds(eval, person, condition, n);
	}
	finding->holds = finding->count >= condition->wanted &&
		(condition->wanted > 0 || sms_person_known(eval, person));
}

/* The last moment at which a B still follows this A. */
static TimestampTz
deadline_of(const SmsEval *eval, const SmsCondition *condition, TimestampTz a)
{
	return sms_span_is_zero(&condition->within) ? eval->at :
		sms_rule_shift(&condition->within, condition->within_zone, 1, a);
}

static void
find_sequence(SmsEval *eval, SmsPerson *person, const SmsCondition *condition,
			  SmsFinding *finding)
{
	bool		wanted = condition->kind == SMS_CONDITION_FOLLOWED;
	int			i;
	int			j;

	for (i = 0; i < person->n_events; i++)
	{
		SmsPersonEvent *a = &person->events[i];
		TimestampTz deadline;
		bool		followed = false;

		if (a->at < finding->since || a->at >= finding->until || !picked(a, &condition->event))
			continue;
		deadline = deadline_of(eval, condition, a->at);
		if (!wanted && !sms_span_is_zero(&condition->within) && deadline >= eval->at)
			continue;
		for (j = i + 1; j < person->n_events && !followed; j++)
			followed = person->events[j].at > a->at && person->events[j].at <= deadline &&
				person->events[j].at < eval->at && picked(&person->events[j], &condition->then);
		if (followed != wanted)
			continue;
		finding->count++;
		if (finding->first == NULL)
			finding->first = a;
		finding->last = wanted ? &person->events[j - 1] : a;
	}
	finding->holds = finding->count > 0;
}

/* Whether the person is in a list of ids; a number names who has only that. */
static bool
is_listed(const SmsPerson *person, const SmsCondition *condition)
{
	int			i;
	int			j;

	for (i = 0; i < condition->n_ids; i++)
		for (j = 0; j < person->n_ids; j++)
		{
			SmsText		id = person->ids[j];
			char	   *number;
			SmsText		normalized;

			if (sms_text_same(id, condition->ids[i]))
				return true;
			if (id.len <= 4 || memcmp(id.ptr, "tel:", 4) != 0)
				continue;
			number = palloc(SMS_RECIPIENT_ROOM(condition->ids[i].len));
			normalized.len = sms_normalize_recipient(condition->ids[i], number);
			normalized.ptr = number;
			id.ptr += 4;
			id.len -= 4;
			if (sms_text_same(id, normalized))
				return true;
			pfree(number);
		}
	return false;
}

/* Looks at one condition at the evaluation's moment. */
void
sms_person_find(SmsEval *eval, SmsPerson *person, const SmsCondition *condition,
				SmsFinding *finding)
{
	memset(finding, 0, sizeof(*finding));
	if (condition->kind <= SMS_CONDITION_NOT_FOLLOWED)
	{
		finding->has_window = true;
		sms_rule_window(&condition->window, eval->at, &finding->since, &finding->until);
	}
	switch (condition->kind)
	{
		case SMS_CONDITION_COUNT:
			finding->count = count_in(person, &condition->event, finding->since,
									  finding->until, finding);
			finding->holds = count_holds(eval, person, condition, finding->count);
			break;
		case SMS_CONDITION_REGULAR:
			find_regular(eval, person, condition, finding);
			break;
		case SMS_CONDITION_FIRST:
		case SMS_CONDITION_LAST:
			finding->count = count_in(person, &condition->event, finding->since,
									  finding->until, finding);
			finding->holds = finding->count > 0 &&
				(condition->kind == SMS_CONDITION_FIRST ?
				 count_in(person, &condition->event, DT_NOBEGIN, finding->since, NULL) :
				 count_in(person, &condition->event, finding->until, eval->at, NULL)) == 0;
			break;
		case SMS_CONDITION_FOLLOWED:
		case SMS_CONDITION_NOT_FOLLOWED:
			find_sequence(eval, person, condition, finding);
			break;
		case SMS_CONDITION_OPTED_OUT:
		case SMS_CONDITION_OPTED_IN:
			sms_find_consent(eval, person, condition, finding);
			break;
		case SMS_CONDITION_BUCKET:
			identify(eval, person);
			finding->holds = sms_person_known(eval, person) &&
				sms_in_bucket(condition, person->scope, person->individual_id);
			break;
		case SMS_CONDITION_SEGMENT:
			finding->holds = sms_saved_holds(eval, person, condition->name);
			break;
		case SMS_CONDITION_INDIVIDUAL:
			identify(eval, person);
			finding->holds = sms_person_known(eval, person) && is_listed(person, condition);
			break;
		case SMS_CONDITION_KNOWN:
			finding->holds = sms_person_known(eval, person);
			break;
	}
}

/* Whether the rule below the node holds for the person. */
bool
sms_person_holds(SmsEval *eval, SmsPerson *person, const SmsNode *node)
{
	const SmsNode *child;
	SmsFinding	finding;

	check_stack_depth();
	switch (node->kind)
	{
		case SMS_NODE_CONDITION:
			sms_person_find(eval, person, node->condition, &finding);
			return finding.holds;
		case SMS_NODE_NOT:
			return sms_person_known(eval, person) &&
				!sms_person_holds(eval, person, node->first);
		case SMS_NODE_AND:
			for (child = node->first; child != NULL; child = child->next)
				if (!sms_person_holds(eval, person, child))
					return false;
			return true;
		case SMS_NODE_OR:
			for (child = node->first; child != NULL; child = child->next)
				if (sms_person_holds(eval, person, child))
					return true;
			return false;
	}
	return false;
}

/* Whether evaluation needs the columns of events: filters, or saved rules. */
bool
sms_rule_reads_columns(const SmsRule *rule)
{
	int			i;

	for (i = 0; i < rule->n_conditions; i++)
		if (rule->conditions[i]->event.n_filters > 0 ||
			rule->conditions[i]->then.n_filters > 0 ||
			rule->conditions[i]->kind == SMS_CONDITION_SEGMENT)
			return true;
	return false;
}
