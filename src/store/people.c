/*-------------------------------------------------------------------------
 *
 * people.c
 *	  The numbers of a batch's people, and the phone numbers they are met under.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/lsyscache.h"

#include "payload/contact.h"
#include "server.h"
#include "store/direct.h"

static const char *const person_key[] = {"individual_id", "scope"};

static const SmsColumn person_columns[] = {
	{"individual_no", INT8OID}, {"scope", TEXTOID}, {"individual_id", TEXTOID},
};

static const SmsColumn contact_columns[] = {
	{"individual_no", INT8OID}, {"recipient", TEXTOID}, {"last_day", DATEOID},
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

/* Numbers the others; a number is drawn only for who is not known. */
static bool
new_people(SmsDirect *direct, Relation table, AttrNumber number)
{
	const SmsBatch *batch = direct->batch;
	Oid			sequence = sms_identity_sequence(table, number);
	SmsInserter *inserter = sms_inserter_open(RelationGetRelid(table), person_columns,
											  lengthof(person_columns));
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
		direct->people[i] = nextval_internal(sequence, true);
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
	Relation	table;
	SmsFinder	finder;
	AttrNumber	number;
	bool		done;

	if (direct->batch->n_people == 0)
		return true;
	direct->people = palloc_extended((Size) direct->batch->n_people * sizeof(int64),
									 MCXT_ALLOC_HUGE);
	table = sms_open_direct("individual", RELKIND_RELATION, ACL_SELECT | ACL_INSERT);
	if (table == NULL)
		return false;
	number = get_attnum(RelationGetRelid(table), "individual_no");
	done = number != InvalidAttrNumber &&
		sms_finder_open(&finder, table, person_key, lengthof(person_key));
	if (done)
	{
		int			missing = known_people(direct, &finder, number);

		sms_finder_close(&finder);
		done = missing == 0 || new_people(direct, table, number);
	}
	table_close(table, NoLock);
	return done;
}

/* The numbers that the stored events give for named people, and their days. */
bool
sms_direct_contacts(SmsDirect *direct)
{
	Relation	table;
	SmsInserter *inserter;
	SmsContact *contacts;
	int			n;
	int			i;

	if (direct->batch->n_named == 0)
		return true;
	table = sms_open_direct("contact_point", RELKIND_RELATION,
							ACL_SELECT | ACL_INSERT | ACL_UPDATE);
	if (table == NULL)
		return false;
	inserter = sms_inserter_open(RelationGetRelid(table), contact_columns,
								 lengthof(contact_columns));
	if (inserter == NULL)
		return false;
	contacts = sms_contacts_of(direct->batch, direct->people, &direct->stored, &n);
	for (i = 0; i < n; i++)
	{
		MemoryContext outer = MemoryContextSwitchTo(sms_inserter_next(inserter));
		Datum		values[3];
		Datum		known[3];
		bool		nulls[3] = {false};
		bool		known_nulls[3];
		ItemPointerData place;

		CHECK_FOR_INTERRUPTS();
		values[0] = Int64GetDatum(contacts[i].individual_no);
		values[1] = sms_text_datum(contacts[i].recipient);
		values[2] = DateADTGetDatum(contacts[i].day);
		MemoryContextSwitchTo(outer);
		/* mostly met before, and a row that is not changed needs no lock */
		if (contacts[i].individual_no >= direct->first_new)
			sms_inserter_put(inserter, values, nulls);
		else if (!sms_inserter_add(inserter, values, nulls, &place) &&
				 (!sms_inserter_fetch(inserter, &place, known, known_nulls) ||
				  (DatumGetDateADT(known[2]) < contacts[i].day &&
				   !sms_inserter_update(inserter, &place, values, nulls))))
			return false;
	}
	sms_inserter_close(inserter);
	table_close(table, NoLock);
	return true;
}
