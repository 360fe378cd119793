/*-------------------------------------------------------------------------
 *
 * direct_funcs.c
 *	  SQL functions that put a batch into the store without SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "server.h"
#include "store/direct.h"

PG_FUNCTION_INFO_V1(sms_begin_ingest);
PG_FUNCTION_INFO_V1(sms_insert_batch);
PG_FUNCTION_INFO_V1(sms_ingest_text);
PG_FUNCTION_INFO_V1(sms_ingest_bytea);

/*
 * forget() waits for what is under way, and what comes then waits for it.
 * True if some of the batch's events may be such as are not to be stored.
 */
static bool
begin_ingest(const SmsBatch *batch)
{
	Oid			schema = get_namespace_oid("smsengage", false);
	Oid			forgotten = get_relname_relid("forgotten", schema);
	Oid			event = get_relname_relid("event", schema);
	AclResult	allowed;
	bool		filtered;

	if (!OidIsValid(event) || !OidIsValid(forgotten))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("this database has no store"),
				 errhint("SELECT smsengage.create_store() makes one.")));
	/* no lock for those who could store nothing under it */
	allowed = pg_class_aclcheck(event, GetUserId(), ACL_INSERT);
	if (allowed != ACLCHECK_OK)
		allowed = pg_attribute_aclcheck_all(event, GetUserId(), ACL_INSERT, ACLMASK_ANY);
	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_TABLE, "event");
	/* forget() takes one that excludes this; what only reads has another */
	LockRelationOid(forgotten, RowShareLock);
	if (sms_store_is_distributed())
		return true;			/* rows are on other nodes */
	/* what was forgotten before the lock was had is seen */
	PushActiveSnapshot(GetTransactionSnapshot());
	filtered = sms_needs_admission(batch);
	PopActiveSnapshot();
	return filtered;
}

/* begin_ingest(batch) */
Datum
sms_begin_ingest(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(begin_ingest(sms_batch_argument(fcinfo, 0)));
}

/* The tables that SQL's commands would name for the batch. */
static void
choose_targets(SmsDirect *direct)
{
	direct->targets[SMS_EVENT].wanted = &sms_event_table;
	direct->targets[SMS_MESSAGE].wanted = &sms_message_table;
	direct->targets[SMS_OUTCOME_TALLY].wanted = &sms_outcome_tally_table;
	direct->targets[SMS_TALLY_DIMENSION].wanted = &sms_tally_dimension_table;
	direct->targets[SMS_SERIES].wanted = &sms_series_table;
	direct->targets[SMS_ENGAGEMENT_TALLY].wanted = &sms_engagement_tally_table;
	if (direct->batch->n_timeless > 0)
		direct->targets[SMS_EVENT_IDENTITY].wanted = &sms_event_identity_table;
	if (direct->batch->n_people > 0)
		direct->targets[SMS_INDIVIDUAL].wanted = &sms_individual_table;
	if (direct->batch->n_named > 0)
		direct->targets[SMS_CONTACT_POINT].wanted = &sms_contact_point_table;
}

/* All steps, once it is known that each table will do. */
static bool
insert_batch(void *arg)
{
	SmsDirect  *direct = arg;
	bool		done;

	choose_targets(direct);
	if (!sms_targets_open(direct->targets, SMS_N_DIRECT_TABLES, direct->lasting))
		return false;
	done = sms_direct_identities(direct) && sms_direct_people(direct) &&
		sms_direct_events(direct) &&
		(direct->n_keys == 0 ||
		 (sms_direct_messages(direct) && sms_direct_contacts(direct) &&
		  sms_direct_tallies(direct)));
	sms_targets_close(direct->targets, SMS_N_DIRECT_TABLES);
	return done;
}

/*
 * A memory context that the function's caller keeps until its command has
 * ended, with what the function left there in its last call gone.
 */
static MemoryContext
lasting_memory(FunctionCallInfo fcinfo)
{
	FmgrInfo   *function = fcinfo->flinfo;

	if (function->fn_extra == NULL)
		function->fn_extra = AllocSetContextCreate(function->fn_mcxt, "smsengage rights",
												   ALLOCSET_SMALL_SIZES);
	else
		MemoryContextReset(function->fn_extra);
	return function->fn_extra;
}

/*
 * Stores a batch; false, and nothing is stored, if that is left to SQL.  Sees
 * what this transaction did before, and what others did up to now: begin_ingest()
 * may have waited for them.
 */
