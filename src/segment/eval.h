/*-------------------------------------------------------------------------
 *
 * eval.h
 *	  Evaluation of segment rules over the store.
 *
 * Sets of people are computed for a group of chunks at a time, as bits; so
 * memory depends on the rule and not on the number of people or events.  One
 * person is evaluated from that person's events or, where a rule only counts,
 * as a set: the cells of a chunk are few and mostly in memory, while a person's
 * events lie all over the disk.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_EVAL_H
#define SMS_SEGMENT_EVAL_H

#include "executor/spi.h"
#include "utils/timestamp.h"

#include "rule/rule.h"
#include "tally/cover.h"
#include "tally/tally.h"

/* Chunks evaluated together: four million people, half a megabyte a set. */
#define SMS_GROUP_CHUNKS 64
/* Saved segments inside saved segments */
#define SMS_SEGMENT_MAX_DEPTH 16

/* A set of the people of one group of chunks. */
typedef SmsBits *SmsPeople;

typedef struct SmsEval
{
	TimestampTz at;
	bool		has_account;	/* else all accounts the caller may see */
	Datum		account;		/* text */
	bool		spread;			/* the store is spread over a cluster */
	SmsRegion	region;
	int64		only;			/* the one person asked about, or 0 */
	int32		first_chunk;	/* of the group at hand */
	int32		n_chunks;
	SmsSum	   *sums;			/* one for each of them */
	SmsPeople	known;			/* NULL until asked for */
	struct SmsLinks *links;		/* NULL: people are taken one by one */
	struct SmsSaved *saved;		/* saved segments met so far */
	int			n_saved;
	int			depth;			/* of those being evaluated */
	int			deepest;		/* that was reached inside the innermost */
	int			round;			/* of visits to saved segments */
	int64		people_read;	/* persons read so far, which numbers them */
	int64		periods;		/* of "in K of last N", asked for so far ... */
	int64		spent_no;		/* ... for this person, 0: the group at hand, */
	TimestampTz spent_at;		/* at this moment */
} SmsEval;

typedef struct SmsSaved SmsSaved;

typedef void (*SmsTakePerson) (void *into, int64 individual_no, SmsText scope,
							   SmsText individual_id);

/* eval_store.c: reading the store */
extern int	sms_eval_begin(SmsEval *eval, TimestampTz at, bool has_account,
						   Datum account);
extern void sms_eval_end(int guc_level);
extern int32 sms_eval_chunks(void);
extern void sms_eval_people(SmsEval *eval, const SmsBits *people,
							SmsTakePerson take, void *into);
extern void sms_eval_links(SmsEval *eval, void (*take) (void *into, int64 a, int64 b),
						   void *into);
extern void sms_eval_identities(SmsEval *eval, Datum numbers, SmsTakePerson take,
								void *into);
extern void sms_eval_person_events(SmsEval *eval, Datum numbers, TimestampTz until,
								   bool with_columns, const char *query,
								   void (*take) (SmsEval *, TupleTableSlot *, void *),
								   void *into);

/* eval_saved.c: saved segments, and what rules may ask for */
extern const SmsBits *sms_saved_people(SmsEval *eval, SmsText name);
extern void sms_saved_visit(SmsEval *eval, SmsText name, int round,
							void (*visit) (SmsEval *eval, const SmsRule *rule, void *into),
							void *into);
extern void sms_saved_reset(SmsEval *eval);
extern void sms_spend_periods(SmsEval *eval, int64 person_no, TimestampTz at, int n);

/* eval_cells.c: sets and counts of the group at hand */
extern void sms_eval_group(SmsEval *eval, int32 first_chunk, int32 n_chunks);
extern void sms_eval_count(SmsEval *eval, const SmsEventPick *pick,
						   TimestampTz since, TimestampTz until);
extern void sms_eval_known(SmsEval *eval, SmsPeople people);
extern void sms_eval_query(SmsEval *eval, const char *query, TimestampTz since,
						   TimestampTz until, SmsPeople people);

/* eval_set.c: rules over sets */
extern bool sms_eval_by_tallies(const SmsEval *eval, const SmsRule *rule);
extern bool sms_eval_one(SmsEval *eval, const SmsRule *rule, int64 individual_no);
extern SmsPeople sms_people_alloc(const SmsEval *eval);
extern void sms_eval_node(SmsEval *eval, const SmsNode *node, SmsPeople people);

/* The first number of the group at hand, whose bit is the first one. */
static inline int64
sms_group_start(const SmsEval *eval)
{
	return (int64) eval->first_chunk << SMS_CHUNK_BITS;
}

#endif							/* SMS_SEGMENT_EVAL_H */
