/*-------------------------------------------------------------------------
 *
 * registry.c
 *	  The providers there are.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/event.h"

static const SmsSpec *const specs[] = {
	&sms_ens_spec,
	&sms_dmo_spec,
	&sms_engagelab_spec,
	&sms_intercom_spec,
	&sms_native_spec,
	&sms_twilio_spec,
	&sms_aws_spec,
	&sms_infobip_spec,
	NULL
};

const SmsSpec *
sms_spec_of(SmsProvider provider)
{
	int			i;

	for (i = 0; specs[i] != NULL; i++)
		if (specs[i]->provider == provider)
			return specs[i];
	return NULL;
}

/* The provider in whose payloads alone this key stands, or NULL. */
const SmsSpec *
sms_spec_by_key(SmsText key)
{
	int			i;
	int			j;

	for (i = 0; specs[i] != NULL; i++)
		for (j = 0; specs[i]->marks[j] != NULL; j++)
			if (sms_text_is(key, specs[i]->marks[j]))
				return specs[i];
	return NULL;
}
