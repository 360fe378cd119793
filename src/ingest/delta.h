/*-------------------------------------------------------------------------
 *
 * delta.h
 *	  What the events of a batch add to the tallies.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_DELTA_H
#define SMS_DELTA_H

#include "utils/uuid.h"

#include "ingest/batch_args.h"

/* bulk_message and link_name */
#define SMS_N_DIMENSIONS 2

typedef struct SmsDeltaSeries
{
	SmsEventType type;
	int			dimension;		/* -1: all events of the type */
	SmsText		account;
	SmsText		value;			/* '' without a dimension */
} SmsDeltaSeries;

/* One event in one series. */
typedef struct SmsDeltaMark
{
	uint32		series;
	uint32		cell;			/* quarter hours since 2000 */
	int64		individual_no;
} SmsDeltaMark;

typedef struct SmsDeltas
{
	SmsDeltaSeries *series;
	int			n_series;
	uint32	   *table;			/* series + 1 by hash; 0 is free */
	uint32		mask;
	SmsDeltaMark *marks;
	int			n;
} SmsDeltas;

/* What a chunk of people adds in one cell of one series. */
typedef struct SmsDelta
{
	uint32		series;
	SmsInstant	cell_start;
	int32		chunk;
	Datum		tally;
	int64		anonymous;		/* events of nobody, in chunk -1 */
} SmsDelta;

typedef void (*SmsDeltaSink) (void *owner, const SmsDelta *delta);

extern void sms_keep_dimension(SmsText name, bool *kept);
extern void sms_deltas_collect(SmsDeltas *deltas, const SmsBatch *batch,
							   const SmsKeys *keys, const bool *kept,
							   const int64 *people);
extern void sms_digest_series(SmsText account, SmsText type, SmsText dimension,
							  SmsText value, pg_uuid_t *digest);
extern SmsText sms_delta_dimension(const SmsDeltaSeries *series);
extern void sms_deltas_digest(const SmsDeltas *deltas, int i, pg_uuid_t *digest);
extern void sms_deltas_emit(SmsDeltas *deltas, SmsDeltaSink sink, void *owner);

#endif							/* SMS_DELTA_H */
