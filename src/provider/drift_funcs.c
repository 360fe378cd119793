/*-------------------------------------------------------------------------
 *
 * drift_funcs.c
 *	  Which members of an event's extra nobody expects, and what else descriptors
 *	  say of providers that SQL wants to know.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"

#include "base/json.h"
#include "provider/event.h"
#include "server.h"

PG_FUNCTION_INFO_V1(sms_unknown_members);
PG_FUNCTION_INFO_V1(sms_expected_extra);
PG_FUNCTION_INFO_V1(sms_provider_deadlines);

typedef struct Search
{
	Datum	   *expected;		/* paths; .* at the end: all members below */
	int			n_expected;
	StringInfoData path;		/* of the member at hand */
	ArrayBuildState *found;
} Search;

typedef enum Match
{
	MATCH_NOTHING,
	MATCH_CONTAINER,			/* something below it is expected */
	MATCH_MEMBER
} Match;

static Match
match(const Search *search)
{
	size_t		len = search->path.len;
	Match		best = MATCH_NOTHING;
	int			i;

	for (i = 0; i < search->n_expected; i++)
	{
		SmsText		path = sms_text_of(DatumGetTextPP(search->expected[i]));

		if (path.len < len || memcmp(path.ptr, search->path.data, len) != 0)
			continue;
		if (path.len == len ||
			(path.len == len + 2 && memcmp(path.ptr + len, ".*", 2) == 0))
			return MATCH_MEMBER;
		if (path.ptr[len] == '.')
			best = MATCH_CONTAINER;
	}
	return best;
}

/* The object at hand is no deeper than the expected paths. */
static void
search_object(Search *search, SmsText object)
{
	int			outer = search->path.len;
	SmsJson		json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;

	sms_json_init(&json, object.ptr, object.len, false);
	json.pos++;
	while (sms_json_key(&json, first, &key) && sms_json_skip(&json, 1, &value))
	{
		Match		found;

		first = false;
		if (outer > 0)
			appendStringInfoChar(&search->path, '.');
		appendBinaryStringInfo(&search->path, key.text.ptr, (int) key.text.len);
		found = match(search);
		if (found == MATCH_CONTAINER && value.kind == SMS_JSON_OBJECT)
			search_object(search, value.text);
		else if (found == MATCH_NOTHING ||
				 (found == MATCH_CONTAINER && value.kind != SMS_JSON_NULL))
			search->found = accumArrayResult(search->found,
											 PointerGetDatum(cstring_to_text_with_len(search->path.data,
																					  search->path.len)),
											 false, TEXTOID, CurrentMemoryContext);
		search->path.len = outer;
		search->path.data[outer] = '\0';
	}
}

/* (extra json, expected text[]): the paths that are not, NULL if all are */
Datum
sms_unknown_members(PG_FUNCTION_ARGS)
{
	SmsText		extra = sms_text_of(PG_GETARG_TEXT_PP(0));
	Search		search;
	SmsJson		json;

	sms_json_init(&json, extra.ptr, extra.len, false);
	sms_json_space(&json);
	if (json.pos >= json.end || *json.pos != '{')
		PG_RETURN_NULL();
	extra.len -= json.pos - extra.ptr;
	extra.ptr = json.pos;
	memset(&search, 0, sizeof(search));
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT,
					  &search.expected, NULL, &search.n_expected);
	initStringInfo(&search.path);
	search_object(&search, extra);
	if (search.found == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(makeArrayResult(search.found, CurrentMemoryContext));
}

/* (provider, path), one row a path */
Datum
sms_expected_extra(PG_FUNCTION_ARGS)
{
	int			provider;

	InitMaterializedSRF(fcinfo, 0);
	for (provider = SMS_PROVIDER_NONE + 1; provider < SMS_N_PROVIDERS; provider++)
	{
		const SmsSpec *spec = sms_spec_of(provider);
		const char *const *path;

		for (path = spec->known_extra; path != NULL && *path != NULL; path++)
		{
			Datum		values[2];
			bool		nulls[2];

			sms_set_text(&values[0], &nulls[0], spec->name);
			sms_set_text(&values[1], &nulls[1], *path);
			sms_put_row(fcinfo, values, nulls);
		}
	}
	return (Datum) 0;
}

/* (provider, deadline_hours), of those that have one of their own */
Datum
sms_provider_deadlines(PG_FUNCTION_ARGS)
{
	int			provider;

	InitMaterializedSRF(fcinfo, 0);
	for (provider = SMS_PROVIDER_NONE + 1; provider < SMS_N_PROVIDERS; provider++)
	{
		const SmsSpec *spec = sms_spec_of(provider);
		Datum		values[2];
		bool		nulls[2] = {false, false};

		if (spec->deadline_hours == 0)
			continue;
		sms_set_text(&values[0], &nulls[0], spec->name);
		values[1] = Int32GetDatum(spec->deadline_hours);
		sms_put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}
