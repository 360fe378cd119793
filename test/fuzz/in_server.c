/*-------------------------------------------------------------------------
 *
 * in_server.c
 *	  Lets libFuzzer run in a server process: sms_fuzz(harness, arguments).
 *
 * run.sh puts this file and the harnesses beside the library's own, so that
 * they are one library, and starts a server for a single user with it, whose
 * only statement is a call of this function.  It does not come back but for a
 * list of inputs to repeat.
 *
 * Each input is a subtransaction that is rolled back.  An error is a fault but
 * for those that a harness expects.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "fuzz/in_server.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_fuzz);

static const SmsFuzzHarness *const harnesses[] = {
	&sms_steps_harness, &sms_store_harness, &sms_states_harness
};

static const SmsFuzzHarness *harness;

/* A number from a state, which is not zero. */
uint32
sms_fuzz_random(uint32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Takes an input apart; false if it is too short to be one. */
bool
sms_fuzz_input(const uint8 *data, size_t size, SmsFuzzInput *input)
{
	static const char *const accounts[] = {NULL, "", "A", "B"};
	SmsFuzzControl control;
	const char *account;

	if (size < sizeof(control))
		return false;
	memset(input, 0, sizeof(*input));
	input->data = data;
	input->size = size - sizeof(control);
	memcpy(&control, data + input->size, sizeof(control));
	input->provider = (SmsProvider) ((control.provider & 0x1F) % SMS_N_PROVIDERS);
	if (sms_spec_of(input->provider) == NULL)
		input->provider = SMS_PROVIDER_NONE;
	account = accounts[control.provider >> 5 & 3];
	if (account != NULL)
		input->account = sms_literal(account);
	input->mode = control.mode;
	input->seed = 1 + (control.seed[0] | (uint32) control.seed[1] << 8);
	return true;
}

/* The next payload, in memory of its own size; no value behind the last. */
SmsText
sms_fuzz_payload(const SmsFuzzInput *input, size_t *position)
{
	SmsText		payload = {NULL, 0};
	const uint8 *start = input->data + *position;
	size_t		left;
	const uint8 *end;
	char	   *copy;

	if (*position > input->size)
		return payload;
	left = input->size - *position;
	end = left == 0 ? NULL : memchr(start, SMS_FUZZ_SEPARATOR, left);
	payload.len = end == NULL ? left : (size_t) (end - start);
	copy = palloc(payload.len);
	memcpy(copy, start, payload.len);
	payload.ptr = copy;
	*position += payload.len + 1;
	return payload;
}

static int
one(const uint8_t *data, size_t size)
{
	MemoryContext outer = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	MemoryContext context = AllocSetContextCreate(outer, "smsengage fuzz", ALLOCSET_DEFAULT_SIZES);

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		harness->one(data, size);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (harness->expects == NULL || !harness->expects(error->sqlerrcode))
		{
			EmitErrorReport();
			abort();
		}
		FlushErrorState();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(outer);
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(outer);
	CurrentResourceOwner = owner;
	MemoryContextDelete(context);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	if (harness->mutate == NULL)
		return LLVMFuzzerMutate(data, size, max_size);
	return harness->mutate(data, size, max_size, seed);
}

/* sms_fuzz(harness text, arguments text[]) */
Datum
sms_fuzz(PG_FUNCTION_ARGS)
{
	SmsText		name = sms_text_of(PG_GETARG_TEXT_PP(0));
	Datum	   *elements;
	char	  **argv;
	int			argc;
	int			i;

	for (i = 0; i < (int) lengthof(harnesses); i++)
		if (sms_text_is(name, harnesses[i]->name))
			harness = harnesses[i];
	if (harness == NULL)
		elog(ERROR, "unknown harness");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, NULL, &argc);
	argv = palloc((argc + 2) * sizeof(char *));
	argv[0] = pstrdup(harness->name);
	for (i = 0; i < argc; i++)
		argv[i + 1] = TextDatumGetCString(elements[i]);
	argv[++argc] = NULL;
	harness->begin();
	PG_RETURN_INT32(LLVMFuzzerRunDriver(&argc, &argv, one));
}
