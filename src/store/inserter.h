/*-------------------------------------------------------------------------
 *
 * inserter.h
 *	  Puts rows into a table at once, as COPY does, finds those that it has,
 *	  and changes them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_INSERTER_H
#define SMS_INSERTER_H

#include "access/genam.h"
#include "executor/tuptable.h"
#include "storage/itemptr.h"
#include "utils/acl.h"
#include "utils/rel.h"

/* A column that the table must have; its type, or one of ours by name. */
typedef struct SmsColumn
{
	const char *name;
	Oid			type;			/* InvalidOid: the extension's own_type */
	const char *own_type;
	bool		generated;		/* a generated column: may be missing, and the
								 * caller gives the value it must have */
} SmsColumn;

#define SMS_COLUMN(column, oid) {.name = (column), .type = (oid)}
#define SMS_OWN_COLUMN(column, type_name) \
	{.name = (column), .own_type = (type_name)}
#define SMS_GENERATED_COLUMN(column, oid) \
	{.name = (column), .type = (oid), .generated = true}

/* What a table of the store must be for rows to go there without SQL */
typedef struct SmsTable
{
	const char *name;
	char		relkind;
	AclMode		rights;			/* that the caller needs */
	const SmsColumn *columns;	/* all of them, in the order of our rows */
	int			n_columns;
} SmsTable;

typedef struct SmsInserter SmsInserter;

/* Looks rows up by their primary key. */
typedef struct SmsFinder
{
	Relation	table;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	int			n_keys;
	ScanKeyData keys[2];
} SmsFinder;

/* inserter.c */
extern Oid	sms_own_type(const char *name);
extern Relation sms_open_direct(const SmsTable *wanted);
extern bool sms_attempt(bool (*work) (void *), void *arg);
extern SmsInserter *sms_inserter_open(Oid relation, const SmsTable *wanted);
extern MemoryContext sms_inserter_next(SmsInserter *inserter);
extern void sms_inserter_put(SmsInserter *inserter, const Datum *values,
							 const bool *nulls);
extern bool sms_inserter_add(SmsInserter *inserter, const Datum *values,
							 const bool *nulls, ItemPointer conflict);
extern bool sms_inserter_fetch(SmsInserter *inserter, ItemPointer place,
							   Datum *values, bool *nulls);
extern bool sms_inserter_update(SmsInserter *inserter, ItemPointer place,
								const Datum *values, const bool *nulls);
extern void sms_inserter_flush(SmsInserter *inserter);
extern void sms_inserter_close(SmsInserter *inserter);

/* finder.c */
extern void sms_init_key(ScanKey key, Relation index, int column,
						 StrategyNumber strategy, Datum value);
extern bool sms_finder_open(SmsFinder *finder, Relation table,
							const char *const *columns, int n);
extern bool sms_finder_find(SmsFinder *finder, const Datum *values);
extern bool sms_finder_none_between(Relation table, const char *column,
									Datum first, Datum last);
extern void sms_finder_close(SmsFinder *finder);

#endif							/* SMS_INSERTER_H */
