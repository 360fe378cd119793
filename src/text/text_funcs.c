/*-------------------------------------------------------------------------
 *
 * text_funcs.c
 *	  SQL functions over recipients, message texts and keywords.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "server.h"
#include "text/country.h"
#include "text/fold.h"
#include "text/keyword.h"
#include "text/numbering.h"
#include "text/parts.h"
#include "text/recipient.h"
#include "text/utf8.h"

PG_FUNCTION_INFO_V1(sms_normalize_recipient_text);
PG_FUNCTION_INFO_V1(sms_normalize_recipient_of);
PG_FUNCTION_INFO_V1(sms_is_possible_number);
PG_FUNCTION_INFO_V1(sms_recipient_spellings);
PG_FUNCTION_INFO_V1(sms_numbering_source);
PG_FUNCTION_INFO_V1(sms_same_sender_text);
PG_FUNCTION_INFO_V1(sms_calling_code);
PG_FUNCTION_INFO_V1(sms_country_of);
PG_FUNCTION_INFO_V1(sms_zones_of);
PG_FUNCTION_INFO_V1(sms_parts);
PG_FUNCTION_INFO_V1(sms_ucs2_characters);
PG_FUNCTION_INFO_V1(sms_fold_text_sql);
PG_FUNCTION_INFO_V1(sms_fold_keyword_text);
PG_FUNCTION_INFO_V1(sms_first_word_text);
PG_FUNCTION_INFO_V1(sms_match_keyword_text);
PG_FUNCTION_INFO_V1(sms_matched_keyword);
PG_FUNCTION_INFO_V1(sms_keyword_language);
PG_FUNCTION_INFO_V1(sms_default_keywords);

/* An argument in UTF-8, whatever the encoding of the database. */
static SmsText
utf8_arg(FunctionCallInfo fcinfo, int n)
{
	SmsText		result = sms_text_argument(fcinfo, n);
	char	   *converted = pg_server_to_any(result.ptr, result.len, PG_UTF8);

	if (converted != result.ptr)
	{
		result.ptr = converted;
		result.len = strlen(converted);
	}
	return result;
}

/* A text in UTF-8 as a value of the database. */
static Datum
utf8_datum(SmsText t)
{
	const char *converted = t.ptr;

	if (GetDatabaseEncoding() != PG_UTF8 && t.len > 0)
	{
		converted = pg_any_to_server(t.ptr, t.len, PG_UTF8);
		if (converted != t.ptr)
			t.len = strlen(converted);
	}
	return PointerGetDatum(cstring_to_text_with_len(converted, t.len));
}

static SmsText
normalized_arg(FunctionCallInfo fcinfo, int n)
{
	SmsText		in = sms_text_argument(fcinfo, n);
	char	   *out = palloc(SMS_RECIPIENT_ROOM(in.len));
	SmsText		result = {out, sms_normalize_recipient(in, out)};

	return result;
}

static void *
alloc_here(void *owner, size_t size)
{
	(void) owner;
	return palloc(size);
}

static SmsText
folded_arg(FunctionCallInfo fcinfo, int n)
{
	SmsRegion	region = {alloc_here, NULL};

	return sms_fold_keyword(utf8_arg(fcinfo, n), &region);
}

/* Languages as the core wants them, from an array of texts */
static SmsLanguages
languages_arg(FunctionCallInfo fcinfo, int n)
{
	ArrayIterator iterator = array_create_iterator(PG_GETARG_ARRAYTYPE_P(n), 0, NULL);
	StringInfoData list;
	Datum		language;
	bool		isnull;
	SmsLanguages result;

	initStringInfo(&list);
	while (array_iterate(iterator, &language, &isnull))
	{
		if (!isnull)
			appendStringInfo(&list, "%s ", TextDatumGetCString(language));
	}
	result.ptr = list.data;
	result.len = list.len;
	return result;
}

Datum
sms_normalize_recipient_text(PG_FUNCTION_ARGS)
{
	SmsText		recipient = normalized_arg(fcinfo, 0);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(recipient.ptr, recipient.len));
}

/* normalize_recipient(recipient, country): a country of NULL is none */
Datum
sms_normalize_recipient_of(PG_FUNCTION_ARGS)
{
	const SmsNumberingPlan *home = NULL;
	SmsText		in;
	char	   *out;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
	{
		home = sms_plan_of_country(sms_text_argument(fcinfo, 1));
		if (home == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown country"),
					 errdetail("Expected an ISO 3166-1 code of two capital letters whose numbers have a plan.")));
	}
	in = sms_text_argument(fcinfo, 0);
	out = palloc(SMS_RECIPIENT_ROOM(in.len));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, sms_normalize_for(in, home, out)));
}

Datum
sms_is_possible_number(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_number_is_possible(normalized_arg(fcinfo, 0)));
}

Datum
sms_recipient_spellings(PG_FUNCTION_ARGS)
{
	SmsText		number = normalized_arg(fcinfo, 0);
	char	   *other = palloc(number.len + 1);
	size_t		len = sms_number_respelled(number, other);
	Datum		spellings[2];

	spellings[0] = PointerGetDatum(cstring_to_text_with_len(number.ptr, number.len));
	if (len > 0)
		spellings[1] = PointerGetDatum(cstring_to_text_with_len(other, len));
	PG_RETURN_ARRAYTYPE_P(construct_array(spellings, len > 0 ? 2 : 1, TEXTOID, -1, false,
										  TYPALIGN_INT));
}

Datum
sms_numbering_source(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(sms_numbering_version));
}

