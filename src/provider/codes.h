/*-------------------------------------------------------------------------
 *
 * codes.h
 *	  The providers' codes: see codes.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_CODES_H
#define SMS_CODES_H

#include "provider/provider.h"
#include "taxonomy/status.h"

/* The codes of a provider. */
typedef struct SmsCodes
{
	const SmsStatusTable *space[SMS_N_SPACES];	/* NULL: none of that space */
	/* statuses are numbered by our own groups 0 to 5 */
	bool		has_groups;
	/* the groups of errors, which are others, up to NULL; or NULL */
	const char *const *error_groups;
	/* errors are Intercom's sentences, whose typography varies */
	bool		says_issues;
} SmsCodes;

/* FILE_codes.c */
#define PROVIDER(number_, NAME_, file_) \
	extern const SmsCodes sms_##file_##_codes;
#include "provider/providers.def"

/* tables that stand in a file of their own, or that two providers share */
extern const SmsStatusTable sms_ens_statuses;
extern const SmsStatusTable sms_infobip_errors;

/* codes.c */
extern const SmsStatus *sms_status_find(SmsProvider provider,
										SmsCodeSpace space, int group,
										SmsText code);
extern const SmsStatus *sms_status_by_name(SmsProvider provider, SmsText name);
extern const SmsStatusTable *sms_status_table(SmsProvider provider,
											  SmsCodeSpace space);
extern const char *sms_space_name(SmsCodeSpace space);
extern bool sms_space_by_name(SmsText name, SmsCodeSpace *space,
							  SmsClass *cls);
extern const char *sms_code_group_name(SmsProvider provider,
									   SmsCodeSpace space, int group);
extern SmsClass sms_group_class(SmsProvider provider, int group);
extern SmsClass sms_code_class(SmsProvider provider, SmsCodeSpace space,
							   int group, SmsText code);
extern SmsStatusGroup sms_code_group(SmsProvider provider, SmsCodeSpace space,
									 int group, SmsText code);

#endif							/* SMS_CODES_H */
