/*-------------------------------------------------------------------------
 *
 * eval_consent.c
 *	  Conditions on the state of consent: "opted out", "opted in".
 *
 * What a word of consent means, and how far it reaches, is decided by the gate
 * (sql/gate/consent.sql); here it is asked for sets of people and for one.
 * Unlike an event, a word counts from its very moment, as it does at the gate.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "segment/eval_person.h"
#include "segment/eval_sql.h"
#include "segment/eval_store.h"
#include "server.h"

static SmsStorePlan state_plan = {
	"SELECT c.state::text, c.since::timestamptz FROM smsengage_internal.consent_of_people($1, $2, $3, $4) c",
	4, {INT8ARRAYOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}, NULL, false, true
};

static SmsStorePlan moments_plan = {
	"SELECT m::timestamptz FROM smsengage_internal.consent_moments($1, $2, $3) m ORDER BY 1",
	3, {INT8ARRAYOID, TEXTOID, TIMESTAMPTZOID}, NULL, false, false
};

static const char *
state_name(const SmsCondition *condition)
{
	return condition->kind == SMS_CONDITION_OPTED_OUT ? "UNSUBSCRIBED" : "SUBSCRIBED";
}

/* Whose state of consent is the condition's; for sms_eval_query(). */
char *
sms_consent_sql(const SmsCondition *condition)
{
	char	   *sender = condition->name.ptr == NULL ? "NULL" :
		quote_literal_cstr(pnstrdup(condition->name.ptr, condition->name.len));

	return psprintf("SELECT p.individual_no::bigint FROM smsengage_internal.people_by_consent('%s', $5, %s, $6, $3, $4) p"
					" WHERE $1 IS NOT NULL AND $2 IS NOT NULL",
					state_name(condition), sender);
}

static void
take_state(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	SmsConsent *consent = into;

	if (slot->tts_isnull[0] || slot->tts_isnull[1])
		return;
	consent->state = sms_text_is(sms_text_of(DatumGetTextPP(slot->tts_values[0])), "SUBSCRIBED") ?
		SMS_CONDITION_OPTED_IN : SMS_CONDITION_OPTED_OUT;
	consent->since = DatumGetTimestampTz(slot->tts_values[1]);
}

static void
read_state(SmsEval *eval, SmsPerson *person, SmsText sender, TimestampTz at, SmsConsent *consent)
{
	Datum		values[4];
	bool		nulls[4] = {false, !eval->has_account, sender.ptr == NULL, false};

	values[0] = sms_person_numbers(person);
	values[1] = eval->account;
	values[2] = sender.ptr == NULL ? (Datum) 0 : sms_text_datum(sender);
	values[3] = TimestampTzGetDatum(at);
	consent->state = SMS_CONDITION_KNOWN;
	sms_store_run(&state_plan, values, nulls, take_state, eval, consent);
}

/* How many of the moments have come. */
static int64
moments_until(const SmsPerson *person, TimestampTz at)
{
	int			low = 0;
	int			high = person->n_moments;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (person->moments[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The state towards a sender at the evaluation's moment: of what was said up
 * to the moment that the person was read for.  Through a history it is asked
 * for once between two moments at which it may change.
 */
static const SmsConsent *
consent_at(SmsEval *eval, SmsPerson *person, SmsText sender)
{
	TimestampTz at = Min(eval->at, person->until);
	int64		piece = person->moments == NULL ? at : moments_until(person, at);
	SmsConsent *consent;
	int			i;

	for (i = 0; i < person->n_consents; i++)
		if (person->consents[i].piece == piece &&
			(person->consents[i].sender.ptr == NULL) == (sender.ptr == NULL) &&
			(sender.ptr == NULL || sms_text_same(person->consents[i].sender, sender)))
			return &person->consents[i];
	if (person->n_consents < SMS_CONSENTS_KEPT)
		consent = &person->consents[person->n_consents++];
	else
	{
		consent = &person->consents[person->next_consent];
		person->next_consent = (person->next_consent + 1) % SMS_CONSENTS_KEPT;
	}
	consent->sender = sender;
	consent->piece = piece;
	read_state(eval, person, sender, at, consent);
	return consent;
}

/* Looks at a condition on consent, at the evaluation's moment. */
void
sms_find_consent(SmsEval *eval, SmsPerson *person, const SmsCondition *condition,
				 SmsFinding *finding)
{
	const SmsConsent *consent;

	if (!sms_person_known(eval, person))
		return;
	consent = consent_at(eval, person, condition->name);
	finding->holds = consent->state == condition->kind;
	finding->was_said = finding->holds;
	finding->said_at = consent->since;
}

typedef struct Moments
{
	SmsPerson  *person;
	int			size;
} Moments;

static void
take_moment(SmsEval *eval, TupleTableSlot *slot, void *into)
{
	Moments    *moments = into;
	SmsPerson  *person = moments->person;

	if (person->n_moments == moments->size)
	{
		moments->size *= 2;
		person->moments = repalloc(person->moments, moments->size * sizeof(TimestampTz));
	}
	person->moments[person->n_moments++] = DatumGetTimestampTz(slot->tts_values[0]);
}

/* Reads at which moments the person's state of consent may change. */
void
sms_person_moments(SmsEval *eval, SmsPerson *person)
{
	Moments		moments = {person, 16};
	Datum		values[3];
	bool		nulls[3] = {false, !eval->has_account, false};

	if (person->moments != NULL)
		return;
	person->moments = palloc(moments.size * sizeof(TimestampTz));
	person->n_consents = 0;
	values[0] = sms_person_numbers(person);
	values[1] = eval->account;
	values[2] = TimestampTzGetDatum(person->until);
	sms_store_run(&moments_plan, values, nulls, take_moment, eval, &moments);
}