Datum
sms_same_sender_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sms_same_sender(sms_text_argument(fcinfo, 0), sms_text_argument(fcinfo, 1)));
}

Datum
sms_calling_code(PG_FUNCTION_ARGS)
{
	SmsPlace	place;

	if (!sms_place_of(normalized_arg(fcinfo, 0), &place))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(place.calling_code.ptr,
											  place.calling_code.len));
}

Datum
sms_country_of(PG_FUNCTION_ARGS)
{
	SmsPlace	place;

	if (!sms_place_of(normalized_arg(fcinfo, 0), &place) ||
		place.country == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(place.country));
}

Datum
sms_zones_of(PG_FUNCTION_ARGS)
{
	SmsPlace	place;
	ArrayBuildState *zones = NULL;
	const char *p;

	if (!sms_place_of(normalized_arg(fcinfo, 0), &place) ||
		place.zones == NULL)
		PG_RETURN_NULL();
	p = place.zones;
	while (*p != '\0')
	{
		size_t		len = strcspn(p, " ");

		zones = accumArrayResult(zones,
								 PointerGetDatum(cstring_to_text_with_len(p, len)),
								 false, TEXTOID, CurrentMemoryContext);
		p += len;
		if (*p == ' ')
			p++;
	}
	PG_RETURN_DATUM(makeArrayResult(zones, CurrentMemoryContext));
}

/* sms_parts(message_text [, reference_bits]) */
Datum
sms_parts(PG_FUNCTION_ARGS)
{
	SmsReference reference = SMS_REFERENCE_8_BITS;
	TupleDesc	tupdesc;
	SmsParts	parts;
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	if (PG_NARGS() > 1)
	{
		int32		bits = PG_GETARG_INT32(1);

		if (bits != 8 && bits != 16)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid number of reference bits: %d", bits),
					 errhint("The header of a part has a reference of 8 or 16 bits.")));
		if (bits == 16)
			reference = SMS_REFERENCE_16_BITS;
	}
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	/* a text is shorter than 2^30 bytes, a byte makes two units at most */
	parts = sms_count_parts(utf8_arg(fcinfo, 0), reference);
	values[0] = CStringGetTextDatum(parts.ucs2 ? "UCS-2" : "GSM-7");
	values[1] = Int32GetDatum((int32) parts.units);
	values[2] = Int32GetDatum((int32) parts.parts);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc),
													  values, nulls)));
}

Datum
sms_ucs2_characters(PG_FUNCTION_ARGS)
{
	SmsText		in = utf8_arg(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		position = 0;

	InitMaterializedSRF(fcinfo, 0);
	for (size_t pos = 0; pos < in.len;)
	{
		size_t		at = pos;
		uint32_t	c = sms_utf8_next(in, &pos);
		SmsText		character = {in.ptr + at, pos - at};
		const char *replacement = sms_gsm_replacement(c);
		Datum		values[4];
		bool		nulls[4] = {false, false, false, false};

		position++;
		if (sms_gsm_units(c) > 0)
			continue;
		values[0] = Int32GetDatum(position);
		values[1] = utf8_datum(character);
		values[2] = CStringGetTextDatum(psprintf("U+%04X", (unsigned) c));
		if (replacement != NULL)
			values[3] = CStringGetTextDatum(replacement);
		else
			nulls[3] = true;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
sms_fold_text_sql(PG_FUNCTION_ARGS)
{
	SmsText		in = utf8_arg(fcinfo, 0);
	SmsText		folded;
	char	   *out = palloc(sms_fold_text(in, NULL) + 1);

	folded.ptr = out;
	folded.len = sms_fold_text(in, out);
	PG_RETURN_DATUM(utf8_datum(folded));
}

Datum
sms_fold_keyword_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(utf8_datum(folded_arg(fcinfo, 0)));
}

Datum
sms_first_word_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(utf8_datum(sms_first_word(folded_arg(fcinfo, 0))));
}

Datum
sms_match_keyword_text(PG_FUNCTION_ARGS)
{
	SmsKeywordMatch match = sms_match_keyword(folded_arg(fcinfo, 0), PG_GETARG_BOOL(1),
											  languages_arg(fcinfo, 2));

	if (match.action == SMS_KEYWORD_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(sms_keyword_action_name(match.action)));
}

/* The default keyword itself, so that a row for it can be asked for */
Datum
sms_matched_keyword(PG_FUNCTION_ARGS)
{
	SmsKeywordMatch match = sms_match_keyword(folded_arg(fcinfo, 0), PG_GETARG_BOOL(1),
											  languages_arg(fcinfo, 2));

	if (match.action == SMS_KEYWORD_NONE)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(utf8_datum(match.word));
}

Datum
sms_keyword_language(PG_FUNCTION_ARGS)
{
	SmsPlace	place;
	const char *language;

	if (!sms_place_of(normalized_arg(fcinfo, 0), &place) || place.country == NULL)
		PG_RETURN_NULL();
	language = sms_keyword_language_of(place.country);
	if (language == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(language));
}

Datum
sms_default_keywords(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (size_t i = 0; i < sms_n_keyword_defaults; i++)
	{
		const SmsKeyword *keyword = &sms_keyword_defaults[i];
		Datum		values[4];
		bool		nulls[4] = {false, false, false, false};

		values[0] = utf8_datum(sms_literal(keyword->word));
		values[1] = CStringGetTextDatum(sms_keyword_action_name(keyword->action));
		values[2] = CStringGetTextDatum(keyword->origin);
		if (keyword->language != NULL)
			values[3] = CStringGetTextDatum(keyword->language);
		else
			nulls[3] = true;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
