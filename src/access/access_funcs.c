/*-------------------------------------------------------------------------
 *
 * access_funcs.c
 *	  SQL functions that say whom somebody acts for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "access/access.h"

PG_FUNCTION_INFO_V1(sms_acts_for_sql);
PG_FUNCTION_INFO_V1(sms_accounts_for);
PG_FUNCTION_INFO_V1(sms_role_now);
PG_FUNCTION_INFO_V1(sms_visible_accounts);
PG_FUNCTION_INFO_V1(sms_sees_everything);
PG_FUNCTION_INFO_V1(sms_administers);
PG_FUNCTION_INFO_V1(sms_plans_for_everything);
PG_FUNCTION_INFO_V1(sms_plans_for_accounts);

/* acts_for(kind, account) */
Datum
sms_acts_for_sql(PG_FUNCTION_ARGS)
{
	SmsRight	right = sms_right_by_name(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	PG_RETURN_BOOL(sms_acts_for(GetUserId(), right, PG_GETARG_TEXT_PP(1)));
}

/* role_now(role, role_name, cluster) */
Datum
sms_role_now(PG_FUNCTION_ARGS)
{
	Oid			role = sms_role_now_of(PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)),
									   PG_GETARG_INT64(2));

	if (!OidIsValid(role))
		PG_RETURN_NULL();
	PG_RETURN_OID(role);
}

/* The accounts (text *) of the current user. */
static List *
own_accounts(SmsRight right)
{
	return sms_is_store_owner(GetUserId()) ? list_make1(cstring_to_text("*")) :
		sms_accounts_of(GetUserId(), right, NULL);
}

static Datum
accounts_of_user(FunctionCallInfo fcinfo, SmsRight right)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	List	   *accounts = own_accounts(right);
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(cell, accounts)
	{
		Datum		values[1] = {PointerGetDatum(lfirst(cell))};
		bool		nulls[1] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* accounts_for(kind) */
Datum
sms_accounts_for(PG_FUNCTION_ARGS)
{
	return accounts_of_user(fcinfo, sms_right_by_name(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

/* visible_accounts() */
Datum
sms_visible_accounts(PG_FUNCTION_ARGS)
{
	return accounts_of_user(fcinfo, SMS_RIGHT_READ);
}

/* plans_for_everything() */
Datum
sms_plans_for_everything(PG_FUNCTION_ARGS)
{
	sms_watch_roles();
	PG_RETURN_BOOL(sms_acts_for(GetUserId(), SMS_RIGHT_READ, NULL));
}

/* plans_for_accounts() */
Datum
sms_plans_for_accounts(PG_FUNCTION_ARGS)
{
	List	   *accounts = own_accounts(SMS_RIGHT_READ);
	Datum	   *elements = palloc(list_length(accounts) * sizeof(Datum) + 1);
	ListCell   *cell;
	int			n = 0;

	sms_watch_roles();
	foreach(cell, accounts)
		elements[n++] = PointerGetDatum(lfirst(cell));
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* sees_everything() */
Datum
sms_sees_everything(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_acts_for(GetUserId(), SMS_RIGHT_READ, NULL));
}

/* plans_for_administration() */
Datum
sms_administers(PG_FUNCTION_ARGS)
{
	sms_watch_roles();
	PG_RETURN_BOOL(sms_acts_for(GetUserId(), SMS_RIGHT_ADMIN, NULL));
}
