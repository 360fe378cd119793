/*-------------------------------------------------------------------------
 *
 * submit_funcs.c
 *	  submit(): ingestion for who acts for an account.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "access/access.h"
#include "access/as_owner.h"
#include "store/direct.h"

PG_FUNCTION_INFO_V1(sms_submit_text);
PG_FUNCTION_INFO_V1(sms_submit_bytea);

/* A call of submit() */
typedef struct Submission
{
	FunctionCallInfo fcinfo;
	bool		is_text;
	Datum		result;
} Submission;

static void
store_submission(void *arg)
{
	Submission *submission = arg;

	submission->result = sms_ingest(submission->fcinfo, submission->is_text);
}

/*
 * submit(provider, payload, account): ingest() for who acts for the account at
 * this moment, whatever the snapshot of the transaction.
 */
static Datum
submit(FunctionCallInfo fcinfo, bool is_text)
{
	Submission	submission = {.fcinfo = fcinfo, .is_text = is_text};
	bool		granted;

	sms_refuse_restricted("submit()");
	sms_require_store();
	PushActiveSnapshot(GetLatestSnapshot());
	granted = sms_acts_for(GetUserId(), SMS_RIGHT_INGEST,
						   PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2));
	PopActiveSnapshot();
	if (!granted)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("this role may not ingest for this account"),
				 errhint("grant_ingest(role, account) gives the right.")));
	sms_as_owner("submit()", !sms_is_store_owner(GetUserId()), store_submission, &submission);
	return submission.result;
}

Datum
sms_submit_text(PG_FUNCTION_ARGS)
{
	return submit(fcinfo, true);
}

/* The same for bytes. */
Datum
sms_submit_bytea(PG_FUNCTION_ARGS)
{
	return submit(fcinfo, false);
}
