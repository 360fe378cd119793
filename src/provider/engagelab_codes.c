/*-------------------------------------------------------------------------
 *
 * engagelab_codes.c
 *	  Codes of EngageLab: message_status words, error codes of sends and
 *	  deliveries, and the codes of its block list.
 *
 * The four-digit meanings are published for the OTP product, which sends
 * through the same channels; 4001 is named differently in the two.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/codes.h"

#define STATUS(code, cls, issue, block, subcategory, description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, code, cls, -1, issue, block, NO, \
				   SMS_##subcategory, false, description)
#define ERROR(code, name, cls, issue, block, opt_out, subcategory, \
			  description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, name, cls, -1, issue, block, opt_out, \
				   SMS_##subcategory, false, description)

static const SmsStatus statuses[] = {
	STATUS("plan", ACCEPTED, NONE, NONE, SUBCATEGORY_NONE,
		   "in the sending queue"),
	STATUS("sent", SENT, NONE, NONE, SUBCATEGORY_NONE,
		   "given to the channel, result awaited"),
	STATUS("verified", NONE, NONE, NONE, SUBCATEGORY_NONE,
		   "OTP only: the person entered the code"),
	STATUS("delivered", DELIVERED, NONE, NONE, SUBCATEGORY_NONE,
		   "on the phone"),
	/* so in a published example of the callback */
	STATUS("sent_fail", NOT_SENT, WRONG, NONE, PROCESS_OTHER,
		   "not given to the channel (other spelling of sent_failed)"),
	STATUS("sent_failed", NOT_SENT, WRONG, NONE, PROCESS_OTHER,
		   "not given to the channel"),
	STATUS("target_valid", ACCEPTED, NONE, NONE, SUBCATEGORY_NONE,
		   "the number passed the check"),
	STATUS("target_invalid", NOT_SENT, LANDLINE, NONE, PROCESS_OTHER,
		   "the number did not pass the check"),
	STATUS("verified_failed", NONE, NONE, NONE, SUBCATEGORY_NONE,
		   "OTP only: the person entered a wrong code"),
	STATUS("delivered_failed", UNDELIVERED, WRONG, OTHER, SEND_OTHER,
		   "the channel could not deliver it"),
	STATUS("verified_timeout", NONE, NONE, NONE, SUBCATEGORY_NONE,
		   "OTP only: no code was entered in time")
};

static const SmsStatus errors[] = {
	/* stands beside failures as well: it never makes a delivery */
	ERROR("0", "none", NONE, NONE, NONE, NO, SUBCATEGORY_NONE,
		  "no error code given"),
	SMS_BLOCK_ERROR_ROWS,
	ERROR("1000", "internal error", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_OTHER, "internal error of the platform"),
	ERROR("2001", "authentication failed", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_OTHER, "wrong credentials"),
	ERROR("2002", "credentials disabled", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_OTHER, "credentials expired or disabled"),
	ERROR("2004", "no permission", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_OTHER, "no permission for this call"),
	ERROR("3001", "invalid request", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_OTHER, "request is not valid JSON"),
	ERROR("3002", "invalid parameter", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_VARIABLE_ERROR, "parameters are wrong"),
	ERROR("3003", "business check failed", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_OTHER, "did not pass the platform's checks"),
	ERROR("3004", "frequency limit", NOT_SENT, TOO_MANY, NONE, NO,
		  PROCESS_FREQUENCY_OVERRUN, "too many sends to this number"),
	/* never given to a channel, maybe for want of a template: no block */
	ERROR("4001", "invalid number", NOT_SENT, LANDLINE, NONE, NO,
		  PROCESS_OTHER, "number not valid (OTP: template not found)"),
	ERROR("5001", "send failed", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_OTHER, "could not be sent"),
	ERROR("5011", "invalid number", UNDELIVERED, LANDLINE, EMPTY, NO,
		  SUBCATEGORY_NONE, "number is not valid"),
	ERROR("5012", "unreachable", UNDELIVERED, UNREACHABLE, NOT_IN_SERVICE, NO,
		  SUBCATEGORY_NONE, "phone could not be reached"),
	ERROR("5013", "blacklist", UNDELIVERED, WRONG, BLACKLIST, NO,
		  SUBCATEGORY_NONE, "number is on a blacklist"),
	/* the text offends, not the number: no block */
	ERROR("5014", "content", NOT_SENT, WRONG, NONE, NO,
		  PROCESS_CONTENT_ERROR, "content violates the rules"),
	ERROR("5015", "intercepted", UNDELIVERED, WRONG, INTERCEPTION, NO,
		  SUBCATEGORY_NONE, "intercepted or rejected on the way"),
	ERROR("5016", "internal", UNDELIVERED, WRONG, OTHER, NO,
		  SUBCATEGORY_NONE, "internal error while sending"),
	ERROR("5017", "no permission for China", NOT_SENT, COUNTRY, NONE, NO,
		  PROCESS_OTHER, "account may not send to China"),
	ERROR("5018", "phone off or suspended", UNDELIVERED, UNREACHABLE,
		  POWER_OFF, NO, SUBCATEGORY_NONE, "phone is off or suspended"),
	/* the platform keeps the list and delivers from no sender any more */
	ERROR("5019", "unsubscribed", NOT_SENT, UNSUBSCRIBED, NONE, ACCOUNT,
		  PROCESS_UNSUBSCRIBE, "the person unsubscribed"),
	ERROR("5020", "unregistered number", UNDELIVERED, UNREACHABLE, EMPTY, NO,
		  SUBCATEGORY_NONE, "number is not in use")
};

static SMS_STATUS_TABLE(status_table, statuses);
static SMS_STATUS_TABLE(error_table, errors);

const SmsCodes sms_engagelab_codes = {
	.space = {[SMS_SPACE_STATUS] = &status_table, [SMS_SPACE_ERROR] = &error_table}
};
