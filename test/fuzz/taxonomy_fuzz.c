/*-------------------------------------------------------------------------
 *
 * taxonomy_fuzz.c
 *	  Look-ups of the taxonomy with any bytes as code, name or reason.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "provider/codes.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SmsProvider provider;
	SmsCodeSpace space;
	SmsClass	cls;
	int			group;
	SmsText		text;
	char	   *copy;
	const SmsStatus *row;

	if (size < 3)
		return 0;
	provider = data[0] % (SMS_N_PROVIDERS + 1);
	space = data[1] % (SMS_N_SPACES + 1);
	group = (int8_t) data[2];
	/* a copy of exactly this size, so that reading past it is seen */
	text.len = size - 3;
	copy = malloc(text.len > 0 ? text.len : 1);
	memcpy(copy, data + 3, text.len);
	text.ptr = copy;

	row = sms_status_find(provider, space, group, text);
	if (row != NULL)
	{
		SmsCategory category =
			sms_subcategory_category(sms_status_subcategory(row));

		if (category != SMS_CATEGORY_NONE && sms_category_name(category) == NULL)
			abort();
		if (sms_code_class(provider, space, group, text) != row->cls)
			abort();
	}
	sms_code_group(provider, space, group, text);
	sms_code_group_name(provider, space, group);
	sms_status_by_name(provider, text);
	sms_space_by_name(text, &space, &cls);
	if (sms_issue_by_reason(text) != SMS_ISSUE_NONE &&
		sms_issue(sms_issue_by_reason(text)) == NULL)
		abort();
	sms_group_by_name(text);
	free(copy);
	return 0;
}
