/*-------------------------------------------------------------------------
 *
 * store_fuzz.c
 *	  Fuzz harness of ingestion into a store: payloads one after the other, page
 *	  by page or by SQL, then once more.
 *
 * What is looked at besides the sanitizers: that the counts are those of the
 * batch, that nothing is new the second time, that doctor() finds nothing (now
 * and then, as it takes long).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "fuzz/in_server.h"
#include "server.h"

/* Bits of the mode */
#define BY_SQL 0x01				/* insert_by_sql() */
#define TOGETHER 0x02			/* all payloads in one batch */
#define FOLDED 0x04				/* fold() between the two times */
#define ASK_DOCTOR 0x08

static const char *const one_payload =
	"SELECT i.accepted, i.duplicate, i.rejected + i.ignored, c.events + c.repeated, c.rejected + c.ignored"
	" FROM smsengage_internal.batch($1, $2, $3, pg_catalog.now()) b, smsengage_internal.batch_counts(b) c, smsengage.ingest($1, $2, $3) i";

static const char *const all_payloads =
	"SELECT i.accepted, i.duplicate, i.rejected + i.ignored, c.events + c.repeated, c.rejected + c.ignored"
	" FROM smsengage_internal.batch_all($1, $2, $3, pg_catalog.array_fill(pg_catalog.now(), ARRAY[pg_catalog.cardinality($2)])) b,"
	" smsengage_internal.batch_counts(b) c, smsengage_internal.ingest_batch(b, $3) i";

static SPIPlanPtr one_plan;
static SPIPlanPtr all_plan;
static int	runs;

static SPIPlanPtr
prepare(const char *query, Oid payload)
{
	Oid			types[] = {TEXTOID, payload, TEXTOID};
	SPIPlanPtr	plan = SPI_prepare(query, lengthof(types), types);

	CHECK(plan != NULL);
	SPI_keepplan(plan);
	return plan;
}

static void
begin(void)
{
	SPI_connect();
	one_plan = prepare(one_payload, BYTEAOID);
	all_plan = prepare(all_payloads, BYTEAARRAYOID);
	SPI_finish();
}

static int64
column(int n)
{
	bool		is_null;
	int64		value = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, n, &is_null));

	CHECK(!is_null);
	return value;
}

/* Ingests; what is accepted of a second time is a fault. */
static void
ingest(SPIPlanPtr plan, Datum *values, const char *nulls, bool again)
{
	CHECK(SPI_execute_plan(plan, values, nulls, false, 0) == SPI_OK_SELECT);
	CHECK(SPI_processed == 1);
	CHECK(column(1) + column(2) == column(4));
	CHECK(column(3) == column(5));
	CHECK(!again || column(1) == 0);
}

static void
deliver(const SmsFuzzInput *input, bool again)
{
	const char *provider = sms_provider_name(input->provider);
	Datum		values[3] = {CStringGetTextDatum(provider == NULL ? "auto" : provider)};
	char		nulls[] = {' ', ' ', input->account.ptr == NULL ? 'n' : ' ', '\0'};
	Datum		list[64];
	int			n = 0;
	size_t		position = 0;
	SmsText		payload;

	if (input->account.ptr != NULL)
		values[2] = sms_text_datum(input->account);
	while (n < (int) lengthof(list) && (payload = sms_fuzz_payload(input, &position)).ptr != NULL)
		list[n++] = sms_text_datum(payload);
	if (input->mode & TOGETHER)
	{
		values[1] = PointerGetDatum(construct_array(list, n, BYTEAOID, -1, false, TYPALIGN_INT));
		ingest(all_plan, values, nulls, again);
		return;
	}
	for (position = 0; position < (size_t) n; position++)
	{
		values[1] = list[position];
		ingest(one_plan, values, nulls, again);
	}
}

static void
execute(const char *command)
{
	CHECK(SPI_execute(command, false, 0) >= 0);
}

static void
ask_doctor(void)
{
	execute("SELECT d::text FROM smsengage.doctor() d");
	if (SPI_processed > 0)
		elog(PANIC, "doctor() finds %s", SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1));
}

static void
one(const uint8 *data, size_t size)
{
	SmsFuzzInput input;

	if (!sms_fuzz_input(data, size, &input))
		return;
	SPI_connect();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (input.mode & BY_SQL)
		/* a table with a rule is none that is written page by page */
		execute("CREATE RULE fuzz AS ON DELETE TO smsengage.contact_point WHERE false DO ALSO NOTHING");
	deliver(&input, false);
	if (input.mode & FOLDED)
		execute("CALL smsengage.fold()");
	deliver(&input, true);
	if (input.mode & ASK_DOCTOR && ++runs % 16 == 0)
		ask_doctor();
	PopActiveSnapshot();
	SPI_finish();
}

const SmsFuzzHarness sms_store_harness = {
	.name = "store",
	.begin = begin,
	.one = one,
	.mutate = sms_mutate_payload
};
