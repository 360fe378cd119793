/*-------------------------------------------------------------------------
 *
 * eval_sql.h
 *	  Conditions that are answered by a query of their own.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_EVAL_SQL_H
#define SMS_SEGMENT_EVAL_SQL_H

#include "segment/eval.h"

extern char *sms_pick_sql(const SmsEventPick *pick, const char *alias);
extern char *sms_sequence_sql(const SmsEval *eval,
							  const SmsCondition *condition);
extern char *sms_individual_sql(const SmsCondition *condition);
extern void sms_eval_bucket(SmsEval *eval, const SmsCondition *condition,
							SmsPeople people);
extern bool sms_in_bucket(const SmsCondition *condition, SmsText scope,
						  SmsText individual_id);

/* eval_consent.c */
extern char *sms_consent_sql(const SmsCondition *condition);

#endif							/* SMS_SEGMENT_EVAL_SQL_H */
