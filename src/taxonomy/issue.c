/*-------------------------------------------------------------------------
 *
 * issue.c
 *	  The eight delivery issues of Intercom's outbound SMS report.
 *
 * Only their texts are published, and these come with straight or curly
 * quotes around and inside them, with or without the full stop.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "taxonomy/status.h"

/* longer than any reason, its quotes and some blanks */
#define MAX_REASON 128

static const SmsIssue issues[SMS_N_ISSUES] = {
	{
		"Unable to deliver to landline or unreachable carrier.",
		"The destination number cannot receive this message: it may be a landline, or its carrier cannot be reached.",
		"If it is a landline, replace it by a mobile number in the phone attribute, or remove the customer from targeting.",
		"bad_number", false
	},
	{
		"Message content was too long for carrier.",
		"The message is too long to be split into segments and sent as SMS (over 1800 characters, sometimes because of very long user attributes).",
		"Shorten the message, and make sure that user attributes do not push it over 1800 characters.",
		"content", false
	},
	{
		"Too many messages scheduled - please contact support.",
		"Hundreds of thousands of messages were sent at once from one number; some types of number can queue only so many.",
		"Contact support if you hit these limits.",
		"rate", true
	},
	{
		"Recipient number was unreachable.",
		"For an unknown reason the phone could not be reached; there may be a SIM problem, or the number was de-registered.",
		"If it keeps happening, remove the number from the customer's profile.",
		"unreachable", true
	},
	{
		"Recipient has unsubscribed from receiving messages.",
		"The customer unsubscribed from this number at the carrier (seen in the US), and the opt-out was not captured elsewhere.",
		"Add the customer to your own opted-out list, so that no more messages are sent.",
		"opt_out", false
	},
	{
		"Carrier unable to process message at this time.",
		"The carrier is overloaded or its systems are down, so that messages reach no number of its network.",
		"Send the message again later.",
		"temporary", true
	},
	{
		"Recipient's country is unsupported.",
		"The number is in a country outside those supported.",
		"Review the customer's phone number, and adjust it if necessary.",
		"country", false
	},
	{
		"Something went wrong - please contact support.",
		"Something went wrong that the provider's team has to fix in your account.",
		"Contact support.",
		"account", false
	}
};

/* NULL if there is no such issue. */
const SmsIssue *
sms_issue(int number)
{
	return number >= 1 && number <= SMS_N_ISSUES ? &issues[number - 1] : NULL;
}

/*
 * May the same message to the same number arrive at another time?  What holds
 * for the issue does not hold for a failure that is permanent, or for a
 * number that is gone.
 */
bool
sms_status_retryable(const SmsStatus *status)
{
	const SmsIssue *issue = sms_issue(status->issue);

	return issue != NULL && issue->retryable && status->permanent != 1 &&
		status->block_code != SMS_BLOCK_EMPTY;
}

/*
 * Writes text with straight quotes and hyphens, lower case ASCII, and
 * neither blanks, quotes nor full stop around it.  Returns its length, or 0
 * if it is too long to be a reason.
 */
static size_t
normalise(SmsText text, char *out)
{
	size_t		n = 0;
	size_t		start = 0;
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		char		c = text.ptr[i];

		/* U+2013 to U+201D: dashes and quotes */
		if (c == '\xE2' && text.len - i > 2 && text.ptr[i + 1] == '\x80')
		{
			switch (text.ptr[i + 2])
			{
				case '\x93':
				case '\x94':
					c = '-';
					i += 2;
					break;
				case '\x98':
				case '\x99':
					c = '\'';
					i += 2;
					break;
				case '\x9C':
				case '\x9D':
					c = '"';
					i += 2;
					break;
				default:
					break;
			}
		}
		else
			c = sms_lower(c);
		if (n == MAX_REASON)
			return 0;
		out[n++] = c;
	}
	while (n > 0 && strchr(" \t\r\n\"'.", out[n - 1]) != NULL)
		n--;
	while (start < n && strchr(" \t\r\n\"'", out[start]) != NULL)
		start++;
	memmove(out, out + start, n - start);
	return n - start;
}

/* Number of the issue that has this text; SMS_ISSUE_NONE if none has. */
int
sms_issue_by_reason(SmsText reason)
{
	char		given[MAX_REASON];
	char		known[MAX_REASON];
	size_t		length;
	int			number;

	if (reason.ptr == NULL)
		return SMS_ISSUE_NONE;
	length = normalise(reason, given);
	if (length == 0)
		return SMS_ISSUE_NONE;
	for (number = 1; number <= SMS_N_ISSUES; number++)
	{
		const char *text = issues[number - 1].reason;

		if (normalise((SmsText) {text, strlen(text)}, known) == length &&
			memcmp(known, given, length) == 0)
			return number;
	}
	return SMS_ISSUE_NONE;
}
