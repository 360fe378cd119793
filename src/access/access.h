/*-------------------------------------------------------------------------
 *
 * access.h
 *	  Who acts for which accounts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_ACCESS_H
#define SMS_ACCESS_H

/* What a role may be given for an account; kind in the table account_role */
typedef enum SmsRight
{
	SMS_RIGHT_READ,				/* rows as they are */
	SMS_RIGHT_MASKED,			/* rows without numbers and texts */
	SMS_RIGHT_INGEST,			/* submit() */
	SMS_RIGHT_BLOCK,			/* there, blocks that hold for other accounts */
	SMS_RIGHT_ADMIN				/* policies, keywords, segments; all others, too */
} SmsRight;

extern SmsRight sms_right_by_name(const char *name);
extern Oid	sms_store_owner(void);
extern Oid	sms_require_store(void);
extern bool sms_is_store_owner(Oid user);
extern Oid	sms_role_now_of(Oid role, const char *name, int64 cluster);
extern void sms_watch_roles(void);
extern List *sms_accounts_of(Oid user, SmsRight right, const text *account);
extern bool sms_acts_for(Oid user, SmsRight right, const text *account);

#endif							/* SMS_ACCESS_H */
