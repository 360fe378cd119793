/*-------------------------------------------------------------------------
 *
 * codes_funcs.c
 *	  The providers' codes for SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "provider/event.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_status_group);
PG_FUNCTION_INFO_V1(sms_status_class);
PG_FUNCTION_INFO_V1(sms_is_permanent);
PG_FUNCTION_INFO_V1(sms_opt_out_scope);
PG_FUNCTION_INFO_V1(sms_status_codes);
PG_FUNCTION_INFO_V1(sms_delivery_issue);
PG_FUNCTION_INFO_V1(sms_delivery_issue_of_code);

/* What (provider, event_class, group_code, code) of a call say. */
typedef struct CodeArgs
{
	SmsProvider provider;
	SmsCodeSpace space;
	SmsClass	alone;			/* what the event class says without a code */
	int			group;
	SmsText		code;			/* ptr is NULL for no code */
} CodeArgs;

static SmsProvider
provider_arg(FunctionCallInfo fcinfo, int n)
{
	SmsText		name = sms_text_argument(fcinfo, n);
	SmsProvider provider = sms_provider_by_name(name);
	char		names[SMS_PROVIDER_LIST];

	if (provider == SMS_PROVIDER_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown provider \"%s\"",
						pnstrdup(name.ptr,
								 pg_mbcliplen(name.ptr, name.len, 64))),
				 errhint("Providers are %s.", sms_provider_list(NULL, names))));
	return provider;
}

/* False if provider or event class is NULL: then the answer is NULL. */
static bool
code_args(FunctionCallInfo fcinfo, CodeArgs *args)
{
	SmsText		name;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return false;
	args->provider = provider_arg(fcinfo, 0);
	name = sms_text_argument(fcinfo, 1);
	if (!sms_space_by_name(name, &args->space, &args->alone))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown event class \"%s\"",
						pnstrdup(name.ptr,
								 pg_mbcliplen(name.ptr, name.len, 64))),
				 errhint("Event classes are status, not_sent, error, and the event types SmsSent, SmsNotSent, SmsTransient, SmsDelivered and SmsBounced of Salesforce.")));
	args->group = PG_ARGISNULL(2) ? SMS_NO_GROUP : PG_GETARG_INT32(2);
	args->code = sms_text_argument(fcinfo, 3);
	return true;
}

static const SmsStatus *
find_code(const CodeArgs *args)
{
	return sms_status_find(args->provider, args->space, args->group,
						   args->code);
}

static Datum
text_or_null(FunctionCallInfo fcinfo, const char *value)
{
	if (value == NULL)
		PG_RETURN_NULL();
	return CStringGetTextDatum(value);
}

/* SMS_CLASS_NONE, "says nothing of delivery", is NULL in SQL. */
static const char *
class_text(SmsClass cls)
{
	return cls == SMS_CLASS_NONE ? NULL : sms_class_name(cls);
}

Datum
sms_status_group(PG_FUNCTION_ARGS)
{
	CodeArgs	args;
	const SmsStatus *row;
	SmsStatusGroup group;

	if (!code_args(fcinfo, &args))
		PG_RETURN_NULL();
	row = find_code(&args);
	if (row != NULL && row->cls == SMS_CLASS_NONE)
		PG_RETURN_NULL();
	group = sms_code_group(args.provider, args.space, args.group, args.code);
	if (group == SMS_GROUP_UNKNOWN && args.code.ptr == NULL)
		group = sms_class_group(args.alone);
	return text_or_null(fcinfo, sms_group_name(group));
}

Datum
sms_status_class(PG_FUNCTION_ARGS)
{
	CodeArgs	args;
	SmsClass	cls;

	if (!code_args(fcinfo, &args))
		PG_RETURN_NULL();
	cls = sms_code_class(args.provider, args.space, args.group, args.code);
	if (cls == SMS_CLASS_UNKNOWN && args.code.ptr == NULL)
		cls = args.alone;
	return text_or_null(fcinfo, class_text(cls));
}

Datum
sms_is_permanent(PG_FUNCTION_ARGS)
{
	CodeArgs	args;
	const SmsStatus *row;

	if (!code_args(fcinfo, &args))
		PG_RETURN_NULL();
	row = find_code(&args);
	if (row == NULL || row->permanent < 0)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(row->permanent == 1);
}

Datum
sms_opt_out_scope(PG_FUNCTION_ARGS)
{
	CodeArgs	args;
	const SmsStatus *row;

	if (!code_args(fcinfo, &args))
		PG_RETURN_NULL();
	row = find_code(&args);
	if (row == NULL)
		PG_RETURN_NULL();
	return text_or_null(fcinfo, sms_opt_out_name((SmsOptOut) row->opt_out));
}

#define STATUS_CODE_COLUMNS 17

