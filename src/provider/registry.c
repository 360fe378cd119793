/*-------------------------------------------------------------------------
 *
 * registry.c
 *	  The providers there are.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "provider/event.h"

#define PROVIDER(number_, NAME_, file_) [number_] = &sms_##file_##_spec,
static const SmsSpec *const specs[SMS_N_PROVIDERS] = {
#include "provider/providers.def"
};

/* NULL for SMS_PROVIDER_NONE, as for every number that is none of a provider. */
const SmsSpec *
sms_spec_of(SmsProvider provider)
{
	return (unsigned int) provider < SMS_N_PROVIDERS ? specs[provider] : NULL;
}

/* The provider in whose payloads alone this key stands, or NULL. */
const SmsSpec *
sms_spec_by_key(SmsText key)
{
	int			i;
	int			j;

	for (i = SMS_PROVIDER_NONE + 1; i < SMS_N_PROVIDERS; i++)
		for (j = 0; specs[i]->marks[j] != NULL; j++)
			if (sms_text_is(key, specs[i]->marks[j]))
				return specs[i];
	return NULL;
}

/* NULL as above */
const char *
sms_provider_name(SmsProvider provider)
{
	const SmsSpec *spec = sms_spec_of(provider);

	return spec != NULL ? spec->name : NULL;
}

/* The provider of this name, whatever its ASCII case; SMS_PROVIDER_NONE. */
SmsProvider
sms_provider_by_name(SmsText name)
{
	int			i;

	for (i = SMS_PROVIDER_NONE + 1; i < SMS_N_PROVIDERS; i++)
		if (sms_text_is_any_case(name, specs[i]->name))
			return (SmsProvider) i;
	return SMS_PROVIDER_NONE;
}

/* Appends as much of text as there is room for. */
static size_t
append(char *out, size_t at, const char *text)
{
	while (*text != '\0' && at + 1 < SMS_PROVIDER_LIST)
		out[at++] = *text++;
	out[at] = '\0';
	return at;
}

/* The names of all providers, or of those of a kind: "a, b and c". */
const char *
sms_provider_list(bool (*is_one) (const SmsSpec *spec), char *out)
{
	const char *pending = NULL;
	size_t		at = 0;
	int			i;

	out[0] = '\0';
	for (i = SMS_PROVIDER_NONE + 1; i < SMS_N_PROVIDERS; i++)
	{
		if (is_one != NULL && !is_one(specs[i]))
			continue;
		if (pending != NULL)
		{
			at = append(out, at, at > 0 ? ", " : "");
			at = append(out, at, pending);
		}
		pending = specs[i]->name;
	}
	if (pending != NULL)
	{
		at = append(out, at, at > 0 ? " and " : "");
		(void) append(out, at, pending);
	}
	return out;
}
