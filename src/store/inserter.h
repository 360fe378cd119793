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

extern bool sms_may_bypass_sql(Relation table);
extern SmsInserter *sms_inserter_open(Oid relation, TupleDesc row);
extern bool sms_inserter_add(SmsInserter *inserter, const Datum *values,
							 const bool *nulls);
extern MemoryContext sms_inserter_rows(SmsInserter *inserter);
extern void sms_inserter_close(SmsInserter *inserter);

#endif							/* SMS_INSERTER_H */
