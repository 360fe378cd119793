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

#include "store/target.h"

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
extern bool sms_attempt(bool (*work) (void *), void *arg);
extern SmsInserter *sms_inserter_open(SmsTarget *target, Oid relation);
extern MemoryContext sms_inserter_next(SmsInserter *inserter);
extern void sms_inserter_put(SmsInserter *inserter, const Datum *values,
							 const bool *nulls);
extern bool sms_inserter_add(SmsInserter *inserter, const Datum *values,
							 const bool *nulls, ItemPointer conflict);
extern bool sms_inserter_fetch(SmsInserter *inserter, ItemPointer place,
							   Datum *values, bool *nulls);
extern void sms_inserter_check_updates(SmsInserter *inserter);
extern bool sms_inserter_update(SmsInserter *inserter, ItemPointer place,
								const Datum *values, const bool *nulls);
extern void sms_inserter_flush(SmsInserter *inserter);
extern void sms_inserter_close(SmsInserter *inserter);

/* finder.c */
extern void sms_init_key(ScanKey key, Relation index, int column,
						 StrategyNumber strategy, Datum value);
extern bool sms_finder_open(SmsFinder *finder, const SmsTarget *target);
extern bool sms_finder_find(SmsFinder *finder, const Datum *values);
extern bool sms_finder_none_between(Relation table, const char *column,
									Datum first, Datum last);
extern void sms_finder_close(SmsFinder *finder);

#endif							/* SMS_INSERTER_H */
