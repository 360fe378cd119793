/*-------------------------------------------------------------------------
 *
 * category_funcs.c
 *	  EngageLab's subcategory of a delivery report of any provider, for SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"

#include "provider/codes.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_status_subcategory_of_report);

/* The subcategory of the code, if it is one of this category. */
static SmsSubcategory
subcategory_of(SmsProvider provider, SmsCodeSpace space, SmsText code,
			   SmsCategory category)
{
	const SmsStatus *status = sms_status_find(provider, space, SMS_NO_GROUP, code);
	SmsSubcategory subcategory;

	if (status == NULL)
		return SMS_SUBCATEGORY_NONE;
	subcategory = sms_status_subcategory(status);
	return sms_subcategory_category(subcategory) == category ? subcategory :
		SMS_SUBCATEGORY_NONE;
}

/*
 * (provider, status_class, status_code, error_code) of an event.  The error
 * says more than the status; a failure with neither is "Other".
 */
Datum
sms_status_subcategory_of_report(PG_FUNCTION_ARGS)
{
	SmsProvider provider;
	SmsClass	cls;
	SmsCategory category;
	SmsSubcategory subcategory;
	SmsText		code = sms_text_argument(fcinfo, 2);

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) ||
		PG_GETARG_INT16(1) < 0 || PG_GETARG_INT16(1) > SMS_CLASS_SEEN)
		PG_RETURN_NULL();
	provider = sms_provider_by_name(sms_text_argument(fcinfo, 0));
	cls = (SmsClass) PG_GETARG_INT16(1);
	category = sms_class_category(cls);
	if (category != SMS_CATEGORY_PROCESS_FAILED &&
		category != SMS_CATEGORY_SEND_FAILED)
		PG_RETURN_NULL();
	subcategory = subcategory_of(provider, SMS_SPACE_ERROR, sms_text_argument(fcinfo, 3),
								 category);
	if (subcategory == SMS_SUBCATEGORY_NONE)
		subcategory = subcategory_of(provider, provider == SMS_PROVIDER_ENS &&
									 cls == SMS_CLASS_NOT_SENT ?
									 SMS_SPACE_NOT_SENT : SMS_SPACE_STATUS,
									 code, category);
	if (subcategory == SMS_SUBCATEGORY_NONE)
		subcategory = category == SMS_CATEGORY_PROCESS_FAILED ?
			SMS_PROCESS_OTHER : SMS_SEND_OTHER;
	PG_RETURN_TEXT_P(cstring_to_text(sms_subcategory_name(subcategory)));
}
