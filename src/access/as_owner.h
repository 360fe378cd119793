/*-------------------------------------------------------------------------
 *
 * as_owner.h
 *	  Work done with the rights of the store's owner for a caller who has been
 *	  checked: as the triggers of foreign keys do it, by C that knows who calls
 *	  at that moment, and not by a SECURITY DEFINER function that has to guess.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_AS_OWNER_H
#define SMS_AS_OWNER_H

/* Raises where PostgreSQL itself runs somebody's code: 42501. */
extern void sms_refuse_restricted(const char *what);

/*
 * Calls work(arg) as the owner of the store, with a pinned search path, and
 * goes back.  what, for messages, is the function that does it.  limited: the
 * work is for a caller who is not the owner.  The caller's rights are to be
 * checked before.
 */
extern void sms_as_owner(const char *what, bool limited,
						 void (*work) (void *arg), void *arg);

/* Calls work(arg) as if a caller who is not the owner, and is not known, asked for it. */
extern void sms_as_limited(void (*work) (void *arg), void *arg);

/* Whether what runs now was asked for by somebody who is not the owner. */
extern bool sms_caller_is_limited(void);

/* By whom; InvalidOid if it was the owner, or is not known. */
extern Oid	sms_limited_caller(void);

#endif							/* SMS_AS_OWNER_H */
