/*-------------------------------------------------------------------------
 *
 * people.c
 *	  The numbers of a batch's people, and the phone numbers they are met under.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/lsyscache.h"

#include "ingest/contact.h"
#include "server.h"
#include "store/direct.h"

static const char *const person_key[] = {"individual_id", "scope"};
static const char *const contact_key[] = {"account", "recipient", "individual_no"};

static const SmsTableColumn person_columns[] = {
	SMS_IDENTITY_COLUMN("individual_no"), SMS_TABLE_COLUMN("scope", TEXTOID),
	SMS_TABLE_COLUMN("individual_id", TEXTOID),
};

static const SmsTableColumn contact_columns[] = {
	SMS_TABLE_COLUMN("individual_no", INT8OID), SMS_TABLE_COLUMN("account", TEXTOID),
	SMS_TABLE_COLUMN("recipient", TEXTOID), SMS_TABLE_COLUMN("last_day", DATEOID),
};

const SmsTable sms_individual_table = {
	.name = "individual",
	.relkind = RELKIND_RELATION,
	.rights = ACL_SELECT | ACL_INSERT,
	.columns = person_columns,
	.n_columns = lengthof(person_columns),
	.selected = SMS_ALL_COLUMNS,
	.key = person_key,
	.n_key = lengthof(person_key)
};

const SmsTable sms_contact_point_table = {
	.name = "contact_point",
	.relkind = RELKIND_RELATION,
	.rights = ACL_SELECT | ACL_INSERT | ACL_UPDATE,
	.columns = contact_columns,
	.n_columns = lengthof(contact_columns),
	.selected = SMS_ALL_COLUMNS,
	.updated = SMS_TABLE_COLUMN_BIT(3),
	.key = contact_key,
	.n_key = lengthof(contact_key),
	.check_new_only = true
};

/* Numbers those who are known; returns how many are not, whose number is 0. */
static int
known_people(SmsDirect *direct, SmsFinder *finder, AttrNumber number)
{
	const SmsBatch *batch = direct->batch;
	int			missing = 0;
	int			i;

	for (i = 0; i < batch->n_people; i++)
	{
		const SmsBatchPerson *person = sms_batch_person(batch, i);
		Datum		key[2];
		bool		is_null;

		CHECK_FOR_INTERRUPTS();
		key[0] = sms_batch_datum(batch, person->individual_id);
		key[1] = sms_batch_datum(batch, person->scope);
		direct->people[i] = sms_finder_find(finder, key) ?
			DatumGetInt64(slot_getattr(finder->slot, number, &is_null)) : 0;
		missing += direct->people[i] == 0;
	}
	return missing;
}

/*
 * Numbers the others; a number is drawn only for who is not known.  Of an
 * identity column, the right to insert is all that is asked for.
 */
static bool
new_people(SmsDirect *direct, SmsTarget *target, AttrNumber number)
{
	const SmsBatch *batch = direct->batch;
	Oid			sequence = sms_identity_sequence(target->table, number);
	SmsInserter *inserter = sms_inserter_open(target, RelationGetRelid(target->table));
	int			i;

	if (inserter == NULL)
		return false;
	for (i = 0; i < batch->n_people; i++)
	{
		const SmsBatchPerson *person = sms_batch_person(batch, i);
		Datum		values[3];
		bool		nulls[3] = {false};

		if (direct->people[i] != 0)
			continue;
		CHECK_FOR_INTERRUPTS();
		direct->people[i] = nextval_internal(sequence, false);
		direct->first_new = Min(direct->first_new, direct->people[i]);
		(void) sms_inserter_next(inserter);
		values[0] = Int64GetDatum(direct->people[i]);
		values[1] = sms_batch_datum(batch, person->scope);
		values[2] = sms_batch_datum(batch, person->individual_id);
		sms_inserter_put(inserter, values, nulls);
	}
	sms_inserter_close(inserter);
	return true;
}

bool
sms_direct_people(SmsDirect *direct)
{
	SmsTarget  *target = &direct->targets[SMS_INDIVIDUAL];
	AttrNumber	number;
	SmsFinder	finder;
	int			missing;

	if (direct->batch->n_people == 0)
		return true;
	number = get_attnum(RelationGetRelid(target->table), "individual_no");
	direct->people = palloc_extended((Size) direct->batch->n_people * sizeof(int64),
									 MCXT_ALLOC_HUGE);
	if (!sms_finder_open(&finder, target))
		return false;
	missing = known_people(direct, &finder, number);
	sms_finder_close(&finder);
	return missing == 0 || new_people(direct, target, number);
}

/* A number under which somebody was met before, perhaps on an earlier day */
typedef struct Met
{
	int			contact;
	ItemPointerData place;
} Met;

static void
contact_row(const SmsContact *contact, Datum *values)
{
	values[0] = Int64GetDatum(contact->individual_no);
	/* these last as long as the batch */
	values[1] = contact->account;
	values[2] = contact->recipient;
	values[3] = DateADTGetDatum(contact->day);
}

/* Adds those that the table has not; returns how many it has. */
static int
add_contacts(const SmsContact *contacts, int n, int64 first_new, SmsInserter *inserter,
			 Met *met)
{
	int			n_met = 0;
	int			i;

	for (i = 0; i < n; i++)
	{
		Datum		values[4];
		bool		nulls[4] = {false};

		CHECK_FOR_INTERRUPTS();
		(void) sms_inserter_next(inserter);
		contact_row(&contacts[i], values);
		if (contacts[i].individual_no >= first_new)
			sms_inserter_put(inserter, values, nulls);
		else if (!sms_inserter_add(inserter, values, nulls, &met[n_met].place))
			met[n_met++].contact = i;
	}
	sms_inserter_flush(inserter);
	return n_met;
}

/* The numbers that the stored events give for named people, and their days. */
static bool
store_contacts(SmsDirect *direct, SmsInserter *inserter)
{
	int			n;
	SmsContact *contacts = sms_contacts_of(direct->batch, direct->people, &direct->stored, &n);
	Met		   *met = palloc_extended((Size) n * sizeof(Met) + 1, MCXT_ALLOC_HUGE);
	int			n_met = add_contacts(contacts, n, direct->first_new, inserter, met);
	int			i;

	for (i = 0; i < n_met; i++)
	{
		const SmsContact *contact = &contacts[met[i].contact];
		Datum		known[4];
		bool		known_nulls[4];
		Datum		values[4];
		bool		nulls[4] = {false};

		CHECK_FOR_INTERRUPTS();
		if (!sms_inserter_fetch(inserter, &met[i].place, known, known_nulls))
			return false;
		/* mostly it is the same day, and a row that is not changed needs no lock */
		if (DatumGetDateADT(known[3]) >= contact->day)
			continue;
		contact_row(contact, values);
		sms_inserter_check_updates(inserter);
		if (!sms_inserter_update(inserter, &met[i].place, values, nulls))
			return false;
	}
	return true;
}

bool
sms_direct_contacts(SmsDirect *direct)
{
	SmsTarget  *target = &direct->targets[SMS_CONTACT_POINT];
	SmsInserter *inserter;

	if (direct->batch->n_named == 0)
		return true;
	inserter = sms_inserter_open(target, RelationGetRelid(target->table));
	if (inserter == NULL || !store_contacts(direct, inserter))
		return false;
	sms_inserter_close(inserter);
	return true;
}
