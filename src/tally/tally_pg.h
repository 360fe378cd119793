/*-------------------------------------------------------------------------
 *
 * tally_pg.h
 *	  tally and day_tally as types of the server: between values and the core.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_TALLY_PG_H
#define SMS_TALLY_PG_H

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "tally/day.h"

#define PG_GETARG_TALLY(n) sms_tally_from_datum(PG_GETARG_DATUM(n))
#define PG_GETARG_DAY_TALLY(n) sms_day_from_datum(PG_GETARG_DATUM(n))

/* tally_type.c */
extern SmsTally sms_tally_view(struct varlena *value);
extern SmsTally sms_tally_from_datum(Datum datum);
extern struct varlena *sms_tally_from_sum(const SmsSum *sum);
extern struct varlena *sms_tally_from_bits(const SmsBits *bits);
pg_noreturn extern void sms_tally_overflow(void);
extern uint32_t sms_check_offset(int32 offset);

/* tally_funcs.c */
extern int64 sms_check_individual(int64 individual);

/* tally_agg.c */
extern MemoryContext sms_states_memory(FunctionCallInfo fcinfo,
									   MemoryContext aggregate);

/* day_type.c */
extern SmsDayTally sms_day_from_datum(Datum datum);
extern struct varlena *sms_day_value(SmsDayTally day);

/* day_funcs.c */
extern TimestampTz sms_day_argument(FunctionCallInfo fcinfo, int n);

#endif							/* SMS_TALLY_PG_H */
