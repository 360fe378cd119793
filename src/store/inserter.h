/*-------------------------------------------------------------------------
 *
 * inserter.h
 *	  Puts many rows into a table at once, as COPY does, and leaves out those
 *	  that it has.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_INSERTER_H
#define SMS_INSERTER_H

#include "utils/rel.h"

typedef struct SmsInserter SmsInserter;

extern Relation sms_open_for_insert(const char *name, char relkind);
extern bool sms_attempt(bool (*work) (void *), void *arg);
extern SmsInserter *sms_inserter_open(Oid relation, TupleDesc row);
extern MemoryContext sms_inserter_next(SmsInserter *inserter);
extern bool sms_inserter_add(SmsInserter *inserter, const Datum *values,
							 const bool *nulls);
extern void sms_inserter_close(SmsInserter *inserter);

#endif							/* SMS_INSERTER_H */
