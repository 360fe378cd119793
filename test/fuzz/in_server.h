/*-------------------------------------------------------------------------
 *
 * in_server.h
 *	  Fuzz harnesses (libFuzzer) that run in a server process, of what is not a
 *	  core: the library with all its glue is instrumented, and what it calls of
 *	  the server is the server's own.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_IN_SERVER_H
#define SMS_IN_SERVER_H

#include "ingest/batch.h"

#define CHECK(condition) \
	do { if (!(condition)) elog(PANIC, "line %d: %s", __LINE__, #condition); } while (0)

/* 2026-11-01 */
#define ARRIVAL (INT64_C(847152000) * SMS_SECOND)

/*
 * An input of the harnesses of payloads: payloads behind each other, and these
 * bytes at its end.
 */
typedef struct SmsFuzzControl
{
	uint8		provider;		/* by number; the account in the bits above */
	uint8		mode;			/* the harness' own */
	uint8		seed[2];		/* what else is chosen */
} SmsFuzzControl;

/* Stands between payloads: no text has it */
#define SMS_FUZZ_SEPARATOR 0x1E

typedef struct SmsFuzzInput
{
	const uint8 *data;
	size_t		size;
	SmsProvider provider;
	SmsText		account;
	uint8		mode;
	uint32		seed;
} SmsFuzzInput;

typedef struct SmsFuzzHarness
{
	const char *name;
	/* once, before the first input; may leave things in the context */
	void		(*begin) (void);
	/* the memory context is reset, and what was written undone, after it */
	void		(*one) (const uint8 *data, size_t size);
	/* whether an error may be raised; NULL: none may */
	bool		(*expects) (int sqlerrcode);
	/* changes what is a payload with respect for that; NULL: bytes are bytes */
	size_t		(*mutate) (uint8 *data, size_t size, size_t max_size, unsigned int seed);
} SmsFuzzHarness;

extern const SmsFuzzHarness sms_steps_harness;
extern const SmsFuzzHarness sms_store_harness;
extern const SmsFuzzHarness sms_states_harness;

/* in_server.c */
extern uint32 sms_fuzz_random(uint32 *state);
extern bool sms_fuzz_input(const uint8 *data, size_t size, SmsFuzzInput *input);
extern SmsText sms_fuzz_payload(const SmsFuzzInput *input, size_t *position);

/* payload_mutation.c */
extern size_t sms_mutate_payload(uint8 *data, size_t size, size_t max_size,
								 unsigned int seed);

/* of libFuzzer */
extern int	LLVMFuzzerRunDriver(int *argc, char ***argv,
								int (*one) (const uint8_t *data, size_t size));
extern size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
extern size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
									  size_t max_size, unsigned int seed);

#endif							/* SMS_IN_SERVER_H */
