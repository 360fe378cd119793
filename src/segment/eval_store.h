/*-------------------------------------------------------------------------
 *
 * eval_store.h
 *	  Plans over the store, for the files that evaluate rules.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_EVAL_STORE_H
#define SMS_SEGMENT_EVAL_STORE_H

#include "segment/eval.h"

/* What is done with a row of a plan. */
typedef void (*SmsTakeRow) (SmsEval *eval, TupleTableSlot *slot, void *into);

/* A plan that is prepared once a session. */
typedef struct SmsStorePlan
{
	const char *query;
	int			nargs;
	Oid			types[7];
	SPIPlanPtr	plan;
	bool		generic;
	bool		has_nulls;		/* columns may be NULL: take() looks */
} SmsStorePlan;

extern void sms_store_check(const TupleTableSlot *slot, int n);
extern void sms_store_run_plan(SPIPlanPtr plan, ParamListInfo params, bool has_nulls,
							   SmsTakeRow take, SmsEval *eval, void *into);
extern void sms_store_run(SmsStorePlan *plan, const Datum *values,
						  const bool *nulls, SmsTakeRow take, SmsEval *eval,
						  void *into);

#endif							/* SMS_SEGMENT_EVAL_STORE_H */
