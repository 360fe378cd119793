/*-------------------------------------------------------------------------
 *
 * numbering.h
 *	  National numbering plans: what may follow a calling code, and what
 *	  people dial before a number at home.
 *
 * The tables are made from the metadata of libphonenumber, see
 * numbering/generate.mjs.  A pattern is a state of one automaton over digits.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_NUMBERING_H
#define SMS_NUMBERING_H

#include "core.h"

typedef struct SmsNumberingPlan
{
	char		country[3];		/* ISO 3166-1; empty: no country's */
	uint16_t	calling_code;
	uint16_t	pattern;		/* numbers without their calling code */
	uint16_t	exit;			/* dialled before a number abroad; 0: nothing */
	uint16_t	trunk;			/* dialled before a number at home; 0: nothing */
	uint16_t	local;			/* whole numbers that get a prefix; 0: none */
	uint8_t		local_drop;		/* digits they lose before; see numbering.c */
	uint32_t	lengths;		/* bit n: a number may have n digits */
	const char *local_prefix;
} SmsNumberingPlan;

/* Leading digits, with the calling code, that belong to another country */
typedef struct SmsSharedPrefix
{
	const char *digits;
	char		country[3];
} SmsSharedPrefix;

/* Sorted by calling code; of several countries the main one comes first */
extern const SmsNumberingPlan sms_numbering_plans[];
extern const size_t sms_n_numbering_plans;
extern const SmsSharedPrefix sms_shared_prefixes[];
extern const size_t sms_n_shared_prefixes;
extern const uint16_t sms_digit_states[][10];
extern const char sms_numbering_version[];

/* Digits of a number being read; what is longer is no phone number */
#define SMS_DIGITS_MAX 24

typedef struct SmsDigits
{
	int			n;
	char		digits[SMS_DIGITS_MAX];
} SmsDigits;

extern size_t sms_calling_code_length(const char *digits);
extern const SmsNumberingPlan *sms_plan_of_code(const char *digits, size_t len);
extern const SmsNumberingPlan *sms_plan_of_country(SmsText country);
extern bool sms_plan_settle(SmsDigits *number);
extern bool sms_plan_read_national(const SmsNumberingPlan *home, SmsDigits *number);
extern bool sms_number_is_valid(SmsText normalized);
extern bool sms_number_is_possible(SmsText normalized);
extern size_t sms_number_respelled(SmsText normalized, char *out);

#endif							/* SMS_NUMBERING_H */