static void
put_status(FunctionCallInfo fcinfo, SmsProvider provider, SmsCodeSpace space,
		   const SmsStatus *row)
{
	Datum		values[STATUS_CODE_COLUMNS] = {0};
	bool		nulls[STATUS_CODE_COLUMNS] = {0};
	SmsClass	cls = (SmsClass) row->cls;
	SmsSubcategory subcategory = sms_status_subcategory(row);
	SmsText		code = {row->code, row->code_length};
	const char *group = NULL;
	int			i = 0;

	if (cls != SMS_CLASS_NONE)
		group = sms_group_name(sms_code_group(provider, space, row->group,
											  code));

	sms_set_text(&values[i], &nulls[i], sms_provider_name(provider));
	i++;
	sms_set_text(&values[i], &nulls[i], sms_space_name(space));
	i++;
	values[i] = Int32GetDatum(row->group);
	nulls[i++] = row->group == SMS_NO_GROUP;
	sms_set_text(&values[i], &nulls[i],
			 sms_code_group_name(provider, space, row->group));
	i++;
	sms_set_text(&values[i], &nulls[i], row->code);
	i++;
	sms_set_text(&values[i], &nulls[i], row->name);
	i++;
	sms_set_text(&values[i], &nulls[i], row->description);
	i++;
	sms_set_text(&values[i], &nulls[i], class_text(cls));
	i++;
	sms_set_text(&values[i], &nulls[i], group);
	i++;
	values[i] = BoolGetDatum(sms_class_is_final(cls));
	nulls[i++] = cls == SMS_CLASS_NONE;
	values[i] = BoolGetDatum(row->permanent == 1);
	nulls[i++] = row->permanent < 0;
	values[i] = Int32GetDatum(row->issue);
	nulls[i++] = row->issue == SMS_ISSUE_NONE;
	values[i] = Int32GetDatum(row->block_code);
	nulls[i++] = row->block_code == SMS_BLOCK_NONE;
	sms_set_text(&values[i], &nulls[i],
			 sms_opt_out_name((SmsOptOut) row->opt_out));
	i++;
	sms_set_text(&values[i], &nulls[i],
			 sms_category_name(subcategory != SMS_SUBCATEGORY_NONE
							   ? sms_subcategory_category(subcategory)
							   : sms_class_category(cls)));
	i++;
	sms_set_text(&values[i], &nulls[i], sms_subcategory_name(subcategory));
	i++;
	values[i++] = BoolGetDatum(row->duplicate);
	Assert(i == STATUS_CODE_COLUMNS);
	sms_put_row(fcinfo, values, nulls);
}

Datum
sms_status_codes(PG_FUNCTION_ARGS)
{
	int			provider;
	int			space;

	InitMaterializedSRF(fcinfo, 0);
	for (provider = 1; provider < SMS_N_PROVIDERS; provider++)
		for (space = 0; space < SMS_N_SPACES; space++)
		{
			const SmsStatusTable *table = sms_status_table(provider, space);
			int			i;

			for (i = 0; table != NULL && i < table->n; i++)
				put_status(fcinfo, provider, space, &table->rows[i]);
		}
	return (Datum) 0;
}

/* The row (issue, meaning, possible_fix, retryable), all NULL for none. */
static Datum
issue_row(FunctionCallInfo fcinfo, int number, bool retryable)
{
	const SmsIssue *issue = sms_issue(number);
	TupleDesc	desc;
	Datum		values[4] = {0};
	bool		nulls[4] = {true, true, true, true};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (issue != NULL)
	{
		sms_set_text(&values[0], &nulls[0], issue->reason);
		sms_set_text(&values[1], &nulls[1], issue->meaning);
		sms_set_text(&values[2], &nulls[2], issue->possible_fix);
		values[3] = BoolGetDatum(retryable);
		nulls[3] = false;
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}

static Datum
issue_of_code(FunctionCallInfo fcinfo, const SmsStatus *row)
{
	if (row == NULL)
		return issue_row(fcinfo, SMS_ISSUE_NONE, false);
	return issue_row(fcinfo, row->issue, sms_status_retryable(row));
}

/*
 * The issue behind a reason as a report shows it: Intercom's text, or a code
 * or the name of a code of the provider.  The first space that has the code
 * decides, errors before statuses; where that is not what is meant, there is
 * the form with all four arguments.
 */
Datum
sms_delivery_issue(PG_FUNCTION_ARGS)
{
	static const SmsCodeSpace order[] = {
		SMS_SPACE_ERROR, SMS_SPACE_STATUS, SMS_SPACE_NOT_SENT
	};
	SmsProvider provider = provider_arg(fcinfo, 0);
	SmsText		reason = sms_text_argument(fcinfo, 1);
	const SmsStatus *row = NULL;
	int			number = sms_issue_by_reason(reason);
	int			i;

	if (number != SMS_ISSUE_NONE)
		return issue_row(fcinfo, number, sms_issue(number)->retryable);

	for (i = 0; row == NULL && i < lengthof(order); i++)
		row = sms_status_find(provider, order[i], SMS_NO_GROUP, reason);
	if (row == NULL)
		row = sms_status_by_name(provider, reason);
	return issue_of_code(fcinfo, row);
}

Datum
sms_delivery_issue_of_code(PG_FUNCTION_ARGS)
{
	CodeArgs	args;
	const SmsStatus *row = NULL;

	if (code_args(fcinfo, &args))
		row = find_code(&args);
	return issue_of_code(fcinfo, row);
}