static bool
store_directly(FunctionCallInfo fcinfo, SmsDirect *direct, const SmsBatch *batch)
{
	bool		done;

	direct->batch = batch;
	direct->first_new = PG_INT64_MAX;
	direct->keys = palloc_extended((Size) batch->n_good * sizeof(int64) + 1,
								   MCXT_ALLOC_HUGE);
	if (!sms_stores_directly || sms_store_is_distributed())
		return false;
	/* only who hears of the rights that are asked for may come back to them */
	direct->lasting = ExecutorCheckPerms_hook == NULL ? CurrentMemoryContext :
		lasting_memory(fcinfo);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	done = sms_attempt(insert_batch, direct);
	PopActiveSnapshot();
	return done;
}

/*
 * insert_batch(batch, limited): stores the batch's events and all that
 * follows from them in tables, and returns the keys of those that were new;
 * NULL if that is left to SQL.
 */
Datum
sms_insert_batch(PG_FUNCTION_ARGS)
{
	SmsDirect	direct = {0};
	const SmsBatch *batch = sms_batch_argument(fcinfo, 0);
	Datum	   *keys;
	int			i;

	PreventCommandIfReadOnly("insert_batch()");
	direct.limited = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	if (!store_directly(fcinfo, &direct, batch))
		PG_RETURN_NULL();
	keys = palloc_extended((Size) direct.n_keys * sizeof(Datum) + 1, MCXT_ALLOC_HUGE);
	for (i = 0; i < direct.n_keys; i++)
		keys[i] = Int64GetDatum(direct.keys[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(keys, direct.n_keys, INT8OID, sizeof(int64),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Whether a batch is nothing but events that insert_batch() can store. */
static bool
is_plain(const SmsBatch *batch)
{
	return batch->n_good > 0 && batch->n_good == batch->n_events &&
		batch->n_pieces == 0 && batch->n_notes == 0 && batch->n_links == 0 &&
		!sms_has_effects(batch) && !sms_lacks_months(batch);
}

/*
 * All of ingest_batch() for a batch of events that change nothing but what
 * insert_batch() stores, as most do.  False, and nothing is stored, for others.
 */
static bool
ingest_plain(FunctionCallInfo fcinfo, const SmsBatch *batch, int64 *accepted, int64 *duplicate)
{
	SmsDirect	direct = {0};

	if (!is_plain(batch) || IsolationUsesXactSnapshot() || begin_ingest(batch) ||
		!store_directly(fcinfo, &direct, batch))
		return false;
	*accepted = direct.n_keys;
	*duplicate = batch->n_good - direct.n_keys;
	return true;
}

static Datum
counts_row(FunctionCallInfo fcinfo, int64 accepted, int64 duplicate)
{
	TupleDesc	desc;
	Datum		values[4] = {Int64GetDatum(accepted), Int64GetDatum(duplicate)};
	bool		nulls[4] = {false};

	values[2] = values[3] = Int64GetDatum(0);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* Calls one of the extension's functions: (batch) or (batch, account, limited). */
static Datum
call_with_batch(const char *name, int n, const SmsBatch *batch, NullableDatum account)
{
	LOCAL_FCINFO(call, 3);
	FmgrInfo	function;
	Oid			types[3] = {sms_own_type("parsed_batch"), TEXTOID, BOOLOID};

	fmgr_info(LookupFuncName(list_make2(makeString("smsengage_internal"), makeString(pstrdup(name))),
							 n, types, false), &function);
	InitFunctionCallInfoData(*call, &function, n, InvalidOid, NULL, NULL);
	call->args[0].value = PointerGetDatum(batch);
	call->args[0].isnull = false;
	call->args[1] = account;
	call->args[2].value = BoolGetDatum(sms_is_limited());
	call->args[2].isnull = false;
	return FunctionCallInvoke(call);
}

/* ingest(provider, payload, account) for whoever the user is now */
Datum
sms_ingest(FunctionCallInfo fcinfo, bool is_text)
{
	const SmsBatch *batch;
	int64		accepted;
	int64		duplicate;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("provider and payload must not be null")));
	PreventCommandIfReadOnly("ingest()");
	batch = sms_batch_of_payload(fcinfo, GetCurrentTransactionStartTimestamp(), is_text);
	if (!ingest_plain(fcinfo, batch, &accepted, &duplicate))
		return call_with_batch("ingest_batch", 3, batch, fcinfo->args[2]);
	if (duplicate > 0)
		(void) call_with_batch("note_content_drift", 1, batch, fcinfo->args[2]);
	return counts_row(fcinfo, accepted, duplicate);
}

/* ingest(provider, payload, account) */
Datum
sms_ingest_text(PG_FUNCTION_ARGS)
{
	return sms_ingest(fcinfo, true);
}

/* The same for bytes. */
Datum
sms_ingest_bytea(PG_FUNCTION_ARGS)
{
	return sms_ingest(fcinfo, false);
}
