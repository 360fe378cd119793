/*-------------------------------------------------------------------------
 *
 * months.h
 *	  The partitions of the table event.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_MONTHS_H
#define SMS_MONTHS_H

#include "partitioning/partdefs.h"

#include "payload/batch.h"

/* months.c */
extern Oid	sms_partition_at(PartitionKey key, PartitionDesc parts, SmsInstant at);
extern bool sms_lacks_months(const SmsBatch *batch);

#endif							/* SMS_MONTHS_H */
