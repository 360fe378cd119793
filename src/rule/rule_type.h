/*-------------------------------------------------------------------------
 *
 * rule_type.h
 *	  The SQL type segment_rule, and windows as instants: server side.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_RULE_TYPE_H
#define SMS_SEGMENT_RULE_TYPE_H

#include "fmgr.h"
#include "utils/timestamp.h"

#include "rule/rule.h"

#define SMS_RULE_VERSION 1

/*
 * A stored rule: the canonical text, which determines everything else.  Reading
 * it costs microseconds.
 */
typedef struct SegmentRule
{
	int32		vl_len_;		/* varlena header */
	uint8		version;		/* SMS_RULE_VERSION */
	char		text[FLEXIBLE_ARRAY_MEMBER];	/* not terminated */
} SegmentRule;

#define DatumGetSegmentRuleP(X) ((SegmentRule *) PG_DETOAST_DATUM(X))
#define PG_GETARG_SEGMENT_RULE_P(n) DatumGetSegmentRuleP(PG_GETARG_DATUM(n))
#define SegmentRuleLength(rule) (VARSIZE(rule) - offsetof(SegmentRule, text))

/* rule_type.c */
extern SmsRule *sms_rule_read(const SegmentRule *stored);
extern Datum sms_segment_rule_in(PG_FUNCTION_ARGS);

/* rule_window.c */
extern void sms_rule_window(const SmsWindow *window, TimestampTz at,
							TimestampTz *since, TimestampTz *until);
extern void sms_rule_period(const SmsWindow *window, TimestampTz at, int i,
							TimestampTz *since, TimestampTz *until);
extern TimestampTz sms_rule_shift(const SmsSpan *span, SmsText zone, int sign,
								  TimestampTz at);

#endif							/* SMS_SEGMENT_RULE_TYPE_H */
