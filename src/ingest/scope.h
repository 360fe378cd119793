/*-------------------------------------------------------------------------
 *
 * scope.h
 *	  Whose people an account may name: see scope.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SCOPE_H
#define SMS_SCOPE_H

#include "core.h"

/* What was asked last; neighbours mostly are of one scope. */
typedef struct SmsScopes
{
	MemoryContext context;
	char	   *scope;			/* NULL: nothing yet */
	size_t		len;
	bool		open;
	bool		may;
} SmsScopes;

extern SmsScopes *sms_scopes_begin(void);
extern bool sms_may_name(void *scopes, SmsText account, SmsText scope, bool open);

#endif							/* SMS_SCOPE_H */
