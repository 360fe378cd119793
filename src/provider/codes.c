/*-------------------------------------------------------------------------
 *
 * codes.c
 *	  Look-up of a provider's code.
 *
 * A table is sorted by the length of the code, then by its letters without
 * regard to ASCII case, then by group: for numbers that is their own order.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "provider/event.h"

static const SmsCodes *
codes_of(SmsProvider provider)
{
	const SmsSpec *spec = sms_spec_of(provider);

	return spec != NULL ? spec->codes : NULL;
}

/*
 * The first name of a space is the one printed.  ENS says by its event type
 * which space a code is in; cls is what the type alone says.
 */
static const struct
{
	const char *name;
	SmsCodeSpace space;
	SmsClass	cls;
}			spaces[] = {
	{"status", SMS_SPACE_STATUS, SMS_CLASS_UNKNOWN},
	{"not_sent", SMS_SPACE_NOT_SENT, SMS_CLASS_NOT_SENT},
	{"error", SMS_SPACE_ERROR, SMS_CLASS_UNKNOWN},
	{"SmsSent", SMS_SPACE_STATUS, SMS_CLASS_SENT},
	{"SmsNotSent", SMS_SPACE_NOT_SENT, SMS_CLASS_NOT_SENT},
	{"SmsTransient", SMS_SPACE_STATUS, SMS_CLASS_IN_TRANSIT},
	{"SmsDelivered", SMS_SPACE_STATUS, SMS_CLASS_DELIVERED},
	{"SmsBounced", SMS_SPACE_STATUS, SMS_CLASS_UNDELIVERED}
};

static int
compare_code(const SmsStatus *row, SmsText code)
{
	size_t		i;

	if (row->code_length != code.len)
		return row->code_length < code.len ? -1 : 1;
	for (i = 0; i < code.len; i++)
	{
		unsigned char a = sms_lower(row->code[i]);
		unsigned char b = sms_lower(code.ptr[i]);

		if (a != b)
			return a < b ? -1 : 1;
	}
	return 0;
}

/* NULL if the provider has no codes of that space. */
const SmsStatusTable *
sms_status_table(SmsProvider provider, SmsCodeSpace space)
{
	const SmsCodes *codes = codes_of(provider);

	if (codes == NULL || (unsigned int) space >= SMS_N_SPACES)
		return NULL;
	return codes->space[space];
}

/*
 * What is known about a code; NULL if nothing.
 *
 * The row of exactly this group is preferred, then a row for which the
 * provider names no group.  Without a group (SMS_NO_GROUP) the lowest one
 * is taken.  A status under a group that its table does not have is not
 * found: there the group is the better news (sms_code_class() uses it).  An
 * error id means the same in whichever group a report puts it.
 */
