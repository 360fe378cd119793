/*-------------------------------------------------------------------------
 *
 * batch_args.c
 *	  Reads what the functions on a parsed_batch take beside it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/uuid.h"

#include "ingest/batch_args.h"

/* An array of elements of this type, none of them NULL. */
ArrayType *
sms_array_argument(FunctionCallInfo fcinfo, int n, Oid type)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(n);

	if (ARR_ELEMTYPE(array) != type || ARR_HASNULL(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("array must not contain nulls")));
	return array;
}

/* The numbers of the batch's people, in their order. */
const int64 *
sms_people_argument(FunctionCallInfo fcinfo, int n, const SmsBatch *batch)
{
	ArrayType  *array;

	if (batch->n_people == 0)
		return NULL;
	array = PG_ARGISNULL(n) ? NULL : PG_GETARG_ARRAYTYPE_P(n);
	if (array == NULL || ARR_NDIM(array) != 1 || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT8OID ||
		ARR_DIMS(array)[0] != batch->n_people)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected one number for each of the batch's %d people",
						batch->n_people)));
	return (const int64 *) ARR_DATA_PTR(array);
}

static int
compare_keys(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return x < y ? -1 : x > y;
}

/* Whether a list is the keys of the batch's good events, one by one. */
static bool
is_all(const int64 *list, int n, const SmsBatch *batch)
{
	int			found = 0;
	int			i;

	if (n != batch->n_good)
		return false;
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		if (sms_batch_is_good(event) && list[found++] != event->key)
			return false;
	}
	return true;
}

/*
 * A set of keys; of a batch, mostly those of all good events in their order,
 * in which ingestion stores them.
 */
SmsKeys
sms_keys_of(const int64 *list, int n, const SmsBatch *batch)
{
	SmsKeys		keys = {NULL, n, false};

	keys.all = batch != NULL && is_all(list, n, batch);
	if (keys.all)
		return keys;
	keys.keys = palloc((Size) n * sizeof(int64) + 1);
	memcpy(keys.keys, list, (Size) n * sizeof(int64));
	qsort(keys.keys, n, sizeof(int64), compare_keys);
	return keys;
}

/* An array of keys; NULL for none. */
SmsKeys
sms_keys_argument(FunctionCallInfo fcinfo, int n, const SmsBatch *batch)
{
	SmsKeys		none = {NULL, 0, false};
	ArrayType  *array;

	if (PG_ARGISNULL(n))
		return none;
	array = sms_array_argument(fcinfo, n, INT8OID);
	return sms_keys_of((const int64 *) ARR_DATA_PTR(array),
					   ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)), batch);
}

/* Whether an event is meant; of a batch, a good one. */
bool
sms_keys_have(const SmsKeys *keys, int64 key)
{
	return keys->all ||
		(keys->n > 0 && bsearch(&key, keys->keys, keys->n, sizeof(int64), compare_keys) != NULL);
}

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(*(const uint8 *const *) a, *(const uint8 *const *) b, SMS_DIGEST_SIZE);
}

/* An array of uuid; NULL is the empty one. */
SmsDigests
sms_digests_argument(FunctionCallInfo fcinfo, int n)
{
	SmsDigests	digests = {NULL, 0};
	ArrayType  *array;
	int			i;

	if (PG_ARGISNULL(n))
		return digests;
	array = sms_array_argument(fcinfo, n, UUIDOID);
	digests.n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	digests.digests = palloc(digests.n * sizeof(uint8 *) + 1);
	for (i = 0; i < digests.n; i++)
		digests.digests[i] = (const uint8 *) ARR_DATA_PTR(array) + (Size) i * UUID_LEN;
	qsort(digests.digests, digests.n, sizeof(uint8 *), compare_digests);
	return digests;
}

bool
sms_digests_have(const SmsDigests *digests, const uint8 *digest)
{
	return digests->n > 0 &&
		bsearch(&digest, digests->digests, digests->n, sizeof(uint8 *),
				compare_digests) != NULL;
}

/*
 * Whether an event may go into the table event: of the timeless ones only
 * those whose identity is fresh; the others were stored before, under their
 * own time.
 */
bool
sms_is_for_store(const SmsBatchEvent *event, const SmsDigests *fresh)
{
	return sms_batch_is_good(event) &&
		(!event->timeless || sms_digests_have(fresh, event->identity));
}

static int
compare_messages(const void *a, const void *b)
{
	const SmsBatchEvent *x = *(const SmsBatchEvent *const *) a;
	const SmsBatchEvent *y = *(const SmsBatchEvent *const *) b;
	int			result = memcmp(x->message, y->message, SMS_DIGEST_SIZE);

	return result != 0 ? result : x < y ? -1 : x > y;
}

/* The delivery reports among the events with these keys. */
SmsReports
sms_reports_of(const SmsBatch *batch, const SmsKeys *keys)
{
	SmsReports	reports;
	int			i;

	reports.events = palloc((Size) batch->n_good * sizeof(SmsBatchEvent *) + 1);
	reports.n = 0;
	for (i = 0; i < batch->n_events; i++)
	{
		const SmsBatchEvent *event = sms_batch_event(batch, i);

		if (sms_batch_is_good(event) && event->has_message &&
			event->cls != SMS_CLASS_NONE && sms_keys_have(keys, event->key))
			reports.events[reports.n++] = event;
	}
	qsort(reports.events, reports.n, sizeof(SmsBatchEvent *), compare_messages);
	return reports;
}

/* How many reports from the first on are of its message. */
int
sms_reports_of_message(const SmsReports *reports, int first)
{
	int			n = 1;

	while (first + n < reports->n &&
		   memcmp(reports->events[first]->message, reports->events[first + n]->message,
				  SMS_DIGEST_SIZE) == 0)
		n++;
	return n;
}
