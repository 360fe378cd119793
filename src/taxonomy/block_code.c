/*-------------------------------------------------------------------------
 *
 * block_code.c
 *	  The ten block list codes with the policy EngageLab publishes for them.
 *
 * How the tables map a provider's code to one of them:
 *	500 the number is gone or cannot receive text messages at all
 *	510 service to the number is suspended for now (barred, out of credit)
 *	520 the number is on a do-not-disturb or block list
 *	530, 540, 580 the phone is busy, does not answer, is off or out of reach:
 *		recorded, never blocks
 *	550 the content was intercepted: the number is good, the text is not
 *	560 the handset fails
 *	570 the phone is where its operator does not serve it
 *	590 any other failure that a channel reported: recorded, never blocks
 *	none: never given to a channel; expired (outcome unknown); opted out
 *		(that is consent, not a property of the number); or the sender, the
 *		account or the template is at fault
 *
 *-------------------------------------------------------------------------
 */
#include "taxonomy/status.h"

#define HOUR 3600

static const SmsBlockPolicy policies[SMS_N_BLOCK_CODES] = {
	{SMS_BLOCK_EMPTY, "Send Failed-Empty", 30, 0, "global", true},
	{SMS_BLOCK_OUT_OF_SERVICE, "Send Failed-Out of service", 0, HOUR, "global", true},
	{SMS_BLOCK_BLACKLIST, "Send Failed-Blacklist", 0, HOUR, "local", true},
	{SMS_BLOCK_BUSY, "Send Failed-Busy", 0, 0, "none", true},
	{SMS_BLOCK_NO_ANSWER, "Send Failed-No answer", 0, 0, "none", true},
	{SMS_BLOCK_INTERCEPTION, "Send Failed-Interception", 0, HOUR, "local", true},
	{SMS_BLOCK_BREAK_DOWN, "Send Failed-Break down", 0, HOUR, "global", true},
	{SMS_BLOCK_NOT_IN_SERVICE, "Send Failed-Not in service", 0, HOUR, "global", true},
	{SMS_BLOCK_POWER_OFF, "Send Failed-Power off", 0, 0, "none", true},
	{SMS_BLOCK_OTHER, "Send Failed-Other", 0, 0, "none", true}
};

/* NULL if there is no such code. */
const SmsBlockPolicy *
sms_block_policy(int code)
{
	int			i;

	for (i = 0; i < SMS_N_BLOCK_CODES; i++)
		if (policies[i].code == code)
			return &policies[i];
	return NULL;
}
