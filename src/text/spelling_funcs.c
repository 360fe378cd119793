/*-------------------------------------------------------------------------
 *
 * spelling_funcs.c
 *	  SQL functions over numbers that are not of the normal form.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "server.h"
#include "text/numbering.h"
#include "text/recipient.h"

PG_FUNCTION_INFO_V1(sms_number_tail);
PG_FUNCTION_INFO_V1(sms_may_mean);
PG_FUNCTION_INFO_V1(sms_maybe_respelled);

Datum
sms_number_tail(PG_FUNCTION_ARGS)
{
	char		tail[SMS_TAIL_DIGITS];
	size_t		len = sms_tail_of_number(sms_text_of(PG_GETARG_TEXT_PP(0)), tail);

	if (len == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(tail, len));
}

/* may_mean(spelling, number, countries): no country, those of the number */
Datum
sms_may_mean(PG_FUNCTION_ARGS)
{
	SmsText		spelling;
	SmsText		number;
	ArrayIterator countries;
	Datum		country;
	bool		isnull;
	bool		any = false;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	spelling = sms_text_of(PG_GETARG_TEXT_PP(0));
	number = sms_text_of(PG_GETARG_TEXT_PP(1));
	if (!PG_ARGISNULL(2))
	{
		countries = array_create_iterator(PG_GETARG_ARRAYTYPE_P(2), 0, NULL);
		while (array_iterate(countries, &country, &isnull))
		{
			const SmsNumberingPlan *home = isnull ? NULL :
				sms_plan_of_country(sms_text_of(DatumGetTextPP(country)));

			if (home == NULL)
				continue;
			any = true;
			if (sms_number_may_mean(spelling, number, home))
				PG_RETURN_BOOL(true);
		}
	}
	PG_RETURN_BOOL(!any && sms_number_may_mean(spelling, number, NULL));
}

/* Does it begin like a number of +54, whatever stands around the digits? */
static bool
may_begin_with_54(SmsText text)
{
	size_t		i = 0;

	while (i < text.len && !(text.ptr[i] >= '1' && text.ptr[i] <= '9'))
	{
		/* digits of another script are read elsewhere */
		if ((unsigned char) text.ptr[i] >= 0x80)
			return true;
		i++;
	}
	if (i == text.len || text.ptr[i] != '5')
		return false;
	for (i++; i < text.len && (unsigned char) text.ptr[i] < 0x80; i++)
	{
		if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
			return text.ptr[i] == '4';
	}
	return i < text.len;
}

/*
 * maybe_respelled(recipients): those that may be numbers of the calling code
 * that has two for one phone (see sms_number_respelled()); most are seen not to
 * be by a few of their bytes.
 */
Datum
sms_maybe_respelled(PG_FUNCTION_ARGS)
{
	ArrayIterator recipients = array_create_iterator(PG_GETARG_ARRAYTYPE_P(0), 0, NULL);
	ArrayBuildState *found = NULL;
	Datum		recipient;
	bool		isnull;

	while (array_iterate(recipients, &recipient, &isnull))
	{
		if (!isnull && may_begin_with_54(sms_text_of(DatumGetTextPP(recipient))))
			found = accumArrayResult(found, recipient, false, TEXTOID, CurrentMemoryContext);
	}
	if (found == NULL)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
	PG_RETURN_DATUM(makeArrayResult(found, CurrentMemoryContext));
}
