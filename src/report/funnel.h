/*-------------------------------------------------------------------------
 *
 * funnel.h
 *	  How far a person got through given steps: the core.
 *
 * A funnel has up to 32 steps, each an event type.  It keeps the times of the
 * events that are steps, in any order; only reading sorts them.
 *
 * Bytes of a funnel, after the length word; numbers in the machine's order,
 * since a funnel never outlives a query:
 *
 *	0		u32 version
 *	4		u32 number of steps, 0 while none is known
 *	8		i64 longest time from the first step to the last, in microseconds;
 *			-1 for no limit
 *	16		u64 number of marks
 *	24..	marks: i64 time, u64 set of the steps that the event is
 *
 * Behind the marks there may be room for more.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_FUNNEL_H
#define SMS_FUNNEL_H

#include "core.h"

#define SMS_FUNNEL_VERSION 1
#define SMS_FUNNEL_MAX_STEPS 32
#define SMS_FUNNEL_NO_LIMIT (-1)

typedef struct SmsFunnelMark
{
	SmsInstant	at;
	uint64_t	steps;			/* bit = number of the step, from 0 */
} SmsFunnelMark;

typedef struct SmsFunnel
{
	uint32_t	version;
	uint32_t	n_steps;
	int64_t		within;
	uint64_t	n;
	SmsFunnelMark mark[];
} SmsFunnel;

extern uint32_t sms_funnel_reached(SmsFunnelMark *marks, uint64_t n,
								   uint32_t n_steps, int64_t within);

#endif							/* SMS_FUNNEL_H */
