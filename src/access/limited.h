/*-------------------------------------------------------------------------
 *
 * limited.h
 *	  For whom a call is made.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_LIMITED_H
#define SMS_LIMITED_H

/* limited.c */
extern bool sms_caller_is_limited(void);

#endif							/* SMS_LIMITED_H */