const SmsStatus *
sms_status_find(SmsProvider provider, SmsCodeSpace space, int group,
				SmsText code)
{
	const SmsStatusTable *table = sms_status_table(provider, space);
	const SmsStatus *first;
	int			low = 0;
	int			high;
	int			i;

	if (table == NULL || code.ptr == NULL)
		return NULL;
	if (space == SMS_SPACE_ERROR && codes_of(provider)->says_issues)
	{
		int			issue = sms_issue_by_reason(code);

		for (i = 0; i < table->n; i++)
			if (table->rows[i].issue == issue)
				return &table->rows[i];
		return NULL;
	}

	high = table->n;
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (compare_code(&table->rows[middle], code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == table->n || compare_code(&table->rows[low], code) != 0)
		return NULL;

	first = &table->rows[low];
	if (first->group == SMS_NO_GROUP || group == SMS_NO_GROUP)
		return first;
	for (i = low; i < table->n; i++)
	{
		if (compare_code(&table->rows[i], code) != 0)
			break;
		if (table->rows[i].group == group)
			return &table->rows[i];
	}
	return space == SMS_SPACE_ERROR ? first : NULL;
}

/*
 * The row of a name ("EC_ABSENT_SUBSCRIBER", "Expired"): names, unlike
 * numbers, hardly repeat between the spaces of one provider.  Errors first,
 * because a reason for a failure is what is asked for by name.
 */
const SmsStatus *
sms_status_by_name(SmsProvider provider, SmsText name)
{
	static const SmsCodeSpace order[] = {
		SMS_SPACE_ERROR, SMS_SPACE_STATUS, SMS_SPACE_NOT_SENT
	};
	int			i;

	for (i = 0; i < SMS_N_SPACES; i++)
	{
		const SmsStatusTable *table = sms_status_table(provider, order[i]);
		int			row;

		for (row = 0; table != NULL && row < table->n; row++)
			if (sms_text_is_any_case(name, table->rows[row].name))
				return &table->rows[row];
	}
	return NULL;
}

const char *
sms_space_name(SmsCodeSpace space)
{
	return spaces[space].name;
}

/*
 * Space of an event class, given as "status", "not_sent", "error" or as an
 * event type of ENS, with or without its prefix.  *cls is what the event
 * class says by itself when no code comes with it.
 */
bool
sms_space_by_name(SmsText name, SmsCodeSpace *space, SmsClass *cls)
{
	static const char prefix[] = "TransactionalSendEvents.";
	size_t		length = sizeof(prefix) - 1;
	size_t		i;

	if (name.ptr == NULL)
		return false;
	if (name.len > length &&
		sms_text_is_any_case((SmsText) {name.ptr, length}, prefix))
	{
		name.ptr += length;
		name.len -= length;
	}
	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (sms_text_is_any_case(name, spaces[i].name))
		{
			*space = spaces[i].space;
			*cls = spaces[i].cls;
			return true;
		}
	return false;
}

/* Does the provider number its statuses by our own groups 0..5? */
static bool
has_groups(SmsProvider provider)
{
	const SmsCodes *codes = codes_of(provider);

	return codes != NULL && codes->has_groups;
}

/*
 * Name of a provider's group, NULL if it has none.  Infobip's groups of
 * errors are other groups than those of statuses.
 */
const char *
sms_code_group_name(SmsProvider provider, SmsCodeSpace space, int group)
{
	const char *const *name;

	if (!has_groups(provider) || group < 0)
		return NULL;
	if (space == SMS_SPACE_STATUS)
		return sms_group_name((SmsStatusGroup) group);
	name = space == SMS_SPACE_ERROR ? codes_of(provider)->error_groups : NULL;
	for (; name != NULL && *name != NULL; name++)
		if (group-- == 0)
			return *name;
	return NULL;
}

/* Class of a status whose id is in no table, by its group. */
SmsClass
sms_group_class(SmsProvider provider, int group)
{
	if (has_groups(provider))
		switch (group)
		{
			case SMS_GROUP_ACCEPTED:
				return SMS_CLASS_ACCEPTED;
			case SMS_GROUP_PENDING:
				return SMS_CLASS_SENT;
			case SMS_GROUP_UNDELIVERABLE:
				return SMS_CLASS_UNDELIVERED;
			case SMS_GROUP_DELIVERED:
				return SMS_CLASS_DELIVERED;
			case SMS_GROUP_EXPIRED:
				return SMS_CLASS_EXPIRED;
			case SMS_GROUP_REJECTED:
				return SMS_CLASS_NOT_SENT;
			default:
				break;
		}
	return SMS_CLASS_UNKNOWN;
}

/* Class of a code: by its table, else by its group, else UNKNOWN. */
SmsClass
sms_code_class(SmsProvider provider, SmsCodeSpace space, int group,
			   SmsText code)
{
	const SmsStatus *row = sms_status_find(provider, space, group, code);

	if (row != NULL)
		return (SmsClass) row->cls;
	if (space == SMS_SPACE_STATUS)
		return sms_group_class(provider, group);
	return SMS_CLASS_UNKNOWN;
}

/*
 * Status group of a code.  A group that the provider itself states stands:
 * Infobip's 26 is PENDING although only accepted, and 100 is REJECTED
 * although its name begins with UNDELIVERABLE.
 */
SmsStatusGroup
sms_code_group(SmsProvider provider, SmsCodeSpace space, int group,
			   SmsText code)
{
	const SmsStatus *row = sms_status_find(provider, space, group, code);

	if (row != NULL && row->group != SMS_NO_GROUP && space == SMS_SPACE_STATUS)
		return (SmsStatusGroup) row->group;
	if (row == NULL && space == SMS_SPACE_STATUS && has_groups(provider) &&
		sms_group_name((SmsStatusGroup) group) != NULL)
		return (SmsStatusGroup) group;
	return sms_class_group(sms_code_class(provider, space, group, code));
}
