/*-------------------------------------------------------------------------
 *
 * taxonomy_funcs.c
 *	  SQL face of the taxonomy.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "server.h"
#include "taxonomy/status.h"

PG_FUNCTION_INFO_V1(sms_status_group_id);
PG_FUNCTION_INFO_V1(sms_delivery_issues);
PG_FUNCTION_INFO_V1(sms_status_categories);
PG_FUNCTION_INFO_V1(sms_block_codes);
PG_FUNCTION_INFO_V1(sms_channels);
PG_FUNCTION_INFO_V1(sms_event_types);

Datum
sms_status_group_id(PG_FUNCTION_ARGS)
{
	SmsStatusGroup group = sms_group_by_name(sms_text_argument(fcinfo, 0));

	if (group == SMS_GROUP_UNKNOWN)
		PG_RETURN_NULL();
	PG_RETURN_INT32(group);
}

Datum
sms_delivery_issues(PG_FUNCTION_ARGS)
{
	int			number;

	InitMaterializedSRF(fcinfo, 0);
	for (number = 1; number <= SMS_N_ISSUES; number++)
	{
		const SmsIssue *issue = sms_issue(number);
		Datum		values[6] = {0};
		bool		nulls[6] = {0};

		values[0] = Int32GetDatum(number);
		sms_set_text(&values[1], &nulls[1], issue->reason);
		sms_set_text(&values[2], &nulls[2], issue->meaning);
		sms_set_text(&values[3], &nulls[3], issue->possible_fix);
		values[4] = BoolGetDatum(issue->retryable);
		sms_set_text(&values[5], &nulls[5], issue->kind);
		sms_put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

Datum
sms_status_categories(PG_FUNCTION_ARGS)
{
	int			category;
	int			subcategory;

	InitMaterializedSRF(fcinfo, 0);
	for (category = SMS_CATEGORY_SENDING; category <= SMS_CATEGORY_SEND_FAILED;
		 category++)
	{
		Datum		values[3] = {0};
		bool		nulls[3] = {false, true, false};

		sms_set_text(&values[0], &nulls[0], sms_category_name(category));
		sms_set_text(&values[2], &nulls[2], sms_category_meaning(category));
		sms_put_row(fcinfo, values, nulls);
		for (subcategory = SMS_PROCESS_GLOBAL_BLOCK;
			 subcategory <= SMS_SEND_OTHER; subcategory++)
			if (sms_subcategory_category(subcategory) == category)
			{
				sms_set_text(&values[1], &nulls[1],
						 sms_subcategory_name(subcategory));
				sms_set_text(&values[2], &nulls[2],
						 sms_subcategory_meaning(subcategory));
				sms_put_row(fcinfo, values, nulls);
			}
	}
	return (Datum) 0;
}

Datum
sms_block_codes(PG_FUNCTION_ARGS)
{
	int			code;

	InitMaterializedSRF(fcinfo, 0);
	for (code = SMS_BLOCK_EMPTY; code <= SMS_BLOCK_OTHER; code += 10)
	{
		const SmsBlockPolicy *policy = sms_block_policy(code);
		Interval   *interval = palloc0(sizeof(Interval));
		Datum		values[5] = {0};
		bool		nulls[5] = {0};

		interval->day = policy->days;
		interval->time = policy->seconds * USECS_PER_SEC;
		values[0] = Int32GetDatum(policy->code);
		sms_set_text(&values[1], &nulls[1], policy->description);
		values[2] = IntervalPGetDatum(interval);
		sms_set_text(&values[3], &nulls[3], policy->scope);
		values[4] = BoolGetDatum(policy->user_deletable);
		sms_put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

Datum
sms_channels(PG_FUNCTION_ARGS)
{
	int			channel;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (channel = SMS_CHANNEL_SMS; channel <= SMS_CHANNEL_OTHER; channel++)
	{
		Datum		value;
		bool		isnull;

		sms_set_text(&value, &isnull, sms_channel_name(channel));
		if (!isnull)
			sms_put_row(fcinfo, &value, &isnull);
	}
	return (Datum) 0;
}

Datum
sms_event_types(PG_FUNCTION_ARGS)
{
	int			type;

	InitMaterializedSRF(fcinfo, 0);
	for (type = SMS_EVENT_NONE + 1; type < SMS_N_EVENT_TYPES; type++)
	{
		Datum		values[3] = {0};
		bool		nulls[3] = {0};

		sms_set_text(&values[0], &nulls[0], sms_event_type_name(type));
		sms_set_text(&values[1], &nulls[1],
				 sms_event_type_of_salesforce(type)
				 ? "Salesforce MessageEngagement" : "smsengage");
		sms_set_text(&values[2], &nulls[2], sms_event_type_meaning(type));
		sms_put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}
